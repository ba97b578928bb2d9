"""Two clicks on a button that adds something, each followed in a run of its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from ui import clicks
from ui.clicks import followed_once


@pytest.fixture(autouse=True)
def state(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clicks.st, "session_state", {})


def test_the_second_of_two_clicks_waits_for_what_the_first_one_adds() -> None:
    begun, go_on, added = Event(), Event(), []

    def add() -> str:
        begun.set()
        assert go_on.wait(5)
        added.append("甲")
        return added[-1]

    with ThreadPoolExecutor(2) as runs:
        first = runs.submit(followed_once, "add", add)
        assert begun.wait(5)
        second = runs.submit(followed_once, "add", add)
        go_on.set()
        assert (first.result(5), second.result(5)) == ("甲", "甲")
    assert added == ["甲"]


def test_what_failed_can_be_tried_again() -> None:
    def refuse() -> str:
        raise KeyError("name")

    with pytest.raises(KeyError, match="name"):
        followed_once("add", refuse)
    assert followed_once("add", lambda: "甲") == "甲"


def test_different_clicks_are_different() -> None:
    assert [followed_once(key, lambda key=key: key) for key in ("a", "b", "a")] == ["a", "b", "a"]
