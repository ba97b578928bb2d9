"""What concerns all clients of the desk together: the days to keep, everything out as one file and in again, backups."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import streamlit as st

from eligibility.clients.archive import export_clients, import_clients
from eligibility.clients.calendar import clients_calendar
from eligibility.clients.desk import Desk
from eligibility.clients.problems import ClientsError
from eligibility.clients.records import Expiry, Role
from eligibility.clock import now
from eligibility.rulebook.book import Rulebook
from ui.rulebook import kept_versions
from ui.text import escaped, listed, plain

AHEAD = timedelta(days=180)
_LISTED = 30


def days(desk: Desk, book: Rulebook, on: date) -> None:
    """The papers that run out soon, and all of them as one calendar file."""
    folded = st.expander("证照到期和日历", key="clients-days", on_change="rerun")
    if not folded.open:
        return
    with folded:
        soon = desk.expiring(first=on, last=on + AHEAD)
        if soon:
            more = f"<p class='note'>还有 {len(soon) - _LISTED} 份，日历文件里都有。</p>" if len(soon) > _LISTED else ""
            st.html(f"<p>半年内到期的有 {len(soon)} 份：</p><ul>{''.join(_line(e, book) for e in soon[:_LISTED])}</ul>{more}")
        else:
            st.markdown("半年内没有到期的。在企业的“回答”里填了证照的有效期，这里就会列出来。")
        st.download_button(
            "下载全部企业的到期日历（提前三个月提醒）", lambda: clients_calendar(desk, book, on=on), "企业证照到期.ics", "text/calendar", on_click="ignore", key="clients-calendar"
        )


def _line(expiry: Expiry, book: Rulebook) -> str:
    question = book.questions.get(expiry.question)
    option = question.option.get(expiry.option) if question else None
    number = f"（编号 {expiry.number}）" if expiry.number else ""
    return f"<li><b>{expiry.until.isoformat()}</b>　{escaped(expiry.name)}：{escaped((option.name if option else expiry.option) + number)}</li>"


def moving(desk: Desk) -> None:
    """For a lead: everything out, everything in; and for whoever looks after the machine, how backups are made."""
    folded = st.expander("导出、导入、备份", key="clients-moving", on_change="rerun")
    if not folded.open:
        return
    with folded:
        if desk.advisor.role is Role.LEAD:
            st.markdown("**导出**：本机构全部企业的资料、回答、历史、留存的结果和改判，一个文件。里面是企业的信息，请妥善保管。")
            st.download_button("导出全部档案", lambda: _exported(desk), f"客户档案-{now():%Y-%m-%d}.zip", "application/zip", on_click="ignore", key="clients-export")
            st.markdown("**导入**：收进以前导出的文件。已经有的企业不动，不会重复，也不会被覆盖。")
            _import(desk)
        else:
            st.markdown("导出和导入只有负责人可以做。")
        st.markdown(
            "**备份**：请维护人员定期在服务器上运行 `python -m eligibility clients backup -o 备份.sqlite3`，程序不用停。"
            "用 PostgreSQL 的，用它自己的 `pg_dump`。文件很大、网页传不上来时，也可以用 `python -m eligibility clients import` 导入。"
        )


def _exported(desk: Desk) -> bytes:
    with TemporaryDirectory() as folder:
        target = Path(folder) / "clients.zip"
        export_clients(desk, target, at=now(), archive=kept_versions())
        return target.read_bytes()


def _import(desk: Desk) -> None:
    turn = st.session_state.get("clients-import-turn", 0)
    with st.form(f"clients-import-{turn}", border=False):
        file = st.file_uploader("导出的文件（.zip）", type=["zip"], key=f"clients-import-file-{turn}")
        if st.form_submit_button("导入", key=f"clients-import-do-{turn}"):
            if file is None:
                st.error("请先选文件。")
                return
            with TemporaryDirectory() as folder:
                source = Path(folder) / "clients.zip"
                source.write_bytes(file.getvalue())
                try:
                    found = import_clients(desk, source, archive=kept_versions())
                except ClientsError as error:
                    st.error(plain(str(error).replace(str(source), file.name)))
                    return
            said = f"新收进 {len(found.added)} 家，已经有、没有动的 {len(found.already)} 家。"
            st.session_state["clients-said"] = said + (f"有 {len(found.faults)} 处读不了：\n{listed(found.faults)}" if found.faults else "")
            st.session_state["clients-import-turn"] = turn + 1
            st.rerun()
