"""What the API answers is what the command line writes and the library makes."""

from __future__ import annotations

import json
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote

import jsonschema
import pytest
from pypdf import PdfReader
from starlette.testclient import TestClient

from eligibility.assessment import assess
from eligibility.profile import read_profile
from eligibility.report.pdf import render_pdf
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import DEFAULT_RULES
from eligibility.rulebook_file import rulebook_schema
from eligibility.scenarios import read_scenarios
from tests.conftest import DAY

ROOT = Path(__file__).parents[2]


def command(*words: str, stdin: str | None = None) -> object:
    done = subprocess.run([sys.executable, "-m", "eligibility", *words], cwd=ROOT, capture_output=True, input=stdin.encode() if stdin else None)
    return json.loads(done.stdout, object_pairs_hook=list)  # the order of the keys counts too


def in_order(content: bytes) -> object:
    return json.loads(content, object_pairs_hook=list)


@pytest.fixture(scope="module")
def answers(rulebook: Rulebook) -> dict[str, object]:
    """A worked case of the rulebook, one answer misspelt."""
    scenario, _ = read_scenarios(DEFAULT_RULES)[0]
    return {**read_profile(scenario.answers, rulebook.questions)[0].as_data(), "company_name": "沈阳甲公司", "staf": 12}


def test_an_assessment_is_what_the_command_line_writes(liaoning: TestClient, answers: dict[str, object]) -> None:
    found = liaoning.post("/api/assess", json={"answers": answers, "on": "2025-03-01"})
    assert found.status_code == 200
    assert in_order(found.content) == command("assess", "-", "--format", "json", "--on", "2025-03-01", stdin=json.dumps(answers))
    assert found.json()["problems"] == [{"question": "staf", "what": "没有这道题", "remedy": "是不是“staff”？"}]
    assert found.json()["answers"]["company_name"] == "沈阳甲公司"


def test_without_a_day_it_is_today(liaoning: TestClient) -> None:
    assert [liaoning.post("/api/assess", json=body).json()["on"] for body in ({"answers": {}}, {"answers": {}, "on": None})] == [DAY.isoformat()] * 2


def test_the_report_is_the_library_s_to_the_byte(liaoning: TestClient, rulebook: Rulebook, answers: dict[str, object]) -> None:
    found = liaoning.post("/api/report.pdf", json={"answers": answers})
    assert (found.status_code, found.headers["content-type"], found.headers["answers-not-used"]) == (200, "application/pdf", "1")
    assert unquote(found.headers["content-disposition"]) == "attachment; filename=\"report.pdf\"; filename*=UTF-8''沈阳甲公司-支持政策自测-2026-11-22.pdf"
    assert found.content == render_pdf(assess(rulebook, read_profile(answers, rulebook.questions)[0], on=DAY))
    assert "沈阳甲公司" in PdfReader(BytesIO(found.content)).pages[0].extract_text()


def test_the_rulebook_is_what_the_command_line_writes(liaoning: TestClient) -> None:
    found = liaoning.get("/api/rulebook")
    assert in_order(found.content) == command("rulebook")
    jsonschema.validate(found.json(), rulebook_schema())


def test_the_questions_are_what_the_command_line_writes(liaoning: TestClient) -> None:
    assert in_order(liaoning.get("/api/questions").content) == command("questions", "--json")


@pytest.mark.parametrize("path", ["/api/rulebook", "/api/questions", "/api/openapi.json"])
def test_what_has_not_changed_is_not_sent_again(client: TestClient, path: str) -> None:
    first = client.get(path)
    assert first.headers["cache-control"] == "no-cache"
    etag = first.headers["etag"]
    for known in (etag, etag.removeprefix("W/"), f'"other", {etag}', "*"):
        again = client.get(path, headers={"if-none-match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag), known
    assert client.get(path, headers={"if-none-match": '"other"'}).status_code == 200


def test_other_rules_have_another_mark(client: TestClient, liaoning: TestClient) -> None:
    assert client.get("/api/questions").headers["etag"] != liaoning.get("/api/questions").headers["etag"]


def test_answers_are_not_kept_by_anybody_on_the_way(client: TestClient) -> None:
    for path in ("/api/assess", "/api/report.pdf"):
        assert client.post(path, json={"answers": {}}).headers["cache-control"] == "no-store"


def test_the_program_says_whether_it_can_work(client: TestClient, harbour: Rulebook) -> None:
    assert client.get("/healthz").json() == {"status": "ok", "rulebook": harbour.version}
