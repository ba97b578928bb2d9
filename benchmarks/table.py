"""How a whole table is decided, from Parquet to Parquet: growth with companies and with supports, and most memory at once.

`python -m benchmarks.table`; every run is a process of its own. Wall time on a busy machine says little: the seconds of
the processors that a run used are printed beside it.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from benchmarks.population import DAY, write_province
from eligibility.logic.expressions import All, AnyOf, By, Compare, Expression, In, Is, Not
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import load
from eligibility.rulebook.models import Support

COMPANIES = (1_000, 10_000, 100_000, 1_000_000, 5_000_000)
TIMES = (1, 4, 16)


def grown(rulebook: Rulebook, times: int) -> Rulebook:
    """The same rulebook with so many times the supports. Each copy asks for other numbers and other options, so that nothing but the statuses is shared with the others."""
    supports: dict[str, Support] = {}
    for copy in range(times):
        for support in rulebook.supports.values():
            id_ = support.id if copy == 0 else f"{support.id}-{copy}"
            supports[id_] = support.model_copy(update={"id": id_, "eligible_if": _varied(support.eligible_if, copy, rulebook)})
    return replace(rulebook, supports=supports, fingerprint=f"{rulebook.fingerprint[:8]}x{times}")


def _varied(expression: Expression, by: int, rulebook: Rulebook) -> Expression:
    def varied(part: Expression) -> Expression:
        return _varied(part, by, rulebook)

    def other(question: str, option: str) -> str:
        options = list(rulebook.questions[question].option)
        return options[(options.index(option) + by) % len(options)]

    match expression:
        case All(all=parts):
            return All(all=tuple(map(varied, parts)))
        case AnyOf(any=parts):
            return AnyOf(any=tuple(map(varied, parts)))
        case Not(not_=part):
            return Not(**{"not": varied(part)})
        case By(cases=cases):
            return expression.model_copy(update={"cases": tuple(c.model_copy(update={"then": varied(c.then)}) for c in cases), "otherwise": varied(expression.otherwise)})
        case Compare():
            return expression.model_copy(update={expression.relation: expression.bound + by})
        case Is(answer=question, is_=str(option)):
            return Is(answer=question, **{"is": other(question, option)})
        case In(answer=question, in_=options):
            return In(answer=question, **{"in": tuple(other(question, o) for o in options)})
    return expression


def decide(table: Path, times: int, missing: bool) -> dict[str, float]:
    """One run in this process: seconds, processor seconds, megabytes at most."""
    from eligibility.screening.sources import open_table
    from eligibility.screening.table import TableRun

    start = time.perf_counter()
    with TemporaryDirectory(dir=table.parent) as folder:
        TableRun(grown(load(), times), DAY, open_table(table), Path(folder) / "result", missing=missing).run()
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {"seconds": time.perf_counter() - start, "processor": used.ru_utime + used.ru_stime, "megabytes": used.ru_maxrss / 1024}


def measured(table: Path, runs: int, times: int = 1, *, missing: bool = False) -> dict[str, float]:
    """The medians of some runs, each a process of its own; the most memory of all of them."""
    words = [sys.executable, "-m", "benchmarks.table", "--one", str(table), "--times", str(times), *(["--missing"] if missing else [])]
    found: list[dict[str, float]] = [json.loads(subprocess.run(words, check=True, capture_output=True).stdout) for _ in range(runs)]
    return {key: statistics.median(f[key] for f in found) if key != "megabytes" else max(f[key] for f in found) for key in found[0]}


def told(what: str, companies: int, found: dict[str, float], against: dict[str, float] | None, scale: float) -> None:
    """One line; `against` and `scale`: a run and how many times larger this one is."""
    ratio = f"   {found['processor'] / against['processor']:5.2f}× the work for {scale:g}×" if against else ""
    rate = companies / found["seconds"]
    print(f"{what:<44} {found['seconds']:7.2f} s  {found['processor']:7.2f} s of processors  {rate:>11,.0f} companies/s  {found['megabytes']:5.0f} MB{ratio}", flush=True)


@click.command()
@click.option("--most", type=int, default=COMPANIES[-1], help="companies")
@click.option("--runs", type=int, default=3)
@click.option("--folder", type=click.Path(path_type=Path), default=None, help="where tables are kept from one time to the next")
@click.option("--one", type=click.Path(path_type=Path), default=None, hidden=True)
@click.option("--times", type=int, default=1, hidden=True)
@click.option("--missing", is_flag=True, hidden=True)
def main(most: int, runs: int, folder: Path | None, one: Path | None, times: int, missing: bool) -> None:
    """Measure and print."""
    if one is not None:
        print(json.dumps(decide(one, times, missing)))
        return
    with TemporaryDirectory() as temporary:
        _all(most, runs, folder or Path(temporary))


def _all(most: int, runs: int, folder: Path) -> None:
    rulebook = load()
    sizes = [n for n in COMPANIES if n <= most]
    tables: dict[int, Path] = {}
    for companies in sizes:
        tables[companies] = folder / f"province-{companies}.parquet"
        if not tables[companies].exists():
            write_province(rulebook, companies, tables[companies])
    print(f"{len(rulebook.supports)} supports, both bounds and near; medians of {runs} processes, start-up included")
    before: tuple[int, dict[str, Any]] | None = None
    for companies in sizes:
        found = measured(tables[companies], runs)
        told(f"{companies:,} companies", companies, found, before and before[1], companies / before[0] if before else 1)
        before = companies, found
    told(f"{sizes[-1]:,} companies, with what is missing", sizes[-1], measured(tables[sizes[-1]], runs, missing=True), before and before[1], 1)
    companies = min(1_000_000, sizes[-1])
    base: dict[str, float] | None = None
    for times in TIMES:
        found = measured(tables[companies], runs, times)
        told(f"{companies:,} companies, {len(rulebook.supports) * times:,} supports", companies, found, base, times)
        base = base or found
    texts = folder / f"texts-{companies}.csv"
    if not texts.exists():
        write_province(rulebook, companies, texts, texts=True)
    told(f"{companies:,} companies from .csv with words", companies, measured(texts, runs), base, 1)


if __name__ == "__main__":
    main()
