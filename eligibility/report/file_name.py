"""The name under which a report is saved."""

from __future__ import annotations

import unicodedata
from datetime import date

from eligibility.assessment import Assessment
from eligibility.report.wording import NO_NAME, company

_REFUSED = frozenset('\\/:*?"<>|')
_BYTES = 150  # of the company's name in UTF-8; file systems take 255 for the whole


def file_name(assessment: Assessment, extension: str, *, title: str | None = None, on: date | None = None) -> str:
    """The company's name as far as file systems take it, what the file is, and its day, the assessment's unless another is given: 某某公司-支持政策自测-2026-11-22.pdf."""
    name = company(assessment, title)
    kept = "".join(c for c in name if c not in _REFUSED and unicodedata.category(c)[0] != "C") if name != NO_NAME else ""
    short = kept.encode()[:_BYTES].decode(errors="ignore").strip(" .")
    return "-".join(filter(None, [short, "支持政策自测", (on or assessment.on).isoformat()])) + f".{extension}"
