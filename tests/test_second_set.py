"""A second set of documents, in another language and another domain, runs through the same program from `check` to every form of the result."""

from __future__ import annotations

import json
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from tests.harbour import FERRY, HARBOUR

ROOT = Path(__file__).parents[1]
STALE = "规则最近核对于 2026 年 10 月 1 日，请先电话核实"


def assessed(form: str, on: str) -> bytes:
    words = ["assess", "-", "--rules", str(HARBOUR), "--format", form, "--on", on]
    done = subprocess.run([sys.executable, "-m", "eligibility", *words], cwd=ROOT, capture_output=True, input=json.dumps(FERRY).encode())
    assert (done.returncode, done.stderr.decode()) == (0, "")
    return done.stdout


def plain(form: str, content: bytes) -> str:
    """All that a reader of the result can read, line breaks taken out."""
    match form:
        case "pdf":
            text = "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
        case "xlsx":
            text = "".join(str(c) for sheet in load_workbook(BytesIO(content)) for row in sheet.iter_rows(values_only=True) for c in row if c is not None)
        case _:
            text = content.decode()
    return "".join(text.split())


@pytest.mark.parametrize("form", ["text", "json", "pdf", "xlsx"])
def test_every_form_shows_what_the_documents_give_and_when_they_were_reviewed_too_long_ago(form: str) -> None:
    fresh, stale = (plain(form, assessed(form, on)) for on in ("2027-10-01", "2027-10-02"))
    for text in (fresh, stale):
        assert "Getpartofanelectricenginepaid" in text
        assert "Charterarticleone" in text
        assert "WestQuayTreasury" in text
    mark = "".join(STALE.split())
    assert mark not in fresh
    assert mark in stale


def test_relations_between_supports_are_told_from_both_ends() -> None:
    data = {s["id"]: s for s in json.loads(assessed("json", "2026-11-22"))["supports"]}
    assert data["slipway"]["see_also"] == ["night-berth"]
    assert data["night-berth"]["see_also"] == ["slipway"]
    assert data["advice"]["see_also"] == data["advice"]["supersedes"] == []
    assert data["advice"]["superseded_by"] is None


def test_documents_carry_their_dates() -> None:
    charter, order = json.loads(assessed("json", "2026-11-22"))["rulebook"]["policies"]
    assert (charter["issued"], charter["effective"], charter["reviewed"]) == ("2025-03-01", "2025-05-01", "2026-10-01")
    assert (order["issued"], order["effective"], order["reviewed"]) == ("2011-06-30", None, "2026-10-01")
