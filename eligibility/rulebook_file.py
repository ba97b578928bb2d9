"""The whole rulebook as one JSON file for other programs, and the JSON Schema that describes it.

The file holds what policy people wrote, entry by entry, and beside it what the program makes of it: conditions in
words, the questions that a support needs, the passages of each article. A key whose value is the schema's default is
left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import Field

from eligibility.assessment import Verdict
from eligibility.compiled import compiled
from eligibility.library import ArticleReading, Library, SupportReading
from eligibility.rulebook.models import AgencyList, Article, Entry, Id, Kind, Notice, NotSupport, Policy, Question, Status, Support, WayIn
from eligibility.scenarios import Scenario
from eligibility.schemas import Schema, schema_of


class FilePassage(Entry):
    """A stretch of an article."""

    text: str = Field(description="连续的一段原文；各段接起来就是 text")
    supports: tuple[Id, ...] = Field(default=(), description="引用了这一段的支持")
    not_supports: tuple[int, ...] = Field(default=(), description="写明这一段不是支持的，是 not_supports 里的第几个，从 0 数起")


class FileArticle(Article):
    """An article, cut into passages."""

    passages: tuple[FilePassage, ...] = Field(description="原文分成的段：同一段由同样的支持引用；两样都没有的只是标点或换行")


class FilePolicy(Policy):
    """A document with the day of its next review."""

    articles: tuple[FileArticle, ...] = Field(description="全文，一条一段，按先后")
    review_due: date = Field(description="最迟到这一天要重新核对")


class FileExample(Entry):
    """What a scenario expects of a support."""

    scenario: Id = Field(description="例子的编号")
    verdict: Verdict = Field(description="应当得到的结果")


class FileSupport(Support):
    """A support with what the program makes of it."""

    see_also: tuple[Id, ...] = Field(default=(), description="说的事有重叠的其他支持，两边都写")
    supersedes: tuple[Id, ...] = Field(default=(), description="取代了哪些")
    criteria: tuple[str, ...] = Field(description="条件，一条一句，由 eligible_if 生成")
    questions: tuple[Id, ...] = Field(default=(), description="判断要用到的题")
    asks: tuple[str, ...] = Field(default=(), description="文件没有写明、要问部门的话")
    examples: tuple[FileExample, ...] = Field(default=(), description="试过它的例子")


class FileStatus(Status):
    """A status with its condition in words."""

    words: str = Field(description="holds_if 用话说")


class RulebookFile(Entry):
    """The file."""

    title: str = Field(description="规则库的名称")
    version: str = Field(description="版本和内容指纹的开头，印在每一份结果上")
    fingerprint: str = Field(description="规则内容的 SHA-256，全长")
    reviewed: date = Field(description="整个规则库最近一次核对的日期")
    review_every: int = Field(description="最多隔几个月要重新核对")
    sentences: int = Field(description="原文有几句")
    accounted: int = Field(description="其中几句有着落：被支持引用，或写明不是支持")
    policies: tuple[FilePolicy, ...] = Field(description="文件")
    kinds: tuple[Kind, ...] = Field(description="支持的类别")
    supports: tuple[FileSupport, ...] = Field(description="支持")
    not_supports: tuple[NotSupport, ...] = Field(description="不是支持的句子，和为什么")
    notices: tuple[Notice, ...] = Field(description="不管申请什么都要知道的事")
    statuses: tuple[FileStatus, ...] = Field(description="身份：资质，和由回答推出的类别")
    questions: tuple[Question, ...] = Field(description="可以问的题")
    ways_in: tuple[WayIn, ...] = Field(description="首屏上的各类用户")
    agencies: AgencyList = Field(description="机构和联系方式")
    scenarios: tuple[Scenario, ...] = Field(description="例子")


def rulebook_data(library: Library) -> dict[str, Any]:
    """Everything in the rulebook as plain data."""
    book, words = library.book, compiled(library.book).words
    file = RulebookFile(
        title=book.cover.title,
        version=book.version,
        fingerprint=book.fingerprint,
        reviewed=book.cover.reviewed,
        review_every=book.cover.review_every,
        sentences=library.figures.sentences,
        accounted=library.figures.accounted,
        policies=tuple(_policy(p, library) for p in book.policies.values()),
        kinds=tuple(book.kinds.values()),
        supports=tuple(_support(s) for s in library.supports.values()),
        not_supports=book.not_supports,
        notices=tuple(book.notices.values()),
        statuses=tuple(FileStatus(**_fields(s), words=words.of(s.holds_if)) for s in book.statuses.values()),
        questions=tuple(book.questions.values()),
        ways_in=tuple(book.ways_in.values()),
        agencies=book.agency_list,
        scenarios=library.scenarios,
    )
    return file.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def rulebook_schema() -> Schema:
    """The JSON Schema of the file."""
    return schema_of(RulebookFile)


def _policy(policy: Policy, library: Library) -> FilePolicy:
    number = {id(entry): index for index, entry in enumerate(library.book.not_supports)}
    articles = tuple(_article(a, number) for a in library.of_policy(policy))
    return FilePolicy(**_fields(policy) | {"articles": articles}, review_due=library.book.review_due(policy.reviewed))


def _article(reading: ArticleReading, number: Mapping[int, int]) -> FileArticle:
    passages = tuple(FilePassage(text=p.text, supports=tuple(s.id for s in p.supports), not_supports=tuple(number[id(d)] for d in p.dismissed)) for p in reading.passages)
    return FileArticle(**_fields(reading.article), passages=passages)


def _support(reading: SupportReading) -> FileSupport:
    return FileSupport(
        **_fields(reading.support) | {"see_also": tuple(s.id for s in reading.see_also)},
        supersedes=tuple(s.id for s in reading.supersedes),
        criteria=reading.criteria,
        questions=tuple(q.id for q in reading.questions),
        asks=reading.asks,
        examples=tuple(FileExample(scenario=e.scenario.id, verdict=e.verdict) for e in reading.examples),
    )


def _fields(entry: Entry) -> dict[str, Any]:
    """The entry's own fields, as they are."""
    return {name: getattr(entry, name) for name in type(entry).model_fields}
