"""Two processes of the application, which share their data, behind nginx with the configuration that we hand out."""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from http.client import HTTPResponse, HTTPSConnection
from pathlib import Path

import pytest
import trustme
from playwright.sync_api import Browser, Playwright

from tests.browser.driving import QUIET, ROOT, Server, chromium

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
TRUSTING = ssl._create_unverified_context()
NAME = "ceping.example"  # as the configuration has it: what is called localhost is treated differently
PER_MINUTE = 40  # requests to the API
CONFIGURATION = ROOT / "deploy" / "nginx.conf"
# Around our configuration stands what a distribution's own nginx.conf has.
_AROUND = """
{user}
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/ceping.conf;
}}
"""


class House:
    """Two processes, and nginx in front of them. A process is known by the cookie that nginx gives for it: 1 or 2."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.data.mkdir()
        settings = {"STREAMLIT_SERVER_COOKIE_SECRET": "one secret for all processes of one house", "ELIGIBILITY_API_PER_MINUTE": str(PER_MINUTE)}
        self.processes = {"1": Server(self.data, **settings), "2": Server(self.data, **settings)}
        self.plain, self.port = free_port(), free_port()
        self.url = f"https://{NAME}:{self.port}"
        self.folder = folder / "nginx"
        self.folder.mkdir()
        issued = trustme.CA().issue_cert(NAME)
        issued.private_key_pem.write_to_path(str(self.folder / "ceping.key"))
        issued.cert_chain_pems[0].write_to_path(str(self.folder / "ceping.pem"))
        (self.folder / "ceping.conf").write_text(self._configuration(), encoding="utf-8")
        user = "user root;" if hasattr(os, "geteuid") and os.geteuid() == 0 else ""
        (self.folder / "nginx.conf").write_text(_AROUND.format(folder=self.folder, user=user), encoding="utf-8")
        self.nginx = subprocess.Popen([str(NGINX), "-p", str(self.folder), "-c", str(self.folder / "nginx.conf")], stderr=subprocess.PIPE, text=True)
        try:
            self._wait()
        except Exception:
            self.stop()
            raise

    def _configuration(self) -> str:
        """Our configuration, word for word but for the ports and where the certificate is."""
        text = CONFIGURATION.read_text(encoding="utf-8")
        here = {
            ":8601": f":{self.processes['1'].port}",
            ":8602": f":{self.processes['2'].port}",
            "listen 80;": f"listen {self.plain};",
            "listen [::]:80;": f"listen [::]:{self.plain};",
            "listen 443 ": f"listen {self.port} ",
            "listen [::]:443 ": f"listen [::]:{self.port} ",
            "/etc/nginx/": f"{self.folder}/",
        }
        for there, instead in here.items():
            assert there in text, there
            text = text.replace(there, instead)
        return text

    def _wait(self) -> None:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            if self.nginx.poll() is not None:
                raise RuntimeError(self.nginx.stderr.read() if self.nginx.stderr else "nginx ended")
            try:
                self.get("/healthz").close()
                return
            except OSError:
                time.sleep(0.1)
        raise TimeoutError((self.folder / "error.log").read_text())

    def get(self, path: str, **headers: str) -> HTTPResponse:
        """The answer to a request."""
        connection = HTTPSConnection("127.0.0.1", self.port, timeout=20, context=TRUSTING)
        connection.request("GET", path, headers={"Host": f"{NAME}:{self.port}", **headers})
        return connection.getresponse()

    def stop(self) -> None:
        """Stop everything."""
        self.nginx.terminate()
        self.nginx.wait(timeout=20)
        for process in self.processes.values():
            process.stop()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        found: int = free.getsockname()[1]
        return found


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    if NGINX is None:
        pytest.skip("no nginx found on this system: install nginx to test several processes behind one address")
    running = House(tmp_path_factory.mktemp("house"))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A browser that takes our certificate."""
    if chromium() is None:
        pytest.skip("no Chromium found on this system: install chromium to run the browser tests")
    started = playwright.chromium.launch(executable_path=chromium(), args=[*QUIET, "--ignore-certificate-errors", f"--host-resolver-rules=MAP {NAME} 127.0.0.1"])
    yield started
    started.close()
