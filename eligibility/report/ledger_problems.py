"""What a ledger could not say, as a table: cells and columns that were not used, and what was converted or assumed."""

from __future__ import annotations

from collections.abc import Iterator

from eligibility.report.spreadsheet import csv_bytes
from eligibility.rulebook.models import Question
from eligibility.screening.cells import is_money
from eligibility.screening.ledger import Reading

COLUMNS = ("哪一类", "行", "列", "情况", "怎么改")
UNREAD_SHEET, UNUSED_CELL, UNUSED_COLUMN, ASSUMED, CONVERTED = "没有读的表", "没有用上的格", "没有用上的列", "按约定读的列", "换算和提醒"

Row = tuple[str, int | None, str, str, str]


def problems(source: Reading) -> Iterator[Row]:
    """What was not used comes first."""
    for sheet in source.ledger.unread:
        yield UNREAD_SHEET, None, "", sheet.what, sheet.remedy
    for fault in source.faults:
        yield UNUSED_CELL, fault.row, fault.column, fault.what, fault.remedy
    for column in source.ledger.columns:
        if column.target is None:
            yield UNUSED_COLUMN, None, column.header, column.remark or "列对照里写明不用", ""
        elif column.remark:
            yield ASSUMED, None, column.header, column.remark, _name_the_unit(source.ledger.rulebook.questions[column.target.question])
    for remark in source.remarks:
        yield CONVERTED, remark.row or None, remark.column or "", remark.text, ""


def _name_the_unit(question: Question) -> str:
    """How a column says its unit itself, by an example that its figures can be in."""
    if question.unit is None:
        return ""
    return "不是这个单位的，请在列名后写明单位，如（元）。" if is_money(question) else f"请在列名后写明单位，如（{question.unit}）。"


def problems_csv(source: Reading) -> bytes:
    """The table as a spreadsheet program opens it."""
    return csv_bytes([COLUMNS, *problems(source)])
