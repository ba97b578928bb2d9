"""Profile × rulebook × date → Assessment: verdicts, reasons, what is missing, whom to contact.

What a card, a cell and a PDF row say about one support is the same object; nobody downstream decides anything again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from eligibility.directory import Directory, Door
from eligibility.logic.bounds import Plan
from eligibility.logic.expressions import All, By, Compare, Expression, Has, HasStatus, Not, criteria, parts, questions_of, walk
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


class Outcome(StrEnum):
    """How one criterion turned out."""

    MET = "met"
    OPEN = "open"
    FAILED = "failed"


class Given(NamedTuple):
    """An answer as the user gave it, and whether somebody has seen the paper behind it."""

    question: str
    short: str
    text: str
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

    @property
    def counts(self) -> Mapping[Verdict, int]:
        """How many supports have each verdict."""
        found = dict.fromkeys(Verdict, 0)
        for s in self.supports:
            found[s.verdict] += 1
        return found

    def given(self) -> tuple[Given, ...]:
        """All answers in the order of the questionnaire."""
        words = _prepared(self.rulebook).words
        return tuple(_given(self.rulebook, words, self.profile, q, self.on) for q in self.rulebook.questions if q in self.profile.answers)


def assess(rulebook: Rulebook, profile: Profile, *, on: date) -> Assessment:
    """Decide every support of the rulebook for one company.

    `on` is the day of the assessment; nothing here reads the clock.
    """
    return _Assessor(rulebook, profile, on).assess()


@dataclass(frozen=True, slots=True)
class _Criterion:
    """A criterion as compiled: its slot, and everything about it that no answer changes."""

    slot: int
    words: str
    questions: tuple[str, ...]
    defined_by: tuple[str, ...]


class _Caution(NamedTuple):
    """What to be told before relying on a support: `fresh` up to the day on which its next review is due, `stale` after it."""

    due: date
    fresh: str | None
    stale: str

    def on(self, day: date) -> str | None:
        return self.fresh if day <= self.due else self.stale


@dataclass(frozen=True, slots=True)
class _Prepared:
    """What the rulebook alone determines: compiled once, shared by all assessments."""

    plan: Plan
    words: Words
    criteria: tuple[_Criterion, ...]
    supports: tuple[tuple[Support, int, tuple[int, ...], _Caution], ...]  # with its slot, its criteria, its caution
    notices: tuple[tuple[Notice, int], ...]
    records: tuple[tuple[Question, int], ...]


@lru_cache(maxsize=256)
def _directory(rulebook: Rulebook, place: str | None) -> Directory:
    return Directory(rulebook, place)


@lru_cache(maxsize=8)
def _prepared(rulebook: Rulebook) -> _Prepared:
    plan = Plan(rulebook.questions, rulebook.statuses)
    words = Words(rulebook.questions, rulebook.statuses)
    position: dict[Expression, int] = {}
    found: list[_Criterion] = []
    supports = []
    for support in rulebook.supports.values():
        mine = []
        for criterion in criteria(support.eligible_if):
            if criterion not in position:
                position[criterion] = len(found)
                asked, defined = _behind(criterion, rulebook)
                found.append(_Criterion(plan.add(criterion), words.of(criterion), asked, defined))
            mine.append(position[criterion])
        supports.append((support, plan.add(support.eligible_if), tuple(mine), _caution(support, rulebook)))
    notices = tuple((n, plan.add(n.when)) for n in rulebook.notices.values())
    records = tuple((q, plan.add(q.asked_if)) for q in rulebook.questions.values() if q.asked_if is not None)
    return _Prepared(plan, words, tuple(found), tuple(supports), notices, records)


def _caution(support: Support, rulebook: Rulebook) -> _Caution:
    """The standing caution of a support, and what is added once one of its documents was not reviewed in time."""
    policies = [rulebook.policies[s.policy] for s in support.sources]
    newer = rulebook.supports[support.superseded_by].title.translate(_INNER_QUOTES) if support.superseded_by else None
    standing = [f"这一项已由“{newer}”取代"] if newer else []
    if all(p.caution for p in policies):  # a document's caution stands on what rests on cautioned documents alone
        standing.append(policies[0].caution or "")
    reviewed = min(p.reviewed for p in policies)
    stale = f"规则最近核对于 {reviewed.year} 年 {reviewed.month} 月 {reviewed.day} 日，请先电话核实"
    return _Caution(rulebook.review_due(reviewed), "；".join(standing) or None, "；".join([*standing, stale]))


_INNER_QUOTES = str.maketrans("“”", "‘’")


def _behind(expression: Expression, rulebook: Rulebook) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The questions that an expression reads, statuses opened, in the order of the questionnaire; and the instruments that define its statuses."""
    asked: set[str] = set()
    defined: dict[str, None] = {}
    for part in walk(expression):
        if isinstance(part, HasStatus):
            status = rulebook.statuses[part.status]
            if status.defined_by:
                defined[f"{status.name}：{status.defined_by}"] = None
            inner, instruments = _behind(status.holds_if, rulebook)
            asked.update(inner)
            defined.update(dict.fromkeys(instruments))
        elif isinstance(part, By):
            asked.add(part.by)
        elif isinstance(part, Compare):
            asked.update(questions_of(part.number))
        elif (answered := getattr(part, "answer", None)) is not None:
            asked.add(answered)
    return tuple(q for q in rulebook.questions if q in asked), tuple(defined)


class _Assessor:
    """One assessment in the making. Reasons are built once for each criterion and shared by all supports that have it."""

    def __init__(self, rulebook: Rulebook, profile: Profile, on: date) -> None:
        self.rulebook = rulebook
        self.profile = profile
        self.on = on
        self.prepared = _prepared(rulebook)
        self.reading = self.prepared.plan.read(profile.valid(on), on)
        place = profile.answers.get(rulebook.agency_list.place)
        self.directory = _directory(rulebook, place if isinstance(place, str) else None)
        self._reasons: list[Reason | None] = [None] * len(self.prepared.criteria)
        self._given: dict[str, Given] = {}
        self._missing: dict[int, tuple[str, ...]] = {0: ()}

    def assess(self) -> Assessment:
        return Assessment(
            rulebook=self.rulebook,
            profile=self.profile,
            on=self.on,
            supports=tuple([self._support(*entry) for entry in self.prepared.supports]),
            notices=tuple(n for n, slot in self.prepared.notices if self.reading.now[slot] == YES),
            records=tuple(q for q, slot in self.prepared.records if self.reading.now[slot] == YES),
        )

    def _support(self, support: Support, slot: int, positions: tuple[int, ...], caution: _Caution) -> SupportVerdict:
        now = self.reading.now[slot]
        if now == YES:
            verdict, hanging = Verdict.MATCHED, 0
        elif now == OPEN:
            verdict, hanging = Verdict.OPEN, self.reading.hangs_on(slot)
        elif self.reading.reach[slot] == NO:
            verdict, hanging = Verdict.EXCLUDED, 0
        else:
            verdict, hanging = Verdict.NEAR, self.reading.hangs_on(slot, later=True)
        reasons = tuple([self._reasons[p] or self._reason(p) for p in positions])
        return SupportVerdict(support, verdict, reasons, self._asked_user(hanging), self.directory.doors(support), caution.on(self.on))

    def _reason(self, position: int) -> Reason:
        criterion = self.prepared.criteria[position]
        slot, plan = criterion.slot, self.prepared.plan
        truth = self.reading.now[slot]
        hanging = self.reading.hangs_on(slot)
        reason = Reason(
            criterion=criterion.words,
            outcome=_OUTCOMES[truth],
            given=tuple([self._said(q) for q in criterion.questions if q in self.profile.answers]),
            missing=self._asked_user(hanging),
            asks=plan.asked_agency(hanging) if hanging else (),
            steps=self._steps(*plan.form(slot)) if truth == NO and self.reading.reach[slot] != NO else (),
            defined_by=criterion.defined_by,
        )
        self._reasons[position] = reason
        return reason

    def _asked_user(self, hanging: int) -> tuple[str, ...]:
        if hanging not in self._missing:
            self._missing[hanging] = self.prepared.plan.asked_user(hanging)
        return self._missing[hanging]

    def _said(self, question: str) -> Given:
        if question not in self._given:
            self._given[question] = _given(self.rulebook, self.prepared.words, self.profile, question, self.on)
        return self._given[question]

    def _steps(self, expression: Expression, negated: bool) -> tuple[str, ...]:
        """What the company can do about an expression that fails but is in reach."""
        slot = self.prepared.plan.add(expression, negated)
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
                return (f"{self.prepared.words.of(expression, negated)}：您填的是 {number(answer, question.unit)}{lacks}",)
            case Compare():
                return (f"先做到：{self.prepared.words.of(expression, negated)}",)
            case Has():
                return (f"先做到：{self.prepared.words.of(expression, negated)}",)
            case By(by=question):
                chosen = self.profile.answers.get(question)
                return self._steps(next((c.then for c in expression.cases if chosen in c.when), expression.otherwise), negated)
        ways = [step for part in parts(expression) for step in self._steps(part, negated)]
        together = isinstance(expression, All) != negated
        return tuple(ways) if together or len(ways) < 2 else ("；或者".join(ways),)


_OUTCOMES = {YES: Outcome.MET, OPEN: Outcome.OPEN, NO: Outcome.FAILED}


def _given(rulebook: Rulebook, words: Words, profile: Profile, question: str, on: date) -> Given:
    asked = rulebook.questions[question]
    text = words.answer(question, profile.answers.get(question), question in profile.estimates)
    over = [asked.option[option].name for (q, option), c in profile.certificates.items() if q == question and c.until is not None and c.until < on]
    if over:
        text += f"（其中已过期、不算：{'、'.join(over)}）"
    return Given(question, asked.short, text, profile.origin(question) is Source.SEEN)
