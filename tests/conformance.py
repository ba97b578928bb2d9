"""Is a PDF what PDF/UA-1 and PDF/A-2a ask for?"""

from __future__ import annotations

import re

import page

_LENGTH = "a stream /Length does not match its raw content length"


def faults(pdf: bytes, profile: str) -> list[str]:
    """What the validator finds, except its one false alarm.

    It takes the last byte of a stream for part of the line's end if it happens to be a carriage return, so the lengths
    are checked here instead.
    """
    found = [f.message for f in page.validate_pdf_bytes(pdf, profile=profile).failures]
    streams = list(re.finditer(rb"/Length (\d+)[^\n]*?>>\s*stream\r?\n", pdf))
    wrong = [s.start() for s in streams if not pdf.startswith(b"\nendstream", s.end() + int(s[1]))]
    if not streams or wrong:
        return found
    return [f for f in found if f != _LENGTH]
