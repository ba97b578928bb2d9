"""Where the interview stands: sections, share, and the live count of the four verdicts."""

from __future__ import annotations

from collections.abc import Sequence

from eligibility.assessment import Assessment, once
from eligibility.interview import Due
from eligibility.report.labels import VERDICTS
from ui.draft import Draft
from ui.text import escaped


def standing(draft: Draft, assessment: Assessment, due: Sequence[Due], section: str | None) -> str:
    """The progress through the questionnaire, and what the answers so far come to, as HTML."""
    book = assessment.rulebook
    done = [q for q in book.questions.values() if draft.done(q.id)]
    ahead = [d.question for d in due if not draft.done(d.question.id)]
    total = len(done) + len(ahead)
    met = {q.section for q in (*done, *ahead)} | {section}
    left = f"最多还有 {len(ahead)} 题" if ahead else "没有要问的了"
    steps = "".join(f"<li{_current(name == section)}{' class=done' if name not in {q.section for q in ahead} else ''}>{escaped(name)}</li>" for name in book.sections if name in met)
    return (
        f'<div class="standing"><ol class="sections" aria-label="小节">{steps}</ol>'
        f'<progress max="{max(total, 1)}" value="{len(done)}" aria-label="进度"></progress>'
        f'<p class="share">已答 {len(done)} 题，{left}</p>{counts(assessment)}</div>'
    )


def _current(here: bool) -> str:
    return ' aria-current="step"' if here else ""


@once
def counts(assessment: Assessment) -> str:
    """How many supports have each verdict, as HTML."""
    found = "".join(f'<li class="{verdict.value}"><b>{assessment.counts[verdict]}<i aria-hidden="true">{label.symbol}</i></b> {label.name}</li>' for verdict, label in VERDICTS.items())
    return f'<ul class="counts" aria-label="到目前为止">{found}</ul>'
