"""Where in a sheet the header stands and what it says: below titles and remarks, in one row or in several.

Merged cells reach us as one cell with empty ones beside and below it. A row is taken for a part of the header only where
it could not be a company: above the row of most known headers, or with no cell below a header that is known already.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import NamedTuple

from eligibility.rulebook.book import Rulebook
from eligibility.screening.cells import plain, shown, split_unit
from eligibility.screening.headers import Column, RememberedColumn, Target, known_targets, match_columns, unit_alone, unit_of, with_unit
from eligibility.screening.sheets import Broken, Cell, RawRow, Sheet

_WITHIN = 10  # titles and remarks may stand above the header
_UNITS_OF_ALL = re.compile(r"单位:([^()]+)|\(([^()]+)\)$")
_BETWEEN_UNITS = re.compile(r"[,、;/和及]")
_AROUND_COLON = re.compile(r"\s*[:：]\s*")
_YEAR = re.compile(r"(?:19|20)\d\d(?:年[度末底]?)?")

Remembered = Mapping[str, RememberedColumn] | None


class HeaderRow(NamedTuple):
    """The row of a sheet that holds its header, or most of it: its place among the rows, its labels, and what they are known to be about."""

    sheet: Sheet
    place: int
    labels: int
    targets: tuple[Target, ...]

    @property
    def number(self) -> int:
        """The row as the user counts."""
        return self.sheet.rows[self.place][0]

    @property
    def like_a_ledger(self) -> bool:
        """Whether there are columns of different questions. The sheet that explains a template has rows that name one question twice."""
        return len({t.question for t in self.targets}) > 1


class Header(NamedTuple):
    """The columns of a sheet, and the rows below its header."""

    columns: tuple[Column, ...]
    rows: tuple[RawRow, ...]


def one_line(cell: Cell | Broken) -> str:
    """A cell as a name: one line, not longer than any name is."""
    return " ".join(shown(cell).split()) if isinstance(cell, float | Broken) else " ".join(str(cell if cell is not None else "").split())[:200]


def header_row(sheet: Sheet, rulebook: Rulebook, remembered: Remembered = None) -> HeaderRow:
    """The row in which most headers are known. If none is: the first about as full of labels as any, which a title is not."""
    rows = []
    for place, (_, cells) in enumerate(sheet.rows[:_WITHIN]):
        known = tuple(t for t in known_targets(_texts(cells), rulebook, remembered) if t is not None)
        rows.append(HeaderRow(sheet, place, sum(map(_is_label, cells)), known))
    best = max(rows, key=lambda r: len(r.targets))
    fullest = max(r.labels for r in rows)
    return best if best.targets else next((r for r in rows if 2 * r.labels > fullest), best)


def read_header(row: HeaderRow, rulebook: Rulebook, remembered: Remembered = None) -> Header:
    """What the columns are about. A column that holds something under no header at all is named by its place, so that it is reported like any other."""
    rows = row.sheet.rows
    first, last = row.place, row.place
    while first > 0 and rows[first - 1][0] == rows[first][0] - 1 and _is_labels(rows[first - 1][1]):
        first -= 1
    names = _joined(rows[first : last + 1])
    while last + 1 < len(rows) and _continues(names, _texts(rows[last + 1][1]), rulebook, remembered):
        last += 1
        names = _joined(rows[first : last + 1])
    if last + 1 < len(rows) and (years := _years(names, _texts(rows[last + 1][1]), rulebook, remembered)):
        last += 1
        names = years
    below = rows[last + 1 :]
    width = max((len(cells) for _, cells in below), default=0)
    bare = {p for p in range(width) if not (p < len(names) and names[p])}
    held = {p for p in bare if any(p < len(cells) and one_line(cells[p]) for _, cells in below)}
    named = [f"第 {p + 1} 列（没有列名）" if p in held else names[p] if p < len(names) else "" for p in range(max(width, len(names)))]
    columns = match_columns(named, rulebook, remembered)
    groups = {c.place: _group(rows[first : last + 1], c.place) for c in columns}
    columns = tuple(with_unit(c, unit_of(groups[c.place]), f"上面的“{groups[c.place]}”", rulebook) for c in columns)
    if below and (units := _units(columns, _texts(below[0][1]), rulebook)) is not None:
        columns, below = tuple(_in_unit(c, units.get(c.place), below[0][0], rulebook) for c in columns), below[1:]
    return Header(tuple(_in_unit_of_all(c, rows[:first], rulebook) for c in columns), below)


def _texts(cells: Sequence[Cell | Broken]) -> list[str]:
    return [one_line(c) for c in cells]


def _is_label(cell: Cell | Broken) -> bool:
    """Whether a cell is a word and no figure, which in a .csv file is a text as well."""
    return isinstance(cell, str) and any(c.isalpha() for c in cell)


def _is_labels(cells: Sequence[Cell | Broken]) -> bool:
    """Whether a row above the header belongs to it: several labels and nothing else. A title stands alone, a summary has figures, 单位：万元 a colon."""
    filled = [c for c in cells if one_line(c)]
    return len(filled) > 1 and all(_is_label(c) and ":" not in plain(str(c)) for c in filled)


def _joined(rows: Sequence[RawRow]) -> list[str]:
    """The lowest label of each column: what stands above it, beside empty cells, is what a group of columns is called."""
    names = [""] * max(len(cells) for _, cells in rows)
    for _, cells in rows:
        for place, text in enumerate(_texts(cells)):
            names[place] = text or names[place]
    return names


def _continues(names: Sequence[str], texts: Sequence[str], rulebook: Rulebook, remembered: Remembered) -> bool:
    """Whether the row below goes on with the header. A company never does: it would say nothing in any column that is known. What is known already is not named again: below 备注 stands 企业."""
    known = known_targets(names, rulebook, remembered)
    under = any(text and place < len(known) and known[place] is not None for place, text in enumerate(texts))
    return not under and any(t is not None and t not in known for t in known_targets(texts, rulebook, remembered))


def _years(names: Sequence[str], texts: Sequence[str], rulebook: Rulebook, remembered: Remembered) -> list[str] | None:
    """The names with the years that a row below the header gives to figures; None: the row says anything else.

    2023年 below 营业收入 makes it 2023年营业收入, of which nobody has said that it is what is asked.
    """
    if any(text and not _YEAR.fullmatch(plain(text)) for text in texts):
        return None
    of: list[str] = []
    for name, _ in zip_longest(names, texts):
        of.append(name or (of[-1] if of else ""))  # a group's name stands in its first column
    about = [target for target, text in zip(known_targets(of, rulebook, remembered), texts, strict=False) if text and target is not None]
    if not about or any(rulebook.questions[t.question].kind != "number" for t in about) or not (any("年" in t for t in texts) or len({*texts} - {""}) > 1):
        return None
    return [f"{year}{'年' if year.isdigit() else ''}{name}" if year else own for own, name, year in zip_longest(names, of, texts, fillvalue="")]


def _group(rows: Sequence[RawRow], place: int) -> str:
    """What the group of columns is called to which one belongs: the label above its own, or the nearest to the left of there. One that has no other below it is no group's."""
    lines = [_texts(cells) for _, cells in rows]
    own = max((n for n, line in enumerate(lines) if place < len(line) and line[place]), default=0)
    start = next((p for p in reversed(range(place + 1)) if own and p < len(lines[own - 1]) and lines[own - 1][p]), None)
    return lines[own - 1][start] if start is not None and lines[own][start] else ""


def _units(columns: Sequence[Column], texts: Sequence[str], rulebook: Rulebook) -> dict[int, str] | None:
    """The units that a row below the header names; None: the row says anything else of what is known."""
    by_place = {c.place: c for c in columns if c.target is not None}
    found = {place: unit_alone(text, by_place[place], rulebook) for place, text in enumerate(texts) if text and place in by_place}
    units = {place: unit for place, unit in found.items() if unit is not None}
    return units if units and len(units) == len(found) else None


def _in_unit_of_all(column: Column, above: Sequence[RawRow], rulebook: Rulebook) -> Column:
    """A column with the unit that is stated above the table (单位：元), if only one is that its figures can be in."""
    found = {}
    for number, cells in above:
        for text in _texts(cells):
            words = [plain(word) for word in _AROUND_COLON.sub(":", text).split()]  # 单位：元　币种：人民币
            for unit in (u for word in words for said in _UNITS_OF_ALL.findall(word) for u in _BETWEEN_UNITS.split("".join(said))):
                fitting = with_unit(column, unit, f"第 {number} 行的“{text}”", rulebook)
                if fitting is not column:
                    found[fitting.unit] = fitting
    return next(iter(found.values())) if len(found) == 1 else column


def _in_unit(column: Column, unit: str | None, row: int, rulebook: Rulebook) -> Column:
    """A column with the unit from the row below the header. Where the header names another one, nobody can say which holds."""
    if unit is not None and column.unit is not None and split_unit(unit)[0] != split_unit(column.unit)[0]:
        return replace(column, target=None, unit=None, remark=f"列名里的单位是{column.unit}，第 {row} 行写的是{unit}，没有用。请改成一致。")
    return with_unit(column, unit, f"第 {row} 行", rulebook)
