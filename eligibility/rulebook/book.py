"""The rulebook as a whole, and where each of its entries was written."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import Field

from eligibility.logic.expressions import Has, criteria
from eligibility.rulebook.files import Place, locate
from eligibility.rulebook.models import Agency, AgencyList, Entry, Kind, Notice, NotSupport, Policy, Question, Status, Support, Text, WayIn
from eligibility.rulebook.problems import Problem


class Cover(Entry):
    """`rules/rulebook.yaml`: what this rulebook is."""

    title: Text = Field(description="规则库的名称，印在结果和报告上")
    version: Text = Field(description="版本，如 2026.11；内容的指纹由程序算出")
    reviewed: date = Field(description="整个规则库最近一次核对的日期")
    review_every: int = Field(ge=1, description="每份文件和联系方式最多隔几个月要重新核对一次")
    soft_words: tuple[Text, ...] = Field(default=(), description="只表示号召或打算的动词：以它们开头的支持不能标 direct")


@dataclass(frozen=True)
class Origin:
    """Where an entry was written, for messages."""

    path: Path
    name: str
    place: Place = ()

    def at(self, *deeper: str | int) -> Origin:
        """The place of a part."""
        return Origin(self.path, self.name, (*self.place, *deeper))

    def problem(self, what: str, remedy: str, *deeper: str | int) -> Problem:
        """A fault at this entry, or at a part of it."""
        return Problem(self.name, *locate(self.path, (*self.place, *deeper)), what, remedy)


@dataclass(frozen=True, eq=False)  # one rulebook, one identity: so it can key what is prepared from it
class Rulebook:
    """All knowledge, immutable. Order is the order of the files and of the entries in them."""

    cover: Cover
    fingerprint: str
    kinds: Mapping[str, Kind]
    policies: Mapping[str, Policy]
    questions: Mapping[str, Question]
    statuses: Mapping[str, Status]
    ways_in: Mapping[str, WayIn]
    agency_list: AgencyList
    supports: Mapping[str, Support]
    not_supports: tuple[NotSupport, ...]
    notices: Mapping[str, Notice]
    origins: Mapping[tuple[type[Entry], str], Origin] = field(repr=False, compare=False)

    def __getstate__(self) -> dict[str, Any]:
        """To be sent to another process: views of mappings cannot be."""
        return {f.name: dict(value) if isinstance(value := getattr(self, f.name), Mapping) else value for f in fields(self)}

    @property
    def version(self) -> str:
        """The readable version and the first characters of the content's hash."""
        return f"{self.cover.version}+{self.fingerprint[:8]}"

    @cached_property
    def agencies(self) -> Mapping[str, Agency]:
        """Agencies by id."""
        return {a.id: a for a in self.agency_list.agencies}

    def origin_of(self, model: type[Entry]) -> Origin:
        """The place of an entry of which there is one only: the cover, the list of agencies."""
        return next(origin for (of, _), origin in self.origins.items() if of is model)

    @cached_property
    def sections(self) -> tuple[str, ...]:
        """Sections of the questionnaire, in order."""
        return tuple(dict.fromkeys(q.section for q in self.questions.values()))

    @cached_property
    def named_by(self) -> Question | None:
        """The question that says what a company is called."""
        return next((q for q in self.questions.values() if q.purpose == "record" and q.kind == "text"), None)

    @cached_property
    def see_also(self) -> Mapping[str, tuple[str, ...]]:
        """For every support the others that speak of the same thing, whichever of the two entries says so."""
        related: dict[str, set[str]] = {id_: set() for id_ in self.supports}
        for support in self.supports.values():
            for other in support.see_also:
                related[support.id].add(other)
                related[other].add(support.id)
        return {id_: tuple(other for other in self.supports if other in others) for id_, others in related.items()}

    @cached_property
    def supersedes(self) -> Mapping[str, tuple[str, ...]]:
        """For every support the older ones that it takes the place of."""
        return {id_: tuple(s.id for s in self.supports.values() if s.superseded_by == id_) for id_ in self.supports}

    @cached_property
    def granted_by(self) -> Mapping[tuple[str, str], Status]:
        """The status that rests on an option of a question: it does not hold unless that option is chosen. Of several the first."""
        found: dict[tuple[str, str], Status] = {}
        for status in self.statuses.values():
            for needed in criteria(status.holds_if):
                if isinstance(needed, Has) and not needed.negative and len(needed.options) == 1:
                    found.setdefault((needed.answer, needed.options[0]), status)
        return found

    def review_due(self, reviewed: date) -> date:
        """The last day on which what was reviewed on that day still counts as fresh."""
        month = reviewed.month - 1 + self.cover.review_every
        year, month = reviewed.year + month // 12, month % 12 + 1
        return date(year, month, min(reviewed.day, monthrange(year, month)[1]))
