"""The matrix on the screen: filters, one page of clients against the supports, and behind a client everything about it."""

from __future__ import annotations

import math
from typing import Any, cast

import streamlit as st
from streamlit.column_config import MultiselectColumn, NumberColumn, TextColumn

from eligibility.assessment import Verdict
from eligibility.report.labels import STRENGTHS, VERDICTS
from eligibility.rulebook.models import Strength
from ui.screening.client import client
from ui.screening.keep import keep
from ui.screening.matrix import DECIDED, NAME, SHOWN, Codes, Filters, Order, View, codes, overridden, table, view
from ui.screening.sitting import Sitting
from ui.screening.work import Found
from ui.text import plain

AT_ONCE = 200  # clients on one page
# Told apart by sign and words first; the colours differ in lightness too, and hold on white and on black.
COLOURS = ["#1d5a96", "#7a5900", "#47708f", "#6b737b"]


def filters(sitting: Sitting) -> Filters:
    """What the user wants to see. It stays while the pages change, and ends with the ledger."""
    book = sitting.book

    def pills(name: str, options: dict[str, str]) -> frozenset[str]:
        return frozenset(
            st.pills(name, list(options), selection_mode="multi", format_func=lambda o: plain(options[o]), key=f"screening-{name}-{sitting.number}", persist_state="session") or ()
        )

    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        client_words = st.text_input("找企业", placeholder="名称里的几个字", key=f"screening-client-{sitting.number}", type="search", live=True, persist_state="session", width=320) or ""
        orders = {Order.GIVEN: "按名称" if sitting.stored else "按台账的顺序", Order.MATCHED: "对应多的在前", Order.CLOSE: "差一点的多的在前"}
        order = st.selectbox("顺序", list(orders), format_func=orders.__getitem__, key=f"screening-order-{sitting.number}", width=220, persist_state="session")
    folded = st.expander("筛选支持和结论", key=f"screening-filters-{sitting.number}")
    with folded:
        verdicts = pills("结论", {v.value: f"{label.symbol} {label.name}" for v, label in VERDICTS.items()})
        strengths = pills("力度", {s.value: label.name for s, label in STRENGTHS.items()})
        kinds = pills("类别", {k: kind.name for k, kind in book.kinds.items()})
        named = {a.id: a.name for a in book.agency_list.agencies}
        agency = st.selectbox("部门", list(named), index=None, format_func=named.__getitem__, placeholder="全部部门", key=f"screening-agency-{sitting.number}", persist_state="session")
        words = st.text_input("支持里的几个字", placeholder="如：创新券", key=f"screening-words-{sitting.number}", type="search", live=True, persist_state="session") or ""
    return Filters(frozenset(map(Verdict, verdicts)), frozenset(map(Strength, strengths)), kinds, agency, words, client_words, order)


def overview(sitting: Sitting, found: Found) -> None:
    """Clients down, supports across."""
    with st.container(key="screening-controls"):
        wanted = filters(sitting)
    everything = codes(found.shown)
    seen = view(found.screening, everything, wanted)
    told = f"{len(seen.clients):,} 家企业，{len(seen.supports)} 项支持"
    if wanted.used:
        told += f"（共 {len(found.screening.clients):,} 家、{len(found.screening.supports)} 项）"
    st.caption(f"{told}。点一格，在表的下面看这家企业；点列名可以排序。")
    if not len(seen.clients) or not len(seen.supports):
        st.info("没有符合筛选条件的。请少选几个条件。")
        return
    pages = math.ceil(len(seen.clients) / AT_ONCE)
    page = 1
    if pages > 1:
        page = st.number_input(f"第几页（共 {pages} 页，每页 {AT_ONCE} 家）", 1, pages, 1, key=f"screening-page-{sitting.number}-{pages}", width=220, persist_state="session")
    shown = seen.clients[(page - 1) * AT_ONCE : page * AT_ONCE]
    if not sitting.stored:
        keep(sitting, found, [int(n) for n in seen.clients], filtered=bool(wanted.used))
    place = _grid(sitting, found, everything, View(shown, seen.supports), wanted)
    if place is not None:
        client(sitting, found, place[0], place[1])


def _grid(sitting: Sitting, found: Found, everything: Codes, seen: View, wanted: Filters) -> tuple[int, str | None] | None:
    """Draw one page; the client and the support that the user has clicked, if any."""
    screening = found.screening
    clients, supports = [int(n) for n in seen.clients], [int(n) for n in seen.supports]
    config: dict[str, Any] = {NAME: TextColumn("企业", pinned=True, width=160)}
    for verdict, label in VERDICTS.items():
        config[verdict.value] = NumberColumn(f"{label.symbol} {label.name}", help=label.explanation, width=130)
    decided = overridden(screening, clients)
    for n in supports:
        support = screening.supports[n]
        said = f"{plain(support.title)}（{STRENGTHS[support.strength].name}，{plain(sitting.book.kinds[support.kind].name)}）"
        config[support.id] = MultiselectColumn(support.title, help=said, options=SHOWN + DECIDED, color=COLOURS * 2, width=330 if support.id in decided else 165)
    which = hash((tuple(clients), tuple(supports), wanted.verdicts))  # a selection means places: it ends with what it was made in
    state = st.dataframe(
        table(screening, everything, clients, supports, wanted.verdicts),
        hide_index=True,
        height=min(38 + 35 * len(clients), 560),
        column_config=config,
        on_select="rerun",
        selection_mode="single-cell",
        key=f"screening-matrix-{sitting.number}-{which}",
        alt="企业和支持的总表",
    )
    cells = cast(Any, state).selection.cells
    if not cells:
        return None
    row, column = cells[0]
    return (clients[row], column if column in screening.rulebook.supports else None) if row < len(clients) else None
