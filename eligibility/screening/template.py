"""A ledger to fill in: a column for everything that the rulebook asks, with units, drop-downs and a sheet that explains. Empty, or with clients as an example.

What it holds comes from the questions; a filled-in template is read like any other ledger.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO
from itertools import groupby
from typing import Literal

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.utility import xl_col_to_name  # type: ignore[import-untyped]

from eligibility.logic.answers import Choices
from eligibility.profile import Certificate, Profile
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.models import Question
from eligibility.screening.headers import Target, papers, target_name

ROWS = 2_000  # that carry drop-downs
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_YES_NO = ("是", "否")
_HEADER = 1  # the row of the headers, under the bands of the sections
_HELP = (("列", 40), ("怎样填", 50), ("问的是", 50), ("说明", 60), ("去哪里查", 60), ("可以填的", 80))


@dataclass(frozen=True, slots=True)
class TemplateColumn:
    """One column of the template: its header, what may be written there, how it is explained."""

    header: str
    target: Target
    question: Question
    form: Literal["number", "date", "text"]
    choices: tuple[str, ...]
    how: str


def template_columns(rulebook: Rulebook) -> Iterator[TemplateColumn]:
    """A column a question; where several choices decide, one 是/否 column an option, and those for its certificate."""
    for question in rulebook.questions.values():
        if question.kind == "choices" and question.purpose != "ordering":
            for option in question.options:
                held = Target(question.id, option.id)
                yield TemplateColumn(target_name(held, rulebook), held, question, "text", _YES_NO, "是或否；不清楚就空着")
                for paper in papers(question, option, rulebook):
                    if paper.part == "number":
                        how = f"证书上的编号{f'，{option.number_hint}' if option.number_hint else ''}；可以不填"
                    else:
                        how = "有效期的最后一天，写成 2027-08-31 的样子；可以不填，过期的不算"
                    yield TemplateColumn(target_name(paper, rulebook), paper, question, "text" if paper.part == "number" else "date", (), how)
        else:
            header = f"{question.short}（{question.unit}）" if question.unit else question.short
            choices = _YES_NO if question.kind == "yes_no" else tuple(o.name for o in question.options)
            form: Literal["number", "date", "text"] = "number" if question.kind == "number" else "date" if question.kind == "date" else "text"
            yield TemplateColumn(header, Target(question.id), question, form, choices, _how(question))


def ledger_template(rulebook: Rulebook, clients: Sequence[Profile] = ()) -> bytes:
    """The template as a workbook, with a row for each of these clients; the same bytes for the same input."""
    target = BytesIO()
    columns = tuple(template_columns(rulebook))
    with xlsxwriter.Workbook(target, _OPTIONS) as book:
        book.set_properties({"title": f"{rulebook.cover.title}：企业台账模板", "created": datetime.combine(rulebook.cover.reviewed, time())})
        common = {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#B9C2CB", "font_size": 10}
        head = book.add_format({**common, "bold": True, "bg_color": "#EEF2F5", "valign": "vcenter"})
        band = book.add_format({**common, "bold": True, "bg_color": "#DDE4EA", "align": "center"})
        filled, helped, listed = book.add_worksheet("企业台账"), book.add_worksheet("填写说明"), book.add_worksheet("选项")
        forms = {"number": book.add_format({"num_format": "#,##0.##"}), "date": book.add_format({"num_format": "yyyy-mm-dd"}), "text": book.add_format({"num_format": "@"})}
        _bands(filled, columns, band)
        lists: dict[tuple[str, ...], str] = {}
        for place, column in enumerate(columns):
            filled.set_column(place, place, 16, forms[column.form])
            filled.write_string(_HEADER, place, column.header, head)
            if column.choices and column.choices not in lists:
                lists[column.choices] = _listed(listed, len(lists), column.choices)
            if (rule := _rule(column, lists)) is not None:
                filled.data_validation(_HEADER + 1, place, _HEADER + ROWS, place, rule)
        for row, client in enumerate(clients, start=_HEADER + 1):
            for place, column in enumerate(columns):
                _write(filled, row, place, _cell(column, client))
        filled.set_row(_HEADER, 48)
        filled.freeze_panes(_HEADER + 1, 1)
        _help(helped, columns, head, book.add_format(common))
        listed.hide()  # it only feeds the drop-downs; the help sheet shows every option
    return target.getvalue()


def _bands(sheet: xlsxwriter.worksheet.Worksheet, columns: tuple[TemplateColumn, ...], band: xlsxwriter.format.Format) -> None:
    """The sections above the headers: so many columns need a way to find one's place."""
    for section, run in groupby(enumerate(columns), lambda c: c[1].question.section):
        places = [place for place, _ in run]
        if len(places) > 1:
            sheet.merge_range(0, places[0], 0, places[-1], section, band)
        else:
            sheet.write_string(0, places[0], section, band)


def _cell(column: TemplateColumn, client: Profile) -> str | float | None:
    """What a client's answers say in a column; nothing where they say nothing, or where one cell cannot say it."""
    question, option, part = column.target
    answer = client.answers.get(question)
    if part != "answer":
        paper = client.certificates.get((question, option or ""), Certificate())
        return paper.number if part == "number" else None if paper.until is None else paper.until.isoformat()
    match answer:
        case Choices() if option is not None:
            return None if option in answer.unsure else _YES_NO[0] if option in answer.chosen else _YES_NO[1]
        case Choices():
            names = [column.question.option[o].name for o in column.question.option if o in answer.chosen]
            return None if answer.unsure else "、".join(names) or column.question.none_label or "无"
        case bool():
            return _YES_NO[0] if answer else _YES_NO[1]
        case float():
            return f"约{answer:g}" if question in client.estimates else answer
        case date():
            return answer.isoformat()
        case str() if column.question.kind == "choice":
            return column.question.option[answer].name
    return answer


def _write(sheet: xlsxwriter.worksheet.Worksheet, row: int, place: int, cell: str | float | None) -> None:
    if isinstance(cell, str):
        sheet.write_string(row, place, cell)
    elif cell is not None:
        sheet.write_number(row, place, cell)


def _rule(column: TemplateColumn, lists: Mapping[tuple[str, ...], str]) -> dict[str, object] | None:
    """What Excel refuses or asks about while a column is filled in. Of several choices in one cell it can say nothing."""
    question = column.question
    if column.choices and (question.kind != "choices" or column.choices == _YES_NO):
        return {"validate": "list", "source": lists[column.choices], "error_title": "没有这个选项", "error_message": "请从下拉表里选；不清楚就空着。"}
    if column.form == "number":
        within = {"criteria": "between", "minimum": question.min, "maximum": question.max}
        asked = {"error_type": "warning", "error_title": "请核对", "error_message": f"这里写数字，单位是{question.unit}。"}
        return {"validate": "integer" if question.whole else "decimal", **within, **asked}
    return None


def _help(sheet: xlsxwriter.worksheet.Worksheet, columns: tuple[TemplateColumn, ...], head: xlsxwriter.format.Format, body: xlsxwriter.format.Format) -> None:
    for place, (title, width) in enumerate(_HELP):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, title, head)
    for row, column in enumerate(columns, start=1):
        question = column.question
        for place, text in enumerate((column.header, column.how, question.text, question.help or "", question.look_up or "", "、".join(column.choices))):
            sheet.write_string(row, place, text, body)
    sheet.freeze_panes(1, 1)


def _listed(sheet: xlsxwriter.worksheet.Worksheet, place: int, choices: tuple[str, ...]) -> str:
    """The choices as a column of the sheet of lists, and where they stand. A list in the cell's own rule may have 255 characters only."""
    for row, choice in enumerate(choices):
        sheet.write_string(row, place, choice)
    letter = xl_col_to_name(place)
    return f"='选项'!${letter}$1:${letter}${len(choices)}"


def _how(question: Question) -> str:
    match question.kind:
        case "number":
            return f"写数字，单位是{question.unit}；没有就写 0，不清楚就空着"
        case "yes_no":
            return "是或否；不清楚就空着"
        case "date":
            return "写成 2021-03-15 的样子；不清楚就空着"
        case "month":
            return "写成 2024-07 的样子；不清楚就空着"
        case "text":
            return "写文字"
        case "choice":
            return "从下拉表里选一个；不清楚就空着"
        case "choices":
            return "可以写几个，用顿号隔开；不清楚就空着"
