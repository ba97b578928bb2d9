"""The command line: a thin skin over the library.

Exit codes: 0 all is well; 1 done, but something in the input was wrong (told on stderr); 2 nothing could be done.
"""

from __future__ import annotations

import sys
from typing import NoReturn

import click

from eligibility.cli import changes, company, desk, ledger, rules, table
from eligibility.cli.common import DONE, IMPOSSIBLE, say


@click.group(help="辽宁省科技创新支持政策自测。")
def commands() -> None:
    """The group of commands."""


for _command in (
    rules.check, rules.new, rules.schemas, rules.whole, rules.archive,
    company.questions, company.assess, company.rerun,
    changes.impact,
    ledger.empty_ledger, ledger.screen, table.table_schema,
    desk.clients,
):  # fmt: skip
    commands.add_command(_command)


def main() -> NoReturn:
    """Run the command line and exit with its code; what goes wrong is one sentence on stderr."""
    try:
        sys.exit(commands.main(standalone_mode=False) or DONE)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help() if error.ctx else "", err=True)
    except click.MissingParameter as error:
        say(f"缺少 {error.param.human_readable_name if error.param else '参数'}。请运行 python -m eligibility --help 看用法。")
    except click.NoSuchOption as error:
        say(f"没有 {error.option_name} 这个选项。请运行 python -m eligibility --help 看用法。")
    except click.UsageError as error:
        say(f"命令写错了（{error.format_message()}）。请运行 python -m eligibility --help 看用法。")
    except click.Abort:
        say("已中断。")
    sys.exit(IMPOSSIBLE)
