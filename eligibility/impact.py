"""Two rulebooks × many companies → whose verdicts change, and which condition is the cause.

Both rulebooks read the same saved answers. An answer that the new one cannot use any more is reported with its company:
it is a change by itself, and a cause of others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from eligibility.assessment import BEST_FIRST, Assessment, Outcome, Reason, SupportVerdict, Verdict, assess
from eligibility.logic.expressions import Expression, criteria
from eligibility.logic.words import Words
from eligibility.override import Override, standing
from eligibility.profile import AnswerProblem, read_profile
from eligibility.roster import Company
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.changes import EntryChange, Sort, changes, reads
from eligibility.rulebook.models import Support


@dataclass(frozen=True, slots=True)
class Cause:
    """A criterion that decides otherwise than before. One side is empty where only the other rulebook has it.

    `behind` are the statuses and questions that it hangs on and that were changed; `unread` the answers that it hangs
    on and that the new rulebook cannot use.
    """

    before: Reason | None
    after: Reason | None
    behind: tuple[EntryChange, ...]
    unread: tuple[AnswerProblem, ...]


@dataclass(frozen=True, slots=True)
class VerdictChange:
    """One support whose verdict changes for one company. No verdict: that rulebook has no such support.

    `override` is what an advisor decided otherwise; the verdicts are the program's all the same.
    """

    support: Support
    before: Verdict | None
    after: Verdict | None
    causes: tuple[Cause, ...]
    override: Override | None = None

    @property
    def better(self) -> bool:
        """Whether the company gains by it."""
        return _rank(self.after) < _rank(self.before)


@dataclass(frozen=True, slots=True)
class CompanyImpact:
    """What changes for one company. `unread`: answers that only the new rulebook cannot use; `unread_by_both`: neither can."""

    name: str
    verdicts: tuple[VerdictChange, ...]
    unread: tuple[AnswerProblem, ...]
    unread_by_both: tuple[AnswerProblem, ...]

    @property
    def touched(self) -> bool:
        """Whether anything changes for it."""
        return bool(self.verdicts or self.unread)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many companies one support's change is good and bad for; among them those that match now, or do no longer."""

    support: Support
    better: int
    newly_matched: int
    worse: int
    no_longer_matched: int


@dataclass(frozen=True)
class Impact:
    """What a new rulebook changes: in itself, and for each company, in the order in which they were given."""

    old: Rulebook
    new: Rulebook
    on: date
    changes: tuple[EntryChange, ...]
    companies: tuple[CompanyImpact, ...]

    @property
    def touched(self) -> tuple[CompanyImpact, ...]:
        """The companies for which something changes."""
        return tuple(c for c in self.companies if c.touched)

    @property
    def overridden(self) -> bool:
        """Whether an advisor decided anything otherwise on a support whose verdict changes."""
        return any(v.override for c in self.companies for v in c.verdicts)

    def tallies(self) -> Mapping[str, Tally]:
        """The totals of every support whose verdict changes for somebody, by its id."""
        found: dict[str, list[VerdictChange]] = {}
        for company in self.companies:
            for change in company.verdicts:
                found.setdefault(change.support.id, []).append(change)
        in_order = [*self.new.supports, *(id_ for id_ in self.old.supports if id_ not in self.new.supports)]
        return {id_: _tally(found[id_]) for id_ in in_order if id_ in found}


def impact(old: Rulebook, new: Rulebook, companies: Iterable[Company], *, on: date) -> Impact:
    """What changes for these companies on that day when the new rulebook takes the place of the old one."""
    comparison = _Comparison(old, new)
    return Impact(old, new, on, comparison.changes, tuple(comparison.of(company, on) for company in companies))


def verdict_changes(before: Assessment, after: Assessment) -> tuple[VerdictChange, ...]:
    """What differs between two results of one company, and why: its answers, the day and the rules may all have changed."""
    return _Comparison(before.rulebook, after.rulebook).between(before, after, (), {})


def _rank(verdict: Verdict | None) -> int:
    """The best comes first; a support that is not there is as good as excluded."""
    return BEST_FIRST.index(verdict or Verdict.EXCLUDED)


def _tally(found: list[VerdictChange]) -> Tally:
    better = [c for c in found if c.better]
    worse = [c for c in found if not c.better]
    return Tally(found[0].support, len(better), sum(c.after is Verdict.MATCHED for c in better), len(worse), sum(c.before is Verdict.MATCHED for c in worse))


class _Comparison:
    """Two rulebooks side by side: what all companies share is worked out once."""

    def __init__(self, old: Rulebook, new: Rulebook) -> None:
        self.old, self.new = old, new
        self.old_words, self.new_words = Words(old.questions, old.statuses), Words(new.questions, new.statuses)
        self.changes = changes(old, new)
        self.changed = {(c.sort, c.id): c for c in self.changes}
        self._reads: dict[tuple[bool, Expression], frozenset[tuple[Sort, str]]] = {}
        self._pairs: dict[str, tuple[_Pair, ...]] = {}

    def of(self, company: Company, on: date) -> CompanyImpact:
        was, unread_before = read_profile(company.answers, self.old.questions)
        is_now, unread_now = read_profile(company.answers, self.new.questions)
        known = {p.question for p in unread_before}
        unread = tuple(p for p in unread_now if p.question not in known)
        found = self.between(assess(self.old, was, on=on), assess(self.new, is_now, on=on), unread, standing(company.overrides))
        return CompanyImpact(company.name, found, unread, tuple(p for p in unread_now if p.question in known))

    def between(self, old: Assessment, new: Assessment, unread: tuple[AnswerProblem, ...], overrides: Mapping[str, Override]) -> tuple[VerdictChange, ...]:
        before = {s.support.id: s for s in old.supports}
        after = {s.support.id: s for s in new.supports}
        found = []
        for id_ in [*after, *(i for i in before if i not in after)]:
            one, other = before.get(id_), after.get(id_)
            if _rank(one.verdict if one else None) != _rank(other.verdict if other else None):
                support = (self.new.supports if other else self.old.supports)[id_]
                causes = tuple(self._causes(id_, one, other, unread))
                found.append(VerdictChange(support, one.verdict if one else None, other.verdict if other else None, causes, overrides.get(id_)))
        return tuple(found)

    def _causes(self, id_: str, before: SupportVerdict | None, after: SupportVerdict | None, unread: tuple[AnswerProblem, ...]) -> Iterator[Cause]:
        if id_ not in self._pairs:
            self._pairs[id_] = tuple(self._paired(before.support if before else None, after.support if after else None))
        sides = [(pair, _reason(before, pair.before), _reason(after, pair.after)) for pair in self._pairs[id_]]
        # The verdict follows from how the criteria turn out; where a support came or went, all of them count.
        deciding = [s for s in sides if before and after and _state(s[1]) != _state(s[2])] or sides
        for pair, one, other in deciding:
            behind = tuple(change for key, change in self.changed.items() if key in pair.reads)
            yield Cause(one, other, behind, tuple(p for p in unread if ("question", p.question) in pair.reads))

    def _paired(self, before: Support | None, after: Support | None) -> Iterator[_Pair]:
        """The criteria of both sides, each with its counterpart: the same one, else one that says the same, else one that hangs on the same things."""
        left = list(enumerate(criteria(before.eligible_if))) if before else []
        right = list(enumerate(criteria(after.eligible_if))) if after else []
        for alike in (_the_same, self._say_the_same, self._hang_on_the_same):
            for old in list(left):
                new = next((r for r in right if alike(old[1], r[1])), None)
                if new is not None:
                    left.remove(old)
                    right.remove(new)
                    yield _Pair(old[0], new[0], self._read(old[1], new=False) | self._read(new[1], new=True))
        yield from (_Pair(n, None, self._read(e, new=False)) for n, e in left)
        yield from (_Pair(None, n, self._read(e, new=True)) for n, e in right)

    def _say_the_same(self, old: Expression, new: Expression) -> bool:
        return self.old_words.of(old) == self.new_words.of(new)

    def _hang_on_the_same(self, old: Expression, new: Expression) -> bool:
        return bool(self._read(old, new=False) & self._read(new, new=True))

    def _read(self, expression: Expression, *, new: bool) -> frozenset[tuple[Sort, str]]:
        if (new, expression) not in self._reads:
            self._reads[new, expression] = reads(expression, self.new if new else self.old)
        return self._reads[new, expression]


@dataclass(frozen=True, slots=True)
class _Pair:
    """A criterion of the old rulebook and its counterpart in the new one, by their positions; and what either hangs on."""

    before: int | None
    after: int | None
    reads: frozenset[tuple[Sort, str]]


def _the_same(old: Expression, new: Expression) -> bool:
    return old == new


def _reason(entry: SupportVerdict | None, position: int | None) -> Reason | None:
    return entry.reasons[position] if entry and position is not None else None


def _state(reason: Reason | None) -> tuple[Outcome, bool]:
    """What of a criterion bears on the verdict: how it turns out, and if it fails whether that can be mended. One that is not there stops nobody."""
    return (reason.outcome, bool(reason.steps)) if reason else (Outcome.MET, False)
