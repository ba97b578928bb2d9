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

    id: Id = Field(description="文件的编号，写定后不改")
    title: Text = Field(description="全称，不加书名号")
    short: Text = Field(description="卡片和表格里用的简称")
    issued_by: Text = Field(description="印发机关")
    issued: date = Field(description="印发日期")
    effective: date | None = Field(default=None, description="施行日期；文件没有写就写 null，不要推算")
    reviewed: date = Field(description="最近一次逐句核对这份文件和它的规则的日期；隔得比 rulebook.yaml 的 review_every 久，就在结果上提醒先打电话核实")
    number: str | None = Field(description="文号；底本上没有就写 null")
    article_label: str = Field(description="怎样称呼一条：第{}条、第{}项")
    caution: str | None = Field(default=None, description="每项支持上都要带的提醒")
    sentence_end: str = Field(default="。", description="一句话以什么结束")
    fillers: tuple[Text, ...] = Field(default=(), description="责任单位括注里不是机构名的词")
    articles: tuple[Article, ...] = Field(description="全文，一条一段，按先后")

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

    policy: Id = Field(description="哪份文件：policies/ 里的编号")
    article: Text = Field(description="哪一条：那份文件里的序号")
    quote: Text = Field(description="原文，连续的一段，一字不差")


class Support(Entry):
    """One measure that somebody can get."""

    id: Id = Field(description="编号：文件-条-名称；写定后不改")
    title: Text = Field(description="一句话说清是什么，以动词开头")
    gives: Text = Field(description="给什么；只写文件写了的")
    sources: tuple[Source, ...] = Field(min_length=1, description="出处和原文；两份文件都有的写两处，2024 年在前")
    wording: Text = Field(description="原文里表示力度的动词：保障、支持、鼓励、引导……")
    strength: Strength = Field(description="力度：direct 自己能申请或享受；service 通过银行、高校、平台、活动等得到；indirect 原文是说给别人听的，可能有好处")
    kind: Id = Field(description="类别，见 kinds.yaml")
    beneficiary: Beneficiary = Field(description="谁受益：company 企业，person 个人，team 未登记的团队，platform_operator 平台建设运营方，institution 高校、银行等机构")
    eligible_if: Expression = Field(description="条件：原文说多少写多少，写法见 rules/README.md")
    not_stated: tuple[Text, ...] = Field(default=(), description="文件没有写的：额度、条件、申报时间、申报入口……")
    contact: Id | None = Field(default=None, description="先联系哪个责任单位；不写就是印在第一的")
    prepare: tuple[Text, ...] = Field(default=(), description="条件以外还要准备的，只写原文提到的")
    note: Text | None = Field(default=None, description="容易误解的地方")
    see_also: tuple[Id, ...] = Field(default=(), description="说的事有重叠的其他支持；只写一边，另一边由程序补上")
    superseded_by: Id | None = Field(default=None, description="被哪一项取代；文件明说取代、废止才写")


class NotSupport(Entry):
    """A passage that gives nothing to anybody who fills in the questionnaire, and why."""

    policy: Id = Field(description="哪份文件：policies/ 里的编号")
    article: Text = Field(description="哪一条：那份文件里的序号")
    quote: Text = Field(description="原文，连续的一段，一字不差")
    reason: Literal["internal", "penalty", "preamble", "goal", "formality"] = Field(
        description="internal 部门内部工作；penalty 监管与惩戒；preamble 目的、依据和号召；goal 工作目标；formality 发文格式"
    )
    why: Text = Field(description="为什么不是支持，一句话")


REASONS: Mapping[str, str] = {
    "internal": "政府部门的内部工作",
    "penalty": "监管与惩戒",
    "preamble": "目的、依据和号召",
    "goal": "工作目标，没有给任何人支持",
    "formality": "发文格式",
}


class Kind(Entry):
    """What a support is about; also a choice of the question that orders results."""

    id: Id = Field(description="类别的编号")
    name: Text = Field(description="用户看到的名称")


class Option(Entry):
    """One choice of a question."""

    id: Id = Field(description="选项的编号，条件里用它")
    name: Text = Field(description="用户看到的选项")
    formerly: tuple[Id, ...] = Field(default=(), description="改过编号的，写以前的编号：已经存下的回答照样读得出")
    evidence: Text | None = Field(default=None, description="什么材料能证明")
    number_pattern: Text | None = Field(default=None, description="证照编号常见的样子（正则表达式），不符只提醒")
    number_hint: Text | None = Field(default=None, description="证照编号常见的样子，用话说")
    aliases: tuple[Text, ...] = Field(default=(), description="台账和回答里的其他叫法，意思完全一样的才写")


class Question(Entry):
    """One thing that may be asked. Every question can be left unanswered: that is "not known", never "no"."""

    id: Id = Field(description="题目的编号，条件和答案里用它")
    formerly: tuple[Id, ...] = Field(default=(), description="改过编号的，写以前的编号：已经存下的回答照样读得出")
    section: Text = Field(description="属于哪一节；写在文件开头，一个文件一节")
    text: Text = Field(description="问句")
    short: Text = Field(description="几个字的叫法，用在“您填的”和答案清单里")
    says: Text = Field(default="{}", description="条件里怎样说，{} 处填选项或“不少于 20 人”")
    says_not: Text = Field(default="不是{}", description="条件的反面怎样说")
    help: Text | None = Field(default=None, description="题目下面的说明")
    kind: Literal["choice", "choices", "number", "yes_no", "date", "month", "text"] = Field(
        description="choice 单选，choices 多选，number 数字，yes_no 是否，date 日期，month 年月，text 文字"
    )
    purpose: Literal["eligibility", "ordering", "record"] = Field(default="eligibility", description="eligibility 决定是否符合；ordering 只排先后；record 只做记录")
    options: tuple[Option, ...] = Field(default=(), description="选择题的选项；写 kinds 就是 kinds.yaml 里的全部类别")
    none_label: Text | None = Field(default=None, description="多选题里“一个都没有”的说法")
    unit: Text | None = Field(default=None, description="数字题的单位：万元、人、件")
    whole: bool = Field(default=False, description="只能是整数")
    min: float = Field(default=0, description="数字题的下限")
    max: float | None = Field(default=None, description="数字题的上限，超过就当填错")
    identifier: Literal["uscc"] | None = Field(default=None, description="文字题：uscc 是统一社会信用代码，校验末位，带出所在地")
    max_length: int = Field(default=80, description="文字题最多几个字")
    changes: Literal["never", "grow", "lose"] = Field(default="never", description="企业自己能不能改变：grow 能增加，lose 能去掉（如移出名录）")
    asked_if: Expression | None = Field(default=None, description="只对记录用的题：什么时候问")
    evidence: Text | None = Field(default=None, description="什么材料能证明")
    look_up: Text | None = Field(default=None, description="不清楚时去哪里查")
    aliases: tuple[Text, ...] = Field(default=(), description="台账里这一列的其他叫法，意思完全一样的才写；不写单位")

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

    id: Id = Field(description="编号")
    name: Text = Field(description="用户看到的叫法")
    text: Text = Field(description="一句说明：怎样算这一类")
    answers: Mapping[Id, Any] = Field(default_factory=dict, description="选了它就能确定的回答：题目编号 → 回答")
    suggests: Mapping[Id, Any] = Field(default_factory=dict, description="只是预先选好、仍然要问的回答：题目编号 → 回答")


class Status(Entry):
    """A class that documents name: a title that a body grants, or what follows from the answers."""

    id: Id = Field(description="身份的编号，条件里写 {status: 编号}")
    name: Text = Field(description="身份的名称，照文件的叫法")
    says: Text = Field(default="是{}", description="条件里怎样说，{} 处填名称")
    says_not: Text = Field(default="不是{}", description="条件的反面怎样说")
    holds_if: Expression = Field(description="什么时候算有这个身份")
    attainable_if: Expression | None = Field(default=None, description="什么时候可以建议去取得；不写就看 holds_if 里的各项企业能不能改变")
    likely_if: Expression | None = Field(default=None, description="自检：按填的数字看很可能符合的条件；只有认定机构说了算")
    after: tuple[Id, ...] = Field(default=(), description="最好先有哪些身份")
    renew_months: int | None = Field(default=None, description="资质有效几个月，到期要重新办")
    suggest: bool = Field(default=True, description="没有时能不能建议企业去争取；false 就从不建议")
    next_step: Text | None = Field(default=None, description="怎样取得，一句话")
    defined_by: Text | None = Field(default=None, description="定义出自哪份文件哪一条")
    recognised_by: Text | None = Field(default=None, description="谁来认定")
    look_up: Text | None = Field(default=None, description="在哪里查是不是已经有了")
    valid: Text | None = Field(default=None, description="有效多久")
    note: Text | None = Field(default=None, description="容易误解的地方")

    @model_validator(mode="after")
    def _step_goes_with_attainable(self) -> Status:
        if (self.attainable_if is None) != (self.next_step is None):
            raise PydanticCustomError("next_step", "attainable_if 和 next_step 要么都写，要么都不写")
        return self


class Notice(Entry):
    """Something that a company in this situation must know whatever it applies for."""

    id: Id = Field(description="编号")
    when: Expression = Field(description="什么样的企业要看到它，写法同 eligible_if")
    text: Text = Field(description="写给用户的话")
    sources: tuple[Source, ...] = Field(default=(), description="出处和原文")


class Contact(Entry):
    """An official site or a public hotline. Never a person, never an address of our own finding."""

    kind: Literal["site", "hotline"] = Field(description="site 官网，hotline 公开热线")
    value: Text = Field(description="网址或号码；号码要加引号")
    label: Text | None = Field(default=None, description="热线的名称")


class Agency(Entry):
    """A body: the name that each document prints, and today's."""

    id: Id = Field(description="机构的编号")
    name: Text = Field(description="今天的全称")
    printed: Mapping[str, tuple[Text, ...]] = Field(default_factory=dict, description="每份文件里印的名称：文件编号 → 名称")
    basis: Text | None = Field(default=None, description="今名的依据")
    serves: tuple[Id, ...] = Field(default=(), description="只管哪些地方；不写就是都管")
    instead: Mapping[Id, Id] = Field(default_factory=dict, description="哪个地方的企业改找哪个机构")
    local: Mapping[str, Text] = Field(default_factory=dict, description="当地窗口：地方 → 名称；“*”是其余各地，{} 处填地名")
    contacts: tuple[Contact, ...] = Field(default=(), description="官网和公开热线；不写个人电话")


class AgencyList(Entry):
    """`rules/agencies.yaml`."""

    checked: date = Field(description="联系方式的核对日期")
    place: Id = Field(description="哪一道题说明企业在哪里")
    no_local: tuple[Id, ...] = Field(default=(), description="“*”不适用的地方")
    fallback: Contact = Field(description="没有自己的联系方式的机构，用这个")
    agencies: tuple[Agency, ...] = Field(description="全部机构")
