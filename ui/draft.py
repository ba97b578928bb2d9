"""What one browser has said so far: a value, and the changes that lead to the next one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from eligibility.logic.answers import Choices
from eligibility.profile import AnswerProblem, Certificate, Origin, Profile, by_question, question_of, read_profile, says_unknown
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.models import WayIn
from ui.fields import Said


@dataclass(frozen=True)
class Draft:
    """The answers of one enterprise, and where the interview stands.

    `declined` were answered with 不清楚. `suggested` are pre-selected by the way in and not yet said; `filled` are the
    answers that it gave and that nobody has touched since. `asking` is the question on the screen, `path` the order in
    which questions came there. `epoch` is part of every widget's key: raising it starts the widgets afresh. `revision`
    counts the writes.
    """

    profile: Profile = field(default_factory=Profile)
    declined: frozenset[str] = frozenset()
    suggested: Profile = field(default_factory=Profile)
    filled: frozenset[str] = frozenset()
    way_in: str | None = None
    asking: str | None = None
    path: tuple[str, ...] = ()
    epoch: int = 0
    revision: int = 0

    @property
    def begun(self) -> bool:
        """Whether anything was said or asked."""
        return bool(self.asking or self.profile.answers or self.declined)

    def done(self, question: str) -> bool:
        """Whether a question was answered, be it with 不清楚."""
        return question in self.declined or question in self.profile.answers

    def said(self, question: str) -> Said:
        """What was said to a question; a suggestion until then."""
        profile = self.profile if self.done(question) else self.suggested
        return Said(profile.answers.get(question), question in profile.estimates, question in self.declined)

    def saying(self, question: str, said: Said) -> Draft:
        """The draft after something was said to a question. Every other answer stays; what was seen of this one stays seen while it is the same."""
        before = self.profile
        origin = before.origin(question) if before.answers.get(question) == said.answer else Origin.DECLARED
        return replace(
            self,
            profile=before.with_answer(question, said.answer, estimate=said.estimate, origin=origin),
            declined=self.declined | {question} if said.unknown else self.declined - {question},
            suggested=self.suggested.with_answer(question, None),
            filled=self.filled - {question},
        )

    def holds(self, question: str, option: str) -> bool:
        """Whether an option is among those chosen."""
        answer = self.profile.answers.get(question)
        return isinstance(answer, Choices) and option in answer.chosen

    def holding(self, question: str, option: str, paper: Certificate) -> Draft:
        """The draft with what is known of the paper behind a chosen option."""
        return replace(self, profile=self.profile.with_certificate(question, option, paper))

    def verified(self, question: str, origin: Origin) -> Draft:
        """The draft after it was said where an answer comes from."""
        profile = self.profile
        return replace(self, profile=profile.with_answer(question, profile.answers[question], estimate=question in profile.estimates, origin=origin))

    def asked(self, question: str | None) -> Draft:
        """The draft with this question on the screen."""
        seen = question is None or question in self.path
        return replace(self, asking=question, path=self.path if seen else (*self.path, str(question)))

    def before(self, question: str) -> str | None:
        """The question that came on the screen before this one."""
        earlier = [q for q in self.path[: self.path.index(question)] if self.done(q)] if question in self.path else []
        return earlier[-1] if earlier else None

    def cleared(self) -> Draft:
        """An empty draft for the next enterprise, with widgets of its own."""
        return Draft(epoch=self.epoch + 1, revision=self.revision)

    def entering(self, way: WayIn, rulebook: Rulebook) -> Draft:
        """A fresh draft with what a way in fills in and suggests."""
        given, _ = read_profile(way.answers, rulebook.questions)
        suggested, _ = read_profile(way.suggests, rulebook.questions)
        return replace(self.cleared(), profile=given, suggested=suggested, filled=frozenset(given.answers), path=tuple(given.answers), way_in=way.id)

    def loading(self, data: Any, rulebook: Rulebook) -> tuple[Draft, list[AnswerProblem]]:
        """A fresh draft with the answers of a file, and what in the file could not be used."""
        profile, problems = read_profile(data, rulebook.questions)
        declined = _declined(data, rulebook)
        path = tuple(q for q in rulebook.questions if q in profile.answers or q in declined)
        return replace(self.cleared(), profile=profile, declined=declined, path=path), problems

    def as_answers(self) -> dict[str, Any]:
        """The content of an answers file; what was answered with 不清楚 says so."""
        return {**self.profile.as_data(), **dict.fromkeys(sorted(self.declined), "不清楚")}

    def as_data(self) -> dict[str, Any]:
        """The draft as it is stored; `read_draft` takes it back."""
        return {
            "answers": self.as_answers(),
            "suggested": self.suggested.as_data(),
            "filled": sorted(self.filled),
            "way_in": self.way_in,
            "asking": self.asking,
            "path": self.path,
            "epoch": self.epoch,
            "revision": self.revision,
        }


def read_draft(data: Mapping[str, Any], rulebook: Rulebook) -> Draft:
    """A stored draft, questions found by former ids too. What the rulebook no longer knows is left out; all else stays."""
    profile, _ = read_profile(data.get("answers", {}), rulebook.questions)
    suggested, _ = read_profile(data.get("suggested", {}), rulebook.questions)
    return Draft(
        profile=profile,
        declined=_declined(data.get("answers", {}), rulebook),
        suggested=suggested,
        filled=frozenset(_known(data.get("filled", ()), rulebook)) & profile.answers.keys(),
        way_in=data.get("way_in") if data.get("way_in") in rulebook.ways_in else None,
        asking=next(_known([data.get("asking")], rulebook), None),
        path=tuple(dict.fromkeys(_known(data.get("path", ()), rulebook))),
        epoch=data.get("epoch", 0),
        revision=data.get("revision", 0),
    )


def _known(ids: Iterable[str | None], rulebook: Rulebook) -> Iterator[str]:
    """The questions of these ids, by their present ones."""
    for id_ in ids:
        if id_ is not None and (question := question_of(id_, rulebook.questions)) is not None:
            yield question.id


def _declined(answers: Any, rulebook: Rulebook) -> frozenset[str]:
    if not isinstance(answers, Mapping):
        return frozenset()
    return frozenset(question.id for _, question, value in by_question(answers, rulebook.questions) if question is not None and says_unknown(value))
