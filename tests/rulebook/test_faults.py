"""A broken rule file is answered with one clear sentence: where, what, how to mend it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from eligibility.rulebook.load import load
from eligibility.rulebook.problems import RulebookError

HARBOUR = Path(__file__).parents[1] / "rulebooks" / "harbour"


def faults(folder: Path) -> list[str]:
    with pytest.raises(RulebookError) as caught:
        load(folder)
    return [str(p) for p in caught.value.problems]


@pytest.fixture
def harbour(tmp_path: Path) -> Path:
    """A sound rulebook to break."""
    return Path(shutil.copytree(HARBOUR, tmp_path / "harbour"))


# file, the text replaced, the text put in its place, the whole message
BROKEN: list[tuple[str, str, str, list[str]]] = [
    ("supports/charter.yaml", "    gives: The City pays part", "    givse: The City pays part", [
        "harbour/supports/charter.yaml:2:5：缺少“gives”。请补上。",
        "harbour/supports/charter.yaml:4:5：多了不认识的“givse”。是不是“gives”？",
    ]),
    ("supports/charter.yaml", "quote: The City pays part of", "quote: The City pays parts of", [
        "harbour/policies/charter.yaml:16:5：Charter article one里的“The City pays part of an electric engine for boats that carry the Green Badge”没有人引用。请写进一项支持的 quote，或在 not_supports 里写明为什么不是支持。",
        "harbour/supports/charter.yaml:5:47：引文第 19 个字“s”与原文不同，原文“s part”后面是“ ”。引文要与原文一字不差。",
    ]),
    ("supports/charter.yaml", "{status: green_badge}", "{status: gren_badge}", ["harbour/supports/charter.yaml:10:48：没有叫“gren_badge”的身份。是不是“green_badge”？"]),
    ("supports/charter.yaml", "strength: service", "strength: medium", ["harbour/supports/charter.yaml:45:5：“strength”写的是“medium”。只能是：direct、service、indirect。"]),
    ("supports/charter.yaml", "wording: receive", "wording: obtain", ["harbour/supports/charter.yaml:26:5：原文里没有“obtain”这个词。wording 要照抄原文里表示力度的动词。"]),
    ("supports/charter.yaml", "{answer: seats, at_least: 20}", "{answer: seats, at_least: 20, below: 30}", [
        "harbour/supports/charter.yaml:39:75：at_least、above、at_most、below 只能写一个；要写区间，用 all 合起来。请照 rules/README.md 的样子改。",
    ]),
    ("supports/charter.yaml", "{answer: seats, at_least: 20}", "{answer: seats, at_least: 5000}", [
        "harbour/supports/charter.yaml:39:75：“seats”的比较值 5,000 不在这道题的范围内（0～2,000）。请核对数字和单位。",
    ]),
    ("supports/charter.yaml", "{answer: trade, is: ferry}", "{answer: trade, has: ferry}", [
        "harbour/supports/charter.yaml:39:47：题目“trade”是 choice 题，不能这样比较。选择题用 is、in，多选题用 has、has_any、has_none，数字题用 at_least、above、at_most、below，是否题用 is: true 或 is: false。",
    ]),
    ("supports/charter.yaml", "discretion: Suitable", "discretion: Skilled", ["harbour/supports/charter.yaml:30:48：原文里没有“Skilled”。discretion 要照抄原文里留给部门判断的词。"]),
    ("supports/charter.yaml", "contact: treasury", "contact: tresury", ["harbour/supports/charter.yaml:12:5：没有叫“tresury”的责任单位。是不是“treasury”？"]),
    ("supports/order.yaml", "  - id: advice-small", "  - id: advice", ["harbour/supports/order.yaml:20:5：编号“advice”已经用过（harbour/supports/order.yaml:11）。请换一个编号。"]),
    ("supports/order.yaml", "eligible_if: {answer: resident, is: true}", "eligible_if: {resident: true}", [
        "harbour/supports/order.yaml:10:5：看不懂的条件：要有 all、any、not、answer、status、by、discretion 之一，answer 要配 is、in、has、has_any、has_none、at_least、above、at_most、below 之一。请照 rules/README.md 的样子改。",
    ]),
    ("supports/order.yaml", "    gives: Half the berth fee\n", "    gives: Half the berth fee\n    gives: all\n", ["harbour/supports/order.yaml:5:5：“gives”写了两遍。只留一个。"]),
    ("supports/order.yaml", "supports:\n", "support:\n", ["harbour/supports/order.yaml:1:1：多了不认识的“support”。是不是“supports”？"]),
    ("policies/charter.yaml", "agencies: [port_office, treasury]", "agencies: [treasury, port_office]", [
        "harbour/policies/charter.yaml:19:5：“one”的 agencies 与印出的责任单位不一致：“(Port Office, City Treasury)”。请按印出的先后写齐。",
    ]),
    ("policies/charter.yaml", "responsible: (Port Office)", "responsible: (Port Office, Fire Brigade)", [
        "harbour/policies/charter.yaml:24:5：责任单位里的“FireBrigade”没有对应的机构。请在 agencies.yaml 里补上，并写进 agencies。",
    ]),
    ("policies/charter.yaml", "issued: 2025-03-01", "issued: March", ["harbour/policies/charter.yaml:5:1：“issued”应是日期，写的是“March”。请写成 2024-12-14 的样子。"]),
    ("questions/boat.yaml", "    unit: m\n", "", ["harbour/questions/boat.yaml:30:5：数字题要有 unit（单位）和 max（上限）。请照 rules/README.md 的样子改。"]),
    ("questions/boat.yaml", "kind: yes_no", "kind: yesno", ["harbour/questions/boat.yaml:71:5：“kind”写的是“yesno”。只能是：choice、choices、number、yes_no、date、month、text。"]),
    ("agencies.yaml", "instead: {west: west_treasury}", "instead: {west: west_tresury}", ["harbour/agencies.yaml:16:5：没有叫“west_tresury”的机构。是不是“west_treasury”？"]),
]


@pytest.mark.parametrize(("file", "old", "new", "expected"), [pytest.param(*case, id=f"{case[0]}: {case[2].strip()[:40]}") for case in BROKEN])
def test_a_fault_is_named_with_place_and_remedy(harbour: Path, file: str, old: str, new: str, expected: list[str]) -> None:
    path = harbour / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert faults(harbour) == expected


def test_a_file_that_is_no_yaml_is_named_and_hides_no_other_fault(harbour: Path) -> None:
    (harbour / "kinds.yaml").write_text("kinds: [money\n", encoding="utf-8")
    (harbour / "supports" / "order.yaml").write_text("[]", encoding="utf-8")
    first, second, *_ = faults(harbour)
    assert first.startswith("harbour/kinds.yaml:2:1：不是正确的 YAML（")
    assert first.endswith("。请检查这一行的缩进、冒号后的空格和引号。")
    assert second == "harbour/questions/boat.yaml:24:5：选择题要有 options。请照 rules/README.md 的样子改。"
    assert "harbour/supports/order.yaml：文件最外层应是“名称: 值”。请照 rules/README.md 的样子写。" in faults(harbour)


def test_a_file_that_is_not_utf8_is_named(harbour: Path) -> None:
    (harbour / "kinds.yaml").write_bytes("kinds: 贷款".encode("gb18030"))
    assert faults(harbour)[0] == "harbour/kinds.yaml：不是 UTF-8 编码（第 7 字节）。请另存为 UTF-8。"


def test_a_file_in_the_wrong_place_is_named(harbour: Path) -> None:
    shutil.copy(harbour / "supports" / "order.yaml", harbour / "more.yaml")
    assert faults(harbour) == ["harbour/more.yaml：这个文件放的地方不对，不会被读到。请放到 policies、questions、statuses、supports 或 scenarios 文件夹里。"]


def test_a_missing_file_and_a_missing_folder_are_named(harbour: Path) -> None:
    (harbour / "agencies.yaml").unlink()
    assert "harbour/agencies.yaml：缺这个文件。请照 rules/README.md 补上。" in faults(harbour)
    assert faults(harbour / "nowhere") == [f"{harbour / 'nowhere'}：没有这个规则文件夹。请检查路径。"]


def test_statuses_that_define_each_other_in_a_circle_are_named(harbour: Path) -> None:
    path = harbour / "statuses" / "statuses.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("{not: {answer: quay, is: offshore}}", "{status: small_boat}").replace("otherwise: {answer: length, below: 8}", "otherwise: {status: local_boat}"), encoding="utf-8")
    assert faults(harbour) == [
        "harbour/statuses/statuses.yaml:2:5：身份互相引用成了圈：local_boat → small_boat → local_boat。请去掉其中一处引用。",
        "harbour/statuses/statuses.yaml:18:5：身份互相引用成了圈：small_boat → local_boat → small_boat。请去掉其中一处引用。",
    ]


def test_a_passage_that_nobody_quotes_is_named(harbour: Path) -> None:
    path = harbour / "policies" / "order.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("for advice.", "for advice. Gulls are welcome."), encoding="utf-8")
    assert faults(harbour) == [
        "harbour/policies/order.yaml:12:5：Order section a里的“Gulls are welcome”没有人引用。请写进一项支持的 quote，或在 not_supports 里写明为什么不是支持。",
    ]


def test_a_soft_word_cannot_be_a_direct_support(harbour: Path) -> None:
    path = harbour / "supports" / "order.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("wording: pay", "wording: 鼓励"), encoding="utf-8")
    assert faults(harbour)[0] == "harbour/supports/order.yaml:2:5：原文用词是“鼓励”，不能标 direct（直接支持）；应为 service 或 indirect。请照 rules/README.md 的样子改。"
