"""The self-check, the papers and the plan, in a browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from icalendar import Calendar
from playwright.sync_api import Locator, Page, expect

from eligibility.clock import today
from tests.browser.driving import QUESTION, Server, Visitor, pick

Arrive = Callable[..., Visitor]

FIRM: dict[str, object] = {
    "city": "沈阳市", "entity": "已登记的企业", "ownership": "民营", "zone": [], "needs": [], "industry": "软件和信息技术服务业", "titles": [], "people": [],
    "project_stage": "量产、销售", "operates": [], "listings": [], "prohibited": "否", "incidents": [], "confirmations": [],
}  # fmt: skip
FIGURES = {"staff": 35, "revenue": 1200, "assets": 900, "rd_expense": 20, "ip_class_1": 0, "ip_class_2": 3, "tech_staff": 4, "costs": 1000}


def fill(page: Page, question: str, value: float) -> None:
    box = page.locator(f".st-key-figure-{question}").get_by_test_id("stNumberInputField").first
    box.fill(str(value))
    box.press("Tab")


def stand(page: Page) -> Locator:
    return page.locator(".check")


def answers(server: Server, visit: Visitor) -> dict[str, object]:
    """The answers that the server keeps for this visitor."""
    (cookie,) = [c for c in visit.page.context.cookies() if c["name"] == "draft"]
    found: dict[str, object] = json.loads((server.data / "drafts" / f"{cookie['value']}.json").read_text(encoding="utf-8"))["answers"]  # type: ignore[assignment]
    return found


def choose(page: Page, label: str, value: int) -> None:
    box = page.get_by_role("combobox", name=label)
    pick(page, box, str(value))
    expect(box).to_have_value(str(value))
    page.wait_for_timeout(300)  # a run that ends meanwhile would close the next list


@pytest.mark.parametrize("width", [1280, 360])
def test_figures_in_points_out_and_more_research_earns_more(visitor: Arrive, server: Server, width: int) -> None:
    visit = visitor("/check?status=tech_sme", width=width, answers=FIRM)
    page = visit.page
    for question, value in FIGURES.items():
        fill(page, question, value)
    expect(stand(page)).to_contain_text("22 分（要 60 分）")
    expect(page.get_by_text("再增 40 万元，达到 60 万元")).to_be_visible()
    fill(page, "rd_expense", 48)
    expect(stand(page)).to_contain_text("52 分（要 60 分）")
    expect(stand(page)).to_contain_text("目前不符合")
    assert page.evaluate("() => { const main = document.querySelector('[data-testid=stMain]'); return main.scrollWidth - main.clientWidth }") == 0
    assert page.url.endswith("/check?status=tech_sme")
    assert {q: answers(server, visit)[q] for q in FIGURES} == FIGURES | {"rd_expense": 48}
    visit.menu("自测")
    page.get_by_text("点一下就能改").click()
    page.get_by_role("button", name="研发费用：48 万元").click()
    page.locator("[data-question=rd_expense]").wait_for()
    expect(page.get_by_test_id("stNumberInputField").first).to_have_value("48")
    fill_here = page.get_by_test_id("stNumberInputField").first
    fill_here.fill("72")
    fill_here.press("Tab")
    visit.menu("自检")
    expect(stand(page)).to_contain_text("72 分（要 60 分）")
    expect(page.locator(".st-key-figure-rd_expense").get_by_test_id("stNumberInputField").first).to_have_value("72")


def test_a_figure_typed_last_survives_turning_the_page_and_a_reload(visitor: Arrive, server: Server) -> None:
    visit = visitor("/check?status=tech_sme", answers=FIRM)
    visit.page.locator(".st-key-figure-tech_staff").get_by_test_id("stNumberInputField").first.fill("9")
    visit.page.locator(".st-key-menu").get_by_role("link", name="结果").click(delay=80)  # as long as a finger stays down
    visit.page.get_by_role("heading", name="您的身份").wait_for()
    assert answers(server, visit)["tech_staff"] == 9
    visit.menu("自检")
    visit.page.locator(".st-key-figure-tech_staff").wait_for()
    visit.page.reload()
    expect(visit.page.locator(".st-key-figure-tech_staff").get_by_test_id("stNumberInputField").first).to_have_value("9")


def test_not_knowing_ones_titles_leads_to_the_self_check_and_back(visitor: Arrive) -> None:
    visit = visitor(answers={q: a for q, a in FIRM.items() if q != "titles"})
    page = visit.page
    page.get_by_text("点一下就能改").click()
    page.get_by_role("button", name="所在城市").click()
    page.locator("[data-question=city]").wait_for()
    visit.next().walk({**FIRM, **FIGURES}, until="titles")
    visit.say("不清楚")
    page.get_by_role("link", name="不确定？用自检算一算").click()
    page.wait_for_url("**/check?status=*")
    expect(stand(page)).to_contain_text("科技型中小企业")
    visit.menu("自测")
    page.locator(QUESTION).wait_for()
    assert visit.asked == "titles"
    expect(page.get_by_role("checkbox", name="不清楚")).to_be_checked()


def test_a_certificate_s_last_day_comes_into_the_plan_and_the_calendar(visitor: Arrive, server: Server) -> None:
    visit = visitor(answers=FIRM | FIGURES | {"titles": ["科技型中小企业（有当年入库登记编号）"]})
    page = visit.page
    page.get_by_text("点一下就能改").click()
    page.get_by_role("button", name="资质：").click()
    page.locator("[data-question=titles]").wait_for()
    page.get_by_text("证书编号和有效期（可不填）").click()
    number = page.get_by_role("textbox", name="科技型中小企业：编号")
    number.fill("202621010200000001")
    number.press("Tab")
    page.wait_for_timeout(500)
    year = today().year + 1
    for label, value in (("有效期至（年）", year), ("有效期至（月）", 12), ("有效期至（日）", 31)):
        choose(page, label, value)
    page.wait_for_timeout(400)
    visit.menu("结果")
    expect(page.locator(".renewals")).to_contain_text(f"{year} 年 12 月 31 日　科技型中小企业到期")
    assert answers(server, visit)["titles"] == {"chosen": ["tech_sme"], "certificates": {"tech_sme": {"number": "202621010200000001", "until": f"{year}-12-31"}}}
    with page.expect_download() as saved:
        page.get_by_role("button", name="存成日历文件").click()
    assert saved.value.suggested_filename.endswith(".ics")
    [event] = Calendar.from_ical(Path(saved.value.path()).read_bytes()).walk("VEVENT")
    assert (event["summary"], event["dtstart"].dt) == ("科技型中小企业到期", date(year, 12, 31))


def test_the_plan_leads_to_the_self_check(visitor: Arrive) -> None:
    visit = visitor("/result", answers=FIRM | FIGURES)
    visit.page.get_by_role("link", name="用自检算一算科技型中小企业").first.click()
    visit.page.wait_for_url("**/check?status=tech_sme")
    expect(stand(visit.page)).to_contain_text("22 分（要 60 分）")
