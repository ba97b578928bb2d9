"""A client beside its earlier result: what changed, and whether the answers, the day or the rules did it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from eligibility.assessment import assess
from eligibility.clients.desk import Desk
from eligibility.clients.problems import ClientsError
from eligibility.clients.records import KeptAssessment
from eligibility.clients.since import since
from eligibility.profile import Certificate
from eligibility.report.impact import wording
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import load
from tests.clients.conftest import NOON
from tests.conftest import DAY
from tests.harbour import FERRY, HARBOUR, edited

A_YEAR_AGO = DAY - timedelta(days=365)
NARROWER = {"supports/charter.yaml": ("at_least: 20", "at_least: 50")}


@pytest.fixture
def earlier(desk: Desk, harbour: Rulebook, tmp_path: Path) -> KeptAssessment:
    client = desk.add("甲公司", at=NOON, answers=FERRY)
    desk.keep_result(client.id, assess(harbour, client.profile(harbour)[0], on=A_YEAR_AGO), at=NOON, rules=HARBOUR, archive=tmp_path)
    found = desk.result_by(client.id, A_YEAR_AGO)
    assert found is not None
    return found


def test_nothing_changed(desk: Desk, earlier: KeptAssessment, harbour: Rulebook, tmp_path: Path) -> None:
    (client,) = desk.everyone()
    found = since(earlier, assess(harbour, client.profile(harbour)[0], on=DAY), archive=tmp_path)
    assert (found.answers, found.verdicts, found.doubts) == ((), (), ())
    assert (found.before.on, found.after.on) == (A_YEAR_AGO, DAY)


def test_an_answer_changed(desk: Desk, earlier: KeptAssessment, harbour: Rulebook, tmp_path: Path) -> None:
    (client,) = desk.everyone()
    now = replace(client, answers=FERRY | {"seats": 10, "length": 12}).profile(harbour)[0]
    found = since(earlier, assess(harbour, now, on=DAY), archive=tmp_path)
    assert {(a.question, a.before, a.after) for a in found.answers} == {("seats", 40, 10), ("length", None, 12)}
    turned = {c.support.id: wording.causes(c) for c in found.verdicts}
    assert turned["shore-power"] == "条件“has 不少于 20 seats”：满足 → 不满足，能补上。"


def test_a_paper_ran_out(desk: Desk, earlier: KeptAssessment, harbour: Rulebook, tmp_path: Path) -> None:
    (client,) = desk.everyone()
    now = client.profile(harbour)[0].with_certificate("badges", "green", Certificate(until=date(2026, 6, 30)))
    found = since(earlier, assess(harbour, now, on=DAY), archive=tmp_path)
    assert [a.question for a in found.answers] == ["badges"]
    assert "electric-engine" in {c.support.id for c in found.verdicts}
    assert all("Green Badge" in wording.causes(c) for c in found.verdicts)


def test_the_rules_changed(desk: Desk, earlier: KeptAssessment, harbour: Rulebook, tmp_path: Path) -> None:
    (client,) = desk.everyone()
    new = load(edited(tmp_path / "rules", NARROWER))
    found = since(earlier, assess(new, client.profile(new)[0], on=DAY), archive=tmp_path)
    assert found.answers == ()
    (change,) = found.verdicts
    assert wording.causes(change).startswith("条件由“has 不少于 20 seats”改为“has 不少于 50 seats”：满足 → 不满足")


def test_without_the_version_of_the_rules_nobody_can_say_why(earlier: KeptAssessment, harbour: Rulebook, desk: Desk, tmp_path: Path) -> None:
    (client,) = desk.everyone()
    now = assess(harbour, client.profile(harbour)[0], on=DAY)
    with pytest.raises(ClientsError, match=r"2025-11-22 用的规则 1\.0\+.* 没有存档"):
        since(earlier, now, archive=tmp_path / "empty")
    next(tmp_path.glob("*.zip")).write_bytes(b"damaged")
    with pytest.raises(ClientsError, match="存档坏了"):
        since(earlier, now, archive=tmp_path)
