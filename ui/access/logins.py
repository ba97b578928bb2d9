"""The logins that browsers hold, and those that have ended.

Streamlit keeps a login in a signed cookie for thirty days and reads it only when a tab connects. So a login that was
ended would live on in every other tab, and in every copy of the cookie. Here each ended one is remembered, for all tabs
and all processes that share the data folder, and asked for again in every run.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from eligibility.data_folder import data_folder, remove_older
from ui.access.settings import Settings

COOKIE = "_streamlit_user"
_KEPT_SECONDS = 32 * 24 * 3600  # longer than Streamlit accepts its cookie
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Login:
    """What the login service said of somebody, once, at a moment."""

    claims: Mapping[str, Any]

    @property
    def key(self) -> str:
        """Tells this login from every other, of the same person too."""
        return hashlib.sha256(json.dumps(self.claims, sort_keys=True).encode()).hexdigest()

    def until(self, settings: Settings) -> float:
        """When it ends by itself, in seconds; at once where the service does not say."""
        if settings.login_hours is not None:
            return _seconds(self.claims.get("iat")) + settings.login_hours * 3600
        return _seconds(self.claims.get("exp"))

    def is_for(self, settings: Settings) -> bool:
        """Whether it was made for this application, and says by whom for whom."""
        audience = self.claims.get("aud")
        named = all(isinstance(self.claims.get(name), str) and self.claims[name] for name in ("iss", "sub"))
        return named and settings.client_id in (audience if isinstance(audience, list) else [audience])


def login_in(cookies: Mapping[str, str]) -> Login | None:
    """The login in these cookies, its signature checked."""
    if COOKIE not in cookies:
        return None
    try:  # Streamlit has no public way to read its own cookie; where a later one keeps these elsewhere, nobody is logged in
        from streamlit.auth_util import get_cookie_with_chunks
        from streamlit.web.server.server_util import get_cookie_secret
        from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
    except ImportError:
        _log.exception("this Streamlit does not let its login be read")
        return None
    content = get_cookie_with_chunks(lambda name: decode_signed_value(get_cookie_secret(), name, cookies.get(name, "").encode("latin-1", "replace")), COOKIE)
    try:
        claims = json.loads(content) if content else None
    except ValueError:
        return None
    return Login(claims) if isinstance(claims, dict) and claims.get("is_logged_in") is True else None


@dataclass(frozen=True, slots=True)
class EndedLogins:
    """A folder with one empty file for each login that was ended before its time."""

    folder: Path
    here: set[str] = field(default_factory=set)  # what this process ended, should the disk be full

    def end(self, login: Login) -> None:
        """From now on this login counts nowhere."""
        self.here.add(login.key)
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            (self.folder / login.key).touch(mode=0o600)
        except OSError:
            _log.exception("a logout reached this process only")

    def holds(self, login: Login) -> bool:
        """Whether it was ended. If that cannot be told, it was."""
        if login.key in self.here:
            return True
        try:
            os.stat(self.folder / login.key)
        except FileNotFoundError:
            return False
        except OSError:
            _log.exception("cannot tell which logins have ended")
        return True

    def remove_old(self) -> None:
        """Remove those whose cookie nobody would accept any more."""
        remove_older(self.folder, _KEPT_SECONDS)


def ended_logins() -> EndedLogins:
    """Those in the data folder."""
    return _of(data_folder() / "ended_logins")


def counts(login: Login, settings: Settings) -> bool:
    """Whether a login is one of ours, has not run out, and was not ended."""
    return login.is_for(settings) and time.time() < login.until(settings) and not ended_logins().holds(login)


@cache
def _of(folder: Path) -> EndedLogins:
    return EndedLogins(folder)


def _seconds(value: object) -> float:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else 0
