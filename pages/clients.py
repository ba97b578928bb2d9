"""客户档案: the clients of the desk, and one of them with everything that is kept of it."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from eligibility.assessment import HERE, assess
from eligibility.clients.desk import Desk
from eligibility.clients.problems import ClientsError
from eligibility.clients.words import STAGES
from eligibility.clock import now, today
from ui.clients.conflict import settle
from ui.clients.details import details
from ui.clients.editor import editor, unread
from ui.clients.exchange import exchange
from ui.clients.keeping import keep_all
from ui.clients.kept import kept
from ui.clients.leaving import save_last_answer
from ui.clients.listing import added_just_now, listing, new_client
from ui.clients.opened import Opened
from ui.clients.outcome import outcome
from ui.clients.past import past
from ui.clients.whole import days, moving
from ui.desk import desk as open_desk
from ui.links import follow_links
from ui.segments import one_of
from ui.session import current
from ui.text import escaped, plain

desk = open_desk()  # first of all: whoever may see no client data gets no further

STYLE = Path(__file__).resolve().parents[1] / "ui" / "clients" / "clients.css"
EVERYONE = "?all"  # the link back to where no client is chosen
PARTS = {"result": "结果", "answers": "回答", "details": "资料", "kept": "留存和对比", "exchange": "请企业补充", "history": "历史"}

session = current()
book, on = session.book, today()
st.html(STYLE)
if not follow_links() and "client" not in st.query_params and (added := added_just_now()):
    st.query_params["client"] = added
if fault := save_last_answer(book, desk, showing=st.query_params.get("client")):
    st.warning(plain(fault))


def everyone(desk: Desk) -> None:
    """The list, and what concerns all clients."""
    st.html('<h1>客户档案</h1><p class="note">本机构的企业，别的机构看不到。每一家的回答、留存的结果和改动的历史都存着，刷新、关机都不会丢。</p>')
    if said := st.session_state.pop("clients-said", None):
        st.info(said)  # Markdown: whoever says something has made names inert
    found = listing(desk, on)
    new_client(desk, session, opened=found == 0)
    keep_all(desk, book, on)
    days(desk, book, on)
    moving(desk)


def one(desk: Desk, id_: str) -> None:
    """One client: whose it is, then one part of what is kept of it."""
    key = f"c{id_}-part"
    opened = Opened(book, desk, id_, now, typing=st.session_state.get(f"{key}-shown") == "details")
    client = opened.client
    back()
    facts = [STAGES[client.stage], *client.tags, f"{client.changed_by}在 {client.changed.astimezone(HERE):%Y-%m-%d %H:%M} 最后改过"]
    st.html(f'<section class="client"><h1>{escaped(client.name)}</h1><p class="note">{"　".join(map(escaped, facts))}</p></section>')
    if opened.conflict is not None:
        settle(opened, opened.conflict)
        return
    if opened.remark:
        st.info(plain(opened.remark))
    if opened.fault:
        st.error(f"{plain(opened.fault)}刚才的回答还在这一页，会自动再存。")
    part = chosen(key)
    st.session_state[f"{key}-shown"] = part
    profile, problems = client.profile(book)
    assessment = assess(book, profile, on=on)
    if part in ("result", "answers"):
        unread(opened, problems)
    match part:
        case "answers":
            editor(opened, assessment, on)
        case "details":
            details(opened)
        case "kept":
            kept(opened, assessment, desk.overrides(id_))
        case "exchange":
            exchange(opened, assessment)
        case "history":
            past(opened, desk.overrides(id_))
        case _:
            outcome(opened, assessment, desk.overrides(id_))


def back() -> None:
    """The way back to the list."""
    st.html(f'<p><a href="{EVERYONE}">← 全部企业</a></p>')


def chosen(key: str) -> str:
    """Which part is shown. It stands in the address, so that a reload comes back to it; answers never do."""
    wanted = st.query_params.get("part", "result")
    shown = one_of("看什么", PARTS, wanted if wanted in PARTS else "result", key, "content")
    if shown != wanted:
        st.query_params["part"] = shown
    return shown


if id_ := st.query_params.get("client"):
    try:
        one(desk, id_)
    except ClientsError as error:
        st.error(plain(str(error)))
        back()
else:
    try:
        everyone(desk)
    except ClientsError as error:
        st.error(plain(str(error)))
