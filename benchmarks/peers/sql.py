"""DuckDB: one SELECT. Nulls of SQL are the third truth, so one expression gives both bounds."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from benchmarks.peers.companies import UNSURE
from benchmarks.peers.conditions import Way, Writer
from benchmarks.peers.peer import ROW, Bounds, TablePeer
from benchmarks.peers.text import SIGNS
from eligibility.rulebook.book import Rulebook


class _Sql(Writer[str]):
    def every(self, parts: Sequence[str]) -> str:
        return f"({' AND '.join(parts)})"

    def some(self, parts: Sequence[str]) -> str:
        return f"({' OR '.join(parts)})"

    def constant(self, value: bool) -> str:
        return "true" if value else "false"

    def undecided(self) -> str:
        return "NULL::BOOLEAN"

    def named(self, status: str) -> str:
        return status

    def known(self, question: str) -> str:
        return f"{question} IS NOT NULL"

    def unknown(self, question: str) -> str:
        return f"{question} IS NULL"

    def is_true(self, question: str, value: bool) -> str:
        return question if value else f"NOT {question}"

    def chosen(self, question: str, options: Sequence[str]) -> str:
        codes = [str(list(self.rulebook.questions[question].option).index(o) + 1) for o in options]
        return f"{question} = {codes[0]}" if len(codes) == 1 else f"{question} IN ({', '.join(codes)})"

    def overlaps(self, question: str, options: Sequence[str], absent: bool, maybe: bool) -> str:
        all_options = list(self.rulebook.questions[question].option)
        mask = sum(1 << all_options.index(o) for o in options)
        sure = f"({question} & {mask}) <> 0"
        if self.way == Way.PLAIN:
            return f"({question} & {mask}) = 0" if absent else sure
        doubt = f"CASE WHEN ({question}{UNSURE} & {mask}) <> 0 THEN NULL ELSE false END"
        return f"(NOT ({sure} OR {doubt}))" if absent else f"({sure} OR {doubt})"

    def compares(self, question: str, relation: str, bound: float) -> str:
        return f"{question} {SIGNS[relation]} {bound!r}"


class DuckDb(TablePeer):
    name = "DuckDB SQL"
    package = "duckdb"
    note = "One SELECT over the statuses, which stand in SELECTs below it, as a prepared statement; codes and masks; its nulls give both bounds in one expression."

    def __init__(self, rulebook: Rulebook, bounds: Bounds) -> None:
        super().__init__(rulebook, bounds)
        writer = _Sql(rulebook, Way.PLAIN if bounds == Bounds.ONE else Way.KLEENE)
        self.said = [writer.write(c) for c in self.conditions]
        self.statuses = writer.statuses
        self.connection = duckdb.connect()
        self.tables = itertools.count(1)

    def _select(self, source: str, columns: dict[str, int], also: str = "") -> str:
        """A SELECT of conditions by number, named as one likes; `also` is selected beside them."""
        inner = f"SELECT * FROM {source}"
        done: set[str] = set()
        left = dict(self.statuses)
        while left:  # a layer holds the statuses that need no other one of their layer
            layer = {name: text for name, text in left.items() if not any(_names(other, text) for other in left)}
            inner = f"SELECT *, {', '.join(f'{text} AS {name}' for name, text in layer.items())} FROM ({inner})"
            done |= layer.keys()
            left = {name: text for name, text in left.items() if name not in done}
        conditions = f"SELECT {'file_row_number, ' if also else ''}{', '.join(f'{text} AS c{i}' for i, text in enumerate(self.said))} FROM ({inner})"
        return f"SELECT {also}{', '.join(f'c{at} AS {chr(34)}{name}{chr(34)}' for name, at in columns.items())} FROM ({conditions})"

    def load(self, table: pa.Table) -> str:
        name = f"companies{next(self.tables)}"
        self.connection.register("arrow", table)
        self.connection.execute(f"CREATE TABLE {name} AS SELECT * FROM arrow")
        self.connection.unregister("arrow")
        self.connection.execute(f"PREPARE decide_{name} AS {self._select(name, {f'c{i}': i for i in range(len(self.conditions))})}")
        return f"EXECUTE decide_{name}"

    def decide(self, columns: str) -> pa.Table:
        return self.connection.sql(columns).to_arrow_table()

    def truths(self, decided: pa.Table) -> np.ndarray:
        return np.stack([c.cast(pa.uint8()).combine_chunks().fill_null(3).to_numpy() for c in decided.columns]).choose([0, 2, 0, 1]).astype(np.uint8)

    def convert(self, source: Path, target: Path) -> None:
        # The row numbers go along, so the parts need not come in order: each thread writes its own.
        select = self._select(f"read_parquet({str(source)!r}, file_row_number = true)", self.place, f"file_row_number AS {ROW}, ")
        self.connection.execute("SET preserve_insertion_order = false")
        self.connection.execute(f"COPY ({select}) TO {str(target)!r} (FORMAT parquet, PER_THREAD_OUTPUT true)")


def _names(status: str, text: str) -> bool:
    """Whether a status is named in a text; names end where another character stands."""
    return status in text.replace("(", " ").replace(")", " ").split()
