"""A file appears complete or not at all, and nothing is left of one that was not finished."""

from __future__ import annotations

from pathlib import Path
from threading import Thread

import pytest

from eligibility.whole_file import whole_file


def test_what_was_there_stays_until_all_of_the_new_is_there(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    target.write_text("old")

    def interrupted() -> None:
        with whole_file(target) as unfinished:
            unfinished.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert ([p.name for p in tmp_path.iterdir()], target.read_text()) == (["out.csv"], "old")
    with whole_file(target) as unfinished:
        unfinished.write_text("new")
        assert target.read_text() == "old"
    assert ([p.name for p in tmp_path.iterdir()], target.read_text()) == (["out.csv"], "new")


def test_two_at_once_in_one_program_are_not_in_each_others_way(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"

    def other() -> None:
        with whole_file(target) as unfinished:
            unfinished.write_text("theirs")

    with whole_file(target) as unfinished:
        unfinished.write_text("mine")
        writing = Thread(target=other)
        writing.start()
        writing.join()
        assert target.read_text() == "theirs"
    assert ([p.name for p in tmp_path.iterdir()], target.read_text()) == (["out.csv"], "mine")
