"""The draft of a browser when runs of the script are given up half-way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from eligibility.clients.database import Database
from eligibility.clients.desk import Desk
from eligibility.clients.records import Advisor
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import load
from tests.harbour import HARBOUR
from ui import session as module
from ui.clients.leaving import save_last_answer
from ui.clients.opened import Opened
from ui.fields import Said, parts
from ui.session import Session
from ui.store import Store, new_id

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)


class GivenUpError(Exception):
    """Streamlit gives a run up by raising at a touch of the session's state, before anything is set."""


class State(dict[str, Any]):
    """A session's state in which the run is given up at one touch, counted from the next."""

    left: int | None = None

    def touch(self) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                self.left = None
                raise GivenUpError

    def __getitem__(self, key: str) -> Any:
        self.touch()
        return super().__getitem__(key)

    def __setitem__(self, key: str, value: Any) -> None:
        self.touch()
        super().__setitem__(key, value)

    def get(self, key: str, default: Any = None) -> Any:
        self.touch()
        return super().get(key, default)

    def setdefault(self, key: str, default: Any = None) -> Any:
        self.touch()
        return super().setdefault(key, default)

    def pop(self, key: str, default: Any = None) -> Any:
        self.touch()
        return super().pop(key, default)


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> State:
    found = State()
    monkeypatch.setattr(module.st, "session_state", found)
    return found


@pytest.fixture(scope="module")
def harbour() -> Rulebook:
    return load(HARBOUR)


@pytest.mark.parametrize("touch", range(24))
def test_a_run_given_up_while_it_keeps_an_answer_is_not_taken_for_another_tab(harbour: Rulebook, tmp_path: Path, state: State, touch: int) -> None:
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


def test_another_tab_is_still_noticed(harbour: Rulebook, tmp_path: Path, state: State) -> None:
    store, id_ = Store(tmp_path), new_id()
    here = Session(harbour, store, id_)
    here.say(harbour.questions["seats"], Said(40.0))
    store.write(id_, here.draft.saying("length", Said(12.5)).as_data() | {"revision": here.draft.revision + 1})
    again = Session(harbour, store, id_)
    assert again.draft.profile.answers == {"seats": 40, "length": 12.5}
    assert again.draft.epoch == here.draft.epoch + 1


@pytest.mark.parametrize("touch", range(6))
def test_inputs_follow_what_was_said_elsewhere_wherever_the_run_is_given_up(harbour: Rulebook, tmp_path: Path, state: State, touch: int) -> None:
    store, id_ = Store(tmp_path), new_id()
    trade = harbour.questions["trade"]
    first = Session(harbour, store, id_)
    first.shows(trade, first.inputs(trade))

    state.left = touch
    with suppress(GivenUpError):
        first.say(trade, Said("ferry"))
    state.left = None

    second = Session(harbour, store, id_)
    second.follow()
    second.sync()
    assert second.inputs(trade) == parts(trade, second.draft.said("trade"))


@pytest.mark.parametrize("touch", range(12))
def test_inputs_follow_another_tab_wherever_the_run_is_given_up(harbour: Rulebook, tmp_path: Path, state: State, touch: int) -> None:
    store, id_ = Store(tmp_path), new_id()
    seats = harbour.questions["seats"]
    here = Session(harbour, store, id_)
    here.say(harbour.questions["trade"], Said("ferry"))
    here.shows(seats, here.inputs(seats))
    store.write(id_, here.draft.saying("seats", Said(40.0)).as_data() | {"revision": here.draft.revision + 1})

    state.left = touch
    with suppress(GivenUpError):
        Session(harbour, store, id_).sync()
    state.left = None

    again = Session(harbour, store, id_)
    again.sync()
    assert again.draft.profile.answers == {"trade": "ferry", "seats": 40}
    assert again.inputs(seats) == parts(seats, Said(40.0))


@pytest.mark.parametrize("touch", range(24))
def test_the_last_answer_to_a_client_is_saved_wherever_the_run_is_given_up(harbour: Rulebook, tmp_path: Path, state: State, touch: int) -> None:
    database = Database(f"sqlite:///{tmp_path / 'clients.sqlite3'}")
    desk = Desk(database, Advisor("李强", "local"))
    client = desk.add("甲船队", at=NOON)
    seats = harbour.questions["seats"]
    opened = Opened(harbour, desk, client.id, lambda: NOON)
    opened.shows(seats, opened.inputs(seats))

    state[opened.key(seats, "value")] = 40
    state.left = touch
    with suppress(GivenUpError):
        save_last_answer(harbour, desk)
    state.left = None

    assert save_last_answer(harbour, desk) is None
    assert desk.client(client.id).answers == {"seats": 40}
    assert "client-last" not in state
    database.close()


def test_a_run_that_supersedes_one_that_is_still_saving_is_not_in_conflict_with_it(harbour: Rulebook, tmp_path: Path, state: State) -> None:
    """Streamlit begins the next run at once; the one before goes on until its next touch of the session's state."""
    database = Database(f"sqlite:///{tmp_path / 'clients.sqlite3'}")
    desk = Desk(database, Advisor("李强", "local"))
    client = desk.add("甲船队", at=NOON)
    begun, go_on = Event(), Event()

    def slow() -> datetime:
        begun.set()
        assert go_on.wait(5)
        return NOON

    first = Opened(harbour, desk, client.id, slow)
    with ThreadPoolExecutor(2) as runs:
        saving = runs.submit(first.keep, first.draft.saying("seats", Said(40.0)))
        assert begun.wait(5)
        second = runs.submit(Opened, harbour, desk, client.id, lambda: NOON)
        with suppress(TimeoutError):
            second.result(0.2)
        go_on.set()
        saving.result(5)
        assert second.result(5).conflict is None
    assert desk.client(client.id).answers == {"seats": 40}
    assert desk.client(client.id).version == client.version + 1
    database.close()
