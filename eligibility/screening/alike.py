"""One column that has another type in every file: the type that they have in common, and the cells as that.

A city without a single figure delivers a column of nothing, one with whole figures a column of integers, the next one
floats, the last one texts. Each file means together with the others what it means alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]
from pyarrow import types

from eligibility.screening.sheets import as_cell


def common_type(found: Sequence[pa.DataType]) -> pa.DataType:
    """The type for a column of these: one of their own kind where it holds all of them, else text."""
    some = [t for t in found if not types.is_null(t)]
    if len(set(some)) < 2:
        return some[0] if some else pa.null()
    if all(types.is_integer(t) for t in some):
        return pa.int64()
    if all(types.is_integer(t) or types.is_floating(t) for t in some):
        return pa.float64()
    if all(types.is_date(t) or (types.is_timestamp(t) and t.tz is None) for t in some):
        return pa.timestamp("us")
    return pa.string()


def as_type(cells: pa.Array, type_: pa.DataType) -> pa.Array:
    """The cells as the common type of their column. Raises ArrowInvalid where a number or a time is not to be had in it exactly."""
    if types.is_null(cells.type):
        return pa.nulls(len(cells), type_)
    if types.is_dictionary(cells.type) and cells.type != type_:
        cells = cells.dictionary_decode()
    if not types.is_string(type_) or types.is_string(cells.type) or types.is_large_string(cells.type) or types.is_string_view(cells.type):
        return cells.cast(type_)
    return pa.array([_written(v) for v in cells.to_pylist()], type_)


def _written(value: Any) -> str | None:
    """A value as the text that the reader of cells takes for the same."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return f"{Decimal(value):f}"  # to the last digit, however long
    if isinstance(value, datetime) and value.time() != time():
        return value.isoformat(" ")  # not a day alone, so it is kept whole, and told where a day is asked for
    match as_cell(value):
        case None:
            return None
        case float() as figure:
            return f"{Decimal(repr(figure)):f}".removesuffix(".0")
        case date() as day:
            return day.isoformat()
        case cell:
            return str(cell)
