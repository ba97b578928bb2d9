"""Which rows of a large table are companies: totals that stand among them and rows that were not filled in are none, here as in a ledger and on a cluster."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from itertools import pairwise
from typing import NamedTuple

import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
from pyarrow import compute

from eligibility.rulebook.book import Rulebook
from eligibility.screening.arrow_columns import are_texts, is_sound, series
from eligibility.screening.cells import no_company
from eligibility.screening.header_rows import HeaderRow, read_header
from eligibility.screening.headers import Column, RememberedColumn, match_columns, naming_column
from eligibility.screening.sheets import Cell, Sheet
from eligibility.screening.sources import ROW, Source, UnreadableTableError

# Few names look like this, and only these are looked at one by one.
_LIKELY = r"[合总小共累]\P{Han}*计|平\P{Han}*均|均\P{Han}*值|中\P{Han}*位\P{Han}*数|最\P{Han}*[大小]\P{Han}*值|其\P{Han}*中|^[^\p{Han}]*[(（]"


class Unfilled(NamedTuple):
    """Rows in which nothing stands: how many, and the number of the first. A spreadsheet may have a million of them."""

    rows: int = 0
    first: int = 0


class Companies(Source):
    """The rows of a table that are companies. `passed_over` are the totals met so far: by their number, what is said of them.

    `unfilled` are the rows met so far in which no used column says anything.
    """

    def __init__(self, table: Source, rulebook: Rulebook, column_map: Mapping[str, RememberedColumn] | None = None) -> None:
        super().__init__(table.files)
        self._table = table
        self.left_out = table.left_out
        columns = match_columns(table.schema.names, rulebook, column_map)
        names = naming_column(columns, rulebook)
        self._name = None if names is None else names.header
        self._used = used_columns(columns)
        self._refuse_second_header(rulebook, column_map)
        self.passed_over: dict[int, str] = {}
        self.unfilled = Unfilled()

    def _refuse_second_header(self, rulebook: Rulebook, column_map: Mapping[str, RememberedColumn] | None) -> None:
        """A row of units or years below the header changes what the columns mean. A ledger's reader makes that out; a table has one header."""
        if ROW in self._used or not any(are_texts(self.schema.field(name).type) for name in self._used):
            return
        glance = copy(self._table)
        glance.left_out = []
        batch = next((b for b in glance.read(self._used, (), 0) if b.num_rows), None)
        if batch is None:
            return
        first = tuple(_glanced_at(batch.column(name).slice(0, 1)) for name in self._used)
        sheet = Sheet("", ((1, tuple(self._used)), (2, first)))
        if not read_header(HeaderRow(sheet, 0, len(self._used), ()), rulebook, column_map).rows:
            raise UnreadableTableError("第 1 行像是列名下面的单位或小标题，不是企业。大表只能有一行列名：请删去这一行，把单位写进列名；或者用 --engine rows 判断。")

    @property
    def schema(self) -> pa.Schema:
        return self._table.schema

    @property
    def rows(self) -> int | None:
        return None if self._table.rows is None else self._table.rows - len(self.passed_over) - self.unfilled.rows

    @property
    def share(self) -> float:
        return self._table.share

    def read(self, columns: Collection[str], words: Collection[str], start: int) -> Iterator[pa.RecordBatch]:
        self.passed_over, self.unfilled = {}, Unfilled()
        named = [self._name] if self._name else []
        wanted = list(dict.fromkeys([*named, *columns]))
        telling = list(dict.fromkeys([*wanted, *self._used])) if self._used else []
        place = self._place(named or wanted, telling, start)
        for batch, totals, empty in self._looked_at(wanted, words, telling, place):
            self._note(batch, totals, empty)
            yield without(batch, [*totals, *empty])

    def _place(self, columns: list[str], telling: list[str], start: int) -> int:
        """Where in the table the company in place `start` is. Only who goes on with a run has to look for it."""
        place, before = 0, start
        for batch, totals, empty in self._looked_at(columns, (), telling, 0) if start else ():
            self.left_out.clear()
            others = {*totals, *empty}
            companies = [n for n in range(batch.num_rows) if n not in others] if others else range(batch.num_rows)
            upto = companies[before - 1] + 1 if len(companies) >= before else batch.num_rows
            self._note(batch, {n: said for n, said in totals.items() if n < upto}, [n for n in empty if n < upto])
            if len(companies) >= before:
                return place + upto
            place, before = place + upto, before - len(companies)
        return place + before

    def _looked_at(self, columns: list[str], words: Collection[str], telling: list[str], start: int) -> Iterator[tuple[pa.RecordBatch, dict[int, str], list[int]]]:
        """The table from a place on, and of each batch the rows that are totals and those in which no column of `telling` says anything."""
        here = [c for c in telling if c in columns]
        elsewhere = _Elsewhere(self._table, [c for c in telling if c not in columns])
        place = start
        for batch in self._table.read(columns, words, start):
            empty = unfilled(batch, here)
            yield batch, no_companies(batch, self._name), elsewhere.unfilled(batch, empty, place) if empty else []
            place += batch.num_rows

    def _note(self, batch: pa.RecordBatch, totals: Mapping[int, str], empty: Sequence[int]) -> None:
        numbers = batch.column(ROW)
        self.passed_over |= {numbers[n].as_py(): said for n, said in totals.items()}
        if empty:
            self.unfilled = Unfilled(self.unfilled.rows + len(empty), self.unfilled.first or numbers[empty[0]].as_py())


class _Elsewhere:
    """The columns of a table that are not read. They are looked at only from where all those that are read say nothing."""

    def __init__(self, table: Source, columns: list[str]) -> None:
        self._table, self._columns = copy(table), columns  # it goes its own way through the files,
        self._table.left_out = []  # which rows cannot be read, the other one tells
        self._batches: Iterator[pa.RecordBatch] | None = None
        self._upto = 0  # the number of the last row looked at
        self._empty: set[int] = set()  # the numbers of those that say nothing

    def unfilled(self, batch: pa.RecordBatch, rows: list[int], place: int) -> list[int]:
        """Which of these rows of the batch, whose first has this place in the table, say nothing here either."""
        if not self._columns:
            return rows
        numbers = batch.column(ROW)
        if self._batches is None:
            self._batches = self._table.read(self._columns, (), place)
        self._empty = {n for n in self._empty if n >= numbers[0].as_py()}
        while self._upto < numbers[rows[-1]].as_py():
            other = next(self._batches)
            self._table.left_out.clear()
            if other.num_rows:
                self._upto = other.column(ROW)[-1].as_py()
                self._empty |= {other.column(ROW)[n].as_py() for n in unfilled(other, self._columns)}
        return [n for n in rows if numbers[n].as_py() in self._empty]


def used_columns(columns: Iterable[Column]) -> list[str]:
    """The columns of a table that are about anything. A row is a company if one of them, or one that goes along, says something."""
    return [c.header for c in columns if c.target is not None]


def no_companies(batch: pa.RecordBatch, name: str | None) -> dict[int, str]:
    """The rows of a batch that are no companies by the column `name`: place → what is said of them."""
    if name is None:
        return {}
    names = pl.Series(pl.from_arrow(batch.column(name)))
    if names.dtype not in (pl.String, pl.Categorical, pl.Enum):
        return {}
    likely = names.cast(pl.String).str.contains(_LIKELY).fill_null(False).arg_true()
    return {place: said for place in likely if (said := no_company(str(names[place]))) is not None}


def unfilled(batch: pa.RecordBatch, columns: Collection[str]) -> list[int]:
    """The rows of a batch in which none of these columns says anything."""
    if not columns:
        return []
    silent = pl.repeat(True, batch.num_rows, dtype=pl.Boolean, eager=True)
    for name in columns:
        silent &= _says_nothing(batch.column(name))
        if not silent.any():
            break
    return silent.arg_true().to_list()


def _glanced_at(cell: pa.Array) -> Cell:
    """A text as it is; anything else stands there as a figure."""
    if are_texts(cell.type) and is_sound(cell):
        text: str | None = cell[0].as_py()
        return text
    return 1.0 if cell.null_count == 0 else None


def _says_nothing(cells: pa.Array) -> pl.Series:
    kind = cells.type
    if pa.types.is_dictionary(kind):
        return _says_nothing(pa.concat_arrays([cells.dictionary, pa.nulls(1, kind.value_type)])).gather(series(cells.indices).fill_null(len(cells.dictionary)))
    if are_texts(kind) and is_sound(cells):
        return (series(cells).str.strip_chars() == "").fill_null(True)
    return series(compute.is_null(cells, nan_is_null=True))


def without(batch: pa.RecordBatch, places: Iterable[int]) -> pa.RecordBatch:
    """The other rows. The batch is cut and joined, because Arrow filters not every type that it has (no views of strings, as Polars writes them)."""
    gone = sorted(places)
    if not gone:
        return batch
    runs = [batch.slice(after + 1, before - after - 1) for after, before in pairwise([-1, *gone, batch.num_rows]) if before - after > 1]
    return pa.concat_batches(runs) if runs else batch.slice(0, 0)
