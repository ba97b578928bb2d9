"""Two people edited one client: what each of them changed, and one's changes on top of the other's, if a person says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from eligibility.clients.records import Client, Detail, Via
from eligibility.clients.words import DETAILS, answer_words, detail_words, question_name
from eligibility.rulebook.book import Rulebook


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that either of them changed, in words: as it was, as they saved it, as I wanted it."""

    name: str
    before: str
    theirs: str
    mine: str

    @property
    def opposed(self) -> bool:
        """Whether both changed it, and not to the same."""
        return len({self.before, self.theirs, self.mine}) == 3


@dataclass(frozen=True, slots=True)
class Conflict:
    """A save that was refused: what I had read, what I wanted to save, and what somebody had saved meanwhile."""

    base: Client
    mine: Client
    theirs: Client
    via: Via = Via.DESK

    def points(self, rulebook: Rulebook) -> tuple[Point, ...]:
        """Everything that either of us changed."""
        versions = (self.base, self.theirs, self.mine)
        details = [(DETAILS[d], *(detail_words(d, v.detail(d)) for v in versions)) for d in Detail if len({str(v.detail(d)) for v in versions}) > 1]
        questions = dict.fromkeys(q for v in versions for q in v.answers if any(v.answers.get(q) != w.answers.get(q) for w in versions))
        answers = [(question_name(q, rulebook), *(answer_words(q, v.answers.get(q), rulebook) for v in versions)) for q in questions]
        return tuple(Point(*row) for row in (*details, *answers))

    def mine_over_theirs(self) -> Client:
        """Their state with what I changed laid over it: a new edit, to be saved on top of theirs."""
        changed: dict[str, Any] = {d.value: getattr(self.mine, d.value) for d in Detail if self.mine.detail(d) != self.base.detail(d)}
        return replace(self.theirs, **changed, answers=self._answers())

    def _answers(self) -> Mapping[str, Any]:
        base, mine, answers = self.base.answers, self.mine.answers, dict(self.theirs.answers)
        for question in dict.fromkeys([*base, *mine]):
            if mine.get(question) == base.get(question):
                continue
            if question in mine:
                answers[question] = mine[question]
            else:
                answers.pop(question, None)
        return answers
