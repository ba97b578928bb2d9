"""The report as plain text, for the command line: one fact a line, so that any width will do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eligibility.advice import first_steps, ranked, to_ask
from eligibility.assessment import Assessment, SupportVerdict, Verdict
from eligibility.plan import milestones, renewals
from eligibility.report import statuses, wording
from eligibility.report.labels import STRENGTHS, VERDICTS
from eligibility.rulebook.models import Strength


def render_text(assessment: Assessment) -> str:
    """The one sentence, what to do first, and the four groups; what does not match is only counted."""
    return "\n".join(_lines(assessment)) + "\n"


def _lines(assessment: Assessment) -> Iterator[str]:
    yield f"{wording.company(assessment)}　{wording.day(assessment.on)}　规则库 {assessment.rulebook.version}"
    yield wording.headline(assessment)
    for notice in assessment.notices:
        yield f"请注意：{notice.text}"
    yield from _first(assessment)
    told = statuses.told(assessment)
    yield from _plan(assessment, told)
    yield from _statuses(told)
    entries = ranked(assessment)
    for verdict, label in VERDICTS.items():
        chosen = [e for e in entries if e.verdict is verdict]
        yield ""
        yield f"{label.symbol} {label.name}：{len(chosen)} 项"
        match verdict:
            case Verdict.MATCHED:
                yield from _matched(chosen, assessment)
            case Verdict.NEAR:
                yield from _near(chosen, assessment)
            case Verdict.OPEN:
                yield from _open(chosen, assessment)
    yield ""
    yield f"{wording.DISCLAIMER}。"


def _first(assessment: Assessment) -> Iterator[str]:
    steps = first_steps(assessment)
    if steps:
        yield ""
        yield "先做这几件事"
    for n, step in enumerate(steps, start=1):
        yield f"{n}. {step.text}"
        if step.kind == "contact":
            yield f"   {to_ask(step.supports[0])}"
        if step.door:
            yield f"   {wording.whom(step.door)}：{wording.reach(step.door, assessment.on)}"


def _plan(assessment: Assessment, told: Sequence[statuses.Told]) -> Iterator[str]:
    """The steps that open the most, in order, and the days to keep."""
    steps, days = milestones(assessment), renewals(assessment)
    if steps or days:
        yield ""
        yield "计划"
    for n, step in enumerate(steps, start=1):
        yield f"{n}. {step.text}（{step.says}）"
        if hint := statuses.hints(step, told, assessment):
            yield f"   {hint}"
    for renewal in days:
        yield f"   {wording.day(renewal.until)}：{wording.expiry(renewal, assessment.on)}"


def _statuses(told: Sequence[statuses.Told]) -> Iterator[str]:
    """What it has and what its figures suggest, each with who decides."""
    if told:
        yield ""
        yield "您的身份（只是按回答的推算，由认定机构定）"
    for standing, says in told:
        yield f"  - {standing.status.name}：{says}"
        yield f"    {statuses.decided_by(standing.status)}"


def _matched(entries: list[SupportVerdict], assessment: Assessment) -> Iterator[str]:
    for strength in Strength:
        chosen = [e for e in entries if e.support.strength is strength]
        if chosen:
            yield f"  【{STRENGTHS[strength].name} {len(chosen)} 项】"
        for entry in chosen:
            yield f"  - {entry.support.title}"
            yield f"    {_door_and_source(entry, assessment)}"


def _near(entries: list[SupportVerdict], assessment: Assessment) -> Iterator[str]:
    for entry in entries:
        yield f"  - {entry.support.title}"
        for step in entry.steps:
            yield f"    {step}"
        if changes := wording.changes_in_numbers(entry, assessment):
            yield f"    最少的改动：{'；'.join(changes)}"
        yield f"    {_door_and_source(entry, assessment)}"


def _open(entries: list[SupportVerdict], assessment: Assessment) -> Iterator[str]:
    for entry in entries:
        yield f"  - {entry.support.title}"
        if entry.missing:
            yield f"    还要弄清：{''.join(assessment.rulebook.questions[q].text for q in entry.missing)}"
        for ask in entry.asks:
            yield f"    要问部门：{ask}"
        yield f"    {_door_and_source(entry, assessment)}"


def _door_and_source(entry: SupportVerdict, assessment: Assessment) -> str:
    door = f"联系{entry.first_door.ask_at}" if entry.first_door else "文件没有写责任单位"
    cautioned = f"（{entry.caution}）" if entry.caution else ""
    return f"{door}；{'，'.join(wording.cites(entry, assessment.rulebook))}{cautioned}"
