"""Entries that nothing refers to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from eligibility.logic.expressions import By, Compare, Expression, HasStatus, questions_of, walk
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.models import AgencyList, Entry, Kind, Question, Status
from eligibility.rulebook.problems import Problem


def unused(rulebook: Rulebook) -> Iterator[Problem]:
    """Questions, statuses, kinds and agencies that no support and no screen ever needs."""
    conditions = list(_conditions(rulebook))
    statuses = {part.status for c in conditions for part in walk(c) if isinstance(part, HasStatus)}
    # What leads to another status, and what can be checked for its own sake, is of use without a condition.
    statuses |= {s for status in rulebook.statuses.values() for s in (*status.after, *([status.id] if status.likely_if is not None or status.defined_by else []))}
    questions = {q for c in conditions for part in walk(c) for q in _questions(part)} | {rulebook.agency_list.place}
    kinds = {s.kind for s in rulebook.supports.values()}
    for question in rulebook.questions.values():
        if question.purpose == "eligibility" and question.id not in questions:
            yield _unused(rulebook, Question, question.id, "题目", "没有一个条件用到它，问了也不改变任何结果", "请删掉；只做记录的写 purpose: record。")
    for status in rulebook.statuses.values():
        if status.id not in statuses:
            yield _unused(rulebook, Status, status.id, "身份", "没有一个条件用到它", "请删掉，或在该用它的条件里写 {status: " + status.id + "}。")
    for kind in rulebook.kinds.values():
        if kind.id not in kinds:
            yield _unused(rulebook, Kind, kind.id, "类别", "没有一项支持属于它", "请删掉：用户选了它会什么也找不到。")
    yield from _unused_agencies(rulebook)


def _conditions(rulebook: Rulebook) -> Iterator[Expression]:
    """Every condition that is written anywhere."""
    yield from (s.eligible_if for s in rulebook.supports.values())
    yield from (n.when for n in rulebook.notices.values())
    yield from (q.asked_if for q in rulebook.questions.values() if q.asked_if is not None)
    for status in rulebook.statuses.values():
        yield from _of_status(status)


def _of_status(status: Status) -> Iterator[Expression]:
    for name in Status.model_fields:
        if name.endswith("_if") and (condition := getattr(status, name)) is not None:
            yield condition


def _questions(part: Expression) -> tuple[str, ...]:
    """The questions that this part reads itself."""
    match part:
        case By(by=id_):
            return (id_,)
        case Compare():
            return questions_of(part.number)
    answered = getattr(part, "answer", None)
    return (answered,) if answered is not None else ()


def _unused_agencies(rulebook: Rulebook) -> Iterator[Problem]:
    responsible = {a for p in rulebook.policies.values() for article in p.articles for a in article.agencies}
    instead: Mapping[str, tuple[str, ...]] = {a.id: tuple(a.instead.values()) for a in rulebook.agencies.values()}
    reached = responsible | {other for id_ in responsible for other in instead.get(id_, ())}
    origin = rulebook.origin_of(AgencyList)
    for index, agency in enumerate(rulebook.agency_list.agencies):
        if agency.id not in reached:
            yield origin.problem(f"机构“{agency.id}”没有用到：没有一条原文的责任单位是它", "请删掉，或写进那一条的 agencies。", "agencies", index, "id")


def _unused(rulebook: Rulebook, model: type[Entry], id_: str, what: str, why: str, remedy: str) -> Problem:
    return rulebook.origins[model, id_].problem(f"{what}“{id_}”没有用到：{why}", remedy, "id")
