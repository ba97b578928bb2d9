"""A file that a client filled in by hand: understood as a ledger would be, and one bad answer costs none of the others."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given

from eligibility.assessment import assess
from eligibility.clients.request import request_file
from eligibility.clients.returned import Returned, read_returned
from eligibility.clients.words import problem_words
from eligibility.profile import Profile, read_profile
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import load
from tests.conftest import DAY
from tests.harbour import HARBOUR
from tests.profiles import profiles

BOOK = load(HARBOUR)
TITLES = "可以写：科技型中小企业（有当年入库登记编号）、高新技术企业、雏鹰企业、瞪羚企业、独角兽企业、创新型中小企业、专精特新中小企业（省级）、专精特新“小巨人”企业（国家级）、省科技领军企业。"


def answered(found: Returned, rulebook: Rulebook) -> dict[str, Any]:
    """What the file says, as an ANSWERS file holds it."""
    profile, problems = read_profile(found.data, rulebook.questions)
    assert problems == []
    return profile.as_data()


def told(found: Returned, rulebook: Rulebook) -> list[str]:
    return [problem_words(p, rulebook) for p in found.problems]


@given(profiles(BOOK))
def test_what_the_program_saved_is_read_as_it_stands(profile: Profile) -> None:
    data = profile.as_data()
    for text in (yaml.safe_dump(data, allow_unicode=True), "\n".join(yaml.safe_dump({q: a}, allow_unicode=True) for q, a in data.items()), json.dumps(data)):
        assert read_returned(text, BOOK) == Returned(data, {}, ())


def test_the_file_that_went_out_comes_back_with_every_question_and_no_answer(rulebook: Rulebook) -> None:
    text = request_file(assess(rulebook, Profile(), on=DAY))
    found = read_returned(text, rulebook)
    assert found == Returned(yaml.safe_load(text), {}, ())
    assert set(found.data.values()) == {None}


@pytest.mark.parametrize(
    ("line", "data"),
    [
        ("revenue: 500", {"revenue": 500}),
        ("revenue:500", {"revenue": 500}),
        ("revenue：500", {"revenue": 500}),
        ("revenue ：　500  # 去年的", {"revenue": 500}),
        ("  revenue: 500", {"revenue": 500}),
        ("revenue:\n500", {"revenue": 500}),
        ("revenue: 500万", {"revenue": 500}),
        ("revenue: 0.05亿元。", {"revenue": 500}),
        ("revenue: 1,200", {"revenue": 1200}),
        ("revenue: １２００", {"revenue": 1200}),
        ("revenue: 约500", {"revenue": {"value": 500, "about": True}}),
        ("revenue: {value: 500万, about: true}", {"revenue": {"value": 500, "about": True}}),
        ("revenue: 无", {"revenue": 0}),
        ("revenue: 020", {"revenue": 20}),
        ("revenue: 不清楚", {}),
        ("staff: 20人", {"staff": 20}),
        ("titles: 高新技术企业、雏鹰企业", {"titles": ["fledgling", "high_tech"]}),
        ("titles: [高企、科小]", {"titles": ["high_tech", "tech_sme"]}),
        ("titles: [高企，科小", {"titles": ["high_tech", "tech_sme"]}),
        ("titles：【高企】", {"titles": ["high_tech"]}),
        ("titles：\n- 高企\n- 科小", {"titles": ["high_tech", "tech_sme"]}),
        ("titles: 没有", {"titles": []}),
        ("titles:［］", {"titles": []}),
        ("soe_key_task：否", {"soe_key_task": False}),
        ("soe_key_task: 没有", {"soe_key_task": False}),
        ("founded: 2021/3/5", {"founded": "2021-03-05"}),
        ("founded: 2021年3月5日", {"founded": "2021-03-05"}),
        ("graduation: 202407", {"graduation": "2024-07"}),
        ("company_name：甲: 乙公司", {"company_name": "甲: 乙公司"}),
    ],
)
def test_an_answer_is_understood_as_a_person_writes_it_and_its_neighbours_with_it(rulebook: Rulebook, line: str, data: dict[str, Any]) -> None:
    found = read_returned(f"# 资产总额\nassets: 10\n\n# 一题\n{line}\n\n# 又一题\nsupported_field: 是\n", rulebook)
    assert found.problems == ()
    assert answered(found, rulebook) == {"assets": 10, **data, "supported_field": True}


def test_what_was_read_as_a_cell_is_shown_as_it_was_written(rulebook: Rulebook) -> None:
    found = read_returned("staff: 20\nrevenue: 约500万\ntitles: [高企、雏鹰]\nassets: 无\n", rulebook)
    assert dict(found.written) == {"revenue": "约500万", "titles": "高企、雏鹰", "assets": "无"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("revenue: 五百来万", "营业收入：“五百来万”不是数字。请填数字，单位万元。"),
        ("revenue:500美元", "营业收入：“500美元”里的“美元”不是能换算成万元的单位。请填数字，单位万元。"),
        ("revenue: -5", "营业收入：-5 超出范围。应在 0 到 100,000,000 万元之间；请核对单位。"),
        ("revenue: 1:30", "营业收入：“1:30”不是数字。请填数字，单位万元。"),
        ("revenue: /", "营业收入：“/”按没有填处理。"),
        ("revenue: 500\nrevenue：600", "营业收入：写了两次，写的不一样。请只留一处。"),
        ("titles：飞鹰企业", f"资质：没有“飞鹰企业”这个选项。{TITLES}"),
        ("soe_key_task：看情况", "攻关任务：看不懂“看情况”。请填是 或 否。"),
        ("founded: 2021-13-45", "成立日期：看不懂“2021-13-45”。请填日期，如 2021-03-15。"),
        ("founded: 2021年3月", "成立日期：“2021年3月”没有写是哪一天。请填日期，如 2021-03-15。"),
        ("revenu: 500", "revenu：没有这道题。是不是“revenue”？"),
        ("营收五百", "第 5 行：看不出“营收五百”是哪一题的回答。请填在题目编号的冒号后面。"),
        (" 500", "第 5 行：看不出“500”是哪一题的回答。请填在题目编号的冒号后面。"),
    ],
)
def test_an_answer_that_cannot_be_used_has_its_own_sentence_and_the_others_stay(rulebook: Rulebook, line: str, said: str) -> None:
    found = read_returned(f"# 资产总额\nassets：10\n\n# 一题\n{line}\n\n# 又一题\nstaff：20\n", rulebook)
    assert told(found, rulebook) == [said]
    assert answered(found, rulebook) == {"assets": 10, "staff": 20}


def test_of_a_list_with_a_strange_name_the_others_are_taken_and_the_rest_is_not_known(rulebook: Rulebook) -> None:
    found = read_returned("titles: 高企、飞鹰企业", rulebook)
    assert told(found, rulebook) == [f"资质：没有“飞鹰企业”这个选项。{TITLES}认得的选项照用，其余的按不清楚处理。"]
    titles = answered(found, rulebook)["titles"]
    assert titles["chosen"] == ["high_tech"]
    assert set(titles["unsure"]) == rulebook.questions["titles"].option.keys() - {"high_tech"}


def test_a_question_set_in_under_another_answer_is_not_swallowed(rulebook: Rulebook) -> None:
    found = read_returned("company_name: 甲公司\n  revenue:500\n", rulebook)
    assert answered(found, rulebook) == {"company_name": "甲公司", "revenue": 500}


def test_an_answer_above_its_question_is_not_taken_for_one_to_the_question_before(rulebook: Rulebook) -> None:
    found = read_returned("assets:\n\n# 营业收入\n 500\nrevenue:\n", rulebook)
    assert answered(found, rulebook) == {}
    assert told(found, rulebook) == ["第 4 行：看不出“500”是哪一题的回答。请填在题目编号的冒号后面。"]


def test_an_answer_that_is_there_once_blank_and_once_filled_in_counts(rulebook: Rulebook) -> None:
    for text in ("revenue: 500\nrevenue:\n", "revenue:\nrevenue: 500\n", "revenue: 500\nrevenue：500\n"):
        assert answered(read_returned(text, rulebook), rulebook) == {"revenue": 500}


@pytest.mark.parametrize("text", ["", "- seats", "您好，附件请查收。", "{", "3"])
def test_a_text_without_questions_says_nothing(text: str) -> None:
    assert read_returned(text, BOOK).data == {}
