"""An impact as text: plain for a terminal, Markdown for a merge request. Companies for which the same changes for the same reason stand together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from eligibility.advice import quoted
from eligibility.impact import Impact
from eligibility.report.impact import wording

NAMES_SHOWN = 10
_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~])")


@dataclass(frozen=True, slots=True)
class _Line:
    """One line: a heading, a paragraph, or an item of a list, `deep` in it."""

    role: Literal["heading", "paragraph", "item"]
    text: str
    deep: int = 0


def render_text(impact: Impact) -> str:
    """The impact for a terminal."""
    return "".join(f"\n【{n.text}】\n" if n.role == "heading" else f"{'  ' * n.deep}- {n.text}\n" if n.role == "item" else f"{n.text}\n" for n in _lines(impact))


def render_markdown(impact: Impact) -> str:
    """The impact for a merge request."""
    return "# 规则改动的影响\n" + "".join(_marked(line) for line in _lines(impact))


def _marked(line: _Line) -> str:
    text = _MARKDOWN.sub(r"\\\1", line.text)
    match line.role:
        case "heading":
            return f"\n## {text}\n\n"
        case "item":
            return f"{'  ' * line.deep}- {text}\n"
    return f"\n{text}\n"


def _lines(impact: Impact) -> Iterator[_Line]:
    yield _Line("paragraph", f"旧规则 {impact.old.version}，新规则 {impact.new.version}，按 {impact.on.isoformat()} 判断。")
    yield _Line("paragraph", wording.headline(impact))
    yield from _rules(impact)
    yield from _companies(impact)
    yield from _unread(impact)


def _rules(impact: Impact) -> Iterator[_Line]:
    for sort, name in wording.SORTS.items():
        found = [c for c in impact.changes if c.sort == sort]
        if found:
            yield _Line("heading", f"{name}：{wording.counted(impact.changes, sort)}")
        for change in found:
            yield _Line("item", f"{wording.HOWS[change.how]}{quoted(change.name)}（{change.id}）")
            for field in change.fields:
                before, after = wording.apart(wording.value(field, field.before), wording.value(field, field.after))
                yield _Line("item", f"{wording.field(field, sort)}：{before} → {after}", 1)


def _companies(impact: Impact) -> Iterator[_Line]:
    """Supports for which the same changes for the same companies stand together too: one edit of a status moves many."""
    tallies = impact.tallies()
    if tallies:
        yield _Line("heading", f"结论的变化：{len(tallies)} 项支持")
    found: dict[str, dict[tuple[str, str], list[str]]] = {id_: {} for id_ in tallies}
    otherwise: dict[str, list[str]] = {id_: [] for id_ in tallies}
    for company in impact.companies:
        for change in company.verdicts:
            found[change.support.id].setdefault((wording.turn(change), wording.causes(change)), []).append(company.name)
            if said := wording.otherwise(change):
                otherwise[change.support.id].append(f"{company.name}：{said}")
    alike: dict[str, list[str]] = {}
    for id_, groups in found.items():
        alike.setdefault(repr((groups, otherwise[id_])), []).append(id_)
    for ids in alike.values():
        together = f"这 {len(ids)} 项各" if len(ids) > 1 else ""
        yield _Line("item", f"{'、'.join(f'{quoted(tallies[i].support.title)}（{i}）' for i in ids)}：{together}{wording.tally(tallies[ids[0]])}")
        for (turn, causes), names in found[ids[0]].items():
            yield _Line("item", f"{turn}：{_named(names)}", 1)
            yield _Line("item", f"原因：{causes}", 2)
        yield from (_Line("item", f"顾问改判，{said}", 1) for said in otherwise[ids[0]])


def _unread(impact: Impact) -> Iterator[_Line]:
    for title, found in (
        ("新规则用不上的回答", [(c.name, p) for c in impact.companies for p in c.unread]),
        ("新旧规则都用不上的回答（请核对企业的答案）", [(c.name, p) for c in impact.companies for p in c.unread_by_both]),
    ):
        groups: dict[str, list[str]] = {}
        for name, problem in found:
            groups.setdefault(f"{problem.question}：{wording.unread(problem)}", []).append(name)
        if groups:
            yield _Line("heading", title)
        for problem_, names in groups.items():
            yield _Line("item", f"{_named(names)}——{problem_}")


def _named(names: Iterable[str]) -> str:
    """The companies by name; many of them are counted, and stand in the workbook."""
    listed = list(names)
    shown = "、".join(listed[:NAMES_SHOWN])
    return f"{shown}等 {len(listed)} 家" if len(listed) > NAMES_SHOWN else shown
