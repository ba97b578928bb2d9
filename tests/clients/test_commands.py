"""The store from the command line."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import pytest

from eligibility.cli import main
from eligibility.clients.database import Database
from eligibility.clients.desk import Desk
from eligibility.clients.records import Advisor, Client
from tests.clients.conftest import NOON
from tests.harbour import HARBOUR


@pytest.fixture
def client(tmp_path: Path) -> Client:
    database = Database(f"sqlite:///{tmp_path / 'clients.sqlite3'}")
    added = Desk(database, Advisor("甲", "local")).add("甲公司", at=NOON, answers={"trade": "ferry"})
    Desk(database, Advisor("乙", "south")).add("乙公司", at=NOON)
    database.close()
    return added


class Done(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Done]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command line as a function: a process each would take most of the time to start."""
    monkeypatch.setenv("ELIGIBILITY_DATABASE", f"sqlite:///{tmp_path / 'clients.sqlite3'}")

    def run(*words: str | Path, typed: str = "") -> Done:
        monkeypatch.setattr("sys.argv", ["eligibility", "clients", *map(str, words)])
        monkeypatch.setattr("sys.stdin", StringIO(typed))
        with pytest.raises(SystemExit) as left:
            main()
        captured = capsys.readouterr()
        return Done(int(left.value.code or 0), captured.out, captured.err)

    return run


def test_out_deleted_and_in_again(client: Client, run: Run, tmp_path: Path) -> None:
    archive = tmp_path / "all.zip"
    done = run("export", "-o", archive)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("已导出 1 家企业的档案")
    assert run("delete", client.id).returncode == 2  # nobody said yes
    assert f"{client.id}  甲公司  还没有结果  没有到期日" in run("list").stdout
    done = run("delete", client.id, "--yes")
    assert (done.returncode, done.stdout) == (0, "已彻底删除“甲公司”。备份和导出的文件里还有它的，请另外删。\n")
    assert run("list").stdout == "共 0 家。\n"
    done = run("import", archive)
    assert (done.returncode, done.stdout) == (0, "新收进 1 家，已经有、没有动的 0 家。\n")
    assert run("list", "甲").stdout.endswith("共 1 家。\n")


def test_a_client_is_deleted_only_if_that_is_typed(client: Client, run: Run) -> None:
    for typed in ("\n", "y\n"):
        done = run("delete", client.id, typed=typed)
        assert (done.returncode, done.stderr) == (2, "没有删除。\n")
        assert done.stdout == "彻底删除“甲公司”的档案，不能恢复。要删请输入“删除”，不删直接按回车："
    assert run("delete", client.id, typed="删除\n").returncode == 0
    assert run("list").stdout == "共 0 家。\n"


def test_the_results_of_all_clients_are_kept_once_a_day(client: Client, run: Run, tmp_path: Path) -> None:
    kept = ("keep", "--rules", HARBOUR, "--archive", tmp_path / "rulebooks")
    assert run(*kept) == (0, "留存了 1 家今天的结果。\n", "")
    assert run(*kept) == (0, "留存了 0 家今天的结果；1 家今天已经留存过，没有再留。\n", "")
    assert "还没有结果" not in run("list").stdout
    assert run(*kept, "--organisation", "south") == (0, "留存了 0 家今天的结果；1 家还没有回答，没有可留存的。\n", "")


def test_a_client_whose_answers_cannot_be_read_is_told_and_none_is_kept_of_it(client: Client, run: Run, tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'clients.sqlite3'}")
    Desk(database, Advisor("甲", "local")).add("乙公司", at=NOON, answers={"gone": 1})
    database.close()
    done = run("keep", "--rules", HARBOUR, "--archive", tmp_path / "rulebooks")
    assert done == (1, "留存了 1 家今天的结果；1 家没有留存成。\n", "乙公司：存着的回答现在的规则都读不了，没有留存。\n")


def test_backup_and_clean(client: Client, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = run("backup", "-o", tmp_path / "copy.sqlite3")
    assert done.returncode == 0, done.stderr
    assert run("clean").stdout == "已清理。\n"
    monkeypatch.setenv("ELIGIBILITY_DATABASE", f"sqlite:///{tmp_path / 'copy.sqlite3'}")
    assert client.id in run("list").stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("delete", "0" * 32, "--yes"), "找不到这家企业的档案"),
        (("import", "missing.zip"), "打不开 missing.zip"),
        (("backup", "-o", "no/such/folder"), "写不了 no/such/folder"),
        (("export", "-o", "no/such/folder.zip"), "写不了 no/such/folder.zip"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(client: Client, run: Run, words: tuple[str, ...], message: str) -> None:
    done = run(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(message)
    assert done.stderr.count("\n") == 1


def test_a_client_of_another_organisation_is_not_there(client: Client, run: Run) -> None:
    done = run("delete", client.id, "--yes", "--organisation", "south")
    assert (done.returncode, done.stderr) == (2, "找不到这家企业的档案：可能已经删除，或者不属于您的机构。\n")
    assert client.id in run("list").stdout
