"""Everything out as one file, and in again; what is in the file is not trusted."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from eligibility.assessment import Verdict, assess
from eligibility.clients.archive import LARGEST, export_clients, import_clients
from eligibility.clients.desk import Desk
from eligibility.clients.problems import ClientsError, NotAllowedError
from eligibility.clients.records import Client
from eligibility.rulebook.book import Rulebook
from tests.clients.conftest import LATER, NOON
from tests.conftest import DAY
from tests.harbour import FERRY, HARBOUR

PAPER = {"badges": {"chosen": ["green"], "certificates": {"green": {"number": "G-1", "until": "2027-03-31"}}}}


@pytest.fixture
def full(desk: Desk, harbour: Rulebook, tmp_path: Path) -> Client:
    """A client with something in every table."""
    client = desk.add("甲😀公司", at=NOON, notes="备注", tags=("装备",), answers=FERRY)
    client = desk.save(replace(client, answers=FERRY | PAPER | {"gone": [1, None]}), at=LATER)
    assessment = assess(harbour, client.profile(harbour)[0], on=DAY)
    desk.keep_result(client.id, assessment, at=LATER, rules=HARBOUR, archive=tmp_path / "rulebooks")
    wrong = desk.override(client.id, assessment, "slipway", Verdict.NEAR, "听说", at=LATER)
    desk.withdraw(client.id, wrong.id, at=LATER)
    desk.override(client.id, assessment, "slipway", Verdict.MATCHED, "问过", at=LATER)
    return client


def everything(desk: Desk, id_: str) -> object:
    """What is kept of a client, without the ids that only the database uses."""
    file = desk.file(id_)
    results = [(replace(a, id=""), file.results[a.id]) for a in file.assessments]
    return replace(file.client, id=""), file.history, results, [replace(o, id="") for o in file.overrides], file.details


def test_what_was_exported_deleted_and_imported_is_as_it_was(desk: Desk, full: Client, tmp_path: Path) -> None:
    before = everything(desk, full.id)
    target = tmp_path / "all.zip"
    assert export_clients(desk, target, at=NOON, archive=tmp_path / "rulebooks") == 1
    desk.delete(full.id)
    found = import_clients(desk, target, archive=tmp_path / "elsewhere")
    assert (found.added, found.already, found.faults) == (("甲😀公司",), (), ())
    assert everything(desk, full.id) == before
    assert [e.until.isoformat() for e in desk.expiring(first=DAY, last=DAY.replace(year=2030))] == ["2027-03-31"]
    assert [p.read_bytes() for p in (tmp_path / "elsewhere").iterdir()] == [p.read_bytes() for p in (tmp_path / "rulebooks").iterdir()]
    assert [p.name for p in tmp_path.iterdir() if p.suffix == ".part"] == []


def test_importing_again_changes_nothing(desk: Desk, full: Client, tmp_path: Path) -> None:
    target = tmp_path / "all.zip"
    export_clients(desk, target, at=NOON, archive=tmp_path / "rulebooks")
    edited = desk.save(replace(full, notes="后来改的"), at=LATER)
    found = import_clients(desk, target, archive=tmp_path / "rulebooks")
    assert (found.added, found.already, found.faults) == ((), ("甲😀公司",), ())
    assert desk.client(full.id) == edited


def test_another_organisation_gets_clients_of_its_own(desk: Desk, stranger: Desk, full: Client, tmp_path: Path) -> None:
    target = tmp_path / "all.zip"
    export_clients(desk, target, at=NOON, archive=tmp_path / "rulebooks")
    before = everything(desk, full.id)
    assert import_clients(stranger, target, archive=tmp_path / "rulebooks").added == ("甲😀公司",)
    (own,) = stranger.everyone()
    assert own.id != full.id
    assert everything(stranger, own.id) == before
    stranger.save(replace(own, notes="动过"), at=LATER)
    assert everything(desk, full.id) == before


def test_an_advisor_neither_exports_nor_imports(desk: Desk, colleague: Desk, full: Client, tmp_path: Path) -> None:
    target = tmp_path / "all.zip"
    with pytest.raises(NotAllowedError):
        export_clients(colleague, target, at=NOON)
    assert list(tmp_path.glob("all.zip*")) == []
    export_clients(desk, target, at=NOON)
    with pytest.raises(NotAllowedError):
        import_clients(colleague, target)


def rewritten(source: Path, target: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    with ZipFile(source) as before, ZipFile(target, "w", ZIP_DEFLATED) as after:
        for name in before.namelist():
            if (content := change(name, before.read(name))) is not None:
                after.writestr(name, content)
    return target


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda data: b"{", "缺少或写错了"),
        (lambda data: data.replace(b'"version":2', b'"version":"two"'), "client.version"),
        (lambda data: json.dumps(json.loads(data) | {"results": {}}).encode(), "少了一份结果"),
        (lambda data: data.replace(b'"fingerprint":"', b'"fingerprint":"../'), "凭据不对（缺少或写错了fingerprint）"),
        (lambda data: data.replace("甲😀公司".encode(), b" "), "请写企业名称"),
        (lambda data: b" " * (LARGEST + 1), "展开以后太大"),
    ],
)
def test_a_client_that_cannot_be_read_is_told_and_the_others_come_in(desk: Desk, full: Client, tmp_path: Path, damage: Callable[[bytes], bytes], message: str) -> None:
    other = desk.add("乙公司", at=NOON)
    source = tmp_path / "all.zip"
    export_clients(desk, source, at=NOON, archive=tmp_path / "rulebooks")
    damaged = rewritten(source, tmp_path / "damaged.zip", lambda name, data: damage(data) if full.id in name else data)
    desk.delete(full.id)
    desk.delete(other.id)
    found = import_clients(desk, damaged, archive=tmp_path / "rulebooks")
    assert found.added == ("乙公司",)
    (fault,) = found.faults
    assert fault.startswith(f"clients/{full.id}.json：")
    assert message in fault


def test_rules_that_are_not_what_their_name_says_do_not_get_in(desk: Desk, full: Client, tmp_path: Path) -> None:
    source = tmp_path / "all.zip"
    export_clients(desk, source, at=NOON, archive=tmp_path / "rulebooks")
    with ZipFile(tmp_path / "other.zip", "w") as other:
        other.writestr("../../rulebook.yaml", "title: other")
    forged = rewritten(source, tmp_path / "forged.zip", lambda name, data: (tmp_path / "other.zip").read_bytes() if name.startswith("rulebooks/") else data)
    found = import_clients(desk, forged, archive=tmp_path / "elsewhere")
    assert [f.partition("：")[2] for f in found.faults] == ["不是它的名称所说的那一版规则。"]
    assert not (tmp_path / "elsewhere").exists()


def test_rules_for_which_there_is_no_place_are_told_and_the_clients_get_in(desk: Desk, stranger: Desk, full: Client, tmp_path: Path) -> None:
    export_clients(desk, tmp_path / "all.zip", at=NOON, archive=tmp_path / "rulebooks")
    (tmp_path / "file").touch()
    found = import_clients(stranger, tmp_path / "all.zip", archive=tmp_path / "file" / "rulebooks")
    assert full.name in found.added
    assert [f.partition("：")[2] for f in found.faults] == [f"写不了 {tmp_path / 'file' / 'rulebooks'}（路径中间有一段不是文件夹），这一版规则没有收进来。"]


@pytest.mark.parametrize("content", [b"", b"not a zip", None])
def test_what_is_no_archive_is_refused_in_one_sentence(desk: Desk, tmp_path: Path, content: bytes | None) -> None:
    source = tmp_path / "x.zip"
    if content is not None:
        source.write_bytes(content)
    with pytest.raises(ClientsError, match=r"不是客户档案的导出文件|打不开"):
        import_clients(desk, source)


@pytest.mark.parametrize(("about", "message"), [(None, "不是客户档案"), (b"[]", "不是客户档案"), (b'{"format": 2}', "请先更新程序")])
def test_an_archive_must_say_what_it_is(desk: Desk, full: Client, tmp_path: Path, about: bytes | None, message: str) -> None:
    source = tmp_path / "all.zip"
    export_clients(desk, source, at=NOON)
    other = rewritten(source, tmp_path / "other.zip", lambda name, data: about if name == "archive.json" else data)
    with pytest.raises(ClientsError, match=message):
        import_clients(desk, other)


def test_an_archive_from_before_details_had_a_history_is_read(desk: Desk, full: Client, tmp_path: Path) -> None:
    target, older = tmp_path / "all.zip", tmp_path / "older.zip"
    export_clients(desk, target, at=NOON, archive=tmp_path / "rulebooks")
    with ZipFile(target) as content, ZipFile(older, "w", ZIP_DEFLATED) as written:
        for entry in content.infolist():
            data = content.read(entry)
            if entry.filename.startswith("clients/"):
                file = json.loads(data)
                assert file.pop("details")
                data = json.dumps(file).encode()
            written.writestr(entry.filename, data)
    desk.delete(full.id)
    found = import_clients(desk, older, archive=tmp_path / "rulebooks")
    assert (found.added, found.faults) == (("甲😀公司",), ())
    assert desk.client(full.id) == full
    assert desk.details(full.id) == ()
