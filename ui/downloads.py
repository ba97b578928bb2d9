"""The results to take away."""

from __future__ import annotations

import json

import streamlit as st

from eligibility.assessment import Assessment
from eligibility.receipt import receipt
from eligibility.report.file_name import file_name
from eligibility.report.pdf import render_pdf
from eligibility.report.workbook import render_workbook
from ui.identify import show_warnings
from ui.question import ask
from ui.session import Session

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"  # as browsers call the format
_RECEIPT = "记下用的是哪一版规则、怎样答的、结论是什么。以后规则改了，凭它还能算出这次的结果。"


def downloads(session: Session, assessment: Assessment) -> None:
    """What is only recorded on the report, and the report as PDF and as workbook, with the receipt, made when asked for."""
    st.html("<h2>带走结果</h2>")
    for question in assessment.rulebook.questions.values():
        if question.purpose == "record" and question.asked_if is None:
            ask(session, question, assessment.on)
    show_warnings(session)
    with st.container(horizontal=True, gap="small"):
        st.download_button("下载 PDF", lambda: render_pdf(assessment), file_name(assessment, "pdf"), "application/pdf", on_click="ignore", type="primary", key="pdf")
        st.download_button("下载工作簿", lambda: render_workbook(assessment), file_name(assessment, "xlsx"), WORKBOOK, on_click="ignore", key="workbook")
        st.download_button("下载凭据", lambda: _receipt(assessment), file_name(assessment, "json"), "application/json", on_click="ignore", key="receipt", help=_RECEIPT)


def _receipt(assessment: Assessment) -> str:
    return json.dumps(receipt(assessment).as_data(), ensure_ascii=False, indent=2) + "\n"
