"""A cluster decides as one machine does: Spark on two local workers, with the same batch function."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
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
from eligibility.screening.sources import open_table
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
