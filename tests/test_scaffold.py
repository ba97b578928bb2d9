"""A new entry is well formed, stands where it belongs, and asks for nothing but to be filled in."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from eligibility.inspection import inspect
from eligibility.rulebook.load import load
from eligibility.rulebook.read import read
from eligibility.scaffold import Begun, ScaffoldError, new_agency, new_policy, new_question, new_scenario, new_status, new_support
from tests.conftest import DAY
from tests.rulebook.test_faults import HARBOUR

BEGIN: dict[str, Callable[[Path], Begun]] = {
    "supports/charter.yaml": lambda f: new_support(f, read(f), "new", policy="charter", article="two"),
    "supports/charter-00.yaml": lambda f: new_support(without_preamble(f), read(f), "new", policy="charter", article="preamble"),
    "questions/boat.yaml": lambda f: new_question(f, read(f), "new", section="Boat"),
    "questions/2-new.yaml": lambda f: new_question(f, read(f), "new", section="Crew"),
    "statuses/new.yaml": lambda f: new_status(f, read(f), "new"),
    "statuses/statuses.yaml": lambda f: new_status(f, read(f), "new", file="statuses.yaml"),
    "agencies.yaml": lambda f: new_agency(f, read(f), "new"),
    "policies/new.yaml": lambda f: new_policy(f, read(f), "new", on=DAY),
    "scenarios/new.yaml": lambda f: new_scenario(f, "new"),
    "scenarios/boats.yaml": lambda f: new_scenario(f, "new", file="boats.yaml"),
}


def without_preamble(folder: Path) -> Path:
    """The harbour's rules, the preamble not accounted for."""
    path = folder / "supports" / "charter.yaml"
    path.write_text("".join(line for line in path.read_text(encoding="utf-8").splitlines(keepends=True) if "article: preamble" not in line), encoding="utf-8")
    return folder


@pytest.fixture
def harbour(tmp_path: Path) -> Path:
    return Path(shutil.copytree(HARBOUR, tmp_path / "harbour"))


@pytest.mark.parametrize("file", BEGIN)
def test_a_new_entry_has_nothing_wrong_but_what_is_to_be_filled_in(harbour: Path, file: str) -> None:
    before = {p: p.read_text(encoding="utf-8") for p in harbour.rglob("*.yaml")}
    begun = BEGIN[file](harbour)
    assert begun.path == harbour / file
    lines = begun.path.read_text(encoding="utf-8").splitlines()
    assert re.fullmatch(r"(  - )?id: new    # .+", lines[begun.line - 1])
    faults = inspect(harbour, on=DAY).faults
    assert faults
    assert [f for f in faults if f.file != f"harbour/{file}" or "还没有填。请把“待填”换成内容" not in str(f)] == []
    assert [f for f in faults if "待填" not in lines[f.line - 1]] == []
    # What stood in the file stands there still, line by line.
    old = before.get(begun.path, "").splitlines()
    rest = iter(lines)
    assert all(line in rest for line in old)


def test_a_support_stands_before_the_passages_that_are_none_and_loads_once_it_is_filled_in(harbour: Path) -> None:
    begun = new_support(harbour, read(harbour), "harbour-master", policy="charter", article="two")
    text = begun.path.read_text(encoding="utf-8")
    assert text.index("id: harbour-master") < text.index("not_supports:")
    for key, value in {"title": "Ask", "gives": "A berth", "wording": "get", "strength": "direct", "kind": "berth", "beneficiary": "company"}.items():
        text = text.replace(f"{key}: 待填 ", f"{key}: {value} ", 1)
    text = text.replace("quote: 待填", "quote: get a shore-power berth").replace("{status: 待填}", "{status: local_boat}")
    begun.path.write_text(text, encoding="utf-8")
    assert load(harbour).supports["harbour-master"].gives == "A berth"


def test_a_support_quotes_the_first_passage_that_nobody_quotes(harbour: Path) -> None:
    path = harbour / "policies" / "order.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("for advice.", "for advice. Gulls are welcome."), encoding="utf-8")
    begun = new_support(harbour, read(harbour), "gulls", policy="order", article="a")
    assert "{policy: order, article: a, quote: Gulls are welcome}" in begun.path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("begin", "message"),
    [
        (lambda f: new_support(f, read(f), "advice", policy="order", article="a"), "已经有叫“advice”的支持。请换一个编号。"),
        (lambda f: new_support(f, read(f), "new", policy="ordre", article="a"), "没有叫“ordre”的文件。是不是“order”？"),
        (lambda f: new_support(f, read(f), "new", policy="order", article="b"), "“order”里没有“b”这一条。可用的有：a。"),
        (lambda f: new_question(f, read(f), "trade", section="Boat"), "已经有叫“trade”的题目。请换一个编号。"),
        (lambda f: new_status(f, read(f), "small_boat"), "已经有叫“small_boat”的身份。请换一个编号。"),
        (lambda f: new_agency(f, read(f), "treasury"), "已经有叫“treasury”的机构。请换一个编号。"),
        (lambda f: new_policy(f, read(f), "order", on=DAY), "已经有叫“order”的文件。请换一个编号。"),
        (lambda f: new_scenario(f, "green-ferry"), "已经有叫“green-ferry”的例子。请换一个编号。"),
    ],
)
def test_what_cannot_be_begun_is_told_and_changes_nothing(harbour: Path, begin: Callable[[Path], Begun], message: str) -> None:
    before = {p: p.read_bytes() for p in harbour.rglob("*") if p.is_file()}
    with pytest.raises(ScaffoldError) as caught:
        begin(harbour)
    assert str(caught.value) == message
    assert {p: p.read_bytes() for p in harbour.rglob("*") if p.is_file()} == before
