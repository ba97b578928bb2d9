"""One of a few that stand side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sized
from typing import Literal, TypeVar

import streamlit as st

from eligibility.assessment import Verdict
from eligibility.report.labels import VERDICTS

T = TypeVar("T")


def one_of(what: str, names: Mapping[T, str], first: T, key: str, width: Literal["stretch", "content"] = "stretch") -> T:
    """The one that is chosen, `first` to begin with. It stays while the pages change. `what` is read out to who cannot see them."""
    return st.segmented_control(
        what,
        list(names),
        default=first,
        required=True,
        format_func=names.__getitem__,
        key=key,
        label_visibility="collapsed",
        width=width,
        persist_state="session",
    )


def group(found: Mapping[Verdict, Sized], key: str) -> Verdict:
    """Which of the four verdicts is looked at, the first that there is to begin with; and what it means."""
    first = next((v for v in Verdict if found[v]), Verdict.MATCHED)
    with st.container(key="verdicts"):
        verdict = one_of("看哪一组", {v: f"{VERDICTS[v].name} {len(found[v])}" for v in Verdict}, first, key)
    st.caption(f"{VERDICTS[verdict].explanation}。")
    return verdict
