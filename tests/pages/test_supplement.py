"""补充信息: the questions of an advisor's file, answered on the screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import yaml

from eligibility.assessment import assess
from eligibility.clients.request import request_file
from eligibility.profile import read_profile
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import load
from tests.conftest import DAY
from tests.harbour import HARBOUR
from tests.pages.conftest import Visit
from ui.fields import NOT_KNOWN

Open = Callable[..., Visit]


@pytest.fixture(scope="module")
def harbour() -> Rulebook:
    return load(HARBOUR)


@pytest.fixture
def page(visit: Open, harbour: Rulebook) -> Open:
    def arrive(cookie: str | None = None) -> Visit:
        opened = visit(cookie, using=harbour)
        opened.app.switch_page("../pages/supplement.py")
        return opened.run()

    return arrive


def load_file(tab: Visit, content: str) -> Visit:
    tab.app.file_uploader[0].upload("request.yaml", content.encode(), "application/yaml")
    return tab.run()


def test_only_the_questions_of_the_file_are_asked_and_the_answers_go_into_a_file(page: Open, harbour: Rulebook) -> None:
    asked = request_file(assess(harbour, read_profile({"trade": "ferry"}, harbour.questions)[0], on=DAY))
    tab = load_file(page(), asked)
    wanted = list(yaml.safe_load(asked))
    assert "trade" not in wanted
    assert f"共 {len(wanted)} 题，已答 0 题" in tab.html()
    assert all(harbour.questions[q].text in tab.html() for q in wanted)
    assert harbour.questions["trade"].text not in tab.html()
    epoch = tab.app.session_state["supplement"].draft.epoch
    tab.app.number_input(key=f"s-q{epoch}-seats-value").set_value(40)
    tab.run()
    tab.app.radio(key=f"s-q{epoch}-resident-one").set_value(NOT_KNOWN)
    tab.run()
    assert f"共 {len(wanted)} 题，已答 2 题" in tab.html()
    assert not tab.draft.begun  # the visitor's own questionnaire is another matter
    again = page(tab.cookie)
    assert f"共 {len(wanted)} 题，已答 2 题" in again.html()
    filled = yaml.safe_load(_file(again))
    assert filled == {"seats": 40, "resident": "不清楚"}
    again.press(f"supplement-clear-{again.app.session_state['supplement'].draft.epoch}")
    assert "顾问发给您的文件里有几道题" in again.html()
    assert "顾问发给您的文件里有几道题" in page(tab.cookie).html()


def _file(tab: Visit) -> str:
    from ui.answers_file import written

    held = tab.app.session_state["supplement"]
    return written(held.draft.as_answers(), load(HARBOUR))


@pytest.mark.parametrize(("content", "said"), [("a: [1", "没有要您答的题"), ("colour: red", "没有要您答的题"), ("- seats", "没有要您答的题"), ("", "没有要您答的题")])
def test_a_file_that_asks_nothing_is_refused(page: Open, content: str, said: str) -> None:
    assert said in load_file(page(), content).told()


def test_what_was_already_written_into_the_file_is_taken_along(page: Open) -> None:
    tab = load_file(page(), "seats：４０\nlength:大\nresident:\n")
    assert "共 3 题，已答 1 题" in tab.html()
    assert yaml.safe_load(_file(tab)) == {"seats": 40}


def test_another_browser_sees_nothing_of_it(page: Open) -> None:
    load_file(page(), "seats:\nlength: 12\n")
    assert "顾问发给您的文件里有几道题" in page().html()


def test_the_way_here_stands_where_files_are_loaded_and_not_in_the_menu(page: Open) -> None:
    tab = page()
    assert "补充信息" not in [p.proto.label for p in tab.app.get("page_link")]
    tab.self_assessment().unfold("file")
    assert "收到了顾问发来要填的文件？在这里填" in [p.proto.label for p in tab.app.get("page_link")]
