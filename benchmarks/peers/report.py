"""What was found, as tables on the screen and in docs/benchmarks.md, and as a plot beside it."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.peers.agreement import Unknowns
from benchmarks.peers.measure import Bulk, Latency
from benchmarks.peers.peer import Bounds, Peer, TablePeer
from benchmarks.peers.roster import OURS, OURS_TABLE

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
PLOT = PAGE.parent / "benchmarks" / "peers.svg"
GREY, OURS_COLOUR, PEER_COLOUR = "#808080", "#2f7fd1", "#9a9a9a"  # legible on white and on black


@dataclass
class Findings:
    """Everything that one run measured."""

    rulebook: str
    supports: int
    conditions: int
    companies: int
    missing: float
    peers: Mapping[str, Peer]
    busy: float | None  # how much of the machine others used when the run began; None where the system does not say
    unknowns: dict[str, Unknowns] = field(default_factory=dict)
    latency: dict[tuple[str, Bounds], Latency] = field(default_factory=dict)
    memory: dict[tuple[str, Bounds], Bulk] = field(default_factory=dict)
    file: dict[tuple[str, Bounds], Bulk] = field(default_factory=dict)

    def slower(self, key: str, bounds: Bounds) -> float:
        """How many times as long as this program a peer takes for one company."""
        return self.latency[key, bounds].median / self.latency[OURS, bounds].median


def publish(found: Findings, *, write: bool) -> None:
    """Print the tables; put them into the page and draw the plot."""
    text = "\n\n".join([_machine(found), *_tables(found)])
    print(text)
    if not write:
        return
    splice(PAGE, "peers", f"{text}\n\n![One company and many companies: this program and its peers]({PLOT.relative_to(PAGE.parent).as_posix()})")
    _draw(found)
    print(f"\nwritten to {PAGE} and {PLOT}")


def splice(page: Path, name: str, text: str) -> None:
    """Put a generated text between the page's marks of that name."""
    begin, end = f"<!-- {name}: written by a benchmark, not by hand -->", f"<!-- end of {name} -->"
    before, _, rest = page.read_text(encoding="utf-8").partition(begin)
    _, found, after = rest.partition(end)
    if not found:
        raise SystemExit(f"{page}: the marks of {name} are missing")
    page.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}", encoding="utf-8")


def _machine(found: Findings) -> str:
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        cpu = next((line.partition(":")[2].strip() for line in info.read_text().splitlines() if line.startswith("model name")), cpu)
    warning = f" **The machine was busy ({found.busy:.0%}) with other work: the times are too long and the ratios uncertain.**" if found.busy and found.busy > 0.1 else ""
    return (
        f"Measured on {datetime.now(UTC):%Y-%m-%d}: {cpu}, {os.cpu_count()} cores, {platform.system()}, Python {sys.version.split()[0]}.{warning} "
        f"Rulebook {found.rulebook}: {found.supports} supports with {found.conditions} different conditions."
    )


def _tables(found: Findings) -> Sequence[str]:
    return [
        f"**One company, every condition** (milliseconds, warm; × = times as long as this program)\n\n{_latency(found)}",
        f"**{found.companies:,} companies, companies a second** (× = how many times as fast this program's table is; peak = memory of the process)\n\n{_bulk(found)}",
        f"**What a plain expression makes of {found.missing:.0%} missing answers** (shares of all cells)\n\n{_unknowns(found)}",
        f"**How the rules were said**\n\n{_notes(found)}",
    ]


def _latency(found: Findings) -> str:
    rows = []
    for key, peer in found.peers.items():
        row = [peer.name]
        for bounds in Bounds:
            latency = found.latency[key, bounds]
            row += [f"{latency.median:.3f}", f"{latency.p99:.3f}", "" if key == OURS else f"{found.slower(key, bounds):.1f}×"]
        rows.append(row)
    return _table(["", "one expression, all answered: median", "p99", "×", f"both bounds, {found.missing:.0%} missing: median", "p99", "×"], rows)


def _bulk(found: Findings) -> str:
    rows = []
    for key, peer in found.peers.items():
        row = [peer.name]
        for measured, bounds in ((found.memory, Bounds.ONE), (found.memory, Bounds.BOTH), (found.file, Bounds.ONE), (found.file, Bounds.BOTH)):
            bulk, mine = measured.get((key, bounds)), measured[OURS_TABLE, bounds]
            ratio = "" if bulk is None or key == OURS_TABLE else f" ({mine.rate / bulk.rate:.1f}×)"
            row.append("" if bulk is None else f"{_rounded(bulk.rate)}{ratio}")
        bulk = found.file.get((key, Bounds.BOTH), found.memory[key, Bounds.BOTH])
        core_seconds = f"{bulk.core_seconds:.1f}" if bulk.core_seconds < 100 else f"{bulk.core_seconds:,.0f}"
        ratio = "" if key == OURS_TABLE else f" ({bulk.core_seconds / found.file[OURS_TABLE, Bounds.BOTH].core_seconds:.1f}×)"
        rows.append([*row, f"{core_seconds}{ratio}", f"{bulk.peak_mb:,.0f} MB"])
    return _table(["", "in memory, one expression", "in memory, both bounds", "Parquet → Parquet, one expression", "Parquet → Parquet, both bounds", "core-seconds a million", "peak"], rows)


def _unknowns(found: Findings) -> str:
    rows = [[found.peers[key].name, *(f"{share:.1%}" for share in (u.same, u.guessed, u.lost, u.failed, u.contrary))] for key, u in found.unknowns.items()]
    return _table(["", "as this program", "yes or no although it depends", "undecided although known", "error", "the contrary"], rows)


def _notes(found: Findings) -> str:
    rows = [[peer.name, f"{peer.package} {version(peer.package)}" if peer.package else "", peer.note] for peer in found.peers.values()]
    return _table(["", "version", ""], rows)


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    lines = [header, ["---" if i == 0 or header[i] in ("version",) or not header[i] else "---:" for i in range(len(header))], *rows]
    return "\n".join(f"| {' | '.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))} |" for line in lines)


def _rounded(rate: float) -> str:
    """Three figures are more than a shared machine is good for."""
    digits = max(0, len(f"{rate:.0f}") - 3)
    return f"{round(rate, -digits):,.0f}"


def _draw(found: Findings) -> None:
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams |= {"svg.hashsalt": "peers", "text.color": GREY, "axes.labelcolor": GREY, "xtick.color": GREY, "ytick.color": GREY, "axes.edgecolor": GREY}
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(11, 3.6), layout="constrained")
    single = {key: found.latency[key, Bounds.BOTH].median for key in found.peers if key != OURS_TABLE}
    _bars(left, "One company, both bounds: milliseconds", found, single, lambda v: f"{v:.2g}" if v < 100 else f"{v:,.0f}")
    many = {key: found.file[key, Bounds.BOTH].rate for key, peer in found.peers.items() if isinstance(peer, TablePeer)}
    many |= {key: found.memory[key, Bounds.BOTH].rate for key in found.peers if key not in many}
    _bars(right, f"{found.companies:,} companies, both bounds: companies a second", found, many, _rounded)
    PLOT.parent.mkdir(exist_ok=True)
    figure.savefig(PLOT, transparent=True, metadata={"Date": None})
    pyplot.close(figure)


def _bars(axes, title, found, values, label) -> None:  # type: ignore[no-untyped-def]
    keys = sorted(values, key=lambda key: values[key], reverse=title.endswith("milliseconds"))
    axes.barh([found.peers[k].name for k in keys], [values[k] for k in keys], color=[OURS_COLOUR if k in (OURS, OURS_TABLE) else PEER_COLOUR for k in keys])
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:,.10g}")
    axes.set_title(title, fontsize=9)
    axes.spines[["top", "right"]].set_visible(False)
    axes.bar_label(axes.containers[0], [label(values[k]) for k in keys], padding=3, color=GREY, fontsize=8)
    axes.margins(x=0.12)
