"""What a caller sees who sends slowly, or too much, to the program as it runs."""

from __future__ import annotations

import json
import time
from http.client import HTTPConnection, HTTPResponse

import pytest

from api.body import MOST_BYTES
from tests.browser.driving import Server


@pytest.fixture
def connection(server: Server) -> HTTPConnection:
    """A connection that is not made again when it was closed."""
    connection = HTTPConnection("localhost", server.port, timeout=10)
    connection.connect()
    connection.auto_open = 0
    return connection


def sent_late(connection: HTTPConnection, content: bytes, content_type: str) -> HTTPResponse:
    """The answer to a body that follows some time after its headers."""
    connection.putrequest("POST", "/api/assess")
    connection.putheader("content-type", content_type)
    connection.putheader("content-length", str(len(content)))
    connection.endheaders()
    time.sleep(0.1)
    connection.send(content)
    return connection.getresponse()


def test_a_refusal_reaches_whoever_is_still_sending(connection: HTTPConnection) -> None:
    answer = sent_late(connection, b'{"answers": {}}', "text/plain")
    assert (answer.status, json.load(answer)["code"]) == (415, "wrong_type")
    connection.request("POST", "/api/assess", b'{"answers": {}}', {"content-type": "application/json"})
    assert connection.getresponse().status == 200, "the connection goes on"


def test_a_body_somewhat_too_large_is_refused_in_words(connection: HTTPConnection) -> None:
    answer = sent_late(connection, b" " * (MOST_BYTES * 12), "application/json")
    assert (answer.status, json.load(answer)["code"]) == (413, "too_large")
