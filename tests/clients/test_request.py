"""The file for the client: only what is missing goes out, nothing comes in unseen."""

from __future__ import annotations

from datetime import date

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from eligibility.assessment import assess
from eligibility.clients.desk import Desk
from eligibility.clients.records import Client, Stage, Via
from eligibility.clients.request import proposal, request_file
from eligibility.interview import due
from eligibility.profile import Origin, Profile, read_profile
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import load
from tests.clients.conftest import LATER, NOON
from tests.conftest import DAY
from tests.harbour import HARBOUR
from tests.profiles import profiles

BOOK = load(HARBOUR)


def kept(answers: dict[str, object]) -> Client:
    return Client("0" * 32, 1, "甲公司", "", (), Stage.ACTIVE, answers, NOON, NOON, "王芳")


@given(profiles(BOOK))
def test_the_file_asks_what_something_hangs_on_and_says_nothing_else(profile: Profile) -> None:
    assessment = assess(BOOK, profile, on=DAY)
    text = request_file(assessment)
    data = yaml.safe_load(text) or {}
    assert set(data) == {d.question.id for d in due(assessment) if d.decides}
    assert set(data.values()) <= {None}
    assert read_profile(data, BOOK.questions) == (Profile(), [])


def test_the_file_says_how_to_answer(rulebook: Rulebook) -> None:
    text = request_file(assess(rulebook, Profile(), on=DAY))
    data = yaml.safe_load(text)
    assert text.startswith(f"# 请填写以下 {len(data)} 项")
    for id_ in data:
        question = rulebook.questions[id_]
        block = text[: text.index(f"\n{id_}:\n")].rpartition("\n\n")[2]
        assert block.startswith(f"# {question.text}")
        assert all(f"#   {o.name}" in block for o in question.options)
        assert question.unit is None or f"单位{question.unit}" in block


def test_an_answer_given_by_the_name_of_an_option_is_read(rulebook: Rulebook) -> None:
    """Every option can be copied into the file as it is printed there."""
    for question in rulebook.questions.values():
        for option in question.options:
            value = f"[{option.name}]" if question.kind == "choices" else option.name
            profile, problems = read_profile(yaml.safe_load(f"{question.id}: {value}"), rulebook.questions)
            assert problems == [], (question.id, option.name)
            assert question.id in profile.answers


def test_what_comes_back_is_reviewed_and_accepted_one_by_one(desk: Desk) -> None:
    client = desk.add("甲公司", at=NOON, answers={"trade": "ferry", "seats": {"value": 40, "source": "seen"}, "quay": "west", "old": 1})
    found = proposal(client, {"trade": "ferry", "seats": 30, "quay": None, "length": {"value": 12, "about": True, "source": "seen"}, "resident": "是", "colour": "red"}, BOOK)
    assert [(c.question, c.short, c.before, c.after, c.over_seen) for c in found.changes] == [
        ("length", "Length", "不清楚", "大概 12 m", False),
        ("seats", "Seats", "40 seats", "30 seats", True),
        ("resident", "Resident", "不清楚", "是", False),
    ]
    assert [p.question for p in found.problems] == ["colour"]
    saved = desk.save(found.accepted({"length", "resident", "colour"}), at=LATER, via=Via.CLIENT_FILE)
    assert saved.answers == {"old": 1, "trade": "ferry", "seats": {"value": 40, "source": "seen"}, "quay": "west", "length": {"value": 12, "about": True}, "resident": True}
    assert {(h.question, h.via) for h in desk.history(client.id) if h.at == LATER} == {("length", Via.CLIENT_FILE), ("resident", Via.CLIENT_FILE)}


def test_the_client_cannot_say_that_a_paper_was_seen() -> None:
    after = proposal(kept({}), {"trade": {"value": "ferry", "source": "seen"}}, BOOK).accepted({"trade"})
    assert after.profile(BOOK)[0].origin("trade") is Origin.DECLARED


def test_a_paper_comes_back_with_its_answer() -> None:
    client = kept({"badges": {"chosen": ["green"], "source": "seen"}})
    found = proposal(client, {"badges": {"chosen": ["green"], "certificates": {"green": {"number": "G-1", "until": "2027-03-31"}}}}, BOOK)
    (change,) = found.changes
    assert (change.before, change.after, change.over_seen) == ("Green", "Green（Green：编号 G-1，有效到 2027 年 3 月 31 日）", True)
    profile = found.accepted({"badges"}).profile(BOOK)[0]
    assert profile.certificates["badges", "green"].until == date(2027, 3, 31)


@given(profiles(BOOK), profiles(BOOK), st.booleans())
def test_accepting_all_takes_every_returned_answer_over_and_accepting_none_changes_nothing(own: Profile, other: Profile, all_of_them: bool) -> None:
    client = kept(own.as_data())
    found = proposal(client, other.as_data(), BOOK)
    after = found.accepted({c.question for c in found.changes} if all_of_them else ())
    expected = {**own.answers, **other.answers} if all_of_them else own.answers
    assert after.profile(BOOK)[0].answers == expected


@pytest.mark.parametrize("data", [None, [], "text", 3])
def test_a_file_that_holds_no_answers_changes_nothing_and_is_told(data: object) -> None:
    found = proposal(kept({"trade": "ferry"}), data, BOOK)
    assert found.changes == ()
    assert len(found.problems) == 1
