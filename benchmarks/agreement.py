"""Whether a table and a single company are decided alike, cell by cell: `python -m benchmarks.agreement` tries 200,000 companies.

The test suite tries 6,000 of the same companies and random rulebooks; this takes longer.
"""

from __future__ import annotations

import sys
from itertools import islice
from pathlib import Path

import click

from eligibility.rulebook.load import DEFAULT_RULES, load
from tests.screening.populations import companies, differing


@click.command()
@click.option("--companies", "how_many", type=int, default=200_000)
@click.option("--seed", type=int, default=0)
@click.option("--rules", type=click.Path(path_type=Path), default=DEFAULT_RULES)
def main(how_many: int, seed: int, rules: Path) -> None:
    """Compare and print; exit code 1 if any cell differs."""
    rulebook = load(rules)
    different = []
    profiles = companies(rulebook, how_many, seed)
    while some := list(islice(profiles, 20_000)):
        different += differing(rulebook, some)
    print(f"{how_many:,} companies × {len(rulebook.supports)} supports: {how_many * len(rulebook.supports):,} cells, {len(different):,} differ")
    for profile, support in different[:5]:
        print(support, profile.as_data())
    sys.exit(bool(different))


if __name__ == "__main__":
    main()
