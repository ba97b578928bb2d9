"""What a client wrote into the file that it was sent, with whatever editor → what an ANSWERS file would hold.

What stands there as a program would have written it is read so. Only the rest is read as a cell of a ledger is, each
answer by itself: one that cannot be used is told, and costs none of the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from eligibility.clients.request import form
from eligibility.profile import AnswerProblem, by_question, question_of, read_profile
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.models import Question
from eligibility.screening.cells import Meant, UnusableCellError, read_cell, shown

_ENTRY = re.compile(r"(\s*)([A-Za-z]\w*)\s*[:：](.*)")
_PARTS = frozenset({"value", "about", "source", "chosen", "unsure", "certificates", "number", "until"})  # of one answer, set in below its question
_DECIMAL = re.compile(r"[+-]?(?:0|[1-9]\d*)?(?:\.\d*)?(?:[eE][+-]?\d+)?")
_BRACKETS = "[]［］【】"


@dataclass(frozen=True)
class Returned:
    """What a file says, by question: None where nothing was said, or nothing that can be used.

    `written` is what stood there, where it had to be read as a cell of a ledger; `problems` tell what was not used.
    """

    data: Mapping[str, Any]
    written: Mapping[str, str]
    problems: tuple[AnswerProblem, ...]


@dataclass(frozen=True, slots=True)
class _Said:
    """One answer as YAML understands it, and as it is written."""

    value: Any
    raw: Any


def read_returned(text: str, rulebook: Rulebook) -> Returned:
    """What the text of a returned file says. Without any question of the rulebook nothing is in `data`."""
    questions = rulebook.questions
    said, problems = _answers(text, questions)
    data = {id_: s.value for id_, s in said.items()}
    refused = {p.question for p in read_profile(data, questions)[1]}
    read: dict[str, Any] = {}
    written: dict[str, str] = {}
    for id_, question, value in by_question(data, questions):
        if question is None:
            read[id_] = value  # refused below
        elif (question.id in refused or _miscounted(said[id_])) and (cell := _cell(said[id_].raw)) is not None:
            try:
                meant = _meant(cell, question)
            except UnusableCellError as error:
                problems.append(AnswerProblem(question.id, error.what, _remedy(question)))
                read[question.id] = None
                continue
            problems += _doubts(meant, question)
            read[question.id] = _datum(meant, question, value)
            written[question.id] = shown(cell.replace("\n", "、"))
        else:
            read[question.id] = value
    unusable = read_profile(read, questions)[1]
    wrong = {p.question for p in unusable}
    return Returned({q: None if q in wrong else v for q, v in read.items() if q in questions}, written, (*problems, *unusable))


def _answers(text: str, questions: Mapping[str, Question]) -> tuple[Mapping[str, _Said], list[AnswerProblem]]:
    """The answers of the file as one YAML text. Where it is none, or where YAML would take a line for a part of another's answer, entry by entry."""
    entries, strays = _entries(text, questions)
    ids = {id_ for id_, _ in entries}
    whole = _yaml(text)
    if whole is not None and (not entries or (len(ids) == len(entries) and ids <= whole.keys() and not strays)):
        return whole, []
    said: dict[str, _Said] = {}
    twice: dict[str, AnswerProblem] = {}
    for id_, written in entries:
        alone = (_yaml(f"{id_}: {written}") or {}).get(id_, _Said(written.strip(), written.strip()))
        before = said.get(id_)
        if before is None or not before.raw:
            said[id_] = alone
        elif alone.raw and alone.raw != before.raw:
            question = question_of(id_, questions)
            twice[id_] = AnswerProblem(question.id if question else id_, "写了两次，写的不一样", "请只留一处。")
    return {id_: _Said(None, None) if id_ in twice else s for id_, s in said.items()}, [*strays, *twice.values()]


def _yaml(text: str) -> Mapping[str, _Said] | None:
    try:
        values, written = yaml.load(text, yaml.CSafeLoader), yaml.load(text, yaml.CBaseLoader)
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
    return {str(id_): _Said(value, written.get(id_)) for id_, value in values.items()} if isinstance(values, Mapping) else None


def _entries(text: str, questions: Mapping[str, Question]) -> tuple[list[tuple[str, str]], list[AnswerProblem]]:
    """Each question's id with what is written after its colon, of either width, and in the lines that adjoin; and the lines that belong to none."""
    found: list[tuple[str, str]] = []
    strays: list[AnswerProblem] = []
    adjoins = False
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            adjoins = False
        elif (entry := _ENTRY.fullmatch(line)) and (not entry[1] or _begins(entry[2], found, questions)):
            found.append((entry[2], entry[3].strip()))
            adjoins = True
        elif adjoins and (line[0].isspace() or line[0] in "-]}" or not found[-1][1]):
            found[-1] = found[-1][0], f"{found[-1][1]}\n{line}"
        else:
            strays.append(AnswerProblem(f"第 {number} 行", f"看不出“{shown(line.strip())}”是哪一题的回答", "请填在题目编号的冒号后面。"))
            adjoins = False
    return found, strays


def _begins(id_: str, before: list[tuple[str, str]], questions: Mapping[str, Question]) -> bool:
    """Whether a line that is set in, by a slip, begins the next question and is no part of the answer above it."""
    above = question_of(before[-1][0], questions) if before else None
    return question_of(id_, questions) is not None and id_ not in _PARTS and not (above and id_ in above.option)


def _miscounted(said: _Said) -> bool:
    """Whether YAML took a figure for another than is written: 020 for sixteen, 1:30 for ninety."""
    value, raw = (s["value"] if isinstance(s, Mapping) and "value" in s else s for s in (said.value, said.raw))
    return isinstance(value, int | float) and not isinstance(value, bool) and isinstance(raw, str) and not _DECIMAL.fullmatch(raw)


def _cell(raw: Any) -> str | None:
    """An answer as one would write it into a cell, unless it has parts of its own."""
    inner = raw["value"] if isinstance(raw, Mapping) and "value" in raw else raw
    if isinstance(inner, list) and all(isinstance(part, str) for part in inner):
        return "\n".join(inner)
    return inner if isinstance(inner, str) else None


def _meant(cell: str, question: Question) -> Meant:
    """What a cell says, without the full stop after it and the brackets of a list."""
    bare = cell.strip().rstrip("。;；,，")
    if question.kind != "choices":
        return read_cell(bare, question)
    listed = bare.strip(_BRACKETS).strip()
    return read_cell(listed, question) if listed or not bare else Meant({"chosen": []})


def _doubts(meant: Meant, question: Question) -> Iterator[AnswerProblem]:
    if meant.doubt:
        yield AnswerProblem(question.id, meant.doubt.what, f"{_remedy(question)}认得的选项照用，其余的按不清楚处理。")
    if meant.datum is None and meant.converted:
        yield AnswerProblem(question.id, meant.converted, "")


def _datum(meant: Meant, question: Question, value: Any) -> Any:
    if meant.datum is None:
        return None
    rest = value if isinstance(value, Mapping) else {}
    return {**rest, **(meant.datum if question.kind == "choices" else {"value": meant.datum})} | ({"about": True} if meant.about else {})


def _remedy(question: Question) -> str:
    return f"可以写：{'、'.join(o.name for o in question.options)}。" if question.options else f"请填{form(question)}。"
