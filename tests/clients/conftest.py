"""The store on both databases, and the people who use it. PostgreSQL is skipped where it is not installed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from eligibility.clients.database import Database
from eligibility.clients.desk import Desk
from eligibility.clients.records import Advisor, Role
from eligibility.clients.tables import Base
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import load
from tests.clients import postgres
from tests.harbour import HARBOUR

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    if reason := postgres.unusable():
        pytest.skip(reason)
    with postgres.server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'clients.sqlite3'}"
    url: str = request.getfixturevalue("postgres_url")
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        if connection.scalar(text("SELECT to_regclass('client')")) is not None:
            connection.execute(text(f"TRUNCATE {', '.join(t.name for t in Base.metadata.sorted_tables)}"))
    engine.dispose()
    return url


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = Database(url)
    yield opened
    opened.close()


@pytest.fixture
def desk(database: Database) -> Desk:
    """The lead of one incubator."""
    return Desk(database, Advisor("王芳", "north", Role.LEAD))


@pytest.fixture
def colleague(database: Database) -> Desk:
    """An advisor of the same incubator."""
    return Desk(database, Advisor("李强", "north"))


@pytest.fixture
def stranger(database: Database) -> Desk:
    """The lead of another incubator."""
    return Desk(database, Advisor("赵敏", "south", Role.LEAD))


@pytest.fixture(scope="session")
def harbour() -> Rulebook:
    return load(HARBOUR)
