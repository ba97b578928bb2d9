"""The unit of money that is stated above a table (单位：元): it holds for the columns of money that name none.

A wrong unit is wrong by ten thousand. So where several are stated, a foreign one, or one of which it cannot be seen which
columns it is about, these columns are not used, and that is told.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from eligibility.rulebook.book import Rulebook
from eligibility.screening.cells import is_money
from eligibility.screening.headers import Column, with_unit

_CURRENCY = "人民币|rmb|cny|¥"
_UNIT = "(?:万亿|千万|百万|亿|万|千)?(?:[美港日欧澳加台韩]?元|圆|美金|英镑|usd|hkd|eur)"
# Between words that separate, so that 元氏, 多元化 and 2000万元以上 are none. Currency and brackets may stand around it.
_STATED = re.compile(rf"(?:^|(?<!\d)\s|[:(,、;/为以及和]|单位|金额)(?:{_CURRENCY})?[\s(]*({_UNIT})(?:[\s(]*(?:{_CURRENCY})\)?)?(?=$|[):,、;/\s。为及和])")
_ALONE = re.compile(rf"\(?(?:{_CURRENCY})?{_UNIT}\)?")
_ABOUT_ALL = re.compile("单位|金额|币")


class StatedUnit(NamedTuple):
    """A unit of money above a table: where it stands, and from which column on; None: it is about the whole table."""

    unit: str
    where: str
    from_place: int | None


def _compared(text: str) -> str:
    """A text in one width and one case. Its spaces stay, other than in `plain`: they separate."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def states_unit(text: str) -> bool:
    """Whether a text says the unit of a table and is no label of columns, as 经营情况（元） is."""
    compared = _compared(text)
    return bool(_STATED.search(compared)) and bool(_ABOUT_ALL.search(compared) or _ALONE.fullmatch(compared))


def stated_units(above: Sequence[tuple[int, Sequence[str]]], first: int) -> tuple[StatedUnit, ...]:
    """The units in the rows above a table whose first column has the place `first`. Each row has its number and its texts."""
    return tuple(_units(above, first))


def _units(above: Sequence[tuple[int, Sequence[str]]], first: int) -> Iterator[StatedUnit]:
    for number, texts in above:
        for place, text in enumerate(texts):
            for unit in dict.fromkeys(_STATED.findall(_compared(text))):
                about_all = place <= first or states_unit(text)
                yield StatedUnit(unit.replace("圆", "元"), f"第 {number} 行的“{text}”", None if about_all else place)


def in_stated_unit(column: Column, stated: Sequence[StatedUnit], rulebook: Rulebook) -> Column:
    """A column of money that names no unit, in the one that is stated above. Left out where that is not clear."""
    if column.target is None or column.target.option is not None or column.unit is not None or not is_money(rulebook.questions[column.target.question]):
        return column
    about = [s for s in stated if s.from_place is None or s.from_place <= column.place]
    if not about:
        return column
    said = with_unit(column, about[0].unit, about[0].where, rulebook)
    if len({s.unit for s in about}) == 1 and about[0].from_place is None and said is not column:
        return said
    places = "、".join(dict.fromkeys(s.where for s in about))
    return replace(column, target=None, remark=f"列名里没有写单位，{places}又看不出说的是不是这一列，没有用。请在列名里写明单位。")
