"""Somebody else saved the client first: who, when, what differs, and the choice between the two."""

from __future__ import annotations

import streamlit as st

from eligibility.assessment import HERE
from eligibility.clients.conflict import Conflict, Point
from ui.clients.opened import Opened
from ui.text import escaped


def settle(opened: Opened, conflict: Conflict) -> None:
    """Ask whose state counts. Nothing of either is lost until the visitor has chosen."""
    theirs = conflict.theirs
    when = theirs.changed.astimezone(HERE)
    st.html(
        f'<section class="conflict"><h2>有人先保存了</h2><p>您打开“{escaped(theirs.name)}”以后，{escaped(theirs.changed_by)}在 {when:%Y-%m-%d %H:%M} 保存过。'
        f"您刚才的修改还没有保存，两边都在下面。</p>{_table(conflict.points(opened.book))}</section>"
    )
    with st.container(horizontal=True, gap="small"):
        if st.button("保留我的修改，存成新的一次", type="primary", key=f"mine-{theirs.id}-{theirs.version}"):
            opened.take_mine()
            st.rerun()
        if st.button("用对方的，放弃我的这次修改", key=f"theirs-{theirs.id}-{theirs.version}"):
            opened.take_theirs()
            st.rerun()
    st.caption("保留我的：只把我改过的几处放到对方保存的上面，对方改的其他内容都留着；两次修改都在历史里。")


def _table(points: tuple[Point, ...]) -> str:
    heads = "".join(f"<th>{h}</th>" for h in ("", "原来", "对方保存的", "我的修改"))
    return f'<div class="wide" role="region" aria-label="两次修改的对照" tabindex="0"><table><thead><tr>{heads}</tr></thead><tbody>{"".join(map(_row, points))}</tbody></table></div>'


def _row(point: Point) -> str:
    cells = "".join(f"<td>{escaped(text)}</td>" for text in (point.before, point.theirs, point.mine))
    mark = ' class="opposed"' if point.opposed else ""
    return f"<tr{mark}><th>{escaped(point.name)}</th>{cells}</tr>"
