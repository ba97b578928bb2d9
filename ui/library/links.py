"""Where in the library a reader stands, and the links that lead from place to place.

The place is in the address, so every article and every support has a link of its own. A link that begins with “?” is a
plain one for the browser: it can be copied and opened in a new tab. A click on it is followed without loading the page
anew, which would take seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode

import streamlit as st
from streamlit.components.v2 import component

from eligibility.library import ArticleReading, Library, SupportReading

_FOLLOW = """
export default function ({ data, setTriggerValue }) {
  const follow = (event) => {
    const link = event.target.closest?.("a[href^='?']");
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    setTriggerValue("to", link.getAttribute("href"));
  };
  document.addEventListener("click", follow);

  // What was chosen may be drawn below the edge of the screen, and only after this has run.
  let frames = 60;
  const show = () => {
    const shown = document.querySelector(`[data-shows="${CSS.escape(data)}"]`);
    if (!shown) return void (frames-- > 0 && requestAnimationFrame(show));
    const { top, bottom } = shown.getBoundingClientRect();
    if (top < 0 || bottom > innerHeight) shown.scrollIntoView({ block: "start" });
  };
  if (data) show();
  return () => document.removeEventListener("click", follow);
}
"""
_follow = component("library_links", js=_FOLLOW)


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


def follow(library: Library) -> Place:
    """The reader's place, after the click that brought this run, if one did."""
    shown = "&".join(f"{k}={v}" for k, v in st.query_params.items() if k == "passage")
    if clicked := _follow(key="follow-links", data=shown, on_to_change=lambda: None).to:
        st.query_params.from_dict({k: v[0] for k, v in parse_qs(str(clicked)[1:]).items()})
    return place(library, st.query_params.to_dict())


def place(library: Library, address: dict[str, str]) -> Place:
    """The place that an address names; what it names wrongly is passed over."""
    if (support := library.supports.get(address.get("support", ""))) is not None:
        return Place(library.homes(support.support)[0], None, support)
    article = library.articles.get(address.get("article", ""))
    passage = address.get("passage", "")
    if article is None or not passage.isdecimal() or int(passage) >= len(article.passages):
        return Place(article)
    return Place(article, int(passage))
