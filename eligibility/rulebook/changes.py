"""What differs between two rulebooks, entry by entry and field by field. Entries are matched by their ids, which never change."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, cast

from pydantic import BaseModel

from eligibility.logic.expressions import By, Compare, Expression, Form, Has, HasStatus, In, Is, questions_of, walk
from eligibility.logic.words import Words, number
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.models import Article, Entry, Option, Source, Support

Sort = Literal["support", "status", "question", "agency", "policy", "article", "notice"]


class How(StrEnum):
    """What happened to an entry."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of an entry, before and after, in words. Empty: there is nothing."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class EntryChange:
    """One entry that was added, changed or removed. `name` is the new one, unless there is none."""

    sort: Sort
    id: str
    name: str
    how: How
    fields: tuple[FieldChange, ...]


def changes(old: Rulebook, new: Rulebook) -> tuple[EntryChange, ...]:
    """Every entry that differs: in the order of the new rulebook, what was removed after what stands."""
    before, after = _Side(old), _Side(new)
    found = []
    for sort in before.entries:
        was, is_now = before.entries[sort], after.entries[sort]
        for id_, (name, entry) in is_now.items():
            if id_ not in was:
                found.append(EntryChange(sort, id_, name, How.ADDED, ()))
            elif fields := tuple(_fields(before, was[id_][1], after, entry)):
                found.append(EntryChange(sort, id_, name, How.CHANGED, fields))
        found += [EntryChange(sort, id_, name, How.REMOVED, ()) for id_, (name, _) in was.items() if id_ not in is_now]
    return tuple(found)


class _Side:
    """One of the two rulebooks: its entries by sort and id, and its words."""

    def __init__(self, book: Rulebook) -> None:
        self.book = book
        self.words = Words(book.questions, book.statuses)
        self.entries: Mapping[Sort, Mapping[str, tuple[str, Entry]]] = {
            "support": {s.id: (s.title, s) for s in book.supports.values()},
            "status": {s.id: (s.name, s) for s in book.statuses.values()},
            "question": {q.id: (q.short, q) for q in book.questions.values()},
            "agency": {a.id: (a.name, a) for a in book.agencies.values()},
            "policy": {p.id: (p.title, p) for p in book.policies.values()},
            "article": {f"{p.id}/{a.id}": (p.cite(a.id), a) for p in book.policies.values() for a in p.articles},
            "notice": {n.id: (n.text, n) for n in book.notices.values()},
        }

    def agencies(self, support: Support) -> tuple[str, ...]:
        """The responsible bodies of a support, as its articles list them."""
        policies = self.book.policies
        return tuple(dict.fromkeys(a for s in support.sources for a in policies[s.policy].by_id[s.article].agencies))

    def told(self, entry: Entry, field: str, value: Any) -> str:
        """What stands in a field, in words: names for the ids of kinds and bodies."""
        match entry, field, value:
            case Support(), "kind", str(id_):
                return self.book.kinds[id_].name
            case Support(), "contact", str(id_):
                return self.book.agencies[id_].name
            case Article(), "agencies", ids:
                return "、".join(self.book.agencies[id_].name for id_ in ids)
        return self.said(value)

    def said(self, value: Any) -> str:
        """A value in words."""
        match value:
            case None:
                return ""
            case bool():
                return "是" if value else "否"
            case int() | float():
                return number(value, None)
            case Form():
                return self.words.of(cast(Expression, value))
            case Source(policy=policy, article=article, quote=quote):
                return f"{self.book.policies[policy].cite(article)}：“{quote}”"
            case Option(name=name):
                return name
            case tuple():
                return "；".join(self.said(v) for v in value)
            case BaseModel() | Mapping():
                return _plain(value)
        return str(value)


def _fields(before: _Side, old: Entry, after: _Side, new: Entry) -> Iterator[FieldChange]:
    if isinstance(old, Support) and isinstance(new, Support):
        was, is_now = before.agencies(old), after.agencies(new)
        if was != is_now:
            yield FieldChange("agencies", *("、".join(side.book.agencies[a].name for a in ids) for side, ids in ((before, was), (after, is_now))))
    for field in type(new).model_fields:
        one, other = getattr(old, field), getattr(new, field)
        if one == other or field == "articles":  # articles are entries of their own
            continue
        said = before.told(old, field, one), after.told(new, field, other)
        if said[0] == said[1]:  # the words say the same: a figure inside a named score, an option's id
            said = _plain(one), _plain(other)
        yield FieldChange(field, *said)


def _plain(value: Any) -> str:
    """A value as an editor would write it, in one line."""
    return json.dumps(_data(value), ensure_ascii=False)


def _data(value: Any) -> Any:
    match value:
        case BaseModel():
            return value.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        case tuple() | list():
            return [_data(v) for v in value]
        case Mapping():
            return {k: _data(v) for k, v in value.items()}
        case None | bool() | int() | float():
            return value
    return str(value)


def reads(expression: Expression, book: Rulebook) -> frozenset[tuple[Sort, str]]:
    """The statuses and the questions that an expression hangs on, statuses opened."""
    found: set[tuple[Sort, str]] = set()
    waiting = [expression]
    while waiting:
        for part in walk(waiting.pop()):
            match part:
                case HasStatus(status=id_) if ("status", id_) not in found:
                    found.add(("status", id_))
                    status = book.statuses[id_]
                    waiting += [cast(Expression, e) for field in type(status).model_fields if isinstance(e := getattr(status, field), Form)]
                case Is(answer=id_) | In(answer=id_) | Has(answer=id_) | By(by=id_):
                    found.add(("question", id_))
                case Compare():
                    found.update(("question", id_) for id_ in questions_of(part.number))
    return frozenset(found)
