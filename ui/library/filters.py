"""What a reader looks for in the library."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from eligibility.library import Library
from eligibility.report.labels import BENEFICIARIES, STRENGTHS
from eligibility.rulebook.models import Beneficiary, Strength
from eligibility.search import Wanted

_BENEFICIARIES = {b.value: label.name for b, label in BENEFICIARIES.items()}
_STRENGTHS = {s.value: label.name for s, label in STRENGTHS.items()}
_BEFORE = "library-wanted"  # in st.session_state: what was looked for in the last run


def wanted(library: Library) -> Wanted:
    """Draw the search box and the filters. What is chosen stays while the pages change."""
    book = library.book
    statuses = {s.id: s.name for reading in library.supports.values() for s in reading.statuses}
    bodies = {b.agency.id: b.agency.name for article in library.articles.values() for b in article.bodies}

    words = st.text_input("找几个字", placeholder="如：创新券。标题、原文、条件和部门都找", type="search", live=True, key=_key("words"), persist_state="session", label_visibility="collapsed")
    folded = st.expander("按给谁、类别、力度、部门筛选", key="library-filters", on_change="rerun")
    if folded.open:  # closed they cost nothing, and what was chosen still counts
        with folded:
            _pills("给谁", _BENEFICIARIES)
            _one("其中条件写到的身份", statuses, "全部身份")
            _pills("类别", {k.id: k.name for k in book.kinds.values()})
            _pills("力度", _STRENGTHS)
            _one("责任单位", bodies, "全部部门")
    return Wanted(
        words=(words or "").strip(),
        beneficiaries=frozenset(map(Beneficiary, _chosen("给谁"))),
        status=st.session_state.get(_key("其中条件写到的身份")),
        kinds=frozenset(_chosen("类别")),
        strengths=frozenset(map(Strength, _chosen("力度"))),
        agency=st.session_state.get(_key("责任单位")),
    )


def changed(now: Wanted) -> bool:
    """Whether the reader has just begun to look for something else."""
    before = st.session_state.get(_BEFORE, Wanted())
    st.session_state[_BEFORE] = now
    return bool(now != before)


def _pills(name: str, options: Mapping[str, str]) -> None:
    st.pills(name, list(options), selection_mode="multi", format_func=options.__getitem__, key=_key(name), persist_state="session")


def _one(name: str, options: Mapping[str, str], everything: str) -> None:
    st.selectbox(name, list(options), index=None, format_func=options.__getitem__, placeholder=everything, key=_key(name), persist_state="session")


def _chosen(name: str) -> list[str]:
    return list(st.session_state.get(_key(name)) or ())


def _key(name: str) -> str:
    return f"library-{name}"
