"""What a new rulebook changes for whom, and why: every edit of the harbour rulebook is found, and nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.assessment import Outcome, Verdict, assess
from eligibility.impact import Impact, VerdictChange, impact
from eligibility.override import Override
from eligibility.profile import Profile, read_profile
from eligibility.report.impact import wording
from eligibility.report.impact.data import impact_data
from eligibility.report.impact.text import render_markdown, render_text
from eligibility.report.impact.workbook import render_workbook
from eligibility.roster import Company, read_roster
from eligibility.rulebook.archive import keep
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.changes import EntryChange, FieldChange, How
from eligibility.rulebook.load import load
from tests.conftest import DAY
from tests.harbour import FERRY, HARBOUR, Edits, edited
from tests.profiles import profiles

ROOT = Path(__file__).parents[1]
BOOK = load(HARBOUR)
CHARTER, STATUSES, BOAT = "supports/charter.yaml", "statuses/statuses.yaml", "questions/boat.yaml"

EDITS: dict[str, Edits] = {
    "added": {
        "supports/order.yaml": (
            "supports:\n",
            "supports:\n  - id: tea\n    title: Have tea\n    gives: Tea\n    sources: [{policy: order, article: a, quote: Every owner may ask the Board for advice}]\n"
            "    wording: may\n    strength: service\n    kind: advice\n    beneficiary: person\n    eligible_if: {all: [{status: local_boat}, {answer: trade, is: ferry}]}\n",
        )
    },
    "removed": {
        "supports/order.yaml": (
            "supports:\n  - id: half-fee\n    title: Pay half the berth fee\n    gives: Half the berth fee\n    sources: [{policy: order, article: a, quote: Owners who live in the city pay half the berth fee}]\n"
            "    wording: pay\n    strength: direct\n    kind: berth\n    beneficiary: person\n    eligible_if: {answer: resident, is: true}\n",
            "not_supports:\n  - {policy: order, article: a, quote: Owners who live in the city pay half the berth fee, reason: goal, why: gone}\nsupports:\n",
        )
    },
    "threshold": {CHARTER: ("at_least: 20", "at_least: 50")},
    "condition added": {CHARTER: ("{all: [{status: local_boat}, {status: green_badge}]}", "{all: [{status: local_boat}, {status: green_badge}, {answer: length, below: 20}]}")},
    "condition removed": {CHARTER: ("{answer: trade, is: ferry}, {answer: seats, at_least: 20}", "{answer: seats, at_least: 20}")},
    "condition rewritten": {CHARTER: ("{all: [{status: local_boat}, {status: green_badge}]}", "{any: [{answer: resident, is: true}, {answer: seats, above: 30}]}")},
    "status defined otherwise": {STATUSES: ("holds_if: {answer: badges, has: green}", "holds_if: {answer: badges, has: blue}")},
    "status of many": {STATUSES: ("holds_if: {not: {answer: quay, is: offshore}}", "holds_if: {answer: quay, is: east}")},
    "out of reach": {STATUSES: ("{answer: length, at_most: 30}", "{answer: length, at_most: 10}")},
    "nothing to be done": {BOAT: ("    changes: grow\n", "")},
    "question renamed": {BOAT: ("  - id: seats\n", "  - id: seat_count\n"), CHARTER: ("answer: seats", "answer: seat_count"), STATUSES: ("answer: seats", "answer: seat_count")},
    "option renamed": {BOAT: ("{id: green, name: Green,", "{id: emerald, name: Emerald,"), STATUSES: ("has: green", "has: emerald"), "ways_in.yaml": ("[green]", "[emerald]")},
    "range narrowed": {BOAT: ("max: 2000", "max: 30")},
    "wording only": {CHARTER: ("title: Build a slipway", "title: Build your slipway")},
    "strength": {"supports/order.yaml": ("strength: indirect", "strength: service")},
    "agencies": {"policies/charter.yaml": ("agencies: [port_office, treasury]", "agencies: [treasury]"), "supports/charter.yaml": ("    contact: treasury\n", "")},
}


@pytest.fixture(scope="session")
def books(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Rulebook]:
    return _books(tmp_path_factory.mktemp("books"))


def _books(folder: Path) -> dict[str, Rulebook]:
    found = {}
    for name, edits in EDITS.items():
        rules = edited(folder / name.replace(" ", "-"), edits)
        if name == "agencies":  # the printed list of bodies goes with the ids
            path = rules / "policies" / "charter.yaml"
            path.write_text(path.read_text(encoding="utf-8").replace("(Port Office, City Treasury)", "(City Treasury)"), encoding="utf-8")
        found[name] = load(rules)
    return found


def of(new: Rulebook, answers: dict[str, Any] = FERRY, name: str = "Ferry Line") -> Impact:
    return impact(BOOK, new, [Company(name, answers)], on=DAY)


def turns(found: Impact) -> dict[str, tuple[str | None, str | None]]:
    return {c.support.id: (c.before, c.after) for c in found.companies[0].verdicts}


def why(found: Impact) -> str:
    (change,) = found.companies[0].verdicts
    return wording.causes(change)


@given(st.lists(profiles(BOOK), max_size=3))
def test_a_rulebook_changes_nothing_against_itself(asked: list[Profile]) -> None:
    found = impact(BOOK, load(HARBOUR), [Company(str(n), p.as_data()) for n, p in enumerate(asked)], on=DAY)
    assert found.changes == ()
    assert found.touched == ()
    assert found.tallies() == {}


@given(st.sampled_from(list(EDITS)), profiles(BOOK))
def test_what_changes_is_what_two_assessments_show_and_every_change_names_its_cause(books: dict[str, Rulebook], edit: str, profile: Profile) -> None:
    new, answers = books[edit], profile.as_data()
    found = impact(BOOK, new, [Company("A", answers)], on=DAY)
    before = {s.support.id: s.verdict for s in assess(BOOK, profile, on=DAY).supports}
    after = {s.support.id: s.verdict for s in assess(new, read_profile(answers, new.questions)[0], on=DAY).supports}
    excluded = Verdict.EXCLUDED
    differ = {id_ for id_ in before | after if before.get(id_, excluded) is not after.get(id_, excluded)}
    assert {c.support.id for c in found.companies[0].verdicts} == differ
    for change in found.companies[0].verdicts:
        assert change.causes, change
        assert (change.before, change.after) == (before.get(change.support.id), after.get(change.support.id))
        assert all(_bears(c.before, c.after, change) for c in change.causes), wording.causes(change)
        # A cause goes back to the edit: its own words differ, or what it hangs on was changed, or the support came or went.
        assert any(c.behind or c.unread or not c.before or not c.after or c.before.criterion != c.after.criterion for c in change.causes), wording.causes(change)


def _bears(before: Any, after: Any, change: VerdictChange) -> bool:
    if change.before is None or change.after is None:
        return True
    return (before.outcome if before else Outcome.MET, before and before.steps) != (after.outcome if after else Outcome.MET, after and after.steps)


def test_an_added_support(books: dict[str, Rulebook]) -> None:
    found = of(books["added"])
    assert found.changes == (EntryChange("support", "tea", "Have tea", How.ADDED, ()),)
    assert turns(found) == {"tea": (None, "matched")}
    assert why(found) == "这项支持是新增的。条件“is a boat of the city”：满足；条件“is used for carrying passengers”：满足。"
    assert found.tallies()["tea"].newly_matched == 1


def test_an_added_support_that_is_excluded_changes_nothing_for_the_company(books: dict[str, Rulebook]) -> None:
    assert of(books["added"], {"trade": "fishing", "quay": "west"}).touched == ()


def test_a_removed_support(books: dict[str, Rulebook]) -> None:
    found = of(books["removed"])
    assert found.changes == (EntryChange("support", "half-fee", "Pay half the berth fee", How.REMOVED, ()),)
    assert turns(found) == {"half-fee": ("matched", None)}
    assert why(found) == "这项支持取消了。条件“the owner lives in the city”：原来满足。"
    tally = found.tallies()["half-fee"]
    assert (tally.better, tally.newly_matched, tally.worse, tally.no_longer_matched) == (0, 0, 1, 1)


def test_a_changed_threshold(books: dict[str, Rulebook]) -> None:
    found = of(books["threshold"])
    start = "is a boat of the city，并且is used for carrying passengers，并且has 不少于"
    assert found.changes == (EntryChange("support", "shore-power", "Get a berth with shore power", How.CHANGED, (FieldChange("eligible_if", f"{start} 20 seats", f"{start} 50 seats"),)),)
    assert turns(found) == {"shore-power": ("matched", "near")}
    assert why(found) == "条件由“has 不少于 20 seats”改为“has 不少于 50 seats”：满足 → 不满足，能补上。"


def test_a_condition_that_was_added(books: dict[str, Rulebook]) -> None:
    found = of(books["condition added"], {**FERRY, "length": 25})
    assert turns(found) == {"electric-engine": ("matched", "excluded")}
    assert why(found) == "新加的条件“has a length of 少于 20 m”：不满足。"


def test_a_condition_that_was_removed(books: dict[str, Rulebook]) -> None:
    found = of(books["condition removed"], {**FERRY, "trade": "leisure"})
    assert turns(found) == {"shore-power": ("excluded", "matched")}
    assert why(found) == "去掉的条件“is used for carrying passengers”：原来不满足。"
    assert found.companies[0].verdicts[0].better


def test_a_status_defined_otherwise_is_named_as_what_stands_behind(books: dict[str, Rulebook]) -> None:
    found = of(books["status defined otherwise"])
    assert found.changes == (EntryChange("status", "green_badge", "Green Badge", How.CHANGED, (FieldChange("holds_if", "carries the badge Green", "carries the badge Blue"),)),)
    assert turns(found) == {"electric-engine": ("matched", "near")}
    assert why(found) == "条件“carries the Green Badge”：满足 → 不满足，能补上（身份“Green Badge”有修改）。"


def test_what_can_no_longer_be_brought_about(books: dict[str, Rulebook]) -> None:
    found = of(books["out of reach"], {**FERRY, "badges": [], "length": 20, "sanctions": []})
    assert turns(found) == {"electric-engine": ("near", "excluded")}
    assert why(found) == "条件“carries the Green Badge”：不满足，能补上 → 不满足（身份“Green Badge”有修改）。"


def test_a_renamed_question_loses_answers_and_says_so(books: dict[str, Rulebook]) -> None:
    found = of(books["question renamed"])
    assert [(p.question, p.what) for p in found.companies[0].unread] == [("seats", "没有这道题")]
    changed = {c.support.id: c for c in found.companies[0].verdicts}
    assert (changed["shore-power"].before, changed["shore-power"].after) == ("matched", "open")
    assert wording.causes(changed["shore-power"]) == "条件“has 不少于 20 seats”：满足 → 还不知道（题目“Seats”有新增，题目“Seats”有取消，新规则用不上“seats”这个回答）。"
    assert "【新规则用不上的回答】\n- Ferry Line——seats：没有这道题。" in render_text(found)


def test_a_lost_answer_is_named_behind_the_status_that_hangs_on_it(books: dict[str, Rulebook]) -> None:
    found = of(books["option renamed"])
    assert turns(found) == {"electric-engine": ("matched", "open")}
    assert why(found) == "条件“carries the Green Badge”：满足 → 还不知道（身份“Green Badge”有修改，题目“Badges”有修改，新规则用不上“badges”这个回答）。"


def test_an_answer_out_of_the_new_range_is_never_dropped_silently(books: dict[str, Rulebook]) -> None:
    found = of(books["range narrowed"])
    assert [(p.question, p.what) for p in found.companies[0].unread] == [("seats", "40 超出范围")]
    assert found.touched


def test_answers_that_neither_can_use_are_told_but_change_nothing() -> None:
    found = of(BOOK, {"trade": "fery", "quay": "west"})
    assert found.touched == ()
    assert [p.question for p in found.companies[0].unread_by_both] == ["trade"]
    assert "【新旧规则都用不上的回答（请核对企业的答案）】\n- Ferry Line——trade：没有“fery”这个选项。是不是“ferry”？" in render_text(found)


def test_an_answer_that_only_the_new_rules_understand_counts_for_them(books: dict[str, Rulebook]) -> None:
    found = of(books["question renamed"], {"trade": "ferry", "quay": "west", "seat_count": 40})
    assert turns(found)["shore-power"] == ("open", "matched")
    assert (found.companies[0].unread, found.companies[0].unread_by_both) == ((), ())


@pytest.mark.parametrize(
    ("edit", "change"),
    [
        ("wording only", EntryChange("support", "slipway", "Build your slipway", How.CHANGED, (FieldChange("title", "Build a slipway", "Build your slipway"),))),
        ("strength", EntryChange("support", "released", "Sail after release", How.CHANGED, (FieldChange("strength", "indirect", "service"),))),
    ],
)
def test_what_touches_no_verdict_is_a_change_of_the_rules_alone(books: dict[str, Rulebook], edit: str, change: EntryChange) -> None:
    found = of(books[edit])
    assert (found.changes, found.touched) == ((change,), ())
    assert wording.headline(found) == "1 家企业的结论都不变。"


def test_the_strength_is_told_by_its_name(books: dict[str, Rulebook]) -> None:
    assert "  - 力度：间接受益 → 对接服务\n" in render_text(of(books["strength"]))


def test_bodies_that_an_article_no_longer_prints_are_told_with_each_support(books: dict[str, Rulebook]) -> None:
    found = {c.id: c.fields for c in of(books["agencies"]).changes if c.sort == "support"}
    assert found["bank-loan"] == (FieldChange("agencies", "Port Office、City Treasury", "City Treasury"),)
    assert found["electric-engine"] == (FieldChange("agencies", "Port Office、City Treasury", "City Treasury"), FieldChange("contact", "City Treasury", ""))


def test_a_figure_behind_a_name_is_shown_as_it_was_written(tmp_path: Path) -> None:
    """The wording of a named number hides its parts: where the words are the same, the rule itself is shown."""
    scored = "eligible_if: {value: {sum: [seats, length], called: size}, at_least: %s}"
    before = {"supports/order.yaml": ("eligible_if: {answer: resident, is: true}", scored % 10)}
    after = {"supports/order.yaml": ("eligible_if: {answer: resident, is: true}", (scored % 10).replace("[seats, length]", "[seats]"))}
    old, new = load(edited(tmp_path / "old", before)), load(edited(tmp_path / "new", after))
    (change,) = impact(old, new, [], on=DAY).changes
    assert [f.field for f in change.fields] == ["eligible_if"]
    assert ('["seats", "length"]' in change.fields[0].before, '["seats"]' in change.fields[0].after) == (True, True)


LONG = "制造业：从业人员少于 300 人；建筑业：营业收入少于 6,000 万元；批发业：从业人员少于 20 人；零售业：从业人员少于 50 人；住宿业：从业人员少于 100 人；餐饮业：从业人员少于 100 人；其他：从业人员少于 10 人"


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("少于 20 人", "少于 30 人", ("少于 20 人", "少于 30 人")),
        (
            LONG,
            LONG.replace("批发业：从业人员少于 20 人", "批发业：从业人员少于 25 人"),
            ("……营业收入少于 6,000 万元；批发业：从业人员少于 20 人；……", "……营业收入少于 6,000 万元；批发业：从业人员少于 25 人；……"),
        ),
        (LONG, LONG.replace("制造业：从业人员少于 300 人；", ""), ("制造业：从业人员少于 300 人；……", "……")),
        (LONG, f"{LONG}；另外：没有", ("……从业人员少于 100 人；其他：从业人员少于 10 人", "……从业人员少于 100 人；其他：从业人员少于 10 人；另外：没有")),
        (LONG, "（没有）", (LONG, "（没有）")),
    ],
)
def test_a_long_text_is_shown_where_it_differs(before: str, after: str, shown: tuple[str, str]) -> None:
    assert wording.apart(before, after) == shown


def test_supports_that_one_edit_moves_alike_stand_together(books: dict[str, Rulebook]) -> None:
    text = render_text(of(books["status of many"]))
    matched = ["electric-engine", "shore-power", "night-berth", "advice"]
    (line,) = [n for n in text.splitlines() if "这 4 项各变差 1 家（其中不再对应 1 家）" in n]
    assert all(f"（{id_}）" in line for id_ in matched)
    assert text.count("原因：条件“is a boat of the city”：满足 → 不满足（身份“boat of the city”有修改）。") == 2  # those that matched, those that were open


def test_companies_with_the_same_change_stand_together_and_are_counted(books: dict[str, Rulebook]) -> None:
    found = impact(BOOK, books["threshold"], [Company(f"Boat {n}", FERRY) for n in range(12)], on=DAY)
    text = render_text(found)
    assert "12 家企业里，12 家有变化：12 家有变差的支持。" in text
    assert "- “Get a berth with shore power”（shore-power）：变差 12 家（其中不再对应 12 家）\n" in text
    assert "  - 现在就对应 → 补一个条件就对应：Boat 0、Boat 1、Boat 2、Boat 3、Boat 4、Boat 5、Boat 6、Boat 7、Boat 8、Boat 9等 12 家\n" in text
    assert text.count("原因：") == 1


def test_markdown_prints_names_literally(books: dict[str, Rulebook]) -> None:
    text = render_markdown(of(books["threshold"], name="<b>*A*_[x](y)|"))
    assert text.startswith("# 规则改动的影响\n\n旧规则 ")
    assert r"\<b\>\*A\*\_\[x\](y)\|" in text
    assert "\n## 结论的变化：1 项支持\n\n- “Get a berth with shore power”（shore-power）：" in text


def test_the_workbook_has_every_change_of_every_company(books: dict[str, Rulebook]) -> None:
    companies = [Company("=1+1", FERRY), Company("Fisher", {"trade": "fishing", "quay": "west"}), Company("Badge", {**FERRY, "seats": 60})]
    found = impact(BOOK, books["threshold"], companies, on=DAY)
    content = render_workbook(found)
    assert content == render_workbook(impact(BOOK, books["threshold"], companies, on=DAY))
    book = openpyxl.load_workbook(BytesIO(content))
    assert book.sheetnames == ["概要", "支持的变化", "企业的变化", "用不上的回答"]
    rows = {name: [list(r) for r in book[name].iter_rows(min_row=2, values_only=True)] for name in book.sheetnames}
    assert ["有变化的企业", 1] in rows["概要"]
    assert ["支持的改动", "修改 1 处"] in rows["概要"]
    (rule,) = rows["支持的变化"]
    assert (rule[:5], rule[7:]) == (["支持", "修改", "Get a berth with shore power", "shore-power", "条件"], [0, 0, 1, 1])
    (company,) = rows["企业的变化"]
    assert company[:6] == ["'=1+1", "Get a berth with shore power", "shore-power", "现在就对应", "补一个条件就对应", "变差"]
    assert rows["用不上的回答"] == []


def overridden(support: str, said: Verdict, instead_of: Verdict) -> Override:
    return Override("1", support, said, instead_of, "窗口答复了", "王芳", datetime(2026, 11, 20, 4, tzinfo=UTC))


SAID = "王芳于 2026-11-20 改判为“不对应”（程序判为“现在就对应”）。理由：窗口答复了；现在程序判为“补一个条件就对应”，请重新核对。"


def test_what_an_advisor_decided_stands_beside_a_change_and_changes_no_verdict(books: dict[str, Rulebook]) -> None:
    on_it, elsewhere = overridden("shore-power", Verdict.EXCLUDED, Verdict.MATCHED), overridden("advice", Verdict.EXCLUDED, Verdict.MATCHED)
    companies = [Company("甲", FERRY, (on_it, elsewhere)), Company("乙", FERRY)]
    found = impact(BOOK, books["threshold"], companies, on=DAY)
    plain = impact(BOOK, books["threshold"], [Company(c.name, c.answers) for c in companies], on=DAY)
    assert [[(v.support.id, v.before, v.after) for v in c.verdicts] for c in found.companies] == [[(v.support.id, v.before, v.after) for v in c.verdicts] for c in plain.companies]
    assert [[v.override for v in c.verdicts] for c in found.companies] == [[on_it], [None]]
    assert f"  - 现在就对应 → 补一个条件就对应：甲、乙\n    - 原因：条件由“has 不少于 20 seats”改为“has 不少于 50 seats”：满足 → 不满足，能补上。\n  - 顾问改判，甲：{SAID}\n" in render_text(found)
    sheet = openpyxl.load_workbook(BytesIO(render_workbook(found)))["企业的变化"]
    assert [(r[0], r[-1]) for r in sheet.iter_rows(values_only=True)] == [("企业", "顾问改判"), ("甲", SAID), ("乙", "")]
    assert [[v.get("override") for v in c["verdicts"]] for c in impact_data(found)["companies"]] == [[on_it.as_data()], [None]]
    assert (plain.overridden, render_text(plain)) == (False, render_text(found).replace(f"  - 顾问改判，甲：{SAID}\n", ""))


def test_an_override_of_a_support_that_went_says_so(books: dict[str, Rulebook]) -> None:
    made = overridden("half-fee", Verdict.EXCLUDED, Verdict.MATCHED)
    (change,) = impact(BOOK, books["removed"], [Company("甲", FERRY, (made,))], on=DAY).companies[0].verdicts
    assert wording.otherwise(change).endswith("理由：窗口答复了；现在没有这项支持，请重新核对。")


def test_a_support_whose_status_changed_has_its_totals_in_the_workbook(books: dict[str, Rulebook]) -> None:
    book = openpyxl.load_workbook(BytesIO(render_workbook(of(books["status defined otherwise"]))))
    rows = [list(r) for r in book["支持的变化"].iter_rows(min_row=2, values_only=True)]
    assert [r[:5] for r in rows] == [["身份", "修改", "Green Badge", "green_badge", "怎样算有"], ["支持", "未改", "Get part of an electric engine paid", "electric-engine", "所用的身份或题目改了"]]
    assert rows[1][7:] == [0, 0, 1, 1]


def test_as_data_it_holds_the_causes(books: dict[str, Rulebook]) -> None:
    data = json.loads(json.dumps(impact_data(of(books["threshold"]))))
    assert (data["old"]["fingerprint"], data["companies_assessed"]) == (BOOK.fingerprint, 1)
    assert data["totals"] == [{"id": "shore-power", "title": "Get a berth with shore power", "better": 0, "newly_matched": 0, "worse": 1, "no_longer_matched": 1}]
    (verdict,) = data["companies"][0]["verdicts"]
    assert verdict["causes"] == [
        {"before": {"criterion": "has 不少于 20 seats", "outcome": "met"}, "after": {"criterion": "has 不少于 50 seats", "outcome": "failed"}, "behind": [], "unread": []}
    ]


def test_a_roster_is_a_folder_of_answers_results_and_receipts(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text("trade: ferry\n", encoding="utf-8")
    (tmp_path / "a.json").write_text('{"name": "甲", "answers": {"trade": "club"}}', encoding="utf-8")
    (tmp_path / "c.yaml").write_text("trade: [ferry\n", encoding="utf-8")
    (tmp_path / "d.yml").write_text("- trade\n", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("trade: ferry", encoding="utf-8")
    companies, faults = read_roster(tmp_path)
    assert companies == [Company("甲", {"trade": "club"}), Company("b", {"trade": "ferry"})]
    assert faults == [
        f"{tmp_path / 'c.yaml'}：不是正确的 YAML 或 JSON（第 2 行）。请检查缩进、冒号后的空格和引号。",
        f"{tmp_path / 'd.yml'}：看不出这家企业的回答。请写成 name（名称）和 answers（题目编号: 回答）。",
    ]


def test_a_roster_is_one_list(tmp_path: Path) -> None:
    path = tmp_path / "clients.yaml"
    path.write_text("- {name: 甲, answers: {trade: club}}\n- {answers: {}}\n- {trade: ferry}\n", encoding="utf-8")
    companies, faults = read_roster(path)
    assert companies == [Company("甲", {"trade": "club"}), Company("第 2 家", {})]
    assert faults == [f"{path} 第 3 家：看不出这家企业的回答。请写成 name（名称）和 answers（题目编号: 回答）。"]


def test_a_file_that_is_no_list_of_companies_is_told(tmp_path: Path) -> None:
    path = tmp_path / "clients.yaml"
    path.write_text("trade: ferry\n", encoding="utf-8")
    assert read_roster(path) == ([], [f"{path}：应是一张企业的清单，或者一个文件夹。清单每一项写 name（名称）和 answers（题目编号: 回答）。"])


def run(*words: str | Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "eligibility", *map(str, words)], cwd=ROOT, capture_output=True)


@pytest.fixture
def clients(tmp_path: Path) -> Path:
    path = tmp_path / "clients.json"
    path.write_text(json.dumps([{"name": "Ferry Line", "answers": FERRY}]), encoding="utf-8")
    return path


@pytest.mark.parametrize(("edit", "code"), [("threshold", 1), ("wording only", 0), ("range narrowed", 1)])
def test_the_exit_code_says_whether_anything_changes_for_anybody(tmp_path: Path, clients: Path, edit: str, code: int) -> None:
    done = run("impact", HARBOUR, edited(tmp_path / "new", EDITS[edit]), clients)
    assert (done.returncode, done.stderr) == (code, b"")


@pytest.mark.parametrize(("form", "start"), [("text", "旧规则 ".encode()), ("md", "# 规则改动的影响".encode()), ("json", b"{"), ("xlsx", b"PK")])
def test_the_impact_is_written_in_every_format(tmp_path: Path, clients: Path, form: str, start: bytes) -> None:
    out = tmp_path / f"impact.{form}"
    done = run("impact", HARBOUR, edited(tmp_path / "new", EDITS["threshold"]), clients, "--format", form, "-o", out, "--on", "2026-11-22")
    assert (done.returncode, done.stdout, done.stderr) == (1, b"", b"")
    assert out.read_bytes().startswith(start)


def test_a_kept_version_can_be_either_side(tmp_path: Path, clients: Path) -> None:
    kept = keep(BOOK, HARBOUR, tmp_path / "archive")
    done = run("impact", kept, HARBOUR, clients)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "【" not in done.stdout.decode()


def test_without_companies_nothing_can_be_said(tmp_path: Path) -> None:
    done = run("impact", HARBOUR, HARBOUR, tmp_path)
    assert (done.returncode, done.stdout, done.stderr.decode()) == (2, b"", f"{tmp_path} 里没有可以判断的企业。\n")


def test_a_company_that_cannot_be_read_is_told_and_the_others_are_compared(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("trade: ferry\n", encoding="utf-8")
    (tmp_path / "b.yaml").write_text("- nothing\n", encoding="utf-8")
    done = run("impact", HARBOUR, HARBOUR, tmp_path)
    assert (done.returncode, done.stderr.decode()) == (1, f"{tmp_path / 'b.yaml'}：看不出这家企业的回答。请写成 name（名称）和 answers（题目编号: 回答）。\n")
    assert "1 家企业的结论都不变。" in done.stdout.decode()
