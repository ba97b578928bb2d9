"""The report as a PDF: tagged for screen readers (PDF/UA-1), fit for an archive (PDF/A-2a), the same bytes for the same assessment.

Text reaches the template as one JSON string, never as template source, so whatever a user typed prints literally.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import typst

from eligibility.assessment import Assessment
from eligibility.override import Override
from eligibility.report.outline import outline
from eligibility.report.wording import company

_HERE = Path(__file__).resolve().parent
_FONTS = _HERE / "fonts"
REPLACEMENT = "〓"


def render_pdf(assessment: Assessment, *, title: str | None = None, overrides: Iterable[Override] = ()) -> bytes:
    """The report on one assessment. `title` names whose it is; without it the name among the answers is used. `overrides` are shown as such."""
    name = company(assessment, title)
    data = printable({**outline(assessment, name, overrides), "unprintable": unprintable(name)})
    return typeset("report.typ", data, assessment.on)


def typeset(template: str, data: Any, on: date) -> bytes:
    """What a template of this folder makes of printable data. The PDF is dated by `on`."""
    midnight = datetime.combine(on, time(), UTC)
    with _compiler() as compiler:
        pdf = compiler.compile(_HERE / template, sys_inputs={"report": json.dumps(data, ensure_ascii=False)}, format="pdf", pdf_standards=["ua-1", "a-2a"], timestamp=midnight)
    assert isinstance(pdf, bytes)
    return pdf


def unprintable(text: str) -> int:
    """How many characters of a text the report's fonts lack."""
    return sum(c not in _coverage() for c in text)


def printable(data: Any) -> Any:
    """The same data with 〓 for every character that the fonts lack: one such character would stop the PDF."""
    match data:
        case str():
            return "".join(c if c in _coverage() else REPLACEMENT for c in data)
        case list():
            return [printable(d) for d in data]
        case dict():
            return {k: printable(v) for k, v in data.items()}
    return data


@cache
def _coverage() -> frozenset[str]:
    return frozenset((_FONTS / "coverage.txt").read_text(encoding="utf-8"))


# A compiler serves one thread at a time and costs far more to make than to use: idle ones wait here.
_idle: SimpleQueue[typst.Compiler] = SimpleQueue()


@contextmanager
def _compiler() -> Iterator[typst.Compiler]:
    try:
        compiler = _idle.get_nowait()
    except Empty:
        compiler = typst.Compiler(root=_HERE, font_paths=_fonts())
    try:
        yield compiler
    finally:
        _idle.put(compiler)


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[_FONTS])
