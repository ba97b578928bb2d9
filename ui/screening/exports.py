"""What can be taken away: made in the background, then offered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import streamlit as st

from ui.downloads import WORKBOOK
from ui.screening.job import Job
from ui.screening.sitting import Sitting
from ui.screening.upload import bar
from ui.screening.work import Found, chosen, make_reports, make_table, make_workbook
from ui.text import plain

_NAMED = 10  # clients in a message
REPORTS = 500  # PDFs in one zip: about 120 MB


def exports(sitting: Sitting, found: Found) -> None:
    """One workbook, one zip of PDFs, one long table. Draws itself again while something is being made."""
    busy = any(job.running for job, _ in sitting.files.values())
    st.fragment(_exports, run_every=0.5 if busy else None)(sitting, found, busy)


def _exports(sitting: Sitting, found: Found, busy: bool) -> None:
    with st.container(key="screening-exports", horizontal=True, gap="small", vertical_alignment="bottom"):
        _offers(sitting, found)
    if busy and not any(job.running for job, _ in sitting.files.values()):
        st.rerun()


def _offers(sitting: Sitting, found: Found) -> None:
    screening = found.screening
    day, clients = screening.on.isoformat(), len(screening.clients)
    book = "总表、明细、反查、缺口、要联系的部门、数据问题"
    _offer(sitting, "workbook", "工作簿", f"批量筛查-{day}.xlsx", WORKBOOK, lambda path: Job(make_workbook, screening, found.reading, path), book, primary=True)
    starts = range(0, clients, REPORTS)
    start = 0
    if len(starts) > 1:
        start = st.selectbox(
            f"PDF 一次最多 {REPORTS} 家，做哪些", list(starts), format_func=lambda n: f"第 {n + 1:,}–{min(n + REPORTS, clients):,} 家", key=f"screening-reports-{sitting.number}", width=320
        )
    part = chosen(screening, range(start, min(start + REPORTS, clients)))
    name = f"批量筛查-{day}{f'-{start + 1}起' if len(starts) > 1 else ''}.zip"
    _offer(sitting, f"reports-{start}", " PDF 压缩包", name, "application/zip", lambda path: Job(make_reports, part, path), f"{len(part.clients):,} 家，每家一份")
    _offer(sitting, "table", "长表", f"批量筛查-{day}.csv", "text/csv", lambda path: Job(make_table, screening, path), "每家企业的每项支持一行，供透视和筛选")


def _offer(sitting: Sitting, key: str, what: str, name: str, mime: str, make: Callable[[Path], Job], about: str, *, primary: bool = False) -> None:
    """A button that has it made; then how far it is; then the file."""
    kind: Literal["primary", "secondary"] = "primary" if primary else "secondary"
    busy = key in sitting.files and sitting.files[key][0].running
    with st.container(key=f"screening-export-{key}", width=380 if busy else "content"):
        if key not in sitting.files:
            if st.button(f"生成{what}", key=f"screening-make-{key}-{sitting.number}", help=about, type=kind):
                sitting.files[key] = (make(path := sitting.place_for(f"{key}")), path)
                st.rerun()
            return
        job, path = sitting.files[key]
        if job.running:
            bar(job)
            if st.button("取消", key=f"screening-stop-{key}-{sitting.number}"):
                job.cancel()
                del sitting.files[key]
                st.rerun()
        elif job.done:
            st.download_button(f"下载{what}", path.read_bytes, name, mime, on_click="ignore", key=f"screening-take-{key}-{sitting.number}", type=kind)
            missing = [plain(m.client) for part in job.parts if isinstance(part, tuple) for m in part]
            if missing:
                st.warning(f"{len(missing)} 家没有做出 PDF，其余的都在压缩包里，说明.txt 写了原因：{'、'.join(missing[:_NAMED])}{'……' if len(missing) > _NAMED else ''}")
        else:
            st.error(f"{what.strip()}没有做成。")
            if st.button("再试一次", key=f"screening-retry-{key}-{sitting.number}"):
                del sitting.files[key]
                st.rerun()
