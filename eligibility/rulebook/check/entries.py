"""The entries of the rulebook: whether each fits the others."""

from __future__ import annotations

from collections.abc import Iterator

from eligibility.logic.expressions import HasStatus, walk
from eligibility.rulebook.book import Origin, Rulebook
from eligibility.rulebook.check.conditions import condition_faults
from eligibility.rulebook.check.documents import article_of, source_faults
from eligibility.rulebook.check.references import known, once, patterns
from eligibility.rulebook.models import Agency, AgencyList, Notice, Policy, Question, Status, Strength, Support
from eligibility.rulebook.problems import Problem


def repeated_ids(book: Rulebook) -> Iterator[Problem]:
    """Ids that one entry writes twice."""
    for policy in book.policies.values():
        yield from once(book.origins[Policy, policy.id], [a.id for a in policy.articles], "articles")
    for question in book.questions.values():
        yield from once(book.origins[Question, question.id], [o.id for o in question.options], "options")
    yield from _former_ids(book)
    origin = book.origin_of(AgencyList)
    yield from once(origin, [a.id for a in book.agency_list.agencies], "agencies")


def _former_ids(book: Rulebook) -> Iterator[Problem]:
    """Former ids that could be read as two things."""
    taken = set(book.questions)
    for question in book.questions.values():
        origin = book.origins[Question, question.id]
        yield from _taken(origin, question.formerly, taken)
        taken |= set(question.formerly)
        options = {o.id for o in question.options}
        for index, option in enumerate(question.options):
            yield from _taken(origin.at("options", index), option.formerly, options)
            options |= set(option.formerly)


def _taken(origin: Origin, formerly: tuple[str, ...], taken: set[str]) -> Iterator[Problem]:
    for id_ in formerly:
        if id_ in taken:
            yield origin.problem(f"以前的编号“{id_}”现在是别的编号，或者写了两处", "一个编号只能指一样东西，请改掉其中一处。", "formerly")


def agency_faults(book: Rulebook) -> Iterator[Problem]:
    """Faults of the list of agencies and of each of them."""
    listed, origin = book.agency_list, book.origin_of(AgencyList)
    place = book.questions.get(listed.place)
    if place is None:
        yield from known(origin, listed.place, book.questions, "题目", "place")
    else:
        for index, option in enumerate(listed.no_local):
            yield from known(origin, option, place.option, f"选项（题目“{place.id}”）", "no_local", index)
    for agency in listed.agencies:
        yield from _agency(book, agency)


def _agency(book: Rulebook, agency: Agency) -> Iterator[Problem]:
    origin = book.origin_of(AgencyList)
    index = book.agency_list.agencies.index(agency)
    place = book.questions.get(book.agency_list.place)
    for option in (*agency.serves, *agency.instead, *agency.local):
        if option != "*" and place is not None:
            yield from known(origin, option, place.option, f"选项（题目“{place.id}”）", "agencies", index)
    for other in agency.instead.values():
        yield from known(origin, other, book.agencies, "机构", "agencies", index, "instead")
    yield from patterns(origin, agency.local, "agencies", index, "local")
    for policy in agency.printed:
        yield from known(origin, policy, book.policies, "文件", "agencies", index, "printed")


def question_faults(book: Rulebook, question: Question) -> Iterator[Problem]:
    """Faults of one question."""
    origin = book.origins[Question, question.id]
    yield from patterns(origin, {"says": question.says, "says_not": question.says_not})
    if question.asked_if is not None:
        yield from condition_faults(book, origin.at("asked_if"), question.asked_if, None)


def status_faults(book: Rulebook, status: Status) -> Iterator[Problem]:
    """Faults of one status."""
    origin = book.origins[Status, status.id]
    yield from patterns(origin, {"says": status.says, "says_not": status.says_not})
    for name in ("holds_if", "attainable_if", "likely_if"):
        if (expression := getattr(status, name)) is not None:
            yield from condition_faults(book, origin.at(name), expression, None)
    if cycle := _cycle(book, status.id, ()):
        yield origin.problem(f"身份互相引用成了圈：{' → '.join(cycle)}", "请去掉其中一处引用。", "id")
    for index, earlier in enumerate(status.after):
        yield from known(origin, earlier, book.statuses, "身份", "after", index)
        if status.id in _before(book, earlier):
            yield origin.problem(f"“{status.id}”和“{earlier}”互为先后", "请去掉其中一处 after。", "after", index)


def _cycle(book: Rulebook, id_: str, path: tuple[str, ...]) -> tuple[str, ...]:
    if id_ in path:
        return (*path, id_) if path[0] == id_ else ()
    status = book.statuses.get(id_)
    if status is None:
        return ()
    for expression in (status.holds_if, status.attainable_if):
        for inner in walk(expression) if expression is not None else ():
            if isinstance(inner, HasStatus) and (found := _cycle(book, inner.status, (*path, id_))):
                return found
    return ()


def _before(book: Rulebook, id_: str) -> set[str]:
    """This status and all that should be had before it."""
    found, waiting = set[str](), [id_]
    while waiting:
        if (next_ := waiting.pop()) in book.statuses and next_ not in found:
            found.add(next_)
            waiting += book.statuses[next_].after
    return found


def support_faults(book: Rulebook, support: Support) -> Iterator[Problem]:
    """Faults of one support."""
    origin = book.origins[Support, support.id]
    yield from known(origin, support.kind, book.kinds, "类别（kind）", "kind")
    for index, source in enumerate(support.sources):
        yield from source_faults(book, origin, source, ("sources", index))
    if not any(support.wording in s.quote for s in support.sources):
        yield origin.problem(f"原文里没有“{support.wording}”这个词", "wording 要照抄原文里表示力度的动词。", "wording")
    yield from condition_faults(book, origin.at("eligible_if"), support.eligible_if, support)
    if support.contact is not None:
        printed = [a for s in support.sources if (article := article_of(book, s)) for a in article.agencies]
        yield from known(origin, support.contact, printed, "责任单位", "contact")
    if support.strength is Strength.DIRECT and support.wording.startswith(book.cover.soft_words):
        yield origin.problem(f"原文用词是“{support.wording}”，不能标 direct（直接支持）", "请改成 service 或 indirect；哪些词算号召，见 rulebook.yaml 的 soft_words。", "strength")
    for index, other in enumerate(support.see_also):
        yield from _other_support(book, origin, support, other, "see_also", index)
    if support.superseded_by is not None:
        yield from _other_support(book, origin, support, support.superseded_by, "superseded_by")
        yield from _newest(book, origin, support)


def _other_support(book: Rulebook, origin: Origin, support: Support, other: str, *place: str | int) -> Iterator[Problem]:
    if other == support.id:
        yield origin.problem(f"“{other}”写的是它自己", "请写另一项支持的编号，或删掉。", *place)
    yield from known(origin, other, book.supports, "支持", *place)


def _newest(book: Rulebook, origin: Origin, support: Support) -> Iterator[Problem]:
    """What takes the place of a support is not in turn replaced by it."""
    path, newer = [support.id], support.superseded_by
    while newer is not None and newer in book.supports and newer not in path:
        path.append(newer)
        newer = book.supports[newer].superseded_by
    if newer == support.id and len(path) > 1:
        yield origin.problem(f"支持互相取代成了圈：{' → '.join([*path, newer])}", "请去掉其中一处 superseded_by。", "superseded_by")


def notice_faults(book: Rulebook, notice: Notice) -> Iterator[Problem]:
    """Faults of one notice."""
    origin = book.origins[Notice, notice.id]
    yield from condition_faults(book, origin.at("when"), notice.when, None)
    for index, source in enumerate(notice.sources):
        yield from source_faults(book, origin, source, ("sources", index))
