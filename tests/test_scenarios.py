"""The worked cases of rules/scenarios: what these companies must and must not get."""

from __future__ import annotations

from collections import Counter

import pytest

from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import DEFAULT_RULES, load
from eligibility.scenarios import Scenario, run_scenarios, untried, ways_in_problems
from tests.conftest import DAY

RUNS = tuple(run_scenarios(DEFAULT_RULES, load(), on=DAY))


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.scenario.id)
def test_scenario(run: Scenario) -> None:
    assert [str(p) for p in run.problems] == []


@pytest.mark.parametrize(
    "shown",
    [
        "科技型中小企业", "省属国企", "其他地方国企", "驻辽央企", "大学生创业未登记团队", "大学生创办的已登记企业", "高新技术企业", "雏鹰企业", "瞪羚企业", "独角兽企业", "专精特新“小巨人”",
        "省科技领军企业", "规模以上工业企业", "民营企业", "留学回国人员创办的企业", "离岗创业的科研人员", "小微企业", "孵化器、平台的建设运营方", "个体工商户", "辽宁以外", "在名单里",
    ],
)
def test_each_class_has_three_scenarios(shown: str) -> None:
    """Companies of the class, and ones that are nearly but not of it (marked 反例)."""
    shows = Counter(s for run in RUNS for s in run.scenario.shows)
    assert shows[shown] >= 1
    assert shows[shown] + shows[f"{shown}（反例）"] >= 3


def test_every_common_class_has_a_counter_example() -> None:
    against = Counter(s.removesuffix("（反例）") for run in RUNS for s in run.scenario.shows if s.endswith("（反例）"))
    assert {"科技型中小企业", "高新技术企业", "小微企业", "国企", "民营企业", "规模以上工业企业"} <= against.keys()


def test_every_support_is_tried_both_ways(rulebook: Rulebook) -> None:
    assert [str(p) for p in untried((run.scenario for run in RUNS), rulebook)] == []


def test_ways_in_give_answers_that_the_questions_take(rulebook: Rulebook) -> None:
    assert list(ways_in_problems(rulebook)) == []
