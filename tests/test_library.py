"""The rulebook as readers meet it: to the character, complete, and the same on the page, on paper and in the file."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from pypdf import PdfReader

from eligibility.assessment import Verdict
from eligibility.library import Library
from eligibility.logic.words import Words
from eligibility.report.pdf import REPLACEMENT
from eligibility.report.rulebook_pdf import render_rulebook
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import DEFAULT_RULES, load
from eligibility.rulebook.models import Beneficiary, Strength
from eligibility.rulebook_file import RulebookFile, rulebook_data, rulebook_schema
from eligibility.scenarios import read_scenarios
from eligibility.search import Wanted, find, hits
from tests.conformance import faults
from tests.harbour import HARBOUR

ROOT = Path(__file__).parents[1]


def library_of(rules: Path) -> Library:
    return Library(load(rules), [s for s, _ in read_scenarios(rules)])


@pytest.fixture(scope="module")
def library(rulebook: Rulebook) -> Library:
    return Library(rulebook, [s for s, _ in read_scenarios(DEFAULT_RULES)])


@pytest.fixture(scope="module")
def harbour() -> Library:
    return library_of(HARBOUR)


@pytest.fixture(scope="module", params=["liaoning", "harbour"])
def either(request: pytest.FixtureRequest, library: Library, harbour: Library) -> Library:
    return library if request.param == "liaoning" else harbour


def test_the_passages_of_an_article_are_its_text_to_the_character(either: Library) -> None:
    for reading in either.articles.values():
        assert "".join(p.text for p in reading.passages) == reading.article.text
        assert all(p.text for p in reading.passages)


def test_every_quotation_is_exactly_the_passages_that_name_its_support(either: Library) -> None:
    for support in either.book.supports.values():
        for source in support.sources:
            reading = either.articles[f"{source.policy}.{source.article}"]
            quotes = [s.quote for s in support.sources if (s.policy, s.article) == (source.policy, source.article)]
            marked, at = [], 0
            for passage in reading.passages:
                marked += [at + i for i in range(len(passage.text)) if support in passage.supports]
                at += len(passage.text)
            expected = {i for q in quotes for start in range(len(reading.article.text)) if reading.article.text.startswith(q, start) for i in range(start, start + len(q))}
            assert set(marked) == expected, support.id


def test_what_nothing_accounts_for_says_nothing(either: Library) -> None:
    for reading in either.articles.values():
        for passage in reading.passages:
            if not passage.supports and not passage.dismissed:
                assert not any(c.isalnum() for c in passage.text), passage.text


def test_neighbouring_passages_differ(library: Library) -> None:
    """A cut that changes nothing would only confuse; it can stand only where one quotation ends as another of the same support begins."""
    for reading in library.articles.values():
        for a, b in zip(reading.passages, reading.passages[1:], strict=False):
            assert (a.supports, a.dismissed) != (b.supports, b.dismissed) or a.dismissed, (reading.id, a.text, b.text)


def test_an_articles_supports_stand_in_the_order_of_its_text(library: Library) -> None:
    for reading in library.articles.values():
        firsts = [min(reading.article.text.find(s.quote) for s in support.sources if f"{s.policy}.{s.article}" == reading.id) for support in reading.supports]
        assert firsts == sorted(firsts)


def test_bodies_have_the_printed_name_and_todays(harbour: Library, library: Library) -> None:
    for reading in (*harbour.articles.values(), *library.articles.values()):
        assert [b.agency.id for b in reading.bodies] == list(reading.article.agencies)
        assert all(part in (reading.article.responsible or "") for b in reading.bodies for part in b.printed.split("、"))


def test_a_support_carries_its_condition_in_words_and_the_questions_behind_it(harbour: Library) -> None:
    engine = harbour.supports["electric-engine"]
    assert engine.criteria == ("is a boat of the city", "carries the Green Badge")
    assert [q.id for q in engine.questions] == ["quay", "badges"]  # a boat of the city is one at a quay of the city
    assert [d.role for d in engine.doors].count("first") == 1


def test_examples_say_what_the_scenarios_expect(either: Library) -> None:
    expected = sorted((s.id, v.value, id_) for s in either.scenarios for v, ids in s.expect.items() for id_ in ids)
    found = sorted((e.scenario.id, e.verdict.value, id_) for id_, reading in either.supports.items() for e in reading.examples)
    assert found == expected
    assert {e.verdict for r in either.supports.values() for e in r.examples} >= {Verdict.MATCHED, Verdict.EXCLUDED}


def test_asks_are_those_of_the_condition_and_of_the_statuses_it_rests_on(library: Library) -> None:
    """What an assessment of nobody says must be asked is among them: there everything is still open."""
    from eligibility.assessment import assess
    from eligibility.profile import read_profile

    for entry in assess(library.book, read_profile({}, library.book.questions)[0], on=date(2026, 11, 22)).supports:
        assert set(entry.asks) <= set(library.supports[entry.support.id].asks)


def test_related_supports_point_both_ways(library: Library) -> None:
    assert any(r.see_also for r in library.supports.values())
    for reading in library.supports.values():
        for other in reading.see_also:
            assert reading.support in library.supports[other.id].see_also


def test_figures_add_up(harbour: Library) -> None:
    figures = harbour.figures
    assert (figures.sentences, figures.accounted, figures.supports) == (11, 11, 10)
    assert figures.scenarios == len(harbour.scenarios) > 0
    assert 0 < figures.tried <= figures.supports
    assert 0 < figures.deciding < figures.questions


def test_freshness_covers_every_document_and_the_contacts(library: Library) -> None:
    assert [f.policy for f in library.freshness] == [*library.book.policies.values(), None]
    assert all(f.due == library.book.review_due(f.reviewed) > f.reviewed for f in library.freshness)


def test_the_newest_document_comes_first(library: Library) -> None:
    issued = [p.issued for p in library.policies]
    assert issued == sorted(issued, reverse=True)


FILTERS = [
    Wanted(beneficiaries=frozenset({Beneficiary.PERSON})),
    Wanted(strengths=frozenset({Strength.DIRECT})),
    Wanted(words="贷款 企业"),
]


@pytest.mark.parametrize("wanted", FILTERS, ids=["beneficiary", "strength", "words"])
def test_a_filter_leaves_something_but_not_everything(library: Library, wanted: Wanted) -> None:
    found = find(library, wanted).supports
    assert 0 < len(found) < len(library.supports)


def test_filters_keep_exactly_what_was_asked_for(library: Library) -> None:
    kind = next(iter(library.book.kinds))
    assert [s.support for s in find(library, Wanted(kinds=frozenset({kind}))).supports] == [s for s in library.book.supports.values() if s.kind == kind]
    agency = next(iter(library.book.agencies))
    for reading in find(library, Wanted(agency=agency)).supports:
        assert any(agency in library.book.policies[s.policy].by_id[s.article].agencies for s in reading.support.sources)
    assert len(find(library, Wanted()).supports) == len(library.supports)


def test_a_status_finds_what_rests_on_it_and_not_what_it_excludes(harbour: Library) -> None:
    local = find(harbour, Wanted(status="local_boat")).supports
    assert {s.support.id for s in local} >= {"electric-engine", "shore-power"}
    for reading in harbour.supports.values():
        assert (reading in local) == any(s.id == "local_boat" for s in reading.statuses)


def test_words_are_found_in_texts_titles_and_bodies(library: Library) -> None:
    sentence = "实施企业科技特派员专项行动"
    mentions = find(library, Wanted(words=sentence)).mentions
    assert [m.reading.id for m in mentions] == [a.id for a in library.articles.values() if sentence in a.article.text]
    assert all(sentence in s for m in mentions for s in m.sentences)
    agency = next(a for a in library.book.agencies.values() if any(d.id == a.id for r in library.supports.values() for d in r.doors))
    assert find(library, Wanted(words=agency.name)).supports
    assert not find(library, Wanted(words="没有一处会写的话")).supports


@given(st.text("ab新券.", max_size=12), st.lists(st.text("ab新券.", min_size=1, max_size=3), max_size=3))
def test_hits_keep_every_character_and_mark_only_the_words(text: str, terms: list[str]) -> None:
    pieces = hits(text, terms)
    assert "".join(piece for piece, _ in pieces) == text
    assert all(piece in terms for piece, hit in pieces if hit)
    assert not any(term in piece for piece, hit in pieces if not hit for term in terms)


# The file


def leaves(data: object) -> Iterator[object]:
    if isinstance(data, dict):
        for value in data.values():
            yield from leaves(value)
    elif isinstance(data, list):
        for value in data:
            yield from leaves(value)
    else:
        yield data


def test_the_file_is_as_its_schema_says_and_reads_back(either: Library) -> None:
    data = json.loads(json.dumps(rulebook_data(either)))
    assert [e.message for e in Draft7Validator(rulebook_schema()).iter_errors(data)] == []
    back = RulebookFile.model_validate(data)
    assert [s.eligible_if for s in back.supports] == [s.eligible_if for s in either.book.supports.values()]
    assert [q.text for q in back.questions] == [q.text for q in either.book.questions.values()]
    assert back.agencies == either.book.agency_list
    assert back.scenarios == either.scenarios


def test_the_file_says_what_the_program_makes_of_the_rules(library: Library) -> None:
    data = rulebook_data(library)
    words = Words(library.book.questions, library.book.statuses)
    for entry in data["supports"]:
        assert tuple(entry["criteria"]) == library.supports[entry["id"]].criteria
    for entry in data["statuses"]:
        assert entry["words"] == words.of(library.book.statuses[entry["id"]].holds_if)
    for policy in data["policies"]:
        for article in policy["articles"]:
            assert "".join(p["text"] for p in article["passages"]) == article["text"]
            for passage in article["passages"]:
                assert all(passage["text"] in data["not_supports"][n]["quote"] for n in passage.get("not_supports", ()))
    assert None not in list(leaves(data["supports"]))


@pytest.mark.parametrize("spoil", [lambda d: d.pop("version"), lambda d: d["supports"][0].pop("criteria"), lambda d: d["supports"][0].update(strength="medium"), lambda d: d.update(extra=1)])
def test_the_schema_refuses_what_is_not_such_a_file(harbour: Library, spoil: object) -> None:
    data = json.loads(json.dumps(rulebook_data(harbour)))
    assert callable(spoil)
    spoil(data)
    assert list(Draft7Validator(rulebook_schema()).iter_errors(data))


def test_the_committed_schema_is_current() -> None:
    committed = json.loads((ROOT / "docs" / "rulebook.schema.json").read_text(encoding="utf-8"))
    assert committed == rulebook_schema(), "run: python -m eligibility rulebook --format schema -o docs/rulebook.schema.json"
    Draft7Validator.check_schema(committed)


def run(*words: str | Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "eligibility", "rulebook", *map(str, words)], cwd=ROOT, capture_output=True)


def test_the_command_writes_the_file_and_the_pdf(tmp_path: Path, harbour: Library) -> None:
    done = run("--rules", HARBOUR)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout) == json.loads(json.dumps(rulebook_data(harbour)))
    assert run("--rules", HARBOUR, "--format", "pdf", "-o", tmp_path / "rules.pdf").returncode == 0
    assert (tmp_path / "rules.pdf").read_bytes() == render_rulebook(harbour)


def test_without_rules_the_command_says_so(tmp_path: Path) -> None:
    done = run("--rules", tmp_path / "none")
    assert (done.returncode, done.stdout) == (2, b"")
    assert "没有这个规则文件夹" in done.stderr.decode()


# The PDF


@pytest.fixture(scope="module")
def pdf(library: Library) -> bytes:
    return render_rulebook(library)


def bare(words: str) -> str:
    return "".join(words.split())


@pytest.fixture(scope="module")
def printed(pdf: bytes, library: Library) -> str:
    """All that is printed, without the lines at the head and the foot of each page: paragraphs run on from page to page."""
    headings = [bare(f"{a.policy.label(a.article.id)}{a.article.heading or ''}") for a in library.articles.values()] + [bare(s.name) for s in library.book.statuses.values()]
    head = re.compile(f"^{bare(library.book.cover.title)}({'|'.join(map(re.escape, sorted(headings, key=len, reverse=True)))})?")
    foot = re.compile(f"规则库{re.escape(library.book.version)}第\\d+页，共\\d+页")
    return "".join(head.sub("", foot.sub("", bare(p.extract_text()))) for p in PdfReader(BytesIO(pdf)).pages)


def test_every_support_is_printed_with_its_condition_and_whom_to_contact(library: Library, printed: str) -> None:
    for reading in library.supports.values():
        assert bare(reading.support.title) in printed, reading.support.id
        assert bare(reading.support.gives) in printed
        assert reading.support.id in printed
        assert all(bare(d.name) in printed for d in reading.doors if d.role == "first")


def test_conditions_statuses_and_reasons_are_printed_word_for_word(library: Library, printed: str) -> None:
    assert not [c for r in library.supports.values() for c in r.criteria if bare(c) not in printed]
    assert not [s.name for s in library.book.statuses.values() if bare(s.name) not in printed]
    assert not [d.why for d in library.book.not_supports if bare(d.why) not in printed]
    assert not [a.name for a in library.book.agencies.values() if bare(a.name) not in printed]


def test_nothing_is_printed_as_a_box(printed: str) -> None:
    assert REPLACEMENT not in printed


@pytest.mark.parametrize("profile", ["ua1", "2a"])
def test_the_pdf_is_tagged_and_fit_for_an_archive(pdf: bytes, profile: str) -> None:
    assert faults(pdf, profile) == []


def test_the_same_rulebook_gives_the_same_bytes(library: Library, pdf: bytes) -> None:
    assert render_rulebook(library) == pdf
