"""The API on the small harbour rulebook and on the real one, without anything around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from api.routes import routes
from eligibility.library import Library
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import DEFAULT_RULES, load
from eligibility.scenarios import Scenario, read_scenarios
from tests.browser.driving import Server
from tests.conftest import DAY
from tests.harbour import HARBOUR


def client_of(rulebook: Callable[[], Rulebook], scenarios: list[Scenario] | None = None, *, per_minute: int = 1_000_000, origins: tuple[str, ...] = ()) -> TestClient:
    """An application that is nothing but the API, on a fixed day."""
    app = Starlette(routes=routes(rulebook, lambda book: Library(book, scenarios or ()), lambda: DAY, per_minute=per_minute, origins=origins))
    return TestClient(app, raise_server_exceptions=False)


@pytest.fixture(scope="session")
def harbour() -> Rulebook:
    return load(HARBOUR)


@pytest.fixture(scope="session")
def client(harbour: Rulebook) -> TestClient:
    """The harbour's."""
    return client_of(lambda: harbour)


@pytest.fixture(scope="session")
def liaoning(rulebook: Rulebook) -> TestClient:
    """The real rulebook's."""
    return client_of(lambda: rulebook, [scenario for scenario, _ in read_scenarios(DEFAULT_RULES)])


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The whole application, on the small rulebook, for whom a thousand requests a second are not too many."""
    running = Server(tmp_path_factory.mktemp("data"), ELIGIBILITY_RULES=str(HARBOUR), ELIGIBILITY_API_PER_MINUTE="1000000")
    yield running
    running.stop()
