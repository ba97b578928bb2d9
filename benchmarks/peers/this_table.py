"""This program, a table at a time: the batch function and the run from Parquet to Parquet that `screen` uses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from benchmarks.peers.companies import delivered
from benchmarks.peers.conditions import kindly
from benchmarks.peers.peer import Bounds, TablePeer
from benchmarks.peers.this_program import DAY
from eligibility.assessment import Verdict
from eligibility.logic.truth import NO, OPEN, YES
from eligibility.rulebook.book import Rulebook
from eligibility.screening.batch import Batch, Decided
from eligibility.screening.sources import open_table
from eligibility.screening.table import TableRun

TRUTH = {Verdict.MATCHED: YES, Verdict.OPEN: OPEN, Verdict.NEAR: NO, Verdict.EXCLUDED: NO}


class ThisProgramTable(TablePeer):
    """`ONE` decides what the plain expressions ask: discretion turned out kindly."""

    name = "this program, as a table"
    package = "polars"
    named = True
    note = "Reads the answers as they are delivered (names of choices, a column an option) and checks every cell; also decides what the company could bring about."

    def __init__(self, rulebook: Rulebook, bounds: Bounds) -> None:
        super().__init__(rulebook, bounds)
        if bounds == Bounds.ONE:
            asked = {id_: s.model_copy(update={"eligible_if": kindly(s.eligible_if, rulebook)}) for id_, s in rulebook.supports.items()}
            rulebook = replace(rulebook, supports=asked)
        self.asked = rulebook
        self.batch = Batch(rulebook, DAY)

    def load(self, table: pa.Table) -> pa.Table:
        return delivered(self.rulebook, table)

    def decide(self, columns: pa.Table) -> Decided:
        return self.batch.decide(columns)

    def truths(self, decided: Decided) -> np.ndarray:
        support_of = {at: support for support, at in self.place.items()}
        truth = np.array([TRUTH[v] for v in Verdict], np.uint8)
        return np.stack([truth[decided.result[support_of[i]].to_physical().to_numpy()] for i in range(len(self.conditions))])

    def convert(self, source: Path, target: Path) -> None:
        TableRun(self.asked, DAY, open_table(source), target).run()
