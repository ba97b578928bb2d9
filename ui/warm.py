"""What is done once, so that no visitor waits for it: what their pages need is imported, the rules are read, and memory is put in order."""

from __future__ import annotations

import gc
from importlib import import_module

from eligibility.compiled import compiled
from eligibility.rulebook.problems import RulebookError
from ui.library.shelf import library
from ui.rulebook import rulebook

_FOR_VISITORS = ("answers_file", "chart", "downloads", "filters", "identify", "library.downloads", "library.entries", "library.links", "papers", "plan", "question", "statuses")


def warm_up() -> None:
    """Before the first visitor. What is wrong with the rules is told on every page, not here."""
    for name in _FOR_VISITORS:
        import_module(f"ui.{name}")
    try:
        book = rulebook()
        compiled(book)
        library(book)
    except RulebookError:
        pass
    settle_memory()


def settle_memory() -> None:
    """Have Python's collector leave alone what stays for good, and look through the rest less often.

    Hundreds of sessions are hundreds of thousands of objects, and each look at all of them stops everybody for a tenth
    of a second or more. Almost nothing here refers to itself in a circle, so almost nothing waits for the collector.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 10)
