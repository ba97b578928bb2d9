"""The pages as a visitor meets them, without a browser: Streamlit's AppTest on the frame."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import eligibility.clock
import ui.rulebook
from eligibility.rulebook.book import Rulebook
from tests.conftest import DAY
from ui.access.machine import mark
from ui.draft import Draft
from ui.fields import NO, NOT_KNOWN, OPTION, YES
from ui.store import new_id

ROOT = Path(__file__).resolve().parents[2]


class Visit:
    """One tab of a browser. Keys carry the draft's epoch, so they are made here."""

    def __init__(self, cookie: str, arrive: Callable[[str], None]) -> None:
        self.app = AppTest.from_file(str(ROOT / "ui" / "main.py"), default_timeout=30)
        self.cookie = cookie
        self.arrive = arrive
        self.run()

    def run(self) -> Visit:
        """One run of the script, in this browser."""
        self.arrive(self.cookie)
        self.app.run()
        assert not self.app.exception, self.app.exception
        return self

    @property
    def draft(self) -> Draft:
        draft: Draft = self.app.session_state["draft"]
        return draft

    @property
    def asking(self) -> str | None:
        return self.draft.asking

    def html(self) -> str:
        """All that the page writes as HTML."""
        return "\n".join(h.proto.body for h in self.app.get("html"))

    def told(self) -> str:
        """All that messages and paragraphs say, Markdown's escapes taken out."""
        return "\n".join(m.value for kind in ("error", "warning", "success", "info", "markdown", "caption") for m in getattr(self.app, kind)).replace("\\", "")

    def buttons(self) -> list[str]:
        return [b.label.replace("\\", "") for b in self.app.button]

    def press(self, key: str) -> Visit:
        self.app.button(key=key).click()
        return self.run()

    def next(self) -> Visit:
        return self.press(f"next-{self.asking}")

    def back(self) -> Visit:
        return self.press(f"back-{self.asking}")

    def key(self, part: str, question: str | None = None) -> str:
        return f"q{self.draft.epoch}-{question or self.asking}-{part}"

    def choose(self, option: str | None) -> Visit:
        self.app.radio(key=self.key("one")).set_value(option)
        return self.run()

    @property
    def chosen(self) -> Any:
        return self.app.radio(key=self.key("one")).value

    def tick(self, *parts: str) -> Visit:
        for part in parts:
            self.app.checkbox(key=self.key(part)).check()
            self.run()
        return self

    def ticked(self, part: str) -> bool:
        return bool(self.app.checkbox(key=self.key(part)).value)

    def enter(self, value: float | None) -> Visit:
        self.app.number_input(key=self.key("value")).set_value(value)
        return self.run()

    def say(self, answer: Any) -> Visit:
        """Answer the question on the screen: an option's id, a list of them, a figure, True or False, None for 不清楚."""
        question = self.app.session_state["session"].book.questions[self.asking]
        if question.kind in ("choice", "yes_no"):
            return self.choose({None: NOT_KNOWN, True: YES, False: NO}.get(answer, answer))
        if answer is None:
            return self.tick("unknown")
        if question.kind == "choices":
            return self.tick(*(OPTION + o for o in answer)) if answer or not question.none_label else self.tick("none")
        return self.enter(answer)

    def walk(self, answers: Mapping[str, Any], until: str | None = None) -> Visit:
        """Answer what is asked, 不清楚 where nothing is given, up to a question or to the end."""
        while self.asking and self.asking != until:
            self.say(answers.get(self.asking)).next()
        assert self.asking == until
        return self

    def unfold(self, name: str) -> Visit:
        """Open what is drawn only while it is open."""
        self.app.session_state[f"{name}-{self.draft.epoch}"] = True
        return self.run()

    def load(self, answers: Any) -> Visit:
        """Load a file: bytes as they are, anything else as JSON."""
        self.unfold("file")
        content = answers if isinstance(answers, bytes) else json.dumps(answers, ensure_ascii=False).encode()
        self.app.file_uploader[0].upload("answers.json", content, "application/json")
        return self.run()

    def results(self) -> Visit:
        self.app.switch_page("../pages/results.py")
        return self.run()

    def self_assessment(self) -> Visit:
        self.app.switch_page("../pages/self_assessment.py")
        return self.run()


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where drafts are kept during one test."""
    monkeypatch.setenv("ELIGIBILITY_DATA", str(tmp_path))
    return tmp_path / "drafts"


@pytest.fixture
def visit(data: Path, monkeypatch: pytest.MonkeyPatch, rulebook: Rulebook) -> Callable[..., Visit]:
    """Open a tab: in a new browser, or in the one that holds this cookie. `using` another rulebook than the repository's."""
    monkeypatch.setattr(sys, "path", [str(ROOT), *sys.path])
    monkeypatch.setattr(eligibility.clock, "today", lambda: DAY)

    def arrive(cookie: str) -> None:
        monkeypatch.setattr(type(st.context), "cookies", {"draft": cookie})
        monkeypatch.setattr(type(st.context), "headers", mark())  # in a browser on this machine

    def open_tab(cookie: str | None = None, *, using: Rulebook = rulebook) -> Visit:
        monkeypatch.setattr(ui.rulebook, "rulebook", lambda: using)
        return Visit(cookie or new_id(), arrive)

    return open_tab
