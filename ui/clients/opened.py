"""A stored client on the screen: its answers as they are edited here, saved one by one, never on top of what somebody else saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

import streamlit as st

from eligibility.assessment import HERE
from eligibility.clients.conflict import Conflict
from eligibility.clients.desk import Desk
from eligibility.clients.problems import ClientsError, ConflictError
from eligibility.clients.records import Client, Via
from eligibility.rulebook.book import Rulebook
from ui.draft import Draft, read_draft
from ui.session import Answering

LAST = "client-last"  # in st.session_state: the client on the screen


@dataclass
class _State:
    """What this visit holds of a client. `client` is as it was last read or saved here; `draft` may be ahead of it."""

    client: Client
    draft: Draft
    unsaved: bool = False
    conflict: Conflict | None = None
    remark: str | None = None
    saving: Lock = field(default_factory=Lock)


class Opened(Answering):
    """One client of the desk during one run of the script.

    Every answer is saved at once, on top of the version that was on this screen. The keys of its inputs carry the client
    and the version with which they were first drawn: an input that shows an older state is never taken for an answer to a
    newer one.
    """

    live = False  # each save is a line in the history, so a text counts when it is finished

    def __init__(self, book: Rulebook, desk: Desk, id_: str, now: Callable[[], datetime], *, typing: bool = False) -> None:
        """`typing`: a form is being filled in, so what others saved is not brought in under it; saving will tell."""
        stored = desk.client(id_)
        self.desk, self.now = desk, now
        self._place = f"client-{desk.advisor.organisation}-{id_}"
        self._state: _State = st.session_state.setdefault(self._place, _State(stored, _draft(stored, book)))
        st.session_state[LAST] = id_
        self.fault: str | None = None
        super().__init__(book, self._state.draft, f"c{id_}-")
        if self.conflict is None:
            self.follow()
            self.sync()
            if self._state.unsaved:
                self._write()
            if self.conflict is None and not self._state.unsaved and not typing and stored.version > self.client.version:
                self._catch_up(stored)

    @property
    def client(self) -> Client:
        """The client as it was last read or saved here."""
        return self._state.client

    @property
    def conflict(self) -> Conflict | None:
        """A save that was refused and waits for a word."""
        return self._state.conflict

    @property
    def remark(self) -> str | None:
        """What is to be said until something is saved here again."""
        return self._state.remark

    def keep(self, draft: Draft) -> None:
        """Save what is new in the answers."""
        if draft == self.draft:
            return
        self.draft = self._state.draft = draft
        self._state.unsaved = True
        self._write()

    def _write(self) -> None:
        with self._state.saving:  # a run that supersedes this one waits, and finds it saved: or it would be in conflict with itself
            try:
                self._state.unsaved = not self.save(self.client.with_answers(self.draft.as_answers(), self.book)) and self.conflict is None
            except ClientsError as error:  # tried again in the next run
                self.fault = str(error)

    def save(self, wanted: Client, via: Via = Via.DESK) -> bool:
        """Save the client like this. Where somebody was faster, nothing is saved and the conflict stands. Raises ClientsError."""
        if wanted == self.client:
            return True
        try:
            self._state.client = self.desk.save(wanted, at=self.now(), via=via)
        except ConflictError as error:
            self._state.conflict = Conflict(self.client, wanted, error.theirs, via)
            return False
        self._state.remark = None
        return True

    def replaced(self, wanted: Client, via: Via) -> bool:
        """Save answers that did not come from the inputs here; these start afresh from them."""
        if saved := self.save(wanted, via):
            self._restart(self.client)
        return saved

    def take_theirs(self) -> None:
        """Give up what I wanted to save."""
        self._restart(self.desk.client(self.client.id))

    def take_mine(self) -> None:
        """Save what I changed on top of what they saved, as a new edit."""
        conflict = self.conflict
        if conflict is None:
            return
        self._restart(conflict.theirs)
        if self.save(conflict.mine_over_theirs(), conflict.via):
            self._restart(self.client)

    def forget(self) -> None:
        """Hold nothing of this client any more."""
        for key in [k for k in st.session_state if isinstance(k, str) and (k == self._place or k.startswith(self.scope))]:
            del st.session_state[key]

    def _catch_up(self, stored: Client) -> None:
        self._restart(stored)
        when = stored.changed.astimezone(HERE)
        self._state.remark = f"{stored.changed_by}在 {when:%Y-%m-%d %H:%M} 改过这家企业的档案，这里已经换成最新的。"

    def _restart(self, client: Client) -> None:
        state = self._state
        state.client, state.conflict, state.unsaved = client, None, False
        self.draft = state.draft = _draft(client, self.book)


def _draft(client: Client, book: Rulebook) -> Draft:
    return read_draft({"answers": client.answers, "epoch": client.version}, book)
