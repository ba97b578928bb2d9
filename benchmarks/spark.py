"""A province on Spark beside the same province on one machine without it: companies a second, and what a hundred million would cost.

`python -m benchmarks.spark [COMPANIES]`; both run the same batch function on the same file with all cores of this machine.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from time import monotonic

from benchmarks.population import DAY, write_province
from eligibility.rulebook.load import load
from eligibility.screening.sources import open_table
from eligibility.screening.spark import SparkRun, session
from eligibility.screening.table import TableRun

MANY = 100_000_000


def main(companies: int) -> None:
    """Measure and print."""
    book, cores = load(), os.cpu_count() or 1
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "province.parquet")
        write_province(book, companies, source)
        start = monotonic()
        TableRun(book, DAY, open_table(source), Path(folder, "table")).run()
        alone = monotonic() - start
        start = monotonic()
        with session(f"local[{cores}]") as spark:
            started = monotonic() - start
            start = monotonic()
            SparkRun(book, DAY, str(source), str(Path(folder, "warm-up")), keep=()).run(spark)
            first = monotonic() - start
            start = monotonic()
            SparkRun(book, DAY, str(source), str(Path(folder, "spark")), keep=()).run(spark)
            second = monotonic() - start
    print(f"{companies:,} companies, {len(book.supports)} supports, {cores} cores, Parquet to Parquet")
    print(f"one machine, --engine table: {alone:.1f} s, {companies / alone:,.0f} companies/s")
    print(f"Spark local[{cores}]: start {started:.1f} s; first run {first:.1f} s; second run {second:.1f} s, {companies / second:,.0f} companies/s, {second / alone:.1f} × the time without it")
    print(f"{MANY:,} companies on Spark, extrapolated from the second run: {MANY / companies * second * cores / 3600:.1f} core-hours")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
