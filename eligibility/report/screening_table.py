"""A screening as one long table: a row for each client and support. A pivot of it is the matrix, a filter of it the look-up.

As .csv for spreadsheets (UTF-8 with its mark, and nothing in it runs) and as .parquet for programs, with the same columns.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import TextIOWrapper
from typing import IO, Any

from eligibility.report.labels import STRENGTHS, VERDICTS
from eligibility.report.workbook import inert
from eligibility.screening.gaps import gap_words
from eligibility.screening.progress import Progress, followed
from eligibility.screening.screening import Lacks, Screening

COLUMNS = ("序号", "企业", "台账行号", "支持编号", "支持", "力度", "类别", "结论", "结论代码", "要补的条件", "缺的回答", "要问部门的话")
_NUMBERS = ("序号", "台账行号")
_KINDS = ("change", "answer", "ask")  # of what is lacking, in the order of the last columns
_AT_ONCE = 400  # clients in one part of a .parquet file

Row = tuple[int, str, int | None, str, str, str, str, str, str, str, str, str]


def rows(screening: Screening, progress: Progress | None = None) -> Iterator[Row]:
    """Every cell of the matrix, client by client. Of several things that are lacking one stands in a line."""
    book = screening.rulebook
    supports = [(s.id, s.title, STRENGTHS[s.strength].name, book.kinds[s.kind].name) for s in screening.supports]
    words = {lacks: _words(lacks, screening) for lacks in screening.kinds_of_lack}
    for place, client in followed(enumerate(screening.clients), len(screening.clients), progress):
        lacking = screening.lacking[place]
        for column, (verdict, support) in enumerate(zip(screening.row(place), supports, strict=True)):
            yield (place + 1, client.name, client.row, *support, VERDICTS[verdict].name, verdict.value, *words[screening.kinds_of_lack[lacking[column]]])


def _words(lacks: Lacks, screening: Screening) -> tuple[str, str, str]:
    change, answer, ask = ("\n".join(gap_words(lack, screening.rulebook) for lack in lacks if lack.kind == kind) for kind in _KINDS)
    return change, answer, ask


def write_csv(screening: Screening, target: IO[bytes], progress: Progress | None = None) -> None:
    """The table as a spreadsheet program opens it."""
    text = TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([inert(cell) if isinstance(cell, str) else cell for cell in row] for row in rows(screening, progress))
    text.detach()


def write_parquet(screening: Screening, target: IO[bytes], progress: Progress | None = None) -> None:
    """The table for programs: text as it is."""
    import pyarrow as pa  # type: ignore[import-untyped]  # imported only where a Parquet file is written
    from pyarrow import parquet

    schema = pa.schema([(name, pa.int32() if name in _NUMBERS else pa.string()) for name in COLUMNS])
    with parquet.ParquetWriter(target, schema, compression="zstd") as writer:
        part: list[Row] = []
        for row in rows(screening, progress):
            part.append(row)
            if len(part) == _AT_ONCE * len(screening.supports):
                writer.write_table(_table(pa, schema, part))
                part.clear()
        writer.write_table(_table(pa, schema, part))


def _table(pa: Any, schema: Any, part: list[Row]) -> Any:
    columns = zip(*part, strict=True) if part else [()] * len(COLUMNS)
    return pa.table([pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema=schema)
