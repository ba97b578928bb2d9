"""What the desk keeps, as plain frozen values: the only form in which stored clients leave the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from eligibility.override import Override
from eligibility.profile import AnswerProblem, Profile, read_profile, says_unknown
from eligibility.rulebook.book import Rulebook


class Role(StrEnum):
    """What an advisor may do. Only a lead deletes for good, and takes clients out or in as a whole."""

    ADVISOR = "advisor"
    LEAD = "lead"


@dataclass(frozen=True, slots=True)
class Advisor:
    """Who is at the desk. They see the clients of their organisation and no others."""

    name: str
    organisation: str
    role: Role = Role.ADVISOR


class Stage(StrEnum):
    """How the desk stands with a client."""

    ACTIVE = "active"
    PAUSED = "paused"
    CLOSED = "closed"


class Via(StrEnum):
    """Which way a change of an answer came in."""

    DESK = "desk"  # typed in by an advisor
    CLIENT_FILE = "client_file"  # filled in by the client, accepted by an advisor
    LEDGER = "ledger"  # read from an advisor's table


@dataclass(frozen=True, slots=True)
class Client:
    """One client as it was when it was read. `version` says which state that was: saving over a newer one is refused.

    `answers` are as an ANSWERS file holds them, those included that today's rulebook cannot read.
    """

    id: str
    version: int
    name: str
    notes: str
    tags: tuple[str, ...]
    stage: Stage
    answers: Mapping[str, Any]
    created: datetime
    changed: datetime
    changed_by: str

    def profile(self, rulebook: Rulebook) -> tuple[Profile, list[AnswerProblem]]:
        """The answers that this rulebook can read, and which it cannot."""
        return read_profile(self.answers, rulebook.questions)

    def with_profile(self, profile: Profile, rulebook: Rulebook) -> Client:
        """The client with these answers. What was answered with 不清楚, and what this rulebook cannot read, stays as it is stored, unless it is answered anew."""
        unknown = {q: value for q, value in self.answers.items() if says_unknown(value)}
        return self.with_answers({**unknown, **profile.as_data()}, rulebook)

    def with_answers(self, answers: Mapping[str, Any], rulebook: Rulebook) -> Client:
        """The client with these answers, as an ANSWERS file holds them. What this rulebook cannot read stays as it is stored, unless it is answered anew."""
        unread = {p.question for p in self.profile(rulebook)[1]}
        kept = {q: value for q, value in self.answers.items() if q in unread}
        return replace(self, answers={**kept, **answers})

    def detail(self, detail: Detail) -> str | list[str] | None:
        """One of the details, as its history holds it; None where there is nothing."""
        value: str | tuple[str, ...] = getattr(self, detail.value)
        return (list(value) if isinstance(value, tuple) else str(value)) or None


@dataclass(frozen=True, slots=True)
class ListedClient:
    """One line of the list of clients. `assessed` and `rulebook` are those of the last assessment that was kept."""

    id: str
    name: str
    tags: tuple[str, ...]
    stage: Stage
    changed: datetime
    next_expiry: date | None
    expired: int
    assessed: date | None
    rulebook: str | None


@dataclass(frozen=True, slots=True)
class ClientList:
    """One page of the list, and how many clients the search finds in all."""

    clients: tuple[ListedClient, ...]
    total: int


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """One answer that somebody gave, changed or took back (nothing on that side). Never changed afterwards."""

    question: str
    before: Any
    after: Any
    by: str
    at: datetime
    via: Via


class Detail(StrEnum):
    """What is kept of a client besides its answers, by the name of its field."""

    NAME = "name"
    NOTES = "notes"
    TAGS = "tags"
    STAGE = "stage"


@dataclass(frozen=True, slots=True)
class DetailChange:
    """The name, the notes, the tags (a list) or the stage as somebody changed it. None: not there yet. Never changed afterwards."""

    detail: Detail
    before: str | list[str] | None
    after: str | list[str] | None
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class KeptAssessment:
    """A result as it was handed out. `receipt` holds the answers, the verdicts and the hash of the whole."""

    id: str
    on: date
    made: datetime
    by: str
    rulebook: str
    receipt: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Expiry:
    """A paper of a client and the last day on which it is valid."""

    client: str
    name: str
    question: str
    option: str
    number: str | None
    until: date


@dataclass(frozen=True, slots=True)
class ClientFile:
    """Everything that is kept of one client, as the archive holds it."""

    client: Client
    history: tuple[AnswerChange, ...] = ()
    assessments: tuple[KeptAssessment, ...] = ()
    results: Mapping[str, Any] = field(default_factory=dict)  # by assessment
    overrides: tuple[Override, ...] = ()
    details: tuple[DetailChange, ...] = ()
