"""A question as the small inputs of a screen, and back. Pure: nothing here knows Streamlit.

Each question has a few parts (the figure, 大概, 不清楚 …). What they say together is `Said`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from typing import Any

from eligibility.logic.answers import Answer, Choices
from eligibility.profile import AnswerProblem, Certificate, read_profile
from eligibility.rulebook.models import Question

Parts = dict[str, Any]

NOT_KNOWN = "?"  # among the ids of options, which all begin with a letter
YES, NO = "yes", "no"
OPTION = "is:"  # a part for each option of a question with several choices
CALENDAR = {"month": ("year", "month"), "date": ("year", "month", "day")}


@dataclass(frozen=True, slots=True)
class Said:
    """What was said to one question: an answer, or 不清楚 (`unknown`), or nothing yet. `problem` says why an input is no answer."""

    answer: Answer | None = None
    estimate: bool = False
    unknown: bool = False
    problem: AnswerProblem | None = None

    @property
    def nothing(self) -> bool:
        """Neither an answer nor 不清楚."""
        return self.answer is None and not self.unknown


def parts(question: Question, said: Said) -> Parts:
    """The inputs that say this."""
    answer = said.answer
    match question.kind:
        case "choice":
            return {"one": NOT_KNOWN if said.unknown else answer}
        case "yes_no":
            return {"one": NOT_KNOWN if said.unknown else None if answer is None else YES if answer else NO}
        case "choices":
            given = answer if isinstance(answer, Choices) else None
            ticked = {OPTION + o.id: given is not None and o.id in given.chosen for o in question.options}
            unsure = [o.id for o in question.options if given is not None and o.id in given.unsure]
            return {**ticked, "unsure": unsure, "none": given == Choices(), "unknown": said.unknown}
        case "number":
            figure = int(answer) if isinstance(answer, float) and question.whole else answer
            return {"value": figure, "about": said.estimate, "unknown": said.unknown}
        case "month" | "date":
            given_parts = [int(p) for p in str(answer).split("-")] if answer is not None else []
            return {**dict(zip_longest(CALENDAR[question.kind], given_parts)), "unknown": said.unknown}
        case "text":
            return {"value": answer or "", "unknown": said.unknown}


def read(question: Question, inputs: Mapping[str, Any]) -> Said:
    """What the inputs say. An input that is no answer is told, and counts as nothing said."""
    if inputs.get("unknown") or inputs.get("one") == NOT_KNOWN:
        return Said(unknown=True)
    written = _written(question, inputs)
    if written is None:
        return Said()
    profile, problems = read_profile({question.id: written}, {question.id: question})
    return Said(profile.answers.get(question.id), question.id in profile.estimates, problem=problems[0] if problems else None)


def _written(question: Question, inputs: Mapping[str, Any]) -> Any:
    """The inputs in the form of an answers file; None while they say nothing."""
    match question.kind:
        case "choice":
            return inputs["one"]
        case "yes_no":
            return None if inputs["one"] is None else inputs["one"] == YES
        case "choices":
            chosen = [o.id for o in question.options if inputs[OPTION + o.id]]
            unsure = [o for o in inputs["unsure"] if o not in chosen]
            return {"chosen": chosen, "unsure": unsure} if chosen or unsure or inputs["none"] else None
        case "number":
            return None if inputs["value"] is None else {"value": inputs["value"], "about": inputs["about"]}
        case "month" | "date":
            numbers = [inputs[p] for p in CALENDAR[question.kind]]
            return "-".join(f"{n:02}" for n in numbers) if all(numbers) else None
        case "text":
            return inputs["value"].strip() or None


def paper_parts(paper: Certificate | None) -> Parts:
    """The inputs that say what is known of a paper: its number, and the last day on which it is valid."""
    until = paper.until if paper else None
    return {"number": (paper.number if paper else None) or "", **({"year": until.year, "month": until.month, "day": until.day} if until else dict.fromkeys(CALENDAR["date"]))}


def read_paper(inputs: Mapping[str, Any]) -> tuple[Certificate, str | None]:
    """What the inputs say of a paper, and why its day is none, if so. Half a day is not yet one."""
    number = inputs["number"].strip() or None
    year, month, day = (inputs[p] for p in CALENDAR["date"])
    if not (year and month and day):
        return Certificate(number), None
    try:
        return Certificate(number, date(year, month, day)), None
    except ValueError:
        return Certificate(number), f"{year} 年 {month} 月没有 {day} 日，请核对"


def settle(question: Question, before: Parts, now: Parts) -> Parts:
    """The inputs after a change, without contradiction: the latest word counts.

    Ticking 不清楚 or 都没有 empties the rest; saying anything else takes them back.
    """
    empty = parts(question, Said())
    said = {part for part, value in now.items() if value != before[part] and (value is not None and value != empty[part])}
    for sweeping in ("unknown", "none"):
        if sweeping in said:
            return {**empty, sweeping: True}
    return {part: empty[part] if said and part in ("unknown", "none") else value for part, value in now.items()}
