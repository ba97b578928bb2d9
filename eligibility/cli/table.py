"""`screen --engine table`: a table too large for a ledger, from file to files; and what such a table looks like."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import click

from eligibility.cli.common import DONE, FAULTS, beside, loaded, not_over, remove_earlier, rules_option, say, stop, write, write_streamed
from eligibility.cli.given import column_map
from eligibility.file_trouble import why
from eligibility.rulebook.book import Rulebook

if TYPE_CHECKING:  # what one command alone needs is imported only there
    from eligibility.screening.headers import Column

_EVERY = 10.0  # seconds between lines of progress where they are kept, as in a log


def decide_table(path: Path, rulebook: Rulebook, on: date, output: Path, columns: Path | None, keep: tuple[str, ...], missing: bool) -> int:
    """Decide a whole table; what is done stays done, whenever this ends."""
    from eligibility.report.table_files import summary_csv, write_problems
    from eligibility.screening.batch import TakenNameError
    from eligibility.screening.companies import Companies
    from eligibility.screening.sources import UnreadableTableError, open_table
    from eligibility.screening.table import OtherRunError, TableRun, unusable

    summary, problems = beside(output, "汇总"), beside(output, "数据问题")
    not_over({"-o 写的": output, "结果旁边的“汇总”": summary, "结果旁边的“数据问题”": problems}, {"大表本身": path, "列对照": columns})
    remembered = column_map(columns, rulebook)
    try:
        source = Companies(open_table(path), rulebook, remembered)
        for name in keep:
            if name not in source.schema.names:
                stop(f"--keep {name}：表里没有这一列。")
        run = TableRun(rulebook, on, source, output, keep, missing, remembered)
        _tell_columns(run.columns, run.kept, rulebook)
        if not any(c.target for c in run.columns):
            stop(f"{path}：认不出任何一列。列名请照 python -m eligibility table-schema 写，或者给一份列对照（--columns）。")
        if run.unasked:
            say(f"表里没有这 {len(run.unasked)} 题，每家企业都按“不清楚”：{'、'.join(q.short for q in run.unasked)}。")
        totals = run.run(ProgressLine(source.rows))
    except UnreadableTableError as error:
        stop(f"{path}：{error}")
    except (OtherRunError, TakenNameError) as error:
        stop(str(error))
    except OSError as error:
        stop(f"写不了 {output}（{why(error)}）。已经做完的部分留着，排除以后运行同一条命令接着做。")
    except KeyboardInterrupt:
        stop(f"已中断。做完的部分在 {output}，运行同一条命令接着做。")
    if source.passed_over:
        say(f"有 {len(source.passed_over):,} 行是合计、小计之类，没有当成企业：第 {'、'.join(f'{row:,}' for row in list(source.passed_over)[:5])}{' 等' if len(source.passed_over) > 5 else ''} 行。")
    if source.unfilled.rows:
        say(f"有 {source.unfilled.rows:,} 行用得上的列都空着，没有当成企业；第一处是第 {source.unfilled.first:,} 行。")
    if not totals.companies:
        say(*(f"第 {row:,} 行：{why}。" for row, why in totals.left_out.told[:5]))
        stop(f"{path} 里没有可以判断的企业。")
    write(summary_csv(totals, rulebook), summary)
    told = f"{totals.companies:,} 家企业，{len(rulebook.supports)} 项支持，已写在 {output}；每项支持各有多少家，见 {summary}。"
    clashes = [c for c in run.columns if c.clash]
    faults = len(clashes) + totals.unusable + totals.left_out.rows
    if faults:
        write_streamed(problems, lambda target: write_problems(clashes, totals, source.passed_over, unusable(output), target))
        unused = (
            f"{len(clashes)} 列没有用上" if clashes else "",
            f"{totals.unusable:,} 格没有用上，按“不清楚”处理" if totals.unusable else "",
            f"{totals.left_out.rows:,} 行没有判断" if totals.left_out.rows else "",
        )
        told += f"有 {'；'.join(filter(None, unused))}，见 {problems}。"
    click.echo(told)
    if not faults:
        remove_earlier(problems)  # last: the result is there then, and was told
    return FAULTS if faults else DONE


def _tell_columns(columns: tuple[Column, ...], kept: tuple[str, ...], rulebook: Rulebook) -> None:
    """Columns that are not used, and what was assumed of others. A column named by a question's id is in its unit by agreement."""
    say(*(f"列“{c.header}”：{c.remark}" for c in columns if c.remark and (c.clash or not (c.header in kept or c.header in rulebook.questions))))


class ProgressLine:
    """Says how many are done, how fast, and how long it will still take: on a screen in one line, in a log now and then."""

    def __init__(self, rows: int | None) -> None:
        self.of = f" / {rows:,}" if rows else ""
        self.screen = sys.stderr.isatty()
        self.start = self.shown = monotonic()
        self.before: tuple[int, float] | None = None  # what an earlier run has done says nothing of the speed of this one

    def __call__(self, companies: int, share: float) -> None:
        now = monotonic()
        if self.before is None:
            self.before = companies, share
            if companies:
                say(f"已有 {companies:,}{self.of} 家，{'接着做' if share < 1 else '都判断过了'}。")
            return
        if not self.screen and share < 1 and now - self.shown < _EVERY:
            return
        self.shown, passed, fresh = now, max(now - self.start, 0.001), share - self.before[1]
        rate = (companies - self.before[0]) / passed
        rest = f"还要约 {_duration(passed * (1 - share) / fresh)}" if share < 1 and fresh > 0 else f"用了 {_duration(passed)}"
        line = f"已判断 {companies:,}{self.of} 家（{share:.0%}），每秒 {rate:,.0f} 家，{rest}"
        click.echo(f"\r{line}\x1b[K" if self.screen else line, nl=not self.screen or share >= 1, err=True)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} 小时 {minutes} 分" if hours else f"{minutes} 分 {rest} 秒" if minutes else f"{rest} 秒"


@click.command("table-schema", help="大表要有哪些列：写成 .csv 是给人看的说明，写成 .parquet 是一张没有行的表。")
@rules_option
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, metavar="FILE", help="写到哪个文件，.csv 或 .parquet")
def table_schema(rules: Path, output: Path) -> int:
    """Write what a large table looks like."""
    from io import BytesIO

    match output.suffix.lower():
        case ".csv":
            from eligibility.report.table_files import schema_csv

            write(schema_csv(loaded(rules)), output)
        case ".parquet":
            from pyarrow import parquet  # type: ignore[import-untyped]

            from eligibility.screening.table_schema import empty_table

            content = BytesIO()
            parquet.write_table(empty_table(loaded(rules)), content)
            write(content.getvalue(), output)
        case _:
            stop(f"看不出 {output} 要写成什么。扩展名请用 .csv 或 .parquet。")
    return DONE
