"""The commands for ledgers: what they write, what they say, and how they end."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from eligibility.report.labels import VERDICTS
from eligibility.report.screening_table import COLUMNS
from eligibility.rulebook.book import Rulebook
from eligibility.screening.ledger import open_ledger
from eligibility.screening.screening import screen
from tests.conftest import DAY
from tests.harbour import HARBOUR, edited
from tests.screening.files import csv_file, workbook

ROOT = Path(__file__).parents[2]
HOSTILE = ["=1+1", "<script>alert(1)</script>", "'); DROP TABLE clients;--", "𠮷野家🏭", "＠甲"]


def rows_of(path: Path) -> list[list[str]]:
    """A .csv as a spreadsheet program reads it."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def run(*words: str | Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "eligibility", *map(str, words), "--on", "2026-11-22"], cwd=ROOT, capture_output=True)


def test_the_command_tells_faults_by_row_and_column_and_still_writes(tmp_path: Path, rulebook: Rulebook) -> None:
    ledger, out = tmp_path / "台账.csv", tmp_path / "out.json"
    ledger.write_bytes(csv_file([["企业名称", "营业收入（万元）"], ["甲", "一千多"]], "gb18030"))
    done = run("screen", ledger, "--format", "json", "-o", out)
    table = ["行  列                情况              怎么改", "2   营业收入（万元）  “一千多”不是数字  请只写数字，单位是万元。"]
    assert (done.returncode, done.stderr.decode().splitlines()) == (1, table)
    beside = tmp_path / "out.json-数据问题.csv"
    assert done.stdout.decode() == f"1 家企业，{len(rulebook.supports)} 项支持，已写在 {out}。有 1 处没有用上，按“不清楚”处理，见 {beside}。\n"
    assert rows_of(beside) == [["哪一类", "行", "列", "情况", "怎么改"], ["没有用上的格", "2", "营业收入（万元）", "“一千多”不是数字", "请只写数字，单位是万元。"]]
    assert json.loads(out.read_bytes())["clients"][0]["name"] == "甲"


def test_the_problems_of_an_earlier_run_do_not_outlive_it_and_those_of_other_results_do(tmp_path: Path) -> None:
    faulty, clean = tmp_path / "错.csv", tmp_path / "对.csv"
    faulty.write_bytes(csv_file([["企业名称", "营业收入（万元）"], ["甲", "一千多"]], "utf-8"))
    clean.write_bytes(csv_file([["企业名称", "营业收入（万元）"], ["甲", 5]], "utf-8"))
    for out in ("全省.2026-10", "全省.csv", "全省.json"):
        assert run("screen", faulty, "--format", "json", "-o", tmp_path / out).returncode == 1
    found = [p.name for p in sorted(tmp_path.glob("*问题*"))]
    assert found == ["全省.2026-10-数据问题.csv", "全省.csv-数据问题.csv", "全省.json-数据问题.csv"]
    assert run("screen", clean, "--format", "json", "-o", tmp_path / "全省.json").returncode == 0
    assert [p.name for p in sorted(tmp_path.glob("*问题*"))] == found[:2]


def test_problems_of_an_earlier_run_that_cannot_be_removed_take_nothing_from_the_result(tmp_path: Path) -> None:
    ledger, out, folder = tmp_path / "boats.csv", tmp_path / "out.json", tmp_path / "pdf"
    ledger.write_bytes(csv_file([["Name", "Trade"], ["Gull", "ferry"]], "utf-8"))
    earlier = tmp_path / "out.json-数据问题.csv"
    earlier.mkdir()
    done = run("screen", ledger, "--rules", HARBOUR, "-o", out, "--pdf-dir", folder)
    assert (done.returncode, done.stdout.decode()) == (2, f"1 家企业，10 项支持，已写在 {out}。每家的 PDF 在 {folder}。\n")
    assert done.stderr.decode().startswith(f"删不掉 {earlier}（")
    assert (out.is_file(), len(list(folder.glob("*.pdf")))) == (True, 1)


@pytest.mark.parametrize(
    ("ledger", "words", "told"),
    [
        ("a.csv", ("-o", "{}/a.csv"), "-o 写的就是台账本身（{}/a.csv）"),
        ("a.csv", ("-o", "{}/new/../a.csv"), "-o 写的就是台账本身（{}/a.csv）"),
        ("a.csv", ("-o", "{}/other.csv"), "-o 写的就是台账本身（{}/a.csv）"),
        ("out.json-数据问题.csv", ("-o", "{}/out.json"), "结果旁边的“数据问题”就是台账本身（{}/out.json-数据问题.csv）"),
        ("a.csv", ("-o", "{}/map.yaml", "--format", "json", "--columns", "{}/map.yaml"), "-o 写的就是列对照（{}/map.yaml）"),
        ("a.csv", ("-o", "{}/out.json", "--save-columns", "{}/a.csv"), "--save-columns 写的就是台账本身（{}/a.csv）"),
        ("a.csv", ("-o", "{}/out.json", "--save-columns", "{}/out.json"), "--save-columns 写的就是 -o 的结果（{}/out.json）"),
        ("a.csv", ("-o", "{}/out.json", "--save-columns", "{}/out.json-数据问题.csv"), "--save-columns 写的就是结果旁边的“数据问题”（{}/out.json-数据问题.csv）"),
    ],
)
def test_nothing_that_is_needed_is_written_over(tmp_path: Path, ledger: str, words: tuple[str, ...], told: str) -> None:
    content = csv_file([["Name", "Trade"], ["Gull", "ferry"]], "utf-8")
    (tmp_path / ledger).write_bytes(content)
    (tmp_path / "new").mkdir()
    (tmp_path / "other.csv").hardlink_to(tmp_path / ledger)
    (tmp_path / "map.yaml").write_text("columns: []", encoding="utf-8")
    before = {p.name for p in tmp_path.iterdir()}
    done = run("screen", tmp_path / ledger, "--rules", HARBOUR, *(w.format(tmp_path) for w in words))
    assert (done.returncode, done.stdout, done.stderr.decode()) == (2, b"", f"{told.format(tmp_path)}，会把它盖掉。请换一个位置。\n")
    assert ({p.name for p in tmp_path.iterdir()}, (tmp_path / ledger).read_bytes()) == (before, content)


def test_the_impact_of_new_rules_is_not_written_over_the_ledger(tmp_path: Path) -> None:
    ledger = tmp_path / "boats.csv"
    ledger.write_bytes(csv_file([["Name", "Trade"], ["Gull", "ferry"]], "utf-8"))
    done = run("impact", HARBOUR, HARBOUR, ledger, "-o", ledger)
    assert (done.returncode, done.stderr.decode()) == (2, f"-o 写的就是台账本身（{ledger}），会把它盖掉。请换一个位置。\n")


def test_a_sheet_that_was_not_read_is_a_fault(tmp_path: Path, rulebook: Rulebook) -> None:
    ledger, out = tmp_path / "台账.xlsx", tmp_path / "out.json"
    header = ["企业名称", "营业收入（万元）"]
    ledger.write_bytes(workbook({"沈阳": [header, ["甲", 5]], "大连": [header, ["乙", 5], ["丙", "一千多"]]}))
    done = run("screen", ledger, "-o", out)
    assert (done.returncode, done.stderr.decode()) == (1, "“大连”这张表也像台账（2 行），没有读。请分开上传，或合在一张表里。\n")
    beside = tmp_path / "out.json-数据问题.csv"
    assert done.stdout.decode() == f"1 家企业，{len(rulebook.supports)} 项支持，已写在 {out}。有 1 张表没有读，见 {beside}。\n"
    assert rows_of(beside)[1:] == [["没有读的表", "", "", "“大连”这张表也像台账（2 行），没有读", "请分开上传，或合在一张表里。"]]
    assert json.loads(out.read_bytes())["ledger"]["unread"] == [{"name": "大连", "rows": 2}]


@pytest.mark.parametrize(("form", "start"), [("xlsx", b"PK"), ("zip", b"PK"), ("json", b"{"), ("csv", b"\xef\xbb\xbf"), ("parquet", b"PAR1")])
def test_a_clean_ledger_of_another_rulebook_exits_with_zero(tmp_path: Path, form: str, start: bytes) -> None:
    ledger, out = tmp_path / "boats.csv", tmp_path / f"out.{form}"
    ledger.write_bytes(csv_file([["Name", "Trade", "Home quay", "Seats (seats)", "Badges"], ["Gull", "ferry", "West Quay", 40, "Green"]], "utf-8"))
    done = run("screen", ledger, "--rules", HARBOUR, "-o", out)
    assert (done.returncode, done.stderr.decode()) == (0, "")
    assert out.read_bytes().startswith(start)
    assert {p.name for p in tmp_path.iterdir()} == {"boats.csv", f"out.{form}"}


def test_a_list_of_saved_answers_is_screened_too(tmp_path: Path) -> None:
    listed, out = tmp_path / "boats.yaml", tmp_path / "out.json"
    listed.write_text("- {name: Gull, answers: {trade: ferry, quay: west}}\n", encoding="utf-8")
    assert run("screen", listed, "--rules", HARBOUR, "--format", "json", "-o", out).returncode == 0
    assert json.loads(out.read_bytes())["clients"][0]["verdicts"]["night-berth"] == "matched"


def test_a_column_map_is_written_and_taken_back(tmp_path: Path) -> None:
    ledger, kept, out = tmp_path / "a.csv", tmp_path / "columns.yaml", tmp_path / "out.json"
    ledger.write_bytes(csv_file([["企业名称", "去年卖了多少"], ["甲", 70000]], "utf-8"))
    first = run("screen", ledger, "--format", "json", "-o", out, "--save-columns", kept)
    assert (first.returncode, first.stderr.decode()) == (0, "列“去年卖了多少”：认不出是哪一题，没有用。\n")
    kept.write_text(kept.read_text(encoding="utf-8") + "  question: revenue\n  unit: 元\n", encoding="utf-8")
    assert run("screen", ledger, "--format", "json", "-o", out, "--columns", kept).returncode == 0
    assert json.loads(out.read_bytes())["clients"][0]["answers"]["revenue"] == {"value": 7, "source": "ledger"}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [("a.xlsx", b"x", "这不是 .xlsx 文件，或者文件损坏、加了密码。"), ("a.csv", "甲,乙\n1,2\n".encode(), "认不出任何一列（第一行是“甲”、“乙”）。"), ("a.csv", None, "打不开")],
)
def test_a_ledger_that_cannot_be_used_exits_with_two(tmp_path: Path, name: str, content: bytes | None, message: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    done = run("screen", tmp_path / name, "-o", tmp_path / "out.xlsx")
    assert (done.returncode, done.stdout) == (2, b"")
    assert message in done.stderr.decode()
    assert not (tmp_path / "out.xlsx").exists()


def test_the_template_is_written(tmp_path: Path) -> None:
    out = tmp_path / "模板.xlsx"
    done = subprocess.run([sys.executable, "-m", "eligibility", "ledger-template", "-o", str(out)], cwd=ROOT, capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
    assert load_workbook(out).sheetnames == ["企业台账", "填写说明", "选项"]


def test_the_long_table_has_a_row_for_every_client_and_support(tmp_path: Path, rulebook: Rulebook) -> None:
    import pyarrow.parquet as pq

    ledger = tmp_path / "台账.csv"
    ledger.write_bytes(csv_file([["企业名称", "主体", "城市", "资质"], *([name, "企业", "沈阳", "高企"] for name in HOSTILE)], "utf-8"))
    for form in ("csv", "parquet"):
        assert run("screen", ledger, "-o", tmp_path / f"长表.{form}").returncode == 0
    screening = screen(rulebook, open_ledger(ledger.read_bytes(), "台账.csv", rulebook).read().clients, on=DAY)
    head, *rows = rows_of(tmp_path / "长表.csv")
    table = pq.read_table(tmp_path / "长表.parquet").to_pylist()
    assert head == list(table[0]) == list(COLUMNS)
    assert len(rows) == len(table) == len(HOSTILE) * len(rulebook.supports)
    assert [(r["序号"] - 1, r["支持编号"], r["结论代码"]) for r in table] == [(n, s, screening.verdict(n, s).value) for n in range(len(HOSTILE)) for s in rulebook.supports]
    assert all(r["结论"] == next(label.name for v, label in VERDICTS.items() if v.value == r["结论代码"]) for r in table)
    assert all(bool(r["要补的条件"] or r["缺的回答"] or r["要问部门的话"]) == (r["结论代码"] in ("open", "near")) for r in table)
    assert list(dict.fromkeys(r["企业"] for r in table)) == HOSTILE  # a program gets text as it is
    assert list(dict.fromkeys(r[1] for r in rows)) == ["'=1+1", *HOSTILE[1:4], "'＠甲"]  # in a spreadsheet program nothing runs
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_a_pdf_for_each_client_goes_into_a_folder_too(tmp_path: Path) -> None:
    ledger, out, folder = tmp_path / "boats.csv", tmp_path / "out.zip", tmp_path / "new" / "pdf"
    ledger.write_bytes(csv_file([["Name", "Trade"], ["Gull", "ferry"], ["../Tern", "ferry"]], "utf-8"))
    assert run("screen", ledger, "--rules", HARBOUR, "-o", out, "--pdf-dir", folder).returncode == 0
    with ZipFile(out) as archive:
        assert {p.name: p.read_bytes() for p in folder.iterdir()} == {name: archive.read(name) for name in archive.namelist()}
    assert len(list(folder.iterdir())) == 3


@pytest.mark.parametrize(
    ("out", "told"),
    [
        ("out.pdf", "看不出 {out} 要写成什么。扩展名请用 .xlsx、.csv、.parquet、.json、.zip，或者用 --format 写明。"),
        ("no/out.csv", "写不了 {out}（没有这个文件或文件夹）。请换一个位置。"),
    ],
)
def test_a_result_that_cannot_be_written_is_told(tmp_path: Path, out: str, told: str) -> None:
    ledger = tmp_path / "boats.csv"
    ledger.write_bytes(csv_file([["Name", "Trade"], ["Gull", "ferry"]], "utf-8"))
    done = run("screen", ledger, "--rules", HARBOUR, "-o", tmp_path / out)
    assert (done.returncode, done.stderr.decode()) == (2, told.format(out=tmp_path / out) + "\n")


def test_many_faults_are_shown_in_part_and_kept_whole(tmp_path: Path) -> None:
    ledger, out = tmp_path / "boats.csv", tmp_path / "out.csv"
    ledger.write_bytes(csv_file([["Name", "Trade"], *([f"Gull {n}", "plane"] for n in range(60))], "utf-8"))
    done = run("screen", ledger, "--rules", HARBOUR, "-o", out)
    said = done.stderr.decode().splitlines()
    assert (done.returncode, len(said), said[-1]) == (1, 52, "还有 10 处。")
    assert len(rows_of(tmp_path / "out.csv-数据问题.csv")) == 61


def test_the_impact_of_new_rules_is_told_for_a_ledger(tmp_path: Path) -> None:
    new = edited(tmp_path / "new", {"supports/charter.yaml": ("at_least: 20", "at_least: 50")})
    ledger, out = tmp_path / "boats.csv", tmp_path / "impact.json"
    rows = [["Name", "Trade", "Home quay", "Seats (seats)", "Badges"], ["Gull", "ferry", "West Quay", 40, "Green"], ["Tern", "ferry", "West Quay", "many", "Green"]]
    ledger.write_bytes(csv_file(rows, "utf-8"))
    done = run("impact", HARBOUR, new, ledger, "--format", "json", "-o", out)
    assert done.returncode == 1
    assert [line.split()[:2] for line in done.stderr.decode().splitlines()] == [["行", "列"], ["3", "Seats"]]
    companies = json.loads(out.read_bytes())["companies"]
    assert [c["name"] for c in companies if c["verdicts"]] == ["Gull"]


def test_what_only_the_old_rules_ask_is_read_from_a_ledger_too(tmp_path: Path) -> None:
    from eligibility.cli.given import companies_for_both
    from eligibility.rulebook.load import load

    new = load(edited(tmp_path / "new", {"questions/boat.yaml": ("text: How many seats?", "text: How many chairs?")}))
    ledger = tmp_path / "boats.csv"
    ledger.write_bytes(csv_file([["Name", "How many seats?", "Trade"], ["Gull", 40, "ferry"]], "utf-8"))
    ((name, answers, _),), faults = companies_for_both(ledger, load(HARBOUR), new)
    assert (name, answers["seats"]["value"], answers["trade"]["value"], faults) == ("Gull", 40, "ferry", 0)
