"""规则变化: what differs between an older version of the rules and the one in use, and what that does to whom."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from eligibility.clock import today
from eligibility.impact import Impact, impact
from eligibility.report.impact import wording
from eligibility.report.impact.text import render_markdown
from eligibility.report.impact.workbook import render_workbook
from eligibility.roster import Company
from eligibility.rulebook.book import Rulebook
from eligibility.screening.progress import followed
from ui.changes import shown
from ui.changes.companies import given
from ui.changes.old_rules import chosen
from ui.downloads import WORKBOOK
from ui.more import limit, more
from ui.session import current

STYLE = Path(__file__).resolve().parents[1] / "ui" / "changes" / "changes.css"
MANY = 50  # companies from which on it is told how far the comparison is
AT_ONCE = 30  # entries or companies drawn before the user asks for more
FOUND = "changes-found"  # in st.session_state: the last comparison and what it was made of

session = current()
st.html(STYLE)


def compared(old: Rulebook, companies: list[Company]) -> Impact:
    """The comparison, worked out once for the same rules, companies and day."""
    made_of = (old.fingerprint, session.book.fingerprint, today(), companies)
    found = st.session_state.get(FOUND)
    if found is None or found[0] != made_of:
        with st.spinner("正在逐家对照……"):
            bar = st.empty()

            def tell(done: int, of: int) -> None:
                bar.progress(done / of, f"已对照 {done:,} / {of:,} 家")

            told = followed(companies, len(companies), tell if len(companies) > MANY else None)
            found = st.session_state[FOUND] = (made_of, impact(old, session.book, told, on=today()))
            bar.empty()
    result: Impact = found[1]
    return result


def downloads(found: Impact) -> None:
    """All of it to take away, made when asked for."""
    name = f"规则变化-{found.old.version}-{found.new.version}"
    with st.container(horizontal=True, gap="small"):
        st.download_button("下载工作簿", lambda: render_workbook(found), f"{name}.xlsx", WORKBOOK, on_click="ignore", type="primary", key="changes-workbook")
        st.download_button("下载文字稿", lambda: render_markdown(found), f"{name}.md", "text/markdown", on_click="ignore", key="changes-text")


def companies(found: Impact) -> None:
    """For whom what changes, and why."""
    st.html("<h2>对企业的影响</h2>")
    if not found.companies:
        st.caption("没有选企业，所以只比规则。在上面加上企业的答案，就能看到谁的结论会变。")
        return
    touched = found.touched
    st.html(f"<p>{wording.headline(found)}</p>")
    if found.overridden:
        st.caption("变好、变差都按程序的判断算；顾问改判过的，改判写在旁边。")
    if tallies := found.tallies():
        st.html(f"<h3>{len(tallies)} 项支持的结论有变</h3>" + shown.totals(found, AT_ONCE))
    if touched:
        key = "changes-limit-companies"
        st.html("<h3>逐家看</h3>" + shown.companies(touched[: limit(AT_ONCE, key)]))
        more(len(touched), AT_ONCE, key, "家")


def rules(found: Impact) -> None:
    """What differs in the rules: the supports at once, everything else folded."""
    supports = [c for c in found.changes if c.sort == "support"]
    st.html("<h2>支持的变化</h2>")
    if supports:
        key = "changes-limit-supports"
        st.html(shown.entries(supports[: limit(AT_ONCE, key)], found))
        more(len(supports), AT_ONCE, key)
    else:
        st.caption("每一项支持都和原来一样。")
    for sort, name in wording.SORTS.items():
        others = [c for c in found.changes if c.sort == sort]
        if sort == "support" or not others:
            continue
        folded = st.expander(f"{name}：{wording.counted(found.changes, sort)}", key=f"changes-{sort}", on_change="rerun")
        if folded.open:
            with folded:
                key = f"changes-limit-{sort}"
                st.html(shown.entries(others[: limit(AT_ONCE, key)], found))
                more(len(others), AT_ONCE, key, "处")


st.html('<h1>规则变化</h1><p class="note">拿旧规则和现在的规则比：哪些支持变了，哪些企业的结论跟着变，原因是什么。</p>')
old = chosen(session.book)
listed = given(session)
if old is not None:
    found = compared(old, listed)
    if old.fingerprint == session.book.fingerprint:
        st.info("这一版就是现在用的规则，没有不同。")
    elif not found.changes and not found.touched:
        st.info("两版规则的内容没有不同，企业的结论也都不变。")
    else:
        st.html(shown.figures(found))
        downloads(found)
        companies(found)
        rules(found)
    if slips := shown.unread_by_both(found):
        st.html(f"<h2>两版规则都用不上的回答，请核对</h2>{slips}")
st.caption(f"现在用的是规则库 {session.book.version}。")
