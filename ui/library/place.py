"""Where in the library a reader stands, and the links that lead from place to place.

The place is in the address, so every article and every support has a link of its own. Answers never are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from eligibility.library import ArticleReading, Library, SupportReading


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reader stands: at an article, at one passage of it, at a support; nowhere yet, with the contents before them."""

    article: ArticleReading | None = None
    passage: int | None = None
    support: SupportReading | None = None


def to_article(article: ArticleReading, passage: int | None = None) -> str:
    """The link to an article, or to a passage of it."""
    return "?" + urlencode({"article": article.id} | ({} if passage is None else {"passage": passage}))


def to_support(id_: str) -> str:
    """The link to a support."""
    return "?" + urlencode({"support": id_})


CONTENTS = "?contents"  # the link back to where nothing is chosen


def place(library: Library, address: Mapping[str, str]) -> Place:
    """The place that an address names; what it names wrongly is passed over."""
    if (support := library.supports.get(address.get("support", ""))) is not None:
        return Place(library.homes(support.support)[0], None, support)
    article = library.articles.get(address.get("article", ""))
    passage = address.get("passage", "")
    if article is None or not passage.isdecimal() or int(passage) >= len(article.passages):
        return Place(article)
    return Place(article, int(passage))
