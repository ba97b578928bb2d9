"""The batch function: a table of answers in, a table of verdicts out. Pure; the same on one machine and on many.

`Batch(rulebook, on)` is called with a `pyarrow.RecordBatch` and gives one back, row for row. It can be pickled, so any
engine that hands Arrow batches to Python can run it (Spark's mapInArrow, Dask, Ray, a process pool).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any, Literal, NamedTuple

import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]

from eligibility.assessment import Verdict
from eligibility.logic.columns import Code, Columns, Staged, option_column
from eligibility.rulebook.book import Rulebook
from eligibility.screening.answers import AnswerTable
from eligibility.screening.headers import RememberedColumn

VERDICTS = tuple(v.value for v in Verdict)  # a verdict as a number is its place here
_CODE = {verdict: code for code, verdict in enumerate(Verdict)}
UNUSABLE = "unusable"

Form = Literal["names", "codes"]


class Decided(NamedTuple):
    """One batch: the verdicts row for row, and the cells that could not be used (see `answers.FAULTS`)."""

    verdicts: pl.DataFrame
    faults: pl.DataFrame


class Batch:
    """The whole rulebook for batches of companies on one day.

    The result has the columns `keep` of the batch unchanged, one column a support named by its id, and `unusable`: the
    cells of the row that counted as unknown because they could not be used, with the reason; null where all is well.
    A verdict is one of VERDICTS as an Arrow dictionary (`form="names"`) or its place there as int8 (`form="codes"`, for
    engines that take no dictionaries).
    """

    def __init__(self, rulebook: Rulebook, on: date, *, keep: Sequence[str] = (), form: Form = "names", column_map: Mapping[str, RememberedColumn] | None = None) -> None:
        self.rulebook, self.on, self.keep, self.form, self.column_map = rulebook, on, tuple(keep), form, column_map
        self._plans: dict[tuple[str, ...], Plan] = {}

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_plans": {}}  # formulas are made anew where they are needed

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Decide one batch."""
        decided = self.decide(batch)
        table = decided.verdicts.with_columns(_by_row(decided.faults, batch.num_rows)).to_arrow(compat_level=pl.CompatLevel.oldest())
        kept = {name: batch.column(name) for name in self.keep}
        columns = kept | {name: table.column(name).combine_chunks() for name in table.column_names}
        schema = self.schema(batch.schema)
        return pa.RecordBatch.from_arrays([column.cast(schema.field(name).type) for name, column in columns.items()], schema=schema)

    def schema(self, of: pa.Schema) -> pa.Schema:
        """The schema of the result for batches of a schema."""
        verdict = pa.int8() if self.form == "codes" else pa.dictionary(pa.uint8(), pa.string(), ordered=True)
        fields = [of.field(name) for name in self.keep]
        fields += [pa.field(id_, verdict, nullable=False) for id_ in self.rulebook.supports]
        return pa.schema([*fields, pa.field(UNUSABLE, pa.string())])

    def decide(self, batch: pa.RecordBatch | pa.Table) -> Decided:
        """The verdicts of one batch as a data frame, and what could not be used."""
        plan = self.plan(batch.schema.names)
        answers = plan.table.read(batch)
        codes = plan.formulas.over(answers.frame, batch.num_rows)
        told = codes.select(pl.all().cast(pl.Int8) if self.form == "codes" else pl.all().cat.to(pl.Enum(VERDICTS)))
        return Decided(pl.DataFrame({support: told[name] for support, name in plan.verdict_of.items()}), answers.faults)

    def plan(self, names: Sequence[str]) -> Plan:
        """How tables with these columns are read and decided."""
        key = tuple(names)
        if key not in self._plans:
            table = AnswerTable(self.rulebook, self.on, key, self._needed, self.column_map)
            self._plans[key] = self._planned(table.given, table)
        return self._plans[key]

    @cached_property
    def _needed(self) -> frozenset[str]:
        """The columns on which any support depends."""
        every: list[str] = []
        for question in self.rulebook.questions.values():
            every += [option_column(question.id, o) for o in question.option] if question.kind == "choices" else [question.id]
        return self._planned(every, AnswerTable(self.rulebook, self.on, ())).formulas.reads

    def _planned(self, given: Collection[str], table: AnswerTable) -> Plan:
        columns = Columns(self.rulebook.questions, self.rulebook.statuses, self.on, given)
        name_of: dict[Code, str] = {}
        verdict_of: dict[str, str] = {}
        for support in self.rulebook.supports.values():
            now, reach, _ = columns.decide(support.eligible_if)
            decided = columns.code(now.certain, _CODE[Verdict.MATCHED], _CODE[Verdict.OPEN])
            failed = columns.code(reach.possible, _CODE[Verdict.NEAR], _CODE[Verdict.EXCLUDED])
            verdict_of[support.id] = name_of.setdefault(columns.code(now.possible, decided, failed), support.id)
        return Plan(table, Staged({name: code for code, name in name_of.items()}), verdict_of)


class Plan(NamedTuple):
    """How tables with certain columns are read and decided. Supports with the same condition share one column of verdicts."""

    table: AnswerTable
    formulas: Staged
    verdict_of: Mapping[str, str]  # support → the one whose column it shares


def _by_row(faults: pl.DataFrame, rows: int) -> pl.Series:
    """What could not be used, row by row, in words."""
    if faults.is_empty():
        return pl.repeat(None, rows, dtype=pl.String, eager=True).alias(UNUSABLE)
    told = faults.group_by("row", maintain_order=True).agg(pl.format("{}：{}", "column", "reason").str.join("；").alias("told"))
    return pl.repeat(None, rows, dtype=pl.String, eager=True).scatter(told["row"], told["told"]).alias(UNUSABLE)
