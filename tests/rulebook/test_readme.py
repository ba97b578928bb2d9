"""The examples of rules/README.md are rules: put into the rulebook as they stand, they fit."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import yaml

from eligibility.inspection import inspect
from eligibility.rulebook.load import DEFAULT_RULES
from eligibility.rulebook.models import NotSupport, Support
from tests.conftest import DAY

README = (DEFAULT_RULES / "README.md").read_text(encoding="utf-8")


def example(heading: str) -> str:
    """The first block of YAML under a heading."""
    section = README.split(f"\n{heading}", 1)[1]
    found = re.search(r"```yaml\n(.*?)```", section, re.DOTALL)
    assert found
    return found[1]


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text(encoding="utf-8").rstrip("\n") + "\n\n" + text, encoding="utf-8")


def test_the_examples_load_and_hold(tmp_path: Path) -> None:
    rules = Path(shutil.copytree(DEFAULT_RULES, tmp_path / "rules"))
    (rules / "policies" / "sy2025.yaml").write_text(example("## 一份文件"), encoding="utf-8")
    append(rules / "agencies.yaml", example("## 一个机构"))
    append(rules / "questions" / "2-size.yaml", example("## 一道题"))
    append(rules / "statuses" / "classes.yaml", example("## 一个身份"))
    append(rules / "scenarios" / "private.yaml", example("## 一个例子"))
    found = inspect(rules, on=DAY)
    # The new document's only sentence is quoted by no support yet, and that is all.
    assert [f.what for f in found.faults] == ["沈阳 2025 年《若干措施》第一条里的“正文，一字不改”没有人引用"]
    assert found.rulebook is not None
    assert {"export_share", "sy_science", "export_company", "sy2025"} <= {*found.rulebook.questions, *found.rulebook.agencies, *found.rulebook.statuses, *found.rulebook.policies}


def test_the_example_scenario_turns_out_as_it_says(tmp_path: Path) -> None:
    rules = Path(shutil.copytree(DEFAULT_RULES, tmp_path / "rules"))
    append(rules / "scenarios" / "private.yaml", example("## 一个例子"))
    runs = {run.scenario.id: run.problems for run in inspect(rules, on=DAY).runs}
    assert runs["exporter-shenyang"] == ()


def test_the_example_support_is_written_like_the_real_ones() -> None:
    support = Support.model_validate(yaml.safe_load(example("## 一项支持"))["supports"][0])
    assert support.id == "ln2024-05-innovation-voucher"
    passage = NotSupport.model_validate(yaml.safe_load(example("### 不是支持的句子"))["not_supports"][0])
    assert passage.reason == "goal"
