"""The command line: a thin skin over the library.

Exit codes: 0 all is well; 1 done, but something in the input was wrong (told on stderr); 2 nothing could be done.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
import yaml

from eligibility import scaffold
from eligibility.assessment import Assessment
from eligibility.assessment import assess as decide
from eligibility.export import questions_data
from eligibility.impact import Impact
from eligibility.impact import impact as compare
from eligibility.inspection import inspect
from eligibility.library import Library
from eligibility.profile import read_profile
from eligibility.receipt import NotAReceiptError, Receipt, read_receipt, receipt, with_receipt
from eligibility.receipt import rerun as work_out_again
from eligibility.roster import read_roster
from eligibility.rulebook.archive import ARCHIVE, keep, kept
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.coverage import coverage
from eligibility.rulebook.load import DEFAULT_RULES, load
from eligibility.rulebook.problems import RulebookError
from eligibility.rulebook.read import TO_FILL, read
from eligibility.rulebook_file import rulebook_data, rulebook_schema
from eligibility.scenarios import read_scenarios
from eligibility.schemas import write_schemas

if TYPE_CHECKING:  # what one command alone needs is imported only there
    from eligibility.clients.database import Database
    from eligibility.clients.desk import Desk
    from eligibility.screening.ledger import Reading
    from eligibility.screening.screening import Screening

DONE, FAULTS, IMPOSSIBLE = 0, 1, 2


def main() -> NoReturn:
    """Run the command line and exit with its code; what goes wrong is one sentence on stderr."""
    try:
        sys.exit(commands.main(standalone_mode=False) or DONE)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help() if error.ctx else "", err=True)
    except click.MissingParameter as error:
        _say(f"缺少 {error.param.human_readable_name if error.param else '参数'}。请运行 python -m eligibility --help 看用法。")
    except click.NoSuchOption as error:
        _say(f"没有 {error.option_name} 这个选项。请运行 python -m eligibility --help 看用法。")
    except click.UsageError as error:
        _say(f"命令写错了（{error.format_message()}）。请运行 python -m eligibility --help 看用法。")
    except click.Abort:
        _say("已中断。")
    sys.exit(IMPOSSIBLE)


class _Day(click.ParamType[date]):
    name = "日期"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return datetime.strptime(value, "%Y-%m-%d").date()
        except ValueError:
            _stop(f"--on 应是日期，写的是“{value}”。请写成 2026-11-22 的样子。")


class _Name(click.ParamType[str]):
    name = "编号"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not re.fullmatch(r"[a-z][a-z0-9_-]*", value):
            _stop(f"编号写的是“{value}”。编号只能用小写英文字母、数字、- 和 _，以字母开头。")
        return str(value)


class _FileName(click.ParamType[str]):
    name = "文件名"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if Path(value).name != value or not value.endswith(".yaml"):
            _stop(f"--file 写的是“{value}”。请只写文件名，以 .yaml 结尾。")
        return str(value)


_rules = click.option("--rules", type=click.Path(path_type=Path), default=DEFAULT_RULES, metavar="DIR", help="规则文件夹，或一版规则的存档（.zip）；默认是项目里的 rules/")
_archive = click.option("--archive", type=click.Path(path_type=Path), default=ARCHIVE, metavar="DIR", help="各版规则存在哪个文件夹，默认是 data/rulebooks/")
_output = click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), default=None, metavar="FILE", help="写到哪个文件，默认标准输出")


@click.group(help="辽宁省科技创新支持政策自测。")
def commands() -> None:
    """The group of commands."""


@commands.command(help="检查规则：每一处错误给出文件、行、错在哪、怎么改；再跑一遍全部例子，并提醒可疑的地方。")
@_rules
@click.option("--on", type=_Day(), default=None, metavar="DATE", help="按哪一天判断例子和核对期限，默认今天")
@click.option("--strict", is_flag=True, help="有提醒也算没通过（退出码 1）")
def check(rules: Path, on: date | None, strict: bool) -> int:
    """Check a rulebook and run its scenarios. Doubts are told but, unless `strict`, do not count."""
    found = inspect(rules, on=on or date.today())
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
        _say(*map(str, found.faults), f"共 {len(found.faults)} 处要改。")
    return FAULTS if found.faults or (strict and found.doubts) else DONE


@commands.group(help="写一条新规则的样子，照着填：每一项是什么意思，写在后面。")
def new() -> None:
    """The group of commands that begin an entry."""


@new.command("support", help="一项支持，写进它那一条原文的文件里；还没有人引用的第一句话已经填好。")
@click.argument("id_", type=_Name(), metavar="ID")
@click.option("--policy", required=True, metavar="ID", help="哪份文件")
@click.option("--article", required=True, metavar="条", help="哪一条，如 五")
@_rules
def new_support(id_: str, policy: str, article: str, rules: Path) -> int:
    """Begin a support."""
    return _begin(lambda: scaffold.new_support(rules, read(rules), id_, policy=policy, article=article))


@new.command("question", help="一道题，写进那一节的文件里；没有这一节就新开一个文件。")
@click.argument("id_", type=_Name(), metavar="ID")
@click.option("--section", required=True, metavar="节", help="属于哪一节")
@_rules
def new_question(id_: str, section: str, rules: Path) -> int:
    """Begin a question."""
    return _begin(lambda: scaffold.new_question(rules, read(rules), id_, section=section))


@new.command("status", help="一个身份，默认自成一个文件。")
@click.argument("id_", type=_Name(), metavar="ID")
@click.option("--file", type=_FileName(), default=None, metavar="NAME", help="写到 statuses/ 里哪个文件的末尾")
@_rules
def new_status(id_: str, file: str | None, rules: Path) -> int:
    """Begin a status."""
    return _begin(lambda: scaffold.new_status(rules, read(rules), id_, file=file))


@new.command("agency", help="一个机构，写在 agencies.yaml 末尾。")
@click.argument("id_", type=_Name(), metavar="ID")
@_rules
def new_agency(id_: str, rules: Path) -> int:
    """Begin an agency."""
    return _begin(lambda: scaffold.new_agency(rules, read(rules), id_))


@new.command("policy", help="一份文件，自成一个文件，先写一条作样子。")
@click.argument("id_", type=_Name(), metavar="ID")
@_rules
def new_policy(id_: str, rules: Path) -> int:
    """Begin a document."""
    return _begin(lambda: scaffold.new_policy(rules, read(rules), id_, on=date.today()))


@new.command("scenario", help="一个例子，默认自成一个文件。")
@click.argument("id_", type=_Name(), metavar="ID")
@click.option("--file", type=_FileName(), default=None, metavar="NAME", help="写到 scenarios/ 里哪个文件的末尾")
@_rules
def new_scenario(id_: str, file: str | None, rules: Path) -> int:
    """Begin a scenario."""
    return _begin(lambda: scaffold.new_scenario(rules, id_, file=file))


@commands.command(help="由程序的模型重写 schemas/ 里的 JSON Schema：编辑器靠它补全和报错。")
@_rules
def schemas(rules: Path) -> int:
    """Write the JSON Schemas of the rule files."""
    if not rules.is_dir():
        _stop(f"没有这个规则文件夹：{rules}。请检查路径。")
    changed = write_schemas(rules)
    click.echo("\n".join(f"已写 {path}" for path in changed) or "都是最新的。")
    return DONE


@commands.command(help="判断一家企业。ANSWERS 是 YAML 或 JSON 文件（- 表示标准输入），内容是“题目编号: 回答”。")
@click.argument("answers", type=click.Path(path_type=Path, allow_dash=True))
@_rules
@click.option("--on", type=_Day(), default=None, metavar="DATE", help="按哪一天判断，默认今天")
@click.option("--format", "form", type=click.Choice(["text", "json", "pdf", "xlsx"]), default="text", help="输出什么")
@_output
@click.option("--receipt", "receipt_file", type=click.Path(path_type=Path, dir_okay=False), default=None, metavar="FILE", help="另存一份结果凭据，并把这一版规则存档，以后可以用 rerun 核对")
@_archive
def assess(answers: Path, rules: Path, on: date | None, form: str, output: Path | None, receipt_file: Path | None, archive: Path) -> int:
    """Assess one company."""
    if form in ("pdf", "xlsx") and output is None and sys.stdout.isatty():
        _stop(f"{form} 不能显示在屏幕上。请用 -o 写明要存成哪个文件。")
    rulebook = _loaded(rules)
    profile, problems = read_profile(_answers(answers), rulebook.questions)
    if problems:
        _say(*(f"{answers}：{p}" for p in problems), f"以上 {len(problems)} 个回答没有用上，按“不清楚”处理。")
    assessment = decide(rulebook, profile, on=on or date.today())
    _write(_FORMS[form](assessment), output)
    if receipt_file is not None:
        _kept(rulebook, rules, archive)  # a receipt is worth nothing without its version
        _write(_json(receipt(assessment).as_data()), receipt_file)
    return FAULTS if problems else DONE


@commands.command(help="把现在的规则存成一份存档，以后可以按这一版重算。已经存过就不动。")
@_rules
@_archive
def archive(rules: Path, archive: Path) -> int:
    """Keep the current version of the rulebook."""
    rulebook = _loaded(rules)
    click.echo(f"规则库 {rulebook.version}：{_kept(rulebook, rules, archive)}")
    return DONE


@commands.command(help="按凭据重算一次，核对结果是不是一样。RECEIPT 是 assess 的 --receipt 或 --format json 写出的文件。一样时退出码是 0，不一样是 1。")
@click.argument("receipt_file", metavar="RECEIPT", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--rules", type=click.Path(path_type=Path), default=None, metavar="DIR", help="用哪份规则重算，默认是凭据写明的那一版")
@_archive
@click.option("--format", "form", type=click.Choice(["text", "json", "pdf", "xlsx"]), default="text", help="-o 写出什么")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), default=None, metavar="FILE", help="把重算的结果写到哪个文件")
def rerun(receipt_file: Path, rules: Path | None, archive: Path, form: str, output: Path | None) -> int:
    """Work a result out again and compare it with its receipt."""
    try:
        found = read_receipt(_answers(receipt_file))
    except NotAReceiptError as error:
        _stop(f"{receipt_file} 不是结果凭据（{error}）。请用 assess 的 --receipt 或 --format json 写出的文件。")
    rulebook = _loaded(rules) if rules is not None else _version(found, archive)
    again = work_out_again(found, rulebook)
    if output is not None:
        _write(_FORMS[form](again.assessment), output)
    if again.differences:
        click.echo(f"结果不一样（{len(again.differences)} 处）：")
        for difference in again.differences:
            click.echo(f"  {difference}")
        return FAULTS
    click.echo(f"结果一样：规则库 {found.version}，{found.on.isoformat()}，{sum(map(len, found.verdicts.values()))} 项支持。")
    return DONE


@commands.command(help="改规则会影响谁：OLD_RULES 和 NEW_RULES 是两份规则，CLIENTS 是答案文件的文件夹，或一张企业清单。谁都没有变化时退出码是 0，有变化是 1。")
@click.argument("old_rules", type=click.Path(path_type=Path))
@click.argument("new_rules", type=click.Path(path_type=Path))
@click.argument("clients", type=click.Path(path_type=Path))
@click.option("--on", type=_Day(), default=None, metavar="DATE", help="按哪一天判断，默认今天")
@click.option("--format", "form", type=click.Choice(["text", "json", "md", "xlsx"]), default="text", help="输出什么")
@_output
def impact(old_rules: Path, new_rules: Path, clients: Path, on: date | None, form: str, output: Path | None) -> int:
    """Say what a new rulebook changes for whom."""
    if form == "xlsx" and output is None and sys.stdout.isatty():
        _stop(f"{form} 不能显示在屏幕上。请用 -o 写明要存成哪个文件。")
    old, new = _loaded(old_rules), _loaded(new_rules)
    companies, faults = read_roster(clients)
    _say(*faults)
    if not companies:
        _stop(f"{clients} 里没有可以判断的企业。")
    found = compare(old, new, companies, on=on or date.today())
    _write(_IMPACT_FORMS[form](found), output)
    return FAULTS if found.touched or faults else DONE


@commands.command("ledger-template", help="写一份企业台账的空模板（.xlsx）：每题一列，带单位、下拉表和填写说明。")
@_rules
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, metavar="FILE", help="写到哪个文件")
def empty_ledger(rules: Path, output: Path) -> int:
    """Write an empty ledger."""
    from eligibility.screening.template import ledger_template

    _write(ledger_template(_loaded(rules)), output)
    return DONE


@commands.command(help="判断一批企业。CLIENTS 是台账（.xlsx、.csv、.parquet）、答案文件的文件夹，或一张企业清单。每一格用不上的都说明行、列和原因，其余照样判断。")
@click.argument("clients", type=click.Path(path_type=Path))
@_rules
@click.option("--on", type=_Day(), default=None, metavar="DATE", help="按哪一天判断，默认今天")
@click.option("--columns", type=click.Path(path_type=Path, dir_okay=False), default=None, metavar="FILE", help="列对照：台账里的哪一列是哪一题")
@click.option("--save-columns", type=click.Path(path_type=Path, dir_okay=False), default=None, metavar="FILE", help="把这次的列对照写下来，改好以后用 --columns 给回来")
@click.option("--format", "form", type=click.Choice(["xlsx", "json", "zip"]), default="xlsx", help="输出什么：zip 是每家一份 PDF")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, metavar="FILE", help="写到哪个文件")
def screen(clients: Path, rules: Path, on: date | None, columns: Path | None, save_columns: Path | None, form: str, output: Path) -> int:
    """Assess many companies at once."""
    from eligibility.screening.clients import from_roster
    from eligibility.screening.screening import screen as decide_all

    rulebook = _loaded(rules)
    if clients.suffix.lower() in _ROSTERS or clients.is_dir():
        companies, faults = read_roster(clients)
        listed, unusable = from_roster(companies, rulebook)
        faults += unusable
        source = None
    else:
        source = _ledger(clients, rulebook, columns, save_columns)
        listed = list(source.clients)
        faults = [str(f) for f in source.faults] + [f"列“{c.header}”：{c.remark}" for c in source.ledger.clashes]
        _say(*(f"列“{c.header}”：{c.remark}" for c in source.ledger.columns if c.remark and not c.clash))
    _say(*faults)
    if not listed:
        _stop(f"{clients} 里没有可以判断的企业。")
    screening = decide_all(rulebook, listed, on=on or date.today())
    unmade = _SCREENING_FORMS[form](screening, source, output)
    _say(*(f"{name}：没有做出 PDF（{why}）。" for name, why in unmade))
    click.echo(f"{len(listed)} 家企业，{len(rulebook.supports)} 项支持，已写在 {output}。" + (f"有 {len(faults)} 处没有用上，按“不清楚”处理。" if faults else ""))
    return FAULTS if faults or unmade else DONE


@commands.command(help="列出全部题目和可用的回答。")
@_rules
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def questions(rules: Path, as_json: bool) -> int:
    """List the questions."""
    rulebook = _loaded(rules)
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


@commands.command("rulebook", help="把整个规则库写成一份文件：原文、支持、身份、机构。pdf 供打印；json 供其他程序使用，格式见 --format schema。")
@_rules
@click.option("--format", "form", type=click.Choice(["json", "pdf", "schema"]), default="json", help="输出什么")
@_output
def whole(rules: Path, form: str, output: Path | None) -> int:
    """Write the whole rulebook as one file."""
    if form == "pdf" and output is None and sys.stdout.isatty():
        _stop(f"{form} 不能显示在屏幕上。请用 -o 写明要存成哪个文件。")
    if form == "schema":
        _write(_json(rulebook_schema()), output)
        return DONE
    rulebook = _loaded(rules)
    try:
        library = Library(rulebook, [scenario for scenario, _ in read_scenarios(rules)])
    except RulebookError as error:
        _stop(f"{error}\n例子有 {len(error.problems)} 处错误，先改好才能写出规则库。")
    _write(_rulebook_pdf(library) if form == "pdf" else _json(rulebook_data(library)), output)
    return DONE


_organisation = click.option("--organisation", default="local", metavar="ORG", help="哪个机构的企业，默认是本机的 local")


@commands.group(help="存下的客户档案：备份、导出、导入、彻底删除。档案在 data/clients.sqlite3，或环境变量 ELIGIBILITY_DATABASE 写明的数据库。")
def clients() -> None:
    """The group of commands on stored clients."""


@clients.command("export", help="把一个机构的全部档案（回答、历史、结果、改判）写成一个文件，可以再导入。")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, metavar="FILE.zip", help="写到哪个文件")
@_organisation
@_archive
def export_all(output: Path, organisation: str, archive: Path) -> int:
    """Write all clients to one file."""
    from eligibility.clients.archive import export_clients

    with _desk(organisation) as desk:
        count = export_clients(desk, output, at=datetime.now(UTC), archive=archive)
    click.echo(f"已导出 {count} 家企业的档案：{output}。里面是企业的信息，请妥善保管。")
    return DONE


@clients.command("import", help="把 export 写出的文件收进来。已经有的企业不动。有读不了的时退出码是 1。")
@click.argument("file", metavar="FILE.zip", type=click.Path(path_type=Path, dir_okay=False))
@_organisation
@_archive
def import_all(file: Path, organisation: str, archive: Path) -> int:
    """Take exported clients in."""
    from eligibility.clients.archive import import_clients

    with _desk(organisation) as desk:
        found = import_clients(desk, file, archive=archive)
    click.echo(f"新收进 {len(found.added)} 家，已经有、没有动的 {len(found.already)} 家。")
    _say(*found.faults)
    return FAULTS if found.faults else DONE


@clients.command(help="彻底删除一家企业的档案，不能恢复。备份和导出的文件里还有，要另外删。")
@click.argument("client", metavar="ID")
@click.option("--yes", is_flag=True, help="不再询问")
@_organisation
def delete(client: str, yes: bool, organisation: str) -> int:
    """Delete a client for good."""
    with _desk(organisation) as desk:
        name = desk.client(client).name
        if not yes:
            click.confirm(f"彻底删除“{name}”的档案，不能恢复。确定吗", abort=True)
        desk.delete(client)
    click.echo(f"已彻底删除“{name}”。备份和导出的文件里还有它的，请另外删。")
    return DONE


@clients.command("list", help="列出企业：编号、名称、最近一次结果、下一个到期日。")
@click.argument("search", default="")
@_organisation
def list_clients(search: str, organisation: str) -> int:
    """List the clients."""
    with _desk(organisation) as desk:
        found = desk.clients(on=date.today(), search=search, limit=1000)
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
        _stop(str(error))


@contextmanager
def _desk(organisation: str) -> Iterator[Desk]:
    """The desk of whoever runs this program on the machine where the clients are."""
    from eligibility.clients.desk import Desk
    from eligibility.clients.records import Advisor, Role

    with _database() as database:
        yield Desk(database, Advisor("命令行", organisation, Role.LEAD))


def _json(data: Any) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode()


def _as_json(assessment: Assessment) -> bytes:
    return _json(with_receipt(assessment))


def _as_text(assessment: Assessment) -> bytes:
    from eligibility.report.text import render_text

    return render_text(assessment).encode()


def _as_pdf(assessment: Assessment) -> bytes:  # typst and xlsxwriter are imported only where they are used
    from eligibility.report.pdf import render_pdf

    return render_pdf(assessment)


def _rulebook_pdf(library: Library) -> bytes:
    from eligibility.report.rulebook_pdf import render_rulebook

    return render_rulebook(library)


def _as_workbook(assessment: Assessment) -> bytes:
    from eligibility.report.workbook import render_workbook

    return render_workbook(assessment)


_FORMS: dict[str, Callable[[Assessment], bytes]] = {"text": _as_text, "json": _as_json, "pdf": _as_pdf, "xlsx": _as_workbook}


def _impact_as_text(impact: Impact) -> bytes:
    from eligibility.report.impact.text import render_text

    return render_text(impact).encode()


def _impact_as_markdown(impact: Impact) -> bytes:
    from eligibility.report.impact.text import render_markdown

    return render_markdown(impact).encode()


def _impact_as_json(impact: Impact) -> bytes:
    from eligibility.report.impact.data import impact_data

    return _json(impact_data(impact))


def _impact_as_workbook(impact: Impact) -> bytes:
    from eligibility.report.impact.workbook import render_workbook

    return render_workbook(impact)


_IMPACT_FORMS: dict[str, Callable[[Impact], bytes]] = {"text": _impact_as_text, "md": _impact_as_markdown, "json": _impact_as_json, "xlsx": _impact_as_workbook}


_ROSTERS = {".yaml", ".yml", ".json"}


def _ledger(path: Path, rulebook: Rulebook, columns: Path | None, save_columns: Path | None) -> Reading:
    from eligibility.screening.headers import ColumnMapError, read_column_map, write_column_map
    from eligibility.screening.ledger import open_ledger
    from eligibility.screening.sheets import UnreadableLedgerError

    try:
        remembered = read_column_map(columns.read_text(encoding="utf-8-sig"), rulebook) if columns else None
        ledger = open_ledger(path.read_bytes(), path.name, rulebook, remembered)
    except ColumnMapError as error:
        _stop(f"{columns}：{error}")
    except UnreadableLedgerError as error:
        _stop(f"{path}：{error}")
    except UnicodeDecodeError:
        _stop(f"{columns} 不是 UTF-8 编码。请另存为 UTF-8。")
    except OSError as error:
        _stop(f"打不开 {error.filename}（{error.strerror}）。请检查路径。")
    if save_columns is not None:
        _write(write_column_map(ledger.columns).encode(), save_columns)
    return ledger.read()


Unmade = Iterable[tuple[str, str]]  # companies without a report, and why


def _screening_workbook(screening: Screening, source: Reading | None, output: Path) -> Unmade:
    from eligibility.report.screening_workbook import render_screening

    _write(render_screening(screening, source), output)
    return ()


def _screening_json(screening: Screening, source: Reading | None, output: Path) -> Unmade:
    from eligibility.report.screening_data import screening_data

    _write(_json(screening_data(screening, source)), output)
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
        _stop(f"写不了 {output}（{error.strerror}）。请换一个位置。")


_SCREENING_FORMS: dict[str, Callable[[Screening, Reading | None, Path], Unmade]] = {"xlsx": _screening_workbook, "json": _screening_json, "zip": _screening_zip}


def _begin(entry: Callable[[], scaffold.Begun]) -> int:
    try:
        begun = entry()
    except scaffold.ScaffoldError as error:
        _stop(str(error))
    except RulebookError as error:
        _stop(f"{error}\n请先改好以上 {len(error.problems)} 处，再写新的。")
    except OSError as error:
        _stop(f"写不了 {error.filename}（{error.strerror}）。请检查路径。")
    click.echo(f"已写在 {begun.path}:{begun.line}。请把“{TO_FILL}”都换成内容，再运行 python -m eligibility check。")
    return DONE


def _loaded(rules: Path) -> Rulebook:
    try:
        return load(rules)
    except RulebookError as error:
        _stop(f"{error}\n规则有 {len(error.problems)} 处错误，不能用来判断。")


def _kept(rulebook: Rulebook, rules: Path, archive: Path) -> Path:
    try:
        return keep(rulebook, rules, archive)
    except RulebookError as error:
        _stop(str(error))
    except OSError as error:
        _stop(f"写不了 {archive}（{error.strerror}）。请换一个位置。")


def _version(wanted: Receipt, archive: Path) -> Rulebook:
    """The version that a receipt names: as it was kept, else the current one if it is the same."""
    if (place := kept(wanted.fingerprint, archive)) is not None:
        return _loaded(place)
    current = _loaded(DEFAULT_RULES)
    if current.fingerprint != wanted.fingerprint:
        _stop(f"找不到规则库 {wanted.version}（{archive} 里没有，现在的规则是 {current.version}）。请用 --rules 写明那一版规则在哪里。")
    return current


def _write(content: bytes, output: Path | None) -> None:
    if output is None:
        sys.stdout.buffer.write(content)
        return
    try:
        output.write_bytes(content)
    except OSError as error:
        _stop(f"写不了 {output}（{error.strerror}）。请换一个位置。")


def _answers(path: Path) -> Any:
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        _stop(f"{path} 不是 UTF-8 编码。请另存为 UTF-8。")
    except OSError as error:
        _stop(f"打不开 {path}（{error.strerror}）。请检查路径。")
    try:
        return yaml.load(text, yaml.CSafeLoader) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"第 {mark.line + 1} 行" if mark else "开头"
        _stop(f"{path} 不是正确的 YAML 或 JSON（{place}）。请检查缩进、冒号后的空格和引号。")


def _say(*lines: str) -> None:
    for line in lines:
        click.echo(line, err=True)


def _stop(line: str) -> NoReturn:
    _say(line)
    sys.exit(IMPOSSIBLE)
