"""Conditions that no answer can turn: supports that can never match, or always do, and comparisons that decide nothing.

"Always" and "never" are only said when they are proven. "Always": it holds on the empty profile, whose bounds span all
answers. "Never": every combination of the answers that the condition tells apart was tried, and under the bounds of all
other answers none can hold. What stays undecided after a fixed number of tries is not reported.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations, pairwise
from math import ceil, floor

from eligibility.logic.answers import Answer, Choices
from eligibility.logic.bounds import Plan
from eligibility.logic.expressions import By, Compare, Expression, Has, HasStatus, In, Is, questions_of, walk, walk_places
from eligibility.logic.truth import NO, YES
from eligibility.logic.words import Words
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.models import Question, Support
from eligibility.rulebook.problems import Problem

TRIES = 3000  # for one condition; most need fewer than ten


def out_of_reach(rulebook: Rulebook, *, on: date) -> Iterator[Problem]:
    """Supports whose condition says nothing, because no company or every company has it."""
    found: dict[Expression, str | None] = {}
    words = Words(rulebook.questions, rulebook.statuses)
    for support in rulebook.supports.values():
        condition = support.eligible_if
        if condition not in found:
            found[condition] = _said(condition, rulebook, on)
        origin = rulebook.origins[Support, support.id]
        if said := found[condition]:
            yield origin.problem(f"“{support.id}”{said}：{words.of(condition)}", "请核对条件。", "eligible_if")
            continue
        for place, part in walk_places(condition):
            if isinstance(part, Compare) and part.value is not None and (truth := _truth(part, rulebook, on)) in (YES, NO):
                result = "都成立" if truth == YES else "都不成立"
                yield origin.problem(f"“{words.of(part)}”不管怎样回答{result}", "请核对数字和单位。", "eligible_if", *place)


def _said(condition: Expression, rulebook: Rulebook, on: date) -> str | None:
    if _truth(condition, rulebook, on) == YES:
        return "不管怎样回答都符合"
    return "不管怎样回答都不符合" if _Search(condition, rulebook, on).proves_never() else None


def _truth(condition: Expression, rulebook: Rulebook, on: date) -> int:
    """What is decided when nothing is answered, so whatever is answered."""
    plan = Plan(rulebook.questions, rulebook.statuses)
    slot = plan.add(condition)
    return plan.read({}, on).now[slot]


class _Search:
    """One condition, answered in every way that makes a difference to it, until one way does not exclude it."""

    def __init__(self, condition: Expression, rulebook: Rulebook, on: date) -> None:
        self.plan = Plan(rulebook.questions, rulebook.statuses)
        self.slot = self.plan.add(condition)
        self.on = on
        asked = _asked(condition, rulebook)
        self.ways = {id_: tuple(_ways(rulebook.questions[id_], how)) for id_, how in asked.items() if not how.worked_out}
        self.left = TRIES

    def proves_never(self) -> bool:
        return not self._may_hold({})

    def _may_hold(self, answers: dict[str, Answer]) -> bool:
        self.left -= 1
        reading = self.plan.read(answers, self.on)
        if reading.now[self.slot] == NO:
            return False
        hanging = self.plan.asked_user(reading.hangs_on(self.slot))
        question = next((q for q in hanging if q in self.ways), None)
        if question is None or self.left <= 0:
            return True
        return any(self._may_hold({**answers, question: way}) for way in self.ways[question])


@dataclass(slots=True)
class _Asked:
    """What a condition asks of one question: which options and bounds it names; `worked_out`: it is part of a figure."""

    options: set[str] = field(default_factory=set)
    bounds: set[float] = field(default_factory=set)
    worked_out: bool = False


def _asked(condition: Expression, rulebook: Rulebook, found: dict[str, _Asked] | None = None) -> Mapping[str, _Asked]:
    """Every question that a condition reads, statuses opened."""
    found = {} if found is None else found
    for part in walk(condition):
        match part:
            case HasStatus(status=id_):
                _asked(rulebook.statuses[id_].holds_if, rulebook, found)
            case By(by=id_):
                found.setdefault(id_, _Asked()).options.update(o for c in part.cases for o in c.when)
            case Is(answer=id_, is_=value):
                found.setdefault(id_, _Asked()).options.update([value] if isinstance(value, str) else [])
            case In(answer=id_, in_=options):
                found.setdefault(id_, _Asked()).options.update(options)
            case Has(answer=id_):
                found.setdefault(id_, _Asked()).options.update(part.options)
            case Compare(answer=str(id_)):
                found.setdefault(id_, _Asked()).bounds.add(part.bound)
            case Compare():
                for id_ in questions_of(part.number):
                    found.setdefault(id_, _Asked()).worked_out = True
    return found


def _ways(question: Question, asked: _Asked) -> Iterator[Answer]:
    """Answers of which every possible one is like one, as far as the condition can tell."""
    match question.kind:
        case "choice":
            yield from (o for o in question.option if o in asked.options)
            yield from [o for o in question.option if o not in asked.options][:1]
        case "choices":
            named = [o for o in question.option if o in asked.options]
            for size in range(len(named) + 1):
                yield from (Choices(frozenset(chosen)) for chosen in combinations(named, size))
        case "yes_no":
            yield from (True, False)
        case "number":
            yield from _numbers(question, asked.bounds)


def _numbers(question: Question, bounds: set[float]) -> list[float]:
    """The bounds themselves, and a number on each side of each."""
    assert question.max is not None
    edges = sorted({question.min, *bounds, question.max})
    between = [(low + high) / 2 for low, high in pairwise(edges)]
    whole = [float(n) for edge in edges for n in (floor(edge) - 1, floor(edge), ceil(edge), floor(edge) + 1)]
    return sorted(n for n in {*(whole if question.whole else [*edges, *between])} if question.min <= n <= question.max)
