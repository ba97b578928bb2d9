"""A folder in which a column has another type in every file: each file means what it means alone."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from itertools import permutations
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from pyarrow import parquet

from eligibility.logic.columns import option_column
from eligibility.rulebook.load import load
from eligibility.screening.answers import Answers, AnswerTable
from eligibility.screening.sources import UnreadableTableError, open_table
from eligibility.screening.table import TableRun
from tests.conftest import DAY
from tests.harbour import HARBOUR

COLUMNS = {
    "trade": [
        pa.array(["ferry", None, "ferries"]),
        pa.array(["fishing", "", "ferry"], pa.large_string()),
        pa.array(["club", None, "lost"]).dictionary_encode(),
        pa.DictionaryArray.from_arrays(pa.array([1, 0, None], pa.int8()), pa.array(["ferry", "club"], pa.large_string())),
        pa.array([1, None, 0]),
        pa.array([True, None, False]),
        pa.nulls(3),
    ],
    "seats": [
        pa.array([40, None, -1], pa.int8()),
        pa.array([40, 2**52 + 1, None], pa.int64()),
        pa.array([float("nan"), 20.5, 19.0]),
        pa.array([1e-7, 1e300, float("inf")]),
        pa.array([Decimal("40.00"), Decimal("-0.10"), None]),
        pa.array(["40", "约 12", "many"]),
        pa.array(["1,200", None, "20.0"]).dictionary_encode(),
        pa.array([40.0, None, 20.5]).dictionary_encode(),
        pa.array([True, None, False]),
        pa.array([date(2020, 1, 1), None, None]),
        pa.nulls(3),
    ],
    "launched": [
        pa.array([date(2020, 2, 29), None, date(9999, 12, 31)]),
        pa.array([date(2020, 2, 29), None, date(9999, 12, 31)], pa.date64()),
        pa.array([datetime(2020, 1, 1), datetime(2020, 1, 1, 23, 59), None], pa.timestamp("us")),
        pa.array([datetime(2020, 1, 1), datetime(2020, 1, 1, 23, 59), None], pa.timestamp("ns")),
        pa.array(["2020-01-01", "2020", None]),
        pa.array([20200101, 0, None]),
        pa.array([20200101.0, 1.5, None]),
        pa.nulls(3),
    ],
    "resident": [
        pa.array([True, False, None]),
        pa.array(["是", "x", None]),
        pa.array(["yes", "no", None]).dictionary_encode(),
        pa.array([1, 0, 7]),
        pa.array([1.0, 0.0, float("nan")]),
        pa.nulls(3),
    ],
    "badges": [
        pa.array([["green", "blue"], [], None]),
        pa.array([["green", "lost"], [], None], pa.large_list(pa.string())),
        pa.array(["green", "无", "lost"]),
        pa.array([True, None, False]),
        pa.nulls(3),
    ],
}


def answers(path: Path) -> Answers:
    """What a file or folder says."""
    source, book = open_table(path), load(HARBOUR)
    columns = [c for q in book.questions.values() for c in ([option_column(q.id, o) for o in q.option] if q.kind == "choices" else [q.id])]
    table = AnswerTable(book, DAY, source.schema.names, frozenset(columns), None)
    return table.read(pa.Table.from_batches(source.read(table.read_names, table.word_names, 0)))


@pytest.mark.parametrize("column", COLUMNS)
def test_every_file_of_a_folder_says_what_it_says_alone(tmp_path: Path, column: str) -> None:
    for number, pair in enumerate(permutations(COLUMNS[column], 2)):
        folder = tmp_path / str(number)
        folder.mkdir()
        alone = []
        for n, cells in enumerate(pair):
            parquet.write_table(pa.table({column: cells}), folder / f"{n}.parquet")
            alone.append(answers(folder / f"{n}.parquet"))
        together, types = answers(folder), [str(cells.type) for cells in pair]
        assert together.frame.equals(pl.concat([a.frame for a in alone])), types
        told = [(row + 3 * n, header) for n, a in enumerate(alone) for row, header in a.faults.select("row", "column").rows()]
        assert together.faults.select("row", "column").rows() == told, types


def folder_of(folder: Path, *files: pa.Table) -> Path:
    folder.mkdir()
    for n, table in enumerate(files):
        parquet.write_table(table, folder / f"{n}.parquet")
    return folder


@pytest.mark.parametrize(
    ("cells", "kept"),
    [
        ([pa.array([2**60 + 1]), pa.array(["007"])], [str(2**60 + 1), "007"]),
        ([pa.array([12.0]), pa.array(["007"])], ["12", "007"]),
        ([pa.array([Decimal("0.10")]), pa.array([12])], ["0.10", "12"]),
        ([pa.array([12]), pa.array([0.5])], [12.0, 0.5]),
        ([pa.array([12], pa.int8()), pa.array([2**60 + 1])], [12, 2**60 + 1]),
        ([pa.nulls(1), pa.array(["007"]).dictionary_encode()], [None, "007"]),
        ([pa.array([datetime(2020, 1, 1, 8, 30)]), pa.array(["soon"])], ["2020-01-01 08:30:00", "soon"]),
        ([pa.array([date(2020, 1, 1)]), pa.array([datetime(2020, 1, 1, 8, 30)])], [datetime(2020, 1, 1), datetime(2020, 1, 1, 8, 30)]),
    ],
)
def test_a_column_that_goes_along_keeps_what_stands_in_it(tmp_path: Path, cells: list[pa.Array], kept: list[object]) -> None:
    folder = folder_of(tmp_path / "in", *(pa.table({"trade": ["ferry"], "mark": c}) for c in cells))
    TableRun(load(HARBOUR), DAY, open_table(folder), tmp_path / "out", keep=("mark",)).run()
    assert pl.read_parquet(tmp_path / "out")["mark"].to_list() == kept


def test_whole_numbers_that_a_column_with_fractions_cannot_hold_are_refused_rather_than_changed(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "in", pa.table({"trade": ["ferry"], "mark": [0.5]}), pa.table({"trade": ["ferry"], "mark": [2**60 + 1]}))
    with pytest.raises(UnreadableTableError) as told:
        TableRun(load(HARBOUR), DAY, open_table(folder), tmp_path / "out", keep=("mark",)).run()
    assert str(told.value) == "“mark”一列在各个文件里的类型不同（1.parquet 里是 int64），合在一起有的格会变。请把各个文件的这一列改成同一种类型。"


def test_columns_that_may_be_empty_in_one_file_only_are_one_column(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "in", pa.table({"trade": ["ferry"]}), pa.table({"trade": ["ferry"]}, schema=pa.schema([pa.field("trade", pa.string(), nullable=False)])))
    assert TableRun(load(HARBOUR), DAY, open_table(folder), tmp_path / "out").run().companies == 2
