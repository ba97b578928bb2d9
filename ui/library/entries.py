"""What was made of an article: its supports with everything behind them, and the passages that are none with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby

from eligibility.directory import Door
from eligibility.library import Example, Library, SupportReading
from eligibility.report.labels import BENEFICIARIES, STRENGTHS, VERDICTS
from eligibility.rulebook.models import REASONS, NotSupport, Support
from ui.library.marked import marked
from ui.library.place import to_article, to_support
from ui.support_card import contacts
from ui.text import escaped


def support(reading: SupportReading, library: Library, on: date, terms: Sequence[str] = (), *, unfolded: bool = False) -> str:
    """One support as a card, everything behind it folded unless it was asked for."""
    entry, book = reading.support, library.book
    tags = [STRENGTHS[entry.strength].name, book.kinds[entry.kind].name, f"给{BENEFICIARIES[entry.beneficiary].name}"]
    caution = reading.caution.on(on)
    warning = f'<p class="caution">{escaped(caution)}</p>' if caution else ""
    return (
        f'<article class="card"><h4><a href="{to_support(entry.id)}">{marked(entry.title, terms)}</a></h4><p class="tags">{" · ".join(map(escaped, tags))}</p>'
        f"<p>{marked(entry.gives, terms)}。</p>{warning}<h5>条件</h5>{_list(marked(c, terms) for c in reading.criteria)}"
        f"<details{' open' if unfolded else ''}><summary>要答的题、要问的话、原文和例子</summary><dl>{_facts(reading, library, on, terms)}</dl></details></article>"
    )


def _facts(reading: SupportReading, library: Library, on: date, terms: Sequence[str]) -> str:
    entry = reading.support
    facts = [
        ("判断要用到的题", escaped("、".join(q.short for q in reading.questions))),
        ("要问部门的话", _list(map(escaped, reading.asks))),
        ("文件没有写", escaped("、".join(entry.not_stated))),
        ("另外准备", escaped("、".join(entry.prepare))),
        ("注意", escaped(entry.note or "")),
        ("文件原文", _quotes(entry, library, terms)),
        ("文件用词", f"“{escaped(entry.wording)}”。{STRENGTHS[entry.strength].name}：{STRENGTHS[entry.strength].explanation}。"),
        ("先联系", _doors(reading.doors, on)),
        ("身份的依据", _list(f"{escaped(s.name)}：{escaped(s.defined_by)}" for s in reading.statuses if s.defined_by)),
        ("取代了", _supports(reading.supersedes, library)),
        ("已被取代", _supports((reading.superseded_by,) if reading.superseded_by else (), library)),
        ("说的事有重叠", _supports(reading.see_also, library)),
        ("试过它的例子", _examples(reading.examples)),
    ]
    return "".join(f"<dt>{name}</dt><dd>{text}</dd>" for name, text in facts if text)


def _quotes(entry: Support, library: Library, terms: Sequence[str]) -> str:
    cites = zip(entry.sources, (library.articles[f"{s.policy}.{s.article}"] for s in entry.sources), strict=True)
    return "".join(f'<blockquote>“{marked(s.quote, terms)}”<cite><a href="{escaped(to_article(a))}">{escaped(a.cite)}</a></cite></blockquote>' for s, a in cites)


def _doors(doors: Iterable[Door], on: date) -> str:
    return "；".join(f"{escaped(d.name)}，{contacts(d, on)}" for d in doors if d.role == "first")


def _supports(supports: Iterable[Support], library: Library) -> str:
    return _list(f'<a href="{to_support(s.id)}">{escaped(s.title)}</a>（{escaped(library.homes(s)[0].cite)}）' for s in supports)


def _examples(examples: Sequence[Example]) -> str:
    """Who was tried, one fold for each verdict that is expected."""
    verdicts = list(VERDICTS)
    folds = []
    for verdict, group in groupby(sorted(examples, key=lambda e: verdicts.index(e.verdict)), key=lambda e: e.verdict):
        texts = [escaped(e.scenario.text) for e in group]
        folds.append(f"<details><summary>应为“{VERDICTS[verdict].name}”的 {len(texts)} 个</summary>{_list(texts)}</details>")
    return "".join(folds)


def dismissed(entries: Iterable[NotSupport], terms: Sequence[str]) -> str:
    """The passages that are no support, each with the reason."""
    shown = "".join(f"<li>“{marked(e.quote, terms)}”<br><span class='note'>{REASONS[e.reason]}：{escaped(e.why)}</span></li>" for e in entries)
    return f'<ul class="dismissed">{shown}</ul>'


def _list(items: Iterable[str]) -> str:
    shown = "".join(f"<li>{i}</li>" for i in items)
    return f"<ul>{shown}</ul>" if shown else ""
