"""Why a condition that fails is out of reach: what speaks against obtaining the title that it asks for.

'不满足 是科技型中小企业' alone does not say why the company is not advised to become one: its revenue is above 20,000 万元.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from eligibility.assessment import Assessment, Outcome, SupportVerdict
from eligibility.compiled import Compiled, compiled
from eligibility.grounds import truths
from eligibility.logic.expressions import All, AnyOf, Compare, Expression, HasStatus, criteria
from eligibility.logic.truth import NO


def obstacles(entry: SupportVerdict, assessment: Assessment) -> tuple[str, ...]:
    """For the conditions of a support that fail: each title that is asked for and may not be advised, and what speaks against it.

    科技型中小企业：不满足“营业收入不超过 20,000 万元”（您填的是 30,000 万元）. Empty where the conditions that fail ask for no
    title, or where one of them can be obtained. From `attainable_if` of the statuses.
    """
    against = _Against(compiled(assessment.rulebook), assessment)
    found = (against.titles(c) for c, r in zip(criteria(entry.support.eligible_if), entry.reasons, strict=True) if r.outcome is Outcome.FAILED and not r.steps)
    return tuple(dict.fromkeys(said for titles in found for said in titles))


@dataclass(frozen=True, slots=True)
class _Against:
    prepared: Compiled
    assessment: Assessment

    def titles(self, expression: Expression) -> Iterator[str]:
        """The titles by which an expression could be met."""
        match expression:
            case All(all=inner) | AnyOf(any=inner):
                for part in inner:
                    yield from self.titles(part)
            case HasStatus(status=id_):
                status = self.assessment.rulebook.statuses[id_]
                if not status.suggest or not self._fails(status.holds_if):
                    return
                if status.attainable_if is None:
                    yield from self.titles(status.holds_if)
                elif facts := [*self._facts(status.attainable_if)]:
                    yield f"{status.name}：{'；'.join(facts)}"

    def _facts(self, expression: Expression) -> Iterator[str]:
        """What of an expression fails."""
        if not self._fails(expression):
            return
        match expression:
            case All(all=inner):
                for part in inner:
                    yield from self._facts(part)
            case Compare(answer=str(id_)):
                profile = self.assessment.profile
                yield f"不满足“{self.prepared.words.of(expression)}”（您填的是 {self.prepared.words.answer(id_, profile.answers.get(id_), id_ in profile.estimates)}）"
            case _:
                yield f"不满足“{self.prepared.words.of(expression)}”"

    def _fails(self, expression: Expression) -> bool:
        return truths(self.assessment)[self.prepared.plan.add(expression)] == NO
