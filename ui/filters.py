"""Which supports the results page shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from eligibility.assessment import Assessment, SupportVerdict
from eligibility.report.labels import STRENGTHS
from eligibility.rulebook.models import Strength


@dataclass(frozen=True, slots=True)
class Filters:
    """What the user chose to see. Empty means everything."""

    kinds: frozenset[str] = frozenset()
    strengths: frozenset[Strength] = frozenset()
    policies: frozenset[str] = frozenset()
    door: str | None = None
    words: str = ""

    @property
    def chosen(self) -> int:
        """How many filters are in use."""
        return sum(map(bool, (self.kinds, self.strengths, self.policies, self.door, self.words.strip())))

    def keep(self, entries: Iterable[SupportVerdict]) -> tuple[SupportVerdict, ...]:
        """The supports that pass every filter, in their order."""
        if not self.chosen:
            return tuple(entries)
        return tuple(e for e in entries if self._keeps(e))

    def _keeps(self, entry: SupportVerdict) -> bool:
        support = entry.support
        text = "".join([support.title, support.gives, *(s.quote for s in support.sources), *(d.name for d in entry.doors)])
        return (
            (not self.kinds or support.kind in self.kinds)
            and (not self.strengths or support.strength in self.strengths)
            and (not self.policies or any(s.policy in self.policies for s in support.sources))
            and (self.door is None or any(d.id == self.door for d in entry.doors))
            and all(word in text for word in self.words.split())
        )


def filters(assessment: Assessment, epoch: int) -> Filters:
    """Draw the filters. What is chosen stays while the pages change, and ends with the enterprise (`epoch`)."""
    names = {name: f"filter{epoch}-{name}" for name in ("力度", "类别", "文件", "door", "words")}
    folded = st.expander("筛选", key=f"filters-{epoch}", on_change="rerun")
    if folded.open:  # closed they cost nothing, and what was chosen still counts
        with folded:
            _draw(assessment, names)
    chosen = {name: st.session_state.get(key) for name, key in names.items()}
    return Filters(
        strengths=frozenset(map(Strength, chosen["力度"] or ())),
        kinds=frozenset(chosen["类别"] or ()),
        policies=frozenset(chosen["文件"] or ()),
        door=chosen["door"],
        words=chosen["words"] or "",
    )


def _draw(assessment: Assessment, names: Mapping[str, str]) -> None:
    book = assessment.rulebook
    doors = {d.id: d.name for entry in assessment.supports for d in entry.doors}

    def pills(name: str, options: Sequence[str], label: Callable[[str], str]) -> None:
        st.pills(name, options, selection_mode="multi", format_func=label, key=names[name], persist_state="session")

    pills("力度", [s.value for s in STRENGTHS], lambda s: STRENGTHS[Strength(s)].name)
    pills("类别", list(book.kinds), lambda k: book.kinds[k].name)
    pills("文件", list(book.policies), lambda p: book.policies[p].short)
    st.selectbox("部门", list(doors), index=None, format_func=doors.__getitem__, placeholder="全部部门", key=names["door"], persist_state="session")
    st.text_input("找几个字", placeholder="如：创新券", type="search", live=True, key=names["words"], persist_state="session")
