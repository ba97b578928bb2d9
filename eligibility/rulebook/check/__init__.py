"""Do the entries fit together, and fit the documents to the character?"""

from __future__ import annotations

from collections.abc import Iterator

from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.check.documents import left_over_faults, not_support_faults, policy_faults
from eligibility.rulebook.check.entries import agency_faults, notice_faults, question_faults, repeated_ids, status_faults, support_faults
from eligibility.rulebook.problems import Problem


def check(rulebook: Rulebook) -> list[Problem]:
    """Every fault that reading alone cannot see, in no particular order."""
    # Whatever refers to an id that stands for two things would be told wrongly, so such ids come first.
    return list(repeated_ids(rulebook)) or list(_faults(rulebook))


def _faults(book: Rulebook) -> Iterator[Problem]:
    for policy in book.policies.values():
        yield from policy_faults(book, policy)
    yield from agency_faults(book)
    for question in book.questions.values():
        yield from question_faults(book, question)
    for status in book.statuses.values():
        yield from status_faults(book, status)
    for support in book.supports.values():
        yield from support_faults(book, support)
    for notice in book.notices.values():
        yield from notice_faults(book, notice)
    yield from not_support_faults(book)
    yield from left_over_faults(book)
