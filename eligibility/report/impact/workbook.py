"""An impact as a workbook: the totals, every change of the rules, every change for every company."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time
from io import BytesIO

import xlsxwriter  # type: ignore[import-untyped]

from eligibility.impact import Impact
from eligibility.report.impact import wording
from eligibility.report.workbook import OPTIONS, Paper

_SUMMARY = (("项目", 24), ("内容", 80))
_RULES = (
    ("哪一类", 10), ("变化", 8), ("名称", 40), ("编号", 34), ("改了什么", 18), ("原来", 50), ("现在", 50), ("变好几家", 10), ("其中新对应", 10), ("变差几家", 10), ("其中不再对应", 12),
)  # fmt: skip
_COMPANIES = (("企业", 30), ("支持", 40), ("编号", 34), ("原来", 18), ("现在", 18), ("方向", 8), ("原因", 90))
_OTHERWISE = ("顾问改判", 70)  # a column only where there is one
_UNREAD = (("企业", 30), ("题目编号", 24), ("哪份规则用不上", 18), ("为什么", 70))


def render_workbook(impact: Impact) -> bytes:
    """The workbook of an impact; the same bytes for the same impact."""
    target = BytesIO()
    with xlsxwriter.Workbook(target, OPTIONS) as book:
        book.set_properties({"title": "规则改动的影响", "created": datetime.combine(impact.on, time())})
        paper = Paper(book)
        paper.sheet("概要", _SUMMARY, _summary(impact))
        paper.sheet("支持的变化", _RULES, _rules(impact), frozen=4)
        paper.sheet("企业的变化", [*_COMPANIES, _OTHERWISE] if impact.overridden else _COMPANIES, _companies(impact), frozen=2)
        paper.sheet("用不上的回答", _UNREAD, _unread(impact), frozen=1)
    return target.getvalue()


def _summary(impact: Impact) -> Iterator[list[str | int]]:
    yield ["结果", wording.headline(impact)]
    yield ["旧规则", f"{impact.old.cover.title}，{impact.old.version}"]
    yield ["新规则", f"{impact.new.cover.title}，{impact.new.version}"]
    yield ["按哪一天判断", impact.on.isoformat()]
    yield ["企业", len(impact.companies)]
    yield ["有变化的企业", len(impact.touched)]
    yield ["结论有变化的支持", len(impact.tallies())]
    for sort, name in wording.SORTS.items():
        yield [f"{name}的改动", wording.counted(impact.changes, sort)]


def _rules(impact: Impact) -> Iterator[list[str | int]]:
    """One row a field; the totals stand once a support. A support can change its verdicts without a change of its own."""
    tallies = dict(impact.tallies())
    for change in impact.changes:
        tally = tallies.pop(change.id, None) if change.sort == "support" else None
        totals: list[str | int] = [tally.better, tally.newly_matched, tally.worse, tally.no_longer_matched] if tally else ["", "", "", ""]
        start = [wording.SORTS[change.sort], wording.HOWS[change.how], change.name, change.id]
        if not change.fields:
            yield [*start, "", "", "", *totals]
        for field in change.fields:
            yield [*start, wording.field(field, change.sort), wording.value(field, field.before), wording.value(field, field.after), *totals]
            totals = ["", "", "", ""]
    for id_, tally in tallies.items():
        yield [wording.SORTS["support"], "未改", tally.support.title, id_, "所用的身份或题目改了", "", "", tally.better, tally.newly_matched, tally.worse, tally.no_longer_matched]


def _companies(impact: Impact) -> Iterator[list[str]]:
    for company in impact.companies:
        for change in company.verdicts:
            turn = [wording.verdict(change.before), wording.verdict(change.after), "变好" if change.better else "变差"]
            yield [company.name, change.support.title, change.support.id, *turn, wording.causes(change), *([wording.otherwise(change)] if impact.overridden else [])]


def _unread(impact: Impact) -> Iterator[list[str]]:
    for company in impact.companies:
        for which, problems in (("新规则", company.unread), ("新旧规则都用不上", company.unread_by_both)):
            for problem in problems:
                yield [company.name, problem.question, which, wording.unread(problem)]
