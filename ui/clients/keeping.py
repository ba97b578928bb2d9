"""Today's result of all clients, kept in one go."""

from __future__ import annotations

from datetime import date

import streamlit as st

from eligibility.clients.desk import Desk
from eligibility.clients.keeping import Became, Outcome, keep_results, kept_words
from eligibility.clients.screened import served
from eligibility.clients.words import NOBODY_SERVED, SERVED
from eligibility.clock import now
from eligibility.rulebook.book import Rulebook
from ui.clients.kept import NOT_KEPT, not_kept
from ui.rulebook import kept_versions, rules_folder
from ui.text import listed


def keep_all(desk: Desk, book: Rulebook, on: date) -> None:
    """Offer to keep the results."""
    folded = st.expander("留存全部企业今天的结果", key="clients-keeping", on_change="rerun")
    if not folded.open:
        return
    with folded:
        st.markdown(f"每一家有回答的企业，按现在的规则留存一份今天的结果，以后可以和它比。一家一天一份，今天已经留存过的不再留。{SERVED}几百家要大约一分钟，请留在这一页；中途离开了，回来再点一次就接着做。")
        turn = st.session_state.get("clients-keep-turn", 0)
        pressed = st.button("全部留存", type="primary", key=f"clients-keep-all-{turn}")
        if said := st.session_state.pop("clients-keep-said", None):
            st.info(said)
        if not pressed:
            return
        try:
            found = _kept(desk, book, on, turn)
        except NOT_KEPT as error:
            st.error(not_kept(error))
        else:
            st.session_state["clients-keep-said"] = _told(found)
            st.session_state["clients-keep-turn"] = turn + 1
            st.rerun()


def _kept(desk: Desk, book: Rulebook, on: date, turn: int) -> list[Outcome]:
    """What became of each. A second click ends the run of the first at its next touch of the screen, and goes on where that one stopped: what both did is told."""
    found: dict[str, Outcome] = st.session_state.setdefault(f"clients-kept-{desk.advisor.organisation}-{on}-{turn}", {})
    clients = list(served(desk))
    bar = st.progress(0.0, "正在留存……")
    for done, outcome in enumerate(keep_results(desk, clients, book, on=on, at=now(), rules=rules_folder(), archive=kept_versions()), start=1):
        if outcome.client not in found or found[outcome.client].became is not Became.KEPT:
            found[outcome.client] = outcome
        bar.progress(done / len(clients), f"正在留存：{done:,} / {len(clients):,} 家")
    return list(found.values())


def _told(found: list[Outcome]) -> str:
    """As Markdown."""
    if not found:
        return NOBODY_SERVED
    return kept_words(found) + listed([o.fault for o in found if o.fault])
