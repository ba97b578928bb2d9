"""Days to keep, as a calendar file (.ics) that every calendar program opens."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from icalendar import Alarm, Calendar, Event

from eligibility.assessment import HERE, Assessment
from eligibility.plan import Renewal, renewals

REMIND_BEFORE = timedelta(days=90)


class Agenda(NamedTuple):
    """The days of one company. By `key` a calendar program tells two companies of the same name apart."""

    key: str
    name: str
    renewals: tuple[Renewal, ...]


def calendar_file(assessment: Assessment, name: str = "") -> bytes:
    """The days on which titles run out, each with a reminder three months before. Same input, same bytes."""
    return shared_calendar([Agenda(name, name, renewals(assessment))], on=assessment.on)


def shared_calendar(agendas: Iterable[Agenda], *, on: date) -> bytes:
    """The same for many companies, as one file."""
    calendar = Calendar()
    calendar.add("prodid", "-//eligibility//zh-CN")
    calendar.add("version", "2.0")
    for agenda in agendas:
        for renewal in agenda.renewals:
            calendar.add_component(_event(agenda, renewal, on))
    return bytes(calendar.to_ical())


def _event(agenda: Agenda, renewal: Renewal, on: date) -> Event:
    status = renewal.status
    event = Event()
    event.add("uid", hashlib.sha256(f"{agenda.key}/{renewal.option}/{renewal.until}".encode()).hexdigest()[:32] + "@eligibility")
    event.add("dtstamp", datetime.combine(on, time(), HERE))
    event.add("dtstart", renewal.until)
    event.add("summary", f"{agenda.name}{'：' if agenda.name else ''}{status.name}到期")
    parts = [f"编号 {renewal.number}" if renewal.number else "", status.valid or "", status.next_step or "", f"查询：{status.look_up}" if status.look_up else ""]
    event.add("description", "\n".join(p for p in parts if p))
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", f"{status.name}还有三个月到期")
    alarm.add("trigger", -REMIND_BEFORE)
    event.add_component(alarm)
    return event
