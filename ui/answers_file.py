"""Answers to a file and back, and the way to the next enterprise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st
import yaml
from streamlit.runtime.uploaded_file_manager import UploadedFile

from eligibility.profile import AnswerProblem
from eligibility.rulebook.book import Rulebook
from ui.access import inside_a_frame
from ui.navigation import SUPPLEMENT
from ui.session import Session
from ui.text import plain
from ui.unfolding import too_much

_LARGEST_MB = 1
_LOADED = "loaded"  # in st.session_state: what the last file brought


class UnreadableFileError(Exception):
    """A file that holds no answers; says why and what to do."""


def written(answers: dict[str, Any], book: Rulebook) -> str:
    """An answers file: the form that the command line reads, each answer under the question in plain words."""
    lines = [f"# {book.cover.title} · 自测答案 · 规则库 {book.version}"]
    for id_, value in answers.items():
        lines += [f"# {book.questions[id_].text}", yaml.safe_dump({id_: value}, allow_unicode=True, default_flow_style=False, width=10_000).strip()]
    return "\n".join(lines) + "\n"


def parsed(content: bytes) -> Any:
    """The data in an answers file. Raises UnreadableFileError."""
    if too_much(content):
        raise UnreadableFileError("这个文件展开来太大，不像答案文件。请选从这里保存的答案文件。")
    try:
        return yaml.safe_load(content.decode("utf-8-sig")) or {}
    except UnicodeDecodeError:
        raise UnreadableFileError("这个文件不是 UTF-8 文字。请选从这里保存的答案文件，或者另存为 UTF-8 再试。") from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f"第 {mark.line + 1} 行" if mark else "这个文件"
        raise UnreadableFileError(f"{place}读不懂。请检查缩进、冒号后的空格和引号，或者选从这里保存的答案文件。") from None


def answers_upload(label: str, key: str, *, by_hand: bool = False) -> UploadedFile | None:
    """Where an answers file is chosen; one filled in `by_hand` may have become a .txt."""
    return st.file_uploader(label, type=["yaml", "yml", "json", *(["txt"] if by_hand else [])], max_upload_size=_LARGEST_MB, key=key)


def panel(session: Session) -> None:
    """Save, load, clear. Drawn only while it is open."""
    folded = st.expander("保存、载入答案，或换一家企业", key=f"file-{session.draft.epoch}", on_change="rerun")
    if folded.open:
        with folded:
            _panel(session)


def _panel(session: Session) -> None:
    draft = session.draft
    if draft.begun:
        st.download_button("保存答案到文件", written(draft.as_answers(), session.book), "自测答案.yaml", "application/yaml", on_click="ignore", key=f"save-{draft.epoch}")
    if session.id is None:  # without a cookie the server takes no files
        st.caption("浏览器没有让本页留下 Cookie，这里载入不了文件。请在新窗口里打开自测，再载入。")
    else:
        _load_from(session)
    if draft.begun:
        with st.popover("清空，换一家企业", key=f"clear-{draft.epoch}"):
            st.markdown("现在的答案会全部删除，不能恢复。要留着的话，请先保存到文件。")
            if st.button("确定清空", type="primary", key=f"cleared-{draft.epoch}"):
                st.session_state.pop(_LOADED, None)
                session.keep(draft.cleared())
                st.rerun()


def _load_from(session: Session) -> None:
    file = answers_upload("载入以前保存的答案（会替换现在的答案）", f"load-{session.draft.epoch}")
    if file is not None:
        _load(session, file.getvalue())
    if not inside_a_frame():
        st.page_link(SUPPLEMENT, label="收到了顾问发来要填的文件？在这里填")


def _load(session: Session, content: bytes) -> None:
    try:
        data = parsed(content)
    except UnreadableFileError as error:
        st.error(str(error))
        return
    draft, problems = session.draft.loading(data, session.book)
    if not draft.begun:
        st.error("文件里没有能用的答案，现在的答案没有动。" + _told(problems, session.book))
        return
    st.session_state[_LOADED] = (draft.epoch, len(draft.profile.answers), tuple(problems))  # first: what is kept must be told of
    session.keep(draft)
    st.rerun()


def report_load(session: Session) -> None:
    """After a file was loaded: how much was taken over, and what was not and why. Until the next enterprise."""
    loaded = st.session_state.get(_LOADED)
    if loaded is None or loaded[0] != session.draft.epoch:
        return
    _, taken, problems = loaded
    if problems:
        st.warning(f"载入了 {taken} 个回答。下面 {len(problems)} 处没有用上，其余都在：" + _told(problems, session.book))
    else:
        st.success(f"载入了 {taken} 个回答。")


def _told(problems: Sequence[AnswerProblem], book: Rulebook) -> str:
    lines = []
    for problem in problems:
        question = book.questions.get(problem.question)
        name = f"“{question.short}”（{problem.question}）" if question else problem.question
        lines.append(f"\n- {plain(name)}：{plain(problem.what)}。{plain(problem.remedy)}")
    return "\n" + "".join(lines) if lines else ""
