"""Commands for a whole ledger of companies."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eligibility.cli.common import DONE, FAULTS, Day, json_bytes, loaded, rules_option, say, stop, write
from eligibility.roster import read_roster
from eligibility.rulebook.book import Rulebook

if TYPE_CHECKING:  # what one command alone needs is imported only there
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


@click.command(help="判断一批企业。CLIENTS 是台账（.xlsx、.csv、.parquet）、答案文件的文件夹，或一张企业清单。每一格用不上的都说明行、列和原因，其余照样判断。")
@click.argument("clients", type=click.Path(path_type=Path))
@rules_option
@click.option("--on", type=Day(), default=None, metavar="DATE", help="按哪一天判断，默认今天")
@click.option("--columns", type=click.Path(path_type=Path, dir_okay=False), default=None, metavar="FILE", help="列对照：台账里的哪一列是哪一题")
@click.option("--save-columns", type=click.Path(path_type=Path, dir_okay=False), default=None, metavar="FILE", help="把这次的列对照写下来，改好以后用 --columns 给回来")
@click.option("--format", "form", type=click.Choice(["xlsx", "json", "zip"]), default="xlsx", help="输出什么：zip 是每家一份 PDF")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, metavar="FILE", help="写到哪个文件")
def screen(clients: Path, rules: Path, on: date | None, columns: Path | None, save_columns: Path | None, form: str, output: Path) -> int:
    """Assess many companies at once."""
    from eligibility.screening.clients import from_roster
    from eligibility.screening.screening import screen as decide_all

    rulebook = loaded(rules)
    if clients.suffix.lower() in _ROSTERS or clients.is_dir():
        companies, faults = read_roster(clients)
        listed, unusable = from_roster(companies, rulebook)
        faults += unusable
        source = None
    else:
        source = _ledger(clients, rulebook, columns, save_columns)
        listed = list(source.clients)
        faults = [str(f) for f in source.faults] + [f"列“{c.header}”：{c.remark}" for c in source.ledger.clashes]
        say(*(f"列“{c.header}”：{c.remark}" for c in source.ledger.columns if c.remark and not c.clash))
    say(*faults)
    if not listed:
        stop(f"{clients} 里没有可以判断的企业。")
    screening = decide_all(rulebook, listed, on=on or date.today())
    unmade = _SCREENING_FORMS[form](screening, source, output)
    say(*(f"{name}：没有做出 PDF（{why}）。" for name, why in unmade))
    click.echo(f"{len(listed)} 家企业，{len(rulebook.supports)} 项支持，已写在 {output}。" + (f"有 {len(faults)} 处没有用上，按“不清楚”处理。" if faults else ""))
    return FAULTS if faults or unmade else DONE


_ROSTERS = {".yaml", ".yml", ".json"}


def _ledger(path: Path, rulebook: Rulebook, columns: Path | None, save_columns: Path | None) -> Reading:
    from eligibility.screening.headers import ColumnMapError, read_column_map, write_column_map
    from eligibility.screening.ledger import open_ledger
    from eligibility.screening.sheets import UnreadableLedgerError

    try:
        remembered = read_column_map(columns.read_text(encoding="utf-8-sig"), rulebook) if columns else None
        ledger = open_ledger(path.read_bytes(), path.name, rulebook, remembered)
    except ColumnMapError as error:
        stop(f"{columns}：{error}")
    except UnreadableLedgerError as error:
        stop(f"{path}：{error}")
    except UnicodeDecodeError:
        stop(f"{columns} 不是 UTF-8 编码。请另存为 UTF-8。")
    except OSError as error:
        stop(f"打不开 {error.filename}（{error.strerror}）。请检查路径。")
    if save_columns is not None:
        write(write_column_map(ledger.columns).encode(), save_columns)
    return ledger.read()


Unmade = Iterable[tuple[str, str]]  # companies without a report, and why


def _screening_workbook(screening: Screening, source: Reading | None, output: Path) -> Unmade:
    from eligibility.report.screening_workbook import render_screening

    write(render_screening(screening, source), output)
    return ()


def _screening_json(screening: Screening, source: Reading | None, output: Path) -> Unmade:
    from eligibility.report.screening_data import screening_data

    write(json_bytes(screening_data(screening, source)), output)
    return ()


def _screening_zip(screening: Screening, source: Reading | None, output: Path) -> Unmade:
    from eligibility.report.screening_archive import write_reports

    part = output.with_name(f"{output.name}.part")  # written as it is made, and named when it is whole
    try:
        with part.open("wb") as target:
            unmade = tuple((m.client, m.why) for m in write_reports(screening, target))
        part.replace(output)
        return unmade
    except OSError as error:
        stop(f"写不了 {output}（{error.strerror}）。请换一个位置。")


_SCREENING_FORMS: dict[str, Callable[[Screening, Reading | None, Path], Unmade]] = {"xlsx": _screening_workbook, "json": _screening_json, "zip": _screening_zip}
