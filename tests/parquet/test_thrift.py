"""Bytes to values and back."""

from __future__ import annotations

import io
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from eligibility.parquet.thrift import Items, Pairs, Struct, Type, read_struct, written

whole = {Type.I8: st.integers(0, 255), Type.I16: st.integers(-(2**15), 2**15 - 1), Type.I32: st.integers(-(2**31), 2**31 - 1), Type.I64: st.integers(-(2**63), 2**63 - 1)}
plain: dict[int, st.SearchStrategy[Any]] = {**whole, Type.DOUBLE: st.binary(min_size=8, max_size=8), Type.BINARY: st.binary(max_size=200)}


def of_a_type(types: dict[int, st.SearchStrategy[Any]]) -> st.SearchStrategy[tuple[int, st.SearchStrategy[Any]]]:
    return st.sampled_from(sorted(types)).map(lambda t: (t, types[t]))


def structs(types: dict[int, st.SearchStrategy[Any]]) -> st.SearchStrategy[Struct]:
    field = of_a_type(types).flatmap(lambda t: st.tuples(st.just(t[0]), t[1])) | st.sampled_from([(Type.YES, True), (Type.NO, False)])
    return st.dictionaries(st.integers(1, 300), field, max_size=8).map(lambda fields: Struct(dict(sorted(fields.items()))))


def nested(inner: st.SearchStrategy[Struct]) -> st.SearchStrategy[Struct]:
    parts = plain | {Type.STRUCT: inner}
    items = of_a_type(parts).flatmap(lambda t: st.lists(t[1], max_size=20).map(lambda values: Items(t[0], values)))
    pairs = st.tuples(of_a_type(plain), of_a_type(parts)).flatmap(lambda kinds: st.lists(st.tuples(kinds[0][1], kinds[1][1]), min_size=1, max_size=3).map(lambda v: Pairs((kinds[0][0], kinds[1][0]), v)))
    return structs(parts | {Type.LIST: items, Type.SET: items, Type.MAP: pairs | st.just(Pairs((0, 0), []))})


@given(st.recursive(structs(plain), nested, max_leaves=5))
def test_what_is_written_is_read_again(struct: Struct) -> None:
    assert read_struct(written(struct)) == struct


def footer(content: bytes) -> bytes:
    size = int.from_bytes(content[-8:-4], "little")
    return content[-8 - size : -8]


@pytest.mark.parametrize("index", [False, True])
def test_the_footer_of_another_program_comes_back_byte_for_byte(index: bool) -> None:
    table = pa.table({"text": ["a", None, "b"], "yes": [True, None, False], "many": [[1, 2], [], None], "figure": [0.5, None, -1.0]}).replace_schema_metadata({"who": "谁"})
    file = io.BytesIO()
    parquet.write_table(table, file, write_page_index=index, compression="zstd", row_group_size=2, sorting_columns=[parquet.SortingColumn(0)])
    content = footer(file.getvalue())
    assert written(read_struct(content)) == content


def test_the_footer_of_polars_comes_back_byte_for_byte() -> None:
    file = io.BytesIO()
    frame = pl.DataFrame({"text": ["a", None], "words": pl.Series(["x", "y"], dtype=pl.Enum(["x", "y"])), "many": [[{"a": 1}], None]})
    frame.write_parquet(file, metadata={"who": "谁"})
    content = footer(file.getvalue())
    assert written(read_struct(content)) == content


@pytest.mark.parametrize("content", [b"", b"\x15", b"\x18\x05ab", b"\x1d\x00", b"\x19\x1d\x00"])
def test_what_is_cut_off_or_no_thrift_is_refused(content: bytes) -> None:
    with pytest.raises((ValueError, IndexError)):
        read_struct(content)
