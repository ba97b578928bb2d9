"""What the API refuses, and why: a code for programs, a sentence for people, an HTTP status."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, NamedTuple

from pydantic import Field
from starlette.responses import Response
from typing_extensions import TypedDict

from api.plain import json_bytes


class Kind(NamedTuple):
    """A kind of fault."""

    status: int
    meaning: str


KINDS: Mapping[str, Kind] = {
    "not_utf8": Kind(400, "正文不是 UTF-8"),
    "not_json": Kind(400, "正文不是 JSON"),
    "bad_number": Kind(400, "NaN、Infinity，或者大得离谱的数"),
    "bad_text": Kind(400, "残缺的 Unicode 字符"),
    "duplicate_key": Kind(400, "同一个名称写了两次"),
    "too_deep": Kind(400, "嵌套太深"),
    "cut_off": Kind(400, "正文没有传完"),
    "other_site": Kind(400, "浏览器替一个网站的脚本先来问（OPTIONS），而这个网站没有列在允许的里面，或者要用的方法、请求头不在允许的里面"),
    "no_such_path": Kind(404, "没有这个地址"),
    "wrong_method": Kind(405, "这个地址不接受这种请求"),
    "too_slow": Kind(408, "正文传得太慢"),
    "too_large": Kind(413, "正文太大"),
    "wrong_type": Kind(415, "Content-Type 不是 application/json"),
    "in_address": Kind(422, "网址里带了参数"),
    "not_an_object": Kind(422, "正文不是对象"),
    "unknown_key": Kind(422, "多了不认识的名称"),
    "no_answers": Kind(422, "没有 answers，或者它不是对象"),
    "too_many_answers": Kind(422, "回答太多"),
    "bad_day": Kind(422, "on 不是日期，或者太早、太晚"),
    "too_many_requests": Kind(429, "一分钟里请求太多"),
    "failed": Kind(500, "没有料到的错误"),
    "busy": Kind(503, "正忙"),
    "rules_broken": Kind(503, "规则文件有误，暂时不能判断"),
}


class FaultData(TypedDict):
    """The body of every refusal."""

    code: Annotated[str, Field(description="给程序看的编号，不会变", json_schema_extra={"enum": list(KINDS)})]
    message: Annotated[str, Field(description="给人看的话：哪里、错在哪里、怎样改")]


class RefusedError(Exception):
    """A request that is refused."""

    def __init__(self, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.headers = code, message, dict(headers or {})

    def response(self) -> Response:
        """What the caller gets. After a body that was not read to its end, the connection is of no use any more."""
        data: FaultData = {"code": self.code, "message": self.message}
        headers = {"cache-control": "no-store", **self.headers}
        return Response(json_bytes(data), KINDS[self.code].status, headers, "application/json")
