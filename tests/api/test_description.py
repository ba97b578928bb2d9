"""The API as it runs, held against its own description."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import jsonschema
from starlette.testclient import TestClient

from eligibility.profile import read_profile
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import DEFAULT_RULES
from eligibility.scenarios import read_scenarios
from tests.browser.driving import Server

_SCHEMATHESIS = "from schemathesis.cli import schemathesis; schemathesis()"


def test_schemathesis_finds_nothing_that_differs(server: Server, tmp_path: Path) -> None:
    command = [sys.executable, "-c", _SCHEMATHESIS, "run", f"{server.url}/api/openapi.json", "--max-examples", "8", "--seed", "1", "--no-color", "--generation-database", "none"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-5000:]
    tried = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
    assert tried is not None
    assert tried[1] == tried[2]
    assert int(tried[1]) > 80


def test_every_address_is_described(client: TestClient) -> None:
    paths = client.get("/api/openapi.json").json()["paths"]
    assert {f"{method} {path}" for path, methods in paths.items() for method in methods} == {
        "get /healthz",
        "get /api/openapi.json",
        "get /api/rulebook",
        "get /api/questions",
        "post /api/assess",
        "post /api/report.pdf",
    }


def test_results_on_the_real_rulebook_are_as_described(liaoning: TestClient, rulebook: Rulebook) -> None:
    described = liaoning.get("/api/openapi.json").json()
    scenario, _ = read_scenarios(DEFAULT_RULES)[0]
    answers = read_profile(scenario.answers, rulebook.questions)[0].as_data()
    results = {
        "ResultData": liaoning.post("/api/assess", json={"answers": {**answers, "staf": 1}}).json(),
        "RulebookFile": liaoning.get("/api/rulebook").json(),
    }
    for shape, data in results.items():
        schema = {"$ref": f"#/components/schemas/{shape}", "components": described["components"]}
        jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(data)


def test_the_example_is_a_worked_case_of_the_rulebook(liaoning: TestClient) -> None:
    content = liaoning.get("/api/openapi.json").json()["paths"]["/api/assess"]["post"]["requestBody"]["content"]["application/json"]
    (example,) = content["examples"].values()
    found = liaoning.post("/api/assess", json=example["value"]).json()
    assert found["problems"] == []
    assert found["counts"]["matched"] > 0


def test_what_is_described_is_in_chinese(client: TestClient) -> None:
    """No sentence meant for programmers of this project gets out."""

    def texts(part: object) -> Iterator[str]:
        if isinstance(part, dict):
            yield from (v for k, v in part.items() if k in ("description", "summary") and isinstance(v, str))
            for inner in part.values():
                yield from texts(inner)
        elif isinstance(part, list):
            for inner in part:
                yield from texts(inner)

    assert [t for t in texts(client.get("/api/openapi.json").json()) if not re.search(r"[\u4e00-\u9fff]", t)] == []
