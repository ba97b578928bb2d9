"""The description of the API for machines (OpenAPI 3.1), made from the models that do the work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pydantic import TypeAdapter
from typing_extensions import TypedDict

from api.case import Case
from api.faults import KINDS, FaultData
from eligibility.contract import QuestionData
from eligibility.library import Library
from eligibility.profile import read_profile
from eligibility.receipt import ResultData
from eligibility.rulebook_file import rulebook_schema
from eligibility.schemas import Schema, plain

_REF = "#/components/schemas/{model}"
_RULES = "rules."  # before the names of the rulebook file's own definitions


class HealthData(TypedDict):
    """Whether the program can do its work."""

    status: Literal["ok"]
    rulebook: str


_SHAPES: Mapping[str, tuple[Literal["validation", "serialization"], TypeAdapter[Any]]] = {
    "Case": ("validation", TypeAdapter(Case)),
    "Result": ("serialization", TypeAdapter(ResultData)),
    "Question": ("serialization", TypeAdapter(QuestionData)),
    "Fault": ("serialization", TypeAdapter(FaultData)),
    "Health": ("serialization", TypeAdapter(HealthData)),
}

_BODY_FAULTS = ("not_utf8", "not_json", "bad_number", "bad_text", "duplicate_key", "too_deep", "cut_off", "too_slow", "too_large", "wrong_type")
_CASE_FAULTS = (*_BODY_FAULTS, "in_address", "not_an_object", "unknown_key", "no_answers", "too_many_answers", "bad_day", "busy")
_ANY_FAULTS = ("other_site", "too_many_requests", "failed", "rules_broken")


def description(library: Library) -> dict[str, Any]:
    """The document at /api/openapi.json."""
    refs, shapes = _shapes()
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{library.book.cover.title} · 自测接口",
            "version": library.book.version,
            "description": "把一家企业的回答变成每一项支持的判断，和网页、命令行是同一套规则、同一个结果。不保存任何回答。结果是自测，不是审批结论。",
        },
        "paths": {
            "/healthz": {"get": _operation("health", "程序能不能用", {"200": _json("能用", refs["Health"])}, ["rules_broken", "busy", "failed"])},
            "/api/openapi.json": {"get": _document("description", "这份说明", {"type": "object"})},
            "/api/rulebook": {"get": _document("rulebook", "整个规则库：原文、支持、身份、题目、机构、例子", refs["RulebookFile"])},
            "/api/questions": {"get": _document("questions", "全部题目和可用的回答", {"type": "array", "items": refs["Question"]})},
            "/api/assess": {"post": _case("assess", "判断一家企业", {"200": _json("判断的结果；没有用上的回答在 problems 里", refs["Result"])}, refs["Case"], library)},
            "/api/report.pdf": {"post": _case("report", "一家企业的报告，PDF", {"200": _PDF}, refs["Case"], library)},
        },
        "components": {"schemas": shapes},
    }


_PDF = {
    "description": "报告",
    "headers": {
        "Content-Disposition": {"description": "文件名", "required": True, "schema": {"type": "string"}},
        "Answers-Not-Used": {"description": "没有用上的回答有几个；是哪几个，问 /api/assess", "required": True, "schema": {"type": "integer"}},
    },
    "content": {"application/pdf": {"schema": {}}},
}


def _shapes() -> tuple[dict[str, Schema], dict[str, Schema]]:
    """By name a reference to the shape of each body, and all shapes that they are made of."""
    found, whole = TypeAdapter.json_schemas([(name, mode, adapter) for name, (mode, adapter) in _SHAPES.items()], ref_template=_REF)
    shapes = {name: plain(schema) for name, schema in whole["$defs"].items()}
    rules = _of_today(rulebook_schema())
    shapes |= {_RULES + name: schema for name, schema in rules.pop("definitions").items()}
    shapes["RulebookFile"] = {key: value for key, value in rules.items() if key != "$schema"}
    refs = {name: dict(found[name, mode]) for name, (mode, _) in _SHAPES.items()}
    return refs | {"RulebookFile": {"$ref": _REF.format(model="RulebookFile")}}, shapes


def _of_today(schema: Any) -> Any:
    """The draft 7 schema that editors like, in the draft of OpenAPI 3.1."""
    if isinstance(schema, list):
        return [_of_today(inner) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: _of_today(value) for key, value in schema.items()}
    if isinstance(found.get("$ref"), str):
        found["$ref"] = found["$ref"].replace("#/definitions/", _REF.format(model=_RULES))
    if isinstance(found.get("items"), list):
        found["prefixItems"] = found.pop("items")
    return found


def _operation(id_: str, summary: str, responses: Mapping[str, Any], faults: Iterable[str]) -> dict[str, Any]:
    by_status: dict[str, list[str]] = {}
    for code in faults:
        by_status.setdefault(str(KINDS[code].status), []).append(code)
    return {"operationId": id_, "summary": summary, "responses": {**responses, **{status: _fault(codes) for status, codes in by_status.items()}}}


def _document(id_: str, summary: str, schema: Schema) -> dict[str, Any]:
    """Something to be fetched, that changes only with the rules."""
    etag = {"ETag": {"description": "这一份的标记", "required": True, "schema": {"type": "string"}}}
    answers = {"200": {**_json(summary, schema), "headers": etag}, "304": {"description": "和 If-None-Match 说的是同一份", "headers": etag}}
    known = {"name": "If-None-Match", "in": "header", "description": "手里那一份的 ETag；没有变就只答 304", "schema": {"type": "string"}}
    return {**_operation(id_, summary, answers, [*_ANY_FAULTS, "busy"]), "parameters": [known]}


def _case(id_: str, summary: str, answers: Mapping[str, Any], case: Schema, library: Library) -> dict[str, Any]:
    """Something to be worked out from one enterprise's answers."""
    content: dict[str, Any] = {"schema": case}
    if library.scenarios:
        scenario = library.scenarios[0]
        profile, _ = read_profile(scenario.answers, library.book.questions)
        content["examples"] = {scenario.id: {"summary": scenario.text, "value": {"answers": profile.as_data(), "on": library.book.cover.reviewed.isoformat()}}}
    body = {"required": True, "content": {"application/json": content}}
    return {**_operation(id_, summary, answers, [*_CASE_FAULTS, *_ANY_FAULTS]), "requestBody": body}


def _json(text: str, schema: Schema) -> dict[str, Any]:
    return {"description": text, "content": {"application/json": {"schema": schema}}}


def _fault(codes: list[str]) -> dict[str, Any]:
    return _json("；".join(f"{code} {KINDS[code].meaning}" for code in codes), {"$ref": _REF.format(model="FaultData")})
