"""The draft of a browser when runs of the script are given up half-way."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import load
from tests.harbour import HARBOUR
from ui import session as module
from ui.fields import Said
from ui.session import Session
from ui.store import Store, new_id


class GivenUpError(Exception):
    """Streamlit gives a run up by raising at a touch of the session's state, before anything is set."""


class State(dict[str, Any]):
    """A session's state in which the run is given up at one touch, counted from the next."""

    left: int | None = None

    def __setitem__(self, key: str, value: Any) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                self.left = None
                raise GivenUpError
        super().__setitem__(key, value)


@pytest.fixture(scope="module")
def harbour() -> Rulebook:
    return load(HARBOUR)


@pytest.mark.parametrize("touch", range(4))
def test_a_run_given_up_while_it_keeps_an_answer_is_not_taken_for_another_tab(harbour: Rulebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, touch: int) -> None:
    state = State()
    monkeypatch.setattr(module.st, "session_state", state)
    store, id_ = Store(tmp_path), new_id()
    seats, length = harbour.questions["seats"], harbour.questions["length"]
    first = Session(harbour, store, id_)
    first.say(harbour.questions["trade"], Said("ferry"))
    first.shows(seats, first.inputs(seats))
    first.shows(length, first.inputs(length))
    key = first.key(length, "value")

    state[first.key(seats, "value")] = 40
    state.left = touch
    with suppress(GivenUpError):
        first.sync()
    state.left = None

    state[key] = 12.5  # typed while the run before was given up, into the input that was there
    second = Session(harbour, store, id_)
    second.sync()
    assert second.key(length, "value") == key, "the inputs on the screen are still the same"
    assert second.draft.profile.answers == {"trade": "ferry", "seats": 40, "length": 12.5}
    assert store.read(id_) == second.draft.as_data() | {"path": list(second.draft.path)}


def test_another_tab_is_still_noticed(harbour: Rulebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.st, "session_state", State())
    store, id_ = Store(tmp_path), new_id()
    here = Session(harbour, store, id_)
    here.say(harbour.questions["seats"], Said(40.0))
    store.write(id_, here.draft.saying("length", Said(12.5)).as_data() | {"revision": here.draft.revision + 1})
    again = Session(harbour, store, id_)
    assert again.draft.profile.answers == {"seats": 40, "length": 12.5}
    assert again.draft.epoch == here.draft.epoch + 1
