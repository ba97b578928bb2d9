"""GoRules zen-engine: one expression node in a decision graph, the engine's own batch call for many companies."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import zen

from benchmarks.peers.conditions import Way
from benchmarks.peers.peer import Bounds, RowPeer, one_truth, paired, plain_data
from benchmarks.peers.text import TextWriter
from eligibility.logic.answers import Answers
from eligibility.rulebook.book import Rulebook


class _Zen(TextWriter):
    def named(self, status: str) -> str:
        return f"$.{status}"  # an earlier line of the same node


class ZenEngine(RowPeer):
    name = "GoRules zen-engine"
    package = "zen-engine"
    note = "One expression node; statuses are lines of it. A table by a choice is said as an “or” of its rows."

    def __init__(self, rulebook: Rulebook, bounds: Bounds) -> None:
        super().__init__(rulebook, bounds)
        lines: dict[str, str] = {}
        for way in (Way.PLAIN,) if bounds == Bounds.ONE else (Way.CERTAIN, Way.POSSIBLE):
            writer = _Zen(rulebook, way)
            said = {f"c{i}_{way}": writer.write(c) for i, c in enumerate(self.conditions)}
            lines |= writer.statuses | said
        node = {"expressions": [{"id": key, "key": key, "value": value} for key, value in lines.items()]}
        graph = {
            "nodes": [
                {"id": "in", "type": "inputNode", "name": "in"},
                {"id": "rules", "type": "expressionNode", "name": "rules", "content": node},
                {"id": "out", "type": "outputNode", "name": "out"},
            ],
            "edges": [{"id": "a", "sourceId": "in", "targetId": "rules", "type": "edge"}, {"id": "b", "sourceId": "rules", "targetId": "out", "type": "edge"}],
        }
        self.decision = zen.ZenEngine().create_decision(json.dumps(graph))
        self.engine = zen.ZenEngine({"loader": {"type": "static", "content": {"rules": graph}}})

    def prepare(self, answers: Answers) -> Any:
        return plain_data(answers)

    def decide(self, company: Any) -> Any:
        return self.decision.evaluate(company)

    def truths(self, decided: Any) -> Sequence[int]:
        result, count = decided["result"], range(len(self.conditions))
        if self.bounds == Bounds.ONE:
            return [one_truth(result[f"c{i}_plain"]) for i in count]
        return list(paired([result[f"c{i}_certain"] for i in count], [result[f"c{i}_possible"] for i in count]))

    def decide_many(self, companies: Sequence[Any]) -> None:
        for start in range(0, len(companies), 1000):
            self.engine.evaluate_batch([{"key": "rules", "context": c} for c in companies[start : start + 1000]])
