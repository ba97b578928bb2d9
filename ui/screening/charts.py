"""Pictures of a screening, as HTML: readable on a phone, and as figures by whoever cannot see them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from eligibility.assessment import Verdict
from eligibility.report.labels import VERDICTS
from eligibility.screening.gaps import Gap, gap_words
from ui.screening.matrix import Codes, Places, counted
from ui.screening.work import Found
from ui.text import escaped

_STEPS = 5  # shades


def kinds_by_verdict(found: Found, codes: Codes) -> str:
    """A heat map: for each kind of support, the share of its client-support pairs that has each verdict."""
    book = found.screening.rulebook
    kinds = [s.kind for s in found.screening.supports]
    rows = []
    for id_, kind in book.kinds.items():
        columns = np.array([n for n, k in enumerate(kinds) if k == id_], np.intp)
        if len(columns):
            rows.append((kind.name, f"{len(columns)} 项", codes[:, columns]))
    return _heat("类别", rows)


def supports_by_verdict(found: Found, codes: Codes, supports: Places) -> str:
    """A heat map: for each support, the share of the clients with each verdict."""
    return _heat("支持", [(found.screening.supports[n].title, "", codes[:, [n]]) for n in supports])


def _heat(name: str, rows: Sequence[tuple[str, str, Codes]]) -> str:
    head = "".join(f'<th scope="col"><i aria-hidden="true">{label.symbol}</i><br>{label.name}</th>' for label in VERDICTS.values())
    body = []
    for title, note, part in rows:
        of = part.size or 1
        cells = []
        for verdict in Verdict:
            n = int(counted(part.reshape(1, -1), verdict, axis=1)[0])
            cells.append(f'<td class="{verdict.value} s{_shade(n / of)}">{n:,}<small>{100 * n / of:.0f}%</small></td>')
        body.append(f'<tr><th scope="row">{escaped(title)}{f"<small>{note}</small>" if note else ""}</th>{"".join(cells)}</tr>')
    return f'<table class="heat"><thead><tr><th scope="col">{name}</th>{head}</tr></thead><tbody>{"".join(body)}</tbody></table>'


def _shade(share: float) -> int:
    return 0 if share == 0 else min(_STEPS, 1 + int(share * _STEPS))


def gap_bars(found: Found, listed: Sequence[Gap]) -> str:
    """The commonest gaps as bars."""
    longest = max((g.clients for g in listed), default=1)
    rows = []
    for gap in listed:
        words = gap_words(gap.lack, found.screening.rulebook)
        told = f"{gap.clients:,} 家缺，牵涉 {gap.supports} 项支持" + (f"；补上就能定的有 {gap.alone:,} 家次" if gap.alone else "")
        rows.append(f'<li><p>{escaped(words)}</p><span class="bar"><i style="width:{100 * gap.clients / longest:.1f}%"></i></span><p class="note">{told}</p></li>')
    return f'<ol class="bars">{"".join(rows)}</ol>'
