"""批量筛查: from a ledger to everything that the page tells of it. The work itself runs in another process, as it does for an advisor."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

import ui.access.people
import ui.screening.job as job_module
from eligibility.assessment import Verdict, assess
from eligibility.clients.database import Database
from eligibility.clients.desk import Desk
from eligibility.clients.records import Advisor
from eligibility.report.screening_workbook import render_screening
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import load
from eligibility.screening.ledger import open_ledger
from eligibility.screening.screening import look_up, screen
from tests.clients.conftest import NOON
from tests.conftest import DAY
from tests.harbour import HARBOUR
from tests.pages.conftest import Visit
from tests.screening.files import csv_file, workbook, xlsx
from ui.screening.column_maps import ColumnMaps
from ui.screening.job import Job
from ui.screening.sitting import Sitting
from ui.screening.work import screen_ledger

Open = Callable[..., Visit]
HOSTILE = ["<script>alert(1)</script>", "'); DROP TABLE clients;--", "\u202e司公来过反\u202c", "𠮷野家🏭公司", "**粗**[链接](http://x)$x$"]
SHOWN = [name.strip("\u202e\u202c") for name in HOSTILE]  # what turns the text round is left out
ROWS = [["企业名称", "主体", "城市", "资质", "营业收入（元）"], *([name, "企业", "沈阳", "高企", 12_000_000] for name in HOSTILE), ["己公司", "企业", "大连", "无", "一千多"]]


def at(visit: Visit) -> Visit:
    visit.app.switch_page("../pages/screening.py")
    return visit.run()


@pytest.fixture
def page(visit: Open) -> Iterator[Visit]:
    page = at(visit())
    yield page
    sitting_of(page).stop()


def sitting_of(page: Visit) -> Sitting:
    found: Sitting = page.app.session_state["screening"]
    return found


def bring(page: Visit, content: bytes, name: str = "台账.csv") -> Visit:
    """Upload a ledger and wait until it is decided, or refused."""
    page.app.file_uploader(key=f"screening-upload-{sitting_of(page).number}").upload(name, content, "application/octet-stream")
    return settled(page.run())


def settled(page: Visit) -> Visit:
    sitting, until = sitting_of(page), time.monotonic() + 60
    while sitting.job is not None and sitting.job.running:
        assert time.monotonic() < until
        time.sleep(0.05)
    return page.run()


def see(page: Visit, name: str) -> Visit:
    page.app.session_state[f"screening-view-{sitting_of(page).number}"] = name
    return page.run()


def downloads(page: Visit) -> list[str]:
    return [b.proto.label for b in page.app.get("download_button")]


def test_an_empty_page_says_what_to_do(page: Visit) -> None:
    assert "上传一份企业台账，一次看清每家企业对应" in page.html()
    assert downloads(page) == ["下载台账模板", "下载示例台账"]


def test_a_ledger_becomes_a_matrix_that_says_what_the_library_says(page: Visit, rulebook: Rulebook) -> None:
    bring(page, csv_file(ROWS, "gb18030"))
    expected = screen(rulebook, open_ledger(csv_file(ROWS, "utf-8"), "a.csv", rulebook).read().clients, on=DAY)
    found = sitting_of(page).found
    assert found is not None
    assert (found.screening.verdicts, [found.screening.lacks(0, s) for s in rulebook.supports]) == (expected.verdicts, [expected.lacks(0, s) for s in rulebook.supports])
    (grid,) = page.app.dataframe
    assert list(grid.value["client"]) == [*SHOWN, "己公司"]
    assert list(grid.value["matched"]) == [expected.counts(n)[Verdict.MATCHED] for n in range(6)]
    signs = {"● 现在就对应": Verdict.MATCHED, "○ 还差一项信息": Verdict.OPEN, "◐ 补一个条件就对应": Verdict.NEAR, "× 不对应": Verdict.EXCLUDED}
    for support in rulebook.supports:
        assert [signs[cell[0]] for cell in grid.value[support]] == [expected.verdict(n, support) for n in range(6)]
    assert "<b>6 家</b>企业" in page.html()


def test_what_could_not_be_used_is_told_by_row_and_column_and_can_be_taken_away(page: Visit) -> None:
    bring(page, csv_file(ROWS, "utf-8"))
    assert "有 1 格没有用上" in page.told()
    see(page, "数据问题")
    (table,) = page.app.dataframe
    assert list(table.value.iloc[0]) == ["没有用上的格", 7, "营业收入（元）", "“一千多”不是数字", "请只写数字，单位是元。"]
    assert "下载全部问题" in downloads(page)


def test_a_sheet_that_was_not_read_is_told_above_the_result_and_among_the_problems(page: Visit) -> None:
    header = ["企业名称", "所在市"]
    bring(page, workbook({"沈阳": [header, ["甲", "沈阳"]], "大连": [header, ["乙", "大连"]]}), "a.xlsx")
    assert "“大连”这张表也像台账（1 行），没有读。请分开上传，或合在一张表里。" in page.told()
    see(page, "数据问题")
    (table,) = page.app.dataframe
    assert list(table.value.iloc[0])[0::3] == ["没有读的表", "“大连”这张表也像台账（1 行），没有读"]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.xlsx", b"PK no zip", "这不是 .xlsx 文件，或者文件损坏、加了密码。请在 Excel 里打开再另存为 .xlsx。"),
        ("a.csv", "企业名称,城市\n".encode(), "只有列名，没有企业。请每家企业填一行。"),
        ("a.parquet", b"PAR1", "读不了这个 Parquet 文件（ArrowInvalid）。文件可能损坏。"),
        ("a.csv", "企业名称,城市\n合计,\n".encode(), "表里没有企业。请每家企业填一行。"),
        ("a.csv", b"", "表里什么都没有。"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_in_one_sentence(page: Visit, name: str, content: bytes, told: str) -> None:
    bring(page, content, name)
    assert [e.value.replace("\\", "") for e in page.app.error] == [told]
    assert not page.app.dataframe


def test_a_bomb_is_refused_in_the_other_process(page: Visit) -> None:
    from zipfile import ZIP_DEFLATED

    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", bytes(600_000_000 // 8))
    bring(page, target.getvalue(), "bomb.xlsx")
    assert "这个文件解开后有 75 MB，不像一份台账，没有读" in page.told()


def test_columns_are_matched_by_hand_and_remembered_for_the_same_headers(page: Visit) -> None:
    ledger = csv_file([["企业名称", "去年卖了多少"], ["甲", 70_000]], "utf-8")
    bring(page, ledger)
    page.app.session_state["screening-columns-1"] = True
    page.run()
    assert "认不出是哪一题，没有用" in page.told()
    select = page.app.selectbox(key="screening-column-1-1")
    select.set_value(next(o for o in targets_of(page) if o.question == "revenue"))
    page.run()
    page.app.selectbox(key="screening-unit-1-1-revenue").set_value("元")
    page.run()
    settled(page.press("screening-again-1"))
    answers = answers_of(page)
    assert answers[0]["revenue"]["value"] == 7
    bring(page, csv_file([["去年卖了多少", "企业名称"], [80_000, "乙"]], "utf-8"))
    assert answers_of(page)[0]["revenue"]["value"] == 8
    assert "全部用上" in next(e.label for e in page.app.expander if "列对照" in e.label)
    page.app.session_state["screening-columns-2"] = True
    settled(page.run().press("screening-forget-2"))
    assert "revenue" not in answers_of(page)[0]


def unfold_columns(page: Visit) -> None:
    page.app.session_state[f"screening-columns-{sitting_of(page).number}"] = True
    page.run()


def say_column(page: Visit, place: int, question: str) -> None:
    """Say by hand which question a column answers."""
    page.app.selectbox(key=f"screening-column-{sitting_of(page).number}-{place}").set_value(next(o for o in targets_of(page) if o.question == question))
    page.run()


def said_of(page: Visit) -> dict[str, str | None]:
    """The unit that was said of each column."""
    found = sitting_of(page).found
    assert found is not None
    return {header: entry.unit for header, entry in found.facts.said.items()}


def test_a_column_matched_by_hand_stays_in_the_unit_that_the_file_names_unless_another_is_chosen(page: Visit) -> None:
    bring(page, csv_file([["企业名称", "2024年营业收入（元）"], ["甲", 12_000_000]], "utf-8"))
    unfold_columns(page)
    say_column(page, 1, "revenue")
    box = page.app.selectbox(key="screening-unit-1-1-revenue")
    assert box.options == ["照表里写的，没有写就按万元", "万元", "元", "千元", "百万元", "亿元"]
    assert box.index == 0
    settled(page.press("screening-again-1"))
    assert (said_of(page), answers_of(page)[0]["revenue"]["value"]) == ({"2024年营业收入（元）": None}, 1_200)
    bring(page, csv_file([["企业名称", "2024年营业收入（元）"], ["甲", 1_200]], "utf-8"))
    assert (said_of(page), answers_of(page)[0]["revenue"]["value"]) == ({"2024年营业收入（元）": None}, 0.12)
    unfold_columns(page)
    page.app.multiselect(key="screening-more-2").set_value([1])
    page.run()
    assert page.app.button(key="screening-again-2").disabled
    page.app.selectbox(key="screening-unit-2-1-revenue").set_value("万元")
    settled(page.run().press("screening-again-2"))
    assert (said_of(page), answers_of(page)[0]["revenue"]["value"]) == ({"2024年营业收入（元）": "万元"}, 1_200)


@pytest.mark.parametrize("header", ["营业收入（人民币元）", "营业收入（元）", "营业收入"])
def test_looking_at_the_unit_of_a_column_that_is_read_changes_nothing(page: Visit, header: str) -> None:
    bring(page, csv_file([["企业名称", header], ["甲", 70_000]], "utf-8"))
    unfold_columns(page)
    page.app.multiselect(key="screening-more-1").set_value([0, 1])
    page.run()
    assert page.app.selectbox(key="screening-unit-1-1-revenue").value == "as written"
    assert page.app.button(key="screening-again-1").disabled


def test_a_unit_that_was_said_before_is_shown_and_can_be_taken_back(page: Visit) -> None:
    bring(page, csv_file([["企业名称", "去年卖了多少"], ["甲", 70_000]], "utf-8"))
    unfold_columns(page)
    say_column(page, 1, "revenue")
    page.app.selectbox(key="screening-unit-1-1-revenue").set_value("元")
    settled(page.run().press("screening-again-1"))
    bring(page, csv_file([["企业名称", "去年 卖了多少"], ["甲", 70_000]], "utf-8"))
    unfold_columns(page)
    page.app.multiselect(key="screening-more-2").set_value([1])
    page.run()
    assert page.app.selectbox(key="screening-unit-2-1-revenue").value == "元"
    assert page.app.button(key="screening-again-2").disabled
    page.app.selectbox(key="screening-unit-2-1-revenue").set_value("as written")
    settled(page.run().press("screening-again-2"))
    assert answers_of(page)[0]["revenue"]["value"] == 70_000
    assert said_of(page)["去年 卖了多少"] is None


def targets_of(page: Visit) -> list[Any]:
    from eligibility.screening.headers import targets

    return list(targets(sitting_of(page).book))


def answers_of(page: Visit) -> list[dict[str, Any]]:
    found = sitting_of(page).found
    assert found is not None
    return [c.profile.as_data() for c in found.screening.clients]


def test_a_ledger_of_which_no_column_is_known_can_be_matched_by_hand(page: Visit) -> None:
    bring(page, csv_file([["甲列", "乙列"], ["某公司", 3]], "utf-8"))
    assert "认不出任何一列（第一行是“甲列”、“乙列”）。" in page.told()
    page.app.selectbox(key="screening-column-1-0").set_value(next(o for o in targets_of(page) if o.question == "company_name"))
    page.run()
    settled(page.press("screening-again-1"))
    found = sitting_of(page).found
    assert found is not None
    assert [c.name for c in found.screening.clients] == ["某公司"]


def test_another_ledger_takes_the_place_of_the_one_before(page: Visit) -> None:
    bring(page, csv_file(ROWS, "utf-8"))
    bring(page, csv_file([["企业名称"], ["独一家"]], "utf-8"), "二.csv")
    assert list(page.app.dataframe[0].value["client"]) == ["独一家"]
    assert not [name for name in HOSTILE if name in page.html() + page.told()]


def test_nobody_else_sees_a_ledger(page: Visit, visit: Open) -> None:
    bring(page, csv_file(ROWS, "utf-8"))
    other = at(visit())
    assert not [table for table in other.app.dataframe if len(table.value)]
    assert "上传一份企业台账" in other.html()


def test_a_visitor_who_is_no_advisor_sees_nothing(visit: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    other = visit()
    monkeypatch.setattr(ui.access.people, "is_marked", lambda headers: False)
    other = at(other)
    assert "这一页只在本机打开" in other.html()
    assert not other.app.file_uploader


def test_a_look_up_tells_who_gets_a_support_and_what_the_others_lack(page: Visit, rulebook: Rulebook) -> None:
    bring(page, csv_file(ROWS, "utf-8"))
    see(page, "反查")
    from eligibility.screening.screening import look_up

    found = sitting_of(page).found
    assert found is not None
    support = next(s for s in rulebook.supports if look_up(found.screening, s).one_short)
    page.app.selectbox(key="screening-lookup-1").set_value(support)
    page.run()
    page.app.session_state[f"screening-group-1-{support}"] = "差一项"
    page.run()
    (table,) = page.app.dataframe
    expected = look_up(found.screening, support).one_short
    assert list(table.value["企业"]) == [c.client.name for c in expected]
    assert all("：" in words for words in table.value["还差什么"])


def test_names_are_inert_wherever_they_stand(page: Visit) -> None:
    bring(page, csv_file(ROWS, "utf-8"))
    for name in ("缺口", "部门", "图"):
        html = see(page, name).html()
        assert "<script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in see(page, "部门").html()


def test_the_workbook_and_the_pdfs_are_made_in_the_background(page: Visit) -> None:
    bring(page, xlsx([[cell if cell is not None else "" for cell in row] for row in ROWS]), "台账.xlsx")
    for key in ("workbook", "reports-0", "table"):
        page.press(f"screening-make-{key}-1")
        job, path = sitting_of(page).files[key]
        until = time.monotonic() + 120
        while job.running:
            assert time.monotonic() < until
            time.sleep(0.1)
        assert job.done
        page.run()
        content = path.read_bytes()
        if key == "workbook":
            assert load_workbook(BytesIO(content)).sheetnames[0] == "总表"
        elif key == "table":
            assert content.startswith(b"\xef\xbb\xbf")
        else:
            with ZipFile(BytesIO(content)) as archive:
                assert sum(n.endswith(".pdf") for n in archive.namelist()) == 6
    assert {"下载工作簿", "下载 PDF 压缩包", "下载长表"} <= set(downloads(page))


def test_what_was_made_goes_with_its_ledger(page: Visit, data: Path) -> None:
    bring(page, csv_file(ROWS, "utf-8"))
    page.press("screening-make-table-1")
    (folder,) = (data.parent / "screening").iterdir()
    bring(page, csv_file([["企业名称"], ["独一家"]], "utf-8"))
    assert not folder.exists()


def test_cancelling_stops_the_work_and_clears_the_desk(page: Visit) -> None:
    rows = [["企业名称", "主体"], *([f"第{n}家", "企业"] for n in range(5_000))]
    page.app.file_uploader(key="screening-upload-0").upload("大.csv", csv_file(rows, "utf-8"), "text/csv")
    page.run()
    job = sitting_of(page).job
    assert job is not None
    assert job.running
    page.press("screening-cancel")
    until = time.monotonic() + 60
    while job.running:
        assert time.monotonic() < until
        time.sleep(0.02)
    assert not job.done
    assert "上传一份企业台账" in page.html()


def test_a_process_that_dies_is_told(page: Visit) -> None:
    rows = [["企业名称", "主体"], *([f"第{n}家", "企业"] for n in range(5_000))]
    page.app.file_uploader(key="screening-upload-0").upload("大.csv", csv_file(rows, "utf-8"), "text/csv")
    page.run()
    job = sitting_of(page).job
    assert job is not None
    job._process.kill()
    assert "判断的时候出了意外，没有做完。" in settled(page).told()


def test_clients_are_kept_once_with_their_answers(page: Visit, data: Path) -> None:
    from eligibility.clients.database import Database
    from eligibility.clients.desk import Desk
    from eligibility.clients.records import Advisor, Role, Via

    rows = [*ROWS, ["己公司", "企业", "大连", "无", 1], ["长" * 300, "企业", "大连", "无", 1]]
    bring(page, csv_file(rows, "utf-8"))
    page.app.session_state["screening-keep-1"] = True
    page.run()
    page.app.text_input(key="screening-tag-1").set_value("秋季")
    page.run().press("screening-store-1")
    assert "存了 6 家" in page.told()
    assert "1 家档案里已有同名的，没有动：己公司。" in page.told()
    assert "1 家没有存上：第 9 行没有企业名称。" in page.told()
    database = Database(f"sqlite:///{data.parent / 'clients.sqlite3'}")
    kept = {c.name: c for c in Desk(database, Advisor("本机", "local", Role.LEAD)).everyone()}
    assert set(SHOWN) | {"己公司"} <= set(kept)
    assert kept["己公司"].tags == ("秋季",)
    assert kept[SHOWN[0]].answers["city"] == {"value": "shenyang", "source": "ledger"}
    history = Desk(database, Advisor("本机", "local", Role.LEAD)).history(kept["己公司"].id)
    assert {h.via for h in history} == {Via.LEDGER}
    page.press("screening-store-1")
    assert "存了" not in page.told()
    database.close()


def test_a_client_that_has_a_code_and_no_name_is_not_kept(page: Visit, data: Path) -> None:
    bring(page, csv_file([["企业名称", "统一社会信用代码", "主体"], ["", "91210100MA0000000X", "企业"], ["有名公司", "", "企业"]], "utf-8"))
    page.app.session_state["screening-keep-1"] = True
    page.run().press("screening-store-1")
    assert "存了 1 家" in page.told()
    assert "1 家没有存上：第 2 行没有企业名称。" in page.told()


def test_work_ends_with_whoever_wanted_it(rulebook: Rulebook, tmp_path: Path) -> None:
    rows = [["企业名称", "主体"], *([f"第{n}家", "企业"] for n in range(5_000))]
    job = Job(screen_ledger, rulebook, csv_file(rows, "utf-8"), "大.csv", None, ColumnMaps(tmp_path), DAY)
    process = job._process
    assert process.poll() is None
    del job
    gc.collect()
    assert process.wait(timeout=60) != 0


def test_a_process_waits_for_the_ledger_before_it_is_there(visit: Open, rulebook: Rulebook, tmp_path: Path) -> None:
    at(visit())
    (waiting,) = job_module._ready
    assert waiting.poll() is None
    at(visit())
    assert job_module._ready == [waiting], "one for everybody"
    job = Job(screen_ledger, rulebook, csv_file([["企业名称", "主体"], ["甲", "企业"]], "utf-8"), "a.csv", None, ColumnMaps(tmp_path), DAY)
    assert job._process is waiting
    while job.running:
        time.sleep(0.01)
    assert job.done
    assert job_module._ready == []


def test_a_process_that_nobody_needs_ends_with_the_application() -> None:
    job_module.be_ready()
    waiting = job_module._ready.pop()
    assert waiting.stdin is not None
    waiting.stdin.close()
    assert waiting.wait(timeout=30) == 0


def test_where_the_process_that_waited_has_died_another_one_is_started(rulebook: Rulebook, tmp_path: Path) -> None:
    job_module.be_ready()
    job_module._ready[0].kill()
    job_module._ready[0].wait()
    job = Job(screen_ledger, rulebook, csv_file([["企业名称", "主体"], ["甲", "企业"]], "utf-8"), "a.csv", None, ColumnMaps(tmp_path), DAY)
    while job.running:
        time.sleep(0.01)
    assert job.done


def test_the_page_serves_any_rulebook(visit: Open) -> None:
    page = at(visit(using=load(HARBOUR)))
    bring(page, csv_file([["Name", "Trade", "Home quay", "Seats (seats)", "Badges"], ["Gull", "ferry", "West Quay", 40, "Green"]], "utf-8"))
    assert list(page.app.dataframe[0].value["client"]) == ["Gull"]
    for name in ("反查", "缺口", "部门", "图", "数据问题"):
        see(page, name)
    sitting_of(page).stop()


def test_the_stored_clients_are_screened_too_with_what_an_advisor_decided_otherwise(page: Visit, data: Path, rulebook: Rulebook) -> None:
    database = Database(f"sqlite:///{data.parent / 'clients.sqlite3'}")
    desk = Desk(database, Advisor("李强", "local"))
    desk.add("别处的企业", at=NOON, answers={"gone": 1})
    turned = desk.add("改判过的企业", at=NOON, answers={"entity": "company"})
    assessment = assess(rulebook, turned.profile(rulebook)[0], on=DAY)
    entry = next(e for e in assessment.supports if e.verdict is Verdict.OPEN)
    desk.override(turned.id, assessment, entry.support.id, Verdict.MATCHED, "窗口答复", at=NOON)
    database.close()
    page.press(f"screening-stored-{sitting_of(page).number}")
    settled(page)
    assert "<h2>客户档案里的企业</h2>" in page.html()
    assert "有 1 家有顾问改判，数字、筛选、反查、缺口和部门都按改判的算" in page.told()
    assert "有 1 处存着的回答现在的规则读不了" in page.told()
    found = sitting_of(page).found
    assert found is not None
    assert [c.name for c in found.screening.clients] == ["别处的企业", "改判过的企业"]
    assert page.app.selectbox(key=f"screening-order-{sitting_of(page).number}").options[0] == "按名称"
    (grid,) = page.app.dataframe
    assert [list(cell) for cell in grid.value[entry.support.id]] == [["○ 还差一项信息"], ["改判：● 现在就对应", "○ 还差一项信息"]]
    assert not [e for e in page.app.get("expander") if "存入客户档案" in e.label or "列对照" in e.label]
    looked_up = look_up(found.shown, entry.support.id)
    assert ([c.client.name for c in looked_up.matched], [c.client.name for c in looked_up.to_ask + looked_up.one_short + looked_up.further]) == (["改判过的企业"], ["别处的企业"])
    page.app.button_group(key=f"screening-结论-{sitting_of(page).number}").set_value([Verdict.MATCHED.value])
    page.run()
    (grid,) = page.app.dataframe
    matched = grid.value.set_index("client").loc["改判过的企业"]
    assert list(matched[entry.support.id]) == ["改判：● 现在就对应", "○ 还差一项信息"]
    assert matched[Verdict.MATCHED.value] == found.shown.counts(1)[Verdict.MATCHED]
    see(page, "反查")
    page.app.selectbox(key=f"screening-lookup-{sitting_of(page).number}").set_value(entry.support.id)
    page.run()
    (grid,) = page.app.dataframe
    assert grid.value.to_dict("records") == [{"企业": "改判过的企业", "改判": "李强：窗口答复"}]
    workbook = render_screening(found.screening, found.reading)
    assert [r[1:4] for r in load_workbook(BytesIO(workbook))["改判"].values][1:] == [(entry.support.title, "现在就对应", "还差一项信息")]


def test_without_stored_clients_that_is_said(page: Visit) -> None:
    page.press(f"screening-stored-{sitting_of(page).number}")
    assert "客户档案里还没有服务中的企业" in page.told()
