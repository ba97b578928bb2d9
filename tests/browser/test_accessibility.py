"""No page has a serious or critical barrier, as axe-core counts them: names, roles, contrast in both themes, keyboard access."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from eligibility.clients.database import Database
from eligibility.clients.desk import Desk
from eligibility.clients.records import Advisor, Role
from tests.browser.driving import Server, Visitor, settle

Arrive = Callable[..., Visitor]
COMPANY = {"entity": "company", "city": "shenyang", "ownership": "private", "industry": "software", "staff": 26, "revenue": 680, "assets": 420, "titles": ["tech_sme"], "rd_expense": 96}
ARTICLE = f"/library?article={quote('ln2024.五')}"


# Streamlit fades colours: 150 ms from the light ground of an open expander to the dark one, under a text that is light at once. What fades is not what is read. What turns for ever (a wheel) is not waited for.
MOVING = "document.getAnimations().some(one => one.playState === 'running' && one.effect.getComputedTiming().endTime !== Infinity)"


def barriers(visit: Visitor) -> list[str]:
    """What axe-core finds on the page once all is drawn and nothing moves on it, one line each."""
    settle(visit.page)
    for _ in range(100):
        if not visit.page.evaluate(MOVING):
            break
        visit.page.wait_for_timeout(50)
    found = Axe().run(visit.page).response["violations"]
    return [f"{v['id']}: {node['html'][:200]} ({node['failureSummary']})" for v in found if v["impact"] in ("serious", "critical") for node in v["nodes"]]


def settled(visit: Visitor, heading: str) -> Visitor:
    """Once the page is drawn."""
    visit.page.get_by_role("heading", name=heading).first.wait_for()
    settle(visit.page)
    return visit


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/result", "逐项看"),
        ("/check", "逐条对照"),
        ("/library", "政策库"),
        (ARTICLE, "这一条里有"),
        ("/changes", "规则变化"),
        ("/screening", "批量筛查"),
        ("/clients", "客户档案"),
    ],
)
def test_a_page_has_no_serious_barrier_in_either_theme(visitor: Arrive, path: str, heading: str) -> None:
    visit = settled(visitor(path, answers=COMPANY), heading)
    assert barriers(visit) == []
    visit.page.emulate_media(color_scheme="dark")
    expect(visit.page.locator(".stApp").first).not_to_have_css("background-color", "rgb(255, 255, 255)")
    assert barriers(visit) == []


def test_the_first_screen_and_a_question_have_no_serious_barrier(visitor: Arrive) -> None:
    visit = visitor("/")
    assert barriers(visit) == []
    assert visit.begin().asked
    assert barriers(visit) == []


def test_a_card_and_its_details_have_no_serious_barrier(visitor: Arrive) -> None:
    visit = settled(visitor("/result", answers=COMPANY), "逐项看")
    visit.page.locator("article.card").first.get_by_text("联系方式、原文和要准备的").click()
    assert barriers(visit) == []

LEDGER = "企业名称,主体,所在城市,行业,员工人数,资质\n甲公司,已登记的企业,沈阳市,软件和信息技术服务业,26,科技型中小企业\n乙公司,已登记的企业,大连市,制造业,x,高新技术企业\n"


def test_a_screening_has_no_serious_barrier(visitor: Arrive) -> None:
    visit = visitor("/screening")
    visit.page.locator("input[type=file]").first.set_input_files([{"name": "台账.csv", "mimeType": "text/csv", "buffer": LEDGER.encode()}])
    visit.page.get_by_role("radio", name="总表", exact=True).wait_for()  # another process screens it
    for view in ("总表", "反查", "部门", "图", "数据问题"):
        visit.page.get_by_role("radio", name=view, exact=True).click()
        visit.page.wait_for_timeout(300)
        assert barriers(visit) == [], view


def test_a_client_has_no_serious_barrier(visitor: Arrive, server: Server) -> None:
    database = Database(f"sqlite:///{server.data / 'clients.sqlite3'}")
    client = Desk(database, Advisor("李强", "local", Role.LEAD)).add("看得清的企业", at=datetime(2026, 11, 20, 4, tzinfo=UTC), answers=COMPANY)
    database.close()
    for part in ("result", "answers", "details"):
        visit = visitor(f"/clients?client={client.id}&part={part}")
        assert barriers(settled(visit, "看得清的企业")) == [], part
