"""One peer, many companies, in a process of its own: prints companies, companies a second, seconds of a core a million and peak memory as JSON.

`python -m benchmarks.peers.bulk PEER one|both memory|file SOURCE TARGET`
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pyarrow.parquet as pq

from benchmarks.peers.companies import answers
from benchmarks.peers.peer import Bounds, Peer, RowPeer, TablePeer
from benchmarks.peers.roster import peer_class
from eligibility.rulebook.load import load

SECONDS = 2.0  # about as long as a peer that goes row by row is watched


def main(name: str, bounds: str, task: str, source: str, target: str) -> None:
    """Measure and print."""
    peer = peer_class(name)(load(), Bounds(bounds))
    if task == "file":
        assert isinstance(peer, TablePeer)
        companies, taken = pq.ParquetFile(source).metadata.num_rows, _timed(lambda: peer.convert(Path(source), Path(target)))
    else:
        companies, taken = _in_memory(peer, Path(source))
    print(json.dumps({"companies": companies, "rate": companies / taken.wall, "core_seconds": taken.cores / companies * 1e6, "peak_mb": peak_mb()}))


class Taken(NamedTuple):
    """Seconds on the clock, and seconds of all cores together: the latter hardly feel what else the machine does."""

    wall: float
    cores: float


def _in_memory(peer: Peer, source: Path) -> tuple[int, Taken]:
    if isinstance(peer, TablePeer):
        table = pq.read_table(source)
        columns = peer.load(table)
        peer.decide(columns)
        return table.num_rows, sorted(_timed(lambda: peer.decide(columns)) for _ in range(3))[1]
    assert isinstance(peer, RowPeer)
    rows = [peer.prepare(a) for a in answers(peer.rulebook, next(pq.ParquetFile(source).iter_batches(20_000)))]
    some = rows[:100]
    peer.decide_many(some)
    count = max(100, min(len(rows), int(100 * SECONDS / _timed(lambda: peer.decide_many(some)).wall)))
    return count, _timed(lambda: peer.decide_many(rows[:count]))


def _timed(work: Callable[[], object]) -> Taken:
    wall, cores = time.perf_counter(), time.process_time()
    work()
    return Taken(time.perf_counter() - wall, time.process_time() - cores)


def peak_mb() -> float:
    """The most memory that this process had. On Linux not from `getrusage`, which remembers the process that started this one."""
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) / 1024 for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024)  # macOS counts bytes


if __name__ == "__main__":
    main(*sys.argv[1:])
