"""Drafts on disk, and answers in files."""

from __future__ import annotations

import os
import random
import re
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml

from eligibility.profile import read_profile
from eligibility.rulebook.book import Rulebook
from ui.answers_file import UnreadableFileError, parsed, written
from ui.draft import Draft
from ui.fields import Said
from ui.store import KEPT_DAYS, Store, is_id, new_id


def test_a_draft_is_read_back_and_only_this_user_may_read_it(tmp_path: Path) -> None:
    store, id_ = Store(tmp_path / "drafts"), new_id()
    assert store.read(id_) is None
    store.write(id_, {"answers": {"a": 1}})
    store.write(id_, {"answers": {"a": 2}})
    assert store.read(id_) == {"answers": {"a": 2}}
    (file,) = store.folder.iterdir()
    if os.name == "posix":
        assert file.stat().st_mode & 0o777 == 0o600
        assert store.folder.stat().st_mode & 0o777 == 0o700


def test_an_older_draft_that_arrives_late_is_not_laid_over_a_newer_one(tmp_path: Path) -> None:
    store, id_ = Store(tmp_path), new_id()
    revisions = list(range(1, 41))
    random.Random(1).shuffle(revisions)
    with ThreadPoolExecutor(8) as runs:
        list(runs.map(lambda n: store.write(id_, {"revision": n}), revisions))
    assert store.read(id_) == {"revision": 40}
    store.write(id_, {"revision": 39})
    assert store.read(id_) == {"revision": 40}
    assert [file.name for file in tmp_path.iterdir()] == [f"{id_}.json"]


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "a" * 42, "a" * 44, "a/" + "b" * 41, "é" * 43])
def test_no_other_name_reaches_the_disk(tmp_path: Path, name: str) -> None:
    assert not is_id(name)
    with pytest.raises(ValueError, match="^" + re.escape(name) + "$"):
        Store(tmp_path).read(name)


def test_a_damaged_draft_is_as_none(tmp_path: Path) -> None:
    id_ = new_id()
    for content in (b"{", b"[]", b"\xff"):
        (tmp_path / f"{id_}.json").write_bytes(content)
        assert Store(tmp_path).read(id_) is None


def test_old_drafts_go_recent_ones_stay(tmp_path: Path) -> None:
    store, old, recent = Store(tmp_path), new_id(), new_id()
    store.write(old, {})
    store.write(recent, {"x": 1})
    long_ago = time.time() - (KEPT_DAYS + 1) * 24 * 3600
    os.utime(tmp_path / f"{old}.json", (long_ago, long_ago))
    store.remove_old()
    assert store.read(old) is None
    assert store.read(recent) == {"x": 1}
    Store(tmp_path / "none").remove_old()


def test_an_answers_file_is_what_the_command_line_reads(rulebook: Rulebook) -> None:
    given = {"entity": "company", "company_name": "某：公司 #1", "staff": {"value": 35, "about": True}, "titles": {"chosen": ["tech_sme"], "unsure": ["gazelle"]}, "people": []}
    draft = Draft(read_profile(given, rulebook.questions)[0]).saying("city", Said(unknown=True))
    text = written(draft.as_answers(), rulebook)
    assert read_profile(yaml.safe_load(text), rulebook.questions) == (draft.profile, [])
    loaded, problems = Draft().loading(parsed(("\ufeff" + text).encode()), rulebook)
    assert not problems
    assert (loaded.profile, loaded.declined) == (draft.profile, draft.declined)
    assert rulebook.questions["staff"].text in text


def test_what_is_no_answers_file_is_told_with_the_line() -> None:
    with pytest.raises(UnreadableFileError, match="第 2 行"):
        parsed(b"a: 1\nb: [")
    with pytest.raises(UnreadableFileError, match="UTF-8"):
        parsed("中文".encode("gb18030"))
    assert parsed(b"") == {}


def test_an_answers_file_whose_references_multiply_is_refused_before_it_unfolds() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(UnreadableFileError, match="展开来太大"):
        parsed("\n".join(lines).encode())
