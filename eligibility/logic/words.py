"""Reading 2: say an expression in Chinese.

The wording on the page and in the PDF comes from the expression itself, so text and machine condition cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Protocol

from eligibility.logic.answers import Answer, Choices
from eligibility.logic.expressions import (
    OPPOSITE,
    All,
    AnyOf,
    Bands,
    BestOf,
    By,
    Compare,
    Count,
    DaysSince,
    Discretion,
    Expression,
    Has,
    HasStatus,
    In,
    Is,
    Not,
    Number,
    PointsIf,
    Ratio,
    Sum,
    YearsSince,
)


class Titled(Protocol):
    """Something with a name: an option."""

    @property
    def name(self) -> str: ...


class Asked(Protocol):
    """What wording needs to know of a question."""

    @property
    def kind(self) -> str: ...
    @property
    def short(self) -> str: ...
    @property
    def says(self) -> str: ...
    @property
    def says_not(self) -> str: ...
    @property
    def unit(self) -> str | None: ...
    @property
    def none_label(self) -> str | None: ...
    @property
    def option(self) -> Mapping[str, Titled]: ...


class Named(Protocol):
    """What wording needs to know of a status."""

    @property
    def name(self) -> str: ...
    @property
    def says(self) -> str: ...
    @property
    def says_not(self) -> str: ...


_RELATIONS = {"at_least": "不少于", "above": "大于", "at_most": "不超过", "below": "少于"}


class Words:
    """Chinese for the expressions of one rulebook."""

    def __init__(self, questions: Mapping[str, Asked], statuses: Mapping[str, Named]) -> None:
        self.questions = questions
        self.statuses = statuses

    def of(self, expression: Expression, negated: bool = False) -> str:
        """One clause without a full stop: 是科技型中小企业；上年营业收入不少于 2,000 万元."""
        match expression:
            case Not(not_=inner):
                return self.of(inner, not negated)
            case All(all=inner):
                return self._joined(inner, negated, together=not negated)
            case AnyOf(any=inner):
                return self._joined(inner, negated, together=negated)
            case HasStatus(status=id_):
                status = self.statuses[id_]
                return (status.says_not if negated else status.says).format(status.name)
            case Discretion(discretion=phrase):
                return f"{'不' if negated else ''}在“{phrase}”之内（文件没有写明标准，要问责任部门）"
            case Is(answer=id_, is_=bool(value)):
                question = self.questions[id_]
                return question.says if value != negated else question.says_not
            case Is(answer=id_, is_=str(option)):
                return self._options(id_, (option,), negated)
            case In(answer=id_, in_=options):
                return self._options(id_, options, negated)
            case Has(answer=id_):
                return self._options(id_, expression.options, expression.negative != negated)
            case Compare():
                return self._comparison(expression, negated)
            case By():
                return self._table(expression, negated)
        raise TypeError(expression)

    def answer(self, question: str, answer: Answer | None, estimate: bool = False) -> str:
        """An answer as the user gave it: 12 人, 制造业, 都没有, 不清楚."""
        asked = self.questions[question]
        match answer:
            case None:
                return "不清楚"
            case bool():
                return "是" if answer else "否"
            case float():
                return f"{'大概 ' if estimate else ''}{number(answer, asked.unit)}"
            case Choices(chosen=chosen, unsure=unsure):
                named = [o.name for i, o in asked.option.items() if i in chosen]
                doubtful = [o.name for i, o in asked.option.items() if i in unsure]
                said = "、".join(named) or ("" if doubtful else asked.none_label or "都没有选")
                return said + (f"{'；' if said else ''}不确定有没有：{'、'.join(doubtful)}" if doubtful else "")
            case date():
                return f"{answer.year} 年 {answer.month} 月 {answer.day} 日"
            case str() if asked.kind == "choice":
                return asked.option[answer].name
            case str() if asked.kind == "month":
                year, month = answer.split("-")
                return f"{year} 年 {int(month)} 月"
        return str(answer)

    def _joined(self, inner: tuple[Expression, ...], negated: bool, *, together: bool) -> str:
        said = [self.of(part, negated) for part in inner]
        if len(said) == 1:
            return said[0]
        if together:
            return "，并且".join(said)
        return f"以下任一：{'；或者'.join(said)}"

    def _options(self, id_: str, options: tuple[str, ...], negated: bool) -> str:
        question = self.questions[id_]
        names = [question.option[o].name for o in options]
        joined = names[0] if len(names) == 1 else "、".join(names[:-1]) + ("和" if negated else "或") + names[-1]
        return (question.says_not if negated else question.says).format(joined)

    def _comparison(self, compare: Compare, negated: bool) -> str:
        relation = OPPOSITE[compare.relation] if negated else compare.relation
        if compare.answer is not None:
            question = self.questions[compare.answer]
            return question.says.format(f"{_RELATIONS[relation]} {number(compare.bound, question.unit)}")
        assert compare.value is not None
        return f"{compare.called or self.number(compare.value)}{_RELATIONS[relation]} {self.figure(compare.value, compare.bound)}"

    def number(self, worked_out: Number) -> str:
        """What a number is: 科技人员 ÷ 从业人员, or the name that it carries."""
        if not isinstance(worked_out, str) and getattr(worked_out, "called", None):
            return str(worked_out.called)
        match worked_out:
            case str(id_) | YearsSince(years_since=id_) | DaysSince(days_since=id_):
                since = "" if isinstance(worked_out, str) else "至今"
                return f"{self.questions[id_].short}{since}"
            case Ratio(ratio=(above, below)):
                return f"{self.number(above)} ÷ {self.number(below)}"
            case Sum(sum=parts):
                return f"（{' + '.join(self.number(p) for p in parts)}）"
            case BestOf(best_of=parts):
                return f"（{'、'.join(self.number(p) for p in parts)}中较高的一项）"
            case Bands(bands=inner):
                return f"{self.number(inner)}的得分"
            case PointsIf(points_if=inner):
                return f"“{self.of(inner)}”的得分"
            case Count(count=counted):
                return f"以下各项中做到的项数（{'；'.join(self.of(c) for c in counted)}）"
        raise TypeError(worked_out)

    def figure(self, worked_out: Number, value: float) -> str:
        """A value of a number in that number's own terms: 10%, 60 分, 3 年, 2,000 万元."""
        match worked_out:
            case str(id_):
                return number(value, self.questions[id_].unit)
            case Ratio():
                return f"{number(value * 100, None)}%"
            case YearsSince():
                return number(value, "年")
            case DaysSince():
                return number(value, "天")
            case Count():
                return number(value, "项")
            case Sum(sum=parts) | BestOf(best_of=parts) if not any(isinstance(p, Bands | PointsIf | Sum | BestOf) for p in parts):
                return self.figure(parts[0], value)
        return number(value, "分")

    def _table(self, by: By, negated: bool) -> str:
        question = self.questions[by.by]
        rows = [f"{'、'.join(question.option[o].name for o in c.when)}：{self.of(c.then, negated)}" for c in by.cases]
        return "；".join([*rows, f"其他：{self.of(by.otherwise, negated)}"])


def number(value: float, unit: str | None) -> str:
    """A figure with its unit and thousands separators: 2,000 万元."""
    shown = f"{value:,.2f}".rstrip("0").rstrip(".")
    return f"{shown} {unit}" if unit else shown
