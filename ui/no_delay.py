"""Pages leave at once, though they are sent in many small pieces."""

from __future__ import annotations

import socket
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send


class NoDelay:
    """Switches Nagle's algorithm off for the connections that pages are sent on.

    asyncio does that for ports that it opens itself. Streamlit opens its own, and then each click may wait 40 ms for the
    other side to acknowledge the first piece before it is sent the rest. There is no public way to a connection's
    socket; where it is not found, all works as before.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI interface."""
        if scope["type"] == "websocket":
            transport: Any = getattr(getattr(receive, "__self__", None), "transport", None)
            found = transport.get_extra_info("socket") if hasattr(transport, "get_extra_info") else None
            if found is not None and found.family in (socket.AF_INET, socket.AF_INET6):
                found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await self.app(scope, receive, send)
