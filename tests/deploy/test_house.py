"""Several processes behind one address: a browser stays with one, and outlives it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection

import pytest
from playwright.sync_api import Browser, BrowserContext, expect
from websockets.asyncio.client import connect

from tests.browser.driving import Visitor
from tests.browser.test_visits import SOFTWARE_FIRM
from tests.deploy.conftest import NAME, PER_MINUTE, TRUSTING, House
from ui.session import COOKIE
from ui.store import new_id

ANSWERS = b"entity: company\ncity: dalian\nownership: private\nindustry: software\nstaff: 35\n"


def reached(house: House, cookies: str) -> str:
    """The process to which a tab with these cookies is connected."""
    with ThreadPoolExecutor(1) as pool:  # a browser of another test may have a loop in this thread
        return pool.submit(asyncio.run, _reached(house, cookies)).result()


async def _reached(house: House, cookies: str) -> str:
    # Not the client without a loop: it reads and writes one TLS connection in two threads, and now and then misses the answer.
    wire = socket.create_connection(("127.0.0.1", house.port))
    wire.setblocking(False)
    address = f"wss://{NAME}:{house.port}/_stcore/stream"
    async with connect(address, sock=wire, ssl=TRUSTING, open_timeout=60, origin=house.url, additional_headers={"Cookie": cookies}, subprotocols=["streamlit"]) as tab:  # type: ignore[arg-type, list-item]
        assert tab.response is not None
        (cookie,) = tab.response.headers.get_all("Set-Cookie")
    return cookie.partition(";")[0].removeprefix("process=")


def draft_of(house: House, process: str) -> str:
    """The name of a draft that leads to a process."""
    return next(id_ for id_ in iter(new_id, "") if reached(house, f"{COOKIE}={id_}") == process)


@pytest.fixture
def context(house: House, browser: Browser) -> Iterator[BrowserContext]:
    found = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN", accept_downloads=True)
    yield found
    found.close()


def at(context: BrowserContext, house: House, process: str) -> Visitor:
    """A visitor who begins at a process."""
    context.add_cookies([{"name": COOKIE, "value": draft_of(house, process), "url": house.url, "httpOnly": True, "sameSite": "Lax", "secure": True}])
    visit = Visitor(context.new_page(), house.url).arrive()
    assert kept_with(context) == process
    return visit


def kept_with(context: BrowserContext) -> str | None:
    """The process that the browser was told to stay with."""
    return next((c["value"] for c in context.cookies() if c["name"] == "process"), None)


def load_answers(visit: Visitor) -> None:
    visit.page.get_by_text("保存、载入答案，或换一家企业").click()
    visit.page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files({"name": "答案.yaml", "mimeType": "application/yaml", "buffer": ANSWERS})
    expect(visit.page.get_by_text("载入了 5 个回答")).to_be_visible()


def take_pdf(visit: Visitor) -> bytes:
    with visit.page.expect_download() as download:
        visit.page.get_by_role("button", name="下载 PDF").click()
    return download.value.path().read_bytes()


def test_browsers_are_spread_and_each_stays_where_it_is(house: House) -> None:
    browsers = [f"{COOKIE}={new_id()}" for _ in range(24)]
    first = [reached(house, b) for b in browsers]
    assert set(first) == {"1", "2"}
    assert [reached(house, b) for b in browsers] == first
    # Whoever was told to stay with a process stays there, wherever the name of the draft would lead.
    others = [{"1": "2", "2": "1"}[p] for p in first]
    assert [reached(house, f"{b}; process={p}") for b, p in zip(browsers, others, strict=True)] == others


@pytest.mark.browser
@pytest.mark.parametrize("nth", range(4))
def test_uploads_and_downloads_reach_the_process_that_waits_for_them(house: House, context: BrowserContext, nth: int) -> None:
    process = "12"[nth % 2]
    visit = at(context, house, process)
    load_answers(visit)
    visit.menu("结果").page.get_by_role("heading", name="逐项看").wait_for()
    assert take_pdf(visit).startswith(b"%PDF")
    assert kept_with(context) == process


@pytest.mark.browser
def test_a_visitor_goes_on_where_they_were_when_their_process_dies(house: House, context: BrowserContext) -> None:
    visit = at(context, house, "1").begin().walk(SOFTWARE_FIRM, until="staff")
    before = visit.page.locator(".share").inner_text()
    house.processes["1"].process.kill()
    house.processes["1"].process.wait()
    try:
        visit.page.wait_for_function("() => !document.querySelector('[data-testid=stConnectionStatus]')")
        visit.say(35)
        expect(visit.page.locator(".share")).not_to_have_text(before)
        visit.next()
        assert kept_with(context) == "2"
        asked = visit.asked
        visit.page.reload()
        assert visit.asked == asked
        load_answers(visit)
    finally:
        house.processes["1"].start()
    # The dead one is back, but the tab is not there: what the browser sends must not go there either.
    for _ in range(3):
        visit.page.reload()
        visit.menu("结果").page.get_by_role("heading", name="逐项看").wait_for()
        assert take_pdf(visit).startswith(b"%PDF")
        assert kept_with(context) == "2"


def test_scripts_are_sent_compressed_and_the_page_with_its_own_headers_once(house: House) -> None:
    page = house.get("/")
    for name in ("content-security-policy", "x-content-type-options", "referrer-policy", "strict-transport-security"):
        assert len(page.headers.get_all(name) or []) == 1, name
    (cookie,) = page.headers.get_all("set-cookie") or []
    assert cookie.startswith(f"{COOKIE}=")
    assert "; Secure" in cookie
    script = "/static/js/" + page.read().decode().partition("/static/js/")[2].partition('"')[0]
    assert house.get(script, **{"Accept-Encoding": "gzip"}).headers["content-encoding"] == "gzip"


def test_plain_http_leads_to_https(house: House) -> None:
    connection = HTTPConnection("127.0.0.1", house.plain, timeout=20)
    connection.request("GET", "/result", headers={"Host": NAME})
    answer = connection.getresponse()
    assert (answer.status, answer.headers["location"]) == (301, f"https://{NAME}/result")


@pytest.mark.browser
def test_nobody_is_taken_for_the_owner_of_the_machine(house: House, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(f"https://localhost:{house.port}/clients")  # by this name, and without nginx, it would be the owner
    expect(page.get_by_text("这一页只在本机打开")).to_be_visible()


def test_an_address_that_was_written_into_the_request_does_not_count(house: House) -> None:
    """The limit of requests is kept by address: who writes another one into each request must not slip through."""
    answers = (house.get("/api/rulebook", **{"X-Forwarded-For": f"203.0.113.{n}"}).status for n in range(2 * PER_MINUTE))
    assert 429 in answers
