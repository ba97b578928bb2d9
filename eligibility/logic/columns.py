"""Reading 3: the same decision over a table of companies.

Every truth of `bounds` is two columns of yes or no: what holds whatever is still unknown (`certain`), and what can still
hold (`possible`). YES is both, NO is neither, OPEN is possible only. A number is two columns too, its least and its most.
So "all" is an and, "any" an or, and no null is left to reason about: Polars works on whole machine words.

Formulas are kept once, however many supports use them; what is the same for every company (a question that the table
does not have, words left to the agency) is worked out here and costs nothing per row.

The table that the formulas read has one row a company; null is unknown:

    a choice            a whole number: the place of the option among the options, from 0
    several choices     one column of yes/no for each option, named by `option_column`; null is "not sure of this one"
    yes/no              yes/no
    a number            a float in the question's unit
    a date              a date

There is no limit to the number of options or questions.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, reduce
from math import inf
from operator import and_ as and_also
from operator import ge, gt, le, lt, or_
from typing import Any, NamedTuple

import polars as pl

from eligibility.logic.bounds import Asked, Named
from eligibility.logic.expressions import (
    OPPOSITE,
    All,
    AnyOf,
    Bands,
    BestOf,
    By,
    Compare,
    Count,
    DaysSince,
    Discretion,
    Expression,
    Has,
    HasStatus,
    In,
    Is,
    Not,
    Number,
    PointsIf,
    Ratio,
    Sum,
    YearsSince,
    reaching,
)
from eligibility.logic.quantities import anniversary

AGENCY = ""  # on what only the agency can say, as a "question" beside the real ones


def option_column(question: str, option: str) -> str:
    """The column of one option of a question with several choices."""
    return f"{question}.{option}"


@dataclass(frozen=True, eq=False, slots=True)
class Formula:
    """One column to be worked out from others. Equal formulas are the same object."""

    number: int
    of: tuple[Formula, ...]
    build: Callable[..., pl.Expr]
    reads: str | None = None  # the column of the table that it is made of

    @property
    def name(self) -> str:
        """The column that holds it while it is needed; no question is called so."""
        return f"={self.number}"


Truth = bool | Formula  # a plain bool is the same for every company
Amount = float | Formula
Tally = int | Formula
Word = str | Formula


class Bounds(NamedTuple):
    """A truth under partial knowledge."""

    certain: Truth
    possible: Truth


class Span(NamedTuple):
    """A number under partial knowledge."""

    least: Amount
    most: Amount


Hanging = Mapping[str, Truth]  # by question, whether a condition that is open hangs on it

UNDECIDED = Bounds(False, True)


class Condition(NamedTuple):
    """One condition: as things are, as the company could make them, and on what it hangs. See the slots of `bounds`."""

    now: Bounds
    reach: Bounds
    hang: Callable[[bool], Hanging]


@dataclass(frozen=True)
class Quantity:
    """One number: as things are, with every change (None: nothing can change it), the facts that keep it open, and all that it lacks."""

    now: Span
    changed: Span | None
    hang: Callable[[], Hanging]
    unknown: Callable[[], Hanging]

    @property
    def reachable(self) -> Span:
        """The number with every change that the enterprise can make."""
        return self.changed or self.now


class Columns:
    """The formulas of one rulebook on one day, for tables that have the columns `given`."""

    def __init__(self, questions: Mapping[str, Asked], statuses: Mapping[str, Named], on: date, given: Collection[str]) -> None:
        self.questions, self.statuses, self.on, self.given = questions, statuses, on, frozenset(given)
        self._formulas: dict[tuple[Any, ...], Formula] = {}
        self._decided: dict[tuple[Expression, bool], Condition] = {}

    def decide(self, expression: Expression, negated: bool = False) -> Condition:
        """An expression, or its contrary, as formulas."""
        if isinstance(expression, Not):
            return self.decide(expression.not_, not negated)
        key = (expression, negated)
        if key not in self._decided:
            self._decided[key] = self._compile(expression, negated)
        return self._decided[key]

    def hanging(self, condition: Condition, later: bool = False) -> Hanging:
        """The unknown facts that keep a condition open, by question; nobody's where it is decided."""
        certain, possible = condition.reach if later else condition.now
        opened = self.all([possible, self.contrary(certain)])
        return {} if opened is False else {q: self.all([opened, hangs]) for q, hangs in condition.hang(later).items()}

    def keeping_open(self, condition: Condition) -> Hanging:
        """The unanswered questions on which the verdict hangs: whether it holds, or, where it fails, whether it can be brought about."""
        failed = self._only(self.contrary(condition.now.possible), self.hanging(condition, later=True))
        return {q: hangs for q, hangs in self._together([self.hanging(condition), failed]).items() if q != AGENCY}

    # -- truths of several columns --

    def all(self, truths: Iterable[Truth]) -> Truth:
        """Where all hold."""
        return self._joined(truths, "and", and_also, settled=False)

    def any(self, truths: Iterable[Truth]) -> Truth:
        """Where one holds."""
        return self._joined(truths, "or", or_, settled=True)

    def contrary(self, truth: Truth) -> Truth:
        """Where it does not hold."""
        return (not truth) if isinstance(truth, bool) else self._formula(("not",), [truth], lambda x: ~x)

    def word(self, among: pl.Enum, where: Truth, then: Word, otherwise: Word) -> Word:
        """One of a few words by a condition."""
        if isinstance(where, bool) or then == otherwise:
            return then if where is True else otherwise

        def build(condition: pl.Expr, *rest: pl.Expr) -> pl.Expr:
            given = iter(rest)
            chosen = [next(given) if isinstance(w, Formula) else pl.lit(w, among) for w in (then, otherwise)]
            return pl.when(condition).then(chosen[0]).otherwise(chosen[1])

        places = tuple(None if isinstance(w, Formula) else w for w in (then, otherwise))
        return self._formula(("word", among, *places), [where, *(w for w in (then, otherwise) if isinstance(w, Formula))], build)

    def count(self, truths: Iterable[Truth]) -> Tally:
        """How many of them hold, up to 65,535."""
        sure, open_ = 0, []
        for truth in truths:
            if isinstance(truth, bool):
                sure += truth
            else:
                open_.append(truth)
        if not open_:
            return sure
        return self._formula(("count", sure), open_, lambda *x: pl.sum_horizontal(*[e.cast(pl.UInt16) for e in x]) + pl.lit(sure, pl.UInt16))

    def _joined(self, truths: Iterable[Truth], name: str, join: Callable[[Any, Any], Any], *, settled: bool) -> Truth:
        found: dict[int, Formula] = {}
        for truth in truths:
            if truth is settled:
                return settled
            if isinstance(truth, Formula):
                found[truth.number] = truth
        parts = [found[n] for n in sorted(found)]  # whatever their order, equal parts are the same formula
        if len(parts) < 2:
            return parts[0] if parts else not settled
        return self._formula((name,), parts, lambda *x: reduce(join, x))

    def _formula(self, kind: tuple[Any, ...], of: Sequence[Formula], build: Callable[..., pl.Expr], reads: str | None = None) -> Formula:
        key = (*kind, *(f.number for f in of))
        if key not in self._formulas:
            self._formulas[key] = Formula(len(self._formulas), tuple(of), build, reads)
        return self._formulas[key]

    def _read(self, column: str, what: tuple[Any, ...], build: Callable[[pl.Expr], pl.Expr]) -> Formula:
        return self._formula(("read", column, *what), (), lambda: build(pl.col(column)), column)

    # -- one method a form, each the counterpart of one in `bounds` --

    def _compile(self, expression: Expression, negated: bool) -> Condition:
        match expression:
            case All(all=inner):
                return self._combined([self.decide(part, negated) for part in inner], self.any if negated else self.all)
            case AnyOf(any=inner):
                return self._combined([self.decide(part, negated) for part in inner], self.all if negated else self.any)
            case By():
                return self._by(expression, negated)
            case HasStatus(status=id_):
                return self._status(self.statuses[id_], negated)
            case Discretion():
                return Condition(UNDECIDED, Bounds(True, True), lambda later: {AGENCY: True})
            case Is(answer=id_, is_=bool(value)):
                return self._leaf(id_, id_ in self.given and self._asked(id_, ("yes",), lambda c: c if value else ~c, (value,)), negated)
            case Is(answer=id_, is_=str(value)):
                return self._leaf(id_, self._among(id_, [value]), negated)
            case In(answer=id_, in_=options):
                return self._leaf(id_, self._among(id_, options), negated)
            case Has():
                return self._has(expression, negated)
            case Compare():
                return self._compare(expression, negated)
        raise TypeError(expression)

    def _combined(self, parts: list[Condition], join: Callable[[Iterable[Truth]], Truth]) -> Condition:
        def joined(bounds: list[Bounds]) -> Bounds:
            return Bounds(join(b.certain for b in bounds), join(b.possible for b in bounds))

        return Condition(joined([p.now for p in parts]), joined([p.reach for p in parts]), lambda later: self._together(self.hanging(p, later) for p in parts))

    def _together(self, masks: Iterable[Hanging]) -> Hanging:
        found: dict[str, list[Truth]] = {}
        for mask in masks:
            for question, hangs in mask.items():
                found.setdefault(question, []).append(hangs)
        return {q: self.any(hangs) for q, hangs in found.items()}

    def _only(self, where: Truth, mask: Hanging) -> Hanging:
        return {q: self.all([where, hangs]) for q, hangs in mask.items()}

    def _asked(self, column: str, what: tuple[Any, ...], test: Callable[[pl.Expr], pl.Expr], more: tuple[Any, ...] = (), unknown: Bounds = UNDECIDED) -> Bounds:
        """A test of one answer; `unknown` is its outcome where there is none."""
        return Bounds(*(self._read(column, (*what, *more, bool(u)), lambda c, u=u: test(c).fill_null(u)) for u in unknown))  # type: ignore[misc]

    def _among(self, id_: str, options: Sequence[str]) -> Bounds | bool:
        if id_ not in self.given:
            return False
        codes = [place for place, option in enumerate(self.questions[id_].option) if option in options]
        if len(codes) == 1:
            return self._asked(id_, ("is",), lambda c: c == codes[0], tuple(codes))
        return self._asked(id_, ("in",), lambda c: c.is_in(codes), tuple(codes))

    def _leaf(self, id_: str, outcome: Bounds | bool, negated: bool) -> Condition:
        now = UNDECIDED if isinstance(outcome, bool) else outcome
        if negated:
            now = self._opposite(now)
        return Condition(now, now, lambda later: {id_: True})

    def _opposite(self, bounds: Bounds) -> Bounds:
        return Bounds(self.contrary(bounds.possible), self.contrary(bounds.certain))

    def _by(self, by: By, negated: bool) -> Condition:
        groups: dict[Expression, list[str]] = {}
        for option in self.questions[by.by].option:
            groups.setdefault(by.row(option), []).append(option)
        # A row can count where its choice was made or none was. The table is certain where every row that can count is.
        rows: list[tuple[Truth, Condition]] = []
        for expression, options in groups.items():
            among = self._among(by.by, options)
            rows.append((True if isinstance(among, bool) else among.possible, self.decide(expression, negated)))

        def table(bounds: list[Bounds]) -> Bounds:
            certain = self.all(self.any([b.certain, self.contrary(counts)]) for (counts, _), b in zip(rows, bounds, strict=True))
            return Bounds(certain, self.any(self.all([b.possible, counts]) for (counts, _), b in zip(rows, bounds, strict=True)))

        def hang(later: bool) -> Hanging:
            masks = [self._only(counts, self.hanging(row, later)) for counts, row in rows]
            return self._together([{by.by: self._missing(by.by)}, *masks])

        return Condition(table([row.now for _, row in rows]), table([row.reach for _, row in rows]), hang)

    def _missing(self, id_: str) -> Truth:
        return self._read(id_, ("missing",), lambda c: c.is_null()) if id_ in self.given else True

    def _status(self, status: Named, negated: bool) -> Condition:
        held = self.decide(status.holds_if, negated)
        if not status.suggest:
            return Condition(held.now, held.now, lambda later: self.hanging(held))
        if status.attainable_if is None or negated:
            return Condition(held.now, held.reach, lambda later: self.hanging(held, later))
        attainable, lacking = self.decide(status.attainable_if), self.contrary(held.now.possible)
        certain = self.any([held.now.certain, self.all([lacking, attainable.now.certain])])

        def hang(later: bool) -> Hanging:
            own = self.hanging(held)
            return self._together([own, self._only(lacking, self.hanging(attainable))]) if later else own

        return Condition(held.now, Bounds(certain, self.any([held.now.possible, attainable.now.possible])), hang)

    def _has(self, has: Has, negated: bool) -> Condition:
        id_, absent = has.answer, has.negative != negated
        columns = [option_column(id_, option) for option in dict.fromkeys(has.options)]
        each = [self._asked(c, ("has",), lambda c: c) if c in self.given else UNDECIDED for c in columns]
        now = Bounds(self.any(b.certain for b in each), self.any(b.possible for b in each))
        if absent:
            now = self._opposite(now)
        reach = now
        if self.questions[id_].changes == ("lose" if absent else "grow"):
            reach = Bounds(self.any([now.certain, self.contrary(now.possible)]), True)
        return Condition(now, reach, lambda later: {id_: True})

    def _compare(self, compare: Compare, negated: bool) -> Condition:
        relation, bound = OPPOSITE[compare.relation] if negated else compare.relation, compare.edge
        if compare.answer is not None:
            return self._compare_answer(compare.answer, relation, bound)
        quantity = self._quantity(compare.number)
        now = self._compared(relation, quantity.now, bound)
        if quantity.changed is None:
            return Condition(now, now, lambda later: quantity.unknown() if later else quantity.hang())
        changed, lacking = self._compared(relation, quantity.changed, bound), self.any(quantity.unknown().values())
        certain = self.any([now.certain, self.all([self.contrary(now.possible), changed.possible, self.contrary(lacking)])])
        return Condition(now, Bounds(certain, self.any([now.possible, changed.possible])), lambda later: quantity.unknown() if later else quantity.hang())

    def _compare_answer(self, id_: str, relation: str, bound: float) -> Condition:
        question, test = self.questions[id_], _TESTS[relation]
        most = inf if question.max is None else question.max
        unknown = Bounds(*self._compared(relation, Span(question.min, most), bound))
        now = self._asked(id_, (relation, bound), lambda c: test(c, bound), unknown=unknown) if id_ in self.given else unknown
        reach = now
        if question.changes == "grow" and relation in ("at_least", "above") and test(most, bound):
            reach = Bounds(self.any([self.contrary(self._missing(id_)), unknown.certain]), True)
        return Condition(now, reach, lambda later: {id_: True})

    def _compared(self, relation: str, span: Span, bound: float) -> Bounds:
        certain, possible = (span.least, span.most) if relation in ("at_least", "above") else (span.most, span.least)
        return Bounds(self._against(relation, certain, bound), self._against(relation, possible, bound))

    def _against(self, relation: str, amount: Amount, bound: float) -> Truth:
        test = _TESTS[relation]
        if isinstance(amount, Formula):
            return self._formula((relation, bound), [amount], lambda x: test(x, bound))
        return bool(test(amount, bound))

    # -- numbers: the counterpart of `quantities` --

    def _quantity(self, number: Number) -> Quantity:
        match number:
            case str(id_):
                return self._answer(id_)
            case Ratio(ratio=(above, below)):
                return self._joined_numbers([self._quantity(above), self._quantity(below)], self._divided)
            case Sum(sum=terms):
                return self._joined_numbers([self._quantity(t) for t in terms], self._added)
            case BestOf(best_of=terms):
                return self._best([self._quantity(t) for t in terms])
            case Bands():
                return self._bands(number)
            case PointsIf(points_if=condition, gives=gives, otherwise=otherwise):
                return self._points([condition], lambda sure, can: self._worth(sure[0], can[0], gives, otherwise))
            case Count(count=counted):
                return self._points(counted, lambda sure, can: Span(self._how_many(sure), self._how_many(can)))
            case YearsSince(years_since=id_):
                return self._since(id_, "years", years_since)
            case DaysSince(days_since=id_):
                return self._since(id_, "days", days_since)
        raise TypeError(number)

    def _work_out(self, kind: tuple[Any, ...], amounts: Sequence[Amount], exactly: Callable[..., float], over_rows: Callable[..., pl.Expr]) -> Amount:
        """A number from others. Where none of them depends on the company, neither does it."""
        if not any(isinstance(a, Formula) for a in amounts):
            return exactly(*amounts)
        places = tuple("column" if isinstance(a, Formula) else a for a in amounts)

        def build(*columns: pl.Expr) -> pl.Expr:
            given = iter(columns)
            return over_rows(*[next(given) if isinstance(a, Formula) else pl.lit(float(a)) for a in amounts])

        return self._formula((*kind, *places), [a for a in amounts if isinstance(a, Formula)], build)

    def _answer(self, id_: str) -> Quantity:
        question = self.questions[id_]
        least, most = float(question.min), inf if question.max is None else float(question.max)
        now = Span(least, most)
        if id_ in self.given:
            now = Span(*(self._read(id_, ("number", edge), lambda c, edge=edge: c.fill_null(edge)) for edge in now))  # type: ignore[misc]
        missing = self._missing(id_)
        return Quantity(now, Span(now.least, most) if question.changes == "grow" else None, lambda: {id_: missing}, lambda: {id_: missing})

    def _joined_numbers(self, terms: list[Quantity], join: Callable[[list[Span]], Span]) -> Quantity:
        return Quantity(
            now=join([t.now for t in terms]),
            changed=join([t.reachable for t in terms]) if any(t.changed for t in terms) else None,
            hang=lambda: self._together(t.hang() for t in terms),
            unknown=lambda: self._together(t.unknown() for t in terms),
        )

    def _added(self, terms: list[Span]) -> Span:
        def fold(amounts: list[Amount]) -> Amount:
            return reduce(lambda a, b: self._work_out(("+",), [a, b], lambda x, y: x + y, lambda x, y: x + y), amounts)

        return Span(fold([t.least for t in terms]), fold([t.most for t in terms]))

    def _largest(self, terms: list[Span]) -> Span:
        def largest(amounts: list[Amount]) -> Amount:
            return amounts[0] if len(amounts) == 1 else self._work_out(("max",), amounts, max, lambda *x: pl.max_horizontal(*x))

        return Span(largest([t.least for t in terms]), largest([t.most for t in terms]))

    def _divided(self, terms: list[Span]) -> Span:
        (a, b), (c, d) = terms
        least = self._work_out(
            ("÷ least",),
            [a, c, d],
            lambda a, c, d: 0.0 if d == 0 or c == 0 or d == inf else a / d,
            lambda a, c, d: pl.when((d == 0) | (c == 0) | (d == inf)).then(0.0).otherwise(a / d),
        )
        most = self._work_out(
            ("÷ most",),
            [b, c, d],
            lambda b, c, d: 0.0 if d == 0 else b / c if c > 0 else inf if b > 0 else 0.0,
            lambda b, c, d: pl.when(d == 0).then(0.0).when(c > 0).then(b / c).when(b > 0).then(inf).otherwise(0.0),
        )
        return Span(least, most)

    def _best(self, terms: list[Quantity]) -> Quantity:
        best = self._joined_numbers(terms, self._largest)

        def hang() -> Hanging:
            return self._together(self._only(self._exceeds(t.now.most, best.now.least), t.hang()) for t in terms)

        return replace(best, hang=hang)

    def _exceeds(self, more: Amount, less: Amount) -> Truth:
        if isinstance(more, Formula) and isinstance(less, Formula):
            return self._formula((">",), [more, less], lambda x, y: x > y)
        if isinstance(more, Formula):
            return self._formula(("> number", less), [more], lambda x: x > less)
        if isinstance(less, Formula):
            return self._formula(("< number", more), [less], lambda x: x < more)
        return more > less

    def _bands(self, bands: Bands) -> Quantity:
        inner, steps = self._quantity(bands.bands), tuple((reaching(s.at_least), s.gives) for s in bands.steps)
        otherwise = float(bands.otherwise)

        def points(value: float) -> float:
            return next((gives for edge, gives in steps if value >= edge), otherwise)

        def points_over_rows(value: pl.Expr) -> pl.Expr:
            found = pl.lit(otherwise)
            for edge, gives in reversed(steps):
                found = pl.when(value >= edge).then(pl.lit(float(gives))).otherwise(found)
            return found

        def span(of: Span) -> Span:
            def edge(name: str, outermost: Callable[..., float], over_rows: Callable[..., pl.Expr]) -> Amount:
                return self._work_out(
                    ("bands", name, steps, otherwise),
                    [of.least, of.most],
                    lambda low, high: outermost([points(low), points(high), *(g for e, g in steps if low <= e <= high)]),
                    # A band within the span counts; one outside it repeats the points of an end, which changes nothing.
                    lambda low, high: over_rows(
                        points_over_rows(low), points_over_rows(high), *(pl.when((low <= e) & (high >= e)).then(pl.lit(float(g))).otherwise(points_over_rows(low)) for e, g in steps)
                    ),
                )

            return Span(edge("least", min, pl.min_horizontal), edge("most", max, pl.max_horizontal))

        now = span(inner.now)
        return Quantity(now, span(inner.changed) if inner.changed else None, lambda: self._only(self._exceeds(now.most, now.least), inner.hang()), inner.unknown)

    def _points(self, conditions: Sequence[Expression], worth: Callable[[list[Truth], list[Truth]], Span]) -> Quantity:
        parts = [self.decide(condition) for condition in conditions]
        sure = [p.now.certain for p in parts]

        def unknown() -> Hanging:
            return self._together(self.hanging(p, later) for p in parts for later in (False, True))

        now = worth(sure, [p.now.possible for p in parts])
        changed = worth(sure, [self.any([p.now.possible, p.reach.possible]) for p in parts])
        return Quantity(now, changed, lambda: self._together(self.hanging(p) for p in parts), unknown)

    def _worth(self, sure: Truth, can: Truth, gives: float, otherwise: float) -> Span:
        if gives < otherwise:
            sure, can = can, sure
        return Span(self._either(sure, gives, otherwise), self._either(can, gives, otherwise))

    def _either(self, where: Truth, then: float, otherwise: float) -> Amount:
        if isinstance(where, bool):
            return float(then if where else otherwise)
        return self._formula(("either", then, otherwise), [where], lambda x: pl.when(x).then(pl.lit(float(then))).otherwise(pl.lit(float(otherwise))))

    def _how_many(self, truths: list[Truth]) -> Amount:
        return reduce(lambda a, b: self._work_out(("+",), [a, b], lambda x, y: x + y, lambda x, y: x + y), [self._either(t, 1, 0) for t in truths])

    def _since(self, id_: str, name: str, measure: Callable[[pl.Expr, date], pl.Expr]) -> Quantity:
        now = Span(0.0, inf)
        if id_ in self.given:
            now = Span(*(self._read(id_, (name, edge), lambda c, edge=edge: measure(c, self.on).fill_null(edge)) for edge in now))  # type: ignore[misc]
        missing = self._missing(id_)
        return Quantity(now, Span(now.least, inf), lambda: {id_: missing}, lambda: {id_: missing})


_TESTS: Mapping[str, Callable[[Any, Any], Any]] = {"at_least": ge, "above": gt, "at_most": le, "below": lt}


def days_since(start: pl.Expr, end: date) -> pl.Expr:
    """Days from a date to a day."""
    return (pl.lit(end) - start).dt.total_days().cast(pl.Float64)


def years_since(start: pl.Expr, end: date) -> pl.Expr:
    """Completed years, and the part of the running one. That part depends on the month and the day only: there are 366."""
    parts: dict[int, float] = {}
    for day in range(366):
        any_year = date.fromordinal(date(2000, 1, 1).toordinal() + day)
        years = end.year - 2000 - ((end.month, end.day) < (any_year.month, any_year.day))
        last, following = anniversary(any_year, years), anniversary(any_year, years + 1)
        parts[any_year.month * 32 + any_year.day] = (end - last).days / (following - last).days
    month_and_day = start.dt.month().cast(pl.Int16) * 32 + start.dt.day().cast(pl.Int16)
    not_yet = (month_and_day > end.month * 32 + end.day).cast(pl.Int32)
    years_ = (pl.lit(end.year, pl.Int32) - start.dt.year() - not_yet).cast(pl.Float64)
    return years_ + month_and_day.replace_strict(list(parts), list(parts.values()), return_dtype=pl.Float64)


@dataclass(frozen=True)
class Staged:
    """Formulas in the order in which they can be worked out: each stage needs only the stages before it."""

    wanted: Mapping[str, Truth | Tally | Word]

    @cached_property
    def _uses(self) -> Mapping[Formula, int]:
        """Every formula that is needed, and how many others use it. What is wanted is a column in any case."""
        stack = list(dict.fromkeys(f for f in self.wanted.values() if isinstance(f, Formula)))
        uses = dict.fromkeys(stack, 2)
        while stack:
            for part in stack.pop().of:
                if part not in uses:
                    stack.append(part)
                uses[part] = uses.get(part, 0) + 1
        return uses

    @cached_property
    def reads(self) -> frozenset[str]:
        """The columns of the table that matter."""
        return frozenset(f.reads for f in self._uses if f.reads is not None)

    @cached_property
    def stages(self) -> tuple[tuple[pl.Expr, ...], ...]:
        """The columns to add, stage by stage. What several formulas use is a column; what one uses is part of it."""
        stage_of: dict[Formula, int] = {}
        inlined: dict[Formula, pl.Expr] = {}
        stages: list[list[pl.Expr]] = []
        for formula in sorted(self._uses, key=lambda f: f.number):  # parts are older than what they are part of
            stage = max((stage_of[p] + (p not in inlined) for p in formula.of), default=0)
            expression = formula.build(*(inlined[p] if p in inlined else pl.col(p.name) for p in formula.of))
            stage_of[formula] = stage
            if self._uses[formula] == 1:
                inlined[formula] = expression
            else:
                while len(stages) <= stage:
                    stages.append([])
                stages[stage].append(expression.alias(formula.name))
        return tuple(tuple(stage) for stage in stages)

    def over(self, frame: pl.DataFrame, rows: int) -> pl.DataFrame:
        """What was wanted, for every row of a table of so many rows."""
        for stage in self.stages:
            frame = frame.with_columns(stage)
        return pl.DataFrame({name: frame[f.name] if isinstance(f, Formula) else _constant(f, rows) for name, f in self.wanted.items()})


def _constant(value: bool | int | str, rows: int) -> pl.Series:
    dtype = pl.Boolean if isinstance(value, bool) else pl.UInt16 if isinstance(value, int) else pl.String
    return pl.repeat(value, rows, dtype=dtype, eager=True)
