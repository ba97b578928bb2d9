"""Find one's way in the library: by words, by who a support is for, by what it is about, by who is responsible."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from eligibility.library import ArticleReading, Library, SupportReading
from eligibility.rulebook.coverage import sentences
from eligibility.rulebook.models import Beneficiary, Strength


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader looks for. Empty means everything."""

    words: str = ""
    beneficiaries: frozenset[Beneficiary] = frozenset()
    strengths: frozenset[Strength] = frozenset()
    kinds: frozenset[str] = frozenset()
    status: str | None = None
    agency: str | None = None

    @property
    def terms(self) -> tuple[str, ...]:
        """The words one by one. All of them must be found, in any order."""
        return tuple(dict.fromkeys(self.words.split()))

    @property
    def chosen(self) -> int:
        """How many filters are in use, the words not counted."""
        return sum(map(bool, (self.beneficiaries, self.strengths, self.kinds, self.status, self.agency)))

    def __bool__(self) -> bool:
        return bool(self.chosen or self.terms)


@dataclass(frozen=True, slots=True)
class Mention:
    """An article whose own words hold what was looked for, and the sentences that hold it."""

    reading: ArticleReading
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The supports that pass every filter, and, for words, the articles that hold them; both in the rulebook's order."""

    supports: tuple[SupportReading, ...]
    mentions: tuple[Mention, ...]


def find(library: Library, wanted: Wanted) -> Found:
    """Everything that was asked for."""
    supports = tuple(s for s in library.supports.values() if _passes(s, wanted, library))
    mentions = [_mention(a, wanted.terms) for a in library.articles.values()] if wanted.terms and not wanted.chosen else []
    return Found(supports, tuple(m for m in mentions if m is not None))


def _passes(reading: SupportReading, wanted: Wanted, library: Library) -> bool:
    support = reading.support
    return (
        (not wanted.beneficiaries or support.beneficiary in wanted.beneficiaries)
        and (not wanted.strengths or support.strength in wanted.strengths)
        and (not wanted.kinds or support.kind in wanted.kinds)
        and (wanted.status is None or any(s.id == wanted.status for s in reading.statuses))
        and (wanted.agency is None or any(b.agency.id == wanted.agency for a in library.homes(support) for b in a.bodies))
        and _holds(_words_of(reading), wanted.terms)
    )


def _words_of(reading: SupportReading) -> str:
    support = reading.support
    bodies = (name for d in reading.doors for name in (d.name, d.printed_as))
    return "\n".join([support.title, support.gives, *(s.quote for s in support.sources), *reading.criteria, *bodies])


def _mention(reading: ArticleReading, terms: Sequence[str]) -> Mention | None:
    article = reading.article
    bodies = (b.agency.name for b in reading.bodies)
    if not _holds("\n".join([article.heading or "", article.chapter or "", article.text, article.responsible or "", *bodies]), terms):
        return None
    parts = (article.text[a:b].strip() for a, b in sentences(article.text, reading.policy.sentence_end))
    return Mention(reading, tuple(p for p in parts if any(_holds(p, [t]) for t in terms)))


def _holds(text: str, terms: Sequence[str]) -> bool:
    folded = text.casefold()
    return all(t.casefold() in folded for t in terms)


def hits(text: str, terms: Sequence[str]) -> list[tuple[str, bool]]:
    """A text cut where the words occur: each piece, and whether it is one of them."""
    if not terms:
        return [(text, False)]
    longest_first = sorted(terms, key=len, reverse=True)  # so that of two words that begin alike the whole one is found
    pieces = re.split(f"({'|'.join(map(re.escape, longest_first))})", text, flags=re.IGNORECASE)
    return [(piece, index % 2 == 1) for index, piece in enumerate(pieces) if piece]
