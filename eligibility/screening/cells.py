"""One cell of a ledger → what an ANSWERS file would hold for it. Whatever is not plainly meant is left as it stands, for the reader of answers to refuse.

What was converted (another unit, 无 for 0) is said, cell by cell.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from eligibility.logic.words import number
from eligibility.profile import UNKNOWN_WORDS
from eligibility.rulebook.models import Option, Question
from eligibility.screening.sheets import Broken, Cell

MAX_LENGTH = 2_000

_YES = frozenset(["是", "有", "√", "✓", "✔", "对", "y", "yes", "true", "1"])
_NO = frozenset(["否", "无", "没有", "不是", "×", "✗", "✘", "x", "n", "no", "false", "0"])
_NOTHING_SAID = UNKNOWN_WORDS | frozenset(["/", "\\", "-", "--", "—", "——", "...", "......", "?", "？", "n/a", "na", "null", "none", "未知", "不详", "待补", "待定", "待核实", "未填"])
_NONE = frozenset(["无", "没有", "都没有", "均无"])
_TOTALS = re.compile(  # no name of a company: 合计(北京)有限公司 goes on after the bracket
    r"(?:(?:.{0,11}[\u4e00-\u9fff])?(?:合计|总计|小计|共计|累计)|平均[值数]?|均值|中位数|最大值|最小值)(?::.*|\([^()]*\)|\d+[家户个]?)?|其中:.*", re.DOTALL
)
_EXPLAINS = re.compile(r"\([^()]*[\u4e00-\u9fff][^()]*\)")
_NOTE = re.compile(r"[\u4e00-\u9fff()\d]{1,12}:|[*※#]|[-—–]*以下空白|\(?[一二三四五六七八九十]+[、)]|第[一二三四五六七八九十\d]+部分|(?:填表|填报|审核|制表)人(?!力)", re.DOTALL)

_SCALES: Mapping[str, float] = {"": 1, "千": 1e3, "万": 1e4, "百万": 1e6, "千万": 1e7, "亿": 1e8, "万亿": 1e12}
_MONEY = {"元", "块", "圆"}
_CURRENCY = re.compile("人民币|rmb|cny|¥")  # says nothing of how many yuan are meant
_SAME = (_MONEY, {"人", "名", "位", "个"}, {"件", "项", "个"}, {"%", "％"})
_UNIT = re.compile(r"(万亿|千万|百万|亿|万|千)?(.*)")
_NUMBER = re.compile(r"(约|大约|大概|近|≈|~)?([+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)(\D*)")
_AS_TEXT = re.compile(r"""="(.*)"|['‘’]?(.*)""")
_SEPARATORS = "、,;|/\n"


class UnusableCellError(Exception):
    """A cell that cannot be used, and what to do about it."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what, self.remedy = what, remedy


@dataclass(frozen=True, slots=True)
class Meant:
    """What a cell means. `datum` is None where nothing is said; `converted` says what was made of it; `doubt` what of it could not be used."""

    datum: Any = None
    converted: str | None = None
    doubt: UnusableCellError | None = None
    about: bool = False


NOTHING = Meant()


def plain(text: str) -> str:
    """A text as it is compared: one width, one case, no spaces, no quotation marks, no invisible characters."""
    return unicodedata.normalize("NFKC", text).casefold().translate(_COMPARED)


class _Compared(dict[int, int | None]):
    """What becomes of a character, worked out when it is met first: it stays, or it is dropped."""

    def __missing__(self, code: int) -> int | None:
        character = chr(code)
        dropped = character.isspace() or character in "“”‘’\"'" or unicodedata.category(character) in ("Cf", "Cc")
        self[code] = None if dropped else code
        return self[code]


_COMPARED = _Compared()


def shown(value: Cell | Broken) -> str:
    """A cell as the user sees it, in one line, cut where it is long."""
    text = " ".join((value.shown if isinstance(value, Broken) else f"{value:.15g}" if isinstance(value, float) else str(value)).split())
    return text if len(text) <= 30 else text[:30] + "……"


def no_company(name: str, *, alone: bool = False) -> str | None:
    """What is to be said of a row of this name, if it is no company: a line of totals, or a note or heading that stands `alone` in its row."""
    called = plain(name)
    none = _TOTALS.fullmatch(called) or _EXPLAINS.fullmatch(called) or (alone and _NOTE.match(called))
    return f"“{shown(name)}”一行没有当成企业" if none else None


def explains(name: str) -> bool:
    """Whether what stands in the place of a name says what to write there: （全称）."""
    return bool(_EXPLAINS.fullmatch(plain(name)))


def read_cell(value: Cell | Broken, question: Question, unit: str | None = None) -> Meant:
    """What a cell says to a question; `unit` is the one that the header names."""
    said = _said(value)
    if said is None:
        return NOTHING
    if isinstance(said, str) and (empty := _placeholder(said, question)):
        return empty
    match question.kind:
        case "number":
            return _number(said, question, unit)
        case "yes_no":
            return read_flag(said)
        case "choice":
            return _choice(said, question)
        case "choices":
            return _choices(said, question)
        case "date" | "month":
            return _day(said, month_will_do=question.kind == "month")
        case "text":
            return _identifier(said) if question.identifier else _text(said)


def yes_or_no(value: Cell) -> bool | None:
    """是, 有, √ or 1; 否, 无, × or 0; anything else is neither."""
    if isinstance(value, float):
        return {1.0: True, 0.0: False}.get(value)
    if isinstance(value, bool):
        return value
    word = plain(str(value))
    return True if word in _YES else False if word in _NO else None


def read_flag(value: Cell | Broken) -> Meant:
    """What a cell says of one option that has a column of its own."""
    said = _said(value)
    if said is None:
        return NOTHING
    if (yes := yes_or_no(said)) is not None:
        return Meant(yes)
    if isinstance(said, str) and plain(said) in _NOTHING_SAID:
        return Meant(None, f"“{shown(said)}”按没有填处理")
    raise UnusableCellError(f"看不懂“{shown(said)}”", "这一列请写是或否；不清楚就空着。")


def read_paper(value: Cell | Broken, *, day: bool) -> Meant:
    """The number of a certificate, or the last day on which it is valid."""
    said = _said(value)
    if said is None or (isinstance(said, str) and plain(said) in _NOTHING_SAID):
        return NOTHING
    return _day(said, month_will_do=False) if day else _text(said)


def idle_paper(holds: str, *, denied: bool) -> tuple[str, str]:
    """What is to be said of a certificate that counts for nothing, because the option behind it is not said to be there: it is denied, or nothing is said of it."""
    if denied:
        return f"写的是没有“{holds}”，这一格没有用", "请改成一致。"
    return f"没有写现在是不是有“{holds}”，这一格没有用", "请先写明有没有。"


def _said(value: Cell | Broken) -> Cell:
    if isinstance(value, Broken):
        if value.scaled:
            raise UnusableCellError("单元格的格式让数显示成了别的大小或单位，看不出按哪个读", "请把格式改成常规，按列名的单位写数。")
        raise UnusableCellError(f"单元格是{value.shown}" if value.shown.startswith("公式") else f"单元格是错误值 {value.shown}", "请在 Excel 或 WPS 里打开、算好后保存，或者直接写数。")
    if isinstance(value, str):
        if len(value) > MAX_LENGTH:
            raise UnusableCellError(f"有 {len(value):,} 个字，太长了", f"一个单元格最多 {MAX_LENGTH:,} 个字。")
        return value if value.strip() else None
    return value


def _placeholder(text: str, question: Question) -> Meant | None:
    word = plain(text)
    if word in _NOTHING_SAID and text.strip() not in question.option:  # an option's id, to the letter, is that option: project_stage has a "none"
        return Meant(None, None if word in UNKNOWN_WORDS else f"“{shown(text)}”按没有填处理")
    if question.kind == "number" and word in _NONE:
        return Meant(0, f"“{shown(text)}”按 0 读")
    return None


def split_unit(unit: str) -> tuple[float, str]:
    """万元 → (10000, 元); what a unit counts, and how many of them one is."""
    scale, base = _UNIT.fullmatch(_without_currency(plain(unit))).groups()  # type: ignore[union-attr]  # it matches every text
    return _SCALES[scale or ""], base


def in_full(unit: str, question: Question) -> str:
    """A unit as people write it above a column, in full: 单位：万元 is 万元, and of money 万 is 万元."""
    bare = _without_currency(plain(unit).removeprefix("单位").removeprefix(":"))
    return f"{bare}元" if is_money(question) and bare and bare in _SCALES else bare


def _without_currency(unit: str) -> str:
    """万元人民币 is 万元. A currency alone stays: it is no unit."""
    return _CURRENCY.sub("", unit) or unit


def is_money(question: Question) -> bool:
    """Whether a question asks for an amount of money."""
    return question.unit is not None and split_unit(question.unit)[1] in _MONEY


def convertible(unit: str, question: Question) -> bool:
    """Whether figures in a unit can be told in the question's own."""
    return question.unit is not None and _alike(split_unit(unit)[1], split_unit(question.unit)[1])


def _alike(one: str, other: str) -> bool:
    return one == other or any(one in same and other in same for same in _SAME)


def leaves_percent_open(question: Question, header_unit: str | None) -> bool:
    """Whether a column does not say that its figures are percent where these are asked: a bare 0.453 may mean 45.3 % then."""
    return question.unit == "%" and header_unit is None


def _number(said: Cell, question: Question, header_unit: str | None) -> Meant:
    assert question.unit is not None
    if isinstance(said, bool | date):
        return Meant(str(said))
    amount: float
    about, written = False, ""
    if isinstance(said, float):
        amount = said
    else:
        found = _NUMBER.fullmatch(plain(str(said)))
        if found is None:
            raise UnusableCellError(f"“{shown(said)}”不是数字", f"请只写数字，单位是{header_unit or question.unit}。")
        about, amount, written = found[1] is not None, float(found[2].replace(",", "")), found[3].strip("()")
    if not written and leaves_percent_open(question, header_unit) and 0 < abs(amount) < 1:
        raise UnusableCellError(f"看不出“{shown(said)}”是 {amount:.10g}% 还是 {amount * 100:.10g}%", "请写成带 % 的数，或在列名后写明（%）。")
    unit = written or header_unit or question.unit
    scale, base = split_unit(unit)
    own_scale, own_base = split_unit(question.unit)
    if not base and written:
        base = own_base  # 1,200万 counts what the question counts
    if not _alike(base, own_base):
        raise UnusableCellError(f"“{shown(said)}”里的“{written}”不是能换算成{question.unit}的单位", f"请换算成{header_unit or question.unit}，只写数字。")
    value = round(amount * scale / own_scale, 6)
    converted = None
    if scale != own_scale:
        converted = f"{number(amount, unit if base in plain(unit) else unit + own_base)} → {number(value, question.unit)}"
    return Meant(value, converted, about=about)


@lru_cache(maxsize=512)
def labels(options: tuple[Option, ...]) -> Mapping[str, frozenset[str]]:
    """Everything that an option is called, as it is compared → the options called so."""
    found: dict[str, frozenset[str]] = {}
    for option in options:
        for name in {plain(n) for n in (option.id, option.name, *option.aliases)}:
            found[name] = found.get(name, frozenset()) | {option.id}
    return found


def _choice(said: Cell, question: Question) -> Meant:
    options = labels(question.options).get(plain(shown(said) if isinstance(said, float) else str(said)), frozenset())
    if len(options) == 1:
        return Meant(next(iter(options)))
    raise UnusableCellError(*_no_option(str(shown(said)), question))


def _choices(said: Cell, question: Question) -> Meant:
    """Several names in one cell. What is not among the options may be any of them under another name: of the rest one cannot be sure then."""
    text = shown(said) if isinstance(said, float) else str(said)
    if plain(text) in _NONE | ({plain(question.none_label)} if question.none_label else set()):
        return Meant({"chosen": []})
    chosen, strange = _names(text, question)
    if not strange:
        return Meant({"chosen": sorted(chosen)})
    if not chosen:
        raise UnusableCellError(*_no_option(strange[0], question))
    what, remedy = _no_option(strange[0], question)
    rest = sorted(question.option.keys() - chosen)
    return Meant({"chosen": sorted(chosen), "unsure": rest}, doubt=UnusableCellError(what, f"{remedy}认得的选项照用，其余的按不清楚处理。"))


def _names(text: str, question: Question) -> tuple[set[str], list[str]]:
    """The options named, and what else stands there. Names hold separators themselves, so the longest that fits is taken first."""
    named = labels(question.options)
    longest_first = sorted(named, key=len, reverse=True)
    folded = [(f, place) for place, c in enumerate(text) for f in ("\n" if c in "\r\n" else plain(c))]
    whole = "".join(f for f, _ in folded)
    chosen: set[str] = set()
    strange: list[str] = []
    at = 0
    while at < len(whole):
        if whole[at] in _SEPARATORS:
            at += 1
            continue
        name = next((n for n in longest_first if whole.startswith(n, at) and whole[at + len(n) : at + len(n) + 1] in ("", *_SEPARATORS)), None)
        if name is not None and len(named[name]) == 1:
            chosen |= named[name]
        else:
            name = name or re.split(f"[{_SEPARATORS}]", whole[at:], maxsplit=1)[0]
            strange.append(text[folded[at][1] : folded[at + len(name) - 1][1] + 1])
        at += len(name)
    return chosen, strange


def _no_option(text: str, question: Question) -> tuple[str, str]:
    called = labels(question.options).get(plain(text), frozenset())
    names = [o.name for o in question.options if not called or o.id in called]
    listed = "、".join(names[:6]) + ("等，全部选项见模板的“填写说明”" if len(names) > 6 else "")
    return (f"“{shown(text)}”对应不止一个选项" if called else f"没有“{shown(text)}”这个选项"), f"可以写{listed}。"


_LIKE_A_DAY = "日期请写成 2021-03-15 的样子。"
_DAYS = (
    re.compile(r"(?P<y>\d{4})[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})日?"),
    re.compile(r"(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})"),
)
_MIDNIGHT = re.compile(r"(?:\s+|t|(?<=日))0?0:00(?::00(?:\.0+)?)?\s*$", re.IGNORECASE)  # how programs write a day; found while the spaces still stand: 1 00:00 is no 10 0:00
_MONTHS = (re.compile(r"(?P<y>\d{4})[-/.年](?P<m>\d{1,2})月?"), re.compile(r"(?P<y>(?:19|20)\d{2})(?P<m>0[1-9]|1[0-2])"))


def _day(said: Cell, *, month_will_do: bool) -> Meant:
    """A day, or where that will do a month. What names no day is never given one: the reader of answers would take a week (2024-W10) for its Monday."""
    if isinstance(said, date):
        return Meant(f"{said:%Y-%m}" if month_will_do else said.isoformat())
    text = plain(f"{said:.0f}" if isinstance(said, float) else _MIDNIGHT.sub("", unicodedata.normalize("NFKC", str(said))))
    for form in _DAYS:
        if found := form.fullmatch(text):
            try:
                day = date(int(found["y"]), int(found["m"]), int(found["d"]))
            except ValueError:
                break
            return Meant(f"{day:%Y-%m}" if month_will_do else day.isoformat())
    if month_will_do:
        for form in _MONTHS:
            if (found := form.fullmatch(text)) and 1 <= int(found["m"]) <= 12:
                return Meant(f"{found['y']}-{int(found['m']):02}")
    elif any(form.fullmatch(text) for form in _MONTHS):
        raise UnusableCellError(f"“{shown(said)}”没有写是哪一天", _LIKE_A_DAY)
    raise UnusableCellError(f"看不懂“{shown(said)}”", "年月请写成 2024-07 的样子。" if month_will_do else _LIKE_A_DAY)


def _text(said: Cell) -> Meant:
    if isinstance(said, float):
        if not said.is_integer() or abs(said) >= 1e15:
            raise UnusableCellError(f"“{shown(said)}”被当成了数字，末几位可能已经丢失", "请把这一列设成文本格式再填。")
        return Meant(f"{said:.0f}")
    return Meant(str(said))


def _identifier(said: Cell) -> Meant:
    """A number that a company carries, in the one form that there is of it: what keeps a spreadsheet from counting with it (' or ="…") is none of it."""
    meant = _text(said)
    if not isinstance(said, str):
        return meant
    written = "".join(c for c in said if unicodedata.category(c) != "Cf").strip()
    bare = _AS_TEXT.fullmatch("".join(unicodedata.normalize("NFKC", written).split()))
    code = (bare[1] or bare[2] or "").upper() if bare else ""
    return meant if code in ("", written) else Meant(code, f"“{shown(written)}”按 {code} 读")
