"""The one place where the clock is read, by commands and screens; everything below is told the day."""

from __future__ import annotations

from datetime import date, datetime

from eligibility.assessment import HERE


def today() -> date:
    """The day in Liaoning, wherever this runs."""
    return datetime.now(HERE).date()


def now() -> datetime:
    """This moment."""
    return datetime.now(HERE)
