"""批量筛查: an advisor's ledger of clients against every support."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from eligibility.assessment import Verdict
from eligibility.clock import today
from eligibility.report.labels import STRENGTHS, VERDICTS
from eligibility.report.wording import DISCLAIMER
from eligibility.rulebook.models import Strength
from ui.access import require_advisor
from ui.screening.columns import columns
from ui.screening.exports import exports
from ui.screening.lookup import lookup
from ui.screening.matrix import codes, counted
from ui.screening.overview import overview
from ui.screening.sitting import of_this_session
from ui.screening.summary import agencies, faults, gaps, pictures
from ui.screening.upload import sample, stored, template, under_way, upload
from ui.screening.work import Found
from ui.segments import one_of
from ui.session import current
from ui.text import escaped, plain

advisor = require_advisor()
STYLE = Path(__file__).resolve().parents[1] / "ui" / "screening" / "screening.css"
VIEWS = {"总表": overview, "反查": lookup, "缺口": gaps, "部门": agencies, "图": pictures, "数据问题": faults}

session = current()
sitting = of_this_session(advisor, session.book, today())
sitting.settle()


def headline(found: Found) -> str:
    """Who was screened, and what came of it."""
    screening = found.shown
    everything = codes(screening)
    direct = [n for n, s in enumerate(screening.supports) if s.strength is Strength.DIRECT]
    some = int((counted(everything[:, direct], Verdict.MATCHED, axis=1) > 0).sum())
    figures = [(f"{len(screening.clients):,} 家", "企业"), (f"{some:,} 家", f"现在就有对应的{STRENGTHS[Strength.DIRECT].name}")]
    figures += [(f"{int(counted(everything.reshape(1, -1), v, axis=1)[0]):,}", f"{VERDICTS[v].symbol} {VERDICTS[v].name}（家次）") for v in (Verdict.MATCHED, Verdict.OPEN, Verdict.NEAR)]
    return f'<ul class="figures">{"".join(f"<li><b>{a}</b>{b}</li>" for a, b in figures)}</ul>'


def results(found: Found) -> None:
    """Everything that was found."""
    name = sitting.upload.name if sitting.upload else ""
    st.html(f"<h2>{escaped(name)}{f'（{escaped(found.facts.sheet)}）' if found.facts.sheet else ''}</h2>{headline(found)}")
    for remark in found.facts.remarks:
        st.caption(f"{plain(remark)}。")
    for sheet in found.facts.unread:
        st.warning(plain(str(sheet)))
    if found.all_faults:
        st.warning(f"有 {found.all_faults:,} 格没有用上，按“不清楚”处理；逐格的原因和改法在下面的“数据问题”里。其余都照常判断。")
    if not sitting.stored:
        columns(sitting)
    exports(sitting, found)
    chosen = one_of("看什么", {name: name for name in VIEWS}, "总表", f"screening-view-{sitting.number}")
    VIEWS[chosen](sitting, found)


with st.container(key="screening"):
    st.html(STYLE)
    st.html("<h1>批量筛查</h1>")
    if sitting.upload is None:
        st.html(
            f"<p>上传一份企业台账，一次看清每家企业对应 {len(session.book.supports)} 项支持里的哪些、还差什么、该找谁；没有台账就先下载模板，填好再传。"
            "列名不同、单位不同、有空格都可以，看不懂的格会逐格告诉您，其余照常判断。</p>"
        )
    if sitting.job is None:
        with st.container(key="screening-in") if sitting.found is None else st.expander("换一份台账", key=f"screening-in-{sitting.number}"):
            upload(sitting)
            with st.container(horizontal=True, gap="small"):
                stored(sitting)
                template(session.book)
                sample(session.book)
    if sitting.job is not None:
        under_way(sitting)
    elif sitting.found is not None:
        results(sitting.found)
    elif sitting.trouble is not None:
        st.error(plain(sitting.trouble))
        columns(sitting)
    st.caption(f"{DISCLAIMER}。空着的格一律是“不清楚”，不当成“没有”。规则库 {session.book.version}。")
