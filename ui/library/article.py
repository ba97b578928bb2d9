"""An article in its own words, each passage marked to the character by what was made of it, and who is responsible then and now."""

from __future__ import annotations

from collections.abc import Container, Sequence

from eligibility.library import ArticleReading, Body, Library, Passage
from ui.library.marked import marked
from ui.library.place import CONTENTS, Place, to_article
from ui.text import escaped

_LEGEND = '<p class="legend"><span class="passage one">一项支持</span><span class="passage many">几项支持</span><span class="passage none">不是支持</span>点一句，看从这一句读出了什么。</p>'


def article(place: Place, library: Library, kept: Container[str], terms: Sequence[str]) -> str:
    """The article at which the reader stands, as HTML. Passages without a support among `kept` step back."""
    reading = place.article
    assert reading is not None
    policy, text = reading.policy, reading.article
    heading = f"{policy.label(text.id)}　{text.heading}" if text.heading else policy.label(text.id)
    words = "".join(_passage(i, p, place, kept, terms) for i, p in enumerate(reading.passages))
    return (
        f'<section class="reading">{_ways(reading, library)}<p class="eyebrow">《{escaped(policy.title)}》{_chapter(reading)}</p>'
        f'<h2 tabindex="-1" data-focus="{escaped(reading.id)}">{marked(heading, terms)}</h2>{_LEGEND}<p class="words">{words}</p>{_bodies(reading)}</section>'
    )


def _chapter(reading: ArticleReading) -> str:
    return f" · {escaped(reading.article.chapter)}" if reading.article.chapter else ""


def _ways(reading: ArticleReading, library: Library) -> str:
    """To the contents, and to the articles before and after."""
    articles = library.of_policy(reading.policy)
    at = articles.index(reading)
    before = f'<a href="{to_article(articles[at - 1])}">← {escaped(articles[at - 1].policy.label(articles[at - 1].article.id))}</a>' if at else ""
    after = f'<a href="{to_article(articles[at + 1])}">{escaped(articles[at + 1].policy.label(articles[at + 1].article.id))} →</a>' if at + 1 < len(articles) else ""
    return f'<nav class="ways" aria-label="条文"><a href="{CONTENTS}">全部条文</a>{before}{after}</nav>'


def _passage(index: int, passage: Passage, place: Place, kept: Container[str], terms: Sequence[str]) -> str:
    words = marked(passage.text, terms)
    if not passage.supports and not passage.dismissed:
        return words
    assert place.article is not None
    chosen = index == place.passage or (place.support is not None and place.support.support in passage.supports)
    looks = ["passage", _looks(passage)]
    if chosen:
        looks.append("chosen")
    elif not any(s.id in kept for s in passage.supports) and passage.supports:
        looks.append("aside")
    current = ' aria-current="true"' if chosen else ""
    return f'<a class="{" ".join(looks)}" href="{escaped(to_article(place.article, index))}" title="{escaped(_about(passage))}"{current}>{words}</a>'


def _looks(passage: Passage) -> str:
    if not passage.supports:
        return "none"
    return "one" if len(passage.supports) == 1 else "many"


def _about(passage: Passage) -> str:
    if not passage.supports:
        return f"不是支持：{passage.dismissed[0].why}"
    titles = [s.title for s in passage.supports]
    return titles[0] if len(titles) == 1 else f"{len(titles)} 项支持：{'；'.join(titles)}"


def _bodies(reading: ArticleReading) -> str:
    """The bodies as printed, and what each is called today."""
    if not reading.bodies:
        return ""
    rows = "".join(f"<tr><td>{escaped(b.printed)}</td><td>{escaped(b.agency.name)}{_basis(b)}</td></tr>" for b in reading.bodies)
    table = f"<table><thead><tr><th>文件写作</th><th>今名</th></tr></thead><tbody>{rows}</tbody></table>"
    return f'<p class="note">{escaped(reading.article.responsible or "")}</p><details><summary>{len(reading.bodies)} 个责任单位的今名</summary>{table}</details>'


def _basis(body: Body) -> str:
    return f'<br><span class="note">{escaped(body.agency.basis)}</span>' if body.agency.basis else ""
