"""What stands beside the verdicts of a large table: the cells that were not used, and how many companies each support has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import IO

from eligibility.assessment import Verdict
from eligibility.logic.words import number
from eligibility.report.labels import STRENGTHS, VERDICTS
from eligibility.report.ledger_problems import COLUMNS, CONVERTED, UNUSED_CELL, UNUSED_COLUMN
from eligibility.report.spreadsheet import Row, csv_bytes, write_rows
from eligibility.rulebook.book import Rulebook
from eligibility.screening.headers import Column
from eligibility.screening.table import Totals
from eligibility.screening.table_schema import table_columns

UNUSED_ROW = "没有用上的行"


def write_problems(clashes: Iterable[Column], totals: Totals, passed_over: Mapping[int, str], cells: Iterable[tuple[int, str, str, str]], target: IO[bytes]) -> None:
    """Columns and rows first, then cells in the order of the table, last the rows that are no companies; as a spreadsheet program opens it."""
    columns = ((UNUSED_COLUMN, "", c.header, c.remark or "", "") for c in clashes)
    rows = ((UNUSED_ROW, row, "", why, "请改好后重新判断。") for row, why in totals.left_out.told)
    untold = totals.left_out.rows - len(totals.left_out.told)
    others = [(UNUSED_ROW, "", "", f"另有 {untold:,} 行没有判断，不再逐行列出", "请检查这张表是怎样做出来的，改好后重新判断。")] if untold else []
    told = ((CONVERTED, row, "", said, "") for row, said in passed_over.items())
    write_rows(chain([COLUMNS], columns, rows, others, ((UNUSED_CELL, *cell) for cell in cells), told), target)


def summary_csv(totals: Totals, rulebook: Rulebook) -> bytes:
    """Support by support, how many companies have each verdict."""
    head = ("支持编号", "支持", "力度", "类别", *(VERDICTS[v].name for v in Verdict))
    rows = ((s.id, s.title, STRENGTHS[s.strength].name, rulebook.kinds[s.kind].name, *totals.verdicts[s.id]) for s in rulebook.supports.values())
    return csv_bytes([head, *rows])


_HOW = {
    "choice": "文字：选项的编号或名称",
    "choices": "是或否（true、false）；不清楚就空着",
    "number": "数字，单位是{}",
    "yes_no": "是或否（true、false）",
    "date": "日期，如 2021-03-15",
    "text": "文字；照抄到结果里",
}


def schema_csv(rulebook: Rulebook) -> bytes:
    """The columns to deliver, one a line, with what may stand in them."""
    return csv_bytes([("列名", "类型", "题目", "说明", "可以填的"), *_columns(rulebook)])


def _columns(rulebook: Rulebook) -> Iterator[Row]:
    for column in table_columns(rulebook):
        question, option = column.question, column.option
        how = "日期：这一项证书有效期的最后一天，过期的不算；可以没有这一列" if column.until else _HOW[question.kind].format(question.unit)
        limits = f"{number(question.min, None)} 到 {number(question.max, None)}{'，整数' if question.whole else ''}" if question.kind == "number" and question.max is not None else ""
        options = "、".join(f"{o.id}（{o.name}）" for o in question.options) if question.kind == "choice" else limits
        asked = f"{question.short}：{option.name}" if option else question.short
        yield column.name, how, asked, question.text, options
