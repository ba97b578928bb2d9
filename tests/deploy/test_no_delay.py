"""Pages leave at once, also from a port that was opened the way Streamlit opens it."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from websockets.sync.client import connect

from ui.no_delay import NoDelay


@contextmanager
def serving(app: ASGIApp) -> Iterator[int]:
    """On a port opened as Streamlit opens it, with the protocol that Streamlit chooses."""
    port = socket.socket()
    port.bind(("127.0.0.1", 0))
    port.listen()
    server = uvicorn.Server(uvicorn.Config(app, ws="websockets-sansio", lifespan="off", log_level="error"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[port])))
    thread.start()
    try:
        yield port.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()
        port.close()


@pytest.mark.parametrize(("wrapped", "waits"), [(True, 0), (False, 1)])
def test_small_pieces_do_not_wait_for_each_other(wrapped: bool, waits: int) -> None:
    delays = []

    async def page(scope: Scope, receive: Receive, send: Send) -> None:
        connection = receive.__self__.transport.get_extra_info("socket")  # type: ignore[attr-defined]
        delays.append(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close"})

    with serving(NoDelay(page) if wrapped else page) as port, connect(f"ws://127.0.0.1:{port}"):
        pass
    assert [not d for d in delays] == [bool(waits)], "where asyncio does this by itself, ui/no_delay.py is no longer needed"


def test_without_a_socket_all_works_as_before() -> None:
    reached = []

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        reached.append(scope["type"])

    async def nothing(*_: object) -> None: ...

    with ThreadPoolExecutor(1) as apart:  # the browser tests have a loop of their own in this thread
        apart.submit(asyncio.run, NoDelay(inner)({"type": "websocket"}, nothing, nothing)).result()  # type: ignore[arg-type]
    assert reached == ["websocket"]
