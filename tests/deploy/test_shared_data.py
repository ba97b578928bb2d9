"""Two processes that share a data folder do not get in each other's way."""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

from eligibility.data_folder import remove_older
from ui.store import KEPT_DAYS, Store, new_id

WRITES = 300
LONG = "沈阳" * 2000  # more than a disk takes at once


def write(folder: Path, id_: str, who: int) -> None:
    store = Store(folder)
    for n in range(WRITES):
        store.write(id_, {"who": who, "revision": n, "text": LONG, "end": [who, n]})


def begin_over(folder: Path) -> None:
    for _ in range(WRITES):
        Store(folder).remove_old()


def test_a_draft_that_two_processes_write_is_always_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))  # a new process runs the main script again: after a test of a page that is the page
    context, id_, folder = multiprocessing.get_context("spawn"), new_id(), tmp_path / "drafts"
    works = [context.Process(target=write, args=(folder, id_, who)) for who in (1, 2)] + [context.Process(target=begin_over, args=(folder,))]
    for work in works:
        work.start()
    seen = 0
    while any(work.is_alive() for work in works):
        found = Store(folder).read(id_)
        if found is not None:
            assert found["end"] == [found["who"], found["revision"]]
            assert found["text"] == LONG
            seen += 1
    assert [work.exitcode for work in works] == [0, 0, 0]
    assert seen
    last = Store(folder).read(id_)
    assert last is not None
    assert last["revision"] == WRITES - 1
    assert [path.name for path in folder.iterdir()] == [f"{id_}.json"]


def test_what_another_process_has_just_removed_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "old"
    old.write_text("")
    long_ago = time.time() - (KEPT_DAYS + 1) * 24 * 3600
    os.utime(old, (long_ago, long_ago))
    monkeypatch.setattr(Path, "glob", lambda self, _: iter([tmp_path / "gone", old]))
    remove_older(tmp_path, KEPT_DAYS * 24 * 3600)
    assert not old.exists()
