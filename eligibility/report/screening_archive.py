"""A screening as one zip: a PDF for each client. One that cannot be made does not stop the others; it is named in 说明.txt."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import IO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from eligibility.report import wording
from eligibility.report.file_name import file_name
from eligibility.report.pdf import render_pdf
from eligibility.screening.progress import Progress, followed
from eligibility.screening.screening import Screening

NOTE = "说明.txt"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class NotMade:
    """A client without a PDF, and why."""

    client: str
    why: str


def write_reports(screening: Screening, target: IO[bytes], progress: Progress | None = None) -> tuple[NotMade, ...]:
    """Write the zip, one PDF after the other, and return what could not be made. `progress` is told by clients; raising in it stops."""
    missing: list[NotMade] = []
    digits = len(str(len(screening.clients)))
    with ZipFile(target, "w", ZIP_STORED) as archive:  # a PDF is compressed already
        for place, client in followed(enumerate(screening.clients), len(screening.clients), progress):
            try:
                assessment = screening.assessment(place)
                pdf = render_pdf(assessment, title=client.name)
            except Exception as error:  # whatever is wrong with one client, the others get theirs
                _log.exception("no report on client %d", place + 1)
                missing.append(NotMade(client.name, type(error).__name__))
                continue
            # The number in front makes every name another one, on file systems that know no case too.
            archive.writestr(_entry(f"{place + 1:0{digits}}-{file_name(assessment, 'pdf', title=client.name)}", screening), pdf)
        archive.writestr(_entry(NOTE, screening), _note(screening, missing).encode("utf-8-sig"))
    return tuple(missing)


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
