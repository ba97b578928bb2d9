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
    except click.UsageError as error:
        say(f"{_wrong(error)}。请运行 python -m eligibility --help 看用法。")
    except click.Abort:
        say("已中断。")
    sys.exit(IMPOSSIBLE)


def _wrong(error: click.UsageError) -> str:
    """What is wrong with the command as it was written; click itself says it in English."""
    match error:
        case click.MissingParameter():
            return f"缺少 {_name(error.param) if error.param else '参数'}"
        case click.NoSuchOption():
            return f"没有 {error.option_name} 这个选项"
        case click.BadOptionUsage():
            return f"{error.option_name} 的写法不对：后面少了要写的内容，或者多写了"
        case click.BadParameter(param=click.Option(type=click.Choice() as choice) as param):
            return f"{_name(param)} 只能是 {'、'.join(choice.choices)} 中的一个"
        case click.BadParameter(param=click.Parameter() as param):
            return f"{_name(param)} 写得不对"
    if error.ctx is not None and isinstance(error.ctx.command, click.Group):
        return f"没有这个命令。可以用的有 {'、'.join(error.ctx.command.list_commands(error.ctx))}"
    return "命令写错了，可能多写了什么"


def _name(param: click.Parameter) -> str:
    """What is written for a parameter: -o, ANSWERS."""
    return param.opts[0] if isinstance(param, click.Option) else param.human_readable_name
