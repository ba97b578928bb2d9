"""One calendar of all clients."""

from __future__ import annotations

from datetime import date

from icalendar import Calendar

from eligibility.assessment import assess
from eligibility.clients.calendar import clients_calendar
from eligibility.clients.desk import Desk
from eligibility.dates import calendar_file
from eligibility.rulebook.book import Rulebook
from tests.clients.conftest import NOON
from tests.conftest import DAY


def held(until: str) -> dict[str, object]:
    return {"titles": {"chosen": ["high_tech"], "certificates": {"high_tech": {"number": "GR-1", "until": until}}}, "staff": "坏的回答"}


def test_the_calendar_has_every_day_of_every_client_of_the_organisation(desk: Desk, stranger: Desk, rulebook: Rulebook) -> None:
    desk.add("甲\r\nATTACH:x; 公司,", at=NOON, answers=held("2027-01-31"))
    desk.add("乙公司", at=NOON, answers=held("2026-12-31"))
    desk.add("乙公司", at=NOON, answers=held("2026-12-31"))  # the name is taken twice, and both must be seen
    desk.add("丙公司", at=NOON)
    stranger.add("丁公司", at=NOON, answers=held("2027-05-31"))
    content = clients_calendar(desk, rulebook, on=DAY)
    title = rulebook.statuses["high_tech"].name
    events = Calendar.from_ical(content).walk("VEVENT")
    assert sorted((e.decoded("dtstart"), str(e["summary"])) for e in events) == [
        (date(2026, 12, 31), f"乙公司：{title}到期"),
        (date(2026, 12, 31), f"乙公司：{title}到期"),
        (date(2027, 1, 31), f"甲 ATTACH:x; 公司,：{title}到期"),
    ]
    assert len({str(e["uid"]) for e in events}) == 3
    assert content == clients_calendar(desk, rulebook, on=DAY)


def test_one_client_has_the_same_days_as_in_its_own_file(desk: Desk, rulebook: Rulebook) -> None:
    client = desk.add("甲公司", at=NOON, answers=held("2027-01-31"))
    alone = Calendar.from_ical(calendar_file(assess(rulebook, client.profile(rulebook)[0], on=DAY), "甲公司")).walk("VEVENT")
    shared = Calendar.from_ical(clients_calendar(desk, rulebook, on=DAY)).walk("VEVENT")
    for event in (*alone, *shared):
        del event["uid"]
    assert [e.to_ical() for e in alone] == [e.to_ical() for e in shared]
