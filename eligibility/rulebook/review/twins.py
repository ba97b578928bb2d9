"""Supports that may be one support written twice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from eligibility.logic.expressions import Expression
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.models import Beneficiary, Support
from eligibility.rulebook.problems import Problem


def twins(rulebook: Rulebook) -> Iterator[Problem]:
    """Supports that give the same to the same people on the same condition as an earlier one."""
    first: dict[tuple[Expression, Beneficiary, str], Support] = {}
    for support in rulebook.supports.values():
        key = support.eligible_if, support.beneficiary, re.sub(r"\W", "", support.gives)
        other = first.setdefault(key, support)
        if other is not support:
            what = f"“{support.id}”和“{other.id}”条件相同，给的也相同（“{support.gives}”）"
            yield rulebook.origins[Support, support.id].problem(what, "请合成一项，sources 写两处；不是一回事就把 gives 写清楚。", "gives")
