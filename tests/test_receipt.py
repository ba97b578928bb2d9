"""Versions of the rulebook that are kept, and results that can be worked out again from their receipts."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin, get_type_hints
from zipfile import ZIP_STORED, ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from typing_extensions import is_typeddict

from eligibility.assessment import Verdict, assess
from eligibility.contract import AssessmentData, Dumped
from eligibility.export import assessment_data
from eligibility.profile import Profile, read_profile
from eligibility.receipt import NotAReceiptError, Receipt, _hash, read_receipt, receipt, rerun, with_receipt
from eligibility.receipt_forms import FORMS, NEWEST, counted
from eligibility.rulebook.archive import keep, kept, pack
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import load
from eligibility.rulebook.problems import RulebookError
from tests.conftest import DAY
from tests.harbour import FERRY, HARBOUR, edited
from tests.profiles import profiles

ROOT = Path(__file__).parents[1]
BOOK = load(HARBOUR)


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "eligibility", *map(str, words)], cwd=ROOT, capture_output=True, text=True, encoding="utf-8")


def of_ferry(book: Rulebook = BOOK) -> Receipt:
    return receipt(assess(book, read_profile(FERRY, book.questions)[0], on=DAY))


def test_the_same_rules_are_the_same_archive_wherever_they_lie(tmp_path: Path) -> None:
    copy = edited(tmp_path / "elsewhere", {})
    for path in copy.rglob("*.yaml"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))  # as Windows would have it
    shutil.rmtree(copy / "scenarios")
    (copy / "notes.txt").write_text("not a rule", encoding="utf-8")
    assert pack(copy) == pack(HARBOUR)


def test_an_archived_version_is_the_rulebook_that_it_was_made_from(tmp_path: Path) -> None:
    place = keep(BOOK, HARBOUR, tmp_path / "archive")
    assert place == kept(BOOK.fingerprint, tmp_path / "archive")
    again = load(place)
    assert again.fingerprint == BOOK.fingerprint
    assert dict(again.supports) == dict(BOOK.supports)
    assert [p.name for p in place.parent.iterdir()] == [place.name]
    entries = ZipFile(place).infolist()
    assert not [e for e in entries if "scenarios" in e.filename]
    # Nothing of the day, the machine or its compression shows.
    assert {(e.date_time, e.compress_type, e.create_system) for e in entries} == {((1980, 1, 1, 0, 0, 0), ZIP_STORED, 3)}


def test_an_archive_can_be_kept_again_from_itself(tmp_path: Path) -> None:
    first = keep(BOOK, HARBOUR, tmp_path / "one")
    assert keep(load(first), first, tmp_path / "two").read_bytes() == first.read_bytes()


def test_what_was_edited_after_it_was_read_is_not_kept_under_the_old_name(tmp_path: Path) -> None:
    rules = edited(tmp_path / "rules", {})
    book = load(rules)
    (rules / "supports" / "charter.yaml").write_text("supports: []\n", encoding="utf-8")
    with pytest.raises(RulebookError, match="规则读入以后又改过，这一版没有存档"):
        keep(book, rules, tmp_path / "archive")
    assert kept(book.fingerprint, tmp_path / "archive") is None


def test_a_file_that_is_no_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rules.zip"
    path.write_text("no zip", encoding="utf-8")
    with pytest.raises(RulebookError) as caught:
        load(path)
    assert str(caught.value) == f"{path}：不是规则文件夹，也不是规则的存档（.zip）。请检查路径。"


def test_a_fault_inside_an_archive_is_told_with_its_place(tmp_path: Path) -> None:
    rules = edited(tmp_path / "rules", {"supports/charter.yaml": ("at_least: 20", "at_least: 5000")})
    path = tmp_path / "old.zip"
    path.write_bytes(pack(rules))
    with pytest.raises(RulebookError, match=r"^old\.zip/supports/charter\.yaml:\d+:\d+：“seats”的比较值"):
        load(path)


@given(profiles(BOOK), st.dates(date(2024, 1, 1), date(2030, 1, 1)))
def test_every_result_can_be_worked_out_again_from_its_receipt(profile: Profile, on: date) -> None:
    first = assess(BOOK, profile, on=on)
    saved = json.dumps(with_receipt(first), ensure_ascii=False)
    again = rerun(read_receipt(json.loads(saved)), BOOK)
    assert again.differences == ()
    assert json.dumps(with_receipt(again.assessment), ensure_ascii=False) == saved


def test_the_hash_can_be_checked_by_anybody() -> None:
    data = json.loads(json.dumps(with_receipt(assess(BOOK, read_profile(FERRY, BOOK.questions)[0], on=DAY))))
    claimed = data.pop("receipt")["result"]
    assert claimed == hashlib.sha256(json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def shape(of: Any) -> Any:
    """The keys of a type of plain data, as a form of receipts lists them."""
    if get_origin(of) is Annotated:
        dumped = next((d.of for d in get_args(of)[1:] if isinstance(d, Dumped)), None)
        return dict.fromkeys(dumped.model_fields) if isinstance(dumped, type) and issubclass(dumped, BaseModel) else shape(get_args(of)[0])
    if inner := [a for a in get_args(of) if a is not type(None)]:
        return shape(inner[0]) if get_origin(of) is not dict else None
    if not is_typeddict(of):
        return None
    hints = get_type_hints(of, include_extras=True)
    return {key: "itself" if key == "parts" else shape(hint) for key, hint in hints.items()}


def without_parts(shape: Any) -> Any:
    return {k: "itself" if k == "parts" else without_parts(v) for k, v in shape.items()} if isinstance(shape, dict) else shape


def test_the_newest_form_counts_every_key_of_a_result() -> None:
    """A key that is new needs a form of its own in receipt_forms.py: receipts of the older ones stay as they are."""
    assert without_parts(FORMS[NEWEST]) == shape(AssessmentData)


@given(st.data())
def test_a_receipt_stays_valid_when_the_result_grows_and_not_when_it_changes(data: st.DataObject) -> None:
    assessment = assess(BOOK, read_profile(FERRY, BOOK.questions)[0], on=DAY)
    result = json.loads(json.dumps(assessment_data(assessment)))
    places = [result]
    for place in places:
        inner = place.values() if isinstance(place, dict) else place
        places += [v for v in inner if isinstance(v, dict | list)]
    groups = [p for p in places if isinstance(p, dict) and p is not result["answers"] and p is not result["counts"]]
    place = data.draw(st.sampled_from(groups))
    before = _hash(counted(result, FORMS[1]))
    place["new"] = 1
    assert _hash(counted(result, FORMS[1])) == before
    place[data.draw(st.sampled_from(sorted(k for k in place if k != "new")))] = "changed"
    assert _hash(counted(result, FORMS[1])) != before


def test_a_receipt_from_before_there_were_forms_is_of_the_first() -> None:
    old = of_ferry().as_data()
    assert old.pop("form") == 1
    assert rerun(read_receipt(old), BOOK).differences == ()


def test_a_receipt_holds_every_verdict_and_the_whole_fingerprint() -> None:
    found = of_ferry()
    assert found.fingerprint == BOOK.fingerprint
    assert found.on == DAY
    assert found.answers == FERRY
    assert sorted(i for ids in found.verdicts.values() for i in ids) == sorted(BOOK.supports)
    assert "shore-power" in found.verdicts[Verdict.MATCHED]


def test_another_version_of_the_rules_is_told_with_what_it_decides_otherwise(tmp_path: Path) -> None:
    new = load(edited(tmp_path / "rules", {"supports/charter.yaml": ("at_least: 20", "at_least: 50")}))
    assert rerun(of_ferry(), new).differences == (
        f"规则不是同一版：凭据用的是 {BOOK.version}，现在用的是 {new.version}。",
        "“Get a berth with shore power”（shore-power）：原来是“现在就对应”，现在是“补一个条件就对应”。",
    )


def test_an_answer_that_the_rules_cannot_use_is_told(tmp_path: Path) -> None:
    renamed = {
        "questions/boat.yaml": ("{id: green, name: Green,", "{id: emerald, name: Emerald,"),
        "statuses/statuses.yaml": ("has: green", "has: emerald"),
        "ways_in.yaml": ("[green]", "[emerald]"),
    }
    new = load(edited(tmp_path / "rules", renamed))
    assert "回答“badges”用不上：没有“green”这个选项。" in rerun(of_ferry(), new).differences


@pytest.mark.parametrize(
    ("forged", "told"),
    [
        ({"answers": {**FERRY, "seats": 10}}, "“Get a berth with shore power”（shore-power）：原来是“现在就对应”，现在是“补一个条件就对应”。"),
        ({"answers": {**FERRY, "seats": 41}}, "每一项的结论都一样，但结果里有别的内容不同：程序换过，或者凭据改过。"),
        ({"on": "2026-11-21"}, "每一项的结论都一样，但结果里有别的内容不同：程序换过，或者凭据改过。"),
        ({"result": "0" * 64}, "每一项的结论都一样，但结果里有别的内容不同：程序换过，或者凭据改过。"),
        ({"verdicts": {"matched": list(BOOK.supports)}}, "“Build a slipway”（slipway）：原来是“现在就对应”，现在是“不对应”。"),
        ({"verdicts": {"matched": ["free-beer"]}}, "“free-beer”：原来是“现在就对应”，现在没有这一项。"),
    ],
)
def test_a_receipt_that_was_touched_is_found_out(forged: dict[str, Any], told: str) -> None:
    found = read_receipt({**of_ferry().as_data(), **forged})
    assert told in rerun(found, BOOK).differences


def test_wording_alone_makes_a_difference_of_its_own(tmp_path: Path) -> None:
    new = load(edited(tmp_path / "rules", {"supports/charter.yaml": ("title: Build a slipway", "title: Build your slipway")}))
    assert rerun(of_ferry(), new).differences == (f"规则不是同一版：凭据用的是 {BOOK.version}，现在用的是 {new.version}。", "每一项的结论都一样，但结果里有别的内容不同。")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "内容不是“名称: 值”"),
        ({"trade": "ferry"}, "缺少或写错了fingerprint、version、on、answers、verdicts、result、trade"),
        ({**of_ferry().as_data(), "fingerprint": "1234"}, "缺少或写错了fingerprint"),
        ({**of_ferry().as_data(), "verdicts": {"perhaps": []}}, "缺少或写错了verdicts"),
        ({**of_ferry().as_data(), "form": 99}, f"格式是 99，这个程序只认得到 {NEWEST}，请用新的程序"),
    ],
)
def test_what_is_no_receipt_is_told(data: Any, message: str) -> None:
    with pytest.raises(NotAReceiptError) as caught:
        read_receipt(data)
    assert str(caught.value) == message


@pytest.fixture
def handed_out(tmp_path: Path) -> Path:
    """A folder with the result, the receipt and the archive of an assessment whose rules were edited afterwards."""
    rules = edited(tmp_path / "rules", {})
    (tmp_path / "ferry.json").write_text(json.dumps(FERRY), encoding="utf-8")
    words = ("assess", tmp_path / "ferry.json", "--rules", rules, "--on", "2026-11-22", "--archive", tmp_path / "archive")
    for form in ("text", "json", "pdf", "xlsx"):
        done = run(*words, "--format", form, "-o", tmp_path / f"first.{form}", "--receipt", tmp_path / "receipt.json")
        assert (done.returncode, done.stderr) == (0, "")
    charter = rules / "supports" / "charter.yaml"
    charter.write_text(charter.read_text(encoding="utf-8").replace("at_least: 20", "at_least: 50"), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("form", ["text", "json", "pdf", "xlsx"])
def test_the_report_comes_out_again_to_the_byte_after_the_rules_have_changed(handed_out: Path, form: str) -> None:
    done = run("rerun", handed_out / "receipt.json", "--archive", handed_out / "archive", "--format", form, "-o", handed_out / f"again.{form}")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"结果一样：规则库 {BOOK.version}，2026-11-22，10 项支持。\n", "")
    assert (handed_out / f"again.{form}").read_bytes() == (handed_out / f"first.{form}").read_bytes()


def test_rerun_tells_what_differs_and_exits_with_one(handed_out: Path) -> None:
    done = run("rerun", handed_out / "first.json", "--rules", handed_out / "rules")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines()[0] == "结果不一样（2 处）："
    assert "shore-power" in done.stdout


def test_rerun_without_the_version_says_so_and_exits_with_two(handed_out: Path) -> None:
    done = run("rerun", handed_out / "receipt.json", "--archive", handed_out / "nowhere")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"找不到规则库 {BOOK.version}（{handed_out / 'nowhere'} 里没有，现在的规则是 ")
    assert done.stderr.endswith("）。请用 --rules 写明那一版规则在哪里。\n")


def test_rerun_of_something_else_exits_with_two(handed_out: Path) -> None:
    done = run("rerun", handed_out / "ferry.json")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"{handed_out / 'ferry.json'} 不是结果凭据（缺少或写错了")


def test_archive_keeps_the_current_version_once(tmp_path: Path) -> None:
    words = ("archive", "--rules", HARBOUR, "--archive", tmp_path)
    first, second = run(*words), run(*words)
    place = tmp_path / f"{BOOK.fingerprint[:16]}.zip"
    assert first.stdout == second.stdout == f"规则库 {BOOK.version}：{place}\n"
    assert [p.name for p in tmp_path.iterdir()] == [place.name]


def test_the_whole_result_stays_beside_its_receipt() -> None:
    assessment = assess(BOOK, read_profile(FERRY, BOOK.questions)[0], on=DAY)
    data = with_receipt(assessment)
    assert data.pop("receipt") == receipt(assessment).as_data()
    assert data == assessment_data(assessment)
