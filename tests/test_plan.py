"""The steps that open the most, in order, and the days to keep."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from icalendar import Calendar

from eligibility.assessment import Assessment, Verdict, assess
from eligibility.dates import calendar_file
from eligibility.identifiers import proposed_place, warnings
from eligibility.plan import milestones, next_term, renewals
from eligibility.profile import Certificate, Profile, read_profile
from eligibility.report.text import render_text
from eligibility.report.workbook import render_workbook
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import load
from tests.conftest import DAY
from tests.harbour import HARBOUR

COMPANY = {
    "entity": "company", "city": "shenyang", "ownership": "private", "industry": "manufacturing", "staff": 60, "revenue": 1800, "assets": 900, "titles": [], "people": [],
    "rd_expense": 70, "ip_class_1": 1, "ip_class_2": 2, "project_stage": "production", "operates": [], "soe_key_task": False, "listings": [], "zone": [],
}  # fmt: skip


def assessed(rulebook: Rulebook, **answers: Any) -> Assessment:
    profile, problems = read_profile(answers, rulebook.questions)
    assert problems == []
    return assess(rulebook, profile, on=DAY)


def test_a_title_says_how_many_supports_it_opens(rulebook: Rulebook) -> None:
    first, second = milestones(assessed(rulebook, **COMPANY))[:2]
    assert first.text.startswith("取得科技型中小企业：")
    assert first.says == f"打开 {len(first.opens)} 项，其中直接支持 {first.direct} 项"
    assert first.opens[0].support.id == "ln2024-05-innovation-voucher"
    assert first.door is not None
    assert first.door.ask_at == "沈阳市科学技术局"
    assert second.text.startswith("取得高新技术企业：")


def test_what_a_step_opens_does_come_within_reach_once_it_is_done(rulebook: Rulebook) -> None:
    before = assessed(rulebook, **COMPANY)
    after = {s.support.id: s.verdict for s in assessed(rulebook, **COMPANY | {"titles": ["tech_sme"]}).supports}
    step = milestones(before)[0]
    assert step.opens
    assert {after[e.support.id] for e in step.opens} <= {Verdict.MATCHED, Verdict.OPEN}


def test_a_title_that_the_figures_rule_out_is_no_step(rulebook: Rulebook) -> None:
    large = COMPANY | {"staff": 600, "revenue": 30000, "assets": 50000}
    assert [m.standing.status.id for m in milestones(assessed(rulebook, **large)) if m.standing and m.standing.status.id == "tech_sme"] == []
    assert any(m.standing and m.standing.status.id == "high_tech" for m in milestones(assessed(rulebook, **large)))


def test_what_others_build_on_comes_first(rulebook: Rulebook, ordered: Rulebook) -> None:
    plain, built = ([m.standing.status.id for m in milestones(assessed(book, **COMPANY)) if m.standing] for book in (rulebook, ordered))
    assert plain.index("tech_sme") < plain.index("high_tech")  # opens more
    assert built.index("high_tech") < built.index("tech_sme")


def test_a_list_to_leave_is_a_step(rulebook: Rulebook) -> None:
    texts = [m.text for m in milestones(assessed(rulebook, **COMPANY | {"listings": ["abnormal"], "titles": ["tech_sme", "high_tech"]}))]
    assert "先消除：经营异常名录" in texts


def test_who_has_everything_has_nothing_to_plan(rulebook: Rulebook) -> None:
    assert milestones(assess(rulebook, Profile(), on=DAY)) == ()


def papers(rulebook: Rulebook, *certificates: tuple[str, str, date]) -> Assessment:
    profile, _ = read_profile(COMPANY | {"titles": [option for option, _, _ in certificates]}, rulebook.questions)
    for option, number, until in certificates:
        profile = profile.with_certificate("titles", option, Certificate(number, until))
    return assess(rulebook, profile, on=DAY)


def test_renewals_come_soonest_first_with_the_term_that_follows(rulebook: Rulebook) -> None:
    found = renewals(papers(rulebook, ("high_tech", "GR202421000123", date(2027, 8, 31)), ("tech_sme", "202621010200000001", date(2026, 12, 31))))
    assert [(r.option, r.until, next_term(r)) for r in found] == [("tech_sme", date(2026, 12, 31), date(2027, 12, 31)), ("high_tech", date(2027, 8, 31), date(2030, 8, 31))]
    assert not found[0].overdue(DAY)


def test_a_paper_that_registers_write_as_lasting_for_ever_has_no_next_term(rulebook: Rulebook) -> None:
    firm = papers(rulebook, ("high_tech", "", date(9999, 12, 31)))
    assert [next_term(r) for r in renewals(firm)] == [None]
    assert render_text(firm)
    assert render_workbook(firm)


def test_a_paper_renews_the_status_that_rests_on_it_whatever_either_is_called() -> None:
    harbour = load(HARBOUR)  # status green_badge rests on the option green
    profile = read_profile({"badges": {"chosen": ["green"], "certificates": {"green": {"number": "G7", "until": "2027-03-31"}}}}, harbour.questions)[0]
    [found] = renewals(assess(harbour, profile, on=DAY))
    assert (found.status.name, found.number, found.until) == ("Green Badge", "G7", date(2027, 3, 31))


def test_an_option_that_a_status_does_not_need_renews_nothing(rulebook: Rulebook) -> None:
    """科技型企业 follows from any of several titles, and no option is one of a person among the people."""
    assert {s.id for s in rulebook.granted_by.values()} == {"tech_sme", "high_tech", "fledgling", "gazelle", "unicorn", "innovative_sme", "specialised_sme", "little_giant", "leading"}


def test_a_title_without_a_day_has_no_renewal(rulebook: Rulebook) -> None:
    """No document states the day; only what the user gave is kept."""
    assert renewals(assessed(rulebook, **COMPANY | {"titles": ["tech_sme"]})) == ()


def test_the_calendar_file_holds_each_day_with_a_reminder(rulebook: Rulebook) -> None:
    assessment = papers(rulebook, ("high_tech", "GR202421000123", date(2027, 8, 31)))
    read = Calendar.from_ical(calendar_file(assessment, "沈阳某某公司"))
    [event] = read.walk("VEVENT")
    assert (event["summary"], event["dtstart"].dt) == ("沈阳某某公司：高新技术企业到期", date(2027, 8, 31))
    assert "编号 GR202421000123" in event["description"]
    [alarm] = event.walk("VALARM")
    assert alarm["trigger"].dt.days == -90
    assert calendar_file(assessment, "沈阳某某公司") == calendar_file(assessment, "沈阳某某公司")


def test_a_code_with_a_wrong_check_digit_is_told_and_proposes_nothing(rulebook: Rulebook) -> None:
    right = code_of("210102")
    wrong = right[:-1] + ("0" if right[-1] != "0" else "1")
    profile = Profile({"credit_code": wrong})
    assert proposed_place(rulebook, profile) is None
    assert warnings(rulebook, profile) == (f"统一社会信用代码“{wrong}”不是有效的统一社会信用代码（18 位，末位校验不符或有误），请核对；不影响结果。",)
    assert warnings(rulebook, Profile({"credit_code": right})) == ()


def code_of(region: str) -> str:
    from stdnum.cn import uscc

    body = f"91{region}MA0000000"[:17]
    return body + uscc.calc_check_digit(body)


@pytest.mark.parametrize(("region", "option", "place"), [("210102", "shenyang", "沈阳市和平区"), ("210202", "dalian", "大连市中山区"), ("211481", "huludao", "葫芦岛市兴城市")])
def test_digits_three_to_eight_name_city_and_district(rulebook: Rulebook, region: str, option: str, place: str) -> None:
    found = proposed_place(rulebook, Profile({"credit_code": code_of(region)}))
    assert found is not None
    assert (found.option, found.place) == (option, place)


def test_a_code_from_elsewhere_proposes_nothing(rulebook: Rulebook) -> None:
    assert proposed_place(rulebook, Profile({"credit_code": code_of("110101")})) is None


def test_an_unusual_number_is_told_and_refuses_nothing(rulebook: Rulebook) -> None:
    assessment = papers(rulebook, ("high_tech", "2024-123", date(2027, 8, 31)))
    assert warnings(rulebook, assessment.profile) == ("高新技术企业的编号“2024-123”与常见的样子不同（GR 加年份、地区和顺序号），请核对；不影响结果。",)
    assert next(s for s in assessment.supports if s.support.id == "ln2024-05-become-little-giant").verdict is not Verdict.EXCLUDED
