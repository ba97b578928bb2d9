"""Is every word of the documents accounted for?

Each passage of a document is either quoted by a support or listed as no support with the reason. What is left over
is reported passage by passage.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.models import Article, Policy

_PUNCTUATION = re.compile(r"[\s，。、；：！？“”‘’《》〈〉（）()—…·,.;:!?\-]")


@dataclass(frozen=True, slots=True)
class ArticleCoverage:
    """How much of one article is accounted for. Counts are of sentences; a sentence counts when no word of it is left over."""

    policy: Policy
    article: Article
    sentences: int
    accounted: int
    left_over: tuple[str, ...]


def sentences(text: str, end: str = "。") -> list[tuple[int, int]]:
    """Start and end of each sentence or line of a text; a full stop inside quotation marks does not end one."""
    found, start, depth = [], 0, 0
    for index, character in enumerate(text):
        depth += (character in "“（《") - (character in "”）》")
        if (character == end and depth <= 0) or character == "\n":
            found.append((start, index + 1))
            start = index + 1
    if start < len(text):
        found.append((start, len(text)))
    return [(a, b) for a, b in found if _words(text[a:b])]


def coverage(rulebook: Rulebook) -> Iterator[ArticleCoverage]:
    """The accounting of every article of every document."""
    quotes: dict[tuple[str, str], list[str]] = {}
    for support in rulebook.supports.values():
        for source in support.sources:
            quotes.setdefault((source.policy, source.article), []).append(source.quote)
    for passage in rulebook.not_supports:
        quotes.setdefault((passage.policy, passage.article), []).append(passage.quote)
    for policy in rulebook.policies.values():
        for article in policy.articles:
            yield _of_article(policy, article, quotes.get((policy.id, article.id), []))


def _of_article(policy: Policy, article: Article, quotes: list[str]) -> ArticleCoverage:
    text = article.text
    covered = bytearray(len(text))
    for quote in quotes:
        at = text.find(quote)
        while at >= 0:
            covered[at : at + len(quote)] = b"\1" * len(quote)
            at = text.find(quote, at + 1)
    all_sentences = sentences(text, policy.sentence_end)
    left_over = [gap for a, b in all_sentences for gap in _gaps(text, covered, a, b)]
    whole = sum(1 for a, b in all_sentences if not any(_gaps(text, covered, a, b)))
    return ArticleCoverage(policy, article, len(all_sentences), whole, tuple(left_over))


def _gaps(text: str, covered: bytearray, start: int, end: int) -> Iterator[str]:
    at = start
    while at < end:
        if covered[at]:
            at += 1
            continue
        stop = at
        while stop < end and not covered[stop]:
            stop += 1
        if _words(text[at:stop]):
            yield text[at:stop].strip(" \n，。、；：,.;:")
        at = stop


def _words(text: str) -> str:
    return _PUNCTUATION.sub("", text)
