"""The harbour rulebook, as it is and edited: what tests of versions and of their impact start from."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

HARBOUR = Path(__file__).parent / "rulebooks" / "harbour"
FERRY = {"trade": "ferry", "quay": "west", "badges": ["green"], "seats": 40, "resident": True}

Edits = Mapping[str, tuple[str, str]]


def edited(target: Path, edits: Edits) -> Path:
    """A copy of the harbour rulebook in which, file by file, one passage is replaced."""
    shutil.copytree(HARBOUR, target)
    for name, (before, after) in edits.items():
        text = (target / name).read_text(encoding="utf-8")
        assert text.count(before) == 1, (name, before)
        (target / name).write_text(text.replace(before, after), encoding="utf-8")
    return target
