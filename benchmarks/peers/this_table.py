"""This program, a table at a time: the formulas of the batch function, and the run from Parquet to Parquet that `screen` uses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa

from benchmarks.peers.companies import delivered
from benchmarks.peers.conditions import kindly
from benchmarks.peers.peer import Bounds, TablePeer
from benchmarks.peers.this_program import DAY
from eligibility.assessment import Verdict
from eligibility.logic.truth import NO, OPEN, YES
from eligibility.rulebook.book import Rulebook
from eligibility.screening.batch import Batch, Plan
from eligibility.screening.sources import open_table
from eligibility.screening.table import TableRun

TRUTH = {Verdict.MATCHED.value: YES, Verdict.OPEN.value: OPEN, Verdict.NEAR.value: NO, Verdict.EXCLUDED.value: NO}


class ThisProgramTable(TablePeer):
    """`ONE` decides what the plain expressions ask: discretion turned out kindly."""

    name = "this program, as a table"
    package = "polars"
    named = True
    note = "Reads Parquet as it is delivered (names of choices, a column an option) and checks every cell; also decides what the company could bring about."

    def __init__(self, rulebook: Rulebook, bounds: Bounds) -> None:
        super().__init__(rulebook, bounds)
        if bounds == Bounds.ONE:
            asked = {id_: s.model_copy(update={"eligible_if": kindly(s.eligible_if, rulebook)}) for id_, s in rulebook.supports.items()}
            rulebook = replace(rulebook, supports=asked)
        self.asked = rulebook
        self.batch = Batch(rulebook, DAY)

    def load(self, table: pa.Table) -> tuple[Plan, pl.DataFrame]:
        companies = delivered(self.rulebook, table)
        plan = self.batch.plan(companies.schema.names)
        return plan, plan.table.read(companies).frame

    def decide(self, columns: tuple[Plan, pl.DataFrame]) -> tuple[Plan, pl.DataFrame]:
        plan, answers = columns
        return plan, plan.formulas.over(answers, answers.height)

    def truths(self, decided: tuple[Plan, pl.DataFrame]) -> np.ndarray:
        plan, verdicts = decided
        support_of = {at: support for support, at in self.place.items()}
        columns = [verdicts[plan.names[support_of[i]]] for i in range(len(self.conditions))]
        return np.stack([c.cast(pl.String).replace_strict(TRUTH, return_dtype=pl.UInt8).to_numpy() for c in columns])

    def convert(self, source: Path, target: Path) -> None:
        TableRun(self.asked, DAY, open_table(source), target).run()
