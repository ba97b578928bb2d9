"""The way in: a ledger, or an empty one to fill in; and how far the work is."""

from __future__ import annotations

from functools import lru_cache
from pathlib import PurePath

import streamlit as st

from eligibility.clients.screened import stored_clients
from eligibility.clients.words import NOBODY_SERVED, SERVED
from eligibility.profile import Profile, read_profile
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.problems import RulebookError
from eligibility.scenarios import read_scenarios
from eligibility.screening.template import ledger_template
from ui.desk import desk as open_desk
from ui.downloads import WORKBOOK
from ui.rulebook import rules_folder
from ui.screening.job import Job, be_ready
from ui.screening.sitting import Sitting, Upload
from ui.text import plain

_SAMPLES, _TELLING = 30, 8  # example clients, each with at least so many answers
LARGEST_MB = 20  # 10,000 rows are 3 to 4 MB
_TYPES = ["xlsx", "xlsm", "csv", "parquet"]


def upload(sitting: Sitting) -> None:
    """Take a ledger. As soon as it is here, the one before is gone."""
    first = sitting.upload is None
    if first:
        _get_ready()
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


def _get_ready() -> None:
    """While the user looks for the file: start the process that will decide it, and have the browser fetch what draws tables."""
    be_ready()
    with st.container(key="screening-ahead"):
        st.dataframe({}, key="screening-ahead-table")


def stored(sitting: Sitting) -> None:
    """Take the clients of 客户档案 instead of a ledger."""
    if st.button("筛查客户档案里的企业", key=f"screening-stored-{sitting.number}", help=SERVED):
        clients, unread = stored_clients(open_desk(), sitting.book)
        if not clients:
            st.info(NOBODY_SERVED)
            return
        sitting.begin_stored(clients, unread)
        st.rerun()


def template(book: Rulebook) -> None:
    """An empty ledger to take away."""
    st.download_button("下载台账模板", lambda: ledger_template(book), "企业台账模板.xlsx", WORKBOOK, on_click="ignore", key="screening-template")


def sample(book: Rulebook) -> None:
    """The same with the companies of the worked cases, to try it out; none where the rules came without their cases."""
    clients = _samples(book)
    if clients:
        about = f"{len(clients)} 家企业，都是编的，用来试一试，也可以照着填。"
        st.download_button("下载示例台账", lambda: ledger_template(book, clients), "示例台账.xlsx", WORKBOOK, on_click="ignore", key="screening-sample", help=about)


@lru_cache(maxsize=2)
def _samples(book: Rulebook) -> tuple[Profile, ...]:
    named = book.named_by
    try:
        scenarios = [s for s, _ in read_scenarios(rules_folder())]
    except (RulebookError, OSError):
        return ()
    found = []
    for scenario in scenarios:
        profile, faults = read_profile(scenario.answers, book.questions)
        if len(profile.answers) >= _TELLING and not faults:
            found.append(profile.with_answer(named.id, f"示例：{scenario.text}"[: named.max_length]) if named else profile)
    return tuple(found[:_SAMPLES])


def under_way(sitting: Sitting) -> None:
    """How far the work is, and a way to stop it. Draws itself again until the work has ended."""
    st.fragment(_under_way, run_every=0.15)(sitting)


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
