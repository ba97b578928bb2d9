"""Who counts as sitting at this machine: only a browser on it, at a page of ours, with nothing in between."""

from __future__ import annotations

from typing import Any

import pytest

from ui.access.machine import at_this_machine, is_marked, mark, marked

HOST, ORIGIN = (b"host", b"localhost:8501"), (b"origin", b"http://localhost:8501")


def connection(*headers: tuple[bytes, bytes], client: Any = ("127.0.0.1", 50000)) -> dict[str, Any]:
    return {"type": "websocket", "headers": list(headers or (HOST, ORIGIN)), "client": client}


def script_sees(scope: dict[str, Any]) -> bool:
    return is_marked({name.decode(): value.decode("latin-1") for name, value in marked(scope)["headers"]})


@pytest.mark.parametrize(
    "scope",
    [
        connection(),
        connection((b"host", b"127.0.0.1:8501"), (b"origin", b"http://127.0.0.1:8501")),
        connection((b"host", b"[::1]:8501"), (b"origin", b"http://[::1]:8501"), client=("::1", 50000)),
        connection(client=("::ffff:127.0.0.1", 50000)),
        connection((b"host", b"localhost"), (b"origin", b"https://localhost")),
    ],
)
def test_a_browser_on_this_machine(scope: dict[str, Any]) -> None:
    assert at_this_machine(scope)
    assert script_sees(scope)


@pytest.mark.parametrize(
    ("scope", "why"),
    [
        (connection(client=("192.168.1.7", 50000)), "another machine"),
        (connection(client=("::ffff:192.168.1.7", 50000)), "another machine"),
        (connection(client=None), "a socket file: only a proxy reaches it"),
        (connection(client=("", 0)), "nobody knows"),
        (connection(client=("somewhere", 1)), "nobody knows"),
        *((connection(HOST, ORIGIN, (name, b"203.0.113.9")), f"a proxy left {name.decode()}") for name in (b"x-forwarded-for", b"X-Forwarded-Proto", b"x-forwarded-host", b"forwarded", b"via", b"x-real-ip", b"cf-connecting-ip")),
        (connection((b"host", b"zhengce.example.cn"), (b"origin", b"http://zhengce.example.cn")), "a foreign name that leads here"),
        (connection((b"host", b"localhost.evil.example"), (b"origin", b"http://localhost.evil.example")), "a foreign name that begins like ours"),
        (connection((b"host", b"evil.localhost:8501"), (b"origin", b"http://evil.localhost:8501")), "a name below ours"),
        (connection((b"host", b"x@localhost:8501"), (b"origin", b"http://evil.example")), "a page from elsewhere"),
        (connection(HOST, (b"origin", b"http://localhost:3000")), "a page of another program on this machine"),
        (connection(HOST, (b"origin", b"http://evil.example")), "a page from elsewhere"),
        (connection(HOST, (b"origin", b"null")), "a page without an origin"),
        (connection(HOST), "no page at all"),
        (connection(HOST, HOST, ORIGIN), "two names"),
        (connection(HOST, ORIGIN, (b"origin", b"http://evil.example")), "two origins"),
        (connection(ORIGIN), "no name"),
        (connection((b"host", b"[::1"), (b"origin", b"http://[::1")), "no name at all"),
    ],
)
def test_anybody_else_is_a_visitor(scope: dict[str, Any], why: str) -> None:
    assert not at_this_machine(scope), why
    assert not script_sees(scope)


def test_the_mark_cannot_be_brought_along() -> None:
    far = ("192.168.1.7", 50000)
    for name in (b"x-at-this-machine", b"X-At-This-Machine"):
        for value in (b"1", b"", *(v.encode() for v in mark().values())):
            assert not script_sees(connection(HOST, ORIGIN, (name, value), client=far))
    assert not is_marked({})
    assert not is_marked({"x-at-this-machine": "甲"})
