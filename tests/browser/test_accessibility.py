"""No page has a serious or critical barrier, as axe-core counts them: names, roles, contrast in both themes, keyboard access."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.driving import Visitor

Arrive = Callable[..., Visitor]
COMPANY = {"entity": "company", "city": "shenyang", "ownership": "private", "industry": "software", "staff": 26, "revenue": 680, "assets": 420, "titles": ["tech_sme"], "rd_expense": 96}
ARTICLE = f"/library?article={quote('ln2024.五')}"


def barriers(visit: Visitor) -> list[str]:
    """What axe-core finds on the page, one line each."""
    found = Axe().run(visit.page).response["violations"]
    return [f"{v['id']}: {node['html'][:200]}" for v in found if v["impact"] in ("serious", "critical") for node in v["nodes"]]


def settled(visit: Visitor, heading: str) -> Visitor:
    """Once the page is drawn."""
    visit.page.get_by_role("heading", name=heading).first.wait_for()
    visit.page.locator("[data-testid=stStatusWidget]").wait_for(state="detached")
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
    visit.page.wait_for_function("getComputedStyle(document.querySelector('.stApp')).backgroundColor !== 'rgb(255, 255, 255)'")
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
