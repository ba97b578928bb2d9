"""规则变化: an older version against the rules in use, for the companies at hand; and how versions come to be kept."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile

import openpyxl
import pytest

import ui.access.people
import ui.rulebook
from eligibility.assessment import Verdict, assess
from eligibility.clients.database import Database
from eligibility.clients.desk import Desk
from eligibility.clients.records import Advisor, Stage
from eligibility.receipt import read_receipt, receipt, rerun
from eligibility.report.impact.workbook import render_workbook
from eligibility.rulebook import archive
from eligibility.rulebook.archive import keep, pack, versions
from eligibility.rulebook.load import load
from eligibility.rulebook.problems import RulebookError
from tests.clients.conftest import LATER, NOON
from tests.conftest import DAY
from tests.harbour import FERRY, HARBOUR, edited
from tests.pages.conftest import Visit
from ui.unfolding import MOST_BYTES, too_much

Open = Callable[..., Visit]
THRESHOLD = {"supports/charter.yaml": ("at_least: 20", "at_least: 50")}
REMOVED = "Pay half the berth fee"
BOMB = ("a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 10)}]\n" for a, b in zip("abcdefg", "bcdefgh", strict=True))).encode()


@pytest.fixture
def now(tmp_path: Path) -> Path:
    """The rules in use: as the harbour's, but one threshold is higher, and one title is other."""
    rules = edited(tmp_path / "now", THRESHOLD)
    path = rules / "supports" / "charter.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("title: Build a slipway", "title: Build <b>your</b> slipway"), encoding="utf-8")
    return rules


@pytest.fixture
def page(visit: Open, data: Path, now: Path) -> Visit:
    """The page of a visitor without answers, the harbour's rules kept from before."""
    keep(load(HARBOUR), HARBOUR, data.parent / "rulebooks")
    return at(visit(using=load(now)))


def at(visit: Visit) -> Visit:
    visit.app.switch_page("../pages/rule_changes.py")
    return visit.run()


def upload(page: Visit, *files: tuple[str, bytes]) -> Visit:
    page.app.file_uploader(key=f"changes-companies-{page.draft.epoch}").set_value([(name, content, "application/yaml") for name, content in files])
    return page.run()


def bring(page: Visit, content: bytes, name: str = "old.zip") -> Visit:
    if [s for s in page.app.selectbox if s.key == "changes-old"]:
        page.app.selectbox(key="changes-old").set_value("uploaded")
        page.run()
    page.app.file_uploader(key="changes-zip").upload(name, content, "application/zip")
    return page.run()


def as_json(answers: Any) -> bytes:
    return json.dumps(answers, ensure_ascii=False).encode()


def test_a_kept_version_is_compared_at_once(page: Visit) -> None:
    html = page.html()
    assert "<h2>支持的变化</h2>" in html
    assert "has 不少于 20 seats</dd><dt>现在</dt>" in html
    assert "has 不少于 50 seats</dd></dl>" in html
    assert "没有选企业，所以只比规则" in page.told()
    assert load(HARBOUR).version in page.app.selectbox(key="changes-old").options[0]
    assert len(page.app.get("download_button")) == 2


def test_names_from_the_rules_are_shown_as_they_are(page: Visit) -> None:
    assert "Build &lt;b&gt;your&lt;/b&gt; slipway" in page.html()
    assert "<b>your</b>" not in page.html()


def test_companies_from_files_are_compared_with_the_cause(page: Visit) -> None:
    html = upload(page, ("甲.json", as_json(FERRY)), ("list.yaml", as_json([{"name": "乙<i>", "answers": {**FERRY, "seats": 60}}, {"name": "丙", "answers": {**FERRY, "seats": 30}}]))).html()
    assert "3 家企业里，2 家有变化：2 家有变差的支持。" in html
    assert "“Get a berth with shore power”：变差 2 家（其中不再对应 2 家）" in html
    assert "<b>甲</b>　变差 1 项" in html
    assert "<b>丙</b>　变差 1 项" in html
    assert "乙" not in html  # nothing changes for it
    assert "原因：条件由“has 不少于 20 seats”改为“has 不少于 50 seats”：满足 → 不满足，能补上。" in html


def test_what_cannot_be_read_is_told_and_the_rest_is_compared(page: Visit) -> None:
    upload(page, ("甲.json", as_json(FERRY)), ("bad.yaml", b"a: [\n"), ("gbk.yaml", "名: 甲".encode("gb18030")), ("bomb.yaml", BOMB), ("day.yaml", b"a: 2026-02-31"), ("x.yaml", b"just words"))
    told = page.told()
    assert "读到 1 家企业。下面 5 处没有用上，其余照常" in told
    assert "bad.yaml：不是正确的 YAML 或 JSON（第 2 行）" in told
    assert "gbk.yaml：不是 UTF-8 编码" in told
    assert "bomb.yaml：展开以后太大" in told
    assert "day.yaml：不是正确的 YAML 或 JSON" in told
    assert "x.yaml：看不出这家企业的回答" in told
    assert "1 家企业里，1 家有变化" in page.html()


@pytest.mark.parametrize("answers", [{1: 2}, {"seats": [1]}, {"seats": {"value": "many"}}, {"trade": None}, {"badges": {"chosen": 3}}, {"no-such": "x"}, {"seats": 10**400}])
def test_odd_answers_never_stop_the_page(page: Visit, answers: Any) -> None:
    assert "家企业的结论都不变" in upload(page, ("odd.json", as_json(answers))).html()


def test_a_number_too_long_to_print_never_stops_the_page(page: Visit) -> None:
    assert "seats，“一个过长的数”不是数字" in upload(page, ("odd.yaml", b"seats: 0x" + b"f" * 5000)).html()


def test_an_answer_that_neither_can_use_is_to_be_checked(page: Visit) -> None:
    html = upload(page, ("甲.json", as_json({**FERRY, "seats": 60, "trade": "fery"}))).html()
    assert "两版规则都用不上的回答，请核对" in html
    assert "甲：trade，没有“fery”这个选项" in html


def test_the_company_on_the_screen_is_one_of_them_until_it_is_taken_out(visit: Open, data: Path, now: Path) -> None:
    keep(load(HARBOUR), HARBOUR, data.parent / "rulebooks")
    page = at(visit(using=load(now)).load(FERRY))
    assert "1 家企业里，1 家有变化" in page.html()
    page.app.checkbox(key=f"changes-own-{page.draft.epoch}").uncheck()
    assert "没有选企业" in page.run().told()


@pytest.fixture
def desk(data: Path) -> Iterator[Desk]:
    """The stored clients, as a colleague has them."""
    database = Database(f"sqlite:///{data.parent / 'clients.sqlite3'}")
    yield Desk(database, Advisor("李强", "local"))
    database.close()


def count_in(page: Visit) -> Visit:
    page.app.checkbox(key="changes-stored").check()
    return page.run()


def test_an_advisor_counts_in_the_stored_clients_with_one_control(page: Visit, desk: Desk) -> None:
    desk.add("甲船队", at=NOON, answers=FERRY)
    desk.add("乙船队", at=NOON, answers={**FERRY, "seats": 60})
    desk.save(replace(desk.add("丙船队", at=NOON, answers=FERRY), stage=Stage.CLOSED), at=LATER)
    Desk(desk._database, Advisor("赵敏", "south")).add("别的机构的", at=NOON, answers=FERRY)
    assert "没有选企业" in page.run().told(), "not before they are asked for"
    html = count_in(page).html()
    assert "算上了客户档案里的 2 家。" in page.told()
    assert "2 家企业里，1 家有变化：1 家有变差的支持。" in html
    assert "<b>甲船队</b>　变差 1 项" in html
    assert "丙船队" not in html
    assert "别的机构的" not in html
    desk.add("丁船队", at=NOON, answers=FERRY)
    assert "3 家企业里，2 家有变化" in page.run().html(), "read anew in every run"


def test_stored_clients_are_counted_beside_those_of_files_and_stand_in_the_workbook(page: Visit, desk: Desk) -> None:
    desk.add("甲船队", at=NOON, answers=FERRY)
    html = count_in(upload(page, ("戊.json", as_json(FERRY)))).html()
    assert "2 家企业里，2 家有变化" in html
    found = page.app.session_state["changes-found"][1]
    rows = list(openpyxl.load_workbook(BytesIO(render_workbook(found)))["企业的变化"].iter_rows(min_row=2, values_only=True))
    assert [r[0] for r in rows] == ["甲船队", "戊"]


def test_a_stored_answer_that_can_no_longer_be_read_is_told_and_the_others_count(page: Visit, desk: Desk) -> None:
    desk.add("坏船队", at=NOON, answers={"gone": 1, "seats": [1]})
    desk.add("甲船队", at=NOON, answers=FERRY)
    html = count_in(page).html()
    assert "2 家企业里，1 家有变化" in html
    assert "两版规则都用不上的回答，请核对" in html
    assert "<li>坏船队：gone，没有这道题。" in html
    assert "<li>坏船队：seats，“[1]”不是数字。" in html


def test_an_override_stands_beside_the_change_of_the_programs_verdict(page: Visit, desk: Desk) -> None:
    client = desk.add("甲船队", at=NOON, answers=FERRY)
    book = load(HARBOUR)
    desk.override(client.id, assess(book, client.profile(book)[0], on=DAY), "shore-power", Verdict.EXCLUDED, "<b>窗口</b>答复", at=NOON)
    html = count_in(page).html()
    assert "现在就对应 → 补一个条件就对应" in html
    said = "李强于 2026-11-22 改判为“不对应”（程序判为“现在就对应”）。理由：&lt;b&gt;窗口&lt;/b&gt;答复；现在程序判为“补一个条件就对应”，请重新核对。"
    assert f'<p class="caution">{said}</p>' in html
    assert "变好、变差都按程序的判断算；顾问改判过的，改判写在旁边。" in page.told()


def test_five_hundred_stored_clients_are_drawn_in_parts(page: Visit, desk: Desk) -> None:
    for n in range(500):
        desk.add(f"船队 {n:03}", at=NOON, answers=FERRY)
    html = count_in(page).html()
    assert "500 家企业里，500 家有变化" in html
    assert html.count('<details class="company"') == 30
    page.press("changes-limit-companies-30")
    assert page.html().count('<details class="company"') == 60


def test_without_stored_clients_that_is_said(page: Visit, desk: Desk) -> None:
    assert "客户档案里还没有服务中的企业。" in count_in(page).told()
    assert "没有选企业" in page.told()


def test_a_visitor_neither_sees_nor_counts_stored_clients_whatever_the_session_holds(page: Visit, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.add("甲船队", at=NOON, answers={**FERRY, "gone": 1})
    assert "甲船队" in count_in(page).html()
    monkeypatch.setattr(ui.access.people, "is_marked", lambda headers: False)  # the same tab, its advisor gone
    page.app.session_state["changes-stored"] = True
    page.run()
    assert "甲船队" not in page.html() + page.told()
    assert "没有选企业" in page.told()
    assert not [b for b in page.app.checkbox if b.key == "changes-stored"]
    assert "客户档案" not in page.html() + page.told()
    assert page.app.session_state["changes-found"][1].companies == ()


def test_clients_that_cannot_be_opened_are_one_sentence_and_the_rules_can_be_compared_without_them(page: Visit, data: Path) -> None:
    (data.parent / "clients.sqlite3").mkdir()
    told = count_in(page).told()
    assert "打不开客户档案" in told or "写不了" in told
    page.app.checkbox(key="changes-stored").uncheck()
    assert "支持的变化" in page.run().html()


def test_nothing_kept_yet_is_said_calmly_and_a_version_can_be_brought(visit: Open) -> None:
    page = at(visit(using=load(HARBOUR)))
    assert "这里还没有存下旧的版本" in page.told()
    assert "支持的变化" not in page.html()
    assert not page.app.error
    assert "这一版就是现在用的规则，没有不同。" in bring(page, pack(HARBOUR)).told()


def test_the_folder_itself_may_be_packed(page: Visit, tmp_path: Path) -> None:
    rules = edited(tmp_path / "rules", {"supports/order.yaml": ("title: Pay half the berth fee", "title: Pay a third")})
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as packed:
        for path in rules.rglob("*.yaml"):
            packed.write(path, Path("rules") / path.relative_to(rules))
    html = bring(page, target.getvalue()).html()
    assert "<dt>原来</dt><dd>Pay a third</dd>" in html


def zipped(name: str, content: bytes, method: int = ZIP_DEFLATED) -> bytes:
    target = BytesIO()
    with ZipFile(target, "w", method) as packed:
        packed.writestr(name, content)
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"PK no zip", "old.zip：不是规则文件夹，也不是规则的存档"),
        (zipped("rulebook.yaml", bytes(archive.LARGEST + 1)), "压缩包太大"),
        (zipped("rulebook.yaml", b"title: x", ZIP_BZIP2), "不是规则文件夹，也不是规则的存档"),
        (zipped("rulebook.yaml", BOMB), "rulebook.yaml：展开以后太大"),
        (zipped("rulebook.yaml", b"title: [\n"), "old.zip/rulebook.yaml，第 2 行"),
        (zipped("../../outside.yaml", b"title: x"), "缺这个文件"),
    ],
)
def test_a_version_that_cannot_be_used_is_told(page: Visit, content: bytes, told: str) -> None:
    page = bring(page, content)
    assert told in page.told()
    assert "支持的变化" not in page.html()


def test_long_lists_are_drawn_in_parts(page: Visit) -> None:
    page = upload(page, ("list.json", as_json([{"name": f"企业{n}", "answers": FERRY} for n in range(501)])))
    assert "一次最多 500 家企业，后面 1 家没有算" in page.told()
    assert "500 家企业里，500 家有变化" in page.html()
    assert page.html().count('<details class="company"') == 30
    page.press("changes-limit-companies-30")
    assert page.html().count('<details class="company"') == 60


def test_other_entries_are_folded_until_they_are_wanted(visit: Open, data: Path, tmp_path: Path) -> None:
    old = edited(tmp_path / "old", {"statuses/statuses.yaml": ("holds_if: {answer: badges, has: green}", "holds_if: {answer: badges, has: blue}")})
    keep(load(old), old, data.parent / "rulebooks")
    page = upload(at(visit(using=load(HARBOUR))), ("甲.json", as_json(FERRY)))
    assert "每一项支持都和原来一样。" in page.told()
    assert "（身份“Green Badge”有修改）" in page.html()
    assert "carries the badge Blue" not in page.html()
    page.app.session_state["changes-status"] = True
    assert "<dt>原来</dt><dd>carries the badge Blue</dd>" in page.run().html()


def test_a_support_that_came_says_what_it_gives_and_to_whom(visit: Open, data: Path, tmp_path: Path) -> None:
    text = (HARBOUR / "supports" / "order.yaml").read_text(encoding="utf-8")
    start, end = text.index("  - id: half-fee"), text.index("  - id: ", text.index("  - id: half-fee") + 1)
    gone = "not_supports:\n  - {policy: order, article: a, quote: Owners who live in the city pay half the berth fee, reason: goal, why: gone}\n"
    old = edited(tmp_path / "old", {"supports/order.yaml": (text, gone + text[:start] + text[end:])})
    keep(load(old), old, data.parent / "rulebooks")
    html = upload(at(visit(using=load(HARBOUR))), ("甲.json", as_json(FERRY))).html()
    assert f'<i class="added">新增</i>{REMOVED}</h3><dl><dt>给什么</dt><dd>Half the berth fee</dd><dt>条件</dt><dd>the owner lives in the city</dd>' in html
    assert "没有这项支持 → 现在就对应" in html


def test_what_unfolds_without_end_is_found_and_rules_are_not() -> None:
    assert too_much(BOMB)
    assert too_much(b"&a [*a]")
    assert too_much(b"a: " + b"x" * MOST_BYTES)
    assert not too_much(b"a: " + b"x" * (MOST_BYTES - 3))
    assert not too_much(b"a: [")
    assert not too_much(b"")
    assert not any(too_much(p.read_bytes()) for p in HARBOUR.parents[2].joinpath("rules").rglob("*.yaml"))


@pytest.fixture
def fresh() -> Any:
    """The application's own way to the rules, as at its start."""
    ui.rulebook.rulebook.clear()
    yield ui.rulebook.rulebook
    ui.rulebook.rulebook.clear()


def test_the_version_in_use_is_kept_when_it_is_loaded(data: Path, fresh: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELIGIBILITY_RULES", str(HARBOUR))
    book = fresh()
    (kept,) = versions(data.parent / "rulebooks")
    assert (kept.version, load(kept.path).fingerprint) == (book.version, book.fingerprint)


def test_where_nothing_can_be_written_the_rules_are_used_all_the_same(data: Path, fresh: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setenv("ELIGIBILITY_RULES", str(HARBOUR))
    (data.parent / "rulebooks").write_text("a file where the folder should be", encoding="utf-8")
    with caplog.at_level(logging.ERROR):
        book = fresh()
    assert book.fingerprint == load(HARBOUR).fingerprint
    assert f"rulebook {book.version} not kept" in caplog.text


def test_versions_are_listed_latest_first_and_what_is_none_is_passed_over(tmp_path: Path, now: Path) -> None:
    import os

    assert versions(tmp_path / "none") == ()
    place = tmp_path / "archive"
    first, second = keep(load(HARBOUR), HARBOUR, place), keep(load(now), now, place)
    os.utime(first, (1_000_000_000, 1_000_000_000))
    (place / "broken.zip").write_bytes(b"PK")
    (place / "other.zip").write_bytes(zipped("rulebook.yaml", b"- no cover"))
    assert [v.path for v in versions(place)] == [second, first]
    assert versions(place)[1].at == datetime.fromtimestamp(1_000_000_000).astimezone()


def test_a_bomb_is_never_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    path.write_bytes(zipped("a.yaml", bytes(archive.LARGEST + 1)))
    with pytest.raises(RulebookError, match="压缩包太大"):
        load(path)


def test_the_receipt_beside_the_results_leads_back_to_them(visit: Open) -> None:
    from eligibility.assessment import assess
    from tests.conftest import DAY
    from ui.downloads import _receipt

    page = visit(using=load(HARBOUR)).load(FERRY).results()
    assert "下载凭据" in [b.proto.label for b in page.app.get("download_button")]
    assessment = assess(load(HARBOUR), page.draft.profile, on=DAY)
    read = read_receipt(json.loads(_receipt(assessment)))
    assert read == receipt(assessment)
    assert rerun(read, load(HARBOUR)).differences == ()
