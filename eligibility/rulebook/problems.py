"""What can be wrong with a rulebook, said once: where, what, how to mend it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault in a rule file. `line` and `column` count from 1; 0 where the file as a whole is meant."""

    file: str
    line: int
    column: int
    what: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}：{self.what}。{self.remedy}"


class RulebookError(Exception):
    """The rulebook cannot be used; `problems` lists everything that was found, in the order of the files."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))


def nearest(word: str, known: Iterable[str], *, listed: Sequence[str] | None = None) -> str:
    """A remedy for a word that does not exist: the nearest spelling, or what there is; `listed` instead of all that is known, where that goes by several names."""
    names = sorted(known)
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return f"是不是“{close[0]}”？"
    names = names if listed is None else list(listed)
    first = "、".join(names[:12])
    return f"可用的有：{first}{'……' if len(names) > 12 else ''}。" if names else "这里还没有定义任何一个。"
