"""Random companies, as one table for everybody. The same at every run.

A choice is the number of its option, from 1; several choices are a mask of options, with a second one for those the
company is not sure of; what is not known is null.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.peers.conditions import compared, distinct, read_by
from eligibility.logic.answers import Answer, Choices
from eligibility.logic.expressions import Compare, walk
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.models import Question

CHUNK = 131_072
UNSURE = "_unsure"  # the column of what a company is not sure of


def companies(rulebook: Rulebook, count: int, missing: float, seed: int = 20261122) -> Iterator[pa.Table]:
    """So many companies in chunks; each answer is missing with the probability `missing`."""
    for start in range(0, count, CHUNK):
        yield _chunk(rulebook, min(CHUNK, count - start), missing, np.random.default_rng([seed, start]))


def write_companies(rulebook: Rulebook, count: int, missing: float, target: Path, *, named: bool = False) -> None:
    """The companies as a Parquet file; `named` as their owners deliver them."""
    writer = None
    for chunk in companies(rulebook, count, missing):
        if named:
            chunk = delivered(rulebook, chunk)
        writer = writer or pq.ParquetWriter(target, chunk.schema)
        writer.write_table(chunk)
    assert writer is not None
    writer.close()


def delivered(rulebook: Rulebook, table: pa.Table) -> pa.Table:
    """The same companies with choices by name and a column of yes and no for each of several choices (null: not sure)."""
    columns: dict[str, pa.Array] = {}
    for question in read_by(rulebook):
        column, options = table[question.id].combine_chunks(), list(question.option)
        if question.kind == "choice":
            columns[question.id] = pa.DictionaryArray.from_arrays(pc.subtract(column.cast(pa.int32()), 1), pa.array([o.name for o in question.options]))
        elif question.kind == "choices":
            unsure = table[question.id + UNSURE].combine_chunks()
            for i, option in enumerate(options):
                bit = pa.scalar(1 << i, pa.uint32())
                doubtful = pc.not_equal(pc.bit_wise_and(unsure, bit), 0)
                columns[f"{question.id}.{option}"] = pc.if_else(doubtful, None, pc.not_equal(pc.bit_wise_and(column, bit), 0))
        else:
            columns[question.id] = column
    return pa.table(columns)


def answers(rulebook: Rulebook, table: pa.Table) -> list[dict[str, Answer]]:
    """The rows of a table as answers, in the form that this program decides."""
    found: list[dict[str, Answer]] = [{} for _ in range(table.num_rows)]
    for question in read_by(rulebook):
        options = list(question.option)
        unsure = table[question.id + UNSURE].to_pylist() if question.kind == "choices" else [0] * table.num_rows
        for row, value, doubt in zip(found, table[question.id].to_pylist(), unsure, strict=True):
            if value is None:
                continue
            match question.kind:
                case "choice":
                    row[question.id] = options[value - 1]
                case "choices":
                    row[question.id] = Choices(_among(options, value), _among(options, doubt))
                case _:
                    row[question.id] = value
    return found


def _among(options: list[str], mask: int) -> frozenset[str]:
    return frozenset(o for i, o in enumerate(options) if mask >> i & 1)


def _chunk(rulebook: Rulebook, count: int, missing: float, rng: np.random.Generator) -> pa.Table:
    columns: dict[str, pa.Array] = {}
    edges = _edges(rulebook)
    for question in read_by(rulebook):
        absent = rng.random(count) < missing
        match question.kind:
            case "choice":
                values = rng.integers(1, len(question.options) + 1, count, dtype=np.uint8)
                if question.id in ("entity", "city"):
                    values = np.where(rng.random(count) < 0.7, np.uint8(1), values)  # most are companies, many in the first city: else nearly all is refused
                columns[question.id] = pa.array(values, mask=absent)
            case "choices":
                masks = _masks(question, count, 0.2, rng)
                doubts = _masks(question, count, 0.05, rng) & ~masks if missing else np.zeros(count, np.uint32)
                columns[question.id] = pa.array(masks, mask=absent)
                columns[question.id + UNSURE] = pa.array(doubts, mask=absent)
            case "yes_no":
                columns[question.id] = pa.array(rng.random(count) < 0.5, mask=absent)
            case "number":
                columns[question.id] = pa.array(rng.choice(edges[question.id], count), mask=absent)
            case other:
                raise NotImplementedError(f"a support reads {question.id}, a question of the kind {other}")
    return pa.table(columns)


def _masks(question: Question, count: int, share: float, rng: np.random.Generator) -> np.ndarray:
    masks = np.zeros(count, np.uint32)
    for i in range(len(question.options)):
        masks |= (rng.random(count) < share).astype(np.uint32) << i
    return masks


def _edges(rulebook: Rulebook) -> dict[str, list[float]]:
    """For every number question the figures on, just below and just above each bound that a rule compares with."""
    found: dict[str, set[float]] = {q.id: {0.0, 7.0, 100.0} for q in read_by(rulebook) if q.kind == "number"}
    for expression in (*distinct(rulebook), *(s.holds_if for s in rulebook.statuses.values())):
        for part in walk(expression):
            if isinstance(part, Compare) and compared(part) in found:
                found[compared(part)] |= {part.bound - 1, part.bound, part.bound + 1}
    questions = rulebook.questions
    return {id_: sorted(v for v in values if questions[id_].min <= v <= (questions[id_].max or v)) for id_, values in found.items()}
