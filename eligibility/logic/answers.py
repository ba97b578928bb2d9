"""What an answer can be. Unknown is not among them: what is not known is absent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Choices:
    """The answer to a question with several choices: what was chosen, and of what one is not sure. All else is a no."""

    chosen: frozenset[str] = frozenset()
    unsure: frozenset[str] = frozenset()


Answer = str | bool | float | Choices | date
Answers = Mapping[str, Answer]
