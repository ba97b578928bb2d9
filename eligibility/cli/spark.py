"""`screen --engine spark`: a table too large for one machine."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from eligibility.cli.common import DONE, FAULTS, say, stop
from eligibility.cli.given import column_map
from eligibility.rulebook.book import Rulebook


def decide_on_cluster(source: str, rulebook: Rulebook, on: date, output: str, columns: Path | None, keep: tuple[str, ...], missing: bool, master: str | None) -> int:
    """Decide a table with Spark."""
    from eligibility.screening.spark import SparkError, SparkRun, session

    remembered = column_map(columns, rulebook)
    try:
        with session(master) as started:
            totals = SparkRun(rulebook, on, source, output, keep, missing, remembered).run(started)
    except SparkError as error:
        stop(str(error))
    if totals.passed_over:
        say(f"有 {totals.passed_over:,} 行是合计、小计之类，或者用得上的列都空着，没有当成企业。")
    say(*(f"列“{c.header}”：{c.remark}" for c in totals.clashes))
    if not totals.companies:
        stop(f"{source} 里没有可以判断的企业。")
    told = f"{totals.companies:,} 家企业，{len(rulebook.supports)} 项支持，已写在 {output}。"
    told += f"有 {len(totals.clashes)} 列没有用上。" if totals.clashes else ""
    click.echo(told + (f"有 {totals.unusable:,} 格没有用上，按“不清楚”处理，原因在 unusable 列。" if totals.unusable else ""))
    return FAULTS if totals.unusable or totals.clashes else DONE
