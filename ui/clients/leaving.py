"""An answer that was given on the very way from a client to somewhere else, before the client's own page could save it."""

from __future__ import annotations

import streamlit as st

from eligibility.clients.desk import Desk
from eligibility.clients.problems import ClientsError
from eligibility.clock import now
from eligibility.rulebook.book import Rulebook
from ui.clients.opened import LAST, Opened


def save_last_answer(book: Rulebook, desk: Desk, *, showing: str | None = None) -> str | None:
    """Save it, unless that client is still shown. What went wrong, if something did."""
    id_ = st.session_state.get(LAST)
    if id_ is None or id_ == showing:
        return None
    try:
        left = Opened(book, desk, id_, now, typing=True)
    except ClientsError:  # gone, or no longer theirs
        st.session_state.pop(LAST, None)
        return None
    st.session_state.pop(LAST, None)  # not where the run is given up on the way: then the next one saves it
    if left.conflict is None and left.fault is None:
        return None
    return f"刚才在“{left.client.name}”里的最后一处修改还没有存下：{left.fault or '有人先保存了。'}请在“客户档案”里打开它处理。"
