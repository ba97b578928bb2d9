"""Commands for one company."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import click

from eligibility.assessment import Assessment
from eligibility.assessment import assess as decide
from eligibility.cli.common import (
    DONE,
    FAULTS,
    Day,
    archive_option,
    assessment_as_json,
    json_bytes,
    kept_version,
    loaded,
    not_on_screen,
    not_over,
    output_option,
    read_answers,
    rules_option,
    say,
    stop,
    write,
)
from eligibility.clock import today
from eligibility.export import questions_data
from eligibility.profile import AnswerProblem, read_profile
from eligibility.receipt import NotAReceiptError, Receipt, read_receipt, receipt
from eligibility.receipt import rerun as work_out_again
from eligibility.rulebook.archive import kept
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import DEFAULT_RULES


@click.command(help="判断一家企业。ANSWERS 是 YAML 或 JSON 文件（- 表示标准输入），内容是“题目编号: 回答”。")
@click.argument("answers", type=click.Path(path_type=Path, allow_dash=True))
@rules_option
@click.option("--on", type=Day(), default=None, metavar="DATE", help="按哪一天判断，默认今天")
@click.option("--format", "form", type=click.Choice(["text", "json", "pdf", "xlsx"]), default="text", help="输出什么")
@output_option
@click.option("--receipt", "receipt_file", type=click.Path(path_type=Path, dir_okay=False), default=None, metavar="FILE", help="另存一份结果凭据，并把这一版规则存档，以后可以用 rerun 核对")
@archive_option
def assess(answers: Path, rules: Path, on: date | None, form: str, output: Path | None, receipt_file: Path | None, archive: Path) -> int:
    """Assess one company."""
    not_on_screen(form, output)
    not_over({"-o 写的": output, "--receipt 写的": receipt_file}, {"回答文件": _file(answers)})
    not_over({"--receipt 写的": receipt_file}, {" -o 的结果": output})
    rulebook = loaded(rules)
    profile, problems = read_profile(read_answers(answers), rulebook.questions)
    if problems:
        say(*(f"{answers}：{p}" for p in problems), f"以上 {len(problems)} 个回答没有用上，按“不清楚”处理。")
    assessment = decide(rulebook, profile, on=on or today())
    write(_FORMS[form](assessment, problems), output)
    if receipt_file is not None:
        kept_version(rulebook, rules, archive)  # a receipt is worth nothing without its version
        write(json_bytes(receipt(assessment).as_data()), receipt_file)
    return FAULTS if problems else DONE


@click.command(help="按凭据重算一次，核对结果是不是一样。RECEIPT 是 assess 的 --receipt 或 --format json 写出的文件。一样时退出码是 0，不一样是 1。")
@click.argument("receipt_file", metavar="RECEIPT", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--rules", type=click.Path(path_type=Path), default=None, metavar="DIR", help="用哪份规则重算，默认是凭据写明的那一版")
@archive_option
@click.option("--format", "form", type=click.Choice(["text", "json", "pdf", "xlsx"]), default="text", help="-o 写出什么")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), default=None, metavar="FILE", help="把重算的结果写到哪个文件")
def rerun(receipt_file: Path, rules: Path | None, archive: Path, form: str, output: Path | None) -> int:
    """Work a result out again and compare it with its receipt."""
    not_over({"-o 写的": output}, {"凭据": _file(receipt_file)})
    try:
        found = read_receipt(read_answers(receipt_file))
    except NotAReceiptError as error:
        stop(f"{receipt_file} 不是结果凭据（{error}）。请用 assess 的 --receipt 或 --format json 写出的文件。")
    rulebook = loaded(rules) if rules is not None else _version(found, archive)
    again = work_out_again(found, rulebook)
    if output is not None:
        write(_FORMS[form](again.assessment, ()), output)
    if again.differences:
        click.echo(f"结果不一样（{len(again.differences)} 处）：")
        for difference in again.differences:
            click.echo(f"  {difference}")
        return FAULTS
    click.echo(f"结果一样：规则库 {found.version}，{found.on.isoformat()}，{sum(map(len, found.verdicts.values()))} 项支持。")
    return DONE


@click.command(help="列出全部题目和可用的回答。")
@rules_option
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def questions(rules: Path, as_json: bool) -> int:
    """List the questions."""
    rulebook = loaded(rules)
    if as_json:
        click.echo(json.dumps(questions_data(rulebook), ensure_ascii=False, indent=2))
        return DONE
    for section in rulebook.sections:
        click.echo(f"【{section}】")
        for question in rulebook.questions.values():
            if question.section == section:
                unit = f"（{question.unit}）" if question.unit else ""
                click.echo(f"  {question.id}：{question.text}{unit}")
                for option in question.options:
                    click.echo(f"    {option.id}：{option.name}")
    return DONE


def _as_text(assessment: Assessment, _: Sequence[AnswerProblem]) -> bytes:
    from eligibility.report.text import render_text

    return render_text(assessment).encode()


def _as_pdf(assessment: Assessment, _: Sequence[AnswerProblem]) -> bytes:  # typst and xlsxwriter are imported only where they are used
    from eligibility.report.pdf import render_pdf

    return render_pdf(assessment)


def _as_workbook(assessment: Assessment, _: Sequence[AnswerProblem]) -> bytes:
    from eligibility.report.workbook import render_workbook

    return render_workbook(assessment)


_FORMS: dict[str, Callable[[Assessment, Sequence[AnswerProblem]], bytes]] = {"text": _as_text, "json": assessment_as_json, "pdf": _as_pdf, "xlsx": _as_workbook}


def _file(given: Path) -> Path | None:
    """What is read, if it is a file and not standard input."""
    return None if str(given) == "-" else given


def _version(wanted: Receipt, archive: Path) -> Rulebook:
    """The version that a receipt names: as it was kept, else the current one if it is the same."""
    if (place := kept(wanted.fingerprint, archive)) is not None:
        return loaded(place)
    current = loaded(DEFAULT_RULES)
    if current.fingerprint != wanted.fingerprint:
        stop(f"找不到规则库 {wanted.version}（{archive} 里没有，现在的规则是 {current.version}）。请用 --rules 写明那一版规则在哪里。")
    return current
