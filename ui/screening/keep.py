"""From the ledger into 客户档案: clients that are worth keeping."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from eligibility.clients.desk import Desk
from eligibility.clients.problems import ClientsError
from eligibility.clients.records import Via
from eligibility.clock import now
from eligibility.screening.clients import Client
from ui.desk import desk
from ui.screening.sitting import Sitting
from ui.screening.work import Found
from ui.text import plain

_TOLD = 10  # names in a message


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of the clients that were to be kept."""

    added: int
    there_already: tuple[str, ...]
    refused: tuple[str, ...]


def keep(sitting: Sitting, found: Found, places: Sequence[int], *, filtered: bool) -> None:
    """Offer to keep the clients that are listed. One whose name is there already is passed over: nothing is overwritten."""
    folded = st.expander("存入客户档案", key=f"screening-keep-{sitting.number}", on_change="rerun")
    if not folded.open:
        return
    with folded:
        st.caption("名称和回答存进“客户档案”，以后可以接着补、看到期、看变化。档案里已有同名的不动它。")
        tag = st.text_input("加一个标签（可不填）", placeholder="如：2026 秋季台账", max_chars=40, key=f"screening-tag-{sitting.number}", width=320, persist_state="session")
        which = "筛出来的" if filtered else "全部"
        if st.button(f"存{which} {len(places):,} 家", type="primary", key=f"screening-store-{sitting.number}"):
            _tell(_store(desk(), found, places, tag or ""))


def keep_one(sitting: Sitting, found: Found, place: int) -> None:
    """Offer to keep the client that is looked at."""
    if st.button("存入客户档案", key=f"screening-store-one-{sitting.number}-{place}"):
        _tell(_store(desk(), found, [place], ""))


def _store(kept: Desk, found: Found, places: Sequence[int], tag: str) -> Kept:
    names = set(kept.names())
    added, there_already, refused = 0, [], []
    bar = st.progress(0.0, "正在存……") if len(places) > 1 else None
    for done, place in enumerate(places):
        client = found.screening.clients[place]
        if bar is not None:  # before each: a run that a second click has superseded ends here, and adds nothing beside the second one
            bar.progress(done / len(places), f"已存 {done:,} / {len(places):,} 家")
        if not _has_name(client, found):
            refused.append(f"{client.name}没有企业名称")
        elif client.name in names:
            there_already.append(client.name)
        else:
            try:
                names.add(kept.add(client.name, at=now(), tags=(tag,) if tag.strip() else (), answers=client.profile.as_data(), via=Via.LEDGER).name)
                added += 1
            except ClientsError as error:
                refused.append(f"{client.name}：{str(error).rstrip('。')}")
    if bar is not None:
        bar.empty()
    return Kept(added, tuple(there_already), tuple(refused))


def _has_name(client: Client, found: Found) -> bool:
    """Whether it is called by its own name, and not by its row in the ledger."""
    named = found.screening.rulebook.named_by
    return named is not None and bool(client.profile.answers.get(named.id))


def _tell(kept: Kept) -> None:
    if kept.added:
        st.success(f"存了 {kept.added:,} 家，在“客户档案”里。")
    if kept.there_already:
        st.info(f"{len(kept.there_already):,} 家档案里已有同名的，没有动：{_named(kept.there_already)}。")
    if kept.refused:
        st.warning(f"{len(kept.refused):,} 家没有存上：{_named(kept.refused)}。")


def _named(names: Sequence[str]) -> str:
    return plain("、".join(names[:_TOLD])) + (f"……等 {len(names):,} 家" if len(names) > _TOLD else "")
