"""Reading 1: decide an expression when some answers are not known.

Every condition is read as bounds over all the ways in which the unknown answers could still turn out. For a condition
there are three cases: it holds whatever they are (YES), it cannot hold whatever they are (NO), or it depends (OPEN).

A second reading asks, for what does not hold now, whether the enterprise itself can bring it about (REACH): grow a
number, get off a list, obtain a title whose known requirements its figures do not rule out.

All conditions of a rulebook are compiled into one plan. Equal parts are shared, so a part that occurs in a hundred
supports is decided once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date
from math import inf
from operator import ge, gt, le, lt
from typing import Literal, Protocol

from eligibility.logic.answers import Answer, Answers
from eligibility.logic.expressions import OPPOSITE, All, AnyOf, By, Compare, Discretion, Expression, Has, HasStatus, In, Is, Not
from eligibility.logic.quantities import Quantities
from eligibility.logic.truth import NO, OPEN, YES

# How a slot is decided: from the reading and the truths of the slots before it (as things are, or as they could be made).
_Decide = Callable[["Reading", list[int]], int]
_Hang = Callable[["Reading", bool], int]


class Asked(Protocol):
    """What deciding needs to know of a question."""

    @property
    def min(self) -> float: ...
    @property
    def max(self) -> float | None: ...
    @property
    def changes(self) -> Literal["never", "grow", "lose"]: ...
    @property
    def option(self) -> Collection[str]: ...


class Named(Protocol):
    """What deciding needs to know of a status."""

    @property
    def holds_if(self) -> Expression: ...
    @property
    def attainable_if(self) -> Expression | None: ...
    @property
    def suggest(self) -> bool: ...


class Plan:
    """Compiled expressions. A slot is the place of one expression in the plan; parts come before what they are part of."""

    def __init__(self, questions: Mapping[str, Asked], statuses: Mapping[str, Named]) -> None:
        self.questions = questions
        self.statuses = statuses
        self.order = tuple(questions)
        self._bit = {q: 1 << i for i, q in enumerate(self.order)}
        self._asks: list[str] = []  # what only the agency can say hangs on bits of its own, above the questions
        self._slots: dict[tuple[Expression, bool], int] = {}
        self._now: list[tuple[int, _Decide]] = []  # all slots but the agency's, in order
        self._reach: list[tuple[int, _Decide]] = []  # the slots that the enterprise can bring about, in order
        self._agency: list[int] = []  # the slots that only the agency can decide
        self._kindly: list[int] = []  # ... and of these the ones that are not the contrary
        self._hang: list[_Hang] = []
        self._forms: list[tuple[Expression, bool]] = []

    def add(self, expression: Expression, negated: bool = False) -> int:
        """The slot of an expression (or of its contrary), compiled if it is new."""
        if isinstance(expression, Not):
            return self.add(expression.not_, not negated)
        key = (expression, negated)
        if key not in self._slots:
            now, reach, hang = self._compile(expression, negated)
            slot = self._slots[key] = len(self._forms)
            if now is not None:
                self._now.append((slot, now))
            if reach is not None:
                self._reach.append((slot, reach))
            if isinstance(expression, Discretion):
                self._agency.append(slot)
                self._kindly += [] if negated else [slot]
            self._hang.append(hang)
            self._forms.append(key)
        return self._slots[key]

    def form(self, slot: int) -> tuple[Expression, bool]:
        """The expression in a slot, and whether the slot holds its contrary."""
        return self._forms[slot]

    def read(self, answers: Answers, on: date, *, granted: frozenset[str] = frozenset(), lenient: bool = False) -> Reading:
        """Decide everything in the plan for one set of answers on one day.

        What-if: as though the statuses `granted` were held, and (`lenient`) as though every discretion turned out well.
        """
        reading = Reading(self, answers, on, granted, lenient)
        now = reading.now = [OPEN] * len(self._forms)
        if lenient:
            for slot in self._kindly:
                now[slot] = YES
        for slot, decide in self._now:
            now[slot] = decide(reading, now)
        reach = reading.reach = now.copy()
        for slot in self._agency:  # for what the enterprise can bring about, the agency's word stands in no one's way
            reach[slot] = YES
        for slot, bring_about in self._reach:
            # What holds stays so, and an unknown fact stays unknown: only what fails now, or is made of parts, is asked again.
            if now[slot] != YES:
                reach[slot] = bring_about(reading, reach)
        return reading

    def blank(self, answers: Answers, on: date) -> Reading:
        """A reading in which nothing has been decided: enough to work out a number that reads no condition."""
        return Reading(self, answers, on, frozenset(), False)

    def bit(self, question: str) -> int:
        """The bit of a question in a mask."""
        return self._bit[question]

    def asked_user(self, mask: int) -> tuple[str, ...]:
        """The questions of a mask, in the order of the questionnaire."""
        return tuple([self.order[i] for i in _bits(mask & ((1 << len(self.order)) - 1))])

    def asked_agency(self, mask: int) -> tuple[str, ...]:
        """The questions to the agency of a mask."""
        mask >>= len(self.order)
        return tuple([self._asks[i] for i in _bits(mask)])

    # -- one method a form: how it is decided now, how it could be brought about, on which questions it hangs --

    def _compile(self, expression: Expression, negated: bool) -> tuple[_Decide | None, _Decide | None, _Hang]:
        match expression:
            case All(all=inner):
                return self._combined(inner, negated, every=not negated)
            case AnyOf(any=inner):
                return self._combined(inner, negated, every=negated)
            case By():
                return self._by(expression, negated)
            case HasStatus(status=id_):
                return self._status(id_, negated)
            case Discretion(ask=ask):
                # Nobody's answer decides it: `read` says what it is before all else.
                if ask not in self._asks:
                    self._asks.append(ask)
                bit = 1 << (len(self.order) + self._asks.index(ask))
                return None, None, lambda reading, later: bit
            case Is(answer=id_, is_=value):
                return self._leaf(id_, (value,), negated)
            case In(answer=id_, in_=options):
                return self._leaf(id_, options, negated)
            case Has(answer=id_):
                return self._has(expression, negated)
            case Compare(answer=id_):
                return self._compare(expression, negated)
        raise TypeError(expression)

    def _combined(self, inner: tuple[Expression, ...], negated: bool, *, every: bool) -> tuple[_Decide, _Decide, _Hang]:
        slots = tuple(self.add(part, negated) for part in inner)
        combine = _joined(slots, every)

        def hang(reading: Reading, later: bool) -> int:
            mask = 0
            for slot in slots:
                mask |= reading.hangs_on(slot, later)
            return mask

        return combine, combine, hang

    def _by(self, by: By, negated: bool) -> tuple[_Decide, _Decide, _Hang]:
        otherwise = self.add(by.otherwise, negated)
        slot_of = {option: self.add(case.then, negated) for case in by.cases for option in case.when}
        every = tuple(dict.fromkeys(slot_of.get(o, otherwise) for o in self.questions[by.by].option))
        bit = self._bit[by.by]

        def decide(r: Reading, truths: list[int]) -> int:
            answer = r.answers.get(by.by)
            if answer is not None:
                return truths[slot_of.get(answer, otherwise)]  # type: ignore[arg-type]
            first = truths[every[0]]
            return first if all(truths[slot] == first for slot in every) else OPEN

        def hang(reading: Reading, later: bool) -> int:
            answer = reading.answers.get(by.by)
            if answer is not None:
                return reading.hangs_on(slot_of.get(answer, otherwise), later)  # type: ignore[arg-type]
            mask = bit
            for slot in every:
                mask |= reading.hangs_on(slot, later)
            return mask

        return decide, decide, hang

    def _status(self, id_: str, negated: bool) -> tuple[_Decide, _Decide, _Hang]:
        status = self.statuses[id_]
        held = self.add(status.holds_if, negated)
        attainable = None if status.attainable_if is None or negated else self.add(status.attainable_if)

        def reach_(r: Reading, truths: list[int]) -> int:
            if not status.suggest:
                return r.now[held]
            if attainable is None:
                return truths[held]
            return r.now[held] if r.now[held] != NO else r.now[attainable]

        def hang(reading: Reading, later: bool) -> int:
            if later and attainable is not None and reading.now[held] == NO:
                return reading.hangs_on(attainable, False)
            return reading.hangs_on(held, later and attainable is None and status.suggest)

        def now_(r: Reading, truths: list[int]) -> int:
            return (NO if negated else YES) if id_ in r.granted else truths[held]

        return now_, reach_, hang

    def _leaf(self, id_: str, accepted: Collection[str | bool], negated: bool) -> tuple[_Decide, _Decide | None, _Hang]:
        yes, no = (NO, YES) if negated else (YES, NO)
        truth_of: dict[Answer | None, int] = {None: OPEN, **dict.fromkeys(accepted, yes)}
        bit = self._bit[id_]
        return lambda r, truths: truth_of.get(r.answers.get(id_), no), None, lambda reading, later: bit

    def _has(self, has: Has, negated: bool) -> tuple[_Decide, _Decide | None, _Hang]:
        id_, none_of, absent = has.answer, frozenset(has.options).isdisjoint, has.negative != negated
        yes, no = (NO, YES) if absent else (YES, NO)
        bit, changes = self._bit[id_], self.questions[id_].changes
        reachable = changes == ("lose" if absent else "grow")

        def now_(r: Reading, truths: list[int]) -> int:
            answer = r.answers.get(id_)
            if answer is None:
                return OPEN
            if none_of(answer.chosen):  # type: ignore[union-attr]
                return no if none_of(answer.unsure) else OPEN  # type: ignore[union-attr]
            return yes

        def reach_(r: Reading, truths: list[int]) -> int:
            truth = now_(r, truths)
            return YES if truth == NO else truth

        return now_, reach_ if reachable else None, lambda reading, later: bit

    def _compared_answer(self, id_: str, relation: str, bound: float) -> tuple[_Decide, _Decide | None, _Hang]:
        """A plain answer against a bound: by far the commonest comparison, decided without intervals."""
        question, bit, test = self.questions[id_], self._bit[id_], _TESTS[relation]
        most = inf if question.max is None else question.max
        unknown = _compared(relation, (question.min, most), bound)
        grows = question.changes == "grow" and relation in ("at_least", "above") and test(most, bound)

        def now_(r: Reading, truths: list[int]) -> int:
            answer = r.answers.get(id_)
            return unknown if answer is None else YES if test(answer, bound) else NO  # type: ignore[arg-type]

        def reach_(r: Reading, truths: list[int]) -> int:
            return unknown if r.answers.get(id_) is None else YES

        return now_, reach_ if grows else None, lambda reading, later: bit

    def _compare(self, compare: Compare, negated: bool) -> tuple[_Decide, _Decide | None, _Hang]:
        bound = compare.edge
        relation = OPPOSITE[compare.relation] if negated else compare.relation
        if compare.answer is not None:
            return self._compared_answer(compare.answer, relation, bound)
        quantity = Quantities(self).of(compare.number)
        interval, changed = quantity.now, quantity.changed

        def now_(r: Reading, truths: list[int]) -> int:
            return _compared(relation, interval(r), bound)

        def reach_(r: Reading, truths: list[int]) -> int:
            truth = now_(r, truths)
            if truth == OPEN or changed is None:
                return truth
            # What further answers could still spoil is left open; what the figures rule out for good is not.
            low, high = changed(r)
            possible = _compared(relation, (low, high), bound)
            return NO if possible == NO else OPEN if quantity.unknown(r) else YES

        return now_, reach_ if changed is not None else None, lambda reading, later: quantity.unknown(reading) if later else quantity.hang(reading)


def _joined(slots: tuple[int, ...], every: bool) -> _Decide:
    """All of the slots or any of them: the least of their truths or the greatest."""
    if len(slots) == 2:  # a third of all slots of a rulebook: worth saying without a loop
        a, b = slots
        if every:
            return lambda r, truths: truths[a] if truths[a] < truths[b] else truths[b]
        return lambda r, truths: truths[a] if truths[a] > truths[b] else truths[b]
    settled = NO if every else YES

    def combine(r: Reading, truths: list[int]) -> int:
        result = YES - settled
        for slot in slots:
            truth = truths[slot]
            if truth == settled:
                return settled
            if truth == OPEN:
                result = OPEN
        return result

    return combine


_TESTS = {"at_least": ge, "above": gt, "at_most": le, "below": lt}


def _compared(relation: str, interval: tuple[float, float], bound: float) -> int:
    low, high = interval
    match relation:
        case "at_least":
            return YES if low >= bound else NO if high < bound else OPEN
        case "above":
            return YES if low > bound else NO if high <= bound else OPEN
        case "at_most":
            return YES if high <= bound else NO if low > bound else OPEN
    return YES if high < bound else NO if low >= bound else OPEN


def _bits(mask: int) -> list[int]:
    found = []
    while mask:
        lowest = mask & -mask
        found.append(lowest.bit_length() - 1)
        mask ^= lowest
    return found


class Reading:
    """Everything decided for one set of answers: `now` as things are, `reach` as the enterprise could make them."""

    __slots__ = ("_later", "_masks", "answers", "granted", "lenient", "now", "on", "plan", "reach")

    def __init__(self, plan: Plan, answers: Answers, on: date, granted: frozenset[str], lenient: bool) -> None:
        self.plan, self.answers, self.on, self.granted, self.lenient = plan, answers, on, granted, lenient
        self.now: list[int] = []
        self.reach: list[int] = []
        self._masks: dict[int, int] = {}
        self._later: dict[int, int] = {}

    def hangs_on(self, slot: int, later: bool = False) -> int:
        """What keeps this slot open, as a mask: questions to the user and to the agency. 0 when it is decided."""
        if (self.reach if later else self.now)[slot] != OPEN:
            return 0
        masks = self._later if later else self._masks
        mask = masks.get(slot)
        if mask is None:
            mask = masks[slot] = self.plan._hang[slot](self, later)
        return mask
