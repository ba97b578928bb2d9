"""On what a support rests for one company: of a condition with alternatives, the one that holds.

'以下任一：是科技型企业；或者在“保险产品”之内（……要问责任部门）' is the condition; who is a 科技型企业 need not ask anybody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from eligibility.assessment import Assessment, Outcome, SupportVerdict, once
from eligibility.compiled import Compiled, compiled
from eligibility.logic.expressions import All, AnyOf, Expression, criteria
from eligibility.logic.truth import YES
from eligibility.rulebook.book import Rulebook


def grounds(entry: SupportVerdict, assessment: Assessment) -> tuple[str, ...]:
    """The words for each of its reasons, in their order: the whole condition, but of one that is met only the part that holds."""
    parts = _parts(assessment.rulebook)[entry.support.id]
    return tuple(_holding(part, truths(assessment)) if reason.outcome is Outcome.MET else reason.criterion for part, reason in zip(parts, entry.reasons, strict=True))


@dataclass(frozen=True, slots=True)
class _Part:
    """A condition in words, and what it is made of, if of alternatives or of conditions that must hold together."""

    slot: int
    words: str
    alternatives: tuple[_Part, ...] = ()
    together: tuple[_Part, ...] = ()


@lru_cache(maxsize=8)
def _parts(rulebook: Rulebook) -> Mapping[str, tuple[_Part, ...]]:
    """The conditions of every support, put into words once."""
    prepared = compiled(rulebook)
    return {s.id: tuple(_part(c, prepared) for c in criteria(s.eligible_if)) for s in rulebook.supports.values()}


def _part(expression: Expression, prepared: Compiled) -> _Part:
    slot, words = prepared.plan.add(expression), prepared.words.of(expression)
    match expression:
        case AnyOf(any=inner):
            return _Part(slot, words, alternatives=tuple(_part(p, prepared) for p in inner))
        case All(all=inner):
            return _Part(slot, words, together=tuple(_part(p, prepared) for p in inner))
    return _Part(slot, words)


@once
def truths(assessment: Assessment) -> Sequence[int]:
    """What holds, fails or is open, by slot."""
    return compiled(assessment.rulebook).plan.read(assessment.profile.valid(assessment.on), assessment.on).now


def _holding(part: _Part, now: Sequence[int]) -> str:
    if part.together:
        return "，并且".join(_holding(p, now) for p in part.together)
    way = next((p for p in part.alternatives if now[p.slot] == YES), None)
    return part.words if way is None else _holding(way, now)
