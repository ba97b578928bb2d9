"""Which rows of a large table are companies: totals that stand among them are none, here as in a ledger and on a cluster."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]

from eligibility.rulebook.book import Rulebook
from eligibility.screening.cells import no_company
from eligibility.screening.headers import RememberedColumn, Target, match_columns
from eligibility.screening.sources import ROW, Source

_LIKELY = r"^\P{Han}*[合总小共累]\P{Han}*计"  # few names look like this, and only these are looked at one by one


class Companies(Source):
    """The rows of a table that are companies. `passed_over` are the others met so far: by their number, what is said of them."""

    def __init__(self, table: Source, rulebook: Rulebook, column_map: Mapping[str, RememberedColumn] | None = None) -> None:
        super().__init__(table.files)
        self._table = table
        self.left_out = table.left_out
        self._name = name_column(table.schema.names, rulebook, column_map)
        self.passed_over: dict[int, str] = {}

    @property
    def schema(self) -> pa.Schema:
        return self._table.schema

    @property
    def rows(self) -> int | None:
        return None if self._table.rows is None else self._table.rows - len(self.passed_over)

    @property
    def share(self) -> float:
        return self._table.share

    def read(self, columns: Collection[str], words: Collection[str], start: int) -> Iterator[pa.RecordBatch]:
        if self._name is None:
            wanted, place = list(columns), start
        else:
            wanted, place = list(dict.fromkeys([*columns, self._name])), self._place(self._name, start)
        for batch in self._table.read(wanted, words, place):
            others = no_companies(batch, self._name)
            self.passed_over |= {batch.column(ROW)[place].as_py(): said for place, said in others.items()}
            yield without(batch, others)

    def _place(self, name: str, start: int) -> int:
        """Where in the table the company in place `start` is. Only who goes on with a run has to look for it."""
        place, before = 0, start
        for batch in self._table.read([name], (), 0) if start else ():
            self.left_out.clear()
            others = no_companies(batch, name)
            self.passed_over |= {batch.column(ROW)[n].as_py(): said for n, said in others.items()}
            companies = [n for n in range(batch.num_rows) if n not in others] if others else range(batch.num_rows)
            if len(companies) >= before:
                return place + companies[before - 1] + 1
            place, before = place + batch.num_rows, before - len(companies)
        return place + before


def name_column(columns: Sequence[str], rulebook: Rulebook, column_map: Mapping[str, RememberedColumn] | None = None) -> str | None:
    """The column of a table that says what a company is called, if there is one."""
    named = rulebook.named_by and Target(rulebook.named_by.id)
    return next((columns[c.place] for c in match_columns(columns, rulebook, column_map) if named and c.target == named), None)


def no_companies(batch: pa.RecordBatch, name: str | None) -> dict[int, str]:
    """The rows of a batch that are no companies by the column `name`: place → what is said of them."""
    if name is None:
        return {}
    names = pl.Series(pl.from_arrow(batch.column(name)))
    if names.dtype not in (pl.String, pl.Categorical, pl.Enum):
        return {}
    likely = names.cast(pl.String).str.contains(_LIKELY).fill_null(False).arg_true()
    return {place: said for place in likely if (said := no_company(str(names[place]))) is not None}


def without(batch: pa.RecordBatch, places: Iterable[int]) -> pa.RecordBatch:
    """The other rows. The batch is cut and joined, because Arrow filters not every type that it has (no views of strings, as Polars writes them)."""
    gone = sorted(places)
    if not gone:
        return batch
    runs = [batch.slice(after + 1, before - after - 1) for after, before in pairwise([-1, *gone, batch.num_rows]) if before - after > 1]
    return pa.concat_batches(runs) if runs else batch.slice(0, 0)
