"""Whose answers are screened."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from eligibility.override import Override
from eligibility.profile import Profile, read_profile
from eligibility.roster import Company
from eligibility.rulebook.book import Rulebook


class Client(NamedTuple):
    """One client: what it is called, its answers, its row in the ledger if it comes from one, and what an advisor decided otherwise."""

    name: str
    profile: Profile
    row: int | None = None
    overrides: tuple[Override, ...] = ()


def from_roster(companies: Iterable[Company], rulebook: Rulebook) -> tuple[list[Client], list[str]]:
    """Clients from saved answers, and the answers that this rulebook cannot use."""
    clients, faults = [], []
    for company in companies:
        profile, problems = read_profile(company.answers, rulebook.questions)
        clients.append(Client(company.name, profile))
        faults += [f"{company.name}：{problem}" for problem in problems]
    return clients, faults
