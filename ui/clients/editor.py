"""The answers of one client, with the same questions as everywhere; each answer is saved as it is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import streamlit as st

from eligibility.assessment import Assessment
from eligibility.clients.words import given_words, question_name, raw
from eligibility.interview import due
from eligibility.profile import AnswerProblem, Origin
from eligibility.report.labels import ORIGINS
from eligibility.rulebook.models import Question
from ui.clients.opened import Opened
from ui.papers import papers
from ui.question import UNKNOWN, draw, explained
from ui.segments import one_of
from ui.text import escaped, plain

_URGENT = "还差的"


def editor(opened: Opened, assessment: Assessment, on: date) -> None:
    """The questions, a section at a time, and first those on which something hangs."""
    book, draft = opened.book, opened.draft
    ahead = {d.question.id: d.decides for d in due(assessment, draft.declined) if d.decides}
    st.html("<h2>回答</h2><p class='note'>每答一题就自动存下，不用点保存；文字和数字离开输入框时存下。改了什么、谁改的，都在“历史”里。</p>")
    sections = [s for s in book.sections if any(q.section == s for q in book.questions.values())]
    counted = {s: [q for q in book.questions.values() if q.section == s] for s in sections}
    names = {_URGENT: f"{_URGENT} {len(ahead)}"} | {s: f"{s} {sum(draft.done(q.id) for q in counted[s])}/{len(counted[s])}" for s in sections}
    chosen = one_of("看哪一节", names, _URGENT if ahead else sections[0], f"{opened.scope}section", "content")
    if chosen == _URGENT:
        shown = _still(opened, ahead)
        st.caption("下面这些题答了，结果才能再往下定。" if shown else "没有会再改变结果的题了。别的题可以按小节看。")
    else:
        shown = counted[chosen]
    again = [_question(opened, question, ahead.get(question.id, 0), on) for question in shown]
    if any(again):
        st.rerun()


def unread(opened: Opened, problems: Sequence[AnswerProblem]) -> None:
    """Stored answers that the rules of today cannot read: told, not used, kept."""
    if problems:
        answers, book = opened.client.answers, opened.book
        lines = "".join(f"\n- {plain(question_name(p.question, book))}：{plain(raw(answers.get(p.question)))}（{plain(p.what)}）" for p in problems)
        st.warning(f"存着的回答里有 {len(problems)} 处现在的规则读不了，没有用上；它们原样留着，不会丢：\n{lines}")


def _still(opened: Opened, ahead: Mapping[str, int]) -> list[Question]:
    """The questions on which something hangs, and those answered here since: none goes from under the finger."""
    key = f"{opened.scope}urgent-{opened.draft.epoch}"
    listed: list[str] = st.session_state.setdefault(key, [])
    listed += [q for q in ahead if q not in listed]
    return [opened.book.questions[q] for q in opened.book.questions if q in listed]


def _question(opened: Opened, question: Question, decides: int, on: date) -> bool:
    """One question; one with many choices is folded under its answer. Whether another run is needed."""
    with st.container(key=f"figure-{question.id}", gap="xsmall"):
        if question.kind not in ("choice", "choices") or len(question.options) <= 3:
            st.html(f'<p class="asked"><b>{escaped(question.text)}</b>{_weight(decides)}</p>{explained(question)}')
            again = draw(opened, question, on)
            papers(opened, question, on)
            return _seen(opened, question) or again
        folded = st.expander(f"**{plain(question.text)}**　{plain(_answered(opened, question))}", key=f"{opened.scope}fold-{question.id}", on_change="rerun")
        if not folded.open:
            return False
        with folded:
            st.html(f"{_weight(decides)}{explained(question)}")
            again = draw(opened, question, on)
            papers(opened, question, on)
            return _seen(opened, question) or again


def _weight(decides: int) -> str:
    return f' <span class="note">这个回答将决定 {decides} 项</span>' if decides else ""


def _answered(opened: Opened, question: Question) -> str:
    if question.id in opened.draft.profile.answers:
        return given_words(question.id, opened.draft.profile, opened.book)
    return UNKNOWN if opened.draft.done(question.id) else "还没有回答"


def _seen(opened: Opened, question: Question) -> bool:
    """Where the answer comes from; the advisor may note that the paper was seen, and take that back. Whether another run is needed."""
    profile = opened.draft.profile
    if question.id not in profile.answers or question.purpose != "eligibility":
        return False
    origin = profile.origin(question.id)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if origin is not Origin.DECLARED:
            st.caption(ORIGINS[origin].name, width="content")
        label, other = ("撤销“已看到证照”", Origin.DECLARED) if origin is Origin.SEEN else ("记为“已看到证照”", Origin.SEEN)
        if st.button(label, key=f"{opened.scope}{other.value}-{question.id}", type="tertiary"):
            opened.keep(opened.draft.verified(question.id, other))
            return True
    return False
