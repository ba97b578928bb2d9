"""Worked cases: a company, and what it must and must not get. Written by policy people, run as tests and by `check`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import Field

from eligibility.assessment import Outcome, Verdict, assess
from eligibility.profile import read_profile
from eligibility.rulebook.book import Origin, Rulebook
from eligibility.rulebook.models import Entry, Id, Support, Text, WayIn
from eligibility.rulebook.problems import Problem, nearest
from eligibility.rulebook.read import read_entries


class Scenario(Entry):
    """One worked case. Supports that it does not name may turn out as they like."""

    id: Id = Field(description="例子的编号")
    text: Text = Field(description="这是谁，一句话")
    shows: tuple[Text, ...] = Field(description="属于哪些类别")
    answers: Mapping[Id, Any] = Field(description="这家企业的回答：题目编号 → 回答；没写的就是不清楚")
    expect: Mapping[Verdict, tuple[Id, ...]] = Field(
        description="应当得到的结果：matched 现在就对应，open 还差一项信息，near 补一个条件就对应，excluded 不对应；没写到的支持不检查"
    )


@dataclass(frozen=True, slots=True)
class ScenarioRun:
    """A scenario and what was wrong with it; no problems: it passed."""

    scenario: Scenario
    problems: tuple[Problem, ...]


def read_scenarios(folder: Path) -> list[tuple[Scenario, Origin]]:
    """Every scenario under `folder`/scenarios, with its place. Raises RulebookError for files that are not well formed."""
    return read_entries(folder, "scenarios/*.yaml", "scenarios", Scenario)


def run_scenarios(folder: Path, rulebook: Rulebook, *, on: date) -> Iterator[ScenarioRun]:
    """Every scenario under `folder`/scenarios, run. Raises RulebookError for scenario files that are not well formed."""
    for scenario, origin in read_scenarios(folder):
        yield run_scenario(scenario, origin, rulebook, on=on)


def run_scenario(scenario: Scenario, origin: Origin, rulebook: Rulebook, *, on: date) -> ScenarioRun:
    """One scenario, run against a rulebook that loads."""
    wrong = tuple(misnamed(scenario, origin, rulebook))
    return ScenarioRun(scenario, wrong or tuple(_unexpected(scenario, origin, rulebook, on)))


def misnamed(scenario: Scenario, origin: Origin, rulebook: Rulebook) -> Iterator[Problem]:
    """Answers that their questions do not take, and supports that do not exist."""
    for fault in read_profile(scenario.answers, rulebook.questions)[1]:
        yield origin.problem(f"例子“{scenario.id}”的回答有误：{fault.question}：{fault.what}", fault.remedy, "answers", fault.question)
    for verdict, expected in scenario.expect.items():
        for index, id_ in enumerate(expected):
            if id_ not in rulebook.supports:
                yield origin.problem(f"例子“{scenario.id}”里没有叫“{id_}”的支持", nearest(id_, rulebook.supports), "expect", verdict.value, index)


def _unexpected(scenario: Scenario, origin: Origin, rulebook: Rulebook, on: date) -> Iterator[Problem]:
    profile, _ = read_profile(scenario.answers, rulebook.questions)
    found = {s.support.id: s for s in assess(rulebook, profile, on=on).supports}
    for verdict, expected in scenario.expect.items():
        for index, id_ in enumerate(expected):
            if found[id_].verdict is not verdict:
                why = "；".join(f"{r.criterion}：{_OUTCOMES[r.outcome]}" for r in found[id_].reasons)
                what = f"例子“{scenario.id}”：“{id_}”应为 {verdict}，实为 {found[id_].verdict}（{why}）"
                yield origin.problem(what, "请核对条件和例子，看哪一个写错了。", "expect", verdict.value, index)


def untried(scenarios: Iterable[Scenario], rulebook: Rulebook) -> Iterator[Problem]:
    """Supports that no case tries, or only one way: what is never expected to fail may let everybody in unseen."""
    fits, fails = set[str](), set[str]()
    for scenario in scenarios:
        for verdict, expected in scenario.expect.items():
            (fits if verdict in (Verdict.MATCHED, Verdict.OPEN) else fails).update(expected)
    for id_ in rulebook.supports:
        if id_ in fits and id_ in fails:
            continue
        lacks = "没有一个例子写它不应当对应" if id_ in fits else "没有一个例子写它应当对应" if id_ in fails else "没有一个例子写到它"
        remedy = "请在 scenarios/ 里写一家应当对应（matched 或 open）的和一家不应当对应（excluded 或 near）的，依据写原文。"
        yield rulebook.origins[Support, id_].problem(f"支持“{id_}”没有试全：{lacks}", remedy, "id")


_OUTCOMES = {Outcome.MET: "满足", Outcome.OPEN: "还不知道", Outcome.FAILED: "不满足"}


def ways_in_problems(rulebook: Rulebook) -> Iterator[Problem]:
    """Answers of the first screen's ways in that their questions do not take."""
    for way in rulebook.ways_in.values():
        for field in ("answers", "suggests"):
            for fault in read_profile(getattr(way, field), rulebook.questions)[1]:
                yield rulebook.origins[WayIn, way.id].problem(f"{fault.question}：{fault.what}", fault.remedy, field, fault.question)
