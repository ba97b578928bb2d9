"""Drafts on disk, one small file each, so that a reload, a restart or a lost connection costs nobody an answer."""

from __future__ import annotations

import json
import os
import re
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eligibility.data_folder import data_folder, remove_older

KEPT_DAYS = 30
_REPLACING = threading.Lock()


def new_id() -> str:
    """An unguessable name for a draft: whoever knows it can read the draft."""
    return secrets.token_urlsafe(32)


def is_id(text: str) -> bool:
    """Whether a text can be the name of a draft. Anything else never reaches the file system."""
    return re.fullmatch(r"[A-Za-z0-9_-]{43}", text) is not None


@dataclass(frozen=True, slots=True)
class Store:
    """A folder of drafts that only this program's user may read."""

    folder: Path

    def read(self, id_: str) -> dict[str, Any] | None:
        """A draft, or None: never written, removed, or not readable as one."""
        path = self._path(id_)
        try:
            data = json.loads(path.read_bytes())
        except (FileNotFoundError, ValueError):
            return None
        return data if isinstance(data, dict) else None

    def write(self, id_: str, data: Mapping[str, Any]) -> None:
        """Replace a draft as a whole: a reader sees the old one or the new one, never half of one.

        What is there already with a later `revision` stays: a run of the script that is given up may still be on its way
        here while the run that came after it has been.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = self.folder / f"{id_}.{secrets.token_hex(4)}.new"
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(json.dumps(data, ensure_ascii=False))  # json.dump would take three times as long
        with _REPLACING:
            if ((self.read(id_) or {}).get("revision") or 0) > (data.get("revision") or 0):
                new.unlink()
            else:
                new.replace(self._path(id_))

    def remove_old(self) -> None:
        """Remove what nobody has touched for a month."""
        remove_older(self.folder, KEPT_DAYS * 24 * 3600)

    def _path(self, id_: str) -> Path:
        if not is_id(id_):
            raise ValueError(id_)
        return self.folder / f"{id_}.json"


def default_store() -> Store:
    """The drafts in the data folder."""
    return Store(data_folder() / "drafts")
