"""Why a file could not be opened or written: in Chinese, whatever the system says."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from eligibility.file_trouble import why


def test_the_usual_troubles_have_words(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("")
    troubles: tuple[tuple[Path, type[OSError], str], ...] = (
        (tmp_path / "nowhere", FileNotFoundError, "没有这个文件或文件夹"),
        (tmp_path, IsADirectoryError, "这是一个文件夹"),
        (tmp_path / "a" / "b", NotADirectoryError, "路径中间有一段不是文件夹"),
    )
    for path, kind, said in troubles:
        with pytest.raises(kind) as raised:
            path.read_bytes()
        assert why(raised.value) == said


@pytest.mark.parametrize(("number", "said"), [(errno.ENOSPC, "磁盘满了"), (errno.EACCES, "没有权限"), (errno.EROFS, "这个磁盘只能读，不能写"), (errno.ENOANO, f"系统报错，编号 {errno.ENOANO}")])
def test_the_system_s_own_words_are_not_shown(number: int, said: str) -> None:
    assert why(OSError(number, os.strerror(number))) == said


def test_without_a_number_it_is_the_disk() -> None:
    assert why(OSError("broken")) == "磁盘出错"
