"""Files in which many columns hold the same values, read by those who have to read them."""

from __future__ import annotations

import io
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from pyarrow import parquet

from eligibility.parquet.repeated import write_repeated

VERDICT = pl.Enum(["matched", "open", "near", "excluded"])
CELLS: dict[str, tuple[Any, st.SearchStrategy[Any]]] = {
    "verdict": (VERDICT, st.sampled_from(VERDICT.categories.to_list())),
    "number": (pl.Int64(), st.none() | st.integers(-5, 5)),
    "name": (pl.String(), st.none() | st.text(max_size=3)),
    "yes": (pl.Boolean(), st.none() | st.booleans()),
    "faults": (pl.List(pl.Struct({"column": pl.String(), "what": pl.String()})), st.none() | st.lists(st.fixed_dictionaries({"column": st.text(max_size=2), "what": st.none() | st.just("?")}), max_size=2)),
}
frames = st.integers(0, 6).flatmap(
    lambda rows: st.fixed_dictionaries({name: st.lists(cells, min_size=rows, max_size=rows) for name, (_, cells) in CELLS.items()}).map(
        lambda columns: pl.DataFrame({name: pl.Series(values, dtype=CELLS[name][0]) for name, values in columns.items()})
    )
)
names = st.dictionaries(st.text("abc.=支", min_size=1, max_size=4), st.sampled_from(sorted(CELLS)), min_size=1, max_size=8)


def file_of(frame: pl.DataFrame, names: Mapping[str, str], metadata: Mapping[str, str] | None = None) -> io.BytesIO:
    file = io.BytesIO()
    write_repeated(file, frame, names, metadata or {"eligibility": "{}"})
    file.seek(0)
    return file


def plainly(frame: pl.DataFrame, names: Mapping[str, str]) -> pl.DataFrame:
    return frame.select(pl.col(column).alias(name) for name, column in names.items())


@settings(deadline=None, max_examples=60)
@given(frames, names)
def test_every_reader_finds_each_column_under_all_its_names(frame: pl.DataFrame, names: dict[str, str]) -> None:
    expected = plainly(frame, names)
    file = file_of(frame, names)
    assert_frame_equal(pl.read_parquet(file), expected)
    by_polars = io.BytesIO()
    expected.write_parquet(by_polars, statistics=False)
    file.seek(0)
    by_polars.seek(0)
    ours, theirs = parquet.read_table(file, pre_buffer=True), parquet.read_table(by_polars)
    assert ours.schema == theirs.schema
    assert ours.equals(theirs)


@pytest.fixture(scope="module")
def large() -> pl.DataFrame:
    """So many rows that there are several groups of them."""
    return pl.DataFrame({"row": pl.int_range(600_000, eager=True)}).with_columns(((pl.col("row") * 7919) % 4).cast(pl.UInt32).cast(pl.UInt8).cat.to(VERDICT).alias("verdict"))


def test_many_rows_are_in_several_groups(large: pl.DataFrame, tmp_path: Path) -> None:
    names = {"row_number": "row", "a": "verdict", "b": "verdict", "c": "verdict"}
    file = tmp_path / "large.parquet"
    file.write_bytes(file_of(large, names).getvalue())
    facts = parquet.read_metadata(file)
    assert facts.num_row_groups > 1
    assert facts.num_rows == 600_000
    assert_frame_equal(pl.read_parquet(file), plainly(large, names))
    assert pl.scan_parquet(file).filter(pl.col("row_number") == 599_999).select("c").collect().item() == VERDICT.categories[599_999 * 7919 % 4]


def test_no_two_columns_share_bytes(large: pl.DataFrame) -> None:
    """Readers that fetch several ranges at once refuse ranges that overlap."""
    file = file_of(large, {"a": "verdict", "b": "verdict", "row": "row"})
    facts = parquet.read_metadata(file)
    chunks = [facts.row_group(g).column(c) for g in range(facts.num_row_groups) for c in range(facts.num_columns)]
    ranges = sorted((min(c.data_page_offset, c.dictionary_page_offset or c.data_page_offset), c.total_compressed_size) for c in chunks)
    assert ranges[0][0] == 4
    assert all(start + size == following for (start, size), (following, _) in pairwise(ranges))
    groups = [facts.row_group(g) for g in range(facts.num_row_groups)]
    assert [g.total_byte_size for g in groups] == [sum(g.column(c).total_uncompressed_size for c in range(g.num_columns)) for g in groups]


def test_what_a_file_says_of_itself_is_kept() -> None:
    frame = pl.DataFrame({"x": [1]})
    told = parquet.read_metadata(file_of(frame, {"y": "x"}, {"eligibility": '{"规则": 1}', "more": ""})).metadata
    assert told[b"eligibility"].decode() == '{"规则": 1}'
    assert told[b"more"] == b""
