"""Worked cases: a company, and what it must and must not get. Written by policy people, run as tests and by `check`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import Field

from eligibility.assessment import Verdict, assess
from eligibility.profile import read_profile
from eligibility.rulebook.book import Origin, Rulebook
from eligibility.rulebook.models import Entry, Id, Text, WayIn
from eligibility.rulebook.problems import Problem, nearest
from eligibility.rulebook.read import read_entries


class Scenario(Entry):
    """One worked case. Supports that it does not name may turn out as they like."""

    id: Id
    text: Text = Field(description="这是谁，一句话")
    shows: tuple[Text, ...] = Field(description="属于哪些类别")
    answers: Mapping[Id, Any]
    expect: Mapping[Verdict, tuple[Id, ...]]


@dataclass(frozen=True, slots=True)
class ScenarioRun:
    """A scenario and what was wrong with it; no problems: it passed."""

    scenario: Scenario
    problems: tuple[Problem, ...]


def run_scenarios(folder: Path, rulebook: Rulebook, *, on: date) -> Iterator[ScenarioRun]:
    """Every scenario under `folder`/scenarios, run. Raises RulebookError for scenario files that are not well formed."""
    for scenario, origin in read_entries(folder, "scenarios/*.yaml", "scenarios", Scenario):
        yield ScenarioRun(scenario, tuple(_problems(scenario, origin, rulebook, on)))


def _problems(scenario: Scenario, origin: Origin, rulebook: Rulebook, on: date) -> Iterator[Problem]:
    profile, faults = read_profile(scenario.answers, rulebook.questions)
    for fault in faults:
        yield origin.problem(f"例子“{scenario.id}”的回答有误：{fault.question}：{fault.what}", fault.remedy, "answers", fault.question)
    found = {s.support.id: s for s in assess(rulebook, profile, on=on).supports}
    for verdict, expected in scenario.expect.items():
        for index, id_ in enumerate(expected):
            place = ("expect", verdict.value, index)
            if id_ not in found:
                yield origin.problem(f"例子“{scenario.id}”里没有叫“{id_}”的支持", nearest(id_, found), *place)
            elif found[id_].verdict is not verdict:
                why = "；".join(f"{r.criterion}：{r.outcome}" for r in found[id_].reasons)
                yield origin.problem(f"例子“{scenario.id}”：“{id_}”应为 {verdict}，实为 {found[id_].verdict}（{why}）", "请核对条件和例子，看哪一个写错了。", *place)


def ways_in_problems(rulebook: Rulebook) -> Iterator[Problem]:
    """Answers of the first screen's ways in that their questions do not take."""
    for way in rulebook.ways_in.values():
        for field in ("answers", "suggests"):
            for fault in read_profile(getattr(way, field), rulebook.questions)[1]:
                yield rulebook.origins[WayIn, way.id].problem(f"{fault.question}：{fault.what}", fault.remedy, field, fault.question)
