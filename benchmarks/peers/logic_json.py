"""JsonLogic, in the newest of its Python ports, panzi-json-logic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from json_logic import jsonLogic

from benchmarks.peers.conditions import Way, Writer
from benchmarks.peers.peer import Bounds, RowPeer, one_truth, paired, plain_data
from benchmarks.peers.text import SIGNS
from eligibility.logic.answers import Answers
from eligibility.rulebook.book import Rulebook


class _JsonLogic(Writer[Any]):
    def every(self, parts: Sequence[Any]) -> Any:
        return {"and": list(parts)}

    def some(self, parts: Sequence[Any]) -> Any:
        return {"or": list(parts)}

    def constant(self, value: bool) -> Any:
        return value

    def named(self, status: str) -> Any:
        return {"var": status}

    def known(self, question: str) -> Any:
        return {"!==": [{"var": question}, None]}

    def unknown(self, question: str) -> Any:
        return {"===": [{"var": question}, None]}

    def is_true(self, question: str, value: bool) -> Any:
        return {"===": [{"var": question}, value]}

    def chosen(self, question: str, options: Sequence[str]) -> Any:
        return {"===": [{"var": question}, options[0]]} if len(options) == 1 else {"in": [{"var": question}, list(options)]}

    def overlaps(self, question: str, options: Sequence[str], absent: bool, maybe: bool) -> Any:
        choices = {"var": f"{question}_maybe" if maybe else question}
        tests = [{"in": [o, choices]} for o in options]
        found = tests[0] if len(tests) == 1 else self.some(tests)
        return {"!": [found]} if absent else found

    def compares(self, question: str, relation: str, bound: float) -> Any:
        return {SIGNS[relation]: [{"var": question}, bound]}


class JsonLogic(RowPeer):
    name = "JsonLogic (Python)"
    package = "panzi-json-logic"
    note = "One expression a condition; statuses are decided first and given as data."

    def __init__(self, rulebook: Rulebook, bounds: Bounds) -> None:
        super().__init__(rulebook, bounds)
        self.statuses: list[tuple[str, Any]] = []
        self.rules: list[Any] = []
        for way in (Way.PLAIN,) if bounds == Bounds.ONE else (Way.CERTAIN, Way.POSSIBLE):
            writer = _JsonLogic(rulebook, way)
            self.rules += [writer.write(c) for c in self.conditions]
            self.statuses += writer.statuses.items()

    def prepare(self, answers: Answers) -> Any:
        return plain_data(answers)

    def decide(self, company: Any) -> list[Any]:
        data = dict(company)
        for name, logic in self.statuses:
            data[name] = jsonLogic(logic, data)
        return [jsonLogic(logic, data) for logic in self.rules]

    def truths(self, decided: list[Any]) -> Sequence[int]:
        if self.bounds == Bounds.ONE:
            return [one_truth(value) for value in decided]
        half = len(decided) // 2
        return list(paired(decided[:half], decided[half:]))
