"""A screening as one long table: a row for each client and support. A pivot of it is the matrix, a filter of it the look-up.

As .csv for spreadsheets and as .parquet for programs, with the same columns.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import IO, Any

from eligibility.report.labels import STRENGTHS, VERDICTS
from eligibility.report.overrides import overlaid
from eligibility.report.spreadsheet import write_rows
from eligibility.screening.gaps import gap_words
from eligibility.screening.progress import Progress, followed
from eligibility.screening.screening import Lacks, Screening

COLUMNS = ("序号", "企业", "台账行号", "支持编号", "支持", "力度", "类别", "结论", "结论代码", "要补的条件", "缺的回答", "要问部门的话")
OVERRIDDEN = ("顾问判为", "改判的说明")  # where an advisor decided otherwise; the columns before stay the program's
_NUMBERS = ("序号", "台账行号")
_KINDS = ("change", "answer", "ask")  # of what is lacking, in the order of the last columns
_AT_ONCE = 400  # clients in one part of a .parquet file

Row = tuple[int | str | None, ...]


def columns(screening: Screening) -> tuple[str, ...]:
    """The heads of the table."""
    return COLUMNS + OVERRIDDEN if screening.overridden else COLUMNS


def rows(screening: Screening, progress: Progress | None = None) -> Iterator[Row]:
    """Every cell of the matrix, client by client. Of several things that are lacking one stands in a line."""
    overridden = screening.overridden
    book = screening.rulebook
    supports = [(s.id, s.title, STRENGTHS[s.strength].name, book.kinds[s.kind].name) for s in screening.supports]
    words = {lacks: _words(lacks, screening) for lacks in screening.kinds_of_lack}
    for place, client in followed(enumerate(screening.clients), len(screening.clients), progress):
        lacking = screening.lacking[place]
        decided = _decided(screening, place)
        for column, (verdict, support) in enumerate(zip(screening.row(place), supports, strict=True)):
            told = (place + 1, client.name, client.row, *support, VERDICTS[verdict].name, verdict.value, *words[screening.kinds_of_lack[lacking[column]]])
            yield (*told, *decided.get(support[0], ("", ""))) if overridden else told


def _decided(screening: Screening, place: int) -> dict[str, tuple[str, str]]:
    """By support, what an advisor decided otherwise for one client."""
    overrides = screening.clients[place].overrides
    found = overlaid(screening.assessment(place), overrides) if overrides else ()
    return {s.entry.support.id: (VERDICTS[s.verdict].name, s.text) for s in found if s.override}


def _words(lacks: Lacks, screening: Screening) -> tuple[str, str, str]:
    change, answer, ask = ("\n".join(gap_words(lack, screening.rulebook) for lack in lacks if lack.kind == kind) for kind in _KINDS)
    return change, answer, ask


def write_csv(screening: Screening, target: IO[bytes], progress: Progress | None = None) -> None:
    """The table as a spreadsheet program opens it."""
    write_rows(chain([columns(screening)], rows(screening, progress)), target)


def write_parquet(screening: Screening, target: IO[bytes]) -> None:
    """The table for programs: text as it is."""
    import pyarrow as pa  # type: ignore[import-untyped]  # imported only where a Parquet file is written
    from pyarrow import parquet

    schema = pa.schema([(name, pa.int32() if name in _NUMBERS else pa.string()) for name in columns(screening)])
    with parquet.ParquetWriter(target, schema, compression="zstd") as writer:
        part: list[Row] = []
        for row in rows(screening):
            part.append(row)
            if len(part) == _AT_ONCE * len(screening.supports):
                writer.write_table(_table(pa, schema, part))
                part.clear()
        writer.write_table(_table(pa, schema, part))


def _table(pa: Any, schema: Any, part: list[Row]) -> Any:
    cells = zip(*part, strict=True) if part else [()] * len(schema)
    return pa.table([pa.array(column, field.type) for column, field in zip(cells, schema, strict=True)], schema=schema)
