"""自检: what a company is by its figures, how much is short, and what would change it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

import streamlit as st

from eligibility.advice import quoted
from eligibility.assessment import Outcome
from eligibility.clock import today
from eligibility.logic.words import Words, number
from eligibility.report.labels import OUTCOMES
from eligibility.rulebook.models import Question, Status
from eligibility.shortfall import Change, smallest_changes
from eligibility.standing import Checked, Settling, Stand, Standing, figures, next_gains, robustness, settling, standing
from ui.answers_file import panel, report_load
from ui.papers import papers
from ui.question import UNKNOWN, draw, explained
from ui.score import bar, score
from ui.session import current
from ui.statuses import checkable
from ui.text import escaped, plain

session = current()
book, draft, on = session.book, session.draft, today()


def choose(listed: tuple[Status, ...]) -> Status:
    """The status to check. Which one stands in the address; answers never do."""
    names = {s.id: s.name for s in listed}
    wanted = st.query_params.get("status")
    shown = wanted if wanted in names else listed[0].id
    chosen = st.selectbox("要看哪个身份", list(names), index=list(names).index(shown), format_func=names.__getitem__, key=f"check-{draft.epoch}-{shown}")
    if chosen != shown:
        st.query_params["status"] = chosen
        st.rerun()
    return book.statuses[shown]


def result(found: Standing) -> str:
    """The result in one line, as HTML. What is held and what the figures suggest never look alike."""
    status = found.status
    marked = f"（要 {found.mark:g} 分）" if found.score and found.mark is not None else ""
    bars = f"{bar(found.score, found.mark)}" if found.score else ""
    points = f"<span>{found.score_text}{marked}</span>" if found.score else ""
    return (
        f'<div class="standing check {found.stand.value}"><p><b>{escaped(headline(found))}</b>{points}</p>{bars}'
        f'<p class="note">{escaped(decider(status, found.stand))} <a href="#findings">看还差什么</a></p></div>'
    )


def headline(found: Standing) -> str:
    """The stand in words."""
    name = found.status.name
    if found.status.likely_if is None:
        return {Stand.HELD: f"按您的回答，是{name}", Stand.NOT: f"按您的回答，不是{name}"}.get(found.stand, f"还不能判断是不是{name}")
    return {
        Stand.HELD: f"您填的是：已有{name}",
        Stand.LIKELY: f"很可能符合{name}",
        Stand.UNLIKELY: f"目前不符合{name}",
    }.get(found.stand, f"还不能判断是不是{name}")


def decider(status: Status, stand: Stand) -> str:
    """Who has the last word."""
    if status.recognised_by is None:
        return f"依据{status.defined_by}，用您的回答算出。"
    return "这是您自己填的，没有核验。" if stand is Stand.HELD else f"自检只是估计，只有认定机构说了算：{status.recognised_by}。"


def inputs(status: Status) -> bool:
    """The figures, by section. Whether another run is needed."""
    asked = [book.questions[q] for q in figures(book, status.id)]
    answered = sum(draft.done(q.id) for q in asked)
    st.html(f"<h2>填数字</h2><p class='note'>{len(asked)} 项，已填 {answered} 项。都可以不填；在这里填的就是自测的回答，两边一样。</p>")
    again = []
    for section, questions in groupby(asked, key=lambda q: q.section):
        st.html(f'<h3 class="section">{escaped(section)}</h3>')
        again += [figure(question) for question in questions]
    return any(again)


def figure(question: Question) -> bool:
    """One question, small; one with many choices is folded under its answer. Whether another run is needed."""
    with st.container(key=f"figure-{question.id}", gap="xsmall"):
        if question.kind not in ("choice", "choices"):
            st.html(f'<p class="asked"><b>{escaped(question.text)}</b></p>{explained(question)}')
            return draw(session, question, on)
        folded = st.expander(f"**{plain(question.text)}**　{plain(answered(question))}", key=f"fold-{draft.epoch}-{question.id}", on_change="rerun")
        if not folded.open:
            return False
        with folded:
            st.html(explained(question))
            again = draw(session, question, on)
            papers(session, question, on)
            return again


def answered(question: Question) -> str:
    """What was said to a question so far."""
    if question.id in draft.profile.answers:
        return Words(book.questions, book.statuses).answer(question.id, draft.profile.answers[question.id])
    return UNKNOWN if draft.done(question.id) else "还没有回答"


def findings(found: Standing) -> None:
    """Everything behind the result: what is short, the score, what more would bring, each condition, who decides."""
    status = found.status
    blocks = [missing(found), short(found), breakdown(found), gains(found), turns(found), conditions(found.checked), facts(status)]
    st.html(f'<div class="findings" id="findings">{"".join(blocks)}</div>')


def missing(found: Standing) -> str:
    """What is still to fill in."""
    names = [book.questions[q].short for q in found.missing]
    return block("还要知道", listed(names)) if found.stand is Stand.OPEN and names else ""


def short(found: Standing) -> str:
    """The fewest changes after which the self-check would be met, or after which an open condition of it would hold."""
    if found.stand is Stand.OPEN:
        return "".join(block("还没答的不看，最少还差", settled(way)) for way in settling(book, draft.profile, found.status.id, on=on))
    if found.stand not in (Stand.UNLIKELY, Stand.NOT):
        return ""
    expression = found.status.likely_if if found.status.likely_if is not None else found.status.holds_if
    changes = smallest_changes(book, draft.profile, expression, on=on)
    if changes:
        return block("最少还差", listed(c.text for c in changes) + ("<p class='note'>没有回答的，先当作满足。</p>" if found.missing else ""))
    return block("最少还差", "<p>光靠增加这些数字做不到，看下面不满足的条件。</p>")


def settled(way: Settling) -> str:
    """What settles an open condition, and which answers no longer matter then."""
    names = "、".join(quoted(book.questions[q].short) for q in way.spares)
    return listed(c.text for c in way.changes) + f"<p class='note'>做到这些，{escaped(names)}怎样都不影响这一条。</p>"


def breakdown(found: Standing) -> str:
    """The score, indicator by indicator."""
    return block("得分", score(found.score, found.mark)) if found.score else ""


def gains(found: Standing) -> str:
    """What the next step of each figure would earn."""
    steps = next_gains(book, draft.profile, found.status.id, on=on) if found.stand is not Stand.HELD else ()
    return block("再往前一步", listed(f"{grown(change)} → +{more:g} 分" for change, more in steps)) if steps else ""


def grown(change: Change) -> str:
    """研发费用再增 24 万元，达到 60 万元."""
    question = book.questions[change.about]
    assert isinstance(change.before, float)
    assert isinstance(change.after, float)
    return f"{question.short}再增 {number(change.after - change.before, question.unit)}，达到 {number(change.after, question.unit)}"


def turns(found: Standing) -> str:
    """How far the figures are from turning the result."""
    points = robustness(book, draft.profile, found.status.id, on=on) if found.stand in (Stand.HELD, Stand.LIKELY) else ()
    return block("到什么程度会变", listed(p.text for p in points)) if points else ""


def conditions(checked: Iterable[Checked]) -> str:
    """Each condition, how it turned out, and with which value: first what fails, then what is open."""
    urgent = (Outcome.FAILED, Outcome.OPEN, Outcome.MET)
    return block("逐条对照", f"<ul class='conditions'>{''.join(map(condition, sorted(checked, key=lambda c: urgent.index(c.outcome))))}</ul>")


def condition(checked: Checked) -> str:
    """One condition."""
    label = OUTCOMES[checked.outcome]
    value = f"（现在是 {escaped(checked.value)}）" if checked.value and checked.outcome is not Outcome.OPEN else ""
    lacking = "、".join(book.questions[q].short for q in checked.missing) if checked.outcome is Outcome.OPEN else ""
    more = f'<br><span class="note">还要填：{escaped(lacking)}</span>' if lacking else ""
    return f'<li class="{checked.outcome.value}"><b><i aria-hidden="true">{label.symbol}</i>{label.name}</b>　{escaped(checked.words)}{value}{more}</li>'


def facts(status: Status) -> str:
    """Where the definition stands, who recognises the status, where to look it up, how long it lasts."""
    named = (("依据", status.defined_by), ("谁认定", status.recognised_by), ("在哪里查有没有", status.look_up), ("有效期", status.valid), ("怎样取得", status.next_step), ("注意", status.note))
    return block("依据和认定", f"<dl>{''.join(f'<dt>{name}</dt><dd>{escaped(text)}</dd>' for name, text in named if text)}</dl>")


def block(title: str, content: str) -> str:
    """One titled part of the findings."""
    return f"<section><h3>{title}</h3>{content}</section>"


def listed(lines: Iterable[str]) -> str:
    """Lines as a list."""
    return f"<ul>{''.join(f'<li>{escaped(line)}</li>' for line in lines)}</ul>"


st.html("<h1>自检：按数字看看是不是</h1><p class='note'>不确定有没有某个身份，或者想知道还差多少，在这里填几个数就能看到。</p>")
report_load(session)
with st.container(key="self-check"):
    if checks := checkable(book):
        status = choose(checks)
        found = standing(book, draft.profile, status.id, on=on)
        st.html(result(found))
        left, right = st.columns(2, gap="large")
        with right:
            st.html("<h2>结果</h2>")
            findings(found)
        with left:
            again = inputs(status)
        if again:
            st.rerun()
    else:
        st.info("这套规则里没有能用数字自检的身份。")
panel(session)
