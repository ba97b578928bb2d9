"""What to do with an assessment: what comes first, whom to ask, and with which words.

Needs and strength order results here; they never decide one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from eligibility.assessment import BEST_FIRST, Assessment, SupportVerdict, Verdict, once
from eligibility.compiled import compiled
from eligibility.directory import Door
from eligibility.interview import due
from eligibility.logic.answers import Choices
from eligibility.plan import milestones
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.models import Question, Strength

_STRENGTHS = tuple(Strength)
MOST_FIRST_STEPS = 3
WORTH_A_CHANGE = 3  # a change that opens fewer supports, none of them direct, is no first step


@once
def ranked(assessment: Assessment) -> tuple[SupportVerdict, ...]:
    """All supports, best first: by verdict, by strength, what the company said it needs, what is meant for its like, the newer document."""
    wanted = needs(assessment)
    issued = {p.id: p.issued for p in assessment.rulebook.policies.values()}

    special = _special(assessment.rulebook)

    def key(entry: SupportVerdict) -> tuple[int, int, bool, bool, int]:
        support = entry.support
        newest = max(issued[s.policy] for s in support.sources)
        return BEST_FIRST.index(entry.verdict), _STRENGTHS.index(support.strength), support.kind not in wanted, support.id not in special, -newest.toordinal()

    return tuple(sorted(assessment.supports, key=key))


def _reads(rulebook: Rulebook) -> dict[str, set[str]]:
    """The questions behind the conditions of every support."""
    return {s.id: {q for p in positions for q, _ in compiled(rulebook).criteria[p].reads} for s, _, positions, _ in compiled(rulebook).supports}


@lru_cache(maxsize=8)
def _addressed(rulebook: Rulebook) -> frozenset[str]:
    """Supports that say whom they are for, be it only 企业: what is open to everybody in the province asks for the place alone."""
    return frozenset(s for s, questions in _reads(rulebook).items() if questions - {rulebook.agency_list.place})


@lru_cache(maxsize=8)
def _special(rulebook: Rulebook) -> frozenset[str]:
    """Supports meant for some kind of company, not for whoever comes.

    Their conditions read an answer that most supports do not ask for; answers that can be made good (a list to leave)
    say nothing of the kind of company.
    """
    reads = _reads(rulebook)
    asked = Counter(q for questions in reads.values() for q in questions)
    telling = {q for q, n in asked.items() if n * 2 < len(reads) and rulebook.questions[q].changes != "lose"}
    return frozenset(s for s, questions in reads.items() if questions & telling)


def needs(assessment: Assessment) -> frozenset[str]:
    """The kinds of support that the company said it needs most."""
    chosen: set[str] = set()
    for question in assessment.rulebook.questions.values():
        answer = assessment.profile.answers.get(question.id)
        if question.purpose == "ordering" and isinstance(answer, Choices):
            chosen |= answer.chosen
    return frozenset(chosen)


@dataclass(frozen=True, slots=True)
class FirstStep:
    """One of the few things to do first.

    `contact`: ring this door about these supports, which match now. `change`: bring this about, and these supports
    come within reach. `answer`: find this out, these supports hang on it.
    """

    kind: Literal["contact", "change", "answer"]
    text: str
    supports: tuple[SupportVerdict, ...]
    door: Door | None
    question: Question | None = None

    @property
    def direct(self) -> int:
        """How many of the supports are direct ones."""
        return sum(s.support.strength is Strength.DIRECT for s in self.supports)


@once
def first_steps(assessment: Assessment) -> tuple[FirstStep, ...]:
    """The few things to do first: those that serve the most direct supports, then the most needed ones,
    then the most that are meant for the company's like, then the most that say whom they are for at all.

    Ringing about what matches now comes first, but one place is kept for what opens more: a change or a missing fact.
    """
    entries = ranked(assessment)
    wanted = needs(assessment)

    special, addressed = _special(assessment.rulebook), _addressed(assessment.rulebook)

    def weight(step: FirstStep) -> tuple[int, int, int, int, int]:
        useful = [s.support for s in step.supports if s.support.strength is not Strength.INDIRECT]
        return -step.direct, -sum(s.kind in wanted for s in useful), -sum(s.id in special for s in useful), -sum(s.id in addressed for s in useful), -len(step.supports)

    contacts = sorted(_contacts(entries), key=weight)
    others = sorted([*_changes(assessment), *_answers(assessment, entries)], key=weight)
    kept = contacts[: MOST_FIRST_STEPS - bool(others)]
    return (*kept, *others[: MOST_FIRST_STEPS - len(kept)])


def _contacts(entries: Iterable[SupportVerdict]) -> list[FirstStep]:
    by_door: dict[str, list[SupportVerdict]] = {}
    for entry in entries:
        if entry.verdict is Verdict.MATCHED and entry.first_door and entry.support.strength is not Strength.INDIRECT:
            by_door.setdefault(entry.first_door.id, []).append(entry)
    steps = []
    for group in by_door.values():
        door = group[0].first_door
        assert door is not None
        more = f"等 {len(group)} 项" if len(group) > 1 else ""
        steps.append(FirstStep("contact", f"联系{door.ask_at}，先问{quoted(group[0].support.title)}{more}", tuple(group), door))
    return steps


def _changes(assessment: Assessment) -> list[FirstStep]:
    """The steps of the plan that are worth a place among the first things."""
    steps = [FirstStep("change", m.text, m.opens, m.door) for m in milestones(assessment)]
    return [s for s in steps if s.direct or len(s.supports) >= WORTH_A_CHANGE]


def _answers(assessment: Assessment, entries: Iterable[SupportVerdict]) -> list[FirstStep]:
    hanging = Counter(q for e in entries for q in e.missing)
    open_now = {d.question.id for d in due(assessment)}
    steps = []
    for id_ in hanging:
        question = assessment.rulebook.questions[id_]
        if id_ in open_now:
            group = tuple(e for e in entries if id_ in e.missing)
            steps.append(FirstStep("answer", f"弄清“{question.short}”：{question.look_up or question.text}", group, None, question))
    return steps


def to_ask(entry: SupportVerdict) -> str:
    """The words to use on the phone: whether it still runs, what the document leaves open, what only the agency can say."""
    support = entry.support
    sentences = [f"{quoted(support.title)}现在还在执行吗？"]
    if support.not_stated:
        sentences.append(f"{'、'.join(support.not_stated)}是怎么规定的？")
    return "请问" + "".join([*sentences, *entry.asks])


def prepare(entry: SupportVerdict, assessment: Assessment) -> tuple[str, ...]:
    """Papers worth having at hand: what proves the answers behind the criteria that hold, and what the document names.

    The documents themselves list no papers; the page says so.
    """
    papers: dict[str, None] = {}
    for reason in entry.reasons:
        for given in reason.given:
            papers.update(dict.fromkeys(evidence(assessment.rulebook.questions[given.question], given.options)))
    papers.update(dict.fromkeys(entry.support.prepare))
    return tuple(papers)


def evidence(question: Question, chosen: frozenset[str]) -> tuple[str, ...]:
    """What can prove an answer: the papers of the options chosen, else those of the question."""
    return tuple(o.evidence for o in question.options if o.id in chosen and o.evidence) or ((question.evidence,) if question.evidence else ())


def quoted(text: str) -> str:
    """A title in quotation marks; those inside it become single ones, as Chinese sets them."""
    return f"“{text.replace('“', '‘').replace('”', '’')}”"
