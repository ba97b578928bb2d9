"""Today's result of every client in one go, on both databases: once a day and client, whoever tries at once, and whatever cannot be kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest

from eligibility.assessment import assess
from eligibility.clients.desk import Desk
from eligibility.clients.keeping import Became, Outcome, keep_results, kept_words
from eligibility.clients.records import Client, KeptAssessment, Stage
from eligibility.clients.screened import served
from eligibility.receipt import with_receipt
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.problems import RulebookError
from tests.clients.conftest import LATER, NOON
from tests.conftest import DAY
from tests.harbour import FERRY, HARBOUR, edited


@pytest.fixture
def keep(harbour: Rulebook, tmp_path: Path) -> Any:
    """Keep the results of a desk's clients, or of these."""

    def keep(desk: Desk, clients: list[Client] | None = None, **otherwise: Any) -> Iterator[Outcome]:
        return keep_results(desk, clients or served(desk), harbour, **{"on": DAY, "at": NOON, "rules": HARBOUR, "archive": tmp_path / "rulebooks", **otherwise})

    return keep


def results(desk: Desk, client: Client) -> list[KeptAssessment]:
    return list(desk.results(client.id))


def test_the_result_of_every_client_with_answers_is_kept_as_it_is_today(desk: Desk, stranger: Desk, keep: Any, harbour: Rulebook) -> None:
    first, second = desk.add("甲船队", at=NOON, answers=FERRY), desk.add("乙船队", at=NOON, answers={"trade": "club"})
    empty, unknown = desk.add("丙船队", at=NOON), desk.add("丁船队", at=NOON, answers={"seats": "不清楚"})
    closed = desk.save(replace(desk.add("戊船队", at=NOON, answers=FERRY), stage=Stage.CLOSED), at=NOON)
    other = stranger.add("别的机构的", at=NOON, answers=FERRY)
    outcomes = list(keep(desk))
    assert {o.name: o.became for o in outcomes} == {"甲船队": Became.KEPT, "乙船队": Became.KEPT, "丙船队": Became.NO_ANSWERS, "丁船队": Became.NO_ANSWERS}
    for client in (first, second):
        (made,) = results(desk, client)
        assert (made.on, made.made, made.by, made.rulebook) == (DAY, NOON, "王芳", harbour.version)
        assert desk.result(made.id) == with_receipt(assess(harbour, client.profile(harbour)[0], on=DAY))
    assert [results(desk, c) for c in (empty, unknown, closed)] == [[], [], []]
    assert results(stranger, other) == []
    assert kept_words(outcomes) == "留存了 2 家今天的结果；2 家还没有回答，没有可留存的。"
    assert desk.assessed_on(DAY) == {first.id, second.id}
    assert stranger.assessed_on(DAY) == frozenset()


def test_a_client_has_one_a_day_and_another_one_the_next_day(desk: Desk, colleague: Desk, keep: Any, harbour: Rulebook, tmp_path: Path) -> None:
    kept_alone, client = desk.add("甲船队", at=NOON, answers=FERRY), desk.add("乙船队", at=NOON, answers=FERRY)
    desk.keep_result(kept_alone.id, assess(harbour, kept_alone.profile(harbour)[0], on=DAY), at=NOON, rules=HARBOUR, archive=tmp_path / "rulebooks")
    assert kept_words(list(keep(desk))) == "留存了 1 家今天的结果；1 家今天已经留存过，没有再留。"
    assert kept_words(list(keep(colleague, at=LATER))) == "留存了 0 家今天的结果；2 家今天已经留存过，没有再留。"
    assert [len(results(desk, c)) for c in (kept_alone, client)] == [1, 1]
    assert kept_words(list(keep(desk, on=DAY + timedelta(days=1)))) == "留存了 2 家今天的结果。"
    assert [[r.on for r in results(desk, c)] for c in (kept_alone, client)] == [[DAY, DAY + timedelta(days=1)]] * 2


def test_of_several_who_keep_all_at_once_each_result_is_kept_by_one(desk: Desk, colleague: Desk, keep: Any) -> None:
    clients = [desk.add(f"船队 {n}", at=NOON, answers=FERRY) for n in range(6)]
    start, outcomes = Barrier(4), []

    def click(whose: Desk) -> None:
        start.wait()
        outcomes.extend(keep(whose))

    threads = [Thread(target=click, args=(d,)) for d in (desk, colleague, desk, colleague)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(results(desk, c)) for c in clients] == [1] * 6
    assert sorted(o.client for o in outcomes if o.became is Became.KEPT) == sorted(c.id for c in clients)
    assert len(outcomes) == 24


def test_what_was_kept_before_somebody_stopped_stays_and_the_rest_is_kept_the_next_time(desk: Desk, keep: Any) -> None:
    clients = [desk.add(f"船队 {n}", at=NOON, answers=FERRY) for n in range(3)]
    stopped = keep(desk)
    assert next(stopped).name == "船队 0"
    stopped.close()
    assert [len(results(desk, c)) for c in clients] == [1, 0, 0]
    assert [o.became for o in keep(desk)] == [Became.THERE_ALREADY, Became.KEPT, Became.KEPT]
    assert [len(results(desk, c)) for c in clients] == [1, 1, 1]


def test_answers_that_can_no_longer_be_read_are_told_and_stop_no_other_client(desk: Desk, keep: Any) -> None:
    none, some, all_ = desk.add("甲船队", at=NOON, answers={"gone": 1}), desk.add("乙船队", at=NOON, answers={**FERRY, "gone": 1}), desk.add("丙船队", at=NOON, answers=FERRY)
    outcomes = list(keep(desk))
    assert [o.fault for o in sorted(outcomes, key=lambda o: o.name) if o.fault] == [
        "乙船队：有 1 个回答现在的规则读不了，结果是按其余的回答判断的。",
        "甲船队：存着的回答现在的规则都读不了，没有留存。",
    ]
    assert kept_words(outcomes) == "留存了 2 家今天的结果；1 家没有留存成。"
    assert [len(results(desk, c)) for c in (none, some, all_)] == [0, 1, 1]


def test_a_client_that_is_deleted_meanwhile_stops_no_other(desk: Desk, keep: Any) -> None:
    desk.add("甲船队", at=NOON, answers=FERRY)
    gone = desk.add("乙船队", at=NOON, answers=FERRY)
    desk.add("丙船队", at=NOON, answers=FERRY)
    going = list(served(desk))
    desk.delete(gone.id)
    outcomes = {o.name: o for o in keep(desk, going)}
    assert outcomes["乙船队"].fault == "乙船队：没有留存。找不到这家企业的档案：可能已经删除，或者不属于您的机构。"
    assert [outcomes[n].became for n in ("甲船队", "丙船队")] == [Became.KEPT, Became.KEPT]


def test_without_its_version_of_the_rules_no_result_is_kept(desk: Desk, keep: Any, tmp_path: Path) -> None:
    client = desk.add("甲船队", at=NOON, answers=FERRY)
    other = edited(tmp_path / "rules", {"supports/charter.yaml": ("at_least: 20", "at_least: 50")})
    with pytest.raises(RulebookError, match="这一版没有存档"):
        list(keep(desk, rules=other))
    (tmp_path / "file").write_text("where the folder should be", encoding="utf-8")
    with pytest.raises(OSError, match=r"."):
        list(keep(desk, archive=tmp_path / "file"))
    assert results(desk, client) == []
