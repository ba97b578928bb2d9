"""Random companies for property tests: any answer that a question takes, or none."""

from __future__ import annotations

from datetime import date
from functools import cache

from hypothesis import strategies as st

from eligibility.logic.answers import Answer, Choices
from eligibility.logic.expressions import Compare, walk
from eligibility.profile import Profile
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.models import Question


def answers(question: Question, rulebook: Rulebook) -> st.SearchStrategy[Answer]:
    """Any answer to one question; numbers lie on, just below and just above every bound that a rule compares with."""
    match question.kind:
        case "choice":
            return st.sampled_from([o.id for o in question.options])
        case "choices":
            some = st.frozensets(st.sampled_from([o.id for o in question.options]), max_size=3)
            return st.builds(lambda a, b: Choices(a, b - a), some, st.one_of(st.just(frozenset()), some))
        case "yes_no":
            return st.booleans()
        case "date":
            return st.dates(date(2000, 1, 1), date(2026, 11, 22))
        case "month":
            return st.just("2025-07")
        case "text":
            return st.just("沈阳某某公司")
        case "number":
            near = sorted({b + d for b in _bounds(question.id, rulebook) for d in (-1, 0, 1)} | {0, 7})
            return st.sampled_from([float(n) for n in near if question.min <= n <= (question.max or n)])


@cache
def profiles(rulebook: Rulebook) -> st.SearchStrategy[Profile]:
    """A company with any part of the questions answered."""
    optional = {q.id: answers(q, rulebook) for q in rulebook.questions.values()}
    return st.fixed_dictionaries({}, optional=optional).map(Profile)


@cache
def _bounds(question: str, rulebook: Rulebook) -> set[float]:
    expressions = [s.eligible_if for s in rulebook.supports.values()]
    for status in rulebook.statuses.values():
        expressions += [e for e in (status.holds_if, status.attainable_if) if e is not None]
    return {p.bound for e in expressions for p in walk(e) if isinstance(p, Compare) and p.answer == question}
