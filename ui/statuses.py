"""What the company is: the box on the results page, the self-checks that there are, and the ways to them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import groupby

import streamlit as st

from eligibility.assessment import Assessment, SupportVerdict, once
from eligibility.logic.expressions import Has, walk
from eligibility.report.labels import STANDS
from eligibility.report.statuses import told, turning
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.models import Question, Status
from eligibility.standing import Stand, figures
from ui.navigation import SELF_CHECK
from ui.support_card import reach
from ui.text import escaped, plain


@lru_cache(maxsize=8)
def checkable(rulebook: Rulebook) -> tuple[Status, ...]:
    """The statuses that figures can check: those with a self-check, then the defined ones that follow from the answers."""
    checks = [s for s in rulebook.statuses.values() if s.likely_if is not None]
    follow = [s for s in rulebook.statuses.values() if s.likely_if is None and s.defined_by and not s.recognised_by and _counts(s, rulebook)]
    return (*checks, *follow)


def _counts(status: Status, rulebook: Rulebook) -> bool:
    return any(rulebook.questions[q].kind == "number" for q in figures(rulebook, status.id))


def last_word(status: Status) -> str:
    """Who decides, or from what it follows."""
    return f"认定机构：{status.recognised_by}" if status.recognised_by else f"依据：{status.defined_by}"


@lru_cache(maxsize=8)
def titles(rulebook: Rulebook) -> Mapping[tuple[str, str], Status]:
    """The statuses that are had by choosing an option: by question and option."""
    return {(p.answer, option): s for s in rulebook.statuses.values() if s.recognised_by for p in walk(s.holds_if) if isinstance(p, Has) and not p.negative for option in p.options}


def check_link(status: Status, label: str) -> None:
    """The way to the self-check of a status."""
    st.page_link(SELF_CHECK, label=plain(label), query_params={"status": status.id})


def check_links(entry: SupportVerdict, assessment: Assessment) -> None:
    """On the card of a support that asks for titles: the ways to their self-checks."""
    wanted = [assessment.rulebook.statuses[c.about] for c in reach(entry, assessment) if c.kind == "obtain"]
    for status in wanted:
        if status in checkable(assessment.rulebook):
            check_link(status, f"用自检算一算{status.name}")


def doubts(question: Question, inputs: Mapping[str, object], rulebook: Rulebook) -> None:
    """Under a question on titles that was not fully answered: the ways to the self-checks of what is in doubt."""
    by_title = titles(rulebook)
    possible = {o.id: by_title[question.id, o.id] for o in question.options if by_title.get((question.id, o.id)) in checkable(rulebook)}
    if not possible:
        return
    unsure = inputs.get("unsure")
    named = [possible[o] for o in unsure if o in possible] if isinstance(unsure, list) else []
    for status in named:
        check_link(status, f"不确定是不是{status.name}？用自检算一算")
    if inputs.get("unknown"):
        check_link(next(iter(possible.values())), "不确定？用自检算一算")


@once
def box(assessment: Assessment) -> str:
    """您的身份: what it has, what its figures suggest, and how near each is to turning, as HTML; nothing where there is nothing to say."""
    found = sorted(told(assessment), key=lambda t: list(Stand).index(t.standing.stand))
    if not found:
        return ""
    turns = dict(turning(found, assessment))
    lines = []
    for stand, group in groupby(found, key=lambda t: t.standing.stand):
        items = []
        for each, says in group:
            by = "自检：" if each.status.likely_if is not None else ""
            points = "".join(f"<br>{by}{escaped(p.text)}" for p in turns.get(each.status.id, ())[:2])
            items.append(f"<li><b>{escaped(each.status.name)}</b>　{escaped(says)}<span class=note>{points}<br>{escaped(last_word(each.status))}</span></li>")
        lines.append(f'<section class="{stand.value}"><h3>{STANDS[stand].name}</h3><ul>{"".join(items)}</ul></section>')
    return f'<h2>您的身份</h2><div class="statuses">{"".join(lines)}</div>'
