"""What surrounds Streamlit: the page that the browser loads, the draft's cookie, the headers."""

from __future__ import annotations

import json
import logging
import re
import secrets
from collections.abc import Sequence
from http.cookies import CookieError, SimpleCookie
from pathlib import Path

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.access.frame import PATHS
from ui.access.gate import is_secure
from ui.session import COOKIE
from ui.store import is_id, new_id

_BROWSER = Path(__file__).parent / "browser"
_log = logging.getLogger(__name__)

TITLE = "政策自测"
_NO_SCRIPT = "请在浏览器里允许本网站使用 JavaScript，再刷新本页。"
_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='7' fill='%231d5a96'/%3E"
    "%3Cpath d='M8 16.5l5.5 5.5L24 11' fill='none' stroke='white' stroke-width='3.5' stroke-linecap='round' stroke-linejoin='round'/%3E%3C/svg%3E"
)
_IN_FRAMES = "SameSite=None; Secure; Partitioned"
_UPLOADS = b"_streamlit_xsrf="
_HEADERS = {
    # Everything comes from this server. Streamlit's own page needs inline script and style, and WebAssembly; it loads the scripts of components as blobs of its own.
    "content-security-policy": "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self' ws: wss:; worker-src 'self' blob:; frame-ancestors {hosts}; base-uri 'self'; form-action 'self'; object-src 'none'",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}


def page() -> bytes:
    """Streamlit's page in Chinese: language, title, icon, our style, and the script that translates built-in texts and moves the focus."""
    html = (Path(st.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    style, script, words = ((_BROWSER / name).read_text(encoding="utf-8") for name in ("style.css", "page.js", "chinese.json"))
    before, _, rest = html.partition("<noscript>")
    _, _, after = rest.partition("</noscript>")
    html = f"{before}<noscript><p>{_NO_SCRIPT}</p></noscript>{after}"
    html = html.replace('<html lang="en">', '<html lang="zh-CN" translate="no">').replace("<title>Streamlit</title>", f"<title>{TITLE}</title>").replace("./favicon.png", _ICON)
    words = json.dumps(json.loads(words), ensure_ascii=False).replace("<", "\\u003c")
    return html.replace("</head>", f"<style>{style}</style><script>const CHINESE = {words};\n{script}</script></head>").encode()


class Browser:
    """Serves our page wherever Streamlit would serve its own, and gives each browser a draft of its own.

    The cookie ends with the browser session, is invisible to scripts, and holds nothing but the draft's unguessable name.
    `hosts` are the web sites inside whose pages ours may stand, those pages at least that have nothing but the visitor's
    own answers. There a browser keeps a cookie only if it is secure and its own for each such site.
    """

    def __init__(self, app: ASGIApp, page: bytes, hosts: Sequence[str] = ()) -> None:
        self.app = app
        self.page = page
        self.hosts = tuple(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI interface."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        replaced = False

        async def answer(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start" and Headers(raw=message["headers"]).get("content-type", "").startswith("text/html"):
                replaced = True
                await send({"type": "http.response.start", "status": message["status"], "headers": self._headers(scope)})
                await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else self.page})
            elif not replaced:
                if message["type"] == "http.response.start" and self.hosts and is_secure(scope):
                    message["headers"] = _for_frames(message["headers"])
                await send(message)

        await self.app(scope, receive, answer)

    def _headers(self, scope: Scope) -> list[tuple[bytes, bytes]]:
        hosts = self.hosts if _path(scope) in PATHS else ()
        policy = _HEADERS["content-security-policy"].format(hosts=" ".join(("'self'", *hosts)))
        headers = MutableHeaders(headers={**_HEADERS, "content-security-policy": policy, "content-type": "text/html; charset=utf-8", "content-length": str(len(self.page))})
        if not _has_draft(Headers(scope=scope)):
            path = scope.get("root_path") or "/"
            inside = bool(hosts) and is_secure(scope) and Headers(scope=scope).get("sec-fetch-dest") == "iframe"
            headers["set-cookie"] = f"{COOKIE}={new_id()}; Path={path}; HttpOnly; {_IN_FRAMES if inside else 'SameSite=Lax'}"
        return headers.raw


def _path(scope: Scope) -> str:
    """Of a page, as the menu knows it."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", "")).strip("/")


def _for_frames(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The same headers, Streamlit's cookie against forged uploads fit for frames: it is compared with what only our own page can read."""
    return [(k, re.sub(rb"; *SameSite=[A-Za-z]+(; *Secure)?", b"; " + _IN_FRAMES.encode(), v)) if k.lower() == b"set-cookie" and v.startswith(_UPLOADS) else (k, v) for k, v in headers]


def _has_draft(headers: Headers) -> bool:
    try:
        cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return False
    return cookie is not None and is_id(cookie.value)


def say_error(error: Exception) -> bool:
    """For what nobody foresaw: a sentence and a number on the screen, everything else in the log under that number."""
    number = secrets.token_hex(3).upper()
    _log.error("error %s", number, exc_info=error)
    st.error(f"刚才这一步没有做成，您填的答案都还在。请刷新本页再试；如果还不行，请把编号 {number} 告诉维护人员。")
    return True
