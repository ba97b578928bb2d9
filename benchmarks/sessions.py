"""The application under load: how many people can use one process at once. Run: python -m benchmarks.sessions

The server runs as a process of its own, as `make run` starts it. The visitors are real websocket sessions that answer
questions, look at results and read in the library, one action every five seconds on average, each with the answers of
one of the rulebook's scenarios. What is measured is the time from the click until the server has sent the whole page.
The time of the processor per action hardly depends on what else the machine does; the waiting times do.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.visitors import Connection, Visitor
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import DEFAULT_RULES, load
from eligibility.scenarios import read_scenarios
from tests.browser.driving import Server
from ui.draft import Draft
from ui.store import Store, new_id

EVERY = 5.0  # seconds between two actions of one visitor, on average
BAR_MS, BAR_SESSIONS = 300, 200
ARRIVING = 25  # so many new visitors a second, while a level fills up
ONE_AFTER_THE_OTHER = 6  # visitors whose every action is measured alone
AT_THE_RESULTS = 0.25  # the share of visitors who have answered everything


class Process:
    """What a process costs. Linux."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    @property
    def seconds(self) -> float:
        """The processor's time so far, all threads together."""
        return time.clock_gettime((~self.pid << 3) | 2)  # the clock of another process, as clock_getcpuclockid(3) makes it

    @property
    def megabytes(self) -> float:
        """Memory in use."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


class Town:
    """Where visitors come from: each has the answers of a scenario, and has given some of them on an earlier day."""

    def __init__(self, server: Server, book: Rulebook, seed: int) -> None:
        self.server, self.book = server, book
        self.scenarios = [scenario.answers for scenario, _ in read_scenarios(DEFAULT_RULES)]
        self.store = Store(server.data / "drafts")
        self.chance = random.Random(seed)

    async def visitor(self, answered: float | None = None) -> tuple[Visitor, float]:
        """A visitor who has just arrived, and how long the first page took. `answered`: the share of the answers given before; default: any."""
        answers = self.chance.choice(self.scenarios)
        at_results = self.chance.random() < AT_THE_RESULTS
        share = answered if answered is not None else 1.0 if at_results else self.chance.random()
        cookie = new_id()
        self._prepare(cookie, answers, share)
        tab = Connection(self.server.url, cookie)
        took = await tab.arrive("result" if answered is None and at_results else "")
        return Visitor(tab, self.book, answers, random.Random(self.chance.random())), took

    def _prepare(self, cookie: str, answers: Mapping[str, Any], share: float) -> None:
        given = dict(list(answers.items())[: round(share * len(answers))])
        if given:
            self.store.write(cookie, Draft(revision=1).loading(given, self.book)[0].as_data())


def percentile(times: Sequence[float], share: float) -> float:
    """In milliseconds."""
    return sorted(times)[min(int(len(times) * share), len(times) - 1)] * 1000


async def alone(town: Town, process: Process) -> None:
    """Each kind of action by itself: what it costs the processor, and how long it takes while nobody else is there."""
    cost: dict[str, list[float]] = defaultdict(list)
    took: dict[str, list[float]] = defaultdict(list)
    for _ in range(ONE_AFTER_THE_OTHER):
        before = process.seconds
        visitor, seconds = await town.visitor(answered=0.0)
        await asyncio.sleep(0.02)
        cost["首页：打开"].append(process.seconds - before)
        took["首页：打开"].append(seconds)
        while not visitor.done:
            action = visitor.next()
            before = process.seconds
            took[action.name].append(await visitor.tab.act(action))
            await asyncio.sleep(0.02)  # what the server does after the page is sent counts too
            cost[action.name].append(process.seconds - before)
        await visitor.tab.leave()
    print(f"\n{'one visitor alone':<20}{'actions':>8}{'processor, mean':>18}{'waiting, median':>18}")
    for name, costs in sorted(cost.items()):
        print(f"{name:<{20 - sum(ord(c) > 255 for c in name)}}{len(costs):>8}{statistics.mean(costs) * 1000:>15.1f} ms{statistics.median(took[name]) * 1000:>15.1f} ms")


class Crowd:
    """Many visitors at once, each acting when their time has come."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.visitors: list[asyncio.Task[None]] = []
        self.took: dict[str, list[float]] = defaultdict(list)

    async def grow(self, size: int) -> None:
        """Let new visitors arrive until there are so many."""
        while len(self.visitors) < size:
            self.visitors.append(asyncio.create_task(self._stay()))
            await asyncio.sleep(1 / ARRIVING)

    async def _stay(self) -> None:
        """Act, and act again; who has seen enough leaves, and somebody else takes the place."""
        visitor, _ = await self.town.visitor()
        while True:
            await asyncio.sleep(visitor.chance.expovariate(1 / EVERY))
            if visitor.done:
                await visitor.tab.leave()
                visitor, seconds = await self.town.visitor(answered=0.0)
                self.took["首页：打开"].append(seconds)
            else:
                action = visitor.next()
                self.took[action.name].append(await visitor.tab.act(action))

    async def observe(self, seconds: float) -> Mapping[str, Sequence[float]]:
        """How long every action took, for a while. Raises whatever went wrong with a visitor."""
        self.took.clear()
        await asyncio.sleep(seconds)
        for task in self.visitors:
            if task.done():
                task.result()
        return {name: list(times) for name, times in self.took.items()}

    async def leave(self) -> None:
        """All go."""
        for task in self.visitors:
            task.cancel()
        await asyncio.gather(*self.visitors, return_exceptions=True)
        self.visitors.clear()


async def levels(town: Town, process: Process, sizes: Sequence[int], seconds: float) -> bool:
    """More and more visitors. Whether the bar is met."""
    crowd, empty = Crowd(town), process.megabytes
    last: Mapping[str, Sequence[float]] = {}
    met = False
    print(f"\n{'sessions':>8}{'actions/s':>11}{'p50':>9}{'p95':>9}{'p99':>9}{'processor':>11}{'an action':>11}{'memory':>9}{'a session':>11}{'client':>8}")
    for size in sizes:
        await crowd.grow(size)
        await crowd.observe(2 * EVERY / 5)  # what the arrivals queued is over
        begun, cpu, own = time.perf_counter(), process.seconds, time.process_time()
        found = await crowd.observe(seconds)
        wall, used = time.perf_counter() - begun, process.seconds - cpu
        times = [t for each in found.values() for t in each]
        p50, p95, p99 = (percentile(times, share) for share in (0.5, 0.95, 0.99))
        memory = process.megabytes
        print(
            f"{size:>8}{len(times) / wall:>11.1f}{p50:>6.0f} ms{p95:>6.0f} ms{p99:>6.0f} ms{used / wall:>10.0%}{used / len(times) * 1000:>8.1f} ms"
            f"{memory:>6.0f} MB{(memory - empty) / size:>8.2f} MB{(time.process_time() - own) / wall:>8.0%}"
        )
        met, last = met or (size >= BAR_SESSIONS and p95 < BAR_MS), found
    print(f"\n{f'at {sizes[-1]} sessions':<20}{'actions':>8}{'p50':>12}{'p95':>12}")
    for name, each in sorted(last.items()):
        print(f"{name:<{20 - sum(ord(c) > 255 for c in name)}}{len(each):>8}{percentile(each, 0.5):>9.0f} ms{percentile(each, 0.95):>9.0f} ms")
    await crowd.leave()
    return met


async def storm(town: Town, size: int) -> None:
    """Everybody at once, as after a restart."""
    begun = time.perf_counter()
    arrived = await asyncio.gather(*(town.visitor() for _ in range(size)))
    took = [seconds for _, seconds in arrived]
    print(f"\n{size} connect at once: all have their first page after {time.perf_counter() - begun:.1f} s, half of them after {percentile(took, 0.5) / 1000:.1f} s")
    await asyncio.gather(*(visitor.tab.leave() for visitor, _ in arrived))


async def measure(server: Server, sizes: Sequence[int], seconds: float, arriving: int, seed: int) -> None:
    """Everything, in turn."""
    town, process = Town(server, load(DEFAULT_RULES), seed), Process(server.process.pid)
    _stays, _ = await town.visitor(answered=1.0)
    print(f"server warm: {process.megabytes:.0f} MB")
    await alone(town, process)  # the first visitor stays: while nobody is there, Streamlit forgets the compiled pages
    met = await levels(town, process, sizes, seconds)
    await storm(town, arriving)
    print(f"\nbar: {BAR_SESSIONS} sessions at p95 < {BAR_MS} ms: {'met' if met else 'NOT met'}")


def main() -> None:
    """Read the options, start the server, measure."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sessions", default="50,100,200,300", help="so many at once, one level after the other (default: %(default)s)")
    options.add_argument("--seconds", type=float, default=12, help="how long each level is measured (default: %(default)s)")
    options.add_argument("--storm", type=int, default=100, help="so many connect at once at the end (default: %(default)s)")
    options.add_argument("--seed", type=int, default=1, help="whose answers, and when they click (default: %(default)s)")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as data:
        server = Server(Path(data))
        try:
            asyncio.run(measure(server, [int(n) for n in given.sessions.split(",")], given.seconds, given.storm, given.seed))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
