"""An advisor's own verdict on a support of one company, laid over the program's. What the program says is never changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from eligibility.assessment import Assessment, SupportVerdict, Verdict


@dataclass(frozen=True, slots=True)
class Override:
    """An advisor's own verdict on a support. `instead_of` is what the program said when it was made; withdrawn ones are kept."""

    id: str
    support: str
    verdict: Verdict
    instead_of: Verdict
    reason: str
    by: str
    at: datetime
    withdrawn: datetime | None = None
    withdrawn_by: str | None = None

    def as_data(self) -> dict[str, str]:
        """What is said of a standing override to other programs."""
        return {"support": self.support, "verdict": self.verdict.value, "instead_of": self.instead_of.value, "reason": self.reason, "by": self.by, "at": self.at.isoformat()}


def standing(overrides: Iterable[Override]) -> Mapping[str, Override]:
    """The overrides that were not withdrawn, by support. Of several on one support the last counts."""
    return {o.support: o for o in sorted(overrides, key=lambda o: o.at) if o.withdrawn is None}


def standing_at(overrides: Iterable[Override], at: datetime) -> tuple[Override, ...]:
    """The overrides as they stood at a moment, by those withdrawn since too."""
    then = [replace(o, withdrawn=None, withdrawn_by=None) for o in overrides if o.at <= at and (o.withdrawn is None or o.withdrawn > at)]
    return tuple(standing(then).values())


def laid(assessment: Assessment, overrides: Iterable[Override]) -> Assessment:
    """The assessment as it is shown: every support under the verdict that counts. Nothing is missing where an advisor has decided."""
    found = standing(overrides)
    if not found:
        return assessment
    return replace(assessment, supports=tuple(_under(entry, found[entry.support.id]) if entry.support.id in found else entry for entry in assessment.supports))


def actionable(assessment: Assessment, overrides: Iterable[Override]) -> Assessment:
    """The assessment from which the next steps are drawn: what an advisor decided is no step any more, unless it is to be asked for."""
    found = standing(overrides)
    if not found:
        return assessment
    kept = (e for e in laid(assessment, found.values()).supports if e.support.id not in found or found[e.support.id].verdict is Verdict.MATCHED)
    return replace(assessment, supports=tuple(kept))


def _under(entry: SupportVerdict, override: Override) -> SupportVerdict:
    return entry._replace(verdict=override.verdict, missing=())
