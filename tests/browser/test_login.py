"""Who sees what, in real browsers, with a real login service beside the application."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from eligibility.clients.database import Database
from eligibility.clients.desk import Desk
from eligibility.clients.records import Advisor, Role
from eligibility.rulebook import archive
from eligibility.rulebook.load import DEFAULT_RULES, load
from tests.browser.driving import QUESTION, Server, Visitor, settle
from tests.clients.conftest import NOON
from ui.access.logins import COOKIE
from ui.session import COOKIE as DRAFT
from ui.store import Store, new_id

SECRET = "k" * 40
NORTH, SOUTH = "北方精工有限公司", "南方软件有限公司"
PEOPLE: dict[str, dict[str, object]] = {
    "wang": {"name": "王芳", "org": "north", "roles": ["lead"]},
    "li": {"name": "李强", "org": "north", "roles": ["advisor"]},
    "zhao": {"name": "赵敏", "org": "south", "roles": ["lead"]},
    "homeless": {"name": "无机构", "roles": ["lead"]},
    "guest": {"name": "无角色", "org": "north", "roles": ["visitor"]},
}
PAGES = ("/clients", "/screening")


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    """A login service with these people."""
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # between two programs on this machine, without TLS
    from oidc_provider_mock import User, run_server_in_thread

    with run_server_in_thread(user_claims=[User(sub=sub, claims=claims) for sub, claims in PEOPLE.items()]) as running:
        yield f"http://localhost:{running.server_port}"
    del os.environ["AUTHLIB_INSECURE_TRANSPORT"]


@pytest.fixture(scope="module")
def desk_server(service: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The application with that login service, and a client of each of two organisations."""
    folder = tmp_path_factory.mktemp("desk")
    secrets = folder / "secrets.toml"
    secrets.write_text(
        f'[auth]\nredirect_uri = "http://localhost:{{port}}/oauth2callback"\ncookie_secret = "{SECRET}"\nclient_id = "desk"\nclient_secret = "s"\n'
        f'server_metadata_url = "{service}/.well-known/openid-configuration"\n',
        encoding="utf-8",
    )
    running = Server(folder / "data", STREAMLIT_SECRETS_FILES=str(secrets))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def ids(desk_server: Server) -> dict[str, str]:
    """The clients' ids by their names."""
    return {name: keep(desk_server, organisation, name) for organisation, name in (("north", NORTH), ("south", SOUTH))}


def keep(server: Server, organisation: str, name: str, **answers: object) -> str:
    database = Database(f"sqlite:///{server.data / 'clients.sqlite3'}")
    try:
        return Desk(database, Advisor("测试", organisation, Role.LEAD)).add(name, at=NOON, answers=answers).id
    finally:
        database.close()


@pytest.fixture
def someone(desk_server: Server, browser: Browser, ids: dict[str, str]) -> Iterator[Callable[..., BrowserContext]]:
    """A browser of its own; with claims, one that holds a login that says so."""
    contexts = []

    def arrive(sub: str | None = None, **claims: object) -> BrowserContext:
        context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN", accept_downloads=True)
        contexts.append(context)
        if sub is not None:
            now = int(time.time())
            login = {"iss": "http://localhost", "sub": sub, "aud": ["desk"], "iat": now, "exp": now + 3600, **PEOPLE[sub], **claims}
            login |= {"origin": desk_server.url, "is_logged_in": True, "provider": "default"}
            value = create_signed_value(SECRET, COOKIE, json.dumps(login)).decode()
            context.add_cookies([{"name": COOKIE, "value": value, "url": desk_server.url, "httpOnly": True, "sameSite": "Lax"}])
        return context

    yield arrive
    for context in contexts:
        context.close()


def at(server: Server, context: BrowserContext, path: str = "/") -> Page:
    """A new tab."""
    return Visitor(context.new_page(), server.url).arrive(path).page


def log_in(page: Page, sub: str) -> None:
    """Through the login service, as a person does it."""
    page.locator(".st-key-login button").click()
    page.get_by_role("button", name=sub, exact=True).click()
    page.locator(".st-key-who").wait_for()


def log_out(page: Page) -> None:
    page.locator(".st-key-who button").first.click()
    page.get_by_role("button", name="退出", exact=True).click()
    page.wait_for_url("**/end_session**")  # the service says goodbye, the cookie is gone by then


def settled(page: Page) -> str:
    """All that the page says, once it has said it."""
    page.locator(".st-key-menu").wait_for()
    return settle(page).locator("body").inner_text()


def test_an_advisor_logs_in_and_is_back_on_the_page_they_wanted(desk_server: Server, someone: Callable[..., BrowserContext], ids: dict[str, str]) -> None:
    page = at(desk_server, someone(), f"/clients?client={ids[NORTH]}")
    expect(page.get_by_role("heading", name="请先登录")).to_be_visible()
    assert NORTH not in settled(page)
    expect(page.locator(".st-key-menu").get_by_role("link", name="客户档案")).to_have_count(0)
    log_in(page, "wang")
    assert page.url == f"{desk_server.url}/clients?client={ids[NORTH]}"
    expect(page.get_by_role("heading", name=NORTH)).to_be_visible()
    expect(page.locator(".st-key-menu").get_by_role("link", name="客户档案")).to_be_visible()
    page.locator(".st-key-who button").first.click()
    expect(page.get_by_text("north · 负责人")).to_be_visible()


def test_who_refuses_at_the_login_service_is_told_and_goes_on_as_a_visitor(desk_server: Server, someone: Callable[..., BrowserContext]) -> None:
    page = at(desk_server, someone(), "/library")
    page.locator(".st-key-login button").click()
    page.get_by_role("button", name="Deny").click()
    expect(page.get_by_text("登录没有完成。请再试一次；还不行，请告诉维护人员。自测不需要登录。")).to_be_visible()
    assert page.url == f"{desk_server.url}/library"
    expect(page.get_by_role("heading", name="政策库")).to_be_visible()


def test_a_visitor_gets_no_client_data_at_any_address(desk_server: Server, someone: Callable[..., BrowserContext], ids: dict[str, str]) -> None:
    context = someone()
    for path in PAGES:
        page = at(desk_server, context, path)
        expect(page.get_by_role("heading", name="请先登录")).to_be_visible()
        page.close()
    client = ids[NORTH]
    for path in ("/clients.py", "/screening.py", f"/clients?client={client}", f"/screening?client={client}", "/客户档案", f"/?client={client}"):
        page = at(desk_server, context, path)
        told = settled(page)
        assert NORTH not in told, path
        assert page.locator(".st-key-menu").get_by_role("link", name=re.compile("客户档案|批量筛查")).count() == 0
        page.close()
    for path in ("/pages/clients", "/pages/clients.py", "/pages/screening.py", f"/clients/{client}", "/ui/main.py", "/ui/clients/listing.py", "/data/clients.sqlite3", "/app/static/clients.sqlite3", "/media/clients.zip"):
        page = context.new_page()
        page.goto(desk_server.url + path, wait_until="networkidle")
        assert page.locator("[data-testid=stApp]").count() == 0, f"{path} is a page"
        assert NORTH not in page.content()
        page.close()


def test_the_self_assessment_needs_no_login(desk_server: Server, someone: Callable[..., BrowserContext]) -> None:
    page = at(desk_server, someone())
    Visitor(page, desk_server.url).begin()
    assert "登录" not in page.locator(QUESTION).inner_text()


def test_two_advisors_in_two_browsers_see_their_own_clients_only(desk_server: Server, someone: Callable[..., BrowserContext], ids: dict[str, str]) -> None:
    wang, zhao = at(desk_server, someone("wang"), "/clients"), at(desk_server, someone("zhao"), "/clients")
    for page, own, other in ((wang, NORTH, SOUTH), (zhao, SOUTH, NORTH)):
        expect(page.get_by_role("link", name=own)).to_be_visible()
        assert other not in settled(page)
    for path in (f"/clients?client={ids[NORTH]}", f"/clients?client={ids[NORTH]}&part=history"):
        zhao.goto(desk_server.url + path)
        expect(zhao.get_by_text("找不到这家企业的档案：可能已经删除，或者不属于您的机构。")).to_be_visible()
        assert NORTH not in settled(zhao)


@pytest.mark.parametrize("guess", ["0" * 32, "' OR 1=1 --", "../../etc/passwd", "%00", "*", "1"])
def test_a_guessed_id_finds_nobody(desk_server: Server, someone: Callable[..., BrowserContext], ids: dict[str, str], guess: str) -> None:
    page = at(desk_server, someone("zhao"), f"/clients?client={guess}")
    expect(page.get_by_text("找不到这家企业的档案：可能已经删除，或者不属于您的机构。")).to_be_visible()


@pytest.mark.parametrize(("sub", "told"), [("homeless", "您的账号（无机构）没有写明属于哪个机构，所以看不到企业资料。请管理登录账号的人员补上。"), ("guest", "您的账号（无角色）不是顾问，所以看不到企业资料。请管理登录账号的人员给您加上角色。")])
def test_an_account_without_organisation_or_role_is_told_and_sees_nothing(desk_server: Server, someone: Callable[..., BrowserContext], sub: str, told: str) -> None:
    page = at(desk_server, someone(sub), "/clients")
    expect(page.get_by_role("heading", name="看不到企业资料")).to_be_visible()
    expect(page.get_by_text(told)).to_be_visible()
    assert NORTH not in settled(page)


def test_nothing_in_the_address_makes_an_advisor(desk_server: Server, someone: Callable[..., BrowserContext]) -> None:
    page = at(desk_server, someone(), "/clients?is_logged_in=true&org=north&roles=lead&sub=wang")
    expect(page.get_by_role("heading", name="请先登录")).to_be_visible()


def test_a_login_that_runs_out_is_over_and_the_visitors_own_answers_are_still_there(desk_server: Server, someone: Callable[..., BrowserContext]) -> None:
    context = someone()
    visitor = Visitor(context.new_page(), desk_server.url).arrive().begin()
    asked = visitor.asked
    visitor.page.close()
    until = int(time.time()) + 8
    log_in_with_cookie(desk_server, context, exp=until)
    page = at(desk_server, context, "/clients")
    expect(page.get_by_role("link", name=NORTH)).to_be_visible()
    expect(page.get_by_text("登录还有 1 分钟到期，到时要重新登录。没有保存的修改请现在保存。")).to_be_visible()
    page.wait_for_timeout(1000 * (until - time.time()) + 200)
    page.get_by_role("link", name=NORTH).click()
    expect(page.get_by_role("heading", name="登录已经结束")).to_be_visible()
    assert NORTH not in settled(page)
    page.locator(".st-key-menu").get_by_role("link", name="自测").click()
    expect(page.locator(QUESTION)).to_have_attribute("data-question", str(asked))


def log_in_with_cookie(server: Server, context: BrowserContext, sub: str = "wang", **claims: object) -> str:
    """Give a browser a login as the application would sign it."""
    now = int(time.time())
    login = {"iss": "http://localhost", "sub": sub, "aud": ["desk"], "iat": now, "exp": now + 3600, **PEOPLE[sub], **claims}
    value = create_signed_value(SECRET, COOKIE, json.dumps({**login, "origin": server.url, "is_logged_in": True, "provider": "default"})).decode()
    context.add_cookies([{"name": COOKIE, "value": value, "url": server.url, "httpOnly": True, "sameSite": "Lax"}])
    return value


@pytest.mark.parametrize("forge", [lambda v: v[:-4] + "AAAA", lambda v: "e" + v, lambda v: create_signed_value("another" * 9, COOKIE, '{"is_logged_in":true}').decode(), lambda _: "chunks-9"])
def test_a_cookie_that_somebody_wrote_is_nobodys_login(desk_server: Server, someone: Callable[..., BrowserContext], forge: Callable[[str], str]) -> None:
    context = someone()
    value = log_in_with_cookie(desk_server, context)
    context.add_cookies([{"name": COOKIE, "value": forge(value), "url": desk_server.url}])
    page = at(desk_server, context, "/clients")
    expect(page.get_by_role("heading", name="请先登录")).to_be_visible()


def test_who_planted_the_draft_of_a_browser_reads_nothing_that_is_typed_after_login(desk_server: Server, someone: Callable[..., BrowserContext]) -> None:
    planted = new_id()
    victim, attacker = someone(), someone()
    for context in (victim, attacker):
        context.add_cookies([{"name": DRAFT, "value": planted, "url": desk_server.url, "httpOnly": True, "sameSite": "Lax"}])
    page = at(desk_server, victim)
    log_in(page, "wang")
    typed = Visitor(page, desk_server.url).begin()
    first = typed.asked
    typed.say("大连市" if first == "city" else "不清楚").next()
    second = typed.asked
    assert Store(desk_server.data / "drafts").read(planted) is None, "what was typed after login lies where the attacker can read it"
    for sub in (None, "zhao"):  # as a visitor, and after a login of their own
        if sub:
            log_in_with_cookie(desk_server, attacker, sub)
        spy = at(desk_server, attacker)
        expect(spy.get_by_role("button", name="从第一题开始")).to_be_visible()
        spy.close()
    page.reload()
    expect(page.locator(QUESTION)).to_have_attribute("data-question", str(second))  # the victim lost nothing


def test_a_tab_left_open_shows_and_saves_nothing_after_a_logout_elsewhere(desk_server: Server, someone: Callable[..., BrowserContext], ids: dict[str, str]) -> None:
    context = someone()
    page = at(desk_server, context)
    log_in(page, "wang")
    held = {c["name"]: c["value"] for c in context.cookies()}[COOKIE]
    left, filled = at(desk_server, context, "/clients"), at(desk_server, context, f"/clients?client={ids[NORTH]}&part=details")
    expect(left.get_by_role("link", name=NORTH)).to_be_visible()
    notes = filled.get_by_label("备注")
    notes.fill("退出以后写的")
    log_out(page)
    filled.get_by_role("button", name="保存").click()
    expect(filled.get_by_role("heading", name="请先登录")).to_be_visible()
    left.get_by_role("link", name=NORTH).click()
    expect(left.get_by_role("heading", name="请先登录")).to_be_visible()
    assert NORTH not in settled(left) + settled(filled)
    database = Database(f"sqlite:///{desk_server.data / 'clients.sqlite3'}")
    assert Desk(database, Advisor("测试", "north")).client(ids[NORTH]).notes == ""
    database.close()
    # A copy of the cookie, kept by whoever could read it, is worth nothing either.
    thief = someone()
    thief.add_cookies([{"name": COOKIE, "value": held, "url": desk_server.url}])
    expect(at(desk_server, thief, "/clients").get_by_role("heading", name="登录已经结束")).to_be_visible()


def test_a_tab_left_open_hands_out_no_file_after_a_logout_elsewhere(desk_server: Server, someone: Callable[..., BrowserContext]) -> None:
    context = someone()
    page = at(desk_server, context)
    log_in(page, "wang")
    left = at(desk_server, context, "/clients")
    expect(left.get_by_role("link", name=NORTH)).to_be_visible()
    left.get_by_text("导出、导入、备份").click()
    button = left.get_by_role("button", name="导出全部档案")
    with left.expect_download():
        button.click()
    log_out(page)
    files: list[Any] = []
    left.on("download", lambda download: files.append(download))
    button.click()
    left.wait_for_timeout(1500)
    assert files == []


def test_only_advisors_count_their_clients_in_where_rules_are_compared_and_a_logout_elsewhere_ends_it(desk_server: Server, someone: Callable[..., BrowserContext], tmp_path: Path) -> None:
    rules = Path(shutil.copytree(DEFAULT_RULES, tmp_path / "rules"))
    with (rules / "rulebook.yaml").open("a", encoding="utf-8") as cover:
        cover.write("\n# another version\n")
    archive.keep(load(rules), rules, desk_server.data / "rulebooks")
    for organisation, name in (("north", "北方读不了"), ("south", "南方读不了")):
        keep(desk_server, organisation, name, gone=1)  # listed, although nothing changes
    context = someone()
    page, stranger = at(desk_server, context), at(desk_server, someone(), "/changes")
    expect(stranger.get_by_role("heading", name="规则变化")).to_be_visible()
    assert "客户档案" not in settled(stranger)
    log_in(page, "wang")
    left = at(desk_server, context, "/changes")
    counted = left.get_by_text("算上客户档案里的企业")
    counted.click()
    expect(left.get_by_text("北方读不了：gone")).to_be_visible()
    assert "南方读不了" not in settled(left)
    log_out(page)
    counted.click()
    expect(left.locator(".st-key-login")).to_be_visible()
    told = settled(left)
    assert "读不了" not in told
    assert "客户档案" not in told


def test_who_logs_in_anew_ends_the_login_before(desk_server: Server, someone: Callable[..., BrowserContext]) -> None:
    context = someone()
    opened_before = at(desk_server, context)
    log_in(at(desk_server, context), "wang")
    left = at(desk_server, context, "/clients")
    expect(left.get_by_role("link", name=NORTH)).to_be_visible()
    log_in(opened_before, "zhao")  # this tab still offers to log in
    left.get_by_role("link", name=NORTH).click()
    expect(left.locator(".st-key-who")).to_contain_text("赵敏")
    assert NORTH not in settled(left)


def test_files_go_up_only_from_a_page_of_ours(desk_server: Server, someone: Callable[..., BrowserContext]) -> None:
    def send(method: str, path: str, **headers: str) -> int:
        request = urllib.request.Request(desk_server.url + path, data=b"x", method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    upload = "/_stcore/upload_file/0b1f4d3e-2f7a-4a0e-9d6e-000000000000/file"
    assert send("PUT", upload) == 403
    assert send("DELETE", upload) == 403
    assert send("POST", upload) == 405
    token = {c["name"]: c["value"] for c in at(desk_server, someone(), "/clients").context.cookies()}["_streamlit_xsrf"]
    assert send("PUT", upload, **{"X-Xsrftoken": token, "Cookie": f"_streamlit_xsrf={token}"}) == 400  # no such session
    for path in ("/clients", "/screening", "/auth/logout", "/oauth2callback"):
        assert send("POST", path) == 405


def test_without_a_login_service_only_a_browser_on_this_machine_sees_clients(server: Server, browser: Browser) -> None:
    keep(server, "local", "本机的企业")
    for url, seen in ((server.url, True), (f"http://127.0.0.1:{server.port}", True), (f"http://evil.localhost:{server.port}", False), *((f"http://{a}:{server.port}", False) for a in addresses())):
        context = browser.new_context(locale="zh-CN")
        page = Visitor(context.new_page(), url).arrive("/clients").page
        if seen:
            expect(page.get_by_role("link", name="本机的企业")).to_be_visible()
        else:
            expect(page.get_by_role("heading", name="这一页只在本机打开")).to_be_visible()
            assert "本机的企业" not in settled(page)
            assert page.locator(".st-key-menu").get_by_role("link", name="客户档案").count() == 0
        assert page.locator(".st-key-login").count() == 0
        context.close()


def addresses() -> list[str]:
    """The address by which others reach this machine, if it has one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing
        except OSError:
            return []
        return [a for a in (probe.getsockname()[0],) if not a.startswith("127.")]


def test_faulty_settings_close_the_desk_and_nothing_else(browser: Browser, tmp_path: Path) -> None:
    secrets = tmp_path / "secrets.toml"
    secrets.write_text('[auth]\nclient_id = "desk"\n', encoding="utf-8")
    running = Server(tmp_path / "data", STREAMLIT_SECRETS_FILES=str(secrets))
    context = browser.new_context(locale="zh-CN")
    try:
        page = Visitor(context.new_page(), running.url).arrive("/clients").page
        expect(page.get_by_role("heading", name="登录还没有设置好")).to_be_visible()
        assert page.locator(".st-key-login").count() == 0
        Visitor(page, running.url).arrive("/").begin()
        secrets.write_text(
            f'[auth]\nredirect_uri = "{running.url}/oauth2callback"\ncookie_secret = "{SECRET}"\nclient_id = "desk"\nclient_secret = "s"\nserver_metadata_url = "http://localhost:9/none"\n', encoding="utf-8"
        )
        running.stop()
        running.start()
        page.goto(f"{running.url}/library")
        page.locator(".st-key-login button").click()
        expect(page.get_by_role("heading", name="登录没有完成")).to_be_visible()  # the service is not there
        page.get_by_role("link", name="回到自测").click()
        expect(page.locator(QUESTION)).to_be_visible()
    finally:
        context.close()
        running.stop()
