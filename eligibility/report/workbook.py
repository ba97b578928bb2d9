"""The report as a workbook: every support of the rulebook, one row each, to filter and to hand on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from io import BytesIO

import xlsxwriter  # type: ignore[import-untyped]

from eligibility.advice import evidence, prepare, ranked, to_ask
from eligibility.assessment import Assessment, SupportVerdict, Verdict
from eligibility.directory import Door
from eligibility.identifiers import warnings
from eligibility.override import Override, actionable, laid
from eligibility.plan import milestones, renewals
from eligibility.report import statuses, wording
from eligibility.report.labels import BENEFICIARIES, ORIGINS, STANDS, STRENGTHS, VERDICTS
from eligibility.report.overrides import ShownVerdict, overlaid
from eligibility.report.spreadsheet import inert

# Text stays text, whatever it looks like; nothing is written to the disk.
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def render_workbook(assessment: Assessment, *, title: str | None = None, overrides: Iterable[Override] = ()) -> bytes:
    """The workbook of one assessment; the same bytes for the same assessment. `overrides` are shown as such."""
    made = tuple(overrides)
    said = {s.entry.support.id: s for s in overlaid(assessment, made) if s.override}
    columns = _with_overrides(said) if said else _RESULTS
    assessment, to_do = laid(assessment, made), actionable(assessment, made)
    target = BytesIO()
    with xlsxwriter.Workbook(target, OPTIONS) as book:
        name = wording.company(assessment, title)
        book.set_properties({"title": f"{name}：{assessment.rulebook.cover.title}自测结果", "created": datetime.combine(assessment.on, time())})
        told = statuses.told(assessment)
        paper = Paper(book)
        paper.sheet("结果", [(c.title, c.width) for c in columns], _results(assessment, columns), frozen=len(columns) - len(_RESULTS) + 3)
        paper.sheet("计划", _PLAN, _plan(to_do, told))
        paper.sheet("身份", _STATUSES, _statuses(assessment, told))
        paper.sheet("要联系的部门", _AGENCIES, _agencies(assessment))
        paper.sheet("我的回答", _ANSWERS, _answers(assessment))
        paper.sheet("说明", _ABOUT, _about(assessment, name, len(said)))
    return target.getvalue()


class Paper:
    """A workbook in one style."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.book = book
        common = {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#B9C2CB", "font_size": 10}
        self.body = book.add_format(common)
        self.head = book.add_format({**common, "bold": True, "bg_color": "#EEF2F5", "valign": "vcenter"})

    def sheet(self, name: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[str | float]], *, frozen: int = 0) -> None:
        """One sheet: a header that stays in sight, with filters; columns with their widths, the first `frozen` staying too."""
        sheet = self.book.add_worksheet(name)
        last = 0
        for position, (title, width) in enumerate(columns):
            sheet.set_column(position, position, width)
            sheet.write_string(0, position, title, self.head)
        for last, row in enumerate(rows, start=1):
            for position, value in enumerate(row):
                if isinstance(value, int | float):
                    sheet.write_number(last, position, value, self.body)
                else:
                    sheet.write_string(last, position, inert(value), self.body)
        sheet.freeze_panes(1, frozen)
        sheet.autofilter(0, 0, last, len(columns) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_footer(f"&L{wording.DISCLAIMER}&R&P / &N")


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of the results."""

    title: str
    width: int
    value: Callable[[SupportVerdict, Assessment], str | float]


_RESULTS = (
    _Column("结论", 14, lambda e, a: f"{VERDICTS[e.verdict].symbol} {VERDICTS[e.verdict].name}"),
    _Column("力度", 10, lambda e, a: STRENGTHS[e.support.strength].name),
    _Column("支持", 36, lambda e, a: e.support.title),
    _Column("类别", 16, lambda e, a: a.rulebook.kinds[e.support.kind].name),
    _Column("受益人", 12, lambda e, a: BENEFICIARIES[e.support.beneficiary].name),
    _Column("给什么", 40, lambda e, a: e.support.gives),
    _Column("满足的条件和您的回答", 40, lambda e, a: "\n".join(wording.met(e, a))),
    _Column("不满足的条件", 30, lambda e, a: "\n".join(wording.failed(e, a))),
    _Column("还差什么", 34, lambda e, a: "\n".join(_lacking(e, a))),
    _Column("补什么", 34, lambda e, a: "\n".join(e.steps)),
    _Column("最少的改动", 34, lambda e, a: "\n".join(c.text for c in wording.changes(e, a))),
    _Column("未核验的回答数", 12, lambda e, a: e.unverified),
    _Column("出处", 24, lambda e, a: "\n".join(wording.cites(e, a.rulebook))),
    _Column("文件原话", 60, lambda e, a: "\n".join(s.quote for s in e.support.sources)),
    _Column("先联系", 26, lambda e, a: e.first_door.name if e.first_door else ""),
    _Column("当地窗口", 26, lambda e, a: (e.first_door.local or "") if e.first_door else ""),
    _Column("网站、热线", 34, lambda e, a: wording.reach(e.first_door, a.on) if e.first_door else ""),
    _Column("其他责任单位", 30, lambda e, a: "、".join(d.ask_at for d in e.doors if d.role != "first")),
    _Column("电话里可以问", 50, lambda e, a: to_ask(e)),
    _Column("要准备", 30, lambda e, a: "、".join(prepare(e, a))),
    _Column("文件没有写", 26, lambda e, a: "、".join(e.support.not_stated)),
    _Column("容易误解", 30, lambda e, a: e.support.note or ""),
    _Column("提醒", 24, lambda e, a: e.caution or ""),
    _Column("负责人", 12, lambda e, a: ""),
    _Column("截止", 12, lambda e, a: ""),
    _Column("编号", 28, lambda e, a: e.support.id),
)


def _with_overrides(said: Mapping[str, ShownVerdict]) -> tuple[_Column, ...]:
    """The columns where an advisor decided otherwise: the verdict that counts, the program's beside it, and who says so and why."""

    def own(entry: SupportVerdict, assessment: Assessment) -> str:
        verdict = said[entry.support.id].entry.verdict if entry.support.id in said else entry.verdict
        return f"{VERDICTS[verdict].symbol} {VERDICTS[verdict].name}"

    def why(entry: SupportVerdict, assessment: Assessment) -> str:
        return said[entry.support.id].text if entry.support.id in said else ""

    return (_RESULTS[0], _Column("程序的判断", 14, own), _Column("顾问改判", 44, why), *_RESULTS[1:])


def _results(assessment: Assessment, columns: Sequence[_Column]) -> Iterator[list[str | float]]:
    for entry in ranked(assessment):
        yield [column.value(entry, assessment) for column in columns]


def _lacking(entry: SupportVerdict, assessment: Assessment) -> Iterator[str]:
    """The questions not answered, and what only the agency can say."""
    for question in entry.missing:
        yield f"还要弄清：{assessment.rulebook.questions[question].text}"
    for ask in entry.asks:
        yield f"要问部门：{ask}"


_PLAN = (("类别", 12), ("日期", 18), ("做什么", 50), ("自检和先后", 44), ("打开的项数", 12), ("其中直接支持", 12), ("打开的支持", 70))


def _plan(assessment: Assessment, told: Sequence[statuses.Told]) -> Iterator[list[str | float]]:
    """The steps that open the most, in order, then the days to keep."""
    for step in milestones(assessment):
        yield ["要做的事", "", step.text, statuses.hints(step, told, assessment), len(step.opens), step.direct, "\n".join(e.support.title for e in step.opens)]
    for renewal in renewals(assessment):
        yield ["要记的日子", wording.day(renewal.until), wording.expiry(renewal, assessment.on), renewal.status.valid or "", "", "", ""]


_STATUSES = (("身份", 28), ("情况", 14), ("项目", 36), ("按您的回答", 50), ("得分", 12), ("满分", 10), ("哪些数字一变就跟着变", 50), ("谁认定、在哪里查；或者定义出处", 50))


def _statuses(assessment: Assessment, told: Sequence[statuses.Told]) -> Iterator[list[str | float]]:
    """What the company has and what its figures suggest, each followed by its score, one indicator a row."""
    turning = dict(statuses.turning(told, assessment))
    for standing, says in told:
        name, stand = standing.status.name, STANDS[standing.stand].name
        points = "\n".join(p.text for p in turning.get(standing.status.id, ()))
        yield [name, stand, "结论", says, "", "", points, statuses.decided_by(standing.status)]
        if standing.score is not None and standing.mark is not None:
            for depth, part in statuses.indicators(standing.score):
                earned: str | float = part.low if part.low == part.high else f"{part.low:g}～{part.high:g}"
                yield [name, stand, f"{'　' * depth}{part.name}", "" if depth else f"满 {standing.mark:g} 分算够", earned, part.most, "", ""]


_AGENCIES = (("今名", 34), ("文件里的名称", 30), ("当地窗口", 30), ("网站、热线", 44), ("今名的依据", 44), ("先联系它的项数", 12), ("一共涉及的项数", 12), ("先联系它的支持", 70))


def _agencies(assessment: Assessment) -> Iterator[list[str | float]]:
    """The bodies behind everything that is not excluded, those with most to ask first."""
    found: dict[str, list[tuple[Door, SupportVerdict]]] = {}
    for entry in ranked(assessment):
        for door in entry.doors if entry.verdict is not Verdict.EXCLUDED else ():
            found.setdefault(door.id, []).append((door, entry))
    asked = {id_: [e.support.title for d, e in group if d.role == "first"] for id_, group in found.items()}
    for id_, group in sorted(found.items(), key=lambda item: -len(asked[item[0]])):
        door = group[0][0]
        printed = "、".join(dict.fromkeys(d.printed_as for d, _ in group if d.printed_as))
        yield [door.name, printed, door.local or "", wording.reach(door, assessment.on), door.basis or "", len(asked[id_]), len(group), "\n".join(asked[id_])]


_ANSWERS = (("题目", 44), ("您填的", 50), ("来源", 14), ("核验", 12), ("证照编号、有效期", 40), ("凭什么核对", 44))


def _answers(assessment: Assessment) -> Iterator[list[str]]:
    """The answers given, then the questions without an answer on which something still hangs."""
    questions, profile = assessment.rulebook.questions, assessment.profile
    for given in assessment.given():
        proofs = evidence(questions[given.question], given.options)
        papers = wording.papers(given.question, assessment)
        yield [questions[given.question].text, given.text, ORIGINS[profile.origin(given.question)].name, "已核验" if given.verified else "没有核验", "\n".join(papers), "、".join(proofs)]
    hanging = {q for entry in assessment.supports for q in entry.missing}
    for question in questions.values():
        if question.id not in profile.answers and question.id in hanging:
            yield [question.text, "没有回答（按“不清楚”处理）", "", "", "", ""]


_ABOUT = (("项目", 20), ("内容", 100))


def _about(assessment: Assessment, name: str, overridden: int) -> Iterator[list[str]]:
    book = assessment.rulebook
    yield ["名称", name]
    yield ["自测日期", wording.day(assessment.on)]
    yield ["结果", wording.headline(assessment)]
    if overridden:
        yield ["顾问改判", f"有 {overridden} 项按顾问的判断列出，“结果”里写明谁在哪天为什么改判，程序的判断在旁边。改判是顾问的意见，不是审批结论。"]
    yield from (["请注意", notice.text] for notice in assessment.notices)
    yield from (["依据文件", wording.document(policy)] for policy in book.policies.values())
    yield ["规则库", f"{book.cover.title}，{book.version}，核对于 {wording.day(book.cover.reviewed)}"]
    yield ["联系方式", wording.contacts_checked(book, assessment.on)]
    yield ["性质", f"{wording.DISCLAIMER}。{wording.verification(assessment.given())}。是不是有某个身份，只有认定机构说了算。"]
    yield from (["编号请核对", warning] for warning in warnings(book, assessment.profile))
    yield from ([label.name, label.explanation] for label in (*VERDICTS.values(), *STRENGTHS.values(), *STANDS.values(), *ORIGINS.values()))
