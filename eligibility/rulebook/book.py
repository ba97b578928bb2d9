"""The rulebook as a whole, and where each of its entries was written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

from eligibility.rulebook.files import Place, locate
from eligibility.rulebook.models import Agency, AgencyList, Entry, Kind, Notice, NotSupport, Policy, Question, Status, Support, Text, WayIn
from eligibility.rulebook.problems import Problem


class Cover(Entry):
    """`rules/rulebook.yaml`: what this rulebook is."""

    title: Text
    version: Text
    reviewed: date


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

    @property
    def version(self) -> str:
        """The readable version and the first characters of the content's hash."""
        return f"{self.cover.version}+{self.fingerprint[:8]}"

    @cached_property
    def agencies(self) -> Mapping[str, Agency]:
        """Agencies by id."""
        return {a.id: a for a in self.agency_list.agencies}

    @cached_property
    def sections(self) -> tuple[str, ...]:
        """Sections of the questionnaire, in order."""
        return tuple(dict.fromkeys(q.section for q in self.questions.values()))
