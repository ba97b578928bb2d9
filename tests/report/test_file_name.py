"""The name under which a report is saved."""

from __future__ import annotations

from datetime import date

import pytest

from eligibility.report.file_name import file_name
from eligibility.rulebook.book import Rulebook
from tests.report.companies import MANUFACTURER, NOBODY, assessed


def test_it_holds_the_company_and_the_day(rulebook: Rulebook) -> None:
    assert file_name(assessed(rulebook, MANUFACTURER), "pdf") == "沈阳某某智能装备制造有限公司-支持政策自测-2026-11-22.pdf"


def test_a_report_of_another_day_has_that_day_in_its_name(rulebook: Rulebook) -> None:
    assert file_name(assessed(rulebook, MANUFACTURER), "json", title="甲公司", on=date(2025, 11, 20)) == "甲公司-支持政策自测-2025-11-20.json"


def test_without_a_name_it_starts_with_what_it_is(rulebook: Rulebook) -> None:
    assert file_name(assessed(rulebook, NOBODY), "xlsx") == "支持政策自测-2026-11-22.xlsx"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "etcpasswd"),
        ('甲:乙*丙?"丁"<戊>|己\\庚', "甲乙丙丁戊己庚"),
        ("甲\u202e乙\x00丙", "甲乙丙"),
        (" .甲. ", "甲"),
        ("///", ""),
    ],
)
def test_what_file_systems_refuse_is_left_out(rulebook: Rulebook, name: str, kept: str) -> None:
    assert file_name(assessed(rulebook, NOBODY), "pdf", title=name) == f"{kept}-支持政策自测-2026-11-22.pdf".lstrip("-")


def test_a_long_name_still_fits(rulebook: Rulebook) -> None:
    made = file_name(assessed(rulebook, NOBODY), "xlsx", title="鑫" * 80)
    assert len(made.encode()) <= 255
    assert made.endswith("鑫-支持政策自测-2026-11-22.xlsx")
