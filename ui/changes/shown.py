"""What a change of the rules does, as HTML. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from eligibility.advice import quoted
from eligibility.impact import CompanyImpact, Impact, VerdictChange
from eligibility.logic.words import Words
from eligibility.report.impact import wording
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.changes import EntryChange, FieldChange, How, Sort
from eligibility.rulebook.models import Support
from ui.text import escaped

AT_ONCE = 40  # changes of one company that are listed; all of them are in the workbook


def figures(impact: Impact) -> str:
    """How many supports were added, changed and removed, and how many companies are touched."""
    found = {how: sum(c.sort == "support" and c.how is how for c in impact.changes) for how in How}
    cells = [(f"{n} 项", f"支持{wording.HOWS[how]}") for how, n in found.items()]
    if impact.companies:
        cells.append((f"{len(impact.touched)} 家", f"有变化（共 {len(impact.companies)} 家）"))
    return f'<ul class="figures">{"".join(f"<li><b>{a}</b>{b}</li>" for a, b in cells)}</ul>'


def entries(changes: Iterable[EntryChange], impact: Impact) -> str:
    """Entries that differ, each with what stood there and what stands there now."""
    return "".join(_entry(change, impact) for change in changes)


def _entry(change: EntryChange, impact: Impact) -> str:
    body = "".join(_field(field, change.sort) for field in change.fields) or _whole(change, impact.old if change.how is How.REMOVED else impact.new)
    return f'<article class="change"><h3><i class="{change.how.value}">{wording.HOWS[change.how]}</i>{escaped(change.name)}</h3>{body}</article>'


def _field(field: FieldChange, sort: Sort) -> str:
    before, after = wording.apart(wording.value(field, field.before), wording.value(field, field.after))
    return f'<p class="field">{escaped(wording.field(field, sort))}</p><dl><dt>原来</dt><dd>{escaped(before)}</dd><dt>现在</dt><dd>{escaped(after)}</dd></dl>'


def _whole(change: EntryChange, book: Rulebook) -> str:
    """A support that came or went: what it gives, and to whom."""
    if change.sort != "support":
        return ""
    support: Support = book.supports[change.id]
    condition = Words(book.questions, book.statuses).of(support.eligible_if)
    return f"<dl><dt>给什么</dt><dd>{escaped(support.gives)}</dd><dt>条件</dt><dd>{escaped(condition)}</dd></dl>"


def totals(impact: Impact, limit: int) -> str:
    """For each support, how many companies gain and how many lose."""
    tallies = impact.tallies()
    rows = "".join(f"<li>{escaped(quoted(t.support.title))}：{wording.tally(t)}</li>" for t in islice(tallies.values(), limit))
    left = len(tallies) - limit
    return f"<ul>{rows}</ul>" + (f'<p class="note">还有 {left} 项，全部在工作簿里。</p>' if left > 0 else "")


def companies(found: Sequence[CompanyImpact]) -> str:
    """Each company with its changes folded; a single one stands open."""
    return "".join(_company(company, opened=len(found) == 1) for company in found)


def _company(company: CompanyImpact, *, opened: bool) -> str:
    better = sum(v.better for v in company.verdicts)
    worse = len(company.verdicts) - better
    told = [f"变好 {better} 项" if better else "", f"变差 {worse} 项" if worse else "", f"{len(company.unread)} 个回答用不上了" if company.unread else ""]
    rows = "".join(f"<li>{_verdict(v)}</li>" for v in company.verdicts[:AT_ONCE])
    left = len(company.verdicts) - AT_ONCE
    more = f'<p class="note">还有 {left} 项，全部在工作簿里。</p>' if left > 0 else ""
    lost = "".join(f"<li>{escaped(p.question)}：{escaped(wording.unread(p))}</li>" for p in company.unread)
    unread = f"<p class='field'>现在的规则用不上的回答</p><ul>{lost}</ul>" if lost else ""
    name, changed = escaped(company.name), f"<ul>{rows}</ul>" if rows else ""
    return f'<details class="company"{" open" if opened else ""}><summary><b>{name}</b>　{"，".join(filter(None, told))}</summary>{changed}{more}{unread}</details>'


def _verdict(change: VerdictChange) -> str:
    way = "better" if change.better else "worse"
    otherwise = f'<p class="caution">{escaped(said)}</p>' if (said := wording.otherwise(change)) else ""
    turn = f'<b class="{way}">{"变好" if change.better else "变差"}</b>　{wording.turn(change)}'
    return f'{escaped(change.support.title)}<br>{turn}<br><span class="note">原因：{escaped(wording.causes(change))}</span>{otherwise}'


def unread_by_both(impact: Impact) -> str:
    """Answers that neither version can use: a slip in the file, not a change. Empty: there are none."""
    rows = [f"<li>{escaped(c.name)}：{escaped(p.question)}，{escaped(wording.unread(p))}</li>" for c in impact.companies for p in c.unread_by_both]
    if not rows:
        return ""
    left = len(rows) - AT_ONCE
    return f"<ul>{''.join(rows[:AT_ONCE])}</ul>" + (f'<p class="note">还有 {left} 处，全部在工作簿里。</p>' if left > 0 else "")
