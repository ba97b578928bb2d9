"""Every version of the rulebook that a result was handed out on, kept as one file, so that the result can be worked out again.

The file is a plain zip of the rule files, named by the fingerprint. It is stored without compression and with a fixed
date: the same rulebook gives the same bytes on every machine.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

import yaml

from eligibility.data_folder import data_folder
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.problems import Problem, RulebookError
from eligibility.rulebook.read import fingerprint, rule_contents
from eligibility.whole_file import whole_file

ARCHIVE = data_folder() / "rulebooks"
LARGEST, MOST_FILES = 16 * 1024 * 1024, 2000  # bytes and files that an archive may unfold to
COVER = "rulebook.yaml"
_UNIX, _READABLE, _DATE = 3, 0o644 << 16, (1980, 1, 1, 0, 0, 0)
# What reading a zip raises that is damaged, encrypted, or made to do harm.
_DAMAGED = (BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OSError)


@dataclass(frozen=True, slots=True)
class KeptVersion:
    """A version in the archive: its readable name, and when it was kept."""

    path: Path
    version: str
    at: datetime


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
    """The rules as a folder, whether they are one or an archived version. Raises RulebookError for a file that is no archive.

    Whoever packs the folder itself instead of its content is understood too.
    """
    if not rules.is_file():
        yield rules
        return
    with TemporaryDirectory() as temporary:
        folder = Path(temporary) / rules.name  # so that messages name the archive
        try:
            with ZipFile(rules) as archive:
                _refuse_too_large(archive, rules)
                archive.extractall(folder)
        except _DAMAGED:
            raise RulebookError([Problem(str(rules), 0, 0, "不是规则文件夹，也不是规则的存档（.zip）", "请检查路径。")]) from None
        inside = [] if (folder / COVER).exists() else list(folder.glob(f"*/{COVER}"))
        yield inside[0].parent if len(inside) == 1 else folder


def _refuse_too_large(archive: ZipFile, rules: Path) -> None:
    """A zip says of each entry how much it unfolds to, and no more than that is ever read."""
    entries = archive.infolist()
    if any(e.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for e in entries):
        raise BadZipFile
    if len(entries) > MOST_FILES or sum(e.file_size for e in entries) > LARGEST:
        raise RulebookError([Problem(str(rules), 0, 0, "压缩包太大，不像是一套规则", f"规则最多 {MOST_FILES} 个文件，共 {LARGEST // 1024**2} MB。")])


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
    _write(content, target)
    return target


def take_in(content: bytes, name: str, archive: Path = ARCHIVE) -> None:
    """Keep a version that was kept elsewhere, by the name that it has there. What is kept already is left as it is.

    Raises RulebookError if it is not the version that its name says; OSError if the archive cannot be written.
    """
    target = archive / name
    if target.exists():
        return
    with TemporaryDirectory() as temporary:
        packed = Path(temporary) / name
        packed.write_bytes(content)
        try:
            with opened(packed) as folder:
                same = _place(fingerprint(folder), archive) == target
        except OSError:  # folders by the names of files, and the like
            same = False
    if not same:
        raise RulebookError([Problem(name, 0, 0, "不是它的名称所说的那一版规则", "请重新导出。")])
    _write(content, target)


def _write(content: bytes, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(target) as unfinished:  # an interrupted write never looks like a version
        unfinished.write_bytes(content)


def kept(fingerprint: str, archive: Path = ARCHIVE) -> Path | None:
    """Where the version with this fingerprint is kept, if it is."""
    place = _place(fingerprint, archive)
    return place if place.is_file() else None


def versions(archive: Path = ARCHIVE) -> tuple[KeptVersion, ...]:
    """Every version that is kept, the latest first. What is no version of a rulebook is passed over."""
    found = []
    for path in archive.glob("*.zip"):
        try:
            with ZipFile(path) as content:
                cover = yaml.safe_load(content.read(COVER))
            found.append(KeptVersion(path, f"{cover['version']}+{path.stem[:8]}", datetime.fromtimestamp(path.stat().st_mtime).astimezone()))
        except (*_DAMAGED, yaml.YAMLError, KeyError, TypeError):
            continue
    return tuple(sorted(found, key=lambda v: (v.at, v.path.name), reverse=True))


def _place(fingerprint: str, archive: Path) -> Path:
    return archive / f"{fingerprint[:16]}.zip"
