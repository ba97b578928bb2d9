"""Nothing is lost between the assessment and the paper."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eligibility.assessment import Verdict, assess
from eligibility.report.outline import outline
from eligibility.report.wording import of
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.models import Strength
from tests.conftest import DAY
from tests.profiles import profiles
from tests.report.companies import CHAMPION, MANUFACTURER, assessed


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_every_support_is_listed_or_counted(rulebook: Rulebook, data: st.DataObject) -> None:
    assessment = assess(rulebook, data.draw(profiles(rulebook)), on=DAY)
    report = outline(assessment, "某公司")
    cards = sum(len(card["titles"]) for card in report["direct"]["cards"])
    shown = sum(len(article["supports"]) for door in report["indirect"]["doors"] for article in door["articles"])
    assert cards + len(report["direct"]["more"]) == report["direct"]["count"] == len(of(assessment, Verdict.MATCHED, Strength.DIRECT))
    assert len(report["service"]["rows"]) == len(of(assessment, Verdict.MATCHED, Strength.SERVICE))
    assert shown + report["indirect"]["rest"]["count"] == report["indirect"]["count"] == len(of(assessment, Verdict.MATCHED, Strength.INDIRECT))
    assert sum(len(group["rows"]) for group in report["near"]["groups"]) == assessment.counts[Verdict.NEAR]
    assert sum(r["count"] for r in report["excluded"]["reasons"]) + report["excluded"]["rest"] == assessment.counts[Verdict.EXCLUDED]
    asked = sum(len(row["supports"]) for group in report["open"]["asks"] for row in group["rows"]) + report["open"]["indirect"]["count"]
    assert asked == sum(not e.missing for e in of(assessment, Verdict.OPEN))
    assert bool(report["open"]["questions"]) == any(e.missing for e in of(assessment, Verdict.OPEN))


def test_a_support_of_somebody_else_says_whose_it_is(rulebook: Rulebook) -> None:
    assessment = assessed(rulebook, CHAMPION)
    report = outline(assessment, "某公司")
    whose = {row["title"]: row["whose"] for row in report["service"]["rows"]}
    for entry in of(assessment, Verdict.MATCHED, Strength.SERVICE):
        assert bool(whose[entry.support.title]) == (entry.support.beneficiary != "company")
    assert any(whose.values())


def test_every_body_of_a_listed_support_is_among_the_agencies_once(rulebook: Rulebook) -> None:
    assessment = assessed(rulebook, MANUFACTURER)
    agencies = outline(assessment, "某公司")["agencies"]
    named = [row["name"] for row in agencies["rows"]]
    assert len(named) == len(set(named))
    for entry in of(assessment, Verdict.MATCHED, Strength.SERVICE):
        assert entry.first_door
        assert entry.first_door.name in named
        for door in entry.doors:
            assert door.name in named or any(other.startswith(door.name) for other in agencies["others"])


def test_a_near_miss_is_listed_under_its_step(rulebook: Rulebook) -> None:
    assessment = assessed(rulebook, CHAMPION)
    near = of(assessment, Verdict.NEAR)
    assert near
    groups = outline(assessment, "某公司")["near"]["groups"]
    for entry in near:
        assert any(entry.support.title in [r["title"] for r in g["rows"]] and g["steps"] == list(entry.steps) for g in groups)
