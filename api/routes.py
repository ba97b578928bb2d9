"""The addresses of the API, and what each of them does."""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.body import read_json
from api.case import Case, case
from api.faults import RefusedError
from api.limits import Lane, Rate, caller
from api.openapi import HealthData, description
from api.plain import json_bytes
from eligibility.assessment import Assessment, assess
from eligibility.export import questions_data
from eligibility.library import Library
from eligibility.profile import AnswerProblem, read_profile
from eligibility.receipt import result
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.problems import RulebookError
from eligibility.rulebook_file import rulebook_data

_log = logging.getLogger(__name__)

_CORES = os.cpu_count() or 1
_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
}


def routes(
    rulebook: Callable[[], Rulebook],
    library: Callable[[Rulebook], Library],
    today: Callable[[], date],
    *,
    origins: Sequence[str] = (),
    per_minute: int = 300,
) -> list[BaseRoute]:
    """What to mount in an application. `rulebook` gives the rules in use, or raises RulebookError; `origins` are the web sites whose scripts may call."""
    api = _Api(rulebook, library, today, Rate(per_minute))
    heard, told = ["content-type", "if-none-match"], ["etag", "retry-after", "answers-not-used"]
    cors = Middleware(_OtherSites, allow_origins=list(origins), allow_methods=["GET", "POST"], allow_headers=heard, expose_headers=told)
    app = Starlette(
        routes=[
            Route("/healthz", api.health),
            Route("/api/openapi.json", api.document(_description)),
            Route("/api/rulebook", api.document(_rulebook)),
            Route("/api/questions", api.document(_questions)),
            Route("/api/assess", api.assess, methods=["POST"]),
            Route("/api/report.pdf", api.report, methods=["POST"]),
        ],
        middleware=[cors] if origins else [],
        exception_handlers={RefusedError: _refuse, HTTPException: _misled, RulebookError: _rules_broken, Exception: _failed},
    )
    app.router.redirect_slashes = False
    guarded = _Guarded(app)
    return [Route(path, guarded) for path in ("/healthz", "/api", "/api/{path:path}")]


@dataclass(frozen=True)
class _Document:
    """Bytes that change only with the rules."""

    content: bytes
    etag: str


@dataclass(frozen=True)
class _Api:
    rulebook: Callable[[], Rulebook]
    library: Callable[[Rulebook], Library]
    today: Callable[[], date]
    rate: Rate
    reading: Lane = field(default_factory=lambda: Lane(1, waiting=64))
    deciding: Lane = field(default_factory=lambda: Lane(1, waiting=64))
    printing: Lane = field(default_factory=lambda: Lane(_CORES, waiting=8))

    async def health(self, _: Request) -> Response:
        """Whether the program can do its work. Not counted: whoever watches over the program asks often."""
        data: HealthData = {"status": "ok", "rulebook": (await self.reading.run(self.rulebook)).version}
        return Response(json_bytes(data), headers={"cache-control": "no-store"}, media_type="application/json")

    def document(self, make: Callable[[Library], _Document]) -> Callable[[Request], Awaitable[Response]]:
        """The address of a document."""

        async def answer(request: Request) -> Response:
            self._count(request)
            found = await self.reading.run(lambda: make(self.library(self.rulebook())))
            headers = {"etag": found.etag, "cache-control": "no-cache"}
            if _is_known(found.etag, request.headers.get("if-none-match", "")):
                return Response(status_code=304, headers=headers)
            return Response(found.content, headers=headers, media_type="application/json")

        return answer

    async def assess(self, request: Request) -> Response:
        """One enterprise's result."""
        asked = await self._case(request)
        content = await self.deciding.run(lambda: json_bytes(result(*self._assessment(asked))))
        return Response(content, headers={"cache-control": "no-store"}, media_type="application/json")

    async def report(self, request: Request) -> Response:
        """One enterprise's result as a report."""
        asked = await self._case(request)
        content, headers = await self.printing.run(lambda: self._report(asked))
        return Response(content, headers={"cache-control": "no-store", **headers}, media_type="application/pdf")

    def _report(self, asked: Case) -> tuple[bytes, Mapping[str, str]]:
        from eligibility.report.file_name import file_name
        from eligibility.report.pdf import render_pdf  # typst is loaded with the first report

        assessment, problems = self._assessment(asked)
        name = f"attachment; filename=\"report.pdf\"; filename*=UTF-8''{quote(file_name(assessment, 'pdf'))}"
        return render_pdf(assessment), {"content-disposition": name, "answers-not-used": str(len(problems))}

    def _assessment(self, asked: Case) -> tuple[Assessment, list[AnswerProblem]]:
        book = self.rulebook()
        profile, problems = read_profile(asked.answers, book.questions)
        return assess(book, profile, on=asked.on or self.today()), problems

    async def _case(self, request: Request) -> Case:
        self._count(request)
        return case(await read_json(request))

    def _count(self, request: Request) -> None:
        self.rate.count(caller(request))


@lru_cache(maxsize=2)
def _rulebook(library: Library) -> _Document:
    return _made(rulebook_data(library))


@lru_cache(maxsize=2)
def _questions(library: Library) -> _Document:
    return _made(questions_data(library.book))


@lru_cache(maxsize=2)
def _description(library: Library) -> _Document:
    return _made(description(library))


def _made(data: Any) -> _Document:
    content = json_bytes(data)
    return _Document(content, f'W/"{hashlib.sha256(content).hexdigest()[:32]}"')


def _is_known(etag: str, known: str) -> bool:
    """Whether an If-None-Match header names this document."""
    return etag in {tag.strip() if tag.strip().startswith("W/") else f"W/{tag.strip()}" for tag in known.split(",")} or known.strip() == "*"


async def _refuse(_: Request, fault: Exception) -> Response:
    assert isinstance(fault, RefusedError)
    return fault.response()


async def _misled(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "")
        return RefusedError("wrong_method", f"{request.url.path} 不接受 {request.method}，只接受 {allowed}。", error.headers).response()
    return RefusedError("no_such_path", "没有这个地址。有哪些地址，见 /api/openapi.json。").response()


async def _rules_broken(_: Request, error: Exception) -> Response:
    assert isinstance(error, RulebookError)
    return RefusedError("rules_broken", f"规则文件有 {len(error.problems)} 处错误，暂时不能判断。请让维护的人运行 python -m eligibility check，照提示改好。", {"retry-after": "60"}).response()


async def _failed(_: Request, error: Exception) -> Response:
    """For what nobody foresaw: a number for the caller, everything else in the log under that number."""
    number = secrets.token_hex(3).upper()
    _log.error("error %s", number, exc_info=error)
    return RefusedError("failed", f"没有做成，原因记在程序的日志里。请把编号 {number} 告诉维护的人。").response()


class _OtherSites(CORSMiddleware):
    """Says of a script that may not call what every other refusal says; Starlette says it in English."""

    def preflight_response(self, request_headers: Headers) -> Response:
        """The answer to a browser that asks beforehand."""
        found = super().preflight_response(request_headers)
        if found.status_code == 200:
            return found
        told = {k: v for k, v in found.headers.items() if k not in ("content-length", "content-type")}
        said = "这个网站的脚本不能这样调用。请让维护的人把网站列在 ELIGIBILITY_API_ORIGINS 里；方法只用 GET、POST，请求头只用 Content-Type、If-None-Match。"
        return RefusedError("other_site", said, told).response()


class _Guarded:
    """The same headers on every answer, whatever became of the request."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI interface."""

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *((k.encode(), v.encode()) for k, v in _HEADERS.items())]
            await send(message)

        await self.app(scope, receive, answer)
