"""JSON Schemas of the rule files, made from the models, so that an editor completes and checks while a rule is typed.

Draft 7, because editors know it best. What only the whole rulebook can tell (an id that does not exist, a quotation
that differs) is the business of `check`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path, PurePath
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import models_json_schema

from eligibility.logic.expressions import Compare, Expression, Has, Number
from eligibility.rulebook.models import Entry
from eligibility.rulebook.read import COLLECTIONS, HEADERS, SINGLES
from eligibility.scenarios import Scenario

FOLDER = "schemas"  # inside the folder of rules

Schema = dict[str, Any]

_REF = "#/definitions/{model}"

_LISTS = {
    "kinds": "支持的类别",
    "questions": "这一节的题目，按先后",
    "statuses": "身份：资质，和由回答推出的类别",
    "supports": "这一条原文里的每一项支持",
    "not_supports": "不是支持的句子，和为什么",
    "notices": "不管申请什么都要知道的事",
    "ways_in": "首屏上的各类用户",
    "scenarios": "例子：一家企业应当得到什么、不应当得到什么",
}

# Of these keys exactly one must be there. The models say it in code, which a schema does not see.
_ONE_OF: dict[type, tuple[tuple[str, ...], ...]] = {Compare: (Compare.RELATIONS, ("answer", "value")), Has: (("has", "has_any", "has_none"),)}


def schema_name(pattern: str) -> str:
    """The schema's file for rule files of a pattern: `supports/*.yaml` → `supports.json`."""
    return f"{PurePath(pattern).parts[0].removesuffix('.yaml')}.json"


def schema_line(pattern: str) -> str:
    """The first line of a rule file, by which editors find its schema."""
    up = "../" * (len(PurePath(pattern).parts) - 1)
    return f"# yaml-language-server: $schema={up}{FOLDER}/{schema_name(pattern)}"


def schema_texts() -> dict[str, str]:
    """Every schema as the text of its file."""
    lists: dict[str, dict[str, type[Entry]]] = {**COLLECTIONS, "scenarios/*.yaml": {"scenarios": Scenario}}
    schemas = {p: _of_lists(models, HEADERS.get(p, ())) for p, models in lists.items()} | {p: schema_of(model) for p, model in SINGLES.items()}
    return {schema_name(p): json.dumps(schema, ensure_ascii=False, indent=2) + "\n" for p, schema in schemas.items()}


def write_schemas(rules: Path) -> list[Path]:
    """Write every schema into a folder of rules; those that changed are returned."""
    folder = rules / FOLDER
    folder.mkdir(exist_ok=True)
    changed = []
    for name, text in schema_texts().items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8", newline="\n")
            changed.append(path)
    return changed


def schema_of(model: type[Entry]) -> Schema:
    """The schema of a file that holds one entry."""
    definitions = _definitions([model])
    return {"$schema": "http://json-schema.org/draft-07/schema#", **definitions.pop(model.__name__), "definitions": definitions}


def _of_lists(models: dict[str, type[Entry]], headers: tuple[str, ...]) -> Schema:
    """A file of lists. What the file says once at its head, its entries need not say again."""
    definitions = _definitions(models.values())
    properties: Schema = {}
    for header in headers:
        for model in models.values():
            entry = definitions[model.__name__]
            properties[header] = entry["properties"][header]
            entry["required"].remove(header)
    for key, model in models.items():
        properties[key] = {"type": "array", "description": _LISTS[key], "items": {"$ref": _REF.format(model=model.__name__)}}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "additionalProperties": False,
        "required": list(headers),
        "minProperties": 1 + len(headers),
        "properties": properties,
        "definitions": definitions,
    }


def _definitions(models: Iterable[type[Entry]]) -> Schema:
    _, whole = models_json_schema([(m, "validation") for m in models], ref_template=_REF)
    definitions: Schema = {name: plain(schema) for name, schema in whole["$defs"].items()}
    if "All" in definitions:  # conditions occur: their forms are listed once, not at each place
        unions: dict[str, TypeAdapter[Any]] = {"Expression": TypeAdapter(Expression), "Number": TypeAdapter(Number)}
        forms = {name: plain(union.json_schema(ref_template=_REF)) for name, union in unions.items()}
        lists = [(form["anyOf"], {"$ref": _REF.format(model=name)}) for name, form in forms.items()]
        definitions = _shared(definitions, lists) | {name: {"anyOf": form["anyOf"]} for name, form in forms.items()}
    for form, choices in _ONE_OF.items():
        if form.__name__ in definitions:
            definitions[form.__name__]["allOf"] = [{"oneOf": [{"required": [key]} for key in keys]} for keys in choices]
    if "Question" in definitions:
        options = definitions["Question"]["properties"]["options"]
        definitions["Question"]["properties"]["options"] = {"description": options.pop("description"), "anyOf": [options, {"const": "kinds"}]}
    return definitions


def _shared(schema: Any, lists: list[tuple[Any, Schema]]) -> Any:
    """The same schema with every list of alternatives that has a name replaced by a reference to it."""
    if isinstance(schema, list):
        return [_shared(inner, lists) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    for alternatives, reference in lists:
        if schema.get("anyOf") == alternatives:
            return {**{k: v for k, v in schema.items() if k != "anyOf"}, **reference}
    return {key: _shared(inner, lists) for key, inner in schema.items()}


def plain(schema: Schema, field: bool = False) -> Schema:
    """A schema without what is noise to its reader: titles made from names, docstrings, and alternatives that exclude one another anyway."""
    kept: Schema = {}
    for key, value in schema.items():
        match key:
            case "title":
                continue
            case "description" if not field:
                continue  # a docstring, which is written for programmers
            case "properties" | "patternProperties":
                kept[key] = {name: plain(inner, field=True) for name, inner in value.items()}
            case "oneOf" | "anyOf":
                kept["anyOf"] = [plain(inner) for inner in value]
            case "prefixItems":
                kept["items"] = [plain(inner) for inner in value]
            case "items" | "additionalProperties" | "propertyNames" if isinstance(value, dict):
                kept[key] = plain(value)
            case _:
                kept[key] = value
    return kept
