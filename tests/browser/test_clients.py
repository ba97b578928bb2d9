"""客户档案 in a real browser: saved is saved, two tabs, what is handed out and what comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
import yaml
from openpyxl import load_workbook
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from eligibility.assessment import Verdict, assess
from eligibility.clients.database import Database
from eligibility.clients.desk import Desk
from eligibility.clients.records import Advisor, Client, Role
from eligibility.profile import read_profile
from eligibility.rulebook.book import Rulebook
from tests.browser.driving import Server, Visitor, pick, settle, until
from tests.report.companies import MANUFACTURER

Visit = Callable[..., Visitor]
AT = datetime(2026, 11, 20, 4, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script>'); DROP TABLE client;**粗**😀𠮷{{7*7}}"


@pytest.fixture
def desk(server: Server) -> Iterator[Desk]:
    """What is stored, beside the browser."""
    database = Database(f"sqlite:///{server.data / 'clients.sqlite3'}")
    yield Desk(database, Advisor("李强", "local", Role.LEAD))
    database.close()


def open_client(visit: Visit, client: Client, part: str, **words: int) -> Page:
    page = visit(f"/clients?client={client.id}&part={part}", **words).page
    page.locator("section.client h1").wait_for()
    return page


def unfold(page: Page, name: str) -> None:
    """Open a folded part, unless it stands open: it does where there are no clients yet."""
    folded = page.locator("details").filter(has=page.locator("summary").filter(has_text=name))
    folded.wait_for()
    if folded.get_attribute("open") is None:
        folded.locator("summary").click()


def section(page: Page, name: str) -> None:
    page.locator("[class*=-section] button").filter(has_text=name).click()
    expect(page.get_by_text("下面这些题答了")).to_have_count(0)  # the section before is gone: what is typed into it would go with it


def choose(page: Page, question: str, words: str) -> None:
    page.locator(f".st-key-inputs-{question} [data-testid=stRadioOption]").filter(has=page.get_by_text(words, exact=True)).click()


def figure(page: Page, question: str, value: int) -> None:
    box = number(page, question)
    box.fill(str(value))
    box.press("Tab")


def number(page: Page, question: str) -> Locator:
    """Where the figure stands: of two while a run redraws it, the newer one."""
    return page.locator(f".st-key-inputs-{question}").get_by_test_id("stNumberInputField").first


def saved(desk: Desk, client: Client, page: Page, **answers: object) -> None:
    """The answers are stored, if not at once then soon."""
    until(page, lambda: answers.items() <= desk.client(client.id).answers.items())


def test_a_client_is_added_once_answered_and_there_after_a_reload(visitor: Visit, desk: Desk) -> None:
    page = visitor("/clients", width=1280).page
    unfold(page, "加一家企业")
    page.get_by_label("企业名称").fill("加一次的企业")
    page.get_by_role("button", name="加进来").dblclick()
    page.get_by_role("heading", name="加一次的企业").wait_for()
    (listed,) = desk.clients(on=AT.date(), search="加一次的企业").clients
    client = desk.client(listed.id)
    page.get_by_role("radio", name="回答").click()
    section(page, "规模")
    figure(page, "staff", 45)
    saved(desk, client, page, staff=45)
    page.reload()
    section(page, "规模")
    expect(number(page, "staff")).to_have_value("45")
    page.get_by_role("radio", name="留存和对比").click()
    page.get_by_role("button", name="留存今天的结果").dblclick()
    page.get_by_role("heading", name="和以前比").wait_for()
    page.wait_for_timeout(500)
    assert len(desk.results(client.id)) == 1
    page.reload()
    expect(page.get_by_text("每一项的结论都和那时一样")).to_be_visible()
    with page.expect_download() as got:
        page.get_by_role("button", name="当时的 PDF").click()
    assert "加一次的企业" in "".join(p.extract_text() for p in PdfReader(Path(got.value.path())).pages)


def test_answers_given_faster_than_the_page_follows_are_all_saved(visitor: Visit, desk: Desk) -> None:
    client = desk.add("答得快的企业", at=AT)
    page = open_client(visitor, client, "answers", width=1280)
    section(page, "规模")
    for question, value in (("staff", 12), ("revenue", 340), ("assets", 560)):
        figure(page, question, value)
    page.get_by_role("link", name="政策库").click()
    page.get_by_role("heading", name="政策库").or_(page.locator("h1")).first.wait_for()
    saved(desk, client, page, staff=12, revenue=340, assets=560)


def test_of_two_tabs_the_second_is_told_and_chooses(visitor: Visit, desk: Desk) -> None:
    client = desk.add("两个窗口的企业", at=AT)
    first = open_client(visitor, client, "answers", width=1280)
    second = open_client(visitor, client, "answers", width=1280)
    for page in (first, second):
        section(page, "规模")
        page.locator(".st-key-inputs-staff").wait_for()
    figure(first, "staff", 10)
    saved(desk, client, first, staff=10)
    figure(first, "assets", 700)
    saved(desk, client, first, assets=700)
    figure(second, "staff", 20)
    second.get_by_role("heading", name="有人先保存了").wait_for()
    assert desk.client(client.id).answers == {"staff": 10, "assets": 700}
    row = second.locator(".conflict tr").filter(has_text="从业人员")
    assert row.locator("td").all_inner_texts() == ["（没有回答）", "10 人", "20 人"]
    second.get_by_role("button", name="保留我的修改").dblclick()
    expect(second.locator(".conflict")).to_have_count(0)
    saved(desk, client, second, staff=20, assets=700)
    assert desk.client(client.id).version == 4
    figure(first, "staff", 30)
    first.get_by_role("heading", name="有人先保存了").wait_for()
    first.get_by_role("button", name="用对方的").click()
    expect(number(first, "staff")).to_have_value("20")
    assert desk.client(client.id).answers["staff"] == 20


def test_the_next_client_never_sees_the_answers_of_the_one_before(visitor: Visit, desk: Desk) -> None:
    one, other = desk.add("前一家企业", at=AT, answers={"staff": 77}), desk.add("后一家企业", at=AT)
    page = open_client(visitor, one, "answers", width=1280)
    section(page, "规模")
    figure(page, "staff", 78)
    saved(desk, one, page, staff=78)
    page.get_by_role("link", name="全部企业").click()
    page.get_by_label("查找").fill("后一家")
    page.get_by_label("查找").press("Enter")
    page.get_by_role("link", name="后一家企业").click()
    page.get_by_role("heading", name="后一家企业").wait_for()
    page.get_by_role("radio", name="回答").click()
    section(page, "规模")
    expect(number(page, "staff")).to_have_value("")
    page.get_by_role("link", name="自测", exact=True).click()
    expect(page.get_by_role("button", name="从第一题开始")).to_be_visible()
    assert desk.client(other.id).answers == {}


def test_an_override_made_here_stands_in_the_pdf_and_in_the_workbook(visitor: Visit, desk: Desk, rulebook: Rulebook) -> None:
    client = desk.add("改判的企业", at=AT, answers=MANUFACTURER)
    entry = next(e for e in assess(rulebook, read_profile(MANUFACTURER, rulebook.questions)[0], on=AT.date()).supports if e.verdict is Verdict.EXCLUDED)
    page = open_client(visitor, client, "result", width=1280)
    page.get_by_text("改判一项").click()
    pick(page, page.get_by_role("combobox", name="哪一项支持"), entry.support.title, exact=False)
    page.locator("[data-testid=stRadioOption]").filter(has=page.get_by_text("现在就对应", exact=True)).click()
    page.get_by_label("理由").fill("窗口当面答复可以办")
    page.get_by_role("button", name="改判", exact=True).dblclick()
    page.get_by_text("理由：窗口当面答复可以办").first.wait_for()
    (made,) = desk.overrides(client.id)
    assert (made.support, made.verdict, made.instead_of) == (entry.support.id, Verdict.MATCHED, Verdict.EXCLUDED)
    with page.expect_download() as got:
        page.get_by_role("button", name="下载 PDF").click()
    text = "".join("".join(p.extract_text() for p in PdfReader(Path(got.value.path())).pages).split())
    assert "本机于" in text
    assert "改判为“现在就对应”（程序判为“不对应”）。理由：窗口当面答复可以办。" in text
    with page.expect_download() as got:
        page.get_by_role("button", name="下载工作簿").click()
    head, *rows = load_workbook(BytesIO(Path(got.value.path()).read_bytes()))["结果"].values
    (row,) = [r for r in rows if r[-1] == entry.support.id]
    assert (head[1], row[0], row[1]) == ("程序的判断", "● 现在就对应", "× 不对应")
    page.get_by_role("button", name="撤回改判").click()
    expect(page.get_by_text("窗口当面答复可以办")).to_have_count(0)


def test_a_file_goes_out_to_the_client_and_its_answers_come_back_after_review(visitor: Visit, desk: Desk, rulebook: Rulebook) -> None:
    client = desk.add("要补充的企业", at=AT, answers={"entity": "company", "staff": 12})
    page = open_client(visitor, client, "exchange", width=1280)
    with page.expect_download() as got:
        page.get_by_role("button", name="下载要填的文件").click()
    asked = Path(got.value.path()).read_text(encoding="utf-8")
    assert "要补充的企业" not in asked
    data = yaml.safe_load(asked)
    assert "staff" not in data
    filled = asked.replace("\ncity:", "\ncity: 沈阳市").replace("\nrevenue:", "\nrevenue: 900")
    page.locator("input[type=file]").set_input_files({"name": "填好.yaml", "mimeType": "application/yaml", "buffer": filled.encode()})
    page.get_by_text("处和存着的不一样").wait_for()
    page.locator("label").filter(has_text="营业收入").click()
    page.get_by_role("button", name="收下勾上的").click()
    page.get_by_text("收下了 1 处").wait_for()
    assert desk.client(client.id).answers == {"entity": "company", "staff": 12, "city": "shenyang"}
    page.get_by_role("radio", name="历史").click()
    expect(page.get_by_text("企业发回的文件")).to_be_visible()


def test_a_hostile_name_stays_a_name(visitor: Visit, desk: Desk) -> None:
    client = desk.add(HOSTILE, at=AT, notes=HOSTILE, tags=(HOSTILE[:40],))
    visit = visitor("/clients", width=1280)
    page, dialogs = visit.page, []
    page.on("dialog", lambda d: (dialogs.append(d.message), d.dismiss()))
    expect(page.get_by_role("link", name=HOSTILE)).to_be_visible()
    page.get_by_role("link", name=HOSTILE).click()
    for part in ("结果", "回答", "资料", "留存和对比", "请企业补充", "历史"):
        page.get_by_role("radio", name=part, exact=True).click()
        page.wait_for_timeout(300)
        assert page.locator("section.client h1").inner_text() == HOSTILE
    assert dialogs == []
    desk.delete(client.id)


def test_a_client_is_gone_for_good_after_its_name_was_typed(visitor: Visit, desk: Desk) -> None:
    client = desk.add("要删的企业", at=AT, notes="机密备注")
    page = open_client(visitor, client, "details", width=1280)
    page.get_by_text("彻底删除这家企业的档案").click()
    page.get_by_label("请照样打一遍").fill("要删的")
    page.get_by_role("button", name="彻底删除", exact=True).click()
    page.get_by_text("打的和企业名称不一样").wait_for()
    page.get_by_label("请照样打一遍").fill("要删的企业")
    page.get_by_role("button", name="彻底删除", exact=True).click()
    page.get_by_text("已彻底删除").wait_for()
    assert desk.clients(on=AT.date(), search="要删的企业").total == 0
    page.goto(page.url.partition("?")[0] + f"?client={client.id}")
    page.get_by_text("找不到这家企业的档案").wait_for()


def test_after_a_restart_an_old_page_gives_way_at_its_first_use_to_what_was_saved_meanwhile(visitor: Visit, desk: Desk, server: Server) -> None:
    client = desk.add("重启时的企业", at=AT, answers={"staff": 1, "assets": 2})
    page = open_client(visitor, client, "answers", width=1280)
    section(page, "规模")
    figure(page, "staff", 3)
    saved(desk, client, page, staff=3)
    settle(page)  # Streamlit runs a page again after a restart only if its last run had not ended
    server.stop()
    newer = desk.save(replace(desk.client(client.id), answers={"staff": 99, "assets": 98}), at=AT)
    server.start()
    figure(page, "assets", 55)  # once the browser is connected again
    expect(number(page, "assets")).to_have_value("98")
    expect(number(page, "staff")).to_have_value("99")
    settle(page)
    assert desk.client(client.id) == newer
    figure(page, "assets", 56)
    saved(desk, client, page, staff=99, assets=56)


def test_nothing_is_left_in_english(visitor: Visit, desk: Desk) -> None:
    client = desk.add("看文字的企业", at=AT, tags=("标签",))
    page = visitor("/clients").page
    for name in ("加一家企业", "证照到期和日历", "导出、导入、备份"):
        unfold(page, name)
    page.get_by_role("button", name="导出全部档案").wait_for()
    allowed = ("YAML", "YML", "JSON", "ZIP", "MB", "PDF", "PostgreSQL", "python", "pg_dump", "zip", "search", "upload")  # the last two name icons
    for text in [page.locator("[data-testid=stMain]").inner_text(), *(_part(page, client, part) for part in ("result", "answers", "details", "kept", "exchange", "history"))]:
        words = {w for line in text.splitlines() for w in line.split() if w.isascii() and w.isalpha() and len(w) > 3}
        assert words <= {*allowed, "eligibility", "clients", "backup", "import"}, words


def test_how_a_longer_text_is_confirmed_is_said_in_chinese(visitor: Visit, desk: Desk) -> None:
    page = open_client(visitor, desk.add("写备注的企业", at=AT), "details", width=1280)
    page.get_by_label("备注").press_sequentially("窗口说")
    expect(page.get_by_text("按 Ctrl+回车键确认")).to_be_visible()


def _part(page: Page, client: Client, part: str) -> str:
    page.goto(page.url.partition("?")[0] + f"?client={client.id}&part={part}")
    page.locator("section.client h1").wait_for()
    page.wait_for_timeout(800)
    return page.locator("[data-testid=stMain]").inner_text()
