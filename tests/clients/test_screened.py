"""Stored clients as a screening takes them."""

from __future__ import annotations

from dataclasses import replace

from eligibility.assessment import Verdict, assess
from eligibility.clients.desk import Desk
from eligibility.clients.records import Stage
from eligibility.clients.screened import stored_clients, stored_companies
from eligibility.roster import Company
from eligibility.rulebook.book import Rulebook
from eligibility.screening.screening import screen
from tests.clients.conftest import LATER, NOON
from tests.conftest import DAY
from tests.harbour import FERRY


def test_the_desks_clients_are_screened_with_what_was_decided_otherwise(desk: Desk, stranger: Desk, harbour: Rulebook) -> None:
    second = desk.add("乙船队", at=NOON, answers=FERRY)
    desk.add("甲船队", at=NOON, answers={"trade": "ferry", "gone": 1})
    stranger.add("别的机构的", at=NOON, answers=FERRY)
    assessment = assess(harbour, second.profile(harbour)[0], on=DAY)
    entry = assessment.supports[0]
    other = next(v for v in Verdict if v is not entry.verdict)
    earlier = desk.override(second.id, assessment, entry.support.id, other, "电话里说过", at=NOON)
    made = desk.override(second.id, assessment, entry.support.id, other, "窗口答复了", at=LATER)
    clients, faults = stored_clients(desk, harbour)
    assert [c.name for c in clients] == ["乙船队", "甲船队"]
    assert [[o.id for o in c.overrides] for c in clients] == [[made.id], []]
    assert made.id != earlier.id
    assert len(faults) == 1
    assert faults[0].startswith("甲船队：gone：没有这道题。")
    assert screen(harbour, clients, on=DAY).row(0) == tuple(e.verdict for e in assessment.supports)


def test_for_several_rulebooks_the_answers_come_as_they_are_stored(desk: Desk, stranger: Desk, harbour: Rulebook) -> None:
    client = desk.add("甲船队", at=NOON, answers={"trade": "ferry", "gone": 1, "seats": "不清楚"})
    desk.save(replace(desk.add("丙船队", at=NOON), stage=Stage.CLOSED), at=LATER)
    stranger.add("别的机构的", at=NOON, answers=FERRY)
    assessment = assess(harbour, client.profile(harbour)[0], on=DAY)
    made = desk.override(client.id, assessment, "slipway", Verdict.MATCHED, "窗口答复了", at=NOON)
    assert stored_companies(desk) == [Company("甲船队", {"trade": "ferry", "gone": 1, "seats": "不清楚"}, (made,))]


def test_clients_that_were_closed_are_left_out(desk: Desk, harbour: Rulebook) -> None:
    client = desk.add("甲船队", at=NOON)
    desk.save(replace(client, stage=Stage.CLOSED), at=LATER)
    assert stored_clients(desk, harbour) == ([], [])
