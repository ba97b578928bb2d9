"""Which rows of a large table are companies: totals that stand among them are none, here as in a ledger."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]

from eligibility.rulebook.book import Rulebook
from eligibility.screening.cells import no_company
from eligibility.screening.headers import RememberedColumn, Target, match_columns
from eligibility.screening.sources import ROW, Source

_LIKELY = r"^\P{Han}*[合总小]\P{Han}*计\P{Han}*$"  # few names look like this, and only these are looked at one by one


class Companies(Source):
    """The rows of a table that are companies. `passed_over` are the others met so far: by their number, what is said of them."""

    def __init__(self, table: Source, rulebook: Rulebook, column_map: Mapping[str, RememberedColumn] | None = None) -> None:
        super().__init__(table.files)
        self._table = table
        named = rulebook.named_by and Target(rulebook.named_by.id)
        self._name = next((table.schema.names[c.place] for c in match_columns(table.schema.names, rulebook, column_map) if named and c.target == named), None)
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
            self.left_out = self._table.left_out
            kept = None if self._name is None else self._kept(self._name, batch)
            yield batch if kept is None else batch.filter(kept.to_arrow())
        self.left_out = self._table.left_out

    def _place(self, name: str, start: int) -> int:
        """Where in the table the company in place `start` is. Only who goes on with a run has to look for it."""
        place, before = 0, start
        for batch in self._table.read([name], (), 0) if start else ():
            kept = self._kept(name, batch)
            companies = batch.num_rows if kept is None else int(kept.sum())
            if companies >= before:
                return place + (before if kept is None else int(kept.arg_true()[before - 1]) + 1)
            place, before = place + batch.num_rows, before - companies
        return place

    def _kept(self, name: str, batch: pa.RecordBatch) -> pl.Series | None:
        """Which rows are companies; None: all of them."""
        names = pl.Series(pl.from_arrow(batch.column(name)))
        if names.dtype not in (pl.String, pl.Categorical, pl.Enum):
            return None
        likely = names.cast(pl.String).str.contains(_LIKELY).fill_null(False).arg_true()
        found = {place: said for place in likely if (said := no_company(str(names[place]))) is not None}
        if not found:
            return None
        self.passed_over |= {batch.column(ROW)[place].as_py(): said for place, said in found.items()}
        return pl.select(~pl.int_range(batch.num_rows).is_in(list(found))).to_series()
