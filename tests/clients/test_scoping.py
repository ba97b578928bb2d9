"""Nothing that a desk can do reaches the clients of another organisation. Whatever a desk learns to do has to be tried here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from eligibility.assessment import Verdict, assess
from eligibility.clients.database import Database
from eligibility.clients.desk import Desk
from eligibility.clients.problems import NoSuchClientError, NotAllowedError
from eligibility.clients.records import Advisor, Role
from eligibility.clients.screened import stored_clients, stored_companies
from eligibility.rulebook.book import Rulebook
from tests.clients.conftest import LATER, NOON
from tests.conftest import DAY
from tests.harbour import FERRY, HARBOUR

GREEN = {**FERRY, "badges": {"chosen": ["green"], "certificates": {"green": {"number": "G-1", "until": "2027-03-31"}}}}
SECRET = "不可外传"


def public(kind: type) -> set[str]:
    return {name for name in vars(kind) if not name.startswith("_")}


def test_a_stranger_who_knows_every_id_gets_nothing_and_changes_nothing(desk: Desk, stranger: Desk, harbour: Rulebook, tmp_path: Path) -> None:
    client = desk.add(SECRET, at=NOON, notes=SECRET, tags=(SECRET,), answers={**GREEN, "boat_name": SECRET})
    assessment = assess(harbour, client.profile(harbour)[0], on=DAY)
    kept = desk.keep_result(client.id, assessment, at=NOON, rules=HARBOUR, archive=tmp_path)
    made = desk.override(client.id, assessment, "slipway", Verdict.MATCHED, SECRET, at=NOON)
    before = desk.file(client.id)
    own = stranger.add("自己的", at=NOON)

    with_its_id: dict[str, Callable[[], object]] = {
        "client": lambda: stranger.client(client.id),
        "save": lambda: stranger.save(replace(client, name="乙"), at=LATER),
        "history": lambda: stranger.history(client.id),
        "details": lambda: stranger.details(client.id),
        "keep_result": lambda: stranger.keep_result(client.id, assessment, at=LATER, rules=HARBOUR, archive=tmp_path),
        "keep_first_result": lambda: stranger.keep_first_result(client.id, assessment, at=LATER, rules=HARBOUR, archive=tmp_path),
        "results": lambda: stranger.results(client.id),
        "result_by": lambda: stranger.result_by(client.id, DAY),
        "result": lambda: stranger.result(kept.id),
        "override": lambda: stranger.override(client.id, assessment, "slipway", Verdict.NEAR, "想", at=LATER),
        "withdraw": lambda: stranger.withdraw(own.id, made.id, at=LATER),
        "overrides": lambda: stranger.overrides(client.id),
        "delete": lambda: stranger.delete(client.id),
        "file": lambda: stranger.file(client.id),
    }
    without: dict[str, Callable[[], object]] = {
        "clients": lambda: [stranger.clients(on=DAY, search=s) for s in ("", SECRET)] + [stranger.clients(on=DAY, tag=SECRET)],
        "tags": stranger.tags,
        "names": stranger.names,
        "expiring": lambda: stranger.expiring(first=date.min, last=date.max),
        "everyone": lambda: list(stranger.everyone()),
        "assessed_on": lambda: stranger.assessed_on(DAY),
        "standing_overrides": stranger.standing_overrides,
        "restore": lambda: stranger.restore(before),
        "add": lambda: stranger.add("又一家", at=NOON),
    }
    assert {*with_its_id, *without} == public(Desk), "a desk can do something that is not tried here"
    for name, attempt in with_its_id.items():
        with pytest.raises(NoSuchClientError):
            print(name, attempt())
    for name in ("clients", "tags", "names", "expiring", "everyone", "assessed_on", "standing_overrides"):
        found = without[name]()
        assert SECRET not in repr(found), name
        assert client.id not in repr(found), name
    assert SECRET not in repr(stored_clients(stranger, harbour))
    assert SECRET not in repr(stored_companies(stranger))
    # What somebody was given as a file they may take in; it becomes another client, and the first is untouched.
    assert without["restore"]() is True
    (copy,) = [c for c in stranger.everyone() if c.name == SECRET]
    stranger.delete(copy.id)
    assert copy.id != client.id
    assert desk.file(client.id) == before


def test_an_organisation_is_its_name_to_the_letter(desk: Desk, database: Database) -> None:
    client = desk.add("甲公司", at=NOON)
    for name in ("North", "north ", " north", "nort", "north%", "n_rth", "", "%", "ｎorth", "north' OR '1'='1"):
        other = Desk(database, Advisor("赵敏", name, Role.LEAD))
        assert other.clients(on=DAY).total == 0, name
        assert list(other.everyone()) == [], name
        with pytest.raises(NoSuchClientError):
            other.client(client.id)


def test_what_is_for_leads_is_refused_to_advisors_before_anything_is_read(colleague: Desk) -> None:
    attempts: list[Callable[[], Any]] = [lambda: colleague.delete("0" * 32), lambda: colleague.file("0" * 32)]
    for attempt in attempts:
        with pytest.raises(NotAllowedError):
            attempt()


def test_the_list_stands_when_a_client_on_it_is_deleted_meanwhile(desk: Desk, database: Database) -> None:
    gone, left = desk.add("甲公司", at=NOON), desk.add("乙公司", at=LATER)
    deleted = []

    def delete(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if "LIMIT" in statement and not deleted:
            deleted.append(True)
            database.is_file or desk.delete(gone.id)  # in SQLite a reader sees what was there when it began

    event.listen(database._engine, "after_cursor_execute", delete)
    try:
        names = [c.name for c in desk.clients(on=DAY).clients]
    finally:
        event.remove(database._engine, "after_cursor_execute", delete)
    assert deleted
    assert names == ([left.name, gone.name] if database.is_file else [left.name])
