"""Kills, backups, deletions and settings: what was kept stays, what was deleted is gone."""

from __future__ import annotations

import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread, Timer

import pytest
from sqlalchemy import text

from eligibility.assessment import Verdict, assess
from eligibility.clients.database import Database, default_url
from eligibility.clients.desk import Desk
from eligibility.clients.problems import ClientsError
from eligibility.clients.records import Advisor, Role
from eligibility.rulebook.book import Rulebook
from tests.clients.conftest import LATER, NOON
from tests.conftest import DAY
from tests.harbour import FERRY, HARBOUR

ROOT = Path(__file__).parents[2]
ADVISOR = Advisor("王芳", "north", Role.LEAD)

# Adds clients and edits each, and says so after every commit, until it is killed.
WRITER = """
import sys
from dataclasses import replace
from datetime import UTC, datetime
from eligibility.clients.database import Database
from eligibility.clients.desk import Desk
from eligibility.clients.records import Advisor
desk = Desk(Database(sys.argv[1]), Advisor("甲", "north"))
while True:
    client = desk.add("公司", at=datetime.now(UTC), answers={"seats": 1}, tags=("a",))
    print(f"{client.id} 1\\n", end="", flush=True)
    desk.save(replace(client, answers={"seats": 2}, tags=("b",)), at=datetime.now(UTC))
    print(f"{client.id} 2\\n", end="", flush=True)
"""


def test_killing_the_program_loses_no_committed_client(url: str) -> None:
    committed: dict[str, int] = {}
    for run in range(3):
        with subprocess.Popen([sys.executable, "-c", WRITER, url], cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            first = writer.stdout.readline()
            time.sleep(0.05 + 0.07 * run)
            writer.send_signal(signal.SIGKILL)
            for line in [first, *writer.stdout]:
                if line.endswith("\n"):  # else it was killed while it said so
                    id_, seats = line.split()
                    committed[id_] = int(seats)
    assert len(committed) >= 3
    database = Database(url)
    found = {c.id: c for c in Desk(database, Advisor("乙", "north")).everyone()}
    for id_, seats in committed.items():
        assert found[id_].answers["seats"] >= seats
    for client in found.values():  # no half-written one either
        assert (client.answers["seats"], client.tags) in ((1, ("a",)), (2, ("b",)))
        assert client.version == client.answers["seats"]
    with database.reading() as session:
        if database.is_file:
            assert session.scalar(text("PRAGMA integrity_check")) == "ok"
    database.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "new" / "clients.sqlite3"


@pytest.fixture
def local(file: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{file}")
    yield database
    database.close()


def test_nothing_of_a_deleted_client_is_left_in_the_files(local: Database, file: Path, harbour: Rulebook, tmp_path: Path) -> None:
    desk = Desk(local, ADVISOR)
    secret = "Geheimnis-7731"
    stays = desk.add("乙公司 Bleibt-4410", at=NOON)
    client = desk.add(secret, at=NOON, notes=secret * 500, tags=(secret,), answers=FERRY | {"boat_name": secret})
    client = desk.save(replace(client, answers=FERRY | {"boat_name": f"{secret}-2"}), at=LATER)
    assessment = assess(harbour, client.profile(harbour)[0], on=DAY)
    desk.keep_result(client.id, assessment, at=NOON, rules=HARBOUR, archive=tmp_path / "rulebooks")
    desk.override(client.id, assessment, "slipway", Verdict.MATCHED, secret, at=NOON)

    def holds(what: str) -> bool:
        return any(what.encode() in path.read_bytes() for path in file.parent.iterdir())

    assert holds(secret)
    assert holds(client.id)
    desk.delete(client.id)
    assert not holds(secret)
    assert not holds(client.id)
    assert holds("Bleibt-4410")
    assert desk.client(stays.id) == stays


def test_a_deletion_that_leaves_traces_says_so_and_can_be_finished(local: Database, file: Path) -> None:
    desk = Desk(local, ADVISOR)
    client = desk.add("Geheimnis-7731", at=NOON)
    reader = sqlite3.connect(file, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM client").fetchone()
    started = time.monotonic()
    other = Database(f"sqlite:///{file}?timeout=0.2")
    with pytest.raises(ClientsError, match="档案已经删除，但别的程序正在使用"):
        Desk(other, ADVISOR).delete(client.id)
    assert time.monotonic() - started < 5
    reader.execute("COMMIT")
    reader.close()
    assert desk.clients(on=DAY).total == 0
    other.forget()
    assert not any(b"Geheimnis-7731" in path.read_bytes() for path in file.parent.iterdir())
    other.close()


def test_a_backup_is_whole_while_somebody_writes(local: Database, tmp_path: Path) -> None:
    desk = Desk(local, ADVISOR)
    before = [desk.add(f"公司{n}", at=NOON, answers=FERRY).id for n in range(20)]
    done = False

    def write() -> None:
        while not done:
            desk.add("又一家", at=NOON)

    writer = Thread(target=write)
    writer.start()
    try:
        local.backup(tmp_path / "copy.sqlite3")
    finally:
        done = True
        writer.join()
    copy = Database(f"sqlite:///{tmp_path / 'copy.sqlite3'}")
    assert set(before) <= {c.id for c in Desk(copy, ADVISOR).everyone()}
    with copy.reading() as session:
        assert session.scalar(text("PRAGMA integrity_check")) == "ok"
    copy.close()
    assert list(tmp_path.glob("*.part")) == []


def test_a_backup_that_cannot_be_written_is_told(local: Database, tmp_path: Path) -> None:
    with pytest.raises(ClientsError, match="写不了"):
        local.backup(tmp_path / "no" / "such" / "folder")


def test_postgresql_is_backed_up_with_its_own_tool(postgres_url: str, tmp_path: Path) -> None:
    database = Database(postgres_url)
    with pytest.raises(ClientsError, match="pg_dump"):
        database.backup(tmp_path / "x")
    database.close()


def test_only_this_user_may_read_the_file_and_its_log(local: Database, file: Path) -> None:
    Desk(local, ADVISOR).add("甲公司", at=NOON)
    assert {p.name: stat.S_IMODE(p.stat().st_mode) for p in file.parent.iterdir()} == {file.name + end: 0o600 for end in ("", "-wal", "-shm")}
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_where_the_clients_are(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("ELIGIBILITY_DATABASE", raising=False)
    monkeypatch.delenv("ELIGIBILITY_DATA", raising=False)
    assert default_url() == f"sqlite:///{ROOT / 'data' / 'clients.sqlite3'}"
    monkeypatch.setenv("ELIGIBILITY_DATA", str(tmp_path))
    assert default_url() == f"sqlite:///{tmp_path / 'clients.sqlite3'}"
    monkeypatch.setenv("ELIGIBILITY_DATABASE", "postgresql://desk@db/clients")
    assert default_url() == "postgresql://desk@db/clients"


@pytest.mark.parametrize("url", ["clients.sqlite3", "oracle9://x", "sqlite://", "sqlite:///:memory:", "postgresql://nobody@127.0.0.1:1/none", "sqlite:////proc/none/clients.sqlite3"])
def test_a_database_that_cannot_be_used_is_one_sentence(url: str) -> None:
    with pytest.raises(ClientsError, match=r"^[^\n]+。$"):
        Database(url)


def test_a_file_that_is_no_database_is_told_and_left_alone(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"not a database, but somebody's notes" * 100)
    with pytest.raises(ClientsError, match="打不开客户档案"):
        Database(f"sqlite:///{file}")
    assert file.read_bytes() == b"not a database, but somebody's notes" * 100


def test_a_database_of_a_newer_program_is_told(local: Database, file: Path) -> None:
    local.close()
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(ClientsError, match="请先更新程序"):
        Database(f"sqlite:///{file}")


def test_two_programs_may_open_a_new_database_at_once(url: str) -> None:
    opened: list[Database] = []
    threads = [Thread(target=lambda: opened.append(Database(url))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 4
    for database in opened:
        database.close()


def test_who_opens_a_new_database_waits_for_whoever_is_at_it(file: Path) -> None:
    file.parent.mkdir()
    first = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    first.execute("BEGIN IMMEDIATE")
    done = Timer(0.3, lambda: first.execute("COMMIT"))
    done.start()
    Database(f"sqlite:///{file}").close()
    done.join()
    first.close()


def test_who_waited_long_enough_for_a_new_database_is_told(file: Path) -> None:
    file.parent.mkdir()
    first = sqlite3.connect(file, isolation_level=None)
    first.execute("BEGIN IMMEDIATE")
    with pytest.raises(ClientsError, match="打不开客户档案（database is locked）"):
        Database(f"sqlite:///{file}?timeout=0.05")
    first.close()
