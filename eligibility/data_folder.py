"""Where what the program keeps is kept: drafts, clients, versions of the rules. Outside git, and nobody else's business."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

SETTING = "ELIGIBILITY_DATA"


def data_folder() -> Path:
    """The folder that the environment names, else the project's own `data`, which git ignores."""
    named = os.environ.get(SETTING)
    return Path(named) if named else Path(__file__).resolve().parents[1] / "data"


def remove_older(folder: Path, seconds: float) -> None:
    """Remove from a folder what nobody has touched for so long. Other processes may be removing or replacing it at the same moment."""
    oldest = time.time() - seconds
    for path in folder.glob("*"):
        try:
            if path.stat().st_mtime < oldest:
                if path.is_dir():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink()
        except FileNotFoundError:
            continue
