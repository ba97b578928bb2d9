"""反查: choose a support and see who gets it, who lacks one thing and what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st
from streamlit.column_config import NumberColumn, TextColumn

from eligibility.directory import Directory
from eligibility.override import standing
from eligibility.report.labels import STRENGTHS
from eligibility.report.screening_workbook import lack_words
from eligibility.report.wording import whom
from eligibility.screening.screening import Candidate, look_up
from ui.screening.sitting import Sitting
from ui.screening.work import Found
from ui.segments import one_of
from ui.support_card import contacts
from ui.text import escaped


def lookup(sitting: Sitting, found: Found) -> None:
    """One support, and its candidates by how far they are from it."""
    screening = found.shown
    supports = sitting.book.supports
    chosen = st.selectbox(
        "选一项支持",
        list(supports),
        format_func=lambda id_: f"{supports[id_].title}（{STRENGTHS[supports[id_].strength].name}）",
        key=f"screening-lookup-{sitting.number}",
        persist_state="session",
    )
    seen = look_up(screening, chosen)
    support = seen.support
    door = next((d for d in Directory(sitting.book, None).doors(support) if d.role == "first"), None)
    places = [sitting.book.policies[s.policy].cite(s.article) for s in support.sources]
    st.html(
        f'<p>{escaped(support.gives)}。</p><p class="note">{escaped("，".join(dict.fromkeys(places)))}'
        + (f"；先联系{escaped(whom(door))}：{contacts(door, screening.on)}" if door else "")
        + "</p>"
    )
    groups: dict[str, Sequence[Candidate]] = {"现在就对应": seen.matched, "只等部门答复": seen.to_ask, "差一项": seen.one_short, "差几项": seen.further}
    first = next((name for name, listed in groups.items() if listed), "现在就对应")
    group = one_of("看哪些企业", {name: f"{name} {len(listed):,}" for name, listed in groups.items()}, first, f"screening-group-{sitting.number}-{chosen}")
    st.caption(f"不对应的有 {seen.excluded:,} 家。")
    if not groups[group]:
        st.info("这一组里没有企业。")
        return
    _candidates(sitting, groups[group], chosen)


def _candidates(sitting: Sitting, listed: Sequence[Candidate], support: str) -> None:
    lacking = any(c.lacks for c in listed)
    decided = [standing(c.client.overrides).get(support) for c in listed]
    rows: dict[str, list[Any]] = {"企业": [c.client.name for c in listed]}
    if not sitting.stored:
        rows["台账行号"] = [c.client.row for c in listed]
    if lacking:
        rows["还差什么"] = [lack_words(c.lacks, sitting.book).replace("\n", "；") for c in listed]
    if any(decided):
        rows["改判"] = [f"{o.by}：{o.reason}" if o else "" for o in decided]
    st.dataframe(
        rows,
        hide_index=True,
        height=min(38 + 35 * len(listed), 490),
        column_config={"企业": TextColumn(pinned=True, width=220), "台账行号": NumberColumn(width=90), "还差什么": TextColumn(width="large"), "改判": TextColumn(width="large")},
        alt="这一组企业",
    )
