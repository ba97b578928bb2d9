"""The store from the command line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from eligibility.clients.database import Database
from eligibility.clients.desk import Desk
from eligibility.clients.records import Advisor, Client
from tests.clients.conftest import NOON

ROOT = Path(__file__).parents[2]


@pytest.fixture
def client(tmp_path: Path) -> Client:
    database = Database(f"sqlite:///{tmp_path / 'clients.sqlite3'}")
    added = Desk(database, Advisor("甲", "local")).add("甲公司", at=NOON, answers={"trade": "ferry"})
    Desk(database, Advisor("乙", "south")).add("乙公司", at=NOON)
    database.close()
    return added


def run(tmp_path: Path, *words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    place = os.environ | {"ELIGIBILITY_DATABASE": f"sqlite:///{tmp_path / 'clients.sqlite3'}", "PYTHONUTF8": "1"} | environment
    return subprocess.run([sys.executable, "-m", "eligibility", "clients", *map(str, words)], cwd=ROOT, env=place, capture_output=True, text=True, input="")


def test_out_deleted_and_in_again(client: Client, tmp_path: Path) -> None:
    archive = tmp_path / "all.zip"
    done = run(tmp_path, "export", "-o", archive)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("已导出 1 家企业的档案")
    assert run(tmp_path, "delete", client.id).returncode == 2  # nobody said yes
    assert f"{client.id}  甲公司  还没有结果  没有到期日" in run(tmp_path, "list").stdout
    done = run(tmp_path, "delete", client.id, "--yes")
    assert (done.returncode, done.stdout) == (0, "已彻底删除“甲公司”。备份和导出的文件里还有它的，请另外删。\n")
    assert run(tmp_path, "list").stdout == "共 0 家。\n"
    done = run(tmp_path, "import", archive)
    assert (done.returncode, done.stdout) == (0, "新收进 1 家，已经有、没有动的 0 家。\n")
    assert run(tmp_path, "list", "甲").stdout.endswith("共 1 家。\n")


def test_backup_and_clean(client: Client, tmp_path: Path) -> None:
    done = run(tmp_path, "backup", "-o", tmp_path / "copy.sqlite3")
    assert done.returncode == 0, done.stderr
    found = run(tmp_path, "list", ELIGIBILITY_DATABASE=f"sqlite:///{tmp_path / 'copy.sqlite3'}")
    assert client.id in found.stdout
    assert run(tmp_path, "clean").stdout == "已清理。\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("delete", "0" * 32, "--yes"), "找不到这家企业的档案"),
        (("import", "missing.zip"), "打不开 missing.zip"),
        (("backup", "-o", "no/such/folder"), "写不了 no/such/folder"),
        (("export", "-o", "no/such/folder.zip"), "写不了 no/such/folder.zip"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(client: Client, tmp_path: Path, words: tuple[str, ...], message: str) -> None:
    done = run(tmp_path, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(message)
    assert done.stderr.count("\n") == 1


def test_a_client_of_another_organisation_is_not_there(client: Client, tmp_path: Path) -> None:
    done = run(tmp_path, "delete", client.id, "--yes", "--organisation", "south")
    assert (done.returncode, done.stderr) == (2, "找不到这家企业的档案：可能已经删除，或者不属于您的机构。\n")
    assert client.id in run(tmp_path, "list").stdout
