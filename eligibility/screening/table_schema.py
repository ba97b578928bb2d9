"""What a large table of answers looks like: the columns to deliver, made from the questions. A header that a ledger may have does as well."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa  # type: ignore[import-untyped]

from eligibility.logic.columns import option_column
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.models import Option, Question
from eligibility.screening.headers import papers

_WORDS = pa.dictionary(pa.int32(), pa.string())
_TYPES = {"choice": _WORDS, "number": pa.float64(), "yes_no": pa.bool_(), "date": pa.date32(), "text": pa.string()}


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column. `until`: it holds the last day of an option's certificate."""

    name: str
    type: pa.DataType
    question: Question
    option: Option | None = None
    until: bool = False


def table_columns(rulebook: Rulebook) -> Iterator[TableColumn]:
    """A column a question, or an option where several can be chosen. What decides nothing and names nobody has none."""
    for question in rulebook.questions.values():
        if question.kind == "choices" and question.purpose == "eligibility":
            for option in question.options:
                name = option_column(question.id, option.id)
                yield TableColumn(name, pa.bool_(), question, option)
                if any(paper.part == "until" for paper in papers(question, option, rulebook)):
                    yield TableColumn(f"{name}.until", pa.date32(), question, option, until=True)
        elif question.kind == "text" or (question.kind in _TYPES and question.purpose == "eligibility"):
            yield TableColumn(question.id, _TYPES[question.kind], question)


def empty_table(rulebook: Rulebook) -> pa.Table:
    """A table without rows: its columns and their types."""
    return pa.schema([(c.name, c.type) for c in table_columns(rulebook)]).empty_table()
