"""What only the client knows: a file with the missing questions goes out, its answers come back and are looked at one by one."""

from __future__ import annotations

import hashlib

import streamlit as st

from eligibility.assessment import Assessment
from eligibility.clients.problems import ClientsError
from eligibility.clients.records import Via
from eligibility.clients.request import ProposedAnswer, proposal, request_file
from eligibility.clients.returned import Returned
from eligibility.clients.words import problem_words
from eligibility.interview import due
from eligibility.report.file_name import file_name
from ui.answers_file import UnreadableFileError, answers_upload
from ui.clients.opened import Opened
from ui.returned_file import returned
from ui.text import listed, plain


def exchange(opened: Opened, assessment: Assessment) -> None:
    """Out and back."""
    missing = [d.question.short for d in due(assessment) if d.decides]
    st.html("<h2>请企业补充</h2>")
    if missing:
        st.markdown(f"还有 {len(missing)} 题要企业自己答：{plain('、'.join(missing))}。下载下面的文件发给企业，填好发回来。文件里只有题目，没有企业的名称和已有的回答。")
        name = file_name(assessment, "yaml", title=f"请补充-{opened.client.name}")
        st.download_button("下载要填的文件", lambda: request_file(assessment), name, "application/yaml", on_click="ignore", type="primary", key=f"{opened.scope}request")
        st.caption("企业用记事本就能填，填在冒号后面。能打开本网站的，在网址后面加 /supplement，把文件选进“补充信息”，在屏幕上答更方便。"
            "在“自测”里答完、“保存答案到文件”得到的文件，也可以发回来。")
    else:
        st.info("没有缺的题了，不用再请企业补充。")
    st.html("<h2>收回填好的文件</h2>")
    turn = f"{opened.scope}returned-{st.session_state.get(f'{opened.scope}turn', 0)}"
    file = answers_upload("企业发回的文件", turn, by_hand=True)
    if said := st.session_state.pop(f"{opened.scope}took", None):
        st.success(said)
    if file is not None:
        content = file.getvalue()
        try:
            found = returned(content, opened.book)
        except UnreadableFileError as error:
            st.error(str(error))
            return
        if not found.data:
            st.error("文件里一道题也没有。请选企业填好、发回的文件。")
            return
        _review(opened, found, f"{turn}-{hashlib.sha256(content).hexdigest()[:8]}-{opened.client.version}")


def _review(opened: Opened, file: Returned, key: str) -> None:
    """Every answer that would change, to be accepted or not. Nothing is taken before the button."""
    if file.problems:
        st.warning(f"文件里有 {len(file.problems)} 处用不上，其余的照收：\n" + listed([problem_words(p, opened.book) for p in file.problems]))
    found = proposal(opened.client, file.data, opened.book)
    if not found.changes:
        st.info("文件里没有新的回答，和存着的一样，或者都空着。")
        return
    st.markdown(f"有 {len(found.changes)} 处和存着的不一样。勾上的才收下；收下的都记作企业自填。")
    with st.form(key, border=False):
        accepted = [c.question for c in found.changes if _accepted(c, file.written.get(c.question), f"{key}-{c.question}")]
        if st.form_submit_button("收下勾上的", type="primary", key=f"{key}-take"):
            try:
                saved = opened.replaced(found.accepted(accepted), Via.CLIENT_FILE)
            except ClientsError as error:
                st.error(plain(str(error)))
                return
            if saved:
                st.session_state[f"{opened.scope}took"] = f"收下了 {len(accepted)} 处，其余没有动。"
            st.session_state[f"{opened.scope}turn"] = st.session_state.get(f"{opened.scope}turn", 0) + 1
            st.rerun()


def _accepted(change: ProposedAnswer, written: str | None, key: str) -> bool:
    as_written = f"（文件里写的是“{plain(written)}”）" if written is not None else ""
    warning = "（会换掉您看过证照的回答，请先核对）" if change.over_seen else ""
    return st.checkbox(f"**{plain(change.short)}**：{plain(change.before)} → **{plain(change.after)}**{as_written}{warning}", value=not change.over_seen, key=key)
