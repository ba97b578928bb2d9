"""A question on the screen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from eligibility.interview import Due
from eligibility.logic.words import number
from eligibility.rulebook.models import Question
from ui.fields import CALENDAR, NO, NOT_KNOWN, OPTION, YES, Parts, read
from ui.session import Answering
from ui.text import escaped, plain

UNKNOWN = "不清楚"
_RESTATE = "restate"  # in st.session_state: the number inputs whose values are to be stated again
_FIRST_YEAR = 1950
_YEARS_AHEAD = 6
CALENDAR_NAMES = {"year": "年", "month": "月", "day": "日"}


def head(item: Due, turn: int, prefilled: str | None) -> str:
    """The question with everything that helps to answer it, as HTML. `turn` counts the screens: a new one takes the focus."""
    question = item.question
    match question.purpose:
        case "ordering":
            weight = "这道题只排先后，不影响是否符合"
        case "record":
            weight = "这道题只做记录，不影响结果"
        case "eligibility":
            weight = f"这个回答将决定 {item.decides} 项" if item.decides else ""
    lines = [
        f'<p class="eyebrow">{escaped(question.section)}{f"<span>{weight}</span>" if weight else ""}</p>',
        f'<h1 tabindex="-1" data-focus="{turn}">{escaped(question.text)}</h1>',
        f"<p>{escaped(question.help)}</p>" if question.help else "",
        f'<p class="note">{escaped(prefilled)}</p>' if prefilled else "",
        f"<details><summary>不清楚去哪里查？</summary><p>{escaped(question.look_up)}</p></details>" if question.look_up else "",
    ]
    return f'<section class="question" data-question="{question.id}" data-kind="{question.kind}">{"".join(lines)}</section>'


def explained(question: Question) -> str:
    """How to answer a question and where to look, folded, as HTML."""
    lines = "".join(f"<p>{escaped(line)}</p>" for line in (question.help, question.look_up) if line)
    return f"<details><summary>怎么填，去哪里查</summary>{lines}</details>" if lines else ""


def ask(session: Answering, question: Question, on: date) -> None:
    """Draw the inputs of a question; where they no longer say what they were drawn with, run again."""
    if draw(session, question, on):
        st.rerun()


def draw(session: Answering, question: Question, on: date) -> bool:
    """Draw the inputs of one question of several. Whether another run is needed, once all are drawn."""
    shown = session.inputs(question)
    session.shows(question, shown)
    drawing = _Inputs(session, question, shown, on)
    with st.container(key=f"inputs-{question.id}", gap="xsmall"):
        match question.kind:
            case "choice":
                drawing.one({o.id: o.name for o in question.options})
            case "yes_no":
                drawing.one({YES: "是", NO: "否"})
            case "choices":
                drawing.several()
            case "number":
                drawing.figure()
            case "month" | "date":
                drawing.calendar(question.kind)
            case "text":
                drawing.text()
    return drawing.said != shown or drawing.unfinished


def calendar_ranges(parts: Sequence[str], on: date) -> dict[str, list[int]]:
    """What can be chosen for each part of a day."""
    ranges = {"year": list(range(on.year + _YEARS_AHEAD, _FIRST_YEAR - 1, -1)), "month": list(range(1, 13)), "day": list(range(1, 32))}
    return {part: ranges[part] for part in parts}


class _Inputs:
    """The inputs of one question being drawn."""

    def __init__(self, session: Answering, question: Question, shown: Parts, on: date) -> None:
        self.session, self.question, self.shown, self.on = session, question, shown, on
        self.said: Parts = dict(shown)
        self.unfinished = False
        self.interviewing = question.purpose != "record" or question.asked_if is not None  # else it is asked where it is used

    def one(self, names: dict[str, str]) -> None:
        names = {**{i: plain(n) for i, n in names.items()}, NOT_KNOWN: UNKNOWN}
        ids = list(names)
        at = ids.index(self.shown["one"]) if self.shown["one"] in names else None
        self.said["one"] = st.radio(self.question.text, ids, index=at, format_func=names.__getitem__, key=self._key("one"), label_visibility="collapsed", width="stretch", persist_state="session")

    def several(self) -> None:
        for option in self.question.options:
            self._tick(OPTION + option.id, plain(option.name))
        if self.question.none_label:
            self._tick("none", plain(self.question.none_label))
        self._tick("unknown", UNKNOWN)
        if self.question.purpose == "eligibility" and not self.said["unknown"] and not self.said["none"]:
            names = {o.id: o.name for o in self.question.options if not self.said[OPTION + o.id]}
            unsure = [o for o in self.shown["unsure"] if o in names]
            self.said["unsure"] = st.multiselect(
                "有拿不准的吗？（可不选）",
                list(names),
                default=unsure,
                format_func=names.__getitem__,
                key=self._key("unsure"),
                placeholder="不确定有没有的，在这里选",
                select_all=False,
                persist_state="session",
            )

    def figure(self) -> None:
        whole, unit = self.question.whole, self.question.unit
        key, default = self._key("value"), None
        # A number input with a default cannot be emptied: the default comes back. Yet only a default lets a new session
        # see what the browser holds. So the first drawing has it, and at once a second one has the value as its state.
        restate: set[str] = st.session_state.setdefault(_RESTATE, set())
        if key not in st.session_state:
            default = self.shown["value"]
            self.unfinished = default is not None
            restate |= {key} if self.unfinished else set()
        elif key in restate:
            restate.remove(key)
            st.session_state[key] = self.shown["value"]
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            self.said["value"] = st.number_input(
                f"{plain(self.question.text)}（{unit}）",
                value=default,
                step=1 if whole else 0.01,
                format="%d" if whole else "%g",
                key=key,
                label_visibility="collapsed",
                placeholder="填数字，0 也可以",
                width=240,
                persist_state="session",
            )
            st.markdown(plain(unit or ""), width="content")
        said = read(self.question, self.said)
        if said.problem:
            st.error(f"{plain(said.problem.what)}。{plain(said.problem.remedy)}")
        elif isinstance(said.answer, float) and said.answer >= 1000:
            st.caption(f"您填的是 {number(said.answer, unit)}")
        self._tick("about", "这是大概的数")
        self._tick("unknown", UNKNOWN)

    def calendar(self, kind: str) -> None:
        with st.container(horizontal=True, gap="small"):
            for part, values in calendar_ranges(CALENDAR[kind], self.on).items():
                at = values.index(self.shown[part]) if self.shown[part] in values else None
                self.said[part] = st.selectbox(CALENDAR_NAMES[part], values, index=at, placeholder="请选择", key=self._key(part), width=120, persist_state="session")
        if problem := read(self.question, self.said).problem:
            st.error(f"{plain(problem.what)}。{plain(problem.remedy)}")
        self._tick("unknown", UNKNOWN)

    def text(self) -> None:
        self.said["value"] = st.text_input(
            self.question.text,
            value=self.shown["value"],
            max_chars=self.question.max_length,
            help=self.question.help,
            key=self._key("value"),
            label_visibility="collapsed" if self.interviewing else "visible",
            live=self.session.live,
            persist_state="session",
        )
        if self.interviewing:
            self._tick("unknown", UNKNOWN)

    def _tick(self, part: str, name: str) -> None:
        self.said[part] = st.checkbox(name, value=self.shown[part], key=self._key(part), width="stretch", persist_state="session")

    def _key(self, part: str) -> str:
        return self.session.key(self.question, part)
