"""Whether a peer decides as this program does: asked before it is timed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from benchmarks.peers.companies import answers
from benchmarks.peers.peer import ERROR, Bounds, Peer, RowPeer, TablePeer
from benchmarks.peers.this_program import ThisProgram
from eligibility.logic.truth import OPEN
from eligibility.rulebook.book import Rulebook


def truths(peer: Peer, companies: pa.Table) -> np.ndarray:
    """What a peer decides: a row a condition, a column a company."""
    if isinstance(peer, TablePeer):
        return peer.truths(peer.decide(peer.load(companies))).astype(np.int8)
    assert isinstance(peer, RowPeer)
    return np.array([peer.outcome(peer.prepare(a)) for a in answers(peer.rulebook, companies)], dtype=np.int8).T


class Reference:
    """What this program decides of some companies, each bounds once."""

    def __init__(self, rulebook: Rulebook, companies: pa.Table) -> None:
        self.companies = companies
        self.of = {bounds: truths(ThisProgram(rulebook, bounds), companies) for bounds in Bounds}


def differing(peer: Peer, reference: Reference, count: int) -> str | None:
    """The first cell in which a peer does not agree on the first `count` companies, in words; None if it agrees in all."""
    found = truths(peer, reference.companies.slice(0, count))
    expected = reference.of[peer.bounds][:, :count]
    places = np.argwhere(found != expected)
    if not len(places):
        return None
    condition, company = (int(n) for n in places[0])
    return (
        f"{peer.name} ({peer.bounds}) differs in {len(places):,} of {found.size:,} cells, first for company {company}: {found[condition, company]} where this program says "
        f"{expected[condition, company]} of {peer.conditions[condition]!r}; its answers are {answers(peer.rulebook, reference.companies.slice(company, 1))[0]}"
    )


@dataclass(frozen=True)
class Unknowns:
    """What a peer makes of missing answers with one plain expression: shares of all cells."""

    same: float
    guessed: float  # said yes or no although it depends on what is missing
    lost: float  # said neither although what is known decides it
    failed: float  # an error
    contrary: float  # said yes where it is no, or no where it is yes


def unknowns(peer: Peer, reference: Reference, count: int) -> Unknowns:
    """How a peer decides when answers are missing, beside what can be known."""
    found, expected = truths(peer, reference.companies.slice(0, count)), reference.of[peer.bounds][:, :count]
    failed, undecided, depends = found == ERROR, found == OPEN, expected == OPEN
    decided = ~failed & ~undecided
    shares: Sequence[np.ndarray] = (found == expected, decided & depends, undecided & ~depends, failed, decided & ~depends & (found != expected))
    return Unknowns(*(float(s.mean()) for s in shares))
