"""On the screen too, a verdict says when its rules were reviewed too long ago."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

import eligibility.clock
from eligibility.rulebook.load import load
from tests.harbour import FERRY, HARBOUR
from tests.pages.conftest import Visit


@pytest.mark.parametrize(("on", "stale"), [(date(2027, 10, 1), False), (date(2027, 10, 2), True)])
def test_a_card_carries_the_caution_from_the_day_after_the_review_was_due(visit: Callable[..., Visit], monkeypatch: pytest.MonkeyPatch, on: date, stale: bool) -> None:
    tab = visit(using=load(HARBOUR))
    monkeypatch.setattr(eligibility.clock, "today", lambda: on)
    shown = tab.load(FERRY).results().html()
    assert "Get part of an electric engine paid" in shown
    assert ("规则最近核对于 2026 年 10 月 1 日，请先电话核实" in shown) is stale
