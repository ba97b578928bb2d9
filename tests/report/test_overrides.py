"""An advisor's own verdicts: shown as such in everything that is handed out, with the program's beside them; without any, nothing differs."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from io import BytesIO, StringIO
from itertools import permutations

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from eligibility.assessment import Assessment, Verdict, assess
from eligibility.override import Override, actionable, laid, standing_at
from eligibility.profile import read_profile
from eligibility.report.outline import outline
from eligibility.report.overrides import overlaid
from eligibility.report.pdf import render_pdf
from eligibility.report.screening_archive import reports
from eligibility.report.screening_data import screening_data
from eligibility.report.screening_table import write_csv
from eligibility.report.screening_workbook import render_screening
from eligibility.report.text import render_text
from eligibility.report.wording import headline
from eligibility.report.workbook import render_workbook
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.models import Strength
from eligibility.screening.clients import Client
from eligibility.screening.screening import screen
from tests.conftest import DAY
from tests.report.companies import MANUFACTURER

AT = datetime(2026, 11, 20, 4, tzinfo=UTC)


@pytest.fixture(scope="module")
def assessment(rulebook: Rulebook) -> Assessment:
    return assess(rulebook, read_profile(MANUFACTURER, rulebook.questions)[0], on=DAY)


def override(assessment: Assessment, was: Verdict, becomes: Verdict, *, strength: Strength | None = None, reason: str = "窗口答复") -> Override:
    entry = next(e for e in assessment.supports if e.verdict is was and strength in (None, e.support.strength))
    return Override(f"{was}{becomes}", entry.support.id, becomes, was, reason, "王芳", AT)


def text(pdf: bytes) -> str:
    return "".join("".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def sheet(workbook: bytes, name: str) -> list[tuple[object, ...]]:
    return list(load_workbook(BytesIO(workbook))[name].values)


def test_without_overrides_the_bytes_are_the_same(assessment: Assessment) -> None:
    withdrawn = Override("1", assessment.supports[0].support.id, Verdict.MATCHED, Verdict.OPEN, "误", "王芳", AT, AT, "王芳")
    assert laid(assessment, ()) is assessment
    assert render_pdf(assessment, overrides=[withdrawn]) == render_pdf(assessment)
    assert render_workbook(assessment, overrides=[withdrawn]) == render_workbook(assessment)


@pytest.mark.parametrize(("was", "becomes"), list(permutations([Verdict.MATCHED, Verdict.OPEN, Verdict.EXCLUDED], 2)) + [(v, Verdict.NEAR) for v in (Verdict.MATCHED, Verdict.OPEN, Verdict.EXCLUDED)])
def test_every_turn_is_told_in_the_pdf_with_the_programs_verdict_beside_it(assessment: Assessment, was: Verdict, becomes: Verdict) -> None:
    made = override(assessment, was, becomes, reason="电话里说的原话甲乙丙")
    said = text(render_pdf(assessment, overrides=[made]))
    (shown,) = [s for s in overlaid(assessment, [made]) if s.override]
    title = "".join(shown.entry.support.title.split())
    assert "顾问改判的（1项）" in said
    assert title in said
    assert "".join(shown.text.split()) in said
    assert "改判是顾问的意见，不是审批结论" in said


def test_a_direct_match_by_override_has_its_card_and_says_so_first(assessment: Assessment) -> None:
    made = override(assessment, Verdict.OPEN, Verdict.MATCHED, strength=Strength.DIRECT)
    said = text(render_pdf(assessment, overrides=[made]))
    assert "顾问改判王芳于2026-11-20改判为“现在就对应”（程序判为“还差一项信息”）。理由：窗口答复。" in said


def test_the_headline_and_the_counts_follow_the_verdict_that_counts(assessment: Assessment) -> None:
    made = override(assessment, Verdict.MATCHED, Verdict.EXCLUDED, strength=Strength.DIRECT)
    shown = laid(assessment, [made])
    assert shown.counts[Verdict.MATCHED] == assessment.counts[Verdict.MATCHED] - 1
    assert headline(shown) != headline(assessment)
    assert "".join(headline(shown).split()) in text(render_pdf(assessment, overrides=[made]))
    assert all(e.support.id != made.support for e in actionable(assessment, [made]).supports)


def test_what_an_advisor_excluded_is_nothing_to_do_first(assessment: Assessment) -> None:
    matched = [e for e in assessment.supports if e.verdict is Verdict.MATCHED]
    made = [Override(e.support.id, e.support.id, Verdict.EXCLUDED, Verdict.MATCHED, "停办", "王芳", AT) for e in matched]
    assert [s for s in outline(assessment, "甲")["first_steps"] if s["text"].startswith("联系")]
    assert not [s for s in outline(assessment, "甲", made)["first_steps"] if s["text"].startswith("联系")]


def test_the_workbook_has_the_verdict_that_counts_the_programs_and_who_said_so(assessment: Assessment) -> None:
    made = override(assessment, Verdict.EXCLUDED, Verdict.NEAR, reason="=1+1")
    workbook = render_workbook(assessment, overrides=[made])
    head, *rows = sheet(workbook, "结果")
    assert head[:4] == ("结论", "程序的判断", "顾问改判", "力度")
    (row,) = [r for r in rows if r[-1] == made.support]
    assert row[:2] == ("◐ 补一个条件就对应", "× 不对应")
    assert row[2] == "王芳于 2026-11-20 改判为“补一个条件就对应”（程序判为“不对应”）。理由：=1+1。"
    assert all(r[2] in (None, "") and r[0] == r[1] for r in rows if r[-1] != made.support)
    assert "有 1 项按顾问的判断列出" in str(dict(sheet(workbook, "说明"))["顾问改判"])


def test_a_screening_marks_the_cells_that_an_advisor_turned(rulebook: Rulebook, assessment: Assessment) -> None:
    made = override(assessment, Verdict.OPEN, Verdict.MATCHED)
    title = rulebook.supports[made.support].title
    clients = [Client("甲", assessment.profile, overrides=(made,)), Client("乙", assessment.profile)]
    workbook = render_screening(screen(rulebook, clients, on=DAY))
    matrix = sheet(workbook, "总表")
    column = matrix[1].index(title)
    assert (matrix[2][column], matrix[3][column]) == ("○→●", "○")
    matched, open_, near, excluded = matrix[3][2:6]
    assert matrix[2][2:6] == (matched + 1, open_ - 1, near, excluded)
    looked_up = {r[0]: r for r in sheet(workbook, "反查")}[title]
    assert looked_up[3] == 1
    assert looked_up[8] == "甲"
    assert [r[:4] for r in sheet(workbook, "改判")[1:]] == [("甲", title, "现在就对应", "还差一项信息")]
    assert "改判" in dict(sheet(workbook, "说明"))
    plain = render_screening(screen(rulebook, clients[1:], on=DAY))
    assert "改判" not in load_workbook(BytesIO(plain)).sheetnames


def test_the_long_table_the_data_and_the_reports_of_a_screening_say_so_too(rulebook: Rulebook, assessment: Assessment) -> None:
    made = override(assessment, Verdict.OPEN, Verdict.MATCHED)
    screening = screen(rulebook, [Client("甲", assessment.profile, overrides=(made,)), Client("乙", assessment.profile)], on=DAY)
    target = BytesIO()
    write_csv(screening, target)
    table = list(csv.DictReader(StringIO(target.getvalue().decode("utf-8-sig"))))
    turned = [r for r in table if r["顾问判为"]]
    assert [(r["企业"], r["支持编号"], r["结论"], r["顾问判为"]) for r in turned] == [("甲", made.support, "还差一项信息", "现在就对应")]
    first, second = screening_data(screening)["clients"]
    assert first["overrides"] == [made.as_data()]
    assert "overrides" not in second
    first_report, second_report = reports(screening)
    assert "顾问改判的（1项）" in text(first_report.pdf)
    assert second_report.pdf == render_pdf(screening.assessment(1), title="乙")


def test_of_overrides_those_count_that_stood_at_the_moment(assessment: Assessment) -> None:
    first, second = assessment.supports[0].support.id, assessment.supports[1].support.id
    early, late = (datetime(2026, 1, day, tzinfo=UTC) for day in (1, 20))
    withdrawn = Override("1", first, Verdict.MATCHED, Verdict.OPEN, "问过", "王芳", early, late, "李强")
    made_later = Override("2", second, Verdict.MATCHED, Verdict.OPEN, "问过", "王芳", late)
    assert [(o.id, o.withdrawn) for o in standing_at([withdrawn, made_later], datetime(2026, 1, 10, tzinfo=UTC))] == [("1", None)]
    assert [o.id for o in standing_at([withdrawn, made_later], late)] == ["2"]
    assert standing_at([withdrawn, made_later], datetime(2025, 12, 31, tzinfo=UTC)) == ()


def test_an_override_that_the_program_has_left_behind_asks_to_be_looked_at_again(assessment: Assessment) -> None:
    entry = next(e for e in assessment.supports if e.verdict is Verdict.MATCHED)
    made = Override("1", entry.support.id, Verdict.EXCLUDED, Verdict.OPEN, "去年停办", "王芳", AT)
    assert "现在程序判为“现在就对应”，请重新核对" in text(render_pdf(assessment, overrides=[made]))
    assert "改判" not in render_text(assessment)
