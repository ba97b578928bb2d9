"""The one sentence above every form of the result."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from eligibility.assessment import Assessment, Verdict
from eligibility.report.wording import headline, of
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.models import Strength
from tests.report.companies import ALL, MANUFACTURER, NOBODY, assessed

D, S, I = Strength  # noqa: E741


def matching(rulebook: Rulebook, *strengths: Strength) -> Assessment:
    """An assessment in which as many supports of each strength match as are named, and nothing else is there."""
    whole = assessed(rulebook, MANUFACTURER)
    kept = [s for strength in set(strengths) for s in [e for e in whole.supports if e.support.strength is strength][: strengths.count(strength)]]
    return replace(whole, supports=tuple(s._replace(verdict=Verdict.MATCHED) for s in kept))


@pytest.mark.parametrize(
    ("strengths", "sentence"),
    [
        ((D, S, S, I, I, I), "直接支持 1 项、对接服务 2 项现在就对应；另有 3 项可能间接受益。"),
        ((D, D, I), "直接支持 2 项现在就对应；另有 1 项可能间接受益。"),
        ((D, S), "直接支持 1 项、对接服务 1 项现在就对应。"),
        ((S, S, I), "对接服务 2 项现在就对应，还没有能确定的直接支持；另有 1 项可能间接受益。"),
        ((S,), "对接服务 1 项现在就对应，还没有能确定的直接支持。"),
        ((I, I), "还没有能确定的直接支持和对接服务，有 2 项可能间接受益。"),
        ((), "按您的回答，没有对应的支持。"),
    ],
)
def test_what_gives_something_comes_first_and_what_may_only_help_last(rulebook: Rulebook, strengths: tuple[Strength, ...], sentence: str) -> None:
    assert headline(matching(rulebook, *strengths)) == sentence


def test_without_answers_there_is_no_result(rulebook: Rulebook) -> None:
    assert headline(assessed(rulebook, NOBODY)) == "还没有回答任何题，所以还没有结果。"


def test_with_few_answers_nothing_is_promised(rulebook: Rulebook) -> None:
    assert headline(assessed(rulebook, {"entity": "company"})) == "还没有能确定现在就对应的支持，先看还差什么。"


@pytest.mark.parametrize("answers", ALL.values(), ids=ALL)
def test_its_figures_are_the_supports_that_match(rulebook: Rulebook, answers: dict[str, object]) -> None:
    assessment = assessed(rulebook, answers)
    counted = [n for s in Strength if (n := len(of(assessment, Verdict.MATCHED, s)))]
    assert [int(n) for n in re.findall(r"\d+", headline(assessment))] == counted
