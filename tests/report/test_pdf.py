"""The PDF as its readers get it: its words, its fonts, its tags, its pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from eligibility.advice import to_ask
from eligibility.assessment import Verdict
from eligibility.grounds import grounds
from eligibility.report.labels import OUTCOMES, VERDICTS
from eligibility.report.pdf import REPLACEMENT, printable, render_pdf, unprintable
from eligibility.report.wording import DISCLAIMER, NO_NAME, headline, of
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import load
from eligibility.rulebook.models import Strength
from tests.conformance import faults
from tests.conftest import DAY
from tests.report.companies import ALL, CHAMPION, ELSEWHERE, MANUFACTURER, NOBODY, STATE_OWNED, assessed

HARBOUR = Path(__file__).parents[1] / "rulebooks" / "harbour"

Rendered = Callable[[str], bytes]


@pytest.fixture(scope="module")
def rendered(rulebook: Rulebook) -> Rendered:
    """The PDF of one of the companies, made once."""
    return cache(lambda name: render_pdf(assessed(rulebook, ALL[name])))


@cache
def pages(pdf: bytes) -> list[str]:
    """The words of each page without white space: Chinese lines break anywhere."""
    return [bare(p.extract_text()) for p in PdfReader(BytesIO(pdf)).pages]


def text(pdf: bytes) -> str:
    """The words of all pages."""
    return "".join(pages(pdf))


def bare(words: str) -> str:
    return "".join(words.split())


@pytest.mark.parametrize("name", ["manufacturer", "champion", "state-owned"])
def test_every_direct_match_is_there_with_the_documents_own_words(rulebook: Rulebook, rendered: Rendered, name: str) -> None:
    found = text(rendered(name))
    direct = of(assessed(rulebook, ALL[name]), Verdict.MATCHED, Strength.DIRECT)
    assert direct
    for entry in direct:
        assert bare(entry.support.title) in found
        for source in entry.support.sources:
            assert bare(source.quote) in found, entry.support.id
            assert bare(rulebook.policies[source.policy].cite(source.article)) in found


def test_a_direct_match_says_what_it_gives_why_whom_to_contact_and_what_to_ask(rulebook: Rulebook, rendered: Rendered) -> None:
    found = text(rendered("state-owned")).split("现在就对应：直接支持")[1]
    assessment = assessed(rulebook, STATE_OWNED)
    for entry in of(assessment, Verdict.MATCHED, Strength.DIRECT):
        door = entry.first_door
        assert door
        for words in (entry.support.gives, door.ask_at, door.name, *(c.value for c in door.contacts), door.checked.isoformat(), to_ask(entry), "文件没有写" + "、".join(entry.support.not_stated)):
            assert bare(words) in found
        for reason, ground in zip(entry.reasons, grounds(entry, assessment), strict=True):
            assert bare(ground) in found
            assert all(bare(f"{g.short}：{g.text}") in found for g in reason.given)


def test_every_matched_service_is_a_row_and_a_quotation_stands_in_the_annex(rulebook: Rulebook, rendered: Rendered) -> None:
    found = text(rendered("team"))
    services = of(assessed(rulebook, ALL["team"]), Verdict.MATCHED, Strength.SERVICE)
    assert services
    for entry in services:
        assert bare(entry.support.title) in found
        assert all(bare(s.quote) in found for s in entry.support.sources)


def test_the_first_page_says_whose_on_what_and_how_many(rulebook: Rulebook, rendered: Rendered) -> None:
    first = pages(rendered("manufacturer"))[0]
    counts = assessed(rulebook, MANUFACTURER).counts
    assert MANUFACTURER["company_name"] in first
    assert "2026年11月22日" in first
    assert "辽政发〔2018〕9号" in first
    assert all(p.title in first for p in rulebook.policies.values())
    assert bare(headline(assessed(rulebook, MANUFACTURER))) in first
    assert all(f"{label.symbol}{label.name}{counts[verdict]}项" in first for verdict, label in VERDICTS.items())
    assert "先做这几件事" in first


def test_what_rests_on_the_old_document_alone_carries_its_caution(rulebook: Rulebook, rendered: Rendered) -> None:
    found = text(rendered("manufacturer"))
    cautioned = {e.caution for e in assessed(rulebook, MANUFACTURER).supports if e.caution and e.verdict is Verdict.MATCHED}
    assert cautioned
    assert all(f"※{bare(c)}" in found for c in cautioned)
    assert "2018年第十三项※" in found
    assert "2024年第五条※" not in found


def test_answers_are_marked_as_unverified_and_estimates_as_such(rendered: Rendered) -> None:
    found = text(rendered("manufacturer"))
    assert "没有核验" in found
    assert "大概8,000万元" in found


@pytest.mark.parametrize("name", ALL)
def test_every_page_says_that_it_is_no_decision_and_which_page_it_is(rulebook: Rulebook, rendered: Rendered, name: str) -> None:
    """The total agrees with the pages, so the layout has settled."""
    total = len(pages(rendered(name)))
    for number, found in enumerate(pages(rendered(name)), start=1):
        assert DISCLAIMER in found
        assert f"规则库{rulebook.version}" in found
        assert f"第{number}页，共{total}页" in found


@pytest.mark.parametrize("unanswered", ["needs", "titles", "staff", "people", "city", "project_stage"])
def test_the_layout_settles_however_full_the_pages_are(rulebook: Rulebook, unanswered: str) -> None:
    answers = {question: answer for question, answer in STATE_OWNED.items() if question != unanswered}
    sheets = PdfReader(BytesIO(render_pdf(assessed(rulebook, answers)))).pages
    assert f"第{len(sheets)}页，共{len(sheets)}页" in bare(sheets[-1].extract_text())


def test_a_typical_company_gets_two_to_four_pages(rendered: Rendered) -> None:
    assert 2 <= len(pages(rendered("manufacturer"))) <= 4


@pytest.mark.parametrize("name", ["nobody", "elsewhere"])
def test_with_nothing_to_show_there_is_still_a_page(rendered: Rendered, name: str) -> None:
    assert len(pages(rendered(name))) <= 2


def test_without_answers_it_says_what_to_find_out(rulebook: Rulebook, rendered: Rendered) -> None:
    found = text(rendered("nobody"))
    assert NO_NAME in found
    assert "还没有回答任何题" in found
    assert all(bare(q.text) in found for q in rulebook.questions.values() if q.id in ("entity", "city", "titles"))


def test_a_notice_is_printed(rulebook: Rulebook, rendered: Rendered) -> None:
    notices = assessed(rulebook, ELSEWHERE).notices
    assert notices
    assert all(bare(n.text) in text(rendered("elsewhere")) for n in notices)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("profile", ["ua1", "2a"])
def test_it_is_accessible_and_fit_for_an_archive(rendered: Rendered, name: str, profile: str) -> None:
    assert faults(rendered(name), profile) == []


def test_it_is_tagged_titled_and_in_chinese(rulebook: Rulebook, rendered: Rendered) -> None:
    reader = PdfReader(BytesIO(rendered("manufacturer")))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert root["/Lang"].startswith("zh")
    assert reader.metadata
    assert reader.metadata.title == f"{MANUFACTURER['company_name']}：{rulebook.cover.title}自测结果"
    assert reader.metadata.creation_date == reader.metadata.modification_date == datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC)
    assert [item.title for item in reader.outline if not isinstance(item, list)] == [MANUFACTURER["company_name"]]


def test_all_fonts_are_embedded_and_ours(rendered: Rendered) -> None:
    fonts: dict[str, DictionaryObject] = {}
    for sheet in PdfReader(BytesIO(rendered("champion"))).pages:
        for font in sheet["/Resources"]["/Font"].values():
            descendant = font.get_object()["/DescendantFonts"][0].get_object()
            fonts[descendant["/BaseFont"]] = descendant["/FontDescriptor"].get_object()
    assert {re.sub(r"^/[A-Z]{6}\+", "", name) for name in fonts} == {"NotoSansSC-Regular", "NotoSansSC-Bold"}
    assert all("/FontFile2" in descriptor for descriptor in fonts.values())


def test_the_same_assessment_gives_the_same_bytes_in_any_thread(rulebook: Rulebook, rendered: Rendered) -> None:
    names = ["manufacturer", "team", "nobody", "elsewhere"] * 2
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda name: render_pdf(assessed(rulebook, ALL[name])), names))
    assert made == [rendered(name) for name in names]


@pytest.mark.parametrize("name", ['#panic("x")', "*粗* _斜_ $x^2$", "<script>alert(1)</script>", "= 标题 <label> @引用", "\\u{41} `代码` // 注释", "甲" * 80])
def test_a_name_prints_literally(rulebook: Rulebook, name: str) -> None:
    assert bare(name) in text(render_pdf(assessed(rulebook, NOBODY), title=name))


def test_the_given_title_wins_over_the_recorded_name(rulebook: Rulebook) -> None:
    found = text(render_pdf(assessed(rulebook, ELSEWHERE), title="另起的名字"))
    assert "另起的名字" in found.split("依据文件")[0]
    assert ELSEWHERE["company_name"] not in found.split("依据文件")[0]


def test_characters_that_no_font_has_are_replaced_and_told(rulebook: Rulebook) -> None:
    found = text(render_pdf(assessed(rulebook, NOBODY), title="𠮷野家😀"))
    assert f"{REPLACEMENT}野家{REPLACEMENT}" in found
    assert "名称中有2个字无法显示" in found
    assert "无法显示" not in text(render_pdf(assessed(rulebook, NOBODY), title="吉野家"))


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(min_size=1, max_size=20))
def test_no_name_stops_the_report(rulebook: Rulebook, name: str) -> None:
    assert render_pdf(assessed(rulebook, ELSEWHERE), title=name).startswith(b"%PDF")


def test_the_fonts_have_every_character_of_the_rules_and_of_the_labels(rulebook: Rulebook) -> None:
    rules = [p.read_text(encoding="utf-8").replace("\n", "") for p in (Path(__file__).parents[2] / "rules").rglob("*.yaml")]
    assert [c for text in rules for c in text if unprintable(c)] == []
    assert all(not unprintable(label.symbol) for label in (*VERDICTS.values(), *OUTCOMES.values()))
    assert printable(["可用", {"k": "𠮷"}, 3]) == ["可用", {"k": REPLACEMENT}, 3]


def test_another_rulebook_runs_through_the_same_report() -> None:
    harbour = load(HARBOUR)
    assessment = assessed(harbour, {"trade": "ferry", "quay": "west", "badges": ["green"], "seats": 40, "sanctions": []})
    found = text(render_pdf(assessment))
    assert bare(harbour.cover.title) in found
    assert of(assessment, Verdict.MATCHED)
    assert all(bare(e.support.title) in found for e in of(assessment, Verdict.MATCHED))
    assert "辽宁" not in found


def test_many_direct_matches_are_told_in_rows(rulebook: Rulebook, rendered: Rendered) -> None:
    assert len(of(assessed(rulebook, CHAMPION), Verdict.MATCHED, Strength.DIRECT)) > 6
    assert "其余的直接支持" in text(rendered("champion"))
    assert "其余的直接支持" not in text(rendered("manufacturer"))
