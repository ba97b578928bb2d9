"""How many questions the interview asks, against asking all. `python -m benchmarks.questions`."""

from __future__ import annotations

import random
import statistics
from collections.abc import Mapping
from datetime import date
from typing import Any

from eligibility.assessment import assess
from eligibility.interview import due
from eligibility.logic.answers import Answer, Choices
from eligibility.profile import Profile, read_profile
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import DEFAULT_RULES, load
from eligibility.rulebook.models import Question
from eligibility.rulebook.read import read_entries
from eligibility.scenarios import Scenario

DAY = date(2026, 11, 22)


def asked(rulebook: Rulebook, knows: Mapping[str, Answer]) -> list[str]:
    """The questions that somebody is asked who knows these answers and says 不清楚 to everything else."""
    profile, declined, order = Profile(), frozenset[str](), []
    while questions := due(assess(rulebook, profile, on=DAY), declined):
        id_ = questions[0].question.id
        order.append(id_)
        if id_ in knows:
            profile = profile.with_answer(id_, knows[id_])
        else:
            declined |= {id_}
    return order


def random_answers(rulebook: Rulebook, rng: random.Random) -> dict[str, Any]:
    """A company that knows everything about itself."""
    return {q.id: _random(q, rng) for q in rulebook.questions.values() if q.kind not in ("text", "month", "date")}


def _random(question: Question, rng: random.Random) -> Answer:
    options = [o.id for o in question.options]
    match question.kind:
        case "choice":
            return rng.choice(options)
        case "choices":
            return Choices(frozenset(o for o in options if rng.random() < 0.2))
        case "yes_no":
            return rng.random() < 0.5
    return float(rng.choice([0, 5, 50, 250, 900, 3000, 30000]))


def main() -> None:
    """Measure and print."""
    rulebook = load()
    possible = sum(q.section != "自检" for q in rulebook.questions.values())
    scenarios = [read_profile(s.answers, rulebook.questions)[0].answers for s, _ in read_entries(DEFAULT_RULES, "scenarios/*.yaml", "scenarios", Scenario)]
    rng = random.Random(20261122)
    someone = [random_answers(rulebook, rng) for _ in range(500)]
    companies = [a | {"entity": "company", "city": "shenyang"} for a in (random_answers(rulebook, rng) for _ in range(500))]
    for name, group in (("scenarios", scenarios), ("random", someone), ("random companies in Liaoning", companies)):
        counts = [len(asked(rulebook, knows)) for knows in group]
        print(f"{name:<30} n={len(counts):<4} mean {statistics.mean(counts):5.1f}  max {max(counts):3}  of {possible} ({len(rulebook.questions)} with self-checks)")


if __name__ == "__main__":
    main()
