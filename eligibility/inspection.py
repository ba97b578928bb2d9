"""Everything that can be said about a folder of rules at once: what `check` prints and the policy library shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.check import check
from eligibility.rulebook.problems import Problem, RulebookError
from eligibility.rulebook.read import read
from eligibility.rulebook.review import review
from eligibility.scenarios import ScenarioRun, misnamed, read_scenarios, run_scenario, untried, ways_in_problems


@dataclass(frozen=True, slots=True)
class Findings:
    """`faults` must be mended before the rules are used; `doubts` should be looked at. No rulebook: its files are not well formed."""

    rulebook: Rulebook | None
    faults: tuple[Problem, ...]
    doubts: tuple[Problem, ...] = ()
    runs: tuple[ScenarioRun, ...] = ()


def inspect(folder: Path, *, on: date) -> Findings:
    """Read, check, review and try a folder of rules as of one day. What cannot be tried because of a fault is left out."""
    faults: list[Problem] = []
    try:
        scenarios = read_scenarios(folder)
    except RulebookError as error:
        faults += error.problems
        scenarios = []
    try:
        rulebook = read(folder)
    except RulebookError as error:
        return Findings(None, tuple(sorted([*faults, *error.problems])))
    unsound = check(rulebook)
    faults += [*unsound, *ways_in_problems(rulebook)]
    if unsound:  # nothing can be decided by it, but the names in the scenarios can be looked up
        faults += [problem for scenario, origin in scenarios for problem in misnamed(scenario, origin, rulebook)]
        return Findings(rulebook, tuple(sorted(faults)))
    runs = tuple(run_scenario(scenario, origin, rulebook, on=on) for scenario, origin in scenarios)
    faults += [problem for run in runs for problem in run.problems]
    # A case that does not hold tries nothing: mend it first.
    doubts = [*review(rulebook, on=on), *(() if faults else untried([scenario for scenario, _ in scenarios], rulebook))]
    return Findings(rulebook, tuple(sorted(faults)), tuple(sorted(doubts)), runs)
