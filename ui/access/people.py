"""Who is behind this run of the script. Nothing in an address counts: only the connection and the login."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from eligibility.clients.records import Advisor, Role
from ui.access.frame import inside_a_frame
from ui.access.logins import Login, counts, login_in
from ui.access.machine import is_marked
from ui.access.settings import Settings, SettingsError, local_desk, settings, usable_settings
from ui.text import escaped

LOCAL = Advisor("本机", "local", Role.LEAD)
_LONGEST_NAME = 80
_SAME = ("iss", "sub", "aud", "iat", "exp")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is logged in. `advisor` is None if the account may see no client data; `refusal` says why."""

    name: str
    login: Login
    until: float
    advisor: Advisor | None
    refusal: str = ""


def person() -> Person | None:
    """Who is logged in behind this run; None: a visitor, or somebody whose login has ended."""
    found = usable_settings()
    if found is None:
        return None  # without asking Streamlit, which would look for the secrets file each time
    login = _login()
    if login is None or not counts(login, found) or inside_a_frame():
        return None
    name = _name(login, found)
    until = login.until(found)
    organisation = _organisation(login, found)
    if organisation is None:
        return Person(name, login, until, None, f"您的账号（{name}）没有写明属于哪个机构，所以看不到企业资料。请管理登录账号的人员补上。")
    role = _role(login, found)
    if role is None:
        return Person(name, login, until, None, f"您的账号（{name}）不是顾问，所以看不到企业资料。请管理登录账号的人员给您加上角色。")
    return Person(name, login, until, Advisor(name, organisation, role))


def advisor() -> Advisor | None:
    """The advisor behind this run; None: a visitor who may see no client data."""
    try:
        local = settings() is None
    except SettingsError:
        local = False
    if local:
        return LOCAL if local_desk() and is_marked(st.context.headers) and not inside_a_frame() else None
    found = person()
    return found.advisor if found else None


def require_advisor() -> Advisor:
    """The advisor behind this run. Anybody else is told so, and nothing after this call runs."""
    found = advisor()
    if found is None:
        _refuse()
        st.stop()
    return found


def own_draft(draft: str) -> str:
    """The name of the draft of whoever is behind this run, in the browser whose draft this is.

    A visitor's draft is found by the browser's cookie alone, and somebody else may have put that cookie there. After
    login it takes the cookie, the person and our secret to find the draft.
    """
    found, config = person(), usable_settings()
    if found is None or config is None:
        return draft
    whose = json.dumps([draft, found.login.claims["iss"], found.login.claims["sub"]])
    return base64.urlsafe_b64encode(hmac.digest(config.cookie_secret.encode(), whose.encode(), hashlib.sha256)).decode().rstrip("=")


def _login() -> Login | None:
    """The login that Streamlit accepted for this connection, read from the cookies of this connection."""
    user: Mapping[str, Any] = st.user.to_dict()
    found = login_in(st.context.cookies) if user.get("is_logged_in") is True else None
    return found if found is not None and all(found.claims.get(name) == user.get(name) for name in _SAME) else None


def _refuse() -> None:
    """Say why there is no client data here, and what to do."""
    try:
        config = settings()
    except SettingsError:
        _say("登录还没有设置好", "这一页有企业的资料，登录设置好才能打开。请维护人员看程序的日志，按 docs/login.md 改好。自测不受影响。")
        return
    found = person()
    if config is None and not local_desk():
        _say("这一页没有开放", "这一页有企业的资料，只给登录的顾问看，这里还没有设置登录。请维护人员按 docs/login.md 设置。自测不需要登录。")
    elif config is None:
        _say(
            "这一页只在本机打开",
            "这一页有企业的资料。没有设置登录时，只有在运行本程序的电脑上、用 http://localhost 开头的网址才能看。要在别的电脑上用，请维护人员按 docs/login.md 设置登录。自测不需要登录。",
        )
    elif found is not None:
        _say("看不到企业资料", found.refusal)
    else:
        ended = st.user.get("is_logged_in") is True
        _say("登录已经结束" if ended else "请先登录", f"{'登录到期了，或者您在别的窗口退出了。' if ended else ''}这一页有企业的资料，只给登录的顾问看。自测不需要登录。")
        if st.button("登录", type="primary", key="login-here"):
            st.login()


def _say(title: str, text: str) -> None:
    st.html(f"<h1>{title}</h1><p>{escaped(text)}</p>")


def _name(login: Login, config: Settings) -> str:
    for claim in (config.name_claim, "preferred_username", "email", "sub"):
        value = _claim(login, claim)
        shown = "".join(c for c in value if c.isprintable()).strip() if isinstance(value, str) else ""
        if shown:
            return shown[:_LONGEST_NAME]
    return "未具名"


def _organisation(login: Login, config: Settings) -> str | None:
    """Exactly as the service writes it: two names that look alike are two organisations. Nobody belongs to this machine's own."""
    value = _claim(login, config.organisation_claim)
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    usable = isinstance(value, str) and value.strip() and value.isprintable() and value != LOCAL.organisation
    return value if usable else None


def _role(login: Login, config: Settings) -> Role | None:
    value = _claim(login, config.roles_claim)
    roles = [r for r in value if isinstance(r, str)] if isinstance(value, list) else [value] if isinstance(value, str) else []
    if config.lead_role in roles:
        return Role.LEAD
    return Role.ADVISOR if config.advisor_role in roles or not config.advisor_role else None


def _claim(login: Login, name: str) -> Any:
    """A claim by its name, else step by step: `realm_access.roles`."""
    if name in login.claims:
        return login.claims[name]
    value: Any = login.claims
    for step in name.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value
