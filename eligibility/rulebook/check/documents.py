"""The documents: every quotation is there to the character, every passage is accounted for, every printed body is named."""

from __future__ import annotations

import re
from collections.abc import Iterator

from eligibility.rulebook.book import Origin, Rulebook
from eligibility.rulebook.check.references import known, patterns
from eligibility.rulebook.coverage import coverage
from eligibility.rulebook.models import Article, NotSupport, Policy, Source
from eligibility.rulebook.problems import Problem


def policy_faults(book: Rulebook, policy: Policy) -> Iterator[Problem]:
    """Faults of one document and of the bodies that it prints."""
    origin = book.origins[Policy, policy.id]
    yield from patterns(origin, {"article_label": policy.article_label})
    for index, article in enumerate(policy.articles):
        for at, agency in enumerate(article.agencies):
            yield from known(origin, agency, book.agencies, "机构", "articles", index, "agencies", at)
        if article.responsible and all(a in book.agencies for a in article.agencies):
            yield from _printed_agencies(book, policy, article, origin, index)


def _printed_agencies(book: Rulebook, policy: Policy, article: Article, origin: Origin, index: int) -> Iterator[Problem]:
    """The ids stand for the printed names, all of them and in their order."""
    assert article.responsible is not None
    printed = [(name, a) for a in article.agencies for name in book.agencies[a].printed.get(policy.id, ())]
    order = [a for at, a in sorted((article.responsible.find(name), a) for name, a in printed if name in article.responsible)]
    if list(dict.fromkeys(order)) != list(article.agencies):
        yield origin.problem(f"“{article.id}”的 agencies 与印出的责任单位不一致：“{article.responsible}”", "请按印出的先后写齐。", "articles", index, "agencies")
        return
    rest = article.responsible
    for name, _ in sorted(printed, key=lambda p: -len(p[0])):
        rest = rest.replace(name, "")
    for filler in sorted(policy.fillers, key=len, reverse=True):
        rest = rest.replace(filler, "")
    rest = re.sub(r"[^\w ]", "", rest).strip()
    if rest:
        yield origin.problem(f"责任单位里的“{rest}”没有对应的机构", "请在 agencies.yaml 里补上，并写进 agencies。", "articles", index, "responsible")


def not_support_faults(book: Rulebook) -> Iterator[Problem]:
    """Faults of the passages that give nothing."""
    places = [o for (model, _), o in book.origins.items() if model is NotSupport]
    for passage, origin in zip(book.not_supports, places, strict=True):
        yield from source_faults(book, origin, passage)


def left_over_faults(book: Rulebook) -> Iterator[Problem]:
    """Passages that nobody quotes; where a quotation is wrong, that is told first."""
    sources: list[Source | NotSupport] = [*(s for support in book.supports.values() for s in support.sources), *book.not_supports]
    misquoted = {(s.policy, s.article) for s in sources if (found := article_of(book, s)) and s.quote not in found.text}
    for article in coverage(book):
        if article.left_over and (article.policy.id, article.article.id) not in misquoted:
            origin = book.origins[Policy, article.policy.id]
            index = article.policy.articles.index(article.article)
            for passage in article.left_over:
                what = f"{article.policy.cite(article.article.id)}里的“{passage}”没有人引用"
                yield origin.problem(what, "请写进一项支持的 quote，或在 not_supports 里写明为什么不是支持。", "articles", index, "text")


def source_faults(book: Rulebook, origin: Origin, source: Source | NotSupport, place: tuple[str | int, ...] = ()) -> Iterator[Problem]:
    """The document, the article and the words are there."""
    if source.policy not in book.policies:
        yield from known(origin, source.policy, book.policies, "文件", *place, "policy")
    elif (article := article_of(book, source)) is None:
        yield from known(origin, source.article, book.policies[source.policy].by_id, "条", *place, "article")
    elif source.quote not in article.text:
        yield origin.problem(_difference(source.quote, article.text), "引文要与原文一字不差。", *place, "quote")


def article_of(book: Rulebook, source: Source | NotSupport) -> Article | None:
    """The article that a source names, if there is one."""
    policy = book.policies.get(source.policy)
    return policy.by_id.get(source.article) if policy else None


def _difference(quote: str, text: str) -> str:
    """Where a quotation leaves the text: after the longest beginning that the text has."""
    length = next((n for n in range(len(quote), 0, -1) if quote[:n] in text), 0)
    if not length:
        return f"引文“{quote[:12]}……”不在这一条里"
    after = text.find(quote[:length]) + length
    here = text[after] if after < len(text) else "（结尾）"
    return f"引文第 {length + 1} 个字“{quote[length]}”与原文不同，原文“{quote[max(0, length - 6) : length]}”后面是“{here}”"
