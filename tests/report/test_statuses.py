"""What the reports say of statuses, of the plan and of unverified answers, in every form of the report."""

from __future__ import annotations

from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from eligibility.assessment import Assessment, Verdict, assess
from eligibility.export import assessment_data
from eligibility.plan import milestones
from eligibility.report import wording
from eligibility.report.pdf import render_pdf
from eligibility.report.statuses import told
from eligibility.report.text import render_text
from eligibility.report.workbook import render_workbook
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import load
from eligibility.rulebook.models import Strength
from eligibility.standing import Stand
from tests.report.companies import ALL, MANUFACTURER, NOBODY, STATE_OWNED, assessed

HARBOUR = Path(__file__).parents[1] / "rulebooks" / "harbour"

# A small manufacturer that began the self-check of 科技型中小企业: 0 + 10 + 12 = 22 points of the 60 that it takes.
SHORT: dict[str, Any] = {
    "company_name": "沈阳某某小型科技有限公司", "entity": "company", "city": "shenyang", "ownership": "private", "industry": "manufacturing", "zone": [], "people": [], "operates": [],
    "titles": [], "staff": 70, "revenue": 1500, "assets": 700, "rd_expense": 36, "costs": 1300, "tech_staff": 5, "ip_class_1": 0, "ip_class_2": 2, "project_stage": "production",
    "listings": [], "soe_key_task": False, "prohibited": False, "incidents": [], "confirmations": [],
}  # fmt: skip
ENOUGH = SHORT | {"tech_staff": 21, "rd_expense": 90}  # 20 + 50 + 12 = 82
SHORT_SAID = "自检 22 分，还差 38 分；最少要补：研发费用再增 54 万元、科技人员再增 2 人"
ENOUGH_SAID = "按您填的数字，很可能符合（82 分）"
NOT_BEGUN = {q: a for q, a in SHORT.items() if q not in ("costs", "tech_staff", "prohibited", "incidents", "confirmations")}
PAPERS = MANUFACTURER | {
    "titles": {
        "chosen": ["tech_sme", "high_tech"],
        "source": "seen",
        "certificates": {"high_tech": {"number": "GR202421000123", "until": "2027-08-31"}, "tech_sme": {"number": "2026-1", "until": "2026-10-31"}},
    },
    "staff": {"value": 120, "source": "ledger"},
}


def says(assessment: Assessment) -> dict[str, str]:
    return {t.standing.status.id: t.says for t in told(assessment)}


@cache
def pdf(rulebook: Rulebook, which: str) -> str:
    answers = {"short": SHORT, "enough": ENOUGH, "not begun": NOT_BEGUN, "papers": PAPERS, **ALL}[which]
    return bare("".join(p.extract_text() for p in PdfReader(BytesIO(render_pdf(assessed(rulebook, answers)))).pages))


def bare(words: str) -> str:
    return "".join(words.split())


def rows(assessment: Assessment, sheet: str) -> list[dict[str, Any]]:
    head, *body = load_workbook(BytesIO(render_workbook(assessment)))[sheet].iter_rows(values_only=True)
    return [dict(zip(map(str, head), ("" if v is None else v for v in row), strict=True)) for row in body]


def test_a_self_check_says_its_points_and_the_fewest_changes(rulebook: Rulebook) -> None:
    assert says(assessed(rulebook, SHORT))["tech_sme"] == SHORT_SAID
    assert says(assessed(rulebook, ENOUGH))["tech_sme"] == ENOUGH_SAID


def test_what_is_still_unknown_is_counted_beside_what_is_short(rulebook: Rulebook) -> None:
    """10% technical staff is the one condition of 高新技术企业 that fails; nine figures are not given."""
    assert says(assessed(rulebook, SHORT))["high_tech"] == "按您填的数字还不符合；最少要补：科技人员再增 2 人；另有 9 项没有填"


def test_what_would_do_without_a_missing_answer_is_said_beside_it(rulebook: Rulebook) -> None:
    answers = {q: a for q, a in SHORT.items() if q != "confirmations"}
    assert says(assessed(rulebook, answers))["tech_sme"] == "自检还差“奖励、机构和标准”；不看“奖励、机构和标准”，研发费用再增 54 万元、科技人员再增 2 人也行"


def test_a_self_check_that_was_not_begun_is_not_told(rulebook: Rulebook) -> None:
    assert "tech_sme" not in says(assessed(rulebook, NOT_BEGUN))
    assert "自检" not in pdf(rulebook, "not begun")
    assert told(assessed(rulebook, NOBODY)) == ()


def test_likely_is_never_said_to_be_held(rulebook: Rulebook) -> None:
    for answers in (SHORT, ENOUGH, *ALL.values(), PAPERS):
        for t in told(assessed(rulebook, answers)):
            assert ("已有" in t.says or t.says == "按您的回答就是") == (t.standing.stand is Stand.HELD)


def test_a_title_after_which_nobody_is_sent_has_no_list_of_changes(rulebook: Rulebook) -> None:
    answers = SHORT | {"founded": "2015-01-01", "rd_four_year_share": 2, "venture_capital": 0}
    assert not rulebook.statuses["gazelle"].suggest
    assert "最少要补" not in says(assessed(rulebook, answers))["gazelle"]


def test_a_held_title_says_whether_its_paper_was_seen(rulebook: Rulebook) -> None:
    assert says(assessed(rulebook, MANUFACTURER))["high_tech"] == "您填的是已有（没有核验）"
    assert says(assessed(rulebook, PAPERS))["high_tech"] == "已有（已看到证照），编号 GR202421000123，有效到 2027 年 8 月 31 日"


@pytest.mark.parametrize(("which", "said"), [("short", SHORT_SAID), ("enough", ENOUGH_SAID)])
def test_the_plan_on_paper_has_its_steps_what_they_open_and_the_self_check(rulebook: Rulebook, which: str, said: str) -> None:
    plan = pdf(rulebook, which).split("后一步要靠前一步的排在后面。")[1].split("您的身份")[0]
    steps = milestones(assessed(rulebook, SHORT if which == "short" else ENOUGH))
    assert steps
    assert all(bare(m.text) in plan and bare(m.says) in plan for m in steps)
    assert bare(said) in plan
    assert "最好先有" not in plan  # no definition puts one of the two titles before the other


@pytest.mark.parametrize("which", ["short", "enough"])
def test_the_plan_on_paper_says_what_is_better_had_before(ordered: Rulebook, which: str) -> None:
    assert "最好先有高新技术企业" in pdf(ordered, which).split("后一步要靠前一步的排在后面。")[1].split("您的身份")[0]


def test_what_is_better_had_before_is_not_said_of_what_is_held(ordered: Rulebook) -> None:
    for titles, said in (([], True), (["high_tech"], False)):
        text = render_text(assessed(ordered, SHORT | {"titles": titles}))
        assert "取得科技型中小企业" in text
        assert ("最好先有高新技术企业" in text) is said


def test_days_to_keep_say_what_is_over_and_the_term_that_follows(rulebook: Rulebook) -> None:
    found = pdf(rulebook, "papers")
    assert bare("2026 年 10 月 31 日科技型中小企业（编号 2026-1）已经过期 22 天，现在按没有计算，要重新办") in found
    assert bare("2027 年 8 月 31 日高新技术企业（编号 GR202421000123）到期，还有 282 天；接着办，下一期到 2030 年 8 月 31 日") in found


def test_the_statuses_on_paper_name_who_decides(rulebook: Rulebook) -> None:
    found = pdf(rulebook, "enough").split("您的身份")[1]
    assert "只有认定机构说了算" in found
    status = rulebook.statuses["tech_sme"]
    assert bare(f"{status.name}{ENOUGH_SAID}{status.recognised_by}，可查{status.look_up}") in found


def test_how_far_a_number_is_from_turning_stands_beside_the_answers(rulebook: Rulebook) -> None:
    annex = pdf(rulebook, "manufacturer").split("附一")[1]
    assert bare("规模以上工业企业——营业收入降到 1,999.99 万元即不再满足（现在是 8,000 万元）") in annex
    assert "即不再满足" not in pdf(rulebook, "team")


def test_unverified_answers_are_said_to_be_so_and_seen_ones_are_not(rulebook: Rulebook) -> None:
    assert bare("这一项依据 3 个回答，其中 3 个没有核验") in pdf(rulebook, "champion")
    [entry, *_] = wording.of(assessed(rulebook, STATE_OWNED), Verdict.MATCHED, Strength.DIRECT)
    behind = {g.question for r in entry.reasons for g in r.given}
    seen = STATE_OWNED | {q: {"value": STATE_OWNED[q], "source": "seen"} for q in behind}
    [entry, *_] = wording.of(assessed(rulebook, seen), Verdict.MATCHED, Strength.DIRECT)
    assert wording.rests_on(entry) == f"这一项依据 {len(behind)} 个回答，都已看到证照"


def test_the_annex_says_where_each_answer_comes_from_with_its_papers(rulebook: Rulebook) -> None:
    annex = pdf(rulebook, "papers").split("附一")[1]
    assert "17个回答里，1个已看到证照，其余16个没有核验" in annex
    assert "120人来自台账" in annex
    assert "制造业自填" in annex
    assert bare("高新技术企业：编号 GR202421000123，有效到 2027 年 8 月 31 日") in annex
    assert bare("的编号“2026-1”与常见的样子不同") in annex
    assert "已看到证照" not in pdf(rulebook, "manufacturer")
    assert "编号请核对" not in pdf(rulebook, "manufacturer")


def test_a_near_miss_is_told_in_numbers() -> None:
    assessment = assessed(load(HARBOUR), {"trade": "ferry", "quay": "west", "badges": ["green"], "seats": 12, "sanctions": []})
    assert assessment.counts[Verdict.NEAR]
    said = "最少的改动：Seats现在 12 seats，再增 8 seats，达到 20 seats"
    assert said in render_text(assessment)
    assert bare(said) in bare("".join(p.extract_text() for p in PdfReader(BytesIO(render_pdf(assessment))).pages))


def test_a_step_that_says_it_all_is_not_said_twice(rulebook: Rulebook) -> None:
    assert "先成为科技型中小企业" in pdf(rulebook, "short")
    assert "最少的改动" not in pdf(rulebook, "short")


def test_the_workbook_has_the_plan_and_the_days(rulebook: Rulebook) -> None:
    steps = [r for r in rows(assessed(rulebook, SHORT), "计划") if r["类别"] == "要做的事"]
    assert [(r["做什么"], r["打开的项数"], r["其中直接支持"]) for r in steps] == [(m.text, len(m.opens), m.direct) for m in milestones(assessed(rulebook, SHORT))]
    assert steps[0]["自检和先后"] == SHORT_SAID
    days = [r["日期"] for r in rows(assessed(rulebook, PAPERS), "计划") if r["类别"] == "要记的日子"]
    assert days == [wording.day(date(2026, 10, 31)), wording.day(date(2027, 8, 31))]


def test_the_workbook_breaks_the_score_down(rulebook: Rulebook) -> None:
    mine = [r for r in rows(assessed(rulebook, SHORT), "身份") if r["身份"] == "科技型中小企业"]
    assert mine[0]["按您的回答"] == SHORT_SAID
    assert (mine[1]["得分"], mine[1]["满分"], mine[1]["按您的回答"]) == (22, 100, "满 60 分算够")
    assert [(r["得分"], r["满分"]) for r in mine[2:] if r["项目"].count("　") == 1] == [(0, 20), (10, 50), (12, 30)]


def test_the_workbook_says_what_would_turn_a_status(rulebook: Rulebook) -> None:
    found = {r["身份"]: r["哪些数字一变就跟着变"] for r in rows(assessed(rulebook, MANUFACTURER), "身份") if r["项目"] == "结论"}
    assert "营业收入降到 1,999.99 万元即不再满足（现在是 8,000 万元）" in found["规模以上工业企业"]


def test_the_workbook_has_the_origin_and_the_papers_of_every_answer(rulebook: Rulebook) -> None:
    found = {r["题目"]: r for r in rows(assessed(rulebook, PAPERS), "我的回答")}
    titles, staff, city = (found[rulebook.questions[q].text] for q in ("titles", "staff", "city"))
    assert [(r["来源"], r["核验"]) for r in (titles, staff, city)] == [("已看到证照", "已核验"), ("来自台账", "没有核验"), ("自填", "没有核验")]
    assert "编号 GR202421000123，有效到 2027 年 8 月 31 日" in titles["证照编号、有效期"]
    unverified = {r["编号"]: r["未核验的回答数"] for r in rows(assessed(rulebook, PAPERS), "结果")}
    assert unverified == {e.support.id: e.unverified for e in assessed(rulebook, PAPERS).supports}


def test_the_text_has_plan_and_statuses_in_a_few_lines(rulebook: Rulebook) -> None:
    lines = render_text(assessed(rulebook, SHORT)).splitlines()
    at = lines.index("计划")
    first = milestones(assessed(rulebook, SHORT))[0]
    assert lines[at + 1 : at + 3] == [f"1. {first.text}（{first.says}）", f"   {SHORT_SAID}"]
    assert f"  - 科技型中小企业：{SHORT_SAID}" in lines
    assert "计划" not in render_text(assessed(rulebook, NOBODY)).splitlines()


def test_the_data_has_statuses_plan_and_renewals(rulebook: Rulebook, ordered: Rulebook) -> None:
    data = assessment_data(assessed(rulebook, SHORT))
    statuses = {s["id"]: s for s in data["statuses"]}
    assert set(statuses) == set(rulebook.statuses)
    mine = statuses["tech_sme"]
    assert (mine["stand"], mine["missing"], mine["turning_points"]) == ("unlikely", [], [])
    assert {k: v for k, v in mine["score"].items() if k not in ("name", "parts")} == {"low": 22, "high": 22, "most": 100, "mark": 60}
    assert [(p["low"], p["most"]) for p in mine["score"]["parts"]] == [(0, 20), (10, 50), (12, 30)]
    assert mine["gap"] == ["研发费用现在 36 万元，再增 54 万元，达到 90 万元", "科技人员现在 5 人，再增 2 人，达到 7 人"]
    assert (statuses["fledgling"]["stand"], statuses["fledgling"]["score"], statuses["fledgling"]["gap"]) == ("not", None, None)
    assert [p["after"] for p in data["plan"]] == [[], []]
    assert [p["after"] for p in assessment_data(assessed(ordered, SHORT))["plan"]] == [[], ["high_tech"]]
    assert data["plan"][0]["opens"] == [e.support.id for e in milestones(assessed(rulebook, SHORT))[0].opens]
    assert data["renewals"] == []


def test_the_data_has_renewals_and_turning_points(rulebook: Rulebook) -> None:
    data = assessment_data(assessed(rulebook, PAPERS))
    assert data["renewals"] == [{"status": "tech_sme", "number": "2026-1", "until": "2026-10-31"}, {"status": "high_tech", "number": "GR202421000123", "until": "2027-08-31"}]
    points = {s["id"]: s["turning_points"] for s in data["statuses"]}
    assert points["above_scale_industry"] == ["营业收入降到 1,999.99 万元即不再满足（现在是 8,000 万元）"]


def test_the_data_has_changes_of_near_misses_alone_and_counts_the_unverified(rulebook: Rulebook) -> None:
    assessment = assessed(rulebook, SHORT)
    data = {s["id"]: s for s in assessment_data(assessment)["supports"]}
    assert assessment.counts[Verdict.NEAR]
    for entry in assessment.supports:
        assert bool(data[entry.support.id]["changes"]) == (entry.verdict is Verdict.NEAR)
        assert data[entry.support.id]["unverified"] == entry.unverified


def test_the_distance_to_a_day_is_counted_from_the_day_of_the_assessment(rulebook: Rulebook) -> None:
    profile = assessed(rulebook, PAPERS).profile
    assert "到期，还有 1 天" in render_text(assess(rulebook, profile, on=date(2027, 8, 30)))
    later = render_text(assess(rulebook, profile, on=date(2027, 9, 1)))
    assert "高新技术企业（编号 GR202421000123）已经过期 1 天，现在按没有计算，要重新办" in later
    assert "  - 高新技术企业：您填的是已有" not in later
