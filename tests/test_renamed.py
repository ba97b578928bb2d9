"""Questions and options that were renamed: answers stored before are still read, and no id can mean two things."""

from __future__ import annotations

from pathlib import Path

import pytest

from eligibility.logic.answers import Choices
from eligibility.profile import Certificate, read_profile
from eligibility.rulebook.load import load
from eligibility.rulebook.problems import RulebookError
from tests.harbour import FERRY, Edits, edited
from ui.draft import Draft, read_draft

SEATS: Edits = {
    "questions/boat.yaml": ("  - id: seats\n", "  - id: seat_count\n    formerly: [seats]\n"),
    "supports/charter.yaml": ("answer: seats", "answer: seat_count"),
    "statuses/statuses.yaml": ("answer: seats", "answer: seat_count"),
}
GREEN: Edits = {
    "questions/boat.yaml": ("{id: green, name: Green,", "{id: emerald, formerly: [green], name: Emerald,"),
    "statuses/statuses.yaml": ("has: green", "has: emerald"),
    "ways_in.yaml": ("[green]", "[emerald]"),
}


def test_an_answer_is_found_by_the_former_id_of_its_question(tmp_path: Path) -> None:
    book = load(edited(tmp_path / "rules", SEATS))
    profile, problems = read_profile(FERRY, book.questions)
    assert (profile.answers["seat_count"], problems) == (40.0, [])


@pytest.mark.parametrize("data", [{"seats": 40, "seat_count": 7}, {"seat_count": 7, "seats": 40}])
def test_the_present_id_counts_where_both_are_there(tmp_path: Path, data: dict[str, int]) -> None:
    book = load(edited(tmp_path / "rules", SEATS))
    profile, problems = read_profile(data, book.questions)
    assert (dict(profile.answers), problems) == ({"seat_count": 7.0}, [])


def test_a_chosen_option_and_its_paper_are_found_by_the_former_id(tmp_path: Path) -> None:
    book = load(edited(tmp_path / "rules", GREEN))
    profile, problems = read_profile({"badges": {"chosen": ["green"], "certificates": {"green": {"number": "G-1"}}}}, book.questions)
    assert problems == []
    assert profile.answers["badges"] == Choices(frozenset({"emerald"}))
    assert profile.certificates == {("badges", "emerald"): Certificate("G-1")}


def test_what_was_not_known_and_where_the_interview_stood_are_found_by_the_former_id(tmp_path: Path) -> None:
    book = load(edited(tmp_path / "rules", SEATS))
    draft = read_draft({"answers": {"seats": "不清楚", "trade": "ferry"}, "path": ["trade", "seats", "seat_count", "gone"], "asking": "seats", "filled": ["trade"]}, book)
    assert (draft.declined, draft.path, draft.asking, draft.filled) == ({"seat_count"}, ("trade", "seat_count"), "seat_count", {"trade"})
    loaded, problems = Draft().loading({"seats": "不清楚"}, book)
    assert (loaded.declined, loaded.path, problems) == ({"seat_count"}, ("seat_count",), [])


def test_an_answer_under_the_present_id_is_not_undone_by_the_former_one(tmp_path: Path) -> None:
    book = load(edited(tmp_path / "rules", SEATS))
    draft = read_draft({"answers": {"seats": "不清楚", "seat_count": 7}}, book)
    assert (dict(draft.profile.answers), draft.declined) == ({"seat_count": 7.0}, frozenset())


@pytest.mark.parametrize(
    "edits",
    [
        {"questions/boat.yaml": ("  - id: seats\n", "  - id: seats\n    formerly: [length]\n")},
        {"questions/boat.yaml": ("{id: green, name: Green,", "{id: green, formerly: [blue], name: Green,")},
    ],
)
def test_a_former_id_that_is_taken_is_a_fault(tmp_path: Path, edits: Edits) -> None:
    rules = edited(tmp_path / "rules", edits)
    with pytest.raises(RulebookError, match=r"以前的编号“(length|blue)”现在是别的编号"):
        load(rules)
