"""Answers being given on a screen, and those of this browser: found again by its cookie, kept after every change, never anybody else's.

Streamlit drops what was typed in three places: a callback does not fire in the first run of a fresh session, a run that
is superseded never reaches its widgets, and a widget that is not on the page forgets its value. So every widget persists
for the session, every run first takes over what the widgets say (`sync`), and whoever draws widgets looks at what they
return: where that is not what they were drawn with, another run takes it over.
"""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from dataclasses import replace
from datetime import date
from typing import Any

import streamlit as st

from eligibility.assessment import Assessment, assess
from eligibility.profile import Profile
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.models import Question
from ui.access.people import own_draft
from ui.draft import Draft, read_draft
from ui.fields import Parts, Said, paper_parts, parts, read, read_paper, settle
from ui.store import Store, default_store, is_id

COOKIE = "draft"

# Where things are in st.session_state.
_SESSION, _DRAFT, _STORED, _SHOWN, _SAID, _PAPERS, _WHOSE, _ASSESSED, _DRAWN_ON = "session", "draft", "stored", "shown", "said", "papers", "whose", "assessed", "drawn on"

Place = str | tuple[str, str]  # where inputs stand: at a question, or at the paper behind a question's option

_log = logging.getLogger(__name__)


class Answering(ABC):
    """The answers of one enterprise, and the inputs that show them, during one run of the script.

    `scope` is part of every key and of every place in st.session_state, so that no two enterprises on the screens of one
    visitor ever share an input.
    """

    live = True  # whether a text is taken over while it is typed; else when the input is left

    def __init__(self, book: Rulebook, draft: Draft, scope: str = "") -> None:
        self.book = book
        self.draft = draft
        self.scope = scope
        self._drawn: set[Place] = set()

    @abstractmethod
    def keep(self, draft: Draft) -> None:
        """Make this the draft, here and where it is stored."""

    def key(self, question: Question, part: str) -> str:
        """The key of one input of a question."""
        return f"{self.scope}q{self.draft.epoch}-{question.id}-{part}"

    def inputs(self, question: Question) -> Parts:
        """What the inputs of a question show: as this session last saw them, else what the draft says."""
        shown = self._shown.get(question.id)
        return dict(shown) if shown is not None else parts(question, self.draft.said(question.id))

    def shows(self, question: Question, inputs: Parts) -> None:
        """Remember what the inputs of a question show, so that a change can be told from what stood there before."""
        self._shown[question.id] = dict(inputs)
        self._drawn.add(question.id)

    def sync(self) -> None:
        """Take over what was changed in any input since the last run."""
        for id_, before in list(self._shown.items()):
            question = self.book.questions[id_]
            now = {part: st.session_state.get(self.key(question, part), value) for part, value in before.items()}
            if now != before:
                now = settle(question, before, now)
                self.keep(self.draft.saying(id_, read(question, now)))
                self._show(question, now, anew=not self.steady(id_))
        for (id_, option), before in list(self._papers.items()):
            now = {part: st.session_state.get(self.paper_key(id_, option, part), value) for part, value in before.items()}
            if now != before and self.draft.holds(id_, option):
                self.keep(self.draft.holding(id_, option, read_paper(now)[0]))
                self._show_paper(id_, option, now, anew=not self.steady((id_, option)))
            elif not self.draft.holds(id_, option) and now != (empty := paper_parts(None)):
                # The option was taken back, and its paper went with it.
                self._show_paper(id_, option, empty, anew=True)

    def paper_key(self, question: str, option: str, part: str) -> str:
        """The key of one input of the paper behind an option."""
        return f"{self.scope}p{self.draft.epoch}-{question}-{option}-{part}"

    def paper(self, question: str, option: str) -> Parts:
        """What the inputs of a paper show: as this session last saw them, else what the draft says."""
        self._drawn.add((question, option))
        return dict(self._papers.setdefault((question, option), paper_parts(self.draft.profile.certificates.get((question, option)))))

    def say(self, question: Question, said: Said) -> None:
        """Answer a question from elsewhere than its own inputs. They may be on the screen, so they follow in the next run."""
        st.session_state[self.scope + _SAID] = question.id  # first: inputs that do not follow would be read as the answer once they are left
        self.keep(self.draft.saying(question.id, said))

    def follow(self) -> None:
        """Have inputs that were drawn before show what was said elsewhere."""
        id_ = st.session_state.pop(self.scope + _SAID, None)
        if id_ in self._shown:
            question = self.book.questions[id_]
            self._show(question, parts(question, self.draft.said(id_)))

    def steady(self, place: Place) -> bool:
        """Whether the inputs of a question or a paper hold their values, whatever page they stood on before."""
        return True

    def _show(self, question: Question, inputs: Parts, *, anew: bool = False) -> None:
        """Have the inputs show this, stated `anew` even if they do. Possible only before they are drawn."""
        for part, value in inputs.items():
            key = self.key(question, part)
            if anew or st.session_state.get(key) != value:
                st.session_state[key] = value
        self.shows(question, inputs)

    def _show_paper(self, question: str, option: str, inputs: Parts, *, anew: bool) -> None:
        """Remember what the inputs of a paper show, stated `anew` if they may show something else."""
        if anew:
            for part, value in inputs.items():
                st.session_state[self.paper_key(question, option, part)] = value
        self._papers[question, option] = inputs

    @property
    def _shown(self) -> dict[str, Parts]:
        """By question, what its inputs showed last."""
        return self._of_this_epoch(_SHOWN)

    @property
    def _papers(self) -> dict[tuple[str, str], Parts]:
        """By question and option, what the inputs of the paper showed last."""
        return self._of_this_epoch(_PAPERS)

    def _of_this_epoch(self, name: str) -> dict[Any, Any]:
        epochs: dict[int, dict[Any, Any]] = st.session_state.setdefault(self.scope + name, {})
        if self.draft.epoch not in epochs:
            epochs.clear()
            epochs[self.draft.epoch] = {}
        return epochs[self.draft.epoch]


class Session(Answering):
    """The draft of this browser during one run of the script."""

    def __init__(self, book: Rulebook, store: Store, id_: str | None, scope: str = "", page: str = "") -> None:
        super().__init__(book, st.session_state.setdefault(_DRAFT, Draft()), scope)
        self.store = store
        self.page = page
        self.id = id_  # None without a cookie: then the draft lives as long as this session
        data = store.read(id_) if id_ else None
        if data is not None and data.get("revision", 0) > self.draft.revision:
            self._catch_up(read_draft(data, book))

    def _catch_up(self, written: Draft) -> None:
        """Found on disk what this session has not seen: it begins after a reload, or another tab of this browser wrote.

        The draft on disk counts, and widgets drawn before start afresh from it. What was changed here meanwhile is
        taken over, unless the other tab has turned to another enterprise.
        """
        drawn_here = self.draft.revision > 0 and written.epoch == self.draft.epoch
        self.draft = written
        if drawn_here:  # in memory only with its new epoch: a run that is given up before leaves the next one to catch up
            self.sync()
            self.keep(replace(self.draft, epoch=self.draft.epoch + 1))
        else:
            st.session_state[_DRAFT] = written

    def keep(self, draft: Draft) -> None:
        """Make this the draft, here and on disk."""
        if draft == self.draft:
            return
        self.draft = replace(draft, revision=self.draft.revision + 1)
        # In memory first: a run can be given up at any touch of st.session_state, and what is on disk alone is taken for another tab's.
        st.session_state[_DRAFT] = self.draft
        if self.id is not None:
            try:
                self.store.write(self.id, self.draft.as_data())
            except OSError:
                _log.exception("draft not stored")
                st.session_state[_STORED] = False
            else:
                st.session_state[_STORED] = True

    def steady(self, place: Place) -> bool:
        return self._pages.get(place, self.page) == self.page

    def finish(self) -> None:
        """The page is drawn to its end. Last thing in a run."""
        self._pages.update(dict.fromkeys(self._drawn, self.page))

    @property
    def _pages(self) -> dict[Place, str]:
        """By place, the page on which its inputs were last drawn to the end."""
        return self._of_this_epoch(_DRAWN_ON)

    def assess(self, on: date, profile: Profile | None = None) -> Assessment:
        """The assessment of this draft, or of a profile that hardly differs from it.

        The last two are kept with this session, together with everything worked out from them: most clicks change no
        answer, and one that does goes back to what was before as often as not.
        """
        profile = self.draft.profile if profile is None else profile
        kept: tuple[Assessment, ...] = st.session_state.get(_ASSESSED, ())
        found = next((a for a in kept if a.profile == profile and a.on == on and a.rulebook is self.book), None) or assess(self.book, profile, on=on)
        st.session_state[_ASSESSED] = (found, *(a for a in kept if a is not found))[:2]
        return found

    @property
    def stored(self) -> bool:
        """Whether the last change reached the disk."""
        return bool(st.session_state.get(_STORED, True))


def begin(book: Rulebook, page: str) -> Session:
    """The session of this run, which draws this page. First thing in every run, before any page.

    A tab whose login has ended keeps nothing, and is loaded anew for the visitor who is left.
    """
    cookie = st.context.cookies.get(COOKIE)
    id_ = own_draft(cookie) if cookie and is_id(cookie) else None
    if id_ and st.session_state.setdefault(_WHOSE, id_) != id_:
        st.session_state.clear()  # nothing of it is the visitor's, in what the pages keep neither
        st.html('<p data-reload>登录已经结束，正在刷新本页。</p>')
        st.stop()
    # A tab that connects anew sends again what its inputs hold: those of an advisor must not be taken for a visitor's.
    session = Session(book, default_store(), id_, "" if id_ is None or id_ == cookie else f"{id_[:6]}-", page)
    session.follow()
    session.sync()
    st.session_state[_SESSION] = session
    return session


def current() -> Session:
    """The session of this run, for a page."""
    session: Session = st.session_state[_SESSION]
    return session
