"""Somebody's file → sheets of raw cells, each with its row number. What a cell means is decided elsewhere.

Formulas are read as the values saved with them; nothing in a file is run. A file beyond the limits is refused whole:
half a ledger would look like all of it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from io import BytesIO, StringIO
from itertools import islice
from math import isnan
from pathlib import PurePath
from typing import Any, NamedTuple
from zipfile import BadZipFile, ZipFile

from eligibility.assessment import HERE

MAX_BYTES = 50_000_000
MAX_ROWS = 50_000
MAX_COLUMNS = 500
MAX_UNPACKED = 500_000_000  # a workbook or a Parquet file, unpacked
_JUDGED_BY = 20  # lines of a .csv file, by which its separator is told
_LITERAL = re.compile(r'"[^"]*"|\[[^\]]*\]|[\\!_*].')  # in a number format: what is shown as it stands, colours and conditions, blanks of a width
_THOUSANDTH = re.compile(r"[0#?],+(?![0#?,])")  # a comma after the last digit divides by 1,000; between digits it separates them
_POINT_PUT_IN = re.compile(r"""[0#?](?:[!\\]\.|"\.")[0#?]""")  # a point among the digits that is no decimal point
_BOMB_FROM, _BOMB_RATIO = 20_000_000, 100  # tables of repeated words shrink well, but not like this

Cell = str | float | bool | date | None


@dataclass(frozen=True, slots=True)
class Broken:
    """A cell of which no value can be used: an error of the spreadsheet, a formula that was saved without its result, or a number that is `scaled`: shown as another one."""

    shown: str
    scaled: bool = False


RawRow = tuple[int, tuple[Cell | Broken, ...]]


@dataclass(frozen=True)
class Sheet:
    """One sheet: its rows that hold anything, numbered as the user sees them. `remarks`: how the file was read.

    `separated`: by commas or the like, so that a comma too many moves all cells behind it.
    """

    name: str
    rows: tuple[RawRow, ...]
    remarks: tuple[str, ...] = ()
    separated: bool = False


class UnreadableLedgerError(Exception):
    """Nothing of the file can be used; the message says why and what to do."""


def read_sheets(content: bytes, file_name: str) -> tuple[Sheet, ...]:
    """The visible sheets of a .xlsx, .csv or .parquet file that hold anything."""
    if len(content) > MAX_BYTES:
        raise UnreadableLedgerError(f"文件有 {len(content) / 1e6:.0f} MB，太大了。最多 {MAX_BYTES / 1e6:.0f} MB，请拆成几份。")
    match PurePath(file_name).suffix.lower():
        case ".xlsx" | ".xlsm":
            found = list(_workbook(content))
        case ".csv":
            found = [_csv(content)]
        case ".parquet":
            found = [_parquet(content)]
        case ".xls" | ".et":
            raise UnreadableLedgerError("这是旧格式的表格。请用 Excel 或 WPS 另存为 .xlsx。")
        case other:
            raise UnreadableLedgerError(f"读不了 {other or '没有扩展名的'} 文件。台账请用 .xlsx、.csv 或 .parquet。")
    if not any(sheet.rows for sheet in found):
        raise UnreadableLedgerError("表里什么都没有。")
    return tuple(sheet for sheet in found if sheet.rows)


def _kept(rows: Iterable[tuple[int, Iterable[Cell | Broken]]]) -> tuple[RawRow, ...]:
    """The rows that hold anything, within the limits."""
    kept: list[RawRow] = []
    for number, cells in rows:
        row = tuple(cells)
        if any(c is not None for c in row[MAX_COLUMNS:]):
            raise UnreadableLedgerError(f"第 {number} 行有 {MAX_COLUMNS} 列以上。请删去用不上的列。")
        if any(c is not None and c != "" for c in row):
            kept.append((number, row[:MAX_COLUMNS]))
        if len(kept) > MAX_ROWS + 1:
            raise UnreadableLedgerError(f"超过 {MAX_ROWS:,} 行。请拆成几份。")
    return tuple(kept)


def _workbook(content: bytes) -> Iterator[Sheet]:
    from openpyxl import load_workbook  # type: ignore[import-untyped]  # imported only where a workbook is read

    formulas = _unpacks_within_limits(content)
    try:
        values = load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
        written = load_workbook(BytesIO(content), read_only=True, keep_links=False) if formulas else None
        for sheet in values.worksheets:
            if sheet.sheet_state == "visible":
                sheet.reset_dimensions()  # what a file says of its size is not always so
                without = set(_without_result(written[sheet.title], sheet)) if written else set()
                sheet.reset_dimensions()
                yield Sheet(sheet.title, _kept(_workbook_rows(sheet, without)))
    except UnreadableLedgerError:
        raise
    except Exception as error:  # a damaged file fails in many ways, inside the reader
        raise UnreadableLedgerError(f"读不了这个工作簿（{type(error).__name__}）。文件可能损坏或加了密码，请在 Excel 里打开再另存为 .xlsx。") from error


def _unpacks_within_limits(content: bytes) -> bool:
    """Whether any sheet has formulas; a workbook that unpacks to far more than it should is refused before it is read."""
    try:
        with ZipFile(BytesIO(content)) as packed:
            entries = packed.infolist()
            total = sum(e.file_size for e in entries)
            packing = sum(e.compress_size for e in entries) or 1
            if total > MAX_UNPACKED or (total > _BOMB_FROM and total / packing > _BOMB_RATIO):
                raise UnreadableLedgerError(f"这个文件解开后有 {total / 1e6:,.0f} MB，不像一份台账，没有读。请把数据复制到新的工作簿里。")
            return any(_holds(packed, e.filename, (b"<f>", b"<f ")) for e in entries if e.filename.startswith("xl/worksheets/"))
    except BadZipFile as error:
        raise UnreadableLedgerError("这不是 .xlsx 文件，或者文件损坏、加了密码。请在 Excel 里打开再另存为 .xlsx。") from error


def _holds(packed: ZipFile, name: str, words: tuple[bytes, ...]) -> bool:
    with packed.open(name) as part:
        before = b""
        while chunk := part.read(1 << 20):
            text = before + chunk
            if any(w in text for w in words):
                return True
            before = chunk[-2:]
    return False


def _without_result(written: Any, values: Any) -> Iterator[tuple[int, int]]:
    """The places of formulas for which the file holds no result: written by a program that works nothing out."""
    written.reset_dimensions()
    for formulas, results in zip(written.iter_rows(), values.iter_rows(), strict=False):
        for formula, result in zip(formulas, results, strict=False):
            if formula.data_type == "f" and result.value is None:
                yield formula.row, formula.column


def _workbook_rows(sheet: Any, without: set[tuple[int, int]]) -> Iterator[tuple[int, list[Cell | Broken]]]:
    for number, row in enumerate(sheet.iter_rows(), start=1):
        yield number, [Broken("公式，没有存下结果") if without and (number, place) in without else _workbook_cell(cell) for place, cell in enumerate(row, start=1)]


def _workbook_cell(cell: Any) -> Cell | Broken:
    value = cell.value
    if value is None or isinstance(value, str):
        return Broken(value or "") if cell.data_type == "e" else value
    if isinstance(value, int | float) and not isinstance(value, bool):
        form = _number_form(str(cell.number_format))
        if form.scaled and value:
            return Broken(f"{value:.15g}", scaled=True)
        if form.percent:
            return f"{round(value * 100, 10):.10g}%"  # the user sees and means the percentage
    return as_cell(value)


class _NumberForm(NamedTuple):
    """What a number format makes of a number: a percentage, or one that reads as another number or in another unit than the one in the cell."""

    percent: bool
    scaled: bool


@lru_cache(maxsize=512)
def _number_form(code: str) -> _NumberForm:
    """12345000 is shown as 12345 by `#,##0,` and as 1234.5万 by `0!.0,"万"`."""
    bare = _LITERAL.sub(" ", code)
    return _NumberForm("%" in bare, bool(_THOUSANDTH.search(bare) or _POINT_PUT_IN.search(code)) or any(c in code for c in "千万亿"))


def _csv(content: bytes) -> Sheet:
    text, encoding = decoded(content)
    separator = _separator(list(islice((line for line in text.splitlines() if line.strip()), _JUDGED_BY)))
    csv.field_size_limit(MAX_BYTES)  # a huge cell is told as one, with its place
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)

    def rows() -> Iterator[tuple[int, list[Cell | Broken]]]:
        start = 1
        try:
            for row in reader:
                yield start, [cell or None for cell in row]
                start = reader.line_num + 1
        except csv.Error as error:
            raise UnreadableLedgerError(f"从第 {start} 行起读不下去：引号没有配对，或者引号后面还有字。请改好引号，或另存为 .xlsx。") from error

    return Sheet("", _kept(rows()), (f"文件按 {encoding} 读取",), separated=True)


def _separator(lines: Sequence[str]) -> str:
    """What separates the cells: the one in most lines. A title, a name or a column of remarks may hold more of another."""

    def weight(separator: str) -> tuple[int, int]:
        counts = [line.count(separator) for line in lines]
        among = len(lines) - counts.count(0)
        return (among, sum(counts)) if 3 * among >= len(lines) else (0, 0)  # in a list of names alone nothing separates

    return max((",", "\t", ";", "，"), key=weight)


def decoded(content: bytes) -> tuple[str, str]:
    """The text of a file, and what its encoding is called."""
    candidates = [("utf-16", "UTF-16")] if content.startswith((b"\xff\xfe", b"\xfe\xff")) else [("utf-8-sig", "UTF-8"), ("gb18030", "GB18030")]
    for codec, name in candidates:
        try:
            return content.decode(codec), name
        except UnicodeDecodeError:
            continue
    raise UnreadableLedgerError("看不出文件的编码。请另存为 UTF-8 的 .csv，或者 .xlsx。")


def _parquet(content: bytes) -> Sheet:
    from pyarrow import ArrowException, parquet  # type: ignore[import-untyped]  # imported only where a Parquet file is read

    try:
        file = parquet.ParquetFile(BytesIO(content))
        facts = file.metadata
        unpacked = sum(facts.row_group(n).total_byte_size for n in range(facts.num_row_groups))
        if facts.num_rows > MAX_ROWS or facts.num_columns > MAX_COLUMNS or unpacked > MAX_UNPACKED:
            raise UnreadableLedgerError(f"表有 {facts.num_rows:,} 行、{facts.num_columns} 列，太大了。最多 {MAX_ROWS:,} 行、{MAX_COLUMNS} 列。")
        table = file.read()
        columns = [column.to_pylist() for column in table.columns]
    except (ArrowException, OSError, ValueError) as error:
        raise UnreadableLedgerError(f"读不了这个 Parquet 文件（{type(error).__name__}）。文件可能损坏。") from error
    header: list[Cell | Broken] = list(table.column_names)
    rows = ([as_cell(v) for v in row] for row in zip(*columns, strict=True))
    return Sheet("", _kept(enumerate([header, *rows], start=1)))


def as_cell(value: Any) -> Cell:
    """A value of a program's own table as a cell. An empty list says that there is none, as in an ANSWERS file; a blank name in it says nothing."""
    match value:
        case None | bool() | str():
            return value
        case float() if isnan(value):
            return None  # how tables of numbers say that there is nothing
        case int() | float() | Decimal():
            return float(value)
        case datetime(tzinfo=None):
            return value.date()
        case datetime():
            return value.astimezone(HERE).date()
        case date():
            return value
        case list() | tuple():
            return "\n".join(str(v) for v in value) if value else "无"
    return str(value)
