"""For which companies the change is worked out: the one on the screen, an advisor's clients, and those of files that are brought along."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import streamlit as st

from eligibility.assessment import assess
from eligibility.clock import today
from eligibility.report.wording import NO_NAME, company
from eligibility.roster import Company, read_files
from ui.access import advisor
from ui.session import Session
from ui.text import listed, plain
from ui.unfolding import too_much

LARGEST_MB, MOST_FILES, MOST = 2, 500, 500


def given(session: Session) -> list[Company]:
    """The companies, and on the screen what could not be read. The uploads go when the visitor turns to another company."""
    draft = session.draft
    found = []
    if draft.profile.answers:
        name = company(assess(session.book, draft.profile, on=today()))
        label, name = ("算上现在自测的这家", "现在自测的企业") if name == NO_NAME else (f"算上现在自测的这家（{plain(name)}）", name)
        if st.checkbox(label, value=True, key=f"changes-own-{draft.epoch}", persist_state="session"):
            found.append(Company(name, draft.as_answers()))
    if advisor() is not None:
        from ui.changes.stored import stored  # a visitor needs nothing of stored clients

        found += stored()
    files = st.file_uploader(
        "企业的答案，可以选多个文件（不传也行，只看规则哪里变了）",
        type=["yaml", "yml", "json"],
        accept_multiple_files=True,
        max_upload_size=LARGEST_MB,
        key=f"changes-companies-{draft.epoch}",
        help="一个文件一家企业，就是自测时保存的答案；也可以是一张清单，每一家写 name（名称）和 answers（题目编号: 回答）。",
    )
    faults: list[str] = []
    listed, unread = read_files(_small(files[:MOST_FILES], faults))
    faults += unread
    if len(files) > MOST_FILES:
        faults.append(f"一次最多 {MOST_FILES} 个文件，后面 {len(files) - MOST_FILES} 个没有读。请分几次看。")
    if len(listed) > MOST:
        faults.append(f"一次最多 {MOST} 家企业，后面 {len(listed) - MOST} 家没有算。请分几次看。")
    if faults:
        _tell(faults, len(listed[:MOST]))
    return found + listed[:MOST]


def _small(files: list[Any], faults: list[str]) -> Iterator[tuple[str, bytes]]:
    for file in files:
        content: bytes = file.getvalue()
        if too_much(content):
            faults.append(f"{file.name}：展开以后太大，不像是企业的答案。请检查里面的引用（& 和 *）。")
        else:
            yield file.name, content


def _tell(faults: list[str], read: int) -> None:
    st.warning(f"读到 {read} 家企业。下面 {len(faults)} 处没有用上，其余照常：\n" + listed(faults))
