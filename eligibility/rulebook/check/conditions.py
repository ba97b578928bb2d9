"""Conditions: what they name exists, and is compared as its kind allows and within its range."""

from __future__ import annotations

from collections.abc import Iterator

from eligibility.logic.expressions import By, Compare, DaysSince, Discretion, Expression, Has, HasStatus, In, Is, Number, Ratio, YearsSince, questions_of, walk_numbers, walk_places
from eligibility.logic.words import number
from eligibility.rulebook.book import Origin, Rulebook
from eligibility.rulebook.check.documents import article_of
from eligibility.rulebook.check.references import known
from eligibility.rulebook.models import Support
from eligibility.rulebook.problems import Problem


def condition_faults(book: Rulebook, whole: Origin, expression: Expression, support: Support | None) -> Iterator[Problem]:
    """Faults of one condition; that of a `support` must find its words of discretion in the support's own articles."""
    for place, part in walk_places(expression):
        origin = whole.at(*place)
        match part:
            case HasStatus(status=id_):
                yield from known(origin, id_, book.statuses, "身份", "status")
            case Discretion(discretion=words):
                yield from _discretion(book, origin, words, support)
            case By(by=id_):
                yield from _question(book, origin, id_, ("choice",), tuple(o for c in part.cases for o in c.when))
            case Is(answer=id_, is_=bool()):
                yield from _question(book, origin, id_, ("yes_no",), ())
            case Is(answer=id_, is_=str(option)):
                yield from _question(book, origin, id_, ("choice",), (option,))
            case In(answer=id_, in_=options):
                yield from _question(book, origin, id_, ("choice",), options)
            case Has(answer=id_):
                yield from _question(book, origin, id_, ("choices",), part.options)
            case Compare():
                yield from _numbers(book, origin, part.number)
                question = book.questions.get(part.answer or "")
                if question and question.max is not None and not question.min <= part.bound <= question.max:
                    span = f"{number(question.min, None)}～{number(question.max, None)}"
                    yield origin.problem(f"“{part.answer}”的比较值 {number(part.bound, None)} 不在这道题的范围内（{span}）", "请核对数字和单位。")
                if isinstance(part.number, YearsSince | DaysSince) and part.bound <= 0:  # a day that is not known is taken for one that is over
                    yield origin.problem(f"“距今多久”的比较值是 {number(part.bound, None)}", "请写比 0 大的数。")


def _numbers(book: Rulebook, origin: Origin, figure: Number) -> Iterator[Problem]:
    for part in walk_numbers(figure):
        match part:
            case str(id_):
                yield from _question(book, origin, id_, ("number",), ())
            case YearsSince(years_since=id_) | DaysSince(days_since=id_):
                yield from _question(book, origin, id_, ("date",), ())
            case Ratio():
                for id_ in questions_of(part):
                    if (question := book.questions.get(id_)) and question.min < 0:
                        yield origin.problem(f"题目“{id_}”可以是负数，不能用来算比例", "请换一道不会是负数的题。")


def _question(book: Rulebook, origin: Origin, id_: str, kinds: tuple[str, ...], options: tuple[str, ...]) -> Iterator[Problem]:
    question = book.questions.get(id_)
    if question is None:
        yield from known(origin, id_, book.questions, "题目")
        return
    if question.kind not in kinds:
        remedy = "选择题用 is、in，多选题用 has、has_any、has_none，数字题用 at_least、above、at_most、below，是否题用 is: true 或 is: false。"
        yield origin.problem(f"题目“{id_}”是 {question.kind} 题，不能这样比较", remedy)
        return
    if question.purpose != "eligibility":
        yield origin.problem(f"题目“{id_}”只用于{'排序' if question.purpose == 'ordering' else '记录'}，不能决定是否符合", "请换一道题，或改它的 purpose。")
    for option in options:
        yield from known(origin, option, question.option, f"选项（题目“{id_}”）")


def _discretion(book: Rulebook, origin: Origin, words: str, support: Support | None) -> Iterator[Problem]:
    everywhere = [a for p in book.policies.values() for a in p.articles]
    articles = everywhere if support is None else [a for s in support.sources if (a := article_of(book, s))]
    if not any(words in a.text for a in articles):
        yield origin.problem(f"原文里没有“{words}”", "discretion 要照抄原文里留给部门判断的词。", "discretion")
