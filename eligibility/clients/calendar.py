"""The days to keep of all clients, as one calendar file."""

from __future__ import annotations

from datetime import date

from eligibility.clients.desk import Desk
from eligibility.dates import Agenda, shared_calendar
from eligibility.plan import renewals_of
from eligibility.rulebook.book import Rulebook


def clients_calendar(desk: Desk, rulebook: Rulebook, *, on: date) -> bytes:
    """Every day on which a title of a client runs out, with the client's name."""
    return shared_calendar((Agenda(c.id, c.name, renewals_of(rulebook, c.profile(rulebook)[0])) for c in desk.everyone()), on=on)
