"""The JSON Schemas are current, take every real rule file, refuse the common mistakes, and speak Chinese."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from eligibility.rulebook.load import DEFAULT_RULES
from eligibility.rulebook.read import COLLECTIONS, SINGLES
from eligibility.schemas import FOLDER, schema_line, schema_name, schema_texts, write_schemas
from tests.rulebook.test_faults import HARBOUR

SCHEMAS: dict[str, Any] = {name: json.loads(text) for name, text in schema_texts().items()}
PATTERNS = (*COLLECTIONS, *SINGLES, "scenarios/*.yaml")
FILES = [pytest.param(pattern, path, id=f"{folder.name}/{path.relative_to(folder).as_posix()}") for folder in (DEFAULT_RULES, HARBOUR) for pattern in PATTERNS for path in sorted(folder.glob(pattern))]


def faults(pattern: str, text: str) -> list[str]:
    """What an editor would underline. Dates are texts to an editor's YAML, as they are to JSON."""
    data = json.loads(json.dumps(yaml.load(text, yaml.CSafeLoader), default=str))
    return [e.message for e in Draft7Validator(SCHEMAS[schema_name(pattern)]).iter_errors(data)]


def test_the_committed_schemas_are_current() -> None:
    committed = {p.name: p.read_text(encoding="utf-8") for p in (DEFAULT_RULES / FOLDER).glob("*.json")}
    assert committed == schema_texts(), "run: python -m eligibility schemas"


@pytest.mark.parametrize("name", SCHEMAS)
def test_each_schema_is_one(name: str) -> None:
    Draft7Validator.check_schema(SCHEMAS[name])


@pytest.mark.parametrize(("pattern", "path"), FILES)
def test_every_rule_file_is_taken(pattern: str, path: Path) -> None:
    assert faults(pattern, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(("pattern", "path"), [p for p in FILES if p.id and str(p.id).startswith("rules/")])
def test_every_rule_file_names_its_schema(pattern: str, path: Path) -> None:
    line = path.read_text(encoding="utf-8").splitlines()[0]
    assert line == schema_line(pattern)
    assert (path.parent / line.partition("$schema=")[2]).resolve().is_file()


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("supports/charter.yaml", "    gives: The City pays part", "    givse: The City pays part"),
        ("supports/charter.yaml", "strength: service", "strength: medium"),
        ("supports/charter.yaml", "article: one, quote: The City pays part", "article: one, quoted: The City pays part"),
        ("supports/charter.yaml", "{answer: trade, is: ferry}", "{answer: trade}"),
        ("supports/charter.yaml", "{answer: trade, is: ferry}", "{answer: trade, is: 3}"),
        ("supports/charter.yaml", "{answer: trade, is: ferry}", "{answer: trade, is_: ferry}"),
        ("supports/charter.yaml", "{answer: trade, is: ferry}", "{answer: trade, has: ferry, has_none: [club]}"),
        ("supports/charter.yaml", "{answer: seats, at_least: 20}", "{answer: seats, at_least: 20, below: 30}"),
        ("supports/charter.yaml", "{answer: seats, at_least: 20}", "{answer: seats, value: length, at_least: 20}"),
        ("supports/charter.yaml", "{answer: seats, at_least: 20}", "{answer: seats, at_least: twenty}"),
        ("supports/charter.yaml", "not_stated: [the share, the deadline]", "not_stated: the share"),
        ("supports/charter.yaml", "reason: preamble", "reason: nothing"),
        ("supports/order.yaml", "supports:\n", "support:\n"),
        ("supports/order.yaml", "  - id: half-fee", "  - id: Half Fee"),
        ("supports/order.yaml", "gives: Half the berth fee", "gives: 50"),
        ("policies/charter.yaml", "issued: 2025-03-01\n", ""),
        ("policies/charter.yaml", "    text: The Council", "    txt: The Council"),
        ("questions/boat.yaml", "section: Boat\n", ""),
        ("questions/boat.yaml", "kind: yes_no", "kind: yesno"),
        ("questions/boat.yaml", "options: kinds", "options: kind"),
        ("agencies.yaml", "    name: City Treasury\n", ""),
        ("rulebook.yaml", "review_every: 12", "review_every: 0"),
        ("scenarios/boats.yaml", "open: [crew", "maybe: [crew"),
    ],
)
def test_a_common_mistake_is_underlined(file: str, old: str, new: str) -> None:
    pattern = next(p for p in PATTERNS if Path(file).match(p))
    text = (HARBOUR / file).read_text(encoding="utf-8")
    assert old in text
    assert faults(pattern, text.replace(old, new, 1))


def properties(schema: Any) -> Iterator[tuple[str, Any]]:
    """Every key that may be written, with what the schema says of it."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {}).items()
        for inner in schema.values():
            yield from properties(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from properties(inner)


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_key_is_explained_in_chinese(name: str) -> None:
    assert [key for key, said in properties(SCHEMAS[name]) if not re.search("[一-鿿]", said.get("description", ""))] == []


def test_schemas_are_written_once(tmp_path: Path) -> None:
    assert {p.name for p in write_schemas(tmp_path)} == SCHEMAS.keys()
    assert write_schemas(tmp_path) == []
