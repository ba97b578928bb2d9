"""What the commands share: options, reading and writing, and how a fault is said."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any, NoReturn

import click
import yaml

from eligibility.assessment import DAYS, Assessment
from eligibility.file_trouble import why
from eligibility.profile import AnswerProblem
from eligibility.receipt import result
from eligibility.rulebook.archive import ARCHIVE, keep
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import DEFAULT_RULES, load
from eligibility.rulebook.problems import RulebookError
from eligibility.whole_file import whole_file

DONE, FAULTS, IMPOSSIBLE = 0, 1, 2
_NOT_TEXT = frozenset({"pdf", "xlsx"})


class Day(click.ParamType[date]):
    """A day on the command line, as 2026-11-22."""

    name = "日期"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            day = datetime.strptime(value, "%Y-%m-%d").date()
        except ValueError:
            stop(f"--on 应是日期，写的是“{value}”。请写成 2026-11-22 的样子。")
        if not DAYS[0] <= day <= DAYS[1]:
            stop(f"--on 写的是 {value}，应在 {DAYS[0]} 到 {DAYS[1]} 之间。")
        return day


rules_option = click.option("--rules", type=click.Path(path_type=Path), default=DEFAULT_RULES, metavar="DIR", help="规则文件夹，或一版规则的存档（.zip）；默认是项目里的 rules/")
archive_option = click.option("--archive", type=click.Path(path_type=Path), default=ARCHIVE, metavar="DIR", help="各版规则存在哪个文件夹，默认是 data/rulebooks/")
output_option = click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), default=None, metavar="FILE", help="写到哪个文件，默认标准输出")


def json_bytes(data: Any) -> bytes:
    """Plain data as readable JSON."""
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode()


def assessment_as_json(assessment: Assessment, problems: Sequence[AnswerProblem]) -> bytes:
    """An assessment with its receipt and the answers that were not used: the contract of `--format json`."""
    return json_bytes(result(assessment, problems))


def loaded(rules: Path) -> Rulebook:
    """The rulebook, or the end: a broken one decides nothing."""
    try:
        return load(rules)
    except RulebookError as error:
        stop(f"{error}\n规则有 {len(error.problems)} 处错误，不能用来判断。")


def kept_version(rulebook: Rulebook, rules: Path, archive: Path) -> Path:
    """Keep this version of the rules; where it is kept."""
    try:
        return keep(rulebook, rules, archive)
    except RulebookError as error:
        stop(str(error))
    except OSError as error:
        stop(f"写不了 {archive}（{why(error)}）。请换一个位置。")


def not_on_screen(form: str, output: Path | None) -> None:
    """The end, where what only another program can read would go to a screen."""
    if form in _NOT_TEXT and output is None and sys.stdout.isatty():
        stop(f"{form} 不能显示在屏幕上。请用 -o 写明要存成哪个文件。")


def write(content: bytes, output: Path | None) -> None:
    """To a file, or to standard output."""
    if output is None:
        sys.stdout.buffer.write(content)
        return
    try:
        output.write_bytes(content)
    except OSError as error:
        stop(f"写不了 {output}（{why(error)}）。请换一个位置。")


def write_streamed(output: Path, write_to: Callable[[IO[bytes]], None]) -> None:
    """Written as it is made, and named when it is whole."""
    try:
        with whole_file(output) as unfinished, unfinished.open("wb") as target:
            write_to(target)
    except OSError as error:
        stop(f"写不了 {output}（{why(error)}）。请换一个位置。")


def beside(output: Path, what: str) -> Path:
    """A file beside a result, by its whole name: 筛查.xlsx and 筛查.csv are two, as 全省.2026-10 and 全省.2026-11 are."""
    result = output.resolve() if output.name in ("", "..") else output
    return result.with_name(f"{result.name}-{what}.csv")


def not_over(written: Mapping[str, Path | None], there: Mapping[str, Path | None]) -> None:
    """The end, where a file that is to be written would take the place of one that is needed. Both by what they are called in the sentence that says so."""
    for how, target in written.items():
        for what, other in there.items():
            if target is not None and other is not None and _are_one(target, other):
                stop(f"{how}就是{what}（{other}），会把它盖掉。请换一个位置。")


def _are_one(one: Path, other: Path) -> bool:
    """Whether two paths lead to the same file, whether it is there or not. What is no file, as /dev/null, nothing takes the place of."""
    if one.exists() and not one.is_file():
        return False
    try:
        return os.path.realpath(one) == os.path.realpath(other) or one.samefile(other)
    except OSError:  # one of them is not there, so the other is another
        return False


def remove_earlier(problems: Path) -> None:
    """Remove what an earlier run with the same result had to say of its data: it would speak of a result that is no more."""
    try:
        problems.unlink(missing_ok=True)
    except OSError as error:
        stop(f"删不掉 {problems}（{why(error)}）。它是以前一次判断留下的，这一次没有数据问题；请删掉它。")


def read_answers(path: Path) -> Any:
    """What an ANSWERS file holds (- is standard input); whether it makes sense is `read_profile`'s business."""
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        stop(f"{path} 不是 UTF-8 编码。请另存为 UTF-8。")
    except OSError as error:
        stop(f"打不开 {path}（{why(error)}）。请检查路径。")
    try:
        return yaml.load(text, yaml.CSafeLoader) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"第 {mark.line + 1} 行" if mark else "开头"
        stop(f"{path} 不是正确的 YAML 或 JSON（{place}）。请检查缩进、冒号后的空格和引号。")


def say(*lines: str) -> None:
    """To standard error, a line each."""
    for line in lines:
        click.echo(line, err=True)


def stop(line: str) -> NoReturn:
    """Say why, and end: nothing could be done."""
    say(line)
    sys.exit(IMPOSSIBLE)
