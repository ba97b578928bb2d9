"""The layer before Streamlit: cookies, the way back after login, and what a tab may still do when its login has ended."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send
from streamlit.config import set_option
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from ui.access import gate
from ui.access.gate import Gate
from ui.access.logins import COOKIE, Login, ended_logins
from ui.access.settings import Settings

SECRET = "k" * 40
NOW = int(time.time())
CLAIMS = {"iss": "https://login.example.cn", "sub": "wang", "aud": "desk", "iat": NOW, "exp": NOW + 3600, "is_logged_in": True}
SIGNED = create_signed_value(SECRET, COOKIE, json.dumps(CLAIMS)).decode()
Answer = tuple[int, list[tuple[str, str]], bytes]


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def use(**changed: Any) -> None:
        found = Settings(**{"client_id": "desk", "cookie_secret": SECRET, "https": False, **changed})
        monkeypatch.setattr(gate, "usable_settings", lambda: found)

    monkeypatch.setenv("ELIGIBILITY_DATA", str(tmp_path))
    monkeypatch.setattr("streamlit.web.server.server_util.get_cookie_secret", lambda: SECRET)
    use()
    return use


def ask(path: str, *, answer: dict[str, str] | None = None, status: int = 302, cookies: tuple[str, ...] = (), query: str = "", scheme: str = "http", fails: bool = False, **headers: str) -> Answer:
    """One request through the gate to an application that answers like this."""
    sent: list[Message] = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if fails:
            raise ModuleNotFoundError("httpx")
        given = [(n.encode(), v.encode()) for n, v in (answer or {}).items()] + [(b"set-cookie", c.encode()) for c in cookies]
        await send({"type": "http.response.start", "status": status, "headers": given})
        await send({"type": "http.response.body", "body": b"inside"})

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": query.encode(),
        "scheme": scheme,
        "headers": [(n.replace("_", "-").encode(), v.encode()) for n, v in headers.items()],
        "client": ("127.0.0.1", 1),
    }
    finish(Gate(application)(scope, receive, send))
    return sent[0]["status"], [(n.decode(), v.decode()) for n, v in sent[0]["headers"]], b"".join(m.get("body", b"") for m in sent[1:])


def finish(work: Coroutine[Any, Any, None]) -> None:
    """Run what never has to wait, without a loop: the browser tests may have one running."""
    with pytest.raises(StopIteration):
        work.send(None)


def set_cookies(answer: Answer) -> dict[str, str]:
    return {v.partition("=")[0]: v for n, v in answer[1] if n == "set-cookie"}


def location(answer: Answer) -> str:
    return dict(answer[1])["location"]


def test_the_page_from_which_somebody_logs_in_is_remembered() -> None:
    asked = ask("/auth/login", answer={"location": "https://login.example.cn/"}, referer="http://localhost:8501/clients?client=ab12&part=kept")
    assert set_cookies(asked)["wanted"] == "wanted=/clients?client=ab12&part=kept; Path=/; HttpOnly; SameSite=Lax; Max-Age=900"
    assert location(asked) == "https://login.example.cn/"


def test_after_login_one_is_there_again() -> None:
    back = ask("/oauth2callback", query="code=1&state=2", answer={"location": "/"}, cookies=(f"{COOKIE}=signed; Path=/",), cookie="wanted=/clients?client=ab12")
    assert location(back) == "/clients?client=ab12"
    assert set_cookies(back)["wanted"].startswith("wanted=;")
    assert "Max-Age=0" in set_cookies(back)["login_failed"]


@pytest.fixture
def below_park() -> Iterator[None]:
    """The application is served below a path."""
    set_option("server.baseUrlPath", "park")
    yield
    set_option("server.baseUrlPath", "")


@pytest.mark.usefixtures("below_park")
def test_below_a_path_one_stays_below_it() -> None:
    assert set_cookies(ask("/park/auth/login", referer="http://park.example.cn/park/clients"))["wanted"].startswith("wanted=/clients;")
    back = ask("/park/oauth2callback", query="state=2", answer={"location": "/park/"}, cookies=(f"{COOKIE}=x",), cookie="wanted=/clients")
    assert location(back) == "/park/clients"


@pytest.mark.parametrize(
    "wanted",
    ["", "/", "//evil.example", "/\\evil.example", "https://evil.example/clients", "/clients/../..//evil.example", "/clients?x=<script>", "/clients?a=1#b", "javascript:alert(1)", "/cli ents", "/客户", "/clients?" + "x" * 400, "@evil.example", "/clients;Domain=x"],
)
def test_nothing_planted_leads_elsewhere(wanted: str) -> None:
    back = ask("/oauth2callback", query="state=2", answer={"location": "/"}, cookies=(f"{COOKIE}=x",), cookie=f'wanted="{wanted}"')
    assert location(back) in ("/", "/clients")
    remembered = set_cookies(ask("/auth/login", referer=f"http://localhost{wanted}" if wanted.startswith("/") else wanted)).get("wanted", "")
    assert "evil" not in remembered or remembered.startswith("wanted=/evil")  # a page of ours that there is not
    assert "//" not in remembered
    assert "<" not in remembered


def test_a_login_that_failed_is_told_on_the_page_one_came_from() -> None:
    back = ask("/oauth2callback", query="error=access_denied&state=2", answer={"location": "/"}, cookie="wanted=/clients")
    assert location(back) == "/clients"
    assert set_cookies(back)["login_failed"].startswith("login_failed=1;")


def test_coming_back_from_a_logout_is_no_failed_login() -> None:
    back = ask("/oauth2callback", answer={"location": "/"}, cookie="wanted=/clients")
    assert location(back) == "/"
    assert set_cookies(back) == {}


@pytest.mark.parametrize("fault", [{"status": 400}, {"status": 500}, {"fails": True}])
@pytest.mark.parametrize("path", ["/auth/login", "/oauth2callback"])
def test_a_login_service_that_does_not_answer_is_told_in_chinese(path: str, fault: dict[str, Any]) -> None:
    status, _, body = ask(path, **fault)
    assert status == 502
    assert "登录服务没有回应。请过几分钟再试" in body.decode()
    assert 'href="/"' in body.decode()
    assert b"inside" not in body


@pytest.mark.usefixtures("below_park")
def test_below_a_path_a_login_that_failed_leads_back_there() -> None:
    assert 'href="/park/"' in ask("/park/oauth2callback", status=500)[2].decode()


@pytest.mark.parametrize("path", ["/api/auth/login", "/api/oauth2callback", "/park/auth/login"])
def test_what_only_ends_like_a_login_is_none(path: str) -> None:
    asked = ask(path, status=404, referer="http://localhost:8501/clients", query="state=1")
    assert asked[::2] == (404, b"inside")
    assert set_cookies(asked) == {}


def test_other_faults_are_not_the_gates_business() -> None:
    assert ask("/healthz", status=503)[::2] == (503, b"inside")
    with pytest.raises(ModuleNotFoundError):
        ask("/healthz", fails=True)


@pytest.mark.parametrize(("scheme", "headers", "https", "secure"), [("http", {}, False, False), ("https", {}, False, True), ("http", {"x_forwarded_proto": "https"}, False, True), ("http", {}, True, True)])
def test_behind_tls_every_cookie_is_secure(config: Callable[..., None], scheme: str, headers: dict[str, str], https: bool, secure: bool) -> None:
    config(https=https)
    given = set_cookies(ask("/", status=200, scheme=scheme, cookies=("draft=a; Path=/; HttpOnly", f"{COOKIE}=b; Path=/", "c=d; secure"), **headers))
    assert given == {"draft": "draft=a; Path=/; HttpOnly" + "; Secure" * secure, COOKIE: f"{COOKIE}=b; Path=/" + "; Secure" * secure, "c": "c=d; secure"}


@pytest.mark.parametrize("given", [f'{COOKIE}=""; Max-Age=0; Path=/', f"{COOKIE}=another; Path=/"])
def test_a_login_that_is_taken_back_or_replaced_has_ended(given: str) -> None:
    ask("/auth/logout", cookies=(given,), cookie=f"a=b; {COOKIE}={SIGNED}")
    assert ended_logins().holds(Login(CLAIMS))


def test_no_login_ends_without_need_and_none_that_we_did_not_sign() -> None:
    ask("/", status=200, cookies=("draft=a",), cookie=f"{COOKIE}={SIGNED}")
    assert not ended_logins().holds(Login(CLAIMS))
    ask("/auth/logout", cookies=(f"{COOKIE}=; Max-Age=0",), cookie=f"{COOKIE}={SIGNED[:-2]}xx")
    assert not ended_logins().folder.exists()


def run(**asked: Any) -> bytes:
    message = BackMsg()
    message.rerun_script.query_string = "client=ab12"
    message.rerun_script.page_script_hash = "page"
    message.rerun_script.fragment_id = asked.get("fragment", "")
    message.rerun_script.widget_states.widgets.add(id="save", trigger_value=True)
    return bytes(message.SerializeToString())


def download() -> bytes:
    message = BackMsg()
    message.backend_operation_request.deferred_file.file_id = "all-clients"
    return bytes(message.SerializeToString())


def tab(*messages: bytes, cookie: str = f"{COOKIE}={SIGNED}", meanwhile: Callable[[], None] = lambda: None) -> list[Message]:
    """What reaches the application of a tab that connects, and sends these after something happened elsewhere."""
    got: list[Message] = []
    waiting: list[Message] = [*({"type": "websocket.receive", "bytes": m} for m in messages), {"type": "websocket.disconnect", "code": 1001}]

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        meanwhile()
        while not got or got[-1]["type"] != "websocket.disconnect":
            got.append(await receive())

    async def receive() -> Message:
        return waiting.pop(0)

    async def send(message: Message) -> None:
        raise AssertionError

    finish(Gate(application)({"type": "websocket", "headers": [(b"cookie", cookie.encode())], "client": ("127.0.0.1", 1)}, receive, send))
    return got[:-1]


def end() -> None:
    ended_logins().end(Login(CLAIMS))


def test_a_tab_with_a_login_that_counts_is_left_alone() -> None:
    sent = [run(), run(fragment="f"), download()]
    assert [m["bytes"] for m in tab(*sent)] == sent


def test_a_tab_whose_login_has_ended_can_only_have_its_page_drawn_anew() -> None:
    """Nothing that was pressed or typed arrives, no part of the page runs alone, no file is made."""
    got = tab(download(), run(), run(fragment="f"), b"\xff", meanwhile=end)
    assert len(got) == 2
    for message in got:
        asked = BackMsg.FromString(message["bytes"]).rerun_script
        assert (asked.query_string, asked.page_script_hash, asked.fragment_id, len(asked.widget_states.widgets)) == ("client=ab12", "page", "", 0)


def test_a_login_runs_out_while_a_tab_is_open(config: Callable[..., None]) -> None:
    assert tab(download(), meanwhile=lambda: config(login_hours=1e-9)) == []


def test_a_visitor_who_still_holds_the_cookie_of_an_ended_login_can_go_on_as_a_visitor() -> None:
    end()
    sent = [run(), download()]
    assert [m["bytes"] for m in tab(*sent)] == sent
    assert [m["bytes"] for m in tab(*sent, cookie="draft=a")] == sent
