"""What is done in another process: reading a ledger and deciding it, the workbook, the PDFs. Imports nothing of the screens.

What only a report needs is imported where one is made: somebody waits for the matrix.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from eligibility.rulebook.book import Rulebook
from eligibility.screening.cells import shown
from eligibility.screening.clients import Client
from eligibility.screening.doors import Call, calls
from eligibility.screening.gaps import Gap, gaps
from eligibility.screening.headers import Column, RememberedColumn
from eligibility.screening.ledger import Fault, Ledger, Reading, Remark, UnknownHeadersError, UnreadSheet, find_ledger
from eligibility.screening.screening import Lacks, Screening, as_decided, screen
from eligibility.screening.sheets import Sheet, UnreadableLedgerError, read_sheets
from ui.screening.column_maps import ColumnMaps
from ui.screening.job import RefusedError, Send, Step, progress

MOST_TOLD = 20_000  # faults, and remarks, that are kept; a ledger of nothing else has millions
_PART = 500  # clients sent at a time
_SAMPLES = 3


class UnknownColumnsError(RefusedError):
    """No column is known: the user may say what they are."""

    def __init__(self, message: str, columns: tuple[Column, ...]) -> None:
        super().__init__(message, columns)
        self.columns = columns

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True, slots=True)
class Facts:
    """The ledger as a file: its sheet, its columns, a few cells of each, what was said of the columns before, the sheets that were not read."""

    sheet: str
    columns: tuple[Column, ...]
    samples: Mapping[int, tuple[str, ...]]
    remarks: tuple[str, ...]
    said: Mapping[str, RememberedColumn]
    unread: tuple[UnreadSheet, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """Some clients with their rows of the matrix."""

    clients: tuple[Client, ...]
    verdicts: tuple[bytes, ...]
    lacking: tuple[Sequence[int], ...]


@dataclass(frozen=True, slots=True)
class Rest:
    """What is known once all clients are decided. Of faults and remarks not more than a screen can bear, and how many there are."""

    kinds_of_lack: tuple[Lacks, ...]
    faults: tuple[Fault, ...]
    all_faults: int
    remarks: tuple[Remark, ...]
    all_remarks: int
    gaps: tuple[Gap, ...]
    calls: tuple[Call, ...]


@dataclass(frozen=True)
class Found:
    """A ledger that was decided. What the program says is in `screening`."""

    screening: Screening
    reading: Reading
    facts: Facts
    gaps: tuple[Gap, ...]
    calls: tuple[Call, ...]
    all_faults: int
    all_remarks: int

    @cached_property
    def shown(self) -> Screening:
        """What is shown and counted: where an advisor decided otherwise, that."""
        return as_decided(self.screening)


def put_together(rulebook: Rulebook, on: date, parts: Sequence[object]) -> Found:
    """What the parts of `screen_ledger` come to."""
    facts = next(p for p in parts if isinstance(p, Facts))
    rest = next(p for p in parts if isinstance(p, Rest))
    rows = [p for p in parts if isinstance(p, Part)]
    clients = tuple(c for p in rows for c in p.clients)
    screening = Screening(rulebook, on, clients, tuple(v for p in rows for v in p.verdicts), tuple(n for p in rows for n in p.lacking), rest.kinds_of_lack)
    reading = Reading(Ledger(rulebook, facts.sheet, facts.columns, facts.remarks, (), facts.unread), clients, rest.faults, rest.remarks)
    return Found(screening, reading, facts, rest.gaps, rest.calls, rest.all_faults, rest.all_remarks)


def screen_ledger(send: Send, rulebook: Rulebook, content: bytes, name: str, said: Mapping[str, RememberedColumn] | None, maps: ColumnMaps, on: date) -> None:
    """Read a ledger and decide it. `said` is what the user says of its columns; None: what was said the last time."""
    send(Step("正在读文件"))
    try:
        sheets = read_sheets(content, name)
        ledger, said = _found(sheets, rulebook, said, maps)
    except UnknownHeadersError as error:
        raise UnknownColumnsError(str(error), error.columns) from error
    except UnreadableLedgerError as error:
        raise RefusedError(str(error)) from error
    del sheets
    send(Facts(ledger.sheet, ledger.columns, _samples(ledger), ledger.remarks, said, ledger.unread))
    reading = ledger.read(progress(send, "正在看懂每一行"))
    if not reading.clients:
        raise RefusedError("表里没有企业。请每家企业填一行。")
    _decide(send, rulebook, reading.clients, reading.faults, reading.remarks, on)


def screen_stored(send: Send, rulebook: Rulebook, clients: Sequence[Client], unread: Sequence[str], on: date) -> None:
    """Decide clients that are stored; `unread` are the answers that this rulebook cannot use."""
    told = [f"有 {len(unread):,} 处存着的回答现在的规则读不了，没有用上，见“数据问题”"] if unread else []
    if turned := sum(bool(c.overrides) for c in clients):
        told.append(f"有 {turned:,} 家有顾问改判，数字、筛选、反查、缺口和部门都按改判的算；总表的格里改判和程序的判断都写着，理由在企业的明细、它的 PDF 和工作簿的“改判”里")
    send(Facts("", (), {}, tuple(told), {}))
    _decide(send, rulebook, tuple(clients), (), tuple(Remark(0, None, fault) for fault in unread), on)


def _decide(send: Send, rulebook: Rulebook, clients: tuple[Client, ...], faults: tuple[Fault, ...], remarks: tuple[Remark, ...], on: date) -> None:
    screening = screen(rulebook, clients, on=on, progress=progress(send, "正在逐家判断"))
    send(Step("正在汇总"))
    shown = as_decided(screening)
    found, doors = gaps(shown), calls(shown)
    for start in range(0, len(screening.clients), _PART):
        part = slice(start, start + _PART)
        send(Part(screening.clients[part], screening.verdicts[part], screening.lacking[part]))
    send(Rest(screening.kinds_of_lack, faults[:MOST_TOLD], len(faults), remarks[:MOST_TOLD], len(remarks), found, doors))


def _found(sheets: Sequence[Sheet], rulebook: Rulebook, said: Mapping[str, RememberedColumn] | None, maps: ColumnMaps) -> tuple[Ledger, Mapping[str, RememberedColumn]]:
    if said is not None:
        return find_ledger(sheets, rulebook, said), said
    unknown: UnknownHeadersError | None = None
    ledger: Ledger | None = None
    try:
        ledger = find_ledger(sheets, rulebook)
        headers = [c.header for c in ledger.columns]
    except UnknownHeadersError as error:
        unknown, headers = error, [c.header for c in error.columns]
    if kept := maps.read(headers, rulebook):
        return find_ledger(sheets, rulebook, kept), kept
    if ledger is None:
        assert unknown is not None
        raise unknown
    return ledger, {}


def _samples(ledger: Ledger) -> dict[int, tuple[str, ...]]:
    """The first few cells that a column fills."""
    found: dict[int, list[str]] = {c.place: [] for c in ledger.columns}
    for _, cells in ledger.raw[:50]:
        for place, texts in found.items():
            if place < len(cells) and cells[place] not in (None, "") and len(texts) < _SAMPLES:
                texts.append(" ".join(shown(cells[place]).split()))
    return {place: tuple(texts) for place, texts in found.items()}


def chosen(screening: Screening, places: Sequence[int]) -> Screening:
    """The same screening for some of its clients."""
    taken = {name: tuple(getattr(screening, name)[p] for p in places) for name in ("clients", "verdicts", "lacking")}
    return replace(screening, **taken)  # type: ignore[arg-type]  # each is a tuple of what it was


def make_workbook(send: Send, screening: Screening, reading: Reading, path: Path) -> None:
    """Write the workbook."""
    from eligibility.report.screening_workbook import render_screening

    tell = progress(send, "正在做工作簿")
    content = render_screening(screening, reading, tell)
    path.write_bytes(content)


def make_table(send: Send, screening: Screening, path: Path) -> None:
    """Write the long table as .csv."""
    from eligibility.report.screening_table import write_csv

    with path.open("wb") as target:
        write_csv(screening, target, progress(send, "正在写长表"))


def make_reports(send: Send, screening: Screening, path: Path) -> None:
    """Write the zip with a PDF for each client; sends what could not be made."""
    from eligibility.report.screening_archive import write_reports

    with path.open("wb") as target:
        missing = write_reports(screening, target, progress(send, "正在做 PDF"))
    send(missing)
