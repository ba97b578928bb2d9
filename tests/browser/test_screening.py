"""An afternoon at the advisor's desk, in a real browser: a ledger in, the matrix, the look-up, everything taken away."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from eligibility.assessment import Verdict
from eligibility.clock import today
from eligibility.report.labels import VERDICTS
from eligibility.rulebook.book import Rulebook
from eligibility.screening.ledger import open_ledger
from eligibility.screening.screening import Screening, screen
from tests.browser.driving import Visitor, pick
from tests.browser.test_accessibility import barriers
from tests.screening.files import csv_file, xlsx

Arrive = Callable[..., Visitor]
HOSTILE = ["<script>document.title='x'</script>", "'); DROP TABLE clients;--", "\u202e司公来过反\u202c", "𠮷野家🏭公司", "<img src=x onerror=alert(1)>"]
ROWS = [["企业名称", "主体", "城市", "资质", "去年卖了多少"], *([name, "企业", "沈阳", "高企", 12_000_000] for name in HOSTILE), ["己公司", "企业", "大连", "无", "一千多"], ["庚公司", "个体工商户", "鞍山", "", ""]]
GRID = "[data-testid=stDataFrame]"


@pytest.fixture
def decided(rulebook: Rulebook) -> Screening:
    return screen(rulebook, open_ledger(csv_file(ROWS, "utf-8"), "a.csv", rulebook).read().clients, on=today())


def bring(page: Page, content: bytes, name: str = "台账.csv") -> Page:
    """Choose a file, and wait for what comes of it."""
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": content})
    return page


def ready(page: Page) -> Page:
    page.locator(f"{GRID} canvas").first.wait_for(timeout=60_000)
    return page


def cell(page: Page, row: int, column: int) -> None:
    """Click a cell of the table; row 0 is the header. Columns have set widths, and the first few are always there."""
    page.locator(f"{GRID} canvas [role=gridcell]").first.wait_for(state="attached")  # drawn a moment after the canvas is there
    x, y = 40 + (160 + 130 * (column - 1) if column else 0), 18 + 35 * row
    page.locator(f"{GRID} .stDataFrameGlideDataEditor").first.click(position={"x": x, "y": y})


def view(page: Page, name: str) -> Page:
    page.get_by_role("radio", name=name, exact=True).click()
    return page


def take(page: Page, make: str, offer: str, target: Path) -> Path:
    """Have a file made in the background, and take it away."""
    page.get_by_role("button", name=make).click()
    button = page.get_by_role("button", name=offer)
    button.wait_for(timeout=120_000)
    with page.expect_download() as downloading:
        button.click()
    path = target / downloading.value.suggested_filename
    downloading.value.save_as(path)
    return path


def test_from_a_ledger_to_everything_that_is_taken_away(visitor: Arrive, decided: Screening, rulebook: Rulebook, tmp_path: Path) -> None:
    page = visitor("/screening", width=1280, height=1400).page
    alerts: list[str] = []
    page.on("dialog", lambda d: (alerts.append(d.message), d.dismiss()))
    ready(bring(page, xlsx(ROWS), "<b>台账.xlsx"))
    expect(page.locator(".figures").first).to_contain_text("7 家企业")
    expect(page.get_by_role("heading", name="<b>台账.xlsx")).to_be_visible()

    cell(page, 4, 0)
    expect(page.locator("section.client h2")).to_contain_text("𠮷野家🏭公司")
    counts = [f"{decided.counts(3)[v]}" for v in Verdict]
    expect(page.locator("section.client .counts b")).to_have_text([re.compile(f"^{n}") for n in counts])

    view(page, "反查")
    expect(page.get_by_text(re.compile("不对应的有 [0-9,]+ 家"))).to_be_visible()
    for name in ("缺口", "部门", "图", "数据问题", "总表"):
        view(page, name)
        page.wait_for_timeout(400)

    book = load_workbook(take(page, "生成工作簿", "下载工作簿", tmp_path))
    assert [row[0] for row in book["总表"].iter_rows(min_row=3, values_only=True)] == [c.name for c in decided.clients]
    with ZipFile(BytesIO(take(page, "生成 PDF 压缩包", "下载 PDF 压缩包", tmp_path).read_bytes())) as archive:
        assert sum(n.endswith(".pdf") for n in archive.namelist()) == 7
        assert all(archive.read(n).startswith(b"%PDF") for n in archive.namelist() if n.endswith(".pdf"))
    table = take(page, "生成长表", "下载长表", tmp_path).read_bytes()
    assert table.startswith(b"\xef\xbb\xbf")
    assert table.count(VERDICTS[Verdict.MATCHED].name.encode()) == sum(decided.counts(n)[Verdict.MATCHED] for n in range(7))
    assert alerts == []
    assert page.title() != "x"


def test_the_client_that_is_clicked_is_the_one_that_is_shown_after_sorting_too(visitor: Arrive, decided: Screening) -> None:
    page = visitor("/screening", width=1280, height=1400).page
    ready(bring(page, csv_file(ROWS, "utf-8")))
    cell(page, 0, 1)  # the header of 现在就对应: the fewest first
    fewest = min(range(7), key=lambda n: decided.counts(n)[Verdict.MATCHED])
    assert sum(decided.counts(n)[Verdict.MATCHED] == decided.counts(fewest)[Verdict.MATCHED] for n in range(7)) == 1
    cell(page, 1, 0)
    expect(page.locator("section.client h2")).to_contain_text(decided.clients[fewest].name)


def test_columns_are_matched_by_hand(visitor: Arrive) -> None:
    page = visitor("/screening", width=1280, height=1400).page
    ready(bring(page, csv_file(ROWS, "utf-8")))
    page.get_by_text("列对照：用上 4 列，1 列没有用上").click()
    pick(page, page.get_by_role("combobox", name=re.compile("去年卖了多少")), "营业收入", exact=False)
    page.locator("[class*=st-key-screening-unit]").wait_for()
    pick(page, page.get_by_role("combobox", name="单位"), "元")
    page.get_by_role("button", name="按新的对照重新判断").click()
    expect(page.get_by_text("列对照：用上 5 列，全部用上")).to_be_visible()
    view(ready(page), "数据问题")
    expect(page.get_by_text("有 1 格没有用上")).to_be_visible()


def test_a_job_is_found_again_after_other_pages_and_can_be_cancelled(visitor: Arrive) -> None:
    someone = visitor("/screening", width=1280, height=900)
    page = someone.page
    rows = [["企业名称", "主体", "城市"], *([f"第{n}家", "企业", "沈阳"] for n in range(15_000))]
    bring(page, csv_file(rows, "utf-8"), "大.csv")
    expect(page.get_by_text(re.compile("15,000 家，每秒"))).to_be_visible()
    someone.menu("政策库")
    page.get_by_role("heading", name="政策库").first.wait_for()
    someone.menu("批量筛查")
    expect(page.get_by_text("大.csv")).to_be_visible()
    page.get_by_role("button", name="取消").click()
    expect(page.get_by_text("上传一份企业台账，一次看清")).to_be_visible()
    page.wait_for_timeout(1_500)
    expect(page.get_by_role("button", name="取消")).to_have_count(0)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.xlsx", b"x", "这不是 .xlsx 文件，或者文件损坏、加了密码。"),
        ("a.pdf", b"%PDF", "这里不能用这种文件，请选旁边写明的那几种。"),
        ("big.csv", bytes(21 * 1024 * 1024), "文件不能超过 20.0 MB。"),
    ],
    ids=["broken", "another kind", "too large"],
)
def test_a_bad_file_gets_one_sentence(visitor: Arrive, tmp_path: Path, name: str, content: bytes, told: str) -> None:
    page = visitor("/screening").page
    (tmp_path / name).write_bytes(content)
    page.locator("input[type=file]").set_input_files(tmp_path / name)
    expect(page.get_by_text(told)).to_be_visible()


def test_nothing_is_cut_off_on_a_phone_and_nothing_english_is_left(visitor: Arrive) -> None:
    page = visitor("/screening").page
    ready(bring(page, csv_file([["企业名称", "主体", "城市"], ["名字特别特别长的科技创新发展有限责任公司浑南分公司第二研发中心", "企业", "沈阳"]], "utf-8")))
    for name in ("总表", "反查", "缺口", "部门", "图", "数据问题"):
        view(page, name)
        page.wait_for_timeout(500)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, name
        assert english(page) == [], name


def test_no_view_has_a_serious_barrier_in_either_theme(visitor: Arrive) -> None:
    visit = visitor("/screening", width=1280, height=1400)
    page = ready(bring(visit.page, csv_file(ROWS, "utf-8")))
    cell(page, 1, 0)
    page.locator("section.client").wait_for()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for name in ("反查", "缺口", "部门", "图", "数据问题", "总表"):
            view(page, name)
            page.wait_for_timeout(500)
            assert barriers(visit) == [], (scheme, name)


def test_the_tables_own_menus_are_in_chinese(visitor: Arrive) -> None:
    page = visitor("/screening", width=1280, height=1400).page
    ready(bring(page, csv_file([*ROWS[:1], ["甲", "企业", "沈阳", "高企", 1]], "utf-8")))
    cell(page, 1, 1)
    page.locator("section.client").wait_for()
    for name in ("显示或隐藏列", "在表里找", "全屏"):
        page.locator(GRID).first.hover()
        page.locator(f"[data-testid=stElementToolbar] button[aria-label^='{name}']").first.click()
        page.wait_for_timeout(300)
        assert english(page) == [], name
        page.keyboard.press("Escape")


def english(page: Page) -> list[str]:
    """Words with Latin letters that are neither ours nor names of files and sites."""
    script = """() => {
        const found = new Set(), walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
            const node = walker.currentNode;
            if (node.nodeType === 3) {
                if (node.parentElement.closest('script, style, noscript, [data-testid=stIconMaterial], canvas')) continue;
                found.add(node.data.trim());
            } else for (const name of ['aria-label', 'placeholder', 'title', 'alt']) if (node.getAttribute(name)) found.add(node.getAttribute(name));
        }
        return [...found];
    }"""
    ours = re.compile(r"\d\+[0-9a-f]{8}|PDF|MB|[A-Z]{3,7}(, )?|\.?(xlsx|csv|parquet|gov|cn)|[a-z]+\.ln\.gov\.cn|ln20\d\d[a-z0-9-]*|台账\.csv")
    return sorted(text for text in page.evaluate(script) if re.search("[A-Za-z]{3,}", ours.sub("", text)))
