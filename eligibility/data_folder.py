"""Where what the program keeps is kept: drafts, clients, versions of the rules. Outside git, and nobody else's business."""

from __future__ import annotations

import os
from pathlib import Path

SETTING = "ELIGIBILITY_DATA"


def data_folder() -> Path:
    """The folder that the environment names, else the project's own `data`, which git ignores."""
    named = os.environ.get(SETTING)
    return Path(named) if named else Path(__file__).resolve().parents[1] / "data"
