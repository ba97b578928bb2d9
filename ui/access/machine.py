"""Whether a browser runs on this very machine: then it is its owner's, and where no login service is set, its owner is the advisor.

A proxy on the same machine makes everybody look local, and a foreign web page can have its own name lead here. So the
connection itself, the headers that proxies leave, the name in the address bar and the page that asks all have to agree.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from starlette.types import Scope

Headers = Iterable[tuple[bytes, bytes]]

_OWN_NAMES = {"localhost", "127.0.0.1", "::1"}
_LEFT_BY_PROXIES = {b"forwarded", b"via", b"x-real-ip", b"x-client-ip", b"x-original-host", b"true-client-ip", b"cf-connecting-ip"}
_MARK = b"x-at-this-machine"
_OURS = secrets.token_urlsafe(32)  # nobody outside this process can write it into a header


def at_this_machine(scope: Scope) -> bool:
    """Whether a websocket was opened by a page of ours in a browser on this machine."""
    headers = [(name.lower(), value.decode("latin-1")) for name, value in scope["headers"]]
    if any(name in _LEFT_BY_PROXIES or name.startswith(b"x-forwarded") for name, _ in headers):
        return False
    hosts, origins = ([value for name, value in headers if name == wanted] for wanted in (b"host", b"origin"))
    if len(hosts) != 1 or len(origins) != 1 or not scope.get("client"):  # a socket file has no client: there is a proxy in front
        return False
    return _is_loopback(scope["client"][0]) and _name(hosts[0]) in _OWN_NAMES and origins[0] in (f"http://{hosts[0]}", f"https://{hosts[0]}")


def marked(scope: Scope) -> Scope:
    """The scope, with a mark for the script where the browser is on this machine. What a client wrote there itself goes."""
    headers: list[tuple[bytes, bytes]] = [h for h in scope["headers"] if h[0].lower() != _MARK]
    if at_this_machine(scope):
        headers.append((_MARK, _OURS.encode()))
    return {**scope, "headers": headers}


def mark() -> dict[str, str]:
    """The mark, as the script sees it."""
    return {_MARK.decode(): _OURS}


def is_marked(headers: Mapping[str, Any]) -> bool:
    """Whether the script runs for a browser on this machine. Without a connection there is no mark."""
    return secrets.compare_digest(str(headers.get(_MARK.decode(), "")).encode(), _OURS.encode())


def _is_loopback(address: str) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return (getattr(parsed, "ipv4_mapped", None) or parsed).is_loopback


def _name(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None
