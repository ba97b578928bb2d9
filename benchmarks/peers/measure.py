"""How long, how many and how much memory."""

from __future__ import annotations

import itertools
import json
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.peers.peer import Bounds

ROUNDS = 5  # every peer in turn, so that a disturbance of the machine does not meet one peer alone
ROUND_SECONDS = 0.3


@dataclass(frozen=True)
class Latency:
    """One company, every condition, in milliseconds."""

    median: float
    p99: float


@dataclass(frozen=True)
class Bulk:
    """Many companies: how many a second, how many seconds of a core a million takes, and the most memory that the process had."""

    companies: int
    rate: float
    core_seconds: float
    peak_mb: float


def busy_share() -> float | None:
    """How much of the machine is in use by others: the processors' time over one second in which this process sleeps (Linux only)."""
    stat = Path("/proc/stat")
    if not stat.exists():
        return None

    def idle_and_all() -> tuple[int, int]:
        ticks = [int(n) for n in stat.read_text().splitlines()[0].split()[1:9]]
        return ticks[3] + ticks[4], sum(ticks)

    idle, every = idle_and_all()
    time.sleep(1)
    idle_then, every_then = idle_and_all()
    return 1 - (idle_then - idle) / max(1, every_then - every)


def latencies(peers: Sequence[tuple[Callable[[Any], Any], Sequence[Any]]]) -> list[Latency]:
    """Warm calls of each peer on its companies, a round of each in turn."""
    taken: list[list[float]] = [[] for _ in peers]
    for decide, companies in peers:
        for company in companies[:10]:
            decide(company)
    for _ in range(ROUNDS):
        for times, (decide, companies) in zip(taken, peers, strict=True):
            until = time.perf_counter() + ROUND_SECONDS
            for company in itertools.cycle(companies):
                start = time.perf_counter()
                decide(company)
                end = time.perf_counter()
                times.append((end - start) * 1000)
                if end > until:
                    break
    return [Latency(statistics.median(t), sorted(t)[int(len(t) * 0.99)]) for t in taken]


def in_a_process(peer: str, bounds: Bounds, task: str, source: Path, target: Path, times: int) -> Bulk:
    """The median of so many processes of their own, each with its peak of memory."""
    runs = []
    for _ in range(times):
        command = [sys.executable, "-m", "benchmarks.peers.bulk", peer, bounds, task, str(source), str(target)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        shutil.rmtree(target, ignore_errors=True)
        if done.returncode:
            raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr}")
        runs.append(json.loads(done.stdout.splitlines()[-1]))
    return Bulk(**{name: statistics.median(run[name] for run in runs) for name in runs[0]})
