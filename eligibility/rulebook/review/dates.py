"""What was not looked at again in time: the rulebook as a whole, its documents, its contacts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from eligibility.rulebook.book import Cover, Origin, Rulebook
from eligibility.rulebook.models import AgencyList, Policy
from eligibility.rulebook.problems import Problem


def overdue(rulebook: Rulebook, *, on: date) -> Iterator[Problem]:
    """Every review date that lies longer back than the rulebook allows."""
    months = rulebook.cover.review_every

    def late(origin: Origin, key: str, what: str, reviewed: date, remedy: str) -> Iterator[Problem]:
        due = rulebook.review_due(reviewed)
        if on > due:
            yield origin.problem(f"{what}最近核对于 {reviewed}，应每 {months} 个月核对一次，{due} 已到期", remedy, key)

    yield from late(rulebook.origin_of(Cover), "reviewed", "规则库", rulebook.cover.reviewed, "请核对后改这个日期。")
    for policy in rulebook.policies.values():
        remedy = "请核对它是否仍执行、规则是否仍对，再改这个日期；没改之前，结果上会提醒先打电话核实。"
        yield from late(rulebook.origins[Policy, policy.id], "reviewed", f"“{policy.short}”", policy.reviewed, remedy)
    yield from late(rulebook.origin_of(AgencyList), "checked", "机构名称和联系方式", rulebook.agency_list.checked, "请逐个核对网址和号码，再改这个日期。")
