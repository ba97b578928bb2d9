"""The receipt of an assessment: everything that is needed to work the result out again, and to see whether it is the same.

It names the version of the rulebook by its fingerprint, and holds the day, the answers, the verdicts, and the hash of
the whole result. Whoever has the receipt and that version of the rules can check a result years later.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from eligibility.advice import quoted
from eligibility.assessment import Assessment, Verdict, assess
from eligibility.contract import AssessmentData, Dumped, ProblemData
from eligibility.export import assessment_data, problems_data
from eligibility.profile import AnswerProblem, read_profile
from eligibility.receipt_forms import FORMS, NEWEST, counted
from eligibility.report.labels import VERDICTS
from eligibility.rulebook.book import Rulebook

_HASH = r"^[0-9a-f]{64}$"


class NotAReceiptError(ValueError):
    """The data is no receipt; the message says what is wrong with it."""


class Receipt(BaseModel):
    """What was decided, when, on which answers, by which version of the rulebook."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    form: int = 1  # receipts without one are of the first
    fingerprint: str = Field(pattern=_HASH)
    version: str
    on: date
    answers: Mapping[str, Any]
    verdicts: Mapping[Verdict, tuple[str, ...]]
    result: str = Field(pattern=_HASH)

    def as_data(self) -> dict[str, Any]:
        """The receipt as `read_receipt` takes it back."""
        return self.model_dump(mode="json")


class ReceiptedData(AssessmentData):
    """An assessment as plain data, its receipt included."""

    receipt: Annotated[dict[str, Any], Dumped(Receipt), Field(description="结果的凭据：以后可以按它重算核对")]


class ResultData(ReceiptedData):
    """What `assess --format json` writes and the API answers."""

    problems: Annotated[list[ProblemData], Field(description="没有用上的回答；其余都用上了")]


@dataclass(frozen=True)
class Rerun:
    """A receipt's result worked out again; no differences: it is the same to the byte."""

    assessment: Assessment
    differences: tuple[str, ...]


def receipt(assessment: Assessment, form: int = NEWEST) -> Receipt:
    """The receipt of one assessment, of the newest form or of an older one."""
    return _receipt(assessment, assessment_data(assessment), form)


def with_receipt(assessment: Assessment) -> ReceiptedData:
    """The assessment as plain data, its receipt included."""
    data = assessment_data(assessment)
    return {**data, "receipt": _receipt(assessment, data, NEWEST).as_data()}


def result(assessment: Assessment, problems: Sequence[AnswerProblem]) -> ResultData:
    """The assessment and its receipt, and the answers that it could not use: the one shape of a result for other programs."""
    return {**with_receipt(assessment), "problems": problems_data(problems)}


def read_receipt(data: Any) -> Receipt:
    """A receipt from its file, or from the result that includes it. Raises NotAReceiptError."""
    if isinstance(data, Mapping) and "receipt" in data:
        data = data["receipt"]
    try:
        found = Receipt.model_validate(data)
    except ValidationError as error:
        places = dict.fromkeys(str(e["loc"][0]) for e in error.errors() if e["loc"])
        raise NotAReceiptError(f"缺少或写错了{'、'.join(places)}" if places else "内容不是“名称: 值”") from None
    if found.form not in FORMS:
        raise NotAReceiptError(f"格式是 {found.form}，这个程序只认得到 {NEWEST}，请用新的程序")
    return found


def rerun(receipt: Receipt, rulebook: Rulebook) -> Rerun:
    """Work the result out again on a rulebook, and say in what it differs from the receipt."""
    profile, faults = read_profile(receipt.answers, rulebook.questions)
    assessment = assess(rulebook, profile, on=receipt.on)
    return Rerun(assessment, tuple(_differences(receipt, assessment, faults)))


def _receipt(assessment: Assessment, data: Mapping[str, Any], form: int) -> Receipt:
    book = assessment.rulebook
    return Receipt(
        form=form,
        fingerprint=book.fingerprint,
        version=book.version,
        on=assessment.on,
        answers=assessment.profile.as_data(),
        verdicts={v: tuple(s.support.id for s in assessment.supports if s.verdict is v) for v in Verdict},
        result=_hash(counted(data, FORMS[form])),
    )


def _hash(data: Mapping[str, Any]) -> str:
    """SHA-256 of what counts of the assessment, without receipt and problems: JSON with sorted keys, no spaces, in UTF-8."""
    return hashlib.sha256(json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _differences(before: Receipt, now: Assessment, faults: list[AnswerProblem]) -> Iterator[str]:
    again = receipt(now, before.form)
    if again.fingerprint != before.fingerprint:
        yield f"规则不是同一版：凭据用的是 {before.version}，现在用的是 {again.version}。"
    for fault in faults:
        yield f"回答“{fault.question}”用不上：{fault.what}。"
    verdicts = list(_verdict_differences(before, now))
    yield from verdicts
    if again.result != before.result and not verdicts and not faults:
        yield "每一项的结论都一样，但结果里有别的内容不同。" if again.fingerprint != before.fingerprint else "每一项的结论都一样，但结果里有别的内容不同：程序换过，或者凭据改过。"


def _verdict_differences(before: Receipt, now: Assessment) -> Iterator[str]:
    then = {id_: verdict for verdict, ids in before.verdicts.items() for id_ in ids}
    for entry in now.supports:
        old = then.pop(entry.support.id, None)
        if old is not entry.verdict:
            was = f"原来是{quoted(VERDICTS[old].name)}" if old else "原来没有这一项"
            yield f"{quoted(entry.support.title)}（{entry.support.id}）：{was}，现在是{quoted(VERDICTS[entry.verdict].name)}。"
    for id_, old in then.items():
        yield f"“{id_}”：原来是{quoted(VERDICTS[old].name)}，现在没有这一项。"
