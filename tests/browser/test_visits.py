"""The application as people use it: in a browser, on a phone, fast, twice, and after a reload."""

from __future__ import annotations

import io
import itertools
import json
import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
from playwright.sync_api import Browser, expect
from pypdf import PdfReader

from eligibility.profile import read_profile
from eligibility.rulebook.book import Rulebook
from tests.browser.driving import QUESTION, Server, Visitor, settle, until

Arrive = Callable[..., Visitor]

SOFTWARE_FIRM: dict[str, object] = {
    "city": "大连市",
    "entity": "已登记的企业",
    "ownership": "民营",
    "zone": "都不在",
    "needs": ["贷款与担保", "知识产权"],
    "industry": "软件和信息技术服务业",
    "staff": 35,
    "revenue": 1200,
    "assets": 900,
    "titles": ["科技型中小企业（有当年入库登记编号）"],
    "people": "都没有",
    "rd_expense": 180,
    "ip_class_1": 1,
    "ip_class_2": 6,
    "project_stage": "量产、销售",
    "operates": "都没有",
    "listings": "都不在",
}
STATE_OWNED_MANUFACTURER: dict[str, object] = {
    **SOFTWARE_FIRM,
    "city": "沈阳市",
    "ownership": "省属国有",
    "industry": "制造业",
    "staff": 900,
    "revenue": 60000,
    "assets": 90000,
    "titles": ["高新技术企业"],
    "rd_expense": 2400,
    "soe_key_task": "是",
}
STUDENT_TEAM: dict[str, object] = {"city": "沈阳市", "zone": "都不在", "ip_class_1": 0, "ip_class_2": 0, "project_stage": "样机", "operates": "都没有"}


def without(question: str) -> dict[str, object]:
    """The software firm's answers but one, which is therefore asked at once."""
    return {q: a for q, a in SOFTWARE_FIRM.items() if q != question}


def stored(server: Server, visit: Visitor) -> dict[str, object]:
    """What the server keeps for this visitor."""
    (cookie,) = [c for c in visit.page.context.cookies() if c["name"] == "draft"]
    found: dict[str, object] = json.loads((server.data / "drafts" / f"{cookie['value']}.json").read_text(encoding="utf-8"))
    return found


def all_cards(visit: Visitor) -> list[str]:
    seen = visit.cards()
    while (more := visit.page.get_by_role("button", name="再看")).count():
        more.first.click()
        expect(visit.page.locator("article.card")).not_to_have_count(len(seen))
        seen = visit.cards()
    return seen


def overhang(visit: Visitor) -> int:
    """How many pixels the page is wider than the screen."""
    found: int = visit.page.evaluate("() => { const main = document.querySelector('[data-testid=stMain]'); return main.scrollWidth - main.clientWidth }")
    return found


def test_a_software_firm_in_dalian_sees_its_supports_and_dalian_doors(visitor: Arrive, rulebook: Rulebook) -> None:
    """On a narrow phone, from the first question to the results: nothing hangs over the edge, travels in the address, or leaves this server."""
    visit = visitor(width=360, height=780)
    requested: set[str] = set()
    complaints: list[str] = []
    visit.page.on("request", lambda request: requested.add(request.url))
    visit.page.on("console", lambda message: complaints.append(message.text) if "Content Security Policy" in message.text else None)
    visit.page.reload()
    visit.begin()
    while (question := visit.asked) is not None:
        assert visit.page.url == f"{visit.url}/"
        assert overhang(visit) == 0
        visit.say(SOFTWARE_FIRM.get(question, "不清楚")).next()
    assert visit.page.url == f"{visit.url}/result"
    assert overhang(visit) == 0
    assert not [u for u in requested if not u.startswith((visit.url, visit.url.replace("http", "ws"), "data:", "blob:"))]
    assert not complaints
    expect(visit.page.get_by_role("heading", level=1)).to_contain_text(re.compile(r"直接支持 \d+ 项、对接服务 \d+ 项现在就对应；另有 \d+ 项可能间接受益"))
    expect(visit.page.locator("ol.steps")).to_contain_text("大连市科学技术局")
    cards = all_cards(visit)
    assert rulebook.supports["ln2024-05-innovation-voucher"].title in cards
    assert rulebook.supports["ln2024-07-soe-profit"].title not in cards


def test_a_provincial_manufacturer_in_shenyang_sees_what_is_for_state_firms(visitor: Arrive, rulebook: Rulebook) -> None:
    visit = visitor("/result", width=1280, answers=STATE_OWNED_MANUFACTURER)
    card = visit.page.locator("article.card", has_text=rulebook.supports["ln2024-07-soe-profit"].title)
    card.get_by_text("联系方式、原文和要准备的").click()
    expect(card.locator("blockquote").first).to_contain_text(rulebook.supports["ln2024-07-soe-profit"].sources[0].quote)
    expect(card).to_contain_text("先联系　辽宁省人民政府国有资产监督管理委员会")
    cards = all_cards(visit)
    assert rulebook.supports["ln2024-07-soe-key-task"].title in cards
    assert rulebook.supports["ln2024-05-innovation-voucher"].title not in cards
    assert overhang(visit) == 0


def test_a_student_team_comes_in_by_its_own_door_and_answers_little(visitor: Arrive, rulebook: Rulebook) -> None:
    visit = visitor()
    visit.page.get_by_role("button", name="大学生创业").first.click()
    visit.page.locator(QUESTION).wait_for()
    visit.walk(STUDENT_TEAM, until="people")
    expect(visit.page.get_by_role("checkbox", name="在校大学生")).to_be_checked()
    visit.next().walk(STUDENT_TEAM)
    cards = all_cards(visit)
    assert rulebook.supports["ln2024-01-student-contest"].title in cards
    assert rulebook.supports["ln2024-05-innovation-voucher"].title not in cards


def test_changing_an_earlier_answer_changes_the_result_and_nothing_else(visitor: Arrive, server: Server) -> None:
    visit = visitor(answers=SOFTWARE_FIRM)
    before = stored(server, visit)["answers"]
    visit.page.get_by_text("点一下就能改").click()
    visit.page.get_by_role("button", name="所在城市").click()
    visit.page.locator("[data-question=city]").wait_for()
    expect(visit.page.get_by_role("radio", name="大连市")).to_be_checked()
    visit.say("沈阳市").next()
    visit.page.get_by_role("heading", name="逐项看").wait_for()
    expect(visit.page.locator("ol.steps")).to_contain_text("沈阳市科学技术局")
    assert stored(server, visit)["answers"] == {**before, "city": "shenyang"}


def test_a_reload_finds_the_question_and_the_answers(visitor: Arrive, server: Server) -> None:
    visit = visitor(answers=without("staff")).say(35)
    visit.page.get_by_role("checkbox", name="这是大概的数").wait_for()
    visit.page.wait_for_timeout(300)
    visit.page.reload()
    assert visit.asked == "staff"
    expect(visit.page.get_by_test_id("stNumberInputField").first).to_have_value("35")
    visit.page.get_by_role("button", name="上一题").click()
    visit.page.locator("[data-question=listings]").wait_for()
    expect(visit.page.get_by_role("checkbox", name="都不在")).to_be_checked()
    assert len(stored(server, visit)["answers"]) == len(SOFTWARE_FIRM)


def test_two_visitors_do_not_see_each_other(visitor: Arrive) -> None:
    first = visitor(answers={"city": "大连市", "entity": "已登记的企业"})
    second = visitor()
    expect(second.page.get_by_role("button", name="从第一题开始")).to_be_visible()
    second.begin().walk(STATE_OWNED_MANUFACTURER, until="entity")
    first.page.reload()
    for visit, own, other in ((first, "大连市", "沈阳市"), (second, "沈阳市", "大连市")):
        visit.page.get_by_text("点一下就能改").click()
        expect(visit.page.get_by_role("button", name=f"所在城市：{own}")).to_be_visible()
        expect(visit.page.get_by_role("button", name=other)).to_have_count(0)


def test_fast_double_clicks_lose_and_skip_nothing(visitor: Arrive, server: Server, rulebook: Rulebook) -> None:
    visit = visitor().begin()
    asked = []
    while (question := visit.asked) is not None:
        asked.append(question)
        visit.say(SOFTWARE_FIRM.get(question, "不清楚"))
        visit.page.locator(f".st-key-next-{question} button").dblclick(delay=5)
        visit.page.wait_for_function("before => document.querySelector('section.question[data-question]')?.dataset.question !== before", arg=question)
    kept = stored(server, visit)
    assert kept["path"] == asked
    expected, _ = read_profile({q: SOFTWARE_FIRM.get(q, "不清楚") for q in asked}, rulebook.questions)
    assert read_profile(kept["answers"], rulebook.questions) == (expected, [])


def test_the_second_press_of_a_double_click_chooses_nothing_on_the_next_screen(visitor: Arrive) -> None:
    """As slow as people double-click: an answer to the next question stands under the pointer by then."""
    visit = visitor(width=1280, height=1400).begin().say("大连市")
    visit.page.wait_for_timeout(300)
    settle(visit.page)
    box = visit.page.locator(".st-key-next-city button").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    visit.page.add_style_tag(content=f".st-key-inputs-entity [role=radiogroup] {{ position: fixed; z-index: 9; left: {x - 20}px; top: {y - 20}px }}")
    visit.page.mouse.click(x, y)
    chosen = visit.page.locator(".st-key-inputs-entity").get_by_role("radio", checked=True)
    visit.page.locator(".st-key-inputs-entity").get_by_role("radio").first.wait_for(state="attached")
    visit.page.mouse.down(click_count=2)
    visit.page.mouse.up(click_count=2)
    visit.page.wait_for_timeout(600)
    expect(chosen).to_have_count(0)
    visit.page.mouse.click(x, y)  # later, it is one's choice
    expect(chosen).to_have_count(1)


def test_an_edit_survives_turning_the_page_at_once(visitor: Arrive, server: Server) -> None:
    visit = visitor().begin()
    for city in ("鞍山市", "大连市", "抚顺市", "沈阳市"):
        assert visit.asked == "city"
        visit.say(city)
        visit.menu("结果")
        visit.page.get_by_role("heading", level=1).filter(has_text="项现在就对应").or_(visit.page.get_by_role("heading", level=1).filter(has_text="还")).wait_for()
        visit.menu("自测")
        expect(visit.page.get_by_role("radio", name=city)).to_be_checked()
    assert stored(server, visit)["answers"] == {"city": "shenyang"}


def test_a_restart_of_the_server_loses_nothing(tmp_path: Path, browser: Browser) -> None:
    server = Server(tmp_path)
    context = browser.new_context(locale="zh-CN")
    try:
        visit = Visitor(context.new_page(), server.url).arrive().begin().walk(SOFTWARE_FIRM, until="ownership")
        server.stop()
        server.start()
        visit.page.get_by_text("连接断开").wait_for(state="hidden", timeout=20_000)
        visit.page.wait_for_function("() => !document.querySelector('[data-question] ~ * [disabled]')")
        visit.say("省属国有").next()
        assert stored(server, visit)["answers"] == {"city": "dalian", "entity": "company", "ownership": "provincial_soe"}
    finally:
        context.close()
        server.stop()


def test_the_report_and_the_workbook_carry_the_name_and_the_results(visitor: Arrive, server: Server, rulebook: Rulebook) -> None:
    visit = visitor("/result", width=1280, answers=SOFTWARE_FIRM)
    name = visit.page.get_by_role("textbox", name="企业或团队叫什么名字？")
    name.fill("大连某某软件有限公司")
    name.press("Enter")
    until(visit.page, lambda: "company_name" in str(stored(server, visit)["answers"]))
    visit.page.wait_for_timeout(300)
    settle(visit.page)
    with visit.page.expect_download() as report:
        visit.page.get_by_role("button", name="下载 PDF").click()
    assert re.fullmatch(r"大连某某软件有限公司-支持政策自测-\d{4}-\d\d-\d\d\.pdf", report.value.suggested_filename)
    text = "".join(page.extract_text() for page in PdfReader(report.value.path()).pages).replace("\n", "")
    assert "大连某某软件有限公司" in text
    assert rulebook.supports["ln2024-05-innovation-voucher"].title in text
    assert "大连市科学技术局" in text
    with visit.page.expect_download() as workbook:
        visit.page.get_by_role("button", name="下载工作簿").click()
    assert workbook.value.suggested_filename.endswith(".xlsx")
    cells = [str(c.value) for sheet in openpyxl.load_workbook(io.BytesIO(Path(workbook.value.path()).read_bytes())) for row in sheet.iter_rows() for c in row if c.value]
    assert any("大连某某软件有限公司" in c for c in cells)
    assert any(rulebook.supports["ln2024-05-innovation-voucher"].title in c for c in cells)


def test_answers_are_saved_to_a_file_cleared_and_loaded_again(visitor: Arrive, server: Server) -> None:
    visit = visitor(answers=SOFTWARE_FIRM)
    before = stored(server, visit)["answers"]
    visit.page.get_by_text("保存、载入答案，或换一家企业").click()
    with visit.page.expect_download() as saved:
        visit.page.get_by_role("button", name="保存答案到文件").click()
    visit.page.get_by_role("button", name="清空，换一家企业").click()
    visit.page.get_by_role("button", name="确定清空").click()
    visit.page.get_by_role("button", name="从第一题开始").wait_for()
    settle(visit.page)
    assert stored(server, visit)["answers"] == {}
    visit.page.get_by_text("保存、载入答案，或换一家企业").click()
    visit.page.locator("input[type=file]").set_input_files({"name": "答案.yaml", "mimeType": "application/yaml", "buffer": Path(saved.value.path()).read_bytes()})
    expect(visit.page.get_by_text(f"载入了 {len(before)} 个回答")).to_be_visible()
    assert stored(server, visit)["answers"] == before


def test_the_next_question_has_the_focus_and_the_page_is_chinese(visitor: Arrive) -> None:
    visit = visitor().begin()
    for _ in range(3):
        question = visit.asked
        assert visit.page.evaluate("() => document.activeElement.closest('[data-question]')?.dataset.question") == question
        assert visit.page.evaluate("() => document.activeElement.tagName") == "H1"
        visit.say(SOFTWARE_FIRM.get(str(question), "不清楚")).next()
    assert visit.page.locator("html").get_attribute("lang") == "zh-CN"
    assert "政策" in visit.page.title()
    visit = visitor("/result", answers=SOFTWARE_FIRM)
    visit.page.get_by_role("heading", name="逐项看").wait_for()
    visit.page.locator("article.card").first.wait_for()
    levels = [int(level) for level in visit.page.evaluate("() => [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => h.tagName[1])")]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


# What Streamlit says in English where our dictionary does not reach. File formats, addresses and names of icons are no words.
ENGLISH = """() => {
  const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  const english = (text) => /[A-Za-z]{3,}/.test(text.replace(/[\\w.-]+\\.(cn|yaml|txt)|YAML|YML|JSON|PDF/g, ""));
  while (walker.nextNode()) {
    const node = walker.currentNode, element = node.nodeType === 3 ? node.parentElement : node;
    if (element.closest("script, style, noscript, [data-testid=stIconMaterial], [data-testid=stCaptionContainer], [translate=no]:not(html)")) continue;
    if (node.nodeType === 3) { if (english(node.data)) found.push(node.data.trim()); }
    else for (const name of ["aria-label", "placeholder", "title", "alt"]) { const value = node.getAttribute(name); if (value && english(value)) found.push(`${name}: ${value}`); }
  }
  return found;
}"""


def test_no_built_in_english_is_left(visitor: Arrive) -> None:
    visit = visitor()

    def check(where: str) -> None:
        visit.page.wait_for_timeout(150)
        assert visit.page.evaluate(ENGLISH) == [], where

    check("first screen")
    visit.page.get_by_text("保存、载入答案，或换一家企业").click()
    visit.page.locator("input[type=file]").wait_for(state="attached")
    check("uploader")
    visit.page.locator("input[type=file]").set_input_files({"name": "a.yaml", "mimeType": "application/yaml", "buffer": b"x" * 2_000_000})
    visit.page.get_by_text("文件不能超过").wait_for()
    check("too large a file")
    visit = visitor(answers=without("zone"))
    box = visit.page.get_by_test_id("stMultiSelect").locator("input")
    box.click()
    check("list of options")
    box.fill("没有这个")
    check("no option")
    visit.page.keyboard.press("Escape")
    visit = visitor(answers=without("staff"))
    visit.page.get_by_test_id("stNumberInputField").first.fill("12")
    check("typing a figure")
    visit = visitor("/result", answers=SOFTWARE_FIRM)
    visit.page.get_by_text("筛选", exact=True).click()
    check("results")
    visit.arrive("/nowhere").page.get_by_text("没有这个页面").wait_for()
    check("unknown page")


def test_the_draft_cookie_is_for_this_server_alone(visitor: Arrive) -> None:
    visit = visitor()
    (cookie,) = [c for c in visit.page.context.cookies() if c["name"] == "draft"]
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["expires"]) == (True, "Lax", -1)
    visit.page.reload()
    assert [c for c in visit.page.context.cookies() if c["name"] == "draft"] == [cookie]
