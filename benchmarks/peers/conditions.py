"""The conditions of the supports, and how a peer's language is made to say them.

A peer decides yes or no; this program decides yes, no or open. So each condition is put to a peer in two ways:

- once, plainly (`PLAIN`), as one would write it if every answer were known: may the company get the support, if the
  agency uses its discretion kindly? What the peer makes of a missing answer is its own affair.
- twice, guarded (`CERTAIN` and `POSSIBLE`): does it hold whatever the unknown answers are; can it still hold? Together
  the two are this program's three truths. A language with nulls of its own says both at once (`KLEENE`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from enum import StrEnum
from math import inf
from typing import Generic, TypeVar

from eligibility.logic.expressions import OPPOSITE, All, AnyOf, By, Case, Compare, Discretion, Expression, Has, HasStatus, In, Is, Not, walk
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.models import Question

T = TypeVar("T")


class Way(StrEnum):
    """In which way a condition is put to a peer."""

    PLAIN = "plain"
    CERTAIN = "certain"
    POSSIBLE = "possible"
    KLEENE = "kleene"


def distinct(rulebook: Rulebook) -> tuple[Expression, ...]:
    """The conditions of all supports, equal ones once: this program decides them once, so nobody else is made to decide them twice."""
    return tuple(dict.fromkeys(s.eligible_if for s in rulebook.supports.values()))


def read_by(rulebook: Rulebook) -> tuple[Question, ...]:
    """The questions that the supports read, statuses opened, in the order of the questionnaire."""
    found: set[str] = set()

    def note(expression: Expression) -> None:
        for part in walk(expression):
            match part:
                case HasStatus(status=id_):
                    note(rulebook.statuses[id_].holds_if)
                case By(by=id_) | Is(answer=id_) | In(answer=id_) | Has(answer=id_):
                    found.add(id_)
                case Compare():
                    found.add(compared(part))

    for condition in distinct(rulebook):
        note(condition)
    return tuple(q for q in rulebook.questions.values() if q.id in found)


def compared(compare: Compare) -> str:
    """The question that is compared. Worked-out numbers stand in self-checks only; should a support use one, no peer can be asked about it as it is."""
    if compare.answer is None:
        raise NotImplementedError(f"a support compares a number that is worked out, which this benchmark cannot say to its peers: {compare.value}")
    return compare.answer


def kindly(expression: Expression, rulebook: Rulebook, negated: bool = False) -> Expression:
    """The condition if every discretion turns out in the company's favour: what the plain way asks, in this program's own terms."""
    number = next(q for q in rulebook.questions.values() if q.kind == "number")
    match expression:
        case All(all=parts):
            return All(all=tuple(kindly(p, rulebook, negated) for p in parts))
        case AnyOf(any=parts):
            return AnyOf(any=tuple(kindly(p, rulebook, negated) for p in parts))
        case Not(not_=part):
            return Not(**{"not": kindly(part, rulebook, not negated)})
        case By(by=by, cases=cases, otherwise=otherwise):
            return By(by=by, cases=tuple(Case(when=c.when, then=kindly(c.then, rulebook, negated)) for c in cases), otherwise=kindly(otherwise, rulebook, negated))
        case HasStatus(status=id_):
            return kindly(rulebook.statuses[id_].holds_if, rulebook, negated)
        case Discretion():
            return Compare(answer=number.id, **{"below" if negated else "at_least": number.min})  # no number is below its least
    return expression


class Writer(ABC, Generic[T]):
    """Says conditions in a peer's language, as its `T`.

    A status is said once, under a name, in `statuses`; each stands after those that it is made of.
    """

    def __init__(self, rulebook: Rulebook, way: Way) -> None:
        self.rulebook, self.way = rulebook, way
        self.statuses: dict[str, T] = {}

    # -- what every language must be able to say --

    @abstractmethod
    def every(self, parts: Sequence[T]) -> T: ...
    @abstractmethod
    def some(self, parts: Sequence[T]) -> T: ...
    @abstractmethod
    def constant(self, value: bool) -> T: ...
    @abstractmethod
    def named(self, status: str) -> T: ...
    @abstractmethod
    def known(self, question: str) -> T: ...
    @abstractmethod
    def unknown(self, question: str) -> T: ...
    @abstractmethod
    def is_true(self, question: str, value: bool) -> T: ...
    @abstractmethod
    def chosen(self, question: str, options: Sequence[str]) -> T: ...
    @abstractmethod
    def overlaps(self, question: str, options: Sequence[str], absent: bool, maybe: bool) -> T:
        """One of the options is among the choices (or none is); `maybe` counts what the company is not sure of as chosen."""

    @abstractmethod
    def compares(self, question: str, relation: str, bound: float) -> T: ...

    def undecided(self) -> T:
        """A language with nulls says so; the others are asked for a bound."""
        raise NotImplementedError

    # -- the way from an expression to it --

    def write(self, expression: Expression, negated: bool = False) -> T:
        """The condition, or its contrary, in the peer's language."""
        match expression:
            case Not(not_=part):
                return self.write(part, not negated)
            case All(all=parts):
                return self._joined([self.write(p, negated) for p in parts], every=not negated)
            case AnyOf(any=parts):
                return self._joined([self.write(p, negated) for p in parts], every=negated)
            case By():
                return self._by(expression, negated)
            case HasStatus(status=id_):
                return self._status(id_, negated)
            case Discretion():
                return self.undecided() if self.way == Way.KLEENE else self.constant(self.way != Way.CERTAIN)
            case Is(answer=id_, is_=bool(value)):
                return self._guarded(id_, self.is_true(id_, value != negated))
            case Is(answer=id_) | In(answer=id_):
                return self._one_of(id_, expression.options, negated)
            case Has(answer=id_):
                absent = expression.negative != negated
                maybe = self.way == (Way.CERTAIN if absent else Way.POSSIBLE)
                return self._guarded(id_, self.overlaps(id_, expression.options, absent, maybe))
            case Compare():
                return self._compare(expression, negated)
        raise TypeError(expression)

    def _joined(self, parts: list[T], *, every: bool) -> T:
        """Joined, without what a generator need not say: a part twice, a constant."""
        neutral = self.constant(every)
        kept = [p for i, p in enumerate(parts) if p != neutral and p not in parts[:i]]
        if not kept:
            return neutral
        if self.constant(not every) in kept:
            return self.constant(not every)
        return kept[0] if len(kept) == 1 else self.every(kept) if every else self.some(kept)

    def _guarded(self, question: str, test: T) -> T:
        match self.way:
            case Way.CERTAIN:
                return self.every([self.known(question), test])
            case Way.POSSIBLE:
                return self.some([self.unknown(question), test])
        return test

    def _one_of(self, question: str, options: Sequence[str], negated: bool) -> T:
        wanted = [o for o in self.rulebook.questions[question].option if (o in options) != negated]
        return self._guarded(question, self.chosen(question, wanted))

    def _status(self, id_: str, negated: bool) -> T:
        name = f"{'not_' if negated else ''}{id_}_{self.way}"
        if name not in self.statuses:
            self.statuses[name] = self.write(self.rulebook.statuses[id_].holds_if, negated)
        said = self.statuses[name]
        return said if said in (self.constant(True), self.constant(False)) else self.named(name)

    def _compare(self, compare: Compare, negated: bool) -> T:
        question = self.rulebook.questions[compared(compare)]
        relation = OPPOSITE[compare.relation] if negated else compare.relation
        least, most, bound = question.min, inf if question.max is None else question.max, compare.bound
        above = relation in ("at_least", "above")
        if not (least < bound <= most if relation in ("at_least", "below") else least <= bound < most):
            return self.constant(above == (bound <= least))  # the question's own range decides it
        return self._guarded(question.id, self.compares(question.id, relation, bound))

    def _by(self, by: By, negated: bool) -> T:
        options = list(self.rulebook.questions[by.by].option)
        when_otherwise = [o for o in options if not any(o in c.when for c in by.cases)]
        cases = [(list(c.when), self.write(c.then, negated)) for c in by.cases]
        if when_otherwise:
            cases.append((when_otherwise, self.write(by.otherwise, negated)))
        rows = [self._joined([self.chosen(by.by, when), row], every=True) for when, row in cases]
        all_rows = self._joined([row for _, row in cases], every=True)
        any_row = self._joined([row for _, row in cases], every=False)
        match self.way:
            case Way.CERTAIN:
                return self._joined([self._known_row(by.by, rows), self._joined([self.unknown(by.by), all_rows], every=True)], every=False)
            case Way.POSSIBLE:
                return self._joined([self._known_row(by.by, rows), self._joined([self.unknown(by.by), any_row], every=True)], every=False)
            case Way.KLEENE:
                return self._joined([*rows, all_rows], every=False)
        return self._joined(rows, every=False)

    def _known_row(self, question: str, rows: list[T]) -> T:
        return self._joined([self.known(question), self._joined(rows, every=False)], every=True)
