"""Clients × supports: every verdict, and what each client lacks for each support.

Kept small: a byte for a verdict and a number for what is lacking, so that ten thousand clients fit into memory. The
reasons behind a cell come from assessing that client again, which gives the same.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Literal, NamedTuple

from eligibility.assessment import BEST_FIRST, Assessment, Outcome, SupportVerdict, Verdict, assess
from eligibility.override import standing
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.models import Support
from eligibility.screening.clients import Client
from eligibility.screening.progress import Progress, followed

_CODES = {verdict: code for code, verdict in enumerate(BEST_FIRST)}


class Lack(NamedTuple):
    """One thing between a client and a support, in words that fit every client.

    `answer`: the id of a question without an answer; `change`: a criterion that fails and can be mended; `ask`: what
    only the agency can say.
    """

    kind: Literal["answer", "change", "ask"]
    what: str


Lacks = tuple[Lack, ...]


def own(lacks: Lacks) -> Lacks:
    """What the client itself can see to: all but the agency's word."""
    return tuple(lack for lack in lacks if lack.kind != "ask")


@dataclass(frozen=True)
class Screening:
    """The matrix. Clients in the order given, supports in the rulebook's; `verdicts` and `lacking` hold one row a client."""

    rulebook: Rulebook
    on: date
    clients: tuple[Client, ...]
    verdicts: tuple[bytes, ...]  # positions in the order of `Verdict`
    lacking: tuple[Sequence[int], ...]  # positions in `kinds_of_lack`
    kinds_of_lack: tuple[Lacks, ...]

    @cached_property
    def supports(self) -> tuple[Support, ...]:
        """The columns of the matrix."""
        return tuple(self.rulebook.supports.values())

    @property
    def overridden(self) -> bool:
        """Whether an advisor decided anything otherwise."""
        return any(client.overrides for client in self.clients)

    @cached_property
    def column(self) -> Mapping[str, int]:
        """The place of each support."""
        return {id_: n for n, id_ in enumerate(self.rulebook.supports)}

    def row(self, client: int) -> tuple[Verdict, ...]:
        """The verdicts of one client."""
        return tuple(BEST_FIRST[code] for code in self.verdicts[client])

    def verdict(self, client: int, support: str) -> Verdict:
        """One cell."""
        return BEST_FIRST[self.verdicts[client][self.column[support]]]

    def lacks(self, client: int, support: str) -> Lacks:
        """What one client lacks for one support: nothing if it matches, nothing that could help if it is excluded."""
        return self.kinds_of_lack[self.lacking[client][self.column[support]]]

    def counts(self, client: int) -> Mapping[Verdict, int]:
        """How many supports have each verdict for one client."""
        return {verdict: self.verdicts[client].count(code) for verdict, code in _CODES.items()}

    def totals(self, support: str) -> Mapping[Verdict, int]:
        """How many clients have each verdict for one support."""
        column = self.column[support]
        codes = bytes(row[column] for row in self.verdicts)
        return {verdict: codes.count(code) for verdict, code in _CODES.items()}

    def assessment(self, client: int) -> Assessment:
        """Everything about one client, worked out again."""
        return assess(self.rulebook, self.clients[client].profile, on=self.on)


def screen(rulebook: Rulebook, clients: Sequence[Client], *, on: date, progress: Progress | None = None) -> Screening:
    """Decide every support for every client. `progress` is told every few clients; to cancel, raise in it."""
    numbers: dict[Lacks, int] = {(): 0}
    verdicts: list[bytes] = []
    lacking: list[Sequence[int]] = []
    for client in followed(clients, len(clients), progress):
        supports = assess(rulebook, client.profile, on=on).supports
        verdicts.append(bytes([_CODES[entry.verdict] for entry in supports]))
        lacking.append(array("I", [numbers.setdefault(lacks_of(e), len(numbers)) if e.verdict in (Verdict.OPEN, Verdict.NEAR) else 0 for e in supports]))
    return Screening(rulebook, on, tuple(clients), tuple(verdicts), tuple(lacking), tuple(numbers))


def as_decided(screening: Screening) -> Screening:
    """The matrix that counts: an advisor's own verdict in place of the program's. What is lacking stays the program's, where it is lacking still."""
    if not screening.overridden:
        return screening
    rows = [_row_as_decided(screening, place) for place in range(len(screening.clients))]
    return replace(screening, verdicts=tuple(verdicts for verdicts, _ in rows), lacking=tuple(lacking for _, lacking in rows))


def _row_as_decided(screening: Screening, place: int) -> tuple[bytes, Sequence[int]]:
    verdicts, lacking = bytearray(screening.verdicts[place]), array("I", screening.lacking[place])
    for support, override in standing(screening.clients[place].overrides).items():
        column = screening.column.get(support)  # None: the rules have it no more
        if column is not None:
            verdicts[column] = _CODES[override.verdict]
            if override.verdict not in (Verdict.OPEN, Verdict.NEAR):
                lacking[column] = 0
    return bytes(verdicts), lacking


def lacks_of(entry: SupportVerdict) -> Lacks:
    """What stands between a client and a support that is open or near: changes first, then answers, then the agency's word."""
    found = [Lack("change", r.criterion) for r in entry.reasons if r.outcome is Outcome.FAILED]
    found += [Lack("answer", question) for question in entry.missing]
    found += [Lack("ask", words) for words in entry.asks]
    return tuple(found)


class Candidate(NamedTuple):
    """A client as a support sees it: its place in the screening, and what it lacks."""

    place: int
    client: Client
    lacks: Lacks


@dataclass(frozen=True, slots=True)
class Lookup:
    """Who gets one support: who matches, who waits for the agency's word only, who lacks one thing, who lacks more. All others are excluded."""

    support: Support
    matched: tuple[Candidate, ...]
    to_ask: tuple[Candidate, ...]
    one_short: tuple[Candidate, ...]
    further: tuple[Candidate, ...]
    excluded: int


def look_up(screening: Screening, support: str) -> Lookup:
    """Choose a support: which clients match, which lack a single thing and what, which lack more."""
    matched: list[Candidate] = []
    by_distance: tuple[list[Candidate], ...] = ([], [], [])
    excluded = 0
    for place, client in enumerate(screening.clients):
        match screening.verdict(place, support):
            case Verdict.EXCLUDED:
                excluded += 1
            case Verdict.MATCHED:
                matched.append(Candidate(place, client, ()))
            case Verdict.OPEN | Verdict.NEAR:
                lacks = screening.lacks(place, support)
                by_distance[min(len(own(lacks)), 2)].append(Candidate(place, client, lacks))
    to_ask, one_short, further = map(tuple, by_distance)
    return Lookup(screening.rulebook.supports[support], tuple(matched), to_ask, one_short, further, excluded)
