"""Contacts that were not checked again in time say so wherever they stand."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from eligibility.assessment import Assessment, assess
from eligibility.profile import read_profile
from eligibility.report.pdf import render_pdf
from eligibility.report.text import render_text
from eligibility.report.workbook import render_workbook
from eligibility.rulebook.book import Rulebook
from tests.report.companies import MANUFACTURER
from ui.support_card import card

STALE = "核对于 2026-11-22，请先电话核实"


@pytest.fixture
def due(rulebook: Rulebook) -> date:
    return rulebook.review_due(rulebook.agency_list.checked)


def manufacturer(rulebook: Rulebook, on: date) -> Assessment:
    return assess(rulebook, read_profile(MANUFACTURER, rulebook.questions)[0], on=on)


def test_contacts_are_fresh_to_the_last_day_and_stale_on_the_next(rulebook: Rulebook, due: date) -> None:
    [fresh, stale] = [manufacturer(rulebook, on).supports[0].first_door for on in (due, due + timedelta(days=1))]
    assert fresh
    assert stale
    assert (fresh.stale(due), stale.stale(due + timedelta(days=1))) == (False, True)


def form_of(name: str, assessment: Assessment) -> str:
    match name:
        case "text":
            return render_text(assessment)
        case "card":
            return "".join(card(s, assessment) for s in assessment.supports)
        case "pdf":
            return "".join("".join(p.extract_text() for p in PdfReader(BytesIO(render_pdf(assessment))).pages).split())
    book = load_workbook(BytesIO(render_workbook(assessment)))
    return "\n".join(str(v) for sheet in book for row in sheet.iter_rows(values_only=True) for v in row if v)


@pytest.mark.parametrize("form", ["text", "card", "pdf", "workbook"])
def test_every_form_says_so(rulebook: Rulebook, due: date, form: str) -> None:
    words = "".join(STALE.split()) if form == "pdf" else STALE
    assert words not in form_of(form, manufacturer(rulebook, due))
    later = form_of(form, manufacturer(rulebook, due + timedelta(days=1)))
    assert words in later
    assert ("2026-11-22核对" if form == "pdf" else "2026-11-22 核对") not in later


@pytest.mark.parametrize("form", ["pdf", "workbook"])
def test_the_note_on_all_contacts_says_so_too(rulebook: Rulebook, due: date, form: str) -> None:
    words = "核对于 2026 年 11 月 22 日，请先电话核实"
    found = form_of(form, manufacturer(rulebook, due + timedelta(days=1)))
    assert ("".join(words.split()) if form == "pdf" else words) in found
