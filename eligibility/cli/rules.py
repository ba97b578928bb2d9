"""Commands for those who keep the rules."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import click

from eligibility import scaffold
from eligibility.cli.common import DONE, FAULTS, Day, archive_option, json_bytes, kept_version, loaded, not_on_screen, output_option, rules_option, say, stop, write
from eligibility.clock import today
from eligibility.file_trouble import why
from eligibility.inspection import inspect
from eligibility.library import Library
from eligibility.rulebook.coverage import coverage
from eligibility.rulebook.problems import RulebookError
from eligibility.rulebook.read import TO_FILL, read
from eligibility.rulebook_file import rulebook_data, rulebook_schema
from eligibility.scenarios import read_scenarios
from eligibility.schemas import write_schemas


class _Name(click.ParamType[str]):
    name = "编号"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not re.fullmatch(r"[a-z][a-z0-9_-]*", value):
            stop(f"编号写的是“{value}”。编号只能用小写英文字母、数字、- 和 _，以字母开头。")
        return str(value)


class _FileName(click.ParamType[str]):
    name = "文件名"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if Path(value).name != value or not value.endswith(".yaml"):
            stop(f"--file 写的是“{value}”。请只写文件名，以 .yaml 结尾。")
        return str(value)


@click.command(help="检查规则：每一处错误给出文件、行、错在哪、怎么改；再跑一遍全部例子，并提醒可疑的地方。")
@rules_option
@click.option("--on", type=Day(), default=None, metavar="DATE", help="按哪一天判断例子和核对期限，默认今天")
@click.option("--strict", is_flag=True, help="有提醒也算没通过（退出码 1）")
def check(rules: Path, on: date | None, strict: bool) -> int:
    """Check a rulebook and run its scenarios. Doubts are told but, unless `strict`, do not count."""
    found = inspect(rules, on=on or today())
    if (rulebook := found.rulebook) is not None:
        articles = tuple(coverage(rulebook))
        sentences, accounted = sum(a.sentences for a in articles), sum(a.accounted for a in articles)
        click.echo(f"规则库 {rulebook.version}：{len(rulebook.policies)} 份文件，{len(rulebook.supports)} 项支持，{len(rulebook.not_supports)} 处写明不是支持，{len(rulebook.questions)} 道题。")
        click.echo(f"原文 {sentences} 句，有着落的 {accounted} 句（{accounted / sentences:.0%}）。" if sentences else "还没有一句原文。")
        if found.runs:
            click.echo(f"例子 {len(found.runs)} 个，通过 {sum(not r.problems for r in found.runs)} 个。")
    if found.doubts:
        click.echo(f"提醒 {len(found.doubts)} 处{'' if strict else '（不影响使用）'}：")
        for doubt in found.doubts:
            click.echo(f"  {doubt}")
    if found.faults:
        say(*map(str, found.faults), f"共 {len(found.faults)} 处要改。")
    return FAULTS if found.faults or (strict and found.doubts) else DONE


@click.group(help="写一条新规则的样子，照着填：每一项是什么意思，写在后面。")
def new() -> None:
    """The group of commands that begin an entry."""


@new.command("support", help="一项支持，写进它那一条原文的文件里；还没有人引用的第一句话已经填好。")
@click.argument("id_", type=_Name(), metavar="ID")
@click.option("--policy", required=True, metavar="ID", help="哪份文件")
@click.option("--article", required=True, metavar="条", help="哪一条，如 五")
@rules_option
def new_support(id_: str, policy: str, article: str, rules: Path) -> int:
    """Begin a support."""
    return _begin(lambda: scaffold.new_support(rules, read(rules), id_, policy=policy, article=article))


@new.command("question", help="一道题，写进那一节的文件里；没有这一节就新开一个文件。")
@click.argument("id_", type=_Name(), metavar="ID")
@click.option("--section", required=True, metavar="节", help="属于哪一节")
@rules_option
def new_question(id_: str, section: str, rules: Path) -> int:
    """Begin a question."""
    return _begin(lambda: scaffold.new_question(rules, read(rules), id_, section=section))


@new.command("status", help="一个身份，默认自成一个文件。")
@click.argument("id_", type=_Name(), metavar="ID")
@click.option("--file", type=_FileName(), default=None, metavar="NAME", help="写到 statuses/ 里哪个文件的末尾")
@rules_option
def new_status(id_: str, file: str | None, rules: Path) -> int:
    """Begin a status."""
    return _begin(lambda: scaffold.new_status(rules, read(rules), id_, file=file))


@new.command("agency", help="一个机构，写在 agencies.yaml 末尾。")
@click.argument("id_", type=_Name(), metavar="ID")
@rules_option
def new_agency(id_: str, rules: Path) -> int:
    """Begin an agency."""
    return _begin(lambda: scaffold.new_agency(rules, read(rules), id_))


@new.command("policy", help="一份文件，自成一个文件，先写一条作样子。")
@click.argument("id_", type=_Name(), metavar="ID")
@rules_option
def new_policy(id_: str, rules: Path) -> int:
    """Begin a document."""
    return _begin(lambda: scaffold.new_policy(rules, read(rules), id_, on=today()))


@new.command("scenario", help="一个例子，默认自成一个文件。")
@click.argument("id_", type=_Name(), metavar="ID")
@click.option("--file", type=_FileName(), default=None, metavar="NAME", help="写到 scenarios/ 里哪个文件的末尾")
@rules_option
def new_scenario(id_: str, file: str | None, rules: Path) -> int:
    """Begin a scenario."""
    return _begin(lambda: scaffold.new_scenario(rules, id_, file=file))


@click.command(help="由程序的模型重写 schemas/ 里的 JSON Schema：编辑器靠它补全和报错。")
@rules_option
def schemas(rules: Path) -> int:
    """Write the JSON Schemas of the rule files."""
    if not rules.is_dir():
        stop(f"没有这个规则文件夹：{rules}。请检查路径。")
    changed = write_schemas(rules)
    click.echo("\n".join(f"已写 {path}" for path in changed) or "都是最新的。")
    return DONE


@click.command(help="把现在的规则存成一份存档，以后可以按这一版重算。已经存过就不动。")
@rules_option
@archive_option
def archive(rules: Path, archive: Path) -> int:
    """Keep the current version of the rulebook."""
    rulebook = loaded(rules)
    click.echo(f"规则库 {rulebook.version}：{kept_version(rulebook, rules, archive)}")
    return DONE


@click.command("rulebook", help="把整个规则库写成一份文件：原文、支持、身份、机构。pdf 供打印；json 供其他程序使用，格式见 --format schema。")
@rules_option
@click.option("--format", "form", type=click.Choice(["json", "pdf", "schema"]), default="json", help="输出什么")
@output_option
def whole(rules: Path, form: str, output: Path | None) -> int:
    """Write the whole rulebook as one file."""
    not_on_screen(form, output)
    if form == "schema":
        write(json_bytes(rulebook_schema()), output)
        return DONE
    rulebook = loaded(rules)
    try:
        library = Library(rulebook, [scenario for scenario, _ in read_scenarios(rules)])
    except RulebookError as error:
        stop(f"{error}\n例子有 {len(error.problems)} 处错误，先改好才能写出规则库。")
    write(_rulebook_pdf(library) if form == "pdf" else json_bytes(rulebook_data(library)), output)
    return DONE


def _rulebook_pdf(library: Library) -> bytes:
    from eligibility.report.rulebook_pdf import render_rulebook

    return render_rulebook(library)


def _begin(entry: Callable[[], scaffold.Begun]) -> int:
    try:
        begun = entry()
    except scaffold.ScaffoldError as error:
        stop(str(error))
    except RulebookError as error:
        stop(f"{error}\n请先改好以上 {len(error.problems)} 处，再写新的。")
    except OSError as error:
        stop(f"写不了 {error.filename}（{why(error)}）。请检查路径。")
    click.echo(f"已写在 {begun.path}:{begun.line}。请把“{TO_FILL}”都换成内容，再运行 python -m eligibility check。")
    return DONE
