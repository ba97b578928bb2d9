"""What all tests share: the real rulebook, read once, and a fixed day."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import settings

from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import load

DAY = date(2026, 11, 22)

# Properties are tried on the same examples at every run, and never timed.
settings.register_profile("project", deadline=None, derandomize=True)
settings.load_profile("project")


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    """The repository's own rules."""
    return load()
