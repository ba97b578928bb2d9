"""How long the impact of new rules on 500 companies takes, when they touch nobody and when they touch everybody. `python -m benchmarks.impact`."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date
from itertools import cycle, islice

from eligibility.impact import impact
from eligibility.logic.expressions import Not
from eligibility.report.impact.data import impact_data
from eligibility.report.impact.text import render_markdown
from eligibility.report.impact.workbook import render_workbook
from eligibility.roster import Company
from eligibility.rulebook.load import DEFAULT_RULES, load
from eligibility.scenarios import run_scenarios

DAY = date(2026, 11, 22)


def main() -> None:
    """Measure and print."""
    old = load()
    answers = [run.scenario.answers for run in run_scenarios(DEFAULT_RULES, old, on=DAY)]
    companies = [Company(f"第 {n} 家", a) for n, a in enumerate(islice(cycle(answers), 500), start=1)]
    turned = {id_: s.model_copy(update={"eligible_if": Not(**{"not": s.eligible_if})}) for id_, s in old.supports.items()}
    for what, new in (("the same rules", load()), ("every condition turned round", replace(old, supports=turned))):
        start = time.perf_counter()
        found = impact(old, new, companies, on=DAY)
        print(f"impact on {len(companies)} companies, {what}: {time.perf_counter() - start:.2f} s, {sum(len(c.verdicts) for c in found.companies)} verdicts change")
        for form, render in (("data", impact_data), ("Markdown", render_markdown), ("workbook", render_workbook)):
            start = time.perf_counter()
            content = render(found)
            print(f"    as {form}: {time.perf_counter() - start:.2f} s{f', {len(content):,} characters or bytes' if form != 'data' else ''}")


if __name__ == "__main__":
    main()
