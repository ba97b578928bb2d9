"""What comes first, whom to ask and with which words."""

from __future__ import annotations

from typing import Any

import pytest

from eligibility.advice import first_steps, prepare, ranked, to_ask
from eligibility.assessment import Assessment, Verdict, assess
from eligibility.profile import Profile, read_profile
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.models import Strength
from tests.conftest import DAY

TEAM = {"entity": "team", "city": "dalian", "people": ["student"]}
COMPANY = {"entity": "company", "city": "shenyang", "ownership": "private", "industry": "manufacturing", "staff": 60, "revenue": 1800, "assets": 900, "titles": ["tech_sme"], "rd_expense": 70, "listings": []}


def assessed(rulebook: Rulebook, **answers: Any) -> Assessment:
    profile, problems = read_profile(answers, rulebook.questions)
    assert problems == []
    return assess(rulebook, profile, on=DAY)


def test_a_student_team_is_sent_to_what_is_meant_for_students_first(rulebook: Rulebook) -> None:
    """Services open to whoever comes are more in number; they do not crowd out the team's own."""
    first = first_steps(assessed(rulebook, **TEAM))[0]
    assert first.text.startswith("联系大连市人力资源和社会保障局")
    assert first.supports[0].support.id == "ln2024-01-youth-training"


def test_who_has_nothing_of_its_own_is_sent_to_what_is_for_companies_before_what_is_for_everybody(rulebook: Rulebook) -> None:
    """The intellectual property office serves whoever comes, with more services than anybody has for companies."""
    restaurant = {"entity": "company", "city": "shenyang", "ownership": "private", "industry": "catering", "staff": 35, "revenue": 620, "titles": [], "rd_expense": 0, "ip_class_1": 0, "ip_class_2": 0}
    doors = [s.door.ask_at for s in first_steps(assessed(rulebook, **restaurant)) if s.door]
    assert doors[0] == "沈阳市科学技术局"


def test_direct_supports_lead(rulebook: Rulebook) -> None:
    first = first_steps(assessed(rulebook, **COMPANY))[0]
    assert first.supports[0].support.id == "ln2024-05-innovation-voucher"
    assert first.door is not None
    assert first.door.ask_at == "沈阳市科学技术局"


def test_the_order_is_verdict_then_strength_then_need(rulebook: Rulebook) -> None:
    found = ranked(assessed(rulebook, **COMPANY, needs=["ip"]))
    verdicts = [list(Verdict).index(e.verdict) for e in found]
    assert verdicts == sorted(verdicts)
    matched = [e for e in found if e.verdict is Verdict.MATCHED]
    strengths = [list(Strength).index(e.support.strength) for e in matched]
    assert strengths == sorted(strengths)
    services = [e.support.kind == "ip" for e in matched if e.support.strength is Strength.SERVICE]
    assert services == sorted(services, reverse=True)
    assert any(services)


def test_needs_order_and_decide_nothing(rulebook: Rulebook) -> None:
    without, with_needs = assessed(rulebook, **COMPANY), assessed(rulebook, **COMPANY, needs=["ip", "loan"])
    assert [s.verdict for s in without.supports] == [s.verdict for s in with_needs.supports]


def test_a_fact_to_find_out_keeps_its_place_among_the_first(rulebook: Rulebook) -> None:
    steps = first_steps(assessed(rulebook, **{k: v for k, v in COMPANY.items() if k != "ownership"}))
    assert [s.kind for s in steps] == ["contact", "contact", "answer"]


@pytest.mark.parametrize("answers", [{}, TEAM, COMPANY, {"entity": "company", "city": "elsewhere"}])
def test_there_are_never_more_than_three_first_things(rulebook: Rulebook, answers: dict[str, Any]) -> None:
    steps = first_steps(assessed(rulebook, **answers))
    assert len(steps) <= 3
    assert all(s.supports for s in steps)


def test_nothing_known_begins_with_questions(rulebook: Rulebook) -> None:
    assert {s.kind for s in first_steps(assess(rulebook, Profile(), on=DAY))} == {"answer"}


def test_the_words_for_the_phone_ask_what_the_document_leaves_open(rulebook: Rulebook) -> None:
    found = {e.support.id: e for e in assessed(rulebook, **COMPANY).supports}
    assert to_ask(found["ln2024-05-innovation-voucher"]) == "请问“用科技创新券购买专利申请、仪器共享等服务”现在还在执行吗？创新券额度、申领时间、申领入口、可购买服务的清单是怎么规定的？"
    open_entry = found["ln2024-03-title-review"]
    assert all(ask in to_ask(open_entry) for ask in open_entry.asks)
    assert open_entry.asks


def test_papers_prove_what_the_criteria_speak_of_and_no_more(rulebook: Rulebook) -> None:
    profile = assessed(rulebook, **COMPANY | {"titles": ["tech_sme", "high_tech"]})
    voucher = next(e for e in profile.supports if e.support.id == "ln2024-05-innovation-voucher")
    assert prepare(voucher, profile) == ("营业执照", "科技型中小企业入库登记编号")
    team = assessed(rulebook, **TEAM)
    training = next(e for e in team.supports if e.support.id == "ln2024-01-youth-training")
    assert prepare(training, team) == ("学籍在线验证报告（学信网）",)
