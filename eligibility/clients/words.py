"""What is kept of a client, in words: stored answers of any age, and details."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eligibility.clients.records import Detail, Stage, Via
from eligibility.compiled import compiled
from eligibility.profile import AnswerProblem, Profile, question_of, read_profile, says_unknown
from eligibility.report.labels import ORIGINS
from eligibility.report.wording import paper
from eligibility.rulebook.book import Rulebook

DETAILS: Mapping[Detail, str] = {Detail.NAME: "名称", Detail.NOTES: "备注", Detail.TAGS: "标签", Detail.STAGE: "状态"}
STAGES: Mapping[Stage, str] = {Stage.ACTIVE: "服务中", Stage.PAUSED: "暂停", Stage.CLOSED: "已结束"}
VIAS: Mapping[Via, str] = {Via.DESK: "在这里填的", Via.CLIENT_FILE: "企业发回的文件", Via.LEDGER: "台账"}
SERVED = "状态是“服务中”和“暂停”的都算，“已结束”的不算。"
NOBODY_SERVED = "客户档案里还没有服务中的企业。"
NOTHING = "（没有回答）"
EMPTY = "（空）"
_RAW = 60  # characters of a value that nobody can read


def question_name(id_: str, rulebook: Rulebook) -> str:
    """What a stored answer is an answer to. A question that there is no more goes by its id."""
    question = question_of(id_, rulebook.questions)
    return question.short if question else f"已取消的题“{id_}”"


def answer_words(id_: str, value: Any, rulebook: Rulebook) -> str:
    """A stored answer with everything that is known of it; one that today's rules cannot read as it stands there."""
    if value is None:
        return NOTHING
    if says_unknown(value):
        return "不清楚"
    profile, problems = read_profile({id_: value}, rulebook.questions)
    if problems or not profile.answers:
        return f"{raw(value)}（现在的规则读不了）"
    (question,) = profile.answers
    return given_words(question, profile, rulebook)


def raw(value: Any) -> str:
    """A stored answer as it stands there, for want of words."""
    text = str(value)
    return text if len(text) <= _RAW else f"{text[:_RAW]}……"


def problem_words(problem: AnswerProblem, rulebook: Rulebook) -> str:
    """What of an answer could not be used, under the name of its question; what belongs to no question, as it is named there."""
    question = question_of(problem.question, rulebook.questions)
    return f"{question.short if question else problem.question}：{problem.what}。{problem.remedy}"


def given_words(question: str, profile: Profile, rulebook: Rulebook) -> str:
    """An answer of a profile, where it comes from if it is more than the company's own word, and its papers."""
    said = compiled(rulebook).words.answer(question, profile.answers.get(question), question in profile.estimates)
    known = [f"{rulebook.questions[question].option[option].name}：{'，'.join(paper(found))}" for (asked, option), found in profile.certificates.items() if asked == question]
    source = [ORIGINS[profile.origins[question]].name] if question in profile.origins else []
    more = "；".join([*known, *source])
    return f"{said}（{more}）" if more else said


def detail_words(detail: Detail, value: str | list[str] | None) -> str:
    """A detail as its history holds it."""
    if not value:
        return EMPTY
    if isinstance(value, list):
        return "、".join(value)
    return STAGES[Stage(value)] if detail is Detail.STAGE else value
