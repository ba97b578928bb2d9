"""The way in: a ledger, or an empty one to fill in; and how far the work is."""

from __future__ import annotations

from pathlib import PurePath

import streamlit as st

from eligibility.rulebook.book import Rulebook
from eligibility.screening.template import ledger_template
from ui.screening.job import Job
from ui.screening.sitting import Sitting, Upload
from ui.text import plain

LARGEST_MB = 20  # 10,000 rows are 3 to 4 MB
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TYPES = ["xlsx", "xlsm", "csv", "parquet"]


def upload(sitting: Sitting) -> None:
    """Take a ledger. As soon as it is here, the one before is gone."""
    first = sitting.upload is None
    file = st.file_uploader(
        "上传企业台账（.xlsx、.csv 或 .parquet）" if first else "换一份台账",
        type=_TYPES,
        max_upload_size=LARGEST_MB,
        key=f"screening-upload-{sitting.number}",
        help=f"每家企业一行，第一行是列名；列名和模板一样最好，不一样的可以在页面上对照。最多 {LARGEST_MB} MB。文件只在这台电脑上判断，不会传到别处。",
    )
    if file is None:
        return
    if file.size > LARGEST_MB * 1024 * 1024:
        st.error(f"文件有 {file.size / 1024 / 1024:.0f} MB，太大了。最多 {LARGEST_MB} MB，请拆成几份。")
        return
    sitting.begin(Upload(PurePath(file.name.replace("\\", "/")).name, file.getvalue()))
    st.rerun()


def template(book: Rulebook) -> None:
    """An empty ledger to take away."""
    st.download_button("下载台账模板", lambda: ledger_template(book), "企业台账模板.xlsx", WORKBOOK, on_click="ignore", key="screening-template")


def under_way(sitting: Sitting) -> None:
    """How far the work is, and a way to stop it. Draws itself again until the work has ended."""
    st.fragment(_under_way, run_every=0.4)(sitting)


def _under_way(sitting: Sitting) -> None:
    if sitting.settle() or sitting.job is None:
        st.rerun()
    name = sitting.upload.name if sitting.upload else ""
    st.markdown(f"**{plain(name)}**")
    bar(sitting.job)
    if st.button("取消", key="screening-cancel"):
        sitting.clear()
        st.rerun()
    st.caption("可以先去别的页面，回来时还在这里。")


def bar(job: Job) -> None:
    """A progress bar with the rate, and how much longer it takes where that can be told."""
    step = job.step
    if step is None or not step.of:
        st.progress(0.0, f"{step.what if step else '正在准备'}……")
        return
    told = f"{step.what}：{step.done:,} / {step.of:,} 家"
    if job.rate:
        seconds = (step.of - step.done) / job.rate
        told += f"，每秒 {job.rate:,.0f} 家，这一步" + ("马上就好" if seconds < 1 else f"还要约 {seconds:.0f} 秒" if seconds < 90 else f"还要约 {seconds / 60:.0f} 分钟")
    st.progress(step.done / step.of, told)
