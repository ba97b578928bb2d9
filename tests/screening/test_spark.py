"""A cluster decides as one machine does: Spark on two local workers, with the same batch function."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa
import pytest
from pyarrow import parquet

from eligibility.cli import commands
from eligibility.rulebook.book import Rulebook
from eligibility.screening.batch import VERDICTS, Batch
from eligibility.screening.sources import UnreadableTableError, open_table
from eligibility.screening.table import TableRun
from tests.conftest import DAY
from tests.screening.populations import as_table, companies

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

ROOT = Path(__file__).parents[2]
LACKING = next((what for what, found in (("pip install -r requirements-spark.txt", importlib.util.find_spec("pyspark")), ("Java", shutil.which("java"))) if not found), None)
pytestmark = pytest.mark.skipif(LACKING is not None, reason=f"Spark cannot run here: {LACKING} is missing")


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    from eligibility.screening.spark import session

    with session("local[2]") as started:
        yield started


def stored(table: pa.Table, folder: Path, files: int = 2) -> Path:
    """A table as a folder of several files, as clusters keep them."""
    folder.mkdir()
    share = -(-table.num_rows // files)
    for n in range(files):
        parquet.write_table(table.slice(n * share, share), folder / f"{n}.parquet")
    return folder


def test_a_cluster_decides_as_one_machine_does(rulebook: Rulebook, spark: SparkSession, tmp_path: Path) -> None:
    from eligibility.screening.spark import SparkRun, Totals

    table = as_table(rulebook, list(companies(rulebook, 1000)))
    table = table.set_column(table.schema.get_field_index("staff"), "staff", pa.array(["many", *map(str, range(999))]))  # one cell that cannot be used
    table = table.append_column("企业名称", pa.array([f"公司 {n}" for n in range(1000)]))
    given = pa.concat_tables([table, table.slice(7, 1).set_column(table.schema.get_field_index("企业名称"), "企业名称", pa.array(["合 计"])), table.slice(0, 0)])
    run = SparkRun(rulebook, DAY, str(stored(given, tmp_path / "in")), str(tmp_path / "out"), keep=("number",), missing=True)
    assert run.run(spark) == Totals(companies=1000, unusable=1, passed_over=1)

    result = parquet.read_table(tmp_path / "out")
    here = Batch(rulebook, DAY, keep=("企业名称", "number"), form="codes", missing=True)(table.combine_chunks().to_batches()[0])
    assert result.schema.names == here.schema.names
    assert pl.DataFrame(pl.from_arrow(result)).sort("number").equals(pl.DataFrame(pl.from_arrow(here)))

    described = json.loads(result.schema.metadata[b"org.apache.spark.sql.parquet.row.metadata"])["fields"]
    first = next(iter(rulebook.supports.values()))
    told = next(f["metadata"] for f in described if f["name"] == first.id)
    assert told["title"] == first.title
    assert json.loads(told["verdicts"]) == dict(zip("0123", VERDICTS, strict=True))
    assert next(f["metadata"] for f in described if f["name"] == f"{first.id}.missing") == {"title": first.title}
    assert next(f["metadata"] for f in described if f["name"] == "missing.staff") == {"question": rulebook.questions["staff"].text}
    assert next(f["metadata"] for f in described if f["name"] == "unusable") == {"rulebook": rulebook.version, "fingerprint": rulebook.fingerprint, "on": "2026-11-22"}


def test_a_cluster_reads_what_one_machine_has_written(rulebook: Rulebook, spark: SparkSession, tmp_path: Path) -> None:
    parquet.write_table(as_table(rulebook, list(companies(rulebook, 300))), tmp_path / "in.parquet")
    TableRun(rulebook, DAY, open_table(tmp_path / "in.parquet"), tmp_path / "out", part_rows=200).run()
    here = pl.read_parquet(tmp_path / "out" / "*.parquet").sort("row_number")
    there = spark.read.parquet(str(tmp_path / "out")).orderBy("row_number").collect()
    assert [row.asDict(recursive=True) for row in there] == here.to_dicts()


@pytest.mark.parametrize(
    ("source", "target", "keep", "message"),
    [
        ("nowhere", "new", (), "打不开 {folder}/nowhere（没有这个文件或文件夹）。请检查路径。"),
        ("in", "in", (), "{folder}/in 已经有了，没有动它。请换一个 -o，或者先删掉它。"),
        ("odd", "new", (), "认不出任何一列。列名请照 python -m eligibility table-schema 写，或者给一份列对照（--columns）。"),
        ("in", "new", ("税号",), "表里没有“税号”这一列。请核对 --keep。"),
        ("taken", "new", ("unusable",), "列“unusable”：结果里有一列也叫这个名字，请把表里的这一列改名。"),
    ],
)
def test_what_a_cluster_cannot_do_is_said_in_a_sentence(
    rulebook: Rulebook, spark: SparkSession, tmp_path: Path, source: str, target: str, keep: tuple[str, ...], message: str
) -> None:
    from eligibility.screening.spark import SparkError, SparkRun

    stored(pa.table({"staff": [10, 20]}), tmp_path / "in")
    stored(pa.table({"x.y": [10, 20]}), tmp_path / "odd")
    stored(pa.table({"staff": [10, 20], "unusable": ["", "x"]}), tmp_path / "taken")
    with pytest.raises(SparkError) as found:
        SparkRun(rulebook, DAY, str(tmp_path / source), str(tmp_path / target), keep=keep).run(spark)
    assert str(found.value) == message.format(folder=tmp_path)


def files_of(folder: Path, *files: pa.Table) -> Path:
    """A folder of files a, b, …"""
    folder.mkdir()
    for name, table in zip("abc", files, strict=False):
        parquet.write_table(table, folder / f"{name}.parquet")
    return folder


STAFF = pa.table({"entity": ["company"], "staff": [10]})
PLACED = pa.table({"entity": ["company"], "staff": [10], "city": ["shenyang"]})
OTHER_COLUMNS = "b.parquet 的列和 a.parquet 的不一样。一个文件夹里的各份要有相同的列。"
OTHER_TYPE = "“staff”一列在 a.parquet 和 b.parquet 里的类型不同，Spark 要各份相同。请把各份的这一列改成同一种类型，或者用 --engine table 在一台机器上判断。"


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ((), "这个文件夹里没有 .parquet 文件。"),
        ((STAFF, PLACED), OTHER_COLUMNS),
        ((PLACED, STAFF), OTHER_COLUMNS),
        ((PLACED, PLACED.rename_columns(["entity", "staff", "City"])), OTHER_COLUMNS),
        ((STAFF, pa.table({"entity": ["company"], "staff": [10.5]})), OTHER_TYPE),
        ((STAFF, pa.table({"entity": ["company"], "staff": ["10"]})), OTHER_TYPE),
        ((STAFF, pa.table({"entity": ["company"], "staff": pa.nulls(1)})), OTHER_TYPE),
        ((pa.Table.from_arrays([pa.array([1]), pa.array([2])], ["staff", "staff"]),), "有两列都叫“staff”。请改名或删去一列。"),
        ((STAFF.append_column("x", pa.array([1], pa.decimal256(50, 2))),), "“x”一列是 50 位的数，Spark 最多 38 位。请减少位数或者改成文字，或者用 --engine table 在一台机器上判断。"),
        ((STAFF.append_column("x", pa.array([1], pa.time64("us"))),), "“x”一列是一天里的时刻，Spark 读不了。请改成文字，或者用 --engine table 在一台机器上判断。"),
    ],
)
def test_a_folder_of_which_spark_would_lose_or_change_something_is_refused(rulebook: Rulebook, spark: SparkSession, tmp_path: Path, files: tuple[pa.Table, ...], message: str) -> None:
    from eligibility.screening.spark import SparkError, SparkRun

    folder = files_of(tmp_path / "in", *files)
    with pytest.raises(SparkError) as found:
        SparkRun(rulebook, DAY, str(folder), str(tmp_path / "out")).run(spark)
    assert str(found.value) == f"{folder}：{message}"
    assert not (tmp_path / "out").exists()
    if message == OTHER_COLUMNS:  # which one machine says in the same words
        with pytest.raises(UnreadableTableError, match=OTHER_COLUMNS):
            open_table(folder)


@pytest.mark.parametrize(("name", "content"), [("b.parquet", b""), ("b.parquet", b"PAR1 no"), ("b.csv", "企业名称,从业人员\n甲公司,5\n".encode("gb18030"))])
def test_a_file_that_is_no_parquet_is_named(rulebook: Rulebook, spark: SparkSession, tmp_path: Path, name: str, content: bytes) -> None:
    from eligibility.screening.spark import SparkError, SparkRun

    folder = files_of(tmp_path / "in", STAFF)
    (folder / name).write_bytes(content)
    for source in (folder, folder / name):
        with pytest.raises(SparkError) as found:
            SparkRun(rulebook, DAY, str(source), str(tmp_path / "out")).run(spark)
        assert str(found.value) == f"{source}：{name} 读不了（RuntimeException）。集群上的表要是 Parquet；文件也可能损坏，请换一份好的，或者重新导出。"


def test_damage_within_a_file_is_told_with_its_name_and_leaves_nothing_behind(rulebook: Rulebook, spark: SparkSession, tmp_path: Path) -> None:
    from eligibility.screening.spark import SparkError, SparkRun

    folder = files_of(tmp_path / "in", STAFF)
    sound = (folder / "a.parquet").read_bytes()
    (folder / "a.parquet").unlink()
    (folder / "甲 b.parquet").write_bytes(sound[:4] + bytes(60) + sound[64:])
    run = SparkRun(rulebook, DAY, str(folder), str(tmp_path / "out"))
    with pytest.raises(SparkError) as found:
        run.run(spark)
    assert str(found.value) == f"{folder}：甲 b.parquet 可能损坏。请换一份好的，或者重新导出，再运行同一条命令。"
    assert not (tmp_path / "out").exists()
    (folder / "甲 b.parquet").write_bytes(sound)
    (folder / "done").touch()  # a mark, as clusters leave them,
    (folder / "_metadata").write_bytes(sound)  # and a summary
    assert run.run(spark)[:3] == (1, 0, 0)


def test_columns_that_differ_in_capitals_only_are_two_as_on_one_machine(rulebook: Rulebook, spark: SparkSession, tmp_path: Path) -> None:
    from eligibility.screening.spark import SparkRun

    table = PLACED.append_column("STAFF", pa.array([99])).append_column("Mark", pa.array(["x"])).append_column("mark", pa.array(["y"]))
    folder = files_of(tmp_path / "in", table)
    totals = SparkRun(rulebook, DAY, str(folder), str(tmp_path / "there"), keep=("Mark", "mark")).run(spark)
    here = TableRun(rulebook, DAY, open_table(folder), tmp_path / "here", keep=("Mark", "mark"))
    here.run()
    assert [c.header for c in totals.clashes] == [c.header for c in here.columns if c.clash]
    assert same(tmp_path / "there", tmp_path / "here", rulebook)


def same(there: Path, here: Path, book: Rulebook) -> bool:
    """Whether a cluster's result is one machine's."""
    expected = pl.read_parquet(here).drop("row_number").with_columns(pl.col(s).to_physical().cast(pl.Int8) for s in book.supports)
    return pl.DataFrame(pl.from_arrow(parquet.read_table(there))).select(expected.columns).equals(expected)


def test_moments_to_the_nanosecond_are_moments_on_a_cluster_too(rulebook: Rulebook, spark: SparkSession, tmp_path: Path) -> None:
    from eligibility.screening.spark import SparkRun

    ticks = [0, -1, 1_763_740_799_999_999_999, 1_795_276_800_000_000_000, None]
    naive, aware = (pa.array(ticks, pa.int64()).view(kind) for kind in (pa.timestamp("ns"), pa.timestamp("ns", "UTC")))
    table = pa.table({"entity": ["company"] * 5, "titles.high_tech": [True] * 5, "titles.high_tech.until": naive, "operates.makerspace": [True] * 5, "operates.makerspace.until": aware, "a`b.c": naive, "aware": aware})
    folder, keep = files_of(tmp_path / "in", table), ("a`b.c", "aware")
    SparkRun(rulebook, DAY, str(folder), str(tmp_path / "there"), keep=keep).run(spark)
    TableRun(rulebook, DAY, open_table(folder), tmp_path / "here", keep=keep).run()
    there, here = parquet.read_table(tmp_path / "there"), pl.read_parquet(tmp_path / "here")
    for name in keep:
        assert there[name].cast(pa.int64()).to_pylist() == [t if t is None else t // 1000 for t in ticks]
    decided = [*rulebook.supports, "unusable"]
    expected = here.select(pl.col(s).to_physical().cast(pl.Int8) for s in rulebook.supports).with_columns(here["unusable"])
    assert pl.DataFrame(pl.from_arrow(there.select(decided))).equals(expected)


@pytest.mark.parametrize(("table", "written"), [(PLACED.slice(0, 0), False), (pa.table({"企业名称": ["合计"], "staff": [10]}), True)])
def test_a_table_without_companies_ends_as_on_one_machine(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], table: pa.Table, written: bool
) -> None:
    monkeypatch.setattr("eligibility.screening.spark.session", lambda _: nullcontext(spark))
    folder = files_of(tmp_path / "in", table)
    for words in (["--engine", "spark", "-o", str(tmp_path / "there")], ["--engine", "table", "-o", str(tmp_path / "here")]):
        with pytest.raises(SystemExit) as end:
            commands.main(["screen", str(folder), *words], standalone_mode=False)
        assert (end.value.code, capsys.readouterr().err.splitlines()[-1]) == (2, f"{folder} 里没有可以判断的企业。")
    assert (tmp_path / "there").exists() == written


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[PARQUET_TYPE_ILLEGAL] Illegal Parquet type: FIXED (FLOAT16).", "{source}：有一列的类型 Spark 读不了。请把它改成文字、数字或日期，或者用 --engine table 在一台机器上判断（PARQUET_TYPE_ILLEGAL）。"),
        ("Job aborted.\nModuleNotFoundError: No module named 'polars'\n", "工作节点上没有 polars。请照 docs/spark.md 准备每个工作节点。"),
        ("[OUT_OF_LUCK] The cluster is in a bad mood.", "Spark 没有做完，详细的原因在 Spark 自己的日志里（OUT_OF_LUCK）。"),
        ("What nobody foresaw", "Spark 没有做完，详细的原因在 Spark 自己的日志里（PySparkException）。"),
    ],
)
def test_what_spark_says_in_english_is_said_in_a_sentence(rulebook: Rulebook, spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, message: str) -> None:
    from pyspark.errors import PySparkException

    from eligibility.screening.spark import SparkError, SparkRun

    def fails(*_: object) -> None:
        raise PySparkException(text)

    monkeypatch.setattr("eligibility.screening.spark._write", fails)
    folder = files_of(tmp_path / "in", STAFF)
    with pytest.raises(SparkError) as found:
        SparkRun(rulebook, DAY, str(folder), str(tmp_path / "out")).run(spark)
    assert str(found.value) == message.format(source=folder)


def test_a_refusal_of_spark_ends_the_command_in_a_sentence(spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("eligibility.screening.spark.session", lambda _: nullcontext(spark))
    folder = files_of(tmp_path / "in", STAFF, PLACED)
    with pytest.raises(SystemExit) as end:
        commands.main(["screen", str(folder), "--engine", "spark", "-o", str(tmp_path / "out")], standalone_mode=False)
    assert (end.value.code, capsys.readouterr().err) == (2, f"{folder}：{OTHER_COLUMNS}\n")


def pyspark_folder() -> str:
    found = importlib.util.find_spec("pyspark")
    assert found is not None
    assert found.origin is not None
    return str(Path(found.origin).parent)


def test_the_command_as_it_is_submitted(rulebook: Rulebook, tmp_path: Path) -> None:
    moments = pa.array([datetime(2026, 11, 21, 16, tzinfo=UTC)] * 3, pa.timestamp("us", "UTC"))  # midnight in Liaoning
    table = pa.table({"企业名称": ["甲公司", "乙公司", "合计"], "staff": [12, -3, 9], "税号": ["1", "2", ""], "更新时间": moments, "titles.high_tech": [True] * 3, "titles.high_tech.until": moments, "entity": ["company"] * 3, "city": ["shenyang"] * 3})
    table = pa.concat_tables([table, pa.table({name: pa.nulls(1, kind) for name, kind in zip(table.schema.names, table.schema.types, strict=True)})])  # and a row that was not filled in
    submit = [str(Path(pyspark_folder()) / "bin" / "spark-submit"), "--master", "local[2]", "deploy/spark_run.py"]
    given = ["screen", str(stored(table, tmp_path / "in")), "--engine", "spark", "--on", "2026-11-22", "--keep", "税号", "--keep", "更新时间", "--missing", "-o", f"file://{tmp_path}/out"]
    done = subprocess.run([*submit, *given], cwd=ROOT, env=os.environ | {"PYSPARK_PYTHON": sys.executable}, capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    assert done.stdout.splitlines()[-1] == f"2 家企业，{len(rulebook.supports)} 项支持，已写在 file://{tmp_path}/out。有 1 格没有用上，按“不清楚”处理，原因在 unusable 列。"
    assert "有 2 行是合计、小计之类，或者用得上的列都空着，没有当成企业。\n" in done.stdout  # spark-submit makes one stream of both
    result = parquet.read_table(tmp_path / "out")
    assert sorted(result.column("企业名称").to_pylist()) == ["乙公司", "甲公司"]
    assert result.column("更新时间").to_pylist()[0] == moments[0].as_py()
    assert result.column("missing.staff").to_pylist().count(True) == 1  # of the one whose figure cannot be
    assert result.column("ln2018-01-solve-needs").to_pylist() == [VERDICTS.index("matched")] * 2  # the title runs out today, in Liaoning


def test_the_command_tells_columns_about_the_same_thing(rulebook: Rulebook, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = stored(pa.table({"entity": ["company"], "staff": [12], "从业人员": [13]}), tmp_path / "in")
    assert commands.main(["screen", str(source), "--engine", "spark", "--master", "local[2]", "-o", f"file://{tmp_path}/out"], standalone_mode=False) == 1
    said = capsys.readouterr()
    assert said.out == f"1 家企业，{len(rulebook.supports)} 项支持，已写在 file://{tmp_path}/out。有 2 列没有用上。\n"
    assert [line for line in said.err.splitlines() if line.startswith("列“")] == [
        f"列“{one}”：和“{other}”说的是同一件事（从业人员），没有用。请删去一列，或者在列对照里写明用哪一列。" for one, other in (("staff", "从业人员"), ("从业人员", "staff"))
    ]
