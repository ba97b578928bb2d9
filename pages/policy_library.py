"""政策库: every article's own words beside the supports made from them."""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path

import streamlit as st

from eligibility.clock import today
from eligibility.search import Wanted, find
from ui.library.article import article
from ui.library.contents import contents, figures, found_articles, found_supports, freshness
from ui.library.downloads import downloads
from ui.library.entries import dismissed, support
from ui.library.filters import changed, wanted
from ui.library.links import follow
from ui.library.place import CONTENTS, Place, to_article, to_support
from ui.library.shelf import library
from ui.more import limit, more
from ui.session import current
from ui.text import escaped

_STYLE = Path(__file__).resolve().parents[1] / "ui" / "library" / "library.css"
AT_ONCE = 30  # supports listed before the user asks for more
LIMIT = "library-limit"  # in st.session_state: how many are listed by now

shelf, on = library(current().book), today()
st.html(_STYLE)


def outside() -> None:
    """The contents: nothing was chosen and nothing looked for."""
    st.html(figures(shelf))
    with st.container(key="documents"):
        for policy in shelf.policies:
            st.html(contents(policy, shelf))
    st.html("<h2>核对到哪一天</h2>" + freshness(shelf, on))
    downloads(shelf)


def results(looked_for: Wanted) -> None:
    """What was found, the supports first."""
    found = find(shelf, looked_for)
    if not found.supports and not found.mentions:
        st.info("没有找到。换个说法，或者少选几个筛选条件。")
    if found.supports:
        st.html(f"<h2>{len(found.supports)} 项支持</h2>")
        st.html(found_supports(found.supports[: limit(AT_ONCE, LIMIT)], shelf, looked_for.terms))
        more(len(found.supports), AT_ONCE, LIMIT)
    if found.mentions:
        st.html(f"<h2>{len(found.mentions)} 条原文</h2>" + found_articles(found.mentions, looked_for.terms))


def inside(place: Place, looked_for: Wanted) -> None:
    """An article and what was made of it: side by side where there is room, else one below the other."""
    kept: Container[str] = {s.support.id for s in find(shelf, looked_for).supports} if looked_for.chosen else shelf.supports
    with st.container(key="reading"):
        st.html(article(place, shelf, kept, looked_for.terms))
        st.html(f'<div class="entries">{entries(place, looked_for, kept)}</div>')


def entries(place: Place, looked_for: Wanted, kept: Container[str]) -> str:
    """What stands beside the article: one support, what one passage accounts for, or everything."""
    reading, terms = place.article, looked_for.terms
    assert reading is not None
    everything = f'<p><a href="{escaped(to_article(reading))}">看这一条的全部 {len(reading.supports)} 项</a></p>'
    if place.support is not None:
        card = support(place.support, shelf, on, terms, unfolded=True)
        return f'<h3 data-shows="{to_support(place.support.support.id)}">选中的一项</h3>{card}{everything}'
    if place.passage is not None:
        passage = reading.passages[place.passage]
        supports, none = passage.supports, passage.dismissed
        head = f"从这一句读出 {len(supports)} 项支持" if supports else "这一句不是支持"
        shown = f'<h3 data-shows="{escaped(to_article(reading, place.passage))}">{head}</h3>'
    else:
        supports, none, everything = reading.supports, reading.dismissed, ""
        shown = f"<h3>这一条里有 {len(supports)} 项支持</h3>" if supports else "<h3>这一条里没有支持</h3>"
    listed = [s for s in supports if s.id in kept]
    if len(listed) < len(supports):
        shown += f'<p class="note">按筛选条件显示其中 {len(listed)} 项。</p>'
    shown += "".join(support(shelf.supports[s.id], shelf, on, terms) for s in listed)
    if none:
        shown += ("<h3>不是支持的句子</h3>" if supports else "") + dismissed(none, terms)
    return shown + everything


place = follow(shelf)
about = "" if place.article else '<p class="note">文件原话，和从每一句里读出的支持。一句也不漏，没有读出支持的写明为什么。</p>'
st.html(f"<h1>政策库</h1>{about}")
looked_for = wanted(shelf)
if changed(looked_for):
    st.query_params.clear()
    st.session_state.pop(LIMIT, None)
    place = Place()
if looked_for and place.article is not None:
    st.html(f'<p><a href="{CONTENTS}">← 回到找到的</a></p>')
if place.article is not None:
    inside(place, looked_for)
elif looked_for:
    results(looked_for)
else:
    outside()
st.caption(f"规则库 {shelf.book.version}。")
