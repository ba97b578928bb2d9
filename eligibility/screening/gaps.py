"""What the clients lack most often: where one afternoon's work helps most of them."""

from __future__ import annotations

from dataclasses import dataclass

from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.models import Strength
from eligibility.screening.screening import Lack, Screening, own


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that clients lack.

    `clients` lack it for some support, `supports` hang on it for some client. `alone` counts the pairs of a client and
    a support between which the client has nothing else to see to, `alone_direct` those of direct supports.
    """

    lack: Lack
    clients: int
    supports: int
    alone: int
    alone_direct: int


def gaps(screening: Screening) -> tuple[Gap, ...]:
    """Every gap, that of most clients first, of equals the one that alone decides more; last what only agencies can say."""
    clients: dict[Lack, int] = {}
    supports: dict[Lack, set[int]] = {}
    alone: dict[Lack, int] = {}
    alone_direct: dict[Lack, int] = {}
    direct = [s.strength is Strength.DIRECT for s in screening.supports]
    for row in screening.lacking:
        mine: set[Lack] = set()
        for column, number in enumerate(row):
            if number:
                lacks = screening.kinds_of_lack[number]
                for lack in lacks:
                    mine.add(lack)
                    supports.setdefault(lack, set()).add(column)
                decisive = own(lacks) or lacks
                if len(decisive) == 1:
                    alone[decisive[0]] = alone.get(decisive[0], 0) + 1
                    alone_direct[decisive[0]] = alone_direct.get(decisive[0], 0) + direct[column]
        for lack in mine:
            clients[lack] = clients.get(lack, 0) + 1
    found = [Gap(lack, n, len(supports[lack]), alone.get(lack, 0), alone_direct.get(lack, 0)) for lack, n in clients.items()]
    return tuple(sorted(found, key=lambda g: (g.lack.kind == "ask", -g.clients, -g.alone, g.lack)))


def gap_words(lack: Lack, rulebook: Rulebook) -> str:
    """What is lacking, in one line."""
    match lack.kind:
        case "answer":
            return rulebook.questions[lack.what].short
        case "change" | "ask":
            return lack.what
