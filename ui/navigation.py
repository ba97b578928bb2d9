"""The pages, in the order of the menu. A new page is one file in `pages/` and one line here."""

from __future__ import annotations

import streamlit as st
from streamlit.navigation.page import Page

from ui.access import advisor, inside_a_frame
from ui.access.frame import PATHS
from ui.access.menu import login_menu

SELF_ASSESSMENT = "../pages/self_assessment.py"
RESULTS = "../pages/results.py"
SELF_CHECK = "../pages/self_check.py"
POLICY_LIBRARY = "../pages/policy_library.py"
RULE_CHANGES = "../pages/rule_changes.py"
CLIENTS = "../pages/clients.py"
SCREENING = "../pages/screening.py"
SUPPLEMENT = "../pages/supplement.py"

_PAGES = "pages"  # in st.session_state
_BY_LINK = {"supplement"}  # for whoever got a file from an advisor: reached by a link where files are loaded
_FOR_ADVISORS = {"screening", "clients"}  # listed for advisors only; each of these pages asks by itself who is there


def pages() -> list[Page]:
    """All pages, as Streamlit mounts them; inside somebody else's page only those that may stand there, so that no address leads to another."""
    if _PAGES not in st.session_state:  # made once a session: each of them is looked for on the disk
        st.session_state[_PAGES] = [
            st.Page(SELF_ASSESSMENT, title="自测", url_path="", default=True),
            st.Page(RESULTS, title="结果", url_path="result"),
            st.Page(SELF_CHECK, title="自检", url_path="check"),
            st.Page(POLICY_LIBRARY, title="政策库", url_path="library"),
            st.Page(RULE_CHANGES, title="规则变化", url_path="changes"),
            st.Page(SCREENING, title="批量筛查", url_path="screening"),
            st.Page(CLIENTS, title="客户档案", url_path="clients"),
            st.Page(SUPPLEMENT, title="补充信息", url_path="supplement"),
        ]
    listed: list[Page] = st.session_state[_PAGES]
    return [page for page in listed if page.url_path in PATHS] if inside_a_frame() else listed


def menu(listed: list[Page]) -> None:
    """The menu across the top of every page."""
    hidden = _BY_LINK | _FOR_ADVISORS if advisor() is None else _BY_LINK
    with st.container(key="menu", horizontal=True, gap="small"):
        for page in listed:
            if page.url_path not in hidden:
                st.page_link(page)
        if not inside_a_frame():
            login_menu()
