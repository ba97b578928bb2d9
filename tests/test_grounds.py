"""What of a condition holds: of alternatives the one that does, and nothing that would have to be asked."""

from __future__ import annotations

from hypothesis import given

from eligibility.assessment import Assessment, Outcome, assess
from eligibility.grounds import grounds
from eligibility.profile import Profile
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import load
from tests.conftest import DAY
from tests.profiles import profiles
from tests.report.companies import MANUFACTURER, TEAM, assessed

BOOK = load()


def of(assessment: Assessment, support: str) -> tuple[str, ...]:
    return grounds(next(s for s in assessment.supports if s.support.id == support), assessment)


def test_of_alternatives_the_one_that_holds_is_named(rulebook: Rulebook) -> None:
    firm = assessed(rulebook, MANUFACTURER)
    assert of(firm, "ln2018-09-insurance-products") == ("是在辽宁登记的企业", "是科技型企业")
    assert of(firm, "ln2018-16-licence-integration") == ("是在辽宁登记的企业或个体工商户，并且不在经营异常名录里",)
    team = assessed(rulebook, TEAM)
    assert of(team, "ln2018-16-licence-integration") == ("还没登记的创业者或团队或高校、科研院所的科研人员（未办企业），并且登记在辽宁，或打算落在辽宁",)


def test_what_is_open_or_fails_is_said_as_a_whole(rulebook: Rulebook) -> None:
    plain = assessed(rulebook, MANUFACTURER | {"titles": [], "rd_expense": 0, "ip_class_1": 0, "ip_class_2": 0, "project_stage": "none"})
    assert of(plain, "ln2018-09-insurance-products")[1].startswith("以下任一：是科技型企业；或者在“保险产品”之内")
    assert of(plain, "ln2018-07-roadshow")[1] == "是科技型企业"


@given(profiles(BOOK))
def test_what_is_met_names_no_alternatives_and_nothing_to_ask(profile: Profile) -> None:
    assessment = assess(BOOK, profile, on=DAY)
    for entry in assessment.supports:
        for ground, reason in zip(grounds(entry, assessment), entry.reasons, strict=True):
            if reason.outcome is Outcome.MET:
                assert "以下任一" not in ground
                assert "要问责任部门" not in ground
            else:
                assert ground == reason.criterion
