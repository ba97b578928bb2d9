"""Statuses by figures: every band edge of the scoring rule, every boundary of the size standard, held against likely."""

from __future__ import annotations

from typing import Any

import pytest

from eligibility.profile import Certificate, Profile, read_profile
from eligibility.rulebook.book import Rulebook
from eligibility.standing import Indicator, Stand, Standing, figures, gap, next_gains, robustness, settling, standing
from tests.conftest import DAY

# 职工 100 人，销售收入 1,000 万元，成本费用 1,000 万元: shares read as plain percentages.
BASIC = {
    "entity": "company", "titles": [], "staff": 100, "revenue": 1000, "assets": 1000, "costs": 1000, "tech_staff": 0, "rd_expense": 0,
    "ip_class_1": 0, "ip_class_2": 0, "listings": [], "prohibited": False, "incidents": [], "confirmations": [],
}  # fmt: skip


def of(rulebook: Rulebook, status: str, **answers: Any) -> Standing:
    profile, problems = read_profile(answers, rulebook.questions)
    assert problems == []
    return standing(rulebook, profile, status, on=DAY)


def points(rulebook: Rulebook, **answers: Any) -> list[float]:
    """科技人员, 研发投入, 科技成果."""
    score = of(rulebook, "tech_sme", **BASIC | answers).score
    assert score is not None
    assert score.low == score.high == sum(p.low for p in score.parts)
    return [p.low for p in score.parts]


@pytest.mark.parametrize(("tech_staff", "expected"), [(30, 20), (29, 16), (25, 16), (24, 12), (20, 12), (19, 8), (15, 8), (14, 4), (10, 4), (9, 0), (0, 0)])
def test_technical_staff_earn_points_by_their_share(rulebook: Rulebook, tech_staff: int, expected: float) -> None:
    """115号第七条（一）: ≥30% → 20; [25%,30%) → 16; [20%,25%) → 12; [15%,20%) → 8; [10%,15%) → 4; <10% → 0."""
    assert points(rulebook, tech_staff=tech_staff)[0] == expected


@pytest.mark.parametrize(("tech_staff", "staff", "expected"), [(3000, 10000, 20), (2999, 10000, 16)])
def test_exactly_thirty_per_cent_is_in_the_band_and_a_hair_less_is_not(rulebook: Rulebook, tech_staff: int, staff: int, expected: float) -> None:
    assert points(rulebook, tech_staff=tech_staff, staff=staff)[0] == expected


@pytest.mark.parametrize(
    ("rd", "expected"),
    [(60, 50), (59.99, 40), (50, 40), (49.99, 30), (40, 30), (39.99, 20), (30, 20), (29.99, 10), (20, 10), (19.99, 0)],
)
def test_research_earns_points_by_its_share_of_sales(rulebook: Rulebook, rd: float, expected: float) -> None:
    """115号第七条（二）1: ≥6% → 50 … <2% → 0. Costs are high enough not to matter."""
    assert points(rulebook, rd_expense=rd, costs=100000)[1] == expected


@pytest.mark.parametrize(
    ("rd", "expected"),
    [(300, 50), (299.99, 40), (250, 40), (249.99, 30), (200, 30), (199.99, 20), (150, 20), (149.99, 10), (100, 10), (99.99, 0)],
)
def test_research_earns_points_by_its_share_of_costs(rulebook: Rulebook, rd: float, expected: float) -> None:
    """115号第七条（二）2: ≥30% → 50 … <10% → 0. Sales are high enough not to matter."""
    assert points(rulebook, rd_expense=rd, revenue=20000)[1] == expected


def test_the_better_of_the_two_research_indicators_counts(rulebook: Rulebook) -> None:
    assert points(rulebook, rd_expense=30, costs=100)[1] == 50


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [(1, 0, 30), (1, 9, 30), (0, 5, 24), (0, 4, 24), (0, 3, 18), (0, 2, 12), (0, 1, 6), (0, 0, 0)],
)
def test_intellectual_property_earns_points_by_class_and_number(rulebook: Rulebook, one: int, two: int, expected: float) -> None:
    """115号第七条（三）: ≥1 Ⅰ类 → 30; ≥4 Ⅱ类 → 24; 3 → 18; 2 → 12; 1 → 6; none → 0."""
    assert points(rulebook, ip_class_1=one, ip_class_2=two)[2] == expected


GOOD = BASIC | {"tech_staff": 10, "rd_expense": 60, "ip_class_2": 1}  # 4 + 50 + 6 = 60


@pytest.mark.parametrize(
    ("answers", "stand", "why"),
    [
        ({}, Stand.LIKELY, "exactly 60 points"),
        ({"ip_class_2": 0}, Stand.UNLIKELY, "54 points"),
        ({"tech_staff": 9, "ip_class_1": 1}, Stand.UNLIKELY, "80 points, but none for technical staff: 第六条 asks for more than 0"),
        ({"staff": 500, "tech_staff": 50}, Stand.LIKELY, "500 people is still within"),
        ({"staff": 501, "tech_staff": 60}, Stand.UNLIKELY, "501 people is not"),
        ({"revenue": 20000, "rd_expense": 1200}, Stand.LIKELY, "2 亿元 is still within"),
        ({"revenue": 20001, "rd_expense": 1300}, Stand.UNLIKELY, "more than 2 亿元"),
        ({"assets": 20000}, Stand.LIKELY, "assets of 2 亿元"),
        ({"assets": 20000.01}, Stand.UNLIKELY, "assets of more than 2 亿元"),
        ({"prohibited": True}, Stand.UNLIKELY, "第六条第三项"),
        ({"incidents": ["environment"]}, Stand.UNLIKELY, "第六条第四项"),
        ({"listings": ["abnormal"]}, Stand.UNLIKELY, "第六条第四项"),
        ({"listings": ["judgment"]}, Stand.LIKELY, "第六条 names the two lists only"),
        ({"ip_class_2": 0, "confirmations": ["led_standard_5"]}, Stand.LIKELY, "第八条: direct confirmation"),
        ({"ip_class_2": 0, "titles": ["high_tech"]}, Stand.LIKELY, "第八条: a valid 高新技术企业 certificate"),
        ({"confirmations": ["led_standard_5"], "staff": 501}, Stand.UNLIKELY, "第八条 still asks for the basic conditions"),
        ({"tech_staff": None, "ip_class_2": 4}, Stand.OPEN, "74 to 94 points, but technical staff could be 0"),
        ({"titles": ["tech_sme"]}, Stand.HELD, "it has the number"),
        ({"titles": ["tech_sme"], "staff": 900}, Stand.HELD, "what is held is not taken away by a self-check"),
    ],
)
def test_the_self_check_of_a_tech_sme(rulebook: Rulebook, answers: dict[str, Any], stand: Stand, why: str) -> None:
    assert of(rulebook, "tech_sme", **GOOD | answers).stand is stand, why


def test_an_unknown_indicator_is_shown_as_a_span(rulebook: Rulebook) -> None:
    found = of(rulebook, "tech_sme", **GOOD | {"ip_class_1": None, "ip_class_2": None})
    assert (found.score_text, found.mark, found.missing) == ("54～84 分", 60, ("ip_class_1", "ip_class_2"))


def test_a_mark_that_cannot_be_reached_any_more_is_decided_with_an_indicator_unknown(rulebook: Rulebook) -> None:
    """0 for staff would already do; here 4 + 0 + at most 30."""
    found = of(rulebook, "tech_sme", **BASIC | {"tech_staff": 10, "ip_class_1": None})
    assert (found.stand, found.missing) == (Stand.UNLIKELY, ())


@pytest.mark.parametrize(
    ("revenue", "share", "stand"),
    [(5000, 5, Stand.LIKELY), (5000, 4.99, Stand.UNLIKELY), (5000.01, 4, Stand.LIKELY), (5000.01, 3.99, Stand.UNLIKELY), (20000, 4, Stand.LIKELY), (20000, 3.99, Stand.UNLIKELY), (20000.01, 3, Stand.LIKELY), (20000.01, 2.99, Stand.UNLIKELY)],
)
def test_research_of_a_high_tech_enterprise_by_its_sales(rulebook: Rulebook, revenue: float, share: float, stand: Stand) -> None:
    """32号第十一条: ≥5% up to 5,000 万; ≥4% up to 2 亿 inclusive; ≥3% above."""
    answers = {"entity": "company", "founded": "2020-01-01", "core_ip": True, "supported_field": True, "staff": 100, "tech_staff": 10, "revenue": revenue, "revenue_three_years": 10000}
    answers |= {"rd_three_years": share * 100, "rd_domestic": share * 60, "total_income": 100, "high_tech_income": 60, "innovation_score": 71, "incidents": []}
    assert of(rulebook, "high_tech", **answers).stand is stand


@pytest.mark.parametrize(
    ("changed", "stand"),
    [
        ({"founded": "2025-11-22"}, Stand.LIKELY), ({"founded": "2025-11-23"}, Stand.UNLIKELY),
        ({"tech_staff": 9}, Stand.UNLIKELY), ({"rd_domestic": 299.99}, Stand.UNLIKELY), ({"high_tech_income": 59.99}, Stand.UNLIKELY),
        ({"innovation_score": 70}, Stand.UNLIKELY), ({"innovation_score": 70.1}, Stand.LIKELY), ({"core_ip": False}, Stand.UNLIKELY),
        ({"incidents": ["research"]}, Stand.LIKELY), ({"incidents": ["quality"]}, Stand.UNLIKELY), ({"innovation_score": None}, Stand.OPEN),
    ],
)  # fmt: skip
def test_each_line_of_a_high_tech_enterprise(rulebook: Rulebook, changed: dict[str, Any], stand: Stand) -> None:
    answers = {"entity": "company", "founded": "2020-01-01", "core_ip": True, "supported_field": True, "staff": 100, "tech_staff": 10, "revenue": 4000, "revenue_three_years": 10000}
    answers |= {"rd_three_years": 500, "rd_domestic": 300, "total_income": 100, "high_tech_income": 60, "innovation_score": 80, "incidents": []}
    assert of(rulebook, "high_tech", **answers | changed).stand is stand


# 300号: the figures of the lower bounds of 中型 and of 大型 (X people, Y revenue, Z assets), written down a second time.
SIZES = {
    "agriculture": ({"revenue": 500}, {"revenue": 20000}),
    "manufacturing": ({"staff": 300, "revenue": 2000}, {"staff": 1000, "revenue": 40000}),
    "mining": ({"staff": 300, "revenue": 2000}, {"staff": 1000, "revenue": 40000}),
    "utilities": ({"staff": 300, "revenue": 2000}, {"staff": 1000, "revenue": 40000}),
    "construction": ({"revenue": 6000, "assets": 5000}, {"revenue": 80000, "assets": 80000}),
    "wholesale": ({"staff": 20, "revenue": 5000}, {"staff": 200, "revenue": 40000}),
    "retail": ({"staff": 50, "revenue": 500}, {"staff": 300, "revenue": 20000}),
    "transport": ({"staff": 300, "revenue": 3000}, {"staff": 1000, "revenue": 30000}),
    "warehousing": ({"staff": 100, "revenue": 1000}, {"staff": 200, "revenue": 30000}),
    "post": ({"staff": 300, "revenue": 2000}, {"staff": 1000, "revenue": 30000}),
    "lodging": ({"staff": 100, "revenue": 2000}, {"staff": 300, "revenue": 10000}),
    "catering": ({"staff": 100, "revenue": 2000}, {"staff": 300, "revenue": 10000}),
    "information": ({"staff": 100, "revenue": 1000}, {"staff": 2000, "revenue": 100000}),
    "software": ({"staff": 100, "revenue": 1000}, {"staff": 300, "revenue": 10000}),
    "real_estate": ({"revenue": 1000, "assets": 5000}, {"revenue": 200000, "assets": 10000}),
    "property": ({"staff": 300, "revenue": 1000}, {"staff": 1000, "revenue": 5000}),
    "business_services": ({"staff": 100, "assets": 8000}, {"staff": 300, "assets": 120000}),
    "tech_services": ({"staff": 100}, {"staff": 300}),
    "other": ({"staff": 100}, {"staff": 300}),
}


@pytest.mark.parametrize(("industry", "status", "band"), [(i, s, b) for i in SIZES for s, b in (("small_micro", 0), ("small_medium", 1))])
def test_a_company_is_below_a_band_as_soon_as_one_figure_is(rulebook: Rulebook, industry: str, status: str, band: int) -> None:
    edge = SIZES[industry][band]
    base = {"entity": "company", "industry": industry, "staff": 900000, "revenue": 9000000, "assets": 9000000}
    assert of(rulebook, status, **base | edge).stand is Stand.NOT, "on every bound the company is of the higher band"
    for figure, bound in edge.items():
        assert of(rulebook, status, **base | edge | {figure: bound - 1}).stand is Stand.HELD, figure


# 300号: the figures of the lower bound of 小型.
SMALL = {
    "agriculture": {"revenue": 50}, "manufacturing": {"staff": 20, "revenue": 300}, "mining": {"staff": 20, "revenue": 300}, "utilities": {"staff": 20, "revenue": 300},
    "construction": {"revenue": 300, "assets": 300}, "wholesale": {"staff": 5, "revenue": 1000}, "retail": {"staff": 10, "revenue": 100}, "transport": {"staff": 20, "revenue": 200},
    "warehousing": {"staff": 20, "revenue": 100}, "post": {"staff": 20, "revenue": 100}, "lodging": {"staff": 10, "revenue": 100}, "catering": {"staff": 10, "revenue": 100},
    "information": {"staff": 10, "revenue": 100}, "software": {"staff": 10, "revenue": 50}, "real_estate": {"revenue": 100, "assets": 2000}, "property": {"staff": 100, "revenue": 500},
    "business_services": {"staff": 10, "assets": 100}, "tech_services": {"staff": 10}, "other": {"staff": 10},
}  # fmt: skip


@pytest.mark.parametrize("industry", SMALL)
def test_a_company_is_micro_as_soon_as_one_figure_is_below_small(rulebook: Rulebook, industry: str) -> None:
    base = {"entity": "company", "industry": industry, "staff": 900000, "revenue": 9000000, "assets": 9000000}
    assert of(rulebook, "micro", **base | SMALL[industry]).stand is Stand.NOT
    for figure, bound in SMALL[industry].items():
        assert of(rulebook, "micro", **base | SMALL[industry] | {figure: bound - 1}).stand is Stand.HELD, figure


@pytest.mark.parametrize("industry", SIZES)
def test_every_company_has_exactly_one_size(rulebook: Rulebook, industry: str) -> None:
    """On the lower bound of each band, and just below it, one and only one of the four sizes holds."""
    base = {"entity": "company", "industry": industry, "staff": 900000, "revenue": 9000000, "assets": 9000000}
    for edge, on_it, below_it in [(SMALL[industry], "small", "micro"), (SIZES[industry][0], "medium", "small"), (SIZES[industry][1], "large", "medium")]:
        for figures_, expected in [(edge, on_it), (edge | {k: v - 1 for k, v in list(edge.items())[:1]}, below_it)]:
            held = [s for s in ("micro", "small", "medium", "large") if of(rulebook, s, **base | figures_).stand is Stand.HELD]
            assert held == [expected], (edge, figures_)


def test_the_size_of_an_industry_without_a_standard_here_is_open(rulebook: Rulebook) -> None:
    assert of(rulebook, "small_micro", entity="company", industry="finance", staff=5, revenue=5, assets=5).stand is Stand.OPEN


@pytest.mark.parametrize(("industry", "revenue", "stand"), [("manufacturing", 2000, Stand.HELD), ("manufacturing", 1999.99, Stand.NOT), ("software", 9000, Stand.NOT), ("mining", 2000, Stand.HELD)])
def test_industry_above_scale(rulebook: Rulebook, industry: str, revenue: float, stand: Stand) -> None:
    assert of(rulebook, "above_scale_industry", entity="company", industry=industry, revenue=revenue).stand is stand


def test_an_innovative_sme_needs_the_whole_and_each_part(rulebook: Rulebook) -> None:
    """63号: ≥60, 创新能力 ≥20, 成长性 ≥15, 专业化 ≥15. Here 10+5 = 15 of ability: the whole is 65, ability too little."""
    answers = {"entity": "company", "industry": "software", "staff": 40, "revenue": 1000, "assets": 500, "titles": [], "confirmations": [], "equity_three_years": 0}
    answers |= {"high_value_ip": 0, "own_ip_class_1": 0, "ip_class_1": 1, "ip_class_2": 0, "rd_expense": 10, "growth": 15, "debt_ratio": 55, "strategic_industry": True, "main_revenue": 700}
    found = of(rulebook, "innovative_sme", **answers)
    assert found.score is not None
    assert ([p.low for p in found.score.parts], found.score.low, found.stand) == ([15, 30, 30], 75, Stand.UNLIKELY)
    assert of(rulebook, "innovative_sme", **answers | {"own_ip_class_1": 1}).stand is Stand.LIKELY
    assert of(rulebook, "innovative_sme", **answers | {"equity_three_years": 500}).stand is Stand.LIKELY


def test_a_certificate_that_has_run_out_is_not_held(rulebook: Rulebook) -> None:
    profile, _ = read_profile(GOOD | {"titles": ["tech_sme"]}, rulebook.questions)
    for until, stand in [("2026-11-22", Stand.HELD), ("2026-11-21", Stand.LIKELY)]:
        paper = Certificate("202621010200000001", DAY.fromisoformat(until))
        assert standing(rulebook, profile.with_certificate("titles", "tech_sme", paper), "tech_sme", on=DAY).stand is stand


def test_the_next_points_of_each_figure(rulebook: Rulebook) -> None:
    profile, _ = read_profile(BASIC | {"tech_staff": 5, "rd_expense": 24, "ip_class_2": 2}, rulebook.questions)
    gains = {change.about: (change.after, points) for change, points in next_gains(rulebook, profile, "tech_sme", on=DAY)}
    assert gains == {"tech_staff": (10.0, 4.0), "rd_expense": (30.0, 10.0), "ip_class_1": (1.0, 18.0), "ip_class_2": (3.0, 6.0)}


def test_what_a_status_reads_is_listed_in_the_order_of_the_questionnaire(rulebook: Rulebook) -> None:
    assert figures(rulebook, "above_scale_industry") == ("entity", "industry", "revenue")


def test_how_far_a_likely_status_is_from_turning(rulebook: Rulebook) -> None:
    profile, _ = read_profile(GOOD, rulebook.questions)
    turns = {t.question: t.at for t in robustness(rulebook, profile, "tech_sme", on=DAY)}
    assert turns["tech_staff"] == 9
    assert turns["ip_class_2"] == 0
    assert turns["assets"] == 20000.01


def test_indicators_name_what_they_are_made_of(rulebook: Rulebook) -> None:
    score = of(rulebook, "tech_sme", **GOOD).score
    assert isinstance(score, Indicator)
    assert [(p.name, p.most) for p in score.parts] == [("科技人员（满分 20）", 20), ("研发投入（满分 50，取较高的一项）", 50), ("科技成果（满分 30）", 30)]


def test_a_status_without_a_self_check_has_no_gap(rulebook: Rulebook) -> None:
    assert gap(rulebook, Profile(), "unicorn", on=DAY) is None


SHORT = BASIC | {"tech_staff": 10, "rd_expense": 20, "confirmations": None}  # 4 + 10 + 0 = 14; an award might do instead


def test_what_fails_for_certain_is_told_while_an_award_is_unknown(rulebook: Rulebook) -> None:
    profile, _ = read_profile(SHORT, rulebook.questions)
    assert standing(rulebook, profile, "tech_sme", on=DAY).stand is Stand.OPEN
    [way] = settling(rulebook, profile, "tech_sme", on=DAY)
    assert ({c.about: c.after for c in way.changes}, way.spares) == ({"rd_expense": 40.0, "ip_class_1": 1.0}, ("confirmations",))


@pytest.mark.parametrize("confirmations", [[], ["led_standard_5"], ["award_3"]])
def test_what_settles_a_condition_does_so_whatever_the_unknown_turns_out_to_be(rulebook: Rulebook, confirmations: list[str]) -> None:
    profile, _ = read_profile(SHORT, rulebook.questions)
    [way] = settling(rulebook, profile, "tech_sme", on=DAY)
    changed = SHORT | {c.about: c.after for c in way.changes}
    assert of(rulebook, "tech_sme", **changed | {"confirmations": confirmations}).stand is Stand.LIKELY
    # One step less, and it hangs on the award again.
    for change in way.changes:
        less = changed | {change.about: change.after - 1, "confirmations": []}  # type: ignore[operator]
        assert of(rulebook, "tech_sme", **less).stand is Stand.UNLIKELY


@pytest.mark.parametrize(
    "answers",
    [
        {"confirmations": []},  # the self-check fails: `gap` says what is short
        {"incidents": None, "confirmations": ["led_standard_5"]},  # nothing fails; only an answer is missing
        {"ip_class_1": None, "rd_expense": 40},  # 4 + 30 + up to 30: the score may reach the mark yet
        {"tech_staff": None},  # no figure that is known would do for sure
    ],
)
def test_nothing_is_told_to_settle_where_nothing_fails_for_certain_or_nothing_would_do(rulebook: Rulebook, answers: dict[str, Any]) -> None:
    profile, _ = read_profile(SHORT | answers, rulebook.questions)
    assert settling(rulebook, profile, "tech_sme", on=DAY) == ()
