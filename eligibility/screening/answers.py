"""A table of answers as it is delivered → the columns that formulas read. A cell means here what it means in a ledger.

What is plainly an answer (a number within its range, a date, yes or no) is read column by column. Everything else goes,
each different value once, through the readers of the ledger and of answers: they alone know what an answer may be.
A cell that cannot be used counts as unknown and is told; all other cells of its row count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
from pyarrow import compute

from eligibility.assessment import HERE
from eligibility.logic.answers import Answer, Choices
from eligibility.logic.columns import option_column
from eligibility.profile import read_profile
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.models import Question
from eligibility.screening.arrow_columns import are_texts, are_words, column, is_sound, series
from eligibility.screening.cells import UnusableCellError, convertible, idle_paper, leaves_percent_open, read_cell, read_flag, read_paper, split_unit
from eligibility.screening.headers import Column, RememberedColumn, Target, match_columns, target_name
from eligibility.screening.sheets import Broken, Cell, as_cell

FAULTS = {"row": pl.UInt32(), "column": pl.String(), "what": pl.String(), "remedy": pl.String()}  # the row counts from 0 within its batch

_REMEMBERED = 100_000  # different values of a column whose meaning is kept
_LONG = 200  # characters; longer texts are not kept
_NUMBER = r"^\s*[0-9]{1,15}(\.[0-9]{1,6})?\s*$"  # other scripts have digits too (１２): those are for the readers of the ledger
_DAY = r"^\s*[0-9]{4}-[0-9]{2}-[0-9]{2}\s*$"
_A_DAY = {"s": 86_400, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}
_FIRST_DAY, _LAST_DAY = ((d - date(1970, 1, 1)).days for d in (date.min, date.max))  # no calendar of ours has others, so they cannot even be shown
_HALF = 5e-7  # of the last decimal of a figure
_HAIR = 2.0**-49  # what a few roundings of a float come to at most, of its size


class Refusal(NamedTuple):
    """Why a cell is not used, and what to do."""

    what: str
    remedy: str


UNREADABLE = Refusal("这一格的内容读不出来", "文字请存成 UTF-8，日期请写成 2021-03-15 的样子。")  # bytes that are no text, a time beyond every calendar


class Meaning(NamedTuple):
    """What one value means: an answer, or why there is none; of several choices both can be."""

    answer: Answer | None
    refusal: Refusal | None = None


@dataclass
class Source:
    """One column of the table: what it is about, and what its values turned out to mean."""

    column: Column
    target: Target
    question: Question
    rulebook: Rulebook
    known: dict[tuple[type, Cell | Broken], Meaning] = field(default_factory=dict)  # yes is equal to 1, but is no number

    def meaning(self, cell: Cell | Broken) -> Meaning:
        """What one value means."""
        found = self.known.get((type(cell), cell))
        if found is None:
            found = self._read(cell)
            if len(self.known) >= _REMEMBERED:
                self.known.clear()
            if not isinstance(cell, str) or len(cell) <= _LONG:
                self.known[type(cell), cell] = found
        return found

    def _read(self, cell: Cell | Broken) -> Meaning:
        if isinstance(cell, Broken):
            return Meaning(None, UNREADABLE)
        try:
            if self.target.part == "until":
                day = read_paper(cell, day=True).datum
                return Meaning(None if day is None else date.fromisoformat(day))
            meant = read_flag(cell) if self.target.option else read_cell(cell, self.question, self.column.unit)
        except UnusableCellError as error:
            return Meaning(None, Refusal(error.what, error.remedy))
        if meant.datum is None or self.target.option:
            return Meaning(meant.datum)
        profile, problems = read_profile({self.question.id: meant.datum}, self.rulebook.questions)
        wrong = meant.doubt or next(iter(problems), None)
        return Meaning(profile.answers.get(self.question.id), Refusal(wrong.what, wrong.remedy) if wrong else None)

    @cached_property
    def scales(self) -> tuple[float, float] | None:
        """What the figures are times, and over, to be in the question's own unit; None where nothing makes them that."""
        own = self.question.unit
        if own is None or (self.column.unit is not None and not convertible(self.column.unit, self.question)):
            return None
        return split_unit(self.column.unit or own)[0], split_unit(own)[0]


class Answers(NamedTuple):
    """A batch of answers, and the cells that could not be used (see FAULTS)."""

    frame: pl.DataFrame
    faults: pl.DataFrame


class AnswerTable:
    """Reads batches whose columns have these names. `columns` says what each is about, as for a ledger.

    Only what is `needed` is read: the columns `read_names`, among them `word_names`, which repeat few different words.

    A column is known by the id of its question; by `question.option` (yes, no, or null for "not sure"); by
    `question.option.until` (the last day of a certificate); or by any header that a ledger may have.
    """

    def __init__(self, rulebook: Rulebook, on: date, names: Sequence[str], needed: frozenset[str], remembered: Mapping[str, RememberedColumn] | None) -> None:
        self.rulebook, self.on = rulebook, on
        self.columns = match_columns(names, rulebook, remembered)
        self._names = tuple(names)
        targets = [(c, c.target) for c in self.columns if c.target is not None and c.target.part != "number"]
        sources = (Source(c, t, rulebook.questions[t.question], rulebook) for c, t in targets if rulebook.questions[t.question].kind not in ("text", "month"))
        self.sources = tuple(s for s in sources if not needed.isdisjoint(_columns_of(s)))
        self.read_names = tuple(self._names[s.column.place] for s in self.sources)
        self.word_names = tuple(self._names[s.column.place] for s in self.sources if s.question.kind == "choice" or (s.question.kind == "choices" and s.target.option is None))
        self._needed = needed

    @property
    def called(self) -> tuple[str, ...]:
        """The columns that say what a company is called: questions with a text."""
        return tuple(self._names[c.place] for c in self.columns if c.target is not None and self.rulebook.questions[c.target.question].kind == "text")

    @property
    def given(self) -> frozenset[str]:
        """The columns that formulas find."""
        return frozenset(c for s in self.sources if s.target.part == "answer" for c in _columns_of(s))

    def read(self, batch: pa.RecordBatch | pa.Table) -> Answers:
        """The answers of a batch that has at least the columns `read_names`."""
        reader = _Reader(batch.num_rows)
        for id_, sources in _by_question(self.sources):
            question = self.rulebook.questions[id_]
            if question.kind == "choices":
                self._choices(question, sources, batch, reader)
            else:
                (source,) = sources
                reader.columns[id_] = _READERS[question.kind](source, column(batch, self._names[source.column.place]), reader)
        return Answers(pl.DataFrame(reader.columns), reader.told())

    def _choices(self, question: Question, sources: Sequence[Source], batch: pa.RecordBatch | pa.Table, reader: _Reader) -> None:
        """One cell that lists options, columns of single options, or both. Of an option of which nothing is said one is not sure."""
        options = [o for o in question.option if option_column(question.id, o) in self._needed]
        found: dict[str, pl.Series] = {}
        parts = {(s.target.option, s.target.part): (s, column(batch, self._names[s.column.place])) for s in sources}
        if (None, "answer") in parts:
            found = dict(zip(options, _listed(*parts[None, "answer"], options, reader), strict=True))
        for option in options:
            if (option, "answer") in parts:
                source, values = parts[option, "answer"]
                said = _flags(source, values, reader)
                found[option] = _reconciled(source, found[option], said, reader) if option in found else said
            if (option, "until") in parts:
                source, values = parts[option, "until"]
                held = found.get(option, pl.repeat(None, reader.rows, dtype=pl.Boolean, eager=True))
                found[option] = self._still_valid(source, held, _date(source, values, reader), reader)
        for option, said in found.items():
            reader.columns[option_column(question.id, option)] = said

    def _still_valid(self, source: Source, held: pl.Series, until: pl.Series, reader: _Reader) -> pl.Series:
        """What has run out counts as not chosen."""
        holds = target_name(source.target._replace(part="answer"), self.rulebook)
        for idle, denied in ((until.is_not_null() & ~held, True), (until.is_not_null() & held.is_null(), False)):
            if idle.any():
                reader.tell(source, idle.arg_true(), Refusal(*idle_paper(holds, denied=denied)))
        return held & ((until >= self.on).fill_null(True) | ~held)


def _reconciled(source: Source, listed: pl.Series, said: pl.Series, reader: _Reader) -> pl.Series:
    """What two columns say of one option. Where they contradict each other, one is not sure."""
    contrary = (listed != said).fill_null(False)
    if contrary.any():
        reader.tell(source, contrary.arg_true(), Refusal(f"和“{source.question.short}”一列说法不一致", "按不清楚处理，请改成一致。"))
    return pl.select(pl.when(~contrary).then(pl.coalesce(said, listed))).to_series()


def _columns_of(source: Source) -> Iterator[str]:
    """The columns of formulas that a column of the table fills."""
    if source.question.kind != "choices":
        yield source.question.id
    else:
        for option in source.question.option:
            if source.target.option in (None, option):
                yield option_column(source.question.id, option)


def _by_question(sources: Iterable[Source]) -> Iterable[tuple[str, list[Source]]]:
    found: dict[str, list[Source]] = {}
    for source in sources:
        found.setdefault(source.question.id, []).append(source)
    return found.items()


class _Reader:
    """The batch in hand: its columns so far, and what of it could not be used."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.columns: dict[str, pl.Series] = {}
        self._faults: list[pl.DataFrame] = []

    def tell(self, source: Source, rows: pl.Series, refusals: Refusal | Sequence[Refusal]) -> None:
        """Cells that are not used: the rows, and why."""
        why = [refusals] * len(rows) if isinstance(refusals, Refusal) else refusals
        columns = {"row": rows, "column": [source.column.header] * len(rows), "what": [r.what for r in why], "remedy": [r.remedy for r in why]}
        self._faults.append(pl.DataFrame(columns, schema=FAULTS))

    def told(self) -> pl.DataFrame:
        """All of them, by row."""
        return pl.concat([pl.DataFrame(schema=FAULTS), *self._faults]).sort("row", maintain_order=True)


def _flags(source: Source, values: pa.Array, reader: _Reader) -> pl.Series:
    if pa.types.is_boolean(values.type):
        return series(values)
    return _meant(source, values, reader, pl.Boolean())


def _choice(source: Source, values: pa.Array, reader: _Reader) -> pl.Series:
    places, meanings = _understood(source, values, reader)
    codes = {option: code for code, option in enumerate(source.question.option)}
    smallest = pl.UInt8 if len(codes) < 1 << 8 else pl.UInt16 if len(codes) < 1 << 16 else pl.UInt32
    return pl.Series([None if m.answer is None else codes[str(m.answer)] for m in meanings], dtype=smallest).gather(places)


def _listed(source: Source, values: pa.Array, options: Sequence[str], reader: _Reader) -> list[pl.Series]:
    """One column of yes and no for each option; null where one is not sure."""
    places, meanings = _understood(source, values, reader)
    answers = [m.answer if isinstance(m.answer, Choices) else None for m in meanings]
    return [pl.Series([None if a is None or o in a.unsure else o in a.chosen for a in answers], dtype=pl.Boolean).gather(places) for o in options]


def _number(source: Source, values: pa.Array, reader: _Reader) -> pl.Series:
    if source.scales is None or not (_are_figures(values.type) or _are_plain_texts(values)):
        return _meant(source, values, reader, pl.Float64())
    question, raw, (times, over) = source.question, series(values), source.scales
    if raw.dtype.is_numeric():
        figures = raw.cast(pl.Float64).fill_nan(None)  # NaN is how tables of numbers say that there is nothing
        said = figures.is_not_null()
    else:
        plain = raw.str.contains(_NUMBER)
        figures = pl.select(pl.when(plain).then(raw.str.strip_chars())).to_series().cast(pl.Float64)
        said = raw.is_not_null()
    if times != over:
        figures = figures * times / over
    if times != over or not raw.dtype.is_integer():
        figures = _rounded(figures)
    if leaves_percent_open(question, source.column.unit):
        figures = pl.select(pl.when((figures == 0) | (figures.abs() >= 1)).then(figures)).to_series()  # below one it may be a fraction, of which the ledger's reader says so
    within = (figures >= question.min) & (figures <= (question.max if question.max is not None else float("inf")))
    if question.whole:
        within &= figures == figures.floor()
    return _settled(source, raw, figures, said & ~within.fill_null(False), reader)


def _are_figures(kind: pa.DataType) -> bool:
    whole_or_float = pa.types.is_integer(kind) or pa.types.is_floating(kind)
    return whole_or_float or (pa.types.is_decimal(kind) and not pa.types.is_decimal256(kind))  # of which Polars knows nothing


def _are_plain_texts(values: pa.Array) -> bool:
    return are_texts(values.type) and is_sound(values)


def _rounded(figures: pl.Series) -> pl.Series:
    """Figures to six decimals; null where one lies so near the middle between two that only the reader of the ledger can say which it takes."""
    rounded = figures.round(6)
    off = (figures - rounded).abs()
    furthest: Any = off.max()
    largest: Any = figures.abs().max()
    if largest is None or furthest + largest * _HAIR < _HALF:  # as nearly always
        return rounded
    return pl.select(pl.when(off + figures.abs() * _HAIR < _HALF).then(rounded)).to_series()


def _date(source: Source, values: pa.Array, reader: _Reader) -> pl.Series:
    if pa.types.is_date(values.type) or pa.types.is_timestamp(values.type):
        days = _days(values)
        beyond = ~days.is_between(_FIRST_DAY, _LAST_DAY).fill_null(True)
        if beyond.any():
            reader.tell(source, beyond.arg_true(), Refusal("日期超出范围", "日期请写成 2021-03-15 的样子。"))
            days = days.set(beyond, None)
        return days.cast(pl.Int32).cast(pl.Date)
    if _are_plain_texts(values):
        raw = series(values)
        plain = raw.str.contains(_DAY)
        written = pl.select(pl.when(plain).then(raw.str.strip_chars())).to_series().str.to_date("%Y-%m-%d", strict=False)
        written = written.set((written.dt.year() < 1).fill_null(False), None)
        return _settled(source, raw, written, raw.is_not_null() & written.is_null(), reader)
    return _meant(source, values, reader, pl.Date())


def _days(values: pa.Array) -> pl.Series:
    """Days since 1970; of a moment the day that it is in Liaoning, whatever zone a program has written it in."""
    if pa.types.is_date32(values.type):
        return series(values.view(pa.int32()))
    if pa.types.is_timestamp(values.type) and values.type.tz is not None:
        values = compute.local_timestamp(values.cast(pa.timestamp(values.type.unit, HERE.key)))
    unit = "ms" if pa.types.is_date64(values.type) else values.type.unit
    return series(values.view(pa.int64())) // _A_DAY[unit]


_READERS: Mapping[str, Callable[[Source, pa.Array, _Reader], pl.Series]] = {"choice": _choice, "number": _number, "yes_no": _flags, "date": _date}


def _settled(source: Source, raw: pl.Series, answers: pl.Series, doubtful: pl.Series, reader: _Reader) -> pl.Series:
    """The answers, where the doubtful cells have been read one by one."""
    if not doubtful.any():
        return answers
    rows = doubtful.arg_true()
    doubted = _meant(source, raw.gather(rows).to_arrow(compat_level=pl.CompatLevel.oldest()), reader, answers.dtype, rows)
    return answers.scatter(rows, doubted)


def _meant(source: Source, values: pa.Array, reader: _Reader, dtype: pl.DataType, rows: pl.Series | None = None) -> pl.Series:
    places, meanings = _understood(source, values, reader, rows)
    return pl.Series([m.answer for m in meanings], dtype=dtype).gather(places)


def _understood(source: Source, values: pa.Array, reader: _Reader, rows: pl.Series | None = None) -> tuple[pl.Series, list[Meaning]]:
    """For every cell the place of its value among the different ones, and what each of these means. Unusable cells are told.

    `rows` are the rows of the cells, if they are not all rows of the batch.
    """
    distinct, places = _different(values)
    used = set(places.unique().to_list()) if len(distinct) > len(places) else range(len(distinct))
    meanings = [source.meaning(cell) if place in used and cell is not None else _NOTHING for place, cell in enumerate(distinct)]
    refused = {place: meaning.refusal for place, meaning in enumerate(meanings) if meaning.refusal}
    if refused and (cells := places.is_in(list(refused)).fill_null(False).arg_true()).len():
        reader.tell(source, cells if rows is None else rows.gather(cells), [refused[place] for place in places.gather(cells).to_list()])
    return places, meanings


_NOTHING = Meaning(None)


def _different(values: pa.Array) -> tuple[list[Cell | Broken], pl.Series]:
    """The different cells, and for each one the place of its like among them."""
    if not pa.types.is_dictionary(values.type):
        values = _joined(values)
        try:
            values = values.dictionary_encode()
        except pa.ArrowNotImplementedError:  # lists of anything, a table within a cell, and the like
            cells = _cells(values)
            distinct = {cell: place for place, cell in enumerate(dict.fromkeys(cells))}
            return list(distinct), pl.Series([distinct[cell] for cell in cells], dtype=pl.UInt32)
    return _cells(values.dictionary), series(values.indices).cast(pl.UInt32)


def _cells(values: pa.Array) -> list[Cell | Broken]:
    try:
        return [as_cell(value) for value in values.to_pylist()]
    except (ValueError, OverflowError):  # one of them is none
        return [_cell(value) for value in values]


def _cell(value: Any) -> Cell | Broken:
    try:
        return as_cell(value.as_py())
    except (ValueError, OverflowError):
        return Broken("")


def _joined(values: pa.Array) -> pa.Array:
    """Lists of names as the texts that `as_cell` makes of them; everything else, and lists in which a name is lacking, as it is."""
    kind = values.type
    if (pa.types.is_list(kind) or pa.types.is_large_list(kind)) and are_words(kind.value_type):
        names = values.cast(pa.list_(pa.string()))
        joined = compute.if_else(compute.equal(compute.list_value_length(names), 0), as_cell([]), compute.binary_join(names, "\n"))
        return joined if joined.null_count == values.null_count else values
    return values.cast(pa.string()) if pa.types.is_string_view(kind) else values
