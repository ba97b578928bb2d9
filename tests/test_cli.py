"""The command line as others use it: exit codes, streams, formats."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typing_extensions import is_typeddict

from eligibility import contract

ROOT = Path(__file__).parents[1]
HARBOUR = ROOT / "tests" / "rulebooks" / "harbour"


def run(*words: str | Path, stdin: str | None = None) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "eligibility", *map(str, words)], cwd=ROOT, capture_output=True, input=stdin.encode() if stdin else None)


@pytest.fixture
def ferry(tmp_path: Path) -> Path:
    path = tmp_path / "ferry.yaml"
    path.write_text("trade: ferry\nquay: west\nbadges: [green]\nseats: 40\n", encoding="utf-8")
    return path


def test_check_says_how_complete_a_sound_rulebook_is() -> None:
    done = run("check", "--rules", HARBOUR)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "10 项支持" in done.stdout.decode()
    assert "11 句，有着落的 11 句（100%）" in done.stdout.decode()


def test_check_names_every_fault_and_exits_with_one(tmp_path: Path) -> None:
    done = run("check", "--rules", tmp_path)
    assert done.returncode == 1
    assert done.stderr.decode().splitlines()[-1] == "共 7 处要改。"


def test_assess_as_json_keeps_its_contract(ferry: Path) -> None:
    done = run("assess", ferry, "--rules", HARBOUR, "--format", "json", "--on", "2026-11-22")
    assert (done.returncode, done.stderr) == (0, b"")
    data = json.loads(done.stdout)
    assert data["on"] == "2026-11-22"
    assert data["rulebook"]["version"].startswith("1.0+")
    assert data["counts"] == {"matched": 4, "open": 3, "near": 0, "excluded": 3}
    assert sum(data["counts"].values()) == len(data["supports"]) == 10
    engine = next(s for s in data["supports"] if s["id"] == "electric-engine")
    assert engine["verdict"] == "matched"
    assert engine["sources"] == [{"policy": "charter", "article": "one", "label": "Charter article one", "quote": "The City pays part of an electric engine for boats that carry the Green Badge"}]
    assert [(a["id"], a["printed_as"], a["role"]) for a in engine["agencies"]] == [("port_office", "Port Office", "responsible"), ("west_treasury", "City Treasury", "first")]
    assert {r["criterion"]: r["outcome"] for r in engine["reasons"]} == {"is a boat of the city": "met", "carries the Green Badge": "met"}
    assert next(s for s in data["supports"] if s["id"] == "half-fee")["missing"] == ["resident"]
    assert {"id", "title", "verdict", "strength", "kind", "beneficiary", "sources", "agencies", "reasons", "missing"} <= engine.keys()


def test_the_same_answers_give_the_same_bytes(ferry: Path) -> None:
    first, second = (run("assess", ferry, "--format", "json", "--on", "2026-11-22", "--rules", HARBOUR).stdout for _ in range(2))
    assert first == second


def test_answers_come_from_standard_input_as_json_too() -> None:
    done = run("assess", "-", "--rules", HARBOUR, "--format", "json", stdin='{"trade": "club", "quay": "east"}')
    assert done.returncode == 0
    assert next(s for s in json.loads(done.stdout)["supports"] if s["id"] == "slipway")["verdict"] == "matched"


def test_a_bad_answer_is_told_on_stderr_and_the_rest_is_assessed(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("trade: fery\nquay: east\n", encoding="utf-8")
    done = run("assess", path, "--rules", HARBOUR, "--format", "json")
    assert done.returncode == 1
    assert done.stderr.decode() == f"{path}：trade：没有“fery”这个选项。是不是“ferry”？\n以上 1 个回答没有用上，按“不清楚”处理。\n"
    assert next(s for s in json.loads(done.stdout)["supports"] if s["id"] == "advice")["verdict"] == "matched"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["assess", "nowhere.yaml"], "打不开 nowhere.yaml（没有这个文件或文件夹）。请检查路径。"),
        (["assess"], "缺少 ANSWERS。请运行 python -m eligibility --help 看用法。"),
        (["assess", "-", "--on", "today"], "--on 应是日期，写的是“today”。请写成 2026-11-22 的样子。"),
        (["assess", "-", "--on", "0001-01-01"], "--on 写的是 0001-01-01，应在 1900-01-01 到 2999-12-31 之间。"),
        (["assess", "-", "--colour"], "没有 --colour 这个选项。请运行 python -m eligibility --help 看用法。"),
        (["assess", "-", "--on"], "--on 的写法不对：后面少了要写的内容，或者多写了。请运行 python -m eligibility --help 看用法。"),
        (["assess", "-", "--format", "doc"], "--format 只能是 text、json、pdf、xlsx 中的一个。请运行 python -m eligibility --help 看用法。"),
        (["assess", "-", "-"], "命令写错了，可能多写了什么。请运行 python -m eligibility --help 看用法。"),
        (["clients", "export"], "缺少 -o。请运行 python -m eligibility --help 看用法。"),
        (["clients", "exprot"], "没有这个命令。可以用的有 backup、clean、delete、export、import、keep、list。请运行 python -m eligibility --help 看用法。"),
    ],
)
def test_a_command_that_cannot_be_run_exits_with_two_and_one_sentence(words: list[str], message: str) -> None:
    done = run(*words)
    assert (done.returncode, done.stdout, done.stderr.decode().strip()) == (2, b"", message)


def test_answers_that_are_no_yaml_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("trade: [ferry\nquay: east", encoding="utf-8")
    done = run("assess", path, "--rules", HARBOUR)
    assert done.returncode == 2
    assert done.stderr.decode() == f"{path} 不是正确的 YAML 或 JSON（第 2 行）。请检查缩进、冒号后的空格和引号。\n"


def test_a_broken_rulebook_decides_nothing(tmp_path: Path, ferry: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = run("assess", ferry, "--rules", tmp_path / "empty")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().splitlines()[-1] == "规则有 7 处错误，不能用来判断。"


def test_questions_are_listed_with_the_answers_they_take() -> None:
    data = json.loads(run("questions", "--json", "--rules", HARBOUR).stdout)
    assert next(q for q in data if q["id"] == "quay")["options"][0] == {"id": "east", "name": "East Quay"}
    assert next(q for q in data if q["id"] == "length")["unit"] == "m"
    assert "trade：What does the boat do?" in run("questions", "--rules", HARBOUR).stdout.decode()


def test_a_result_takes_the_place_of_no_file_that_it_needs(ferry: Path, tmp_path: Path) -> None:
    content, out = ferry.read_bytes(), tmp_path / "out.json"
    assess = ("assess", ferry, "--rules", HARBOUR, "--archive", tmp_path / "kept")
    ended = [run(*assess, "-o", ferry), run(*assess, "-o", out, "--receipt", ferry), run(*assess, "-o", out, "--receipt", out), run("rerun", ferry, "-o", ferry)]
    assert [done.stderr.decode() for done in ended] == [
        f"-o 写的就是回答文件（{ferry}），会把它盖掉。请换一个位置。\n",
        f"--receipt 写的就是回答文件（{ferry}），会把它盖掉。请换一个位置。\n",
        f"--receipt 写的就是 -o 的结果（{out}），会把它盖掉。请换一个位置。\n",
        f"-o 写的就是凭据（{ferry}），会把它盖掉。请换一个位置。\n",
    ]
    assert ({done.returncode for done in ended}, ferry.read_bytes(), out.exists()) == ({2}, content, False)
    assert run("assess", "-", "--rules", HARBOUR, "-o", "/dev/null", stdin="trade: ferry").returncode == 0


@pytest.mark.parametrize(("form", "start"), [("pdf", b"%PDF-"), ("xlsx", b"PK")])
def test_a_file_is_written(ferry: Path, tmp_path: Path, form: str, start: bytes) -> None:
    out = tmp_path / f"out.{form}"
    done = run("assess", ferry, "--rules", HARBOUR, "--format", form, "-o", out)
    assert (done.returncode, done.stdout) == (0, b"")
    assert out.read_bytes().startswith(start)


def test_check_tells_doubts_and_counts_them_only_when_asked_to() -> None:
    late = ("check", "--rules", HARBOUR, "--on", "2028-01-01")
    told, strict = run(*late), run(*late, "--strict")
    assert (told.returncode, told.stderr, strict.returncode) == (0, b"", 1)
    assert "提醒 4 处（不影响使用）：" in told.stdout.decode()
    assert "  harbour/agencies.yaml:1:1：机构名称和联系方式最近核对于 2026-10-01" in told.stdout.decode()


def test_new_begins_an_entry_and_check_says_what_is_still_to_fill(tmp_path: Path) -> None:
    rules = Path(shutil.copytree(HARBOUR, tmp_path / "harbour"))
    begun = run("new", "support", "gulls", "--policy", "order", "--article", "a", "--rules", rules)
    assert (begun.returncode, begun.stderr) == (0, b"")
    path = rules / "supports" / "order.yaml"
    assert begun.stdout.decode() == f"已写在 {path}:39。请把“待填”都换成内容，再运行 python -m eligibility check。\n"
    assert "harbour/supports/order.yaml:40:5：“title”还没有填。" in run("check", "--rules", rules).stderr.decode()
    again = run("new", "agency", "gull_office", "--rules", rules)
    assert again.returncode == 2
    assert again.stderr.decode().endswith("处，再写新的。\n")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["new", "agency", "Gulls"], "编号写的是“Gulls”。编号只能用小写英文字母、数字、- 和 _，以字母开头。"),
        (["new", "scenario", "gulls", "--file", "../gulls.yaml"], "--file 写的是“../gulls.yaml”。请只写文件名，以 .yaml 结尾。"),
        (["new", "agency", "treasury", "--rules", HARBOUR], "已经有叫“treasury”的机构。请换一个编号。"),
        (["schemas", "--rules", "nowhere"], "没有这个规则文件夹：nowhere。请检查路径。"),
    ],
)
def test_an_entry_that_cannot_be_begun_is_one_sentence(words: list[str | Path], message: str) -> None:
    done = run(*words)
    assert (done.returncode, done.stdout, done.stderr.decode()) == (2, b"", message + "\n")


def test_schemas_are_written_where_the_rules_are(tmp_path: Path) -> None:
    assert len(run("schemas", "--rules", tmp_path).stdout.decode().splitlines()) == 10
    assert run("schemas", "--rules", tmp_path).stdout.decode() == "都是最新的。\n"


def test_the_readme_names_every_key_of_a_result() -> None:
    block = (ROOT / "README.md").read_text(encoding="utf-8").split("的结果是稳定的约定：\n\n```\n", 1)[1].split("```", 1)[0]
    shapes = [shape for shape in vars(contract).values() if is_typeddict(shape) and shape not in (contract.QuestionData, contract.OptionData)]
    assert {key for shape in shapes for key in shape.__annotations__} - set(re.findall("[a-z_]+", block)) == set()
