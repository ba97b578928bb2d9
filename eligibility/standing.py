"""What a company is: held, or likely by its own figures, and what is short.

A status is *held* when the company says that it has it (a certificate, an entry in a register) or when it follows from
its answers. It is *likely*, *unlikely* or *open* by self-check. The two are never mixed: only the body that recognises a
status decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from eligibility.assessment import OUTCOMES, Outcome
from eligibility.logic.answers import Answer
from eligibility.logic.bounds import Plan, Reading
from eligibility.logic.expressions import All, AnyOf, Bands, BestOf, By, Compare, Expression, HasStatus, Number, PointsIf, Sum, criteria, questions_of, walk
from eligibility.logic.quantities import Quantities, Quantity
from eligibility.logic.truth import NO, OPEN, YES
from eligibility.logic.words import Words
from eligibility.profile import Profile
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.models import Status
from eligibility.shortfall import Change, TurningPoint, smallest_changes, turning_points


class Stand(StrEnum):
    """How a company stands to a status."""

    HELD = "held"  # it has it
    LIKELY = "likely"  # it does not have it, or has not said; its figures meet every condition of the self-check
    UNLIKELY = "unlikely"  # its figures fail a condition of the self-check
    OPEN = "open"  # not enough is known
    NOT = "not"  # it does not have it, and there is no self-check


@dataclass(frozen=True, slots=True)
class Indicator:
    """One figure of a score: what it is worth with the answers given, as [low, high], and at most.

    `parts` are the indicators that it is made of.
    """

    name: str
    low: float
    high: float
    most: float
    parts: tuple[Indicator, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """One condition of the self-check, and how it turned out."""

    words: str
    outcome: Outcome
    missing: tuple[str, ...]
    value: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a company stands to one status."""

    status: Status
    stand: Stand
    checked: tuple[Checked, ...]
    score: Indicator | None
    mark: float | None
    missing: tuple[str, ...]

    @property
    def score_text(self) -> str | None:
        """72 分, or 38～58 分 while something is unknown."""
        if self.score is None:
            return None
        low, high = f"{self.score.low:g}", f"{self.score.high:g}"
        return f"{low} 分" if low == high else f"{low}～{high} 分"


def standing(rulebook: Rulebook, profile: Profile, status_id: str, *, on: date) -> Standing:
    """How a company stands to a status: held or not, and what the self-check says."""
    compiled = _compiled(rulebook, status_id)
    reading = compiled.plan.read(profile.valid(on), on)
    held = reading.now[compiled.held]
    likely = None if compiled.likely is None else reading.now[compiled.likely]
    if held == YES:
        stand = Stand.HELD
    elif likely is None:
        stand = Stand.NOT if held == NO else Stand.OPEN
    else:
        stand = {YES: Stand.LIKELY, NO: Stand.UNLIKELY, OPEN: Stand.OPEN}[likely]
    words = Words(rulebook.questions, rulebook.statuses)
    main = compiled.scores[0] if compiled.scores else None
    hanging = reading.hangs_on(compiled.held if compiled.likely is None else compiled.likely)
    return Standing(
        status=compiled.status,
        stand=stand,
        checked=tuple(_checked(c, slot, reading, words, compiled.plan) for c, slot in compiled.criteria),
        score=_indicator(main[0], reading, compiled.plan, words) if main else None,
        mark=main[1] if main else None,
        missing=compiled.plan.asked_user(hanging),
    )


def standings(rulebook: Rulebook, profile: Profile, *, on: date) -> tuple[Standing, ...]:
    """How a company stands to every status of the rulebook."""
    return tuple(standing(rulebook, profile, id_, on=on) for id_ in rulebook.statuses)


def gap(rulebook: Rulebook, profile: Profile, status_id: str, *, on: date) -> tuple[Change, ...] | None:
    """The fewest changes after which the self-check of a status no longer fails; see `smallest_changes`."""
    expression = rulebook.statuses[status_id].likely_if
    return None if expression is None else smallest_changes(rulebook, profile, expression, on=on)


@dataclass(frozen=True, slots=True)
class Settling:
    """Changes after which one open condition of a self-check holds, and the questions whose answers then no longer matter."""

    changes: tuple[Change, ...]
    spares: tuple[str, ...]


def settling(rulebook: Rulebook, profile: Profile, status_id: str, *, on: date) -> tuple[Settling, ...]:
    """For each condition of a self-check that something unknown keeps open although one way to meet it fails for certain:
    the fewest changes that make it hold whatever the unknown turns out to be.

    A score of 54 where 60 are needed fails, yet an award nobody has said anything of would do instead.
    """
    compiled = _compiled(rulebook, status_id)
    if compiled.likely is None:
        return ()
    reading = compiled.plan.read(profile.valid(on), on)
    opened = {criterion: compiled.plan.asked_user(reading.hangs_on(slot)) for criterion, slot in compiled.criteria if reading.now[slot] == OPEN}
    found = []
    for criterion, missing in opened.items():
        failing = [way for way in criterion.any if reading.now[compiled.plan.add(way)] == NO] if isinstance(criterion, AnyOf) else []
        ways = [changes for way in failing if (changes := smallest_changes(rulebook, profile, way, on=on, surely=True))]
        # Who is sent for another title first may well need this one for it.
        ways = [changes for changes in ways if all(c.kind != "obtain" for c in changes)]
        elsewhere = {q for other, asked in opened.items() if other is not criterion for q in asked}
        if ways and (spares := tuple(q for q in missing if q not in elsewhere)):
            found.append(Settling(min(ways, key=len), spares))
    return tuple(found)


def robustness(rulebook: Rulebook, profile: Profile, status_id: str, *, on: date) -> tuple[TurningPoint, ...]:
    """How far the figures are from turning a status that holds, or a self-check that is met."""
    status = rulebook.statuses[status_id]
    expression = status.likely_if if status.likely_if is not None else status.holds_if
    return turning_points(rulebook, profile, expression, on=on)


def figures(rulebook: Rulebook, status_id: str) -> tuple[str, ...]:
    """The questions of a status's self-check, in the order of the questionnaire."""
    status = rulebook.statuses[status_id]
    return _read_by(status.likely_if if status.likely_if is not None else status.holds_if, rulebook)


def next_gains(rulebook: Rulebook, profile: Profile, status_id: str, *, on: date) -> tuple[tuple[Change, float], ...]:
    """For each figure that can grow, the smallest step that earns points of the self-check's score, and how many."""
    compiled = _compiled(rulebook, status_id)
    if not compiled.scores:
        return ()
    number = compiled.scores[0][0]
    reached = standing(rulebook, profile, status_id, on=on).score
    assert reached is not None
    found = []
    for id_ in questions_of(number):
        question = rulebook.questions[id_]
        if question.changes != "grow" or not isinstance(profile.answers.get(id_), float):
            continue
        changes = smallest_changes(rulebook, profile, Compare(value=number, above=reached.low), on=on, growing=frozenset({id_}))
        if changes and len(changes) == 1:
            change = changes[0]
            assert isinstance(change.after, float)
            after = standing(rulebook, profile.with_answer(id_, change.after), status_id, on=on).score
            assert after is not None
            found.append((change, after.low - reached.low))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Compiled:
    status: Status
    plan: Plan
    held: int
    likely: int | None
    criteria: tuple[tuple[Expression, int], ...]
    scores: tuple[tuple[Number, float], ...]  # the worked-out scores of the self-check with their marks, the whole first


@lru_cache(maxsize=64)
def _compiled(rulebook: Rulebook, status_id: str) -> _Compiled:
    status = rulebook.statuses[status_id]
    plan = Plan(rulebook.questions, rulebook.statuses)
    held = plan.add(status.holds_if)
    shown = status.likely_if if status.likely_if is not None else status.holds_if
    return _Compiled(
        status=status,
        plan=plan,
        held=held,
        likely=None if status.likely_if is None else plan.add(status.likely_if),
        criteria=tuple((c, plan.add(c)) for c in criteria(shown)),
        scores=tuple((p.number, p.bound) for p in walk(shown) if isinstance(p, Compare) and isinstance(p.number, Sum)),
    )


def _said(criterion: Expression, answers: Mapping[str, Answer], words: Words) -> str:
    """A condition in words; of a table, the row that counts for this company."""
    chosen = answers.get(criterion.by) if isinstance(criterion, By) else None
    if not isinstance(criterion, By) or chosen is None:
        return words.of(criterion)
    row = criterion.row(chosen)
    return f"{words.answer(criterion.by, chosen)}：{words.of(row)}"


def _checked(criterion: Expression, slot: int, reading: Reading, words: Words, plan: Plan) -> Checked:
    outcome = OUTCOMES[reading.now[slot]]
    value = None
    if isinstance(criterion, Compare):
        low, high = Quantities(plan).of(criterion.number).now(reading)
        value = words.figure(criterion.number, low) if low == high else None
    return Checked(_said(criterion, reading.answers, words), outcome, plan.asked_user(reading.hangs_on(slot)), value)


def _indicator(number: Number, reading: Reading, plan: Plan, words: Words) -> Indicator:
    quantity = Quantities(plan).of(number)
    low, high = quantity.now(reading)
    parts = number.sum if isinstance(number, Sum) else number.best_of if isinstance(number, BestOf) else ()
    inner = tuple(_indicator(p, reading, plan, words) for p in parts if isinstance(p, Sum | BestOf | Bands | PointsIf))
    return Indicator(words.number(number), low, high, _most(quantity, plan, reading.on), inner)


def _most(quantity: Quantity, plan: Plan, on: date) -> float:
    """What a number can be worth at most: its upper bound while nothing is known."""
    return quantity.now(plan.read({}, on))[1]


def _read_by(expression: Expression, rulebook: Rulebook) -> tuple[str, ...]:
    found: set[str] = set()
    for part in walk(expression):
        match part:
            case HasStatus(status=id_):
                found.update(_read_by(rulebook.statuses[id_].holds_if, rulebook))
            case Compare():
                found.update(questions_of(part.number))
            case All() | AnyOf():
                continue
            case _:
                found.update(filter(None, [getattr(part, "answer", None), getattr(part, "by", None)]))
    return tuple(q for q in rulebook.questions if q in found)
