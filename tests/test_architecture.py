"""Imports point down, and neither the library nor the API knows anything of screens."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_imports_point_down() -> None:
    found = subprocess.run([sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout


def test_no_rule_is_named_in_the_code() -> None:
    """Adding a support, a question or a status needs no Python: none of their ids stands in the library or the screens."""
    from eligibility.rulebook.load import load

    book = load()
    ids = {*book.supports, *book.policies} | {i for i in (*book.questions, *book.statuses) if "_" in i}
    for folder in ("eligibility", "api", "ui", "pages"):
        for path in (ROOT / folder).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            assert not [i for i in ids if f'"{i}"' in text], path
