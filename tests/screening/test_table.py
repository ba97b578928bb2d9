"""A large table: decided in parts, cut off and gone on with, read from every kind of file, every bad cell told."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.csv
import pytest
from pyarrow import ipc, parquet

from eligibility.assessment import assess
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import load
from eligibility.screening import sources
from eligibility.screening import table as table_run
from eligibility.screening.batch import Batch, needed
from eligibility.screening.companies import Companies
from eligibility.screening.ledger import open_ledger
from eligibility.screening.sources import UnreadableTableError, open_table
from eligibility.screening.table import OtherRunError, TableRun, Totals, unusable
from tests.conftest import DAY
from tests.harbour import HARBOUR
from tests.screening.populations import as_table, companies

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def harbour() -> Rulebook:
    return load(HARBOUR)


@pytest.fixture(scope="module")
def fleet(harbour: Rulebook) -> pa.Table:
    """A thousand boats."""
    return as_table(harbour, list(companies(harbour, 1000)))


def decide(harbour: Rulebook, table: Path, target: Path, *, part_rows: int = 300, on: date = DAY, stop_after: int | None = None, keep: tuple[str, ...] = ()) -> Totals:
    """Run to the end, or until so many boats are decided."""

    def told(boats: int, share: float) -> None:
        assert 0 <= share <= 1
        if stop_after is not None and boats >= stop_after:
            raise KeyboardInterrupt

    return TableRun(harbour, on, open_table(table), target, keep, part_rows=part_rows).run(told)


def written(fleet: pa.Table, path: Path) -> Path:
    plain = pa.table({name: fleet[name].cast(pa.string()) if pa.types.is_dictionary(fleet[name].type) else fleet[name] for name in fleet.column_names})
    match path.suffix:
        case ".parquet":
            parquet.write_table(fleet, path, row_group_size=170)
        case ".arrow":
            with ipc.new_file(path, fleet.schema) as writer:
                writer.write_table(fleet, max_chunksize=90)
        case ".feather":
            pl.DataFrame(pl.from_arrow(fleet)).write_ipc(path, compression="zstd")
        case ".csv":
            pyarrow.csv.write_csv(plain, path)
    return path


@pytest.mark.parametrize("suffix", [".parquet", ".arrow", ".feather", ".csv"])
def test_every_kind_of_file_gives_what_each_boat_gets_on_its_own(harbour: Rulebook, fleet: pa.Table, tmp_path: Path, suffix: str) -> None:
    totals = decide(harbour, written(fleet, tmp_path / f"fleet{suffix}"), tmp_path / "result", keep=("number",))
    assert sorted(p.name for p in (tmp_path / "result").iterdir()) == [f"part-0000{n}.parquet" for n in range(4)]
    result = pl.read_parquet(tmp_path / "result")
    assert result["row_number"].to_list() == list(range(1, 1001))
    assert result["number"].cast(pl.Int64).to_list() == list(range(1000))
    for n, profile in enumerate(companies(harbour, 1000)):
        assert [result[s][n] for s in harbour.supports] == [s.verdict for s in assess(harbour, profile, on=DAY).supports], n
    assert (totals.companies, totals.unusable, totals.left_out.rows) == (1000, 0, 0)
    for support, counted in totals.verdicts.items():
        assert dict(zip(("matched", "open", "near", "excluded"), counted, strict=True)) == {v: (result[support] == v).sum() for v in ("matched", "open", "near", "excluded")}


def test_a_folder_of_files_is_one_table(harbour: Rulebook, fleet: pa.Table, tmp_path: Path) -> None:
    (tmp_path / "fleet").mkdir()
    for n, start in enumerate(range(0, 1000, 260)):
        parquet.write_table(fleet.slice(start, 260), tmp_path / "fleet" / f"part-{n}.parquet")
    (tmp_path / "fleet" / "_SUCCESS").touch()
    assert decide(harbour, tmp_path / "fleet", tmp_path / "a") == decide(harbour, written(fleet, tmp_path / "fleet.parquet"), tmp_path / "b")
    assert pl.read_parquet(tmp_path / "a").equals(pl.read_parquet(tmp_path / "b"))


def test_a_file_of_a_folder_is_read_however_its_ending_is_written(tmp_path: Path) -> None:
    for name in ("a.parquet", "B.PARQUET", "c.Parquet"):
        parquet.write_table(pa.table({"trade": ["ferry"]}), tmp_path / name)
    assert open_table(tmp_path).rows == 3


@pytest.mark.parametrize("suffix", [".parquet", ".arrow", ".csv"])
@pytest.mark.parametrize("lost", [[], [0], [1], [2, 3]])
def test_a_run_that_was_cut_off_goes_on_and_ends_the_same(harbour: Rulebook, fleet: pa.Table, tmp_path: Path, suffix: str, lost: list[int]) -> None:
    table = written(fleet, tmp_path / f"fleet{suffix}")
    whole = decide(harbour, table, tmp_path / "whole", part_rows=110)
    with pytest.raises(KeyboardInterrupt):
        decide(harbour, table, tmp_path / "cut", part_rows=110, stop_after=300)
    there = sorted((tmp_path / "cut").glob("part-*"))
    assert 3 <= len(there) < 10
    for n in lost:  # whatever is not there is done again, wherever it is
        (tmp_path / "cut" / f"part-{n:05}.parquet").unlink(missing_ok=True)
    kept = {p.name: p.stat().st_mtime_ns for p in (tmp_path / "cut").glob("part-*")}
    assert decide(harbour, table, tmp_path / "cut", part_rows=110) == whole
    assert {p.name: p.stat().st_mtime_ns for p in (tmp_path / "cut").glob("part-*") if p.name in kept} == kept
    assert pl.read_parquet(tmp_path / "cut").equals(pl.read_parquet(tmp_path / "whole"))
    assert {p.name: p.read_bytes() for p in (tmp_path / "cut").iterdir()} == {p.name: p.read_bytes() for p in (tmp_path / "whole").iterdir()}


def test_whatever_a_ledger_takes_for_no_company_is_none_in_a_table(harbour: Rulebook, tmp_path: Path) -> None:
    names = ["Gull", "浑南区小计", "其中：高企", "平 均", "（全称）", "均值", "最大值", "中位数", "(北京)甲公司", "其中科技公司"]
    source = Companies(open_table(written(pa.table({"Name": names, "seats": [40] * len(names)}), tmp_path / "fleet.parquet")), harbour)
    TableRun(harbour, DAY, source, tmp_path / "result").run()
    assert pl.read_parquet(tmp_path / "result")["row_number"].to_list() == [1, 9, 10]


@pytest.mark.parametrize("suffix", [".parquet", ".arrow", ".csv"])
@pytest.mark.parametrize("lost", [[0], [1], [3], [9]])
def test_a_line_of_totals_is_no_company_whether_a_run_was_cut_off_or_not(harbour: Rulebook, fleet: pa.Table, tmp_path: Path, suffix: str, lost: list[int]) -> None:
    totals = {0: "合计", 109: "小计", 110: "合 计", 333: "“总计”", 334: "合计：3 家", 500: "共 计", 501: "累计（3 家）", 999: "总计"}
    names = [totals.get(n, f"{'设计' if n % 2 else '合计算力'} {n}" if n % 7 else None) for n in range(1000)]
    table = written(fleet.append_column("Name", pa.array(names)), tmp_path / f"fleet{suffix}")

    def run(target: Path) -> tuple[Totals, dict[int, str]]:
        source = Companies(open_table(table), harbour)
        return TableRun(harbour, DAY, source, target, ("number",), part_rows=110).run(), source.passed_over

    whole, passed_over = run(tmp_path / "whole")
    assert passed_over == {n + 1: f"“{name}”一行没有当成企业" for n, name in totals.items()}
    result = pl.read_parquet(tmp_path / "whole")
    assert (whole.companies, result["row_number"].to_list()) == (992, [n + 1 for n in range(1000) if n not in totals])
    everybody = decide(harbour, table, tmp_path / "everybody", keep=("number",)).companies, pl.read_parquet(tmp_path / "everybody")
    assert everybody[0] == 1000
    assert result.equals(everybody[1].filter(pl.col("row_number").is_in(result["row_number"].implode())))
    for n in lost:
        (tmp_path / "whole" / f"part-{n:05}.parquet").unlink()
    assert run(tmp_path / "whole") == (whole, passed_over)
    assert pl.read_parquet(tmp_path / "whole").equals(result)


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())])
def test_a_line_of_totals_is_passed_over_whatever_type_its_text_has(harbour: Rulebook, tmp_path: Path, kind: pa.DataType) -> None:
    columns = {"Name": ["合计", "Gull", "小计", "Tern", "总计"], "trade": ["x", "ferry", None, "ferries", "x"], "home": ["", "one", "", "two", ""]}
    table = pa.table({name: pa.array(cells, pa.string()).cast(kind) for name, cells in columns.items()})
    with ipc.new_file(tmp_path / "fleet.arrow", table.schema) as writer:
        writer.write_table(table)
    totals = TableRun(harbour, DAY, Companies(open_table(tmp_path / "fleet.arrow"), harbour), tmp_path / "result", keep=("home",)).run()
    assert (totals.companies, totals.unusable) == (2, 1)
    result = pl.read_parquet(tmp_path / "result").select("row_number", pl.col("Name", "home").cast(pl.String))
    assert result.rows() == [(2, "Gull", "one"), (4, "Tern", "two")]


# row 1 is a company, 2 and 3 say nothing, 4 says something in a column that decides nothing, 5 in one that is not known, 6 is none, 7 is a company
UNFILLED: dict[str, list[str | None]] = {
    "Name": ["Gull", None, "", None, None, "\u3000", "Tern"],
    "trade": ["ferry", None, " ", None, None, None, None],
    "Wishes": [None, None, "", "berth", None, None, None],
    "No.": ["1", None, None, None, "5", None, None],
}


@pytest.mark.parametrize("suffix", [".parquet", ".arrow", ".csv"])
@pytest.mark.parametrize("batch", [1, 2, 3, 1 << 16])
def test_a_row_that_says_nothing_is_no_company_wherever_a_run_goes_on(harbour: Rulebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, batch: int) -> None:
    monkeypatch.setattr("eligibility.screening.sources._ROWS", batch)
    monkeypatch.setattr("eligibility.screening.sources._BLOCK", 50 * batch)
    table = written(pa.concat_tables([pa.table(UNFILLED)] * 4), tmp_path / f"fleet{suffix}")

    def run(keep: tuple[str, ...], target: Path) -> tuple[Totals, Companies]:
        source = Companies(open_table(table), harbour)
        return TableRun(harbour, DAY, source, target, keep, part_rows=2).run(), source

    for keep, there in (((), [1, 4, 7]), (("No.",), [1, 4, 5, 7])):  # what goes along says which row it is
        target = tmp_path / f"keeping {len(keep)}"
        rows = [start + n for start in range(0, 28, 7) for n in there]
        totals, source = run(keep, target)
        assert (totals.companies, source.passed_over, source.unfilled) == (len(rows), {}, (28 - len(rows), 2))
        result = pl.read_parquet(target)
        assert result["row_number"].to_list() == rows
        for lost in range(len(rows) // 2):
            (target / f"part-{lost:05}.parquet").unlink()
            again, source = run(keep, target)
            assert (again, source.unfilled) == (totals, (28 - len(rows), 2))
            assert pl.read_parquet(target).equals(result)


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string()), pa.null(), pa.float64(), pa.bool_(), pa.date32(), pa.list_(pa.string())])
def test_nothing_is_nothing_in_a_column_of_any_type(harbour: Rulebook, tmp_path: Path, kind: pa.DataType) -> None:
    with ipc.new_file(tmp_path / "fleet.arrow", pa.schema([("trade", pa.string()), ("seats", kind)])) as writer:
        writer.write_table(pa.table({"trade": ["ferry", None, None], "seats": pa.nulls(3, kind)}))
    assert [b.column("trade").to_pylist() for b in Companies(open_table(tmp_path / "fleet.arrow"), harbour).read(["trade", "seats"], (), 0)] == [["ferry"]]


def decide_companies(harbour: Rulebook, table: Path, target: Path) -> int:
    return TableRun(harbour, DAY, Companies(open_table(table), harbour), target).run().companies


def test_a_number_that_is_none_says_nothing_and_nought_does(harbour: Rulebook, tmp_path: Path) -> None:
    parquet.write_table(pa.table({"seats": [0.0, float("nan")]}), tmp_path / "fleet.parquet")
    assert decide_companies(harbour, tmp_path / "fleet.parquet", tmp_path / "result") == 1


def test_a_ledger_and_a_table_have_the_same_companies(harbour: Rulebook, tmp_path: Path) -> None:
    path = tmp_path / "boats.csv"
    path.write_text("Name,trade,seats\nGull,ferry,40\n,,\n,ferry,\n , ,\n,,\n", encoding="utf-8")
    assert [c.row - 1 for c in open_ledger(path.read_bytes(), path.name, harbour).read().clients] == [1, 3]
    assert decide_companies(harbour, path, tmp_path / "result") == 2
    assert pl.read_parquet(tmp_path / "result")["row_number"].to_list() == [1, 3]


def test_a_killed_process_leaves_only_whole_parts(harbour: Rulebook, fleet: pa.Table, tmp_path: Path) -> None:
    table = written(pa.concat_tables([fleet] * 60), tmp_path / "fleet.parquet")
    code = "import sys, os; from datetime import date; from pathlib import Path; from eligibility.rulebook.load import load; from eligibility.screening.sources import open_table; from eligibility.screening.table import TableRun\n"
    code += f"def told(n, share):\n    if n >= 2000: os.kill(os.getpid(), 9)\nTableRun(load(Path({str(HARBOUR)!r})), date(2026, 11, 22), open_table(Path({str(table)!r})), Path({str(tmp_path / 'cut')!r}), part_rows=500).run(told)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True).returncode == -9
    there = list((tmp_path / "cut").glob("part-*"))
    assert 4 <= len(there) < 120
    assert all(parquet.read_metadata(p).num_rows == 500 for p in there)
    whole = decide(harbour, table, tmp_path / "whole", part_rows=500)
    assert decide(harbour, table, tmp_path / "cut", part_rows=500) == whole
    assert {p.name: p.read_bytes() for p in (tmp_path / "cut").iterdir()} == {p.name: p.read_bytes() for p in (tmp_path / "whole").iterdir()}


def test_parts_of_another_run_are_never_mixed_in(harbour: Rulebook, fleet: pa.Table, tmp_path: Path) -> None:
    table, target = written(fleet, tmp_path / "fleet.parquet"), tmp_path / "result"
    decide(harbour, table, target)
    before = {p: p.read_bytes() for p in target.iterdir()}
    left = f"{target} 里是另一次判断的结果（{{}}不同），没有动它。请换一个 -o，或者先删掉这个文件夹。"
    for what, other in {
        "判断日期": lambda: decide(harbour, table, target, on=date(2026, 11, 23)),
        "照抄的列": lambda: decide(harbour, table, target, keep=("number",)),
        "每份的行数": lambda: decide(harbour, table, target, part_rows=400),
        "输入的表": lambda: decide(harbour, written(fleet.slice(1), tmp_path / "other.parquet"), target),
    }.items():
        with pytest.raises(OtherRunError) as told:
            other()
        assert str(told.value) == left.format(what)
    (tmp_path / "strange").mkdir()
    (tmp_path / "strange" / "notes.txt").touch()
    with pytest.raises(OtherRunError, match=r"里已经有别的文件（notes\.txt），没有动它"):
        decide(harbour, table, tmp_path / "strange")
    with pytest.raises(OtherRunError, match="已经是一个文件，没有动它"):
        decide(harbour, table, table)
    assert {p: p.read_bytes() for p in target.iterdir()} == before


@pytest.mark.parametrize("name", ["part-00000 (1).parquet", "part-00009.parquet", "part-0.parquet", "copy.parquet"])
def test_a_copy_of_a_part_is_not_counted_a_second_time(harbour: Rulebook, fleet: pa.Table, tmp_path: Path, name: str) -> None:
    table, target = written(fleet, tmp_path / "fleet.parquet"), tmp_path / "result"
    decide(harbour, table, target)
    shutil.copy(target / "part-00000.parquet", target / name)
    with pytest.raises(OtherRunError) as told:
        decide(harbour, table, target)
    assert str(told.value) == f"{target} 里的 {name} 是 part-00000.parquet 的副本，或者改过名，没有动它。请删掉它，或者改回原名，再运行同一条命令。"
    (target / name).unlink()
    assert decide(harbour, table, target).companies == 1000


BOATS = """trade,quay,seats,badges.green,船名
ferry,east,40,是,甲
ferries,east,40,否,乙
ferry,east,40
"club","we
st",四十,"",丙
fishing,west,12,true,丁,多
leisure,offshore,-3,FALSE,戊
ferry,east,"1,200",√,"己，
号"
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("part_rows", [1, 2, 100])
def test_bad_cells_and_rows_of_a_csv_file_are_told_with_their_row(harbour: Rulebook, tmp_path: Path, encoding: str, part_rows: int) -> None:
    path = tmp_path / "boats.csv"
    path.write_text(BOATS, encoding=encoding)
    for _ in range(2):  # the second time nothing is left to do, and the same is told
        totals = decide(harbour, path, tmp_path / "result", part_rows=part_rows, keep=("船名",))
        assert (totals.companies, totals.unusable) == (5, 3)
        assert totals.left_out.rows == 2
        assert totals.left_out.told == (
            (3, "这一行有 3 格，列名有 5 个，分不清哪格是哪列，没有判断"),
            (5, "这一行有 6 格，列名有 5 个，分不清哪格是哪列，没有判断"),
        )
        assert [(row, column, what) for row, column, what, _ in unusable(tmp_path / "result")] == [
            (2, "trade", "没有“ferries”这个选项"),
            (4, "seats", "“四十”不是数字"),
            (6, "seats", "-3 超出范围"),
        ]
        result = pl.read_parquet(tmp_path / "result")
        assert result["row_number"].to_list() == [1, 2, 4, 6, 7]
        assert result["船名"].to_list() == ["甲", "乙", "丙", "戊", "己，\n号"]
        assert result["shore-power"].to_list() == ["matched", "open", "excluded", "excluded", "matched"]


@pytest.mark.parametrize("at_a_time", [100, 1 << 20])
@pytest.mark.parametrize("part_rows", [8, 40])
@pytest.mark.parametrize("last", ["ferry,east,40,Gull\n", "合计\n", "ferry,east\n" * 3])
def test_whatever_part_is_made_again_tells_the_same_rows_that_were_left_out(
    harbour: Rulebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_a_time: int, part_rows: int, last: str
) -> None:
    monkeypatch.setattr(sources, "_BLOCK", at_a_time)
    monkeypatch.setattr(table_run, "_TOLD", 25)
    path, whole = tmp_path / "boats.csv", tmp_path / "whole"
    bad = [n for n in range(1, 281) if n % 5 == 0 or 100 < n <= 160 or n % 91 < 3]
    totals_line = "ferry,east,40,合计\n"
    lines = [f"ferry,east,40{',' * (n % 3)}\n" if n in bad else totals_line if n % 17 == 0 else f"ferry,east,40,Gull {n}\n" for n in range(1, 281)]
    path.write_text("trade,quay,seats,Name\n" + "".join(lines) + last, encoding="utf-8")
    bad = [n for n in bad if n % 3 != 1] + [n for n in range(281, 284) if last.count("\n") == 3] + [281] * (last == "合计\n")

    def run(target: Path) -> Totals:
        return TableRun(harbour, DAY, Companies(open_table(path), harbour), target, part_rows=part_rows).run()

    totals = run(whole)
    assert (totals.left_out.rows, [n for n, _ in totals.left_out.told]) == (len(bad), bad[:25])
    parts = {p.name: p.read_bytes() for p in whole.iterdir()}
    for name in [*parts, None]:
        for lost in [name] if name else parts:
            (whole / lost).unlink()
        assert run(whole) == totals
        assert {p.name: p.read_bytes() for p in whole.iterdir()} == parts


def test_rows_left_out_after_the_last_full_part_are_told_again_when_only_they_were_lost(harbour: Rulebook, tmp_path: Path) -> None:
    path = tmp_path / "boats.csv"
    path.write_text("trade,seats\nferry,40\nferry,40\nferry\n", encoding="utf-8")
    whole = decide(harbour, path, tmp_path / "result", part_rows=2)
    assert (whole.companies, whole.left_out.rows, parquet.read_metadata(tmp_path / "result" / "part-00001.parquet").num_rows) == (2, 1, 0)
    (tmp_path / "result" / "part-00001.parquet").unlink()
    assert decide(harbour, path, tmp_path / "result", part_rows=2) == whole


def test_of_very_many_rows_left_out_the_first_are_told_and_the_others_counted(harbour: Rulebook, tmp_path: Path) -> None:
    path = tmp_path / "boats.csv"
    path.write_text("trade,seats\nferry,40\n" + "ferry,40,\n" * 30_000 + "ferry,40\n" + "ferry\n", encoding="utf-8")
    for _ in range(2):
        totals = decide(harbour, path, tmp_path / "result", part_rows=1)
        assert totals.companies == 2
        assert totals.left_out.rows == 30_001
        assert totals.left_out.told == tuple((n, "这一行有 3 格，列名有 2 个，分不清哪格是哪列，没有判断") for n in range(2, 10_002))
    assert pl.read_parquet(tmp_path / "result")["row_number"].to_list() == [1, 30_002]


def test_a_header_that_fits_none_of_the_rows_is_refused_in_a_sentence(harbour: Rulebook, tmp_path: Path) -> None:
    path = tmp_path / "boats.csv"
    path.write_text("trade,seats\n" + "ferry,40,\n" * 9_999 + "ferry,40\n", encoding="utf-8")
    assert decide(harbour, path, tmp_path / "nearly").companies == 1
    path.write_text("trade,seats\n" + "ferry,40,\n" * 10_000 + "ferry,40\n", encoding="utf-8")
    with pytest.raises(UnreadableTableError) as told:
        decide(harbour, path, tmp_path / "result")
    assert str(told.value) == "前 10,000 行都和列名对不上（第 1 行：这一行有 3 格，列名有 2 个，分不清哪格是哪列，没有判断）。请检查列名那一行，改好以后重新判断。"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("boats.parquet", b"PAR1 no", "读不了（ArrowInvalid）。文件可能损坏，或者不是扩展名说的那种文件。"),
        ("boats.arrow", b"ARROW no", "读不了（ArrowInvalid）。文件可能损坏，或者不是扩展名说的那种文件。"),
        ("boats.txt", b"a", "读不了 .txt 文件。大表请用 .parquet、.arrow 或 .csv。"),
        ("boats.csv", b"", "表里什么都没有。第一行要是列名。"),
        ("boats.csv", b"\n \r\n\r\n", "表里什么都没有。第一行要是列名。"),
        ("boats.csv", b"trade,trade\n", "有两列都叫“trade”。请改名或删去一列。"),
        ("boats.csv", b'"trade,seats\n' + b"ferry,40\n" * 20_000, "列名那一行读不了：引号没有配对，或者有一个列名超过 10,000 个字。请改好这一行。"),
        ("boats.csv", b"trade," + b"x" * 140_000 + b"\nferry,40\n", "列名那一行读不了：引号没有配对，或者有一个列名超过 10,000 个字。请改好这一行。"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_in_a_sentence(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableTableError) as told:
        open_table(path)
    assert str(told.value) == message


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (Path.touch, "读不了（ArrowInvalid）。文件可能损坏，或者不是扩展名说的那种文件。"),
        (Path.mkdir, "是一个文件夹。各份要直接放在一个文件夹里。"),
        (lambda path: path.symlink_to("nowhere"), "打不开（没有这个文件或文件夹）。请检查路径。"),
    ],
)
def test_of_a_folder_the_file_that_cannot_be_read_is_named(tmp_path: Path, spoil: Callable[[Path], None], message: str) -> None:
    parquet.write_table(pa.table({"trade": ["ferry"]}), tmp_path / "a.parquet")
    spoil(tmp_path / "b.parquet")
    with pytest.raises(UnreadableTableError) as told:
        open_table(tmp_path)
    assert str(told.value) == f"b.parquet {message}"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_names_of_columns_are_read_as_the_rows_are_whatever_stands_above_and_in_them(tmp_path: Path, end: str, encoding: str) -> None:
    names = ["trade", "船\u2028名" if encoding != "gb18030" else "船名", "a\x0cb", "no\x85te", "two\nlines"]
    lines = ["", " \u3000", "", ",".join(f'"{name}"' for name in names), "ferry,1,2,3,4", "", "club,5,6,7,8", ""]
    path = tmp_path / "boats.csv"
    path.write_bytes(end.join(lines).encode(encoding))
    table = open_table(path)
    assert table.schema.names == names
    rows = pa.Table.from_batches(table.read(names, (), 0))
    assert rows.drop_columns([sources.ROW]).rename_columns(list("abcde")).to_pylist() == [
        dict(zip("abcde", row, strict=True)) for row in (["ferry", *"1234"], [None] * 5, ["club", *"5678"])
    ]
    assert rows.column(sources.ROW).to_pylist() == [1, 2, 3]


# rows 2, 3 and 6 are empty lines, 4 has too few cells, 5 a cell that cannot be used, 8 says nothing
GAPS = ("trade,seats,Name", "ferry,40,Gull", "", "", "ferry,40", "ferries,40,Tern", "", "club,12,Heron", ",,", "ferry,40,Swan", "", "")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("part_rows", [1, 2, 100])
@pytest.mark.parametrize("block", [40, 60, 4 << 20])
def test_an_empty_line_of_a_csv_file_is_a_row_that_was_not_filled_in(harbour: Rulebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str, part_rows: int, block: int) -> None:
    monkeypatch.setattr("eligibility.screening.sources._BLOCK", block)
    path, target = tmp_path / "boats.csv", tmp_path / "result"
    path.write_bytes(end.join(GAPS).encode())

    def run() -> tuple[Totals, Companies]:
        source = Companies(open_table(path), harbour)
        return TableRun(harbour, DAY, source, target, part_rows=part_rows).run(), source

    whole, source = run()
    assert (whole.companies, [row for row, _ in whole.left_out.told]) == (4, [4])
    assert source.unfilled == (5, 2)  # the end of the last line begins no row
    assert pl.read_parquet(target)["row_number"].to_list() == [1, 5, 7, 9]
    assert [cell[:2] for cell in unusable(target)] == [(5, "trade")]
    for part in sorted(target.iterdir()):
        part.unlink()
        again, source = run()
        assert (again, source.unfilled) == (whole, (5, 2))
        assert pl.read_parquet(target)["row_number"].to_list() == [1, 5, 7, 9]


def test_empty_lines_count_in_a_table_of_one_column_and_in_a_ledger_alike(harbour: Rulebook, tmp_path: Path) -> None:
    path = tmp_path / "boats.csv"
    for header, row in (("trade", "ferry"), ("trade,Name", "ferry,Gull")):
        path.write_text(f"{header}\n\n{row}\n\n\n{row}\n\n", encoding="utf-8")
        assert [c.row - 1 for c in open_ledger(path.read_bytes(), path.name, harbour).read().clients] == [2, 5]
        assert decide_companies(harbour, path, tmp_path / header) == 2
        assert pl.read_parquet(tmp_path / header)["row_number"].to_list() == [2, 5]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"trade,seats\n" + b"ferry,40\n" * 600_000 + "渡船,40\n".encode("gb18030"), "行以后读不下去：文字的编码不一致（按 UTF-8 读的）。请把整个文件另存为 UTF-8 的 .csv。"),
        ("trade,船名\nferry,甲\nferry,".encode("gb18030") + "渡船".encode("gb18030")[:3] + b"\nferry,\n", "第 1 行以后读不下去：文字的编码不一致（按 GB18030 读的）。请把整个文件另存为 UTF-8 的 .csv。"),
        ("trade,船名\nferry,甲\n".encode("gb18030") * 600_000 + b"ferry,\xff\n", "行以后读不下去：文字的编码不一致（按 GB18030 读的）。请把整个文件另存为 UTF-8 的 .csv。"),
        (b"trade,seats\nferry," + b"9" * 9_000_000 + b"\nferry,40\n", "第 1 行以后读不下去：引号没有配对，或者有一行超过 4 MB。请改好引号，或者改用 .parquet。"),
    ],
)
def test_a_csv_file_that_goes_wrong_within_is_told_in_a_sentence(harbour: Rulebook, tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "boats.csv").write_bytes(content)
    with pytest.raises(UnreadableTableError) as told:
        decide(harbour, tmp_path / "boats.csv", tmp_path / "result", part_rows=100_000)
    assert str(told.value).endswith(message)


def damaged(path: Path, at: bytes, by: bytes) -> Path:
    """The file with other bytes in the last place where these stand."""
    content = path.read_bytes()
    place = content.rindex(at)
    path.write_bytes(content[:place] + by + content[place + len(by) :])
    return path


def test_damage_within_a_file_is_told_with_the_file_and_the_row_and_not_as_a_fault_of_the_result(harbour: Rulebook, tmp_path: Path) -> None:
    boats = pa.table({"trade": ["ferry"] * 3, "Name": ["Gull", "Tern", "Heron"]})
    fleet = tmp_path / "fleet"
    fleet.mkdir()
    for name in ("a.parquet", "b.parquet"):
        parquet.write_table(boats, fleet / name, compression="none", use_dictionary=False, write_statistics=False)
    damaged(fleet / "b.parquet", b"\x05\x00\x00\x00Heron", b"\xff\xff\xff\x7f")
    with pytest.raises(UnreadableTableError) as told:
        decide(harbour, fleet, tmp_path / "result")
    assert str(told.value) == "第 4 行以后读不下去：b.parquet 可能损坏（ArrowInvalid）。请换一份好的，或者重新导出。"


def test_a_page_that_is_no_longer_what_its_checksum_says_is_not_decided(harbour: Rulebook, tmp_path: Path) -> None:
    parquet.write_table(pa.table({"trade": ["ferry"], "seats": [40]}), tmp_path / "fleet.parquet", compression="none", use_dictionary=False, write_statistics=False, write_page_checksum=True)
    damaged(tmp_path / "fleet.parquet", (40).to_bytes(8, "little"), (10).to_bytes(8, "little"))
    with pytest.raises(UnreadableTableError) as told:
        decide(harbour, tmp_path / "fleet.parquet", tmp_path / "result")
    assert str(told.value) == "第 1 行以后读不下去：fleet.parquet 可能损坏（OSError）。请换一份好的，或者重新导出。"


def test_places_of_texts_that_point_out_of_an_arrow_file_are_not_followed(harbour: Rulebook, tmp_path: Path) -> None:
    boats = pa.table({"seats": [40] * 6, "trade": ["ferry", "club", "ferry"] * 2})
    with ipc.new_file(tmp_path / "fleet.arrow", boats.schema) as writer:
        writer.write_table(boats, max_chunksize=3)
    ends = [n.to_bytes(4, "little") for n in (0, 5, 9, 14)]
    damaged(tmp_path / "fleet.arrow", b"".join(ends), ends[0] + b"\xff\xff\xff\x7f")
    with pytest.raises(UnreadableTableError) as told:
        decide(harbour, tmp_path / "fleet.arrow", tmp_path / "result")
    assert str(told.value) == "第 4 行以后读不下去：fleet.arrow 可能损坏（ArrowInvalid）。请换一份好的，或者重新导出。"


def test_a_quotation_mark_that_is_not_closed_is_told_with_the_rows_that_it_swallows(harbour: Rulebook, tmp_path: Path) -> None:
    (tmp_path / "boats.csv").write_text("trade,seats\nferry,40\n" + '"ferry,40\n' + "ferry,40\n" * 20, encoding="utf-8")
    assert decide(harbour, tmp_path / "boats.csv", tmp_path / "result").left_out.told == ((2, "引号没有配对，从这里起有 21 行连成了一行，没有判断"),)


def test_the_command(fleet: pa.Table, tmp_path: Path) -> None:
    def run(*words: str | Path) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run([sys.executable, "-m", "eligibility", *map(str, words), "--rules", HARBOUR], cwd=ROOT, capture_output=True)

    named = fleet.drop(["seats"]).append_column("Name", pa.array([f"Gull {n}" for n in range(1000)]))
    good, bad = written(named, tmp_path / "fleet.parquet"), tmp_path / "boats.csv"
    bad.write_text(BOATS, encoding="utf-8")
    done = run("screen", good, "--engine", "table", "-o", tmp_path / "good", "--on", "2026-11-22")
    summary = tmp_path / "good-汇总.csv"
    assert (done.returncode, done.stdout.decode()) == (0, f"1,000 家企业，10 项支持，已写在 {tmp_path / 'good'}；每项支持各有多少家，见 {summary}。\n")
    told = done.stderr.decode().splitlines()
    assert told[:2] == ["列“number”：认不出是哪一题，没有用。是不是“Name”？", "表里没有这 1 题，每家企业都按“不清楚”：Seats。"]
    assert told[-1].startswith("已判断 1,000 / 1,000 家（100%），每秒 ")
    with summary.open(encoding="utf-8-sig") as file:
        lines = list(csv.reader(file))
    assert lines[0] == ["支持编号", "支持", "力度", "类别", "现在就对应", "还差一项信息", "补一个条件就对应", "不对应"]
    assert all(sum(map(int, line[4:])) == 1000 for line in lines[1:])
    assert run("screen", good, "--engine", "table", "-o", tmp_path / "lacking", "--on", "2026-11-22", "--missing").returncode == 0
    lacking = pl.read_parquet(tmp_path / "lacking")
    assert (lacking["shore-power.missing"] > 0).sum() == (lacking["shore-power"] == "open").sum() == lacking["missing.seats"].sum() > 0
    again = run("screen", good, "--engine", "table", "-o", tmp_path / "good", "--on", "2026-11-22")
    assert "已有 1,000 / 1,000 家，都判断过了。" in again.stderr.decode()

    done = run("screen", bad, "--engine", "table", "-o", tmp_path / "bad", "--on", "2026-11-22")
    problems = tmp_path / "bad-数据问题.csv"
    assert done.returncode == 1
    assert done.stdout.decode().endswith(f"有 3 格没有用上，按“不清楚”处理；2 行没有判断，见 {problems}。\n")
    with problems.open(encoding="utf-8-sig") as file:
        lines = list(csv.reader(file))
    assert lines[0] == ["哪一类", "行", "列", "情况", "怎么改"]
    assert [line[:3] for line in lines[1:]] == [["没有用上的行", "3", ""], ["没有用上的行", "5", ""], ["没有用上的格", "2", "trade"], ["没有用上的格", "4", "seats"], ["没有用上的格", "6", "seats"]]

    boats = tmp_path / "named.csv"
    boats.write_text("Name,trade\nGull,ferry\nTern,ferries\n合 计,2\n", encoding="utf-8")
    done = run("screen", boats, "--engine", "table", "-o", tmp_path / "named", "--on", "2026-11-22")
    assert done.stdout.decode().startswith("2 家企业，")
    assert done.stderr.decode().splitlines()[-1] == "有 1 行是合计、小计之类，没有当成企业：第 3 行。"
    with (tmp_path / "named-数据问题.csv").open(encoding="utf-8-sig") as file:
        assert [line[:4] for line in csv.reader(file)][1:] == [["没有用上的格", "2", "trade", "没有“ferries”这个选项"], ["换算和提醒", "3", "", "“合 计”一行没有当成企业"]]
    boats.write_text("Name,trade\nGull,ferry\n,\nTern,ferry\n,\n", encoding="utf-8")
    done = run("screen", boats, "--engine", "table", "-o", tmp_path / "unfilled", "--on", "2026-11-22")
    assert (done.returncode, done.stdout.decode()[:5]) == (0, "2 家企业")
    assert done.stderr.decode().splitlines()[-1] == "有 2 行用得上的列都空着，没有当成企业；第一处是第 2 行。"
    boats.write_text("Name,trade\n合计,2\n", encoding="utf-8")
    done = run("screen", boats, "--engine", "table", "-o", tmp_path / "none", "--on", "2026-11-22")
    assert (done.returncode, done.stderr.decode().splitlines()[-1]) == (2, f"{boats} 里没有可以判断的企业。")

    for words, message in {
        ("nowhere.parquet",): "nowhere.parquet：打不开（没有这个文件或文件夹）。请检查路径。",
        (bad, "--keep", "颜色"): "--keep 颜色：表里没有这一列。",
        (bad, "--columns", tmp_path / "map.yaml"): f"打不开 {tmp_path / 'map.yaml'}（没有这个文件或文件夹）。请检查路径。",
        (bad, "--pdf-dir", "x"): "--engine table 只写判断结果，不能和 --save-columns、--format、--pdf-dir 一起用。",
    }.items():
        done = run("screen", *words, "--engine", "table", "-o", tmp_path / "none")
        assert (done.returncode, done.stderr.decode().splitlines()[-1]) == (2, message)


def test_a_table_of_the_written_schema_is_read_column_by_column(harbour: Rulebook, rulebook: Rulebook, tmp_path: Path) -> None:
    for book in (harbour, rulebook):
        from eligibility.screening.table_schema import empty_table

        schema = empty_table(book)
        plan = Batch(book, DAY).plan(schema.column_names)
        assert all(c.target for c in plan.table.columns)
        assert plan.table.given >= needed(book, DAY)
    done = subprocess.run([sys.executable, "-m", "eligibility", "table-schema", "--rules", HARBOUR, "-o", tmp_path / "s.csv"], cwd=ROOT, capture_output=True)
    assert done.returncode == 0
    with (tmp_path / "s.csv").open(encoding="utf-8-sig") as file:
        lines = {line[0]: line[1:] for line in csv.reader(file)}
    assert lines["seats"] == ["数字，单位是seats", "Seats", "How many seats?", "0 到 2,000，整数"]
    assert lines["badges.green"] == ["是或否（true、false）；不清楚就空着", "Badges：Green", "Which badges does it carry?", ""]
    assert list(lines) == ["列名", *empty_table(harbour).column_names]
