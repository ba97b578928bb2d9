"""Long lists: the first entries at once, more when the user asks for them."""

from __future__ import annotations

import streamlit as st


def limit(at_once: int, key: str) -> int:
    """How many entries of a list are drawn by now."""
    asked_for: int = st.session_state.get(key, at_once)
    return asked_for


def more(total: int, at_once: int, key: str, counted: str = "项") -> None:
    """The way to the rest of a list, if there is any, in steps as long as the first one."""
    drawn = limit(at_once, key)
    left = total - drawn
    if left > 0 and st.button(f"再看 {min(at_once, left)} {counted}（还有 {left} {counted}）", key=f"{key}-{drawn}", width="stretch"):
        st.session_state[key] = drawn + at_once
        st.rerun()
