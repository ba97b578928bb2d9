"""Which column of a ledger answers which question.

A column is used when its header is exactly a name of one question, option or certificate (whatever the width, spacing,
case and unit), or when somebody has said so in a column map. All others are reported, with what they might be; nothing
is guessed.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import yaml
from pydantic import ValidationError

from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.models import Entry, Id, Option, Question, Text
from eligibility.screening.cells import convertible, in_full, plain

Part = Literal["answer", "number", "until"]

_PARTS: Mapping[Part, tuple[str, ...]] = {
    "answer": ("",),
    "number": ("编号", "证书编号", "证书号"),
    "until": ("有效期至", "有效期到", "有效期止", "到期日", "到期日期"),
}
_MUST_BE_FILLED_IN = re.compile(r"\*|\((?:必填|选填)项?\)")
_LIKE_A_UNIT = re.compile(r".{0,4}[元圆币%人名位个件项]|[千万亿].{0,3}")
_UNIT_AT_END = re.compile(r"(.+?)(?:\(([^()]+)\)|(?:,?单位)?[/:]([^/:()]+))")


class Target(NamedTuple):
    """What a column is about: a question, one option of it, or the certificate behind an option."""

    question: str
    option: str | None = None
    part: Part = "answer"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a ledger. No target: it is not used, and `remark` says why; with one, `remark` says what was assumed."""

    place: int
    header: str
    target: Target | None
    unit: str | None = None
    remark: str | None = None
    clash: bool = False  # left out because another column is about the same


class RememberedColumn(Entry):
    """One line of a column map. Without a question: the column is not used, and not reported either."""

    header: Text
    question: Id | None = None
    option: Id | None = None
    part: Part = "answer"
    unit: Text | None = None


class ColumnMapError(Exception):
    """The column map cannot be used; the message says why and what to do."""


def _compared(header: str) -> str:
    """A header as it is compared: without the marks that say whether it must be filled in."""
    text = plain(header)
    return _MUST_BE_FILLED_IN.sub("", text) or text


def target_name(target: Target, rulebook: Rulebook) -> str:
    """A target as it stands in a header: 营业收入; 资质：高新技术企业; 资质：高新技术企业有效期至."""
    question = rulebook.questions[target.question]
    if target.option is None:
        return question.short
    return f"{question.short}：{question.option[target.option].name}{_PARTS[target.part][0]}"


def match_columns(header: Sequence[str], rulebook: Rulebook, remembered: Mapping[str, RememberedColumn] | None = None) -> tuple[Column, ...]:
    """What each header of a ledger is about. Empty headers have no column."""
    known = {_compared(h): column for h, column in (remembered or {}).items()}
    named = [(place, text) for place, text in enumerate(header) if _compared(text)]
    columns = [_remembered(place, text, known[_compared(text)], rulebook) if _compared(text) in known else _matched(place, text, rulebook) for place, text in named]
    often = Counter(c.target for c in columns if c.target)
    told = Counter(c.target for c in columns if c.target and _compared(c.header) in known)
    found = []
    for column in columns:
        the_one = column.target and _compared(column.header) in known and told[column.target] == 1  # the map settles it
        if column.target and often[column.target] > 1 and not the_one:
            others = "、".join(f"“{c.header}”" for c in columns if c.target == column.target and c is not column)
            column = replace(column, target=None, remark=f"和{others}说的是同一件事（{target_name(column.target, rulebook)}），没有用。请删去一列，或者在列对照里写明用哪一列。", clash=True)
        found.append(column)
    return tuple(found)


def suggestions(header: str, rulebook: Rulebook) -> tuple[Target, ...]:
    """What a header that is not known might be about: at most three, the likeliest first. Never used unasked."""
    names = _names(rulebook)
    close = difflib.get_close_matches(_compared(header), names, n=6, cutoff=0.6)
    named = {target_name(t, rulebook): t for name in close for t in sorted(names[name], key=str)}
    return tuple(named.values())[:3]


def targets(rulebook: Rulebook) -> Iterator[Target]:
    """Everything that a column can be about, in the order of the questionnaire."""
    for question in rulebook.questions.values():
        yield Target(question.id)
        if question.kind == "choices":
            for option in question.options:
                yield Target(question.id, option.id)
                yield from papers(question, option, rulebook)


def papers(question: Question, option: Option, rulebook: Rulebook) -> Iterator[Target]:
    """What may be said of the certificate behind an option: a number where it is known how one looks, a last day also where a status hangs on it."""
    if option.number_pattern:
        yield Target(question.id, option.id, "number")
    if option.number_pattern or (question.id, option.id) in rulebook.granted_by:
        yield Target(question.id, option.id, "until")


def known_targets(header: Sequence[str], rulebook: Rulebook, remembered: Mapping[str, RememberedColumn] | None = None) -> list[Target | None]:
    """What each header is known to be about: by it the header row is found among the first rows, without looking for what the others might be."""
    known = {_compared(h): Target(c.question, c.option, c.part) for h, c in (remembered or {}).items() if c.question}
    return [known.get(_compared(text)) or _named(_compared(text), rulebook)[0] for text in header]


def naming(rulebook: Rulebook) -> Target | None:
    """What a column is about that says what companies are called, if anything asks for that."""
    return Target(rulebook.named_by.id) if rulebook.named_by else None


def naming_column(columns: Iterable[Column], rulebook: Rulebook) -> Column | None:
    """The column that says what companies are called, if there is one."""
    target = naming(rulebook)
    return next((c for c in columns if target is not None and c.target == target), None)


def unit_of(label: str) -> str | None:
    """The unit at the end of a label, if there is one."""
    ending = _UNIT_AT_END.fullmatch(_compared(label))
    return ending and (ending[2] or ending[3])


def unit_alone(text: str, target: Target | None, rulebook: Rulebook) -> str | None:
    """The unit that a text is and nothing else, if the figures of a column about this can be in it."""
    return _own(target, _compared(text).strip("()"), rulebook)


def with_unit(column: Column, unit: str | None, where: str, rulebook: Rulebook) -> Column:
    """A column whose unit stands elsewhere than in its header. The header's own goes before."""
    own = None if unit is None else _own(column.target, unit, rulebook)
    return column if own is None or column.unit is not None else replace(column, unit=own, remark=f"单位照{where}，没有写单位的数按{own}读")


def _own(target: Target | None, unit: str, rulebook: Rulebook) -> str | None:
    """A unit in full, if a column about this holds figures that can be in it."""
    if target is None or target.option is not None:
        return None
    question = rulebook.questions[target.question]
    return own if convertible(own := in_full(unit, question), question) else None


def read_column_map(text: str, rulebook: Rulebook) -> dict[str, RememberedColumn]:
    """A column map, by header: a YAML list under `columns`."""
    try:
        data = yaml.load(text, yaml.CSafeLoader)
        entries = [RememberedColumn.model_validate(entry) for entry in data["columns"] or ()]
    except (yaml.YAMLError, ValidationError, TypeError, KeyError) as error:
        line = f"第 {error.problem_mark.line + 1} 行" if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark else "内容"
        raise ColumnMapError(f"列对照看不懂（{line}）。请照这样写：columns: 下面每列一行，- {{header: 台账里的列名, question: 题目编号}}。") from error
    for entry in entries:
        question = rulebook.questions.get(entry.question) if entry.question else None
        if entry.question and question is None:
            raise ColumnMapError(f"列对照里“{entry.header}”写的题目“{entry.question}”不存在。题目编号可以用 python -m eligibility questions 查。")
        if question and entry.option and entry.option not in question.option:
            raise ColumnMapError(f"列对照里“{entry.header}”写的选项“{entry.option}”不存在。可以用的有：{'、'.join(question.option)}。")
        if question and (entry.part != "answer" or entry.option) and (question.kind != "choices" or entry.option is None):
            raise ColumnMapError(f"列对照里“{entry.header}”：只有多选题的选项能单独成列，编号和有效期要写明是哪个选项。")
        if question and entry.unit and not convertible(entry.unit, question):
            raise ColumnMapError(f"列对照里“{entry.header}”的单位“{entry.unit}”和题目的单位“{question.unit or '没有单位'}”换算不了。")
    return {entry.header: entry for entry in entries}


def write_column_map(columns: Iterable[Column]) -> str:
    """The columns as a map to keep, to correct and to give the next time."""
    entries: list[dict[str, Any]] = []
    for column in columns:
        entry: dict[str, Any] = {"header": column.header}
        if column.target:
            entry |= {"question": column.target.question}
            entry |= {"option": column.target.option} if column.target.option else {}
            entry |= {"part": column.target.part} if column.target.part != "answer" else {}
            entry |= {"unit": column.unit} if column.unit else {}
        entries.append(entry)
    head = "# 台账的列和题目的对照。没有写 question 的列不用；要用，就补上 question: 题目编号。\n"
    return head + str(yaml.safe_dump({"columns": entries}, allow_unicode=True, sort_keys=False, width=1000))


def _remembered(place: int, text: str, entry: RememberedColumn, rulebook: Rulebook) -> Column:
    if entry.question is None:
        return Column(place, text, None)
    target = Target(entry.question, entry.option, entry.part)
    if entry.unit is not None:
        return Column(place, text, target, entry.unit)
    ending = unit_of(text)  # of what somebody has said it is about, （税务口径） is no unit
    return _in_its_unit(place, text, target, ending if ending and _LIKE_A_UNIT.fullmatch(in_full(ending, rulebook.questions[entry.question])) else None, rulebook)


def _matched(place: int, text: str, rulebook: Rulebook) -> Column:
    folded = _compared(text)
    target, unit = _named(folded, rulebook)
    if target is None or (unit is not None and not _is_number(target, rulebook)):
        return Column(place, text, None, None, _might_be(folded, rulebook))
    return _in_its_unit(place, text, target, unit, rulebook)


def _in_its_unit(place: int, text: str, target: Target, unit: str | None, rulebook: Rulebook) -> Column:
    """A column that is about this, in the unit that its header names."""
    question = rulebook.questions[target.question]
    if not _is_number(target, rulebook):
        return Column(place, text, target)
    if text == question.id:  # as programs name their columns, and then in the unit of the question
        return Column(place, text, target, question.unit)
    if unit is None:
        return Column(place, text, target, None, f"列名里没有写单位，没有写单位的数按{question.unit}读")
    if not convertible(in_full(unit, question), question):
        return Column(place, text, None, None, f"列名里的“{unit}”和{question.short}的单位（{question.unit}）换算不了，没有用")
    return Column(place, text, target, in_full(unit, question))


def _is_number(target: Target, rulebook: Rulebook) -> bool:
    return target.option is None and rulebook.questions[target.question].kind == "number"


def _named(folded: str, rulebook: Rulebook) -> tuple[Target | None, str | None]:
    """What a header names, and the unit at its end if it is known without."""
    names = _names(rulebook)
    if (target := _only(names.get(folded))) is not None:
        return target, None
    ending = _UNIT_AT_END.fullmatch(folded)
    return (_only(names.get(ending[1])), ending[2] or ending[3]) if ending else (None, None)


def _only(targets: frozenset[Target] | None) -> Target | None:
    return next(iter(targets)) if targets and len(targets) == 1 else None


def _might_be(folded: str, rulebook: Rulebook) -> str:
    likely = [target_name(t, rulebook) for t in suggestions(folded, rulebook)]
    return f"认不出是哪一题，没有用。{'是不是' + '、'.join(f'“{n}”' for n in likely) + '？' if likely else ''}"


@lru_cache(maxsize=8)
def _names(rulebook: Rulebook) -> Mapping[str, frozenset[Target]]:
    """Every name, as it is compared → what is called so."""
    found: dict[str, set[Target]] = {}
    for question in rulebook.questions.values():
        for target, name in _called(question):
            found.setdefault(_compared(name), set()).add(target)
    return {name: frozenset(targets) for name, targets in found.items()}


def _called(question: Question) -> Iterator[tuple[Target, str]]:
    for name in (question.id, question.short, question.text, question.text.rstrip("？?"), *question.aliases):
        yield Target(question.id), name
    for option in question.options if question.kind == "choices" else ():
        for part in _PARTS:  # how a program names the column
            yield Target(question.id, option.id, part), ".".join([question.id, option.id, *([] if part == "answer" else [part])])
        for called in (option.name, *option.aliases):
            for part, endings in _PARTS.items():
                for ending in endings:
                    target = Target(question.id, option.id, part)
                    for joint in ("：", "-", "_", " "):
                        yield target, f"{question.short}{joint}{called}{ending}"
                    if question.purpose == "eligibility":  # what only orders results has options with everyday names
                        yield target, f"{called}{ending}"
            if question.purpose == "eligibility":
                for asks in ("是否", "是否是", "是否为"):
                    yield Target(question.id, option.id), f"{asks}{called}"
