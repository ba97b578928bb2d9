"""The library that all sessions share, made once for each rulebook."""

from __future__ import annotations

import logging
from functools import lru_cache
from pathlib import Path

from eligibility.library import Library
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.problems import RulebookError
from eligibility.scenarios import Scenario, read_scenarios
from ui.rulebook import rules_folder

_log = logging.getLogger(__name__)


@lru_cache(maxsize=2)
def library(book: Rulebook) -> Library:
    """The library of a rulebook. Scenario files that cannot be read are left out: they are tests, nobody's result hangs on them."""
    return Library(book, _scenarios(rules_folder()))


def _scenarios(rules: Path) -> list[Scenario]:
    try:
        return [scenario for scenario, _ in read_scenarios(rules)]
    except RulebookError as error:
        for problem in error.problems:
            _log.error("scenario not read: %s", problem)
        return []
