"""Measures this program beside its peers, prints what it finds and rewrites docs/benchmarks.md and its plot. `python -m benchmarks.peers`."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from benchmarks.peers.agreement import Reference, differing, unknowns
from benchmarks.peers.companies import answers, companies, write_companies
from benchmarks.peers.conditions import distinct
from benchmarks.peers.measure import busy_share, in_a_process, latencies
from benchmarks.peers.peer import Bounds, Peer, RowPeer, TablePeer
from benchmarks.peers.report import Findings, publish
from benchmarks.peers.roster import PEERS, peer_class
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import load

CHECKED = 1000  # companies on which row by row peers must agree; tables are checked on ten times as many
MISSING = 0.2
IN_MEMORY = 200_000  # companies held in memory at most


def main() -> None:
    """Check, measure, print, write."""
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    arguments.add_argument("--companies", type=int, default=2_000_000, help="how many companies the bulk is measured with (default: 2,000,000)")
    arguments.add_argument("--repeat", type=int, default=3, help="processes for each Parquet measurement, of which the median counts (default: 3)")
    arguments.add_argument("--print-only", action="store_true", help="leave docs/benchmarks.md and the plot as they are")
    chosen = arguments.parse_args()
    busy, began = busy_share(), time.perf_counter()
    rulebook = load()
    peers = {(key, bounds): peer_class(key)(rulebook, bounds) for key in PEERS for bounds in Bounds}
    print(f"rulebook {rulebook.version}: {len(rulebook.supports)} supports with {len(distinct(rulebook))} different conditions; bulk of {chosen.companies:,} companies")

    found = Findings(rulebook.version, len(rulebook.supports), len(distinct(rulebook)), chosen.companies, MISSING, {key: peers[key, Bounds.ONE] for key in PEERS}, busy)
    missing = {Bounds.ONE: 0.0, Bounds.BOTH: MISSING}  # a plain expression is timed where it is right: with every answer given
    complete, partial = (Reference(rulebook, pa.concat_tables(companies(rulebook, CHECKED * 10, share))) for share in missing.values())
    for (key, bounds), peer in peers.items():
        count = CHECKED * (10 if isinstance(peer, TablePeer) else 1)
        checks = [differing(peer, complete, count)]
        if bounds == Bounds.BOTH:
            checks.append(differing(peer, partial, count))  # guarded, it must see what is unknown too
        else:
            found.unknowns[key] = unknowns(peer, partial, count)
        if any(checks):
            raise SystemExit("\n".join(c for c in checks if c))
    print(f"all {len(PEERS)} agree on {CHECKED:,} (tables: {CHECKED * 10:,}) complete companies, with both bounds also on incomplete ones  [{time.perf_counter() - began:.0f} s]")

    for bounds in Bounds:
        table = (complete if bounds == Bounds.ONE else partial).companies.slice(0, 100)
        for key, latency in zip(PEERS, latencies([_calls(peers[key, bounds], rulebook, table) for key in PEERS]), strict=True):
            found.latency[key, bounds] = latency
    print(f"latencies measured  [{time.perf_counter() - began:.0f} s]")

    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "truths"
        for bounds in Bounds:
            source, some = Path(folder) / f"{bounds}.parquet", Path(folder) / f"{bounds}_some.parquet"
            named = Path(folder) / f"{bounds}_named.parquet"
            write_companies(rulebook, chosen.companies, missing[bounds], source)
            write_companies(rulebook, chosen.companies, missing[bounds], named, named=True)
            write_companies(rulebook, min(chosen.companies, IN_MEMORY), missing[bounds], some)
            for key in PEERS:
                peer = peers[key, bounds]
                found.memory[key, bounds] = in_a_process(key, bounds, "memory", some, target, 1)
                if isinstance(peer, TablePeer):
                    found.file[key, bounds] = in_a_process(key, bounds, "file", named if peer.named else source, target, chosen.repeat)
            source.unlink()
            named.unlink()
    print(f"bulk measured  [{time.perf_counter() - began:.0f} s]\n")
    publish(found, write=not chosen.print_only)


def _calls(peer: Peer, rulebook: Rulebook, table: pa.Table) -> tuple[Callable[[Any], Any], Sequence[Any]]:
    if isinstance(peer, RowPeer):
        return peer.decide, [peer.prepare(a) for a in answers(rulebook, table)]
    assert isinstance(peer, TablePeer)
    return peer.decide, [peer.load(table.slice(0, 1))]


if __name__ == "__main__":
    main()
