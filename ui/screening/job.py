"""Long work in a process of its own: all other sessions stay quick meanwhile, and it can be stopped at any moment.

What the work finds is sent in parts, as it is found: reading a small part holds nobody up.
"""

from __future__ import annotations

import copyreg
import logging
import pickle
import subprocess
import sys
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock, Thread
from types import MappingProxyType
from typing import IO, Any

_ROOT = Path(__file__).resolve().parents[2]
_log = logging.getLogger(__name__)
_STEPS_A_SECOND = 5  # that are told; more would only keep everybody busy

Send = Callable[[object], None]


@dataclass(frozen=True, slots=True)
class Step:
    """How far the work is. `of` 0: nobody knows how much there is."""

    what: str
    done: int = 0
    of: int = 0


class RefusedError(Exception):
    """The work cannot be done; the message tells the user why, and what to do."""


@dataclass(frozen=True, slots=True)
class Done:
    """The last message of work that was done to its end."""


@dataclass(slots=True)
class _Received:
    """What a job has sent so far. Filled by a thread that must not hold on to the job."""

    step: Step | None = None
    since: float = 0.0
    parts: list[object] = field(default_factory=list)
    refused: RefusedError | None = None
    done: bool = False
    ended: bool = False

    def take(self, message: object) -> None:
        match message:
            case Step():
                if self.step is None or self.step.what != message.what:
                    self.since = time.monotonic()
                self.step = message
            case RefusedError():
                self.refused = message
            case Done():
                self.done = True
            case _:
                self.parts.append(message)


class Job:
    """A piece of work under way: `work(send, *args)`, both to be found by name in another process.

    It ends with its owner: when nobody holds the job any more, its process is gone.
    """

    def __init__(self, work: Callable[..., None], *args: Any) -> None:
        self._process = _taken()
        self._received = _Received()
        Thread(target=_exchange, args=(self._process, (work, args), self._received), daemon=True).start()
        self._end = weakref.finalize(self, _kill, self._process)

    @property
    def running(self) -> bool:
        """Whether more may come."""
        return not self._received.ended

    @property
    def done(self) -> bool:
        """Whether the work was done to its end; else it was refused, stopped, or went wrong."""
        return self._received.ended and self._received.done

    @property
    def step(self) -> Step | None:
        """How far it is."""
        return self._received.step

    @property
    def rate(self) -> float:
        """How many a second in this step; 0 while that cannot be told."""
        step, seconds = self._received.step, time.monotonic() - self._received.since
        return step.done / seconds if step is not None and step.done and seconds > 0.5 else 0.0

    @property
    def refused(self) -> RefusedError | None:
        """Why it cannot be done, where that is known."""
        return self._received.refused

    @property
    def parts(self) -> tuple[object, ...]:
        """What was found so far."""
        return tuple(self._received.parts)

    def cancel(self) -> None:
        """Stop at once."""
        self._end()


_ready: list[subprocess.Popen[bytes]] = []  # one at most, whoever takes it
_one_at_a_time = Lock()


def be_ready() -> None:
    """Have a process wait for the next job of anybody, so that nobody waits for Python to start. It ends with the application."""
    with _one_at_a_time:
        if not any(p.poll() is None for p in _ready):
            _ready[:] = [_started()]


def _taken() -> subprocess.Popen[bytes]:
    with _one_at_a_time:
        process = _ready.pop() if _ready else None
    return process if process is not None and process.poll() is None else _started()


def _started() -> subprocess.Popen[bytes]:
    # Not multiprocessing: it would run the page's own script again in the new process.
    return subprocess.Popen([sys.executable, "-m", "ui.screening.at_work"], cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def progress(send: Send, what: str) -> Callable[[int, int], None]:
    """For the library's long loops: tells the steps, but not too many of them."""
    last = 0.0

    def tell(done: int, of: int) -> None:
        nonlocal last
        now = time.monotonic()
        if done == of or now - last > 1 / _STEPS_A_SECOND:
            last = now
            send(Step(what, done, of))

    send(Step(what))
    return tell


def _exchange(process: subprocess.Popen[bytes], work: object, received: _Received) -> None:
    """Hand the work over and take what comes of it, until the process has ended, one way or the other."""
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        with process.stdin as to, process.stdout as back:
            pickle.dump(work, to, pickle.HIGHEST_PROTOCOL)
            to.close()
            while True:
                received.take(pickle.load(back))  # it comes from our own process
    except (EOFError, OSError, pickle.UnpicklingError):  # a killed process stops in the middle of a word
        pass
    except Exception:
        _log.exception("a message that cannot be read")
    process.wait()
    received.ended = True


def _kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait(timeout=5)


def sender(back: IO[bytes]) -> Send:
    """How the process at work tells what it finds."""

    def send(message: object) -> None:
        pickle.dump(message, back, pickle.HIGHEST_PROTOCOL)
        back.flush()

    return send


def _again(mapping: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(mapping)


def _taken_apart(mapping: MappingProxyType[Any, Any]) -> tuple[Any, ...]:
    return _again, (dict(mapping),)


# Rulebooks and profiles hold read-only mappings, which do not travel by themselves.
copyreg.pickle(MappingProxyType, _taken_apart)
