"""The desk of whoever may see client data, on one database for all of them."""

from __future__ import annotations

import streamlit as st

from eligibility.clients.database import Database, default_url
from eligibility.clients.desk import Desk
from eligibility.clients.problems import ClientsError
from ui.access import advisor, require_advisor
from ui.text import plain


@st.cache_resource(show_spinner=False)
def _database(url: str) -> Database:
    """Opened once. A failure is not kept: the next visit tries again."""
    return Database(url)


def desk_if_any() -> Desk | None:
    """The desk of the advisor behind this request, if there is one and it can be opened. Nothing is said to anybody."""
    found = advisor()
    try:
        return Desk(_database(default_url()), found) if found else None
    except ClientsError:
        return None


def desk() -> Desk:
    """The desk of the advisor behind this request. Anybody else is told so, and nothing after this call runs."""
    found = require_advisor()
    try:
        return Desk(_database(default_url()), found)
    except ClientsError as error:
        st.error(plain(str(error)))
        st.stop()
