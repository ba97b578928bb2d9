"""Which questions can still matter, and how much hangs on each.

A question is due while the verdict of some support hangs on it. One that is not due could not change any verdict,
whatever the answer: that is what `missing` of a verdict means, and a property test holds it to it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from eligibility.assessment import Assessment, once
from eligibility.rulebook.models import Question


@dataclass(frozen=True, slots=True)
class Due:
    """A question worth asking now. `decides`: the number of supports whose verdict hangs on it (0: it only orders or records)."""

    question: Question
    decides: int


@once
def due(assessment: Assessment, declined: frozenset[str] = frozenset()) -> tuple[Due, ...]:
    """The questions still to ask: section by section, in a section the one first on which most still hangs.

    `declined` are those that were answered with 不清楚: they stay missing, but are not asked twice.
    """
    hanging = Counter(q for s in assessment.supports for q in s.missing)
    done = declined | assessment.profile.answers.keys()
    still = [
        Due(question, hanging[question.id])
        for question in assessment.rulebook.questions.values()
        if question.id not in done and _matters(question, hanging[question.id], assessment)
    ]
    return tuple(sorted(still, key=lambda d: (assessment.rulebook.sections.index(d.question.section), -d.decides)))


def _matters(question: Question, decides: int, assessment: Assessment) -> bool:
    match question.purpose:
        case "eligibility":
            return decides > 0
        case "ordering":
            return any(s.verdict != "excluded" for s in assessment.supports)
        case "record":  # without a condition it is asked where it is used, not in the interview
            return question in assessment.records
