"""What the claims of a login make of somebody; and which logins count."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from eligibility.clients.records import Advisor, Role
from ui.access import people
from ui.access.logins import COOKIE, EndedLogins, Login, login_in
from ui.access.machine import mark
from ui.access.settings import Settings, SettingsError
from ui.store import is_id, new_id

SECRET = "k" * 40
CONFIG = Settings(client_id="desk", cookie_secret=SECRET, https=True)
NOW = int(time.time())
CLAIMS = {"iss": "https://login.example.cn", "sub": "wang", "aud": "desk", "iat": NOW, "exp": NOW + 3600, "name": "王芳", "org": "north", "roles": ["lead"]}


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELIGIBILITY_DATA", str(tmp_path))
    monkeypatch.setattr("streamlit.web.server.server_util.get_cookie_secret", lambda: SECRET)


@pytest.fixture
def logged_in(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Have the script run for somebody whose login says this, as Streamlit hands it on."""

    def arrive(config: Settings = CONFIG, **changed: Any) -> None:
        claims = {name: value for name, value in {**CLAIMS, **changed}.items() if value is not None}
        monkeypatch.setattr(people, "settings", lambda: config)
        monkeypatch.setattr(people, "usable_settings", lambda: config)
        monkeypatch.setattr(type(st.context), "cookies", cookies(claims))
        monkeypatch.setattr(type(st.user), "to_dict", lambda _: {**claims, "is_logged_in": True})

    return arrive


def cookies(claims: Mapping[str, Any], secret: str = SECRET) -> dict[str, str]:
    return {COOKIE: create_signed_value(secret, COOKIE, json.dumps({**claims, "is_logged_in": True, "origin": "x", "provider": "default"})).decode()}


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({}, Advisor("王芳", "north", Role.LEAD)),
        ({"roles": ["advisor"]}, Advisor("王芳", "north", Role.ADVISOR)),
        ({"roles": "advisor"}, Advisor("王芳", "north", Role.ADVISOR)),
        ({"roles": ["advisor", "lead"]}, Advisor("王芳", "north", Role.LEAD)),
        ({"org": ["north"]}, Advisor("王芳", "north", Role.LEAD)),
        ({"aud": ["other", "desk"]}, Advisor("王芳", "north", Role.LEAD)),
        ({"name": None, "preferred_username": "wangfang"}, Advisor("wangfang", "north", Role.LEAD)),
        ({"name": "\u202e芳王\x00"}, Advisor("芳王", "north", Role.LEAD)),
        ({"name": "\u200f", "email": None}, Advisor("wang", "north", Role.LEAD)),
        ({"name": "王" * 500}, Advisor("王" * 80, "north", Role.LEAD)),
    ],
)
def test_claims_make_an_advisor(logged_in: Any, changed: dict[str, Any], found: Advisor) -> None:
    logged_in(**changed)
    assert people.advisor() == found


@pytest.mark.parametrize("organisation", [None, "", "  ", 7, [], ["north", "south"], {"north": {}}, True, "local", "no\x00rth", "no\u202erth"])
def test_without_one_clear_organisation_there_is_no_client_data(logged_in: Any, organisation: object) -> None:
    logged_in(org=organisation)
    found = people.person()
    assert people.advisor() is None
    assert found is not None
    assert found.refusal == "您的账号（王芳）没有写明属于哪个机构，所以看不到企业资料。请管理登录账号的人员补上。"


@pytest.mark.parametrize("roles", [None, [], "", ["Lead"], "leader", ["lead "], [["lead"]], {"lead": True}, "advisor lead", True])
def test_without_a_role_there_is_no_client_data(logged_in: Any, roles: object) -> None:
    logged_in(roles=roles)
    found = people.person()
    assert people.advisor() is None
    assert found is not None
    assert found.refusal == "您的账号（王芳）不是顾问，所以看不到企业资料。请管理登录账号的人员给您加上角色。"


def test_everybody_of_an_organisation_may_be_an_advisor_if_the_operator_says_so(logged_in: Any) -> None:
    logged_in(Settings("desk", SECRET, True, advisor_role=""), roles=None)
    assert people.advisor() == Advisor("王芳", "north", Role.ADVISOR)


def test_claims_may_lie_deeper(logged_in: Any) -> None:
    logged_in(Settings("desk", SECRET, True, roles_claim="realm_access.roles", organisation_claim="https://example.cn/org"), realm_access={"roles": ["lead"]}, **{"https://example.cn/org": "north", "org": None, "roles": None})
    assert people.advisor() == Advisor("王芳", "north", Role.LEAD)


@pytest.mark.parametrize(
    "changed",
    [{"exp": NOW - 1}, {"exp": None}, {"exp": "9999999999"}, {"exp": True}, {"aud": "other"}, {"aud": ["other"]}, {"aud": None}, {"iss": None}, {"sub": None}, {"sub": ""}],
)
def test_a_login_that_ran_out_or_is_not_for_us_does_not_count(logged_in: Any, changed: dict[str, Any]) -> None:
    logged_in(**changed)
    assert people.person() is None
    assert people.advisor() is None


def test_the_operator_can_say_how_many_hours_a_login_counts(logged_in: Any) -> None:
    logged_in(Settings("desk", SECRET, True, login_hours=2), exp=NOW - 3000, iat=NOW - 3600)
    assert people.advisor() is not None
    logged_in(Settings("desk", SECRET, True, login_hours=2), exp=NOW + 3600, iat=NOW - 7201)
    assert people.advisor() is None


def test_what_the_page_was_told_and_what_the_cookie_says_must_agree(logged_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    logged_in()
    monkeypatch.setattr(type(st.user), "to_dict", lambda _: {**CLAIMS, "sub": "zhao", "is_logged_in": True})
    assert people.advisor() is None
    monkeypatch.setattr(type(st.user), "to_dict", lambda _: {"is_logged_in": False})
    assert people.advisor() is None


def test_faulty_settings_leave_nobody_at_the_desk_not_even_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty() -> None:
        raise SettingsError("x")

    monkeypatch.setattr(people, "settings", faulty)
    monkeypatch.setattr(people, "usable_settings", lambda: None)
    monkeypatch.setattr(type(st.context), "headers", mark())
    assert people.advisor() is None


def test_without_a_login_service_only_this_machine_is_at_the_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "settings", lambda: None)
    monkeypatch.setattr(type(st.context), "headers", mark())
    assert people.advisor() == Advisor("本机", "local", Role.LEAD)
    monkeypatch.setattr(type(st.context), "headers", {"host": "localhost:8501"})
    assert people.advisor() is None
    monkeypatch.setattr(type(st.context), "headers", {})  # the tab is gone while the script runs
    assert people.advisor() is None


def test_without_a_login_service_streamlit_is_not_asked_for_a_login(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would look for the secrets file on the disk, several times in every run."""

    def asked(_: object) -> dict[str, object]:
        raise AssertionError

    monkeypatch.setattr(people, "usable_settings", lambda: None)
    monkeypatch.setattr(type(st.user), "to_dict", asked)
    assert people.person() is None


@pytest.mark.parametrize(("said", "found"), [("", True), ("on", True), ("off", False), ("no", False), ("0", False), ("onn", False)])
def test_the_operator_of_a_server_can_close_the_desk_of_its_own_machine(monkeypatch: pytest.MonkeyPatch, said: str, found: bool) -> None:
    monkeypatch.setattr(people, "settings", lambda: None)
    monkeypatch.setattr(type(st.context), "headers", mark())
    monkeypatch.setenv("ELIGIBILITY_LOCAL_DESK", said)
    assert (people.advisor() is not None) is found


def test_a_login_is_read_only_from_a_cookie_that_we_signed() -> None:
    own = cookies(CLAIMS)
    found = login_in(own)
    assert found is not None
    assert found.claims["sub"] == "wang"
    value = own[COOKIE]
    for forged in (value[:-3] + "AAA", "A" + value[1:], value.rpartition(".")[0], "", "甲", "chunks-3", cookies(CLAIMS, "other" * 9)[COOKIE]):
        assert login_in({COOKIE: forged}) is None
    signed = create_signed_value(SECRET, COOKIE, "chunks-2").decode()
    assert login_in({COOKIE: signed, f"{COOKIE}_1": value}) is None
    assert login_in({COOKIE: create_signed_value(SECRET, COOKIE, "[1]").decode()}) is None


def test_an_ended_login_has_ended_in_every_process_and_no_other_login_with_it(tmp_path: Path) -> None:
    here, there = EndedLogins(tmp_path / "ended"), EndedLogins(tmp_path / "ended")
    login, again = Login(CLAIMS), Login({**CLAIMS, "iat": NOW + 1})
    assert not here.holds(login)
    here.end(login)
    assert here.holds(login)
    assert there.holds(login)
    assert not there.holds(again)


def test_a_logout_holds_in_this_process_even_if_the_disk_is_full(tmp_path: Path) -> None:
    (tmp_path / "ended").write_text("a file where the folder should be")
    ended = EndedLogins(tmp_path / "ended")
    ended.end(Login(CLAIMS))
    assert ended.holds(Login(CLAIMS))


def test_a_draft_after_login_is_found_only_by_that_person_in_that_browser(logged_in: Any) -> None:
    planted = new_id()
    logged_in()
    mine = people.own_draft(planted)
    assert is_id(mine)
    assert mine == people.own_draft(planted)
    assert mine not in (planted, people.own_draft(new_id()))
    logged_in(iat=NOW + 5, exp=NOW + 4000)  # another login of the same person
    assert people.own_draft(planted) == mine
    logged_in(sub="zhao")
    assert people.own_draft(planted) != mine
    logged_in(Settings("desk", "another" * 9, True))
    assert people.own_draft(planted) != mine
    logged_in(exp=NOW - 1)
    assert people.own_draft(planted) == planted
