"""What stands where on paper: an assessment as the plain data that `report.typ` sets.

The direct matches are told in full. Everything else is a row, gathered under what it shares (the body to ask, the missing
answer, the article), so that a company that matches very many supports still gets a report that one reads.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, TypeVar

from eligibility.advice import FirstStep, evidence, first_steps, prepare, ranked, to_ask
from eligibility.assessment import Assessment, Outcome, SupportVerdict, Verdict
from eligibility.directory import Door
from eligibility.interview import due
from eligibility.report import wording
from eligibility.report.labels import BENEFICIARIES, STRENGTHS, VERDICTS
from eligibility.rulebook.models import Strength

T = TypeVar("T")

REASONS_SHOWN = 12  # of the supports that do not match; the workbook has them all
TITLES_SHOWN = 3  # of the supports that hang on one question


def outline(assessment: Assessment, company: str) -> dict[str, Any]:
    """The whole report as data, in the order of its pages."""
    return _Outline(assessment, company).whole()


class _Outline:
    """One report in the making."""

    def __init__(self, assessment: Assessment, company: str) -> None:
        self.assessment = assessment
        self.company = company
        self.book = assessment.rulebook
        self.entries = ranked(assessment)
        cautions = dict.fromkeys(e.caution for e in assessment.supports if e.caution)
        self.marks = {caution: "※" * (n + 1) for n, caution in enumerate(cautions)}
        years = Counter(p.issued.year for p in self.book.policies.values())
        self.years_tell = max(years.values(), default=1) == 1

    def whole(self) -> dict[str, Any]:
        on = self.assessment.on
        return {
            "title": f"{self.company}：{self.book.cover.title}自测结果",
            "subject": self.book.cover.title,
            "company": self.company,
            "on": {"year": on.year, "month": on.month, "day": on.day, "words": wording.day(on)},
            "version": self.book.version,
            "disclaimer": wording.DISCLAIMER,
            "documents": [wording.document(p) for p in self.book.policies.values()],
            "headline": wording.headline(self.assessment),
            "counts": self._counts(),
            "notices": [n.text for n in self.assessment.notices],
            "first_steps": [self._first_step(s) for s in first_steps(self.assessment)],
            "cautions": [{"mark": mark, "text": caution} for caution, mark in self.marks.items()],
            "direct": self._cards(),
            "service": self._doors(self._of(Verdict.MATCHED, Strength.SERVICE), self._to_prepare),
            "near": self._near(),
            "questions": self._questions(),
            "asks": self._doors([e for e in self._of(Verdict.OPEN) if not e.missing], self._to_ask),
            "indirect": self._by_article(self._of(Verdict.MATCHED, Strength.INDIRECT)),
            "excluded": self._excluded(),
            "agencies": self._agencies(),
            "answers": self._answers(),
            "instruments": self._instruments(),
            "quotations": self._quotations(self._of(Verdict.MATCHED, Strength.SERVICE)),
        }

    def _of(self, verdict: Verdict, strength: Strength | None = None) -> list[SupportVerdict]:
        return [e for e in self.entries if e.verdict is verdict and strength in (None, e.support.strength)]

    def _cite(self, entry: SupportVerdict) -> str:
        """Where a support stands, short: 2024 年第五条. Two documents of one year keep their names."""
        policies = self.book.policies
        if not self.years_tell:
            return "，".join(wording.cites(entry, self.book))
        return "，".join(dict.fromkeys(f"{policies[s.policy].issued.year} 年{policies[s.policy].label(s.article)}" for s in entry.support.sources))

    def _mark(self, entry: SupportVerdict) -> str:
        return self.marks[entry.caution] if entry.caution else ""

    def _row(self, entry: SupportVerdict) -> dict[str, str]:
        support = entry.support
        whose = "" if support.beneficiary == "company" else BENEFICIARIES[support.beneficiary].name
        return {"title": support.title, "mark": self._mark(entry), "whose": whose, "cite": self._cite(entry)}

    def _counts(self) -> list[dict[str, Any]]:
        strengths = Counter(e.support.strength for e in self._of(Verdict.MATCHED))
        parts = "，".join(f"{STRENGTHS[s].name} {strengths[s]}" for s in Strength if strengths[s])
        return [
            {"symbol": label.symbol, "name": label.name, "count": self.assessment.counts[verdict], "parts": parts if verdict is Verdict.MATCHED else ""}
            for verdict, label in VERDICTS.items()
        ]

    def _first_step(self, step: FirstStep) -> dict[str, Any]:
        details = []
        if step.kind == "contact":
            details.append(f"可以这样问：{to_ask(step.supports[0])}")
        else:
            titles = "、".join(f"“{e.support.title}”" for e in step.supports[:TITLES_SHOWN])
            details.append(f"关系到{titles}{f'等 {len(step.supports)} 项' if len(step.supports) > TITLES_SHOWN else ''}")
        if step.door:
            details.append(f"怎样联系：{wording.whom(step.door)}，{wording.reach(step.door)}")
        return {"text": step.text, "details": details}

    def _cards(self) -> list[dict[str, Any]]:
        """The direct matches, those together that share the sentence, the criteria and the doors."""
        groups = _gathered(self._of(Verdict.MATCHED, Strength.DIRECT), lambda e: (e.support.sources, e.support.beneficiary, e.doors, tuple(r.criterion for r in e.reasons)))
        return [self._card(group) for group in groups]

    def _card(self, group: Sequence[SupportVerdict]) -> dict[str, Any]:
        first, alone = group[0], len(group) == 1
        support = first.support
        facts = [
            ("给什么", [e.support.gives for e in group]),
            ("为什么对应", list(wording.met(first))),
            ("联系谁", self._whom(first)),
            ("文件原话", [f"“{s.quote}”——{self.book.policies[s.policy].cite(s.article)}" for s in support.sources]),
            ("要准备", ["、".join(dict.fromkeys(p for e in group for p in prepare(e, self.assessment)))]),
            ("文件没有写", ["、".join(dict.fromkeys(n for e in group for n in e.support.not_stated))]),
            ("电话里可以问", [to_ask(first) + ("其余几项照样问。" if not alone else "")]),
            ("要当心", [*dict.fromkeys(e.support.note for e in group if e.support.note), *([first.caution] if first.caution else [])]),
        ]
        return {
            "titles": [e.support.title for e in group],
            "mark": self._mark(first),
            "tags": [BENEFICIARIES[support.beneficiary].name, *dict.fromkeys(self.book.kinds[e.support.kind].name for e in group)],
            "facts": [{"label": label, "lines": lines} for label, lines in facts if any(lines)],
        }

    def _whom(self, entry: SupportVerdict) -> list[str]:
        others = "、".join(d.ask_at for d in entry.doors if d.role != "first")
        also = [f"文件同时列出：{others}"] if others else []
        door = entry.first_door
        return [f"{wording.whom(door)}，{wording.reach(door)}", *also] if door else also

    def _doors(self, entries: Iterable[SupportVerdict], column: Callable[[SupportVerdict, frozenset[str]], str]) -> list[dict[str, Any]]:
        """Rows under the door to knock at. What all rows of a door need is said once, above them."""
        found = []
        for group in _gathered(entries, lambda e: e.first_door):
            door = group[0].first_door
            shared = frozenset.intersection(*[frozenset(prepare(e, self.assessment)) for e in group])
            found.append({
                "door": wording.whom(door) if door else "文件没有写责任单位",
                "papers": "、".join(p for p in prepare(group[0], self.assessment) if p in shared),
                "rows": [{**self._row(e), "text": column(e, shared)} for e in group],
            })
        return found

    def _to_prepare(self, entry: SupportVerdict, shared: frozenset[str]) -> str:
        return "、".join(p for p in prepare(entry, self.assessment) if p not in shared)

    def _to_ask(self, entry: SupportVerdict, shared: frozenset[str]) -> str:
        return "".join(entry.asks)

    def _near(self) -> list[dict[str, Any]]:
        """What to bring about, and what is then in reach."""
        return [
            {
                "steps": list(group[0].steps),
                "doors": list(dict.fromkeys(wording.whom(e.first_door) for e in group if e.first_door)),
                "rows": [self._row(e) for e in group],
            }
            for group in _gathered(self._of(Verdict.NEAR), lambda e: e.steps)
        ]

    def _questions(self) -> list[dict[str, Any]]:
        """The answers that are missing, with where to look them up and what hangs on them."""
        found = []
        for item in due(self.assessment):
            hanging = [e for e in self.entries if item.question.id in e.missing]
            if hanging:
                titles = "、".join(f"“{e.support.title}”" for e in hanging[:TITLES_SHOWN])
                more = f"等 {len(hanging)} 项" if len(hanging) > TITLES_SHOWN else ""
                found.append({"question": item.question.text, "look_up": item.question.look_up or "", "decides": titles + more})
        return found

    def _by_article(self, entries: Iterable[SupportVerdict]) -> list[dict[str, Any]]:
        return [
            {
                "cite": self._cite(group[0]),
                "mark": self._mark(group[0]),
                "doors": "、".join(dict.fromkeys(e.first_door.ask_at for e in group if e.first_door)),
                "titles": [self._row(e) for e in group],
            }
            for group in _gathered(entries, lambda e: (self._cite(e), e.caution, e.first_door))
        ]

    def _excluded(self) -> dict[str, Any]:
        """The criterion that fails first, and how many supports fail on it."""
        entries = self._of(Verdict.EXCLUDED)
        found = _gathered(entries, lambda e: next((r for r in e.reasons if r.outcome is Outcome.FAILED), None))
        rows = []
        for group in sorted(found, key=len, reverse=True):
            reason = next(r for r in group[0].reasons if r.outcome is Outcome.FAILED)
            rows.append({"criterion": reason.criterion, "given": "；".join(f"{g.short}：{g.text}" for g in reason.given), "count": len(group)})
        shown = rows[:REASONS_SHOWN]
        return {"count": len(entries), "rows": shown, "rest": sum(r["count"] for r in rows[REASONS_SHOWN:])}

    def _agencies(self) -> list[dict[str, Any]]:
        """Every body named above, once: first those to ask first."""
        listed = [d for e in self.entries if e.verdict is not Verdict.EXCLUDED for d in e.doors]
        groups = _gathered(sorted(listed, key=lambda d: d.role != "first"), lambda d: d.id)
        return [self._agency(group) for group in groups]

    def _agency(self, doors: Sequence[Door]) -> dict[str, Any]:
        first = doors[0]
        printed = dict.fromkeys(d.printed_as for d in doors if d.printed_as)
        return {
            "name": first.name,
            "printed": "、".join(printed),
            "local": first.local or "",
            "contacts": [f"{c.label or ''} {c.value}".strip() for c in first.contacts],
            "first": sum(d.role == "first" for d in doors),
        }

    def _answers(self) -> list[dict[str, str]]:
        """The answers given, with what could prove them."""
        answers, questions = self.assessment.profile.answers, self.book.questions
        return [{"short": g.short, "text": g.text, "evidence": "、".join(evidence(questions[g.question], answers[g.question]))} for g in self.assessment.given()]

    def _instruments(self) -> list[str]:
        """The instruments outside the documents by which the statuses behind the matches are defined."""
        matched = self._of(Verdict.MATCHED)
        return list(dict.fromkeys(d for e in matched for r in e.reasons for d in r.defined_by))

    def _quotations(self, entries: Iterable[SupportVerdict]) -> list[dict[str, Any]]:
        """The documents' own words by article, each sentence once; a part of a longer quotation is not repeated."""
        quotes: dict[str, dict[str, None]] = {}
        for entry in entries:
            for source in entry.support.sources:
                quotes.setdefault(self.book.policies[source.policy].cite(source.article), {})[source.quote] = None
        return [{"cite": cite, "quotes": [q for q in found if not any(q != longer and q in longer for longer in found)]} for cite, found in quotes.items()]


def _gathered(items: Iterable[T], key: Callable[[T], Hashable]) -> list[list[T]]:
    """Items with the same key together, in the order of first appearance."""
    groups: dict[Hashable, list[T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return list(groups.values())
