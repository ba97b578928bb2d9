"""An assessment as plain data: the stable contract of `assess --format json` and of the API, described in the README."""

from __future__ import annotations

from collections.abc import Iterable

from eligibility.advice import first_steps, prepare, ranked, to_ask
from eligibility.assessment import Assessment, Reason, SupportVerdict, Verdict
from eligibility.contract import (
    AssessmentData,
    DoorData,
    IndicatorData,
    MilestoneData,
    PolicyData,
    ProblemData,
    QuestionData,
    ReasonData,
    SourceData,
    StandingData,
    SupportData,
)
from eligibility.directory import Door
from eligibility.plan import Milestone, milestones, nearest, renewals
from eligibility.profile import AnswerProblem
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.models import Policy
from eligibility.shortfall import Change
from eligibility.standing import Indicator, Stand, Standing, gap, robustness, standings


def assessment_data(assessment: Assessment) -> AssessmentData:
    """Every support of the rulebook, best first, with its verdict and everything behind it."""
    book = assessment.rulebook
    return {
        "rulebook": {
            "version": book.version,
            "title": book.cover.title,
            "reviewed": book.cover.reviewed.isoformat(),
            "fingerprint": book.fingerprint,
            "policies": [_policy(p) for p in book.policies.values()],
        },
        "on": assessment.on.isoformat(),
        "answers": assessment.profile.as_data(),
        "counts": {verdict.value: n for verdict, n in assessment.counts.items()},
        "notices": [n.text for n in assessment.notices],
        "first_steps": [{"kind": s.kind, "text": s.text, "supports": [e.support.id for e in s.supports]} for s in first_steps(assessment)],
        "plan": [_milestone(m) for m in milestones(assessment)],
        "renewals": [{"status": r.status.id, "number": r.number, "until": r.until.isoformat()} for r in renewals(assessment)],
        "statuses": [_standing(s, assessment) for s in standings(book, assessment.profile, on=assessment.on)],
        "supports": [_support(entry, assessment) for entry in ranked(assessment)],
    }


def _policy(policy: Policy) -> PolicyData:
    return {
        "id": policy.id,
        "title": policy.title,
        "issued": policy.issued.isoformat(),
        "effective": policy.effective.isoformat() if policy.effective else None,
        "reviewed": policy.reviewed.isoformat(),
        "number": policy.number,
        "issued_by": policy.issued_by,
    }


def _milestone(step: Milestone) -> MilestoneData:
    return {"text": step.text, "says": step.says, "opens": [e.support.id for e in step.opens], "after": list(step.after)}


def _standing(found: Standing, assessment: Assessment) -> StandingData:
    book, profile, status, on = assessment.rulebook, assessment.profile, found.status, assessment.on
    held = found.stand is Stand.HELD
    return {
        "id": status.id,
        "name": status.name,
        "stand": found.stand.value,
        "score": None if found.score is None else {**_indicator(found.score), "mark": found.mark},
        "missing": list(found.missing),
        "gap": None if held else _texts(gap(book, profile, status.id, on=on)),
        "turning_points": [p.text for p in robustness(book, profile, status.id, on=on)],
    }


def _indicator(score: Indicator) -> IndicatorData:
    return {"name": score.name, "low": score.low, "high": score.high, "most": score.most, "parts": [_indicator(p) for p in score.parts]}


def _texts(changes: tuple[Change, ...] | None) -> list[str] | None:
    return None if changes is None else [c.text for c in changes]


def _support(entry: SupportVerdict, assessment: Assessment) -> SupportData:
    support, book = entry.support, assessment.rulebook
    return {
        "id": support.id,
        "title": support.title,
        "gives": support.gives,
        "verdict": entry.verdict.value,
        "strength": support.strength.value,
        "kind": support.kind,
        "beneficiary": support.beneficiary.value,
        "wording": support.wording,
        "sources": [_source(s.policy, s.article, s.quote, book) for s in support.sources],
        "agencies": [_door(d) for d in entry.doors],
        "reasons": [_reason(r) for r in entry.reasons],
        "missing": list(entry.missing),
        "asks": list(entry.asks),
        "steps": list(entry.steps),
        "changes": _texts(nearest(assessment, support.id)) if entry.verdict is Verdict.NEAR else None,
        "unverified": entry.unverified,
        "to_ask": to_ask(entry),
        "prepare": list(prepare(entry, assessment)),
        "not_stated": list(support.not_stated),
        "note": support.note,
        "caution": entry.caution,
        "see_also": list(book.see_also[support.id]),
        "superseded_by": support.superseded_by,
        "supersedes": list(book.supersedes[support.id]),
    }


def _source(policy: str, article: str, quote: str, book: Rulebook) -> SourceData:
    return {"policy": policy, "article": article, "label": book.policies[policy].cite(article), "quote": quote}


def _door(door: Door) -> DoorData:
    return {
        "id": door.id,
        "name": door.name,
        "printed_as": door.printed_as,
        "role": door.role,
        "local": door.local,
        "contacts": [c.model_dump() for c in door.contacts],
        "checked": door.checked.isoformat(),
    }


def _reason(reason: Reason) -> ReasonData:
    return {
        "criterion": reason.criterion,
        "outcome": reason.outcome.value,
        "given": [{"question": g.question, "answer": g.text} for g in reason.given],
        "missing": list(reason.missing),
        "asks": list(reason.asks),
        "steps": list(reason.steps),
        "defined_by": list(reason.defined_by),
    }


def questions_data(rulebook: Rulebook) -> list[QuestionData]:
    """Every question with the answers that it takes."""
    return [
        {
            "id": q.id,
            "section": q.section,
            "text": q.text,
            "help": q.help,
            "kind": q.kind,
            "purpose": q.purpose,
            "unit": q.unit,
            "whole": q.whole,
            "min": q.min if q.kind == "number" else None,
            "max": q.max,
            "options": [{"id": o.id, "name": o.name} for o in q.options],
            "look_up": q.look_up,
        }
        for q in rulebook.questions.values()
    ]


def problems_data(problems: Iterable[AnswerProblem]) -> list[ProblemData]:
    """The answers that were not used."""
    return [{"question": p.question, "what": p.what, "remedy": p.remedy} for p in problems]
