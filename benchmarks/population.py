"""A province that does not exist: companies with every question answered or not, written as a table row group by row group.

`python -m benchmarks.population 5000000 -o province.parquet`; the same seed gives the same companies.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import chain
from pathlib import Path

import click
import numpy as np
import pyarrow as pa
from pyarrow import csv, parquet

from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import load
from eligibility.rulebook.models import Question

DAY = date(2026, 11, 22)
AT_ONCE = 250_000
UNKNOWN = (0.02, 0.1, 0.3, 0.6, 0.9)  # shares of companies that leave a question open; by the question's place


def province(rulebook: Rulebook, companies: int, *, texts: bool = False, seed: int = 7) -> Iterator[pa.RecordBatch]:
    """The companies, some at a time, with a code and a name each. `texts`: choices as the words of the options, several in one cell."""
    random = np.random.default_rng(seed)
    for first in range(0, companies, AT_ONCE):
        rows = min(AT_ONCE, companies - first)
        numbers = np.arange(first, first + rows)
        columns: dict[str, pa.Array] = {}
        for place, question in enumerate(rulebook.questions.values()):
            unknown = random.random(rows) < UNKNOWN[place % len(UNKNOWN)]
            columns |= _answers(question, numbers, unknown, random, texts)
        yield pa.RecordBatch.from_pydict(columns)


def _answers(question: Question, numbers: np.ndarray, unknown: np.ndarray, random: np.random.Generator, texts: bool) -> dict[str, pa.Array]:
    rows, options = len(numbers), question.options
    names = [o.name if texts else o.id for o in options]
    match question.kind:
        case "choice":
            often = 1 / np.arange(1, len(options) + 1)  # some options are much commoner than others
            codes = random.choice(len(options), rows, p=often / often.sum()).astype(np.int8 if len(options) < 128 else np.int32)
            return {question.id: pa.DictionaryArray.from_arrays(pa.array(codes, mask=unknown), names)}
        case "choices" if texts:
            held = random.random((rows, len(options))) < 0.08
            words, places = np.unique(held, axis=0, return_inverse=True)
            cells = ["、".join(n for n, h in zip(names, row, strict=True) if h) or question.none_label or "无" for row in words]
            return {question.id: pa.DictionaryArray.from_arrays(pa.array(places.reshape(-1).astype(np.int32), mask=unknown), cells)}
        case "choices":
            unsure = 0.05  # of single options, where the rest is known
            return {f"{question.id}.{o.id}": pa.array(random.random(rows) < 0.08, mask=unknown | (random.random(rows) < unsure)) for o in options}
        case "yes_no":
            return {question.id: pa.array(random.random(rows) < 0.3, mask=unknown)}
        case "number":
            figures = np.exp(random.normal(5, 2.5, rows)).clip(0, question.max)  # most are small, a few are huge
            figures = np.where(random.random(rows) < 0.15, 0, np.floor(figures) if question.whole else figures.round(2))
            return {question.id: pa.array(figures, pa.float64(), mask=unknown)}
        case "date":
            days = np.datetime64(DAY) - (random.exponential(3000, rows).astype(int) % 15_000)
            return {question.id: pa.array(days, pa.date32(), mask=unknown)}
        case "text":
            return {question.id: pa.array([f"91{question.max_length:04}{n:012}" if question.identifier else f"辽宁第{n}号科技有限公司" for n in numbers.tolist()])}
    return {}


def write_province(rulebook: Rulebook, companies: int, target: Path, *, texts: bool = False) -> None:
    """The companies as .parquet or .csv."""
    batches = province(rulebook, companies, texts=texts)
    first = next(batches)
    plain = pa.schema([(f.name, pa.string() if pa.types.is_dictionary(f.type) else f.type) for f in first.schema])
    schema = first.schema if target.suffix == ".parquet" and not texts else plain
    with parquet.ParquetWriter(target, schema, compression="zstd") if target.suffix == ".parquet" else csv.CSVWriter(target, schema) as writer:
        for batch in chain([first], batches):
            writer.write_batch(batch.cast(schema))


@click.command()
@click.argument("companies", type=int)
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True)
@click.option("--texts", is_flag=True, help="choices as words")
def main(companies: int, output: Path, texts: bool) -> None:
    """Write a province."""
    write_province(load(), companies, output, texts=texts)


if __name__ == "__main__":
    main()
