"""What the operator has set in the secrets file: the login service (`[auth]`), and which of its claims mean what (`[desk]`)."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

_log = logging.getLogger(__name__)

LOCAL_DESK = "ELIGIBILITY_LOCAL_DESK"
_REQUIRED = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")
_CALLBACK = "/oauth2callback"
_SHORTEST_SECRET = 32
_LONGEST_HOURS = 24
_TEXTS = ("organisation_claim", "name_claim", "roles_claim", "lead_role", "advisor_role")


class SettingsError(Exception):
    """The login cannot work as it is set. A sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Settings:
    """A login service. A dotted claim is looked up step by step; an empty `advisor_role` means everybody of an organisation."""

    client_id: str
    cookie_secret: str
    https: bool
    organisation_claim: str = "org"
    name_claim: str = "name"
    roles_claim: str = "roles"
    lead_role: str = "lead"
    advisor_role: str = "advisor"
    login_hours: float | None = None  # None: as long as the login service says


@cache
def settings() -> Settings | None:
    """The login service, or None: there is none, and this is one person's own machine. Raises SettingsError.

    Read once; only a fault is looked for again, until it is mended.
    """
    try:
        secrets: dict[str, Any] = dict(st.secrets.to_dict())
    except StreamlitSecretNotFoundError:
        # Not the same: no file is a choice, a file that nobody can read is a mistake that must not open anything.
        if unread := [path for path in st.get_option("secrets.files") if Path(path).exists()]:
            raise SettingsError(f"{'、'.join(unread)} 读不懂。请检查引号、等号和方括号。") from None
        return None
    auth, desk = secrets.get("auth"), secrets.get("desk")
    if auth is None and desk is None:
        return None
    if not isinstance(auth, Mapping):
        raise SettingsError("缺少 [auth] 一节。没有登录服务的，请把 [desk] 一节也删掉。")
    if not isinstance(desk, Mapping | None):
        raise SettingsError("desk 应是一节，写成 [desk]。")
    return _settings(auth, desk or {})


def _settings(auth: Mapping[str, Any], desk: Mapping[str, Any]) -> Settings:
    if missing := [name for name in _REQUIRED if not (isinstance(auth.get(name), str) and auth[name].strip())]:
        raise SettingsError(f"[auth] 缺少 {'、'.join(missing)}。")
    redirect = urlsplit(auth["redirect_uri"])
    if redirect.scheme not in ("http", "https") or not redirect.netloc or not redirect.path.endswith(_CALLBACK):
        raise SettingsError(f"[auth] 的 redirect_uri 应是本网站的完整网址加 {_CALLBACK}，例如 https://zhengce.example.cn{_CALLBACK}。")
    if len(auth["cookie_secret"]) < _SHORTEST_SECRET:
        raise SettingsError(f"[auth] 的 cookie_secret 太短，至少 {_SHORTEST_SECRET} 个字符，要随机生成。")
    if urlsplit(auth["server_metadata_url"]).scheme not in ("http", "https"):
        raise SettingsError("[auth] 的 server_metadata_url 应是完整网址，一般以 /.well-known/openid-configuration 结尾。")
    for package in ("authlib", "httpx"):
        if find_spec(package) is None:
            raise SettingsError(f"登录要用的 {package} 没有装。请重新运行 pip install -r requirements.txt。")
    if unknown := sorted(set(desk) - {*_TEXTS, "login_hours"}):
        raise SettingsError(f"[desk] 里有不认识的 {'、'.join(unknown)}。")
    if wrong := [name for name in _TEXTS if not isinstance(desk.get(name, "x"), str) or (name != "advisor_role" and not desk.get(name, "x"))]:
        raise SettingsError(f"[desk] 的 {'、'.join(wrong)} 应是加引号的文字。")
    hours = desk.get("login_hours")
    if hours is not None and (isinstance(hours, bool) or not isinstance(hours, int | float) or not 0 < hours <= _LONGEST_HOURS):
        raise SettingsError(f"[desk] 的 login_hours 应是 {_LONGEST_HOURS} 以内的小时数。")
    return Settings(auth["client_id"], auth["cookie_secret"], redirect.scheme == "https", **desk)


def local_desk() -> bool:
    """Whether a browser on this machine may be at the desk while no login service is set. Whoever says anything but "on" means no."""
    return os.environ.get(LOCAL_DESK, "").strip().lower() in ("", "on")


def usable_settings() -> Settings | None:
    """The login service; None also while it is set wrongly, which is written to the log, once for each fault."""
    try:
        return settings()
    except SettingsError as error:
        _tell(str(error))
        return None


@cache
def _tell(problem: str) -> None:
    _log.error("登录用不了，顾问的页面先不开放，自测不受影响。%s见 docs/login.md。", problem)
