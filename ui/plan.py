"""The plan on the results page: the few steps that open the most, and the days to keep."""

from __future__ import annotations

import streamlit as st

from eligibility.assessment import Assessment, once
from eligibility.dates import calendar_file
from eligibility.plan import Milestone, Renewal, milestones, next_term, renewals
from eligibility.report.file_name import file_name
from eligibility.report.statuses import hints, told
from eligibility.report.wording import NO_NAME, company, day
from ui.statuses import check_link, checkable, last_word, titles
from ui.text import escaped


def plan(assessment: Assessment) -> None:
    """计划: steps in order with what each opens, and renewals with their dates."""
    st.html("<h2>计划</h2><p class='note'>先做能打开最多支持的；要先有的排在前面。</p>")
    steps = milestones(assessment)
    for number, (step, text) in enumerate(zip(steps, _steps(assessment), strict=True), 1):
        with st.container(key=f"step-{number}", gap=None):
            st.html(text)
            if step.standing is not None and step.standing.status in checkable(assessment.rulebook):
                check_link(step.standing.status, f"用自检算一算{step.standing.status.name}")
    if not steps:
        st.html("<p>按现在的回答，没有哪一步单独做完就能多对应一项。先把现在就对应的问清、办好。</p>")
    _renewals(assessment)


@once
def _steps(assessment: Assessment) -> tuple[str, ...]:
    """Each step as HTML."""
    return tuple(_step(number, step, assessment) for number, step in enumerate(milestones(assessment), 1))


def _step(number: int, step: Milestone, assessment: Assessment) -> str:
    who = last_word(step.standing.status) if step.standing is not None else ""
    more = "".join(f"<br>{escaped(line)}。" for line in (step.says, hints(step, told(assessment), assessment), who) if line)
    return f'<p class="step"><b>{number}. {escaped(step.text)}</b>{more}</p>'


def _renewals(assessment: Assessment) -> None:
    found = renewals(assessment)
    st.html("<h3>到期和续办</h3>")
    if not found:
        asked = "、".join(f"“{assessment.rulebook.questions[q].short}”" for q in dict.fromkeys(q for q, _ in titles(assessment.rulebook)))
        st.html(f"<p class='note'>{f'在{escaped(asked)}一题里填了有效期，这里就会列出到期日，并能存成日历文件' if asked else '没有要续办的'}。</p>")
        return
    st.html(f"<ul class='renewals'>{''.join(_renewal(r, assessment) for r in found)}</ul>")
    name = company(assessment)
    st.download_button(
        "存成日历文件（提前三个月提醒）",
        lambda: calendar_file(assessment, "" if name == NO_NAME else name),
        file_name(assessment, "ics"),
        "text/calendar",
        on_click="ignore",
        key="calendar",
    )


def _renewal(renewal: Renewal, assessment: Assessment) -> str:
    over = renewal.overdue(assessment.on)
    following = next_term(renewal)
    parts = [
        f"编号 {renewal.number}" if renewal.number else "",
        "已经过期，现在不算有" if over else "",
        renewal.status.valid or "",
        f"按时续上，可到 {day(following)}" if following and not over else "",
        renewal.status.next_step or "",
    ]
    state = ' class="over"' if over else ""
    return f"<li{state}><b>{day(renewal.until)}</b>　{escaped(renewal.status.name)}{'已过期' if over else '到期'}<br><span class=note>{escaped('；'.join(filter(None, parts)))}</span></li>"
