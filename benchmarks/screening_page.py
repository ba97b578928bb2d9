"""批量筛查 in a browser: how long from the upload to the matrix, how much memory, and how long others wait meanwhile. `python -m benchmarks.screening_page`."""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.screening import as_csv, as_xlsx, ledger
from eligibility.rulebook.load import load
from tests.browser.driving import Server, Visitor, launch

_GRID = "[data-testid=stDataFrame] canvas"


def memory(process: int) -> float:
    """Megabytes that a process and its children use now. On Linux."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    own = next(int(line.split()[1]) for line in Path(f"/proc/{process}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return own / 1024 + sum(memory(int(c)) for c in children)


def page_of(browser: Browser, server: Server, path: str) -> Page:
    """Somebody new at a page."""
    page = browser.new_context(viewport={"width": 1280, "height": 1200}, locale="zh-CN").new_page()
    return Visitor(page, server.url).arrive(path).page


def upload(page: Page, path: Path) -> float:
    """Seconds from choosing a file to the matrix on the screen."""
    field = page.locator("input[type=file]")
    field.wait_for(state="attached")
    page.wait_for_timeout(500)
    start = time.perf_counter()
    field.set_input_files(path)
    page.locator(_GRID).first.wait_for(timeout=180_000)
    return time.perf_counter() - start


def waits(page: Page, seconds: float) -> list[float]:
    """How long somebody else waits for one page after the other."""
    found = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for name, heading in (("政策库", "政策库"), ("规则变化", "规则变化")):
            start = time.perf_counter()
            page.locator(".st-key-menu").get_by_role("link", name=name).click()
            page.get_by_role("heading", name=heading).first.wait_for()
            found.append(time.perf_counter() - start)
            page.wait_for_timeout(300)
    return found


def said(name: str, found: list[float]) -> str:
    """Median and worst."""
    return f"  {name}: median {statistics.median(found):.2f} s, worst {max(found):.2f} s of {len(found)}"


def main() -> None:
    """Measure and print."""
    rulebook = load()
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        place = Path(folder)
        for clients in (500, 10_000):
            rows = ledger(rulebook, clients)
            (place / f"{clients}.csv").write_bytes(as_csv(rows))
            (place / f"{clients}.xlsx").write_bytes(as_xlsx(rows))
        server, browser = Server(place / "data"), launch(playwright)
        try:
            page = page_of(browser, server, "/screening")
            print(f"application idle: {memory(server.process.pid):.0f} MB")
            for name in ("500.csv", "500.xlsx", "500.xlsx"):
                print(f"  {name}: upload to matrix {upload(page_of(browser, server, '/screening'), place / name):.2f} s, then {memory(server.process.pid):.0f} MB")
            first = page_of(browser, server, "/screening")
            upload(first, place / "500.xlsx")
            start = time.perf_counter()
            first.get_by_role("button", name="生成 PDF 压缩包").click()
            most = 0.0
            while first.get_by_role("button", name="下载 PDF 压缩包").count() == 0:
                most = max(most, memory(server.process.pid))
                time.sleep(0.2)
            print(f"  500 PDFs in one zip: {time.perf_counter() - start:.1f} s, at most {most:.0f} MB with the process that makes them")
            with first.expect_download(timeout=60_000) as downloading:
                first.get_by_role("button", name="下载 PDF 压缩包").click()
            downloading.value.save_as(place / "taken.zip")
            print(f"  taken away, {(place / 'taken.zip').stat().st_size / 1e6:.0f} MB: then {memory(server.process.pid):.0f} MB")
            other = page_of(browser, server, "/library")
            print(said("somebody else alone", waits(other, 15)))
            page.locator("input[type=file]").set_input_files(place / "10000.xlsx")
            print(said("somebody else while 10,000 rows are read and decided", waits(other, 30)))
            page.locator(_GRID).first.wait_for(timeout=180_000)
            print(f"  with 10,000 clients too: {memory(server.process.pid):.0f} MB")
        finally:
            browser.close()
            server.stop()


if __name__ == "__main__":
    main()
