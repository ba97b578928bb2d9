"""What a company's own number says: where it is registered, and whether the number was mistyped."""

from __future__ import annotations

from datetime import date

import streamlit as st

from eligibility.identifiers import proposed_place, warnings
from eligibility.rulebook.models import Question
from ui.fields import Said
from ui.question import ask
from ui.session import Session
from ui.text import plain


def tells_place(session: Session, question: Question) -> bool:
    """Whether this question can be answered from a number that the rulebook knows."""
    return question.id == session.book.agency_list.place and any(q.identifier for q in session.book.questions.values())


def propose_place(session: Session, on: date) -> None:
    """Take the number, say what it tells, and let the user confirm it."""
    folded = st.expander("手边有营业执照？用统一社会信用代码带出来", key=f"identify-{session.draft.epoch}", on_change="rerun")
    if not folded.open:
        return
    with folded:
        for question in session.book.questions.values():
            if question.identifier:
                ask(session, question, on)
        show_warnings(session)
        proposal = proposed_place(session.book, session.draft.profile)
        if proposal is None:
            return
        place = session.book.questions[session.book.agency_list.place]
        if session.draft.profile.answers.get(place.id) == proposal.option:
            st.success(f"按代码，登记在{plain(proposal.place)}，与您选的一致。")
            return
        st.markdown(f"按代码，登记在{plain(proposal.place)}。")
        if st.button(f"对，选“{plain(place.option[proposal.option].name)}”", key="take-place"):
            session.say(place, Said(proposal.option))
            st.rerun()


def show_warnings(session: Session) -> None:
    """Numbers that do not look right."""
    for warning in warnings(session.book, session.draft.profile):
        st.warning(plain(warning))
