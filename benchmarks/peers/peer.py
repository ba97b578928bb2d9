"""What every peer can be asked."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa

from benchmarks.peers.conditions import distinct
from eligibility.logic.answers import Answer, Answers, Choices
from eligibility.rulebook.book import Rulebook

ROW = "row_number"  # beside the supports in a table of truths
ERROR = -1  # beside NO, OPEN and YES: the peer fails


class Bounds(StrEnum):
    """What is decided: one plain expression a condition, or both bounds."""

    ONE = "one"
    BOTH = "both"


class Peer(ABC):
    """A way to decide the conditions, with the rules put in its own language when it is made."""

    name: ClassVar[str]
    package: ClassVar[str | None] = None  # the distribution whose version is printed
    note: ClassVar[str] = ""  # what was done to say the rules to it

    def __init__(self, rulebook: Rulebook, bounds: Bounds) -> None:
        self.rulebook, self.bounds = rulebook, bounds
        self.conditions = distinct(rulebook)
        at = {condition: i for i, condition in enumerate(self.conditions)}
        self.place = {id_: at[s.eligible_if] for id_, s in rulebook.supports.items()}  # support → its condition


class RowPeer(Peer):
    """Decides one company at a time."""

    @abstractmethod
    def prepare(self, answers: Answers) -> Any:
        """The company as the peer wants it. Not timed."""

    @abstractmethod
    def decide(self, company: Any) -> Any:
        """Every condition. Timed; what fails does so in the peer's own way."""

    @abstractmethod
    def truths(self, decided: Any) -> Sequence[int]:
        """What was decided, condition by condition. Not timed."""

    def decide_many(self, companies: Sequence[Any]) -> None:
        """Many companies, as quickly as the peer can."""
        for company in companies:
            self.decide(company)

    def outcome(self, company: Any) -> Sequence[int]:
        """The truths, or an error for every condition if the whole call fails."""
        try:
            return self.truths(self.decide(company))
        except Exception:  # whatever a peer throws is what it makes of the company
            return [ERROR] * len(self.conditions)


class TablePeer(Peer):
    """Decides a table of companies at once."""

    named: ClassVar[bool] = False  # wants the companies as their owners deliver them, not as codes and masks

    @abstractmethod
    def load(self, table: pa.Table) -> Any:
        """The table as the peer wants it in memory. Not timed."""

    @abstractmethod
    def decide(self, columns: Any) -> Any:
        """Every condition of every company. Timed."""

    @abstractmethod
    def truths(self, decided: Any) -> np.ndarray:
        """What was decided: a row a condition, a column a company. Not timed."""

    @abstractmethod
    def convert(self, source: Path, target: Path) -> None:
        """From a Parquet file of companies to a folder of Parquet files: the row's number, and its truth for each support. Timed as a whole."""


def plain_data(answers: Mapping[str, Answer]) -> dict[str, Any]:
    """Answers as a rule engine takes them: text, numbers and lists. What is not known is absent."""
    found: dict[str, Any] = {}
    for id_, answer in answers.items():
        if isinstance(answer, Choices):
            found[id_] = sorted(answer.chosen)
            found[f"{id_}_maybe"] = sorted(answer.chosen | answer.unsure)
        else:
            found[id_] = answer
    return found


def one_truth(value: object) -> int:
    """What a peer says of a plain expression, as a truth; null is undecided."""
    return 1 if value is None else 2 if value else 0


def paired(certain: Sequence[object], possible: Sequence[object]) -> Iterator[int]:
    """Both bounds as truths."""
    return (int(bool(c)) + int(bool(p)) for c, p in zip(certain, possible, strict=True))
