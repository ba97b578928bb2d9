"""All supports at a look: one bar a verdict, one shade a strength."""

from __future__ import annotations

from collections import Counter

from eligibility.assessment import Assessment, once
from eligibility.report.labels import STRENGTHS, VERDICTS


@once
def chart(assessment: Assessment) -> str:
    """The stacked bars as HTML. The figures stand in the bars' text alternative too."""
    found = Counter((s.verdict, s.support.strength) for s in assessment.supports)
    longest = max(assessment.counts.values()) or 1
    rows = []
    for verdict, label in VERDICTS.items():
        told = "，".join(f"{STRENGTHS[s].name} {found[verdict, s]} 项" for s in STRENGTHS)
        bars = "".join(f'<i class="{s.value}" style="flex-grow:{found[verdict, s]}">{found[verdict, s]}</i>' for s in STRENGTHS if found[verdict, s])
        width = 100 * assessment.counts[verdict] / longest
        rows.append(f'<dt>{label.name}</dt><dd><span role="img" aria-label="{told}" style="width:{width:.1f}%">{bars}</span></dd>')
    legend = "".join(f'<span><i class="{s.value}"></i>{label.name}：{label.explanation}</span>' for s, label in STRENGTHS.items())
    return f'<figure class="chart"><dl>{"".join(rows)}</dl><figcaption>{legend}</figcaption></figure>'
