"""What stands between the network and Streamlit for the sake of logins.

It marks connections from this machine, makes cookies secure behind TLS, remembers logins that end, lets no tab go on
with one that has, and brings whoever logs in back to the page they wanted.
"""

from __future__ import annotations

import logging
import re
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

import streamlit as st
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

from ui.access.logins import COOKIE, Login, counts, ended_logins, login_in
from ui.access.machine import marked
from ui.access.settings import usable_settings

_log = logging.getLogger(__name__)

FAILED = "login_failed"  # a cookie: the script says so once the visitor is back
_WANTED = "wanted"
_LOGIN, _CALLBACK = "/auth/login", "/oauth2callback"
_PAGE = re.compile(r"/[A-Za-z0-9_-]+(\?[A-Za-z0-9_.~=&%-]{0,300})?")  # one of ours; nothing that could lead elsewhere
_MINUTES_TO_LOG_IN = 15
_NO_ANSWER = (
    '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>登录没有完成</title>'
    '<body style="font-family:sans-serif;max-width:34em;margin:2em auto;padding:0 1em;line-height:1.6"><h1 style="font-size:1.4em">登录没有完成</h1>'
    '<p>登录服务没有回应。请过几分钟再试；还不行，请告诉维护人员。</p><p><a href="{home}">回到自测</a>（不需要登录）</p>'
)


class Gate:
    """The outermost layer of the application."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI interface."""
        if scope["type"] == "websocket":
            await self.app(marked(scope), _while_logged_in(scope, receive), send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        logging_in = scope["method"] == "GET" and _path(scope) in (_LOGIN, _CALLBACK)
        failed = False

        async def answer(message: Message) -> None:
            nonlocal failed
            if message["type"] == "http.response.start":
                failed = logging_in and message["status"] >= 400
                message = {**message, "headers": _headers(scope, message)}
            if not failed:
                await send(message)

        try:
            await self.app(scope, receive, answer)
        except Exception:
            if not logging_in:
                raise
            failed = True
            _log.exception("login failed")
        if failed:
            home = f"{scope['path'].removesuffix(_path(scope))}/"
            await HTMLResponse(_NO_ANSWER.format(home=home), 502)(scope, receive, send)


def _path(scope: Scope) -> str:
    """The path below that of the application: what else ends like a login, such as a mistyped address of the interface, is none."""
    path: str = scope["path"].removeprefix(scope.get("root_path", ""))
    below = str(st.get_option("server.baseUrlPath")).strip("/")
    return path.removeprefix(f"/{below}") if below else path


def _while_logged_in(scope: Scope, receive: Receive) -> Receive:
    """The messages of a tab. Once the login with which it connected has ended, they only have the script start over, as for a visitor.

    It is not enough that the script asks who is there: downloads and the rows of long tables are sent without it, a
    fragment runs without the rest, and what is called when a button is pressed runs before it.
    """
    login = login_in(HTTPConnection(scope).cookies)
    if login is None or not _counts(login):
        return receive  # a visitor from the beginning

    async def guarded() -> Message:
        while True:
            message = await receive()
            if message["type"] != "websocket.receive" or _counts(login):
                return message
            if again := _starting_over(message.get("bytes") or b""):
                return {"type": "websocket.receive", "bytes": again}

    return guarded


def _counts(login: Login) -> bool:
    config = usable_settings()
    return config is not None and counts(login, config)


def _starting_over(message: bytes) -> bytes | None:
    """A message that asks for a run of the script, without anything that was typed or pressed; None if it asks for something else."""
    try:
        asked = BackMsg.FromString(message)
    except DecodeError:
        return None
    if asked.WhichOneof("type") != "rerun_script":
        return None
    again = BackMsg()
    again.rerun_script.page_script_hash = asked.rerun_script.page_script_hash
    again.rerun_script.page_name = asked.rerun_script.page_name
    again.rerun_script.query_string = asked.rerun_script.query_string
    return bytes(again.SerializeToString())


def _headers(scope: Scope, message: Message) -> list[tuple[bytes, bytes]]:
    headers = MutableHeaders(raw=list(message["headers"]))
    request = HTTPConnection(scope)
    written = SimpleCookie()
    for cookie in headers.getlist("set-cookie"):
        written.load(cookie)
    if COOKIE in written and (login := login_in(request.cookies)) is not None:
        ended_logins().end(login)  # logged out, or replaced by another login: in this browser it is over
    if _path(scope) == _LOGIN:
        _remember(headers, request.headers.get("referer", ""))
    elif _path(scope) == _CALLBACK:
        _bring_back(headers, request, logged_in=COOKIE in written and bool(written[COOKIE].value))
    if is_secure(scope):
        _secure(headers)
    return headers.raw


def _remember(headers: MutableHeaders, page: str) -> None:
    """Keep the page from which somebody goes to log in."""
    came_from = urlsplit(page)
    wanted = f"/{came_from.path.rpartition('/')[2]}" + (f"?{came_from.query}" if came_from.query else "")
    if _PAGE.fullmatch(wanted):
        headers.append("set-cookie", f"{_WANTED}={wanted}; Path=/; HttpOnly; SameSite=Lax; Max-Age={_MINUTES_TO_LOG_IN * 60}")


def _bring_back(headers: MutableHeaders, request: HTTPConnection, *, logged_in: bool) -> None:
    """Lead to the page that was wanted. Streamlit leads to its start page, also after the login service said goodbye."""
    if not logged_in and not {"state", "error"} & set(request.query_params):
        return
    wanted = request.cookies.get(_WANTED, "")
    if _PAGE.fullmatch(wanted) and "location" in headers:
        headers["location"] = headers["location"].rstrip("/") + wanted
    headers.append("set-cookie", f"{_WANTED}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0")
    headers.append("set-cookie", f"{FAILED}=1; Path=/; HttpOnly; SameSite=Lax; Max-Age={0 if logged_in else 20}")


def is_secure(scope: Scope) -> bool:
    """Whether the browser speaks TLS, be it to a proxy in front. Who claims so falsely makes only their own cookies stricter."""
    forwarded = Headers(scope=scope).get("x-forwarded-proto", "")
    config = usable_settings()
    return scope["scheme"] == "https" or forwarded.strip().lower() == "https" or (config is not None and config.https)


def _secure(headers: MutableHeaders) -> None:
    cookies = headers.getlist("set-cookie")
    del headers["set-cookie"]
    for cookie in cookies:
        headers.append("set-cookie", cookie if re.search(r";\s*secure\s*(;|$)", cookie, re.IGNORECASE) else f"{cookie}; Secure")
