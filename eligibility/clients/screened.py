"""Stored clients on their way into a screening, and to where all of them are gone through."""

from __future__ import annotations

from collections.abc import Iterator

from eligibility.clients import records
from eligibility.clients.desk import Desk
from eligibility.clients.records import Stage
from eligibility.roster import Company
from eligibility.rulebook.book import Rulebook
from eligibility.screening.clients import Client


def served(desk: Desk) -> Iterator[records.Client]:
    """The desk's clients in the order of their names, without those that it has closed."""
    return (client for client in desk.everyone() if client.stage is not Stage.CLOSED)


def stored_companies(desk: Desk) -> list[Company]:
    """The clients of `served` with their answers as they are stored, for more than one rulebook to read, and with what an advisor decided otherwise."""
    overrides = desk.standing_overrides()
    return [Company(stored.name, stored.answers, overrides.get(stored.id, ())) for stored in served(desk)]


def stored_clients(desk: Desk, rulebook: Rulebook) -> tuple[list[Client], list[str]]:
    """The clients of `served` as this rulebook reads them, with what an advisor decided otherwise; and the answers that it cannot use."""
    overrides = desk.standing_overrides()
    clients, faults = [], []
    for stored in served(desk):
        profile, problems = stored.profile(rulebook)
        clients.append(Client(stored.name, profile, overrides=overrides.get(stored.id, ())))
        faults += [f"{stored.name}：{problem}" for problem in problems]
    return clients, faults
