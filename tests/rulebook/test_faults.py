"""A broken rulebook is answered with clear sentences: where, what, how to mend it.

Each file of `bad/` breaks the sound rulebook of the harbour in one way and holds the exact messages expected.
"""

from __future__ import annotations

import ast
import re
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from eligibility.inspection import inspect
from eligibility.rulebook.load import load
from eligibility.rulebook.problems import RulebookError
from tests.conftest import DAY

ROOT = Path(__file__).parents[2]
HARBOUR = ROOT / "tests" / "rulebooks" / "harbour"
CASES: dict[str, dict[str, Any]] = {p.stem: yaml.safe_load(p.read_text(encoding="utf-8")) for p in sorted((Path(__file__).parent / "bad").glob("*.yaml"))}


def change(folder: Path, file: str, old: str = "", new: str = "", content: str | None = None, encoding: str = "utf-8", missing: bool = False) -> None:
    """One change of a case: a text replaced once, a whole file written anew, or a file taken away."""
    path = folder / file
    if missing:
        path.unlink()
    elif content is not None:
        path.write_text(content, encoding=encoding)
    else:
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")


def broken(tmp_path: Path, case: dict[str, Any]) -> Path:
    folder = Path(shutil.copytree(HARBOUR, tmp_path / "harbour"))
    for step in case.get("changes", []):
        change(folder, **step)
    return folder


@pytest.mark.parametrize("name", CASES)
def test_a_fault_is_named_with_place_and_remedy(tmp_path: Path, name: str) -> None:
    case = CASES[name]
    on: date = case.get("on", DAY)
    found = inspect(broken(tmp_path, case), on=on)
    assert [str(p) for p in found.faults] == case.get("faults", [])
    assert [str(p) for p in found.doubts] == case.get("doubts", [])


@pytest.mark.parametrize("name", [n for n, case in CASES.items() if not n.startswith(("scenario", "way-in"))])
def test_the_program_runs_on_doubts_and_stops_at_faults(tmp_path: Path, name: str) -> None:
    folder = broken(tmp_path, CASES[name])
    if "faults" not in CASES[name]:
        assert load(folder).supports
    else:
        with pytest.raises(RulebookError):
            load(folder)


def test_a_sound_rulebook_has_neither_faults_nor_doubts() -> None:
    found = inspect(HARBOUR, on=DAY)
    assert (found.faults, found.doubts) == ((), ())
    assert [run.problems for run in found.runs] == [()] * len(found.runs)
    assert found.runs


NO_FOLDER = "没有这个规则文件夹。请检查路径。"


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    assert [str(p) for p in inspect(tmp_path / "nowhere", on=DAY).faults] == [f"{tmp_path / 'nowhere'}：{NO_FOLDER}"]


class Sentences(ast.NodeVisitor):
    """The Chinese sentences of a module, as patterns in which whatever is filled in may be anything. Docstrings and field descriptions say no fault."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self.add([node.value])

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        self.add([p.value if isinstance(p, ast.Constant) and isinstance(p.value, str) else None for p in node.values])
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.visit(part)

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):
            self.generic_visit(node)

    def visit_keyword(self, node: ast.keyword) -> None:
        if node.arg not in ("description", "default"):
            self.generic_visit(node)

    def add(self, parts: list[str | None]) -> None:
        if any(re.search("[一-鿿]", part) for part in parts if part):
            self.found.append("".join(".*" if part is None else re.escape(part) for part in parts))


def sentences() -> list[str]:
    """Every sentence in which the program says what is wrong with a rulebook."""
    library = ROOT / "eligibility"
    visitor = Sentences()
    for path in (*(library / "rulebook").glob("review/*.py"), *(library / "rulebook").glob("check/*.py"), *(library / "rulebook" / f"{n}.py" for n in ("files", "problems", "read")), library / "scenarios.py"):
        visitor.visit(ast.parse(path.read_text(encoding="utf-8")))
    for path in (library / "rulebook" / "models.py", library / "logic" / "expressions.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="PydanticCustomError"), args=[_, said]) | ast.keyword(arg="custom_error_message", value=said):
                    visitor.visit(said)
    return visitor.found


def test_no_message_is_without_a_case() -> None:
    told = [NO_FOLDER, *(m for case in CASES.values() for m in (*case.get("faults", []), *case.get("doubts", [])))]
    found = sentences()
    assert len(found) > 60
    assert [s for s in found if not any(re.search(s, message) for message in told)] == []
