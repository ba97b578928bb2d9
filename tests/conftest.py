"""What all tests share: the real rulebook, read once, and a fixed day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import settings
from playwright.sync_api import Playwright, expect, sync_playwright

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


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives browsers: one for all tests, for a second one in the same thread is refused."""
    expect.set_options(timeout=30_000)  # as long as a click waits: how soon a page answers is measured in benchmarks/
    with sync_playwright() as started:
        yield started
