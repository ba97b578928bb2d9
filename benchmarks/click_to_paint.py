"""How long a user waits from the click on 下一题 until the next question is painted. Run: python -m benchmarks.click_to_paint"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.driving import QUESTION, Server, Visitor, launch

ROUNDS = 3
BAR_MS = 120

# From the click to the first frame in which the heading is another one.
MEASURE = """button => new Promise(resolve => {
  const shown = () => document.querySelector("section.question[data-question]")?.dataset.question;
  const before = shown(), clicked = performance.now();
  const watch = new MutationObserver(() => {
    if (shown() === before) return;
    watch.disconnect();
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - clicked)));
  });
  watch.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
  button.click();
})"""


def measure(url: str) -> list[float]:
    """Walk through all questions with 不清楚, each time as a new visitor."""
    waits = []
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for _ in range(ROUNDS):
            page = browser.new_context(locale="zh-CN").new_page()
            visitor = Visitor(page, url).arrive().begin()
            while (question := visitor.asked) is not None:
                visitor.say("不清楚")
                page.wait_for_timeout(300)  # the answer's own run is over: only the click is measured
                button = page.locator(f".st-key-next-{question} button").element_handle()
                if button is None or page.locator(".share", has_text="没有要问的了").count():
                    break  # the last click leads to another page
                waits.append(float(page.evaluate(MEASURE, button)))
                page.locator(QUESTION).wait_for()
            page.context.close()
        browser.close()
    return waits


def main() -> None:
    """Print the median and the slowest twentieth."""
    with tempfile.TemporaryDirectory() as data:
        server = Server(Path(data))
        try:
            waits = sorted(measure(server.url))
        finally:
            server.stop()
    print(f"{len(waits)} clicks: median {statistics.median(waits):.0f} ms, 95 % below {waits[int(len(waits) * 0.95)]:.0f} ms (bar: median {BAR_MS} ms)")


if __name__ == "__main__":
    main()
