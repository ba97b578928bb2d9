"""What an impact is called in Chinese: the sentences that its text, its workbook and the screens have in common."""

from __future__ import annotations

import re
from collections.abc import Mapping

from eligibility.advice import quoted
from eligibility.assessment import Outcome, Reason, Verdict
from eligibility.impact import Cause, Impact, Tally, VerdictChange
from eligibility.profile import AnswerProblem
from eligibility.report.labels import BENEFICIARIES, OUTCOMES, STRENGTHS, VERDICTS
from eligibility.report.overrides import override_words
from eligibility.rulebook.changes import EntryChange, FieldChange, How, Sort

SORTS: Mapping[Sort, str] = {"support": "支持", "status": "身份", "question": "题目", "agency": "机构", "policy": "文件", "article": "条文", "notice": "提醒"}
HOWS: Mapping[How, str] = {How.ADDED: "新增", How.CHANGED: "修改", How.REMOVED: "取消"}
NOTHING = "（没有）"

# A long text that was changed in one place is shown around that place.
_LONG, _CONTEXT = 60, 2
_CLAUSE = re.compile(r"[^，；：。]*[，；：。]|[^，；：。]+$")

# Fields that no entry here calls by these names keep the name that the editor wrote.
_FIELDS: Mapping[str, str] = {
    "title": "名称",
    "name": "名称",
    "short": "简称",
    "text": "文字",
    "gives": "给什么",
    "sources": "出处和原文",
    "wording": "原文用词",
    "strength": "力度",
    "beneficiary": "受益人",
    "eligible_if": "条件",
    "agencies": "责任单位",
    "contact": "先联系",
    "contacts": "联系方式",
    "local": "当地窗口",
    "instead": "改找哪个机构",
    "serves": "管哪些地方",
    "printed": "文件里的名称",
    "basis": "今名的依据",
    "not_stated": "文件没有写的",
    "prepare": "要准备的",
    "note": "容易误解的地方",
    "see_also": "相关的支持",
    "superseded_by": "被哪一项取代",
    "holds_if": "怎样算有",
    "attainable_if": "什么时候可以争取",
    "likely_if": "自检的条件",
    "next_step": "怎样取得",
    "defined_by": "定义的出处",
    "renew_months": "有效几个月",
    "suggest": "建议争取",
    "recognised_by": "认定机构",
    "look_up": "去哪里查",
    "valid": "有效期",
    "says": "条件里的说法",
    "says_not": "条件反面的说法",
    "section": "小节",
    "help": "说明",
    "purpose": "用途",
    "options": "选项",
    "none_label": "“一个都没有”的说法",
    "unit": "单位",
    "whole": "只能是整数",
    "min": "下限",
    "max": "上限",
    "changes": "企业自己能不能改变",
    "asked_if": "什么时候问",
    "evidence": "证明材料",
    "aliases": "其他叫法",
    "issued": "印发日期",
    "issued_by": "印发机关",
    "effective": "施行日期",
    "reviewed": "核对日期",
    "number": "文号",
    "caution": "提醒",
    "heading": "标题",
    "chapter": "部分",
    "responsible": "责任单位的括注",
    "when": "什么时候提醒",
}
_VALUES: Mapping[str, str] = {**{k.value: v.name for k, v in STRENGTHS.items()}, **{k.value: v.name for k, v in BENEFICIARIES.items()}}


def field(change: FieldChange, sort: Sort) -> str:
    """What a field is called."""
    if change.field == "kind":
        return "类别" if sort == "support" else "题型"
    return _FIELDS.get(change.field, change.field)


def value(change: FieldChange, text: str) -> str:
    """What stood, or stands, in a field."""
    return (_VALUES.get(text, text) if change.field in ("strength", "beneficiary") else text) or NOTHING


def verdict(found: Verdict | None) -> str:
    """A verdict by its name."""
    return VERDICTS[found].name if found else "没有这项支持"


def apart(before: str, after: str) -> tuple[str, str]:
    """Two texts reduced to where they differ, if they are long: by clauses, with a little of what stands before."""
    if max(len(before), len(after)) <= _LONG:
        return before, after
    one, other = _CLAUSE.findall(before), _CLAUSE.findall(after)
    shorter = min(len(one), len(other))
    start = next((n for n in range(shorter) if one[n] != other[n]), shorter)
    end = next((n for n in range(shorter - start) if one[-1 - n] != other[-1 - n]), shorter - start)
    first = max(0, start - _CONTEXT)
    return _between(one, first, len(one) - end), _between(other, first, len(other) - end)


def _between(clauses: list[str], first: int, last: int) -> str:
    return f"{'……' if first else ''}{''.join(clauses[first:last])}{'……' if last < len(clauses) else ''}"


def turn(change: VerdictChange) -> str:
    """From which verdict to which."""
    return f"{verdict(change.before)} → {verdict(change.after)}"


def causes(change: VerdictChange) -> str:
    """Why a verdict changes, in one sentence."""
    came = "这项支持是新增的。" if change.before is None else "这项支持取消了。" if change.after is None else ""
    return came + "；".join(cause(c, change) for c in change.causes) + "。"


def otherwise(change: VerdictChange) -> str:
    """What an advisor decided on a support whose verdict changes; empty where nobody did."""
    return override_words(change.override, change.after) if change.override else ""


def cause(found: Cause, change: VerdictChange) -> str:
    """One criterion before and after, and what stands behind the difference."""
    before, after = found.before, found.after
    if before and after:
        one, other = apart(before.criterion, after.criterion)
        said = f"条件“{after.criterion}”" if before.criterion == after.criterion else f"条件由“{one}”改为“{other}”"
        said += f"：{_outcome(before)} → {_outcome(after)}"
    elif after:
        said = f"{'条件' if change.before is None else '新加的条件'}“{after.criterion}”：{_outcome(after)}"
    else:
        assert before is not None
        said = f"{'条件' if change.after is None else '去掉的条件'}“{before.criterion}”：原来{_outcome(before)}"
    behind = [f"{SORTS[c.sort]}{quoted(c.name)}有{HOWS[c.how]}" for c in found.behind]
    unread = [f"新规则用不上“{p.question}”这个回答" for p in found.unread]
    return said + (f"（{'，'.join([*behind, *unread])}）" if behind or unread else "")


def _outcome(reason: Reason) -> str:
    mend = "，能补上" if reason.outcome is Outcome.FAILED and reason.steps else ""
    return OUTCOMES[reason.outcome].name + mend


def unread(problem: AnswerProblem) -> str:
    """An answer that the new rulebook cannot use."""
    return f"{problem.what}。{problem.remedy}"


def headline(impact: Impact) -> str:
    """The one sentence: how many companies, of how many, are touched."""
    asked = len(impact.companies)
    touched = len(impact.touched)
    if not touched:
        return f"{asked} 家企业的结论都不变。"
    better = sum(any(v.better for v in c.verdicts) for c in impact.touched)
    worse = sum(any(not v.better for v in c.verdicts) for c in impact.touched)
    unread_ = sum(bool(c.unread) for c in impact.touched)
    told = [f"{better} 家有变好的支持", f"{worse} 家有变差的支持", f"{unread_} 家有回答在新规则里用不上"]
    return f"{asked} 家企业里，{touched} 家有变化：{'，'.join(t for t, n in zip(told, (better, worse, unread_), strict=True) if n)}。"


def tally(found: Tally) -> str:
    """One support's totals."""
    told = []
    if found.better:
        told.append(f"变好 {found.better} 家（其中新对应 {found.newly_matched} 家）")
    if found.worse:
        told.append(f"变差 {found.worse} 家（其中不再对应 {found.no_longer_matched} 家）")
    return "，".join(told)


def counted(changes: tuple[EntryChange, ...], sort: Sort) -> str:
    """How many entries of a sort were added, changed and removed."""
    told = [f"{name} {n} 处" for how, name in HOWS.items() if (n := sum(c.sort == sort and c.how is how for c in changes))]
    return "，".join(told) or "没有变化"
