"""The few questions that an advisor's file asks, answered on a screen instead of in the file. Kept apart from the visitor's own questionnaire."""

from __future__ import annotations

import base64
import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.models import Question
from ui.answers_file import written
from ui.draft import Draft, read_draft
from ui.session import Answering
from ui.store import Store

_log = logging.getLogger(__name__)
_HELD = "supplement"  # in st.session_state


@dataclass(frozen=True)
class Request:
    """What was asked, by question, and what has been said so far."""

    asked: tuple[str, ...] = ()
    draft: Draft = field(default_factory=Draft)


class Supplement(Answering):
    """The request that this browser is answering, during one run of the script; on disk beside the browser's own draft, so that a reload loses nothing."""

    def __init__(self, book: Rulebook, store: Store, session_id: str | None) -> None:
        self.store, self.id = store, session_id and _beside(session_id)
        self.stored = True
        held: Request = st.session_state.setdefault(_HELD, Request())
        found = store.read(self.id) if self.id else None
        if found is not None and found.get("revision", 0) > held.draft.revision:
            held = st.session_state[_HELD] = _read(found, book)
        self.asked = held.asked
        super().__init__(book, held.draft, "s-")
        self.follow()
        self.sync()

    @property
    def questions(self) -> list[Question]:
        """What is asked, in the order of the questionnaire."""
        return [q for q in self.book.questions.values() if q.id in self.asked]

    def keep(self, draft: Draft) -> None:
        """Keep what was said."""
        if draft != self.draft:
            self._put(self.asked, draft)

    def take(self, data: Mapping[Any, Any]) -> bool:
        """Begin with an advisor's file. Whether it asks anything that there is."""
        asked = tuple(q for q in self.book.questions if q in data)
        if asked:
            draft, _ = self.draft.loading({q: data[q] for q in asked}, self.book)
            self._put(asked, draft)
        return bool(asked)

    def clear(self) -> None:
        """Forget the file and what was said."""
        self._put((), self.draft.cleared())

    def file(self) -> str:
        """The file to be sent back: the answers, and 不清楚 where that was said."""
        return written(self.draft.as_answers(), self.book)

    def _put(self, asked: tuple[str, ...], draft: Draft) -> None:
        self.asked, self.draft = asked, replace(draft, revision=self.draft.revision + 1)
        st.session_state[_HELD] = Request(self.asked, self.draft)
        if self.id is not None:
            try:
                self.store.write(self.id, {"asked": self.asked, "revision": self.draft.revision, "draft": self.draft.as_data()})
            except OSError:
                _log.exception("supplement not stored")
                self.stored = False


def _read(data: Mapping[str, Any], book: Rulebook) -> Request:
    return Request(tuple(q for q in data.get("asked", ()) if q in book.questions), read_draft(data.get("draft", {}), book))


def _beside(id_: str) -> str:
    """A name that nobody can guess who does not know the draft's."""
    return base64.urlsafe_b64encode(hashlib.sha256(f"supplement/{id_}".encode()).digest()).decode().rstrip("=")
