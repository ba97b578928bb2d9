"""What separates a near miss from a match: the smallest set of changes that would do, in numbers with units, or the date.

Only what an enterprise can change is suggested: a number that can grow, a list to get off, time that passes, a title to
obtain. Ownership, place and the birth of the company are never among them, because their questions are marked so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from eligibility.logic.answers import Answer, Choices
from eligibility.logic.bounds import Plan, Reading
from eligibility.logic.expressions import Bands, Compare, DaysSince, Expression, Has, HasStatus, Number, YearsSince, passing, questions_of, reaching, walk, walk_numbers
from eligibility.logic.quantities import Quantities, Quantity
from eligibility.logic.truth import NO, YES
from eligibility.logic.words import Words, number
from eligibility.profile import Profile
from eligibility.rulebook.book import Rulebook

MOST_CHANGES = 3
MOST_SURE_CHANGES = 2  # so that a search that finds nothing, as it often does where much is unknown, ends soon
_LATEST = 366 * 40  # days: nothing in a rulebook is waited for longer


@dataclass(frozen=True, slots=True)
class Change:
    """One thing to bring about: a question's answer `before` → `after`, the status to obtain, or the day to wait for."""

    kind: Literal["grow", "leave", "obtain", "wait"]
    about: str
    before: Answer | None
    after: Answer | None
    text: str


@dataclass(frozen=True, slots=True)
class TurningPoint:
    """How far a number is from turning what holds now: from `at` on (in the question's unit) it no longer does."""

    question: str
    at: float
    text: str


def smallest_changes(
    rulebook: Rulebook, profile: Profile, expression: Expression, *, on: date, growing: frozenset[str] | None = None, surely: bool = False
) -> tuple[Change, ...] | None:
    """The fewest changes after which the expression no longer fails; among equally many, the smallest ones.

    Empty: it does not fail now. None: no set of at most MOST_CHANGES changes would do. What only the agency can say, and
    what is not known, is taken to turn out well; `surely` asks for changes, at most MOST_SURE_CHANGES, after which it holds
    however they turn out.
    `growing` limits the numbers that may grow.
    """
    search = _Search(rulebook, expression, growing, surely)
    start = _State(dict(profile.valid(on)), on, frozenset())
    if search.holds(start):
        return ()
    if search.out_of_reach(start):
        return None
    # A title is a longer way than a figure: one is named only where no change of figures would do.
    end = search.nearest_state(start, titles=False) or (search.nearest_state(start, titles=True) if search.titles else None)
    return None if end is None else search.changes(start, end)


def turning_points(rulebook: Rulebook, profile: Profile, expression: Expression, *, on: date) -> tuple[TurningPoint, ...]:
    """For something that holds now: each known number that alone could turn it, and where it would."""
    search = _Search(rulebook, expression)
    state = _State(dict(profile.valid(on)), on, frozenset())
    if search.truth(state) != YES:
        return ()
    found = []
    for id_ in search.numbers:
        question, value = rulebook.questions[id_], profile.answers.get(id_)
        if not isinstance(value, float):
            continue
        for end in (question.min, question.max):
            if end is not None and end != value and search.truth(state.answered(id_, float(end))) != YES:
                at = search.nearest(value, float(end), question.whole, search.turned(id_, state))
                way = "降到" if at < value else "增到"
                found.append(TurningPoint(id_, at, f"{question.short}{way} {number(at, question.unit)}即不再满足（现在是 {number(value, question.unit)}）"))
    return tuple(found)


@dataclass(frozen=True)
class _State:
    """A company as it would be after some changes."""

    answers: dict[str, Answer]
    on: date
    granted: frozenset[str]

    def answered(self, question: str, answer: Answer) -> _State:
        return _State({**self.answers, question: answer}, self.on, self.granted)

    def key(self) -> tuple[object, ...]:
        return frozenset(self.answers.items()), self.on, self.granted


def _distinct(pairs: list[tuple[float, _State]]) -> list[tuple[float, _State]]:
    best: dict[tuple[object, ...], tuple[float, _State]] = {}
    for cost, state in pairs:
        if (key := state.key()) not in best or cost < best[key][0]:
            best[key] = (cost, state)
    return list(best.values())


@lru_cache(maxsize=512)
def _compiled(rulebook: Rulebook, expression: Expression) -> tuple[Plan, int, tuple[tuple[Number, Quantity, tuple[float, ...]], ...]]:
    """A plan for one expression: its slot, and the numbers in it with the values at which they turn something."""
    plan = Plan(rulebook.questions, rulebook.statuses)
    slot = plan.add(expression)
    edges: dict[Number, set[float]] = {}
    for part in _opened(expression, rulebook):
        if isinstance(part, Compare):
            edges.setdefault(part.number, set()).add(part.bound)
            for inner in walk_numbers(part.number):
                if isinstance(inner, Bands):
                    edges.setdefault(inner.bands, set()).update(s.at_least for s in inner.steps)
    return plan, slot, tuple((n, Quantities(plan).of(n), tuple(sorted(e))) for n, e in edges.items())


def _opened(expression: Expression, rulebook: Rulebook) -> Iterator[Expression]:
    """Everything inside an expression, statuses opened too."""
    for part in walk(expression):
        yield part
        if isinstance(part, HasStatus):
            yield from _opened(rulebook.statuses[part.status].holds_if, rulebook)


class _Search:
    """Tries changes on one expression."""

    def __init__(self, rulebook: Rulebook, expression: Expression, growing: frozenset[str] | None = None, surely: bool = False) -> None:
        self.rulebook = rulebook
        self.surely = surely
        self.plan, self.slot, self.edges = _compiled(rulebook, expression)
        parts = tuple(_opened(expression, rulebook))
        self.numbers = tuple(dict.fromkeys(q for p in parts if isinstance(p, Compare) for q in questions_of(p.number) if rulebook.questions[q].kind == "number"))
        self.growing = frozenset(q for q in self.numbers if rulebook.questions[q].changes == "grow" and (growing is None or q in growing))
        self.titles = tuple(dict.fromkeys(p.status for p in parts if isinstance(p, HasStatus) and rulebook.statuses[p.status].next_step))
        self.lists: dict[str, frozenset[str]] = {}  # what to get off, by question: all that any part of the expression forbids
        for part in parts:
            if isinstance(part, Has) and rulebook.questions[part.answer].changes == "lose":
                self.lists[part.answer] = self.lists.get(part.answer, frozenset()) | frozenset(part.has_none)
        self._asked = tuple(questions_of(figure) for figure, _, _ in self.edges)
        self._known: dict[tuple[str, int, date, tuple[Answer | None, ...]], frozenset[float]] = {}
        self.waits = any(isinstance(n, YearsSince | DaysSince) for p in parts if isinstance(p, Compare) for n in walk_numbers(p.number))

    def truth(self, state: _State) -> int:
        return self._read(state).now[self.slot]

    def holds(self, state: _State) -> bool:
        if self.surely:
            return self.truth(state) == YES
        return self.plan.read(state.answers, state.on, granted=state.granted, lenient=True).now[self.slot] != NO

    def turned(self, id_: str, state: _State) -> Callable[[float], bool]:
        """Whether another value of one number would turn what holds now."""
        return lambda value: self.truth(state.answered(id_, value)) != YES

    def out_of_reach(self, state: _State) -> bool:
        """Whether no change at all would do: sound, and quicker than trying."""
        return self._read(state).reach[self.slot] == NO

    def _read(self, state: _State) -> Reading:
        return self.plan.read(state.answers, state.on, granted=state.granted)

    def nearest_state(self, start: _State, *, titles: bool) -> _State | None:
        layer = [(0.0, start)]
        for _ in range(MOST_SURE_CHANGES if self.surely else MOST_CHANGES):
            layer = _distinct([(cost + extra, changed) for cost, state in layer for extra, changed in self.moves(state, start, titles=titles)])
            cheapest_first = sorted(layer, key=lambda pair: pair[0])
            if (end := next((state for _, state in cheapest_first if self.holds(state)), None)) is not None:
                return end
        return None

    def moves(self, state: _State, start: _State, *, titles: bool) -> Iterator[tuple[float, _State]]:
        """Every single further change worth trying, with its cost: relative growth, or years of waiting."""
        for id_ in self.numbers:
            value = state.answers.get(id_)
            if id_ in self.growing and isinstance(value, float) and value == start.answers[id_]:
                for target in self._targets(id_, value, state):
                    yield (target - value) / max(abs(value), 1.0), state.answered(id_, target)
        for id_, options in self.lists.items():
            answer = state.answers.get(id_)
            if isinstance(answer, Choices) and answer.chosen & options:
                yield 1.0, state.answered(id_, Choices(answer.chosen - options, answer.unsure))
        reading = self._read(state)
        for id_ in self.titles if titles else ():
            slot = self.plan.add(HasStatus(status=id_))
            if id_ not in state.granted and reading.now[slot] == NO and reading.reach[slot] != NO:
                yield 1.0, _State(state.answers, state.on, state.granted | {id_})
        if self.waits and state.on == start.on:
            for day in self._days(state):
                yield (day - state.on).days / 365, _State(state.answers, day, state.granted)

    def _targets(self, id_: str, value: float, state: _State) -> Iterator[float]:
        """The smallest values of one number from which some number of the expression reaches its next edge."""
        found: set[float] = set()
        for position, (_, quantity, _) in enumerate(self.edges):
            asked = self._asked[position]
            if id_ not in asked:
                continue
            if quantity.conditional:
                found |= self._reached(id_, value, position, state)
                continue
            # Many states differ only in what this number does not read.
            key = id_, position, state.on, tuple(state.answers.get(q) for q in asked)
            if key not in self._known:
                self._known[key] = self._reached(id_, value, position, state)
            found |= self._known[key]
        yield from sorted(found)

    def _reached(self, id_: str, value: float, position: int, state: _State) -> frozenset[float]:
        """The smallest values of one answer from which one number reaches, or passes, each of its edges ahead."""
        question, (_, quantity, edges) = self.rulebook.questions[id_], self.edges[position]
        assert question.max is not None
        now, most = self._low(quantity, state), self._low(quantity, state.answered(id_, question.max))
        ahead = [(edge, beyond) for edge in edges for beyond in (False, True) if (now <= passing(edge) < most if beyond else now < reaching(edge) <= most)]
        return frozenset(self.nearest(value, question.max, question.whole, self._reaches(id_, quantity, state, edge, beyond=beyond)) for edge, beyond in ahead)

    def _reaches(self, id_: str, quantity: Quantity, state: _State, edge: float, *, beyond: bool) -> Callable[[float], bool]:
        def reached(value: float) -> bool:
            low = self._low(quantity, state.answered(id_, value))
            return low > passing(edge) if beyond else low >= reaching(edge)

        return reached

    def _low(self, quantity: Quantity, state: _State) -> float:
        # A number that reads no condition is worked out from the answers alone, without deciding the whole plan.
        reading = self._read(state) if quantity.conditional else self.plan.blank(state.answers, state.on)
        return quantity.now(reading)[0]

    def _days(self, state: _State) -> Iterator[date]:
        """The first days on which waiting alone turns a comparison of time."""
        for figure, quantity, edges in self.edges:
            if isinstance(figure, YearsSince | DaysSince):
                for edge in edges:
                    passed = self._passed(quantity, state, edge)
                    if not passed(0) and passed(_LATEST):
                        yield state.on + timedelta(days=int(self.nearest(0, _LATEST, True, passed)))

    def _passed(self, quantity: Quantity, state: _State, edge: float) -> Callable[[float], bool]:
        def passed(days: float) -> bool:
            return self._low(quantity, _State(state.answers, state.on + timedelta(days=int(days)), state.granted)) >= reaching(edge)

        return passed

    def nearest(self, start: float, end: float, whole: bool, reached: Callable[[float], bool]) -> float:
        """The value nearest to `start`, towards `end`, at which the test first holds; it holds at `end` and turns once."""
        unit = 1.0 if whole else 0.01
        steps_low, steps_high = 0, round(abs(end - start) / unit)
        sign = 1 if end > start else -1
        while steps_high - steps_low > 1:
            middle = (steps_low + steps_high) // 2
            if reached(_rounded(start + sign * middle * unit, whole)):
                steps_high = middle
            else:
                steps_low = middle
        return _rounded(start + sign * steps_high * unit, whole)

    def changes(self, start: _State, end: _State) -> tuple[Change, ...]:
        words = Words(self.rulebook.questions, self.rulebook.statuses)
        found = []
        for id_ in sorted(end.granted - start.granted, key=list(self.rulebook.statuses).index):
            status = self.rulebook.statuses[id_]
            found.append(Change("obtain", id_, None, None, f"先成为{status.name}：{status.next_step}"))
        for id_, question in self.rulebook.questions.items():
            before, after = start.answers.get(id_), end.answers.get(id_)
            if before == after:
                continue
            if isinstance(before, float) and isinstance(after, float):
                what = f"{question.short}现在 {number(before, question.unit)}，再增 {number(after - before, question.unit)}，达到 {number(after, question.unit)}"
                found.append(Change("grow", id_, before, after, what))
            else:
                assert isinstance(before, Choices)
                assert isinstance(after, Choices)
                left = Choices(before.chosen - after.chosen)
                found.append(Change("leave", id_, before, after, f"先消除：{words.answer(id_, left)}"))
        if end.on != start.on:
            found.append(Change("wait", "", None, end.on, f"{end.on.year} 年 {end.on.month} 月 {end.on.day} 日起满足时间要求"))
        return tuple(found)


def _rounded(value: float, whole: bool) -> float:
    return float(round(value)) if whole else round(value, 2)
