"""Random conditions over any questions, and random rulebooks made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from hypothesis import strategies as st

from eligibility.logic.expressions import All, AnyOf, By, Compare, Discretion, Expression, Has, HasStatus, In, Is, Not
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import load
from eligibility.rulebook.models import Option, Question, Status
from tests.harbour import HARBOUR

_RELATIONS = st.sampled_from(Compare.RELATIONS)


def conditions(questions: Sequence[Question], statuses: Sequence[str]) -> st.SearchStrategy[Expression]:
    """Any condition, every form of it."""
    leaves = st.one_of(_leaves(questions, statuses))
    numbers = _numbers(questions, leaves)
    worked_out = st.builds(lambda n, r, b: Compare(value=n, **{r: b}), numbers, _RELATIONS, st.sampled_from([0, 0.25, 1, 2, 5, 7, 12.5, 40]))
    choices = [q for q in questions if q.kind == "choice"]
    return st.recursive(
        st.one_of(leaves, worked_out),
        lambda inner: st.one_of(
            st.builds(lambda x: All(all=tuple(x)), st.lists(inner, min_size=1, max_size=4)),
            st.builds(lambda x: AnyOf(any=tuple(x)), st.lists(inner, min_size=1, max_size=4)),
            st.builds(lambda x: Not(**{"not": x}), inner),
            *(st.builds(lambda w, t, o, q=q: By(by=q.id, cases=({"when": w, "then": t},), otherwise=o), _some(q), inner, inner) for q in choices),
        ),
        max_leaves=6,
    )


def _some(question: Question, most: int = 3) -> st.SearchStrategy[tuple[str, ...]]:
    ids = [o.id for o in question.options]
    return st.lists(st.integers(0, len(ids) - 1), min_size=1, max_size=most, unique=True).map(lambda places: tuple(ids[n] for n in places))


def _leaves(questions: Sequence[Question], statuses: Sequence[str]) -> list[st.SearchStrategy[Expression]]:
    found: list[st.SearchStrategy[Expression]] = [st.builds(lambda a: Discretion(discretion="suitable", ask=a), st.sampled_from(["Is it?", "Are they?"]))]
    for q in questions:
        match q.kind:
            case "choice":
                found.append(st.builds(lambda o, q=q: Is(answer=q.id, **{"is": o[0]}), _some(q, 1)))
                found.append(st.builds(lambda o, q=q: In(answer=q.id, **{"in": o}), _some(q)))
            case "choices":
                found.append(st.builds(lambda k, o, q=q: Has(answer=q.id, **{k: o}), st.sampled_from(["has_any", "has_none"]), _some(q)))
            case "yes_no":
                found.append(st.builds(lambda b, q=q: Is(answer=q.id, **{"is": b}), st.booleans()))
            case "number":
                found.append(st.builds(lambda r, b, q=q: Compare(answer=q.id, **{r: b}), _RELATIONS, st.sampled_from([q.min - 1, q.min, 7, 12.5, q.max or 0, (q.max or 0) + 1])))
    if statuses:
        found.append(st.builds(lambda s: HasStatus(status=s), st.sampled_from(list(statuses))))
    return found


def _numbers(questions: Sequence[Question], leaves: st.SearchStrategy[Expression]) -> st.SearchStrategy[Any]:
    plain = st.sampled_from([q.id for q in questions if q.kind == "number"])
    since = st.sampled_from([{unit: q.id} for q in questions if q.kind == "date" for unit in ("years_since", "days_since")])
    points = st.builds(lambda e, g, o: {"points_if": e, "gives": g, "otherwise": o}, leaves, st.integers(0, 6), st.integers(0, 3))
    counted = st.builds(lambda x: {"count": x}, st.lists(leaves, min_size=1, max_size=3))
    return st.recursive(
        st.one_of(plain, since, points, counted),
        lambda inner: st.one_of(
            st.builds(lambda x: {"sum": x}, st.lists(inner, min_size=1, max_size=3)),
            st.builds(lambda x: {"best_of": x}, st.lists(inner, min_size=1, max_size=3)),
            st.builds(lambda a, b: {"ratio": [a, b]}, inner, inner),
            st.builds(lambda n, e, g: {"bands": n, "steps": [{"at_least": a, "gives": b} for a, b in zip(sorted(e, reverse=True), g, strict=False)], "otherwise": 1},
                      inner, st.lists(st.sampled_from([0, 0.25, 1, 7, 12.5]), min_size=1, max_size=3, unique=True), st.lists(st.integers(0, 9), min_size=3, max_size=3)),
        ),
        max_leaves=4,
    )  # fmt: skip


def _options(how_many: int) -> tuple[Option, ...]:
    return tuple(Option(id=f"o{n}", name=f"Option {n}") for n in range(how_many))


def _question(id_: str, kind: Any, **more: Any) -> Question:
    return Question(id=id_, section="All", text=f"{id_}?", short=id_.title(), kind=kind, **more)


QUESTIONS: Mapping[str, Question] = {
    q.id: q
    for q in (
        _question("trade", "choice", options=_options(5)),
        _question("branch", "choice", options=_options(400)),  # as many as codes of industries, and more than a byte holds
        _question("marks", "choices", options=_options(3), changes="grow"),
        _question("lists", "choices", options=_options(70), changes="lose"),  # more than a word has bits
        _question("crew", "number", unit="people", whole=True, max=40, changes="grow"),
        _question("profit", "number", unit="coins", min=-5, max=500),
        _question("sailing", "yes_no"),
        _question("launched", "date"),
    )
}


_STRATEGIES = {bool(statuses): conditions(list(QUESTIONS.values()), statuses) for statuses in ((), ("status0", "status1"))}


@st.composite
def condition(draw: st.DrawFn, *, with_statuses: bool) -> Expression:
    """Any condition over QUESTIONS, and over the statuses of `rulebooks`."""
    found: Expression = draw(_STRATEGIES[with_statuses])
    return found


@st.composite
def rulebooks(draw: st.DrawFn) -> Rulebook:
    """Questions of every kind, and random statuses and supports. What else a rulebook holds is the harbour's."""
    base = _harbour()
    statuses = {}
    for n in range(2):
        attainable = draw(st.none() | condition(with_statuses=False))
        statuses[f"status{n}"] = Status(
            id=f"status{n}",
            name=f"Status {n}",
            holds_if=draw(condition(with_statuses=False)),
            attainable_if=attainable,
            next_step="ask" if attainable is not None else None,
            suggest=draw(st.booleans()),
        )
    supports = {s.id: s.model_copy(update={"eligible_if": draw(condition(with_statuses=True))}) for s in list(base.supports.values())[:4]}
    return replace(base, questions=QUESTIONS, statuses=statuses, supports=supports, notices={})


@cache
def _harbour() -> Rulebook:
    return load(HARBOUR)
