"""A click that adds something adds it once, however often it is clicked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

import streamlit as st

T = TypeVar("T")


@dataclass
class _Followed(Generic[T]):
    lock: Lock = field(default_factory=Lock)
    found: T | None = None


def followed_once(key: str, follow: Callable[[], T]) -> T:
    """What came of the click, from the run that followed it first. If it fails, the next click may try again.

    Streamlit begins another run with the second of two clicks while the first one still works, and gives that up only
    at its next touch of the screen or of the session's state. So the second cannot see yet what the first adds: it waits
    for it here, and goes on with what was added.
    """
    followed: _Followed[T] = st.session_state.setdefault(key, _Followed())
    with followed.lock:
        if followed.found is None:
            followed.found = follow()
        return followed.found
