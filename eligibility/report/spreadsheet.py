"""Rows for a spreadsheet program: nothing in them runs, and as .csv it knows their encoding."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import BytesIO, TextIOWrapper
from typing import IO

# A spreadsheet may run what begins like this, also after a detour through CSV; full-width signs count in Chinese and Japanese versions.
_RUNNABLE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

Row = Iterable[object]  # texts, numbers and nothing


def inert(text: str) -> str:
    """The same text, with an apostrophe before what a spreadsheet might run."""
    return f"'{text}" if text.startswith(_RUNNABLE) else text


def write_rows(rows: Iterable[Row], target: IO[bytes]) -> None:
    """The rows as .csv in UTF-8 with its mark, written as they come."""
    text = TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=True)
    csv.writer(text).writerows([inert(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    text.detach()


def csv_bytes(rows: Iterable[Row]) -> bytes:
    """The same as the content of a file."""
    target = BytesIO()
    write_rows(rows, target)
    return target.getvalue()
