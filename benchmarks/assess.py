"""How long one company takes: the whole rulebook with every reason, and its parts. `python -m benchmarks.assess`."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date

from eligibility.assessment import assess
from eligibility.compiled import compiled
from eligibility.export import assessment_data
from eligibility.profile import read_profile
from eligibility.rulebook.load import load

DAY = date(2026, 11, 22)
TYPICAL = {
    "entity": "company", "city": "shenyang", "ownership": "private", "industry": "manufacturing", "staff": 86, "revenue": 4200, "assets": 5100,
    "titles": ["tech_sme", "high_tech"], "people": ["academic_staff"], "rd_expense": 260, "ip_class_1": 2, "ip_class_2": 9,
    "project_stage": "production", "operates": [], "listings": [], "zone": ["high_tech_zone"], "needs": ["loan", "talent"],
}  # fmt: skip


def timed(what: str, work: Callable[[], object], rounds: int = 300) -> None:
    """Print median and 99th percentile of warm calls, in milliseconds."""
    work()
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1000)
    taken.sort()
    print(f"{what:<58} median {statistics.median(taken):8.3f} ms   p99 {taken[int(len(taken) * 0.99)]:8.3f} ms")


def main() -> None:
    """Measure and print."""
    rulebook = load()
    profile, problems = read_profile(TYPICAL, rulebook.questions)
    assert not problems
    assessment = assess(rulebook, profile, on=DAY)
    plan = compiled(rulebook).plan
    print(f"rulebook {rulebook.version}: {len(rulebook.supports)} supports, {len(rulebook.questions)} questions, counts {dict(assessment.counts)}")
    timed("decide the whole rulebook, both bounds, without reasons", lambda: plan.read(profile.answers, DAY))
    timed("assess: the whole rulebook with every reason", lambda: assess(rulebook, profile, on=DAY))
    timed("the assessment as plain data (assess --format json)", lambda: assessment_data(assessment), 50)
    from eligibility.report.pdf import render_pdf

    timed("the PDF", lambda: render_pdf(assessment), 20)
    timed("load and check the rulebook, warm process", load, 5)
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "eligibility", "check"], check=True, capture_output=True)
    print(f"{'check, cold process, scenarios included':<58} {time.perf_counter() - start:13.3f} s")


if __name__ == "__main__":
    main()
