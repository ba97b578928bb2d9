"""The plain text of the command line."""

from __future__ import annotations

from eligibility.advice import first_steps
from eligibility.assessment import Verdict
from eligibility.report.labels import VERDICTS
from eligibility.report.text import render_text
from eligibility.report.wording import DISCLAIMER, headline, of
from eligibility.rulebook.book import Rulebook
from tests.report.companies import ALL, CHAMPION, ELSEWHERE, MANUFACTURER, NOBODY, assessed


def test_it_says_how_many_and_what_to_do_first(rulebook: Rulebook) -> None:
    assessment = assessed(rulebook, MANUFACTURER)
    text = render_text(assessment)
    assert headline(assessment) in text
    assert all(step.text in text for step in first_steps(assessment))
    assert DISCLAIMER in text


def test_every_group_is_counted(rulebook: Rulebook) -> None:
    for answers in ALL.values():
        assessment = assessed(rulebook, answers)
        text = render_text(assessment)
        assert all(f"{label.name}：{assessment.counts[verdict]} 项" in text for verdict, label in VERDICTS.items())


def test_what_does_not_match_is_only_counted(rulebook: Rulebook) -> None:
    assessment = assessed(rulebook, ELSEWHERE)
    listed = [line.strip("- ") for line in render_text(assessment).splitlines() if line.startswith("  - ")]
    assert len(listed) == len(assessment.supports) - assessment.counts[Verdict.EXCLUDED]


def test_a_match_has_its_door_its_source_and_its_caution(rulebook: Rulebook) -> None:
    assessment = assessed(rulebook, MANUFACTURER)
    lines = render_text(assessment).splitlines()
    for entry in of(assessment, Verdict.MATCHED):
        below = lines[lines.index(f"  - {entry.support.title}") + 1]
        assert entry.first_door
        assert entry.first_door.ask_at in below
        assert all(rulebook.policies[s.policy].cite(s.article) in below for s in entry.support.sources)
        assert (entry.caution or "") in below


def test_what_is_missing_is_asked_in_the_questions_own_words(rulebook: Rulebook) -> None:
    text = render_text(assessed(rulebook, NOBODY))
    assert f"还要弄清：{rulebook.questions['city'].text}" in text


def test_a_near_miss_has_its_steps(rulebook: Rulebook) -> None:
    assessment = assessed(rulebook, CHAMPION)
    near = of(assessment, Verdict.NEAR)
    assert near
    assert all(f"    {step}\n" in render_text(assessment) for entry in near for step in entry.steps)
