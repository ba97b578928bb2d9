"""New entries, ready to be filled in: every key with what it means, in the right file, next to its article.

An entry is written from its model, so it never lags behind: what is required stands there to be filled in, what may be
left out stands there commented. `check` names every place that is still to fill.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_origin

import yaml
from pydantic.fields import FieldInfo

from eligibility.logic.expressions import All
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.coverage import coverage
from eligibility.rulebook.models import Agency, Entry, Policy, Question, Status, Support
from eligibility.rulebook.problems import nearest
from eligibility.rulebook.read import TO_FILL
from eligibility.scenarios import Scenario, read_scenarios
from eligibility.schemas import schema_line


class ScaffoldError(Exception):
    """An entry that cannot be begun; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Begun:
    """Where a new entry stands."""

    path: Path
    line: int


def new_support(rules: Path, book: Rulebook, id_: str, *, policy: str, article: str) -> Begun:
    """A support of one article, with the first passage of it that nobody quotes yet."""
    _unused(id_, book.supports, "支持")
    if policy not in book.policies:
        raise ScaffoldError(f"没有叫“{policy}”的文件。{nearest(policy, book.policies)}")
    if article not in book.policies[policy].by_id:
        raise ScaffoldError(f"“{policy}”里没有“{article}”这一条。{nearest(article, book.policies[policy].by_id)}")
    left = next(a.left_over for a in coverage(book) if (a.policy.id, a.article.id) == (policy, article))
    source = {"policy": policy, "article": article, "quote": left[0] if left else TO_FILL}
    path = _file_of_article(rules, book, policy, article)
    return _append(path, "supports/*.yaml", "supports", _entry(Support, {"id": id_, "sources": [source]}))


def new_question(rules: Path, book: Rulebook, id_: str, *, section: str) -> Begun:
    """A question of one section; a section that does not exist yet gets a file of its own."""
    _unused(id_, book.questions, "题目")
    same = [book.origins[Question, q.id].path for q in book.questions.values() if q.section == section]
    path = same[0] if same else rules / "questions" / f"{len(book.sections)}-{id_.replace('_', '-')}.yaml"
    return _append(path, "questions/*.yaml", "questions", _entry(Question, {"id": id_}, skipped=("section",)), head=f"section: {_flow(section)}")


def new_status(rules: Path, book: Rulebook, id_: str, *, file: str | None = None) -> Begun:
    """A status, in a file of its own or at the end of `file`."""
    _unused(id_, book.statuses, "身份")
    return _append(rules / "statuses" / (file or f"{id_.replace('_', '-')}.yaml"), "statuses/*.yaml", "statuses", _entry(Status, {"id": id_}))


def new_agency(rules: Path, book: Rulebook, id_: str) -> Begun:
    """An agency, at the end of the list."""
    _unused(id_, book.agencies, "机构")
    return _append(rules / "agencies.yaml", "agencies.yaml", "agencies", _entry(Agency, {"id": id_}))


def new_scenario(rules: Path, id_: str, *, file: str | None = None) -> Begun:
    """A worked case, in a file of its own or at the end of `file`."""
    _unused(id_, {scenario.id for scenario, _ in read_scenarios(rules)}, "例子")
    return _append(rules / "scenarios" / (file or f"{id_}.yaml"), "scenarios/*.yaml", "scenarios", _entry(Scenario, {"id": id_}))


def new_policy(rules: Path, book: Rulebook, id_: str, *, on: date) -> Begun:
    """A document with its first article, in a file of its own, reviewed on the day on which it is entered."""
    _unused(id_, book.policies, "文件")
    path = rules / "policies" / f"{id_}.yaml"
    lines = [line.removeprefix("    ") for line in _entry(Policy, {"id": id_, "reviewed": on})]
    lines[0] = lines[0].removeprefix("  - ")
    path.write_text("\n".join([schema_line("policies/*.yaml"), *lines]) + "\n", encoding="utf-8", newline="\n")
    return Begun(path, 2)


def _unused(id_: str, known: Container[str], what: str) -> None:
    if id_ in known:
        raise ScaffoldError(f"已经有叫“{id_}”的{what}。请换一个编号。")


def _file_of_article(rules: Path, book: Rulebook, policy: str, article: str) -> Path:
    """The file that holds the supports of an article, else a new one named after the document and its article's number."""
    for support in book.supports.values():
        if (support.sources[0].policy, support.sources[0].article) == (policy, article):
            return book.origins[Support, support.id].path
    number = 0
    for each in book.policies[policy].articles:
        number += each.numbered
        if each.id == article:
            break
    return rules / "supports" / f"{policy}-{number:02}.yaml"


# -- an entry as lines, from its model --


def _entry(model: type[Entry], given: Mapping[str, Any], skipped: tuple[str, ...] = ()) -> list[str]:
    """The lines of one entry of a list, indented by two; the first begins with a dash."""
    lines: list[str] = []
    for name, field in model.model_fields.items():
        if name not in skipped:
            lines += _field(field.alias or name, field, given.get(name))
    return ["  - " + lines[0], *("    " + line for line in lines[1:])]


def _field(key: str, field: FieldInfo, given: Any) -> Iterator[str]:
    inner = _listed(field.annotation)
    if given is None and inner is not None and any(not f.is_required() for f in inner.model_fields.values()):
        lines = [f"{key}:{_said(field)}", *_entry(inner, {})]
    elif inner is not None and isinstance(given, list):
        lines = [f"{key}:{_said(field)}", *(f"  - {_flow(item)}" for item in given)]
    else:
        lines = [f"{key}: {_flow(given) if given is not None else _blank(field)}{_said(field)}"]
    wanted = given is not None or field.is_required()
    yield from lines if wanted else ["# " + line for line in lines]


def _said(field: FieldInfo) -> str:
    return f"    # {field.description}" if field.description else ""


def _listed(annotation: Any) -> type[Entry] | None:
    """What a list of entries consists of; nothing for anything else."""
    if get_origin(annotation) is tuple and isinstance(inner := get_args(annotation)[0], type) and issubclass(inner, Entry):
        return inner
    return None


def _blank(field: FieldInfo) -> str:
    """A value to be filled in, in the form that the key takes; the default where there is one."""
    if not field.is_required() and field.default is not None and field.default != () and field.default_factory is None:
        return _flow(field.default)
    return _blank_of(field.annotation)


def _blank_of(annotation: Any) -> str:
    args = [a for a in get_args(annotation) if a is not NoneType]
    if _has(annotation, All):
        return f"{{status: {TO_FILL}}}"
    if get_origin(annotation) is tuple:
        return f"[{_blank_of(args[0])}]"
    if get_origin(annotation) is Mapping:
        keys = list(args[0]) if isinstance(args[0], type) and issubclass(args[0], StrEnum) else [TO_FILL]
        return "{" + ", ".join(f"{key}: {_blank_of(args[1])}" for key in keys) + "}"
    entry = next((a for a in (annotation, *args) if isinstance(a, type) and issubclass(a, Entry)), None)
    if entry is not None:
        return "{" + ", ".join(f"{f.alias or n}: {TO_FILL}" for n, f in entry.model_fields.items() if f.is_required()) + "}"
    return TO_FILL


def _has(annotation: Any, wanted: type) -> bool:
    return annotation is wanted or any(_has(a, wanted) for a in get_args(annotation))


def _flow(value: Any) -> str:
    """A value in one line of YAML."""
    text: str = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=10**6)
    return text.strip().removesuffix("...").strip()


# -- into a file --


def _append(path: Path, pattern: str, key: str, lines: list[str], head: str | None = None) -> Begun:
    """Write an entry after the last one of a list of a file; the file or the list is begun if there is none."""
    if not path.exists():
        written = [schema_line(pattern), *([head] if head else []), f"{key}:"]
        path.write_text("\n".join([*written, *lines]) + "\n", encoding="utf-8", newline="\n")
        return Begun(path, len(written) + 1)
    text = path.read_text(encoding="utf-8")
    root = yaml.compose(text, yaml.CSafeLoader)
    found = next((v for k, v in root.value if k.value == key), None) if isinstance(root, yaml.MappingNode) else None
    rows = text.splitlines()
    if found is None:
        rows += ["", f"{key}:", *lines]
        at = len(rows) - len(lines)
    elif not isinstance(found, yaml.SequenceNode) or found.flow_style or not found.value:
        raise ScaffoldError(f"{path} 里的“{key}”不是每行一个“- ”的清单。请先改成那样。")
    else:
        at = _end(found.value[-1])
        indent = " " * (found.start_mark.column)
        rows[at:at] = ["", *(indent + line.removeprefix("  ") for line in lines)]
        at += 1
    path.write_text("\n".join(rows) + "\n", encoding="utf-8", newline="\n")
    return Begun(path, at + 1)


def _end(node: yaml.Node) -> int:
    """The number of lines down to the last one of a node, without the blank lines and comments that follow it."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style:
        return _end(node.value[-1][1])
    if isinstance(node, yaml.SequenceNode) and not node.flow_style:
        return _end(node.value[-1])
    return node.end_mark.line + (1 if node.end_mark.column else 0)
