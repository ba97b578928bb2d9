"""Stored clients on their way into a screening."""

from __future__ import annotations

from eligibility.clients.desk import Desk
from eligibility.clients.records import Stage
from eligibility.rulebook.book import Rulebook
from eligibility.screening.clients import Client


def stored_clients(desk: Desk, rulebook: Rulebook) -> tuple[list[Client], list[str]]:
    """The desk's clients in the order of their names, with what an advisor decided otherwise; and the answers that this rulebook cannot use.

    Those that the desk has closed are left out.
    """
    overrides = desk.standing_overrides()
    clients, faults = [], []
    for stored in desk.everyone():
        if stored.stage is Stage.CLOSED:
            continue
        profile, problems = stored.profile(rulebook)
        clients.append(Client(stored.name, profile, overrides=overrides.get(stored.id, ())))
        faults += [f"{stored.name}：{problem}" for problem in problems]
    return clients, faults
