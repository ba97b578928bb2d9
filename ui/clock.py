"""The one place where the screens read the clock; everything below is told the day."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8))


def today() -> date:
    """The day in China, wherever the server stands."""
    return datetime.now(BEIJING).date()


def now() -> datetime:
    """This moment."""
    return datetime.now(BEIJING)
