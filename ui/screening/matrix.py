"""The matrix as the screen shows it: which clients and supports, in which order, and one page of it as a table. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from eligibility.assessment import BEST_FIRST, Verdict
from eligibility.override import standing
from eligibility.report.labels import VERDICTS
from eligibility.rulebook.models import Strength
from eligibility.screening.screening import Screening

NAME = "client"  # the column of the names; beside it stand those of the verdicts, all others are supports
Codes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.intp]
SHOWN = tuple(f"{label.symbol} {label.name}" for label in VERDICTS.values())
DECIDED = tuple(f"改判：{said}" for said in SHOWN)  # by an advisor; the program's own verdict stands behind it


class Order(StrEnum):
    """In which order the clients stand."""

    GIVEN = "given"
    MATCHED = "matched"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Filters:
    """What the user chose to see. Empty means everything."""

    verdicts: frozenset[Verdict] = frozenset()
    strengths: frozenset[Strength] = frozenset()
    kinds: frozenset[str] = frozenset()
    agency: str | None = None
    support: str = ""
    client: str = ""
    order: Order = Order.GIVEN

    @property
    def used(self) -> int:
        """How many filters are in use."""
        return sum(map(bool, (self.verdicts, self.strengths, self.kinds, self.agency, self.support.strip(), self.client.strip())))


@dataclass(frozen=True, slots=True)
class View:
    """The clients and the supports that pass, by their places in the screening, in the order in which they are shown."""

    clients: Places
    supports: Places


def codes(screening: Screening) -> Codes:
    """All verdicts as numbers, in the order of `Verdict`."""
    return np.frombuffer(b"".join(screening.verdicts), np.uint8).reshape(len(screening.verdicts), -1)


def counted(found: Codes, verdict: Verdict, *, axis: int) -> npt.NDArray[np.intp]:
    """How often a verdict stands in each row (axis 1) or column (axis 0)."""
    return np.asarray(np.count_nonzero(found == BEST_FIRST.index(verdict), axis=axis), np.intp)


def view(screening: Screening, found: Codes, wanted: Filters) -> View:
    """What passes the filters. A client or support with none of the chosen verdicts is left out."""
    supports = np.array([n for n, s in enumerate(screening.supports) if _passes(n, screening, wanted)], np.intp)
    words = wanted.client.casefold().split()
    clients = np.array([n for n, c in enumerate(screening.clients) if all(w in c.name.casefold() for w in words)], np.intp)
    part = found[np.ix_(clients, supports)]
    if wanted.verdicts:
        fitting = np.isin(part, [n for n, v in enumerate(BEST_FIRST) if v in wanted.verdicts])
        rows, columns = fitting.any(axis=1), fitting.any(axis=0)
        clients, supports, part = clients[rows], supports[columns], part[np.ix_(rows, columns)]
    matched, near = counted(part, Verdict.MATCHED, axis=0), counted(part, Verdict.NEAR, axis=0)
    strengths = np.array([tuple(Strength).index(screening.supports[n].strength) for n in supports], np.intp)
    supports = supports[np.lexsort((-near, -matched, strengths))]
    match wanted.order:
        case Order.MATCHED:
            clients = clients[np.argsort(-counted(part, Verdict.MATCHED, axis=1), kind="stable")]
        case Order.CLOSE:
            clients = clients[np.argsort(-counted(part, Verdict.OPEN, axis=1) - counted(part, Verdict.NEAR, axis=1), kind="stable")]
    return View(clients, supports)


def _passes(place: int, screening: Screening, wanted: Filters) -> bool:
    support = screening.supports[place]
    return (
        (not wanted.strengths or support.strength in wanted.strengths)
        and (not wanted.kinds or support.kind in wanted.kinds)
        and (wanted.agency is None or wanted.agency in agencies(screening, place))
        and all(word in support.title + support.gives for word in wanted.support.split())
    )


def agencies(screening: Screening, place: int) -> frozenset[str]:
    """The bodies that the documents name for a support."""
    policies = screening.rulebook.policies
    support = screening.supports[place]
    named = {agency for s in support.sources for agency in policies[s.policy].by_id[s.article].agencies}
    return frozenset(named | ({support.contact} if support.contact else set()))


def table(screening: Screening, found: Codes, clients: Sequence[int], supports: Sequence[int], verdicts: frozenset[Verdict]) -> Any:
    """One page: the name, how many supports have each verdict, and the verdict on each. A verdict that was not chosen is left blank.

    `screening` is what the program says, `found` what counts. Where an advisor decided otherwise, the program's verdict stands behind.
    """
    import pyarrow as pa  # type: ignore[import-untyped]  # it comes with streamlit, which loads it where it first needs it

    part = found[np.ix_(clients, supports)]
    columns: dict[str, Any] = {NAME: pa.array([screening.clients[n].name for n in clients], pa.string())}
    for verdict in Verdict:
        columns[verdict.value] = pa.array(counted(part, verdict, axis=1), pa.int32())
    names = pa.array(SHOWN)
    kept = np.isin(part, [n for n, v in enumerate(BEST_FIRST) if not verdicts or v in verdicts])
    for place, support in enumerate(supports):
        ends = np.concatenate(([0], np.cumsum(kept[:, place])))
        columns[screening.supports[support].id] = pa.ListArray.from_arrays(pa.array(ends, pa.int32()), names.take(pa.array(part[kept[:, place], place])))
    for id_, by_client in _decided(screening, clients).items():
        if id_ in columns:
            cells = columns[id_].to_pylist()
            own = screening.column[id_]
            both = [[DECIDED[by_client[n]], SHOWN[screening.verdicts[n][own]]] if n in by_client and cell else cell for n, cell in zip(clients, cells, strict=True)]
            columns[id_] = pa.array(both, pa.list_(pa.string()))
    return pa.table(columns)


def overridden(screening: Screening, clients: Sequence[int]) -> frozenset[str]:
    """The supports on which an advisor decided otherwise for any of the clients."""
    return frozenset(_decided(screening, clients))


def _decided(screening: Screening, clients: Sequence[int]) -> Mapping[str, Mapping[int, int]]:
    """By support and client, the verdict of an advisor as a number."""
    found: dict[str, dict[int, int]] = {}
    for n in clients:
        for id_, override in standing(screening.clients[n].overrides).items():
            found.setdefault(id_, {})[n] = BEST_FIRST.index(override.verdict)
    return found
