"""Deciding under partial knowledge, held against brute force over every way the unknown answers could turn out."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eligibility.logic.answers import Answer, Choices
from eligibility.logic.bounds import Plan
from eligibility.logic.expressions import All, AnyOf, Bands, BestOf, By, Compare, Count, DaysSince, Discretion, Expression, Has, HasStatus, In, Is, Not, PointsIf, Ratio, Sum, YearsSince
from eligibility.logic.quantities import Quantities
from eligibility.logic.truth import NO, OPEN, YES
from tests.conftest import DAY


@dataclass(frozen=True)
class Question:
    """A question with a range small enough to be tried out whole."""

    values: tuple[Answer, ...]
    option: tuple[str, ...] = ()
    min: float = 0
    max: float | None = None
    changes: Any = "never"


@dataclass(frozen=True)
class Status:
    holds_if: Expression
    attainable_if: Expression | None = None
    suggest: bool = True


LETTERS = ("a", "b", "c")
SETS = tuple(Choices(frozenset(c)) for n in range(4) for c in itertools.combinations(LETTERS, n))
NUMBERS = tuple(float(n) for n in range(5))
QUESTIONS = {
    "kind": Question(LETTERS, LETTERS),
    "titles": Question(SETS, LETTERS),
    "lists": Question(SETS, LETTERS, changes="lose"),
    "staff": Question(NUMBERS, max=4, changes="grow"),
    "assets": Question(NUMBERS, max=4),
    "task": Question((True, False)),
}
STATUSES = {
    "title_a": Status(Has(answer="titles", has="a"), AnyOf(any=(Compare(answer="assets", at_most=2), Is(answer="task", **{"is": True})))),
    "small": Status(All(all=(Compare(answer="staff", below=3), Not(**{"not": Is(answer="kind", **{"is": "c"})})))),
}
ASKS = ("符合条件吗？", "优秀吗？")

letters = st.sampled_from(LETTERS)
some_letters = st.lists(letters, min_size=1, max_size=2, unique=True).map(tuple)
bounds = st.sampled_from([-1, 0, 1, 2, 2.5, 4, 5])
leaves = st.one_of(
    st.builds(lambda o: Is(answer="kind", **{"is": o}), letters),
    st.builds(lambda b: Is(answer="task", **{"is": b}), st.booleans()),
    st.builds(lambda o: In(answer="kind", **{"in": o}), some_letters),
    st.builds(lambda q, k, o: Has(answer=q, **{k: o}), st.sampled_from(["titles", "lists"]), st.sampled_from(["has_any", "has_none"]), some_letters),
    st.builds(lambda q, r, b: Compare(answer=q, **{r: b}), st.sampled_from(["staff", "assets"]), st.sampled_from(Compare.RELATIONS), bounds),
    st.builds(lambda s: HasStatus(status=s), st.sampled_from(list(STATUSES))),
    st.builds(lambda a: Discretion(discretion="符合条件", ask=a), st.sampled_from(ASKS)),
)
plain_numbers = st.sampled_from(["staff", "assets"])
bands = st.builds(
    lambda n, edges, gives: Bands(bands=n, steps=tuple({"at_least": e, "gives": g} for e, g in zip(sorted(edges, reverse=True), gives, strict=False)), otherwise=1),
    st.one_of(plain_numbers, st.just(Ratio(ratio=("staff", "assets")))),
    st.lists(st.sampled_from([0, 0.5, 1, 2, 3]), min_size=1, max_size=3, unique=True),
    st.lists(st.integers(0, 5), min_size=3, max_size=3),
)
points = st.builds(lambda e, g, o: PointsIf(points_if=e, gives=g, otherwise=o), leaves, st.integers(0, 4), st.integers(0, 2))
counts = st.builds(lambda x: Count(count=tuple(x)), st.lists(leaves, min_size=1, max_size=3))
numbers = st.recursive(
    st.one_of(plain_numbers, bands, points, counts),
    lambda inner: st.one_of(
        st.builds(lambda x: Sum(sum=tuple(x)), st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda x: BestOf(best_of=tuple(x)), st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda a, b: Ratio(ratio=(a, b)), inner, inner),
    ),
    max_leaves=4,
)
worked_out = st.builds(lambda n, r, b: Compare(value=n, **{r: b}), numbers, st.sampled_from(Compare.RELATIONS), st.sampled_from([0, 0.5, 1, 2, 3, 5]))
expressions = st.recursive(
    st.one_of(leaves, worked_out),
    lambda inner: st.one_of(
        st.builds(lambda x: All(all=tuple(x)), st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda x: AnyOf(any=tuple(x)), st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda x: Not(**{"not": x}), inner),
        st.builds(lambda w, t, o: By(by="kind", cases=({"when": w, "then": t},), otherwise=o), some_letters, inner, inner),
    ),
    max_leaves=6,
)
profiles = st.fixed_dictionaries({}, optional={q: st.sampled_from(question.values) for q, question in QUESTIONS.items()})


def true(expression: Expression, world: dict[str, Any]) -> bool:
    """The meaning of an expression where everything is known, written down a second time and independently."""
    match expression:
        case All(all=parts):
            return all(true(p, world) for p in parts)
        case AnyOf(any=parts):
            return any(true(p, world) for p in parts)
        case Not(not_=part):
            return not true(part, world)
        case Is(answer=q, is_=value):
            return bool(world[q] == value)
        case In(answer=q, in_=values):
            return world[q] in values
        case Has(answer=q):
            common = set(expression.options) & world[q].chosen
            return not common if expression.has_none else bool(common)
        case Compare(at_least=float(b)):
            return worth(expression.number, world) >= b
        case Compare(above=float(b)):
            return worth(expression.number, world) > b
        case Compare(at_most=float(b)):
            return worth(expression.number, world) <= b
        case Compare(below=float(b)):
            return worth(expression.number, world) < b
        case HasStatus(status=id_):
            return true(STATUSES[id_].holds_if, world)
        case By(by=q):
            return true(next((c.then for c in expression.cases if world[q] in c.when), expression.otherwise), world)
        case Discretion(ask=ask):
            return bool(world[ask])
    raise AssertionError(expression)


def worth(number: Any, world: dict[str, Any]) -> float:
    """The meaning of a number where everything is known."""
    match number:
        case str():
            return float(world[number])
        case Ratio(ratio=(a, b)):
            return worth(a, world) / worth(b, world) if worth(b, world) else 0.0
        case Sum(sum=inner):
            return sum(worth(n, world) for n in inner)
        case BestOf(best_of=inner):
            return max(worth(n, world) for n in inner)
        case Bands(bands=inner, steps=steps, otherwise=otherwise):
            return max(((s.at_least, s.gives) for s in steps if worth(inner, world) >= s.at_least), default=(0, otherwise))[1]
        case PointsIf(points_if=condition, gives=gives, otherwise=otherwise):
            return gives if true(condition, world) else otherwise
        case Count(count=counted):
            return sum(true(c, world) for c in counted)
    raise AssertionError(number)


def worlds(profile: dict[str, Answer], about: Any) -> Iterator[dict[str, Any]]:
    """Every way in which what is not known could turn out, the agency's discretion included, as far as `about` reads it."""
    names = [*QUESTIONS, *ASKS]
    read = repr([about, *(status for id_, status in STATUSES.items() if repr(id_) in repr(about))])
    choices = []
    for name in names:
        possible = [profile[name]] if name in profile else QUESTIONS[name].values if name in QUESTIONS else (True, False)
        choices.append(possible if repr(name) in read else possible[:1])
    for values in itertools.product(*choices):
        yield dict(zip(names, values, strict=True))


def read(expression: Expression, profile: dict[str, Answer]) -> tuple[Any, int]:
    plan = Plan(QUESTIONS, STATUSES)
    slot = plan.add(expression)
    return plan.read(profile, DAY), slot


@given(expressions, profiles)
def test_a_decided_condition_is_so_in_every_world(expression: Expression, profile: dict[str, Answer]) -> None:
    reading, slot = read(expression, profile)
    if reading.now[slot] != OPEN:
        assert {true(expression, w) for w in worlds(profile, expression)} == {reading.now[slot] == YES}


@settings(max_examples=400)
@given(numbers, profiles)
def test_a_number_lies_within_its_interval_in_every_world(number: Any, profile: dict[str, Answer]) -> None:
    plan = Plan(QUESTIONS, STATUSES)
    quantity = Quantities(plan).of(number)
    reading = plan.read(profile, DAY)
    low, high = quantity.now(reading)
    values = {worth(number, w) for w in worlds(profile, number)}
    assert low <= min(values) <= max(values) <= high
    if not quantity.unknown(reading) and not any(ask in repr(number) for ask in ASKS):
        assert low == high


@settings(max_examples=400)
@given(numbers, profiles, st.data())
def test_an_answer_on_which_no_number_hangs_does_not_move_it(number: Any, profile: dict[str, Answer], data: st.DataObject) -> None:
    plan = Plan(QUESTIONS, STATUSES)
    quantity = Quantities(plan).of(number)
    reading = plan.read(profile, DAY)
    hanging = plan.asked_user(quantity.hang(reading))
    idle = {q: a for q, a in data.draw(profiles).items() if q not in profile and q not in hanging}
    assert quantity.now(plan.read(profile | idle, DAY)) == quantity.now(reading)


@settings(max_examples=300)
@given(bands, profiles)
def test_bands_span_exactly_the_points_that_are_possible(number: Any, profile: dict[str, Answer]) -> None:
    plan = Plan(QUESTIONS, STATUSES)
    quantity = Quantities(plan).of(number)
    reading = plan.read(profile, DAY)
    if isinstance(number.bands, str):  # a plain number takes every value of its range, so also those between whole ones
        fine = [w | {"staff": w["staff"] + half, "assets": w["assets"] + half} for w in worlds(profile, number) for half in (0, 0.5) if number.bands not in profile]
        values = {worth(number, w) for w in fine or worlds(profile, number)}
        assert quantity.now(reading) == (min(values), max(values))


@settings(max_examples=300)
@given(worked_out, profiles)
def test_a_comparison_of_a_number_is_decided_soundly(expression: Expression, profile: dict[str, Answer]) -> None:
    reading, slot = read(expression, profile)
    if reading.now[slot] != OPEN:
        assert {true(expression, w) for w in worlds(profile, expression)} == {reading.now[slot] == YES}


def test_a_score_below_the_mark_with_one_unknown_indicator_is_decided() -> None:
    """38 points are sure; the unknown indicator is worth at most 20: below 60 without asking."""
    score = Sum(sum=(PointsIf(points_if=Is(answer="task", **{"is": True}), gives=38), Bands(bands="assets", steps=({"at_least": 2, "gives": 20},))))
    reading, slot = read(Compare(value=score, at_least=60), {"task": True})
    assert reading.now[slot] == NO
    reading, slot = read(Compare(value=score, at_least=50), {"task": True})
    assert (reading.now[slot], reading.plan.asked_user(reading.hangs_on(slot))) == (OPEN, ("assets",))


@pytest.mark.parametrize(
    ("founded", "years", "days"),
    [(date(2025, 11, 22), 1, 365), (date(2025, 11, 23), 364 / 365, 364), (date(2016, 11, 22), 10, 3652), (date(2016, 11, 21), 10 + 1 / 365, 3653), (date(2024, 2, 29), 2 + 266 / 365, 997)],
)
def test_time_since_a_date_is_whole_on_the_anniversary(founded: date, years: float, days: int) -> None:
    plan = Plan({"founded": Question(())}, {})
    since = [Quantities(plan).of(n) for n in (YearsSince(years_since="founded"), DaysSince(days_since="founded"))]
    reading = plan.read({"founded": founded}, DAY)
    assert [q.now(reading)[0] for q in since] == [pytest.approx(years), days]


@settings(max_examples=500)
@given(st.integers(1, 10**8), st.integers(1, 2000), st.sampled_from([-1, 0, 1]), st.sampled_from(Compare.RELATIONS))
def test_figures_that_are_exactly_on_a_bound_are_there(thousands: int, bound: int, beside: int, relation: str) -> None:
    """As reckoned in decimals: 64.32 of 1,072 is 6 %, though the quotient of the two is less than 0.06 in binary."""
    part, whole = thousands * bound + beside, thousands * 1000  # in 0.01 万元
    plan = Plan({"part": Question(()), "whole": Question(())}, {})
    shares = Bands(bands=Ratio(ratio=("part", "whole")), steps=({"at_least": bound / 1000, "gives": 1},))
    slots = [plan.add(e) for e in (Compare(value=Ratio(ratio=("part", "whole")), **{relation: bound / 1000}), Compare(value=shares, at_least=1))]
    reading = plan.read({"part": part / 100, "whole": whole / 100}, DAY)
    exact = {"at_least": beside >= 0, "above": beside > 0, "at_most": beside <= 0, "below": beside < 0}[relation]
    assert [reading.now[s] for s in slots] == [YES if exact else NO, YES if beside >= 0 else NO]


@given(leaves.filter(lambda e: not isinstance(e, HasStatus)), profiles)
def test_a_single_comparison_is_open_only_where_both_are_possible(expression: Expression, profile: dict[str, Answer]) -> None:
    reading, slot = read(expression, profile)
    if reading.now[slot] == OPEN:
        assert {true(expression, w) for w in worlds(profile, expression)} == {True, False}


@given(expressions, profiles, st.data())
def test_more_answers_never_turn_a_decided_condition(expression: Expression, profile: dict[str, Answer], data: st.DataObject) -> None:
    reading, slot = read(expression, profile)
    fuller = data.draw(profiles) | profile
    if reading.now[slot] != OPEN:
        assert read(expression, fuller)[0].now[slot] == reading.now[slot]


@given(expressions, profiles, st.data())
def test_an_answer_on_which_nothing_hangs_changes_nothing(expression: Expression, profile: dict[str, Answer], data: st.DataObject) -> None:
    reading, slot = read(expression, profile)
    later = reading.now[slot] == NO
    hanging = reading.plan.asked_user(reading.hangs_on(slot, later))
    idle = {q: a for q, a in data.draw(profiles).items() if q not in profile and q not in hanging}
    fuller, _ = read(expression, profile | idle)
    assert (fuller.now[slot], later and fuller.reach[slot]) == (reading.now[slot], later and reading.reach[slot])


def changed(world: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every world that the enterprise can make out of this one: more staff, off a list."""
    for staff in NUMBERS:
        for lists in SETS:
            if staff >= world["staff"] and lists.chosen <= world["lists"].chosen:
                yield world | {"staff": staff, "lists": lists}


without_titles = expressions.filter(lambda e: "title_a" not in repr(e))


@given(without_titles, profiles)
def test_what_is_out_of_reach_cannot_be_brought_about(expression: Expression, profile: dict[str, Answer]) -> None:
    reading, slot = read(expression, profile)
    if reading.reach[slot] == NO:
        some = itertools.islice(worlds(profile, expression), 0, None, 7)
        assert not any(true(expression, changed_world) for world in some for changed_world in changed(world))


@pytest.mark.parametrize("truths", [t for parts in (2, 3) for t in itertools.product((NO, OPEN, YES), repeat=parts)])
def test_all_is_the_least_of_its_parts_and_any_the_greatest(truths: tuple[int, ...]) -> None:
    plan = Plan({f"q{i}": Question((True, False)) for i in range(len(truths))}, {})
    parts = tuple(Is(answer=f"q{i}", **{"is": True}) for i in range(len(truths)))
    slots = [plan.add(whole, negated) for whole in (All(all=parts), AnyOf(any=parts)) for negated in (False, True)]
    reading = plan.read({f"q{i}": t == YES for i, t in enumerate(truths) if t != OPEN}, DAY)
    expected = [min(truths), YES - min(truths), max(truths), YES - max(truths)]
    assert [reading.now[s] for s in slots] == [reading.reach[s] for s in slots] == expected


def test_the_word_of_the_agency_is_open_and_stands_in_no_ones_way() -> None:
    plan = Plan(QUESTIONS, STATUSES)
    word = Discretion(discretion="符合条件", ask=ASKS[0])
    slots = [plan.add(word), plan.add(Not(**{"not": word}))]
    reading, kindly = plan.read({}, DAY), plan.read({}, DAY, lenient=True)
    assert [reading.now[s] for s in slots] == [OPEN, OPEN]
    assert [reading.reach[s] for s in slots] == [YES, YES]
    assert [kindly.now[s] for s in slots] == [YES, OPEN]


def test_a_title_is_in_reach_when_its_known_requirements_hold() -> None:
    title = HasStatus(status="title_a")
    none = Choices()
    for assets, task, expected in [(2.0, False, YES), (3.0, True, YES), (3.0, False, NO)]:
        reading, slot = read(title, {"titles": none, "assets": assets, "task": task})
        assert (reading.now[slot], reading.reach[slot]) == (NO, expected)
    reading, slot = read(title, {"titles": none, "assets": 3.0})
    assert reading.reach[slot] == OPEN
    assert reading.plan.asked_user(reading.hangs_on(slot, later=True)) == ("task",)


def test_partial_doubt_keeps_only_the_doubtful_choice_open() -> None:
    answer = {"titles": Choices(frozenset("a"), frozenset("b"))}
    plan = Plan(QUESTIONS, STATUSES)
    slots = [plan.add(Has(answer="titles", has=letter)) for letter in LETTERS]
    reading = plan.read(answer, DAY)
    assert [reading.now[s] for s in slots] == [YES, OPEN, NO]


def test_a_number_that_the_range_decides_needs_no_answer() -> None:
    reading, slot = read(Compare(answer="staff", at_most=4), {})
    assert reading.now[slot] == YES


def test_a_table_is_decided_without_its_choice_when_every_row_agrees() -> None:
    table = By(by="kind", cases=({"when": ["a"], "then": Compare(answer="staff", below=3)},), otherwise=Compare(answer="staff", below=4))
    reading, slot = read(table, {"staff": 1.0})
    assert reading.now[slot] == YES
    reading, slot = read(table, {"staff": 3.0})
    assert (reading.now[slot], reading.plan.asked_user(reading.hangs_on(slot))) == (OPEN, ("kind",))


def test_equal_conditions_are_compiled_once() -> None:
    plan = Plan(QUESTIONS, STATUSES)
    assert plan.add(HasStatus(status="small")) == plan.add(All(all=(HasStatus(status="small"),)).all[0])
