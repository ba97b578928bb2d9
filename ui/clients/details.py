"""What is kept of a client besides its answers: name, notes, tags, stage; and the way to delete it for good."""

from __future__ import annotations

import re
from dataclasses import replace

import streamlit as st

from eligibility.clients.desk import NAME_LENGTH, NOTES_LENGTH
from eligibility.clients.problems import ClientsError
from eligibility.clients.records import Role, Stage
from eligibility.clients.words import STAGES
from ui.clients.opened import Opened
from ui.text import escaped, plain


def details(opened: Opened) -> None:
    """The form, saved as a whole."""
    client = opened.client
    key = f"{opened.scope}details-{client.version}"
    st.html("<h2>资料</h2><p class='note'>这几项改好以后，点“保存”才存下。</p>")
    with st.form(key, border=False):
        name = st.text_input("企业名称", client.name, max_chars=NAME_LENGTH, key=f"{key}-name")
        stage = st.radio("状态", list(Stage), index=list(Stage).index(client.stage), format_func=STAGES.__getitem__, horizontal=True, key=f"{key}-stage")
        tags = st.text_input("标签（用顿号或逗号隔开）", "、".join(client.tags), key=f"{key}-tags")
        notes = st.text_area("备注", client.notes, height=180, max_chars=NOTES_LENGTH, key=f"{key}-notes")
        if st.form_submit_button("保存", type="primary", key=f"{key}-save"):
            wanted = replace(client, name=name or "", stage=stage or client.stage, tags=tuple(t for t in re.split("[、，,]", tags or "") if t.strip()), notes=notes or "")
            try:
                opened.save(wanted)
            except ClientsError as error:
                st.error(plain(str(error)))
            else:
                st.rerun()
    if opened.desk.advisor.role is Role.LEAD:
        delete(opened)


def delete(opened: Opened) -> None:
    """For a lead: everything of this client, gone for good once its name was typed."""
    client = opened.client
    folded = st.expander("彻底删除这家企业的档案", key=f"{opened.scope}delete", on_change="rerun")
    if not folded.open:
        return
    with folded, st.form(f"{opened.scope}deleting", border=False):
        st.html(
            f"<p>会删除“{escaped(client.name)}”的资料、回答、历史、留存的结果和改判，<b>不能恢复</b>。"
            "以前做的备份和导出的文件里还有，要另外删。</p>"
        )
        typed = st.text_input("请照样打一遍企业名称，再点删除", key=f"{opened.scope}deleting-name")
        if st.form_submit_button("彻底删除", key=f"{opened.scope}deleting-do"):
            if " ".join((typed or "").split()) != client.name:
                st.error("打的和企业名称不一样，没有删除。")
                return
            said = f"已彻底删除“{client.name}”。"
            opened.forget()  # first: a run that is given up in between must not go on holding what is deleted
            try:
                opened.desk.delete(client.id)
            except ClientsError as error:
                said = str(error)
            st.session_state["clients-said"] = plain(said)
            st.query_params.clear()
            st.rerun()
