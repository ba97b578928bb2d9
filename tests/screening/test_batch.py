"""A batch of companies decided as each of them is on its own."""

from __future__ import annotations

import pickle

import polars as pl
import pyarrow as pa

from eligibility.assessment import assess
from eligibility.compiled import compiled
from eligibility.logic.truth import NO, OPEN, YES
from eligibility.profile import Profile, read_profile
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import load
from eligibility.screening.batch import VERDICTS, Batch
from tests.conftest import DAY
from tests.harbour import HARBOUR
from tests.screening.populations import as_table, companies


def verdicts(rulebook: Rulebook, profile: Profile) -> list[int]:
    """What `assess` says, without the reasons: its verdicts as numbers."""
    prepared = compiled(rulebook)
    reading = prepared.plan.read(profile.valid(DAY), DAY)
    by_truth = {YES: 0, OPEN: 1}
    return [by_truth[reading.now[slot]] if reading.now[slot] != NO else 3 if reading.reach[slot] == NO else 2 for _, slot, _, _ in prepared.supports]


def test_the_real_rulebook(rulebook: Rulebook) -> None:
    profiles = list(companies(rulebook, 2000))
    batch = Batch(rulebook, DAY, form="codes", keep=["number"])
    found = batch(as_table(rulebook, profiles).combine_chunks().to_batches()[0])
    rows = pl.DataFrame(pl.from_arrow(found)).drop("number", "unusable").rows()
    for profile, row in zip(profiles, rows, strict=True):
        assert list(row) == verdicts(rulebook, profile)
    for profile, row in list(zip(profiles, rows, strict=True))[::200]:
        assert [VERDICTS[c] for c in row] == [s.verdict for s in assess(rulebook, profile, on=DAY).supports]


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
            "badges.green.until": ["2026-11-21", None, "2027-01-01", None],
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
            ("badges.green.until", "没有写现在是不是有“Badges：Green”，这一格没有用", "请先写明有没有。"),
            ("Length", "“long”不是数字", "请只写数字，单位是m。"),
            ("sanctions", "没有“lost”这个选项", "可以写detained。认得的选项照用，其余的按不清楚处理。"),
        ],
        [("Length", "99,999 超出范围", "应在 0 到 200 m之间；请核对单位。")],
    ]
    read = [{"trade": "ferry", "seats": 40, "length": 12.5, "badges": {"chosen": ["green"], "unsure": ["blue"], "certificates": {"green": {"until": "2026-11-21"}}}, "sanctions": ["detained"]},
            {"length": 12, "sanctions": []}, {"badges": {"chosen": [], "unsure": ["blue"]}, "sanctions": ["detained"]}, {"trade": "ferry", "seats": 40}]  # fmt: skip
    for n, data in enumerate(read):
        profile, problems = read_profile(data, harbour.questions)
        assert not problems
        assert [found.column(s)[n].as_py() for s in harbour.supports] == [s.verdict for s in assess(harbour, profile, on=DAY).supports], n
