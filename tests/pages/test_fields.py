"""A question as inputs and back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.logic.answers import Choices
from eligibility.profile import Profile
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import load
from eligibility.rulebook.models import Question
from tests.profiles import answers
from ui.draft import Draft, read_draft
from ui.fields import Said, parts, read, settle
from ui.text import escaped, plain

DATED = Question(id="founded", section="s", text="t", short="s", kind="date")
MONTH = Question(id="graduation", section="s", text="t", short="s", kind="month")
TITLES = Question.model_validate({"id": "titles", "section": "s", "text": "t", "short": "s", "kind": "choices", "none_label": "none", "options": [{"id": i, "name": i} for i in "abc"]})
FIGURE = Question(id="staff", section="s", text="t", short="s", kind="number", unit="人", whole=True, max=100)

BOOK: Rulebook = load()


@given(st.data())
def test_every_answer_survives_the_inputs(data: st.DataObject) -> None:
    question = data.draw(st.sampled_from([*BOOK.questions.values(), DATED, MONTH]))
    said = Said(data.draw(answers(question, BOOK)))
    assert read(question, parts(question, said)) == said


@pytest.mark.parametrize("question", [*BOOK.questions.values(), DATED, MONTH], ids=lambda q: q.id)
def test_nothing_and_not_known_survive_too(question: Question) -> None:
    assert read(question, parts(question, Said())).nothing
    assert read(question, parts(question, Said(unknown=True))) == Said(unknown=True)


def test_half_a_date_is_not_yet_an_answer_and_an_impossible_one_is_told() -> None:
    assert read(DATED, {"year": 2024, "month": 2, "day": None, "unknown": False}).nothing
    assert read(DATED, {"year": 2024, "month": 2, "day": 31, "unknown": False}).problem is not None
    assert read(MONTH, {"year": 2024, "month": 7, "unknown": False}).answer == "2024-07"


@pytest.mark.parametrize(
    ("before", "ticked", "said"),
    [
        (Choices(frozenset("ab")), {"none": True}, Said(Choices())),
        (Choices(frozenset("ab")), {"unknown": True}, Said(unknown=True)),
        (Choices(), {"is:b": True}, Said(Choices(frozenset("b")))),
        (None, {"unsure": ["c"]}, Said(Choices(frozenset(), frozenset("c")))),
        (Choices(), {"none": False}, Said()),
    ],
)
def test_the_latest_word_counts(before: Any, ticked: dict[str, Any], said: Said) -> None:
    shown = parts(TITLES, Said(before))
    assert read(TITLES, settle(TITLES, shown, {**shown, **ticked})) == said


def test_a_figure_takes_not_known_back() -> None:
    shown = parts(FIGURE, Said(unknown=True))
    assert read(FIGURE, settle(FIGURE, shown, {**shown, "value": 0})) == Said(0.0)


def test_a_stored_draft_comes_back_and_forgets_what_the_rules_no_longer_know() -> None:
    profile = Profile({"entity": "company", "staff": 35.0, "titles": Choices(frozenset({"tech_sme"}), frozenset({"gazelle"}))}, frozenset({"staff"}))
    draft = Draft(profile, frozenset({"city"}), Profile({"people": Choices(frozenset({"student"}))}), frozenset({"entity"}), None, "revenue", ("entity", "city", "revenue"), 3, 17)
    assert read_draft(draft.as_data(), BOOK) == draft
    stale = draft.as_data()
    stale["answers"] |= {"gone": 1, "entity": "no such option"}
    stale["asking"] = "gone"
    back = read_draft(stale, BOOK)
    assert back.asking is None
    assert set(back.profile.answers) == {"staff", "titles"}
    assert read_draft({}, BOOK) == Draft()


def test_markup_in_texts_is_inert() -> None:
    assert plain("a*b_[c](d):e:") == r"a\*b\_\[c\]\(d\)\:e\:"
    assert escaped('<b a="1">') == "&lt;b a=&quot;1&quot;&gt;"
