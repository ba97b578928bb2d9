"""The condition language: one expression, many readings.

An expression says something about one enterprise in terms of the answers that it gave. The models here only hold it;
`bounds` decides it under partial knowledge, `words` says it in Chinese. Everything is frozen and hashable, so equal
conditions of different supports are the same condition.

In YAML every form is a mapping that is recognised by its keys:

    {all: [A, B]}                                   both
    {any: [A, B]}                                   at least one
    {not: A}                                        the contrary
    {answer: entity, is: company}                   a choice, or yes/no (is: true)
    {answer: city, in: [shenyang, dalian]}          one of several choices
    {answer: people, has: student}                  several choices: this one is among them
    {answer: people, has_any: [student, graduate]}  ... one of these is
    {answer: listings, has_none: [abnormal]}        ... none of these is
    {answer: revenue, at_least: 2000}               a number; also above, at_most, below
    {value: N, called: 得分, at_least: 60}            a number that is worked out, see below
    {status: tech_sme}                              a status of `rules/statuses/`
    {by: industry, cases: [{when: [..], then: A}], otherwise: B}
    {discretion: 符合条件, ask: …}                    the text leaves it to the agency: always open

A number N is worked out from answers:

    revenue                                         the answer to a number question
    {ratio: [A, B]}                                 A ÷ B, shown as a percentage; 0 where B is 0
    {sum: [A, B]}   {best_of: [A, B]}               all together; the larger
    {bands: A, steps: [{at_least: 0.3, gives: 20}], otherwise: 0}   points by bands, the highest step first
    {points_if: E, gives: 30, otherwise: 0}         points for a condition
    {count: [E, F]}                                 how many conditions hold
    {years_since: founded}  {days_since: founded}   time since a date, up to the day of the assessment

`called` names a number where it is shown on its own: an indicator of a score, a ratio with a common name.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError


class Form(BaseModel):
    """What all forms share: frozen, and no key that the form does not know."""

    # Built on first use: the forms know one another, so building at once would build each of them many times over.
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, strict=True, defer_build=True)


class All(Form):
    """Every part holds."""

    all: tuple[Expression, ...] = Field(min_length=1, strict=False, description="都要满足")


class AnyOf(Form):
    """At least one part holds."""

    any: tuple[Expression, ...] = Field(min_length=1, strict=False, description="满足其一")


class Not(Form):
    """The part does not hold."""

    not_: Expression = Field(alias="not", description="不是这样")


class Is(Form):
    """The answer to a choice question, or to a yes/no question, is this one."""

    answer: str = Field(description="哪道题（单选或是否题）")
    is_: bool | str = Field(alias="is", description="回答是这个选项；是否题写 true 或 false")

    @property
    def options(self) -> tuple[str, ...]:
        """The choice that is asked after; none for a yes/no question."""
        return (self.is_,) if isinstance(self.is_, str) else ()


class In(Form):
    """The answer to a choice question is one of these."""

    answer: str = Field(description="哪道题（单选题）")
    in_: tuple[str, ...] = Field(alias="in", min_length=1, strict=False, description="回答是这些选项之一")

    @property
    def options(self) -> tuple[str, ...]:
        """The choices that are asked after."""
        return self.in_


class Has(Form):
    """A question with several choices: at least one of these was chosen (`has`, `has_any`), or none (`has_none`)."""

    answer: str = Field(description="哪道题（多选题）")
    has: str | None = Field(default=None, description="选了这一项")
    has_any: tuple[str, ...] = Field(default=(), strict=False, description="选了其中任何一项")
    has_none: tuple[str, ...] = Field(default=(), strict=False, description="一项也没选")

    @property
    def options(self) -> tuple[str, ...]:
        """The choices that are asked after."""
        return (self.has,) if self.has is not None else self.has_any or self.has_none

    @property
    def negative(self) -> bool:
        """Whether the choices must be absent."""
        return bool(self.has_none)


class Called(Form):
    """A number that can carry a name of its own."""

    called: str | None = Field(default=None, description="这个数叫什么")


class Ratio(Called):
    """One number over another; 0 where the lower one is 0: what cannot be worked out earns nothing."""

    ratio: tuple[Number, Number] = Field(strict=False, description="前一个数除以后一个数，按百分比显示；除数是 0 时算 0")


class Sum(Called):
    """Numbers together."""

    sum: tuple[Number, ...] = Field(min_length=1, strict=False, description="加起来")


class BestOf(Called):
    """The largest of several numbers: the company may choose the better indicator."""

    best_of: tuple[Number, ...] = Field(min_length=1, strict=False, description="取最大的一个")


class Step(Form):
    """One band: from here on it gives so much."""

    at_least: float = Field(strict=False, description="从这个数起（含）")
    gives: float = Field(strict=False, description="得多少分")


class Bands(Called):
    """Points by bands of a number. The lower edge belongs to a band."""

    bands: Number = Field(description="按哪个数分档")
    steps: tuple[Step, ...] = Field(min_length=1, strict=False, description="各档，从高到低")
    otherwise: float = Field(default=0, strict=False, description="各档都不到时得多少分")

    @model_validator(mode="after")
    def _from_the_top(self) -> Bands:
        edges = [s.at_least for s in self.steps]
        if edges != sorted(set(edges), reverse=True):
            raise PydanticCustomError("steps", "steps 要从高到低排，不能重复")
        return self


class PointsIf(Called):
    """Points for a condition."""

    points_if: Expression = Field(description="满足这个条件就得分")
    gives: float = Field(strict=False, description="得多少分")
    otherwise: float = Field(default=0, strict=False, description="不满足时得多少分")


class Count(Called):
    """How many of these conditions hold."""

    count: tuple[Expression, ...] = Field(min_length=1, strict=False, description="数一数满足几个")


class YearsSince(Called):
    """Years from a date to the day of the assessment; a whole number exactly on an anniversary."""

    years_since: str = Field(description="从哪道日期题的回答起，到判断那天有几年")


class DaysSince(Called):
    """Days from a date to the day of the assessment."""

    days_since: str = Field(description="从哪道日期题的回答起，到判断那天有几天")


def reaching(bound: float) -> float:
    """From where on a number that is worked out has reached a bound.

    Tenths have no end in binary: 64.32 of 1,072 is 6 %, and yet the quotient is less than 0.06. A hair makes up for that; it
    is finer than any two figures of a company can lie apart.
    """
    return bound - abs(bound) * 1e-12


def passing(bound: float) -> float:
    """What a number that is worked out must exceed to have passed a bound, see `reaching`."""
    return bound + abs(bound) * 1e-12


# The relation that holds exactly where the other one does not.
OPPOSITE = {"at_least": "below", "below": "at_least", "above": "at_most", "at_most": "above"}


class Compare(Form):
    """A number against a bound, in the number's own unit. Exactly one bound.

    The number is the answer to a question (`answer`) or is worked out (`value`).
    """

    answer: str | None = Field(default=None, description="哪道题（数字题）")
    value: Number | None = Field(default=None, description="算出来的数")
    called: str | None = Field(default=None, description="这个数叫什么")
    at_least: float | None = Field(default=None, strict=False, description="不少于，单位同题目")
    above: float | None = Field(default=None, strict=False, description="大于，单位同题目")
    at_most: float | None = Field(default=None, strict=False, description="不超过，单位同题目")
    below: float | None = Field(default=None, strict=False, description="少于，单位同题目")

    RELATIONS: ClassVar[tuple[str, ...]] = ("at_least", "above", "at_most", "below")

    @model_validator(mode="after")
    def _one_bound(self) -> Compare:
        if sum(getattr(self, r) is not None for r in self.RELATIONS) != 1:
            raise PydanticCustomError("one_bound", "at_least、above、at_most、below 只能写一个；要写区间，用 all 合起来")
        if (self.answer is None) == (self.value is None):
            raise PydanticCustomError("one_number", "answer（题目）和 value（算出来的数）写且只写一个")
        return self

    @property
    def number(self) -> Number:
        """What is compared."""
        return self.answer if self.answer is not None else self.value  # type: ignore[return-value]

    @property
    def relation(self) -> str:
        """`at_least`, `above`, `at_most` or `below`."""
        return next(r for r in self.RELATIONS if getattr(self, r) is not None)

    @property
    def bound(self) -> float:
        """The number compared with, in the question's unit."""
        return float(getattr(self, self.relation))

    @property
    def edge(self) -> float:
        """The bound as numbers meet it: to the letter by an answer, within a hair by what is worked out."""
        if self.answer is not None:
            return self.bound
        return reaching(self.bound) if self.relation in ("at_least", "below") else passing(self.bound)


class HasStatus(Form):
    """A status of the rulebook: a title that is held, or a class that follows from the answers."""

    status: str = Field(description="具有哪个身份，见 statuses/")


class Case(Form):
    """One row of a `by` table."""

    when: tuple[str, ...] = Field(min_length=1, strict=False, description="回答是这些选项之一时")
    then: Expression = Field(description="看这个条件")


class By(Form):
    """A table: which condition counts depends on a choice."""

    by: str = Field(description="按哪道单选题的回答分情况")
    cases: tuple[Case, ...] = Field(min_length=1, strict=False, description="各种情况")
    otherwise: Expression = Field(description="其余的回答看这个条件")

    @model_validator(mode="after")
    def _each_once(self) -> By:
        named = [option for case in self.cases for option in case.when]
        if twice := next((option for place, option in enumerate(named) if option in named[:place]), None):
            raise PydanticCustomError("twice", "选项“{option}”写在不止一种情况里", {"option": twice})
        return self

    def row(self, choice: object) -> Expression:
        """The condition that counts for one choice."""
        return next((case.then for case in self.cases if choice in case.when), self.otherwise)


class Discretion(Form):
    """Words of the document that leave the decision to the agency ("符合条件"). Never decided here: open, with the question to ask.

    `discretion` stands in the quoted article to the character.
    """

    discretion: str = Field(description="原文里留给部门判断的词，照抄")
    ask: str = Field(description="该问部门的那句话，问号结尾")


_KEYS: dict[str, str] = {
    "all": "all",
    "any": "any",
    "not": "not",
    "is": "is",
    "in": "in",
    "has": "has",
    "has_any": "has",
    "has_none": "has",
    "at_least": "compare",
    "above": "compare",
    "at_most": "compare",
    "below": "compare",
    "status": "status",
    "by": "by",
    "discretion": "discretion",
}
_TAGS: dict[type, str] = {All: "all", AnyOf: "any", Not: "not", Is: "is", In: "in", Has: "has", Compare: "compare", HasStatus: "status", By: "by", Discretion: "discretion"}


def _form_of(value: Any) -> str | None:
    if isinstance(value, dict):
        return next((tag for key, tag in _KEYS.items() if key in value), None)
    tag: str | None = _TAGS.get(type(value))
    return tag


Expression = Annotated[
    Annotated[All, Tag("all")]
    | Annotated[AnyOf, Tag("any")]
    | Annotated[Not, Tag("not")]
    | Annotated[Is, Tag("is")]
    | Annotated[In, Tag("in")]
    | Annotated[Has, Tag("has")]
    | Annotated[Compare, Tag("compare")]
    | Annotated[HasStatus, Tag("status")]
    | Annotated[By, Tag("by")]
    | Annotated[Discretion, Tag("discretion")],
    Discriminator(
        _form_of,
        custom_error_type="no_form",
        custom_error_message="看不懂的条件：要有 all、any、not、answer、status、by、discretion 之一，answer 要配 is、in、has、has_any、has_none、at_least、above、at_most、below 之一",
    ),
]

_NUMBERS = {"ratio": Ratio, "sum": Sum, "best_of": BestOf, "bands": Bands, "points_if": PointsIf, "count": Count, "years_since": YearsSince, "days_since": DaysSince}


def _number_form_of(value: Any) -> str | None:
    if isinstance(value, str):
        return "question"
    if isinstance(value, dict):
        return next((tag for tag in _NUMBERS if tag in value), None)
    return next((tag for tag, form in _NUMBERS.items() if isinstance(value, form)), None)


Number = Annotated[
    Annotated[str, Tag("question")]
    | Annotated[Ratio, Tag("ratio")]
    | Annotated[Sum, Tag("sum")]
    | Annotated[BestOf, Tag("best_of")]
    | Annotated[Bands, Tag("bands")]
    | Annotated[PointsIf, Tag("points_if")]
    | Annotated[Count, Tag("count")]
    | Annotated[YearsSince, Tag("years_since")]
    | Annotated[DaysSince, Tag("days_since")],
    Discriminator(
        _number_form_of,
        custom_error_type="no_number",
        custom_error_message="看不懂的数：写题目编号，或 ratio、sum、best_of、bands、points_if、count、years_since、days_since 之一",
    ),
]


def terms(number: Number) -> tuple[Number, ...]:
    """The numbers directly inside this one."""
    match number:
        case Ratio(ratio=inner) | Sum(sum=inner) | BestOf(best_of=inner):
            return inner
        case Bands(bands=inner):
            return (inner,)
    return ()


def conditions(number: Number) -> tuple[Expression, ...]:
    """The conditions directly inside a number."""
    match number:
        case PointsIf(points_if=inner):
            return (inner,)
        case Count(count=inner):
            return inner
    return ()


def walk_numbers(number: Number) -> list[Number]:
    """The number and every number inside it, outermost first."""
    return [number, *(inner for term in terms(number) for inner in walk_numbers(term))]


def questions_of(number: Number) -> tuple[str, ...]:
    """The questions that a number reads directly, conditions inside it not opened."""
    found: dict[str, None] = {}
    for part in walk_numbers(number):
        match part:
            case str(id_) | YearsSince(years_since=id_) | DaysSince(days_since=id_):
                found[id_] = None
    return tuple(found)


for _form in (All, AnyOf, Not, Case, By, Compare, Ratio, Sum, BestOf, Bands, PointsIf, Count):
    _form.model_rebuild()


def parts(expression: Expression) -> tuple[Expression, ...]:
    """The expressions directly inside this one."""
    match expression:
        case All(all=inner) | AnyOf(any=inner):
            return inner
        case Not(not_=inner):
            return (inner,)
        case By(cases=cases, otherwise=otherwise):
            return (*(c.then for c in cases), otherwise)
        case Compare(value=value) if value is not None:
            return tuple(c for number in walk_numbers(value) for c in conditions(number))
    return ()


def walk(expression: Expression) -> list[Expression]:
    """The expression and everything inside it, outermost first; statuses are named, not opened."""
    return [part for _, part in walk_places(expression)]


def walk_places(expression: Expression, place: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], Expression]]:
    """Like `walk`, each part with the way to it through the YAML."""
    found = [(place, expression)]
    steps: list[tuple[str | int, ...]] = []
    match expression:
        case All(all=inner):
            steps = [("all", i) for i in range(len(inner))]
        case AnyOf(any=inner):
            steps = [("any", i) for i in range(len(inner))]
        case Not():
            steps = [("not",)]
        case By(cases=cases):
            steps = [*(("cases", i, "then") for i in range(len(cases))), ("otherwise",)]
        case Compare():
            steps = [("value",)] * len(parts(expression))
    for step, part in zip(steps, parts(expression), strict=True):
        found += walk_places(part, (*place, *step))
    return found


def criteria(expression: Expression) -> tuple[Expression, ...]:
    """What must hold all at once: the units in which a verdict is explained."""
    if isinstance(expression, All):
        return tuple(dict.fromkeys(c for part in expression.all for c in criteria(part)))
    return (expression,)
