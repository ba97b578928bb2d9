"""补充信息: whoever got a file with questions from their advisor answers them here and sends the filled file back."""

from __future__ import annotations

import streamlit as st

from eligibility.clock import today
from eligibility.rulebook.models import Question
from ui.answers_file import UnreadableFileError, answers_upload
from ui.papers import papers
from ui.question import draw, explained
from ui.returned_file import returned
from ui.session import current
from ui.store import default_store
from ui.supplement import Supplement
from ui.text import escaped

session = current()
filling = Supplement(session.book, default_store(), session.id)
on = today()


def begin() -> None:
    """Take the file in."""
    st.html(
        "<p>顾问发给您的文件里有几道题，只有您自己知道答案。把文件选进来，在这里答，比在文件里填方便；答完下载，发回给顾问就行。</p>"
        '<p class="note">文件里没有您企业的名称，这里也不知道您是哪一家。答案只存在运行本程序的电脑或服务器上，和“自测”里填的互不影响。</p>'
    )
    if session.id is None:
        st.warning("浏览器没有让本页留下 Cookie，这里选不了文件。请允许本网站的 Cookie，或者直接在文件里填。")
        return
    file = answers_upload("顾问发来的文件", f"supplement-{filling.draft.epoch}", by_hand=True)
    if file is None:
        return
    try:
        found = returned(file.getvalue(), session.book)
    except UnreadableFileError as error:
        st.error(str(error))
        return
    if filling.take(found.data):
        st.rerun()
    st.error("这个文件里没有要您答的题。请选顾问发来的文件，或者请顾问再发一次。")


def ask() -> None:
    """Every question of the file, then the file to send back."""
    questions = filling.questions
    done = sum(filling.draft.done(q.id) for q in questions)
    st.html(f'<p>共 {len(questions)} 题，已答 {done} 题。不清楚的可以空着，空着不等于“没有”。答过的刷新也不会丢。</p>')
    st.html(f'<div class="standing"><progress max="{len(questions)}" value="{done}" aria-label="进度"></progress></div>')
    again = [one(question) for question in questions]
    if any(again):
        st.rerun()
    with st.container(horizontal=True, gap="small"):
        st.download_button("下载填好的文件", filling.file, "填好的答案.yaml", "application/yaml", on_click="ignore", type="primary", disabled=not done, key="supplement-file")
        with st.popover("清空，换一个文件"):
            st.markdown("现在填的会全部删除，不能恢复。")
            if st.button("确定清空", type="primary", key=f"supplement-clear-{filling.draft.epoch}"):
                filling.clear()
                st.rerun()
    st.caption("请把下载的文件发回给顾问。")


def one(question: Question) -> bool:
    """One question. Whether another run is needed."""
    with st.container(key=f"figure-{question.id}", gap="xsmall"):
        st.html(f'<p class="asked"><b>{escaped(question.text)}</b></p>{explained(question)}')
        again = draw(filling, question, on)
        papers(filling, question, on)
        return again


st.html("<h1>补充信息</h1>")
if not filling.stored:
    st.warning("刚才的回答没有存到服务器上，刷新会丢失。请先下载填好的文件，再告诉维护人员。")
if filling.asked:
    ask()
else:
    begin()
