"""The rulebook: what policy people write in `rules/`, as frozen models.

Nothing here knows a company. Field descriptions are in Chinese where a policy editor meets them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from eligibility.logic.expressions import Expression

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$")]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class Entry(BaseModel):
    """What all entries share: frozen, and no key that the entry does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Strength(StrEnum):
    """How strong the document's promise is. Never mixed with the verdict."""

    DIRECT = "direct"  # the beneficiary itself applies or enjoys it
    SERVICE = "service"  # through a bank, a university, a platform, an event
    INDIRECT = "indirect"  # addressed to somebody else; may help


class Beneficiary(StrEnum):
    """Who receives the support."""

    COMPANY = "company"
    PERSON = "person"
    TEAM = "team"
    PLATFORM_OPERATOR = "platform_operator"
    INSTITUTION = "institution"


class Article(Entry):
    """One article of a document, verbatim."""

    id: Text = Field(description="条、项的序号：一、二……；不编号的部分写“前言”“结语”“通知”")
    numbered: bool = Field(default=True, description="前言、结语之类不编号的部分写 false")
    chapter: Text | None = Field(default=None, description="所在部分的标题")
    heading: Text | None = Field(default=None, description="本条标题")
    text: Text = Field(description="正文，一字不改")
    responsible: Text | None = Field(default=None, description="责任单位的括注，一字不改")
    agencies: tuple[Id, ...] = Field(default=(), description="责任单位，按印出的先后")


class Policy(Entry):
    """One document."""

    id: Id
    title: Text
    short: Text = Field(description="卡片和表格里用的简称")
    issued_by: Text
    issued: date
    number: str | None = Field(description="文号；底本上没有就写 null")
    article_label: str = Field(description="怎样称呼一条：第{}条、第{}项")
    caution: str | None = Field(default=None, description="每项支持上都要带的提醒")
    sentence_end: str = Field(default="。", description="一句话以什么结束")
    fillers: tuple[Text, ...] = Field(default=(), description="责任单位括注里不是机构名的词")
    articles: tuple[Article, ...]

    @cached_property
    def by_id(self) -> Mapping[str, Article]:
        """Articles by their number."""
        return {a.id: a for a in self.articles}

    def cite(self, article: str) -> str:
        """The article's place, as readers name it: 2024 年《若干措施》第五条."""
        return f"{self.short}{self.label(article)}"

    def label(self, article: str) -> str:
        """第五条, 第十七项, or the bare name of an unnumbered part."""
        return self.article_label.format(article) if self.by_id[article].numbered else article


class Source(Entry):
    """Where a support stands: found in that article to the character, or the rulebook does not load."""

    policy: Id
    article: Text
    quote: Text


class Support(Entry):
    """One measure that somebody can get."""

    id: Id
    title: Text = Field(description="一句话说清是什么，以动词开头")
    gives: Text = Field(description="给什么；只写文件写了的")
    sources: tuple[Source, ...] = Field(min_length=1, description="出处和原文；两份文件都有的写两处，2024 年在前")
    wording: Text = Field(description="原文里表示力度的动词：保障、支持、鼓励、引导……")
    strength: Strength
    kind: Id
    beneficiary: Beneficiary
    eligible_if: Expression
    not_stated: tuple[Text, ...] = Field(default=(), description="文件没有写的：额度、条件、申报时间、申报入口……")
    contact: Id | None = Field(default=None, description="先联系哪个责任单位；不写就是印在第一的")
    prepare: tuple[Text, ...] = Field(default=(), description="条件以外还要准备的，只写原文提到的")
    note: Text | None = Field(default=None, description="容易误解的地方")

    # Words that invite or intend. What they introduce is no entitlement, so never `direct`.
    SOFT: tuple[str, ...] = ("鼓励", "引导", "探索", "争取", "推动", "提倡")

    @model_validator(mode="after")
    def _soft_words_promise_nothing(self) -> Support:
        if self.strength is Strength.DIRECT and self.wording in self.SOFT:
            raise PydanticCustomError("soft", f"原文用词是“{self.wording}”，不能标 direct（直接支持）；应为 service 或 indirect")
        return self


class NotSupport(Entry):
    """A passage that gives nothing to anybody who fills in the questionnaire, and why."""

    policy: Id
    article: Text
    quote: Text
    reason: Literal["internal", "penalty", "preamble", "goal", "formality"]
    why: Text


REASONS: Mapping[str, str] = {
    "internal": "政府部门的内部工作",
    "penalty": "监管与惩戒",
    "preamble": "目的、依据和号召",
    "goal": "工作目标，没有给任何人支持",
    "formality": "发文格式",
}


class Kind(Entry):
    """What a support is about; also a choice of the question that orders results."""

    id: Id
    name: Text


class Option(Entry):
    """One choice of a question."""

    id: Id
    name: Text
    evidence: Text | None = Field(default=None, description="什么材料能证明")


class Question(Entry):
    """One thing that may be asked. Every question can be left unanswered: that is "not known", never "no"."""

    id: Id
    section: Text
    text: Text
    short: Text = Field(description="几个字的叫法，用在“您填的”和答案清单里")
    says: Text = Field(default="{}", description="条件里怎样说，{} 处填选项或“不少于 20 人”")
    says_not: Text = Field(default="不是{}", description="条件的反面怎样说")
    help: Text | None = None
    kind: Literal["choice", "choices", "number", "yes_no", "date", "month", "text"]
    purpose: Literal["eligibility", "ordering", "record"] = "eligibility"
    options: tuple[Option, ...] = ()
    none_label: Text | None = Field(default=None, description="多选题里“一个都没有”的说法")
    unit: Text | None = None
    whole: bool = Field(default=False, description="只能是整数")
    min: float = 0
    max: float | None = Field(default=None, description="数字题的上限，超过就当填错")
    max_length: int = 80
    changes: Literal["never", "grow", "lose"] = Field(default="never", description="企业自己能不能改变：grow 能增加，lose 能去掉（如移出名录）")
    asked_if: Expression | None = Field(default=None, description="只对记录用的题：什么时候问")
    evidence: Text | None = Field(default=None, description="什么材料能证明")
    look_up: Text | None = Field(default=None, description="不清楚时去哪里查")

    @model_validator(mode="after")
    def _complete(self) -> Question:
        if self.kind in ("choice", "choices") and not self.options:
            raise PydanticCustomError("no_options", "选择题要有 options")
        if self.kind == "number" and (self.unit is None or self.max is None):
            raise PydanticCustomError("no_unit", "数字题要有 unit（单位）和 max（上限）")
        if self.asked_if is not None and self.purpose != "record":
            raise PydanticCustomError("asked_if", "asked_if 只用于 purpose: record；其他题什么时候问由条件推出")
        return self

    @cached_property
    def option(self) -> Mapping[str, Option]:
        """Choices by id."""
        return {o.id: o for o in self.options}


class WayIn(Entry):
    """A class of users that the first screen greets by name. Choosing it saves answers, it never decides anything.

    `answers` follow from the choice and count as given (all stay editable). `suggests` are only pre-selected: the
    question is still asked, because the choice says nothing of the other options.
    Both hold question id → value, in the form of an ANSWERS file.
    """

    id: Id
    name: Text
    text: Text
    answers: Mapping[Id, Any] = Field(default_factory=dict)
    suggests: Mapping[Id, Any] = Field(default_factory=dict)


class Status(Entry):
    """A class that documents name: a title that a body grants, or what follows from the answers."""

    id: Id
    name: Text
    says: Text = Field(default="是{}", description="条件里怎样说，{} 处填名称")
    says_not: Text = Field(default="不是{}", description="条件的反面怎样说")
    holds_if: Expression
    attainable_if: Expression | None = Field(default=None, description="什么时候可以建议去取得；不写就看 holds_if 里的各项企业能不能改变")
    suggest: bool = Field(default=True, description="没有时能不能建议企业去争取；false 就从不建议")
    next_step: Text | None = Field(default=None, description="怎样取得，一句话")
    defined_by: Text | None = Field(default=None, description="定义出自哪份文件哪一条")
    recognised_by: Text | None = None
    look_up: Text | None = None
    valid: Text | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _step_goes_with_attainable(self) -> Status:
        if (self.attainable_if is None) != (self.next_step is None):
            raise PydanticCustomError("next_step", "attainable_if 和 next_step 要么都写，要么都不写")
        return self


class Notice(Entry):
    """Something that a company in this situation must know whatever it applies for."""

    id: Id
    when: Expression
    text: Text
    sources: tuple[Source, ...] = ()


class Contact(Entry):
    """An official site or a public hotline. Never a person, never an address of our own finding."""

    kind: Literal["site", "hotline"]
    value: Text
    label: Text | None = None


class Agency(Entry):
    """A body: the name that each document prints, and today's."""

    id: Id
    name: Text
    printed: Mapping[str, tuple[Text, ...]] = Field(default_factory=dict)
    basis: Text | None = Field(default=None, description="今名的依据")
    serves: tuple[Id, ...] = Field(default=(), description="只管哪些地方；不写就是都管")
    instead: Mapping[Id, Id] = Field(default_factory=dict, description="哪个地方的企业改找哪个机构")
    local: Mapping[str, Text] = Field(default_factory=dict, description="当地窗口：地方 → 名称；“*”是其余各地，{} 处填地名")
    contacts: tuple[Contact, ...] = ()


class AgencyList(Entry):
    """`rules/agencies.yaml`."""

    checked: date = Field(description="联系方式的核对日期")
    place: Id = Field(description="哪一道题说明企业在哪里")
    no_local: tuple[Id, ...] = Field(default=(), description="“*”不适用的地方")
    fallback: Contact = Field(description="没有自己的联系方式的机构，用这个")
    agencies: tuple[Agency, ...]
