"""The batch function: a table of answers in, a table of verdicts out. Pure; the same on one machine and on many.

`Batch(rulebook, on)` is called with a `pyarrow.RecordBatch` and gives one back, row for row. It can be pickled, so any
engine that hands Arrow batches to Python can run it (Spark's mapInArrow, Dask, Ray, a process pool).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property, lru_cache
from typing import Any, Literal, NamedTuple

import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]

from eligibility.assessment import BEST_FIRST, Verdict
from eligibility.logic.columns import Columns, Condition, Staged, Tally, Truth, Word, option_column
from eligibility.rulebook.book import Rulebook
from eligibility.screening.answers import FAULTS, UNREADABLE, AnswerTable
from eligibility.screening.arrow_columns import Readable, column, in_polars, readable
from eligibility.screening.headers import RememberedColumn

VERDICTS = tuple(v.value for v in BEST_FIRST)
_VERDICT = pl.Enum(VERDICTS)
UNUSABLE = "unusable"
_UNUSABLE = pl.List(pl.Struct({"column": pl.String(), "what": pl.String(), "remedy": pl.String()}))

Form = Literal["names", "codes"]


class TakenNameError(Exception):
    """A column cannot go along because the result has one of the same name; the message says which and what to do."""

    def __init__(self, name: str) -> None:
        super().__init__(f"列“{name}”：结果里有一列也叫这个名字，请把表里的这一列改名。")


class Decided(NamedTuple):
    """One batch decided row for row, and the cells of it that could not be used (see `answers.FAULTS`).

    `different` holds each column once, `names` says which of them each column of the result repeats: supports with the
    same condition have the same verdicts.
    """

    different: pl.DataFrame
    names: Mapping[str, str]
    faults: pl.DataFrame

    @property
    def result(self) -> pl.DataFrame:
        """The whole result."""
        return pl.DataFrame({name: self.different[column] for name, column in self.names.items()})


class Batch:
    """The whole rulebook for batches of companies on one day.

    The result has the columns `keep` of the batch unchanged (texts whose bytes are none are left empty and told), one column a support named by its id, and `unusable`: the
    cells of the row that counted as unknown because they could not be used, each with its column, what is wrong and the
    remedy; null where all is well.
    A verdict is one of VERDICTS as an Arrow dictionary (`form="names"`) or its place there as int8 (`form="codes"`, for
    engines that take no dictionaries).

    With `missing` also, where a support is open or near: how many unanswered questions it hangs on (`SUPPORT.missing`),
    and for every question whether anything hangs on it for this company (`missing.QUESTION`). The first finds the
    companies that one telephone call decides; the sum of the second over all companies says which register to ask for.

    Raises TakenNameError where `keep` names a column as one of these is named.
    """

    def __init__(
        self, rulebook: Rulebook, on: date, *, keep: Sequence[str] = (), form: Form = "names", missing: bool = False, column_map: Mapping[str, RememberedColumn] | None = None
    ) -> None:
        self.rulebook, self.on, self.keep, self.form, self.missing, self.column_map = rulebook, on, tuple(keep), form, missing, column_map
        self._plans: dict[tuple[str, ...], Plan] = {}
        if taken := next((name for name in self.keep if name in self.own), None):
            raise TakenNameError(taken)

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_plans": {}}  # formulas are made anew where they are needed

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Decide one batch."""
        schema = self.schema(batch.schema)
        decided = self.decide(batch)
        different = decided.different.to_arrow(compat_level=pl.CompatLevel.oldest())
        types = {decided.names[f.name]: f.type for f in schema if f.name not in self.keep}
        columns = {name: different.column(name).combine_chunks().cast(type_) for name, type_ in types.items()}
        kept = {name: readable(batch.column(name)).values for name in self.keep}
        return pa.RecordBatch.from_arrays([kept[f.name] if f.name in self.keep else columns[decided.names[f.name]] for f in schema], schema=schema)

    def schema(self, of: pa.Schema) -> pa.Schema:
        """The schema of the result for batches of a schema."""
        verdict = pa.int8() if self.form == "codes" else pa.dictionary(pa.uint8(), pa.string(), ordered=True)
        fields = [of.field(name) for name in self.keep]
        fields += [pa.field(id_, verdict, nullable=False) for id_ in self.rulebook.supports]
        if self.missing:
            fields += [pa.field(lacking(id_), pa.int16(), nullable=False) for id_ in self.rulebook.supports]
            fields += [pa.field(hanging(id_), pa.bool_(), nullable=False) for id_ in self.asked]
        return pa.schema([*fields, pa.field(UNUSABLE, pa.list_(pa.struct([(name, pa.string()) for name in ("column", "what", "remedy")])))])

    def decide(self, batch: pa.RecordBatch | pa.Table) -> Decided:
        """The result of one batch, and what could not be used."""
        plan = self.plan(batch.schema.names)
        answers = plan.table.read(batch)
        found = plan.formulas.over(answers.frame, batch.num_rows)
        verdicts = pl.col(plan.verdicts).cast(_VERDICT)
        told = found.with_columns(verdicts.to_physical().cast(pl.Int8) if self.form == "codes" else verdicts, pl.col(plan.counts).cast(pl.Int16))
        kept = {name: readable(column(batch, name)) for name in self.keep}
        faults = _with_broken(answers.faults, kept)
        return Decided(told.with_columns(*(in_polars(c.values).alias(_kept(name)) for name, c in kept.items()), _by_row(faults, batch.num_rows)), plan.names, faults)

    def plan(self, names: Sequence[str]) -> Plan:
        """How tables with these columns are read and decided."""
        key = tuple(names)
        if key not in self._plans:
            self._plans[key] = self._planned(self.table(key))
        return self._plans[key]

    def table(self, names: Sequence[str]) -> AnswerTable:
        """How tables with these columns are read."""
        return AnswerTable(self.rulebook, self.on, names, needed(self.rulebook, self.on), self.column_map)

    @cached_property
    def own(self) -> frozenset[str]:
        """The columns of the result that are no kept ones."""
        told = (*map(lacking, self.rulebook.supports), *map(hanging, self.asked)) if self.missing else ()
        return frozenset((*self.rulebook.supports, *told, UNUSABLE))

    @cached_property
    def asked(self) -> tuple[str, ...]:
        """The questions on which any support depends, in the order of the questionnaire."""
        return tuple(dict.fromkeys(c.split(".")[0] for c in _every(self.rulebook) if c in needed(self.rulebook, self.on)))

    def _planned(self, table: AnswerTable) -> Plan:
        columns = Columns(self.rulebook.questions, self.rulebook.statuses, self.on, table.given)
        verdicts: dict[Word, str] = {}
        counts: dict[Tally, str] = {}
        verdict_of: dict[str, str] = {}
        lacking_of: dict[str, str] = {}
        hangs: dict[str, list[Truth]] = {}
        for support in self.rulebook.supports.values():
            decided = columns.decide(support.eligible_if)
            verdict_of[support.id] = verdicts.setdefault(_verdict(columns, decided), support.id)
            if self.missing:
                open_ = columns.keeping_open(decided)
                lacking_of[lacking(support.id)] = counts.setdefault(columns.count(open_.values()), lacking(support.id))
                for question, truth in open_.items():
                    hangs.setdefault(question, []).append(truth)
        hanging_of = {hanging(question): columns.any(hangs.get(question, ())) for question in (self.asked if self.missing else ())}
        names = {name: _kept(name) for name in self.keep} | verdict_of | lacking_of | {name: name for name in (*hanging_of, UNUSABLE)}
        formulas: dict[str, Truth | Tally | Word] = {name: verdict for verdict, name in verdicts.items()} | {name: count for count, name in counts.items()} | hanging_of
        return Plan(table, Staged(formulas), list(verdicts.values()), list(counts.values()), names)


def _verdict(columns: Columns, decided: Condition) -> Word:
    now, reach = decided.now, decided.reach
    possible = columns.word(_VERDICT, now.certain, Verdict.MATCHED.value, Verdict.OPEN.value)
    return columns.word(_VERDICT, now.possible, possible, columns.word(_VERDICT, reach.possible, Verdict.NEAR.value, Verdict.EXCLUDED.value))


@lru_cache(maxsize=8)
def needed(rulebook: Rulebook, on: date) -> frozenset[str]:
    """The columns of formulas on which any support depends."""
    columns = Columns(rulebook.questions, rulebook.statuses, on, tuple(_every(rulebook)))
    return Staged({s.id: _verdict(columns, columns.decide(s.eligible_if)) for s in rulebook.supports.values()}).reads


def _every(rulebook: Rulebook) -> Iterator[str]:
    """All columns that formulas can read, in the order of the questionnaire."""
    for question in rulebook.questions.values():
        yield from (option_column(question.id, o) for o in question.option) if question.kind == "choices" else (question.id,)


def lacking(support: str) -> str:
    """The column that counts the unanswered questions on which a support hangs."""
    return f"{support}.missing"


def hanging(question: str) -> str:
    """The column that says whether any support hangs on a question."""
    return f"missing.{question}"


def _kept(name: str) -> str:
    """A column that goes along as it is, whatever it is called: no other one of the result is called so."""
    return f"={name}"


class Plan(NamedTuple):
    """How tables with certain columns are read and decided."""

    table: AnswerTable
    formulas: Staged
    verdicts: list[str]  # the different columns of verdicts,
    counts: list[str]  # and of counts
    names: Mapping[str, str]  # each column of the result → the one that it repeats


def _with_broken(faults: pl.DataFrame, kept: Mapping[str, Readable]) -> pl.DataFrame:
    """What could not be used, and what cannot go along: each cell once."""
    broken = [(row, name, *UNREADABLE) for name, carried in kept.items() for row in carried.broken]
    if not broken:
        return faults
    return pl.concat([faults, pl.DataFrame(broken, schema=FAULTS, orient="row")]).unique(["row", "column"], keep="first").sort("row", "column")


def _by_row(faults: pl.DataFrame, rows: int) -> pl.Series:
    """What could not be used, as a list in every row."""
    if faults.is_empty():
        return pl.repeat(None, rows, dtype=_UNUSABLE, eager=True).alias(UNUSABLE)
    listed = faults.group_by("row").agg(pl.struct("column", "what", "remedy").alias(UNUSABLE))
    return pl.DataFrame({"row": pl.int_range(rows, dtype=pl.UInt32, eager=True)}).join(listed, on="row", how="left", maintain_order="left")[UNUSABLE]
