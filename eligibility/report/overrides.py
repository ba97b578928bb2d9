"""What is said of an advisor's own verdict wherever the program's is shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from eligibility.assessment import HERE, Assessment, SupportVerdict, Verdict
from eligibility.override import Override, standing
from eligibility.report.labels import VERDICTS


@dataclass(frozen=True, slots=True)
class ShownVerdict:
    """One support as the desk shows it."""

    entry: SupportVerdict
    override: Override | None

    @property
    def verdict(self) -> Verdict:
        """The verdict that counts: the advisor's own, if there is one."""
        return self.override.verdict if self.override else self.entry.verdict

    @property
    def outdated(self) -> bool:
        """Whether the program now says something else than what was overridden."""
        return self.override is not None and self.override.instead_of is not self.entry.verdict

    @property
    def text(self) -> str:
        """What is said of the override wherever the verdict is shown; nothing if there is none."""
        return override_words(self.override, self.entry.verdict) if self.override else ""


def override_words(made: Override, now: Verdict | None) -> str:
    """What is said of an override, and of what the program says now, if that is not what was overridden. No verdict: the rules have no such support now."""
    said = f"程序判为“{VERDICTS[now].name}”" if now else "没有这项支持"
    outdated = f"；现在{said}，请重新核对" if made.instead_of is not now else ""
    instead = VERDICTS[made.instead_of].name
    return f"{made.by}于 {made.at.astimezone(HERE):%Y-%m-%d} 改判为“{VERDICTS[made.verdict].name}”（程序判为“{instead}”）。理由：{made.reason.rstrip('。')}{outdated}。"


def overlaid(assessment: Assessment, overrides: Iterable[Override]) -> tuple[ShownVerdict, ...]:
    """Every support with the override that stands on it, in the assessment's order. Of several the last counts."""
    found = standing(overrides)
    return tuple(ShownVerdict(entry, found.get(entry.support.id)) for entry in assessment.supports)
