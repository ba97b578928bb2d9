"""Why a title that a support asks for is not advised: what of the company speaks against it."""

from __future__ import annotations

import pytest
from hypothesis import given

from eligibility.assessment import Assessment, Verdict, assess
from eligibility.obstacles import obstacles
from eligibility.profile import Profile
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import load
from tests.conftest import DAY
from tests.profiles import profiles
from tests.report.companies import assessed

BOOK = load()
VOUCHER = "ln2024-05-innovation-voucher"
FIRM: dict[str, object] = {"entity": "company", "city": "shenyang", "staff": 200, "revenue": 30000, "assets": 9000, "rd_expense": 100, "titles": {"chosen": [], "unsure": ["gazelle"]}}


def of(assessment: Assessment, support: str) -> tuple[str, ...]:
    return obstacles(next(s for s in assessment.supports if s.support.id == support), assessment)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({}, "科技型中小企业：不满足“上年营业收入不超过 20,000 万元”（您填的是 30,000 万元）"),
        ({"revenue": {"value": 25000, "about": True}}, "科技型中小企业：不满足“上年营业收入不超过 20,000 万元”（您填的是 大概 25,000 万元）"),
        (
            {"revenue": 900, "rd_expense": 0, "confirmations": []},
            "科技型中小企业：不满足“以下任一：上年研发费用大于 0 万元；或者是高新技术企业；或者有近五年获国家级科技奖励，并在前三名单位之列、经认定的省部级以上研发机构或近五年主导制定国际、国家或行业标准”",
        ),
        ({"revenue": 900, "prohibited": True}, "科技型中小企业：不满足“产品和服务不属于国家规定的禁止、限制和淘汰类”"),
        ({"revenue": 900, "incidents": ["safety"]}, "科技型中小企业：不满足“没有发生重大安全事故、重大质量事故、严重环境违法和科研严重失信行为”"),
    ],
)
def test_what_speaks_against_a_title_is_said_with_the_answer(rulebook: Rulebook, other: dict[str, object], said: str) -> None:
    assert of(assessed(rulebook, FIRM | other), VOUCHER) == (said,)


def test_a_title_that_is_in_reach_has_no_obstacle(rulebook: Rulebook) -> None:
    assert of(assessed(rulebook, FIRM | {"revenue": 900}), VOUCHER) == ()


@given(profiles(BOOK))
def test_what_fits_or_may_fit_has_no_obstacle(profile: Profile) -> None:
    assessment = assess(BOOK, profile, on=DAY)
    for entry in assessment.supports:
        if entry.verdict in (Verdict.MATCHED, Verdict.OPEN):
            assert obstacles(entry, assessment) == ()


def test_an_answer_about_other_titles_is_no_reason(rulebook: Rulebook) -> None:
    (reason,) = (r for s in assessed(rulebook, FIRM).supports if s.support.id == VOUCHER for r in s.reasons if r.criterion == "是科技型中小企业")
    assert {g.short: g.text for g in reason.given} == {"主体": "已登记的企业", "资质": "没有选科技型中小企业（有当年入库登记编号）"}
    (reason,) = (r for s in assessed(rulebook, FIRM | {"titles": []}).supports if s.support.id == VOUCHER for r in s.reasons if r.criterion == "是科技型中小企业")
    assert {g.short: g.text for g in reason.given}["资质"] == "都没有"
    unsure = assessed(rulebook, FIRM | {"titles": {"chosen": ["high_tech"], "unsure": ["tech_sme", "gazelle"]}})
    (reason,) = (r for s in unsure.supports if s.support.id == VOUCHER for r in s.reasons if r.criterion == "是科技型中小企业")
    assert {g.short: g.text for g in reason.given}["资质"] == "不确定有没有：科技型中小企业（有当年入库登记编号）"
