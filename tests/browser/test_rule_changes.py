"""规则变化 in a real browser: an older version is brought along, companies are added, and what changes for whom is taken away."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from eligibility.rulebook.archive import pack
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import DEFAULT_RULES
from tests.browser.driving import Visitor
from tests.browser.test_accessibility import barriers

Arrive = Callable[..., Visitor]

TECH_SME = {"company_name": "沈阳云图软件有限公司", "entity": "company", "city": "shenyang", "industry": "software", "staff": 26, "titles": ["tech_sme"]}
HARBIN = {"company_name": "哈尔滨某某公司", "entity": "company", "city": "elsewhere", "titles": ["tech_sme"]}
VOUCHER, REMOVED = "ln2024-05-innovation-voucher", "ln2024-09-sme-digital-action"


@pytest.fixture(scope="module")
def old_rules(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A version in which the voucher went to 高新技术企业, and 数字化赋能 was not known yet."""
    rules = Path(shutil.copytree(DEFAULT_RULES, tmp_path_factory.mktemp("old") / "rules"))
    path = rules / "supports" / "ln2024-05.yaml"
    before, after = path.read_text(encoding="utf-8").split(f"id: {VOUCHER}\n")
    path.write_text(f"{before}id: {VOUCHER}\n{after.replace('{status: tech_sme}', '{status: high_tech}', 1)}", encoding="utf-8")
    path = rules / "supports" / "ln2024-09.yaml"
    head, first, *rest = path.read_text(encoding="utf-8").split("  - id: ")
    assert first.startswith(REMOVED)
    path.write_text(head + "".join(f"  - id: {r}" for r in rest) + '\nnot_supports:\n  - {policy: ln2024, article: 九, quote: 深入开展科技型中小企业数字化赋能专项行动, reason: goal, why: 待核}\n', encoding="utf-8")
    return pack(rules)


def bring(visit: Visitor, label: str, *files: tuple[str, bytes]) -> None:
    """Choose files for the uploader of this label."""
    uploader = visit.page.get_by_test_id("stFileUploader").filter(has_text=label)
    uploader.locator("input[type=file]").set_input_files([{"name": name, "mimeType": "application/octet-stream", "buffer": content} for name, content in files])


def test_what_changes_for_whom_and_why_is_seen_and_taken_away(visitor: Arrive, rulebook: Rulebook, old_rules: bytes) -> None:
    visit = visitor("/changes", answers=TECH_SME)
    page, title = visit.page, rulebook.supports[VOUCHER].title
    expect(page.get_by_text("这里还没有存下旧的版本")).to_be_visible()
    bring(visit, "旧规则的压缩包", ("旧规则.zip", old_rules))
    expect(page.get_by_role("heading", name="对企业的影响")).to_be_visible()
    mine = page.locator("details.company", has_text="沈阳云图软件有限公司")
    expect(mine).to_have_attribute("open", "")  # the only one stands open
    expect(mine).to_contain_text(title)
    expect(mine).to_contain_text("变好")
    changed = page.locator("article.change", has_text=title)
    expect(changed).to_contain_text("是高新技术企业")
    expect(changed).to_contain_text("是科技型中小企业")
    expect(page.locator("article.change", has_text=rulebook.supports[REMOVED].title)).to_contain_text("新增")

    bring(visit, "企业的答案", ("哈尔滨.json", json.dumps(HARBIN, ensure_ascii=False).encode()), ("坏的.json", b"{"))
    expect(page.get_by_text("坏的.json")).to_have_count(2)  # in the list of files, and in the sentence that says what is wrong with it
    expect(page.locator(".figures")).to_contain_text("有变化（共 2 家）")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    assert barriers(visit) == []

    with page.expect_download() as download:
        page.get_by_role("button", name="下载工作簿").click()
    book = load_workbook(BytesIO(Path(download.value.path()).read_bytes()))
    cells = [str(v) for sheet in book for row in sheet.iter_rows(values_only=True) for v in row if v]
    assert any(title in c for c in cells)
    assert any("沈阳云图软件有限公司" in c for c in cells)


def test_a_file_that_is_no_version_is_one_sentence_and_the_page_stays(visitor: Arrive) -> None:
    visit = visitor("/changes")
    bring(visit, "旧规则的压缩包", ("旧规则.zip", b"no zip"))
    expect(visit.page.get_by_role("alert").filter(has_text="旧规则.zip")).to_contain_text("用不了")
    expect(visit.page.get_by_role("heading", name="规则变化")).to_be_visible()
    assert "Traceback" not in visit.page.inner_text("body")
