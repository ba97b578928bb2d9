"""客户档案 as an advisor meets it: what is saved, what is refused, what is said."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from html import escape
from pathlib import Path
from zipfile import ZipFile

import pytest
import streamlit as st

import ui.access.people
from eligibility.assessment import HERE, Verdict, assess
from eligibility.clients.archive import export_clients
from eligibility.clients.database import Database
from eligibility.clients.desk import Desk
from eligibility.clients.keeping import keep_results
from eligibility.clients.records import Advisor, Client, Role, Stage, Via
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import load
from tests.clients.conftest import LATER, NOON
from tests.conftest import DAY
from tests.harbour import FERRY, HARBOUR
from tests.pages.conftest import Visit
from tests.pages.test_rule_changes import BOMB
from ui.fields import NOT_KNOWN
from ui.rulebook import kept_versions

HOSTILE = "<script>alert(1)</script> '); DROP TABLE client; -- **粗** 😀 {{7*7}}"


@pytest.fixture
def desk(data: Path) -> Iterator[Desk]:
    """The stored clients, beside the page: as a colleague has them."""
    database = Database(f"sqlite:///{data.parent / 'clients.sqlite3'}")
    yield Desk(database, Advisor("李强", "local", Role.LEAD))
    database.close()


@pytest.fixture(scope="module")
def harbour() -> Rulebook:
    return load(HARBOUR)


@pytest.fixture(autouse=True)
def rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELIGIBILITY_RULES", str(HARBOUR))


@pytest.fixture
def page(visit: Callable[..., Visit], harbour: Rulebook) -> Callable[..., Visit]:
    """Open 客户档案: the list, or one part of a client."""

    def arrive(client: Client | None = None, part: str | None = None, *, tab: Visit | None = None) -> Visit:
        opened = tab or visit(using=harbour)
        opened.app.switch_page("../pages/clients.py")
        if client is not None:
            opened.app.query_params["client"] = client.id
        if part is not None:
            opened.app.query_params["part"] = part
        return opened.run()

    return arrive


Open = Callable[..., Visit]


def key(client: Client, part: str, question: str, version: int | None = None) -> str:
    return f"c{client.id}-q{client.version if version is None else version}-{question}-{part}"


def turn(tab: Visit, client: Client, part: str) -> Visit:
    tab.app.button_group(key=f"c{client.id}-part").set_value(part)
    return tab.run()


def section(tab: Visit, client: Client, name: str) -> Visit:
    tab.app.button_group(key=f"c{client.id}-section").set_value(name)
    return tab.run()


def test_a_client_is_added_and_stands_in_the_list(page: Open, desk: Desk) -> None:
    tab = page()
    assert "还没有存下的企业" in tab.told()
    token = tab.app.session_state["clients-new"]
    tab.app.text_input(key=f"add-name-{token}").set_value("甲船队")
    tab.press(f"add-do-{token}")
    (listed,) = desk.clients(on=DAY).clients
    assert listed.name == "甲船队"
    assert "<h1>甲船队</h1>" in tab.html()
    assert tab.app.query_params["client"] == listed.id
    again = page()
    assert "还没有留存结果" in again.html()


def test_a_second_click_with_the_address_of_before_stays_with_the_new_client(page: Open, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr("ui.clients.listing.monotonic", lambda: clock[0])
    for name, later, stays in (("甲船队", 0.1, True), ("乙船队", 5.0, False)):
        tab = page()
        token = tab.app.session_state["clients-new"]
        tab.app.text_input(key=f"add-name-{token}").set_value(name)
        tab.press(f"add-do-{token}")
        del tab.app.query_params["client"]
        clock[0] += later
        tab.run()
        assert (f"<h1>{name}</h1>" in tab.html()) == stays
        assert ("client" in tab.app.query_params) == stays
        tab.app.query_params.pop("client", None)
        assert "<h1>客户档案</h1>" in tab.run().html(), "and only once"


def test_a_client_without_a_name_is_not_added(page: Open, desk: Desk) -> None:
    tab = page()
    token = tab.app.session_state["clients-new"]
    tab.press(f"add-do-{token}")
    assert "请写企业名称。" in tab.told()
    assert desk.clients(on=DAY).total == 0


def test_each_answer_is_saved_as_it_is_given(page: Open, desk: Desk) -> None:
    client = desk.add("甲船队", at=NOON)
    tab = page(client, "answers")
    section(tab, client, "Boat")
    tab.app.number_input(key=key(client, "value", "seats")).set_value(40)
    tab.run()
    assert desk.client(client.id).answers == {"seats": 40}
    tab.app.radio(key=key(client, "one", "resident")).set_value(NOT_KNOWN)
    tab.run()
    assert desk.client(client.id).answers == {"seats": 40, "resident": "不清楚"}
    later = section(page(client, "answers"), client, "Boat")
    version = desk.client(client.id).version
    assert later.app.number_input(key=key(client, "value", "seats", version)).value == 40
    assert later.app.radio(key=key(client, "one", "resident", version)).value == NOT_KNOWN


def test_that_the_paper_was_seen_is_noted_and_taken_back(page: Open, desk: Desk) -> None:
    client = desk.add("甲船队", at=NOON, answers={"seats": 40})
    tab = section(page(client, "answers"), client, "Boat")
    tab.press(f"c{client.id}-seen-seats")
    assert desk.client(client.id).answers == {"seats": {"value": 40, "source": "seen"}}
    tab.press(f"c{client.id}-declared-seats")
    assert desk.client(client.id).answers == {"seats": 40}


def test_a_certificate_with_its_number_and_last_day_is_saved_listed_and_in_the_calendar(visit: Open, desk: Desk, rulebook: Rulebook) -> None:
    client = desk.add("甲公司", at=NOON, answers={"titles": ["high_tech"]})
    tab = visit()
    tab.app.switch_page("../pages/clients.py")
    tab.app.query_params["client"] = client.id
    tab.app.query_params["part"] = "answers"
    section(tab.run(), client, "资质")
    for folded in (f"c{client.id}-fold-titles", f"c{client.id}-papers-{client.version}-titles"):
        tab.app.session_state[folded] = True
        tab.run()
    paper = f"c{client.id}-p{client.version}-titles-high_tech"
    tab.app.text_input(key=f"{paper}-number").set_value("GR202421000123")
    for part, value in (("year", 2027), ("month", 1), ("day", 31)):
        tab.app.selectbox(key=f"{paper}-{part}").set_value(value)
    tab.run()
    assert desk.client(client.id).answers == {"titles": {"chosen": ["high_tech"], "certificates": {"high_tech": {"number": "GR202421000123", "until": "2027-01-31"}}}}
    del tab.app.query_params["client"]
    tab.app.session_state["clients-days"] = True
    tab.run()
    assert "2027-01-31 到期（还有 70 天）" in tab.html()
    assert "<b>2027-01-31</b>　甲公司：高新技术企业（编号 GR202421000123）" in tab.html()
    assert "下载全部企业的到期日历（提前三个月提醒）" in [b.proto.label for b in tab.app.get("download_button")]


def test_one_clients_answers_never_show_in_anothers_nor_in_the_own_questionnaire(page: Open, desk: Desk) -> None:
    first, second = desk.add("甲船队", at=NOON, answers={"seats": 40}), desk.add("乙船队", at=NOON)
    tab = section(page(first, "answers"), first, "Boat")
    tab.app.number_input(key=key(first, "value", "seats")).set_value(41)
    tab.run()
    tab = section(page(second, "answers", tab=tab), second, "Boat")
    assert tab.app.number_input(key=key(second, "value", "seats")).value is None
    tab.app.number_input(key=key(second, "value", "seats")).set_value(7)
    tab.run()
    assert (desk.client(first.id).answers, desk.client(second.id).answers) == ({"seats": 41}, {"seats": 7})
    assert tab.draft.profile.answers == {}
    assert not tab.draft.begun


@pytest.mark.parametrize("to", ["../pages/policy_library.py", "the list", "another client"])
def test_an_answer_given_on_the_very_way_out_is_saved(page: Open, desk: Desk, to: str) -> None:
    client, other = desk.add("甲船队", at=NOON), desk.add("乙船队", at=NOON)
    tab = section(page(client, "answers"), client, "Boat")
    tab.app.number_input(key=key(client, "value", "seats")).set_value(41)  # and in the same moment
    if to.startswith(".."):
        tab.app.switch_page(to)
    elif to == "the list":
        del tab.app.query_params["client"]
    else:
        tab.app.query_params["client"] = other.id
    tab.run()
    assert desk.client(client.id).answers == {"seats": 41}
    assert desk.client(other.id).answers == {}


def test_an_answer_given_on_the_way_out_over_somebody_elses_save_is_told_and_waits(page: Open, desk: Desk) -> None:
    client = desk.add("甲船队", at=NOON)
    tab = section(page(client, "answers"), client, "Boat")
    theirs = desk.save(replace(client, answers={"seats": 55}), at=LATER)
    tab.app.number_input(key=key(client, "value", "seats")).set_value(41)
    tab.app.switch_page("../pages/policy_library.py")
    tab.run()
    assert "刚才在“甲船队”里的最后一处修改还没有存下：有人先保存了。" in tab.told()
    assert desk.client(client.id) == theirs
    assert "有人先保存了" in page(client, "answers", tab=tab).html()


def test_an_answer_over_somebody_elses_save_is_a_conflict_and_mine_can_be_kept(page: Open, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    client = desk.add("甲船队", at=NOON, answers={"seats": 40, "length": 9})
    tab = section(page(client, "answers"), client, "Boat")
    colleague = desk.save(replace(client, notes="来过电话", answers={"seats": 55, "length": 9}), at=LATER)
    tab.app.number_input(key=key(client, "value", "seats")).set_value(41)
    tab.run()
    assert desk.client(client.id) == colleague
    assert "有人先保存了" in tab.html()
    assert "李强在 2026-11-22 13:00 保存过" in tab.html()
    assert "<td>40 seats</td><td>55 seats</td><td>41 seats</td>" in tab.html()
    assert "<th>备注</th><td>（空）</td><td>来过电话</td><td>（空）</td>" in tab.html()
    assert tab.buttons()[-2:] == ["保留我的修改，存成新的一次", "用对方的，放弃我的这次修改"]
    tab.press(f"mine-{client.id}-{colleague.version}")
    found = desk.client(client.id)
    assert (found.notes, found.answers, found.version) == ("来过电话", {"seats": 41, "length": 9}, 3)
    assert "有人先保存了" not in tab.html()


def test_of_a_conflict_theirs_can_be_taken(page: Open, desk: Desk) -> None:
    client = desk.add("甲船队", at=NOON, answers={"seats": 40})
    tab = section(page(client, "answers"), client, "Boat")
    theirs = desk.save(replace(client, answers={"seats": 55}), at=LATER)
    tab.app.number_input(key=key(client, "value", "seats")).set_value(41)
    tab.run()
    tab.press(f"theirs-{client.id}-{theirs.version}")
    assert desk.client(client.id) == theirs
    assert tab.app.number_input(key=key(client, "value", "seats", theirs.version)).value == 55


def test_without_changes_of_ones_own_what_others_saved_comes_in_and_is_said(page: Open, desk: Desk) -> None:
    client = desk.add("甲船队", at=NOON, answers={"seats": 40})
    tab = section(page(client, "answers"), client, "Boat")
    theirs = desk.save(replace(client, answers={"seats": 55}), at=LATER)
    tab.run()
    assert "李强在 2026-11-22 13:00 改过这家企业的档案" in tab.told()
    assert tab.app.number_input(key=key(client, "value", "seats", theirs.version)).value == 55


def test_notes_typed_while_somebody_else_saved_are_not_lost(page: Open, desk: Desk) -> None:
    client = desk.add("甲船队", at=NOON)
    tab = page(client, "details")
    theirs = desk.save(replace(client, stage=Stage.PAUSED), at=LATER)
    form = f"c{client.id}-details-{client.version}"
    tab.app.text_area(key=f"{form}-notes").set_value("一小时里记下的话")
    tab.press(f"{form}-save")
    assert desk.client(client.id) == theirs
    assert "一小时里记下的话" in tab.html()
    tab.press(f"mine-{client.id}-{theirs.version}")
    found = desk.client(client.id)
    assert (found.notes, found.stage) == ("一小时里记下的话", Stage.PAUSED)


def test_details_are_saved_and_what_cannot_be_kept_is_said(page: Open, desk: Desk) -> None:
    client = desk.add("甲船队", at=NOON)
    tab = page(client, "details")
    form = f"c{client.id}-details-{client.version}"
    tab.app.text_input(key=f"{form}-tags").set_value("装备， 2026,渡船、 ")
    tab.app.radio(key=f"{form}-stage").set_value(Stage.PAUSED)
    tab.press(f"{form}-save")
    found = desk.client(client.id)
    assert (found.tags, found.stage) == (("2026", "渡船", "装备"), Stage.PAUSED)
    form = f"c{client.id}-details-{found.version}"
    tab.app.text_input(key=f"{form}-name").set_value(" ")
    tab.press(f"{form}-save")
    assert "请写企业名称。" in tab.told()
    assert desk.client(client.id) == found


def test_an_answer_that_todays_rules_cannot_read_is_told_and_kept(page: Open, desk: Desk) -> None:
    client = desk.add("甲船队", at=NOON, answers={"seats": 40, "gone": {"value": 1}})
    tab = section(page(client, "answers"), client, "Boat")
    assert "有 1 处现在的规则读不了" in tab.told()
    assert "已取消的题“gone”：{'value': 1}（没有这道题）" in tab.told()
    tab.app.number_input(key=key(client, "value", "seats")).set_value(41)
    tab.run()
    assert desk.client(client.id).answers == {"gone": {"value": 1}, "seats": 41}


def test_a_result_is_kept_once_and_compared_with_today(page: Open, desk: Desk, data: Path) -> None:
    client = desk.add("甲船队", at=NOON, answers=FERRY)
    tab = page(client, "kept")
    button = f"c{client.id}-keep-0"
    tab.press(button)
    assert [r.on for r in desk.results(client.id)] == [DAY]
    assert button not in [b.key for b in tab.app.button]
    desk.save(replace(desk.client(client.id), answers=FERRY | {"seats": 10}), at=LATER)
    tab.run()
    assert "<li>Seats：40 seats → 10 seats</li>" in tab.html()
    assert "变差" in tab.html()


def test_a_kept_result_is_saved_under_the_day_on_which_it_was_made(page: Open, desk: Desk, harbour: Rulebook, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client = desk.add("甲船队", at=NOON, answers=FERRY)
    desk.keep_result(client.id, assess(harbour, client.profile(harbour)[0], on=date(2025, 11, 20)), at=NOON, rules=HARBOUR, archive=kept_versions())
    names = {}
    monkeypatch.setattr(st, "download_button", lambda label, data, file_name, *rest, **more: names.update({label: file_name}))
    page(client, "kept")
    assert names == {"当时的 PDF": "甲船队-支持政策自测-2025-11-20.pdf", "原样下载": "甲船队-支持政策自测-2025-11-20.json"}


def test_a_comparison_tells_what_an_advisor_decided_then_and_now(page: Open, desk: Desk, harbour: Rulebook, data: Path) -> None:
    client = desk.add("甲船队", at=NOON, answers=FERRY)
    then = assess(harbour, client.profile(harbour)[0], on=DAY)
    withdrawn = desk.override(client.id, then, "advice", Verdict.OPEN, "没人接电话", at=NOON)
    desk.override(client.id, then, "slipway", Verdict.OPEN, "答复要等", at=NOON)
    desk.keep_result(client.id, then, at=LATER, rules=HARBOUR, archive=kept_versions())
    after = LATER + timedelta(hours=1)
    desk.withdraw(client.id, withdrawn.id, at=after)
    client = desk.save(replace(client, answers=FERRY | {"seats": 10}), at=after)
    now = assess(harbour, client.profile(harbour)[0], on=DAY)
    for support, verdict in (("shore-power", Verdict.MATCHED), ("slipway", Verdict.MATCHED), ("night-berth", Verdict.EXCLUDED)):
        desk.override(client.id, now, support, verdict, "窗口书面答复", at=after)
    html = page(client, "kept").html()
    assert "；顾问改判 2 项" in html
    changed, others = html.split('<section class="since">')[1].split("<h3>回答改了")[0].split("<h3>另有 3 项有顾问的改判</h3>")
    assert "程序的判断有变的 3 项：变好 2 项，变差 1 项。" in changed
    (row,) = re.findall("<li>Get a berth with shore power(.*?)</li>", changed)
    assert "现在就对应 → 补一个条件就对应" in row
    assert row.endswith("<b>顾问改判</b>　李强于 2026-11-22 改判为“现在就对应”（程序判为“补一个条件就对应”）。理由：窗口书面答复。")
    assert re.findall("<li>(.*?)</li>", others) == [
        "Ask for advice<br>那时按李强的改判列为“还差一项信息”，后来撤回了。",
        "Build a slipway<br>那时按李强的改判列为“还差一项信息”。李强于 2026-11-22 改判为“现在就对应”（程序判为“不对应”）。理由：窗口书面答复。",
        "Use the night berths<br>李强于 2026-11-22 改判为“不对应”（程序判为“现在就对应”）。理由：窗口书面答复。",
    ]


def test_without_overrides_a_comparison_speaks_of_none(page: Open, desk: Desk, harbour: Rulebook, data: Path) -> None:
    client = desk.add("甲船队", at=NOON, answers=FERRY)
    desk.keep_result(client.id, assess(harbour, client.profile(harbour)[0], on=DAY), at=NOON, rules=HARBOUR, archive=kept_versions())
    html = page(client, "kept").html()
    assert "每一项的结论都和那时一样。" in html
    assert "改判" not in html


def unfolded(tab: Visit) -> Visit:
    tab.app.session_state["clients-keeping"] = True
    return tab.run()


def test_todays_result_of_all_clients_is_kept_with_one_button_and_once(page: Open, desk: Desk) -> None:
    first, second = desk.add("甲船队", at=NOON, answers=FERRY), desk.add("乙船队", at=NOON, answers=FERRY)
    desk.add("丙船队", at=NOON)
    desk.add("*丁*船队", at=NOON, answers={"gone": 1})
    tab = unfolded(page()).press("clients-keep-all-0")
    told = tab.told()
    assert "留存了 2 家今天的结果；1 家还没有回答，没有可留存的；1 家没有留存成。" in told
    assert "\n- *丁*船队：存着的回答现在的规则都读不了，没有留存。" in told
    assert tab.html().count(f"上次留存结果 {DAY.isoformat()}") == 2
    assert "clients-keep-all-0" not in [b.key for b in tab.app.button], "the second of two clicks finds no button"
    tab.press("clients-keep-all-1")
    assert "留存了 0 家今天的结果；2 家今天已经留存过，没有再留；" in tab.told()
    assert [[r.on for r in desk.results(c.id)] for c in (first, second)] == [[DAY], [DAY]]


def test_a_click_that_takes_over_tells_what_the_first_one_kept_too(page: Open, desk: Desk, harbour: Rulebook, data: Path) -> None:
    first, second = desk.add("甲船队", at=NOON, answers=FERRY), desk.add("乙船队", at=NOON, answers=FERRY)
    tab = unfolded(page())
    (kept,) = keep_results(desk, [first], harbour, on=DAY, at=NOON, rules=HARBOUR, archive=data.parent / "rulebooks")
    tab.app.session_state[f"clients-kept-local-{DAY}-0"] = {first.id: kept}  # as a run leaves it that was given up
    assert "留存了 2 家今天的结果。" in tab.press("clients-keep-all-0").told()
    assert [len(desk.results(c.id)) for c in (first, second)] == [1, 1]


def test_results_are_not_kept_where_the_rules_cannot_be(page: Open, desk: Desk, data: Path) -> None:
    client = desk.add("甲船队", at=NOON, answers=FERRY)
    (data.parent / "rulebooks").write_text("a file where the folder should be", encoding="utf-8")
    tab = unfolded(page()).press("clients-keep-all-0")
    assert "规则没有存下来，所以结果也没有留存" in tab.told()
    assert desk.results(client.id) == ()


def test_an_override_is_made_shown_and_taken_back(page: Open, desk: Desk, harbour: Rulebook) -> None:
    client = desk.add("甲船队", at=NOON, answers=FERRY)
    assert next(e.verdict for e in assess(harbour, client.profile(harbour)[0], on=DAY).supports if e.support.id == "slipway") is Verdict.EXCLUDED
    tab = page(client, "result")
    form = f"c{client.id}-override-0"
    tab.app.session_state[f"{form}-open"] = True
    tab.run()
    tab.app.selectbox(key=f"{form}-support").set_value("slipway")
    tab.app.radio(key=f"{form}-verdict").set_value(Verdict.MATCHED)
    tab.press(f"{form}-do")
    assert "请写明改判的理由。" in tab.told()
    tab.app.text_area(key=f"{form}-reason").set_value("窗口书面答复可以")
    tab.press(f"{form}-do")
    (made,) = desk.overrides(client.id)
    assert f"本机于 {made.at.astimezone(HERE):%Y-%m-%d} 改判为“现在就对应”（程序判为“不对应”）。理由：窗口书面答复可以。" in tab.html()
    assert "其中 1 项按顾问的改判列出" in tab.html()
    tab.press(f"c{client.id}-withdraw-{made.id}")
    assert desk.overrides(client.id)[0].withdrawn_by == "本机"
    assert "理由：窗口书面答复可以" not in tab.html()


def test_the_history_tells_in_words_who_changed_what(page: Open, desk: Desk) -> None:
    client = desk.add("甲船队", at=NOON, answers={"trade": "ferry", "gone": [1]})
    desk.save(replace(client, name="甲 船队", stage=Stage.CLOSED, answers={"trade": "fishing", "seats": {"value": 5, "about": True}}), at=LATER, via=Via.CLIENT_FILE)
    html = page(client, "history").html()
    assert "2026-11-22 13:00　李强（企业发回的文件）" in html
    assert "<b>Trade</b>　carrying passengers → fishing" in html
    assert "<b>Seats</b>　大概 5 seats" in html
    assert "<b>已取消的题“gone”</b>　[1]（现在的规则读不了） → （没有回答）" in html
    assert "<b>名称</b>　甲船队 → 甲 船队" in html
    assert "<b>状态</b>　服务中 → 已结束" in html
    assert "<b>建档</b>　甲船队" in html


def test_what_the_client_sends_back_is_taken_one_by_one(page: Open, desk: Desk) -> None:
    client = desk.add("甲船队", at=NOON, answers={"seats": {"value": 40, "source": "seen"}})
    tab = page(client, "exchange")
    tab.app.file_uploader[0].upload("back.yaml", "seats: 30\nresident: 是\nlength: 12\ncolour: red\n".encode(), "application/yaml")
    tab.run()
    assert "有 3 处和存着的不一样" in tab.told()
    assert "colour：没有这道题" in tab.told()
    boxes = {b.label.split("**")[1]: b for b in tab.app.checkbox}
    assert {name: b.value for name, b in boxes.items()} == {"Length": True, "Seats": False, "Resident": True}
    assert desk.client(client.id) == client
    boxes["Length"].uncheck()
    (take,) = [b for b in tab.app.button if b.label == "收下勾上的"]
    take.click()
    tab.run()
    assert desk.client(client.id).answers == {"seats": {"value": 40, "source": "seen"}, "resident": True}
    assert [h.via for h in desk.history(client.id)][-1] is Via.CLIENT_FILE
    assert "收下了 1 处" in tab.told()


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_a_file_that_was_filled_in_by_hand_is_understood_and_what_was_written_is_shown(page: Open, desk: Desk, encoding: str) -> None:
    client = desk.add("甲船队", at=NOON)
    tab = page(client, "exchange")
    tab.app.file_uploader[0].upload("back.txt", "# 坐几个人\nseats：约４０\n\nlength:随便\n\nresident：是\n".encode(encoding), "text/plain")
    tab.run()
    assert "文件里有 1 处用不上，其余的照收" in tab.told()
    assert "Length：“随便”不是数字。请填数字，单位m。" in tab.told()
    assert [b.label.replace("\\", "") for b in tab.app.checkbox] == ["**Seats**：不清楚 → **大概 40 seats**（文件里写的是“约４０”）", "**Resident**：不清楚 → **是**"]


@pytest.mark.parametrize(("content", "said"), [(b"\xff\xff\xff", "看不出这个文件里文字的编码"), ("您好，请查收。".encode(), "文件里一道题也没有"), (BOMB, "展开来太大")])
def test_a_file_that_cannot_be_read_changes_nothing_and_says_why(page: Open, desk: Desk, content: bytes, said: str) -> None:
    client = desk.add("甲船队", at=NOON)
    tab = page(client, "exchange")
    tab.app.file_uploader[0].upload("back.yaml", content, "application/yaml")
    tab.run()
    assert said in tab.told()
    assert desk.client(client.id) == client


def test_a_client_is_deleted_for_good_only_once_its_name_was_typed(page: Open, desk: Desk) -> None:
    client, other = desk.add(HOSTILE, at=NOON), desk.add("乙船队", at=NOON)
    tab = page(client, "details")
    tab.app.session_state[f"c{client.id}-delete"] = True
    tab.run()
    tab.app.text_input(key=f"c{client.id}-deleting-name").set_value("甲")
    tab.press(f"c{client.id}-deleting-do")
    assert "没有删除" in tab.told()
    tab.app.text_input(key=f"c{client.id}-deleting-name").set_value(desk.client(client.id).name)
    tab.press(f"c{client.id}-deleting-do")
    assert [c.id for c in desk.clients(on=DAY).clients] == [other.id]
    assert "已彻底删除" in tab.told()
    assert f"client-local-{client.id}" not in tab.app.session_state


def test_only_a_lead_sees_the_ways_to_delete_to_export_and_to_import(page: Open, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui.access.people, "LOCAL", Advisor("小李", "local"))
    client = desk.add("甲船队", at=NOON)
    tab = page(client, "details")
    assert not [e for e in tab.app.get("expander") if "彻底删除" in e.label]
    tab = page()
    tab.app.session_state["clients-moving"] = True
    tab.run()
    assert "只有负责人可以做" in tab.told()
    assert not tab.app.get("download_button")


def test_a_hostile_name_is_shown_as_it_is(page: Open, desk: Desk) -> None:
    client = desk.add(HOSTILE, at=NOON, notes=HOSTILE, tags=(HOSTILE[:30],))
    assert f">{escape(HOSTILE)}</a>" in page().html()
    for part in ("result", "answers", "details", "kept", "exchange", "history"):
        assert "<script>alert" not in page(client, part).html()


def test_what_is_no_client_of_this_organisation_is_not_found(page: Open, desk: Desk, data: Path) -> None:
    stranger = Desk(desk._database, Advisor("赵敏", "south", Role.LEAD)).add("别人的企业", at=NOON, notes="机密")
    for id_ in (stranger.id, "0" * 32, "' OR 1=1 --", "甲"):
        tab = page(replace(stranger, id=id_))
        assert "找不到这家企业的档案" in tab.told()
        assert "别人的企业" not in tab.html()


def test_a_visitor_from_elsewhere_sees_no_client_data(page: Open, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    client = desk.add("甲船队", at=NOON)
    monkeypatch.setattr(ui.access.people, "is_marked", lambda headers: False)
    for tab in (page(), page(client, "result")):
        assert "这一页只在本机打开" in tab.html()
        assert "甲船队" not in tab.html() + tab.told()


def test_a_database_that_cannot_be_opened_is_one_sentence_and_is_tried_again(page: Open, data: Path) -> None:
    blocked = data.parent / "clients.sqlite3"
    blocked.mkdir()
    tab = page()
    assert "打不开客户档案" in tab.told() or "写不了" in tab.told()
    blocked.rmdir()
    assert "还没有存下的企业" in tab.run().told()


def test_the_list_is_searched_narrowed_ordered_and_turned(page: Open, desk: Desk) -> None:
    for number in range(45):
        desk.add(f"船队 {number:02}", at=NOON + timedelta(minutes=number), tags=("渡船",) if number % 2 else ())
    tab = page()
    names = lambda: re.findall("船队 [0-9]+", tab.html())  # noqa: E731
    assert names()[0] == "船队 44"
    assert "共 45 家，第 1 页，共 3 页" in tab.told()
    tab.press("clients-下一页-1")
    assert names()[0] == "船队 24"
    tab.app.selectbox(key="clients-tag").set_value("渡船")
    tab.run()
    assert (names()[0], len(names())) == ("船队 43", 20)
    tab.app.text_input(key="clients-words").set_value("07")
    tab.run()
    assert names() == ["船队 07"]
    tab.app.text_input(key="clients-words").set_value("没有这几个字")
    tab.run()
    assert "没有找到" in tab.told()


def test_all_clients_are_imported_and_what_could_not_be_read_is_told(page: Open, desk: Desk, data: Path) -> None:
    client = desk.add("甲船队", at=NOON, answers=FERRY)
    target = data.parent / "all.zip"
    export_clients(desk, target, at=NOON, archive=data.parent / "rulebooks")
    with ZipFile(target, "a") as content:
        content.writestr("clients/bad.json", "{}")
    desk.delete(client.id)
    tab = page()
    tab.app.session_state["clients-moving"] = True
    tab.run()
    (uploader,) = [u for u in tab.app.file_uploader if "导出的文件" in u.label]
    uploader.upload("all.zip", target.read_bytes(), "application/zip")
    tab.press("clients-import-do-0")
    assert "新收进 1 家" in tab.told()
    assert "有 1 处读不了：\n\n- clients/bad.json：缺少或写错了 client。" in tab.told()
    (said,) = [i.value for i in tab.app.info]
    assert "\\\\" not in said, "made inert twice"
    assert desk.client(client.id) == client
