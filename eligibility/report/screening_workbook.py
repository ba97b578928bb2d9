"""A screening as one workbook: the matrix, the long table behind it, who to look at for each support, gaps, agencies, data problems."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time
from io import BytesIO
from itertools import groupby, islice

import xlsxwriter  # type: ignore[import-untyped]

from eligibility.advice import ranked
from eligibility.assessment import Assessment, SupportVerdict, Verdict
from eligibility.override import standing
from eligibility.profile import Origin
from eligibility.report import wording
from eligibility.report.labels import STRENGTHS, VERDICTS, Label
from eligibility.report.ledger_problems import COLUMNS as PROBLEM_COLUMNS
from eligibility.report.ledger_problems import problems
from eligibility.report.overrides import overlaid
from eligibility.report.spreadsheet import inert
from eligibility.report.workbook import OPTIONS, Paper
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.models import Strength, Support
from eligibility.screening.clients import Client
from eligibility.screening.doors import calls
from eligibility.screening.gaps import gap_words, gaps
from eligibility.screening.ledger import Reading
from eligibility.screening.progress import Progress, followed
from eligibility.screening.screening import Candidate, Lacks, Screening, as_decided, lacks_of, look_up

DETAILED = 1_000  # clients; the long table of more would open in no spreadsheet program
_NAMED = 50  # clients named in one cell; a cell holds 32,767 characters

_FILLS = {Verdict.MATCHED: "#CFE8D5", Verdict.OPEN: "#FFF3CD", Verdict.NEAR: "#D6E4F5", Verdict.EXCLUDED: "#FFFFFF"}
LACKS = {
    "change": Label("要补的条件", "现在不满足，但企业可以补上"),
    "answer": Label("缺的回答", "台账里没有填，填了就能往下判断"),
    "ask": Label("要问部门的话", "文件没有写明标准，只有部门说了算"),
}


def render_screening(screening: Screening, source: Reading | None = None, progress: Progress | None = None) -> bytes:
    """The workbook of a screening; the same bytes for the same screening. `progress` is told by clients."""
    target = BytesIO()
    with xlsxwriter.Workbook(target, OPTIONS) as book:
        book.set_properties({"title": f"{screening.rulebook.cover.title}：批量筛查", "created": datetime.combine(screening.on, time())})
        paper = Paper(book)
        shown = as_decided(screening)
        _matrix(paper, screening, shown)
        if len(screening.clients) <= DETAILED:
            paper.sheet("明细", _DETAILS, _details(screening, progress), frozen=1)
        if screening.overridden:
            paper.sheet("改判", _OVERRIDES, _overrides(screening), frozen=1)
        paper.sheet("反查", _LOOKUPS, _lookups(shown), frozen=1)
        paper.sheet("缺口", _GAPS, _gaps(shown))
        paper.sheet("要联系的部门", _DOORS, _doors(shown))
        paper.sheet("数据问题", _PROBLEMS, _problems(source))
        paper.sheet("说明", _ABOUT, _about(screening, source))
    return target.getvalue()


def lack_words(lacks: Lacks, book: Rulebook) -> str:
    """What is lacking, one thing a line: 缺的回答：所在园区."""
    return "\n".join(f"{LACKS[lack.kind].name}：{gap_words(lack, book)}" for lack in lacks)


def _matrix(paper: Paper, screening: Screening, shown: Screening) -> None:
    """Clients down, supports across, direct ones first; a sign a cell that can be told apart in black and white. Where an advisor decided otherwise, that is what counts."""
    book = paper.book
    sheet = book.add_worksheet("总表")
    border = {"border": 1, "border_color": "#B9C2CB", "font_size": 10}
    across = book.add_format({**border, "rotation": 90, "text_wrap": True, "valign": "bottom", "align": "center", "bg_color": "#EEF2F5"})
    band = book.add_format({**border, "bold": True, "bg_color": "#DDE4EA", "align": "left"})
    changed = {verdict: book.add_format({**border, "align": "center", "bold": True, "shrink": True, "bg_color": colour}) for verdict, colour in _FILLS.items()} if screening.overridden else {}
    signs = {verdict: book.add_format({**border, "align": "center", "bg_color": colour}) for verdict, colour in _FILLS.items()}
    fixed = ["企业", "台账行号", *(VERDICTS[v].name for v in Verdict)]
    columns = sorted(enumerate(screening.supports), key=lambda c: tuple(Strength).index(c[1].strength))
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, len(fixed) - 1, 8)
    sheet.set_column(len(fixed), len(fixed) + len(columns) - 1, 4.5)
    sheet.set_row(1, 190)
    for place, text in enumerate(fixed):
        sheet.write_string(1, place, text, paper.head)
    start = len(fixed)
    for strength, run in groupby(columns, lambda c: c[1].strength):
        length = len(list(run))
        sheet.write_string(0, start, f"{STRENGTHS[strength].name}（{length} 项）", band)
        start += length
    for place, (_, support) in enumerate(columns, start=len(fixed)):
        sheet.write_string(1, place, inert(support.title), across)
    for row, client in enumerate(screening.clients, start=2):
        verdicts, counts = screening.row(row - 2), shown.counts(row - 2)
        sheet.write_string(row, 0, inert(client.name), paper.body)
        if client.row is not None:
            sheet.write_number(row, 1, client.row, paper.body)
        for place, verdict in enumerate(Verdict, start=2):
            sheet.write_number(row, place, counts[verdict], paper.body)
        decided = standing(client.overrides)
        for place, (n, support) in enumerate(columns, start=len(fixed)):
            if (made := decided.get(support.id)) is None:
                sheet.write_string(row, place, VERDICTS[verdicts[n]].symbol, signs[verdicts[n]])
            else:
                sheet.write_string(row, place, f"{VERDICTS[verdicts[n]].symbol}→{VERDICTS[made.verdict].symbol}", changed[made.verdict])
    sheet.freeze_panes(2, 1)
    sheet.autofilter(1, 0, max(1, len(screening.clients) + 1), len(fixed) + len(columns) - 1)


_DETAILS = (
    ("企业", 28), ("台账行号", 8), ("结论", 16), ("力度", 10), ("支持", 36), ("类别", 16), ("为什么", 50), ("还差什么", 40), ("出处", 24), ("规则核对日期", 12),
    ("先联系", 30), ("网站、热线", 34), ("提醒", 24), ("编号", 28),
)  # fmt: skip


def _details(screening: Screening, progress: Progress | None) -> Iterator[list[str | float]]:
    """Everything that is not excluded, client by client, best first. Each client is assessed again: all reasons at once would fill the memory."""
    reviewed = {s.id: min(screening.rulebook.policies[x.policy].reviewed for x in s.sources).isoformat() for s in screening.supports}
    for place, client in followed(enumerate(screening.clients), len(screening.clients), progress):
        assessment = screening.assessment(place)
        for entry in ranked(assessment):
            if entry.verdict is not Verdict.EXCLUDED:
                yield _detail(client, entry, assessment, reviewed[entry.support.id])


def _detail(client: Client, entry: SupportVerdict, assessment: Assessment, reviewed: str) -> list[str | float]:
    book, on = assessment.rulebook, assessment.on
    support, door, label = entry.support, entry.first_door, VERDICTS[entry.verdict]
    lacks = "" if entry.verdict is Verdict.MATCHED else lack_words(lacks_of(entry), book)
    return [
        client.name, client.row or "", f"{label.symbol} {label.name}", STRENGTHS[support.strength].name, support.title, book.kinds[support.kind].name,
        "\n".join(wording.met(entry, assessment)), lacks, "\n".join(wording.cites(entry, book)), reviewed,
        wording.whom(door) if door else "", wording.reach(door, on) if door else "", entry.caution or "", support.id,
    ]  # fmt: skip


_OVERRIDES = (("企业", 28), ("支持", 40), ("顾问判为", 16), ("程序判为", 16), ("谁、哪天、为什么", 70), ("编号", 28))


def _overrides(screening: Screening) -> Iterator[list[str | float]]:
    """What an advisor decided otherwise, beside what the program says."""
    for place, client in enumerate(screening.clients):
        for shown in overlaid(screening.assessment(place), client.overrides) if client.overrides else ():
            if shown.override is not None:
                names = [VERDICTS[v].name for v in (shown.verdict, shown.entry.verdict)]
                yield [client.name, shown.entry.support.title, *names, shown.text, shown.entry.support.id]


_LOOKUPS = (
    ("支持", 40), ("力度", 10), ("类别", 16), ("现在就对应", 10), ("只等部门答复", 10), ("差一项", 10), ("差几项", 10), ("不对应", 10),
    ("现在就对应的企业", 50), ("差一项的企业和差什么", 70), ("编号", 28),
)  # fmt: skip


def _lookups(screening: Screening) -> Iterator[list[str | float]]:
    """One row a support: who gets it, and who is how far from it."""
    for support in screening.supports:
        found = look_up(screening, support.id)
        numbers = [len(found.matched), len(found.to_ask), len(found.one_short), len(found.further), found.excluded]
        short = _named([f"{c.client.name}（{_short_of(c, screening.rulebook)}）" for c in found.one_short], "\n")
        yield [support.title, STRENGTHS[support.strength].name, _kind(support, screening), *numbers, _named([c.client.name for c in found.matched], "、"), short, support.id]


def _kind(support: Support, screening: Screening) -> str:
    return screening.rulebook.kinds[support.kind].name


def _short_of(candidate: Candidate, book: Rulebook) -> str:
    (lack,) = (x for x in candidate.lacks if x.kind != "ask")
    return f"{LACKS[lack.kind].name}：{gap_words(lack, book)}"


def _named(names: Sequence[str], joint: str) -> str:
    more = f"{joint}……等 {len(names)} 家，其余见“总表”" if len(names) > _NAMED else ""
    return joint.join(n[:300] for n in names[:_NAMED]) + more


_GAPS = (("种类", 16), ("缺什么", 60), ("多少家缺", 10), ("牵涉几项支持", 12), ("补上就能定的家次", 14), ("其中直接支持", 12), ("去哪里查、怎么办", 60))


def _gaps(screening: Screening) -> Iterator[list[str | float]]:
    questions = screening.rulebook.questions
    for gap in gaps(screening):
        help_ = (questions[gap.lack.what].look_up or questions[gap.lack.what].text) if gap.lack.kind == "answer" else ""
        yield [LACKS[gap.lack.kind].name, gap_words(gap.lack, screening.rulebook), gap.clients, gap.supports, gap.alone, gap.alone_direct, help_]


_DOORS = (("先联系", 34), ("今名", 34), ("网站、热线", 44), ("现在就对应的企业数", 12), ("还没有定的企业数", 12), ("牵涉几项支持", 12), ("问得最多的支持", 60), ("现在就对应的企业", 60))


def _doors(screening: Screening) -> Iterator[list[str | float]]:
    supports = screening.rulebook.supports
    for call in calls(screening):
        often = "\n".join(f"{supports[id_].title}（{n} 家）" for id_, n in islice(call.supports.items(), 5))
        matched = [screening.clients[place].name for place in call.matched]
        yield [call.door.ask_at, call.door.name, wording.reach(call.door, screening.on), len(matched), len(call.undecided), len(call.supports), often, _named(matched, "、")]


_PROBLEMS = tuple(zip(PROBLEM_COLUMNS, (16, 8, 34, 70, 60), strict=True))


def _problems(source: Reading | None) -> Iterator[list[str | float]]:
    for kind, row, *told in problems(source) if source is not None else ():
        yield [kind, row or "", *told]


_ABOUT = (("项目", 20), ("内容", 100))


def _about(screening: Screening, source: Reading | None) -> Iterator[list[str]]:
    book = screening.rulebook
    yield ["筛查日期", wording.day(screening.on)]
    yield ["企业", f"{len(screening.clients)} 家"]
    if source is not None:
        yield from (["台账", str(told)] for told in (*source.ledger.remarks, *source.ledger.unread))
        yield ["数据问题", f"{len(source.faults)} 格没有用上，按不清楚处理；详见“数据问题”"]
    yield from (["依据文件", wording.document(policy)] for policy in book.policies.values())
    yield ["规则库", f"{book.cover.title}，{book.version}，核对于 {wording.day(book.cover.reviewed)}"]
    seen = any(Origin.SEEN in client.profile.origins.values() for client in screening.clients)
    checked = "回答除注明“已看到证照”的以外没有核验" if seen else "回答来自台账，没有核验"
    yield ["性质", f"{wording.DISCLAIMER}。{checked}；空着的格一律是“不清楚”，不当成“没有”。"]
    if screening.overridden:
        yield ["改判", "“总表”里写着箭头的格（如○→●）是顾问改判过的：箭头前是程序的判断，箭头后是顾问的。"
            "家数、项数、反查、缺口、要联系的部门都按顾问的算，“明细”里是程序的判断和理由；谁在哪天为什么改判，见“改判”。"]
    if len(screening.clients) > DETAILED:
        yield ["明细", f"超过 {DETAILED:,} 家，表格程序打不开那么长的明细，所以没有写；请把台账分成几份，每份不超过 {DETAILED:,} 家。"]
    else:
        yield ["明细", "不对应的不在“明细”里，在“总表”里看；要看一家企业的全部理由，用它的 PDF。"]
    labels: Iterable[Label] = (*VERDICTS.values(), *STRENGTHS.values(), *LACKS.values())
    yield from ([f"{label.symbol} {label.name}".strip(), label.explanation] for label in labels)
