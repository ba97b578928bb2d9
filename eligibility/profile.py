"""One enterprise's answers: typed, validated, serialisable.

There is one kind of unknown: not answered, 不清楚 and an empty cell are the same, and are simply absent here. 0, 无 and 否
are answers.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from eligibility.logic.answers import Answer, Choices
from eligibility.logic.words import number
from eligibility.rulebook.models import Question
from eligibility.rulebook.problems import nearest

UNKNOWN_WORDS = frozenset({"", "不清楚", "不知道", "unknown"})
_YES, _NO = frozenset({"是", "有", "yes", "true"}), frozenset({"否", "无", "no", "false"})


@dataclass(frozen=True, slots=True)
class AnswerProblem:
    """An answer that could not be used. The others stand."""

    question: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.question}：{self.what}。{self.remedy}"


@dataclass(frozen=True)
class Profile:
    """Answers by question id; what is absent is unknown. `estimates` are the numbers given as 大概."""

    answers: Mapping[str, Answer] = field(default_factory=dict)
    estimates: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        object.__setattr__(self, "answers", MappingProxyType(dict(self.answers)))

    def with_answer(self, question: str, answer: Answer | None, *, estimate: bool = False) -> Profile:
        """The same profile with one answer given, changed or (None) taken back."""
        answers = {q: a for q, a in self.answers.items() if q != question}
        estimates = self.estimates - {question}
        if answer is not None:
            answers[question] = answer
            estimates |= {question} if estimate else frozenset()
        return Profile(answers, estimates)

    def as_data(self) -> dict[str, Any]:
        """Question id → value, as an ANSWERS file holds it; `read_profile` takes it back."""
        data: dict[str, Any] = {}
        for question, answer in self.answers.items():
            if isinstance(answer, Choices):
                chosen, unsure = sorted(answer.chosen), sorted(answer.unsure)
                data[question] = {"chosen": chosen, "unsure": unsure} if unsure else chosen
            elif isinstance(answer, float):
                number = int(answer) if answer.is_integer() else answer
                data[question] = {"value": number, "about": True} if question in self.estimates else number
            else:
                data[question] = answer.isoformat() if isinstance(answer, date) else answer
        return data


def read_profile(data: Any, questions: Mapping[str, Question]) -> tuple[Profile, list[AnswerProblem]]:
    """Answers from a file or a form: question id → value.

    A choice is an option's id or its name; several choices are a list, `[]` for none, or `{chosen: […], unsure: […]}`; a
    number is in the question's unit, `{value: 120, about: true}` for an estimate; null or 不清楚 is unknown.
    What cannot be used is left out and told; every other answer stays.
    """
    if not isinstance(data, Mapping):
        return Profile(), [AnswerProblem("答案", "文件里应是“题目编号: 回答”", "请照 README 里的例子写。")]
    answers: dict[str, Answer] = {}
    estimates: set[str] = set()
    problems: list[AnswerProblem] = []
    for id_, value in data.items():
        question = questions.get(str(id_))
        if question is None:
            problems.append(AnswerProblem(str(id_), "没有这道题", nearest(str(id_), questions)))
            continue
        about = False
        if question.kind == "number" and isinstance(value, Mapping) and set(value) <= {"value", "about"}:
            about = value.get("about") is True
            value = value.get("value")
        if value is None or (isinstance(value, str) and value.strip() in UNKNOWN_WORDS):
            continue
        try:
            answers[question.id] = _read(value, question)
        except _UnusableError as error:
            problems.append(AnswerProblem(question.id, error.what, error.remedy))
        else:
            estimates |= {question.id} if about else set()
    return Profile(answers, frozenset(estimates)), problems


class _UnusableError(Exception):
    def __init__(self, what: str, remedy: str) -> None:
        self.what, self.remedy = what, remedy


def _read(value: Any, question: Question) -> Answer:
    match question.kind:
        case "choice":
            return _option(value, question)
        case "choices":
            return _choices(value, question)
        case "number":
            return _number(value, question)
        case "yes_no":
            return _yes_no(value)
        case "date":
            return _date(value)
        case "month":
            return _month(value)
        case "text":
            return _text(value, question)


def _option(value: Any, question: Question) -> str:
    if isinstance(value, str):
        if value in question.option:
            return value
        for option in question.options:
            if option.name == value:
                return option.id
    raise _UnusableError(f"没有“{_shown(value)}”这个选项", nearest(_shown(value), question.option))


def _choices(value: Any, question: Question) -> Choices:
    if isinstance(value, Mapping) and set(value) <= {"chosen", "unsure"}:
        chosen, unsure = _chosen(value.get("chosen"), question), _chosen(value.get("unsure"), question)
        return Choices(chosen, unsure - chosen)
    return Choices(_chosen(value, question))


def _chosen(value: Any, question: Question) -> frozenset[str]:
    if value is None or (isinstance(value, str) and value == question.none_label):
        return frozenset()
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list | tuple | set | frozenset):
        raise _UnusableError(f"“{_shown(value)}”不是清单", "多选题请写成 [甲, 乙]，都没有写 []。")
    return frozenset(_option(v, question) for v in listed)


def _number(value: Any, question: Question) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _UnusableError(f"“{_shown(value)}”不是数字", f"请只写数字，单位是{question.unit}。")
    if question.whole and value != int(value):
        raise _UnusableError(f"{value:g} 不是整数", f"单位是{question.unit}，请写整数。")
    if value < question.min or (question.max is not None and value > question.max):
        raise _UnusableError(f"{number(value, None)} 超出范围", f"应在 {number(question.min, None)} 到 {number(question.max or 0, question.unit)}之间；请核对单位。")
    return float(value)


def _yes_no(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in _YES | _NO:
        return value.strip().lower() in _YES
    raise _UnusableError(f"看不懂“{_shown(value)}”", "请写 true（是）或 false（否）。")


def _date(value: Any) -> date:
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise _UnusableError(f"看不懂“{_shown(value)}”", "日期请写成 2021-03-15 的样子。") from None


def _month(value: Any) -> str:
    if isinstance(value, date):
        return f"{value.year:04}-{value.month:02}"
    if isinstance(value, str) and re.fullmatch(r"(19|20)\d\d-(0[1-9]|1[0-2])", value):
        return value
    raise _UnusableError(f"看不懂“{_shown(value)}”", "年月请写成 2024-07 的样子。")


def _text(value: Any, question: Question) -> str:
    if not isinstance(value, str):
        raise _UnusableError(f"“{_shown(value)}”不是文字", "请写文字；像数字的要加引号。")
    text = " ".join("".join(c for c in value if c.isprintable() or c.isspace()).split())
    if len(text) > question.max_length:
        raise _UnusableError(f"有 {len(text)} 个字，太长了", f"最多 {question.max_length} 个字。")
    return text


def _shown(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 30 else text[:30] + "……"
