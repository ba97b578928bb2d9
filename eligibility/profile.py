"""One enterprise's answers: typed, validated, serialisable.

There is one kind of unknown: not answered, 不清楚 and an empty cell are the same, and are simply absent here. 0, 无 and 否
are answers.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar

from eligibility.logic.answers import Answer, Choices
from eligibility.logic.words import number
from eligibility.rulebook.models import Option, Question
from eligibility.rulebook.problems import nearest

UNKNOWN_WORDS = frozenset({"", "不清楚", "不知道", "unknown"})
_Named = TypeVar("_Named", Question, Option)
_YES, _NO = frozenset({"是", "有", "yes", "true"}), frozenset({"否", "无", "no", "false"})


@dataclass(frozen=True, slots=True)
class AnswerProblem:
    """An answer that could not be used. The others stand."""

    question: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.question}：{self.what}。{self.remedy}"


class Origin(StrEnum):
    """Where an answer comes from. Only `seen` is verified; `declared` is the rule and is not written down."""

    DECLARED = "declared"  # the company's own word
    SEEN = "seen"  # the paper or its number was seen
    LEDGER = "ledger"  # taken from an advisor's ledger


@dataclass(frozen=True, slots=True)
class Certificate:
    """The paper behind one chosen option: its number, and the last day on which it is valid."""

    number: str | None = None
    until: date | None = None


@dataclass(frozen=True)
class Profile:
    """Answers by question id; what is absent is unknown.

    `estimates` are the numbers given as 大概; `origins` says of an answer that it is more than the company's own word;
    `certificates` are papers by question and option.
    """

    answers: Mapping[str, Answer] = field(default_factory=dict)
    estimates: frozenset[str] = frozenset()
    origins: Mapping[str, Origin] = field(default_factory=dict)
    certificates: Mapping[tuple[str, str], Certificate] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("answers", "origins", "certificates"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def with_answer(self, question: str, answer: Answer | None, *, estimate: bool = False, origin: Origin = Origin.DECLARED) -> Profile:
        """The same profile with one answer given, changed or (None) taken back. Papers of options still chosen stay."""
        answers = {q: a for q, a in self.answers.items() if q != question}
        estimates = self.estimates - {question}
        origins = {q: o for q, o in self.origins.items() if q != question}
        if answer is not None:
            answers[question] = answer
            estimates |= {question} if estimate else frozenset()
            if origin is not Origin.DECLARED:
                origins[question] = origin
        chosen = answer.chosen if isinstance(answer, Choices) else frozenset()
        certificates = {key: c for key, c in self.certificates.items() if key[0] != question or key[1] in chosen}
        return Profile(answers, estimates, origins, certificates)

    def with_certificate(self, question: str, option: str, certificate: Certificate | None) -> Profile:
        """The same profile with the paper of one option given, changed or (None) taken back."""
        certificates = {key: c for key, c in self.certificates.items() if key != (question, option)}
        if certificate is not None and certificate != Certificate():
            certificates[question, option] = certificate
        return Profile(self.answers, self.estimates, self.origins, certificates)

    def valid(self, on: date) -> Mapping[str, Answer]:
        """The answers as they count on a day: an option whose paper has run out counts as not chosen."""
        over = [key for key, c in self.certificates.items() if c.until is not None and c.until < on]
        if not over:
            return self.answers
        answers = dict(self.answers)
        for question, option in over:
            answer = answers.get(question)
            if isinstance(answer, Choices):
                answers[question] = Choices(answer.chosen - {option}, answer.unsure)
        return answers

    def origin(self, question: str) -> Origin:
        """Where an answer comes from."""
        return self.origins.get(question, Origin.DECLARED)

    def as_data(self) -> dict[str, Any]:
        """Question id → value, as an ANSWERS file holds it; `read_profile` takes it back."""
        return {question: self._datum(question, answer) for question, answer in self.answers.items()}

    def _datum(self, question: str, answer: Answer) -> Any:
        extra: dict[str, Any] = {"source": self.origins[question].value} if question in self.origins else {}
        if isinstance(answer, Choices):
            chosen, unsure = sorted(answer.chosen), sorted(answer.unsure)
            papers = {
                option: {k: v for k, v in (("number", c.number), ("until", c.until and c.until.isoformat())) if v is not None}
                for (asked, option), c in sorted(self.certificates.items(), key=lambda item: item[0])
                if asked == question
            }
            extra |= {"unsure": unsure} if unsure else {}
            extra |= {"certificates": papers} if papers else {}
            return {"chosen": chosen, **extra} if extra else chosen
        value: Any = answer
        if isinstance(answer, date):
            value = answer.isoformat()
        elif isinstance(answer, float):
            value = int(answer) if answer.is_integer() else answer
            extra |= {"about": True} if question in self.estimates else {}
        return {"value": value, **extra} if extra else value


def read_profile(data: Any, questions: Mapping[str, Question]) -> tuple[Profile, list[AnswerProblem]]:
    """Answers from a file or a form: question id → value.

    A choice is an option's id, its name or another name that only this option has; several choices are a list, `[]` for
    none, or `{chosen: […], unsure: […], certificates: {option: {number: …, until: 2027-08-31}}}`; a number is in the question's unit, `{value: 120, about:
    true}` for an estimate; any answer may carry `source: seen` or `ledger`; null or 不清楚 is unknown. A question or an
    option is also found by an id that it had formerly; where both ids are there, the present one counts.
    What cannot be used is left out and told; every other answer stays.
    """
    if not isinstance(data, Mapping):
        return Profile(), [AnswerProblem("答案", "文件里应是“题目编号: 回答”", "请照 README 里的例子写。")]
    answers: dict[str, Answer] = {}
    estimates: set[str] = set()
    origins: dict[str, Origin] = {}
    certificates: dict[tuple[str, str], Certificate] = {}
    problems: list[AnswerProblem] = []
    for id_, question, value in by_question(data, questions):
        if question is None:
            problems.append(AnswerProblem(id_, "没有这道题", nearest(id_, questions)))
            continue
        extra: Mapping[str, Any] = value if isinstance(value, Mapping) else {}
        if "value" in extra:
            value = extra["value"]
        if value is None or says_unknown(value):
            continue
        try:
            answers[question.id] = _read(value, question)
            if extra.get("about") is True and question.kind == "number":
                estimates.add(question.id)
            if (origin := _origin(extra.get("source"))) is not Origin.DECLARED:
                origins[question.id] = origin
            certificates |= _certificates(extra.get("certificates"), question)
        except _UnusableError as error:
            problems.append(AnswerProblem(question.id, error.what, error.remedy))
    return Profile(answers, frozenset(estimates), origins, certificates), problems


def by_question(data: Mapping[Any, Any], questions: Mapping[str, Question]) -> Iterator[tuple[str, Question | None, Any]]:
    """Every value with its id and its question; of a question that is there by a former id too, only the present one."""
    for id_, value in data.items():
        question = question_of(str(id_), questions)
        if question is None or question.id == id_ or question.id not in data:
            yield str(id_), question, value


def question_of(id_: str, questions: Mapping[str, Question]) -> Question | None:
    """The question that has this id, or that had it before it was renamed."""
    return questions.get(id_) or _formerly(id_, questions.values())


def says_unknown(value: Any) -> bool:
    """Whether a value says 不清楚 in so many words."""
    return isinstance(value, str) and value.strip() in UNKNOWN_WORDS


def _formerly(id_: str, entries: Iterable[_Named]) -> _Named | None:
    """The entry that had this id before it was renamed."""
    return next((e for e in entries if id_ in e.formerly), None)


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
        if (renamed := _formerly(value, question.options)) is not None:
            return renamed.id
        called = [option.id for option in question.options if value in option.aliases]
        if len(called) == 1:
            return called[0]
    names = [o.name for o in question.options]
    raise _UnusableError(f"没有“{_shown(value)}”这个选项", nearest(_shown(value), [*question.option, *names], listed=names))


def _choices(value: Any, question: Question) -> Choices:
    if isinstance(value, Mapping) and "chosen" in value:
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
    if isinstance(value, bool) or not isinstance(value, int | float) or not _finite(value):
        raise _UnusableError(f"“{_shown(value)}”不是数字", f"请只写数字，单位是{question.unit}。")
    if question.whole and value != int(value):
        raise _UnusableError(f"{value:g} 不是整数", f"单位是{question.unit}，请写整数。")
    if value < question.min or (question.max is not None and value > question.max):
        raise _UnusableError(f"{number(value, None)} 超出范围", f"应在 {number(question.min, None)} 到 {number(question.max or 0, question.unit)}之间；请核对单位。")
    return float(value)


def _finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer beyond every float
        return False


def _yes_no(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in _YES | _NO:
        return value.strip().lower() in _YES
    raise _UnusableError(f"看不懂“{_shown(value)}”", "请写 true（是）或 false（否）。")


def _origin(value: Any) -> Origin:
    if value is None:
        return Origin.DECLARED
    try:
        return Origin(value)
    except ValueError:
        raise _UnusableError(f"source 写的是“{_shown(value)}”", "只能是 declared（自填）、seen（已看到证照）、ledger（来自台账）。") from None


def _certificates(value: Any, question: Question) -> dict[tuple[str, str], Certificate]:
    if value is None:
        return {}
    if question.kind != "choices" or not isinstance(value, Mapping) or not all(isinstance(v, Mapping) for v in value.values()):
        raise _UnusableError("看不懂 certificates", "请写成 {选项: {number: 编号, until: 2027-08-31}}。")
    found = {}
    for option, paper in value.items():
        id_ = _option(option, question)
        number, until = paper.get("number"), paper.get("until")
        found[question.id, id_] = Certificate(None if number is None else str(number)[:40], None if until is None else _date(until))
    return found


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
    try:
        text = str(value)
    except ValueError:  # an integer of thousands of digits
        text = "一个过长的数"
    text = " ".join(text.split())  # what is said of it stands in one line
    return text if len(text) <= 30 else text[:30] + "……"
