"""The template comes from the rulebook, and what is filled in comes back as it was meant."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from eligibility.logic.answers import Choices
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import load
from eligibility.screening.headers import Target, targets
from eligibility.screening.ledger import open_ledger
from eligibility.screening.table_schema import table_columns
from eligibility.screening.template import ledger_template, template_columns
from tests.harbour import HARBOUR


@pytest.fixture(params=["liaoning", "harbour"])
def book(request: pytest.FixtureRequest, rulebook: Rulebook) -> Rulebook:
    return rulebook if request.param == "liaoning" else load(HARBOUR)


def test_every_column_is_read_back_by_its_header(book: Rulebook) -> None:
    filled = load_workbook(BytesIO(ledger_template(book)))
    sheet = filled.worksheets[0]
    for place, column in enumerate(template_columns(book), start=1):
        value = {"number": column.question.min + 1, "date": date(2027, 8, 31)}.get(column.form, column.choices[0] if column.choices else "2024-07" if column.question.kind == "month" else "甲")
        sheet.cell(3, place, value)
    target = BytesIO()
    filled.save(target)
    ledger = open_ledger(target.getvalue(), "a.xlsx", book)
    assert [(c.header, c.remark) for c in ledger.columns if c.target is None or c.remark] == []
    assert ledger.unread == ()  # the sheet that explains the columns names them all
    found = ledger.read()
    assert found.faults == ()
    (client,) = found.clients
    assert client.row == 3
    assert client.profile.answers.keys() == book.questions.keys()
    for question in book.questions.values():
        if question.kind == "choices" and question.purpose != "ordering":
            assert client.profile.answers[question.id] == Choices(frozenset(question.option))


def test_every_title_on_which_a_status_hangs_has_its_last_day_and_a_number_if_it_is_known_how_one_looks(rulebook: Rulebook) -> None:
    parts = {(c.target.option, c.target.part) for c in template_columns(rulebook) if c.target.question == "titles" and c.target.part != "answer"}
    titles = {option for question, option in rulebook.granted_by if question == "titles"}
    assert titles >= {"tech_sme", "high_tech", "fledgling", "gazelle", "unicorn", "little_giant"}
    assert parts == {(option, "until") for option in titles} | {("tech_sme", "number"), ("high_tech", "number")}
    assert {t for t in targets(rulebook) if t.part != "answer"} == {Target("titles", *p) for p in parts}
    assert {(c.option.id, "until") for c in table_columns(rulebook) if c.until and c.option} == {p for p in parts if p[1] == "until"}
    headers = [c.header for c in template_columns(rulebook)]
    assert headers.index("资质：雏鹰企业有效期至") == headers.index("资质：雏鹰企业") + 1


def test_drop_downs_hold_every_option_and_help_explains_every_column(rulebook: Rulebook) -> None:
    workbook = load_workbook(BytesIO(ledger_template(rulebook)))
    sheet, explained, options = workbook.worksheets
    assert (sheet.title, explained.title, options.sheet_state) == ("企业台账", "填写说明", "hidden")
    columns = list(template_columns(rulebook))
    assert [c.value for c in sheet[2]] == [c.header for c in columns] == [row[0].value for row in explained.iter_rows(min_row=2)]
    place = next(n for n, c in enumerate(columns, start=1) if c.question.id == "city")
    (rule,) = (v for v in sheet.data_validations.dataValidation if sheet.cell(3, place).coordinate in v.cells)
    letter = rule.formula1.split("$")[1]
    assert [c.value for c in options[letter] if c.value] == [o.name for o in rulebook.questions["city"].options]
    assert explained.cell(place + 1, 6).value == "、".join(o.name for o in rulebook.questions["city"].options)
    assert "营业收入（万元）" in [c.header for c in columns]


def test_the_same_rulebook_gives_the_same_bytes(rulebook: Rulebook) -> None:
    assert ledger_template(rulebook) == ledger_template(rulebook)


def test_clients_written_into_the_template_are_read_back_as_they_were(rulebook: Rulebook) -> None:
    from eligibility.profile import read_profile
    from eligibility.rulebook.load import DEFAULT_RULES
    from eligibility.scenarios import read_scenarios

    clients = [read_profile(s.answers, rulebook.questions)[0] for s, _ in read_scenarios(DEFAULT_RULES)]
    told = [n for n, c in enumerate(clients) if c.answers]
    reading = open_ledger(ledger_template(rulebook, [clients[n] for n in told]), "示例.xlsx", rulebook).read()
    assert not reading.faults
    for n, read in zip(told, reading.clients, strict=True):
        assert dict(read.profile.answers) == dict(clients[n].answers), n
        assert (read.profile.estimates, dict(read.profile.certificates)) == (clients[n].estimates, dict(clients[n].certificates))
