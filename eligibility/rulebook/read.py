"""From a folder of YAML files to a `Rulebook` whose every entry has the right form.

Whether the entries fit together, and fit the documents, is `check`'s business.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar, cast, get_args

from pydantic import BaseModel, ValidationError

from eligibility.rulebook.book import Cover, Origin, Rulebook
from eligibility.rulebook.files import locate, read_yaml
from eligibility.rulebook.models import AgencyList, Entry, Kind, Notice, NotSupport, Policy, Question, Status, Support, WayIn
from eligibility.rulebook.problems import Problem, RulebookError, nearest

E = TypeVar("E", bound=Entry)

# Which lists a file of each folder may hold, and what stands in them. Kinds come before the questions that offer them.
COLLECTIONS: dict[str, dict[str, type[Entry]]] = {
    "kinds.yaml": {"kinds": Kind},
    "questions/*.yaml": {"questions": Question},
    "statuses/*.yaml": {"statuses": Status},
    "supports/*.yaml": {"supports": Support, "not_supports": NotSupport},
    "notices.yaml": {"notices": Notice},
    "ways_in.yaml": {"ways_in": WayIn},
}
SINGLES: dict[str, type[Entry]] = {"rulebook.yaml": Cover, "agencies.yaml": AgencyList, "policies/*.yaml": Policy}
OPTIONAL = {"notices.yaml", "ways_in.yaml"}
TO_FILL = "待填"  # what `new` writes where something is to be filled in
HEADERS = {"questions/*.yaml": ("section",)}


def rule_files(folder: Path) -> list[Path]:
    """The YAML files that make up the rulebook, in a fixed order. Scenarios are tests of it, not part of it."""
    return sorted(p for p in folder.rglob("*.yaml") if p.relative_to(folder).parts[0] != "scenarios")


def rule_contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The name and the content of every rule file: all that decides, and all that the fingerprint covers."""
    for path in rule_files(folder):
        # The same rulebook has the same fingerprint on Windows.
        yield path.relative_to(folder).as_posix(), path.read_bytes().replace(b"\r\n", b"\n")


def fingerprint(folder: Path) -> str:
    """The hash of the rules' content, whole."""
    digest = hashlib.sha256()
    for name, content in rule_contents(folder):
        digest.update(name.encode() + b"\0" + content + b"\0")
    return digest.hexdigest()


def read(folder: Path) -> Rulebook:
    """Read every rule file.

    Raises RulebookError with every fault of form in every file: one bad file does not hide the next.
    """
    if not folder.is_dir():
        raise RulebookError([Problem(str(folder), 0, 0, "没有这个规则文件夹", "请检查路径。")])
    return _Reader(folder).read()


def read_entries(folder: Path, pattern: str, key: str, model: type[E]) -> list[tuple[E, Origin]]:
    """The entries of a list that is not part of the rulebook itself, with their places. Raises RulebookError."""
    reader = _Reader(folder)
    reader.found[model] = {}
    for path in sorted(folder.glob(pattern)):
        if (content := reader.content(path)) is not None:
            reader.read_lists(path, content, {key: model}, ())
    if reader.problems:
        raise RulebookError(reader.problems)
    return [(entry, reader.origins[model, id_]) for id_, entry in reader.found[model].items()]


class _Reader:
    """Collects entries and faults from all files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[Problem] = []
        self.found: dict[type[Entry], dict[str, Any]] = {m: {} for m in (Cover, AgencyList, Policy, Kind, Question, Status, Support, NotSupport, Notice, WayIn)}
        self.origins: dict[tuple[type[Entry], str], Origin] = {}

    def read(self) -> Rulebook:
        read_files: set[Path] = set()
        for pattern, model in SINGLES.items():
            for path in self._paths(pattern):
                read_files.add(path)
                if (content := self.content(path)) is not None:
                    self._add(model, content, Origin(path, self._name(path)))
        for pattern, lists in COLLECTIONS.items():
            for path in self._paths(pattern):
                read_files.add(path)
                if (content := self.content(path)) is not None:
                    self.read_lists(path, content, lists, HEADERS.get(pattern, ()))
        files = rule_files(self.folder)
        for path in files:
            if path not in read_files:
                self._fault(path, "这个文件放的地方不对，不会被读到", "请放到 policies、questions、statuses、supports 或 scenarios 文件夹里。")
        if self.problems:
            raise RulebookError(self.problems)
        return Rulebook(
            cover=next(iter(self.found[Cover].values())),
            fingerprint=fingerprint(self.folder),
            agency_list=next(iter(self.found[AgencyList].values())),
            policies=self._all(Policy),
            kinds=self._all(Kind),
            questions=self._all(Question),
            statuses=self._all(Status),
            ways_in=self._all(WayIn),
            supports=self._all(Support),
            notices=self._all(Notice),
            not_supports=tuple(self._all(NotSupport).values()),
            origins=MappingProxyType(self.origins),
        )

    def _all(self, model: type[E]) -> MappingProxyType[str, E]:
        return MappingProxyType(cast("dict[str, E]", self.found[model]))

    def _paths(self, pattern: str) -> list[Path]:
        paths = sorted(self.folder.glob(pattern))
        if not paths and pattern not in OPTIONAL:
            self.problems.append(Problem(f"{self.folder.name}/{pattern}", 0, 0, "缺这个文件", "请照 rules/README.md 补上。"))
        return paths

    def _name(self, path: Path) -> str:
        return (Path(self.folder.name) / path.relative_to(self.folder)).as_posix()

    def _fault(self, path: Path, what: str, remedy: str, *place: str | int) -> None:
        line, column = locate(path, place) if place else (0, 0)
        self.problems.append(Problem(self._name(path), line, column, what, remedy))

    def content(self, path: Path) -> Any:
        try:
            content = read_yaml(path, self._name(path))
        except RulebookError as error:
            self.problems += error.problems
            return None
        if content is None:
            self._fault(path, "文件是空的", "请照 rules/README.md 的样子写，不要的文件请删掉。")
        elif not isinstance(content, dict):
            self._fault(path, "文件最外层应是“名称: 值”", "请照 rules/README.md 的样子写。")
        return content if isinstance(content, dict) else None

    def read_lists(self, path: Path, content: dict[str, Any], lists: dict[str, type[Entry]], headers: tuple[str, ...]) -> None:
        for key in content:
            if key not in lists and key not in headers:
                self._fault(path, f"多了不认识的“{key}”", nearest(str(key), {*lists, *headers}), key)
        for key, model in lists.items():
            listed = content.get(key, [])
            if not isinstance(listed, list):
                self._fault(path, f"“{key}”应是一张清单", "每一条前面写“- ”。", key)
                continue
            for index, raw in enumerate(listed):
                if isinstance(raw, dict):
                    if model is Question and raw.get("options") == "kinds" and not self.found[Kind] and self.problems:
                        continue  # the kinds could not be read, which is told already
                    raw = self._completed(model, {h: content[h] for h in headers if h in content} | raw)
                self._add(model, raw, Origin(path, self._name(path), (key, index)))

    def _completed(self, model: type[Entry], raw: dict[str, Any]) -> dict[str, Any]:
        """`options: kinds` stands for the kinds of the rulebook, so that the two cannot drift apart."""
        if model is Question and raw.get("options") == "kinds":
            return raw | {"options": [{"id": k.id, "name": k.name} for k in self.found[Kind].values()]}
        return raw

    def _add(self, model: type[Entry], raw: Any, origin: Origin) -> None:
        if unfilled := list(_unfilled(raw)):
            for place in unfilled:
                key = next((p for p in reversed(place) if isinstance(p, str)), "")
                self.problems.append(origin.problem(f"“{key}”还没有填", f"请把“{TO_FILL}”换成内容；用不着的整行删掉。", *place))
            return
        try:
            entry = model.model_validate(raw)
        except ValidationError as error:
            errors = error.errors(include_url=False)
            # A list whose items are wrong is not short of them as well.
            told = [e for e in errors if e["type"] != "too_short" or not any(o["loc"][: len(e["loc"])] == e["loc"] for o in errors if o is not e)]
            self.problems += dict.fromkeys(_translated(e, origin, model) for e in told)
            return
        id_ = getattr(entry, "id", f"{origin.name}/{'/'.join(map(str, origin.place))}")
        if id_ in self.found[model]:
            first = self.origins[model, id_]
            line, _ = locate(first.path, (*first.place, "id"))
            self.problems.append(origin.problem(f"编号“{id_}”已经用过（{first.name}:{line}）", "请换一个编号。", "id"))
            return
        self.found[model][id_] = entry
        self.origins[model, id_] = origin


def _translated(error: Any, origin: Origin, model: type[BaseModel]) -> Problem:
    """A pydantic error as one Chinese sentence with its place."""
    place: tuple[str | int, ...] = error["loc"]
    key = next((str(p) for p in reversed(place) if isinstance(p, str)), "")
    value = error["input"]
    match str(error["type"]):
        case "missing":
            what, remedy = f"缺少“{key}”", "请补上。"
        case "extra_forbidden":
            fields = _fields(model, place[:-1])
            what, remedy = f"多了不认识的“{key}”", nearest(key, fields) if fields else "请删掉或改成认识的名称，见 rules/README.md。"
        case "literal_error" | "enum" if key == "[key]":
            what, remedy = f"多了不认识的“{value}”", f"只能是：{_expected(error)}。"
        case "literal_error" | "enum":
            what, remedy = f"“{key}”写的是“{value}”", f"只能是：{_expected(error)}。"
        case "string_pattern_mismatch":
            what, remedy = f"“{key}”写的是“{value}”", "编号只能用小写英文字母、数字、- 和 _，以字母开头。"
        case "bool_type" | "string_type" if key in ("bool", "str"):  # `is` takes either, and pydantic tells of both
            what, remedy = f"“is”写的是“{value}”", "选择题写选项的编号，像数字的编号要加引号；是否题写 true 或 false。"
        case "string_type":
            what, remedy = f"“{key}”应是文字，写的是“{value}”", "请写成文字；像数字、日期、是否的文字要加引号。"
        case "string_too_short":
            what, remedy = f"“{key}”是空的", "请填写；没有就整行删掉。"
        case "float_type" | "float_parsing" | "int_type" | "int_parsing" | "finite_number":
            what, remedy = f"“{key}”应是数字，写的是“{value}”", "请写成不带单位的数字。"
        case "bool_type" | "bool_parsing":
            what, remedy = f"“{key}”应是 true（是）或 false（否），写的是“{value}”", "请改成其中一个，不加引号。"
        case "greater_than_equal":
            what, remedy = f"“{key}”写的是 {value}，太小了", f"至少是 {error['ctx']['ge']}。"
        case "tuple_type" | "list_type":
            what, remedy = f"“{key}”应是清单，写的是“{value}”", "请写成 [甲, 乙]，或每行一个“- ”。"
        case "too_short":
            what, remedy = f"“{key}”是空的清单", "至少写一个。"
        case "model_type" | "model_attributes_type" | "dict_type" | "mapping_type":
            what, remedy = f"“{key}”应是一组“名称: 值”" if key else "这一条应是一组“名称: 值”", "请检查缩进。"
        case kind if kind.startswith("date"):
            what, remedy = f"“{key}”应是日期，写的是“{value}”", "请写成 2024-12-14 的样子。"
        case _:
            what, remedy = str(error["msg"]), "请照 rules/README.md 的样子改。"
    return origin.problem(what, remedy, *place)


def _unfilled(raw: Any, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where a scaffolded entry still has its placeholder."""
    match raw:
        case str() if raw == TO_FILL:
            yield place
        case dict():
            for key, value in raw.items():
                yield from [(*place, key)] if key == TO_FILL else _unfilled(value, (*place, key))
        case list():
            for index, value in enumerate(raw):
                yield from _unfilled(value, (*place, index))


def _expected(error: Any) -> str:
    """The values that pydantic says are allowed, as a Chinese list."""
    text: str = error["ctx"]["expected"]
    return text.replace("'", "").replace(" or ", "、").replace(", ", "、")


def _fields(model: type[BaseModel], place: tuple[str | int, ...]) -> set[str]:
    """The keys that are known at a place inside an entry; none where it is not an entry but a condition."""
    for part in place:
        if isinstance(part, int):
            continue
        field = model.model_fields.get(part)
        inner = [t for t in _types(field.annotation) if issubclass(t, Entry)] if field else []
        if len(inner) != 1:
            return set()
        model = inner[0]
    return {f.alias or name for name, f in model.model_fields.items()}


def _types(annotation: Any) -> list[type]:
    """The classes that an annotation is made of."""
    if isinstance(annotation, type) and not get_args(annotation):
        return [annotation]
    return [t for part in get_args(annotation) for t in _types(part)]
