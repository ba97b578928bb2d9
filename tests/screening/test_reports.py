"""What comes out of a screening: one workbook, one zip of PDFs, plain data; and the command that makes them."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from eligibility.assessment import Assessment, Verdict, assess
from eligibility.report import screening_archive
from eligibility.report.labels import VERDICTS
from eligibility.report.ledger_problems import problems
from eligibility.report.screening_archive import write_reports
from eligibility.report.screening_data import screening_data
from eligibility.report.screening_workbook import render_screening
from eligibility.rulebook.book import Rulebook
from eligibility.screening.ledger import Reading, open_ledger
from eligibility.screening.screening import Screening, look_up, screen
from tests.conftest import DAY
from tests.screening.files import csv_file

ROOT = Path(__file__).parents[2]
HOSTILE = ['=HYPERLINK("http://x","y")', "<script>alert(1)</script>", "'); DROP TABLE clients;--", "𠮷野家🏭公司", "甲/乙\\丙:丁"]
ROWS = [["企业名称", "营业收入（元）", "主体", "城市", "资质", "备注"], *([name, 12000000, "企业", "沈阳", "高企", "x"] for name in HOSTILE), ["己公司", "一千多", None, None, None, None]]


@pytest.fixture(scope="module")
def reading(rulebook: Rulebook) -> Reading:
    return open_ledger(csv_file(ROWS, "utf-8"), "台账.csv", rulebook).read()


@pytest.fixture(scope="module")
def screening(rulebook: Rulebook, reading: Reading) -> Screening:
    return screen(rulebook, reading.clients, on=DAY)


def test_the_workbook_says_what_the_screening_says(rulebook: Rulebook, reading: Reading, screening: Screening) -> None:
    book = load_workbook(BytesIO(render_screening(screening, reading)))
    assert book.sheetnames == ["总表", "明细", "反查", "缺口", "要联系的部门", "数据问题", "说明"]
    matrix = [list(row) for row in book["总表"].iter_rows(values_only=True)]
    titles = matrix[1][6:]
    assert len(titles) == len(rulebook.supports)
    signs = dict(zip(titles, matrix[2][6:], strict=True))
    for entry in assess(rulebook, screening.clients[0].profile, on=DAY).supports:
        assert signs[entry.support.title] == VERDICTS[entry.verdict].symbol
    assert [row[2:6] for row in matrix[2:]] == [[screening.counts(n)[v] for v in Verdict] for n in range(len(HOSTILE) + 1)]

    details = list(book["明细"].iter_rows(min_row=2, values_only=True))
    assert len(details) == sum(n for c in range(len(screening.clients)) for v, n in screening.counts(c).items() if v is not Verdict.EXCLUDED)
    assert all(row[6] or row[7] for row in details)  # each says why, or what is wanting

    lookups = {row[10]: row for row in book["反查"].iter_rows(min_row=2, values_only=True)}
    for id_ in rulebook.supports:
        found = look_up(screening, id_)
        assert lookups[id_][3:8] == (len(found.matched), len(found.to_ask), len(found.one_short), len(found.further), found.excluded)

    problems = list(book["数据问题"].iter_rows(min_row=2, values_only=True))
    assert ("没有用上的格", 7, "营业收入（元）", "“一千多”不是数字", "请只写数字，单位是元。") in problems
    assert ("没有用上的列", "", "备注", "认不出是哪一题，没有用。", "") in problems
    assert sum(row[3] == "12,000,000 元 → 1,200 万元" for row in problems) == 5


def test_how_to_name_a_unit_is_shown_by_one_that_fits_the_question(rulebook: Rulebook) -> None:
    rows = [["企业名称", "营业收入", "从业人员"], ["甲", 5, 20]]
    listed = problems(open_ledger(csv_file(rows, "utf-8"), "a.csv", rulebook).read())
    assert [row[2:] for row in listed] == [
        ("营业收入", "列名里没有写单位，没有写单位的数按万元读", "不是这个单位的，请在列名后写明单位，如（元）。"),
        ("从业人员", "列名里没有写单位，没有写单位的数按人读", "请在列名后写明单位，如（人）。"),
    ]


def test_no_cell_of_the_workbook_runs(reading: Reading, screening: Screening) -> None:
    book = load_workbook(BytesIO(render_screening(screening, reading)))
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None]
    assert not [c.coordinate for c in cells if c.data_type == "f"]
    names = [row[0] for row in book["总表"].iter_rows(min_row=3, values_only=True)]
    assert names == ["'" + HOSTILE[0], *HOSTILE[1:], "己公司"]


def test_the_same_screening_gives_the_same_bytes(reading: Reading, screening: Screening) -> None:
    assert render_screening(screening, reading) == render_screening(screening, reading)


def test_the_zip_holds_a_report_for_everyone_under_a_safe_name_of_its_own(screening: Screening) -> None:
    target = BytesIO()
    assert write_reports(screening, target) == ()
    with ZipFile(target) as archive:
        names = archive.namelist()
        assert len(set(names)) == len(names) == len(HOSTILE) + 2
        assert not [n for n in names if set(n) & set('/\\:*?"<>|')]
        assert names[3] == "4-𠮷野家🏭公司-支持政策自测-2026-11-22.pdf"
        assert "己公司" in "".join(PdfReader(BytesIO(archive.read(names[5]))).pages[0].extract_text().split())
        assert "做出报告 6 份" in archive.read("说明.txt").decode("utf-8-sig")


def test_a_report_that_cannot_be_made_is_named_and_the_others_are_made(screening: Screening, monkeypatch: pytest.MonkeyPatch) -> None:
    def fragile(assessment: Assessment, *, title: str, overrides: object) -> bytes:
        if "DROP" in title:
            raise ValueError
        return b"%PDF"

    monkeypatch.setattr(screening_archive, "render_pdf", fragile)
    target, told = BytesIO(), []
    (missing,) = write_reports(screening, target, lambda done, of: told.append((done, of)))
    assert (missing.client, missing.why) == (HOSTILE[2], "ValueError")
    assert told == [(6, 6)]
    with ZipFile(target) as archive:
        assert sum(n.endswith(".pdf") for n in archive.namelist()) == 5
        assert f"- {HOSTILE[2]}（ValueError）" in archive.read("说明.txt").decode("utf-8-sig")


def test_plain_data_holds_every_verdict_and_every_fault(rulebook: Rulebook, reading: Reading, screening: Screening) -> None:
    data = json.loads(json.dumps(screening_data(screening, reading), ensure_ascii=False))
    assert [c["name"] for c in data["clients"]] == [*HOSTILE, "己公司"]
    for place, client in enumerate(data["clients"]):
        assert client["verdicts"] == {id_: screening.verdict(place, id_).value for id_ in rulebook.supports}
        assert client["lacks"].keys() == {id_ for id_, v in client["verdicts"].items() if v in ("open", "near")}
    assert data["ledger"]["faults"] == [{"row": 7, "column": "营业收入（元）", "what": "“一千多”不是数字", "remedy": "请只写数字，单位是元。"}]
    assert data["gaps"][0]["clients"] >= data["gaps"][1]["clients"]
