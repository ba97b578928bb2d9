"""The papers behind the titles chosen: their numbers, and until when they are valid. All of it may stay empty."""

from __future__ import annotations

from datetime import date

import streamlit as st

from eligibility.identifiers import warnings
from eligibility.profile import Profile
from eligibility.report.wording import day
from eligibility.rulebook.models import Option, Question
from ui.fields import CALENDAR, Parts, read_paper
from ui.question import CALENDAR_NAMES, calendar_ranges
from ui.session import Answering
from ui.statuses import titles
from ui.text import plain


def papers(session: Answering, question: Question, on: date) -> None:
    """Under a question on titles: number and last day of each one chosen; what has run out counts no more, and is said."""
    held = [o for o in question.options if (question.id, o.id) in titles(session.book) and session.draft.holds(question.id, o.id)]
    if not held:
        return
    folded = st.expander("证书编号和有效期（可不填）", key=f"{session.scope}papers-{session.draft.epoch}-{question.id}", on_change="rerun")
    if folded.open:
        with folded:
            st.caption("填了有效期，结果里会列出到期日，也能存成日历文件；过期的不算。")
            again = [_paper(session, question, option, on) for option in held]
            if any(again):
                st.rerun()
    _remarks(session, question, held, on)


def _paper(session: Answering, question: Question, option: Option, on: date) -> bool:
    """Draw the inputs of one paper. Whether another run is needed."""
    shown = session.paper(question.id, option.id)
    said: Parts = {}
    with st.container(key=f"paper-{question.id}-{option.id}", horizontal=True, gap="small", vertical_alignment="bottom"):
        said["number"] = st.text_input(
            f"{plain(titles(session.book)[question.id, option.id].name)}：编号",
            value=shown["number"],
            max_chars=40,
            placeholder=option.number_hint or "照证书上写",
            key=session.paper_key(question.id, option.id, "number"),
            live=session.live,
            width=280,
            persist_state="session",
        )
        for part, values in calendar_ranges(CALENDAR["date"], on).items():
            said[part] = st.selectbox(
                f"有效期至（{CALENDAR_NAMES[part]}）",
                values,
                index=values.index(shown[part]) if shown[part] in values else None,
                placeholder=CALENDAR_NAMES[part],
                key=session.paper_key(question.id, option.id, part),
                width=104,
                persist_state="session",
            )
    if problem := read_paper(said)[1]:
        st.error(f"{plain(problem)}。")
    return said != shown


def _remarks(session: Answering, question: Question, held: list[Option], on: date) -> None:
    """Numbers that look unusual, and papers that have run out. Nothing is refused."""
    mine = {key: paper for key, paper in session.draft.profile.certificates.items() if key[0] == question.id}
    for warning in warnings(session.book, Profile(certificates=mine)):
        st.warning(plain(warning))
    for option in held:
        until = mine[question.id, option.id].until if (question.id, option.id) in mine else None
        if until is not None and until < on:
            name = titles(session.book)[question.id, option.id].name
            st.warning(f"{plain(name)}的有效期到 {day(until)}，已经过期，所以现在不算有。续上以后，请改这里的有效期。")
