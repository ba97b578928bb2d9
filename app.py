"""The entry of the web application: `streamlit run app.py`, or any ASGI server with `app:app`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware

from api.routes import routes
from eligibility.clock import today
from ui.access.gate import Gate
from ui.access.logins import ended_logins
from ui.access.settings import usable_settings
from ui.library.shelf import library
from ui.no_delay import NoDelay
from ui.rulebook import rulebook
from ui.screening.sitting import remove_left_over
from ui.settings import count, origins
from ui.store import default_store
from ui.warm import warm_up
from ui.web import Browser, page, say_error


@asynccontextmanager
async def start(_: Any) -> AsyncIterator[None]:
    """What is done once, before the first visitor."""
    default_store().remove_old()
    remove_left_over()
    ended_logins().remove_old()
    warm_up()
    usable_settings()  # what is wrong with the login stands in the log from the beginning
    yield


app = st.App(
    Path(__file__).parent / "ui" / "main.py",
    routes=routes(rulebook, library, today, origins=origins("ELIGIBILITY_API_ORIGINS"), per_minute=count("ELIGIBILITY_API_PER_MINUTE", 300)),
    middleware=[Middleware(NoDelay), Middleware(Gate), Middleware(Browser, page=page(), hosts=origins("ELIGIBILITY_EMBED_IN"))],
    lifespan=start,
    on_script_error=say_error,
)
