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
    {status: tech_sme}                              a status of `rules/statuses/`
    {by: industry, cases: [{when: [..], then: A}], otherwise: B}
    {discretion: 符合条件, ask: …}                    the text leaves it to the agency: always open
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError


class Form(BaseModel):
    """What all forms share: frozen, and no key that the form does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, strict=True)


class All(Form):
    """Every part holds."""

    all: tuple[Expression, ...] = Field(min_length=1, strict=False)


class AnyOf(Form):
    """At least one part holds."""

    any: tuple[Expression, ...] = Field(min_length=1, strict=False)


class Not(Form):
    """The part does not hold."""

    not_: Expression = Field(alias="not")


class Is(Form):
    """The answer to a choice question, or to a yes/no question, is this one."""

    answer: str
    is_: bool | str = Field(alias="is")


class In(Form):
    """The answer to a choice question is one of these."""

    answer: str
    in_: tuple[str, ...] = Field(alias="in", min_length=1, strict=False)


class Has(Form):
    """A question with several choices: at least one of these was chosen (`has`, `has_any`), or none (`has_none`)."""

    answer: str
    has: str | None = None
    has_any: tuple[str, ...] = Field(default=(), strict=False)
    has_none: tuple[str, ...] = Field(default=(), strict=False)

    @property
    def options(self) -> tuple[str, ...]:
        """The choices that are asked after."""
        return (self.has,) if self.has is not None else self.has_any or self.has_none

    @property
    def negative(self) -> bool:
        """Whether the choices must be absent."""
        return bool(self.has_none)


class Compare(Form):
    """A number against a bound in the question's own unit. Exactly one bound."""

    answer: str
    at_least: float | None = Field(default=None, strict=False)
    above: float | None = Field(default=None, strict=False)
    at_most: float | None = Field(default=None, strict=False)
    below: float | None = Field(default=None, strict=False)

    RELATIONS: ClassVar[tuple[str, ...]] = ("at_least", "above", "at_most", "below")

    @model_validator(mode="after")
    def _one_bound(self) -> Compare:
        if sum(getattr(self, r) is not None for r in self.RELATIONS) != 1:
            raise PydanticCustomError("one_bound", "at_least、above、at_most、below 只能写一个；要写区间，用 all 合起来")
        return self

    @property
    def relation(self) -> str:
        """`at_least`, `above`, `at_most` or `below`."""
        return next(r for r in self.RELATIONS if getattr(self, r) is not None)

    @property
    def bound(self) -> float:
        """The number compared with, in the question's unit."""
        return float(getattr(self, self.relation))


class HasStatus(Form):
    """A status of the rulebook: a title that is held, or a class that follows from the answers."""

    status: str


class Case(Form):
    """One row of a `by` table."""

    when: tuple[str, ...] = Field(min_length=1, strict=False)
    then: Expression


class By(Form):
    """A table: which condition counts depends on a choice."""

    by: str
    cases: tuple[Case, ...] = Field(min_length=1, strict=False)
    otherwise: Expression


class Discretion(Form):
    """Words of the document that leave the decision to the agency ("符合条件"). Never decided here: open, with the question to ask.

    `discretion` stands in the quoted article to the character.
    """

    discretion: str
    ask: str


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

for _form in (All, AnyOf, Not, Case, By):
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
    for step, part in zip(steps, parts(expression), strict=True):
        found += walk_places(part, (*place, *step))
    return found


def criteria(expression: Expression) -> tuple[Expression, ...]:
    """What must hold all at once: the units in which a verdict is explained."""
    if isinstance(expression, All):
        return tuple(dict.fromkeys(c for part in expression.all for c in criteria(part)))
    return (expression,)
