"""A server of our own, and a visitor who answers questions in a real browser. Used by the tests and by the benchmark."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from playwright.sync_api import Browser, FrameLocator, Locator, Page, Playwright
from playwright.sync_api import TimeoutError as NotInTimeError

ROOT = Path(__file__).resolve().parents[2]
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]  # asks nothing of the network by itself
QUESTION = "section.question[data-question]"
Shown = TypeVar("Shown", Page, FrameLocator)


def chromium() -> str | None:
    """The system's Chromium, if there is one."""
    return next(filter(None, map(shutil.which, _CHROMIUM)), None)


def launch(playwright: Playwright) -> Browser:
    """The system's Chromium, started."""
    return playwright.chromium.launch(executable_path=chromium(), args=QUIET)


class Server:
    """The application on a free port, with drafts of its own, and with what the environment says besides."""

    def __init__(self, data: Path, **settings: str) -> None:
        self.data = data
        self.settings = settings
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.url = f"{'https' if 'STREAMLIT_SERVER_SSL_CERT_FILE' in settings else 'http'}://localhost:{self.port}"
        self.start()

    def start(self) -> None:
        """Start, and wait until it answers."""
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(self.port), "--server.headless", "true"]
        environment = {**os.environ, "ELIGIBILITY_DATA": str(self.data), **self.settings}
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=5, context=ssl._create_unverified_context()) as answer:
                    if json.load(answer)["status"] == "ok":
                        return
            except OSError:
                time.sleep(0.1)
        self.stop()
        raise TimeoutError("the application did not start")

    def stop(self) -> None:
        """Stop it; the drafts stay."""
        self.process.terminate()
        self.process.wait(timeout=20)


def pick(page: Page, box: Locator, words: str, *, exact: bool = True) -> None:
    """Choose an option from a list by typing its words. A run that ends meanwhile closes the list: open it again, as a person would."""
    option = page.get_by_role("option", name=words, exact=exact).first
    for _ in range(10):
        box.evaluate("box => box.scrollIntoView({block: 'center'})")  # a list opens only where there is room
        box.fill("")
        box.fill(words)
        try:
            option.click(timeout=3_000)
        except NotInTimeError:
            continue
        return
    raise AssertionError(words)


def settle(page: Shown) -> Shown:
    """Wait until the run under way has drawn all it draws: until then, what was there before stands beside what comes."""
    page.locator("[data-test-script-state=notRunning]").wait_for()
    return page


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Wait until something holds that the page does not show."""
    for _ in range(600):
        if holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError("nor does it after 30 seconds")


class Visitor:
    """Somebody at a page."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url

    def arrive(self, path: str = "/") -> Visitor:
        """Open a page of the application."""
        self.page.goto(self.url + path)
        self.page.locator(".st-key-menu").wait_for()
        settle(self.page)
        return self

    def begin(self) -> Visitor:
        """From the first screen to the first question."""
        self.page.get_by_role("button", name="从第一题开始").click()
        self.page.locator(QUESTION).wait_for()
        return self

    @property
    def asked(self) -> str | None:
        """The question on the screen, once it can be answered."""
        shown = self.page.locator(QUESTION)
        shown.or_(self.page.get_by_role("heading", name=re.compile("逐项看|问完了"))).first.wait_for()
        if not shown.count():
            return None
        question = shown.get_attribute("data-question")
        self.page.locator(f".st-key-next-{question} button").wait_for()
        settle(self.page)
        return question

    def _row(self, words: str) -> Locator:
        rows = self.page.locator("[class*=st-key-inputs-] :is([data-testid=stRadioOption], [data-testid=stCheckbox] label)")
        return rows.filter(has=self.page.get_by_text(words, exact=True))

    def say(self, answer: object) -> Visitor:
        """Answer the question on the screen: the words of an option, a list of them, or a figure."""
        if isinstance(answer, int | float):
            box = self.page.get_by_test_id("stNumberInputField").first
            box.fill(str(answer))
            box.press("Tab")
        else:
            for words in answer if isinstance(answer, list) else [answer]:
                self._row(str(words)).click()
        return self

    def next(self) -> Visitor:
        """下一题, and wait for it or for the results."""
        before = self.asked
        self.page.locator(f".st-key-next-{before} button").click()
        self.page.wait_for_function("before => document.querySelector('section.question[data-question]')?.dataset.question !== before", arg=before)
        return self

    def walk(self, answers: Mapping[str, object], until: str | None = None) -> Visitor:
        """Answer what is asked, 不清楚 where nothing is given, up to a question or to the results."""
        while (question := self.asked) not in (None, until):
            self.say(answers.get(str(question), "不清楚")).next()
        if until is None:
            self.page.wait_for_url("**/result")
            self.page.get_by_role("heading", name="逐项看").wait_for()
            settle(self.page)
        return self

    def menu(self, name: str) -> Visitor:
        """Turn to a page."""
        self.page.locator(".st-key-menu").get_by_role("link", name=name).click()
        return self

    def cards(self) -> list[str]:
        """The titles of the cards on the page, once all are drawn."""
        self.page.locator("article.card").first.wait_for()
        settle(self.page)
        return self.page.locator("article.card h4").all_inner_texts()
