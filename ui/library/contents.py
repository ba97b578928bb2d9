"""The library from outside: what it holds, how complete and how fresh it is, and what a search found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from eligibility.library import ArticleReading, Freshness, Library, SupportReading
from eligibility.report.labels import BENEFICIARIES, STRENGTHS
from eligibility.report.wording import day
from eligibility.rulebook.models import Policy
from eligibility.search import Mention
from ui.library.marked import marked
from ui.library.place import to_article, to_support
from ui.text import escaped


def figures(library: Library) -> str:
    """How complete the rulebook is."""
    f = library.figures
    whole = "句句有着落" if f.accounted == f.sentences else f"{f.accounted} 句有着落"
    cells = [
        (f"{f.sentences} 句原文", whole),
        (f"{f.supports} 项支持", f"另有 {f.dismissed} 处写明不是"),
        (f"{f.scenarios} 个例子", f"试过其中 {f.tried} 项支持"),
        (f"{f.questions} 道题", f"条件用到其中 {f.deciding} 道"),
    ]
    return f'<ul class="figures">{"".join(f"<li><b>{a}</b>{b}</li>" for a, b in cells)}</ul>'


def contents(policy: Policy, library: Library) -> str:
    """One document, its articles with the number of supports made from each."""
    rows = "".join(_row(a) for a in library.of_policy(policy))
    return f"<section class='contents'><h2>{escaped(policy.short)}</h2><p class='note'>{escaped(policy.title)}（{escaped(policy.issued_by)}）</p><ol>{rows}</ol></section>"


def _row(reading: ArticleReading) -> str:
    article = reading.article
    name = reading.policy.label(article.id) if article.numbered else article.id
    count = f"{len(reading.supports)} 项" if reading.supports else "无"
    return f'<li><a href="{escaped(to_article(reading))}"><b>{escaped(name)}</b><span>{escaped(article.heading or "")}</span><i>{count}</i></a></li>'


def freshness(library: Library, on: date) -> str:
    """When each document was issued, took effect, was last reviewed, and must be reviewed again."""
    rows = "".join(_fresh(f, on) for f in library.freshness)
    heads = "".join(f"<th>{h}</th>" for h in ("内容", "印发", "施行", "最近核对", "最迟再核对"))
    return f'<div class="wide" role="region" aria-label="核对的日期" tabindex="0"><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'


def _fresh(entry: Freshness, on: date) -> str:
    policy = entry.policy
    issued = day(policy.issued) if policy else "—"
    effective = (day(policy.effective) if policy.effective else "文件没有写") if policy else "—"
    due = f"{day(entry.due)}{'' if on <= entry.due else '，<b>已过期</b>'}"
    return f"<tr><td>{escaped(policy.short) if policy else '部门的联系方式'}</td><td>{issued}</td><td>{effective}</td><td>{day(entry.reviewed)}</td><td>{due}</td></tr>"


def found_supports(found: Sequence[SupportReading], library: Library, terms: Sequence[str]) -> str:
    """Supports as a list, each with where it stands and the words that it rests on."""
    return f'<ul class="found">{"".join(_found(s, library, terms) for s in found)}</ul>'


def _found(reading: SupportReading, library: Library, terms: Sequence[str]) -> str:
    entry = reading.support
    about = " · ".join([*(a.cite for a in library.homes(entry)), STRENGTHS[entry.strength].name, f"给{BENEFICIARIES[entry.beneficiary].name}"])
    return f'<li><a href="{to_support(entry.id)}">{marked(entry.title, terms)}</a><span class="note">{escaped(about)}</span><span class="quote">“{marked(entry.sources[0].quote, terms)}”</span></li>'


def found_articles(mentions: Sequence[Mention], terms: Sequence[str]) -> str:
    """Articles whose own words hold what was looked for."""
    rows = []
    for mention in mentions:
        reading = mention.reading
        heading = marked(f"{reading.cite}　{reading.article.heading or ''}".strip(), terms)
        quotes = "".join(f'<span class="quote">{marked(s, terms)}</span>' for s in mention.sentences)
        rows.append(f'<li><a href="{escaped(to_article(reading))}">{heading}</a>{quotes}</li>')
    return f'<ul class="found">{"".join(rows)}</ul>'
