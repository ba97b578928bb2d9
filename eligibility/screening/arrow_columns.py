"""Columns as other programs hand them over → columns that can be read here: whole, decoded, and without texts that are none."""

from __future__ import annotations

from typing import Any, NamedTuple

import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
from pyarrow import compute


class Readable(NamedTuple):
    """A column, and the rows of texts whose bytes are none: empty here."""

    values: pa.Array
    broken: tuple[int, ...] = ()


def column(batch: pa.RecordBatch | pa.Table, name: str) -> pa.Array:
    """One column in one piece, without runs."""
    found = batch.column(name)
    found = found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found
    return compute.run_end_decode(found) if pa.types.is_run_end_encoded(found.type) else found


def series(values: pa.Array) -> pl.Series:
    """The column in Polars."""
    return pl.Series(pl.from_arrow(values))


def in_polars(values: pa.Array) -> pl.Series:
    """The same where Polars may lack the type: it has no decimals of more than 38 digits, which go along as texts."""
    return series(values.cast(pa.string()) if pa.types.is_decimal256(values.type) else values)


def are_texts(kind: pa.DataType) -> bool:
    """Whether a column of this type holds texts, one by one."""
    return any(is_a(kind) for is_a in (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view))


def are_words(kind: pa.DataType) -> bool:
    """Whether a column of this type holds texts, in whatever form."""
    return are_texts(kind.value_type if pa.types.is_dictionary(kind) else kind)


def is_sound(values: pa.Array) -> bool:
    """Whether all texts of a column are texts."""
    try:
        values.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def readable(values: pa.Array) -> Readable:
    """A column without texts that are none."""
    if not are_words(values.type) or is_sound(values):
        return Readable(values)
    cells = [_text(value) for value in values]
    broken = tuple(n for n, (text, value) in enumerate(zip(cells, values, strict=True)) if text is None and value.is_valid)
    return Readable(pa.array(cells, values.type), broken)


def _text(value: Any) -> str | None:
    try:
        return value.as_py()  # type: ignore[no-any-return]
    except UnicodeDecodeError:
        return None
