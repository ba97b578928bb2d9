"""What an organisation has said of the columns of its ledgers, kept for the next one with the same headers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from eligibility.rulebook.book import Rulebook
from eligibility.screening.cells import plain
from eligibility.screening.headers import Column, ColumnMapError, RememberedColumn, Target, read_column_map, write_column_map


@dataclass(frozen=True, slots=True)
class ColumnMaps:
    """A folder of column maps, one for each set of headers."""

    folder: Path

    def read(self, headers: Iterable[str], rulebook: Rulebook) -> dict[str, RememberedColumn]:
        """What was said of these headers; nothing if it was never kept or cannot be used any more."""
        try:
            return read_column_map(self._path(headers).read_text(encoding="utf-8"), rulebook)
        except (OSError, UnicodeDecodeError, ColumnMapError):
            return {}

    def keep(self, headers: Iterable[str], said: Mapping[str, RememberedColumn]) -> None:
        """Keep what was said of these headers, instead of what was said before. Raises OSError."""
        path = self._path(headers)
        if not said:
            path.unlink(missing_ok=True)
            return
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = path.with_suffix(".new")
        new.write_text(as_map(said), encoding="utf-8")
        new.replace(path)

    def _path(self, headers: Iterable[str]) -> Path:
        together = "\n".join(sorted(map(plain, headers)))
        return self.folder / f"{hashlib.sha256(together.encode()).hexdigest()[:32]}.yaml"


def of_organisation(folder: Path, organisation: str) -> ColumnMaps:
    """The maps of one organisation, under a name that every file system takes."""
    return ColumnMaps(folder / "column-maps" / hashlib.sha256(organisation.encode()).hexdigest()[:32])


def as_map(said: Mapping[str, RememberedColumn]) -> str:
    """What was said, as a column map."""
    return write_column_map(Column(n, header, Target(c.question, c.option, c.part) if c.question else None, c.unit) for n, (header, c) in enumerate(said.items()))


def remembered_unit(header: str, said: Mapping[str, RememberedColumn]) -> str | None:
    """The unit that was said of a column; None: nothing was said of it. Of headers that are compared as one the last counts, as it does in a map."""
    return {plain(h): c.unit for h, c in said.items()}.get(plain(header))
