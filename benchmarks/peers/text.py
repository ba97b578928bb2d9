"""What the expression languages of rule engines have in common."""

from __future__ import annotations

import json
from collections.abc import Sequence

from benchmarks.peers.conditions import Writer

SIGNS = {"at_least": ">=", "above": ">", "at_most": "<=", "below": "<"}


class TextWriter(Writer[str]):
    """Infix with `and`, `or` and `null`."""

    def every(self, parts: Sequence[str]) -> str:
        return f"({' and '.join(parts)})"

    def some(self, parts: Sequence[str]) -> str:
        return f"({' or '.join(parts)})"

    def constant(self, value: bool) -> str:
        return "true" if value else "false"

    def named(self, status: str) -> str:
        return status

    def known(self, question: str) -> str:
        return f"{question} != null"

    def unknown(self, question: str) -> str:
        return f"{question} == null"

    def is_true(self, question: str, value: bool) -> str:
        return f"{question} == {self.constant(value)}"

    def chosen(self, question: str, options: Sequence[str]) -> str:
        return f"{question} == {json.dumps(options[0])}" if len(options) == 1 else f"{question} in {json.dumps(options)}"

    def overlaps(self, question: str, options: Sequence[str], absent: bool, maybe: bool) -> str:
        column = f"{question}_maybe" if maybe else question
        tests = [f"({json.dumps(o)} {'not in' if absent else 'in'} {column})" for o in options]
        return tests[0] if len(tests) == 1 else self.every(tests) if absent else self.some(tests)

    def compares(self, question: str, relation: str, bound: float) -> str:
        return f"{question} {SIGNS[relation]} {bound:g}" if bound == float(f"{bound:g}") else f"{question} {SIGNS[relation]} {bound!r}"
