"""The one way to a rulebook: read, then checked, or refused with every fault named."""

from __future__ import annotations

from pathlib import Path

from eligibility.rulebook.archive import opened
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.check import check
from eligibility.rulebook.problems import RulebookError
from eligibility.rulebook.read import read

DEFAULT_RULES = Path(__file__).resolve().parents[2] / "rules"


def load(rules: Path = DEFAULT_RULES) -> Rulebook:
    """The rulebook in a folder, or in the archived version of one. Raises RulebookError if anything in it is wrong."""
    with opened(rules) as folder:
        rulebook = read(folder)
        if problems := check(rulebook):
            raise RulebookError(problems)
    return rulebook
