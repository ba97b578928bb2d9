"""自测: one question a screen; nothing said is lost, and 不清楚 is never no."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from html import escape
from pathlib import Path

import pytest
from stdnum.cn import uscc

import ui.rulebook
from eligibility.assessment import Verdict, assess
from eligibility.interview import due
from eligibility.logic.answers import Choices
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import load
from eligibility.rulebook.models import Strength
from tests.conftest import DAY
from tests.pages.conftest import ROOT, Visit
from ui.fields import NOT_KNOWN

Open = Callable[..., Visit]


def begun(visit: Visit) -> Visit:
    return visit.press("begin")


def at(visit: Visit, question: str, answers: dict[str, object]) -> Visit:
    """A visit that stands at an answered question, after a file with these answers was loaded."""
    visit.load(answers).unfold("answered")
    return visit.press(f"change-{question}")


VALID_CODE = "91210211" + "MA0TQH5R1" + uscc.calc_check_digit("91210211MA0TQH5R1")
COMPANY: dict[str, object] = {"entity": "company", "city": "shenyang", "ownership": "private"}


def test_first_screen_says_what_it_is_and_offers_every_way_in(visit: Open, rulebook: Rulebook) -> None:
    first = visit()
    assert "不是审批结论" in first.html()
    for way in rulebook.ways_in.values():
        assert any(way.name in label and way.text in label for label in first.buttons())
    assert first.asking is None


def test_questions_come_in_the_order_of_the_interview(visit: Open, rulebook: Rulebook) -> None:
    tab = begun(visit())
    for _ in range(4):
        first = due(assess(rulebook, tab.draft.profile, on=DAY), tab.draft.declined)[0].question
        assert tab.asking == first.id
        assert first.text in tab.html()
        tab.say(COMPANY.get(first.id)).next()


def test_not_known_is_an_equal_choice_and_never_counts_as_no(visit: Open, rulebook: Rulebook) -> None:
    tab = begun(visit())
    first = tab.asking
    before = assess(rulebook, tab.draft.profile, on=DAY).counts
    tab.say(None).next()
    assert tab.asking != first
    assert tab.draft.declined == {first}
    assert assess(rulebook, tab.draft.profile, on=DAY).counts == before
    assert before[Verdict.EXCLUDED] == 0
    assert tab.back().asking == first
    assert tab.chosen == NOT_KNOWN


def test_every_question_can_be_answered_with_not_known(visit: Open) -> None:
    tab = begun(visit()).walk({})
    assert len(tab.draft.declined) > 10
    assert not tab.draft.profile.answers


def test_one_must_say_something_to_go_on(visit: Open) -> None:
    tab = begun(visit())
    first = tab.asking
    tab.next()
    assert tab.asking == first
    assert "拿不准就选“不清楚”" in tab.told()
    assert tab.say(COMPANY[first]).next().asking != first


def test_the_live_count_follows_each_answer(visit: Open, rulebook: Rulebook) -> None:
    tab = begun(visit()).walk({}, until="entity").say("team")
    counts = assess(rulebook, tab.draft.profile, on=DAY).counts
    for verdict in Verdict:
        assert f'<li class="{verdict.value}"><b>{counts[verdict]}<' in tab.html()
    assert counts[Verdict.EXCLUDED] > 0


def test_changing_an_earlier_answer_keeps_all_others(visit: Open) -> None:
    tab = visit().load({**COMPANY, "industry": "software", "staff": 35, "titles": ["tech_sme"]})
    tab.unfold("answered").press("change-city")
    assert tab.chosen == "shenyang"
    tab.choose("dalian").next()
    assert dict(tab.draft.profile.answers) == {
        "entity": "company",
        "city": "dalian",
        "ownership": "private",
        "industry": "software",
        "staff": 35.0,
        "titles": Choices(frozenset({"tech_sme"})),
    }


def test_answers_that_no_longer_matter_are_kept(visit: Open) -> None:
    tab = at(visit(), "entity", {**COMPANY, "staff": 35})
    tab.choose("researcher").next()
    assert tab.draft.profile.answers["ownership"] == "private"
    assert tab.draft.profile.answers["staff"] == 35.0


def test_going_back_retraces_the_way_and_shows_what_was_said(visit: Open) -> None:
    tab = begun(visit())
    way = [tab.asking]
    for _ in range(3):
        tab.say(COMPANY.get(tab.asking)).next()
        way.append(tab.asking)
    for question in reversed(way[:-1]):
        assert tab.back().asking == question
        assert tab.draft.done(question)
        if question in COMPANY:
            assert tab.chosen == COMPANY[question]
    assert tab.app.button(key=f"back-{tab.asking}").disabled
    assert tab.next().asking == way[-1]


def test_zero_is_an_answer_and_empty_is_not(visit: Open) -> None:
    tab = at(visit(), "staff", {**COMPANY, "industry": "software", "staff": 5})
    tab.enter(0)
    assert tab.draft.profile.answers["staff"] == 0.0
    tab.enter(None)
    assert "staff" not in tab.draft.profile.answers
    tab.next()
    assert "staff" in tab.draft.declined


def test_an_impossible_figure_is_refused_with_the_remedy(visit: Open) -> None:
    tab = at(visit(), "staff", {**COMPANY, "industry": "software", "staff": 5})
    tab.enter(5_000_000).next()
    assert tab.asking == "staff"
    assert "超出范围" in tab.told()
    assert "请核对单位" in tab.told()
    assert "staff" not in tab.draft.profile.answers
    assert tab.draft.profile.answers["city"] == "shenyang"


def test_an_estimate_is_kept_as_one(visit: Open) -> None:
    tab = at(visit(), "staff", {**COMPANY, "industry": "software", "staff": 1500})
    tab.tick("about")
    assert tab.draft.profile.estimates == {"staff"}
    assert "1,500 人" in tab.told()
    tab.tick("unknown")
    assert (tab.draft.declined, tab.draft.profile.estimates) == ({"staff"}, frozenset())
    assert not tab.ticked("about")


def test_several_choices_none_and_not_known_exclude_each_other(visit: Open) -> None:
    tab = at(visit(), "titles", {**COMPANY, "titles": []})
    assert tab.ticked("none")
    tab.tick("is:tech_sme", "is:high_tech")
    assert tab.draft.profile.answers["titles"] == Choices(frozenset({"tech_sme", "high_tech"}))
    assert not tab.ticked("none")
    tab.tick("none")
    assert tab.draft.profile.answers["titles"] == Choices()
    assert not tab.ticked("is:tech_sme")
    tab.tick("unknown")
    assert "titles" not in tab.draft.profile.answers
    assert not tab.ticked("none")


def test_doubt_about_one_option_leaves_the_others_decided(visit: Open) -> None:
    tab = at(visit(), "titles", {**COMPANY, "titles": ["tech_sme"]})
    tab.app.multiselect(key=tab.key("unsure")).set_value(["high_tech"])
    tab.run()
    assert tab.draft.profile.answers["titles"] == Choices(frozenset({"tech_sme"}), frozenset({"high_tech"}))
    tab.tick("is:high_tech")
    assert tab.draft.profile.answers["titles"] == Choices(frozenset({"tech_sme", "high_tech"}))


def test_a_way_in_fills_and_suggests_but_says_nothing_for_the_user(visit: Open, rulebook: Rulebook) -> None:
    tab = visit().press("way-student_team")
    assert tab.draft.profile.answers["entity"] == "team"
    assert tab.asking == "city"
    tab.walk({"city": "shenyang"}, until="people")
    assert tab.ticked("is:student")
    assert "people" not in tab.draft.profile.answers
    assert "先选上，请核对" in tab.html()
    tab.next()
    assert tab.draft.profile.answers["people"] == Choices(frozenset({"student"}))
    assert "按您的选择填好" in "".join(tab.unfold("answered").buttons())


def test_reload_and_another_tab_find_the_same_answers_another_browser_none(visit: Open) -> None:
    tab = begun(visit()).walk(COMPANY, until="ownership").choose("foreign")
    again = visit(tab.cookie)
    assert again.draft == tab.draft
    assert (again.asking, again.chosen) == ("ownership", "foreign")
    assert not visit().draft.begun


def test_two_tabs_of_one_browser_do_not_undo_each_other(visit: Open) -> None:
    one = begun(visit()).walk(COMPANY, until="ownership")
    two = visit(one.cookie)
    two.choose("foreign").next()
    two.say(None)
    one.choose("private")  # changed here without having seen the other tab: the latest word counts, the other's stay
    assert one.draft.profile.answers["ownership"] == "private"
    assert one.draft.declined == two.draft.declined
    two.run()
    assert two.draft.profile.answers["ownership"] == "private"
    assert two.back().chosen == "private"


def test_clearing_leaves_nothing_for_the_next_enterprise(visit: Open, data: Path) -> None:
    tab = visit().load({**COMPANY, "company_name": "某某公司"})
    other = visit(tab.cookie)
    tab.unfold("file").press(f"cleared-{tab.draft.epoch}")
    assert not tab.draft.begun
    assert "某某公司" not in "".join(p.read_text(encoding="utf-8") for p in data.iterdir())
    other.run()
    assert not other.draft.begun
    assert begun(tab).chosen is None


def test_a_file_with_faults_loads_what_is_good_and_tells_the_rest(visit: Open) -> None:
    tab = visit().load({"entity": "company", "city": "深阳市", "staff": -3, "shoe_size": 42, "ownership": "不清楚"})
    assert dict(tab.draft.profile.answers) == {"entity": "company"}
    assert tab.draft.declined == {"ownership"}
    told = tab.told()
    assert "载入了 1 个回答。下面 3 处没有用上" in told
    assert "“所在城市”（city）：没有“深阳市”这个选项" in told
    assert "“从业人员”（staff）：-3 超出范围" in told
    assert "shoe_size：没有这道题" in told
    assert tab.asking == "city"
    assert "下面 3 处" not in tab.unfold("file").press(f"cleared-{tab.draft.epoch}").told()


@pytest.mark.parametrize("content", [b"entity: [company", b"\xff\xfe\x00", b"[1, 2]", b"nothing: here", b"*a"])
def test_a_file_without_answers_changes_nothing(visit: Open, content: bytes) -> None:
    tab = begun(visit()).walk(COMPANY, until="ownership").choose("private")
    before = tab.draft
    tab.load(content)
    assert tab.draft == before
    assert tab.app.error


def test_the_credit_code_proposes_the_place_and_the_user_confirms(visit: Open) -> None:
    tab = begun(visit()).walk({}, until="city").unfold("identify")
    code = tab.app.text_input[0]
    code.set_value("91210211MA0TQH5R1Y")
    tab.run()
    assert "末位校验不符" in tab.told()
    tab.app.text_input[0].set_value(VALID_CODE)
    tab.run()
    assert "city" not in tab.draft.profile.answers
    assert "登记在大连市甘井子区" in tab.told()
    tab.press("take-place")
    assert tab.draft.profile.answers["city"] == tab.chosen == "dalian"
    assert "与您选的一致" in tab.told()


def test_broken_rules_are_told_with_place_and_remedy_and_answers_wait(visit: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tab = begun(visit())
    rules = tmp_path / "rules"
    shutil.copytree(ROOT / "tests" / "rulebooks" / "harbour", rules)
    kinds = rules / "kinds.yaml"
    sound = kinds.read_text(encoding="utf-8")
    kinds.write_text(sound.replace("name:", "nmae:", 1), encoding="utf-8")
    monkeypatch.undo()
    monkeypatch.setenv("ELIGIBILITY_RULES", str(rules))
    monkeypatch.syspath_prepend(str(ROOT))
    ui.rulebook.rulebook.clear()
    try:
        tab.app.run()
        assert "规则文件有误" in tab.app.title[0].value
        assert "rules/kinds.yaml，第 " in tab.told()
        assert "nmae" in tab.told()
        assert not tab.app.exception
        assert not tab.app.radio
    finally:
        ui.rulebook.rulebook.clear()


def test_another_rulebook_runs_through_the_same_screens(visit: Open) -> None:
    harbour = load(ROOT / "tests" / "rulebooks" / "harbour")
    tab = begun(visit(using=harbour)).walk({"trade": "fishing", "quay": "east", "length": 12, "seats": 4, "badges": ["green"], "resident": True})
    matched = [s for s in assess(harbour, tab.draft.profile, on=DAY).supports if s.verdict is Verdict.MATCHED]
    shown = tab.results().html()
    assert matched
    assert all(escape(s.support.title) in shown for s in matched if s.support.strength is not Strength.INDIRECT)
