"""What other programs read: the shape of an assessment and of the list of questions, as plain data.

`export` fills these shapes, and the type checker holds it to them; the description of the API is made from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema
from typing_extensions import TypedDict  # pydantic reads typing's own only from Python 3.12 on

from eligibility.assessment import Outcome, Verdict
from eligibility.rulebook.models import Beneficiary, Contact, Strength
from eligibility.standing import Stand


@dataclass(frozen=True)
class Dumped:
    """Plain data as a model, an enumeration or a date becomes when it is written as JSON."""

    of: Any

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Pydantic's interface."""
        return handler.generate_schema(self.of)


Day = Annotated[str, Dumped(date)]


class PolicyData(TypedDict):
    """A document."""

    id: Annotated[str, Field(description="文件的编号")]
    title: Annotated[str, Field(description="文件名称")]
    issued: Annotated[Day, Field(description="发布日期")]
    effective: Annotated[Day | None, Field(description="施行日期；null：没有另写")]
    reviewed: Annotated[Day, Field(description="最近一次核对的日期")]
    number: Annotated[str | None, Field(description="文号；null：没有文号")]
    issued_by: Annotated[str, Field(description="发文单位")]


class VersionData(TypedDict):
    """The version of the rules behind a result."""

    version: Annotated[str, Field(description="版本和内容指纹的开头")]
    title: Annotated[str, Field(description="规则库的名称")]
    reviewed: Annotated[Day, Field(description="整个规则库最近一次核对的日期")]
    fingerprint: Annotated[str, Field(description="规则内容的 SHA-256，全长")]
    policies: Annotated[list[PolicyData], Field(description="文件")]


class StepData(TypedDict):
    """One of the things to do first."""

    kind: Annotated[Literal["contact", "change", "answer"], Field(description="contact 去联系，change 补一个条件，answer 先弄清一件事")]
    text: Annotated[str, Field(description="做什么")]
    supports: Annotated[list[str], Field(description="关系到的支持的编号")]


class MilestoneData(TypedDict):
    """A step of the plan."""

    text: Annotated[str, Field(description="做什么")]
    says: Annotated[str, Field(description="做到了能打开什么")]
    opens: Annotated[list[str], Field(description="能打开的支持的编号")]
    after: Annotated[list[str], Field(description="最好先有的身份的编号")]


class RenewalData(TypedDict):
    """A paper that runs out."""

    status: Annotated[str, Field(description="身份的编号")]
    number: Annotated[str | None, Field(description="证书编号；null：没有写")]
    until: Annotated[Day, Field(description="有效到哪一天")]


class IndicatorData(TypedDict):
    """One figure of a score."""

    name: Annotated[str, Field(description="指标的名称")]
    low: Annotated[float, Field(description="按现有回答，至少得几分")]
    high: Annotated[float, Field(description="按现有回答，至多得几分")]
    most: Annotated[float, Field(description="满分")]
    parts: Annotated[list[IndicatorData], Field(description="组成它的指标")]


class ScoreData(IndicatorData):
    """A score and what it has to reach."""

    mark: Annotated[float | None, Field(description="要达到几分；null：没有一个总分线")]


class StandingData(TypedDict):
    """How the company stands to a status."""

    id: Annotated[str, Field(description="身份的编号")]
    name: Annotated[str, Field(description="身份的名称")]
    stand: Annotated[str, Dumped(Stand), Field(description="held 已有，likely 按数字很可能符合，unlikely 还不符合，open 还不能说，not 没有")]
    score: Annotated[ScoreData | None, Field(description="打分的明细；null：不打分")]
    missing: Annotated[list[str], Field(description="还差的题目编号")]
    gap: Annotated[list[str] | None, Field(description="自检还差什么；null：已有，或者说不出最少要改的")]
    turning_points: Annotated[list[str], Field(description="哪个数字变到多少就不再满足")]


class SourceData(TypedDict):
    """Where a support is written."""

    policy: Annotated[str, Field(description="文件的编号")]
    article: Annotated[str, Field(description="条")]
    label: Annotated[str, Field(description="文件和条，写成一句")]
    quote: Annotated[str, Field(description="原话，一字不差")]


class DoorData(TypedDict):
    """Whom to contact."""

    id: Annotated[str, Field(description="机构的编号")]
    name: Annotated[str, Field(description="今天的全称")]
    printed_as: Annotated[str, Field(description="文件里印的名称")]
    role: Annotated[Literal["first", "responsible"], Field(description="first 先找它，responsible 文件列为责任单位")]
    local: Annotated[str | None, Field(description="企业所在地的窗口；null：没有，或者不知道在哪里")]
    contacts: Annotated[list[Annotated[dict[str, Any], Dumped(Contact)]], Field(description="官网和公开热线")]
    checked: Annotated[Day, Field(description="联系方式最近一次核对的日期")]


class GivenData(TypedDict):
    """An answer behind a reason."""

    question: Annotated[str, Field(description="题目编号")]
    answer: Annotated[str, Field(description="回答，用话说")]


class ReasonData(TypedDict):
    """One condition, and how it turned out."""

    criterion: Annotated[str, Field(description="条件，用话说")]
    outcome: Annotated[str, Dumped(Outcome), Field(description="met 满足，open 还不知道，failed 不满足")]
    given: Annotated[list[GivenData], Field(description="依据的回答")]
    missing: Annotated[list[str], Field(description="还差的题目编号")]
    asks: Annotated[list[str], Field(description="文件没有写明、要问部门的话")]
    steps: Annotated[list[str], Field(description="不满足时能做什么；空的：做不了什么")]
    defined_by: Annotated[list[str], Field(description="这个身份由哪些办法认定")]


class SupportData(TypedDict):
    """One support for the company."""

    id: Annotated[str, Field(description="支持的编号")]
    title: Annotated[str, Field(description="名称")]
    gives: Annotated[str, Field(description="给什么")]
    verdict: Annotated[str, Dumped(Verdict), Field(description="matched 现在就对应，open 还差一项信息，near 补一个条件就对应，excluded 不对应")]
    strength: Annotated[str, Dumped(Strength), Field(description="direct 直接支持，service 对接服务，indirect 间接受益")]
    kind: Annotated[str, Field(description="类别的编号")]
    beneficiary: Annotated[str, Dumped(Beneficiary), Field(description="给谁：company 企业，person 个人，team 团队，platform_operator 办平台的，institution 机构")]
    wording: Annotated[str, Field(description="原文里表示力度的动词")]
    sources: Annotated[list[SourceData], Field(description="写在哪里")]
    agencies: Annotated[list[DoorData], Field(description="找谁")]
    reasons: Annotated[list[ReasonData], Field(description="一条一条的条件")]
    missing: Annotated[list[str], Field(description="还差的题目编号")]
    asks: Annotated[list[str], Field(description="要问部门的话")]
    steps: Annotated[list[str], Field(description="还差什么条件")]
    changes: Annotated[list[str] | None, Field(description="最少要改的；null：不是 near，或者说不出")]
    unverified: Annotated[int, Field(description="没有核验的回答数")]
    to_ask: Annotated[str, Field(description="可以这样问部门")]
    prepare: Annotated[list[str], Field(description="要准备什么")]
    not_stated: Annotated[list[str], Field(description="文件没有写的")]
    note: Annotated[str | None, Field(description="说明；null：没有")]
    caution: Annotated[str | None, Field(description="先要知道的；null：没有")]
    see_also: Annotated[list[str], Field(description="说的事有重叠的其他支持")]
    superseded_by: Annotated[str | None, Field(description="被哪一项取代；null：没有")]
    supersedes: Annotated[list[str], Field(description="取代了哪些")]


class AssessmentData(TypedDict):
    """Every support of the rulebook for one company on one day."""

    rulebook: Annotated[VersionData, Field(description="用的哪一版规则")]
    on: Annotated[Day, Field(description="按哪一天判断")]
    answers: Annotated[dict[str, Any], Field(description="用上的回答")]
    counts: Annotated[dict[str, int], Field(description="每种结果有几项")]
    notices: Annotated[list[str], Field(description="要先知道的话")]
    first_steps: Annotated[list[StepData], Field(description="先做这几件事")]
    plan: Annotated[list[MilestoneData], Field(description="先做哪几步，能打开最多")]
    renewals: Annotated[list[RenewalData], Field(description="资质到期的日子")]
    statuses: Annotated[list[StandingData], Field(description="每一种身份")]
    supports: Annotated[list[SupportData], Field(description="规则库里的每一项支持，排在前面的更值得先看")]


class ProblemData(TypedDict):
    """An answer that was not used."""

    question: Annotated[str, Field(description="题目编号，照来信写的")]
    what: Annotated[str, Field(description="错在哪里")]
    remedy: Annotated[str, Field(description="怎样改")]


class OptionData(TypedDict):
    """An option of a question."""

    id: Annotated[str, Field(description="选项编号")]
    name: Annotated[str, Field(description="选项名称")]


class QuestionData(TypedDict):
    """A question with the answers that it takes."""

    id: Annotated[str, Field(description="题目编号")]
    section: Annotated[str, Field(description="属于哪一节")]
    text: Annotated[str, Field(description="题目")]
    help: Annotated[str | None, Field(description="题目下面的说明；null：没有")]
    kind: Annotated[Literal["choice", "choices", "number", "yes_no", "date", "month", "text"], Field(description="choice 单选，choices 多选，其余按名称")]
    purpose: Annotated[Literal["eligibility", "ordering", "record"], Field(description="eligibility 决定是否符合，ordering 只排先后，record 只做记录")]
    unit: Annotated[str | None, Field(description="数字的单位；null：不是数字题")]
    whole: Annotated[bool, Field(description="只能是整数")]
    min: Annotated[float | None, Field(description="数字的下限；null：不是数字题")]
    max: Annotated[float | None, Field(description="数字的上限；null：没有")]
    options: Annotated[list[OptionData], Field(description="可以选的；空的：不是选择题")]
    look_up: Annotated[str | None, Field(description="不清楚时去哪里查；null：没有")]
