"""Whose answers a command is given: saved answers, or a ledger."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from eligibility.cli.common import say, stop, write
from eligibility.file_trouble import why
from eligibility.roster import Company, read_roster
from eligibility.rulebook.book import Rulebook
from eligibility.screening.clients import Client

if TYPE_CHECKING:  # a ledger's reader is imported only where there is one
    from eligibility.screening.headers import RememberedColumn
    from eligibility.screening.ledger import Fault, Reading

_ROSTERS = {".yaml", ".yml", ".json"}
_SHOWN = 50  # faults on the screen; all of them stand beside the result


@dataclass(frozen=True, slots=True)
class Given:
    """The clients, how many things could not be used, and the ledger if they come from one."""

    clients: tuple[Client, ...]
    faults: int
    source: Reading | None = None


def is_ledger(path: Path) -> bool:
    """Whether a path is a ledger, and no list or folder of saved answers."""
    return not (path.suffix.lower() in _ROSTERS or path.is_dir())


def given(path: Path, rulebook: Rulebook, columns: Path | None = None, save_columns: Path | None = None) -> Given:
    """The clients in a file or folder; what could not be used is said."""
    if is_ledger(path):
        source = read_ledger(path, rulebook, columns, save_columns)
        _tell(source)
        return Given(source.clients, len(source.faults) + source.ledger.faults, source)
    from eligibility.screening.clients import from_roster

    companies, faults = read_roster(path)
    clients, unusable = from_roster(companies, rulebook)
    say(*faults, *unusable)
    return Given(tuple(clients), len(faults) + len(unusable))


def companies_for_both(path: Path, old: Rulebook, new: Rulebook) -> tuple[list[Company], int]:
    """The companies of a ledger as saved answers that two rulebooks can read, and how many cells neither could use.

    The older rulebook reads them as they were when it was in use; the newer one adds what only it asks.
    """
    readings = [read_ledger(path, book) for book in (old, new)]
    _tell(readings[1])
    before, after = ({c.row: c for c in reading.clients} for reading in readings)
    companies = [Company(client.name, {**client.profile.as_data(), **(before[row].profile.as_data() if row in before else {})}) for row, client in after.items()]
    return companies, len(readings[1].faults) + readings[1].ledger.faults


def read_ledger(path: Path, rulebook: Rulebook, columns: Path | None = None, save_columns: Path | None = None) -> Reading:
    """A ledger read to its end, or the end: nothing of it could be used."""
    from eligibility.screening.headers import write_column_map
    from eligibility.screening.ledger import open_ledger
    from eligibility.screening.sheets import UnreadableLedgerError

    remembered = column_map(columns, rulebook)
    try:
        ledger = open_ledger(path.read_bytes(), path.name, rulebook, remembered)
    except UnreadableLedgerError as error:
        stop(f"{path}：{error}")
    except OSError as error:
        stop(f"打不开 {path}（{why(error)}）。请检查路径。")
    if save_columns is not None:
        write(write_column_map(ledger.columns).encode(), save_columns)
    return ledger.read()


def column_map(path: Path | None, rulebook: Rulebook) -> dict[str, RememberedColumn] | None:
    """The column map in a file, if there is one, or the end: it cannot be used."""
    from eligibility.screening.headers import ColumnMapError, read_column_map

    try:
        return read_column_map(path.read_text(encoding="utf-8-sig"), rulebook) if path else None
    except ColumnMapError as error:
        stop(f"{path}：{error}")
    except UnicodeDecodeError:
        stop(f"{path} 不是 UTF-8 编码。请另存为 UTF-8。")
    except OSError as error:
        stop(f"打不开 {path}（{why(error)}）。请检查路径。")


def _tell(source: Reading) -> None:
    """What was not used or only assumed: sheets and columns a line each, cells as a table."""
    columns = source.ledger.columns
    say(*map(str, source.ledger.unread))
    say(*(f"列“{c.header}”：{c.remark}" for c in sorted(columns, key=lambda c: c.clash) if c.remark))
    if source.faults:
        say(*_table(source.faults[:_SHOWN]))
    if (left := len(source.faults) - _SHOWN) > 0:
        say(f"还有 {left:,} 处。")


def _table(faults: Sequence[Fault]) -> list[str]:
    """Faults under one another; a Chinese character is as wide as two others."""
    lines = [("行", "列", "情况", "怎么改"), *((str(f.row), f.column, f.what, f.remedy) for f in faults)]
    widths = [max(_width(line[n]) for line in lines) for n in range(3)]
    return ["  ".join([*(cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=False)), line[3]]) for line in lines]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
