"""The whole rulebook in print: every article with what was made of it, the statuses, the bodies."""

from __future__ import annotations

from typing import Any

from eligibility.directory import Door
from eligibility.library import ArticleReading, Library, SupportReading
from eligibility.logic.expressions import criteria
from eligibility.logic.words import Words
from eligibility.report.labels import BENEFICIARIES, STRENGTHS
from eligibility.report.pdf import printable, typeset
from eligibility.report.wording import day, document
from eligibility.rulebook.models import REASONS, Agency, Contact, Policy, Status, Support


def render_rulebook(library: Library) -> bytes:
    """The PDF: tagged, with its fonts, the same bytes for the same rulebook. It is dated by the rulebook's last review."""
    return typeset("rulebook_pdf.typ", printable(rulebook_outline(library)), library.book.cover.reviewed)


def rulebook_outline(library: Library) -> dict[str, Any]:
    """What is printed, in the order in which it stands on paper."""
    book, figures = library.book, library.figures
    words = Words(book.questions, book.statuses)
    return {
        "title": book.cover.title,
        "version": book.version,
        "reviewed": day(book.cover.reviewed),
        "figures": [
            f"原文 {figures.sentences} 句，有着落的 {figures.accounted} 句",
            f"{figures.supports} 项支持，{figures.dismissed} 处写明不是支持",
            f"{figures.questions} 道题，{figures.scenarios} 个例子",
        ],
        "documents": [_document(p, library) for p in library.policies],
        "strengths": [{"name": label.name, "text": label.explanation} for label in STRENGTHS.values()],
        "statuses": [_status(s, words) for s in book.statuses.values()],
        "agencies": [_agency(a, library) for a in book.agencies.values()],
        "checked": day(book.agency_list.checked),
    }


def _document(policy: Policy, library: Library) -> dict[str, Any]:
    return {
        "short": policy.short,
        "name": document(policy),
        "dates": [
            f"施行：{day(policy.effective) if policy.effective else '文件没有写'}",
            f"最近核对：{day(policy.reviewed)}",
            f"最迟再核对：{day(library.book.review_due(policy.reviewed))}",
        ],
        "caution": policy.caution or "",
        "articles": [_article(a, library) for a in library.of_policy(policy)],
    }


def _article(reading: ArticleReading, library: Library) -> dict[str, Any]:
    number = {s.id: n for n, s in enumerate(reading.supports, start=1)}
    article = reading.article
    return {
        "label": reading.policy.label(article.id),
        "heading": article.heading or "",
        "chapter": article.chapter or "",
        "passages": [{"text": p.text.split("\n"), "numbers": [number[s.id] for s in p.supports], "dismissed": bool(p.dismissed)} for p in reading.passages],
        "responsible": article.responsible or "",
        "supports": [_support(library.supports[s.id], reading, library) for s in reading.supports],
        "dismissed": [{"quote": d.quote.split("\n"), "why": f"{REASONS[d.reason]}：{d.why}"} for d in reading.dismissed],
    }


def _support(reading: SupportReading, where: ArticleReading, library: Library) -> dict[str, Any]:
    """A support in full where its first source stands; elsewhere only where that is."""
    support, home = reading.support, library.homes(reading.support)[0]
    if home is not where:
        return {"title": support.title, "elsewhere": f"见{home.cite}", "id": support.id}
    others = [s for s in support.sources[1:] if f"{s.policy}.{s.article}" != where.id]
    facts = [
        ("条件", reading.criteria),
        ("要问部门", reading.asks),
        ("文件没有写", ("、".join(support.not_stated),)),
        ("先联系", tuple(_door(d) for d in reading.doors if d.role == "first")),
        ("另外准备", ("、".join(support.prepare),)),
        ("另见原文", tuple(f"{library.book.policies[s.policy].cite(s.article)}：“{s.quote}”" for s in others)),
        ("取代了", _cites(reading.supersedes, library)),
        ("已被取代", _cites((reading.superseded_by,) if reading.superseded_by else (), library)),
        ("有重叠", _cites(reading.see_also, library)),
        ("注意", (support.note or "",)),
    ]
    return {
        "title": support.title,
        "elsewhere": "",
        "id": support.id,
        "tags": [STRENGTHS[support.strength].name, library.book.kinds[support.kind].name, f"给{BENEFICIARIES[support.beneficiary].name}", f"文件用词“{support.wording}”"],
        "gives": support.gives,
        "facts": [{"label": label, "lines": [line for line in lines if line]} for label, lines in facts if any(lines)],
    }


def _door(door: Door) -> str:
    return f"{door.name}，{'，'.join(map(_way, door.contacts))}" + (f"（文件写作“{door.printed_as}”）" if door.printed_as and door.printed_as != door.name else "")


def _way(contact: Contact) -> str:
    return contact.value if contact.kind == "site" else f"{contact.label or '热线'} {contact.value}"


def _cites(supports: tuple[Support, ...], library: Library) -> tuple[str, ...]:
    return tuple(f"{s.title}（{library.homes(s)[0].cite}）" for s in supports)


def _status(status: Status, words: Words) -> dict[str, Any]:
    facts: list[tuple[str, list[str | None]]] = [
        ("怎样算", [words.of(c) for c in criteria(status.holds_if)]),
        ("很可能符合", [words.of(c) for c in criteria(status.likely_if)] if status.likely_if else []),
        ("定义出自", [status.defined_by]),
        ("谁来认定", [status.recognised_by]),
        ("有效多久", [status.valid]),
        ("去哪里查", [status.look_up]),
        ("怎样取得", [status.next_step]),
        ("注意", [status.note]),
    ]
    return {"name": status.name, "facts": [{"label": label, "lines": lines} for label, lines in facts if any(lines)]}


def _agency(agency: Agency, library: Library) -> dict[str, Any]:
    listed = library.book.agency_list
    printed = [f"{library.book.policies[p].short}：{'、'.join(names)}" for p, names in agency.printed.items()]
    contacts = agency.contacts or (listed.fallback,)
    return {"name": agency.name, "basis": agency.basis or "", "printed": printed, "contacts": [_way(c) for c in contacts]}
