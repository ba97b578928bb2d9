"""自测: one question a screen, until nothing can change the result any more."""

from __future__ import annotations

import streamlit as st

from eligibility.assessment import Assessment
from eligibility.clock import today
from eligibility.interview import Due, due
from eligibility.logic.answers import Choices
from eligibility.profile import Origin
from eligibility.report.labels import ORIGINS
from eligibility.rulebook.models import Question
from ui.answers_file import panel, report_load
from ui.fields import Said, read
from ui.identify import propose_place, tells_place
from ui.navigation import RESULTS
from ui.papers import papers
from ui.question import UNKNOWN, ask, head
from ui.session import current
from ui.standing import standing
from ui.statuses import doubts
from ui.text import escaped, plain

FIRST_RESULT_AFTER = 3
_TURN = "turn"  # in st.session_state: how many screens this visit has shown, so that each new one takes the focus

session = current()
book, on = session.book, today()


def turn_to(question: Question | None) -> None:
    """Put a question on the screen; without one, all has been asked."""
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1
    session.keep(session.draft.asked(question.id if question else None))


def next_due() -> Question | None:
    """The first question that can still matter."""
    ahead = due(session.assess(on), session.draft.declined)
    return ahead[0].question if ahead else None


def welcome() -> None:
    """The first screen: what this is, and the ways in."""
    st.html(
        f'<section class="welcome"><h1>看看哪些支持对得上您</h1><p>{escaped(book.cover.title)}里有 {len(book.supports)} 项支持。'
        "企业主、创业团队和园区顾问都可以用：一屏一题，多数人十来分钟；不清楚的可以跳过，三题之后就能看初步结果。</p>"
        '<p class="note">答案只存在运行本程序的这台电脑或服务器上，不发给任何部门或网站；用别人的电脑时，用完请“清空”。这里给出的是自测结果，不是审批结论。</p></section>'
    )
    if st.button("从第一题开始", type="primary", width="stretch", key="begin"):
        turn_to(next_due())
        st.rerun()
    if book.ways_in:
        st.html('<h2 class="ways">或者先选一个最像您的，帮您填好一部分</h2>')
        with st.container(key="ways"):
            for way in book.ways_in.values():
                if st.button(f"**{plain(way.name)}**  \n{plain(way.text)}", key=f"way-{way.id}", width="stretch"):
                    session.keep(session.draft.entering(way, book))
                    turn_to(next_due())
                    st.rerun()


def move(question: Question) -> str | None:
    """Follow 上一题 or 下一题 before anything is drawn, so that a click costs one run. Why one cannot go on, if so."""
    if st.session_state.get(f"next-{question.id}"):
        return go_on(question)
    if st.session_state.get(f"back-{question.id}"):
        go_back(question)
    return None


def go_on(question: Question) -> str | None:
    """Leave a question for the next one that matters. Why it cannot be left like this, if so."""
    if refusal := accept(question, read(question, session.inputs(question))):
        return refusal
    following = next_due()
    turn_to(following)
    if following is None:
        st.switch_page(RESULTS)
    return None


def go_back(question: Question) -> None:
    """Return to the question that was on the screen before this one."""
    if (before := session.draft.before(question.id)) is not None:
        turn_to(book.questions[before])


def interview(question: Question, refusal: str | None) -> None:
    """One question, what it is for, and the ways on."""
    draft = session.draft
    before = session.assess(on, draft.profile.with_answer(question.id, None))
    assessment = session.assess(on)
    item = next((d for d in due(before) if d.question.id == question.id), Due(question, 0))
    st.html(standing(draft, assessment, due(assessment, draft.declined), question.section))
    report_load(session)
    st.html(head(item, st.session_state.get(_TURN, 0), prefilled(question)))
    if tells_place(session, question):
        propose_place(session, on)
    ask(session, question, on)
    doubts(question, session.inputs(question), book)
    papers(session, question, on)
    if refusal:
        st.error(refusal)
    answers = sum(draft.done(q) for q in book.questions)
    with st.container(key="ways-on", horizontal=True, gap="small"):
        # Pressed and still drawn: this session is new and did not know the button when the run began (see `move`).
        if st.button("上一题", key=f"back-{question.id}", disabled=draft.before(question.id) is None):
            go_back(question)
            st.rerun()
        if st.button("下一题", key=f"next-{question.id}", type="primary") and not refusal:
            if refusal := go_on(question):
                st.error(refusal)
            else:
                st.rerun()
        if answers >= FIRST_RESULT_AFTER:
            st.page_link(RESULTS, label="看初步结果")
    answered(assessment, question)


def prefilled(question: Question) -> str | None:
    """What to say of an answer that the way in brought."""
    way = book.ways_in.get(session.draft.way_in or "")
    if way is None:
        return None
    if question.id in session.draft.filled:
        return f"已按您的选择“{way.name}”填好，可以改。"
    if question.id in session.draft.suggested.answers:
        return f"已按您的选择“{way.name}”先选上，请核对，还有别的也一并选上。"
    return None


def accept(question: Question, said: Said) -> str | None:
    """Take what was said on leaving a question. Why it cannot be left like this, if so."""
    if said.problem:
        return f"{plain(said.problem.what)}。{plain(said.problem.remedy)}"
    if said.nothing:
        if question.kind in ("choice", "yes_no"):
            return f"请选一项；拿不准就选“{UNKNOWN}”。"
        if question.none_label:
            return f"请至少选一项；一个都没有就选“{plain(question.none_label)}”，拿不准就选“{UNKNOWN}”。"
        # Of wishes one may have none; of facts, nothing said is not known.
        said = Said(Choices()) if question.purpose == "ordering" and question.kind == "choices" else Said(unknown=True)
    session.say(question, said)
    return None


def finished() -> None:
    """When nothing can change the result any more."""
    assessment = session.assess(on)
    st.html(standing(session.draft, assessment, (), None))
    report_load(session)
    st.html('<section class="question"><h1>问完了</h1><p>剩下的题不会再改变结果，所以不问了。下面的回答随时可以改。</p></section>')
    with st.container(key="ways-on", horizontal=True):
        if st.button("看结果", type="primary", key="finished"):
            st.switch_page(RESULTS)
    answered(assessment, None)


def answered(assessment: Assessment, on_screen: Question | None) -> None:
    """The answers so far, each one tap away."""
    draft = session.draft
    given = {g.question: g.text for g in assessment.given()}
    done = [q for q in book.questions.values() if draft.done(q.id) and (on_screen is None or q.id != on_screen.id)]
    if not done:
        return
    folded = st.expander(f"已填 {len(done)} 题，点一下就能改", key=f"answered-{draft.epoch}", on_change="rerun")
    if folded.open:
        with folded:
            checking = st.toggle("我是顾问，要记下哪些已看到证照", key=f"checking-{draft.epoch}", persist_state="session")
            with st.container(key="answered", gap=None):
                for question in done:
                    mark = "（按您的选择填好）" if question.id in draft.filled else ""
                    text = given.get(question.id, UNKNOWN)
                    with st.container(key=f"row-{question.id}", horizontal=True, wrap=False, gap="small", vertical_alignment="center"):
                        if st.button(f"{plain(question.short)}：**{plain(text)}**{mark}", key=f"change-{question.id}", type="tertiary", width="stretch"):
                            turn_to(question)
                            st.rerun()
                        if question.id in given and question.purpose == "eligibility":
                            where_from(question, checking)


def where_from(question: Question, checking: bool) -> None:
    """Where an answer comes from, unless the company just says so; an advisor may note that the paper was seen, and take that back."""
    origin = session.draft.profile.origin(question.id)
    if origin is not Origin.DECLARED:
        st.caption(ORIGINS[origin].name, width="content")
    if checking:
        label, other = ("撤销", Origin.DECLARED) if origin is Origin.SEEN else (ORIGINS[Origin.SEEN].name, Origin.SEEN)
        if st.button(label, key=f"{other.value}-{question.id}", type="tertiary", width="content"):
            session.keep(session.draft.verified(question.id, other))
            st.rerun()


refusal = move(book.questions[session.draft.asking]) if session.draft.asking else None
if session.draft.begun and session.draft.asking is None and (first := next_due()) is not None:
    turn_to(first)
if session.draft.asking is not None:
    interview(book.questions[session.draft.asking], refusal)
elif session.draft.begun:
    finished()
else:
    welcome()
panel(session)
