"""What stands where on paper: an assessment as the plain data that `report.typ` sets.

The direct matches are told in full. Everything else is a row, gathered under what it shares (the body to ask, the missing
answer, the article), so that a company that matches very many supports still gets a report that one reads.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, TypeVar

from eligibility.advice import FirstStep, evidence, first_steps, prepare, quoted, ranked, to_ask
from eligibility.assessment import Assessment, Outcome, SupportVerdict, Verdict
from eligibility.directory import Door
from eligibility.identifiers import warnings
from eligibility.override import Override, actionable, laid
from eligibility.plan import milestones, renewals
from eligibility.report import statuses, wording
from eligibility.report.labels import BENEFICIARIES, ORIGINS, STRENGTHS, VERDICTS
from eligibility.report.overrides import overlaid
from eligibility.rulebook.models import Beneficiary, Strength
from eligibility.standing import Stand

T = TypeVar("T")

CARDS = 6  # of the direct matches, told in full; further ones get a row with their quotation
INDIRECT_SHOWN = 30  # of the supports that are addressed to others, best first; the workbook has them all
REASONS_SHOWN = 8  # for the supports that do not match, each in one line; the workbook has them all
REASON_LENGTH = 24
ANSWER_WIDTHS = {"short": 6, "text": 9, "evidence": 10}  # characters that a line of the answers takes, by column
TITLES_SHOWN = 3  # of the supports that one step serves
OPENED_SHOWN = 2  # of the supports that one step of the plan opens
TURNING_POINTS_SHOWN = 2  # of the figures that would turn a status, the nearest; the workbook has them all


def outline(assessment: Assessment, company: str, overrides: Iterable[Override] = ()) -> dict[str, Any]:
    """The whole report as data, in the order of its pages."""
    return _Outline(assessment, company, tuple(overrides)).whole()


class _Outline:
    """One report in the making. A support stands under the verdict that counts; where that is an advisor's own, it says so."""

    def __init__(self, assessment: Assessment, company: str, overrides: tuple[Override, ...]) -> None:
        self.assessment = laid(assessment, overrides)
        self.to_do = actionable(assessment, overrides)
        self.overridden = {s.entry.support.id: s for s in overlaid(assessment, overrides) if s.override}
        self.company = company
        self.book = assessment.rulebook
        self.entries = ranked(self.assessment)
        self.statuses = statuses.told(assessment)
        self.policies = sorted(self.book.policies.values(), key=lambda p: p.issued, reverse=True)
        cautions = dict.fromkeys(e.caution for e in assessment.supports if e.caution)
        self.marks = {caution: "※" * (n + 1) for n, caution in enumerate(cautions)}
        years = Counter(p.issued.year for p in self.book.policies.values())
        self.years_tell = max(years.values(), default=1) == 1

    def whole(self) -> dict[str, Any]:
        services = self._of(Verdict.MATCHED, Strength.SERVICE)
        unclear = [e for e in self._of(Verdict.OPEN) if not e.missing]
        return {
            "title": f"{self.company}：{self.book.cover.title}自测结果",
            "subject": self.book.cover.title,
            "company": self.company,
            "on": wording.day(self.assessment.on),
            "version": self.book.version,
            "disclaimer": wording.DISCLAIMER,
            "documents": [wording.document(p) for p in self.policies],
            "headline": wording.headline(self.assessment),
            "counts": self._counts(),
            "notices": [n.text for n in self.assessment.notices],
            "overrides": self._overrides(),
            "first_steps": [self._first_step(s) for s in first_steps(self.to_do)],
            "plan": self._plan(),
            "statuses": self._statuses(),
            "cautions": [{"mark": mark, "text": caution} for caution, mark in self.marks.items()],
            "direct": self._direct(),
            "service": self._services(services),
            "near": self._near(),
            "open": {
                "count": len(self._of(Verdict.OPEN)),
                "questions": self._questions(),
                "asks": [self._to_clear(strength, unclear) for strength in (Strength.DIRECT, Strength.SERVICE) if any(e.support.strength is strength for e in unclear)],
                "indirect": self._kinds([e for e in unclear if e.support.strength is Strength.INDIRECT]),
            },
            "indirect": self._indirect(),
            "excluded": self._excluded(),
            "agencies": self._agencies(),
            "answers": self._answers(),
            "warnings": list(warnings(self.book, self.assessment.profile)),
            "turning": [statuses.turns(self.book.statuses[i], points[:TURNING_POINTS_SHOWN]) for i, points in statuses.turning(self.statuses, self.assessment) if points],
            "quotations": self._quotations(services),
        }

    def _of(self, verdict: Verdict, strength: Strength | None = None) -> list[SupportVerdict]:
        return [e for e in self.entries if e.verdict is verdict and strength in (None, e.support.strength)]

    def _cite(self, entry: SupportVerdict) -> str:
        """Where a support stands, short and with the mark of its caution: 2018 年第五项※. Two documents of one year keep their names."""
        policies, mark = self.book.policies, self.marks[entry.caution] if entry.caution else ""
        if not self.years_tell:
            return "，".join(wording.cites(entry, self.book)) + mark
        return "，".join(dict.fromkeys(f"{policies[s.policy].issued.year} 年{policies[s.policy].label(s.article)}" for s in entry.support.sources)) + mark

    def _row(self, entry: SupportVerdict) -> dict[str, str]:
        support = entry.support
        whose = "" if support.beneficiary is Beneficiary.COMPANY else BENEFICIARIES[support.beneficiary].name
        return {"title": support.title, "whose": whose, "cite": self._cite(entry), "door": self._door(entry), "otherwise": self._otherwise(entry)}

    def _otherwise(self, entry: SupportVerdict) -> str:
        """What a row says of an advisor's own verdict; all of it stands in the table of overrides."""
        shown = self.overridden.get(entry.support.id)
        return f"顾问改判，程序判为“{VERDICTS[shown.entry.verdict].name}”" if shown else ""

    def _overrides(self) -> list[dict[str, str]]:
        """The verdicts that are an advisor's own, each beside the program's."""
        found = [(e, self.overridden[e.support.id]) for e in self.entries if e.support.id in self.overridden]
        return [
            {"title": e.support.title, "cite": self._cite(e), "verdict": VERDICTS[e.verdict].name, "own": VERDICTS[shown.entry.verdict].name, "text": shown.text} for e, shown in found
        ]

    def _door(self, entry: SupportVerdict) -> str:
        return entry.first_door.ask_at if entry.first_door else "文件没有写责任单位"

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
            titles = "、".join(quoted(e.support.title) for e in step.supports[:TITLES_SHOWN])
            details.append(f"关系到{titles}{f'等 {len(step.supports)} 项' if len(step.supports) > TITLES_SHOWN else ''}")
        if step.door:
            details.append(f"怎样联系：{wording.whom(step.door)}，{wording.reach(step.door, self.assessment.on)}")
        return {"text": step.text, "details": details}

    def _plan(self) -> dict[str, Any]:
        """The steps that open the most, in order, and the days to keep."""
        on = self.assessment.on
        return {
            "steps": [{"text": m.text, "details": list(filter(None, [wording.opened(m, OPENED_SHOWN), statuses.hints(m, self.statuses, self.assessment)]))} for m in milestones(self.to_do)],
            "days": [{"day": wording.day(r.until), "overdue": r.overdue(on), "text": wording.expiry(r, on)} for r in renewals(self.assessment)],
        }

    def _statuses(self) -> dict[str, Any]:
        """What it has, each with who recognises it; what its figures suggest; and what cannot be said yet, in one line."""
        rows = [
            {"name": t.standing.status.name, "says": t.says, "decided_by": statuses.decided_by(t.standing.status)} for t in self.statuses if t.standing.stand is not Stand.OPEN
        ]
        return {"rows": rows, "open": [f"{t.standing.status.name}，{t.says}" for t in self.statuses if t.standing.stand is Stand.OPEN]}

    def _direct(self) -> dict[str, Any]:
        """The direct matches; those together that share the sentence, the criteria and the doors."""
        entries = self._of(Verdict.MATCHED, Strength.DIRECT)
        groups = _gathered(entries, lambda e: (e.support.sources, e.support.beneficiary, e.doors, tuple(r.criterion for r in e.reasons), self._otherwise(e) and e.support.id))
        more = [{**self._row(e), "quotes": self._quotes(e)} for group in groups[CARDS:] for e in group]
        return {"count": len(entries), "cards": [self._card(group) for group in groups[:CARDS]], "more": more}

    def _quotes(self, entry: SupportVerdict) -> list[str]:
        """The documents' own words, each with its place."""
        return [f"{s.quote}——{self.book.policies[s.policy].cite(s.article)}" for s in entry.support.sources]

    def _card(self, group: Sequence[SupportVerdict]) -> dict[str, Any]:
        first, alone = group[0], len(group) == 1
        support = first.support
        shown = self.overridden.get(support.id)
        facts = [
            ("顾问改判", [shown.text] if shown else []),
            ("给什么", [e.support.gives for e in group]),
            ("为什么对应", list(wording.met(first, self.assessment))),
            ("核验", [wording.rests_on(first)]),
            ("定义出处", ["；".join(dict.fromkeys(d for r in first.reasons for d in r.defined_by))]),
            ("联系谁", self._whom(first)),
            ("文件原话", self._quotes(first)),
            ("要准备", ["、".join(dict.fromkeys(p for e in group for p in prepare(e, self.assessment)))]),
            ("文件没有写", ["、".join(dict.fromkeys(n for e in group for n in e.support.not_stated))]),
            ("电话里可以问", [to_ask(first) + ("其余几项照样问。" if not alone else "")]),
            ("要当心", [*dict.fromkeys(e.support.note for e in group if e.support.note), *([first.caution] if first.caution else [])]),
        ]
        return {
            "titles": [e.support.title for e in group],
            "whose": BENEFICIARIES[support.beneficiary].name,
            "kinds": "、".join(dict.fromkeys(self.book.kinds[e.support.kind].name for e in group)),
            "facts": [{"label": label, "lines": lines} for label, lines in facts if any(lines)],
        }

    def _whom(self, entry: SupportVerdict) -> list[str]:
        others = "、".join(d.ask_at for d in entry.doors if d.role != "first")
        also = [f"文件同时列出：{others}"] if others else []
        door = entry.first_door
        return [f"{wording.whom(door)}，{wording.reach(door, self.assessment.on)}", *also] if door else also

    def _services(self, entries: Sequence[SupportVerdict]) -> dict[str, Any]:
        """A row each, those of one door together. Papers are numbered, because most rows need the same ones."""
        rows = [(e, prepare(e, self.assessment)) for e in _neighbours(entries)]
        papers = {paper: _circled(n) for n, paper in enumerate(dict.fromkeys(p for _, wanted in rows for p in wanted))}
        return {
            "rows": [{**self._row(e), "papers": [number for paper, number in papers.items() if paper in wanted]} for e, wanted in rows],
            "papers": [f"{number} {paper}" for paper, number in papers.items()],
        }

    def _to_clear(self, strength: Strength, entries: Iterable[SupportVerdict]) -> dict[str, Any]:
        """What hangs on the agency alone: each question once, with the supports that hang on it."""
        chosen = [e for e in entries if e.support.strength is strength]
        rows = [
            {"asks": self._open_for(group[0]), "supports": [self._row(e) for e in group], "doors": list(dict.fromkeys(self._door(e) for e in group))}
            for group in _gathered(_neighbours(chosen), lambda e: (e.asks, self._open_for(e)))
        ]
        return {"strength": STRENGTHS[strength].name, "count": len(chosen), "rows": rows}

    def _open_for(self, entry: SupportVerdict) -> str:
        """What is to be asked of the agency; where an advisor holds it open, why."""
        shown = self.overridden.get(entry.support.id)
        return f"顾问改判：{shown.override.reason}" if shown and shown.override else "".join(entry.asks)

    def _near(self) -> dict[str, Any]:
        """What to bring about, and what is then in reach."""
        entries = self._of(Verdict.NEAR)
        fewest = {e.support.id: () if e.support.id in self.overridden else wording.changes_in_numbers(e, self.assessment) for e in entries}
        steps = {e.support.id: ("顾问改判",) if e.support.id in self.overridden else e.steps for e in entries}
        groups = [
            {"steps": list(steps[group[0].support.id]), "changes": list(fewest[group[0].support.id]), "rows": [{**self._row(e), "open": self._still_open(e)} for e in group]}
            for group in _gathered(entries, lambda e: (steps[e.support.id], fewest[e.support.id]))
        ]
        return {"count": len(entries), "groups": groups}

    def _still_open(self, entry: SupportVerdict) -> str:
        """What else stands between a near miss and a match: questions not answered, and what only the agency can say; or why an advisor thinks it near."""
        if (shown := self.overridden.get(entry.support.id)) and shown.override:
            return shown.override.reason
        missing = [f"还要弄清“{self.book.questions[q].short}”" for q in entry.missing]
        return "；".join([*missing, *entry.asks])

    def _questions(self) -> list[dict[str, str]]:
        """The questions without a clear answer, with where to look it up and what hangs on it."""
        found = []
        for question in self.book.questions.values():
            if hanging := [e for e in self.entries if e.verdict is Verdict.OPEN and question.id in e.missing]:
                direct = sum(e.support.strength is Strength.DIRECT for e in hanging)
                among = f"，其中{STRENGTHS[Strength.DIRECT].name} {direct} 项" if direct else ""
                found.append({"question": question.text, "look_up": question.look_up or "", "decides": f"{len(hanging)} 项{among}，如{quoted(hanging[0].support.title)}"})
        return found

    def _indirect(self) -> dict[str, Any]:
        """Titles under the door to ask and the article; beyond the first ones only how many there are."""
        entries = self._of(Verdict.MATCHED, Strength.INDIRECT)
        doors = [
            {
                "door": self._door(group[0]),
                "articles": [
                    {"cite": self._cite(part[0]), "supports": [self._row(e) for e in part]}
                    for part in _gathered(group, self._cite)
                ],
            }
            for group in _gathered(entries[:INDIRECT_SHOWN], self._door)
        ]
        return {"count": len(entries), "doors": doors, "rest": self._kinds(entries[INDIRECT_SHOWN:])}

    def _kinds(self, entries: Sequence[SupportVerdict]) -> dict[str, Any]:
        """How many supports of which kind."""
        kinds = Counter(self.book.kinds[e.support.kind].name for e in entries)
        return {"count": len(entries), "kinds": "，".join(f"{name} {n} 项" for name, n in kinds.most_common())}

    def _excluded(self) -> dict[str, Any]:
        """The criterion that fails first, and how many supports fail on it."""
        entries = self._of(Verdict.EXCLUDED)
        found = Counter(next((r.criterion for r in e.reasons if r.outcome is Outcome.FAILED), "几个条件不能同时满足") for e in entries if e.support.id not in self.overridden)
        shown = [(criterion, n) for criterion, n in found.most_common() if len(criterion) <= REASON_LENGTH][:REASONS_SHOWN]
        return {"count": len(entries), "reasons": [{"criterion": c, "count": n} for c, n in shown], "rest": len(entries) - sum(n for _, n in shown)}

    def _agencies(self) -> dict[str, Any]:
        """Every body behind the supports listed above, once. Those to ask first have a row; hotlines are named above the table.

        What hangs on missing answers names no body: it is too early to ring anybody about it.
        """
        unclear = [e for e in self._of(Verdict.OPEN) if not e.missing and e.support.strength is not Strength.INDIRECT]
        matched = [*self._of(Verdict.MATCHED, Strength.DIRECT), *self._of(Verdict.MATCHED, Strength.SERVICE)]
        entries = [*matched, *self._of(Verdict.NEAR), *unclear, *self._of(Verdict.MATCHED, Strength.INDIRECT)[:INDIRECT_SHOWN]]
        listed = [d for e in entries for d in e.doors]
        groups = _gathered(listed, lambda d: d.id)
        first = [g for g in groups if any(d.role == "first" for d in g)]
        others = [self._agency(g) for g in groups if g not in first]
        hotlines = dict.fromkeys(f"{c.value} {c.label}" for group in first for c in group[0].contacts if c.label)
        return {
            "checked": wording.contacts_checked(self.book, self.assessment.on),
            "hotlines": list(hotlines),
            "rows": [self._agency(g) for g in first],
            "others": [f"{a['name']}（{a['printed']}）" if a["printed"] else a["name"] for a in others],
        }

    def _agency(self, doors: Sequence[Door]) -> dict[str, str]:
        first = doors[0]
        printed = dict.fromkeys(d.printed_as for d in doors if d.printed_as)
        return {"name": first.name, "printed": "、".join(printed), "local": first.local or "", "contacts": "，".join(c.value for c in first.contacts)}

    def _answers(self) -> dict[str, Any]:
        """The answers given, with where they come from and what could prove them."""
        questions, profile = self.book.questions, self.assessment.profile
        given = [g for g in self.assessment.given() if g.text != self.company]
        rows = [
            {
                "short": g.short,
                "text": g.text,
                "origin": ORIGINS[profile.origin(g.question)].name,
                "evidence": "、".join(evidence(questions[g.question], g.options)),
            }
            for g in given
        ]
        papers = [paper for g in given for paper in wording.papers(g.question, self.assessment)]
        return {"columns": _halved(rows), "papers": papers, "verification": wording.verification(given)}

    def _quotations(self, entries: Sequence[SupportVerdict]) -> list[dict[str, Any]]:
        """The documents' own words by article, in their order; what a longer quotation holds is not repeated."""
        found = []
        for policy in self.policies:
            articles = []
            for article in policy.articles:
                quotes = {s.quote for e in entries for s in e.support.sources if (s.policy, s.article) == (policy.id, article.id)}
                whole = [q for q in quotes if not any(q != longer and q in longer for longer in quotes)]
                if whole:
                    articles.append({"label": policy.label(article.id), "text": "……".join(sorted(whole, key=article.text.find))})
            if articles:
                found.append({"document": policy.short, "articles": articles})
        return found


def _halved(rows: Sequence[dict[str, str]]) -> list[list[dict[str, str]]]:
    """Rows of answers in their order, in two columns of about the same height."""
    heights = [max(-(-len(row[cell]) // width) for cell, width in ANSWER_WIDTHS.items()) for row in rows]
    first = min(range(len(rows) + 1), key=lambda n: abs(sum(heights[:n]) - sum(heights[n:])))
    return [part for part in (list(rows[:first]), list(rows[first:])) if part]


def _neighbours(entries: Iterable[SupportVerdict]) -> list[SupportVerdict]:
    """The same entries, those of one door next to each other."""
    return [e for group in _gathered(entries, lambda e: e.first_door) for e in group]


def _circled(position: int) -> str:
    """①, ② … ⑳, then (21)."""
    return chr(ord("①") + position) if position < 20 else f"({position + 1})"


def _gathered(items: Iterable[T], key: Callable[[T], Hashable]) -> list[list[T]]:
    """Items with the same key together, in the order of first appearance."""
    groups: dict[Hashable, list[T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return list(groups.values())
