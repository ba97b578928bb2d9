"""What an entry refers to exists, and what it writes once is written once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from eligibility.rulebook.book import Origin
from eligibility.rulebook.problems import Problem, nearest


def known(origin: Origin, id_: str, known: Collection[str], what: str, *place: str | int) -> Iterator[Problem]:
    """The id is one of those that there are; else the nearest of them is named."""
    if id_ not in known:
        yield origin.problem(f"没有叫“{id_}”的{what}", nearest(id_, known), *place)


def once(origin: Origin, ids: list[str], *place: str | int) -> Iterator[Problem]:
    """Ids inside one entry are written once."""
    for index, id_ in enumerate(ids):
        if id_ in ids[:index]:
            yield origin.problem(f"编号“{id_}”写了两次", "请换一个编号。", *place, index, "id")


def patterns(origin: Origin, patterns: Mapping[str, str], *place: str | int) -> Iterator[Problem]:
    """A text that is filled in has nothing but {} to fill."""
    for key, pattern in patterns.items():
        try:
            pattern.format("")
        except (LookupError, ValueError):
            yield origin.problem(f"“{pattern}”里的花括号写错了", "要填的地方只写一处 {}。", *place, key)
