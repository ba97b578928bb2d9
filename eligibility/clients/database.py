"""Where the clients are: a SQLite file in the data folder, or the database that one setting names.

A write is one transaction that begins with the write lock, so that it sees what it changes. SQLite runs with a
write-ahead log and its full durability: what was committed outlives the process, and a power cut.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session

from eligibility.clients.problems import ClientsError
from eligibility.data_folder import data_folder
from eligibility.file_trouble import why
from eligibility.whole_file import whole_file

SETTING = "ELIGIBILITY_DATABASE"
_MIGRATIONS = Path(__file__).parent / "migrations"
_ONE_AT_A_TIME = 7203  # the key of the lock under which one process at a time upgrades a PostgreSQL database
_WAIT = 10.0  # seconds for another writer to finish, unless the setting says otherwise


def default_url() -> str:
    """The database that the environment names, else a file in the data folder, which git ignores."""
    if url := os.environ.get(SETTING):
        return url
    return f"sqlite:///{data_folder() / 'clients.sqlite3'}"


class Database:
    """An open database, its tables up to date. Raises ClientsError where it cannot be used."""

    def __init__(self, url: str | None = None) -> None:
        self._engine = _engine(url or default_url())
        self._writing = self._engine.execution_options(writes=True)
        try:
            self._upgrade()
        except CommandError:
            raise ClientsError("客户档案是用更新的程序建立的，这个程序读不了。请先更新程序。") from None
        except DBAPIError as error:
            raise ClientsError(f"打不开客户档案（{_cause(error)}）。请检查 {SETTING} 的设置和文件夹的权限。") from None

    @property
    def is_file(self) -> bool:
        """Whether this is a SQLite file."""
        return self._engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that changes nothing."""
        try:
            with Session(self._engine) as session, session.begin():
                yield session
        except DBAPIError as error:
            raise ClientsError(f"读不了客户档案（{_cause(error)}）。请稍后再试。") from None

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction: all of it is kept, or nothing."""
        try:
            with Session(self._writing) as session, session.begin():
                yield session
        except DBAPIError as error:
            raise ClientsError(f"客户档案没有保存（{_cause(error)}）。请稍后再试。") from None

    def forget(self) -> None:
        """Leave nothing of deleted rows in a SQLite file and its log. PostgreSQL reuses their space in its own time."""
        if not self.is_file:
            return
        connection = self._engine.raw_connection()  # without a transaction, in which neither is possible
        try:
            cursor = connection.cursor()
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy = cursor.fetchall()[0][0]
        except sqlite3.OperationalError:
            busy = True
        finally:
            connection.close()
        if busy:
            raise ClientsError("档案已经删除，但别的程序正在使用，文件里还留着痕迹。请关掉别的程序，再运行 python -m eligibility clients clean。")

    def backup(self, target: Path) -> None:
        """Copy the whole SQLite database into a file while it is in use. The file appears complete, or not at all."""
        if not self.is_file:
            raise ClientsError("这里用的是 PostgreSQL，请用它自己的 pg_dump 备份。")
        try:
            with whole_file(target) as unfinished:
                _private(unfinished)
                with self._engine.connect() as connection, closing(sqlite3.connect(unfinished)) as copy:
                    source: Any = connection.connection.driver_connection
                    source.backup(copy)
        except OSError as error:
            raise ClientsError(f"写不了 {target}（{why(error)}）。请换一个位置。") from None

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()

    def _upgrade(self) -> None:
        with self._writing.begin() as connection:
            if not self.is_file:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
            config = Config(attributes={"connection": connection})
            config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
            command.upgrade(config, "head")


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.drivername in ("postgres", "postgresql"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        if parsed.get_backend_name() != "sqlite":
            return create_engine(parsed, pool_pre_ping=True)
        if parsed.database is None or parsed.database in ("", ":memory:"):
            raise ClientsError(f"{SETTING} 应写明文件，如 sqlite:///data/clients.sqlite3。")
        path = Path(parsed.database)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _private(path)
        engine = create_engine(parsed, connect_args={} if "timeout" in parsed.query else {"timeout": _WAIT})
    except (ArgumentError, ImportError):
        raise ClientsError(f"看不懂 {SETTING} 的设置，或者缺少它的驱动程序。例子：sqlite:///data/clients.sqlite3，postgresql://用户@主机/库名（另装 psycopg）。") from None
    except OSError as error:
        raise ClientsError(f"写不了 {error.filename}（{why(error)}）。请检查文件夹的权限。") from None
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _private(path: Path) -> None:
    """Make sure that the file is there, and that only this program's user may read it."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _prepare(connection: Any, record: object) -> None:
    connection.isolation_level = None  # the driver begins no transactions by itself; `_begin` does
    _keep_a_log(connection)
    for setting in ("foreign_keys = ON", "secure_delete = ON"):
        connection.execute(f"PRAGMA {setting}")


def _keep_a_log(connection: Any) -> None:
    # A file is switched to its log once, and for that alone SQLite does not wait for others who are at it.
    (milliseconds,) = connection.execute("PRAGMA busy_timeout").fetchone()
    until = time.monotonic() + milliseconds / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.01)


def _begin(connection: Connection) -> None:
    # A writer that began as a reader could find that another one was faster, and would have to start again.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")


def _cause(error: DBAPIError) -> str:
    return " ".join(str(error.orig).split())
