"""The rulebook to take away."""

from __future__ import annotations

import json
from functools import lru_cache

import streamlit as st

from eligibility.library import Library
from eligibility.report.rulebook_pdf import render_rulebook
from eligibility.rulebook_file import rulebook_data


def downloads(library: Library) -> None:
    """The whole rulebook, to print and for other programs, made when first asked for."""
    book = library.book
    st.html("<h2>带走整个规则库</h2><p class='note'>PDF 供打印和翻阅；JSON 供其他程序使用，格式见项目说明。</p>")
    with st.container(horizontal=True, gap="small"):
        st.download_button("下载 PDF", lambda: _pdf(library), f"{book.cover.title}-{book.version}.pdf", "application/pdf", on_click="ignore", key="library-pdf")
        st.download_button("下载 JSON", lambda: _json(library), f"{book.cover.title}-{book.version}.json", "application/json", on_click="ignore", key="library-json")


@lru_cache(maxsize=2)
def _pdf(library: Library) -> bytes:
    return render_rulebook(library)


@lru_cache(maxsize=2)
def _json(library: Library) -> str:
    return json.dumps(rulebook_data(library), ensure_ascii=False, indent=2) + "\n"
