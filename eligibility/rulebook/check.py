"""Do the entries fit together, and fit the documents to the character?"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from eligibility.logic.expressions import By, Compare, DaysSince, Discretion, Expression, Has, HasStatus, In, Is, Number, YearsSince, walk, walk_numbers, walk_places
from eligibility.logic.words import number
from eligibility.rulebook.book import Origin, Rulebook
from eligibility.rulebook.coverage import coverage
from eligibility.rulebook.models import Agency, AgencyList, Article, Entry, Notice, NotSupport, Policy, Question, Source, Status, Strength, Support
from eligibility.rulebook.problems import Problem, nearest


def check(rulebook: Rulebook) -> list[Problem]:
    """Every fault that reading alone cannot see, in no particular order."""
    return list(_Check(rulebook).problems())


class _Check:
    def __init__(self, rulebook: Rulebook) -> None:
        self.book = rulebook

    def problems(self) -> Iterator[Problem]:
        if twice := list(self._twice()):  # whatever refers to such an id would be told wrongly
            yield from twice
            return
        for policy in self.book.policies.values():
            yield from self._policy(policy)
        for agency in self.book.agency_list.agencies:
            yield from self._agency(agency)
        yield from self._agency_list()
        for question in self.book.questions.values():
            origin = self._origin(Question, question.id)
            yield from self._patterns(origin, {"says": question.says, "says_not": question.says_not})
            if question.asked_if is not None:
                yield from self._expression(origin.at("asked_if"), question.asked_if, None)
        for status in self.book.statuses.values():
            yield from self._status(status)
        for support in self.book.supports.values():
            yield from self._support(support)
        for notice in self.book.notices.values():
            yield from self._expression(self._origin(Notice, notice.id).at("when"), notice.when, None)
            for index, source in enumerate(notice.sources):
                yield from self._source(self._origin(Notice, notice.id), source, ("sources", index))
        yield from self._not_supports()
        yield from self._left_over()

    def _agency_list(self) -> Iterator[Problem]:
        listed, origin = self.book.agency_list, next(o for (model, _), o in self.book.origins.items() if model is AgencyList)
        place = self.book.questions.get(listed.place)
        if place is None:
            yield from self._known(origin, listed.place, self.book.questions, "题目", "place")
        else:
            for index, option in enumerate(listed.no_local):
                yield from self._known(origin, option, place.option, f"选项（题目“{place.id}”）", "no_local", index)

    def _twice(self) -> Iterator[Problem]:
        for policy in self.book.policies.values():
            yield from self._once(self._origin(Policy, policy.id), [a.id for a in policy.articles], "articles")
        for question in self.book.questions.values():
            yield from self._once(self._origin(Question, question.id), [o.id for o in question.options], "options")
        origin = next(o for (model, _), o in self.book.origins.items() if model is AgencyList)
        yield from self._once(origin, [a.id for a in self.book.agency_list.agencies], "agencies")

    def _once(self, origin: Origin, ids: list[str], *place: str | int) -> Iterator[Problem]:
        """Ids inside one entry are written once."""
        for index, id_ in enumerate(ids):
            if id_ in ids[:index]:
                yield origin.problem(f"编号“{id_}”写了两次", "请换一个编号。", *place, index, "id")

    def _patterns(self, origin: Origin, patterns: Mapping[str, str], *place: str | int) -> Iterator[Problem]:
        """A text that is filled in has nothing but {} to fill."""
        for key, pattern in patterns.items():
            try:
                pattern.format("")
            except (LookupError, ValueError):
                yield origin.problem(f"“{pattern}”里的花括号写错了", "要填的地方只写一处 {}。", *place, key)

    def _agency(self, agency: Agency) -> Iterator[Problem]:
        origin = next(o for (model, _), o in self.book.origins.items() if model is AgencyList)
        index = self.book.agency_list.agencies.index(agency)
        place = self.book.questions.get(self.book.agency_list.place)
        for option in (*agency.serves, *agency.instead, *agency.local):
            if option != "*" and place is not None:
                yield from self._known(origin, option, place.option, f"选项（题目“{place.id}”）", "agencies", index)
        for other in agency.instead.values():
            yield from self._known(origin, other, self.book.agencies, "机构", "agencies", index, "instead")
        yield from self._patterns(origin, agency.local, "agencies", index, "local")
        for policy in agency.printed:
            yield from self._known(origin, policy, self.book.policies, "文件", "agencies", index, "printed")

    def _origin(self, model: type[Entry], id_: str) -> Origin:
        return self.book.origins[model, id_]

    def _known(self, origin: Origin, id_: str, known: Collection[str], what: str, *place: str | int) -> Iterator[Problem]:
        if id_ not in known:
            yield origin.problem(f"没有叫“{id_}”的{what}", nearest(id_, known), *place)

    def _policy(self, policy: Policy) -> Iterator[Problem]:
        origin = self._origin(Policy, policy.id)
        yield from self._patterns(origin, {"article_label": policy.article_label})
        for index, article in enumerate(policy.articles):
            for at, agency in enumerate(article.agencies):
                yield from self._known(origin, agency, self.book.agencies, "机构", "articles", index, "agencies", at)
            if article.responsible and all(a in self.book.agencies for a in article.agencies):
                yield from self._printed_agencies(policy, article, origin, index)

    def _printed_agencies(self, policy: Policy, article: Article, origin: Origin, index: int) -> Iterator[Problem]:
        """The ids stand for the printed names, all of them and in their order."""
        assert article.responsible is not None
        printed = [(name, a) for a in article.agencies for name in self.book.agencies[a].printed.get(policy.id, ())]
        order = [a for at, a in sorted((article.responsible.find(name), a) for name, a in printed if name in article.responsible)]
        if list(dict.fromkeys(order)) != list(article.agencies):
            yield origin.problem(f"“{article.id}”的 agencies 与印出的责任单位不一致：“{article.responsible}”", "请按印出的先后写齐。", "articles", index, "agencies")
            return
        rest = article.responsible
        for name, _ in sorted(printed, key=lambda p: -len(p[0])):
            rest = rest.replace(name, "")
        for filler in sorted(policy.fillers, key=len, reverse=True):
            rest = rest.replace(filler, "")
        rest = re.sub(r"[^\w ]", "", rest).strip()
        if rest:
            yield origin.problem(f"责任单位里的“{rest}”没有对应的机构", "请在 agencies.yaml 里补上，并写进 agencies。", "articles", index, "responsible")

    def _status(self, status: Status) -> Iterator[Problem]:
        origin = self._origin(Status, status.id)
        yield from self._patterns(origin, {"says": status.says, "says_not": status.says_not})
        for name in ("holds_if", "attainable_if", "likely_if"):
            if (expression := getattr(status, name)) is not None:
                yield from self._expression(origin.at(name), expression, None)
        if cycle := self._cycle(status.id, ()):
            yield origin.problem(f"身份互相引用成了圈：{' → '.join(cycle)}", "请去掉其中一处引用。", "id")
        for index, earlier in enumerate(status.after):
            yield from self._known(origin, earlier, self.book.statuses, "身份", "after", index)
            if status.id in self._before(earlier):
                yield origin.problem(f"“{status.id}”和“{earlier}”互为先后", "请去掉其中一处 after。", "after", index)

    def _before(self, id_: str) -> set[str]:
        """This status and all that should be had before it."""
        found, waiting = set[str](), [id_]
        while waiting:
            if (next_ := waiting.pop()) in self.book.statuses and next_ not in found:
                found.add(next_)
                waiting += self.book.statuses[next_].after
        return found

    def _cycle(self, id_: str, path: tuple[str, ...]) -> tuple[str, ...]:
        if id_ in path:
            return (*path, id_) if path[0] == id_ else ()
        status = self.book.statuses.get(id_)
        if status is None:
            return ()
        for expression in (status.holds_if, status.attainable_if):
            for inner in walk(expression) if expression is not None else ():
                if isinstance(inner, HasStatus) and (found := self._cycle(inner.status, (*path, id_))):
                    return found
        return ()

    def _support(self, support: Support) -> Iterator[Problem]:
        origin = self._origin(Support, support.id)
        yield from self._known(origin, support.kind, self.book.kinds, "类别（kind）", "kind")
        for index, source in enumerate(support.sources):
            yield from self._source(origin, source, ("sources", index))
        if not any(support.wording in s.quote for s in support.sources):
            yield origin.problem(f"原文里没有“{support.wording}”这个词", "wording 要照抄原文里表示力度的动词。", "wording")
        yield from self._expression(origin.at("eligible_if"), support.eligible_if, support)
        if support.contact is not None:
            printed = [a for s in support.sources if (article := self._article(s)) for a in article.agencies]
            yield from self._known(origin, support.contact, printed, "责任单位", "contact")

        if support.strength is Strength.DIRECT and support.wording.startswith(self.book.cover.soft_words):
            yield origin.problem(f"原文用词是“{support.wording}”，不能标 direct（直接支持）", "请改成 service 或 indirect；哪些词算号召，见 rulebook.yaml 的 soft_words。", "strength")
        for index, other in enumerate(support.see_also):
            yield from self._other_support(origin, support, other, "see_also", index)
        if support.superseded_by is not None:
            yield from self._other_support(origin, support, support.superseded_by, "superseded_by")
            yield from self._newest(origin, support)

    def _other_support(self, origin: Origin, support: Support, other: str, *place: str | int) -> Iterator[Problem]:
        if other == support.id:
            yield origin.problem(f"“{other}”写的是它自己", "请写另一项支持的编号，或删掉。", *place)
        yield from self._known(origin, other, self.book.supports, "支持", *place)

    def _newest(self, origin: Origin, support: Support) -> Iterator[Problem]:
        """What takes the place of a support is not in turn replaced by it."""
        path, newer = [support.id], support.superseded_by
        while newer is not None and newer in self.book.supports and newer not in path:
            path.append(newer)
            newer = self.book.supports[newer].superseded_by
        if newer == support.id and len(path) > 1:
            yield origin.problem(f"支持互相取代成了圈：{' → '.join([*path, newer])}", "请去掉其中一处 superseded_by。", "superseded_by")

    def _article(self, source: Source | NotSupport) -> Article | None:
        policy = self.book.policies.get(source.policy)
        return policy.by_id.get(source.article) if policy else None

    def _source(self, origin: Origin, source: Source | NotSupport, place: tuple[str | int, ...] = ()) -> Iterator[Problem]:
        if source.policy not in self.book.policies:
            yield from self._known(origin, source.policy, self.book.policies, "文件", *place, "policy")
        elif (article := self._article(source)) is None:
            yield from self._known(origin, source.article, self.book.policies[source.policy].by_id, "条", *place, "article")
        elif source.quote not in article.text:
            yield origin.problem(_difference(source.quote, article.text), "引文要与原文一字不差。", *place, "quote")

    def _not_supports(self) -> Iterator[Problem]:
        places = [o for (model, _), o in self.book.origins.items() if model is NotSupport]
        for passage, origin in zip(self.book.not_supports, places, strict=True):
            yield from self._source(origin, passage)

    def _left_over(self) -> Iterator[Problem]:
        """Passages that nobody quotes; where a quotation is wrong, that is told first."""
        sources: list[Source | NotSupport] = [*(s for support in self.book.supports.values() for s in support.sources), *self.book.not_supports]
        misquoted = {(s.policy, s.article) for s in sources if (found := self._article(s)) and s.quote not in found.text}
        for article in coverage(self.book):
            if article.left_over and (article.policy.id, article.article.id) not in misquoted:
                origin = self._origin(Policy, article.policy.id)
                index = article.policy.articles.index(article.article)
                for passage in article.left_over:
                    what = f"{article.policy.cite(article.article.id)}里的“{passage}”没有人引用"
                    yield origin.problem(what, "请写进一项支持的 quote，或在 not_supports 里写明为什么不是支持。", "articles", index, "text")

    def _expression(self, whole: Origin, expression: Expression, support: Support | None) -> Iterator[Problem]:
        for place, part in walk_places(expression):
            origin = whole.at(*place)
            match part:
                case HasStatus(status=id_):
                    yield from self._known(origin, id_, self.book.statuses, "身份", "status")
                case Discretion(discretion=words):
                    yield from self._discretion(origin, words, support)
                case By(by=id_):
                    yield from self._question(origin, id_, ("choice",), tuple(o for c in part.cases for o in c.when))
                case Is(answer=id_, is_=bool()):
                    yield from self._question(origin, id_, ("yes_no",), ())
                case Is(answer=id_, is_=str(option)):
                    yield from self._question(origin, id_, ("choice",), (option,))
                case In(answer=id_, in_=options):
                    yield from self._question(origin, id_, ("choice",), options)
                case Has(answer=id_):
                    yield from self._question(origin, id_, ("choices",), part.options)
                case Compare():
                    yield from self._numbers(origin, part.number)
                    question = self.book.questions.get(part.answer or "")
                    if question and question.max is not None and not question.min <= part.bound <= question.max:
                        span = f"{number(question.min, None)}～{number(question.max, None)}"
                        yield origin.problem(f"“{part.answer}”的比较值 {number(part.bound, None)} 不在这道题的范围内（{span}）", "请核对数字和单位。")

    def _numbers(self, origin: Origin, number: Number) -> Iterator[Problem]:
        for part in walk_numbers(number):
            match part:
                case str(id_):
                    yield from self._question(origin, id_, ("number",), ())
                case YearsSince(years_since=id_) | DaysSince(days_since=id_):
                    yield from self._question(origin, id_, ("date",), ())

    def _question(self, origin: Origin, id_: str, kinds: tuple[str, ...], options: tuple[str, ...]) -> Iterator[Problem]:
        question = self.book.questions.get(id_)
        if question is None:
            yield from self._known(origin, id_, self.book.questions, "题目")
            return
        if question.kind not in kinds:
            remedy = "选择题用 is、in，多选题用 has、has_any、has_none，数字题用 at_least、above、at_most、below，是否题用 is: true 或 is: false。"
            yield origin.problem(f"题目“{id_}”是 {question.kind} 题，不能这样比较", remedy)
            return
        if question.purpose != "eligibility":
            yield origin.problem(f"题目“{id_}”只用于{'排序' if question.purpose == 'ordering' else '记录'}，不能决定是否符合", "请换一道题，或改它的 purpose。")
        for option in options:
            yield from self._known(origin, option, question.option, f"选项（题目“{id_}”）")

    def _discretion(self, origin: Origin, words: str, support: Support | None) -> Iterator[Problem]:
        everywhere = [a for p in self.book.policies.values() for a in p.articles]
        articles = everywhere if support is None else [a for s in support.sources if (a := self._article(s))]
        if not any(words in a.text for a in articles):
            yield origin.problem(f"原文里没有“{words}”", "discretion 要照抄原文里留给部门判断的词。", "discretion")


def _difference(quote: str, text: str) -> str:
    """Where a quotation leaves the text: after the longest beginning that the text has."""
    length = next((n for n in range(len(quote), 0, -1) if quote[:n] in text), 0)
    if not length:
        return f"引文“{quote[:12]}……”不在这一条里"
    after = text.find(quote[:length]) + length
    here = text[after] if after < len(text) else "（结尾）"
    return f"引文第 {length + 1} 个字“{quote[length]}”与原文不同，原文“{quote[max(0, length - 6) : length]}”后面是“{here}”"
