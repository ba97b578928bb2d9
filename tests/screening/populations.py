"""Companies to decide in both ways: random ones, as profiles and as the table that says the same, with any share of unknowns; and tables with whatever content programs write."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pyarrow as pa

from eligibility.compiled import compiled
from eligibility.logic.answers import Answer, Choices
from eligibility.logic.expressions import Compare, walk
from eligibility.logic.truth import NO, OPEN, YES
from eligibility.profile import Certificate, Profile
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.models import Question
from eligibility.screening.batch import Batch
from eligibility.screening.ledger import find_ledger
from eligibility.screening.sheets import Sheet, as_cell
from tests.conftest import DAY


def companies(rulebook: Rulebook, how_many: int, seed: int = 0) -> Iterator[Profile]:
    """Companies with every share of unknowns. Numbers lie on, below and above every bound; of some choices one is not sure; some certificates have run out."""
    random = Random(seed)
    marks = {q.id: _marks(q, rulebook) for q in rulebook.questions.values() if q.kind == "number"}
    for n in range(how_many):
        share = n % 101 / 100  # from nothing to everything known
        answers: dict[str, Answer] = {}
        papers: dict[tuple[str, str], Certificate] = {}
        for question in rulebook.questions.values():
            if random.random() < share and question.kind not in ("text", "month"):
                answers[question.id] = _answer(question, random, marks)
        for id_, answer in answers.items():
            if isinstance(answer, Choices):
                for option in sorted(answer.chosen):
                    if random.random() < 0.2:
                        papers[id_, option] = Certificate(until=DAY + timedelta(days=random.choice((-400, -1, 0, 1, 400))))
        yield Profile(answers, certificates=papers)


def _answer(question: Question, random: Random, marks: dict[str, list[float]]) -> Answer:
    options = [o.id for o in question.options]
    match question.kind:
        case "choice":
            return random.choice(options)
        case "choices":
            often, doubt = random.choice((0.1, 0.5)), random.choice((0, 0, 0.2))
            chosen = frozenset(o for o in options if random.random() < often)
            return Choices(chosen, frozenset(o for o in options if o not in chosen and random.random() < doubt))
        case "yes_no":
            return random.random() < 0.5
        case "date":
            return DAY - timedelta(days=random.choice((0, 365, 366, 3652, 3653, random.randrange(-300, 20_000))))
    return random.choice(marks[question.id])


def _marks(question: Question, rulebook: Rulebook) -> list[float]:
    """Numbers on which something may turn."""
    expressions = [s.eligible_if for s in rulebook.supports.values()]
    for status in rulebook.statuses.values():
        expressions += [e for e in (status.holds_if, status.attainable_if) if e is not None]
    bounds = {p.bound for e in expressions for p in walk(e) if isinstance(p, Compare)}
    near = {b + d for b in bounds for d in (-1, 0, 1)} | {0, 7, question.min, question.max or 0}
    if not question.whole:
        near |= {12.5, 0.25, 1999.99}
    return sorted(float(n) for n in near if question.min <= n <= (question.max or n) and (not question.whole or n == int(n)))


def as_table(rulebook: Rulebook, profiles: Sequence[Profile]) -> pa.Table:
    """The same companies as a table of the form that `table_schema` describes."""
    columns: dict[str, pa.Array] = {"number": pa.array(range(len(profiles)), pa.int64())}
    for question in rulebook.questions.values():
        answers: list[Any] = [p.answers.get(question.id) for p in profiles]
        match question.kind:
            case "choice":
                columns[question.id] = pa.array(answers, pa.string()).dictionary_encode()
            case "choices":
                for option in question.options:
                    columns[f"{question.id}.{option.id}"] = pa.array([None if a is None or option.id in a.unsure else option.id in a.chosen for a in answers], pa.bool_())
                    papers = [p.certificates.get((question.id, option.id)) for p in profiles]
                    if any(papers):
                        columns[f"{question.id}.{option.id}.until"] = pa.array([c and c.until for c in papers], pa.date32())
            case "yes_no":
                columns[question.id] = pa.array(answers, pa.bool_())
            case "number":
                columns[question.id] = pa.array(answers, pa.float64())
            case "date":
                columns[question.id] = pa.array(answers, pa.date32())
    return pa.table(columns)


def on_its_own(rulebook: Rulebook, profile: Profile) -> list[int]:
    """The verdicts of `assess` as numbers, without the time that reasons take."""
    prepared = compiled(rulebook)
    reading = prepared.plan.read(profile.valid(DAY), DAY)
    by_truth = {YES: 0, OPEN: 1}
    return [by_truth[reading.now[slot]] if reading.now[slot] != NO else 3 if reading.reach[slot] == NO else 2 for _, slot, _, _ in prepared.supports]


def in_a_table(rulebook: Rulebook, profiles: Sequence[Profile]) -> list[tuple[int, ...]]:
    """The verdicts of the batch function as numbers."""
    (rows,) = as_table(rulebook, profiles).combine_chunks().to_batches()
    found = Batch(rulebook, DAY, form="codes")(rows)
    assert not any(found.column("unusable").to_pylist())
    return list(zip(*(found.column(s).to_pylist() for s in rulebook.supports), strict=True))


def differing(rulebook: Rulebook, profiles: Sequence[Profile]) -> list[tuple[Profile, str]]:
    """The cells, as company and support, in which the two readings do not agree."""
    rows = zip(profiles, in_a_table(rulebook, profiles), strict=True)
    return [(profile, support) for profile, row in rows for support, a, b in zip(rulebook.supports, row, on_its_own(rulebook, profile), strict=True) if a != b]


_EVE = datetime(2026, 11, 21, 15, 59)  # in UTC: a minute before the day begins in Liaoning
_AROUND = [_EVE, _EVE + timedelta(minutes=1), _EVE + timedelta(days=1), _EVE + timedelta(days=1, minutes=1), datetime(1960, 2, 29, 23, 30), None]


def _until(days: pa.Array) -> dict[str, pa.Array]:
    return {"titles.high_tech": pa.array([True] * len(days)), "titles.high_tech.until": days}


_LISTS: list[list[Any] | None] = [["high_tech"], [], None, ["高新技术企业", "gazelle"], ["lost"], ["high_tech", "lost"], ["gazelle", "gazelle"]]
_LACKING: list[list[Any] | None] = [["high_tech", None], [None], [None, None], [""], ["high_tech", ""], ["", " "], ["无"], None]
_HALVES = [t + d for t in (50.0, 100.0, 300.0, 1000.0, 2000.0, 10_000.0, 40_000.0) for d in (-5e-7, 5e-7, -4.9999999e-7, 1.5e-6, 0.0)]
_TURNING = {"industry": pa.array(["software"] * len(_HALVES)), "staff": pa.array([150] * len(_HALVES)), "titles": pa.array(["无"] * len(_HALVES))}

CONTENTS: dict[str, dict[str, pa.Array]] = {
    "digits of other scripts": {
        "staff": pa.array(["１２", "٣٥", "12", "１,２００", "1२", "十二"]),
        "revenue": pa.array(["１２００", "12．5", "12.5", "１２亿", " 88 ", "㊿"]),
        **_until(pa.array(["２０２７-０１-０１", "２０２６-１１-２１", "2026-11-22", "2026-11-2１", "٢٠٢٧-٠١-٠١", " 2026-11-21 "])),
    },
    **{f"days at {zone}": _until(pa.array(_AROUND, pa.timestamp("us", zone))) for zone in ("Asia/Shanghai", "+08:00", "+05:30", "America/New_York", "UTC")},
    **{f"days by the {unit}": _until(pa.array(_AROUND, pa.timestamp(unit))) for unit in ("s", "ms", "us")},
    **{f"lists as {kind}": {"titles": pa.array(_LISTS + _LACKING, kind)} for kind in (
        pa.list_(pa.string()), pa.large_list(pa.large_string()), pa.list_(pa.string_view()), pa.list_(pa.dictionary(pa.int8(), pa.string())), pa.list_view(pa.string()), pa.large_list_view(pa.string())
    )},
    "lists of names only": {"titles": pa.array(_LISTS)},
    "lists of one length": {"titles": pa.array([["high_tech", "gazelle"], ["lost", "high_tech"], ["", "high_tech"], ["high_tech", None], [None, None], None], pa.list_(pa.string(), 2))},
    "lists of no names": {
        **{f"titles.{option}": pa.array(cells) for option, cells in {"high_tech": [[1], [0], [], None], "gazelle": [[True], [False, True], [], None], "unicorn": [[1.0], [2.5], [None], []]}.items()},
        "titles.little_giant": pa.array([[{"a": 1}], [], None, [None]]),
        "titles.leading": pa.array([[["是"]], [[]], [], None]),
        "zone": pa.array([[b"high_tech_zone"], [], None, [b"\xff"]]),
        "people": pa.array([[date(2020, 1, 1)], [], None, [None]]),
        "entity": pa.array([["company"], ["company", "company"], [], [""]]),
        "staff": pa.array([[12], [1, 2], [], None]),
        "revenue": pa.array([["12.5万元"], ["1", "2"], [], [None]]),
        "soe_key_task": pa.array([["是"], ["是", "否"], [], [""]]),
        **_until(pa.array([["2027-01-01"], [], None, ["2026-11-21"]])),
    },
    "dictionaries of lists": {name: pa.DictionaryArray.from_arrays(pa.array([0, 1, None, 1, 2]), pa.array([["high_tech"], [], None])) for name in ("titles", "entity", "staff", "soe_key_task")},
    "dictionaries of tables": {name: pa.DictionaryArray.from_arrays(pa.array([0, 1, None, 1]), pa.array([{"a": 1}, {"a": None}])) for name in ("titles", "entity", "staff", "soe_key_task")},
    "figures between two": {"revenue": pa.array(_HALVES), **_TURNING},
    "figures between two, in three columns": {"assets": pa.array(_HALVES), "rd_expense": pa.array(reversed(_HALVES)), "revenue": pa.array(_HALVES, pa.float32()), **_TURNING},
    "decimals between two": {"revenue": pa.array([Decimal(f"{figure:.9f}") for figure in _HALVES], pa.decimal128(38, 20)), **_TURNING},
    "figures in another unit": {
        "营业收入（元）": pa.array([figure * 1e4 for figure in _HALVES]),
        "资产总额（亿元）": pa.array([figure / 1e4 for figure in _HALVES]),
        "研发费用（千元）": pa.array([f"{figure * 10:.6f}" for figure in _HALVES]),
        **_TURNING,
    },
    "figures of every kind in another unit": {
        "营业收入（元）": pa.array([10_000_000, 9_999_999, -1, 0, None, 10**12 + 1, 2**60], pa.int64()),
        "资产总额（元）": pa.array([Decimal("10000000.0049999999"), Decimal("1234567890123.005"), Decimal(-1), Decimal("0.005"), None, Decimal("0.015"), Decimal(7)], pa.decimal128(38, 18)),
        "研发费用（元）": pa.array(["10000000", "9999999.995", "1,200万", "无", "", "１２", "12元"]),
        "从业人员（千人）": pa.array([0.15, 0.0005, 1e300, float("nan"), -1.0, 1.0000000005, 0.3]),
    },
    "decimals of many digits": {name: pa.array([Decimal("1.25"), Decimal(-1), None, Decimal("99999999.5"), Decimal(7)], pa.decimal256(60, 4)) for name in ("revenue", "staff", "营业额（元）", "entity")},
    "figures as words": {name: pa.array([12.5, -1.0, None, 12.5, 7.0]).dictionary_encode() for name in ("revenue", "staff", "entity", "soe_key_task")},
    "runs": {
        name: pa.RunEndEncodedArray.from_arrays(pa.array([2, 3, 5], pa.int32()), values)
        for name, values in {"entity": pa.array(["company", None, "team"]), "staff": pa.array([1.0, None, -2.0]), "soe_key_task": pa.array([True, None, False]), **_until(pa.array([DAY, None, date(2020, 1, 1)]))}.items()
    },
    "figures beyond all measure": {"revenue": pa.array([1e300, float("inf"), -float("inf"), float("nan"), -0.0, -1e-7, -6e-7, 1e8, 1e8 + 4e-7, 5e-7, 5e15 + 0.5])},
    "days of 64 bits": _until(pa.array([date(1, 1, 1), date(9999, 12, 31), DAY, DAY - timedelta(days=1), None, date(1960, 2, 29)], pa.date64())),
}


def unlike(rulebook: Rulebook, content: dict[str, pa.Array]) -> list[tuple[int, str, Any, Any]]:
    """Where a ledger and the batch function read a table otherwise: row, support or column, and what each says."""
    (rows,) = {len(column) for column in content.values()}
    table = pa.table({"企业名称": [f"公司 {n}" for n in range(rows)], "entity": ["company"] * rows, "city": ["沈阳市"] * rows, **content})
    cells = zip(*([as_cell(v) for v in column.to_pylist()] for column in table.columns), strict=True)
    ledger = find_ledger([Sheet("", ((0, tuple(table.column_names)), *enumerate(cells, start=1)))], rulebook).read()
    assert [client.row for client in ledger.clients] == list(range(1, rows + 1))
    found = Batch(rulebook, DAY, form="codes")(table.combine_chunks().to_batches()[0])
    told = [{(c["column"], c["what"], c["remedy"]) for c in row or ()} for row in found.column("unusable").to_pylist()]
    verdicts = ((c.row, s, a, found.column(s)[c.row - 1].as_py()) for c in ledger.clients for s, a in zip(rulebook.supports, on_its_own(rulebook, c.profile), strict=True))
    faults = ((c.row, "unusable", {(f.column, f.what, f.remedy) for f in ledger.faults if f.row == c.row}, told[c.row - 1]) for c in ledger.clients)
    return [told for told in (*verdicts, *faults) if told[2] != told[3]]
