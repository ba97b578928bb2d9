"""A province on a cluster: Spark hands Arrow batches to the same batch function, and keeps the result.

Spark reads, splits and writes; it decides nothing. The program itself travels with the job; the workers need the
libraries of `requirements.txt`.
"""

from __future__ import annotations

import json
import os
import re
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa  # type: ignore[import-untyped]

from eligibility.assessment import HERE
from eligibility.rulebook.book import Rulebook
from eligibility.screening.batch import UNUSABLE, VERDICTS, Batch, TakenNameError, hanging, lacking
from eligibility.screening.cluster_files import file_name, layout, readable
from eligibility.screening.companies import no_companies, unfilled, used_columns, without
from eligibility.screening.headers import Column, RememberedColumn, match_columns, naming_column
from eligibility.screening.sources import UnreadableTableError

if TYPE_CHECKING:  # heavy, and an extra: only who uses a cluster has it
    from pyspark.sql import DataFrame, SparkSession

_UNKNOWN_TYPES = ("PARQUET_TYPE_", "DECIMAL_PRECISION_", "UNSUPPORTED_DATATYPE", "UNSUPPORTED_DATA_TYPE", "UNSUPPORTED_ARROWTYPE")  # how the names of Spark's errors about types begin
_UNFINISHED = "_temporary"  # where Spark writes what is not finished
_CLEARINGS = 5
ROWS_AT_ONCE = 50_000  # of one Arrow batch: large enough for columns to pay, small enough for a worker's memory


class SparkError(Exception):
    """Spark cannot be used, or cannot do this; the message says why and what to do."""


class Totals(NamedTuple):
    """What a run came to."""

    companies: int
    unusable: int  # cells that counted as unknown
    passed_over: int  # rows that are no companies: totals, and rows that were not filled in
    clashes: tuple[Column, ...] = ()  # columns left out because another is about the same


@dataclass(frozen=True)
class SparkRun:
    """One table to be decided by a cluster. `source` and `target` are any addresses that it knows (a folder, hdfs://, s3a://)."""

    rulebook: Rulebook
    on: date
    source: str
    target: str
    keep: tuple[str, ...] = ()
    missing: bool = False
    column_map: Mapping[str, RememberedColumn] | None = None

    def run(self, session: SparkSession) -> Totals:
        """Decide the whole table. The result appears when all of it is there; of a table without rows there is none. Raises SparkError."""
        from py4j.protocol import Py4JError  # type: ignore[import-untyped]
        from pyspark.errors import PySparkException

        try:
            found = layout(session, self.source)
            table = readable(session.read.parquet(self.source), found.types)
            decided = self.decided(session, table)
            clashes = tuple(c for c in match_columns(table.columns, self.rulebook, self.column_map) if c.clash)
            if not found.rows:
                return Totals(0, 0, 0, clashes)
            _write(decided, self.target)
            companies, unusable = _counted(session.read.parquet(self.target))
            return Totals(companies, unusable, found.rows - companies, clashes)
        except UnreadableTableError as error:
            raise SparkError(f"{self.source}：{error}") from error
        except (PySparkException, Py4JError) as error:
            raise SparkError(_said(error, self)) from error

    def decided(self, session: SparkSession, table: DataFrame) -> DataFrame:
        """The verdicts of a table, worked out batch by batch wherever its partitions are."""
        from pyspark.sql import functions
        from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema

        if unknown := [name for name in self.keep if name not in table.columns]:
            raise SparkError(f"表里没有“{unknown[0]}”这一列。请核对 --keep。")
        answers = self._batch().plan(table.columns).table
        if not any(c.target for c in answers.columns):
            raise SparkError("认不出任何一列。列名请照 python -m eligibility table-schema 写，或者给一份列对照（--columns）。")
        try:
            batch = self._batch(tuple(dict.fromkeys([*answers.called, *self.keep])))
        except TakenNameError as error:
            raise SparkError(str(error)) from error
        kept = to_arrow_schema(table.select(*map(_quoted, batch.keep)).schema, timezone=HERE.key)
        schema = from_arrow_schema(batch.schema(kept))
        described = self._described(batch)
        for field in schema.fields:
            field.metadata = described.get(field.name, {})
        telling = list(dict.fromkeys([*batch.keep, *used_columns(answers.columns)]))
        names = list(dict.fromkeys([*answers.read_names, *telling]))  # the others stay in the file
        # Spark takes a dot in a name for a field of a field, so its columns go by number on the way.
        numbered = table.select([functions.col(_quoted(name)).alias(f"c{n}") for n, name in enumerate(names)])
        called = naming_column(answers.columns, self.rulebook)
        return numbered.mapInArrow(_over(session.sparkContext.broadcast((batch, names, None if called is None else called.header, telling))), schema)

    def _batch(self, keep: Sequence[str] = ()) -> Batch:
        return Batch(self.rulebook, self.on, keep=keep, form="codes", missing=self.missing, column_map=self.column_map)

    def _described(self, batch: Batch) -> dict[str, dict[str, Any]]:
        """What the columns of the result say of themselves, so that they can be understood without this program."""
        verdicts, supports = json.dumps(dict(enumerate(VERDICTS))), self.rulebook.supports.values()
        return {
            UNUSABLE: {"rulebook": self.rulebook.version, "fingerprint": self.rulebook.fingerprint, "on": self.on.isoformat()},
            **{s.id: {"title": s.title, "verdicts": verdicts} for s in supports},
            **{lacking(s.id): {"title": s.title} for s in supports},
            **{hanging(q): {"question": self.rulebook.questions[q].text} for q in batch.asked},
        }


def _over(broadcast: Any) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """What runs on a worker. The batch function is unpacked once for each of its processes."""

    def decide(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        batch, names, named, telling = broadcast.value
        for rows in batches:
            companies = rows.rename_columns(names)
            yield batch(without(companies, [*no_companies(companies, named), *unfilled(companies, telling)]))

    return decide


def _write(result: DataFrame, target: str) -> None:
    """Write the whole of it or nothing: for what Spark leaves of a job that failed the next run would be refused."""
    jvm: Any = result.sparkSession.sparkContext._jvm
    path = jvm.org.apache.hadoop.fs.Path(target)
    files = path.getFileSystem(result.sparkSession.sparkContext._jsc.hadoopConfiguration())
    ours = not files.exists(path)
    try:
        result.write.mode("errorifexists").parquet(target)
    except Exception:
        for _ in range(_CLEARINGS if ours else 0):  # tasks that are being stopped still write for a moment
            if files.exists(path) and all(f.getPath().getName() == _UNFINISHED for f in files.listStatus(path)):
                files.delete(path, True)
            sleep(0.2)
        raise


def _quoted(name: str) -> str:
    """A column by its whole name, whatever stands in it."""
    return "`" + name.replace("`", "``") + "`"


def _counted(result: DataFrame) -> tuple[int, int]:
    """How many companies a result has, and how many cells of theirs could not be used."""
    from pyspark.sql import functions

    row = result.select(functions.count("*"), functions.sum(functions.coalesce(functions.size(functions.col(UNUSABLE)), functions.lit(0)))).collect()[0]
    return row[0], max(row[1] or 0, 0)


@contextmanager
def session(master: str | None = None) -> Iterator[SparkSession]:
    """A Spark session; without `master` wherever spark-submit says. Raises SparkError where there is no Spark."""
    try:
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError:
        raise SparkError("没有装 Spark。请先运行 pip install -r requirements-spark.txt，并安装 Java 17 以上。") from None
    builder = SparkSession.builder.appName("eligibility").config("spark.sql.execution.arrow.maxRecordsPerBatch", ROWS_AT_ONCE)
    # A moment is the same day on every worker, the day in Liaoning, and is written as a moment.
    builder = builder.config("spark.sql.session.timeZone", HERE.key).config("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
    # Columns are told apart as everywhere else; nanoseconds come as numbers, and `cluster_files.readable` makes them moments.
    builder = builder.config("spark.sql.caseSensitive", "true").config("spark.sql.legacy.parquet.nanosAsLong", "true")
    # Errors are told by us, in a sentence.
    builder = builder.config("spark.python.sql.dataFrameDebugging.enabled", "false")
    if master is not None:
        builder = builder.master(master)
        if master.startswith("local"):
            os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # else its workers are whatever `python3` is
    try:
        started = builder.getOrCreate()
    except (PySparkException, Py4JError, OSError) as error:
        raise SparkError(f"启动不了 Spark。请检查 Java（17 以上）和 --master（{_named(error)}）。") from error
    started.sparkContext.setLogLevel("ERROR")
    try:
        with _program() as archive:
            started.sparkContext.addPyFile(str(archive))
            yield started
    finally:
        started.stop()


@contextmanager
def _program() -> Iterator[Path]:
    """This program as one file that Spark sends to its workers."""
    root = Path(__file__).resolve().parents[1]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "eligibility.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(root.rglob("*.py")):
                archive.write(file, Path(root.name) / file.relative_to(root))
        yield path


def _said(error: Exception, run: SparkRun) -> str:
    """What Spark says, as one sentence with the way out."""
    named, text = _named(error), str(error)
    if named.startswith("PATH_ALREADY_EXISTS"):
        return f"{run.target} 已经有了，没有动它。请换一个 -o，或者先删掉它。"
    if named.startswith("PATH_NOT_FOUND"):
        return f"打不开 {run.source}（没有这个文件或文件夹）。请检查路径。"
    if damaged := re.search(r"while reading file (\S+?)\.?\s", text):
        return f"{run.source}：{file_name(damaged[1])} 可能损坏。请换一份好的，或者重新导出，再运行同一条命令。"
    if lacking_library := re.search(r"No module named '([\w.]+)'", text):
        return f"工作节点上没有 {lacking_library[1]}。请照 docs/spark.md 准备每个工作节点。"
    if named.startswith(_UNKNOWN_TYPES):
        return f"{run.source}：有一列的类型 Spark 读不了。请把它改成文字、数字或日期，或者用 --engine table 在一台机器上判断（{named}）。"
    return f"Spark 没有做完，详细的原因在 Spark 自己的日志里（{named}）。"


def _named(error: Exception) -> str:
    """What Spark calls an error, else its class."""
    named = re.search(r"\[([A-Z][A-Z0-9_.]+)\]", str(error))
    return named[1] if named else type(error).__name__
