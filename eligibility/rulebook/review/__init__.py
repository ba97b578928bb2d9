"""What a policy editor should look at again: nothing here makes a rulebook unusable, so nothing here stops it from loading.

Some of these searches take time. They belong to `check` alone; `load` never runs them.
"""

from __future__ import annotations

from datetime import date

from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.problems import Problem
from eligibility.rulebook.review.dates import overdue
from eligibility.rulebook.review.reach import out_of_reach
from eligibility.rulebook.review.twins import twins
from eligibility.rulebook.review.unused import unused


def review(rulebook: Rulebook, *, on: date) -> list[Problem]:
    """Every doubt about a sound rulebook on one day, in the order of the files."""
    return sorted([*unused(rulebook), *out_of_reach(rulebook, on=on), *twins(rulebook), *overdue(rulebook, on=on)])
