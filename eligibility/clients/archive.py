"""All clients of an organisation as one file, and back: for moving house, and for whoever wants their data.

The file is a zip: `archive.json` says what it is, `clients/` holds one JSON file a client with everything that is kept of
it, `rulebooks/` the versions of the rules on which the kept results rest.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from pydantic import TypeAdapter, ValidationError

from eligibility.clients.desk import Desk
from eligibility.clients.problems import ClientsError, NoSuchClientError, NotAllowedError
from eligibility.clients.records import ClientFile
from eligibility.file_trouble import why
from eligibility.receipt import NotAReceiptError, read_receipt
from eligibility.rulebook.archive import ARCHIVE, kept, take_in
from eligibility.rulebook.problems import RulebookError
from eligibility.whole_file import whole_file

FORMAT = 1
LARGEST = 64 * 1024 * 1024  # bytes that one entry may unfold to
_CLIENT: TypeAdapter[ClientFile] = TypeAdapter(ClientFile)


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of an archive: names of the clients that were added and of those that were here already, and what could not be read."""

    added: tuple[str, ...]
    already: tuple[str, ...]
    faults: tuple[str, ...]


def export_clients(desk: Desk, target: Path, *, at: datetime, archive: Path = ARCHIVE) -> int:
    """Write everything to one file; how many clients there are is returned. The file appears complete, or not at all. For a lead."""
    count, versions = 0, set()
    try:
        with whole_file(target) as unfinished:
            os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT, 0o600))
            with ZipFile(unfinished, "w", ZIP_DEFLATED) as content:
                content.writestr("archive.json", json.dumps({"format": FORMAT, "organisation": desk.advisor.organisation, "made": at.isoformat()}, ensure_ascii=False))
                for client in desk.everyone():
                    try:
                        file = desk.file(client.id)
                    except NoSuchClientError:  # deleted a moment ago
                        continue
                    content.writestr(f"clients/{client.id}.json", _CLIENT.dump_json(file))
                    versions |= {str(a.receipt["fingerprint"]) for a in file.assessments}
                    count += 1
                for version in sorted(versions):
                    if (place := kept(version, archive)) is not None:
                        content.write(place, f"rulebooks/{place.name}")
    except OSError as error:
        raise ClientsError(f"写不了 {target}（{why(error)}）。请换一个位置。") from None
    return count


def import_clients(desk: Desk, source: Path, *, archive: Path = ARCHIVE) -> Imported:
    """Take the clients of an archive in. One that is here already is left alone; one that cannot be read is told. For a lead."""
    added: list[str] = []
    already: list[str] = []
    faults: list[str] = []
    try:
        with ZipFile(source) as content:
            _recognise(content)
            for entry in _inside(content, "clients/"):
                try:
                    file = _client(content, entry)
                    (added if desk.restore(file) else already).append(file.client.name)
                except _UnreadableError as error:
                    faults.append(f"{entry.filename}：{error}。")
                except NotAllowedError:
                    raise
                except ClientsError as error:  # this one cannot be kept; the others can
                    faults.append(f"{entry.filename}：{error}")
            for entry in _inside(content, "rulebooks/"):
                try:
                    _keep(content, entry, archive)
                except _UnreadableError as error:
                    faults.append(f"{entry.filename}：{error}。")
    except BadZipFile:
        raise ClientsError(f"{source} 不是客户档案的导出文件，或者已经损坏。") from None
    except OSError as error:
        raise ClientsError(f"打不开 {source}（{why(error)}）。请检查路径。") from None
    return Imported(tuple(added), tuple(already), tuple(faults))


class _UnreadableError(Exception):
    """One entry of the archive cannot be used."""


def _recognise(content: ZipFile) -> None:
    try:
        about = json.loads(_read(content, content.getinfo("archive.json")))
        known = about["format"] == FORMAT
    except (KeyError, TypeError, ValueError, _UnreadableError):
        raise ClientsError("这个文件不是客户档案的导出文件。") from None
    if not known:
        raise ClientsError("这个文件是更新的程序导出的。请先更新程序。")


def _inside(content: ZipFile, folder: str) -> Iterator[ZipInfo]:
    return (entry for entry in content.infolist() if entry.filename.startswith(folder) and not entry.is_dir())


def _read(content: ZipFile, entry: ZipInfo) -> bytes:
    if entry.file_size > LARGEST:
        raise _UnreadableError("展开以后太大")
    try:
        return content.read(entry)
    except (BadZipFile, NotImplementedError, RuntimeError, EOFError):  # damaged, or locked with a password
        raise _UnreadableError("损坏了，或者加了密码") from None


def _client(content: ZipFile, entry: ZipInfo) -> ClientFile:
    try:
        file = _CLIENT.validate_json(_read(content, entry))
    except ValidationError as error:
        raise _UnreadableError(f"缺少或写错了 {'.'.join(map(str, error.errors()[0]['loc'])) or '内容'}") from None
    if any(a.id not in file.results for a in file.assessments):
        raise _UnreadableError("少了一份结果")
    try:
        for assessment in file.assessments:
            read_receipt(assessment.receipt)
    except NotAReceiptError as error:
        raise _UnreadableError(f"有一份结果的凭据不对（{error}）") from None
    return file


def _keep(content: ZipFile, entry: ZipInfo, archive: Path) -> None:
    rules = _read(content, entry)
    try:
        take_in(rules, Path(entry.filename).name, archive)
    except RulebookError:
        raise _UnreadableError("不是它的名称所说的那一版规则") from None
    except OSError as error:  # the clients are in already
        raise _UnreadableError(f"写不了 {archive}（{why(error)}），这一版规则没有收进来") from None
