"""rule-engine: one rule a condition, statuses first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import rule_engine

from benchmarks.peers.conditions import Way, read_by
from benchmarks.peers.peer import ERROR, Bounds, RowPeer, one_truth, paired, plain_data
from benchmarks.peers.text import TextWriter
from eligibility.logic.answers import Answers
from eligibility.rulebook.book import Rulebook


class RuleEngine(RowPeer):
    name = "rule-engine"
    package = "rule-engine"
    note = "One rule a condition; statuses are decided first and given as facts, null where they fail. A missing answer is an explicit null: quicker than an absent one."

    def __init__(self, rulebook: Rulebook, bounds: Bounds) -> None:
        super().__init__(rulebook, bounds)
        context = rule_engine.Context(default_value=None)
        self.nothing = {name: None for q in read_by(rulebook) for name in (q.id, f"{q.id}_maybe")}
        self.statuses: list[tuple[str, Any]] = []
        self.rules: list[Any] = []
        for way in (Way.PLAIN,) if bounds == Bounds.ONE else (Way.CERTAIN, Way.POSSIBLE):
            writer = TextWriter(rulebook, way)
            said = [writer.write(c) for c in self.conditions]
            self.statuses += [(name, rule_engine.Rule(text, context)) for name, text in writer.statuses.items()]
            self.rules += [rule_engine.Rule(text, context) for text in said]

    def prepare(self, answers: Answers) -> Any:
        return self.nothing | plain_data(answers)

    def decide(self, company: Any) -> list[Any]:
        facts = dict(company)
        for name, rule in self.statuses:
            value = _evaluated(rule, facts)
            facts[name] = None if isinstance(value, Exception) else value  # what fails is not known
        return [_evaluated(rule, facts) for rule in self.rules]

    def truths(self, decided: list[Any]) -> Sequence[int]:
        if self.bounds == Bounds.ONE:
            return [ERROR if isinstance(value, Exception) else one_truth(value) for value in decided]
        half = len(decided) // 2
        assert not any(isinstance(value, Exception) for value in decided)  # guarded expressions have no way to fail
        return list(paired(decided[:half], decided[half:]))


def _evaluated(rule: Any, facts: dict[str, Any]) -> Any:
    """A rule that fails loses itself, not the others."""
    try:
        return rule.evaluate(facts)
    except (rule_engine.EngineError, TypeError) as error:
        return error
