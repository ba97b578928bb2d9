"""One support as a card: what it gives, why it fits, what is missing, whom to contact, and the document's own words.

A card is one piece of HTML with its details folded by the browser, so that a page of cards costs the server little and
opening one costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from eligibility.advice import prepare, to_ask
from eligibility.assessment import Assessment, Outcome, Reason, SupportVerdict, Verdict
from eligibility.directory import Door
from eligibility.grounds import grounds
from eligibility.obstacles import obstacles
from eligibility.plan import nearest
from eligibility.report.labels import BENEFICIARIES, OUTCOMES, STRENGTHS
from eligibility.report.statuses import Told
from eligibility.report.wording import checked, cites
from eligibility.rulebook.models import Beneficiary, Contact
from eligibility.shortfall import Change
from ui.library.place import to_support
from ui.text import escaped


def card(entry: SupportVerdict, assessment: Assessment, known: Sequence[Told] = (), otherwise: str = "") -> str:
    """A support that the company has or can get within reach. `known` is what can be said of its statuses, `otherwise` what an advisor decided."""
    support, book = entry.support, assessment.rulebook
    tags = [STRENGTHS[support.strength].name, book.kinds[support.kind].name, *cites(entry, book)]
    whose = BENEFICIARIES[support.beneficiary]
    face = [
        f"<h4>{escaped(support.title)}</h4>",
        f'<p class="tags">{" · ".join(map(escaped, tags))}</p>',
        f"<p>{escaped(support.gives)}。</p>",
        _warning(otherwise),
        _warning(f"{whose.explanation}。") if support.beneficiary is not Beneficiary.COMPANY else "",
        _warning(entry.caution),
        _standing(entry, assessment, known),
    ]
    if (door := entry.first_door) is not None:
        face.append(_line("先联系", escaped(door.ask_at)))
    return f'<article class="card {entry.verdict.value}">{"".join(face)}{_details(entry, assessment)}</article>'


def refusal(entry: SupportVerdict, assessment: Assessment, otherwise: str = "") -> str:
    """A support that does not fit, with the first reason, in a few lines; or with what an advisor decided."""
    reason = next((r for r in entry.reasons if r.outcome is Outcome.FAILED), None)
    lines = [f"不满足：{_criterion(reason)}" if reason else "", *(f"暂不建议去取得{escaped(said)}" for said in obstacles(entry, assessment))]
    why = "".join(f'<br><span class="note">{line}</span>' for line in lines if line)
    return f"<li>{escaped(entry.support.title)}{why}{_warning(otherwise)}</li>"


def contacts(door: Door, on: date) -> str:
    """How to reach a body, with the day on which that was checked."""
    ways = "，".join(_contact(c) for c in door.contacts)
    return f"{ways}（{checked(door, on)}）"


def _standing(entry: SupportVerdict, assessment: Assessment, known: Sequence[Told]) -> str:
    """What the verdict rests on, as far as the card's face shows it."""
    missing = _line("还差信息", escaped("、".join(assessment.rulebook.questions[q].short for q in entry.missing)))
    match entry.verdict:
        case Verdict.MATCHED:
            given = dict.fromkeys(f"{g.short}：{g.text}" for r in entry.reasons for g in r.given)
            return _line("为什么对应", escaped(f"您填的{'；'.join(given)}"))
        case Verdict.OPEN:
            return missing + _line("要问部门", escaped("".join(entry.asks)))
        case Verdict.NEAR:
            return _line("还差条件", escaped("；".join(entry.steps))) + _nearest(entry, assessment, known) + missing
        case Verdict.EXCLUDED:
            failed = "；".join(_criterion(r) for r in entry.reasons if r.outcome is Outcome.FAILED)
            return _line("不满足", failed) + _line("暂不建议去取得", "<br>".join(map(escaped, obstacles(entry, assessment))))


def _nearest(entry: SupportVerdict, assessment: Assessment, known: Sequence[Told]) -> str:
    """The smallest set of changes, where the conditions above do not say it yet, and what the self-check says of a title among them."""
    changes = reach(entry, assessment)
    texts = tuple(c.text for c in changes)
    titles = [t for t in known if t.standing.status.id in {c.about for c in changes if c.kind == "obtain"}]
    lines = [_line("最少要补", escaped("；".join(texts))) if texts and set(texts) != set(entry.steps) else ""]
    lines += [_line(t.standing.status.name, escaped(t.says)) for t in titles]
    return "".join(lines)


def reach(entry: SupportVerdict, assessment: Assessment) -> tuple[Change, ...]:
    """The fewest changes that would bring a support within reach; none where no few changes would."""
    return nearest(assessment, entry.support.id) or ()


def _unverified(entry: SupportVerdict) -> str:
    """依据 4 个回答，其中 3 个没有核验."""
    answers = len({g.question for r in entry.reasons for g in r.given})
    if not answers:
        return ""
    return f'<p class="note">依据 {answers} 个回答，{f"其中 {entry.unverified} 个没有核验" if entry.unverified else "都看到过证照"}。</p>'


def _details(entry: SupportVerdict, assessment: Assessment) -> str:
    support, book = entry.support, assessment.rulebook
    link = f'<a href="library{to_support(support.id)}">'
    quotes = "".join(f"<blockquote>“{escaped(s.quote)}”<cite>{link}{escaped(book.policies[s.policy].cite(s.article))}</a></cite></blockquote>" for s in support.sources)
    papers = "、".join(prepare(entry, assessment))
    facts = [
        ("逐条对照", _list(_outcome(r, ground, assessment) for r, ground in zip(entry.reasons, grounds(entry, assessment), strict=True)) + _unverified(entry)),
        ("联系谁", _doors(entry, assessment.on)),
        ("可以这样问", f"<p>{escaped(to_ask(entry))}</p>"),
        ("文件原文", f"{quotes}<p>文件用词：“{escaped(support.wording)}”。{STRENGTHS[support.strength].name}：{STRENGTHS[support.strength].explanation}。</p>"),
        ("文件没有写", f"<p>{escaped('、'.join(support.not_stated))}。以责任部门答复为准。</p>" if support.not_stated else ""),
        ("准备材料", f"<p>文件没有列材料清单，可先备好：{escaped(papers)}。</p>" if papers else ""),
        ("注意", f"<p>{escaped(support.note)}</p>" if support.note else ""),
        ("相关的支持", _list(escaped(book.supports[s].title) for s in book.see_also[support.id])),
        ("身份的依据", _list(escaped(d) for d in dict.fromkeys(d for r in entry.reasons for d in r.defined_by))),
    ]
    shown = "".join(f"<dt>{name}</dt><dd>{text}</dd>" for name, text in facts if text)
    return f"<details><summary>联系方式、原文和要准备的</summary><dl>{shown}</dl></details>"


def _criterion(reason: Reason, ground: str | None = None) -> str:
    """A condition with the answers behind it, or what of it holds."""
    given = "；".join(f"{g.short}：{g.text}" for g in reason.given)
    return escaped(ground or reason.criterion) + (f"（您填的{escaped(given)}）" if given else "")


def _outcome(reason: Reason, ground: str, assessment: Assessment) -> str:
    label = OUTCOMES[reason.outcome]
    missing = "、".join(assessment.rulebook.questions[q].short for q in reason.missing)
    more = [f"还没有回答：{missing}" if missing else "", *reason.asks, *reason.steps]
    told = "".join(f"<br>{escaped(m)}" for m in more if m)
    return f'<span class="{reason.outcome.value}"><i aria-hidden="true">{label.symbol}</i>{label.name}</span>　{_criterion(reason, ground)}{told}'


def _doors(entry: SupportVerdict, on: date) -> str:
    """The body to ask first in full; the others that the document lists, in short."""
    lines = []
    for door in entry.doors:
        if door.role == "first":
            above = f"（省里是{escaped(door.name)}）" if door.local else ""
            lines.append(f"先问<b>{escaped(door.ask_at)}</b>{above}{_printed(door)}：{contacts(door, on)}")
        else:
            lines.append(f"文件同时列出{escaped(door.name)}{_printed(door)}：{'，'.join(_contact(c) for c in door.contacts)}")
    return _list(lines)


def _printed(door: Door) -> str:
    return f"（文件写作“{escaped(door.printed_as)}”）" if door.printed_as and door.printed_as != door.name else ""


def _contact(contact: Contact) -> str:
    value = escaped(contact.value)
    if contact.kind == "site":
        return f'<a href="https://{value}" target="_blank" rel="noopener noreferrer">{value}</a>'
    return f'{escaped(contact.label or "热线")} <a href="tel:{value}">{value}</a>'


def _line(name: str, text: str) -> str:
    return f"<p><b>{name}</b>　{text}</p>" if text else ""


def _warning(text: str | None) -> str:
    return f'<p class="caution">{escaped(text)}</p>' if text else ""


def _list(items: Iterable[str]) -> str:
    shown = "".join(f"<li>{i}</li>" for i in items)
    return f"<ul>{shown}</ul>" if shown else ""
