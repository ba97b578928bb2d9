"""Before the first visitor."""

from __future__ import annotations

import pytest

import ui.warm
from eligibility.rulebook.problems import RulebookError


def test_rules_that_cannot_be_used_do_not_keep_the_program_from_starting(monkeypatch: pytest.MonkeyPatch) -> None:
    settled = []

    def broken() -> None:
        raise RulebookError([])

    monkeypatch.setattr(ui.warm, "rulebook", broken)
    monkeypatch.setattr(ui.warm, "settle_memory", lambda: settled.append(True))
    ui.warm.warm_up()
    assert settled == [True]
