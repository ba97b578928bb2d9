"""How far a long piece of work is, told to whoever waits for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Progress = Callable[[int, int], None]
"""Told how many are done, of how many. Raising in it stops the work: that is how to cancel."""

_EVERY = 20

T = TypeVar("T")


def followed(things: Iterable[T], of: int, progress: Progress | None) -> Iterator[T]:
    """The same things, with `progress` told after every few and after the last."""
    for done, thing in enumerate(things, start=1):
        yield thing
        if progress is not None and (done % _EVERY == 0 or done == of):
            progress(done, of)
