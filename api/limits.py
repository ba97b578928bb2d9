"""How much one caller may ask for, and how much may be worked on at a time."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TypeVar

import anyio
import anyio.to_thread
from starlette.requests import Request

from api.faults import RefusedError

_Result = TypeVar("_Result")

MOST_CALLERS = 10_000  # remembered at a time; who is forgotten starts with a full minute's worth


class Rate:
    """So many requests a minute for each address, at once or spread.

    All callers behind a proxy on another machine share one address, and one minute's worth, unless the server trusts
    that proxy (`FORWARDED_ALLOW_IPS`).
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_minute = per_minute
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()  # by caller: requests left, as of when

    def count(self, address: str) -> None:
        """Count one request. Raises RefusedError when there is none left."""
        network, now = _network(address), self._clock()
        left, then = self._left.pop(network, (float(self.per_minute), now))
        left = min(self.per_minute, left + (now - then) * self.per_minute / 60)
        allowed = left >= 1
        self._left[network] = (left - allowed, now)
        if len(self._left) > MOST_CALLERS:
            self._left.popitem(last=False)
        if not allowed:
            wait = math.ceil((1 - left) * 60 / self.per_minute)
            raise RefusedError("too_many_requests", f"一分钟里请求超过 {self.per_minute} 次。请过 {wait} 秒再发。", {"retry-after": str(wait)})


def caller(request: Request) -> str:
    """The address that a request comes from; behind a proxy on this machine, the one that the proxy passes on."""
    peer = request.client.host if request.client else ""
    forwarded = request.headers.getlist("x-forwarded-for")
    if forwarded and (not peer or _is_loopback(peer)):
        return forwarded[-1].rpartition(",")[2].strip()  # the last is what our own proxy saw; those before it anybody can claim
    return peer


def _is_loopback(address: str) -> bool:
    parsed = _parsed(address)
    return parsed is not None and parsed.is_loopback


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        ip = ip_address(address)
    except ValueError:
        return None
    return getattr(ip, "ipv4_mapped", None) or ip


def _network(address: str) -> str:
    """One IPv6 subscriber has a whole network of addresses."""
    ip = _parsed(address)
    return f"{int(ip) >> 64:x}::" if isinstance(ip, IPv6Address) else str(ip or address)


class Lane:
    """A few threads for one kind of work, and a short queue. The event loop stays free for everybody else.

    Work that is pure Python gains nothing from a second thread, and everybody else loses by it.
    """

    def __init__(self, threads: int, waiting: int) -> None:
        self.waiting = waiting
        self._limiter = anyio.CapacityLimiter(threads)

    async def run(self, work: Callable[[], _Result]) -> _Result:
        """What the work returns. Raises RefusedError when too many wait already."""
        if self._limiter.statistics().tasks_waiting >= self.waiting:
            raise RefusedError("busy", "现在请求太多，排不上队。请过 2 秒再发。", {"retry-after": "2"})
        return await anyio.to_thread.run_sync(work, limiter=self._limiter)
