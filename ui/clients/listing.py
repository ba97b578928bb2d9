"""All clients of the desk: searched, narrowed, ordered, page by page; and a new one."""

from __future__ import annotations

from datetime import date
from time import monotonic
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import streamlit as st

from eligibility.clients.desk import NAME_LENGTH, Desk, Order
from eligibility.clients.problems import ClientsError
from eligibility.clients.records import ListedClient, Stage
from eligibility.clients.words import STAGES
from eligibility.clock import now
from ui.answers_file import UnreadableFileError, answers_upload, parsed
from ui.clicks import followed_once
from ui.session import Session
from ui.text import escaped, plain

PER_PAGE = 20
_TURNS = {"上一页": -1, "下一页": 1}
ORDERS = {Order.CHANGED: "最近改过的在前", Order.NAME: "按名称", Order.EXPIRY: "快到期的在前"}
_TOKEN = "clients-new"  # in st.session_state: the form for the next client; a second click on a used one adds nothing
_ADDED = "clients-added"  # there too: the client added last, and when
_TWO_CLICKS = 2.0  # seconds within which a second click still belongs to the first


def listing(desk: Desk, on: date) -> int:
    """The list. How many clients there are in it; -1: none that were looked for."""
    with st.container(key="clients-filters", horizontal=True, gap="small", vertical_alignment="bottom"):
        words = st.text_input("查找", placeholder="名称、备注、标签里的字", type="search", key="clients-words", persist_state="session", width=220)
        stage = st.selectbox("状态", list(Stage), index=None, format_func=STAGES.__getitem__, placeholder="全部", key="clients-stage", persist_state="session", width=115)
        tag = st.selectbox("标签", desk.tags(), index=None, placeholder="全部", key="clients-tag", persist_state="session", width=140)
        order = st.selectbox("排序", list(Order), format_func=ORDERS.__getitem__, key="clients-order", persist_state="session", width=175) or Order.CHANGED
    wanted = (words or "", stage, tag, order)
    page = _page(wanted)
    found = desk.clients(on=on, search=words or "", stage=stage, tag=tag, order=order, limit=PER_PAGE, offset=(page - 1) * PER_PAGE)
    pages = max(1, -(-found.total // PER_PAGE))
    if page > pages:  # clients went meanwhile
        page = pages
        found = desk.clients(on=on, search=words or "", stage=stage, tag=tag, order=order, limit=PER_PAGE, offset=(page - 1) * PER_PAGE)
    if not found.total:
        st.info("没有找到。请换几个字，或者去掉筛选。" if any(wanted[:3]) else "还没有存下的企业。请在下面加第一家。")
        return 0 if not any(wanted[:3]) else -1
    st.caption(f"共 {found.total:,} 家" + (f"，第 {page} 页，共 {pages:,} 页" if pages > 1 else ""))
    st.html(f'<ul class="clients">{"".join(_row(client, on) for client in found.clients)}</ul>')
    if pages > 1:
        _turn(page, pages, wanted)
    return found.total


def _page(wanted: tuple[Any, ...]) -> int:
    """The page shown. It belongs to what was looked for: anything else begins at the first. A turn is followed before anything is read, so that it costs one run."""
    held = st.session_state.get("clients-page")
    page = int(held[1]) if held is not None and held[0] == wanted else 1
    for name, step in _TURNS.items():
        if st.session_state.get(f"clients-{name}-{page}"):
            st.session_state["clients-page"] = (wanted, page + step)
            return page + step
    return page


def _turn(page: int, pages: int, wanted: tuple[Any, ...]) -> None:
    with st.container(horizontal=True, gap="small"):
        for name, step in _TURNS.items():
            # Pressed and still drawn: this session is new and did not know the button when the run began.
            if st.button(name, disabled=not 1 <= page + step <= pages, key=f"clients-{name}-{page}"):
                st.session_state["clients-page"] = (wanted, page + step)
                st.rerun()


def _row(client: ListedClient, on: date) -> str:
    return f'<li><a href="{escaped(to_client(client.id))}">{escaped(client.name)}</a><p class="note">{"　".join(map(escaped, _facts(client, on)))}</p></li>'


def to_client(id_: str) -> str:
    """The link to a client. The id is in the address, and is good for nobody of another organisation; answers never are."""
    return "?" + urlencode({"client": id_})


def _facts(client: ListedClient, on: date) -> list[str]:
    facts = [STAGES[client.stage]]
    if client.tags:
        facts.append("、".join(client.tags))
    if client.expired:
        facts.append(f"{client.expired} 份证照已过期")
    if client.next_expiry:
        left = (client.next_expiry - on).days
        facts.append(f"{client.next_expiry.isoformat()} 到期{f'（还有 {left} 天）' if left <= 90 else ''}")
    facts.append(f"上次留存结果 {client.assessed.isoformat()}" if client.assessed else "还没有留存结果")
    return facts


def new_client(desk: Desk, session: Session, *, opened: bool) -> None:
    """Add a client, with answers from a file or from the self-assessment on this computer if the advisor says so."""
    token = st.session_state.setdefault(_TOKEN, uuid4().hex)
    with st.expander("加一家企业", expanded=opened, key="clients-add"), st.form(f"add-{token}", border=False):
        name = st.text_input("企业名称", max_chars=NAME_LENGTH, key=f"add-name-{token}")
        file = answers_upload("已有的答案文件（可不选）", f"add-file-{token}")
        own = session.draft.begun and st.checkbox("把“自测”里正在填的这份回答也带进来", value=False, key=f"add-own-{token}")
        if st.form_submit_button("加进来", type="primary", key=f"add-do-{token}"):
            _add(desk, session, token, name or "", file.getvalue() if file is not None else None, own=own)


def _add(desk: Desk, session: Session, token: str, name: str, content: bytes | None, *, own: bool) -> None:
    answers: dict[str, Any] = session.draft.as_answers() if own else {}
    try:
        data = parsed(content) if content is not None else {}
        if not isinstance(data, dict):
            raise UnreadableFileError("文件里应是“题目编号: 回答”。请选从这里保存的答案文件。")
        given = answers | {str(q): a for q, a in data.items() if a is not None}
        client = followed_once(f"added-{token}", lambda: desk.add(name, at=now(), answers=given))
    except (UnreadableFileError, ClientsError) as error:
        st.error(plain(str(error)))
        return
    st.session_state[_TOKEN] = uuid4().hex
    st.session_state[_ADDED] = (client.id, monotonic())
    st.query_params["client"] = client.id
    st.rerun()


def added_just_now() -> str | None:
    """The client that was just added, once. The second of two clicks comes with the address of before, and would lead back to the list."""
    id_, at = st.session_state.pop(_ADDED, (None, 0.0))
    return id_ if monotonic() - at < _TWO_CLICKS else None
