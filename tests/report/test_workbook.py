"""The workbook, read back with another library."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from eligibility.assessment import Verdict
from eligibility.report.labels import VERDICTS
from eligibility.report.spreadsheet import inert
from eligibility.report.wording import DISCLAIMER, of
from eligibility.report.workbook import render_workbook
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.models import Strength
from tests.report.companies import CHAMPION, MANUFACTURER, NOBODY, TEAM, assessed


def read(workbook: bytes) -> Workbook:
    return load_workbook(BytesIO(workbook))


def rows(book: Workbook, sheet: str) -> list[dict[str, object]]:
    head, *body = book[sheet].iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in body]


@pytest.fixture(scope="module")
def book(rulebook: Rulebook) -> Workbook:
    return read(render_workbook(assessed(rulebook, MANUFACTURER)))


def test_every_support_has_a_row(rulebook: Rulebook, book: Workbook) -> None:
    found = rows(book, "结果")
    assert {r["编号"] for r in found} == set(rulebook.supports)
    assert len(found) == len(rulebook.supports)


def test_a_row_says_what_the_assessment_says(rulebook: Rulebook, book: Workbook) -> None:
    found = {r["编号"]: r for r in rows(book, "结果")}
    for entry in assessed(rulebook, MANUFACTURER).supports:
        row = found[entry.support.id]
        assert VERDICTS[entry.verdict].name in str(row["结论"])
        assert row["支持"] == entry.support.title
        assert row["文件原话"] == "\n".join(s.quote for s in entry.support.sources)
        assert row["先联系"] == (entry.first_door.name if entry.first_door else "")
        assert row["提醒"] == (entry.caution or "")
        assert bool(row["不满足的条件"]) == (entry.verdict in (Verdict.EXCLUDED, Verdict.NEAR))


def test_missing_answers_and_steps_are_spelled_out(rulebook: Rulebook) -> None:
    open_row = next(r for r in rows(read(render_workbook(assessed(rulebook, NOBODY))), "结果"))
    assert "还要弄清：" in str(open_row["还差什么"])
    near = of(assessed(rulebook, CHAMPION), Verdict.NEAR)[0]
    row = next(r for r in rows(read(render_workbook(assessed(rulebook, CHAMPION))), "结果") if r["编号"] == near.support.id)
    assert row["补什么"] == "\n".join(near.steps)


def test_the_header_stays_and_filters(book: Workbook) -> None:
    for sheet in book:
        assert sheet.freeze_panes is not None
        assert sheet.freeze_panes.endswith("2")
        assert sheet.auto_filter.ref == sheet.dimensions
        assert sheet.column_dimensions["A"].width > 8


def test_agencies_count_what_to_ask_them(rulebook: Rulebook, book: Workbook) -> None:
    assessment = assessed(rulebook, MANUFACTURER)
    alive = [e for e in assessment.supports if e.verdict is not Verdict.EXCLUDED]
    for row in rows(book, "要联系的部门"):
        assert row["先联系它的项数"] == sum(e.first_door is not None and e.first_door.name == row["今名"] for e in alive)
        assert row["一共涉及的项数"] == sum(row["今名"] in [d.name for d in e.doors] for e in alive)


def test_answers_given_and_not_given_are_told_apart(rulebook: Rulebook) -> None:
    found = {r["题目"]: r for r in rows(read(render_workbook(assessed(rulebook, TEAM))), "我的回答")}
    assert len(found) > len(TEAM)
    assert found[rulebook.questions["city"].text]["您填的"] == "鞍山市"
    hanging = {q for entry in assessed(rulebook, TEAM).supports for q in entry.missing} - TEAM.keys()
    assert hanging
    assert all("没有回答" in str(found[rulebook.questions[q].text]["您填的"]) for q in hanging)


def test_the_documents_the_version_and_the_disclaimer_are_named(rulebook: Rulebook, book: Workbook) -> None:
    told = "".join(str(r["内容"]) for r in rows(book, "说明"))
    assert all(p.title in told for p in rulebook.policies.values())
    assert rulebook.version in told
    assert DISCLAIMER in told


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＠SUM"])
def test_nothing_in_a_cell_can_run(evil: str) -> None:
    assert inert(evil) == f"'{evil}"


def test_ordinary_text_is_left_alone() -> None:
    assert [inert(t) for t in ("某公司", "1+1", "'=1", "")] == ["某公司", "1+1", "'=1", ""]


@pytest.mark.parametrize("evil", ["=HYPERLINK(\"http://example.com\",\"x\")", "@cmd", "+1"])
def test_a_hostile_name_is_text(rulebook: Rulebook, evil: str) -> None:
    book = read(render_workbook(assessed(rulebook, MANUFACTURER | {"company_name": evil})))
    for sheet in book:
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" for cell in row)
            assert not [cell.value for cell in row if str(cell.value).startswith(evil)]
    assert rows(book, "说明")[0]["内容"] == f"'{evil}"


def test_the_same_assessment_gives_the_same_bytes(rulebook: Rulebook) -> None:
    assert render_workbook(assessed(rulebook, MANUFACTURER)) == render_workbook(assessed(rulebook, MANUFACTURER))


def test_it_is_dated_from_the_assessment(book: Workbook) -> None:
    assert book.properties.created == datetime(2026, 11, 22)


def test_the_best_come_first(rulebook: Rulebook) -> None:
    assessment = assessed(rulebook, CHAMPION)
    direct = of(assessment, Verdict.MATCHED, Strength.DIRECT)
    first = [r["编号"] for r in rows(read(render_workbook(assessment)), "结果")][: len(direct)]
    assert set(first) == {e.support.id for e in direct}
