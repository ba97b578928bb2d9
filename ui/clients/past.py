"""Who changed what of a client, and when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby

import streamlit as st

from eligibility.advice import quoted
from eligibility.assessment import HERE
from eligibility.clients.records import AnswerChange, Detail, DetailChange, Via
from eligibility.clients.words import DETAILS, VIAS, answer_words, detail_words, question_name
from eligibility.override import Override
from eligibility.report.labels import VERDICTS
from eligibility.rulebook.book import Rulebook
from ui.clients.opened import Opened
from ui.more import limit, more
from ui.text import escaped

TOGETHER = timedelta(minutes=10)  # changes of one answer by one person within this time are told as one
AT_ONCE = 50
_LONG = 80  # characters of notes that are shown


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the history."""

    at: datetime
    by: str
    what: str
    before: str
    after: str
    via: str = ""


def past(opened: Opened, overrides: tuple[Override, ...]) -> None:
    """The history, the latest first."""
    id_ = opened.client.id
    lines = told(opened.desk.history(id_), opened.desk.details(id_), overrides, opened.book)
    st.html("<h2>历史</h2><p class='note'>谁在什么时候改了什么，最近的在前。同一个人十分钟内对同一题的几次改动合成一行。</p>")
    key = f"{opened.scope}past"
    st.html(html(lines[: limit(AT_ONCE, key)]))
    more(len(lines), AT_ONCE, key, "条")


def told(answers: Iterable[AnswerChange], details: Iterable[DetailChange], overrides: Iterable[Override], rulebook: Rulebook) -> list[Line]:
    """Every change in words, the latest first."""
    lines = []
    for change in together(answers):
        before, after = (answer_words(change.question, value, rulebook) for value in (change.before, change.after))
        via = "" if change.via is Via.DESK else VIAS[change.via]
        lines.append(Line(change.at, change.by, question_name(change.question, rulebook), "" if change.before is None else before, after, via))
    lines += [Line(c.at, c.by, DETAILS[c.detail], "" if c.before is None else _short(detail_words(c.detail, c.before)), _short(detail_words(c.detail, c.after))) for c in details if not _first(c)]
    lines += [Line(c.at, c.by, "建档", "", str(c.after)) for c in details if c.detail is Detail.NAME and c.before is None]
    for made in overrides:
        title = rulebook.supports[made.support].title if made.support in rulebook.supports else made.support
        lines.append(Line(made.at, made.by, f"改判{quoted(title)}", VERDICTS[made.instead_of].name, f"{VERDICTS[made.verdict].name}。理由：{made.reason}"))
        if made.withdrawn is not None:
            lines.append(Line(made.withdrawn, made.withdrawn_by or "", f"撤回对{quoted(title)}的改判", VERDICTS[made.verdict].name, "按程序的判断"))
    return sorted(lines, key=lambda line: line.at, reverse=True)


def together(changes: Iterable[AnswerChange]) -> list[AnswerChange]:
    """The changes, in which those of one answer that one person made in a row, the same way and within a few minutes, are one."""
    found: list[AnswerChange] = []
    last: dict[str, int] = {}
    for change in changes:
        place = last.get(change.question)
        earlier = found[place] if place is not None else None
        if earlier is not None and place is not None and (earlier.by, earlier.via) == (change.by, change.via) and change.at - earlier.at <= TOGETHER:
            found[place] = replace(change, before=earlier.before)
        else:
            last[change.question] = len(found)
            found.append(change)
    return [c for c in found if c.before != c.after]


def _first(change: DetailChange) -> bool:
    """Whether this is how the client was when it was added, not a change. Notes and tags may begin later."""
    return change.before is None and change.detail in (Detail.NAME, Detail.STAGE)


def _short(text: str) -> str:
    return text if len(text) <= _LONG else f"{text[:_LONG]}……（共 {len(text)} 字）"


def html(lines: Iterable[Line]) -> str:
    """The lines, those of one person at one moment under one head."""
    blocks = []
    for (minute, by, via), group in groupby(lines, key=lambda line: (f"{line.at.astimezone(HERE):%Y-%m-%d %H:%M}", line.by, line.via)):
        rows = "".join(f"<li><b>{escaped(n.what)}</b>　{escaped(n.before)}{' → ' if n.before else ''}{escaped(n.after)}</li>" for n in group)
        blocks.append(f"<section><h3>{minute}　{escaped(by)}{f'（{escaped(via)}）' if via else ''}</h3><ul>{rows}</ul></section>")
    return f'<div class="past">{"".join(blocks)}</div>' if blocks else "<p>还没有改动。</p>"
