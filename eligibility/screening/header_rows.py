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
from eligibility.screening.cells import explains, plain, shown, split_unit
from eligibility.screening.headers import Column, RememberedColumn, Target, known_targets, match_columns, naming, unit_alone, unit_of, with_unit
from eligibility.screening.sheets import Broken, Cell, RawRow, Sheet
from eligibility.screening.unit_above import in_stated_unit, stated_units, states_unit

_WITHIN = 10  # titles and remarks may stand above the header
_FIGURE = re.compile(r"[约近≈~]?[-+]?\d[\d,]*(?:\.\d+)?(?![年\d]|-\d).{0,4}")
_YEAR = re.compile(r"(?:19|20)\d\d")
_DATED = re.compile(r"(?:19|20)\d\d(?:年|[-./]\d|\d{4})|\d\d年|前年|本年|今年|当年|本期")

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
    first = row.place
    while first > 0 and rows[first - 1][0] == rows[first][0] - 1 and _is_labels(rows[first - 1][1]):
        first -= 1
    read = _read_down(row, first, rulebook, remembered)
    below = rows[read.end :]
    groups = [_groups(read.lines, place) for place in range(len(read.names))]
    columns = match_columns(_names(read.names, groups, below), rulebook, remembered)
    for group in zip_longest(*(groups[c.place] if c.place < len(groups) else [] for c in columns)):
        columns = tuple(with_unit(c, g and unit_of(g), f"上面的“{g}”", rulebook) for c, g in zip(columns, group, strict=True))
    if read.units is not None:
        number, units = read.units
        columns = tuple(_in_unit(c, units.get(c.place), number, rulebook) for c in columns)
    above = [(number, _texts(cells)) for number, cells in rows[:first]]
    stated = stated_units(above, next(p for p, name in enumerate(read.names) if name))
    return Header(tuple(in_stated_unit(c, stated, rulebook) for c in columns), below)


class _Read(NamedTuple):
    """The rows of a header: the names of the columns, the lines of labels they come from, the row of units if there is one (its number, and the units by place), and where the rows below begin."""

    names: list[str]
    lines: list[list[str]]
    units: tuple[int, dict[int, str]] | None
    end: int


def _read_down(row: HeaderRow, first: int, rulebook: Rulebook, remembered: Remembered) -> _Read:
    """The header from its first row to its last."""
    rows = row.sheet.rows
    lines = [_texts(cells) for _, cells in rows[first : row.place + 1]]
    names, units, end = _joined(lines), None, row.place + 1
    called = {place for place, target in enumerate(known_targets(names, rulebook, remembered)) if target is not None and target == naming(rulebook)}
    for number, cells in rows[end:]:
        texts = ["" if place in called and explains(text) else text for place, text in enumerate(_texts(cells))]
        if units is None and _continues(names, texts, rulebook, remembered):
            lines.append(texts)
            names = _joined(lines)
        elif units is None and (said := _units(names, texts, rulebook, remembered)):
            units = number, said
        elif (under := _with_labels_below(names, texts, rulebook, remembered)) is not None:
            lines.append(texts)
            names = under
        else:
            break
        end += 1
    return _Read(names, lines, units, end)


def _names(names: Sequence[str], groups: Sequence[Sequence[str]], below: Sequence[RawRow]) -> list[str]:
    """What every column is called, those without a name that hold anything too."""
    width = max((len(cells) for _, cells in below), default=0)
    bare = {p for p in range(width) if not (p < len(names) and names[p])}
    held = {p for p in bare if any(p < len(cells) and one_line(cells[p]) for _, cells in below)}
    return [f"第 {p + 1} 列（没有列名）" if p in held else _of_its_period(names[p], groups[p]) if p < len(names) else "" for p in range(max(width, len(names)))]


def _texts(cells: Sequence[Cell | Broken]) -> list[str]:
    return [one_line(c) for c in cells]


def _is_label(cell: Cell | Broken) -> bool:
    """Whether a cell is a word and no figure, which in a .csv file is a text as well."""
    return isinstance(cell, str) and any(c.isalpha() for c in cell)


def _is_labels(cells: Sequence[Cell | Broken]) -> bool:
    """Whether a row above the header belongs to it: several labels and nothing else. A title stands alone, a summary has figures, a unit of the table (单位：万元) is no label."""
    filled = [c for c in cells if one_line(c)]
    return len(filled) > 1 and all(_is_label(c) and ":" not in plain(str(c)) and not states_unit(str(c)) for c in filled)


def _joined(lines: Sequence[Sequence[str]]) -> list[str]:
    """The lowest label of each column: what stands above it, beside empty cells, is what a group of columns is called."""
    names = [""] * max(map(len, lines))
    for texts in lines:
        for place, text in enumerate(texts):
            names[place] = text or names[place]
    return names


def _continues(names: Sequence[str], texts: Sequence[str], rulebook: Rulebook, remembered: Remembered) -> bool:
    """Whether the row below goes on with the header. A company never does: it would say nothing in any column that is known. What is known already is not named again: below 备注 stands 企业."""
    known = known_targets(names, rulebook, remembered)
    under = any(text and place < len(known) and known[place] is not None for place, text in enumerate(texts))
    return not under and any(t is not None and t not in known for t in known_targets(texts, rulebook, remembered))


def _units(names: Sequence[str], texts: Sequence[str], rulebook: Rulebook, remembered: Remembered) -> dict[int, str]:
    """The units that a row below the header names; none: the row says anything else of what is known."""
    known = known_targets(names, rulebook, remembered)
    found = {place: unit_alone(text, known[place], rulebook) for place, text in enumerate(texts) if text and place < len(known) and known[place] is not None}
    units = {place: unit for place, unit in found.items() if unit is not None}
    return units if len(units) == len(found) else {}


def _with_labels_below(names: Sequence[str], texts: Sequence[str], rulebook: Rulebook, remembered: Remembered) -> list[str] | None:
    """The names with the labels that stand below figures: 2023年 below 营业收入 makes it 2023年营业收入, of which nobody has said that it is what is asked.

    None: the row is none of labels. It is one where a name stands over several of them, or over a year; a company would have a figure there, or a name.
    """
    of: list[str] = []
    for name, _ in zip_longest(names, texts, fillvalue=""):
        of.append(name or (of[-1] if of else ""))  # a group's name stands in its first column
    about = known_targets(of, rulebook, remembered)
    own = [*names, *[""] * (len(of) - len(names))]
    filled = {place for place, text in enumerate(texts) if text}
    if any(own[p] and (t := about[p]) is not None and (rulebook.questions[t.question].kind != "number" or _is_figure(texts[p], among_years=p + 1 in filled and not own[p + 1])) for p in filled):
        return None
    labels = {p for p in filled if (t := about[p]) is not None and rulebook.questions[t.question].kind == "number" and unit_alone(texts[p], t, rulebook) is None}
    several = any(own[p] and p + 1 in labels and not own[p + 1] for p in labels)
    if not several and not any(own[p] and _DATED.search(plain(texts[p])) for p in labels):
        return None
    return [_below(own[p], of[p], texts[p] if p < len(texts) else "", p in labels, rulebook) for p in range(len(of))]


def _below(own: str, group: str, text: str, is_label: bool, rulebook: Rulebook) -> str:
    """What a column is called where `text` stands below its name, or that of its group."""
    if not text:
        return own
    if known_targets([text], rulebook)[0] is not None:
        return text
    if not is_label:  # a unit, or what stands below a name that is not known
        return f"{own}（{text}）" if own else text
    if text.isdigit():
        return f"{text}年{group}"
    return f"{text}{group}" if _DATED.search(plain(text)) else f"{group}：{text}"


def _is_figure(text: str, *, among_years: bool) -> bool:
    """Whether a text is a figure that a company would have; a bare year may be one, save at the head of several columns without names."""
    compared = plain(text)
    return bool(_FIGURE.fullmatch(compared)) and not (among_years and _YEAR.fullmatch(compared))


def _groups(lines: Sequence[Sequence[str]], place: int) -> list[str]:
    """What the groups of columns are called to which one belongs, the nearest first: the labels above its own, or the nearest to the left of there. One that has no other below it is no group's."""
    own = max((n for n, line in enumerate(lines) if place < len(line) and line[place]), default=0)
    found, at = [], place
    for up in reversed(range(own)):
        start = next((p for p in reversed(range(at + 1)) if p < len(lines[up]) and lines[up][p]), None)
        if start is not None and any(start < len(line) and line[start] for line in lines[up + 1 : own + 1]):
            found.append(lines[up][start])
            at = start
    return found


def _of_its_period(name: str, groups: Sequence[str]) -> str:
    """A name with the year that stands above it: 营业收入 below 2022年 is that of 2022."""
    period = next((g for g in groups if _DATED.search(plain(g))), None)
    return f"{period}{name}" if period is not None and period not in name else name


def _in_unit(column: Column, unit: str | None, row: int, rulebook: Rulebook) -> Column:
    """A column with the unit from the row below the header. Where the header names another one, nobody can say which holds."""
    if unit is not None and column.unit is not None and split_unit(unit)[0] != split_unit(column.unit)[0]:
        return replace(column, target=None, unit=None, remark=f"列名里的单位是{column.unit}，第 {row} 行写的是{unit}，没有用。请改成一致。")
    return with_unit(column, unit, f"第 {row} 行", rulebook)
