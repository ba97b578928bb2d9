"""A batch of companies decided as each of them is on its own."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from pyarrow import parquet

from eligibility.assessment import assess
from eligibility.profile import read_profile
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import load
from eligibility.screening.batch import VERDICTS, Batch, TakenNameError
from eligibility.screening.sources import open_table
from tests.conftest import DAY
from tests.expressions import rulebooks
from tests.harbour import HARBOUR
from tests.screening.populations import CONTENTS, as_table, companies, differing, on_its_own, unlike


def test_every_cell_is_what_the_company_gets_on_its_own(rulebook: Rulebook) -> None:
    """Every share of unknowns; `python -m benchmarks.agreement` tries 200,000 companies."""
    profiles = list(companies(rulebook, 6_000))
    assert differing(rulebook, profiles) == []
    for profile in profiles[::500]:
        assert on_its_own(rulebook, profile) == [VERDICTS.index(s.verdict) for s in assess(rulebook, profile, on=DAY).supports]


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@settings(max_examples=60, suppress_health_check=list(HealthCheck))  # drawing a rulebook takes a while
@given(rulebooks())
def test_random_rulebooks_are_decided_alike(book: Rulebook) -> None:
    assert differing(book, list(companies(book, 101))) == []


def test_another_rulebook_and_another_process() -> None:
    harbour = load(HARBOUR)
    profiles = list(companies(harbour, 500))
    (batch,) = as_table(harbour, profiles).combine_chunks().to_batches()
    sent = pickle.loads(pickle.dumps(Batch(harbour, DAY)))
    found = sent(batch)
    assert found.schema == sent.schema(batch.schema)
    assert found.schema.names == [*harbour.supports, "unusable"]
    for n, profile in enumerate(profiles):
        assert [found.column(s)[n].as_py() for s in harbour.supports] == [s.verdict for s in assess(harbour, profile, on=DAY).supports]


@pytest.mark.parametrize("missing", [False, True])
def test_a_column_with_a_name_of_the_result_cannot_go_along(missing: bool) -> None:
    harbour = load(HARBOUR)
    rows = pa.record_batch({"trade": ["ferry"], "missing.seats": ["x"]})
    own = Batch(harbour, DAY, missing=missing).schema(rows.schema).names
    assert ("missing.seats" in own) == missing
    for name in own:
        with pytest.raises(TakenNameError) as told:
            Batch(harbour, DAY, keep=("trade", name), missing=missing)
        assert str(told.value) == f"列“{name}”：结果里有一列也叫这个名字，请把表里的这一列改名。"
    if not missing:
        assert Batch(harbour, DAY, keep=("missing.seats",))(rows)["missing.seats"].to_pylist() == ["x"]


def test_what_is_missing_is_what_one_company_is_asked(rulebook: Rulebook) -> None:
    harbour = load(HARBOUR)
    for book, how_many in ((harbour, 400), (rulebook, 150)):
        profiles = list(companies(book, how_many))
        batch = Batch(book, DAY, missing=True)
        (rows,) = as_table(book, profiles).combine_chunks().to_batches()
        found = batch(rows)
        assert found.schema == batch.schema(rows.schema)
        for n, profile in enumerate(profiles):
            supports = assess(book, profile, on=DAY).supports
            assert [found.column(f"{s}.missing")[n].as_py() for s in book.supports] == [len(s.missing) for s in supports], profile
            asked = {q for q in batch.asked if found.column(f"missing.{q}")[n].as_py()}
            assert asked == {q for s in supports for q in s.missing}, profile


def test_a_cell_that_cannot_be_used_is_told_and_counts_as_unknown(rulebook: Rulebook) -> None:
    harbour = load(HARBOUR)
    table = pa.table(
        {
            "trade": ["ferry", "ferries", None, "carrying passengers"],
            "seats": pa.array([40, -1, 20.5, 40]),
            "badges.green": ["是", "也许", "否", ""],
            "badges.green.until": ["2026-11-21", None, "2027-01-01", "2027-01-01"],
            "Length": ["12.5", "约 12 m", "long", "99999"],
            "sanctions": [["detained"], [], ["lost", "detained"], None],
        }
    )
    (batch,) = table.to_batches()
    found = Batch(harbour, DAY)(batch)
    assert [None if row is None else [tuple(cell.values()) for cell in row] for row in found.column("unusable").to_pylist()] == [
        None,
        [
            ("trade", "没有“ferries”这个选项", "可以写fishing、carrying passengers、leisure、a club。"),
            ("seats", "-1 超出范围", "应在 0 到 2,000 seats之间；请核对单位。"),
            ("badges.green", "看不懂“也许”", "这一列请写是或否；不清楚就空着。"),
        ],
        [
            ("seats", "20.5 不是整数", "单位是seats，请写整数。"),
            ("badges.green.until", "写的是没有“Badges：Green”，这一格没有用", "请改成一致。"),
            ("Length", "“long”不是数字", "请只写数字，单位是m。"),
            ("sanctions", "没有“lost”这个选项", "可以写detained。认得的选项照用，其余的按不清楚处理。"),
        ],
        [
            ("badges.green.until", "没有写现在是不是有“Badges：Green”，这一格没有用", "请先写明有没有。"),
            ("Length", "99,999 超出范围", "应在 0 到 200 m之间；请核对单位。"),
        ],
    ]
    read = [{"trade": "ferry", "seats": 40, "length": 12.5, "badges": {"chosen": ["green"], "unsure": ["blue"], "certificates": {"green": {"until": "2026-11-21"}}}, "sanctions": ["detained"]},
            {"length": 12, "sanctions": []}, {"badges": {"chosen": [], "unsure": ["blue"]}, "sanctions": ["detained"]}, {"trade": "ferry", "seats": 40}]  # fmt: skip
    for n, data in enumerate(read):
        profile, problems = read_profile(data, harbour.questions)
        assert not problems
        assert [found.column(s)[n].as_py() for s in harbour.supports] == [s.verdict for s in assess(harbour, profile, on=DAY).supports], n


@pytest.mark.parametrize("content", CONTENTS)
def test_whatever_a_table_holds_it_is_read_as_a_ledger_is(rulebook: Rulebook, content: str) -> None:
    assert unlike(rulebook, CONTENTS[content]) == []


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/New_York"])
def test_a_moment_is_the_day_that_it_is_in_liaoning(rulebook: Rulebook, zone: str) -> None:
    midnight = datetime(2026, 11, 21, 16, tzinfo=UTC)
    until = pa.array([midnight, midnight - timedelta(minutes=1)], pa.timestamp("us", zone))
    both = {"entity": ["company"] * 2, "city": ["shenyang"] * 2, "titles.high_tech": [True] * 2}
    decided = Batch(rulebook, DAY)(pa.RecordBatch.from_pydict({**both, "titles.high_tech.until": until}))
    assert decided.column("ln2018-01-solve-needs").to_pylist() == ["matched", "open"]


@pytest.mark.parametrize("unit", ["s", "ms", "us"])
@pytest.mark.parametrize("zone", [None, "Asia/Shanghai"])
def test_a_time_beyond_every_calendar_is_told(rulebook: Rulebook, unit: str, zone: str | None) -> None:
    times = pa.array([2**63 - 1, -(2**63), 0, None], pa.int64()).cast(pa.timestamp(unit, zone))
    found = Batch(rulebook, DAY).decide(pa.table({"titles.high_tech": [True] * 4, "titles.high_tech.until": times}))
    assert found.faults.select("row", "what").rows() == [(0, "日期超出范围"), (1, "日期超出范围")]


def _broken(texts: list[bytes | None], kind: pa.DataType) -> pa.Array:
    """Texts as a program writes them that checks nothing."""
    blob = pa.array(texts, pa.binary())
    unchecked = pa.Array.from_buffers(pa.string(), len(blob), blob.buffers(), blob.null_count)
    return unchecked.dictionary_encode() if pa.types.is_dictionary(kind) else unchecked.cast(kind)


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())], ids=str)
def test_bytes_that_are_no_text_are_told_and_go_nowhere(rulebook: Rulebook, kind: pa.DataType) -> None:
    texts = {
        "企业名称": [b"\xb9\xab", "甲".encode(), None],
        "entity": [b"\xff", b"company", b"team"],
        "staff": [b"12", b"1\xff", b"x"],
        "titles.high_tech": [b"yes", b"no", b"\xfe"],
        "titles.high_tech.until": [b"2027-01-01", None, None],
        "税号": [b"1", None, b"\x80"],
    }
    rows = pa.record_batch({name: _broken(cells, kind) for name, cells in texts.items()})
    batch = Batch(rulebook, DAY, keep=("企业名称", "税号", "staff"))
    found = batch(rows)
    found.validate(full=True)
    assert found.schema == batch.schema(rows.schema)
    kept = [found.column(name).to_pylist() for name in batch.keep]
    assert kept == [[None, "甲", None], ["1", None, None], ["12", None, "x"]]
    unreadable, strange = "这一格的内容读不出来", "“x”不是数字"
    told = [{(c["column"], c["what"]) for c in row} for row in found.column("unusable").to_pylist()]
    assert told == [{("企业名称", unreadable), ("entity", unreadable)}, {("staff", unreadable)}, {("staff", strange), ("titles.high_tech", unreadable), ("税号", unreadable)}]
    decided = batch.decide(rows)
    assert [decided.result[name].to_list() for name in batch.keep] == kept
    assert len(decided.faults) == 6


def test_bytes_within_a_list_are_told_too(rulebook: Rulebook) -> None:
    lists = pa.ListArray.from_arrays(pa.array([0, 1, 2, 2], pa.int32()), _broken([b"\xff", b"high_tech"], pa.string()))
    found = Batch(rulebook, DAY).decide(pa.table({"titles": lists, "entity": pa.array([2**62, 0, None], pa.int64()).cast(pa.timestamp("us"))}))
    assert set(found.faults.select("row", "column", "what").rows()) == {
        (0, "titles", "这一格的内容读不出来"),
        (0, "entity", "这一格的内容读不出来"),
        (1, "entity", "没有“1970-01-01”这个选项"),
    }


def test_a_kept_column_of_a_type_that_polars_lacks_goes_along(rulebook: Rulebook) -> None:
    many = pa.array([Decimal("1.25"), None, Decimal(-4)], pa.decimal256(50, 2))
    runs = pa.RunEndEncodedArray.from_arrays(pa.array([2, 3], pa.int32()), pa.array(["a", None]))
    rows = pa.record_batch({"entity": ["company"] * 3, "many": many, "runs": runs})
    batch = Batch(rulebook, DAY, keep=("many", "runs"))
    assert batch(rows).select(["many", "runs"]) == rows.select(["many", "runs"])
    result = batch.decide(rows).result
    assert (result["many"].to_list(), result["runs"].to_list()) == (["1.25", None, "-4.00"], ["a", "a", None])


@pytest.mark.parametrize("stored", [False, True])
def test_whatever_type_a_column_has_its_cells_are_read_or_told(tmp_path: Path, stored: bool) -> None:
    """What one program writes as a text another one writes as a number, a decimal, a time or a list."""
    table = pa.table(
        {
            "trade": pa.array([3, None, 1]),
            "quay": pa.array(["west", "East Quay", None], pa.large_string()),
            "seats": pa.array([Decimal("40"), Decimal("-1"), None], pa.decimal128(9, 2)),
            "length": pa.array([float("nan"), float("inf"), 0.1], pa.float32()),
            "launched": pa.array([None, None, None], pa.null()),
            "badges": pa.array([["green", "blue"], [], None], pa.list_(pa.dictionary(pa.int8(), pa.string()))),
            "sanctions.detained": pa.array([1, 0, 7], pa.int8()),
            "resident": pa.array([{"a": 1}, None, None]),
        }
    )
    if stored:
        parquet.write_table(table.drop(["badges"]).append_column("badges", pa.array([["green", "blue"], [], None])), tmp_path / "t.parquet")
        (table,) = [pa.Table.from_batches(open_table(tmp_path / "t.parquet").read(table.column_names, ["trade", "quay", "badges"], 0))]
    found = Batch(load(HARBOUR), DAY).decide(table)
    assert found.faults.sort("column", "row").select("row", "column", "what").rows() == [
        (1, "length", "“inf”不是数字"),
        (0, "resident", "看不懂“{'a': 1}”"),
        (2, "sanctions.detained", "看不懂“7”"),
        (1, "seats", "-1 超出范围"),
        (0, "trade", "没有“3”这个选项"),
        (2, "trade", "没有“1”这个选项"),
    ]
    assert found.result["electric-engine"].to_list() == ["matched", "near", "open"]
