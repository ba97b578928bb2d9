"""A large table of answers, read some rows at a time and never held whole: Parquet (a file or a folder of files), Arrow IPC, CSV."""

from __future__ import annotations

import csv
import hashlib
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator
from functools import lru_cache
from io import StringIO
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
from pyarrow import csv as arrow_csv
from pyarrow import parquet

from eligibility.file_trouble import why
from eligibility.screening.alike import as_type, common_type

_SAMPLE = 1 << 20  # bytes at either end of a file by which it is known again
_BLOCK = 4 << 20  # bytes of a CSV file parsed at a time
_ROWS = 1 << 16  # rows read at a time
_BLANK_LINES = re.compile(r"(?:[^\S\r\n]*(?:\r\n|\r|\n))*")
_LONGEST_NAME = 10_000  # of a column of a CSV file; whatever is longer was not meant as one
_HOPELESS = 10_000  # rows at the beginning: where none of them fits the header, none of the others will
ROW = "row_number"


class UnreadableTableError(Exception):
    """Nothing of the table can be used; the message says why and what to do."""


class Source(ABC):
    """A table on disk. `left_out` are the rows before the one that is read next that could not be read: their number,
    from 1, and why. Whoever reads takes them out batch by batch; else they would become ever more."""

    def __init__(self, files: tuple[Path, ...]) -> None:
        self.files = files
        self.left_out: list[tuple[int, str]] = []

    @property
    @abstractmethod
    def schema(self) -> pa.Schema:
        """The columns."""

    @property
    @abstractmethod
    def rows(self) -> int | None:
        """How many rows there are, if that is known without reading them."""

    @abstractmethod
    def read(self, columns: Collection[str], words: Collection[str], start: int) -> Iterator[pa.RecordBatch]:
        """The rows from the one in place `start` (from 0) on, with their numbers in the column ROW. The columns `words` repeat few different texts."""

    @property
    @abstractmethod
    def share(self) -> float:
        """How much of the table has been read."""

    def fingerprint(self) -> str:
        """What tells this table from another and from itself once changed: names, sizes, times of change, and both ends of every file."""
        found = hashlib.sha256()
        for file in self.files:
            facts = file.stat()
            found.update(f"{file.name}\0{facts.st_size}\0{facts.st_mtime_ns}\0".encode())
            with file.open("rb") as content:
                found.update(content.read(_SAMPLE))
                content.seek(max(0, facts.st_size - _SAMPLE))
                found.update(content.read())
        return found.hexdigest()[:16]


def open_table(path: Path) -> Source:
    """The table in a file or folder. Raises UnreadableTableError where there is none."""
    try:
        path.stat()
    except OSError as error:
        raise UnreadableTableError(f"打不开（{why(error)}）。请检查路径。") from error
    try:
        if path.is_dir():
            files = tuple(sorted(f for f in path.iterdir() if f.suffix.lower() == ".parquet" and not f.name.startswith((".", "_"))))
            if not files:
                raise UnreadableTableError("这个文件夹里没有 .parquet 文件。")
            return _checked(_Parquet(files, of_a_folder=True))
        kind = _KINDS.get(path.suffix.lower())
        if kind is None:
            raise UnreadableTableError(f"读不了 {path.suffix or '没有扩展名的'} 文件。大表请用 .parquet、.arrow 或 .csv。")
        return _checked(kind((path,)))
    except (OSError, ValueError, pa.ArrowException) as error:
        raise UnreadableTableError(_unreadable(error)) from error


def _unreadable(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno:
        return f"打不开（{why(error)}）。请检查路径。"
    return f"读不了（{type(error).__name__}）。文件可能损坏，或者不是扩展名说的那种文件。"


def _checked(source: Source) -> Source:
    names = source.schema.names
    if twice := sorted({n for n in names if n and names.count(n) > 1}):
        raise UnreadableTableError(f"有两列都叫“{twice[0]}”。请改名或删去一列。")
    return source


def _numbered(batch: pa.RecordBatch, numbers: pa.Array) -> pa.RecordBatch:
    return batch.append_column(ROW, numbers)


def _consecutive(first: int, rows: int) -> pa.Array:
    return pl.int_range(first, first + rows, eager=True).to_arrow()


class _Files(Source):
    """Whatever goes wrong while files are read is told with the place: none of it has anything to do with the result."""

    def __init__(self, files: tuple[Path, ...]) -> None:
        super().__init__(files)
        self._read = 0  # rows of the table
        self._file = files[0]  # the one in hand

    def read(self, columns: Collection[str], words: Collection[str], start: int) -> Iterator[pa.RecordBatch]:
        try:
            yield from self._rows_of(columns, words, start)
        except (OSError, ValueError, pa.ArrowException) as error:
            raise UnreadableTableError(f"第 {self._read + 1:,} 行以后读不下去：{self._why(error)}") from error

    @abstractmethod
    def _rows_of(self, columns: Collection[str], words: Collection[str], start: int) -> Iterator[pa.RecordBatch]:
        """What `read` gives."""

    def _why(self, error: Exception) -> str:
        return f"{self._file.name} 可能损坏（{type(error).__name__}）。请换一份好的，或者重新导出。"


class _Parquet(_Files):
    def __init__(self, files: tuple[Path, ...], *, of_a_folder: bool = False) -> None:
        super().__init__(files)
        footers = [_named_footer(f) if of_a_folder else _footer(f) for f in files]
        self._facts = [facts for facts, _ in footers]
        schemas = [schema for _, schema in footers]
        first = schemas[0]
        for file, schema in zip(files, schemas, strict=True):
            if schema.names != first.names:
                raise UnreadableTableError(f"{file.name} 的列和 {files[0].name} 的不一样。一个文件夹里的各份要有相同的列。")
        types = [list(dict.fromkeys(schema.types[n] for schema in schemas)) for n in range(len(first))]
        self._alike = all(schema.equals(first) for schema in schemas)
        self._unlike = frozenset(name for name, found in zip(first.names, types, strict=True) if len(found) > 1)  # columns whose type is not the same in every file
        self._schema = first if self._alike else pa.schema([(name, common_type(found)) for name, found in zip(first.names, types, strict=True)])

    @property
    def schema(self) -> pa.Schema:
        return self._schema

    @property
    def rows(self) -> int:
        return sum(facts.num_rows for facts in self._facts)

    @property
    def share(self) -> float:
        return self._read / max(1, self.rows)

    def _rows_of(self, columns: Collection[str], words: Collection[str], start: int) -> Iterator[pa.RecordBatch]:
        repeated = [w for w in words if w not in self._unlike and (pa.types.is_string(kind := self._schema.field(w).type) or pa.types.is_large_string(kind))]
        place = 0  # of the first row of the group in hand
        for file, facts in zip(self.files, self._facts, strict=True):
            groups = list(range(facts.num_row_groups))
            while groups and place + facts.row_group(groups[0]).num_rows <= start:
                place += facts.row_group(groups.pop(0)).num_rows
            if not groups:
                continue
            self._file, self._read = file, max(place, start)
            with parquet.ParquetFile(file, read_dictionary=repeated, pre_buffer=False, buffer_size=1 << 16, page_checksum_verification=True) as content:
                for batch in content.iter_batches(_ROWS, row_groups=groups, columns=list(columns), use_threads=False):
                    first, place = place, place + batch.num_rows
                    if place > start:
                        rest = batch.slice(max(0, start - first))
                        self._read = place
                        yield _numbered(self._as_one(rest), _consecutive(max(first, start) + 1, rest.num_rows))

    def _as_one(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The batch with the types that the files have in common."""
        if self._alike or not batch.num_columns:
            return batch
        columns = dict(zip(batch.schema.names, batch.columns, strict=True))
        for name in self._unlike & columns.keys():
            type_ = self._schema.field(name).type
            try:
                columns[name] = as_type(columns[name], type_)
            except pa.ArrowInvalid as error:
                raise UnreadableTableError(f"“{name}”一列在各个文件里的类型不同（{self._file.name} 里是 {columns[name].type}），合在一起有的格会变。请把各个文件的这一列改成同一种类型。") from error
        return pa.RecordBatch.from_pydict(columns)


def _footer(file: Path) -> tuple[Any, pa.Schema]:
    """What a Parquet file says of its rows, and its columns."""
    return parquet.read_metadata(file), parquet.read_schema(file)


def _named_footer(file: Path) -> tuple[Any, pa.Schema]:
    """The same of one of many files, of which it is told which one cannot be read."""
    if file.is_dir():
        raise UnreadableTableError(f"{file.name} 是一个文件夹。各份要直接放在一个文件夹里。")
    try:
        return _footer(file)
    except (OSError, ValueError, pa.ArrowException) as error:
        raise UnreadableTableError(f"{file.name} {_unreadable(error)}") from error


class _Ipc(_Files):
    def __init__(self, files: tuple[Path, ...]) -> None:
        super().__init__(files)
        with pa.memory_map(str(files[0])) as file:
            with pa.ipc.open_file(file) as reader:
                self._schema, self._batches = reader.schema, reader.num_record_batches
            with pa.ipc.open_file(file, options=pa.ipc.IpcReadOptions(included_fields=[0])) as reader:
                sizes: list[int] = [reader.get_batch(n).num_rows for n in range(self._batches)]
        self._rows = sum(sizes)

    @property
    def schema(self) -> pa.Schema:
        return self._schema

    @property
    def rows(self) -> int:
        return self._rows

    @property
    def share(self) -> float:
        return self._read / max(1, self._rows)

    def _rows_of(self, columns: Collection[str], words: Collection[str], start: int) -> Iterator[pa.RecordBatch]:
        wanted = [self._schema.get_field_index(c) for c in columns]
        place = 0
        with pa.memory_map(str(self.files[0])) as file, pa.ipc.open_file(file, options=pa.ipc.IpcReadOptions(included_fields=wanted)) as reader:
            for n in range(self._batches):
                self._read = max(place, start)
                batch = reader.get_batch(n)
                for column in batch.columns:
                    _as_bytes(column).validate(full=True)  # whoever reads damaged places of texts reads wherever they point to
                first, place = place, place + batch.num_rows
                for offset in range(max(0, start - first), batch.num_rows, _ROWS):
                    rest = batch.slice(offset, _ROWS)
                    self._read = first + offset + rest.num_rows
                    yield _numbered(rest, _consecutive(first + offset + 1, rest.num_rows))


def _as_bytes(cells: pa.Array) -> pa.Array:
    """Texts as the bytes that they are: bytes that are no text are told cell by cell, and are no damage."""
    if pa.types.is_string(cells.type):
        return cells.view(pa.binary())
    return cells.view(pa.large_binary()) if pa.types.is_large_string(cells.type) else cells


class _Csv(_Files):
    """Every cell is a text. A row with too few or too many cells is left out: nobody can say which cell belongs to which column.

    A line in which nothing stands is a row in which nothing is filled in, so that rows have the numbers that one counts;
    above the header there may be any number of them.
    """

    def __init__(self, files: tuple[Path, ...]) -> None:
        super().__init__(files)
        self._path = files[0]
        self._size = max(1, self._path.stat().st_size)
        self._at = 0
        with self._path.open("rb") as content:
            head = content.read(_SAMPLE)
        self._encoding = _encoding(head)
        text = head.decode(self._encoding, errors="ignore").removeprefix("\ufeff")
        blank = _BLANK_LINES.match(text)
        above = blank.group() if blank else ""
        self._lines_above = sum(1 for _ in StringIO(above, newline=""))  # only \n, \r and \r\n end a line, here as in Arrow
        text = text[len(above) :]
        self._separator = max((",", "\t", ";"), key=re.split(r"[\r\n]", text, maxsplit=1)[0].count)
        header = _header(text, self._separator)
        if not any(header):
            raise UnreadableTableError("表里什么都没有。第一行要是列名。")
        self._schema = pa.schema([(name, pa.string()) for name in header])

    @property
    def schema(self) -> pa.Schema:
        return self._schema

    @property
    def rows(self) -> None:
        return None

    @property
    def share(self) -> float:
        return min(1.0, self._at / self._size)

    def _rows_of(self, columns: Collection[str], words: Collection[str], start: int) -> Iterator[pa.RecordBatch]:
        self.left_out.clear()
        ahead: list[tuple[int, str]] = []  # passed over by the parser, which is some rows before us

        def pass_over(row: Any) -> str:
            ahead.append((row.number - 1, _malformed(row.text.count("\n"), row.actual_columns, row.expected_columns)))  # the header is row 1
            return "error" if _hopeless(ahead) else "skip"

        place, number = 0, 1
        self._read = 0
        with pa.OSFile(str(self._path)) as file:
            try:
                reader = arrow_csv.open_csv(
                    file,
                    read_options=arrow_csv.ReadOptions(use_threads=False, block_size=_BLOCK, encoding=self._encoding, skip_rows=self._lines_above),
                    parse_options=arrow_csv.ParseOptions(delimiter=self._separator, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=pass_over),
                    convert_options=arrow_csv.ConvertOptions(
                        column_types={name: pa.string() for name in self._schema.names}, include_columns=list(columns), null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=True
                    ),
                )
                for batch in reader:
                    self._at = file.tell()
                    numbers, number, behind = _next_rows(ahead, number, batch.num_rows)
                    self._read = number - 1
                    first, place = place, place + batch.num_rows
                    skip = max(0, start - first)
                    if place >= start:  # though it be empty: rows at the end may be left out after the last that is read
                        self.left_out += [row for row in behind if not skip or row[0] > numbers[skip - 1]]
                        yield _numbered(batch.slice(skip), pa.array(numbers[skip:], pa.int64()))
                self.left_out += ahead
            except pa.ArrowInvalid as error:
                if not _hopeless(ahead):
                    raise
                raise UnreadableTableError(f"前 {_HOPELESS:,} 行都和列名对不上（第 1 行：{ahead[0][1]}）。请检查列名那一行，改好以后重新判断。") from error

    def _why(self, error: Exception) -> str:
        if isinstance(error, UnicodeDecodeError) or any(sign in str(error) for sign in ("UTF8", "UTF-8", "codec")):
            return f"文字的编码不一致（按 {self._encoding.upper()} 读的）。请把整个文件另存为 UTF-8 的 .csv。"
        if isinstance(error, pa.ArrowInvalid):
            return f"引号没有配对，或者有一行超过 {_BLOCK >> 20} MB。请改好引号，或者改用 .parquet。"
        return super()._why(error)


def _header(text: str, separator: str) -> list[str]:
    """The names of the columns."""
    try:
        names = next(csv.reader(StringIO(text, newline=""), delimiter=separator), [])
    except csv.Error:  # a cell longer than it takes; how long that is, the whole process has in common
        names = [text]
    if any(len(name) > _LONGEST_NAME for name in names):
        raise UnreadableTableError(f"列名那一行读不了：引号没有配对，或者有一个列名超过 {_LONGEST_NAME:,} 个字。请改好这一行。")
    return names


@lru_cache(maxsize=1000)  # one text for all the rows of which it is said
def _malformed(joined: int, cells: int, names: int) -> str:
    why = f"引号没有配对，从这里起有 {joined + 1:,} 行连成了一行" if joined > 1 else f"这一行有 {cells} 格，列名有 {names} 个，分不清哪格是哪列"
    return f"{why}，没有判断"


def _hopeless(passed_over: list[tuple[int, str]]) -> bool:
    """Whether not one of so many first rows can be read: the names of the columns are wrong then, not the rows."""
    return bool(passed_over) and passed_over[-1][0] == len(passed_over) == _HOPELESS


def _next_rows(ahead: list[tuple[int, str]], number: int, rows: int) -> tuple[list[int], int, list[tuple[int, str]]]:
    """The numbers of the next rows, the number after them, and those passed over before it, which are taken out of `ahead`."""
    numbers: list[int] = []
    behind = 0
    for gone, _ in ahead:
        if len(numbers) + gone - number > rows:
            break
        numbers.extend(range(number, gone))
        number, behind = gone + 1, behind + 1
    after = number + rows - len(numbers)
    numbers.extend(range(number, after))
    passed_over, ahead[:behind] = ahead[:behind], []
    return numbers, after, passed_over


def _encoding(head: bytes) -> str:
    """UTF-8 where the beginning of the file is; else GB18030, as Excel saves. The last bytes may be half a character."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    for cut in range(4):
        try:
            head[: len(head) - cut].decode("utf-8")
            return "utf-8"
        except UnicodeDecodeError:
            continue
    return "gb18030"


_KINDS: dict[str, Callable[[tuple[Path, ...]], Source]] = {".parquet": _Parquet, ".csv": _Csv, ".arrow": _Ipc, ".feather": _Ipc, ".ipc": _Ipc}
