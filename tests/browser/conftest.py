"""One server and one browser for all tests here; every test is a visitor of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright

from eligibility.rulebook.book import Rulebook
from tests.browser.driving import Server, Visitor, chromium, launch
from ui.draft import Draft
from ui.session import COOKIE
from ui.store import Store, new_id


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a browser; where there is none, that is said."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if chromium() is None:
                item.add_marker(pytest.mark.skip(reason="no Chromium found on this system: install chromium to run the browser tests"))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("data"))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    started = launch(playwright)
    yield started
    started.close()


@pytest.fixture
def visitor(server: Server, browser: Browser, rulebook: Rulebook) -> Iterator[Callable[..., Visitor]]:
    """A new visitor with a browser profile of their own; with `answers`, one who gave these some time ago."""
    contexts = []

    def arrive(path: str = "/", *, width: int = 390, height: int = 844, answers: Mapping[str, object] | None = None) -> Visitor:
        context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN", accept_downloads=True)
        contexts.append(context)
        if answers is not None:
            draft, problems = Draft(revision=1).loading(answers, rulebook)
            assert not problems, problems
            id_ = new_id()
            Store(server.data / "drafts").write(id_, draft.as_data())
            context.add_cookies([{"name": COOKIE, "value": id_, "url": server.url, "httpOnly": True, "sameSite": "Lax"}])
        return Visitor(context.new_page(), server.url).arrive(path)

    yield arrive
    for context in contexts:
        context.close()
