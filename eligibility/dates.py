"""Days to keep, as a calendar file (.ics) that every calendar program opens."""

from __future__ import annotations

import hashlib
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event

from eligibility.assessment import Assessment
from eligibility.plan import renewals

REMIND_BEFORE = timedelta(days=90)
HERE = ZoneInfo("Asia/Shanghai")


def calendar_file(assessment: Assessment, name: str = "") -> bytes:
    """The days on which titles run out, each with a reminder three months before. Same input, same bytes."""
    calendar = Calendar()
    calendar.add("prodid", "-//eligibility//zh-CN")
    calendar.add("version", "2.0")
    for renewal in renewals(assessment):
        event = Event()
        event.add("uid", hashlib.sha256(f"{name}/{renewal.option}/{renewal.until}".encode()).hexdigest()[:32] + "@eligibility")
        event.add("dtstamp", datetime.combine(assessment.on, time(), HERE))
        event.add("dtstart", renewal.until)
        event.add("summary", f"{name}{'：' if name else ''}{renewal.status.name}到期")
        parts = [f"编号 {renewal.number}" if renewal.number else "", renewal.status.valid or "", renewal.status.next_step or "", f"查询：{renewal.status.look_up}" if renewal.status.look_up else ""]
        event.add("description", "\n".join(p for p in parts if p))
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", f"{renewal.status.name}还有三个月到期")
        alarm.add("trigger", -REMIND_BEFORE)
        event.add_component(alarm)
        calendar.add_component(event)
    return bytes(calendar.to_ical())
