"""A Parquet file in which many columns hold the same values: these are encoded once and copied.

To encode a column costs many times as much as to decide it, and a rulebook has far fewer different conditions than
supports. Polars encodes the different columns; here their encoded bytes are put under all the names that they have. What
comes out is a plain Parquet file: no two columns share bytes, because not every reader can bear that.

Source of the fields' numbers: https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any, BinaryIO

import polars as pl

from eligibility.parquet.thrift import Items, Struct, Type, read_struct, written

_GROUP = 1 << 18  # rows of one group
_MAGIC = b"PAR1"

# numbers of fields, by the struct that has them
_SCHEMA, _ROW_GROUPS, _KEY_VALUES, _COLUMN_ORDERS = 2, 4, 5, 7  # FileMetaData
_COLUMNS, _BYTES, _FIRST_AT, _COMPRESSED_BYTES = 1, 2, 5, 6  # RowGroup
_CHUNK_AT, _FACTS = 2, 3  # ColumnChunk
_INDEXES = frozenset({4, 5, 6, 7})  # ColumnChunk: where indexes of its pages are; they are not copied
_PATH, _CHUNK_BYTES, _CHUNK_COMPRESSED_BYTES, _DATA_AT, _DICTIONARY_AT = 3, 6, 7, 9, 11  # ColumnMetaData
_FILTERS = frozenset({14, 15})  # ColumnMetaData: where a Bloom filter is; it is not copied


def write_repeated(file: BinaryIO, different: pl.DataFrame, names: Mapping[str, str], metadata: Mapping[str, str]) -> None:
    """Write a table whose columns are `names`, each with the column of `different` that it repeats."""
    content, footer = _parquet(different)
    _, wanted = _parquet(different.clear().select(pl.col(column).alias(name) for name, column in names.items()), metadata)
    file.write(_MAGIC)
    at = len(_MAGIC)
    groups = []
    for group in footer[_ROW_GROUPS].values:
        chunks = _by_column(group)
        copied: list[Struct] = []
        first = at
        for name, column in names.items():
            for chunk in chunks[column]:
                facts: Struct = chunk[_FACTS]
                start, size = facts[_DICTIONARY_AT] if _DICTIONARY_AT in facts else facts[_DATA_AT], facts[_CHUNK_COMPRESSED_BYTES]
                file.write(content[start : start + size])
                copied.append(_moved(chunk, name, at - start))
                at += size
        sizes = {n: sum(chunk[_FACTS][of] for chunk in copied) for n, of in ((_BYTES, _CHUNK_BYTES), (_COMPRESSED_BYTES, _CHUNK_COMPRESSED_BYTES))}
        numbers = {n: (Type.I64, value) for n, value in (sizes | {_FIRST_AT: first}).items()}
        groups.append(group.with_fields({_COLUMNS: (Type.LIST, Items(Type.STRUCT, copied)), **numbers}))
    end = written(footer.with_fields({n: wanted.fields[n] for n in (_SCHEMA, _KEY_VALUES, _COLUMN_ORDERS) if n in wanted} | {_ROW_GROUPS: (Type.LIST, Items(Type.STRUCT, groups))}))
    file.write(end + len(end).to_bytes(4, "little") + _MAGIC)


def _parquet(frame: pl.DataFrame, metadata: Mapping[str, str] | None = None) -> tuple[memoryview, Struct]:
    """A table as Parquet, and its footer."""
    file = io.BytesIO()
    frame.write_parquet(file, compression="zstd", statistics=False, row_group_size=_GROUP, metadata=dict(metadata) if metadata else None)
    content = file.getbuffer()
    size = int.from_bytes(content[-8:-4], "little")
    return content, read_struct(bytes(content[-8 - size : -8]))


def _by_column(group: Struct) -> dict[str, list[Struct]]:
    """The chunks of a row group by the column of the table; a list of texts, say, has several."""
    found: dict[str, list[Struct]] = {}
    for chunk in group[_COLUMNS].values:
        found.setdefault(chunk[_FACTS][_PATH].values[0].decode(), []).append(chunk)
    return found


def _moved(chunk: Struct, name: str, by: int) -> Struct:
    """A chunk under another name and in another place."""
    facts: Struct = chunk[_FACTS]
    path = Items(Type.BINARY, [name.encode(), *facts[_PATH].values[1:]])
    moved: dict[int, tuple[int, Any]] = {n: (Type.I64, facts[n] + by) for n in (_DATA_AT, _DICTIONARY_AT) if n in facts}
    facts = facts.with_fields({_PATH: (Type.LIST, path), **moved}, _FILTERS)
    return chunk.with_fields({_CHUNK_AT: (Type.I64, chunk[_CHUNK_AT] + by if chunk[_CHUNK_AT] else 0), _FACTS: (Type.STRUCT, facts)}, _INDEXES)
