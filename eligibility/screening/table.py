"""A province in a file → verdicts in a folder of Parquet parts, in memory that does not grow with it.

The result is a folder that every engine reads as one table: `part-00000.parquet`, …, each PART_ROWS rows of the input in
their order. A part appears under its name only when it is whole, and says what it was made from. So a run that was cut
off goes on where whole parts are lacking, and parts of other rules, another day or another input are never mixed in.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
from pyarrow import parquet

from eligibility.parquet.repeated import write_repeated
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.models import Question
from eligibility.screening.answers import AnswerTable
from eligibility.screening.batch import UNUSABLE, VERDICTS, Batch, Decided, TakenNameError, needed
from eligibility.screening.headers import Column, RememberedColumn
from eligibility.screening.sources import ROW, Source

PART_ROWS = 250_000
FORMAT = 4  # of the result; parts of another format are another run's
_TOLD = 10_000  # rows left out of which is told why; of a table with more, its maker has to be asked
_AT_ONCE = 2  # parts; polars uses every core for each of them, so more would only need more memory
_FACTS = b"eligibility"  # under this key a part says what it was made from

Progress = Callable[[int, float], None]
"""Told how many companies have been decided, and how much of the table that is. Raising in it stops the work."""

_DIFFERENT = {"rulebook": "规则库", "on": "判断日期", "input": "输入的表", "keep": "照抄的列", "columns": "列对照", "missing": "--missing ", "part_rows": "每份的行数", "format": "结果的格式"}


class OtherRunError(Exception):
    """The folder of the result cannot be used; the message says why and what to do."""


class LeftOut(NamedTuple):
    """Rows that could not be read: how many, and of the first of them the number and why."""

    rows: int
    told: tuple[tuple[int, str], ...]

    def __add__(self, other: LeftOut) -> LeftOut:  # type: ignore[override]
        return LeftOut(self.rows + other.rows, (self.told + other.told)[:_TOLD])


class Totals(NamedTuple):
    """What a run, or a part of it, came to."""

    companies: int
    unusable: int  # cells that counted as unknown
    left_out: LeftOut
    verdicts: Mapping[str, tuple[int, ...]]  # by support, how many companies have each verdict

    def __add__(self, other: Totals) -> Totals:  # type: ignore[override]
        both = {s: tuple(a + b for a, b in zip(n, other.verdicts.get(s, (0,) * len(n)), strict=True)) for s, n in self.verdicts.items()}
        return Totals(self.companies + other.companies, self.unusable + other.unusable, self.left_out + other.left_out, {**other.verdicts, **both})


_NONE = LeftOut(0, ())
NOTHING = Totals(0, 0, _NONE, {})


@dataclass(frozen=True)
class TableRun:
    """One table to be decided into one folder."""

    rulebook: Rulebook
    on: date
    source: Source
    target: Path
    keep: tuple[str, ...] = ()
    missing: bool = False
    column_map: Mapping[str, RememberedColumn] | None = None
    part_rows: int = PART_ROWS

    @cached_property
    def batch(self) -> Batch:
        """The batch function: the same that every engine runs. Raises TakenNameError."""
        if ROW in (*self._table.read_names, *self.kept):
            raise TakenNameError(ROW)
        return Batch(self.rulebook, self.on, keep=(ROW, *self.kept), missing=self.missing, column_map=self.column_map)

    @cached_property
    def kept(self) -> tuple[str, ...]:
        """Columns that stand in the result as they are: what a company is called, and what was asked for."""
        return tuple(dict.fromkeys([*self._table.called, *self.keep]))

    @property
    def columns(self) -> tuple[Column, ...]:
        """What each column of the table is about."""
        return self._table.columns

    @cached_property
    def unasked(self) -> tuple[Question, ...]:
        """The questions on which supports depend and of which the table says nothing."""
        told = {s.question.id for s in self._table.sources}
        return tuple(self.rulebook.questions[q] for q in dict.fromkeys(c.split(".")[0] for c in sorted(needed(self.rulebook, self.on))) if q not in told)

    @cached_property
    def _table(self) -> AnswerTable:
        return Batch(self.rulebook, self.on, column_map=self.column_map).table(self.source.schema.names)

    def run(self, progress: Progress | None = None) -> Totals:
        """Decide whatever is not decided yet. What is done is kept, however this ends. Raises OtherRunError, TakenNameError."""
        batch = self.batch
        done = self.parts()
        told = sum((t.companies for t in done.values()), 0)
        start = next(n for n in range(len(done) + 1) if n not in done)
        self.target.mkdir(parents=True, exist_ok=True)
        for rest in self.target.glob(".part-*"):
            rest.unlink()
        if progress is not None:
            progress(told, told / self.source.rows if self.source.rows else 0.0)
        waiting: deque[tuple[int, float, Future[Totals]]] = deque()

        def finish_one() -> None:
            nonlocal told
            number, share, part = waiting.popleft()
            done[number] = part.result()
            told += done[number].companies
            if progress is not None:
                progress(told, told / self.source.rows if self.source.rows else share)

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            try:
                for number, rows, left_out in self._pieces(start):
                    if number in done:
                        continue
                    if len(waiting) == _AT_ONCE:
                        finish_one()
                    waiting.append((number, self.source.share, pool.submit(self._write, batch, number, rows, left_out)))
                while waiting:
                    finish_one()
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
        return sum((done[n] for n in sorted(done)), NOTHING) if done else NOTHING._replace(left_out=self._left_out())

    def parts(self) -> dict[int, Totals]:
        """The whole parts that are there. Raises OtherRunError if something else is."""
        if self.target.exists() and not self.target.is_dir():
            raise OtherRunError(f"{self.target} 已经是一个文件，没有动它。大表的结果是一个文件夹，请换一个 -o。")
        found: dict[int, Totals] = {}
        for path in sorted(self.target.glob("*")) if self.target.exists() else ():
            if path.name.startswith((".", "_")):
                continue
            facts = _facts(path)
            if facts is None:
                raise OtherRunError(f"{self.target} 里已经有别的文件（{path.name}），没有动它。请换一个 -o。")
            if other := [what for key, what in _DIFFERENT.items() if facts["made_from"].get(key) != self._made_from[key]]:
                raise OtherRunError(f"{self.target} 里是另一次判断的结果（{'、'.join(other)}不同），没有动它。请换一个 -o，或者先删掉这个文件夹。")
            if path.name != _part_name(facts["part"]):  # a copy, as programs make that keep folders alike: its companies would count twice
                raise OtherRunError(f"{self.target} 里的 {path.name} 是 {_part_name(facts['part'])} 的副本，或者改过名，没有动它。请删掉它，或者改回原名，再运行同一条命令。")
            left_out = LeftOut(facts["left_out"]["rows"], tuple((n, sys.intern(why)) for n, why in facts["left_out"]["told"]))
            found[facts["part"]] = Totals(facts["companies"], facts["unusable"], left_out, {s: tuple(v) for s, v in facts["verdicts"].items()})
        return found

    @cached_property
    def _made_from(self) -> dict[str, Any]:
        """What the result depends on."""
        remembered = {h: c.model_dump(mode="json") for h, c in (self.column_map or {}).items()}
        columns = hashlib.sha256(json.dumps(remembered, sort_keys=True).encode()).hexdigest()[:16]
        return {
            "rulebook": self.rulebook.fingerprint,
            "on": self.on.isoformat(),
            "input": self.source.fingerprint(),
            "keep": list(self.kept),
            "columns": columns,
            "missing": self.missing,
            "part_rows": self.part_rows,
            "format": FORMAT,
        }

    def _pieces(self, start: int) -> Iterator[tuple[int, pa.Table, LeftOut]]:
        """The table in parts, from the part `start` on, each with the rows left out up to its end."""
        wanted = list(dict.fromkeys([*self._table.read_names, *self.kept]))
        number, held, left_out = start, None, _NONE
        for batch in self.source.read(wanted, self._table.word_names, start * self.part_rows):
            new = pa.Table.from_batches([batch])
            held = new if held is None else pa.concat_tables([held, new])
            while held.num_rows >= self.part_rows:
                part, held = held.slice(0, self.part_rows), held.slice(self.part_rows)
                yield number, part, left_out + self._left_out(part.column(ROW)[-1].as_py())
                number, left_out = number + 1, _NONE
            left_out += self._left_out()
        if held is not None:
            left_out += self._left_out()
            if held.num_rows or left_out.rows:
                yield number, held, left_out

    def _left_out(self, before: int | None = None) -> LeftOut:
        """The rows left out so far, or those of them before a row; they are taken out of the source."""
        rows = self.source.left_out
        end = len(rows) if before is None else bisect_left(rows, before, key=itemgetter(0))
        taken = LeftOut(end, tuple(rows[: min(end, _TOLD)]))
        del rows[:end]
        return taken

    def _write(self, batch: Batch, number: int, rows: pa.Table, left_out: LeftOut) -> Totals:
        """Decide one part and write it. It gets its name when it is whole and on disk."""
        decided = batch.decide(rows)
        totals = Totals(rows.num_rows, decided.faults.height, left_out, _counted(decided, self.rulebook))
        facts = {"part": number, "made_from": self._made_from, "rulebook": self.rulebook.version, **totals._asdict(), "left_out": left_out._asdict()}
        path, unfinished = self.target / _part_name(number), self.target / f".part-{number:05}"
        with unfinished.open("wb") as file:
            write_repeated(file, decided.different, decided.names, {_FACTS.decode(): json.dumps(facts, ensure_ascii=False)})
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
        return totals


def _part_name(number: int) -> str:
    return f"part-{number:05}.parquet"


def _facts(path: Path) -> dict[str, Any] | None:
    """What a part says of itself; None if it is none of ours."""
    try:
        told = (parquet.read_metadata(path).metadata or {}).get(_FACTS)
        return None if told is None else json.loads(told)
    except (OSError, ValueError, pa.ArrowException):
        return None


def _counted(decided: Decided, rulebook: Rulebook) -> dict[str, tuple[int, ...]]:
    """How many companies have each verdict, by support."""
    verdicts = list(dict.fromkeys(decided.names[s] for s in rulebook.supports))
    counted = iter(decided.different.select((pl.col(v).to_physical() == code).sum().alias(f"{v}.{code}") for v in verdicts for code in range(len(VERDICTS))).row(0))
    numbers = {v: tuple(next(counted) for _ in VERDICTS) for v in verdicts}
    return {s: numbers[decided.names[s]] for s in rulebook.supports}


def unusable(target: Path) -> Iterator[tuple[int, str, str, str]]:
    """The cells of a result that counted as unknown: row, column, what is wrong, what to do."""
    for path in sorted(target.glob("part-*.parquet")):
        cells = pl.scan_parquet(path).select(ROW, UNUSABLE).drop_nulls(UNUSABLE).explode(UNUSABLE).unnest(UNUSABLE).collect()
        yield from cells.iter_rows()
