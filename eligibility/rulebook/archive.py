"""Every version of the rulebook that a result was handed out on, kept as one file, so that the result can be worked out again.

The file is a plain zip of the rule files, named by the fingerprint. It is stored without compression and with a fixed
date: the same rulebook gives the same bytes on every machine.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import BadZipFile, ZipFile, ZipInfo

from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.problems import Problem, RulebookError
from eligibility.rulebook.read import fingerprint, rule_contents

ARCHIVE = Path(__file__).resolve().parents[2] / "data" / "rulebooks"
_UNIX, _READABLE, _DATE = 3, 0o644 << 16, (1980, 1, 1, 0, 0, 0)


def pack(folder: Path) -> bytes:
    """The rule files of a folder as one file: the same bytes for the same rules. Scenarios and the like are left out."""
    target = BytesIO()
    with ZipFile(target, "w") as archive:
        for name, content in rule_contents(folder):
            entry = ZipInfo(name, _DATE)
            entry.create_system, entry.external_attr = _UNIX, _READABLE
            archive.writestr(entry, content)
    return target.getvalue()


@contextmanager
def opened(rules: Path) -> Iterator[Path]:
    """The rules as a folder, whether they are one or an archived version. Raises RulebookError for a file that is no archive."""
    if not rules.is_file():
        yield rules
        return
    with TemporaryDirectory() as temporary:
        folder = Path(temporary) / rules.name  # so that messages name the archive
        try:
            with ZipFile(rules) as archive:
                archive.extractall(folder)
        except BadZipFile:
            raise RulebookError([Problem(str(rules), 0, 0, "不是规则文件夹，也不是规则的存档（.zip）", "请检查路径。")]) from None
        yield folder


def keep(rulebook: Rulebook, rules: Path, archive: Path = ARCHIVE) -> Path:
    """Keep this version, read from `rules`, and say where. What is kept already is left as it is.

    Raises RulebookError if the rules were edited since they were read: what would be kept is not what decided.
    Raises OSError if the archive cannot be written.
    """
    target = _place(rulebook.fingerprint, archive)
    if target.exists():
        return target
    with opened(rules) as folder:
        if fingerprint(folder) != rulebook.fingerprint:
            raise RulebookError([Problem(str(rules), 0, 0, "规则读入以后又改过，这一版没有存档", "请重新读入规则再试。")])
        content = pack(folder)
    archive.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(f".{os.getpid()}.part")  # an interrupted write never looks like a version
    unfinished.write_bytes(content)
    unfinished.replace(target)
    return target


def kept(fingerprint: str, archive: Path = ARCHIVE) -> Path | None:
    """Where the version with this fingerprint is kept, if it is."""
    place = _place(fingerprint, archive)
    return place if place.is_file() else None


def _place(fingerprint: str, archive: Path) -> Path:
    return archive / f"{fingerprint[:16]}.zip"
