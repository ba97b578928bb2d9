"""The other process of a job: takes the work from its standard input, sends what it finds to its standard output."""

from __future__ import annotations

import os
import pickle
import signal
import sys

from ui.screening.job import Done, RefusedError, sender


def main() -> None:
    """Do one piece of work."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever stops the application stops this too, without a word
    if hasattr(os, "nice"):
        os.nice(5)  # the screens come first
    send = sender(os.fdopen(os.dup(sys.stdout.fileno()), "wb"))
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what some library prints is no message
    import ui.screening.work  # noqa: F401  # most of what is needed, read while nobody waits for it yet

    try:
        work, args = pickle.load(sys.stdin.buffer)
    except EOFError:  # the application has ended, and nobody had any work
        return
    try:
        work(send, *args)
    except RefusedError as error:
        send(error)
    else:
        send(Done())


if __name__ == "__main__":
    main()
