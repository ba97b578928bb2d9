"""Follow the library's links."""

from __future__ import annotations

import streamlit as st

from eligibility.library import Library
from ui.library.place import Place, place
from ui.links import follow_links


def follow(library: Library) -> Place:
    """The reader's place, after the click that brought this run, if one did."""
    follow_links()
    return place(library, st.query_params.to_dict())
