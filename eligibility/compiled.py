"""What the rulebook alone determines, worked out once and shared by all assessments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from eligibility.logic.bounds import Plan
from eligibility.logic.expressions import By, Compare, Expression, Has, HasStatus, In, Is, criteria, questions_of, walk
from eligibility.logic.words import Words
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.models import Notice, Question, Support


@dataclass(frozen=True, slots=True)
class Criterion:
    """A criterion as compiled: its slot, and everything about it that no answer changes."""

    slot: int
    words: str
    reads: tuple[tuple[str, frozenset[str]], ...]  # the questions behind it, with the options that it speaks of
    defined_by: tuple[str, ...]


class Caution(NamedTuple):
    """What to be told before relying on a support: `fresh` up to the day on which its next review is due, `stale` after it."""

    due: date
    fresh: str | None
    stale: str

    def on(self, day: date) -> str | None:
        return self.fresh if day <= self.due else self.stale


@dataclass(frozen=True, slots=True)
class Compiled:
    """What the rulebook alone determines: compiled once, shared by all assessments."""

    plan: Plan
    words: Words
    criteria: tuple[Criterion, ...]
    supports: tuple[tuple[Support, int, tuple[int, ...], Caution], ...]  # with its slot, its criteria, its caution
    notices: tuple[tuple[Notice, int], ...]
    records: tuple[tuple[Question, int], ...]


@lru_cache(maxsize=8)
def compiled(rulebook: Rulebook) -> Compiled:
    """Every condition of the rulebook, compiled and put into words."""
    plan = Plan(rulebook.questions, rulebook.statuses)
    words = Words(rulebook.questions, rulebook.statuses)
    position: dict[Expression, int] = {}
    found: list[Criterion] = []
    supports = []
    for support in rulebook.supports.values():
        mine = []
        for criterion in criteria(support.eligible_if):
            if criterion not in position:
                position[criterion] = len(found)
                asked, defined = _behind(criterion, rulebook)
                found.append(Criterion(plan.add(criterion), words.of(criterion), asked, defined))
            mine.append(position[criterion])
        supports.append((support, plan.add(support.eligible_if), tuple(mine), _caution(support, rulebook)))
    notices = tuple((n, plan.add(n.when)) for n in rulebook.notices.values())
    records = tuple((q, plan.add(q.asked_if)) for q in rulebook.questions.values() if q.asked_if is not None)
    return Compiled(plan, words, tuple(found), tuple(supports), notices, records)


def _caution(support: Support, rulebook: Rulebook) -> Caution:
    """The standing caution of a support, and what is added once one of its documents was not reviewed in time."""
    policies = [rulebook.policies[s.policy] for s in support.sources]
    newer = rulebook.supports[support.superseded_by].title.translate(_INNER_QUOTES) if support.superseded_by else None
    standing = [f"这一项已由“{newer}”取代"] if newer else []
    if all(p.caution for p in policies):  # a document's caution stands on what rests on cautioned documents alone
        standing.append(policies[0].caution or "")
    reviewed = min(p.reviewed for p in policies)
    stale = f"规则最近核对于 {reviewed.year} 年 {reviewed.month} 月 {reviewed.day} 日，请先电话核实"
    return Caution(rulebook.review_due(reviewed), "；".join(standing) or None, "；".join([*standing, stale]))


_INNER_QUOTES = str.maketrans("“”", "‘’")


def _behind(expression: Expression, rulebook: Rulebook) -> tuple[tuple[tuple[str, frozenset[str]], ...], tuple[str, ...]]:
    """The questions that an expression reads with the options it names, statuses opened, in the order of the questionnaire; and the instruments that define its statuses."""
    asked: dict[str, frozenset[str]] = {}

    def note(question: str, options: Iterable[str] = ()) -> None:
        asked[question] = asked.get(question, frozenset()) | frozenset(options)

    defined: dict[str, None] = {}
    for part in walk(expression):
        if isinstance(part, HasStatus):
            status = rulebook.statuses[part.status]
            if status.defined_by:
                defined[f"{status.name}：{status.defined_by}"] = None
            inner, instruments = _behind(status.holds_if, rulebook)
            for question, options in inner:
                note(question, options)
            defined.update(dict.fromkeys(instruments))
        elif isinstance(part, By):
            note(part.by)
        elif isinstance(part, Compare):
            for question in questions_of(part.number):
                note(question)
        elif isinstance(part, Is | In | Has):
            note(part.answer, part.options)
    return tuple((q, asked[q]) for q in rulebook.questions if q in asked), tuple(defined)
