"""Stored clients, on both databases: what is kept, who sees it, and what happens when two write at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import StatementError

from eligibility.assessment import Verdict, assess
from eligibility.clients.database import Database
from eligibility.clients.desk import Desk, Order
from eligibility.clients.problems import ClientsError, ConflictError, NoSuchClientError, NotAllowedError
from eligibility.clients.records import Advisor, AnswerChange, Detail, DetailChange, Stage, Via
from eligibility.clients.tables import Base
from eligibility.profile import Certificate, Origin
from eligibility.receipt import with_receipt
from eligibility.report.overrides import overlaid
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import load
from tests.clients.conftest import LATER, NOON
from tests.conftest import DAY
from tests.harbour import FERRY, HARBOUR, edited

GREEN_UNTIL = {"badges": {"chosen": ["green"], "certificates": {"green": {"number": "G-1", "until": "2027-03-31"}}}}
HOSTILE = ["'); DROP TABLE client; --", "<script>alert(1)</script>", "😀𠮷野家科技", "%_\\", "=cmd|' /C calc'!A0", "{{7*7}}"]


def test_a_client_is_found_as_it_was_kept(desk: Desk) -> None:
    added = desk.add(" 沈阳 某某\n公司 ", at=NOON, notes="第一行\r\n第二行 ", tags=("装备", "2026", "装备"), answers=FERRY)
    found = desk.client(added.id)
    assert found == added
    assert (found.name, found.notes, found.tags, found.answers, found.version) == ("沈阳 某某 公司", "第一行\n第二行", ("2026", "装备"), FERRY, 1)
    assert (found.created, found.changed, found.changed_by, found.stage) == (NOON, NOON, "王芳", Stage.ACTIVE)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_a_name(desk: Desk, name: str) -> None:
    other = desk.add("别家", at=NOON)
    client = desk.add(name, at=NOON, notes=name, tags=(name,), answers={"boat_name": name})
    found = desk.client(client.id)
    assert (found.name, found.notes, found.tags, found.answers) == (name, name, (name,), {"boat_name": name})
    assert [c.id for c in desk.clients(on=DAY, search=name.split()[0]).clients] == [client.id]
    assert [c.id for c in desk.clients(on=DAY, tag=name).clients] == [client.id]
    desk.delete(client.id)
    assert desk.client(other.id) == other


def test_marks_that_turn_text_round_and_control_characters_do_not_get_in(desk: Desk) -> None:
    client = desk.add("\u202e司公\u200f甲\x00乙\ud800", at=NOON, notes="\x00\u202e备注", tags=("\u2067标签\x1b",))
    assert (client.name, client.notes, client.tags) == ("司公甲乙", "备注", ("标签",))


@pytest.mark.parametrize(("change", "message"), [({"name": "\u200f \n"}, "请写企业名称。"), ({"name": "甲" * 121}, "有 121 个字"), ({"notes": "甲" * 10_001}, "备注有"), ({"tags": ("甲" * 41,)}, "标签")])
def test_what_cannot_be_kept_is_refused_and_nothing_is_changed(desk: Desk, change: dict[str, Any], message: str) -> None:
    client = desk.add("甲公司", at=NOON)
    with pytest.raises(ClientsError, match=message):
        desk.save(replace(client, **change), at=LATER)
    assert desk.client(client.id) == client


def test_every_change_of_an_answer_is_kept_with_who_when_and_which_way(desk: Desk, colleague: Desk) -> None:
    client = desk.add("甲公司", at=NOON, answers={"seats": 40, "trade": "ferry"})
    seen = {"value": 55, "source": "seen"}
    colleague.save(replace(desk.client(client.id), answers={"seats": seen, "quay": "west"}), at=LATER, via=Via.CLIENT_FILE)
    assert desk.history(client.id) == (
        AnswerChange("seats", None, 40, "王芳", NOON, Via.DESK),
        AnswerChange("trade", None, "ferry", "王芳", NOON, Via.DESK),
        AnswerChange("seats", 40, seen, "李强", LATER, Via.CLIENT_FILE),
        AnswerChange("trade", "ferry", None, "李强", LATER, Via.CLIENT_FILE),
        AnswerChange("quay", None, "west", "李强", LATER, Via.CLIENT_FILE),
    )


def test_the_second_of_two_writers_is_told_and_overwrites_nothing(desk: Desk, colleague: Desk) -> None:
    mine = desk.add("甲公司", at=NOON)
    theirs = colleague.save(replace(colleague.client(mine.id), notes="来过电话"), at=LATER)
    with pytest.raises(ConflictError, match=r"您打开“甲公司”以后，李强在 2026-11-22 13:00 改过它。您的修改没有保存") as caught:
        desk.save(replace(mine, notes="没有联系上", answers={"seats": 1}), at=LATER)
    assert caught.value.theirs == theirs == desk.client(mine.id)
    assert desk.history(mine.id) == ()
    assert desk.save(replace(theirs, notes="来过电话，要回访"), at=LATER).version == 3


def test_of_many_writers_at_once_one_wins_and_every_other_is_told(desk: Desk) -> None:
    client = desk.add("甲公司", at=NOON)
    start, outcomes = Barrier(6), []

    def write(number: int) -> None:
        start.wait()
        try:
            outcomes.append(desk.save(replace(client, answers={"seats": number}), at=LATER).answers)
        except ConflictError as error:
            outcomes.append(error)

    threads = [Thread(target=write, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    won = [o for o in outcomes if not isinstance(o, ConflictError)]
    assert len(outcomes) == 6
    assert won == [desk.client(client.id).answers]
    assert len(desk.history(client.id)) == 1


def test_a_save_that_fails_half_way_changes_nothing(desk: Desk, database: Database) -> None:
    client = desk.add("甲公司", at=NOON, answers={"seats": 40})
    with pytest.raises((StatementError, TypeError)):  # the answers cannot be written, after the row, its tags and its history were begun
        desk.save(replace(client, name="乙公司", tags=("新",), answers={"seats": object()}), at=LATER)
    assert desk.client(client.id) == client
    assert len(desk.history(client.id)) == 1


def test_only_a_lead_deletes_and_takes_clients_out_or_in(desk: Desk, colleague: Desk) -> None:
    client = desk.add("甲公司", at=NOON)
    file = desk.file(client.id)
    for attempt in (lambda: colleague.delete(client.id), lambda: colleague.file(client.id), lambda: colleague.restore(file)):
        with pytest.raises(NotAllowedError, match="只有负责人可以"):
            attempt()
    assert colleague.client(client.id) == client


def test_the_list_is_searched_filtered_ordered_and_paged(desk: Desk) -> None:
    b = desk.add("B 船舶", at=NOON, notes="大连湾", tags=("装备",), answers=GREEN_UNTIL)
    a = desk.add("a 软件", at=LATER, tags=("软件", "大连"))
    late = {"badges": {"chosen": ["green", "blue"], "certificates": {"green": {"until": "2026-11-21"}, "blue": {"until": "2026-12-01"}}}}
    c = desk.save(replace(desk.add("C 新材料", at=NOON - timedelta(days=1), answers=late), stage=Stage.PAUSED), at=NOON - timedelta(hours=1))

    def ids(**wanted: Any) -> list[str]:
        return [found.id for found in desk.clients(on=DAY, **wanted).clients]

    assert ids() == [a.id, b.id, c.id]
    assert ids(order=Order.EXPIRY) == [c.id, b.id, a.id]
    assert set(ids(search="大连")) == {a.id, b.id}
    assert ids(search="大连 船") == [b.id]
    assert ids(search="A") == [a.id]
    assert ids(tag="软件") == [a.id]
    assert ids(stage=Stage.PAUSED) == [c.id]
    page = desk.clients(on=DAY, limit=1, offset=1)
    assert ([x.id for x in page.clients], page.total) == ([b.id], 3)
    listed = {x.id: x for x in desk.clients(on=DAY).clients}
    assert (listed[c.id].next_expiry, listed[c.id].expired) == (date(2026, 12, 1), 1)
    assert (listed[b.id].next_expiry, listed[b.id].expired, listed[b.id].tags) == (date(2027, 3, 31), 0, ("装备",))
    assert (listed[a.id].next_expiry, listed[a.id].assessed, listed[a.id].rulebook) == (None, None, None)
    assert desk.tags() == ("大连", "装备", "软件")
    assert [(e.name, e.option, e.number, e.until) for e in desk.expiring(first=DAY, last=date(2027, 12, 31))] == [("C 新材料", "blue", None, date(2026, 12, 1)), ("B 船舶", "green", "G-1", date(2027, 3, 31))]


def test_a_page_of_the_list_asks_the_database_as_often_for_many_clients_as_for_few(desk: Desk, database: Database) -> None:
    def asked() -> int:
        statements: list[Any] = []
        listening = (database._engine, "after_cursor_execute", lambda *told: statements.append(told))
        event.listen(*listening)
        assert desk.clients(on=DAY, limit=40).clients
        event.remove(*listening)
        return len(statements)

    desk.add("甲公司", at=NOON, tags=("新",), answers=FERRY | GREEN_UNTIL)
    few = asked()
    for n in range(40):
        desk.add(f"乙公司 {n}", at=NOON, tags=("新", "近"), answers=FERRY | GREEN_UNTIL)
    assert asked() == few


def test_a_paper_nobody_can_read_does_not_stop_the_others(desk: Desk) -> None:
    bad = {"a": {"certificates": {"x": {"until": "someday"}, "y": 3, "z": {"until": "2027-01-01"}}}, "b": {"certificates": [1]}}
    client = desk.add("甲公司", at=NOON, answers=bad)
    assert desk.client(client.id).answers == bad
    assert [e.option for e in desk.expiring(first=DAY, last=date.max)] == ["z"]


def test_a_result_is_kept_as_it_was_handed_out(desk: Desk, harbour: Rulebook, tmp_path: Path) -> None:
    client = desk.add("甲公司", at=NOON, answers=FERRY)
    first, second = (assess(harbour, client.profile(harbour)[0], on=day) for day in (DAY - timedelta(days=400), DAY))
    old = desk.keep_result(client.id, first, at=NOON, rules=HARBOUR, archive=tmp_path)
    new = desk.keep_result(client.id, second, at=LATER, rules=HARBOUR, archive=tmp_path)
    desk.save(replace(client, answers={}), at=LATER)
    assert desk.results(client.id) == (old, new)
    assert desk.result(old.id) == with_receipt(first)
    assert desk.result_by(client.id, DAY - timedelta(days=365)) == old
    assert desk.result_by(client.id, DAY - timedelta(days=500)) is None
    assert (new.rulebook, new.receipt) == (harbour.version, with_receipt(second)["receipt"])
    (listed,) = desk.clients(on=DAY).clients
    assert (listed.assessed, listed.rulebook) == (DAY, harbour.version)
    assert load(tmp_path / f"{harbour.fingerprint[:16]}.zip").fingerprint == harbour.fingerprint


def test_an_override_is_laid_over_the_verdict_and_says_whose_it_is(desk: Desk, colleague: Desk, harbour: Rulebook) -> None:
    client = desk.add("甲公司", at=NOON, answers=FERRY)
    assessment = assess(harbour, client.profile(harbour)[0], on=DAY)
    said = {s.support.id: s.verdict for s in assessment.supports}
    assert said["slipway"] is Verdict.EXCLUDED
    wrong = desk.override(client.id, assessment, "slipway", Verdict.NEAR, "听说可以", at=NOON)
    made = colleague.override(client.id, assessment, "slipway", Verdict.MATCHED, " 窗口书面\n答复可以。", at=LATER)
    kept = desk.overrides(client.id)
    assert [(o.id, o.withdrawn_by) for o in kept] == [(wrong.id, "李强"), (made.id, None)]
    shown = {s.entry.support.id: s for s in overlaid(assessment, kept)}
    assert shown["slipway"].verdict is Verdict.MATCHED
    assert shown["slipway"].entry.verdict is Verdict.EXCLUDED
    assert shown["slipway"].text == "李强于 2026-11-22 改判为“现在就对应”（程序判为“不对应”）。理由：窗口书面 答复可以。"
    assert all(s.text == "" and s.verdict is said[id_] for id_, s in shown.items() if id_ != "slipway")
    club = assess(harbour, desk.save(replace(client, answers={"trade": "club", "quay": "east"}), at=LATER).profile(harbour)[0], on=DAY)
    (now,) = [s for s in overlaid(club, kept) if s.override]
    assert now.outdated
    assert now.text.endswith("窗口书面 答复可以；现在程序判为“现在就对应”，请重新核对。")
    desk.withdraw(client.id, made.id, at=LATER)
    assert [s for s in overlaid(assessment, desk.overrides(client.id)) if s.override] == []
    assert len(desk.overrides(client.id)) == 2


def test_an_override_needs_a_reason_and_a_support_that_there_is(desk: Desk, harbour: Rulebook) -> None:
    client = desk.add("甲公司", at=NOON)
    assessment = assess(harbour, client.profile(harbour)[0], on=DAY)
    with pytest.raises(ClientsError, match="请写明改判的理由"):
        desk.override(client.id, assessment, "slipway", Verdict.NEAR, " \u200f", at=NOON)
    with pytest.raises(ClientsError, match="规则里没有这项支持"):
        desk.override(client.id, assessment, "no-such", Verdict.NEAR, "理由", at=NOON)
    assert desk.overrides(client.id) == ()


def test_one_bad_stored_answer_is_told_and_survives_a_save(desk: Desk, tmp_path: Path) -> None:
    """The question was renamed without saying so: its answer is skipped, the others count, and nothing is thrown away."""
    client = desk.add("甲公司", at=NOON, answers=FERRY)
    names = {"questions/boat.yaml": ("  - id: seats\n", "  - id: seat_count\n"), "supports/charter.yaml": ("answer: seats", "answer: seat_count"), "statuses/statuses.yaml": ("answer: seats", "answer: seat_count")}
    renamed = load(edited(tmp_path / "rules", names))
    profile, problems = client.profile(renamed)
    assert [p.question for p in problems] == ["seats"]
    assert set(profile.answers) == set(FERRY) - {"seats"}
    changed = profile.with_answer("resident", False, origin=Origin.SEEN).with_certificate("badges", "green", Certificate("G-1", date(2027, 1, 1)))
    saved = desk.save(client.with_profile(changed, renamed), at=LATER)
    assert saved.answers["seats"] == 40
    assert desk.client(client.id).profile(renamed)[0] == changed
    assert {h.question for h in desk.history(client.id) if h.at == LATER} == {"resident", "badges"}


def test_a_deleted_client_is_gone_with_everything_of_it(desk: Desk, database: Database, harbour: Rulebook, tmp_path: Path) -> None:
    client = desk.add("甲公司", at=NOON, tags=("装备",), answers=GREEN_UNTIL)
    assessment = assess(harbour, client.profile(harbour)[0], on=DAY)
    desk.keep_result(client.id, assessment, at=NOON, rules=HARBOUR, archive=tmp_path)
    desk.override(client.id, assessment, "slipway", Verdict.MATCHED, "已问过", at=NOON)
    desk.delete(client.id)
    with pytest.raises(NoSuchClientError):
        desk.client(client.id)
    with database.reading() as session:
        assert {t.name: session.scalar(text(f'SELECT count(*) FROM "{t.name}"')) for t in Base.metadata.sorted_tables} == {t.name: 0 for t in Base.metadata.sorted_tables}


def test_the_migrations_make_the_tables_of_the_models(database: Database) -> None:
    with database.reading() as session:
        context = MigrationContext.configure(session.connection(), opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_opening_again_keeps_everything(url: str) -> None:
    first = Database(url)
    client = Desk(first, Advisor("甲", "north")).add("甲公司", at=NOON)
    first.close()
    second = Database(url)
    assert Desk(second, Advisor("乙", "north")).client(client.id) == client
    second.close()


@pytest.mark.parametrize("id_", ["", "0" * 32, "\x00", "\ud800", "' OR 1=1 --", "../../x", "甲" * 5000, "%"])
def test_a_guessed_id_is_nobody(desk: Desk, id_: str) -> None:
    client = desk.add("甲公司", at=NOON)
    for attempt in (desk.client, desk.history, desk.results, desk.result, desk.overrides, desk.delete, desk.file):
        with pytest.raises(NoSuchClientError):
            attempt(id_)
    assert desk.clients(on=DAY, tag=id_).total == 0
    assert desk.clients(on=DAY, search=id_).total in (0, 1)
    assert desk.client(client.id) == client


def test_any_text_in_an_answer_is_kept(desk: Desk) -> None:
    answers = {"a": "\x00\u202e😀\n", "b": [None, 1.5, {"c": "'"}]}
    client = desk.add("甲公司", at=NOON, answers=answers)
    assert desk.client(client.id).answers == answers
    assert [h.after for h in desk.history(client.id)] == list(answers.values())


def test_what_the_database_refuses_is_told_and_changes_nothing(postgres_url: str) -> None:
    """PostgreSQL keeps no NaN."""
    database = Database(postgres_url)
    desk = Desk(database, Advisor("王芳", "north"))
    client = desk.add("甲公司", at=NOON)
    with pytest.raises(ClientsError, match=r"^客户档案没有保存（.*）。请稍后再试。$"):
        desk.save(replace(client, name="乙公司", answers={"a": float("nan")}), at=LATER)
    assert desk.client(client.id) == client
    database.close()


def test_every_change_of_the_name_the_notes_the_tags_and_the_stage_is_kept(desk: Desk, colleague: Desk) -> None:
    client = desk.add("甲公司", at=NOON, tags=("装备",))
    edited = colleague.save(replace(client, name="甲 公司", notes="来过电话", stage=Stage.PAUSED), at=LATER)
    colleague.save(replace(edited, tags=(), answers={"seats": 1}), at=LATER)
    assert desk.details(client.id) == (
        DetailChange(Detail.NAME, None, "甲公司", "王芳", NOON),
        DetailChange(Detail.TAGS, None, ["装备"], "王芳", NOON),
        DetailChange(Detail.STAGE, None, "active", "王芳", NOON),
        DetailChange(Detail.NAME, "甲公司", "甲 公司", "李强", LATER),
        DetailChange(Detail.NOTES, None, "来过电话", "李强", LATER),
        DetailChange(Detail.STAGE, "active", "paused", "李强", LATER),
        DetailChange(Detail.TAGS, ["装备"], None, "李强", LATER),
    )


def test_what_was_answered_with_not_known_stays_so_when_other_answers_change(desk: Desk, harbour: Rulebook) -> None:
    client = desk.add("甲公司", at=NOON, answers={"seats": "不清楚", "gone": 1, "quay": "west"})
    profile = client.profile(harbour)[0]
    assert client.with_profile(profile.with_answer("quay", None), harbour).answers == {"gone": 1, "seats": "不清楚"}
    assert client.with_profile(profile.with_answer("seats", 12.0), harbour).answers == {"gone": 1, "seats": 12, "quay": "west"}


def test_a_database_of_the_first_version_is_brought_up_to_date_with_all_its_clients(url: str, database: Database, desk: Desk) -> None:
    client = desk.add("甲公司", at=NOON, notes="备注", answers=FERRY)
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE detail_change"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    engine.dispose()
    again = Desk(Database(url), desk.advisor)
    assert again.client(client.id) == client
    assert again.details(client.id) == ()
    again.save(replace(client, notes="新备注"), at=LATER)
    assert [d.after for d in again.details(client.id)] == ["新备注"]
