"""An advisor's ledger → clients, row by row. What cannot be used is told by row and column; everything else counts.

An empty cell is unknown. Nothing is changed silently: what was converted is told as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

from eligibility.identifiers import warnings
from eligibility.profile import Origin, Profile, read_profile
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.models import Question
from eligibility.screening.cells import Meant, UnusableCellError, idle_paper, no_company, plain, read_cell, read_flag, read_paper
from eligibility.screening.clients import Client
from eligibility.screening.header_rows import HeaderRow, header_row, one_line, read_header
from eligibility.screening.headers import Column, RememberedColumn, Target, known_targets, naming_column, target_name
from eligibility.screening.progress import Progress, followed
from eligibility.screening.sheets import Broken, Cell, RawRow, Sheet, UnreadableLedgerError, read_sheets


class Fault(NamedTuple):
    """A cell that was not used."""

    row: int
    column: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"第 {self.row} 行“{self.column}”：{self.what}。{self.remedy}"


class Remark(NamedTuple):
    """Something to know of a row that was used: what was converted, what looks odd. No column: the row as a whole."""

    row: int
    column: str | None
    text: str

    def __str__(self) -> str:
        return f"第 {self.row} 行{f'“{self.column}”' if self.column else ''}：{self.text}"


class UnreadSheet(NamedTuple):
    """Another sheet that looks like a ledger too, and how many rows it has. Only one is read, so this one is told."""

    name: str
    rows: int

    @property
    def what(self) -> str:
        return f"“{self.name}”这张表也像台账（{self.rows:,} 行），没有读"

    @property
    def remedy(self) -> str:
        return "请分开上传，或合在一张表里。"

    def __str__(self) -> str:
        return f"{self.what}。{self.remedy}"


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """What one row says. No client: the row is none (a line of totals, a note, a line that was not filled in)."""

    client: Client | None
    faults: tuple[Fault, ...]
    remarks: tuple[Remark, ...]


@dataclass(frozen=True)
class Reading:
    """A ledger read to its end."""

    ledger: Ledger
    clients: tuple[Client, ...]
    faults: tuple[Fault, ...]
    remarks: tuple[Remark, ...]


@dataclass(frozen=True)
class Ledger:
    """A ledger whose columns are known; its rows are read as they are asked for."""

    rulebook: Rulebook
    sheet: str
    columns: tuple[Column, ...]
    remarks: tuple[str, ...]  # about the file as a whole
    raw: tuple[RawRow, ...]
    unread: tuple[UnreadSheet, ...] = ()
    header: Mapping[int, str] = field(default_factory=dict)  # what its header row says, by place
    width: int | None = None  # how many cells a row may have; None: as many as it likes

    def __len__(self) -> int:
        return len(self.raw)

    @property
    def faults(self) -> int:
        """How many things as a whole were not used: sheets, and columns left out because another is about the same."""
        return len(self.unread) + len(self.clashes)

    @property
    def clashes(self) -> tuple[Column, ...]:
        """The columns left out because another is about the same."""
        return tuple(c for c in self.columns if c.clash)

    def rows(self) -> Iterator[LedgerRow]:
        """One row after the other."""
        reader = _Rows(self)
        return map(reader.read, self.raw)

    def read(self, progress: Progress | None = None) -> Reading:
        """All rows. `progress` is told every few rows; to cancel, raise in it."""
        clients: list[Client] = []
        faults: list[Fault] = []
        remarks: list[Remark] = []
        for row in followed(self.rows(), len(self), progress):
            if row.client is not None:
                clients.append(row.client)
            faults += row.faults
            remarks += row.remarks
        return Reading(self, tuple(clients), tuple(faults), tuple(remarks))


class UnknownHeadersError(UnreadableLedgerError):
    """No column of the file is known; `columns` are those of the row that looks most like a header, for somebody to say what they are."""

    def __init__(self, columns: tuple[Column, ...], row: int) -> None:
        super().__init__(f"认不出任何一列（第{'一' if row == 1 else f' {row} '}行是{'、'.join(f'“{c.header}”' for c in columns[:8])}）。请用模板里的列名，或者给一份列对照。")
        self.columns = columns


def open_ledger(content: bytes, file_name: str, rulebook: Rulebook, remembered: Mapping[str, RememberedColumn] | None = None) -> Ledger:
    """A ledger from the bytes of a file. Raises `UnreadableLedgerError` if the file cannot be read, or no column of it is known."""
    return find_ledger(read_sheets(content, file_name), rulebook, remembered)


def find_ledger(sheets: Sequence[Sheet], rulebook: Rulebook, remembered: Mapping[str, RememberedColumn] | None = None) -> Ledger:
    """The ledger among the sheets of a file: the sheet in whose header most columns are known, or where none is the one with most labels."""
    headers = [header_row(sheet, rulebook, remembered) for sheet in sheets]
    row = max(headers, key=lambda r: (len(r.targets), 0 if r.targets else r.labels))
    columns, rows = read_header(row, rulebook, remembered)
    if not row.targets:
        raise UnknownHeadersError(columns, row.number)
    if not rows:
        raise UnreadableLedgerError("只有列名，没有企业。请每家企业填一行。")
    unread = [UnreadSheet(h.sheet.name, len(below)) for h in headers if h is not row and h.like_a_ledger and (below := read_header(h, rulebook, remembered).rows)]
    header = _said_in(row.sheet.rows[row.place][1])
    if (end := _next_table(header, columns, rows, rulebook)) is not None:
        unread.insert(0, UnreadSheet(f"第 {rows[end][0]} 行起", len(rows) - end - 1))
        rows = rows[:end]
    return Ledger(rulebook, row.sheet.name, columns, row.sheet.remarks, rows, tuple(unread), header, _width(row, rows))


def _next_table(header: Mapping[int, str], columns: Sequence[Column], rows: Sequence[RawRow], rulebook: Rulebook) -> int | None:
    """Where below a ledger another table begins: another header, that names other columns. The same one again, as on every page of print, is none."""
    names = naming_column(columns, rulebook)
    if names is None:
        return None
    for at, (_, cells) in enumerate(rows):
        if known_targets([one_line(_at(cells, names.place))], rulebook) == [names.target]:
            said = _said_in(cells)
            if said != header and sum(t is not None for t in known_targets(list(said.values()), rulebook)) > 1:
                return at
    return None


def _said_in(cells: Sequence[Cell | Broken]) -> dict[int, str]:
    """What stands in a row, by place, as it is compared."""
    return {place: plain(text) for place, cell in enumerate(cells) if (text := one_line(cell))}


def _width(header: HeaderRow, rows: Sequence[RawRow]) -> int | None:
    """How many cells a row may have where they are only separated: as many as the header, unless every row has more."""
    most = len(header.sheet.rows[header.place][1])
    longer = sum(any(one_line(c) for c in cells[most:]) for _, cells in rows)
    return most if header.sheet.separated and 0 < longer < len(rows) else None


def _at(cells: Sequence[Cell | Broken], place: int) -> Cell | Broken:
    return cells[place] if place < len(cells) else None


class _Rows:
    """The rows of one ledger. It remembers names and codes, to tell when one comes twice."""

    def __init__(self, ledger: Ledger) -> None:
        self.rulebook = ledger.rulebook
        self.columns = tuple((c, c.target, self.rulebook.questions[c.target.question]) for c in ledger.columns if c.target is not None)
        self.header: dict[str, str] = {}
        for column, target, _ in self.columns:
            self.header.setdefault(target.question, column.header)
        self.order = {c.header: c.place for c, _, _ in reversed(self.columns)}
        self.named = self.rulebook.named_by and self.rulebook.named_by.id
        self.width, self.header_row = ledger.width, ledger.header
        names = naming_column(ledger.columns, self.rulebook)
        self.name_place = None if names is None else names.place
        self.told_apart = tuple(q.id for q in self.rulebook.questions.values() if q.id == self.named or q.identifier)
        self.seen: dict[tuple[str, str], int] = {}

    def read(self, raw: RawRow) -> LedgerRow:
        number, cells = raw
        if self.width is not None and any(one_line(c) for c in cells[self.width :]):
            what = f"这一行有 {len(cells)} 格，列名只有 {self.width} 个，对不齐，整行没有用"
            return LedgerRow(None, (Fault(number, f"第 {self.width + 1} 列", what, "数字里的逗号请去掉，或者给这一格加上引号。"),), ())
        if (said := self._no_client(cells)) is not None:
            return LedgerRow(None, (), (Remark(number, None, said),))
        faults: list[Fault] = []
        remarks: list[Remark] = []
        meant: dict[Target, Meant] = {}
        for column, target, question in self.columns:
            value = _at(cells, column.place)
            if value is None:
                continue
            try:
                found = _read(value, target, question, column.unit)
            except UnusableCellError as error:
                faults.append(Fault(number, column.header, error.what, error.remedy))
                continue
            if found.converted:
                remarks.append(Remark(number, column.header, found.converted))
            if found.doubt:
                faults.append(Fault(number, column.header, found.doubt.what, found.doubt.remedy))
            if found.datum is not None:
                meant[target] = found
        data = self._data(number, meant, faults)
        profile, problems = read_profile(data, self.rulebook.questions)
        faults += [Fault(number, self.header[p.question], p.what, p.remedy) for p in problems]
        name = profile.answers.get(self.named) if self.named else None
        faults.sort(key=lambda f: self.order[f.column])
        if self.name_place is not None and not profile.answers and not one_line(_at(cells, self.name_place)):
            return LedgerRow(None, tuple(faults), (*remarks, Remark(number, None, "没有名称，也没有一格用得上，没有当成企业")))
        remarks += self._oddities(number, profile)
        return LedgerRow(Client(name if isinstance(name, str) else f"第 {number} 行", profile, number), tuple(faults), tuple(remarks))

    def _no_client(self, cells: Sequence[Cell | Broken]) -> str | None:
        """Why a row is no client; None: it is one. What says anything in a column that is used is one, whatever it is called, save a line of totals."""
        name = "" if self.name_place is None else one_line(_at(cells, self.name_place))
        answered = any(one_line(_at(cells, c.place)) for c, _, _ in self.columns if c.place != self.name_place)
        if name:
            return no_company(name, alone=not answered) or self._no_answers(cells)
        # A total may stand in another column, used or not. If no column holds the names, only at the head of the row: elsewhere the word can be data.
        words = [text for cell in cells if (text := one_line(cell))][: 1 if self.name_place is None else None]
        totals = next((said for word in words if (said := no_company(word)) is not None), None)
        return totals or (None if answered else "用得上的列都空着，没有当成企业")

    def _no_answers(self, cells: Sequence[Cell | Broken]) -> str | None:
        """Why a row is none of answers: it repeats the header, or numbers the columns."""
        name = plain(one_line(_at(cells, self.name_place or 0))).strip("()")
        if name == self.header_row.get(self.name_place or 0) and _said_in(cells) == self.header_row:
            return "又写了一遍列名，没有当成企业"
        if not name.isdecimal():
            return None
        said = [text.strip("()") for text in _said_in(cells).values()]
        numbers = len(said) > 1 and all(text.isdecimal() for text in said) and all(int(b) == int(a) + 1 for a, b in pairwise(said))
        return "这一行是列号，没有当成企业" if numbers else None

    def _data(self, row: int, meant: Mapping[Target, Meant], faults: list[Fault]) -> dict[str, Any]:
        """What an ANSWERS file would hold for this row."""
        data: dict[str, Any] = {}
        for id_ in self.header:
            question = self.rulebook.questions[id_]
            whole = meant.get(Target(id_))
            if question.kind == "choices":
                answer = self._choices(row, question, meant, faults)
            elif whole is not None:
                answer = {"value": whole.datum, **({"about": True} if whole.about else {})}
            else:
                answer = None
            if answer is not None:
                data[id_] = {**answer, "source": Origin.LEDGER.value}
        return data

    def _choices(self, row: int, question: Question, meant: Mapping[Target, Meant], faults: list[Fault]) -> dict[str, Any] | None:
        """One cell that lists options, columns of single options, or both. Of an option of which nothing is said one is not sure."""
        whole = meant.get(Target(question.id))
        flags = {t.option: m.datum for t, m in meant.items() if t.question == question.id and t.option and t.part == "answer"}
        chosen = set(whole.datum["chosen"]) if whole else set()
        unsure = set(whole.datum.get("unsure", ())) if whole else set(question.option)
        for option, yes in flags.items():
            if whole and option not in unsure and yes != (option in chosen):
                faults.append(Fault(row, self._column(Target(question.id, option)), f"和“{self._column(Target(question.id))}”一列说法不一致", "按不清楚处理，请改成一致。"))
                chosen.discard(option)
                unsure.add(option)
                continue
            unsure.discard(option)
            if yes:
                chosen.add(option)
        papers: dict[str, dict[str, Any]] = {}
        for target, found in meant.items():
            if target.question == question.id and target.option and target.part != "answer":
                if target.option in chosen:
                    papers.setdefault(target.option, {})[target.part] = found.datum
                else:
                    holds = target_name(Target(question.id, target.option), self.rulebook)
                    faults.append(Fault(row, self._column(target), *idle_paper(holds, denied=target.option not in unsure)))
        if whole is None and not flags:
            return None
        return {"chosen": sorted(chosen), "unsure": sorted(unsure), **({"certificates": papers} if papers else {})}

    def _column(self, target: Target) -> str:
        return next(c.header for c, t, _ in self.columns if t == target)

    def _oddities(self, row: int, profile: Profile) -> Iterator[Remark]:
        for warning in warnings(self.rulebook, profile):
            yield Remark(row, None, warning)
        for id_ in self.told_apart:
            answer = profile.answers.get(id_)
            if isinstance(answer, str):
                first = self.seen.setdefault((id_, plain(answer)), row)
                if first != row:
                    yield Remark(row, self.header[id_], f"和第 {first} 行相同，两行都照样判断")


def _read(value: Cell | Broken, target: Target, question: Question, unit: str | None) -> Meant:
    if target.part != "answer":
        return read_paper(value, day=target.part == "until")
    return read_flag(value) if target.option else read_cell(value, question, unit)
