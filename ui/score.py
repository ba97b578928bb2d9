"""A score as bars: what each indicator is worth, how much is still open, and the mark to reach."""

from __future__ import annotations

from eligibility.report.statuses import indicators
from eligibility.standing import Indicator
from ui.text import escaped


def score(whole: Indicator, mark: float | None) -> str:
    """The bars as HTML. The figures stand beside them, and in their text alternative."""
    rows = "".join(_row(depth, each, mark if each is whole else None) for depth, each in indicators(whole))
    spans = whole.low != whole.high
    legend = "".join(
        f'<span><i class="{name}"></i>{text}</span>'
        for name, text, shown in (("sure", "已经得到", True), ("open", "还不知道，最多到这里", spans), ("mark", "要达到的分数", mark is not None))
        if shown
    )
    return f'<figure class="score"><dl>{rows}</dl><figcaption>{legend}</figcaption></figure>'


def points(each: Indicator) -> str:
    """22 分, or 18～48 分 while something is unknown."""
    return f"{each.low:g} 分" if each.low == each.high else f"{each.low:g}～{each.high:g} 分"


def bar(each: Indicator, mark: float | None) -> str:
    """One indicator as a bar: filled up to what is sure, hatched up to what is possible."""
    told = f"{each.name}：{points(each)}，满分 {each.most:g} 分" + (f"，要 {mark:g} 分" if mark is not None else "")
    ticks = f'<i class="mark" style="left:{_share(mark, each):.1f}%"></i>' if mark is not None else ""
    open_ = f'<i class="open" style="left:{_share(each.low, each):.1f}%;width:{_share(each.high - each.low, each):.1f}%"></i>' if each.high > each.low else ""
    return f'<span class="bar" role="img" aria-label="{escaped(told)}"><i class="sure" style="width:{_share(each.low, each):.1f}%"></i>{open_}{ticks}</span>'


def _row(depth: int, each: Indicator, mark: float | None) -> str:
    most = "" if f"满分 {each.most:g}" in each.name else f'<span class="note">满分 {each.most:g}</span>'
    return f'<dt class="depth-{min(depth, 2)}">{escaped(each.name)}</dt><dd class="depth-{min(depth, 2)}">{bar(each, mark)}<b>{points(each)}</b>{most}</dd>'


def _share(value: float, each: Indicator) -> float:
    return 100 * value / each.most if each.most > 0 else 0
