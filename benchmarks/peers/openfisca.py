"""OpenFisca-core: every status and every condition a variable with a formula, the simulation's own vectors."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from openfisca_core.entities import build_entity
    from openfisca_core.periods import DateUnit, period
    from openfisca_core.simulations import SimulationBuilder
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem
    from openfisca_core.variables import Variable

from benchmarks.peers.arrays import Columns, NumPyWriter, coded, column_names, write_parts
from benchmarks.peers.companies import CHUNK
from benchmarks.peers.conditions import Way
from benchmarks.peers.peer import Bounds, TablePeer
from eligibility.rulebook.book import Rulebook

YEAR = period(2026)


class _Formula(NumPyWriter):
    """The NumPy text of one formula; statuses are variables of their own."""

    def __init__(self, rulebook: Rulebook, way: Way) -> None:
        super().__init__(rulebook, way, {})

    def _let(self, text: str) -> str:
        return f"({text})"

    def named(self, status: str) -> str:
        return status


class OpenFisca(TablePeer):
    name = "OpenFisca-core"
    package = "openfisca-core"
    note = "It has no sets and no nulls: choices come as masks, and not known as a value of its own. Statuses are variables, worked out once a simulation."

    def __init__(self, rulebook: Rulebook, bounds: Bounds) -> None:
        super().__init__(rulebook, bounds)
        self.entity = build_entity(key="company", plural="companies", label="A company", is_person=True)
        self.system = TaxBenefitSystem([self.entity])
        self.names: list[list[str]] = []
        for name in column_names(rulebook):
            number = name in rulebook.questions and rulebook.questions[name].kind == "number"
            self._add(name, float if number else int, None)
        for way in (Way.PLAIN,) if bounds == Bounds.ONE else (Way.CERTAIN, Way.POSSIBLE):
            writer = _Formula(rulebook, way)
            said = {f"c{i}_{way}": writer.write(c) for i, c in enumerate(self.conditions)}
            variables = writer.statuses | said
            known = {*column_names(rulebook), *writer.statuses}
            for name, text in variables.items():
                self._add(name, bool, _formula(text, known))
            self.names.append(list(said))

    def _add(self, name: str, of: type, formula: Any) -> None:
        body = {"value_type": of, "entity": self.entity, "definition_period": DateUnit.YEAR, "label": name}
        self.system.add_variable(type(name, (Variable,), body | ({"formula": formula} if formula else {})))

    def load(self, table: pa.Table) -> list[Columns]:
        return [coded(self.rulebook, batch) for batch in table.combine_chunks().to_batches(max_chunksize=CHUNK)]

    def decide(self, columns: list[Columns]) -> list[list[list[np.ndarray]]]:
        return [self._simulate(chunk) for chunk in columns]

    def _simulate(self, columns: Columns) -> list[list[np.ndarray]]:
        simulation = SimulationBuilder().build_default_simulation(self.system, len(next(iter(columns.values()))))
        for name, values in columns.items():
            simulation.set_input(name, YEAR, values.view(np.int32) if values.dtype == np.uint32 else values)
        return [[simulation.calculate(name, YEAR) for name in names] for names in self.names]

    def truths(self, decided: list[list[list[np.ndarray]]]) -> np.ndarray:
        return np.concatenate([self._joined(chunk) for chunk in decided], axis=1)

    def _joined(self, ways: Sequence[Sequence[np.ndarray]]) -> np.ndarray:
        if self.bounds == Bounds.ONE:
            return np.stack(ways[0]).astype(np.uint8) * 2
        return np.stack(ways[0]).astype(np.uint8) + np.stack(ways[1])

    def convert(self, source: Path, target: Path) -> None:
        write_parts(source, target, lambda batch: self._joined(self._simulate(coded(self.rulebook, batch))), self.place)


def _formula(text: str, known: set[str]) -> Any:
    """A formula that reads each variable once."""
    words = "".join(ch if ch.isalnum() or ch == "_" else " " for ch in text).split()
    read = [name for name in dict.fromkeys(words) if name in known]
    lines = [f"    {name} = company({name!r}, period)" for name in read]
    names: dict[str, Any] = {}
    exec("\n".join(["def formula(company, period):", *lines, f"    return {text}"]), names)
    return names["formula"]
