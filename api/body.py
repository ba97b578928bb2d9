"""The body of a request, read with care: no more than an assessment needs, and nothing that can be read in two ways."""

from __future__ import annotations

import asyncio
import json
import math
import re
from collections.abc import Iterable
from typing import Any, NoReturn

from starlette.requests import ClientDisconnect, Request

from api.faults import RefusedError

MOST_BYTES = 64 * 1024
_READ_ON = 1024 * 1024  # bytes of a body that is refused: most callers read the answer only when they have sent everything
SECONDS = 10  # for the whole body
DEEPEST = 16

_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
_CLOSE = {"connection": "close"}  # the rest of the body is not read


async def read_json(request: Request) -> Any:
    """The data in the body. Raises RefusedError."""
    if request.url.query:
        raise RefusedError("in_address", "网址里带了参数。回答写在正文里，不要写在网址里：网址会留在日志和浏览记录里。")
    content = await _content(request)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise RefusedError("wrong_type", "请用 JSON 写正文，并写明 Content-Type: application/json。")
    return parsed(content)


async def _content(request: Request) -> bytes:
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and (len(declared) > 9 or int(declared) > _READ_ON):
        raise _too_large()
    content, received = bytearray(), 0
    try:
        async with asyncio.timeout(SECONDS):
            async for chunk in request.stream():
                received += len(chunk)
                if received > _READ_ON:
                    break
                if received <= MOST_BYTES:
                    content += chunk
    except TimeoutError:
        raise RefusedError("too_slow", f"{SECONDS} 秒里没有收完正文。请检查网络后再发。", _CLOSE) from None
    except ClientDisconnect:
        raise RefusedError("cut_off", "正文没有传完，连接就断了。请重新发。", _CLOSE) from None
    if received > MOST_BYTES:
        raise _too_large()
    return bytes(content)


def _too_large() -> RefusedError:
    return RefusedError("too_large", f"正文超过 {MOST_BYTES // 1024} KB。一次只判断一家企业，请只发这一家的回答。", _CLOSE)


def parsed(content: bytes) -> Any:
    """JSON as data. Raises RefusedError where it is not JSON, or where two programs could understand it differently."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RefusedError("not_utf8", f"正文第 {error.start + 1} 个字节起不是 UTF-8。请用 UTF-8 编码，不要压缩。") from None
    if not text.strip():
        raise RefusedError("not_json", "正文是空的。请写成 {\"answers\": {题目编号: 回答}}。")
    try:
        data = json.loads(text, object_pairs_hook=_object, parse_constant=_constant, parse_float=_fraction, parse_int=_whole)
    except json.JSONDecodeError as error:
        raise RefusedError("not_json", f"正文第 {error.lineno} 行第 {error.colno} 个字起不是正确的 JSON。请检查引号、逗号和括号。") from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError:  # an integer of thousands of digits
        raise _absurd() from None
    _check(data)
    return data


def _object(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise RefusedError("duplicate_key", f"“{_short(key)}”写了两次。请只留一个。")
        found[key] = value
    return found


def _fraction(written: str) -> float:
    if math.isinf(number := float(written)):  # as JSON it is in order, as a number it is Infinity
        raise _absurd()
    return number


def _whole(written: str) -> int:
    _fraction(written)
    return int(written)


def _absurd() -> RefusedError:
    return RefusedError("bad_number", "正文里有一个大得离谱的数。请检查数字和单位。")


def _constant(name: str) -> NoReturn:
    raise RefusedError("bad_number", f"{name} 不是 JSON 里的数。不清楚的请写 null，或者不写。")


def _check(data: Any) -> None:
    """Refuse what is nested too deep, and halves of characters: nothing that holds one can be written again."""
    below = [(data, 1)]
    while below:
        value, depth = below.pop()
        if isinstance(value, dict | list) and depth > DEEPEST:
            raise _too_deep()
        if isinstance(value, dict):
            below += [(part, depth + 1) for pair in value.items() for part in pair]
        elif isinstance(value, list):
            below += [(part, depth + 1) for part in value]
        elif isinstance(value, str) and _HALF_CHARACTER.search(value):
            raise RefusedError("bad_text", "正文里有残缺的 Unicode 字符（如单独的 \\ud83d）。请检查是不是把文字从中间截断了。")


def _too_deep() -> RefusedError:
    return RefusedError("too_deep", f"正文嵌套超过 {DEEPEST} 层。回答最多只要 5 层，请检查括号。")


def _short(text: str) -> str:
    return _HALF_CHARACTER.sub("�", text if len(text) <= 30 else text[:30] + "……")
