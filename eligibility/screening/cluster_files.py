"""The files of a table on a cluster, looked at before anything is decided.

Spark takes the columns of one file for those of all: what another file has beside them would be lost without a word, and
what is of another type there ends in an error that names neither. So every footer is read first, with Spark's own
libraries, wherever the files are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote

from eligibility.screening.sources import UnreadableTableError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_AT_ONCE = 16  # footers; each of them is some waiting for a store far away
_LONGEST_DECIMAL = 38  # digits, in Spark
_OTHERWISE = "或者用 --engine table 在一台机器上判断。"
_DECIMAL = re.compile(r"DECIMAL\((\d+),")
_MICROSECONDS = "(`{0}` - pmod(`{0}`, 1000L)) div 1000L"  # the moment before, also where it is before 1970
_IN_SPARK = {
    "TIMESTAMP(NANOS,true)": f"timestamp_micros({_MICROSECONDS})",
    "TIMESTAMP(NANOS,false)": f"timestampadd(MICROSECOND, {_MICROSECONDS}, TIMESTAMP_NTZ'1970-01-01 00:00:00')",
}  # Spark knows nothing of nanoseconds and hands over their number


class Footer(NamedTuple):
    """What a file says of itself: each column has a name and a type."""

    file: str
    rows: int
    columns: tuple[tuple[str, str], ...]


class Layout(NamedTuple):
    """What all files of a table have in common."""

    rows: int
    types: Mapping[str, str]


def layout(session: SparkSession, source: str) -> Layout:
    """The columns of a table, the same in every file. Raises UnreadableTableError where they are not, or where Spark cannot read one of them."""
    footers = _footers(session, source)
    if not footers:
        raise UnreadableTableError("这个文件夹里没有 .parquet 文件。")
    first = footers[0]
    names = sorted(name for name, _ in first.columns)
    if twice := next((a for a, b in pairwise(names) if a == b), None):
        raise UnreadableTableError(f"有两列都叫“{twice}”。请改名或删去一列。")
    unlike = [f for f in footers if f.columns != first.columns]
    for other in unlike:
        if sorted(name for name, _ in other.columns) != names:
            raise UnreadableTableError(f"{other.file} 的列和 {first.file} 的不一样。一个文件夹里的各份要有相同的列。")
    types = dict(first.columns)
    for other in unlike:
        if changed := next((name for name, type_ in other.columns if types[name] != type_), None):
            raise UnreadableTableError(f"“{changed}”一列在 {first.file} 和 {other.file} 里的类型不同，Spark 要各份相同。请把各份的这一列改成同一种类型，{_OTHERWISE}")
    for name, type_ in first.columns:
        _refuse_unreadable(name, type_)
    return Layout(sum(f.rows for f in footers), types)


def _refuse_unreadable(name: str, type_: str) -> None:
    """Spark itself names only the type, and in English."""
    if (digits := _DECIMAL.match(type_)) and int(digits[1]) > _LONGEST_DECIMAL:
        raise UnreadableTableError(f"“{name}”一列是 {digits[1]} 位的数，Spark 最多 {_LONGEST_DECIMAL} 位。请减少位数或者改成文字，{_OTHERWISE}")
    if type_.startswith("TIME("):
        raise UnreadableTableError(f"“{name}”一列是一天里的时刻，Spark 读不了。请改成文字，{_OTHERWISE}")


def readable(table: DataFrame, types: Mapping[str, str]) -> DataFrame:
    """The table as Spark reads it, with moments in all columns of moments."""
    from pyspark.sql import functions

    for name, type_ in types.items():
        if type_ in _IN_SPARK:
            table = table.withColumn(name, functions.expr(_IN_SPARK[type_].format(name.replace("`", "``"))))
    return table


def _footers(session: SparkSession, source: str) -> Sequence[Footer]:
    """What every file says of itself, in the order of their names."""
    listed = session.read.format("binaryFile").load(source).inputFiles()  # as Spark lists them, without looking into any
    files = sorted(f for f in listed if not f.rpartition("/")[2].startswith(("_", ".")))  # summaries of a folder (_metadata) are listed, but are no part of it
    reader = _Reader(session)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return [footer for footer in pool.map(reader.footer, files) if footer is not None]


class _Reader:
    """Reads footers with the libraries that Spark brings along. Each of their names is looked up once: that takes longer than a footer."""

    def __init__(self, session: SparkSession) -> None:
        jvm: Any = session.sparkContext._jvm
        self._uri, self._path = jvm.java.net.URI, jvm.org.apache.hadoop.fs.Path
        self._input, self._reader = jvm.org.apache.parquet.hadoop.util.HadoopInputFile, jvm.org.apache.parquet.hadoop.ParquetFileReader
        self._configuration = session.sparkContext._jsc.hadoopConfiguration()
        self._options = jvm.org.apache.parquet.HadoopReadOptions.builder(self._configuration).build()  # making them takes longer than many footers
        self._known: dict[str, tuple[tuple[str, str], ...]] = {}  # files of one table say mostly the same

    def footer(self, address: str) -> Footer | None:
        """What a file says; None of an empty one that marks something, as clusters leave them."""
        from py4j.protocol import Py4JJavaError  # type: ignore[import-untyped]

        name = file_name(address)
        try:
            file = self._input.fromPath(self._path(self._uri(address)), self._configuration)
            if not file.getLength() and not name.lower().endswith(".parquet"):
                return None
            opened = self._reader.open(file, self._options)
            try:
                return Footer(name, opened.getRecordCount(), self._columns(opened.getFileMetaData().getSchema()))
            finally:
                opened.close()
        except Py4JJavaError as error:
            raise UnreadableTableError(f"{name} 读不了（{error.java_exception.getClass().getSimpleName()}）。集群上的表要是 Parquet；文件也可能损坏，请换一份好的，或者重新导出。") from error

    def _columns(self, schema: Any) -> tuple[tuple[str, str], ...]:
        written = schema.toString()
        if written not in self._known:
            self._known[written] = tuple((field.getName(), _type(field)) for field in (schema.getType(n) for n in range(schema.getFieldCount())))
        return self._known[written]


def _type(field: Any) -> str:
    """A type as a text: what it means, else what it is; of lists and the like the whole of it. Whether cells may be empty does not count."""
    if not field.isPrimitive():
        return str(field.toString()).partition(" ")[2]
    meant = field.getLogicalTypeAnnotation()
    stored = field.asPrimitiveType().getPrimitiveTypeName().toString()
    if meant is None:
        return str(stored)
    return str(meant.toString())


def file_name(address: str) -> str:
    """What a file is called, with the folders that say something of its rows (city=…)."""
    *folders, name = unquote(address).split("/")
    return "/".join([*(f for f in folders if "=" in f), name])
