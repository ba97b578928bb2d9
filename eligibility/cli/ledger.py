"""Commands for a whole ledger of companies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eligibility.cli.common import DONE, FAULTS, Day, beside, json_bytes, loaded, not_over, remove_earlier, rules_option, say, stop, write, write_streamed
from eligibility.cli.given import given, is_ledger
from eligibility.clock import today
from eligibility.file_trouble import why
from eligibility.rulebook.book import Rulebook

if TYPE_CHECKING:  # what one command alone needs is imported only there
    from eligibility.report.screening_archive import NotMade
    from eligibility.screening.ledger import Reading
    from eligibility.screening.screening import Screening


@click.command("ledger-template", help="写一份企业台账的空模板（.xlsx）：每题一列，带单位、下拉表和填写说明。")
@rules_option
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, metavar="FILE", help="写到哪个文件")
def empty_ledger(rules: Path, output: Path) -> int:
    """Write an empty ledger."""
    from eligibility.screening.template import ledger_template

    write(ledger_template(loaded(rules)), output)
    return DONE


ENGINES = ("rows", "table", "spark")
_ENGINE_HELP = (
    "rows 逐家判断，有理由（默认）；table 判断上百万家的大表：.parquet、.arrow、.csv，或一个文件夹的 .parquet，列名见 table-schema。"
    "table 的 RESULT 是一个文件夹，每家一行、每项支持一列；中断以后运行同一条命令接着做；spark 把同样的表交给集群，见 docs/spark.md"
)
FORMS = ("xlsx", "csv", "parquet", "json", "zip")


@click.command(
    help="判断一批企业。CLIENTS 是台账（.xlsx、.csv、.parquet）、答案文件的文件夹，或一张企业清单。RESULT 写成什么由扩展名定："
    ".xlsx 是工作簿；.csv 和 .parquet 是长表，每家企业的每项支持一行；.json 供其他程序用；.zip 是每家一份 PDF。"
    "用不上的格说明行、列、原因和怎么改，全部另存为一张表，放在 RESULT 旁边；其余照样判断。"
)
@click.argument("clients")
@rules_option
@click.option("--on", type=Day(), default=None, metavar="DATE", help="按哪一天判断，默认今天")
@click.option("--columns", type=click.Path(path_type=Path, dir_okay=False), default=None, metavar="FILE", help="列对照：台账里的哪一列是哪一题")
@click.option("--save-columns", type=click.Path(path_type=Path, dir_okay=False), default=None, metavar="FILE", help="把这次的列对照写下来，改好以后用 --columns 给回来")
@click.option("--format", "form", type=click.Choice(FORMS), default=None, help="输出什么；不写就看 RESULT 的扩展名")
@click.option("--pdf-dir", type=click.Path(path_type=Path, file_okay=False), default=None, metavar="DIR", help="另外把每家一份 PDF 写进这个文件夹")
@click.option("--engine", type=click.Choice(ENGINES), default="rows", help=_ENGINE_HELP)
@click.option("--keep", multiple=True, metavar="COLUMN", help="大表里照抄到结果的列，可以写几次；企业名称和代码总会照抄")
@click.option("--missing", is_flag=True, help="大表的结果里多写两样：每项支持还差几题（支持编号.missing），每家企业差哪些题（missing.题目编号）")
@click.option("--master", default=None, metavar="URL", help="用哪个 Spark 集群，如 yarn、spark://主机:7077、local[2]；默认按 spark-submit 的设置")
@click.option("-o", "--output", required=True, metavar="RESULT", help="写到哪里")
def screen(
    clients: str,
    rules: Path,
    on: date | None,
    columns: Path | None,
    save_columns: Path | None,
    form: str | None,
    pdf_dir: Path | None,
    engine: str,
    keep: tuple[str, ...],
    missing: bool,
    master: str | None,
    output: str,
) -> int:
    """Assess many companies at once."""
    day = on or today()
    if engine != "rows" and (save_columns or form or pdf_dir):
        stop(f"--engine {engine} 只写判断结果，不能和 --save-columns、--format、--pdf-dir 一起用。")
    if master and engine != "spark":
        stop("--master 只和 --engine spark 一起用。")
    if engine == "table":
        from eligibility.cli.table import decide_table

        return decide_table(Path(clients), loaded(rules), day, Path(output), columns, keep, missing)
    if engine == "spark":
        from eligibility.cli.spark import decide_on_cluster

        return decide_on_cluster(clients, loaded(rules), day, output, columns, keep, missing, master)
    if keep or missing:
        stop(f"{'--keep' if keep else '--missing'} 只和 --engine table 或 spark 一起用。")
    return _screen_rows(Path(clients), loaded(rules), day, columns, save_columns, form, pdf_dir, Path(output))


def _screen_rows(clients: Path, rulebook: Rulebook, on: date, columns: Path | None, save_columns: Path | None, form: str | None, pdf_dir: Path | None, output: Path) -> int:
    """Company by company, with every reason."""
    from eligibility.report.ledger_problems import problems_csv
    from eligibility.screening.screening import screen as decide_all

    write_result = _WRITERS[form or _form_of(output)]
    problems = beside(output, "数据问题")
    source = {"台账本身" if is_ledger(clients) else "企业清单本身": clients}
    not_over({"-o 写的": output, "结果旁边的“数据问题”": problems}, {**source, "列对照": columns})
    not_over({"--save-columns 写的": save_columns}, {**source, " -o 的结果": output, "结果旁边的“数据问题”": problems})
    listed = given(clients, rulebook, columns, save_columns)
    if not listed.clients:
        stop(f"{clients} 里没有可以判断的企业。")
    screening = decide_all(rulebook, listed.clients, on=on)
    unmade = write_result(screening, listed.source, output)
    faulty = listed.source if listed.faults else None
    if faulty is not None:
        write(problems_csv(faulty), problems)
    told = f"{len(listed.clients)} 家企业，{len(rulebook.supports)} 项支持，已写在 {output}。"
    if pdf_dir is not None:
        unmade += _pdf_files(screening, pdf_dir)
        told += f"每家的 PDF 在 {pdf_dir}。"
    if listed.faults:
        sheets = len(listed.source.ledger.unread) if listed.source else 0
        cells = [f"{listed.faults - sheets} 处没有用上，按“不清楚”处理"] if listed.faults > sheets else []
        told += f"有 {'；'.join([*cells, *([f'{sheets} 张表没有读'] if sheets else [])])}" + (f"，见 {problems}。" if listed.source else "。")
    say(*(f"{m.client}：没有做出 PDF（{m.why}）。" for m in unmade))
    click.echo(told)
    if faulty is None:
        remove_earlier(problems)  # last: whatever else was asked for is there then, and was told
    return FAULTS if listed.faults or unmade else DONE


def _form_of(output: Path) -> str:
    form = output.suffix.lower().removeprefix(".")
    if form not in FORMS:
        stop(f"看不出 {output} 要写成什么。扩展名请用 {'、'.join(f'.{f}' for f in FORMS)}，或者用 --format 写明。")
    return form


Unmade = tuple["NotMade", ...]  # companies without a report, and why


def _workbook(screening: Screening, source: Reading | None, output: Path) -> Unmade:
    from eligibility.report.screening_workbook import render_screening

    write(render_screening(screening, source), output)
    return ()


def _json(screening: Screening, source: Reading | None, output: Path) -> Unmade:
    from eligibility.report.screening_data import screening_data

    write(json_bytes(screening_data(screening, source)), output)
    return ()


def _csv(screening: Screening, source: Reading | None, output: Path) -> Unmade:
    from eligibility.report.screening_table import write_csv

    write_streamed(output, lambda target: write_csv(screening, target))
    return ()


def _parquet(screening: Screening, source: Reading | None, output: Path) -> Unmade:
    from eligibility.report.screening_table import write_parquet

    write_streamed(output, lambda target: write_parquet(screening, target))
    return ()


def _zip(screening: Screening, source: Reading | None, output: Path) -> Unmade:
    from eligibility.report.screening_archive import write_reports

    unmade: list[NotMade] = []
    write_streamed(output, lambda target: unmade.extend(write_reports(screening, target)))
    return tuple(unmade)


def _pdf_files(screening: Screening, folder: Path) -> Unmade:
    from eligibility.report.screening_archive import write_report_files

    try:
        return write_report_files(screening, folder)
    except OSError as error:
        stop(f"写不了 {folder}（{why(error)}）。请换一个位置。")


_WRITERS: dict[str, Callable[[Screening, Reading | None, Path], Unmade]] = {"xlsx": _workbook, "csv": _csv, "parquet": _parquet, "json": _json, "zip": _zip}
