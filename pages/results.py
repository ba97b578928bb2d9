"""结果: what fits, what to do first, and everything behind it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import streamlit as st

from eligibility.advice import FirstStep, first_steps, ranked, to_ask
from eligibility.assessment import SupportVerdict, Verdict
from eligibility.clock import today
from eligibility.interview import due
from eligibility.report.labels import STRENGTHS
from eligibility.report.statuses import told
from eligibility.report.wording import DISCLAIMER, headline, whom
from eligibility.rulebook.models import Question, Strength
from ui.answers_file import panel, report_load
from ui.chart import chart
from ui.downloads import downloads
from ui.fields import Said
from ui.filters import filters
from ui.more import limit, more
from ui.navigation import SELF_ASSESSMENT
from ui.plan import plan
from ui.segments import group
from ui.session import current
from ui.standing import counts
from ui.statuses import box, check_links
from ui.support_card import card, contacts, refusal
from ui.text import clauses, escaped, plain

AT_ONCE = 15  # cards drawn before the user asks for more
NUMERALS = ("", "一", "两", "三")

session = current()
book, draft = session.book, session.draft
assessment = session.assess(today())
ahead = due(assessment, draft.declined)
known = told(assessment)


def summary() -> None:
    """The first screen: one sentence, what must be known first, and three things to do."""
    notices = "".join(f'<p class="caution">{escaped(n.text)}</p>' for n in assessment.notices)
    st.html(f'<section class="summary"><h1>{clauses(headline(assessment))}</h1>{notices}{counts(assessment)}</section>')
    if ahead:
        with st.container(key="more-questions", horizontal=True, vertical_alignment="center"):
            st.markdown(f"还有 {len(ahead)} 题没答，答了会更准。", width="content")
            st.page_link(SELF_ASSESSMENT, label="接着答")
    if steps := first_steps(assessment):
        st.html(f'<h2>先做这{NUMERALS[len(steps)]}件事</h2><ol class="steps">{"".join(map(step, steps))}</ol>')
        for question in (s.question for s in steps if s.question):
            if st.button(f"去回答“{plain(question.short)}”", key=f"first-{question.id}"):
                jump_to(question)


def step(first: FirstStep) -> str:
    """One thing to do, and with whom."""
    lines = [f"<b>{escaped(first.text)}</b>"]
    if first.door is not None:
        lines.append(f"{escaped(whom(first.door))}：{contacts(first.door, assessment.on)}")
    if first.kind == "contact":
        lines.append(f"可以这样问：{escaped(to_ask(first.supports[0]))}")
    else:
        lines.append(f"关系到 {len(first.supports)} 项，其中{STRENGTHS[Strength.DIRECT].name} {first.direct} 项")
    return f"<li>{'<br>'.join(lines)}</li>"


def groups() -> None:
    """The supports, one verdict at a time."""
    st.html("<h2>逐项看</h2>")
    wanted = filters(assessment, draft.epoch)
    kept = wanted.keep(ranked(assessment))
    if wanted.chosen:
        st.caption(f"用了 {wanted.chosen} 个筛选条件，{len(assessment.supports)} 项里显示 {len(kept)} 项。")
    found = {verdict: tuple(e for e in kept if e.verdict is verdict) for verdict in Verdict}
    verdict = group(found, f"group-{draft.epoch}")
    entries = found[verdict]
    if not entries:
        st.info("这一组里没有。" if not wanted.chosen else "这一组里没有符合筛选条件的。")
    elif verdict is Verdict.EXCLUDED:
        st.html(f'<ul class="refusals">{"".join(refusal(e, assessment) for e in entries)}</ul>')
    else:
        cards(verdict, entries)


def cards(verdict: Verdict, entries: Sequence[SupportVerdict]) -> None:
    """The cards of one group, the strongest first; the weakest folded, for they may help but promise nothing."""
    if verdict is Verdict.OPEN:
        deciding_questions()
    for strength, label in STRENGTHS.items():
        mine = [e for e in entries if e.support.strength is strength]
        if not mine:
            continue
        st.html(f"<h3>{label.name}（{len(mine)} 项）</h3><p class='note'>{label.explanation}。</p>")
        if strength is not Strength.INDIRECT:
            some(mine, f"{verdict.value}-{strength.value}")
            continue
        folded = st.expander(f"展开这 {len(mine)} 项", key=f"indirect-{draft.epoch}-{verdict.value}", on_change="rerun")
        if folded.open:
            with folded:
                some(mine, f"{verdict.value}-{strength.value}")


def deciding_questions() -> None:
    """The unanswered questions on which most hangs, one tap away."""
    most = sorted((d for d in ahead if d.decides), key=lambda d: -d.decides)[:3]
    if most:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown("先答这几题，能定下的最多：", width="content")
            for item in most:
                if st.button(f"{plain(item.question.short)}（{item.decides} 项）", key=f"deciding-{item.question.id}"):
                    jump_to(item.question)


def some(entries: Sequence[SupportVerdict], name: str) -> None:
    """Cards, a handful at first, more on demand."""
    key = f"limit-{draft.epoch}-{name}"
    for together, run in groupby(entries[: limit(AT_ONCE, key)], key=quiet):
        if together:
            st.html(f'<div class="cards">{"".join(card(e, assessment, known) for e in run)}</div>')
        else:
            for entry in run:
                show(entry)
    more(len(entries), AT_ONCE, key)


def quiet(entry: SupportVerdict) -> bool:
    """Whether there is nothing to click on a card but what the browser unfolds: such cards go to the browser in one piece, which is quicker."""
    return entry.verdict is Verdict.MATCHED and not entry.missing


def show(entry: SupportVerdict) -> None:
    """A card, and what is missing one tap away."""
    with st.container(border=True, gap="small"):
        st.html(card(entry, assessment, known))
        if entry.verdict is Verdict.NEAR:
            check_links(entry, assessment)
        if entry.missing:
            answer_here(entry, book.questions[entry.missing[0]])


def answer_here(entry: SupportVerdict, question: Question) -> None:
    """Answer what the support hangs on: on the spot if a tap will do, else where the question stands."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if question.kind == "yes_no":
            st.markdown(plain(question.text), width="content")
            for name, answer in (("是", True), ("否", False)):
                if st.button(name, key=f"{name}-{entry.support.id}"):
                    session.say(question, Said(answer))
                    st.rerun()
        elif st.button(f"去回答“{plain(question.short)}”", key=f"answer-{entry.support.id}"):
            jump_to(question)


def jump_to(question: Question) -> None:
    """Leave for a question's own screen."""
    session.keep(session.draft.asked(question.id))
    st.switch_page(SELF_ASSESSMENT)


report_load(session)
if not draft.profile.answers:
    st.html(f"<h1>{headline(assessment)}</h1><p>回答三题就能看到初步结果。{book.cover.title}里有 {len(book.supports)} 项支持，按您的回答一项一项对照。</p>")
    if st.button("去自测", type="primary", key="to-questions"):
        st.switch_page(SELF_ASSESSMENT)
else:
    summary()
    downloads(session, assessment)
    st.html("<h2>一眼看全</h2>" + chart(assessment))
    if statuses := box(assessment):
        st.html(statuses)
    plan(assessment)
    groups()
    st.caption(f"{DISCLAIMER}。规则库 {book.version}，{assessment.on.isoformat()}。")
panel(session)
