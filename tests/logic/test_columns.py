"""The reading over a table, held against the reading of one company: every truth, every reach, every missing fact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eligibility.logic.answers import Answer, Choices
from eligibility.logic.bounds import Plan
from eligibility.logic.columns import AGENCY, Columns, Staged, option_column
from eligibility.logic.expressions import All, AnyOf, Bands, Compare, Expression, Has, In, Is, Not, Ratio, Sum, YearsSince
from eligibility.logic.truth import NO, OPEN, YES
from tests.conftest import DAY
from tests.logic.test_bounds import QUESTIONS, STATUSES, Question, expressions, numbers, worked_out

TRUTHS = {(True, True): YES, (False, True): OPEN, (False, False): NO}


def companies(questions: Mapping[str, Question], how_many: int) -> list[dict[str, Answer]]:
    """Companies with every share of unknowns, the same at every run; of some choices one is not sure."""
    random, found = Random(6), []
    for n in range(how_many):
        share = n / how_many
        company: dict[str, Answer] = {q: random.choice(question.values) for q, question in questions.items() if random.random() >= share}
        for q, answer in company.items():
            if isinstance(answer, Choices) and random.random() < 0.5:
                doubtful = frozenset(o for o in questions[q].option if random.random() < 0.4)
                company[q] = Choices(answer.chosen - doubtful, doubtful)
        found.append(company)
    return found


def table(questions: Mapping[str, Question], rows: list[dict[str, Answer]]) -> pl.DataFrame:
    """The same companies as the columns that formulas read."""
    columns: dict[str, pl.Series] = {}
    for id_, question in questions.items():
        answers = [row.get(id_) for row in rows]
        match question.values[0]:
            case bool():
                columns[id_] = pl.Series(answers, dtype=pl.Boolean)
            case str():
                columns[id_] = pl.Series([None if a is None else question.option.index(a) for a in answers], dtype=pl.UInt16)  # type: ignore[arg-type]
            case Choices():
                for option in question.option:
                    columns[option_column(id_, option)] = pl.Series([_flag(a, option) for a in answers], dtype=pl.Boolean)
            case date():
                columns[id_] = pl.Series(answers, dtype=pl.Date)
            case _:
                columns[id_] = pl.Series(answers, dtype=pl.Float64)
    return pl.DataFrame(columns)


def _flag(answer: Any, option: str) -> bool | None:
    return None if answer is None or option in answer.unsure else option in answer.chosen


def agrees(expression: Expression, questions: Mapping[str, Any], rows: list[dict[str, Answer]], without: Iterable[str] = ()) -> None:
    """Both readings of one expression over all companies, with a table that lacks the columns `without`."""
    rows = [{q: a for q, a in row.items() if q not in without} for row in rows]
    frame = table(questions, rows)
    frame = frame.drop(c for c in frame.columns if c.split(".")[0] in without)
    columns = Columns(questions, STATUSES, DAY, frame.columns)
    decided = columns.decide(expression)
    wanted = {"now.certain": decided.now.certain, "now.possible": decided.now.possible, "reach.certain": decided.reach.certain, "reach.possible": decided.reach.possible}
    for later in (False, True):
        wanted |= {f"{later} {q}": hangs for q, hangs in columns.hanging(decided, later).items() if q != AGENCY}
    found = Staged(wanted).over(frame, len(rows))
    plan = Plan(questions, STATUSES)
    slot = plan.add(expression)
    for row, told in zip(rows, found.iter_rows(named=True), strict=True):
        reading = plan.read(row, DAY)
        now, reach = (TRUTHS[told[f"{which}.certain"], told[f"{which}.possible"]] for which in ("now", "reach"))
        assert (now, reach) == (reading.now[slot], reading.reach[slot]), row
        for later in (False, True):
            missing = {q for q in questions if told.get(f"{later} {q}")}
            assert missing == set(plan.asked_user(reading.hangs_on(slot, later))), (row, later)


COMPANIES = companies(QUESTIONS, 150)


@settings(max_examples=300)
@given(expressions)
def test_a_table_decides_every_condition_as_one_company_does(expression: Expression) -> None:
    agrees(expression, QUESTIONS, COMPANIES)


@settings(max_examples=300)
@given(worked_out)
def test_a_table_decides_every_number_as_one_company_does(expression: Expression) -> None:
    agrees(expression, QUESTIONS, COMPANIES)


@settings(max_examples=100)
@given(expressions, st.sets(st.sampled_from(list(QUESTIONS))))
def test_a_column_that_is_not_there_is_unknown_for_every_company(expression: Expression, without: set[str]) -> None:
    agrees(expression, QUESTIONS, COMPANIES[::3], without)


@settings(max_examples=100)
@given(numbers, st.sampled_from(["never", "grow", "lose"]), st.sampled_from([None, 3]), st.sampled_from(Compare.RELATIONS))
def test_what_a_company_can_change_and_the_range_of_a_question_count_alike(number: Any, changes: Any, most: float | None, relation: str) -> None:
    questions = QUESTIONS | {"assets": replace(QUESTIONS["assets"], changes=changes, max=most, min=-1)}
    agrees(Compare(value=number, **{relation: 1.5}), questions, COMPANIES[::2])


DATES = tuple(DAY + timedelta(days=d) for d in [*range(-800, 400), *range(-40_000, -800, 97)]) + tuple(date(y, m, d) for y in (1904, 2000, 2023, 2024) for m, d in ((2, 28), (2, 28), (3, 1), (12, 31), (1, 1))) + (date(2024, 2, 29), date(1, 1, 1))


@pytest.mark.parametrize("relation", Compare.RELATIONS)
@pytest.mark.parametrize("unit", ["years_since", "days_since"])
def test_time_since_a_date_is_the_same_to_the_last_bit(unit: str, relation: str) -> None:
    questions: dict[str, Any] = {"founded": Question((DAY,))}
    rows: list[dict[str, Answer]] = [{"founded": d} for d in DATES] + [{}]
    plan = Plan(questions, {})
    from eligibility.logic.quantities import Quantities

    quantity = Quantities(plan).of({"years_since": YearsSince(years_since="founded")}.get(unit) or _days())
    exact = sorted({quantity.now(plan.read(row, DAY))[0] for row in rows})
    for bound in exact[:: len(exact) // 12]:
        agrees(Compare(value={unit: "founded"}, **{relation: bound}), questions, rows)


def _days() -> Any:
    from eligibility.logic.expressions import DaysSince

    return DaysSince(days_since="founded")


@pytest.mark.parametrize("relation", Compare.RELATIONS)
def test_figures_exactly_on_a_bound_are_there_in_a_table_too(relation: str) -> None:
    questions: dict[str, Any] = {"part": Question((0.1,)), "whole": Question((0.1,))}
    exact: list[dict[str, Answer]] = [{"part": whole * 6 / 100, "whole": float(whole)} for whole in range(1000, 6000)]
    rows = [{**row, "part": round(row["part"] + beside, 2)} for row in exact for beside in (-0.01, 0, 0.01)]  # type: ignore[operator]
    share = Ratio(ratio=("part", "whole"))
    agrees(Compare(value=share, **{relation: 0.06}), questions, rows)
    agrees(Compare(value=Bands(bands=share, steps=({"at_least": 0.06, "gives": 50}, {"at_least": 0.03, "gives": 20})), **{relation: 50}), questions, rows)


def test_a_sum_of_fractions_rounds_alike() -> None:
    """0.1 + 0.2 + 0.3 is not 0.6 in binary; both readings must make up for it in the same way, on every version of Python."""
    names = ("a", "b", "c", "d")
    random = Random(1)
    questions: dict[str, Any] = {name: Question((0.1,), max=10) for name in names}
    rows: list[dict[str, Answer]] = [{n: random.choice([0.1, 0.2, 0.3, 0.7, 1e16, 1.0]) for n in names} for _ in range(300)]
    for bound in (0.6, 0.7, 1.0, 1.1, 1.2, 1e16, 1e16 + 2):
        for relation in Compare.RELATIONS:
            agrees(Compare(value=Sum(sum=names), **{relation: bound}), questions, rows)


@pytest.mark.parametrize("options", [64, 65, 255, 256, 257, 1500])
def test_there_is_no_limit_to_the_number_of_options(options: int) -> None:
    ids = tuple(f"o{n}" for n in range(options))
    every = tuple(Choices(frozenset([o])) for o in ids)
    questions: dict[str, Any] = {"code": Question(ids, ids), "marks": Question((*every, Choices()), ids, changes="lose")}
    rows: list[dict[str, Answer]] = [{"code": o, "marks": m} for o, m in zip(ids, every, strict=True)] + [{}, {"code": ids[-1], "marks": Choices(frozenset(), frozenset(ids[-1:]))}]
    for expression in (
        Is(answer="code", **{"is": ids[-1]}),
        In(answer="code", **{"in": (ids[0], ids[-1])}),
        Not(**{"not": In(answer="code", **{"in": ids[:-1]})}),
        Has(answer="marks", has=ids[-1]),
        Has(answer="marks", has_none=(ids[0], ids[options // 2], ids[-1])),
        All(all=(Has(answer="marks", has_any=ids[1:]), AnyOf(any=(Is(answer="code", **{"is": ids[-2]}), In(answer="code", **{"in": ids[-2:]}))))),
    ):
        agrees(expression, questions, rows)


def test_equal_parts_are_one_formula() -> None:
    columns = Columns(QUESTIONS, STATUSES, DAY, ["staff", "kind", "task"])
    small, other = Compare(answer="staff", below=3), Is(answer="kind", **{"is": "a"})
    assert columns.decide(All(all=(small, other))).now.certain is columns.decide(All(all=(other, small))).now.certain
    assert columns.decide(Not(**{"not": AnyOf(any=(small, other))})).now.certain is columns.decide(All(all=(Not(**{"not": small}), Not(**{"not": other})))).now.certain
