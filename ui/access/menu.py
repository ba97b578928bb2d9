"""Who is logged in, the way in and the way out: at the end of the menu."""

from __future__ import annotations

import time

import streamlit as st

from eligibility.clients.records import Role
from ui.access.gate import FAILED
from ui.access.people import person
from ui.access.settings import usable_settings
from ui.text import plain

_ROLES = {Role.LEAD: "负责人", Role.ADVISOR: "顾问"}
_WARN_MINUTES = 10
_SHORT = 8  # characters of a name that fit into the menu


def login_menu() -> None:
    """Nothing where no login service is set."""
    if usable_settings() is None:
        return
    found = person()
    if found is None:
        if st.button("登录", key="login", type="tertiary"):
            st.login()
        return
    short = found.name if len(found.name) <= _SHORT else f"{found.name[: _SHORT - 1]}…"
    with st.popover(plain(short), type="tertiary", key="who"):
        known = found.advisor
        st.markdown(f"**{plain(found.name)}**  \n{plain(known.organisation)} · {_ROLES[known.role]}" if known else plain(found.refusal))
        if st.button("退出", key="logout"):
            st.logout()


def login_notices() -> None:
    """What somebody should know of their login before they go on."""
    found = person()
    if found is None:
        if st.context.cookies.get(FAILED) and usable_settings() is not None:
            st.warning("登录没有完成。请再试一次；还不行，请告诉维护人员。自测不需要登录。")
        return
    minutes = int((found.until - time.time()) / 60)
    if minutes < _WARN_MINUTES:
        st.warning(f"登录还有 {max(minutes, 1)} 分钟到期，到时要重新登录。没有保存的修改请现在保存。")
