"""What a change of the rules does to whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import click

from eligibility.cli.common import DONE, FAULTS, Day, json_bytes, loaded, not_on_screen, not_over, output_option, say, stop, write
from eligibility.cli.given import companies_for_both, is_ledger
from eligibility.clock import today
from eligibility.impact import Impact
from eligibility.impact import impact as compare
from eligibility.roster import read_roster


@click.command(help="改规则会影响谁：OLD_RULES 和 NEW_RULES 是两份规则，CLIENTS 是答案文件的文件夹、一张企业清单，或台账（.xlsx、.csv、.parquet）。谁都没有变化时退出码是 0，有变化是 1。")
@click.argument("old_rules", type=click.Path(path_type=Path))
@click.argument("new_rules", type=click.Path(path_type=Path))
@click.argument("clients", type=click.Path(path_type=Path))
@click.option("--on", type=Day(), default=None, metavar="DATE", help="按哪一天判断，默认今天")
@click.option("--format", "form", type=click.Choice(["text", "json", "md", "xlsx"]), default="text", help="输出什么")
@output_option
def impact(old_rules: Path, new_rules: Path, clients: Path, on: date | None, form: str, output: Path | None) -> int:
    """Say what a new rulebook changes for whom."""
    not_on_screen(form, output)
    not_over({"-o 写的": output}, {"台账本身" if is_ledger(clients) else "企业清单本身": clients})
    old, new = loaded(old_rules), loaded(new_rules)
    if is_ledger(clients):
        companies, faults = companies_for_both(clients, old, new)
    else:
        companies, told = read_roster(clients)
        say(*told)
        faults = len(told)
    if not companies:
        stop(f"{clients} 里没有可以判断的企业。")
    found = compare(old, new, companies, on=on or today())
    write(_IMPACT_FORMS[form](found), output)
    return FAULTS if found.touched or faults else DONE


def _impact_as_text(impact: Impact) -> bytes:
    from eligibility.report.impact.text import render_text

    return render_text(impact).encode()


def _impact_as_markdown(impact: Impact) -> bytes:
    from eligibility.report.impact.text import render_markdown

    return render_markdown(impact).encode()


def _impact_as_json(impact: Impact) -> bytes:
    from eligibility.report.impact.data import impact_data

    return json_bytes(impact_data(impact))


def _impact_as_workbook(impact: Impact) -> bytes:
    from eligibility.report.impact.workbook import render_workbook

    return render_workbook(impact)


_IMPACT_FORMS: dict[str, Callable[[Impact], bytes]] = {"text": _impact_as_text, "md": _impact_as_markdown, "json": _impact_as_json, "xlsx": _impact_as_workbook}
