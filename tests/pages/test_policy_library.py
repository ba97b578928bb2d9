"""政策库: every article beside what was made of it, and every place has an address."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape
from pathlib import Path

import pytest

from eligibility.library import Library
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import DEFAULT_RULES, load
from eligibility.scenarios import read_scenarios
from eligibility.search import Wanted, find
from tests.conftest import DAY
from tests.harbour import HARBOUR, edited
from tests.pages.conftest import Visit
from ui.library.entries import support
from ui.library.place import place, to_article, to_support
from ui.library.shelf import library as shelf

Open = Callable[..., Visit]


@pytest.fixture(scope="module")
def library(rulebook: Rulebook) -> Library:
    return Library(rulebook, [s for s, _ in read_scenarios(DEFAULT_RULES)])


def at(page: Visit, **address: str) -> Visit:
    """Come by an address."""
    page.app.switch_page("../pages/policy_library.py")
    page.app.query_params.clear()
    for name, value in address.items():
        page.app.query_params[name] = value
    return page.run()


def words(html: str) -> str:
    """The article's own words as the page shows them."""
    (found,) = re.findall(r'<p class="words">(.*?)</p>', html, re.DOTALL)
    return unescape(re.sub(r"<[^>]+>", "", found))


def test_the_contents_list_every_article_with_its_supports(visit: Open, library: Library) -> None:
    html = at(visit()).html()
    for reading in library.articles.values():
        assert f'href="{escape(to_article(reading))}"' in html
    figures = library.figures
    for text in (f"{figures.sentences} 句原文", f"{figures.supports} 项支持", f"{figures.scenarios} 个例子", f"{figures.questions} 道题"):
        assert text in html


def test_the_contents_say_how_fresh_everything_is(visit: Open, library: Library) -> None:
    html = at(visit()).html()
    for fresh in library.freshness:
        for day in (fresh.reviewed, fresh.due):
            assert f"{day.year} 年 {day.month} 月 {day.day} 日" in html
    assert "已过期" not in html


def test_every_article_is_shown_to_the_character(visit: Open, library: Library) -> None:
    page = visit()
    for reading in library.articles.values():
        html = at(page, article=reading.id).html()
        assert words(html) == reading.article.text
        assert escape(reading.article.responsible or "") in html
        for entry in reading.supports:
            assert f'href="{to_support(entry.id)}"' in html


def test_a_passage_leads_to_what_it_accounts_for_and_to_nothing_else(visit: Open, library: Library) -> None:
    page = visit()
    reading = max(library.articles.values(), key=lambda a: len(a.passages))
    for index, passage in enumerate(reading.passages):
        if not passage.supports and not passage.dismissed:
            continue
        html = at(page, article=reading.id, passage=str(index)).html()
        beside = html.split('<div class="entries">')[1]
        shown = re.findall(r'<h4><a href="\?support=([^"]+)"', beside)
        assert shown == [s.id for s in passage.supports]
        assert all(escape(d.why) in beside for d in passage.dismissed)
        assert html.count('aria-current="true"') == 1


def test_a_supports_address_shows_it_with_its_passages_marked(visit: Open, library: Library) -> None:
    reading = next(r for r in library.supports.values() if r.see_also and r.examples and r.asks)
    html = at(visit(), support=reading.support.id).html()
    assert html.count("<details open>") == 1
    home = library.homes(reading.support)[0]
    assert html.count('aria-current="true"') == sum(reading.support in p.supports for p in home.passages)


def test_a_card_says_everything(library: Library) -> None:
    for reading in library.supports.values():
        text = unescape(re.sub(r"<[^>]+>", "", support(reading, library, DAY)))
        entry = reading.support
        said = [entry.title, entry.gives, *reading.criteria, *(q.short for q in reading.questions), *reading.asks, *entry.not_stated, *(s.quote for s in entry.sources)]
        said += [e.scenario.text for e in reading.examples] + [o.title for o in reading.see_also] + [d.name for d in reading.doors if d.role == "first"]
        assert not [s for s in said if s not in text], entry.id


def test_a_card_is_cautious_where_the_document_is(library: Library) -> None:
    cautioned = [r for r in library.supports.values() if r.caution.fresh]
    assert 0 < len(cautioned) < len(library.supports)
    for reading in cautioned:
        assert escape(reading.caution.fresh or "") in support(reading, library, DAY)


@pytest.mark.parametrize("address", [{"article": "nowhere"}, {"support": "nothing"}, {"article": "", "passage": "1"}, {"passage": "-1"}])
def test_a_wrong_address_leads_to_the_contents(visit: Open, library: Library, address: dict[str, str]) -> None:
    assert place(library, address).article is None
    assert "句原文" in at(visit(), **address).html()


@pytest.mark.parametrize("passage", ["99999", "-1", "x", "²", ""])
def test_a_wrong_passage_leads_to_its_article(library: Library, passage: str) -> None:
    reading = next(iter(library.articles.values()))
    found = place(library, {"article": reading.id, "passage": passage})
    assert (found.article, found.passage) == (reading, None)


def test_a_search_finds_supports_and_articles_and_marks_the_words(visit: Open, library: Library) -> None:
    page = at(visit())
    page.app.text_input(key="library-words").set_value("知识产权 贷款")
    html = page.run().html()
    found = find(library, Wanted(words="知识产权 贷款"))
    assert found.supports
    assert f"{len(found.supports)} 项支持" in html
    assert "<mark>知识产权</mark>" in html
    assert all(to_support(s.support.id) in html for s in found.supports[:30])
    assert all(escape(to_article(m.reading)) in html for m in found.mentions)


def test_a_search_from_an_article_leaves_it(visit: Open, library: Library) -> None:
    page = at(visit(), article=next(iter(library.articles)))
    page.app.text_input(key="library-words").set_value("没有一处会写的话")
    page.run()
    assert "没有找到" in page.told()
    assert '<p class="words">' not in page.html()


def test_a_filter_counts_while_it_is_folded_and_on_other_pages(visit: Open, library: Library) -> None:
    page = at(visit())
    page.app.session_state["library-filters"] = True
    page.run()
    page.app.get("button_group")[0].set_value(["person"])
    page.run()
    found = find(library, Wanted(beneficiaries=frozenset({"person"})))  # type: ignore[arg-type]
    assert f"{len(found.supports)} 项支持" in page.html()
    page.app.session_state["library-filters"] = False
    assert f"{len(found.supports)} 项支持" in page.run().html()
    page.results()
    assert f"{len(found.supports)} 项支持" in at(page).html()


def test_more_of_a_long_list_comes_on_demand(visit: Open, library: Library) -> None:
    page = at(visit())
    page.app.text_input(key="library-words").set_value("企业")
    page.run()
    found = find(library, Wanted(words="企业")).supports
    while more := [b for b in page.app.button if b.label.startswith("再看")]:
        page.press(more[0].key)
    assert all(to_support(s.support.id) in page.html() for s in found)


def test_another_rulebook_needs_no_other_page(visit: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELIGIBILITY_RULES", str(HARBOUR))
    page = visit(using=load(HARBOUR))
    assert "11 句原文" in at(page).html()
    assert "carries the Green Badge" in at(page, support="electric-engine").html()


def test_scenarios_that_cannot_be_read_do_not_close_the_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    rules = edited(tmp_path / "rules", {"scenarios/boats.yaml": ("scenarios:", "scenario:")})
    monkeypatch.setenv("ELIGIBILITY_RULES", str(rules))
    assert shelf(load(rules)).figures.scenarios == 0
    assert "boats.yaml" in caplog.text


def test_text_from_the_rulebook_stays_text(library: Library) -> None:
    reading = next(iter(library.supports.values()))
    hostile = type(reading)(**{f: getattr(reading, f) for f in reading.__slots__} | {"support": reading.support.model_copy(update={"title": "<script>alert(1)</script>", "gives": "<img src=x>"})})
    shown = support(hostile, library, DAY, ["alert"])
    assert "<script>" not in shown
    assert "<img" not in shown
    assert "<mark>alert</mark>" in shown
