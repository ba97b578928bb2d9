"""What the engine's enums are called in Chinese, for the report and for the screens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from eligibility.assessment import Outcome, Verdict
from eligibility.profile import Origin
from eligibility.rulebook.models import Beneficiary, Strength
from eligibility.standing import Stand


@dataclass(frozen=True, slots=True)
class Label:
    """A name and what it means in one line. `symbol` tells it apart in black and white; the report's fonts have it."""

    name: str
    explanation: str
    symbol: str = ""


VERDICTS: Mapping[Verdict, Label] = {
    Verdict.MATCHED: Label("现在就对应", "文件写明的条件，按您的回答全部满足", "●"),
    Verdict.OPEN: Label("还差一项信息", "还有题没有回答，或者文件把标准留给部门判断，要先问清", "○"),
    Verdict.NEAR: Label("补一个条件就对应", "现在不满足，但缺的是企业可以补上的", "◐"),
    Verdict.EXCLUDED: Label("不对应", "按您的回答，文件写明的条件不满足", "×"),
}

STRENGTHS: Mapping[Strength, Label] = {
    Strength.DIRECT: Label("直接支持", "受益人自己可以申请或享受"),
    Strength.SERVICE: Label("对接服务", "要通过银行、高校、平台、活动等得到，或者是谁用谁受益的公共服务"),
    Strength.INDIRECT: Label("间接受益", "文件是写给别人的，或者只是努力方向，可能有好处"),
}

BENEFICIARIES: Mapping[Beneficiary, Label] = {
    Beneficiary.COMPANY: Label("企业", "支持给企业"),
    Beneficiary.PERSON: Label("个人", "支持给个人，不是给企业"),
    Beneficiary.TEAM: Label("团队", "支持给团队或项目"),
    Beneficiary.PLATFORM_OPERATOR: Label("平台建设运营方", "支持给建设、运营平台的一方，不是给入驻或使用的一方"),
    Beneficiary.INSTITUTION: Label("高校院所金融机构等机构", "支持给高校、科研院所、金融机构、学会等机构"),
}

OUTCOMES: Mapping[Outcome, Label] = {
    Outcome.MET: Label("满足", "按您的回答，这一条满足", "✓"),
    Outcome.OPEN: Label("还不知道", "缺回答，或者要由部门判断", "○"),
    Outcome.FAILED: Label("不满足", "按您的回答，这一条不满足", "×"),
}

STANDS: Mapping[Stand, Label] = {
    Stand.HELD: Label("有", "您填的是已有，或者按您的回答就是"),
    Stand.LIKELY: Label("很可能符合", "按您填的数字，自检的条件全部满足；是不是，由认定机构定"),
    Stand.UNLIKELY: Label("还不符合", "按您填的数字，自检的条件有不满足的；是不是，由认定机构定"),
    Stand.OPEN: Label("还不能说", "自检要的数字没有填全"),
    Stand.NOT: Label("没有", "按您的回答没有，也没有自检"),
}

ORIGINS: Mapping[Origin, Label] = {
    Origin.DECLARED: Label("自填", "自己填报，没有核验"),
    Origin.SEEN: Label("已看到证照", "看到过证照或编号"),
    Origin.LEDGER: Label("来自台账", "从台账导入，没有核验"),
}
