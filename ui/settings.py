"""What whoever runs the program sets in the environment. A setting that cannot be understood stops the program with one sentence."""

from __future__ import annotations

import os
import re
from typing import NoReturn
from urllib.parse import urlsplit

_LOCAL = ("localhost", "127.0.0.1", "[::1]")  # over http these are as safe as others are over https


def origins(setting: str) -> tuple[str, ...]:
    """The web sites that a setting lists, each as a browser names it."""
    return tuple(dict.fromkeys(_origin(word, setting) for word in os.environ.get(setting, "").replace(",", " ").split()))


def count(setting: str, otherwise: int) -> int:
    """A number above zero."""
    written = os.environ.get(setting, "").strip()
    if not written:
        return otherwise
    if not written.isdecimal() or int(written) < 1:
        _stop(setting, written, "请写一个正整数，如 300")
    return int(written)


def _origin(written: str, setting: str) -> str:
    try:
        parts = urlsplit(written)
        host = (parts.hostname or "").encode("idna").decode()
        port = parts.port
    except ValueError:
        _stop(setting, written, "请写成 https://park.example 的样子")
    host = f"[{host}]" if ":" in host else host
    if "*" in written:
        _stop(setting, written, "请一个一个写明，不能用 *")
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _LOCAL):
        _stop(setting, written, "请写成 https://park.example 的样子，以 https:// 开头（只有本机试用可以 http://localhost）")
    if not host or written.partition("://")[2].lower() != parts.netloc.lower() or "@" in written:
        _stop(setting, written, "只写到域名和端口，后面不要路径和斜杠，如 https://park.example")
    if not re.fullmatch(r"[a-z0-9.-]+|\[[0-9a-f:.]+\]", host):
        _stop(setting, written, "域名里有不该有的字符，请写成 https://park.example 的样子")
    usual = {"https": 443, "http": 80}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, usual) else "")


def _stop(setting: str, written: str, remedy: str) -> NoReturn:
    raise SystemExit(f"环境变量 {setting} 里的“{written}”不对：{remedy}。")
