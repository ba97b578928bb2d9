"""The sentences that the PDF, the workbook and the plain text have in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from eligibility.advice import quoted
from eligibility.assessment import Assessment, Given, Outcome, Reason, SupportVerdict, Verdict
from eligibility.directory import Door
from eligibility.grounds import grounds
from eligibility.logic.answers import Answer
from eligibility.obstacles import obstacles
from eligibility.plan import Milestone, Renewal, nearest, next_term
from eligibility.profile import Certificate
from eligibility.report.labels import STRENGTHS
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.models import Policy, Question, Strength
from eligibility.shortfall import Change

DISCLAIMER = "自测结果，不是审批结论"
NO_NAME = "（未填名称）"


def company(assessment: Assessment, title: str | None = None) -> str:
    """Whose results these are: `title`, else the first answer that only records a text, else that no name was given."""
    named = title or next((a for q, a in _recorded(assessment) if q.kind == "text" and isinstance(a, str)), "")
    return " ".join(named.split()) or NO_NAME


def _recorded(assessment: Assessment) -> list[tuple[Question, Answer]]:
    answers = assessment.profile.answers
    return [(q, answers[q.id]) for q in assessment.rulebook.questions.values() if q.purpose == "record" and q.id in answers]


def headline(assessment: Assessment) -> str:
    """The one sentence: what matches now and gives something, the direct supports first; what may only help is told last and apart."""
    direct, service, indirect = (len(of(assessment, Verdict.MATCHED, s)) for s in (Strength.DIRECT, Strength.SERVICE, Strength.INDIRECT))
    first, then, last = (STRENGTHS[s].name for s in (Strength.DIRECT, Strength.SERVICE, Strength.INDIRECT))
    if direct or service:
        told = "、".join(f"{name} {n} 项" for name, n in ((first, direct), (then, service)) if n)
        none = "" if direct else f"，还没有能确定的{first}"
        return f"{told}现在就对应{none}{f'；另有 {indirect} 项可能{last}' if indirect else ''}。"
    if indirect:
        return f"还没有能确定的{first}和{then}，有 {indirect} 项可能{last}。"
    if not assessment.profile.answers:
        return "还没有回答任何题，所以还没有结果。"
    if assessment.counts[Verdict.OPEN] or assessment.counts[Verdict.NEAR]:
        return "还没有能确定现在就对应的支持，先看还差什么。"
    return "按您的回答，没有对应的支持。"


def of(assessment: Assessment, verdict: Verdict, strength: Strength | None = None) -> tuple[SupportVerdict, ...]:
    """The supports with a verdict and, if given, of a strength, in the rulebook's order."""
    return tuple(e for e in assessment.supports if e.verdict is verdict and strength in (None, e.support.strength))


def day(on: date) -> str:
    """2026 年 11 月 22 日."""
    return f"{on.year} 年 {on.month} 月 {on.day} 日"


def document(policy: Policy) -> str:
    """A document with who issued it, when, and under which number."""
    return f"《{policy.title}》（{policy.issued_by}，{day(policy.issued)}，{policy.number or '所据文本没有印文号'}）"


def cites(entry: SupportVerdict, book: Rulebook) -> tuple[str, ...]:
    """Where a support stands: 2024 年《若干措施》第五条."""
    return tuple(dict.fromkeys(book.policies[s.policy].cite(s.article) for s in entry.support.sources))


def why(ground: str, reason: Reason) -> str:
    """A criterion that is met, by what of it holds, and the company's own answers that say so."""
    answers = "；".join(f"{g.short}：{g.text}" for g in reason.given)
    return f"{ground}（您填的——{answers}）" if answers else ground


def met(entry: SupportVerdict, assessment: Assessment) -> tuple[str, ...]:
    """Why a support fits, one line a criterion."""
    return tuple(why(ground, r) for ground, r in zip(grounds(entry, assessment), entry.reasons, strict=True) if r.outcome is Outcome.MET)


def failed(entry: SupportVerdict, assessment: Assessment) -> tuple[str, ...]:
    """The criteria that fail, in the documents' terms, and which titles among them may not be advised for what reason."""
    against = obstacles(entry, assessment)
    return (*(r.criterion for r in entry.reasons if r.outcome is Outcome.FAILED), *(f"暂不建议去取得{said}" for said in against))


def reach(door: Door, on: date) -> str:
    """How to reach a body: its site and hotlines, with the day on which they were checked."""
    ways = [f"网站 {c.value}" if c.kind == "site" else f"{c.label or '热线'} {c.value}" for c in door.contacts]
    return f"{'，'.join(ways)}（{checked(door, on)}）"


def contacts_checked(book: Rulebook, on: date) -> str:
    """The same of all contacts together: 核对于 2026 年 11 月 22 日."""
    reviewed = book.agency_list.checked
    return f"核对于 {day(reviewed)}" + ("，请先电话核实" if on > book.review_due(reviewed) else "")


def checked(door: Door, on: date) -> str:
    """When the contacts of a body were checked; what was not checked again in time is to be verified first."""
    return f"核对于 {door.checked.isoformat()}，请先电话核实" if door.stale(on) else f"{door.checked.isoformat()} 核对"


def whom(door: Door) -> str:
    """The door to knock at, and above it the body that the document names, by its name today."""
    return f"{door.ask_at}（省里是{door.name}）" if door.local else door.name


def rests_on(entry: SupportVerdict) -> str:
    """On how many answers a verdict rests, and how many of them nobody has checked."""
    count = len({g.question for r in entry.reasons for g in r.given})
    if not count:
        return ""
    return f"这一项依据 {count} 个回答，" + (f"其中 {entry.unverified} 个没有核验" if entry.unverified else "都已看到证照")


def verification(given: Sequence[Given]) -> str:
    """How many of the answers somebody has checked."""
    seen = sum(g.verified for g in given)
    if not seen:
        return "回答都没有核验"
    return f"{len(given)} 个回答里，{seen} 个已看到证照" + (f"，其余 {len(given) - seen} 个没有核验" if seen < len(given) else "")


def papers(question: str, assessment: Assessment) -> list[str]:
    """The papers behind the options chosen: 高新技术企业：编号 GR202421000123，有效到 2027 年 8 月 31 日."""
    options = assessment.rulebook.questions[question].option
    found = ((options[o].name, c) for (asked, o), c in assessment.profile.certificates.items() if asked == question)
    return [f"{name}：{'，'.join(known)}" for name, certificate in found if (known := [*paper(certificate)])]


def paper(certificate: Certificate) -> Iterator[str]:
    """What is known of a paper: 编号 GR202421000123; 有效到 2027 年 8 月 31 日."""
    if certificate.number:
        yield f"编号 {certificate.number}"
    if certificate.until:
        yield f"有效到 {day(certificate.until)}"


def changes(entry: SupportVerdict, assessment: Assessment) -> tuple[Change, ...]:
    """For a near miss: the fewest changes that would do. Empty where more than a few would be needed."""
    if entry.verdict is not Verdict.NEAR:
        return ()
    return nearest(assessment, entry.support.id) or ()


def changes_in_numbers(entry: SupportVerdict, assessment: Assessment) -> tuple[str, ...]:
    """The fewest changes that would do, where they say more than the steps: a figure or a day is among them."""
    found = changes(entry, assessment)
    return tuple(c.text for c in found) if any(c.kind in ("grow", "wait") for c in found) else ()


def opened(step: Milestone, limit: int) -> str:
    """What a step of the plan opens, with the first few titles."""
    titles = "、".join(quoted(e.support.title) for e in step.opens[:limit])
    return f"{step.says}：{titles}{'等' if len(step.opens) > limit else ''}"


def expiry(renewal: Renewal, on: date) -> str:
    """What happens on a day to keep: 到期；续上后到 2030 年 8 月 31 日."""
    title = f"{renewal.status.name}{f'（编号 {renewal.number}）' if renewal.number else ''}"
    following = next_term(renewal)
    over = f"已经过期 {(on - renewal.until).days} 天，现在按没有计算，要重新办" if renewal.overdue(on) else f"到期，还有 {(renewal.until - on).days} 天"
    return f"{title}{over}" + (f"；接着办，下一期到 {day(following)}" if following and not renewal.overdue(on) else "")
