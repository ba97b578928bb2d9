"""What `check` doubts: it claims "never" and "always" only where they are so, and dates fall due on the day after."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from eligibility.assessment import Verdict, assess
from eligibility.logic.expressions import Expression
from eligibility.profile import Profile
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import load
from eligibility.rulebook.models import Support
from eligibility.rulebook.review import review
from eligibility.rulebook.review.reach import out_of_reach
from tests.conftest import DAY
from tests.profiles import profiles
from tests.rulebook.test_faults import HARBOUR

CONDITIONS: TypeAdapter[Expression] = TypeAdapter(Expression)
LEAVES = st.one_of(
    st.builds(lambda o: {"answer": "trade", "is": o}, st.sampled_from(["fishing", "ferry", "club"])),
    st.builds(lambda o: {"answer": "quay", "in": o}, st.lists(st.sampled_from(["east", "west", "offshore"]), min_size=1, max_size=2, unique=True)),
    st.builds(lambda how, o: {"answer": "badges", how: o}, st.sampled_from(["has_any", "has_none"]), st.lists(st.sampled_from(["green", "blue"]), min_size=1, max_size=2, unique=True)),
    st.builds(lambda how, n: {"answer": "seats", how: n}, st.sampled_from(["at_least", "above", "at_most", "below"]), st.sampled_from([0, 1, 20, 21, 2000])),
    st.builds(lambda n: {"value": {"sum": ["seats", "length"]}, "at_least": n}, st.sampled_from([1, 2000, 2200])),
    st.just({"status": "small_boat"}),
    st.just({"answer": "resident", "is": True}),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(lambda a, b: {"all": [a, b]}, inner, inner),
        st.builds(lambda a, b: {"any": [a, b]}, inner, inner),
        st.builds(lambda a: {"not": a}, inner),
    ),
    max_leaves=6,
)


@cache
def harbour() -> Rulebook:
    return load(HARBOUR)


def with_condition(condition: object) -> Rulebook:
    """The harbour's rulebook with one support, which has this condition."""
    support = harbour().supports["half-fee"].model_copy(update={"eligible_if": CONDITIONS.validate_python(condition)})
    return replace(harbour(), supports={support.id: support})


@given(condition=TREES, data=st.data())
def test_never_and_always_are_never_claimed_falsely(condition: object, data: st.DataObject) -> None:
    book = with_condition(condition)
    claims = [p.what for p in out_of_reach(book, on=DAY)]
    profile = data.draw(profiles(book))
    verdict = assess(book, profile, on=DAY).supports[0].verdict
    if any("不管怎样回答都不符合" in c for c in claims):
        assert verdict is not Verdict.MATCHED
    if any("不管怎样回答都符合" in c for c in claims):
        assert verdict is Verdict.MATCHED


@pytest.mark.parametrize(
    "condition",
    [
        {"all": [{"answer": "trade", "is": "ferry"}, {"answer": "seats", "at_least": 2000}]},
        {"all": [{"answer": "seats", "above": 19}, {"answer": "seats", "below": 21}]},
        {"all": [{"answer": "badges", "has": "green"}, {"answer": "badges", "has": "blue"}]},
        {"all": [{"answer": "badges", "has": "green"}, {"answer": "badges", "has_none": ["blue"]}]},
        {"all": [{"status": "small_boat"}, {"answer": "trade", "is": "club"}]},
        {"all": [{"answer": "length", "above": 11.9}, {"answer": "length", "below": 12}]},
    ],
)
def test_what_one_profile_can_have_is_not_doubted(condition: object) -> None:
    assert list(out_of_reach(with_condition(condition), on=DAY)) == []


def test_a_review_counts_to_the_last_day_of_its_period() -> None:
    book = harbour()
    assert book.review_due(date(2026, 10, 1)) == date(2027, 10, 1)
    assert not [p for p in review(book, on=date(2027, 10, 1)) if "到期" in p.what]
    assert [p.file for p in review(book, on=date(2027, 10, 2)) if "到期" in p.what] == [
        "harbour/agencies.yaml",
        "harbour/policies/charter.yaml",
        "harbour/policies/order.yaml",
        "harbour/rulebook.yaml",
    ]


@pytest.mark.parametrize(
    ("months", "reviewed", "due"),
    [(1, date(2026, 1, 31), date(2026, 2, 28)), (1, date(2028, 1, 31), date(2028, 2, 29)), (6, date(2026, 11, 22), date(2027, 5, 22)), (12, date(2026, 12, 1), date(2027, 12, 1)), (25, date(2026, 12, 31), date(2029, 1, 31))],
)
def test_months_end_where_the_month_ends(months: int, reviewed: date, due: date) -> None:
    book = harbour()
    assert replace(book, cover=book.cover.model_copy(update={"review_every": months})).review_due(reviewed) == due


def caution(book: Rulebook, support: str, on: date) -> str | None:
    return next(s.caution for s in assess(book, Profile(), on=on).supports if s.support.id == support)


def test_a_verdict_says_when_its_document_was_not_reviewed_in_time() -> None:
    book = harbour()
    standing, stale = "Issued in 2011, ask whether it is still in force", "规则最近核对于 2026 年 10 月 1 日，请先电话核实"
    assert (caution(book, "electric-engine", date(2027, 10, 1)), caution(book, "electric-engine", date(2027, 10, 2))) == (None, stale)
    assert (caution(book, "advice", date(2027, 10, 1)), caution(book, "advice", date(2027, 10, 2))) == (standing, f"{standing}；{stale}")


def related(book: Rulebook, id_: str, **fields: object) -> Rulebook:
    changed: dict[str, Support] = {**book.supports, id_: book.supports[id_].model_copy(update=fields)}
    return replace(book, supports=changed)


def test_relations_are_known_from_both_ends() -> None:
    book = related(harbour(), "released", see_also=("electric-engine", "half-fee"))
    assert book.see_also["released"] == ("electric-engine", "half-fee")
    assert book.see_also["half-fee"] == book.see_also["electric-engine"] == ("released",)
    assert book.see_also["shore-power"] == ()


def test_what_was_superseded_says_so_wherever_it_is_shown() -> None:
    book = related(harbour(), "half-fee", superseded_by="night-berth")
    assert book.supersedes["night-berth"] == ("half-fee",)
    assert caution(book, "half-fee", DAY) == "这一项已由“Use the night berths”取代；Issued in 2011, ask whether it is still in force"
    assert caution(book, "night-berth", DAY) is None
