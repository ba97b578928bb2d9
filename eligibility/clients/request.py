"""What only the client knows: a file with the missing questions goes out, its answers come back and are reviewed one by one.

The file is an ANSWERS file. The client fills it in with any editor, or loads it into the questionnaire. It names nobody.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

from eligibility.assessment import Assessment
from eligibility.clients.records import Client
from eligibility.clients.words import given_words
from eligibility.interview import due
from eligibility.profile import AnswerProblem, Origin, Profile, read_profile
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.models import Question

_FORMS = {
    "number": "数字",
    "yes_no": "是 或 否",
    "date": "日期，如 2021-03-15",
    "month": "年月，如 2024-07",
    "text": "文字，加英文引号",
    "choice": "以下之一",
    "choices": "以下一项或几项，写成 [甲, 乙]",
}


@dataclass(frozen=True, slots=True)
class ProposedAnswer:
    """An answer that came back and is not what is kept. `over_seen`: it would replace one whose paper an advisor saw."""

    question: str
    short: str
    before: str
    after: str
    over_seen: bool


@dataclass(frozen=True)
class Proposal:
    """What a returned file would change, for review; and what in it could not be used."""

    client: Client
    rulebook: Rulebook
    returned: Profile
    changes: tuple[ProposedAnswer, ...]
    problems: tuple[AnswerProblem, ...]

    def accepted(self, questions: Collection[str]) -> Client:
        """The client with those of the proposed answers, as the client's own word; to be saved `via` the client's file."""
        profile = self.client.profile(self.rulebook)[0]
        for change in self.changes:
            if change.question not in questions:
                continue
            profile = profile.with_answer(change.question, self.returned.answers[change.question], estimate=change.question in self.returned.estimates)
            for (question, option), paper in self.returned.certificates.items():
                if question == change.question:
                    profile = profile.with_certificate(question, option, paper)
        return self.client.with_profile(profile, self.rulebook)


def request_file(assessment: Assessment) -> str:
    """The questions on which something still hangs, in the order of the questionnaire, as an ANSWERS file to be filled in."""
    questions = [d.question for d in due(assessment) if d.decides]
    head = [f"# 请填写以下 {len(questions)} 项，填在冒号后面（冒号后留一个空格），填好发回。", "# 不清楚的空着不填：空着不等于“没有”。"]
    return "\n".join([*head, *(line for q in questions for line in _asked(q))]) + "\n"


def _asked(question: Question) -> Iterator[str]:
    yield ""
    yield _comment(question.text)
    if question.help:
        yield _comment(question.help)
    none = f"；{question.none_label or '都没有'}写 []" if question.kind == "choices" else ""
    yield _comment(f"填：{form(question)}{none}")
    for option in question.options:
        yield _comment(f"  {option.name}")
    if question.look_up:
        yield _comment(f"不清楚时：{question.look_up}")
    yield f"{question.id}:"


def form(question: Question) -> str:
    """How a question is to be answered."""
    return _FORMS[question.kind] + (f"，单位{question.unit}" if question.unit else "")


def _comment(text: str) -> str:
    return f"# {' '.join(text.splitlines())}"


def proposal(client: Client, data: Any, rulebook: Rulebook) -> Proposal:
    """What the answers of a returned file would change. An empty one changes nothing: it takes no answer back.

    Where an answer comes from is for the advisor to say, so what the file says of that is not believed.
    """
    own, _ = client.profile(rulebook)
    found, problems = read_profile(data, rulebook.questions)
    returned = replace(found, origins={})
    changes = tuple(_proposed(own, returned, rulebook, q) for q in rulebook.questions if q in returned.answers and _differs(own, returned, q))
    return Proposal(client, rulebook, returned, changes, tuple(problems))


def _differs(own: Profile, returned: Profile, question: str) -> bool:
    if own.answers.get(question) != returned.answers[question] or (question in own.estimates) != (question in returned.estimates):
        return True
    return any(own.certificates.get(key) != paper for key, paper in returned.certificates.items() if key[0] == question)


def _proposed(own: Profile, returned: Profile, rulebook: Rulebook, question: str) -> ProposedAnswer:
    before, after = (given_words(question, replace(profile, origins={}), rulebook) for profile in (own, returned))  # whose paper was seen is told apart
    return ProposedAnswer(question, rulebook.questions[question].short, before, after, own.origin(question) is Origin.SEEN)
