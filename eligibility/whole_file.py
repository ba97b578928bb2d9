"""A file that appears complete, or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import get_ident


@contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """Where to write: it takes its place when all of it is there, and goes if that fails. Raises OSError."""
    unfinished = target.with_name(f"{target.name}.{os.getpid()}-{get_ident()}.part")  # two sessions of one program may write the same
    try:
        yield unfinished
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
