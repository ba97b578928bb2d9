"""What holds for every company and every support."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eligibility.assessment import Assessment, Outcome, Verdict, assess
from eligibility.interview import due
from eligibility.profile import Profile, read_profile
from eligibility.rulebook.book import Rulebook
from tests.conftest import DAY
from tests.profiles import answers, profiles

quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def verdicts(assessment: Assessment) -> dict[str, Verdict]:
    return {s.support.id: s.verdict for s in assessment.supports}


@quick
@given(data=st.data())
def test_more_answers_never_turn_a_final_verdict(rulebook: Rulebook, data: st.DataObject) -> None:
    less = data.draw(profiles(rulebook))
    more = Profile({**data.draw(profiles(rulebook)).answers, **less.answers})
    before, after = verdicts(assess(rulebook, less, on=DAY)), verdicts(assess(rulebook, more, on=DAY))
    for support, verdict in before.items():
        match verdict:
            case Verdict.MATCHED | Verdict.EXCLUDED:
                assert after[support] is verdict, support
            case Verdict.NEAR:
                assert after[support] in (Verdict.NEAR, Verdict.EXCLUDED), support


@quick
@given(data=st.data())
def test_a_question_that_is_not_due_could_not_change_any_verdict(rulebook: Rulebook, data: st.DataObject) -> None:
    profile = data.draw(profiles(rulebook))
    assessment = assess(rulebook, profile, on=DAY)
    asked = {d.question.id for d in due(assessment)} | profile.answers.keys()
    idle = [q for q in rulebook.questions.values() if q.id not in asked]
    answered = Profile({**profile.answers, **{q.id: data.draw(answers(q, rulebook)) for q in idle}})
    assert verdicts(assess(rulebook, answered, on=DAY)) == verdicts(assessment)


@quick
@given(data=st.data())
def test_every_verdict_has_its_reasons(rulebook: Rulebook, data: st.DataObject) -> None:
    for entry in assess(rulebook, data.draw(profiles(rulebook)), on=DAY).supports:
        outcomes = {r.outcome for r in entry.reasons}
        match entry.verdict:
            case Verdict.MATCHED:
                assert outcomes == {Outcome.MET}
                assert not entry.missing
                assert not entry.asks
            case Verdict.OPEN:
                assert Outcome.FAILED not in outcomes
                assert entry.missing or entry.asks, "an open verdict says what keeps it open"
            case Verdict.NEAR:
                assert Outcome.FAILED in outcomes
                assert entry.steps, "a near verdict says what to do"
            case Verdict.EXCLUDED:
                assert Outcome.FAILED in outcomes


def test_nothing_is_decided_for_a_company_that_has_said_nothing(rulebook: Rulebook) -> None:
    assert {s.verdict for s in assess(rulebook, Profile(), on=DAY).supports} == {Verdict.OPEN}


def test_every_support_of_the_rulebook_is_in_every_assessment_once(rulebook: Rulebook) -> None:
    assessment = assess(rulebook, Profile({"entity": "team"}), on=DAY)
    assert [s.support.id for s in assessment.supports] == list(rulebook.supports)
    assert sum(assessment.counts.values()) == len(rulebook.supports)


def test_a_support_that_needs_a_title_is_near_for_a_company_that_could_get_it(rulebook: Rulebook) -> None:
    answers, _ = read_profile({"entity": "company", "city": "shenyang", "titles": [], "staff": 40, "revenue": 900, "assets": 700, "rd_expense": 60, "listings": []}, rulebook.questions)
    voucher = next(s for s in assess(rulebook, answers, on=DAY).supports if s.support.id == "ln2024-05-innovation-voucher")
    assert voucher.verdict is Verdict.NEAR
    assert voucher.steps == ("先成为科技型中小企业：在全国科技型中小企业信息服务平台自主评价，取得当年入库登记编号",)


def test_a_title_that_the_figures_rule_out_is_not_suggested(rulebook: Rulebook) -> None:
    """Without R&D the score of 115号第七条 cannot exceed 50 of 100; 60 are needed, unless 第八条 confirms the company directly."""
    answers, _ = read_profile({"entity": "company", "city": "shenyang", "titles": [], "rd_expense": 0, "confirmations": ["award_3"]}, rulebook.questions)
    voucher = next(s for s in assess(rulebook, answers, on=DAY).supports if s.support.id == "ln2024-05-innovation-voucher")
    assert (voucher.verdict, voucher.steps, voucher.missing) == (Verdict.EXCLUDED, (), ())


@pytest.mark.parametrize(("confirmations", "asked"), [({}, True), ({"confirmations": ["led_standard_5"]}, False)])
def test_a_title_that_may_be_had_without_the_figures_is_suggested(rulebook: Rulebook, confirmations: dict[str, list[str]], asked: bool) -> None:
    """115号第八条: a national prize, an institute or a standard. While that is not known, it is asked."""
    answers, _ = read_profile({"entity": "company", "city": "shenyang", "titles": [], "rd_expense": 0} | confirmations, rulebook.questions)
    voucher = next(s for s in assess(rulebook, answers, on=DAY).supports if s.support.id == "ln2024-05-innovation-voucher")
    assert (voucher.verdict, "confirmations" in voucher.missing) == (Verdict.NEAR, asked)


@pytest.mark.parametrize("fact", [{"prohibited": True}, {"incidents": ["safety"]}])
def test_a_title_that_a_fact_rules_out_is_not_suggested(rulebook: Rulebook, fact: dict[str, object]) -> None:
    """115号第六条第三、四项, whatever the research."""
    answers, _ = read_profile({"entity": "company", "city": "shenyang", "titles": [], "rd_expense": 100} | fact, rulebook.questions)
    voucher = next(s for s in assess(rulebook, answers, on=DAY).supports if s.support.id == "ln2024-05-innovation-voucher")
    assert (voucher.verdict, voucher.steps, voucher.missing) == (Verdict.EXCLUDED, (), ())


@pytest.mark.parametrize(
    ("listings", "titles", "told"),
    [(["abnormal"], [], True), (["serious"], [], True), (["judgment"], [], False), ([], [], False), (["abnormal"], ["tech_sme"], False)],
)
def test_who_must_leave_a_list_before_a_title_is_told(rulebook: Rulebook, listings: list[str], titles: list[str], told: bool) -> None:
    """115号第六条第四项 names two lists; the title is still advised, for a list can be left."""
    answers, _ = read_profile({"entity": "company", "city": "shenyang", "titles": titles, "rd_expense": 100, "listings": listings}, rulebook.questions)
    assert ("list-and-tech-sme" in {n.id for n in assess(rulebook, answers, on=DAY).notices}) is told


def test_the_day_is_carried_and_the_clock_not_read(rulebook: Rulebook) -> None:
    assert assess(rulebook, Profile(), on=date(2020, 2, 29)).on == date(2020, 2, 29)
