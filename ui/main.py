"""The frame around every page: the rules, the answers of this browser, the menu."""

from __future__ import annotations

import streamlit as st

from eligibility.rulebook.problems import RulebookError
from ui.access.menu import login_notices
from ui.navigation import menu, pages
from ui.rulebook import rulebook, show_problems
from ui.session import begin

listed = pages()
page = st.navigation(listed, position="hidden")
try:
    book = rulebook()
except RulebookError as error:
    show_problems(error)
    st.stop()
st.set_page_config(page_title=f"{page.title} · {book.cover.title}")
session = begin(book, page.url_path)
if not session.stored:
    st.warning("答案暂时存不到服务器上，刷新后会丢失。请先用本页下方的“保存答案到文件”，再告诉维护人员。")
if session.id is None and session.draft.begun:
    st.info("浏览器没有让本页留下 Cookie，所以答案只在这一页开着的时候有，刷新就没有了。要留着，请用本页下方的“保存答案到文件”。")
menu(listed)
login_notices()
if "client-last" in st.session_state and page.url_path != "clients":
    # Somebody has just left a client of the desk. Imported only then: a visitor needs nothing of stored clients.
    from ui.clients.leaving import save_last_answer
    from ui.desk import desk_if_any
    from ui.text import plain

    if (desk := desk_if_any()) is not None and (fault := save_last_answer(book, desk)):
        st.warning(plain(fault))
page.run()
session.finish()
