"""Ledgers as real files, made in the test."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from io import BytesIO, StringIO
from typing import Any

from openpyxl import Workbook

Rows = Sequence[Sequence[Any]]


def xlsx(rows: Rows) -> bytes:
    """A workbook of one sheet."""
    return workbook({"Sheet": rows})


def workbook(sheets: Mapping[str, Rows]) -> bytes:
    """A workbook of these sheets."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def csv_file(rows: Rows, encoding: str) -> bytes:
    """A .csv in an encoding."""
    target = StringIO()
    csv.writer(target).writerows(rows)
    return target.getvalue().encode(encoding)


def parquet_file(rows: Rows) -> bytes:
    """A Parquet file; the first row names the columns."""
    import pyarrow as pa
    from pyarrow import parquet

    header, *body = rows
    target = BytesIO()
    parquet.write_table(pa.table({name: [row[n] for row in body] for n, name in enumerate(header)}), target)
    return target.getvalue()
