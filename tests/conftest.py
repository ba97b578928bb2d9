"""What all tests share: the real rulebook, read once, and a fixed day."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

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
def ordered(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    """The same, but one title is better had before another: 科技型中小企业 after 高新技术企业, which opens less and so would come second."""
    rules = Path(shutil.copytree(Path(__file__).parents[1] / "rules", tmp_path_factory.mktemp("ordered") / "rules"))
    titles, step = rules / "statuses" / "titles.yaml", "    next_step: 在全国科技型中小企业信息服务平台"
    before = titles.read_text(encoding="utf-8")
    assert before.count(step) == 1
    titles.write_text(before.replace(step, f"    after: [high_tech]\n{step}"), encoding="utf-8")
    return load(rules)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives browsers: one for all tests, for a second one in the same thread is refused."""
    expect.set_options(timeout=30_000)  # as long as a click waits: how soon a page answers is measured in benchmarks/
    with sync_playwright() as started:
        yield started
