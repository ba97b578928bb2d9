"""Answers from files and forms: what is understood, what is refused, and that nothing else is lost."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.logic.answers import Choices
from eligibility.profile import Profile, read_profile
from eligibility.rulebook.book import Rulebook


def test_a_choice_is_given_by_id_or_by_name(rulebook: Rulebook) -> None:
    for city in ("dalian", "大连市"):
        profile, problems = read_profile({"city": city}, rulebook.questions)
        assert (profile.answers["city"], problems) == ("dalian", [])


def test_another_name_of_an_option_will_do_if_no_other_option_has_it(rulebook: Rulebook) -> None:
    profile, problems = read_profile({"entity": "个体户"}, rulebook.questions)
    assert (dict(profile.answers), problems) == ({"entity": "individual_business"}, [])
    city = rulebook.questions["city"]
    twice = city.model_copy(update={"options": tuple(o.model_copy(update={"aliases": ("沈大",)}) if o.id in ("shenyang", "dalian") else o for o in city.options)})
    profile, problems = read_profile({"city": "沈大"}, {"city": twice})
    assert (dict(profile.answers), [p.what for p in problems]) == ({}, ["没有“沈大”这个选项"])


@pytest.mark.parametrize("unknown", [None, "", "不清楚", " 不知道 ", "unknown"])
def test_not_answered_and_not_known_are_the_same(rulebook: Rulebook, unknown: object) -> None:
    profile, problems = read_profile(dict.fromkeys(rulebook.questions, unknown), rulebook.questions)
    assert (dict(profile.answers), problems) == ({}, [])


def test_zero_none_and_no_are_answers(rulebook: Rulebook) -> None:
    profile, problems = read_profile({"revenue": 0, "titles": [], "listings": "都不在", "soe_key_task": "否"}, rulebook.questions)
    assert problems == []
    assert dict(profile.answers) == {"revenue": 0.0, "titles": Choices(), "listings": Choices(), "soe_key_task": False}


def test_doubt_about_single_choices_is_kept(rulebook: Rulebook) -> None:
    profile, _ = read_profile({"titles": {"chosen": ["high_tech"], "unsure": ["tech_sme", "high_tech"]}}, rulebook.questions)
    assert profile.answers["titles"] == Choices(frozenset({"high_tech"}), frozenset({"tech_sme"}))


def test_an_estimate_is_marked(rulebook: Rulebook) -> None:
    profile, _ = read_profile({"revenue": {"value": 1200.5, "about": True}, "staff": 12}, rulebook.questions)
    assert (profile.answers["revenue"], profile.estimates) == (1200.5, {"revenue"})


@pytest.mark.parametrize(
    ("question", "value", "message"),
    [
        ("revenu", 5, "revenu：没有这道题。是不是“revenue”？"),
        ("city", "dalain", "city：没有“dalain”这个选项。是不是“dalian”？"),
        ("revenue", "三千", "revenue：“三千”不是数字。请只写数字，单位是万元。"),
        ("revenue", True, "revenue：“True”不是数字。请只写数字，单位是万元。"),
        ("revenue", float("nan"), "revenue：“nan”不是数字。请只写数字，单位是万元。"),
        ("revenue", -1, "revenue：-1 超出范围。应在 0 到 100,000,000 万元之间；请核对单位。"),
        ("staff", 2.5, "staff：2.5 不是整数。单位是人，请写整数。"),
        ("city", "大联市", "city：没有“大联市”这个选项。是不是“大连市”？"),
        ("titles", "飞鹰", "titles：没有“飞鹰”这个选项。可用的有：科技型中小企业（有当年入库登记编号）、高新技术企业、雏鹰企业、瞪羚企业、独角兽企业、创新型中小企业、专精特新中小企业（省级）、专精特新“小巨人”企业（国家级）、省科技领军企业。"),
        ("titles", 3, "titles：“3”不是清单。多选题请写成 [甲, 乙]，都没有写 []。"),
        ("soe_key_task", "maybe", "soe_key_task：看不懂“maybe”。请写 true（是）或 false（否）。"),
        ("graduation", "2024", "graduation：看不懂“2024”。年月请写成 2024-07 的样子。"),
        ("company_name", "甲" * 81, "company_name：有 81 个字，太长了。最多 80 个字。"),
        ("company_name", 7, "company_name：“7”不是文字。请写文字；像数字的要加引号。"),
    ],
)
def test_an_answer_that_cannot_be_used_is_told_and_the_others_stay(rulebook: Rulebook, question: str, value: object, message: str) -> None:
    profile, problems = read_profile({question: value, "assets": 10}, rulebook.questions)
    assert [str(p) for p in problems] == [message]
    assert dict(profile.answers) == {"assets": 10.0}


@pytest.mark.parametrize("data", [None, [], "text", 3])
def test_a_file_that_holds_no_answers_is_told(rulebook: Rulebook, data: object) -> None:
    assert [str(p) for p in read_profile(data, rulebook.questions)[1]] == ["答案：文件里应是“题目编号: 回答”。请照 README 里的例子写。"]


def test_a_date_is_kept_as_its_month(rulebook: Rulebook) -> None:
    assert read_profile({"graduation": date(2025, 7, 1)}, rulebook.questions)[0].answers["graduation"] == "2025-07"


def test_invisible_characters_leave_a_name(rulebook: Rulebook) -> None:
    profile, _ = read_profile({"company_name": " 沈阳\u202e某某\n公司\x00 "}, rulebook.questions)
    assert profile.answers["company_name"] == "沈阳某某 公司"


def test_changing_one_answer_keeps_the_others_and_the_old_profile() -> None:
    before = Profile({"staff": 5.0, "city": "dalian"})
    after = before.with_answer("staff", 6.0, estimate=True)
    assert (before.answers["staff"], after.answers["staff"], after.answers["city"], after.estimates) == (5.0, 6.0, "dalian", {"staff"})
    assert "staff" not in after.with_answer("staff", None).answers


@given(data=st.data())
def test_saved_answers_read_back_the_same(rulebook: Rulebook, data: st.DataObject) -> None:
    from tests.profiles import profiles

    profile = data.draw(profiles(rulebook))
    again, problems = read_profile(profile.as_data(), rulebook.questions)
    assert (again, problems) == (profile, [])
