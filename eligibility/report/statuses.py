"""What the reports say of a company's statuses: which are worth a line, and in which words.

What a company holds and what its figures suggest are never put in the same words: only the body that recognises a status decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from eligibility.advice import quoted
from eligibility.assessment import Assessment, Outcome, once
from eligibility.compiled import compiled
from eligibility.logic.expressions import Has, walk
from eligibility.logic.words import number
from eligibility.plan import Milestone
from eligibility.profile import Certificate, Origin
from eligibility.report import wording
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.models import Status
from eligibility.shortfall import Change, TurningPoint
from eligibility.standing import Indicator, Stand, Standing, figures, gap, robustness, settling, standing, standings

CRITERION_LENGTH = 40  # of a failed condition; a longer one says too much for a line
MISSING_NAMED = 3


class Told(NamedTuple):
    """A status worth a line: how the company stands to it, and the same in one sentence without a full stop."""

    standing: Standing
    says: str


@once
def told(assessment: Assessment) -> tuple[Told, ...]:
    """The statuses with something to say, in the rulebook's order."""
    found = standings(assessment.rulebook, assessment.profile, on=assessment.on)
    return tuple(Told(s, _held(s, assessment) if s.stand is Stand.HELD else _self_check(s, assessment)) for s in found if _worth_telling(s, assessment))


def _worth_telling(found: Standing, assessment: Assessment) -> bool:
    """Whether it has the status, is likely to meet it, or began the self-check with a figure that nothing else asks for.

    A status that nobody defines and nobody recognises is a mere way of putting conditions, and is not told.
    """
    status = found.status
    if status.defined_by is None and status.recognised_by is None:
        return False
    return found.stand in (Stand.HELD, Stand.LIKELY) or any(q in assessment.profile.answers for q in _own_figures(assessment.rulebook, status.id))


@lru_cache(maxsize=64)
def _own_figures(rulebook: Rulebook, status: str) -> frozenset[str]:
    """The questions of a self-check that no support reads."""
    if rulebook.statuses[status].likely_if is None:
        return frozenset()
    return frozenset(figures(rulebook, status)) - {q for criterion in compiled(rulebook).criteria for q, _ in criterion.reads}


def _held(found: Standing, assessment: Assessment) -> str:
    if (paper := _paper(found.status, assessment)) is None:
        return "按您的回答就是"
    seen, certificate = paper
    return "，".join(["已有（已看到证照）" if seen else "您填的是已有（没有核验）", *wording.paper(certificate)])


def _paper(status: Status, assessment: Assessment) -> tuple[bool, Certificate] | None:
    """For a title that is chosen among several: whether its paper was seen, and what is known of it."""
    profile = assessment.profile
    for part in walk(status.holds_if):
        if isinstance(part, Has):
            known = (profile.certificates[part.answer, o] for o in part.options if (part.answer, o) in profile.certificates)
            return profile.origin(part.answer) is Origin.SEEN, next(known, Certificate())
    return None


def _self_check(found: Standing, assessment: Assessment) -> str:
    """What the self-check says of a status that the company does not have, in one sentence without a full stop."""
    match found.stand:
        case Stand.LIKELY:
            # Who meets it another way than by the score may have any score.
            reached = found.score is not None and found.mark is not None and found.score.low >= found.mark
            return "按您填的数字，很可能符合" + (f"（{found.score_text}）" if reached else "")
        case Stand.UNLIKELY:
            return _short_of(found, assessment)
        case Stand.OPEN:
            asked = [assessment.rulebook.questions[q].short for q in found.missing]
            more = f"等 {len(asked)} 项" if len(asked) > MISSING_NAMED else ""
            return "；".join([f"自检还差{'、'.join(map(quoted, asked[:MISSING_NAMED]))}{more}", *_settled(found.status, assessment)]) if asked else "还不能说"
    return "没有"


def _settled(status: Status, assessment: Assessment) -> Iterator[str]:
    """What would do without an answer that is missing: 不看“奖励、机构和标准”，研发费用再增 54 万元也行."""
    book = assessment.rulebook
    for way in settling(book, assessment.profile, status.id, on=assessment.on) if status.suggest else ():
        yield f"不看{'、'.join(quoted(book.questions[q].short) for q in way.spares)}，{'、'.join(brief(c, book) for c in way.changes)}也行"


def hints(step: Milestone, known: Sequence[Told], assessment: Assessment) -> str:
    """Of a step of the plan that is a title: what the self-check says of it, if there is something to say, and what is better had before."""
    book, profile, on = assessment.rulebook, assessment.profile, assessment.on
    check = next((t.says for t in known if step.standing is not None and t.standing.status.id == step.standing.status.id), "")
    names = [book.statuses[i].name for i in step.after if standing(book, profile, i, on=on).stand is not Stand.HELD]
    return "。".join(filter(None, [check, f"最好先有{'、'.join(names)}" if names else ""]))


def _short_of(found: Standing, assessment: Assessment) -> str:
    """自检 22 分，还差 38 分；最少要补：研发费用再增 54 万元、科技人员再增 2 人.

    For a status after which nobody is sent, only what fails is said.
    """
    changes = gap(assessment.rulebook, assessment.profile, found.status.id, on=assessment.on) if found.status.suggest else None
    score, mark = found.score, found.mark
    said = [f"自检 {found.score_text}，还差 {mark - score.high:g} 分" if score is not None and mark is not None and score.high < mark else "按您填的数字还不符合"]
    failed = [c.words for c in found.checked if c.outcome is Outcome.FAILED and len(c.words) <= CRITERION_LENGTH]
    if changes:
        said.append(f"最少要补：{'、'.join(brief(c, assessment.rulebook) for c in changes)}")
    elif failed:
        said.append(f"不满足{'、'.join(map(quoted, failed))}")
    unknown = {q for c in found.checked if c.outcome is Outcome.OPEN for q in c.missing}
    if unknown:
        said.append(f"另有 {len(unknown)} 项没有填")
    return "；".join(said)


def brief(change: Change, rulebook: Rulebook) -> str:
    """A change in few words: 研发费用再增 54 万元."""
    if isinstance(change.before, float) and isinstance(change.after, float):
        question = rulebook.questions[change.about]
        return f"{question.short}再增 {number(change.after - change.before, question.unit)}"
    return change.text


def decided_by(status: Status) -> str:
    """Who decides, and where to look it up; of what nobody recognises, where it is defined; and what is easily mistaken."""
    look_up = f"可查{status.look_up}" if status.look_up else None
    who = "，".join(filter(None, [status.recognised_by, look_up])) or status.defined_by
    return "。".join(filter(None, [who, status.note]))


def indicators(score: Indicator, depth: int = 0) -> Iterator[tuple[int, Indicator]]:
    """A score and everything it is made of, each with how deep it lies."""
    yield depth, score
    for part in score.parts:
        yield from indicators(part, depth + 1)


def turning(known: Sequence[Told], assessment: Assessment) -> Iterator[tuple[str, tuple[TurningPoint, ...]]]:
    """For each status that numbers decide and that holds, or whose self-check is met: its id, and the figures that would turn it, the nearest first."""
    answers = assessment.profile.answers

    def distance(point: TurningPoint) -> float:
        value = answers[point.question]
        assert isinstance(value, float)
        return abs(point.at - value) / max(abs(value), 1.0)

    for each, _ in known:
        if each.stand in (Stand.HELD, Stand.LIKELY):
            points = robustness(assessment.rulebook, assessment.profile, each.status.id, on=assessment.on)
            yield each.status.id, tuple(sorted(points, key=distance))


def turns(status: Status, points: Sequence[TurningPoint]) -> str:
    """What would turn a status: 规模以上工业企业——营业收入降到 1,999.99 万元即不再满足（现在是 8,000 万元）."""
    return f"{status.name}{'的自检' if status.likely_if is not None else ''}——{'；'.join(p.text for p in points)}"
