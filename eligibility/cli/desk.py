"""Commands for stored clients."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eligibility.cli.common import DONE, FAULTS, archive_option, kept_version, loaded, rules_option, say, stop
from eligibility.clock import now, today

if TYPE_CHECKING:  # what one command alone needs is imported only there
    from eligibility.clients.database import Database
    from eligibility.clients.desk import Desk


_organisation = click.option("--organisation", default="local", metavar="ORG", help="哪个机构的企业，默认是本机的 local")


@click.group(help="存下的客户档案：备份、导出、导入、留存结果、彻底删除。档案在 data/clients.sqlite3，或环境变量 ELIGIBILITY_DATABASE 写明的数据库。")
def clients() -> None:
    """The group of commands on stored clients."""


@clients.command("export", help="把一个机构的全部档案（回答、历史、结果、改判）写成一个文件，可以再导入。")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, metavar="FILE.zip", help="写到哪个文件")
@_organisation
@archive_option
def export_all(output: Path, organisation: str, archive: Path) -> int:
    """Write all clients to one file."""
    from eligibility.clients.archive import export_clients

    with _desk(organisation) as desk:
        count = export_clients(desk, output, at=now(), archive=archive)
    click.echo(f"已导出 {count} 家企业的档案：{output}。里面是企业的信息，请妥善保管。")
    return DONE


@clients.command("import", help="把 export 写出的文件收进来。已经有的企业不动。有读不了的时退出码是 1。")
@click.argument("file", metavar="FILE.zip", type=click.Path(path_type=Path, dir_okay=False))
@_organisation
@archive_option
def import_all(file: Path, organisation: str, archive: Path) -> int:
    """Take exported clients in."""
    from eligibility.clients.archive import import_clients

    with _desk(organisation) as desk:
        found = import_clients(desk, file, archive=archive)
    click.echo(f"新收进 {len(found.added)} 家，已经有、没有动的 {len(found.already)} 家。")
    say(*found.faults)
    return FAULTS if found.faults else DONE


@clients.command(help="留存全部企业今天的结果，一家一天一份；“已结束”的不算。有没留存成的、有读不了的回答时退出码是 1。")
@_organisation
@rules_option
@archive_option
def keep(organisation: str, rules: Path, archive: Path) -> int:
    """Keep today's result of every client."""
    from eligibility.clients.keeping import keep_results, kept_words
    from eligibility.clients.screened import served

    rulebook = loaded(rules)
    kept_version(rulebook, rules, archive)
    with _desk(organisation) as desk:
        outcomes = list(keep_results(desk, served(desk), rulebook, on=today(), at=now(), rules=rules, archive=archive))
    click.echo(kept_words(outcomes))
    faults = [o.fault for o in outcomes if o.fault]
    say(*faults)
    return FAULTS if faults else DONE


@clients.command(help="彻底删除一家企业的档案，不能恢复。备份和导出的文件里还有，要另外删。")
@click.argument("client", metavar="ID")
@click.option("--yes", is_flag=True, help="不再询问")
@_organisation
def delete(client: str, yes: bool, organisation: str) -> int:
    """Delete a client for good."""
    with _desk(organisation) as desk:
        name = desk.client(client).name
        if not yes and click.prompt(f"彻底删除“{name}”的档案，不能恢复。要删请输入“删除”，不删直接按回车", default="", show_default=False, prompt_suffix="：").strip() != "删除":
            stop("没有删除。")
        desk.delete(client)
    click.echo(f"已彻底删除“{name}”。备份和导出的文件里还有它的，请另外删。")
    return DONE


@clients.command("list", help="列出企业：编号、名称、最近一次结果、下一个到期日。")
@click.argument("search", default="")
@_organisation
def list_clients(search: str, organisation: str) -> int:
    """List the clients."""
    with _desk(organisation) as desk:
        found = desk.clients(on=today(), search=search, limit=1000)
    for listed in found.clients:
        assessed = f"结果 {listed.assessed.isoformat()}" if listed.assessed else "还没有结果"
        expiry = f"{listed.next_expiry.isoformat()} 到期" if listed.next_expiry else "没有到期日"
        click.echo(f"{listed.id}  {listed.name}  {assessed}  {expiry}")
    click.echo(f"共 {found.total} 家{'' if found.total <= len(found.clients) else f'，列出前 {len(found.clients)} 家'}。")
    return DONE


@clients.command(help="把正在使用的 SQLite 档案完整备份成一个文件；恢复时把它放回原处。")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, metavar="FILE", help="写到哪个文件")
def backup(output: Path) -> int:
    """Copy the database while it is in use."""
    with _database() as database:
        database.backup(output)
    click.echo(f"已备份到 {output}。里面是企业的信息，请妥善保管。")
    return DONE


@clients.command(help="把已经删除的档案在 SQLite 文件里留下的痕迹清掉；delete 会自己做，没做成时再用。")
def clean() -> int:
    """Leave nothing of deleted clients in the file."""
    with _database() as database:
        database.forget()
    click.echo("已清理。")
    return DONE


@contextmanager
def _database() -> Iterator[Database]:
    from eligibility.clients.database import Database
    from eligibility.clients.problems import ClientsError

    try:
        with closing(Database()) as database:
            yield database
    except ClientsError as error:
        stop(str(error))


@contextmanager
def _desk(organisation: str) -> Iterator[Desk]:
    """The desk of whoever runs this program on the machine where the clients are."""
    from eligibility.clients.desk import Desk
    from eligibility.clients.records import Advisor, Role

    with _database() as database:
        yield Desk(database, Advisor("命令行", organisation, Role.LEAD))
