"""The distance to a match, in numbers, held against brute force where everything can be tried out."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eligibility.logic.answers import Answer, Choices
from eligibility.logic.expressions import All, AnyOf, Compare, Expression, Has, Is, Ratio, Sum
from eligibility.profile import Profile, read_profile
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import load
from eligibility.shortfall import smallest_changes, turning_points
from tests.conftest import DAY
from tests.rulebook.test_faults import HARBOUR


def company(rulebook: Rulebook, **answers: Any) -> Profile:
    profile, problems = read_profile(answers, rulebook.questions)
    assert problems == []
    return profile


TECH_SME = {
    "entity": "company", "titles": [], "staff": 70, "revenue": 1500, "assets": 700, "rd_expense": 36, "costs": 1300, "tech_staff": 5,
    "ip_class_1": 0, "ip_class_2": 2, "listings": [], "prohibited": False, "incidents": [], "confirmations": [],
}  # fmt: skip


def changes(rulebook: Rulebook, status: str, **answers: Any) -> list[str] | None:
    expression = rulebook.statuses[status].likely_if
    assert expression is not None
    found = smallest_changes(rulebook, company(rulebook, **answers), expression, on=DAY)
    return None if found is None else [c.text for c in found]


def test_the_score_that_is_short_is_reached_by_the_fewest_changes(rulebook: Rulebook) -> None:
    """22 points now: 0 for staff (7.1%), 10 for R&D (2.4%), 12 for two IP of class II. 60 need 10% staff (4) and 50 for R&D (6%)."""
    assert changes(rulebook, "tech_sme", **TECH_SME) == [
        "研发费用现在 36 万元，再增 54 万元，达到 90 万元",
        "科技人员现在 5 人，再增 2 人，达到 7 人",
    ]


def test_what_holds_needs_no_change(rulebook: Rulebook) -> None:
    assert changes(rulebook, "tech_sme", **TECH_SME | {"tech_staff": 21, "rd_expense": 90}) == []


def test_a_list_is_left(rulebook: Rulebook) -> None:
    assert changes(rulebook, "tech_sme", **TECH_SME | {"tech_staff": 21, "rd_expense": 90, "listings": ["abnormal"]}) == ["先消除：经营异常名录"]


def test_time_is_waited_for_with_its_date(rulebook: Rulebook) -> None:
    assert changes(rulebook, "high_tech", entity="company", founded="2025-12-01") == ["2026 年 12 月 1 日起满足时间要求"]


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ({"staff": 501}, "nobody is told to shrink"),
        ({"revenue": 20001}, "nobody is told to sell less"),
        ({"entity": "individual_business"}, "the kind of enterprise is no change"),
        ({"prohibited": True}, "what the company makes is no change"),
    ],
)
def test_what_nobody_can_change_is_never_suggested(rulebook: Rulebook, answers: dict[str, Any], why: str) -> None:
    assert changes(rulebook, "tech_sme", **TECH_SME | answers) is None, why


def test_what_is_not_known_is_taken_to_turn_out_well(rulebook: Rulebook) -> None:
    assert changes(rulebook, "tech_sme", entity="company", titles=[], confirmations=[], staff=70, tech_staff=5) == ["科技人员现在 5 人，再增 2 人，达到 7 人"]


def test_a_number_that_decides_says_how_far_it_is_from_turning(rulebook: Rulebook) -> None:
    profile = company(rulebook, entity="company", industry="manufacturing", revenue=2600)
    found = turning_points(rulebook, profile, rulebook.statuses["above_scale_industry"].holds_if, on=DAY)
    assert [t.text for t in found] == ["营业收入降到 1,999.99 万元即不再满足（现在是 2,600 万元）"]


def test_a_number_that_alone_turns_nothing_is_not_named(rulebook: Rulebook) -> None:
    """Industry is small below 300 people or below 2,000: with both below, neither alone turns it."""
    profile = company(rulebook, entity="company", industry="manufacturing", revenue=1500, staff=100)
    assert turning_points(rulebook, profile, rulebook.statuses["small_micro"].holds_if, on=DAY) == ()


HARBOUR_BOOK = load(HARBOUR)
SEATS = tuple(float(n) for n in range(8))
LENGTHS = (0.0, 3.0, 6.0)
seats = st.builds(lambda r, b: Compare(answer="seats", **{r: b}), st.sampled_from(["at_least", "above"]), st.integers(0, 6))
shares = st.builds(lambda b: Compare(value=Ratio(ratio=("seats", "length")), at_least=b), st.sampled_from([0.5, 1, 2]))
sums = st.builds(lambda b: Compare(value=Sum(sum=("seats", "length")), at_least=b), st.integers(1, 12))
lists = st.just(Has(answer="sanctions", has_none=("detained",)))
fixed = st.builds(lambda o: Is(answer="trade", **{"is": o}), st.sampled_from(["fishing", "ferry"]))
conditions = st.recursive(
    st.one_of(seats, shares, sums, lists, fixed),
    lambda inner: st.one_of(st.builds(lambda x: All(all=tuple(x)), st.lists(inner, min_size=2, max_size=3)), st.builds(lambda x: AnyOf(any=tuple(x)), st.lists(inner, min_size=2, max_size=3))),
    max_leaves=5,
)
boats = st.fixed_dictionaries(
    {"seats": st.sampled_from(SEATS[:4]), "length": st.sampled_from(LENGTHS), "sanctions": st.sampled_from([Choices(), Choices(frozenset({"detained"}))]), "trade": st.sampled_from(["fishing", "ferry"])}
)


def holds(expression: Expression, answers: dict[str, Answer]) -> bool:
    match expression:
        case All(all=parts):
            return all(holds(p, answers) for p in parts)
        case AnyOf(any=parts):
            return any(holds(p, answers) for p in parts)
        case Is(answer=q, is_=value):
            return bool(answers[q] == value)
        case Has():
            return not answers["sanctions"].chosen  # type: ignore[union-attr]
        case Compare(value=Ratio()):
            left = answers["seats"] / answers["length"] if answers["length"] else 0.0  # type: ignore[operator]
        case Compare(value=Sum()):
            left = answers["seats"] + answers["length"]  # type: ignore[operator]
        case _:
            left = answers["seats"]
    assert isinstance(expression, Compare)
    return bool(left > expression.bound if expression.relation == "above" else left >= expression.bound)


@settings(max_examples=300)
@given(conditions, boats)
def test_no_smaller_set_of_changes_would_do(expression: Expression, boat: dict[str, Answer]) -> None:
    """Seats can grow and sanctions be lifted; length and trade cannot change."""
    smallest: dict[bool, tuple[int, float]] = {}  # by whether the sanctions are lifted
    for more, lifted in itertools.product(range(13), (False, True)):
        changed = boat | {"seats": boat["seats"] + more} | ({"sanctions": Choices()} if lifted else {})  # type: ignore[operator]
        lift = lifted and bool(boat["sanctions"].chosen)  # type: ignore[union-attr]
        if holds(expression, changed):
            size = ((more > 0) + lift, more)
            smallest[lift] = min(smallest.get(lift, size), size)
    found = smallest_changes(HARBOUR_BOOK, Profile(boat), expression, on=date(2026, 11, 22))
    if not smallest:
        assert found is None
        return
    assert found is not None
    assert len(found) == min(size for size, _ in smallest.values())
    lift = any(c.kind == "leave" for c in found)
    assert smallest[lift] == (len(found), sum(c.after - c.before for c in found if c.kind == "grow"))  # type: ignore[operator]


def test_every_list_that_an_expression_forbids_is_left(rulebook: Rulebook) -> None:
    """Two conditions on one question: both lists must be left, not only the one that stands last."""
    both = All(all=(Has(answer="listings", has_none=("abnormal",)), Has(answer="listings", has_none=("serious",))))
    found = smallest_changes(rulebook, company(rulebook, listings=["abnormal", "serious"]), both, on=DAY)
    assert found is not None
    assert [c.text for c in found] == ["先消除：经营异常名录、严重违法失信企业名单"]
