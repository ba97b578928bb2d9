"""`screen --engine table`: the files beside the result, what is refused before the work begins, and how it ends."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

import pytest

from eligibility.cli import commands
from tests.harbour import HARBOUR

CLEAN, FAULTY = "Name,trade\nGull,ferry\n", "Name,trade\nGull,ferries\n"


class Ended(NamedTuple):
    """How a command ended, and what it said."""

    code: int
    said: list[str]
    told: list[str]


class Desk:
    """Runs the command in a folder of its own."""

    def __init__(self, folder: Path, captured: pytest.CaptureFixture[str]) -> None:
        self.folder, self._captured = folder, captured

    def screen(self, table: str, *words: str) -> Ended:
        """Decide a CSV of these lines."""
        (self.folder / "boats.csv").write_text(table, encoding="utf-8")
        try:
            code = commands.main(["screen", "boats.csv", "--engine", "table", "--rules", str(HARBOUR), "--on", "2026-11-22", *words], standalone_mode=False)
        except SystemExit as end:
            code = end.code
        out, err = self._captured.readouterr()
        return Ended(code, out.splitlines(), err.splitlines())

    def files(self) -> list[str]:
        """What is there now."""
        return sorted(p.name for p in self.folder.iterdir() if p.name != "boats.csv")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    folder = tmp_path / "desk"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return Desk(folder, capsys)


def lines_of(path: Path) -> list[list[str]]:
    """A .csv as a spreadsheet program reads it, without its head."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))[1:]


def test_results_whose_names_differ_after_a_dot_have_files_of_their_own(desk: Desk) -> None:
    october, november = desk.screen(FAULTY, "-o", "全省.2026-10"), desk.screen(CLEAN, "-o", "全省.2026-11")
    assert (october.code, november.code) == (1, 0)
    assert desk.files() == ["全省.2026-10", "全省.2026-10-数据问题.csv", "全省.2026-10-汇总.csv", "全省.2026-11", "全省.2026-11-汇总.csv"]
    assert november.said == ["1 家企业，10 项支持，已写在 全省.2026-11；每项支持各有多少家，见 全省.2026-11-汇总.csv。"]


@pytest.mark.parametrize("output", [".", "../result", "../desk/../result/"])
def test_the_files_stand_beside_the_folder_of_the_result_however_it_is_written(desk: Desk, monkeypatch: pytest.MonkeyPatch, output: str) -> None:
    result = desk.folder.parent / "result"
    result.mkdir()
    monkeypatch.chdir(result)
    (desk.folder / "boats.csv").write_text(FAULTY, encoding="utf-8")
    assert commands.main(["screen", "../desk/boats.csv", "--engine", "table", "--rules", str(HARBOUR), "-o", output], standalone_mode=False) == 1
    assert sorted(p.name for p in desk.folder.parent.iterdir()) == ["desk", "result", "result-数据问题.csv", "result-汇总.csv"]
    assert [p.name for p in result.iterdir()] == ["part-00000.parquet"]


@pytest.mark.parametrize("second", [",,seats", ",,2024年", ",ferry,2024年度"])
def test_a_second_line_of_header_is_no_company_and_told_before_the_work_begins(desk: Desk, second: str) -> None:
    done = desk.screen(f"Name,trade,seats\n{second}\nGull,ferry,40\n", "-o", "result")
    if "ferry" in second:
        assert (done.code, done.said[0][:6]) == (1, "2 家企业，")
        return
    assert (done.code, desk.files()) == (2, [])
    assert done.told[-1].endswith("：第 1 行像是列名下面的单位或小标题，不是企业。大表只能有一行列名：请删去这一行，把单位写进列名；或者用 --engine rows 判断。")


def test_the_problems_of_an_earlier_run_do_not_outlive_it(desk: Desk) -> None:
    assert desk.screen(FAULTY, "-o", "result").code == 1
    assert "result-数据问题.csv" in desk.files()
    (desk.folder / "result" / "part-00000.parquet").unlink()
    assert desk.screen(CLEAN, "-o", "result").code == 0
    assert desk.files() == ["result", "result-汇总.csv"]


def test_problems_of_an_earlier_run_that_cannot_be_removed_are_told(desk: Desk) -> None:
    (desk.folder / "result-数据问题.csv").mkdir()
    done = desk.screen(CLEAN, "-o", "result")
    assert (done.code, done.said) == (2, ["1 家企业，10 项支持，已写在 result；每项支持各有多少家，见 result-汇总.csv。"])
    assert done.told[-1].startswith("删不掉 result-数据问题.csv（")
    assert done.told[-1].endswith("）。它是以前一次判断留下的，这一次没有数据问题；请删掉它。")


@pytest.mark.parametrize("beside", ["汇总", "数据问题"])
def test_a_table_that_is_called_as_a_file_beside_its_result_is_not_written_over(desk: Desk, beside: str) -> None:
    table = desk.folder / f"result-{beside}.csv"
    table.write_text(CLEAN, encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        commands.main(["screen", table.name, "--engine", "table", "--rules", str(HARBOUR), "-o", "result"], standalone_mode=False)
    assert (ended.value.code, desk.files(), table.read_text(encoding="utf-8")) == (2, [table.name], CLEAN)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("unusable", ("--keep", "unusable")),
        ("shore-power", ("--keep", "shore-power")),
        ("missing.seats", ("--missing", "--keep", "missing.seats")),
        ("row_number", ("--keep", "row_number")),
        ("row_number", ("--columns", "seats.yaml")),
        ("unusable", ("--columns", "name.yaml")),
    ],
)
def test_a_column_with_a_name_of_the_result_is_refused(desk: Desk, name: str, words: tuple[str, ...]) -> None:
    (desk.folder / "seats.yaml").write_text("columns: [{header: row_number, question: seats}]", encoding="utf-8")
    (desk.folder / "name.yaml").write_text("columns: [{header: unusable, question: boat_name}]", encoding="utf-8")
    done = desk.screen("trade,unusable,shore-power,missing.seats,row_number\nferry,a,b,c,40\n", *words, "-o", "result")
    assert (done.code, done.said, done.told[-1]) == (2, [], f"列“{name}”：结果里有一列也叫这个名字，请把表里的这一列改名。")
    assert desk.files() == ["name.yaml", "seats.yaml"]


@pytest.mark.parametrize("words", [(), ("--keep", "seats", "--keep", "Seats (seats)")])
def test_columns_about_the_same_thing_are_told_and_count_as_not_used(desk: Desk, words: tuple[str, ...]) -> None:
    done = desk.screen("trade,seats,Seats (seats)\nferry,40,41\nferries,40,40\n", *words, "-o", "result")
    said = [f"和“{other}”说的是同一件事（Seats），没有用。请删去一列，或者在列对照里写明用哪一列。" for other in ("Seats (seats)", "seats")]
    assert done.code == 1
    assert done.told[:2] == [f"列“seats”：{said[0]}", f"列“Seats (seats)”：{said[1]}"]
    assert done.said == ["2 家企业，10 项支持，已写在 result；每项支持各有多少家，见 result-汇总.csv。有 2 列没有用上；1 格没有用上，按“不清楚”处理，见 result-数据问题.csv。"]
    assert lines_of(desk.folder / "result-数据问题.csv") == [
        ["没有用上的列", "", "seats", said[0], ""],
        ["没有用上的列", "", "Seats (seats)", said[1], ""],
        ["没有用上的格", "2", "trade", "没有“ferries”这个选项", "可以写fishing、carrying passengers、leisure、a club。"],
    ]


def test_a_column_map_settles_which_of_two_columns_counts(desk: Desk) -> None:
    (desk.folder / "map.yaml").write_text("columns: [{header: seats, question: seats}, {header: Seats (seats)}]", encoding="utf-8")
    done = desk.screen("trade,seats,Seats (seats)\nferry,40,41\n", "--columns", "map.yaml", "-o", "result")
    assert (done.code, desk.files()) == (0, ["map.yaml", "result", "result-汇总.csv"])


def test_rows_left_out_beyond_the_first_ten_thousand_are_counted_in_one_line(desk: Desk) -> None:
    done = desk.screen("trade,seats\nferry,40\n" + "ferry,40,\n" * 10_003, "-o", "result")
    assert (done.code, done.said) == (1, ["1 家企业，10 项支持，已写在 result；每项支持各有多少家，见 result-汇总.csv。有 10,003 行没有判断，见 result-数据问题.csv。"])
    lines = lines_of(desk.folder / "result-数据问题.csv")
    assert [line[:2] for line in lines[:-1]] == [["没有用上的行", str(n)] for n in range(2, 10_002)]
    assert lines[-1] == ["没有用上的行", "", "", "另有 3 行没有判断，不再逐行列出", "请检查这张表是怎样做出来的，改好后重新判断。"]


def test_a_table_of_which_no_row_can_be_read_is_told_by_its_first_rows_and_leaves_nothing(desk: Desk) -> None:
    for _ in range(2):
        done = desk.screen("trade,seats\n" + "ferry,40,\n" * 8, "-o", "result")
        assert (done.code, done.said) == (2, [])
        assert done.told[-6:] == [*(f"第 {n} 行：这一行有 3 格，列名有 2 个，分不清哪格是哪列，没有判断。" for n in range(1, 6)), "boats.csv 里没有可以判断的企业。"]
        assert list((desk.folder / "result").iterdir()) == []
