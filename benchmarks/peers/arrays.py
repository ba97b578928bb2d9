"""Hand-written NumPy: the code that a careful engineer would write, written by a generator from the same expressions.

Equal parts are worked out once. Answers are small integers and masks in which "not known" is a value of its own, so that
both bounds need no extra guard: 0 for a choice, no options (or all, where the company may have chosen any) for several
choices, NaN for a number. Batches are decided on all cores, since NumPy lets go of the interpreter lock.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.peers.companies import CHUNK as PART
from benchmarks.peers.companies import UNSURE
from benchmarks.peers.conditions import Way, Writer, read_by
from benchmarks.peers.peer import ROW, Bounds, TablePeer
from benchmarks.peers.text import SIGNS
from eligibility.logic.expressions import OPPOSITE
from eligibility.rulebook.book import Rulebook

BATCH = 65_536  # rows worked on at a time: what lies in the processor's cache
ALL = np.uint32(0xFFFF_FFFF)
Columns = Mapping[str, np.ndarray]


class NumPyWriter(Writer[str]):
    """Says a condition as the name of a variable; `lines` are the statements before it."""

    def __init__(self, rulebook: Rulebook, way: Way, lines: dict[str, str]) -> None:
        super().__init__(rulebook, way)
        self.lines = lines  # right-hand side → variable

    def _let(self, text: str) -> str:
        return self.lines.setdefault(text, f"t{len(self.lines)}")

    def every(self, parts: Sequence[str]) -> str:
        return self._let(" & ".join(parts))

    def some(self, parts: Sequence[str]) -> str:
        return self._let(" | ".join(parts))

    def constant(self, value: bool) -> str:
        return str(value)

    def named(self, status: str) -> str:
        return self.statuses[status]

    def known(self, question: str) -> str:
        return self._let(f"{question} != 0")

    def unknown(self, question: str) -> str:
        return self._let(f"{question} == 0")

    def is_true(self, question: str, value: bool) -> str:
        return self._let(f"{question} != {2 - value}" if self.way == Way.POSSIBLE else f"{question} == {1 + value}")

    def chosen(self, question: str, options: Sequence[str]) -> str:
        all_options = list(self.rulebook.questions[question].option)
        others = [all_options.index(o) + 1 for o in all_options if o not in options]
        if len(others) < len(options):
            return self.every([self._let(f"{question} != {code}") for code in (0, *others)])
        tests = [self._let(f"{question} == {all_options.index(o) + 1}") for o in options]
        return tests[0] if len(tests) == 1 else self.some(tests)

    def overlaps(self, question: str, options: Sequence[str], absent: bool, maybe: bool) -> str:
        all_options = list(self.rulebook.questions[question].option)
        mask = sum(1 << all_options.index(o) for o in options)
        return self._let(f"({question}{'_maybe' if maybe else ''} & {mask}) {'==' if absent else '!='} 0")

    def compares(self, question: str, relation: str, bound: float) -> str:
        if self.way == Way.POSSIBLE:  # of NaN every comparison is false
            return self._let(f"~({question} {SIGNS[OPPOSITE[relation]]} {bound!r})")
        return self._let(f"{question} {SIGNS[relation]} {bound!r}")

    def _guarded(self, question: str, test: str) -> str:
        if self.way == Way.POSSIBLE and self.rulebook.questions[question].kind == "choice":
            return self.some([self.unknown(question), test])
        return test  # every other "not known" answers for itself

    def _known_row(self, question: str, rows: list[str]) -> str:
        return self._joined(rows, every=False)


class NumPy(TablePeer):
    name = "NumPy, as by hand"
    package = "numpy"
    note = "Generated code in which every equal part is worked out once; the answers come as codes and masks; all cores."

    def __init__(self, rulebook: Rulebook, bounds: Bounds) -> None:
        super().__init__(rulebook, bounds)
        self.run = compiled(rulebook, bounds, self.conditions)

    def load(self, table: pa.Table) -> list[Columns]:
        return [coded(self.rulebook, batch) for batch in table.to_batches(max_chunksize=BATCH)]

    def decide(self, columns: list[Columns]) -> list[np.ndarray]:
        return list(in_order(self.run, iter(columns)))

    def truths(self, decided: list[np.ndarray]) -> np.ndarray:
        return np.concatenate(decided, axis=1)

    def convert(self, source: Path, target: Path) -> None:
        write_parts(source, target, lambda batch: self._decided(batch), self.place)

    def _decided(self, batch: pa.RecordBatch) -> np.ndarray:
        columns = coded(self.rulebook, batch)
        return np.concatenate([self.run({name: c[at : at + BATCH] for name, c in columns.items()}) for at in range(0, batch.num_rows, BATCH)], axis=1)


def compiled(rulebook: Rulebook, bounds: Bounds, conditions: Sequence[Any]) -> Callable[[Columns], np.ndarray]:
    """A function from columns to truths, a row a condition."""
    lines: dict[str, str] = {}
    ways = (Way.PLAIN,) if bounds == Bounds.ONE else (Way.CERTAIN, Way.POSSIBLE)
    said = [[NumPyWriter.write(w, c) for c in conditions] for w in (NumPyWriter(rulebook, way, lines) for way in ways)]
    source = ["def run(columns, count, np):", f"    found = np.empty(({len(conditions)}, count), np.uint8)"]
    source += [f"    {name} = columns[{name!r}]" for name in column_names(rulebook)]
    source += [f"    {variable} = {text}" for text, variable in lines.items()]
    if bounds == Bounds.ONE:
        source += [f"    np.multiply({text}, 2, out=found[{i}], dtype=np.uint8)" for i, text in enumerate(said[0])]
    else:
        source += [f"    np.add({low}, {high}, out=found[{i}], dtype=np.uint8)" for i, (low, high) in enumerate(zip(*said, strict=True))]
    names: dict[str, Any] = {}
    exec("\n".join([*source, "    return found"]), names)

    def run(columns: Columns) -> np.ndarray:
        found: np.ndarray = names["run"](columns, len(next(iter(columns.values()))), np)
        return found

    return run


def column_names(rulebook: Rulebook) -> list[str]:
    """The columns that the generated code reads."""
    return [name for q in read_by(rulebook) for name in ((q.id, f"{q.id}_maybe") if q.kind == "choices" else (q.id,))]


def coded(rulebook: Rulebook, batch: pa.RecordBatch | pa.Table) -> Columns:
    """A batch as arrays in which "not known" is a value."""
    found: dict[str, np.ndarray] = {}
    for question in read_by(rulebook):
        column = batch[question.id]
        match question.kind:
            case "choice":
                found[question.id] = column.fill_null(0).to_numpy(zero_copy_only=False)
            case "yes_no":
                found[question.id] = column.cast(pa.uint8()).to_numpy(zero_copy_only=False) + np.uint8(1) if column.null_count == 0 else _yes_no(column)
            case "number":
                found[question.id] = column.to_numpy(zero_copy_only=False)  # null becomes NaN
            case "choices":
                sure = column.fill_null(0).to_numpy(zero_copy_only=False)
                found[question.id] = sure
                unsure = batch[question.id + UNSURE].fill_null(int(ALL)).to_numpy(zero_copy_only=False)
                found[f"{question.id}_maybe"] = sure | unsure
    return found


def _yes_no(column: pa.Array) -> np.ndarray:
    known = column.is_valid().to_numpy(zero_copy_only=False)
    return known.astype(np.uint8) + column.fill_null(False).to_numpy(zero_copy_only=False)


def in_order(work: Callable[[Any], Any], batches: Iterator[Any]) -> Iterator[Any]:
    """The work on all batches, a few at a time, in their order."""
    cores = os.cpu_count() or 1
    waiting: deque[Future[Any]] = deque()
    with ThreadPoolExecutor(cores) as pool:
        for batch in batches:
            waiting.append(pool.submit(work, batch))
            if len(waiting) > cores:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def write_parts(source: Path, target: Path, decide: Callable[[pa.RecordBatch], np.ndarray], place: Mapping[str, int]) -> None:
    """Decide a Parquet file into a folder of parts, a column a support; each part is decided and written on a core of its own."""
    target.mkdir()

    def part(numbered: tuple[int, pa.RecordBatch]) -> None:
        number, batch = numbered
        arrays = [pa.array(row) for row in decide(batch)]
        rows = pa.array(np.arange(number * PART, number * PART + batch.num_rows))
        pq.write_table(pa.table({ROW: rows} | {support: arrays[at] for support, at in place.items()}), target / f"{number:05}.parquet")

    deque(in_order(part, enumerate(pq.ParquetFile(source).iter_batches(PART))), maxlen=0)
