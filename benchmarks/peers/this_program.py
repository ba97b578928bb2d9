"""This program, one company at a time: all three truths, and what the company could bring about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from benchmarks.peers.conditions import kindly
from benchmarks.peers.peer import Bounds, RowPeer
from eligibility.logic.answers import Answers
from eligibility.logic.bounds import Plan, Reading
from eligibility.rulebook.book import Rulebook

DAY = date(2026, 11, 22)


class ThisProgram(RowPeer):
    """Reads the plan of the conditions. `ONE` asks what the plain expressions ask: discretion turned out kindly."""

    name = "this program, one by one"
    note = "Also decides what the company could bring about, which no peer is asked."

    def __init__(self, rulebook: Rulebook, bounds: Bounds) -> None:
        super().__init__(rulebook, bounds)
        self.plan = Plan(rulebook.questions, rulebook.statuses)
        asked = self.conditions if bounds == Bounds.BOTH else [kindly(c, rulebook) for c in self.conditions]
        self.slots = [self.plan.add(c) for c in asked]

    def prepare(self, answers: Answers) -> Any:
        return answers

    def decide(self, company: Any) -> Reading:
        return self.plan.read(company, DAY)

    def truths(self, decided: Reading) -> Sequence[int]:
        return [decided.now[slot] for slot in self.slots]
