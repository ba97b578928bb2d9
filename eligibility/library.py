"""The rulebook as a reader meets it: every article with what was made of each of its passages, and everything behind a support.

Nothing is decided here and no company is known: it is the same for everybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from eligibility.assessment import Verdict
from eligibility.compiled import Caution, Compiled, compiled
from eligibility.directory import Directory, Door
from eligibility.logic.expressions import Discretion, Expression, HasStatus, Not, parts, walk
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.coverage import ArticleCoverage, coverage
from eligibility.rulebook.models import Agency, Article, NotSupport, Policy, Question, Status, Support
from eligibility.scenarios import Scenario


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of an article that the same entries quote to the character. Without entries it is a line break or punctuation."""

    text: str
    supports: tuple[Support, ...]
    dismissed: tuple[NotSupport, ...]


@dataclass(frozen=True, slots=True)
class Body:
    """A body that an article makes responsible, and the name that the article prints for it."""

    agency: Agency
    printed: str


@dataclass(frozen=True, slots=True, eq=False)  # an article is itself, however alike another may be
class ArticleReading:
    """One article, cut into passages. Supports and dismissed passages stand in the order of the text."""

    policy: Policy
    article: Article
    passages: tuple[Passage, ...]
    supports: tuple[Support, ...]
    dismissed: tuple[NotSupport, ...]
    bodies: tuple[Body, ...]
    sentences: int
    accounted: int

    @property
    def id(self) -> str:
        """The article's own name among all documents."""
        return f"{self.policy.id}.{self.article.id}"

    @property
    def cite(self) -> str:
        """The article's place, as readers name it."""
        return self.policy.cite(self.article.id)


@dataclass(frozen=True, slots=True)
class Example:
    """A worked case, and what it expects of a support."""

    scenario: Scenario
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class SupportReading:
    """One support and all that the rulebook says about it. `statuses` are those that its condition names, opened to the bottom."""

    support: Support
    criteria: tuple[str, ...]
    questions: tuple[Question, ...]
    asks: tuple[str, ...]
    statuses: tuple[Status, ...]
    doors: tuple[Door, ...]
    examples: tuple[Example, ...]
    see_also: tuple[Support, ...]
    supersedes: tuple[Support, ...]
    superseded_by: Support | None
    caution: Caution


@dataclass(frozen=True, slots=True)
class Figures:
    """How complete the rulebook is. `deciding` counts the questions that some condition reads, `tried` the supports that some scenario expects something of."""

    sentences: int
    accounted: int
    supports: int
    dismissed: int
    questions: int
    deciding: int
    scenarios: int
    tried: int


@dataclass(frozen=True, slots=True)
class Freshness:
    """When something was last reviewed, and the last day on which that is recent enough. No document: the contacts."""

    policy: Policy | None
    reviewed: date
    due: date


class Library:
    """One rulebook and its scenarios, prepared for reading."""

    def __init__(self, rulebook: Rulebook, scenarios: Sequence[Scenario] = ()) -> None:
        self.book = rulebook
        self.scenarios = tuple(scenarios)
        quoting = _quoting(rulebook)
        self.articles: Mapping[str, ArticleReading] = {r.id: r for r in (_article(c, quoting.get((c.policy.id, c.article.id), ()), rulebook) for c in coverage(rulebook))}
        self.supports: Mapping[str, SupportReading] = _supports(rulebook, self.scenarios)
        self.figures = Figures(
            sentences=sum(a.sentences for a in self.articles.values()),
            accounted=sum(a.accounted for a in self.articles.values()),
            supports=len(rulebook.supports),
            dismissed=len(rulebook.not_supports),
            questions=len(rulebook.questions),
            deciding=len({q.id for s in self.supports.values() for q in s.questions}),
            scenarios=len(self.scenarios),
            tried=sum(bool(s.examples) for s in self.supports.values()),
        )
        contacts = rulebook.agency_list.checked
        self.freshness = (
            *(Freshness(p, p.reviewed, rulebook.review_due(p.reviewed)) for p in rulebook.policies.values()),
            Freshness(None, contacts, rulebook.review_due(contacts)),
        )

    @property
    def policies(self) -> tuple[Policy, ...]:
        """The documents, the newest first."""
        return tuple(sorted(self.book.policies.values(), key=lambda p: p.issued, reverse=True))

    def of_policy(self, policy: Policy) -> tuple[ArticleReading, ...]:
        """The articles of one document, in order."""
        return tuple(a for a in self.articles.values() if a.policy is policy)

    def homes(self, support: Support) -> tuple[ArticleReading, ...]:
        """The articles that a support is quoted from, the first source first."""
        return tuple(dict.fromkeys(self.articles[f"{s.policy}.{s.article}"] for s in support.sources))


_Quotation = tuple[str, Support | NotSupport]


def _quoting(book: Rulebook) -> Mapping[tuple[str, str], list[_Quotation]]:
    """By article, every quotation from it and the entry that it stands in."""
    found: dict[tuple[str, str], list[_Quotation]] = {}
    for support in book.supports.values():
        for source in support.sources:
            found.setdefault((source.policy, source.article), []).append((source.quote, support))
    for entry in book.not_supports:
        found.setdefault((entry.policy, entry.article), []).append((entry.quote, entry))
    return found


def _article(counted: ArticleCoverage, quotations: Iterable[_Quotation], book: Rulebook) -> ArticleReading:
    policy, article = counted.policy, counted.article
    text = article.text
    spans = [(start, start + len(quote), entry) for quote, entry in quotations for start in _occurrences(quote, text)]
    spans.sort(key=lambda span: span[0])  # a stable sort: where two begin together, the rulebook's order stands
    edges = sorted({0, len(text), *(edge for start, end, _ in spans for edge in (start, end))})
    passages = []
    for start, end in pairwise(edges):
        entries = [entry for a, b, entry in spans if a <= start and end <= b]
        passages.append(Passage(text[start:end], _supports_in(entries), _dismissed_in(entries)))
    entries = [entry for _, _, entry in spans]
    return ArticleReading(policy, article, tuple(passages), _supports_in(entries), _dismissed_in(entries), _bodies(policy, article, book), counted.sentences, counted.accounted)


def _occurrences(quote: str, text: str) -> Iterable[int]:
    at = text.find(quote)
    while at >= 0:
        yield at
        at = text.find(quote, at + 1)


def _supports_in(entries: Iterable[Support | NotSupport]) -> tuple[Support, ...]:
    return tuple({e.id: e for e in entries if isinstance(e, Support)}.values())


def _dismissed_in(entries: Iterable[Support | NotSupport]) -> tuple[NotSupport, ...]:
    return tuple({id(e): e for e in entries if isinstance(e, NotSupport)}.values())


def _bodies(policy: Policy, article: Article, book: Rulebook) -> tuple[Body, ...]:
    agencies = [book.agencies[id_] for id_ in article.agencies]
    return tuple(Body(a, "、".join(n for n in a.printed.get(policy.id, ()) if n in (article.responsible or ""))) for a in agencies)


def _supports(book: Rulebook, scenarios: Iterable[Scenario]) -> Mapping[str, SupportReading]:
    prepared, everywhere = compiled(book), Directory(book, None)
    examples: dict[str, list[Example]] = {}
    for scenario in scenarios:
        for verdict, expected in scenario.expect.items():
            for id_ in expected:
                examples.setdefault(id_, []).append(Example(scenario, verdict))
    return {
        support.id: SupportReading(
            support=support,
            criteria=tuple(prepared.criteria[c].words for c in criteria),
            questions=_questions(prepared, criteria, book),
            asks=tuple(dict.fromkeys(_asks(support.eligible_if, book))),
            statuses=tuple(book.statuses[id_] for id_ in dict.fromkeys(_statuses(support.eligible_if, book))),
            doors=everywhere.doors(support),
            examples=tuple(examples.get(support.id, ())),
            see_also=tuple(book.supports[id_] for id_ in book.see_also[support.id]),
            supersedes=tuple(book.supports[id_] for id_ in book.supersedes[support.id]),
            superseded_by=book.supports[support.superseded_by] if support.superseded_by else None,
            caution=caution,
        )
        for support, _, criteria, caution in prepared.supports
    }


def _questions(prepared: Compiled, criteria: Iterable[int], book: Rulebook) -> tuple[Question, ...]:
    needed = {question for c in criteria for question, _ in prepared.criteria[c].reads}
    return tuple(q for q in book.questions.values() if q.id in needed)


def _asks(expression: Expression, book: Rulebook) -> Iterable[str]:
    """What only the agency can say, statuses opened."""
    for part in walk(expression):
        if isinstance(part, Discretion):
            yield part.ask
        elif isinstance(part, HasStatus):
            yield from _asks(book.statuses[part.status].holds_if, book)


def _statuses(expression: Expression, book: Rulebook) -> Iterable[str]:
    """The statuses that help to meet a condition: those it names and those they rest on, not those it excludes."""
    if isinstance(expression, HasStatus):
        yield expression.status
        yield from _statuses(book.statuses[expression.status].holds_if, book)
    elif not isinstance(expression, Not):
        for part in parts(expression):
            yield from _statuses(part, book)
