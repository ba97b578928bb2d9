"""Stored clients on their way into a screening."""

from __future__ import annotations

from collections.abc import Collection

from eligibility.clients.desk import Desk
from eligibility.clients.records import Stage
from eligibility.rulebook.book import Rulebook
from eligibility.screening.clients import Client

SERVED = frozenset({Stage.ACTIVE, Stage.PAUSED})


def stored_clients(desk: Desk, rulebook: Rulebook, *, stages: Collection[Stage] = SERVED) -> tuple[list[Client], list[str]]:
    """The desk's clients in the order of their names, with what an advisor decided otherwise; and the answers that this rulebook cannot use.

    Those that the desk has closed are left out, unless `stages` says otherwise.
    """
    overrides = desk.standing_overrides()
    clients, faults = [], []
    for stored in desk.everyone():
        if stored.stage not in stages:
            continue
        profile, problems = stored.profile(rulebook)
        clients.append(Client(stored.name, profile, overrides=overrides.get(stored.id, ())))
        faults += [f"{stored.name}：{problem}" for problem in problems]
    return clients, faults
