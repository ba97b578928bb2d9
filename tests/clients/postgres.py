"""A private PostgreSQL server for the tests, in a folder of its own, gone when they are done."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SERVER_USER = "postgres"  # the server refuses to run as root; Debian's package brings this user


def unusable() -> str | None:
    """Why no server can be started here, if so."""
    if _programs() is None:
        return "PostgreSQL is not installed (Debian: apt-get install postgresql)"
    if os.geteuid() == 0 and _SERVER_USER not in {u.pw_name for u in pwd.getpwall()}:
        return "running as root, and there is no user to run PostgreSQL as"
    return None


@contextmanager
def server() -> Iterator[str]:
    """Start a server that listens on a socket only; gives the URL of an empty database."""
    programs = _programs()
    assert programs is not None
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    user = _SERVER_USER if os.geteuid() == 0 else None
    if user is not None:
        shutil.chown(folder, user)

    def run(program: str, *words: str | Path) -> None:
        done = subprocess.run([programs / program, *words], user=user, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        assert done.returncode == 0, done.stderr

    try:
        run("initdb", "-D", folder / "data", "-U", "desk", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8")
        run("pg_ctl", "-D", folder / "data", "-w", "-l", folder / "log", "-o", f"-c listen_addresses='' -k {folder} -c fsync=off", "start")
        try:
            yield f"postgresql://desk@/postgres?host={folder}"
        finally:
            run("pg_ctl", "-D", folder / "data", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path | None:
    found = shutil.which("pg_ctl")
    folders = [*([Path(found).resolve().parent] if found else []), *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    return next((f for f in folders if (f / "pg_ctl").exists() and (f / "initdb").exists()), None)
