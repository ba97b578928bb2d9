"""A client now beside an earlier result: which verdicts changed, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eligibility.assessment import Assessment
from eligibility.clients.problems import ClientsError
from eligibility.clients.records import KeptAssessment
from eligibility.impact import VerdictChange, verdict_changes
from eligibility.receipt import Rerun, read_receipt, rerun
from eligibility.rulebook.archive import ARCHIVE, kept
from eligibility.rulebook.load import load
from eligibility.rulebook.problems import RulebookError


@dataclass(frozen=True, slots=True)
class AnswerThenAndNow:
    """An answer that is not the same as it was, as an ANSWERS file holds it; None: it was not given."""

    question: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Since:
    """What happened to a client since an earlier result.

    `doubts` say in what that result, worked out again today, is not the one that was handed out.
    """

    before: Assessment
    after: Assessment
    answers: tuple[AnswerThenAndNow, ...]
    verdicts: tuple[VerdictChange, ...]
    doubts: tuple[str, ...]


def since(earlier: KeptAssessment, now: Assessment, *, archive: Path = ARCHIVE) -> Since:
    """Compare. Raises ClientsError if the version of the rules that made the earlier result was not kept: without it nobody can say why."""
    again = worked_out_again(earlier, archive=archive)
    answers = _answers(read_receipt(earlier.receipt).answers, now.profile.as_data())
    return Since(again.assessment, now, tuple(answers), verdict_changes(again.assessment, now), again.differences)


def worked_out_again(earlier: KeptAssessment, *, archive: Path = ARCHIVE) -> Rerun:
    """A kept result by the version of the rules that made it. Raises ClientsError if that version was not kept."""
    receipt = read_receipt(earlier.receipt)
    place = kept(receipt.fingerprint, archive)
    if place is None:
        raise ClientsError(f"{earlier.on.isoformat()} 用的规则 {earlier.rulebook} 没有存档，说不出为什么变。那时的结果本身还在。")
    try:
        return rerun(receipt, load(place))
    except RulebookError:
        raise ClientsError(f"{earlier.on.isoformat()} 用的规则 {earlier.rulebook} 存档坏了，或者这个程序读不了。那时的结果本身还在。") from None


def _answers(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[AnswerThenAndNow]:
    return [AnswerThenAndNow(q, before.get(q), after.get(q)) for q in dict.fromkeys([*after, *before]) if before.get(q) != after.get(q)]
