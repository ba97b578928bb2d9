"""The library in a real browser: clicks keep the page, addresses can be passed on, what is downloaded is the rulebook."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from eligibility.library import Library
from eligibility.rulebook.book import Rulebook
from tests.browser.driving import Visitor

Arrive = Callable[..., Visitor]


@pytest.fixture(scope="module")
def library(rulebook: Rulebook) -> Library:
    return Library(rulebook)


def test_from_the_contents_to_a_passage_and_back(visitor: Arrive, library: Library) -> None:
    page = visitor("/library", width=1280, height=900).page
    page.locator("html[data-links=followed]").wait_for(state="attached")
    page.evaluate("window.same = true")
    reading = max(library.articles.values(), key=lambda a: len(a.supports))
    page.get_by_role("link", name=reading.article.heading).click()
    expect(page.locator("p.words")).to_have_text(reading.article.text)
    index, passage = next((i, p) for i, p in enumerate(reading.passages) if len(p.supports) > 1)
    page.locator(f".words a[href$='passage={index}']").click()
    expect(page.locator(".entries .card h4")).to_have_text([s.title for s in passage.supports])
    page.go_back()
    expect(page.locator(".entries .card h4")).to_have_count(len(reading.supports))
    assert page.evaluate("window.same"), "the page was loaded anew"


def test_an_address_can_be_passed_on(visitor: Arrive, library: Library) -> None:
    first = visitor("/library", width=1280, height=900).page
    first.get_by_role("link", name="第一条").click()
    first.locator(".entries .card h4 a").first.click()
    first.wait_for_url("**support=**")
    expect(first.locator(".entries .card h4")).to_have_count(1)
    title = first.locator(".entries .card h4").inner_text()
    second = visitor(first.url.removeprefix(first.url.split("/library")[0]), width=1280, height=900).page
    expect(second.locator(".entries .card h4")).to_have_text([title])


def test_on_a_phone_what_was_chosen_comes_into_sight_and_nothing_is_cut_off(visitor: Arrive, library: Library) -> None:
    reading = max(library.articles.values(), key=lambda a: len(a.article.text))
    page = visitor(f"/library?article={quote(reading.id)}").page
    index, passage = next((i, p) for i, p in enumerate(reading.passages) if p.supports)
    page.locator(f".words a[href$='passage={index}']").click()
    expect(page.get_by_role("heading", name=f"从这一句读出 {len(passage.supports)} 项支持")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.reload()
    expect(page.get_by_role("heading", name=f"从这一句读出 {len(passage.supports)} 项支持")).to_be_in_viewport()


def test_search_marks_what_it_found(visitor: Arrive) -> None:
    page = visitor("/library").page
    page.get_by_role("searchbox").fill("创新券")
    expect(page.locator(".found mark").first).to_have_text("创新券")


def test_the_rulebook_can_be_taken_away(visitor: Arrive, library: Library, tmp_path: Path) -> None:
    page = visitor("/library").page
    with page.expect_download() as downloading:
        page.get_by_role("button", name="下载 JSON").click()
    downloading.value.save_as(tmp_path / "rules.json")
    assert [s["id"] for s in json.loads((tmp_path / "rules.json").read_text(encoding="utf-8"))["supports"]] == list(library.book.supports)
    with page.expect_download() as downloading:
        page.get_by_role("button", name="下载 PDF").click()
    downloading.value.save_as(tmp_path / "rules.pdf")
    assert len(PdfReader(tmp_path / "rules.pdf").pages) > 20
    assert library.book.version in downloading.value.suggested_filename


def test_a_result_leads_to_the_article_behind_it(visitor: Arrive) -> None:
    page = visitor("/result", answers={"entity": "company", "city": "dalian", "industry": "software", "staff": 30, "revenue": 850, "titles": ["tech_sme"]}).page
    card = page.locator("article.card").first
    title = card.locator("h4").inner_text()
    card.locator("summary").click()
    card.locator("blockquote a").first.click()
    expect(page.locator(".entries .card h4")).to_have_text([title])
