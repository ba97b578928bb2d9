"""Inside somebody else's page: fewer pages, nobody logged in, and a word where the browser keeps no cookie."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import streamlit as st

Open = Callable[..., Any]

KEEPS_NOTHING = "浏览器没有让本页留下 Cookie，所以答案只在这一页开着的时候有，刷新就没有了。要留着，请用本页下方的“保存答案到文件”。"


def menu(visit: Any) -> list[str]:
    return [link.proto.label for link in visit.app.get("page_link")]


def test_on_this_machine_its_owner_is_a_visitor_inside_a_frame_and_stays_one(visit: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "规则变化" in menu(visit())
    monkeypatch.setattr(type(st.context), "is_embedded", True)
    framed = visit()
    assert menu(framed) == ["自测", "结果", "自检", "政策库"]
    monkeypatch.setattr(type(st.context), "is_embedded", False)  # as if the address had been changed
    framed.run()
    assert menu(framed) == ["自测", "结果", "自检", "政策库"]


def test_without_a_cookie_the_visitor_is_told_once_there_is_something_to_lose(visit: Open) -> None:
    tab = visit("blocked")
    assert [info.value for info in tab.app.info] == []
    tab.press("begin")
    assert [info.value for info in tab.app.info] == [KEEPS_NOTHING]
    tab.unfold("file")
    assert tab.app.get("file_uploader") == []
