"""What the server says of frames and of the cookies in them, and how the sites that may hold ours are listed."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from ui.settings import count, origins
from ui.web import Browser

PARK = "https://park.example"
FRAMED = {"sec-fetch-dest": "iframe"}


async def _page(_: Request) -> Response:
    return HTMLResponse("Streamlit's own")


async def _checked(_: Request) -> Response:
    return Response(headers={"set-cookie": "_streamlit_xsrf=2|a|b|c; Path=/; SameSite=Lax"})


def answered(path: str, headers: Mapping[str, str] = {}, *, hosts: tuple[str, ...] = (PARK,), scheme: str = "https") -> Response:
    app = Browser(Starlette(routes=[Route("/_stcore/health", _checked), Route("/{path:path}", _page)]), b"<html>", hosts)
    return TestClient(app, base_url=f"{scheme}://ceping.example").get(path, headers=dict(headers))  # type: ignore[return-value]


def holders(response: Response) -> str:
    found = re.search("frame-ancestors ([^;]*);", response.headers["content-security-policy"])
    assert found is not None
    return found[1]


@pytest.mark.parametrize("path", ["/", "/result", "/check", "/library", "/library/?policy=x"])
def test_listed_sites_may_hold_the_visitor_s_pages(path: str) -> None:
    assert holders(answered(path)) == f"'self' {PARK}"
    assert holders(answered(path, hosts=())) == "'self'"


@pytest.mark.parametrize("path", ["/clients", "/screening", "/changes", "/x", "/result/x", "/Result"])
def test_nobody_may_hold_any_other_page(path: str) -> None:
    assert holders(answered(path)) == "'self'"


@pytest.mark.parametrize(
    ("headers", "hosts", "scheme", "kept"),
    [
        (FRAMED, (PARK,), "https", "SameSite=None; Secure; Partitioned"),
        ({**FRAMED, "x-forwarded-proto": "https"}, (PARK,), "http", "SameSite=None; Secure; Partitioned"),
        (FRAMED, (PARK,), "http", "SameSite=Lax"),
        (FRAMED, (), "https", "SameSite=Lax"),
        ({"sec-fetch-dest": "document"}, (PARK,), "https", "SameSite=Lax"),
        ({}, (PARK,), "https", "SameSite=Lax"),
    ],
)
def test_only_a_frame_that_is_allowed_gets_a_cookie_for_frames(headers: Mapping[str, str], hosts: tuple[str, ...], scheme: str, kept: str) -> None:
    cookie = answered("/", headers, hosts=hosts, scheme=scheme).headers["set-cookie"]
    assert re.fullmatch(rf"draft=[\w-]{{43}}; Path=/; HttpOnly; {kept}", cookie)


def test_uploads_are_guarded_inside_a_frame_too() -> None:
    assert answered("/_stcore/health").headers["set-cookie"] == "_streamlit_xsrf=2|a|b|c; Path=/; SameSite=None; Secure; Partitioned"
    assert answered("/_stcore/health", scheme="http").headers["set-cookie"] == "_streamlit_xsrf=2|a|b|c; Path=/; SameSite=Lax"
    assert answered("/_stcore/health", hosts=()).headers["set-cookie"] == "_streamlit_xsrf=2|a|b|c; Path=/; SameSite=Lax"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("", ()),
        ("https://park.example https://m.park.example:8443", ("https://park.example", "https://m.park.example:8443")),
        ("https://Park.Example:443,https://park.example", ("https://park.example",)),
        ("https://园区.中国", ("https://xn--dkrx9f.xn--fiqs8s",)),
        ("http://localhost:8000 http://127.0.0.1 http://[::1]:80", ("http://localhost:8000", "http://127.0.0.1", "http://[::1]")),
    ],
)
def test_sites_are_listed_as_browsers_name_them(monkeypatch: pytest.MonkeyPatch, written: str, expected: tuple[str, ...]) -> None:
    monkeypatch.setenv("SITES", written)
    assert origins("SITES") == expected


@pytest.mark.parametrize(
    ("written", "remedy"),
    [
        ("https://park.example/", "只写到域名和端口，后面不要路径和斜杠，如 https://park.example"),
        ("https://park.example?x", "只写到域名和端口，后面不要路径和斜杠，如 https://park.example"),
        ("https://a@park.example", "只写到域名和端口，后面不要路径和斜杠，如 https://park.example"),
        ("https://", "只写到域名和端口，后面不要路径和斜杠，如 https://park.example"),
        ("*", "请一个一个写明，不能用 *"),
        ("https://*.park.example", "请一个一个写明，不能用 *"),
        ("park.example", "请写成 https://park.example 的样子，以 https:// 开头（只有本机试用可以 http://localhost）"),
        ("http://park.example", "请写成 https://park.example 的样子，以 https:// 开头（只有本机试用可以 http://localhost）"),
        ("'self'", "请写成 https://park.example 的样子，以 https:// 开头（只有本机试用可以 http://localhost）"),
        ("https://park.example:99999", "请写成 https://park.example 的样子"),
        ("https://park..example", "请写成 https://park.example 的样子"),
        ("https://park.example;script-src", "域名里有不该有的字符，请写成 https://park.example 的样子"),
    ],
)
def test_a_site_that_cannot_be_understood_stops_the_program_with_one_sentence(monkeypatch: pytest.MonkeyPatch, written: str, remedy: str) -> None:
    monkeypatch.setenv("SITES", f"https://first.example {written}")
    with pytest.raises(SystemExit) as stopped:
        origins("SITES")
    assert str(stopped.value) == f"环境变量 SITES 里的“{written}”不对：{remedy}。"


def test_a_number_that_is_none_stops_the_program_with_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    assert count("TIMES", 300) == 300
    monkeypatch.setenv("TIMES", " 20 ")
    assert count("TIMES", 300) == 20
    for written in ("0", "-1", "1.5", "viele", "²"):
        monkeypatch.setenv("TIMES", written)
        with pytest.raises(SystemExit, match=f"^环境变量 TIMES 里的“{re.escape(written)}”不对：请写一个正整数，如 300。$"):
            count("TIMES", 300)
