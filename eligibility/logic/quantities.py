"""Numbers under partial knowledge: what a worked-out figure can still be, as the interval [low, high].

An unknown answer spans its question's own range, so a score of 38 with one unknown indicator worth at most 20 is below
60 whatever that indicator is. `changed` spans what the enterprise could still make of the figure: numbers that can
grow, conditions that it can bring about, time that passes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from math import inf
from typing import TYPE_CHECKING, Protocol

from eligibility.logic.expressions import Bands, BestOf, Count, DaysSince, Expression, Number, PointsIf, Ratio, Sum, YearsSince, reaching
from eligibility.logic.truth import NO, YES

if TYPE_CHECKING:
    from eligibility.logic.bounds import Asked, Reading

Interval = tuple[float, float]


class Compiler(Protocol):
    """What quantities need of the plan that they are part of."""

    @property
    def questions(self) -> Mapping[str, Asked]: ...
    def add(self, expression: Expression, negated: bool = False) -> int: ...
    def bit(self, question: str) -> int: ...


@dataclass(frozen=True, slots=True)
class Quantity:
    """A compiled number.

    `now` and `changed` are its intervals as things are and with every change (None: nothing can change it); `hang` is the
    mask of the unknown facts that keep `now` open, `unknown` of all that it reads.
    """

    now: Callable[[Reading], Interval]
    changed: Callable[[Reading], Interval] | None
    hang: Callable[[Reading], int]
    unknown: Callable[[Reading], int]
    conditional: bool = False  # whether it reads conditions, which must have been decided before

    def reachable(self, reading: Reading) -> Interval:
        """The interval with every change that the enterprise can make."""
        return self.changed(reading) if self.changed else self.now(reading)


class Quantities:
    """Compiles numbers into the plan."""

    def __init__(self, plan: Compiler) -> None:
        self.plan = plan

    def of(self, number: Number) -> Quantity:
        """The compiled number."""
        match number:
            case str():
                return self._answer(number)
            case Ratio(ratio=(above, below)):
                return self._combined([self.of(above), self.of(below)], _divided)
            case Sum(sum=terms):
                return self._combined([self.of(t) for t in terms], _added)
            case BestOf(best_of=terms):
                return self._best([self.of(t) for t in terms])
            case Bands():
                return self._bands(number)
            case PointsIf(points_if=condition, gives=gives, otherwise=otherwise):
                return self._conditions((condition,), lambda low, high: _span(gives if low else otherwise, gives if high else otherwise))
            case Count(count=counted):
                return self._conditions(counted, lambda low, high: (float(low), float(high)))
            case YearsSince(years_since=id_):
                return self._since(id_, _years)
            case DaysSince(days_since=id_):
                return self._since(id_, lambda start, end: float((end - start).days))
        raise TypeError(number)

    def _answer(self, id_: str) -> Quantity:
        question, bit = self.plan.questions[id_], self.plan.bit(id_)
        whole = (question.min, inf if question.max is None else question.max)

        def now(r: Reading) -> Interval:
            answer = r.answers.get(id_)
            return whole if answer is None else (answer, answer)  # type: ignore[return-value]

        def grown(r: Reading) -> Interval:
            return now(r)[0], whole[1]

        def unknown(r: Reading) -> int:
            return 0 if id_ in r.answers else bit

        return Quantity(now, grown if question.changes == "grow" else None, unknown, unknown)

    def _combined(self, terms: list[Quantity], join: Callable[[list[Interval]], Interval]) -> Quantity:
        def changed(r: Reading) -> Interval:
            return join([t.reachable(r) for t in terms])

        return Quantity(
            now=lambda r: join([t.now(r) for t in terms]),
            changed=changed if any(t.changed for t in terms) else None,
            hang=lambda r: _all(t.hang(r) for t in terms),
            unknown=lambda r: _all(t.unknown(r) for t in terms),
            conditional=any(t.conditional for t in terms),
        )

    def _best(self, terms: list[Quantity]) -> Quantity:
        combined = self._combined(terms, _largest)

        def hang(r: Reading) -> int:
            sure = combined.now(r)[0]  # a term that cannot exceed what is sure decides nothing
            return _all(t.hang(r) for t in terms if t.now(r)[1] > sure)

        return replace(combined, hang=hang)

    def _bands(self, bands: Bands) -> Quantity:
        inner, steps = self.of(bands.bands), tuple((reaching(s.at_least), s.gives) for s in bands.steps)

        def points(value: float) -> float:
            return next((gives for edge, gives in steps if value >= edge), bands.otherwise)

        def span(interval: Interval) -> Interval:
            low, high = interval
            met = [points(low), points(high), *(gives for edge, gives in steps if low <= edge <= high)]
            return min(met), max(met)

        def hang(r: Reading) -> int:
            low, high = span(inner.now(r))
            return inner.hang(r) if low < high else 0

        changed = inner.changed
        return Quantity(lambda r: span(inner.now(r)), None if changed is None else lambda r: span(changed(r)), hang, inner.unknown, inner.conditional)

    def _conditions(self, counted: tuple[Expression, ...], worth: Callable[[int, int], Interval]) -> Quantity:
        slots = tuple(self.plan.add(condition) for condition in counted)

        def now(r: Reading) -> Interval:
            return worth(sum(r.now[s] == YES for s in slots), sum(r.now[s] != NO for s in slots))

        def changed(r: Reading) -> Interval:
            return worth(sum(r.now[s] == YES for s in slots), sum(r.now[s] != NO or r.reach[s] != NO for s in slots))

        def unknown(r: Reading) -> int:
            return _all(r.hangs_on(s) | r.hangs_on(s, later=True) for s in slots)

        return Quantity(now, changed, lambda r: _all(r.hangs_on(s) for s in slots), unknown, conditional=True)

    def _since(self, id_: str, measure: Callable[[date, date], float]) -> Quantity:
        bit = self.plan.bit(id_)

        def now(r: Reading) -> Interval:
            start = r.answers.get(id_)
            if start is None:
                return 0.0, inf
            assert isinstance(start, date)
            passed = measure(start, r.on)
            return passed, passed

        def unknown(r: Reading) -> int:
            return 0 if id_ in r.answers else bit

        return Quantity(now, lambda r: (now(r)[0], inf), unknown, unknown)


def _all(masks: Iterable[int]) -> int:
    mask = 0
    for part in masks:
        mask |= part
    return mask


def _added(terms: list[Interval]) -> Interval:
    low = high = 0.0
    for least, most in terms:  # one after the other: `sum` rounds differently from Python 3.12 on, and `columns` must agree to the last bit
        low, high = low + least, high + most
    return low, high


def _largest(terms: list[Interval]) -> Interval:
    return max(t[0] for t in terms), max(t[1] for t in terms)


def _divided(terms: list[Interval]) -> Interval:
    """All quotients of two intervals of numbers that are not negative; a quotient by 0 counts as 0."""
    (a, b), (c, d) = terms
    if d == 0:
        return 0.0, 0.0
    low = 0.0 if c == 0 or d == inf else a / d
    return low, (b / c if c > 0 else inf if b > 0 else 0.0)


def _span(a: float, b: float) -> Interval:
    return min(a, b), max(a, b)


def _years(start: date, end: date) -> float:
    """Completed years, and the part of the running one."""
    years = end.year - start.year - ((end.month, end.day) < (start.month, start.day))
    last = anniversary(start, years)
    return years + (end - last).days / (anniversary(start, years + 1) - last).days


def anniversary(start: date, years: int) -> date:
    try:
        return start.replace(year=start.year + years)
    except ValueError:  # 29 February: the day after the last of February
        return date(start.year + years, 3, 1)
