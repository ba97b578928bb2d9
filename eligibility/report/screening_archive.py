"""A screening as one PDF for each client, in a zip or in a folder. One that cannot be made does not stop the others; it is named in 说明.txt."""

from __future__ import annotations

import logging
import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from eligibility.report import wording
from eligibility.report.file_name import file_name
from eligibility.report.pdf import render_pdf
from eligibility.screening.progress import Progress, followed
from eligibility.screening.screening import Screening

NOTE = "说明.txt"
_AT_ONCE = min(4, os.cpu_count() or 1)  # the compiler lets other threads run, so as many pages are set as there are cores
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Report:
    """The PDF of one client, and the name under which it is saved."""

    file: str
    pdf: bytes


@dataclass(frozen=True, slots=True)
class NotMade:
    """A client without a PDF, and why."""

    client: str
    why: str


def reports(screening: Screening, progress: Progress | None = None) -> Iterator[Report | NotMade]:
    """A report on every client, in their order. `progress` is told by clients; raising in it stops."""
    clients = len(screening.clients)
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        ahead: deque[Future[Report | NotMade]] = deque()
        try:
            for place, _ in followed(enumerate(screening.clients), clients, progress):
                while len(ahead) < 2 * _AT_ONCE and place + len(ahead) < clients:  # only so many wait to be taken
                    ahead.append(threads.submit(_report, screening, place + len(ahead)))
                yield ahead.popleft().result()
        finally:
            threads.shutdown(cancel_futures=True)


def write_reports(screening: Screening, target: IO[bytes], progress: Progress | None = None) -> tuple[NotMade, ...]:
    """Write the zip and return what could not be made."""
    with ZipFile(target, "w", ZIP_STORED) as archive:  # a PDF is compressed already
        return _written(screening, lambda name, content: archive.writestr(_entry(name, screening), content), progress)


def write_report_files(screening: Screening, folder: Path) -> tuple[NotMade, ...]:
    """Write the same files into a folder, which is made if it is not there. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    return _written(screening, lambda name, content: (folder / name).write_bytes(content))


def _written(screening: Screening, write: Callable[[str, bytes], object], progress: Progress | None = None) -> tuple[NotMade, ...]:
    missing: list[NotMade] = []
    for made in reports(screening, progress):
        if isinstance(made, Report):
            write(made.file, made.pdf)
        else:
            missing.append(made)
    write(NOTE, _note(screening, missing).encode("utf-8-sig"))
    return tuple(missing)


def _report(screening: Screening, place: int) -> Report | NotMade:
    name = screening.clients[place].name
    try:
        assessment = screening.assessment(place)
        pdf = render_pdf(assessment, title=name, overrides=screening.clients[place].overrides)
    except Exception as error:  # whatever is wrong with one client, the others get theirs
        _log.exception("no report on client %d", place + 1)
        return NotMade(name, type(error).__name__)
    # The number in front makes every name another one, on file systems that know no case too.
    return Report(f"{place + 1:0{len(str(len(screening.clients)))}}-{file_name(assessment, 'pdf', title=name)}", pdf)


def _entry(name: str, screening: Screening) -> ZipInfo:
    """An entry dated by the screening: the same input gives the same bytes."""
    return ZipInfo(name, (screening.on.year, screening.on.month, screening.on.day, 0, 0, 0))


def _note(screening: Screening, missing: list[NotMade]) -> str:
    book = screening.rulebook
    lines = [
        f"{book.cover.title}：批量筛查，{wording.day(screening.on)}",
        f"规则库 {book.version}，核对于 {wording.day(book.cover.reviewed)}",
        f"企业 {len(screening.clients)} 家，做出报告 {len(screening.clients) - len(missing)} 份。",
        f"{wording.DISCLAIMER}。",
    ]
    if missing:
        lines += ["", f"以下 {len(missing)} 家没有做出来，请单独自测一次；还是不行，请把台账里这一行发给维护人员："]
        lines += [f"- {m.client}（{m.why}）" for m in missing]
    return "\r\n".join(lines) + "\r\n"
