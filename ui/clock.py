"""The one place where the screens read the clock; everything below is told the day."""

from __future__ import annotations

from datetime import date, datetime

from eligibility.assessment import HERE


def today() -> date:
    """The day in China, wherever the server stands."""
    return datetime.now(HERE).date()


def now() -> datetime:
    """This moment."""
    return datetime.now(HERE)
