"""Who takes part."""

from __future__ import annotations

import importlib

from benchmarks.peers.peer import Peer

OURS = "ours"  # the one that the others are compared with, one company at a time
OURS_TABLE = "ours_table"
PEERS = {
    OURS: ("this_program", "ThisProgram"),
    OURS_TABLE: ("this_table", "ThisProgramTable"),
    "zen": ("zen", "ZenEngine"),
    "rule-engine": ("rules", "RuleEngine"),
    "json-logic": ("logic_json", "JsonLogic"),
    "openfisca": ("openfisca", "OpenFisca"),
    "duckdb": ("sql", "DuckDb"),
    "numpy": ("arrays", "NumPy"),
}


def peer_class(key: str) -> type[Peer]:
    """The class of a peer; its package is imported here and not before."""
    module, name = PEERS[key]
    try:
        found: type[Peer] = getattr(importlib.import_module(f"benchmarks.peers.{module}"), name)
    except ModuleNotFoundError as missing:
        raise SystemExit(f"{missing.name} is not installed: `make bench` installs it, or pip install -r requirements-bench.txt") from missing
    return found
