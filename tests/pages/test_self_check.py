"""自检: figures in, the stand and the distance out; what is said here is said everywhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from html import escape

import pytest
import streamlit as st

from eligibility.profile import Certificate, Origin
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import load
from eligibility.standing import gap, next_gains, robustness
from tests.conftest import DAY
from tests.pages.conftest import ROOT, Visit
from ui.draft import Draft
from ui.fields import paper_parts, read_paper
from ui.statuses import checkable

Open = Callable[..., Visit]

# A software firm: 4 + 0 + 18 = 22 points of 100; 60 are needed.
FIRM: dict[str, object] = {
    "entity": "company", "city": "shenyang", "ownership": "private", "industry": "software", "staff": 35, "revenue": 1200, "assets": 900, "titles": [], "people": [], "zone": [],
    "rd_expense": 20, "ip_class_1": 0, "ip_class_2": 3, "project_stage": "production", "operates": [], "listings": [],
    "tech_staff": 4, "costs": 1000, "prohibited": False, "incidents": [], "confirmations": [],
}  # fmt: skip


def check(visit: Visit, status: str | None = "tech_sme") -> Visit:
    visit.app.switch_page("../pages/self_check.py")
    if status is not None:
        visit.app.query_params["status"] = status
    return visit.run()


def set_figure(visit: Visit, question: str, value: float | None) -> Visit:
    visit.app.number_input(key=visit.key("value", question)).set_value(value)
    return visit.run()


def test_figures_of_a_software_firm_and_how_far_it_is(visit: Open, rulebook: Rulebook) -> None:
    page = check(visit().load(FIRM))
    html = page.html()
    assert "目前不符合科技型中小企业" in html
    assert "22 分（要 60 分）" in html
    [change] = gap(rulebook, page.draft.profile, "tech_sme", on=DAY) or ()
    assert escape(change.text) in html
    for each, points in next_gains(rulebook, page.draft.profile, "tech_sme", on=DAY):
        assert f"{rulebook.questions[each.about].short}再增" in html
        assert f"→ +{points:g} 分" in html
    assert "只有认定机构说了算" in html


def test_a_figure_typed_before_the_page_was_drawn_to_its_end_survives_turning_the_page(visit: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    page = set_figure(check(visit().load(FIRM)), "rd_expense", 48)
    page.self_assessment().unfold("answered")
    with monkeypatch.context() as slow:
        slow.setattr("ui.papers.papers", lambda _, question, on: st.stop() if question.id == "rd_expense" else None)  # as when a click supersedes the run right after the input
        page.press("change-rd_expense")
    page.enter(72)
    assert page.draft.profile.answers["rd_expense"] == 72
    check(page)
    assert page.app.number_input(key=page.key("value", "rd_expense")).value == 72
    assert page.draft.profile.answers["rd_expense"] == 72


def test_what_is_short_is_told_while_an_award_is_not_known(visit: Open) -> None:
    html = check(visit().load({q: a for q, a in FIRM.items() if q != "confirmations"})).html()
    assert "还不能判断是不是科技型中小企业" in html
    assert "还没答的不看，最少还差" in html
    assert "做到这些，“奖励、机构和标准”怎样都不影响这一条。" in html


def test_a_figure_given_here_is_the_answer_everywhere(visit: Open) -> None:
    page = check(visit().load(FIRM))
    set_figure(page, "rd_expense", 50)
    assert "62 分" not in page.html()
    set_figure(page, "rd_expense", 72)
    assert "很可能符合科技型中小企业" in page.html()
    assert "72 分（要 60 分）" in page.html()
    assert page.draft.profile.answers["rd_expense"] == 72.0
    page.self_assessment().unfold("answered").press("change-rd_expense")
    assert page.app.number_input(key=page.key("value")).value == 72.0
    page.enter(24).next()
    assert "32 分（要 60 分）" in check(page).html()
    assert page.app.number_input(key=page.key("value", "rd_expense")).value == 24.0


def test_what_is_not_known_is_a_span_and_named(visit: Open) -> None:
    page = check(visit().load({q: a for q, a in FIRM.items() if q not in ("tech_staff", "ip_class_1")}))
    html = page.html()
    assert "18～50 分" in html
    assert "目前不符合" in html  # 20 + 0 + 30 would still be too few
    set_figure(page, "rd_expense", None)
    assert "还不能判断是不是科技型中小企业" in page.html()
    assert "<li>科技人员</li>" in page.html()


def test_held_and_likely_are_never_confused(visit: Open) -> None:
    page = check(visit().load(FIRM | {"rd_expense": 72}))
    assert "很可能符合" in page.html()
    assert "已有科技型中小企业" not in page.html()
    page = check(visit().load(FIRM | {"titles": ["tech_sme"]}))
    assert "您填的是：已有科技型中小企业" in page.html()
    assert "没有核验" in page.html()
    assert "很可能符合" not in page.html()


def test_what_holds_says_where_it_turns(visit: Open, rulebook: Rulebook) -> None:
    page = check(visit().load(FIRM | {"rd_expense": 72}))
    points = robustness(rulebook, page.draft.profile, "tech_sme", on=DAY)
    assert points
    assert all(escape(p.text) in page.html() for p in points)


def test_a_class_that_follows_from_the_answers_shows_the_line_of_its_industry_only(visit: Open) -> None:
    page = check(visit().load(FIRM), "small_micro")
    assert "按您的回答，是小微企业" in page.html()
    assert "软件和信息技术服务业：" in page.html()
    assert "批发业" not in page.html()
    page = check(page, "above_scale_industry")
    assert "按您的回答，不是规模以上工业企业" in page.html()


def test_which_status_is_in_the_address_and_no_answer_is(visit: Open) -> None:
    page = check(visit().load(FIRM), "high_tech")
    assert "高新技术企业" in page.html()
    page.app.selectbox(key=f"check-{page.draft.epoch}-high_tech").set_value("tech_sme")
    page.run()
    assert page.app.query_params["status"] in ("tech_sme", ["tech_sme"])
    set_figure(page, "rd_expense", 30)
    assert set(page.app.query_params) == {"status"}
    assert "目前不符合科技型中小企业" in check(page, "no-such-status").html()


@pytest.mark.parametrize("name", [s.id for s in checkable(load())])
def test_every_status_can_be_checked_with_nothing_known(visit: Open, name: str) -> None:
    page = check(visit(), name)
    assert "还不能判断是不是" in page.html()
    assert "还要知道" in page.html()


def test_a_loss_is_a_figure_and_a_day_a_date(visit: Open) -> None:
    page = set_figure(check(visit().load(FIRM), "innovative_sme"), "growth", -12.5)
    assert page.draft.profile.answers["growth"] == -12.5
    page = check(page, "high_tech")
    for part, value in (("year", 2024), ("month", 2), ("day", 30)):
        page.app.selectbox(key=page.key(part, "founded")).set_value(value)
        page.run()
    assert "founded" not in page.draft.profile.answers
    page.app.selectbox(key=page.key("day", "founded")).set_value(29)
    page.run()
    assert page.draft.profile.answers["founded"] == date(2024, 2, 29)


def test_rules_without_figures_to_check_say_so(visit: Open) -> None:
    page = check(visit(using=load(ROOT / "tests" / "rulebooks" / "harbour")), None)
    assert "没有能用数字自检的身份" in page.told()


def at_titles(visit: Visit, answers: dict[str, object]) -> Visit:
    return visit.load(answers).unfold("answered").press("change-titles")


def links(visit: Visit) -> list[str]:
    return [link.proto.label.replace("\\", "") for link in visit.app.get("page_link")]


def test_doubt_about_a_title_leads_to_its_self_check(visit: Open) -> None:
    tab = at_titles(visit(), FIRM | {"titles": ["little_giant"]})
    assert not [label for label in links(tab) if "自检算一算" in label]
    tab.app.multiselect(key=tab.key("unsure")).set_value(["tech_sme", "fledgling"])
    tab.run()
    assert [label for label in links(tab) if "自检算一算" in label] == ["不确定是不是科技型中小企业？用自检算一算"]
    tab.tick("unknown")
    assert [label for label in links(tab) if "自检算一算" in label] == ["不确定？用自检算一算"]


def unfold_papers(tab: Visit) -> Visit:
    tab.app.session_state[f"papers-{tab.draft.epoch}-titles"] = True
    return tab.run()


def fill_paper(tab: Visit, option: str, number: str, until: date) -> Visit:
    unfold_papers(tab)
    prefix = f"p{tab.draft.epoch}-titles-{option}"
    tab.app.text_input(key=f"{prefix}-number").set_value(number)
    tab.run()
    for part in ("year", "month", "day"):
        tab.app.selectbox(key=f"{prefix}-{part}").set_value(getattr(until, part))
        tab.run()
    return tab


def test_a_number_typed_before_the_page_was_drawn_to_its_end_survives_turning_the_page(visit: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    def unfolded(page: Visit) -> Visit:
        page.app.session_state[f"fold-{page.draft.epoch}-titles"] = True
        return unfold_papers(page)

    tab = unfolded(check(visit().load(FIRM | {"titles": ["tech_sme"]})))
    key = f"p{tab.draft.epoch}-titles-tech_sme-number"
    tab.app.text_input(key=key).set_value("1")
    tab.run().self_assessment().unfold("answered")
    with monkeypatch.context() as slow:
        slow.setattr(Draft, "before", lambda _, question: st.stop() if question == "titles" else None)  # asked right after the inputs
        tab.app.session_state[f"papers-{tab.draft.epoch}-titles"] = True
        tab.press("change-titles")
    tab.app.text_input(key=key).set_value("2")
    assert unfolded(check(tab.run())).app.text_input(key=key).value == "2"
    assert tab.draft.profile.certificates["titles", "tech_sme"].number == "2"


def test_a_certificate_is_kept_through_pages_reloads_and_files_and_goes_with_its_title(visit: Open) -> None:
    tab = at_titles(visit(), FIRM | {"titles": ["tech_sme"]})
    paper = Certificate("202621010200000001", date(2026, 12, 31))
    fill_paper(tab, "tech_sme", str(paper.number), date(2026, 12, 31))
    assert tab.draft.profile.certificates == {("titles", "tech_sme"): paper}
    tab.next()
    assert tab.draft.profile.certificates == {("titles", "tech_sme"): paper}
    assert visit(tab.cookie).draft.profile.certificates == {("titles", "tech_sme"): paper}
    assert visit().load(tab.draft.as_answers()).draft.profile.certificates == {("titles", "tech_sme"): paper}
    tab.unfold("answered").press("change-titles")
    tab.tick("none")
    assert not tab.draft.profile.certificates
    unfold_papers(tab.tick("is:tech_sme"))
    assert tab.app.text_input(key=f"p{tab.draft.epoch}-titles-tech_sme-number").value == ""
    assert not tab.draft.profile.certificates


def test_an_unusual_number_and_an_expired_paper_are_told_and_refuse_nothing(visit: Open) -> None:
    tab = fill_paper(at_titles(visit(), FIRM | {"titles": ["high_tech"]}), "high_tech", "2024-1", date(2026, 10, 1))
    assert "与常见的样子不同" in tab.told()
    assert "高新技术企业的有效期到 2026 年 10 月 1 日，已经过期，所以现在不算有" in tab.told()
    assert tab.next().asking != "titles"
    assert "已过期" in tab.results().html()


def test_an_impossible_day_is_told() -> None:
    assert read_paper({**paper_parts(None), "year": 2027, "month": 2, "day": 30}) == (Certificate(), "2027 年 2 月没有 30 日，请核对")
    assert read_paper({**paper_parts(None), "year": 2027}) == (Certificate(), None)
    paper = Certificate("a", date(2027, 2, 28))
    assert read_paper(paper_parts(paper)) == (paper, None)


def test_an_advisor_notes_that_a_paper_was_seen_until_the_answer_changes(visit: Open) -> None:
    tab = visit().load(FIRM | {"titles": ["tech_sme"]}).unfold("answered")
    tab.app.toggle(key=f"checking-{tab.draft.epoch}").set_value(True)
    tab.run().press("seen-titles")
    tab.press("seen-staff")
    assert dict(tab.draft.profile.origins) == {"titles": Origin.SEEN, "staff": Origin.SEEN}
    tab.unfold("answered").press("change-staff").next()
    assert tab.draft.profile.origin("staff") is Origin.SEEN
    tab.unfold("answered").press("change-staff").enter(36).next()
    assert dict(tab.draft.profile.origins) == {"titles": Origin.SEEN}
    tab.unfold("answered").press("declared-titles")
    assert not tab.draft.profile.origins


def test_the_results_say_what_it_is_and_what_to_do(visit: Open) -> None:
    page = visit().load(FIRM | {"titles": {"chosen": [], "certificates": {}}}).results()
    html = page.html()
    assert "<h2>您的身份</h2>" in html
    assert "从业人员增到 100 人即不再满足（现在是 35 人）" in html
    assert "1. 取得科技型中小企业：" in html
    assert "自检 22 分，还差 38 分" in html
    assert "用自检算一算科技型中小企业" in links(page)
    assert "题里填了有效期" in html


def test_a_near_card_says_how_far_the_title_is(visit: Open) -> None:
    page = visit().load(FIRM).results()
    control = next(c for c in page.app.segmented_control if c.key == f"group-{page.draft.epoch}")
    control.set_value("near")
    html = page.run().html()
    assert "<b>科技型中小企业</b>　自检 22 分，还差 38 分" in html
    assert "个没有核验" in html
    assert links(page).count("用自检算一算科技型中小企业") > 1
