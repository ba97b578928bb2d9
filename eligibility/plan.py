"""The few steps that open the most, in order, and the dates to keep.

A step is something that the company brings about: a title to obtain, a list to leave, a number to reach, a day to wait
for. It opens the supports that need nothing else. A title that another one builds on comes first.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from eligibility.assessment import DAYS, Assessment, SupportVerdict, Verdict, once
from eligibility.directory import Door
from eligibility.logic.bounds import Plan
from eligibility.logic.expressions import HasStatus
from eligibility.logic.truth import NO
from eligibility.profile import Profile
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.models import Status, Strength
from eligibility.shortfall import Change, smallest_changes
from eligibility.standing import Stand, Standing, standing

MOST_MILESTONES = 5


@dataclass(frozen=True, slots=True)
class Milestone:
    """One step of the plan.

    `text` says what to do; `opens` are the supports that come within reach by it alone; `after` names the titles that
    are better had before; `standing` is the self-check of the title, where the step is one.
    """

    text: str
    opens: tuple[SupportVerdict, ...]
    door: Door | None
    after: tuple[str, ...]
    standing: Standing | None

    @property
    def direct(self) -> int:
        """How many direct supports it opens."""
        return sum(e.support.strength is Strength.DIRECT for e in self.opens)

    @property
    def says(self) -> str:
        """What it opens: 打开 6 项，其中直接支持 2 项."""
        return f"打开 {len(self.opens)} 项" + (f"，其中直接支持 {self.direct} 项" if self.direct else "")


@dataclass(frozen=True, slots=True)
class Renewal:
    """A day to keep: the paper of a title runs out, or has run out."""

    status: Status
    option: str
    number: str | None
    until: date

    def overdue(self, on: date) -> bool:
        """Whether it has run out already."""
        return self.until < on


@once
def nearest(assessment: Assessment, support: str) -> tuple[Change, ...] | None:
    """The fewest changes that would bring a support within reach; see `smallest_changes`."""
    expression = assessment.rulebook.supports[support].eligible_if
    return smallest_changes(assessment.rulebook, assessment.profile, expression, on=assessment.on)


@once
def milestones(assessment: Assessment) -> tuple[Milestone, ...]:
    """The steps that open the most supports, those that others build on first."""
    found = [*_titles(assessment), *_single_changes(assessment)]
    found.sort(key=lambda m: (-m.direct, -len(m.opens)))
    return tuple(_in_order(found[:MOST_MILESTONES]))


def renewals(assessment: Assessment) -> tuple[Renewal, ...]:
    """The days on which titles run out, soonest first. Only days that the user gave: no document states them."""
    return renewals_of(assessment.rulebook, assessment.profile)


def renewals_of(book: Rulebook, profile: Profile) -> tuple[Renewal, ...]:
    """The same of a company that is not assessed."""
    found = [
        Renewal(status, option, paper.number, paper.until)
        for (question, option), paper in profile.certificates.items()
        if paper.until is not None and (status := book.granted_by.get((question, option))) is not None
    ]
    return tuple(sorted(found, key=lambda r: (r.until, r.option)))


def next_term(renewal: Renewal) -> date | None:
    """The last day of the term that follows, where the status says how long one is. A paper until 9999 has none: so registers write 长期."""
    if renewal.status.renew_months is None or renewal.until > DAYS[1]:
        return None
    months = renewal.until.month - 1 + renewal.status.renew_months
    year, month = renewal.until.year + months // 12, months % 12 + 1
    return date(year, month, min(renewal.until.day, calendar.monthrange(year, month)[1]))


def _titles(assessment: Assessment) -> Iterator[Milestone]:
    """What obtaining one title would open, for each title that is not held and not ruled out."""
    book, answers = assessment.rulebook, assessment.profile.valid(assessment.on)
    plan = Plan(book.questions, book.statuses)
    near = [(entry, plan.add(entry.support.eligible_if)) for entry in assessment.supports if entry.verdict is Verdict.NEAR]
    having = {status.id: plan.add(HasStatus(status=status.id)) for status in book.statuses.values() if status.next_step is not None}
    now = plan.read(answers, assessment.on)
    for status in book.statuses.values():
        if status.next_step is None or now.reach[having[status.id]] == NO:
            continue
        reading = plan.read(answers, assessment.on, granted=frozenset({status.id}))
        opens = _best_first([entry for entry, slot in near if reading.now[slot] != NO], assessment)
        stand = standing(book, assessment.profile, status.id, on=assessment.on)
        if opens and stand.stand is not Stand.HELD:
            yield Milestone(f"取得{status.name}：{status.next_step}", opens, opens[0].first_door, status.after, stand)


def _single_changes(assessment: Assessment) -> Iterator[Milestone]:
    """Changes other than titles that alone would do for a support."""
    by_text: dict[str, list[SupportVerdict]] = {}
    for entry in assessment.supports:
        if entry.verdict is not Verdict.NEAR:
            continue
        changes = nearest(assessment, entry.support.id)
        if changes and len(changes) == 1 and changes[0].kind != "obtain":
            by_text.setdefault(changes[0].text, []).append(entry)
    for text, entries in by_text.items():
        opens = _best_first(entries, assessment)
        yield Milestone(text, opens, opens[0].first_door, (), None)


def _best_first(entries: list[SupportVerdict], assessment: Assessment) -> tuple[SupportVerdict, ...]:
    """The strongest first, of the newer document; the first one's door is the step's."""
    policies, strengths = assessment.rulebook.policies, list(Strength)
    return tuple(sorted(entries, key=lambda e: (strengths.index(e.support.strength), -max(policies[s.policy].issued for s in e.support.sources).toordinal())))


def _in_order(found: list[Milestone]) -> Iterator[Milestone]:
    """The same steps; one that builds on another comes after it."""
    waiting = list(found)
    while waiting:
        pending = {m.standing.status.id for m in waiting if m.standing is not None}
        ready = next((m for m in waiting if not set(m.after) & pending), waiting[0])
        waiting.remove(ready)
        yield ready
