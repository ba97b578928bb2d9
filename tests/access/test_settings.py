"""The secrets file: what each fault in it says, and that none of them opens anything."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit import config
from streamlit.runtime.secrets import Secrets

from ui.access import settings as module
from ui.access.settings import Settings, SettingsError, settings, usable_settings

SECRET = "k" * 40
AUTH = f"""
[auth]
redirect_uri = "https://zhengce.example.cn/oauth2callback"
cookie_secret = "{SECRET}"
client_id = "desk"
client_secret = "s"
server_metadata_url = "https://login.example.cn/.well-known/openid-configuration"
"""


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The secrets file, not there yet."""
    path = tmp_path / "secrets.toml"
    monkeypatch.setattr(st, "secrets", Secrets())
    before = config.get_option("secrets.files")
    config.set_option("secrets.files", [str(path)])
    module._tell.cache_clear()
    settings.cache_clear()
    yield path
    settings.cache_clear()
    config.set_option("secrets.files", before)


def test_without_a_file_there_is_no_login(secrets: Path) -> None:
    assert settings() is None


def test_a_file_about_other_things_sets_no_login(secrets: Path) -> None:
    secrets.write_text('[connections.x]\nurl = "sqlite://"\n', encoding="utf-8")
    assert settings() is None


def test_what_is_not_said_has_a_default(secrets: Path) -> None:
    secrets.write_text(AUTH, encoding="utf-8")
    assert settings() == Settings(client_id="desk", cookie_secret=SECRET, https=True)


def test_the_claims_have_the_names_that_the_operator_gives(secrets: Path) -> None:
    secrets.write_text(AUTH + '[desk]\norganisation_claim = "tenant"\nroles_claim = "realm_access.roles"\nlead_role = "主任"\nadvisor_role = ""\nname_claim = "nickname"\nlogin_hours = 9\n', encoding="utf-8")
    assert settings() == Settings("desk", SECRET, True, organisation_claim="tenant", name_claim="nickname", roles_claim="realm_access.roles", lead_role="主任", advisor_role="", login_hours=9)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("[auth\n", "secrets.toml 读不懂。请检查引号、等号和方括号。"),
        ("[auth]\n", "[auth] 缺少 redirect_uri、cookie_secret、client_id、client_secret、server_metadata_url。"),
        (AUTH.replace('client_secret = "s"', ""), "[auth] 缺少 client_secret。"),
        (AUTH.replace('client_id = "desk"', "client_id = 7"), "[auth] 缺少 client_id。"),
        ('auth = "x"\n', "缺少 [auth] 一节。没有登录服务的，请把 [desk] 一节也删掉。"),
        ('[desk]\nlead_role = "x"\n', "缺少 [auth] 一节。没有登录服务的，请把 [desk] 一节也删掉。"),
        (AUTH.replace("/oauth2callback", "/"), "[auth] 的 redirect_uri 应是本网站的完整网址加 /oauth2callback，例如 https://zhengce.example.cn/oauth2callback。"),
        (AUTH.replace("https://zhengce.example.cn/", "/"), "[auth] 的 redirect_uri 应是本网站的完整网址加 /oauth2callback，例如 https://zhengce.example.cn/oauth2callback。"),
        (AUTH.replace(SECRET, "short"), "[auth] 的 cookie_secret 太短，至少 32 个字符，要随机生成。"),
        (AUTH.replace("https://login", "login"), "[auth] 的 server_metadata_url 应是完整网址，一般以 /.well-known/openid-configuration 结尾。"),
        (AUTH + '[desk]\nrole = "x"\n', "[desk] 里有不认识的 role。"),
        (AUTH + "[desk]\nlead_role = 1\n", "[desk] 的 lead_role 应是加引号的文字。"),
        (AUTH + '[desk]\norganisation_claim = ""\n', "[desk] 的 organisation_claim 应是加引号的文字。"),
        (AUTH + "[desk]\nlogin_hours = 25\n", "[desk] 的 login_hours 应是 24 以内的小时数。"),
        (AUTH + "[desk]\nlogin_hours = true\n", "[desk] 的 login_hours 应是 24 以内的小时数。"),
    ],
)
def test_a_fault_is_told_to_the_operator_and_opens_nothing(secrets: Path, content: str, problem: str, caplog: pytest.LogCaptureFixture) -> None:
    secrets.write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        settings()
    assert str(caught.value).endswith(problem)
    with caplog.at_level(logging.ERROR):
        assert usable_settings() is None
        assert usable_settings() is None
    (told,) = caplog.messages
    assert told.startswith("登录用不了，顾问的页面先不开放，自测不受影响。")
    assert told.endswith(f"{problem}见 docs/login.md。")
    assert SECRET not in told


def test_a_fault_that_is_mended_is_no_fault_any_more(secrets: Path) -> None:
    secrets.write_text("[auth]\n", encoding="utf-8")
    assert usable_settings() is None
    st.secrets._reset()
    secrets.write_text(AUTH, encoding="utf-8")
    assert usable_settings() == settings() == Settings(client_id="desk", cookie_secret=SECRET, https=True)


def test_a_missing_package_is_told(secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets.write_text(AUTH, encoding="utf-8")
    monkeypatch.setattr(module, "find_spec", lambda name: None if name == "authlib" else object())
    with pytest.raises(SettingsError, match=r"^登录要用的 authlib 没有装。请重新运行 pip install -r requirements.txt。$"):
        settings()
