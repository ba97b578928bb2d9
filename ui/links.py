"""Follow a page's links to places on it without loading the page anew, which would take seconds.

A link that begins with “?” is a plain one for the browser: it can be copied, and opened in a new tab.
"""

from __future__ import annotations

from urllib.parse import parse_qs

import streamlit as st
from streamlit.components.v2 import component

_FOLLOW = """
let arrived = false;
export default function ({ setTriggerValue }) {
  // What a link shows may be drawn beyond the edge of the screen: wait for it, then bring it into sight.
  const show = (to, frames) => {
    const shown = document.querySelector(`[data-shows="${CSS.escape(to)}"]`);
    if (!shown) return void (frames > 0 && requestAnimationFrame(() => show(to, frames - 1)));
    const { top, bottom } = shown.getBoundingClientRect();
    if (top < 0 || bottom > innerHeight) shown.scrollIntoView({ block: "start" });
  };
  const follow = (event) => {
    const link = event.target.closest?.("a[href^='?']");
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const to = link.getAttribute("href");
    setTriggerValue("to", to);
    show(to, 300);
  };
  // Whoever was sent an address, or clicked before this was here, sees what it names as well.
  if (!arrived) show(location.search, 300);
  arrived = true;
  document.addEventListener("click", follow);
  document.documentElement.dataset.links = "followed"; // until then, the browser follows them, and loads the page anew
  return () => {
    document.removeEventListener("click", follow);
    delete document.documentElement.dataset.links;
  };
}
"""
_follow = component("page_links", js=_FOLLOW)


def follow_links() -> bool:
    """Go where the click leads that brought this run, if one did. Before anything reads the address."""
    clicked = _follow(key="follow-links", on_to_change=lambda: None).to
    if clicked:
        st.query_params.from_dict({k: v[0] for k, v in parse_qs(str(clicked)[1:]).items()})
    return bool(clicked)
