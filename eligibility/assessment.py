"""Profile × rulebook × date → Assessment: verdicts, reasons, what is missing, whom to contact.

What a card, a cell and a PDF row say about one support is the same object; nobody downstream decides anything again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property, lru_cache, wraps
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from eligibility.compiled import compiled
from eligibility.directory import Directory, Door
from eligibility.logic.answers import Choices
from eligibility.logic.expressions import All, By, Compare, Expression, Has, HasStatus, Not, parts
from eligibility.logic.truth import NO, OPEN, YES
from eligibility.logic.words import Words, number
from eligibility.profile import Origin as Source
from eligibility.profile import Profile
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.models import Notice, Question, Support


class Verdict(StrEnum):
    """What can be said about one support.

    `matched` and `excluded` are final: no further answer turns them. `near` fails now, but each thing that fails is
    something that the company can change; a further answer can still exclude it.
    """

    MATCHED = "matched"
    OPEN = "open"
    NEAR = "near"
    EXCLUDED = "excluded"


HERE = ZoneInfo("Asia/Shanghai")  # whose days are meant: a moment is the day that it is there
DAYS = date(1900, 1, 1), date(2999, 12, 31)  # the first and the last day for which can be asked: terms are counted on from there
BEST_FIRST = tuple(Verdict)  # a verdict as a number is its place here


class Outcome(StrEnum):
    """How one criterion turned out."""

    MET = "met"
    OPEN = "open"
    FAILED = "failed"


class Given(NamedTuple):
    """An answer as the user gave it, and whether somebody has seen the paper behind it.

    Of several choices, `text` and `options` hold those that the criterion speaks of, if any was chosen or left unsure; what
    was left unsure besides has no part in it.
    """

    question: str
    short: str
    text: str
    options: frozenset[str]
    verified: bool


class Reason(NamedTuple):
    """One criterion of a support, and how it turned out for this company.

    `missing` are the unanswered questions it hangs on; `asks` what only the agency can say; `steps` what the company can
    do about a failed one (empty: nothing); `defined_by` the instruments behind the statuses it names.
    """

    criterion: str
    outcome: Outcome
    given: tuple[Given, ...]
    missing: tuple[str, ...]
    asks: tuple[str, ...]
    steps: tuple[str, ...]
    defined_by: tuple[str, ...]


class SupportVerdict(NamedTuple):
    """One support for one company."""

    support: Support
    verdict: Verdict
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...]
    doors: tuple[Door, ...]
    caution: str | None

    @property
    def asks(self) -> tuple[str, ...]:
        """What only the agency can say about the conditions."""
        return tuple(dict.fromkeys(a for r in self.reasons for a in r.asks))

    @property
    def steps(self) -> tuple[str, ...]:
        """What the company can do about the conditions that fail."""
        return tuple(dict.fromkeys(s for r in self.reasons for s in r.steps))

    @property
    def unverified(self) -> int:
        """How many of the answers behind the verdict nobody has checked."""
        return len({g.question for r in self.reasons for g in r.given if not g.verified})

    @property
    def first_door(self) -> Door | None:
        """The body to ask first."""
        return next((d for d in self.doors if d.role == "first"), None)


@dataclass(frozen=True)
class Assessment:
    """Every support of the rulebook for one company on one day, in the rulebook's order."""

    rulebook: Rulebook
    profile: Profile
    on: date
    supports: tuple[SupportVerdict, ...]
    notices: tuple[Notice, ...]
    records: tuple[Question, ...]  # questions for the record whose condition holds
    worked_out: dict[object, Any] = field(default_factory=dict, init=False, repr=False, compare=False)  # see `once`

    @cached_property
    def counts(self) -> Mapping[Verdict, int]:
        """How many supports have each verdict."""
        found = dict.fromkeys(Verdict, 0)
        for s in self.supports:
            found[s.verdict] += 1
        return found

    def given(self) -> tuple[Given, ...]:
        """All answers in the order of the questionnaire."""
        words = compiled(self.rulebook).words
        return tuple(_given(self.rulebook, words, self.profile, q, self.on) for q in self.rulebook.questions if q in self.profile.answers)


P = ParamSpec("P")
R = TypeVar("R")


def once(work: Callable[Concatenate[Assessment, P], R]) -> Callable[Concatenate[Assessment, P], R]:
    """For what follows from an assessment alone and never changes: worked out when first asked for, then kept with the assessment."""
    name = f"{work.__module__}.{work.__qualname__}"

    @wraps(work)
    def kept(assessment: Assessment, /, *args: P.args, **kwargs: P.kwargs) -> R:
        key = name, args, tuple(kwargs.items())
        if key not in assessment.worked_out:
            assessment.worked_out[key] = work(assessment, *args, **kwargs)
        found: R = assessment.worked_out[key]
        return found

    return kept


def assess(rulebook: Rulebook, profile: Profile, *, on: date) -> Assessment:
    """Decide every support of the rulebook for one company.

    `on` is the day of the assessment, within DAYS; nothing here reads the clock.
    """
    return _Assessor(rulebook, profile, on).assess()


@lru_cache(maxsize=256)
def _standing(rulebook: Rulebook, place: str | None, on: date) -> tuple[tuple[tuple[Door, ...], str | None], ...]:
    """What a support says to every company of one place on one day: its doors and its caution."""
    directory = Directory(rulebook, place)
    return tuple((directory.doors(support), caution.on(on)) for support, _, _, caution in compiled(rulebook).supports)


class _Assessor:
    """One assessment in the making. Reasons are built once for each criterion and shared by all supports that have it."""

    def __init__(self, rulebook: Rulebook, profile: Profile, on: date) -> None:
        self.rulebook = rulebook
        self.profile = profile
        self.on = on
        self.compiled = compiled(rulebook)
        self.reading = self.compiled.plan.read(profile.valid(on), on)
        self._reasons: list[Reason | None] = [None] * len(self.compiled.criteria)
        self._given: dict[tuple[str, frozenset[str]], Given] = {}
        self._missing: dict[int, tuple[str, ...]] = {0: ()}

    def assess(self) -> Assessment:
        return Assessment(
            rulebook=self.rulebook,
            profile=self.profile,
            on=self.on,
            supports=self._supports(),
            notices=tuple(n for n, slot in self.compiled.notices if self.reading.now[slot] == YES),
            records=tuple(q for q, slot in self.compiled.records if self.reading.now[slot] == YES),
        )

    def _supports(self) -> tuple[SupportVerdict, ...]:
        """The verdicts. One plain loop with everything at hand: it runs hundreds of times at every click."""
        place = self.profile.answers.get(self.rulebook.agency_list.place)
        standing = _standing(self.rulebook, place if isinstance(place, str) else None, self.on)
        now, reach, hangs_on = self.reading.now, self.reading.reach, self.reading.hangs_on
        reasons, reason, asked_user = self._reasons, self._reason, self._asked_user
        found = []
        for (support, slot, positions, _), (doors, caution) in zip(self.compiled.supports, standing, strict=True):
            truth = now[slot]
            if truth == YES:
                verdict, hanging = Verdict.MATCHED, 0
            elif truth == OPEN:
                verdict, hanging = Verdict.OPEN, hangs_on(slot)
            elif reach[slot] == NO:
                verdict, hanging = Verdict.EXCLUDED, 0
            else:
                verdict, hanging = Verdict.NEAR, hangs_on(slot, later=True)
            why = tuple([reasons[p] or reason(p) for p in positions])
            found.append(SupportVerdict(support, verdict, why, asked_user(hanging), doors, caution))
        return tuple(found)

    def _reason(self, position: int) -> Reason:
        criterion = self.compiled.criteria[position]
        slot, plan = criterion.slot, self.compiled.plan
        truth = self.reading.now[slot]
        hanging = self.reading.hangs_on(slot)
        answers = self.profile.answers
        reason = Reason(  # by position: named arguments cost a tenth of the whole assessment
            criterion.words,
            OUTCOMES[truth],
            tuple([self._said(q, options) for q, options in criterion.reads if q in answers]),
            self._asked_user(hanging),
            self.compiled.plan.asked_agency(hanging) if hanging else (),
            self._steps(*plan.form(slot)) if truth == NO and self.reading.reach[slot] != NO else (),
            criterion.defined_by,
        )
        self._reasons[position] = reason
        return reason

    def _asked_user(self, hanging: int) -> tuple[str, ...]:
        if hanging not in self._missing:
            self._missing[hanging] = self.compiled.plan.asked_user(hanging)
        return self._missing[hanging]

    def _said(self, question: str, options: frozenset[str]) -> Given:
        key = question, options
        if key not in self._given:
            self._given[key] = _given(self.rulebook, self.compiled.words, self.profile, question, self.on, options)
        return self._given[key]

    def _steps(self, expression: Expression, negated: bool) -> tuple[str, ...]:
        """What the company can do about an expression that fails but is in reach."""
        slot = self.compiled.plan.add(expression, negated)
        if self.reading.now[slot] != NO or self.reading.reach[slot] == NO:
            return ()
        match expression:
            case Not(not_=inner):
                return self._steps(inner, not negated)
            case HasStatus(status=id_):
                status = self.rulebook.statuses[id_]
                if negated or status.next_step is None:
                    return self._steps(status.holds_if, negated)
                return (f"先成为{status.name}：{status.next_step}",)
            case Compare(answer=str(id_)):
                answer, question = self.profile.answers[id_], self.rulebook.questions[id_]
                assert isinstance(answer, float)
                gap = number(expression.bound - answer, question.unit)
                lacks = f"，还差 {gap}" if expression.bound > answer else ""
                return (f"{self.compiled.words.of(expression, negated)}：您填的是 {number(answer, question.unit)}{lacks}",)
            case Compare():
                return (f"先做到：{self.compiled.words.of(expression, negated)}",)
            case Has():
                return (f"先做到：{self.compiled.words.of(expression, negated)}",)
            case By(by=question):
                return self._steps(expression.row(self.profile.answers.get(question)), negated)
        ways = [step for part in parts(expression) for step in self._steps(part, negated)]
        together = isinstance(expression, All) != negated
        return tuple(ways) if together or len(ways) < 2 else ("；或者".join(ways),)


# How a truth reads as the outcome of a criterion.
OUTCOMES = {YES: Outcome.MET, OPEN: Outcome.OPEN, NO: Outcome.FAILED}


def _given(rulebook: Rulebook, words: Words, profile: Profile, question: str, on: date, options: frozenset[str] = frozenset()) -> Given:
    asked, answer = rulebook.questions[question], profile.answers.get(question)
    unsaid = ""
    if isinstance(answer, Choices) and options:
        spoken_of = Choices(answer.chosen & options, answer.unsure & options)
        if spoken_of == Choices() and answer.unsure and not answer.chosen:  # 都没有 would not be true of the others
            unsaid = f"没有选{'、'.join(o.name for o in asked.options if o.id in options)}"
        answer = spoken_of if spoken_of != Choices() else Choices(answer.chosen)
    text = unsaid or words.answer(question, answer, question in profile.estimates)
    over = [asked.option[option].name for (q, option), c in profile.certificates.items() if q == question and c.until is not None and c.until < on]
    if over:
        text += f"（其中已过期、不算：{'、'.join(over)}）"
    chosen = answer.chosen if isinstance(answer, Choices) else frozenset({answer}) if isinstance(answer, str) else frozenset()
    return Given(question, asked.short, text, chosen, profile.origin(question) is Source.SEEN)
