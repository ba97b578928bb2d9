"""Who sits at the desk: every page with client data asks here first, before it reads anything."""

from __future__ import annotations

import streamlit as st

from eligibility.clients.records import Advisor, Role

LOCAL = Advisor("本机", "local", Role.LEAD)


def advisor() -> Advisor | None:
    """The advisor behind this request; None: a visitor who may see no client data."""
    address = st.context.ip_address  # None: the browser is on this machine
    return LOCAL if address is None else None


def require_advisor() -> Advisor:
    """The advisor behind this request. Anybody else is told so, and nothing after this call runs."""
    found = advisor()
    if found is None:
        st.html("<h1>请先登录</h1><p>这一页有企业的资料，只给登录的顾问看。自测不需要登录。</p>")
        st.stop()
    return found
