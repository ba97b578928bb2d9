"""The application inside the web page of an incubator: another site, a sandboxed frame, the snippet that docs/embedding.md gives."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme
import yaml
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, expect

from tests.browser.driving import QUESTION, QUIET, ROOT, Server, chromium, settle
from tests.browser.test_visits import SOFTWARE_FIRM

(SNIPPET,) = re.findall(r"```html\n(.*?)```", (ROOT / "docs" / "embedding.md").read_text(encoding="utf-8"), re.DOTALL)
ADDRESS, QUERY = "https://ceping.example/", "?embed=true&embed_options=light_theme"
PUBLIC = ["自测", "结果", "自检", "政策库"]


@dataclass
class Park:
    """A web site whose pages hold the application: whatever path is asked for, that path of ours."""

    application: str = ""
    query: str = QUERY

    def __post_init__(self) -> None:
        park = self

        class Pages(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                assert ADDRESS + QUERY in SNIPPET
                frame = SNIPPET.replace(ADDRESS + QUERY, park.application + self.path.partition("?")[0] + park.query)
                body = f"<!doctype html><html lang='zh-CN'><meta charset='utf-8'><title>园区</title><h1>园区服务</h1><button>园区自己的</button>{frame}".encode()
                self.send_response(200 if self.path != "/favicon.ico" else 404)
                self.send_header("content-type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def park() -> Iterator[Park]:
    found = Park()
    yield found
    found.server.shutdown()


@pytest.fixture(scope="module")
def stranger() -> Iterator[Park]:
    """Another web site, which nobody has listed."""
    found = Park()
    yield found
    found.server.shutdown()


@pytest.fixture(scope="module")
def secure(park: Park, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The application over https; the park may hold it."""
    folder = tmp_path_factory.mktemp("secure")
    issued = trustme.CA().issue_cert("localhost")
    issued.private_key_pem.write_to_path(str(folder / "key.pem"))
    issued.cert_chain_pems[0].write_to_path(str(folder / "certificate.pem"))
    tls = {"STREAMLIT_SERVER_SSL_CERT_FILE": str(folder / "certificate.pem"), "STREAMLIT_SERVER_SSL_KEY_FILE": str(folder / "key.pem")}
    running = Server(folder, ELIGIBILITY_EMBED_IN=park.url, **tls)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def plain(park: Park, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The application over http; the park may hold it."""
    running = Server(tmp_path_factory.mktemp("plain"), ELIGIBILITY_EMBED_IN=park.url)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def trusting(browser: Browser) -> Iterator[Browser]:
    """A browser that takes our certificate, for downloads inside a frame too."""
    started = browser.browser_type.launch(executable_path=chromium(), args=[*QUIET, "--ignore-certificate-errors"])
    yield started
    started.close()


@pytest.fixture
def context(trusting: Browser) -> Iterator[BrowserContext]:
    found = trusting.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN", accept_downloads=True)
    found.route(re.compile(r"^https?://(?!localhost|127\.0\.0\.1)"), lambda route: route.fulfill(body="elsewhere"))
    yield found
    found.close()


def visit(context: BrowserContext, park: Park, server: Server, path: str = "/", query: str = QUERY) -> Page:
    park.application, park.query = server.url, query
    page = context.new_page()
    page.goto(park.url + path)
    return page


def inside(page: Page) -> FrameLocator:
    frame = page.frame_locator("iframe")
    frame.locator(".st-key-menu").wait_for()
    return settle(frame)


def begin(frame: FrameLocator) -> str:
    """From the first screen to the first question; which it is."""
    frame.get_by_role("button", name="从第一题开始").click()
    frame.locator(QUESTION).wait_for()
    return settle(frame).locator(QUESTION).get_attribute("data-question") or ""


def has_public_pages_only(frame: FrameLocator) -> None:
    expect(frame.locator(".st-key-menu")).to_have_text(" ".join(PUBLIC), use_inner_text=True)


def is_refused(page: Page) -> None:
    """The browser shows its own page instead of ours."""
    page.frames[1].wait_for_url("chrome-error://chromewebdata/")


def load(frame: FrameLocator, answers: Mapping[str, object]) -> None:
    frame.get_by_text("保存、载入答案，或换一家企业").click()
    frame.locator("input[type=file]").set_input_files({"name": "自测答案.yaml", "mimeType": "application/yaml", "buffer": yaml.safe_dump(dict(answers), allow_unicode=True).encode()})


def test_a_visitor_gets_all_the_way_to_the_report_inside_the_park_s_page(context: BrowserContext, park: Park, secure: Server, tmp_path: Path) -> None:
    page = visit(context, park, secure)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if "Content Security Policy" in message.text else None)
    frame = inside(page)
    has_public_pages_only(frame)
    load(frame, SOFTWARE_FIRM)
    expect(frame.get_by_text(f"载入了 {len(SOFTWARE_FIRM)} 个回答")).to_be_visible()
    frame.locator(".st-key-menu").get_by_role("link", name="结果").click()
    expect(frame.get_by_role("heading", level=1)).to_contain_text("项现在就对应")
    settle(frame)
    with page.expect_download() as started:
        frame.get_by_role("button", name="下载 PDF").click()
    started.value.save_as(tmp_path / "report.pdf")
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF-")
    assert started.value.suggested_filename.startswith("支持政策自测-")
    with context.expect_page() as opened:
        frame.locator("ol.steps a[target=_blank]").first.click()
    assert opened.value.url.startswith("https://")
    assert page.url == f"{park.url}/"
    assert complaints == []


def test_the_answers_are_still_there_when_the_park_s_page_is_loaded_again(context: BrowserContext, park: Park, secure: Server) -> None:
    page = visit(context, park, secure)
    frame = inside(page)
    asked = begin(frame)
    frame.get_by_test_id("stRadioOption").nth(1).click()
    frame.locator(f".st-key-next-{asked} button").click()
    expect(frame.locator(QUESTION)).not_to_have_attribute("data-question", asked)
    now = settle(frame).locator(QUESTION).get_attribute("data-question")
    page.reload()
    expect(inside(page).locator(QUESTION)).to_have_attribute("data-question", now or "")
    expect(frame.get_by_text("已答 1 题")).to_be_visible()
    expect(frame.get_by_text("浏览器没有让本页留下 Cookie")).to_have_count(0)
    (draft,) = [c for c in context.cookies() if c["name"] == "draft"]
    assert (draft["sameSite"], draft["secure"], draft["httpOnly"], draft["partitionKey"]) == ("None", True, True, "http://127.0.0.1")


def test_without_https_the_visitor_is_told_that_the_answers_end_with_the_page(context: BrowserContext, park: Park, plain: Server) -> None:
    frame = inside(visit(context, park, plain))
    begin(frame)
    expect(frame.get_by_text("浏览器没有让本页留下 Cookie，所以答案只在这一页开着的时候有，刷新就没有了。要留着，请用本页下方的“保存答案到文件”。")).to_be_visible()
    assert context.cookies() == []
    frame.get_by_text("保存、载入答案，或换一家企业").click()
    expect(frame.get_by_text("浏览器没有让本页留下 Cookie，这里载入不了文件。请在新窗口里打开自测，再载入。")).to_be_visible()
    expect(frame.locator("input[type=file]")).to_have_count(0)


def test_a_site_that_is_not_listed_holds_nothing(context: BrowserContext, stranger: Park, secure: Server) -> None:
    page = visit(context, stranger, secure)
    is_refused(page)


@pytest.mark.parametrize("path", ["/changes", "/clients"])
def test_no_site_holds_a_page_that_is_not_for_every_visitor(context: BrowserContext, park: Park, secure: Server, path: str) -> None:
    page = visit(context, park, secure, path)
    is_refused(page)


@pytest.mark.parametrize("query", ["", "?embed=false"])
def test_in_a_frame_there_are_only_the_visitor_s_pages_whatever_the_address_says(context: BrowserContext, park: Park, secure: Server, query: str) -> None:
    """Even on this machine, where outside of a frame its owner is the advisor."""
    page = visit(context, park, secure, "/result", query)
    has_public_pages_only(inside(page))
    assert "embed=true" in page.frames[1].url
    own = context.new_page()
    own.goto(secure.url)
    own.locator(".st-key-menu").get_by_role("link", name="规则变化").wait_for()


def test_walking_about_in_the_frame_leaves_it_a_frame_and_as_light_as_the_park_s_page(context: BrowserContext, park: Park, secure: Server) -> None:
    page = visit(context, park, secure)
    page.emulate_media(color_scheme="dark")
    frame = inside(page)
    for name, heading in (("政策库", "政策库"), ("自检", "自检"), ("结果", "还没有"), ("自测", "看看哪些支持对得上您")):
        frame.locator(".st-key-menu").get_by_role("link", name=name).click()
        frame.get_by_role("heading", level=1, name=re.compile(heading)).wait_for()
        settle(frame)
        assert page.frames[1].url.endswith(QUERY)
        has_public_pages_only(frame)
        assert frame.locator("[data-testid=stApp]").evaluate("app => getComputedStyle(app).backgroundColor") == "rgb(255, 255, 255)"


def test_an_address_inside_the_frame_s_session_leads_to_no_other_page(context: BrowserContext, secure: Server) -> None:
    page = context.new_page()
    page.goto(f"{secure.url}/changes?embed=true")
    page.get_by_role("heading", level=1, name="看看哪些支持对得上您").wait_for()


def test_the_question_takes_the_focus_and_leaves_the_park_s_page_where_it_is(context: BrowserContext, park: Park, secure: Server) -> None:
    page = visit(context, park, secure)
    frame = inside(page)
    page.get_by_role("button", name="园区自己的").focus()
    page.wait_for_timeout(300)
    assert page.evaluate("document.activeElement.textContent") == "园区自己的"  # arriving takes nobody's focus
    begin(frame)
    expect(frame.locator("[data-focus]:focus")).to_have_count(1)
    assert page.evaluate("scrollY") == 0


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_of_streamlit_s_own_shows_and_nothing_hangs_over_the_edge(context: BrowserContext, park: Park, secure: Server, width: int) -> None:
    page = visit(context, park, secure)
    page.set_viewport_size({"width": width, "height": 844})
    frame = inside(page)
    for test_id in ("stToolbar", "stMainMenu", "stStatusWidget", "stSidebar", "stDecoration"):
        expect(frame.get_by_test_id(test_id).locator("visible=true")).to_have_count(0)
    assert frame.get_by_test_id("stHeader").inner_text() == ""
    assert frame.locator("[data-testid=stMain]").evaluate("main => main.scrollWidth - main.clientWidth") == 0
