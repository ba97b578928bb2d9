"""The documents stand in the rulebook to the character, and every word of them is accounted for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.coverage import coverage, sentences
from eligibility.rulebook.models import Policy, Strength

RAW = Path(__file__).parents[1] / "raw"


def without_space(text: str) -> str:
    return re.sub(r"\s", "", text)


def whole(policy: Policy) -> str:
    """The document put together again from its articles."""
    chapter, out = None, []
    for article in policy.articles:
        if article.chapter and article.chapter != chapter:
            chapter = article.chapter
            out.append(chapter)
        if article.responsible:
            # 2024 prints 一、标题 and a new line; 2018 prints （一）标题。 or, in item 九, no heading at all.
            numbered = f"{article.id}、{article.heading}" if policy.id == "ln2024" else f"（{article.id}）{article.heading + '。' if article.heading else ''}"
            out.append(numbered)
        out += [article.text, article.responsible or ""]
    return without_space("".join(out))


@pytest.mark.parametrize(("policy", "file", "furniture"), [("ln2024", "liaoning-2024.txt", "责任编辑"), ("ln2018", "liaoning-2018.txt", None)])
def test_the_document_is_verbatim(rulebook: Rulebook, policy: str, file: str, furniture: str | None) -> None:
    raw = (RAW / file).read_text(encoding="utf-8")
    if furniture:
        raw = raw[: raw.index(furniture)]
    assert whole(rulebook.policies[policy]) == without_space(raw)


def test_there_are_eleven_articles_and_eighteen_items(rulebook: Rulebook) -> None:
    numbered = {p.id: [a.id for a in p.articles if a.responsible] for p in rulebook.policies.values()}
    digits = "一二三四五六七八九"
    assert numbered == {
        "ln2024": [*digits, "十", "十一"],
        "ln2018": [*digits, "十", *(f"十{d}" for d in digits[:8])],
    }


def test_every_quotation_is_found_in_the_article_it_names(rulebook: Rulebook) -> None:
    for support in rulebook.supports.values():
        for source in support.sources:
            assert source.quote in rulebook.policies[source.policy].by_id[source.article].text, support.id


def test_every_sentence_is_accounted_for(rulebook: Rulebook) -> None:
    left_over = {(a.policy.id, a.article.id): a.left_over for a in coverage(rulebook) if a.left_over}
    assert left_over == {}


def test_a_full_stop_inside_quotation_marks_ends_no_sentence() -> None:
    text = "他说“好。就这样。”然后走了。完"
    assert [text[a:b] for a, b in sentences(text)] == ["他说“好。就这样。”然后走了。", "完"]


def test_penalties_of_item_seventeen_are_no_supports(rulebook: Rulebook) -> None:
    assert not [s.id for s in rulebook.supports.values() for source in s.sources if (source.policy, source.article) == ("ln2018", "十七")]


def test_no_soft_word_is_shown_as_a_direct_support(rulebook: Rulebook) -> None:
    soft = ("鼓励", "引导", "探索", "争取", "推动")
    assert not [s.id for s in rulebook.supports.values() if s.strength is Strength.DIRECT and s.wording.startswith(soft)]


def test_what_rests_on_2018_alone_is_marked(rulebook: Rulebook) -> None:
    assert rulebook.policies["ln2018"].caution == "2018 年文件，请先电话核实是否仍执行"
    assert rulebook.policies["ln2024"].caution is None


def test_only_known_sites_and_hotlines_are_named(rulebook: Rulebook) -> None:
    """The list of the reference, checked 2026-11-22. A new contact needs a check of its own and an entry here."""
    sites = {"kjt", "rst", "gxt", "czt", "jyt", "fgw", "swt", "scjg"}
    allowed = {f"{s}.ln.gov.cn" for s in sites} | {"12345", "12333", "12366", "12315", "12378", "12386", "12363"}
    assert {c.value for a in rulebook.agencies.values() for c in a.contacts} <= allowed


def test_no_amount_stands_in_a_support_that_its_quotation_lacks(rulebook: Rulebook) -> None:
    for support in rulebook.supports.values():
        quotes = "".join(s.quote for s in support.sources)
        for figure in re.findall(r"\d+(?:\.\d+)?\s*(?:%|万|亿|元|年|个月|天|人|家|项|件)", re.sub(r"20(18|24) 年", "", support.title + support.gives)):
            assert figure in quotes, (support.id, figure)
