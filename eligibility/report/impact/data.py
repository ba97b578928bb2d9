"""An impact as plain data, for other programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from eligibility.assessment import Reason
from eligibility.impact import CompanyImpact, Impact, VerdictChange
from eligibility.profile import AnswerProblem
from eligibility.report.impact import wording
from eligibility.rulebook.book import Rulebook


def impact_data(impact: Impact) -> dict[str, Any]:
    """Every change of the rules, the totals, and every company for which something changes, with the causes."""
    return {
        "old": _version(impact.old),
        "new": _version(impact.new),
        "on": impact.on.isoformat(),
        "companies_assessed": len(impact.companies),
        "changes": [asdict(change) for change in impact.changes],
        "totals": [
            {"id": id_, "title": t.support.title, "better": t.better, "newly_matched": t.newly_matched, "worse": t.worse, "no_longer_matched": t.no_longer_matched}
            for id_, t in impact.tallies().items()
        ],
        "companies": [_company(c) for c in impact.companies if c.touched or c.unread_by_both],
    }


def _version(book: Rulebook) -> dict[str, str]:
    return {"version": book.version, "fingerprint": book.fingerprint}


def _company(company: CompanyImpact) -> dict[str, Any]:
    return {
        "name": company.name,
        "verdicts": [_verdict(change) for change in company.verdicts],
        "unread": [_problem(p) for p in company.unread],
        "unread_by_both": [_problem(p) for p in company.unread_by_both],
    }


def _verdict(change: VerdictChange) -> dict[str, Any]:
    return {
        "id": change.support.id,
        "title": change.support.title,
        "before": change.before,
        "after": change.after,
        "better": change.better,
        "why": wording.causes(change),
        "causes": [
            {"before": _reason(c.before), "after": _reason(c.after), "behind": [{"sort": b.sort, "id": b.id, "how": b.how} for b in c.behind], "unread": [p.question for p in c.unread]}
            for c in change.causes
        ],
        **({"override": change.override.as_data()} if change.override else {}),
    }


def _reason(reason: Reason | None) -> dict[str, Any] | None:
    return {"criterion": reason.criterion, "outcome": reason.outcome} if reason else None


def _problem(problem: AnswerProblem) -> dict[str, str]:
    return {"question": problem.question, "what": problem.what, "remedy": problem.remedy}
