"""The results that were handed out."""

from __future__ import annotations

import json
from functools import partial

import streamlit as st

from eligibility.assessment import HERE, Assessment
from eligibility.clients.problems import ClientsError
from eligibility.clients.records import KeptAssessment
from eligibility.clients.since import worked_out_again
from eligibility.file_trouble import why
from eligibility.override import Override, standing_at
from eligibility.receipt import read_receipt, receipt
from eligibility.report.file_name import file_name
from eligibility.report.labels import VERDICTS
from eligibility.report.pdf import render_pdf
from eligibility.rulebook.archive import kept as archived
from eligibility.rulebook.problems import RulebookError
from ui.clicks import followed_once
from ui.clients.compared import compared
from ui.clients.opened import Opened
from ui.rulebook import kept_versions, rules_folder
from ui.text import escaped, plain

NOT_KEPT = (RulebookError, OSError, ClientsError)


def not_kept(error: Exception) -> str:
    """Why a result is not kept, one of NOT_KEPT: a result without its rules would say nothing later."""
    match error:
        case RulebookError():
            return f"规则没有存下来，所以结果也没有留存：{plain(str(error))}"
        case OSError():
            return f"规则没有存下来，所以结果也没有留存（{why(error)}）。请告诉维护人员。"
    return plain(str(error))


def kept(opened: Opened, assessment: Assessment, overrides: tuple[Override, ...]) -> None:
    """Keep the result of today, look at those kept, compare."""
    results = opened.desk.results(opened.client.id)
    st.html("<h2>留存的结果</h2><p class='note'>把结果交给企业的那天留存一份：当时的回答、规则和结论都原样留着，以后规则改了也不变。</p>")
    if st.button("留存今天的结果", type="primary", key=f"{opened.scope}keep-{len(results)}"):
        # The same once more would say nothing new, so a second click keeps no second one, even on the button drawn after the first.
        same = f"{opened.scope}kept-{receipt(assessment).result}-{hash(overrides)}"
        try:
            followed_once(same, lambda: opened.desk.keep_result(opened.client.id, assessment, at=opened.now(), rules=rules_folder(), archive=kept_versions()))
        except NOT_KEPT as error:
            st.error(not_kept(error))
        else:
            st.rerun()
    if not results:
        st.caption("还没有留存过。")
        return
    for result in reversed(results):
        with st.container(key=f"kept-{result.id}", horizontal=True, gap="small", vertical_alignment="center"):
            made = f"{result.by}在 {result.made.astimezone(HERE):%Y-%m-%d %H:%M} 留存，规则库 {result.rulebook}"
            name = opened.client.name
            then = standing_at(overrides, result.made)
            st.html(f"<p><b>{result.on.isoformat()}</b>　{_counted(result, then)}<br><span class='note'>{escaped(made)}</span></p>")
            if archived(read_receipt(result.receipt).fingerprint, kept_versions()) is not None:
                st.download_button(
                    "当时的 PDF",
                    partial(_pdf_then, result, name, then),
                    file_name(assessment, "pdf", title=name, on=result.on),
                    "application/pdf",
                    on_click="ignore",
                    key=f"{opened.scope}then-{result.id}",
                    type="tertiary",
                    help="按当时的规则、回答和改判重新做一份。",
                )
            st.download_button(
                "原样下载",
                partial(_whole, opened, result.id),
                file_name(assessment, "json", title=name, on=result.on),
                "application/json",
                on_click="ignore",
                key=f"{opened.scope}result-{result.id}",
                type="tertiary",
                help="当时的全部结果和凭据，给程序读的格式；凭据可以用来重算核对。",
            )
    compared(opened, assessment, results, overrides)


def _whole(opened: Opened, result: str) -> str:
    return json.dumps(opened.desk.result(result), ensure_ascii=False, indent=2) + "\n"


def _pdf_then(result: KeptAssessment, name: str, overrides: tuple[Override, ...]) -> bytes:
    return render_pdf(worked_out_again(result, archive=kept_versions()).assessment, title=name, overrides=overrides)


def _counted(result: KeptAssessment, overrides: tuple[Override, ...]) -> str:
    """What the program said then, and on how many supports an advisor decided otherwise."""
    verdicts = read_receipt(result.receipt).verdicts
    return "，".join(f"{VERDICTS[v].name} {len(ids)}" for v, ids in verdicts.items()) + (f"；顾问改判 {len(overrides)} 项" if overrides else "")
