"""What the API refuses: a stable code, an HTTP status, and a sentence that says where, what, and how to mend it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.testclient import TestClient

from api.body import MOST_BYTES
from api.faults import KINDS, RefusedError
from api.limits import MOST_CALLERS, Lane, Rate, caller
from eligibility.assessment import DAYS
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import load
from eligibility.rulebook.problems import RulebookError
from tests.api.conftest import client_of
from tests.harbour import HARBOUR

JSON = {"content-type": "application/json"}


def refused(client: TestClient, content: bytes | Iterator[bytes], path: str = "/api/assess", headers: dict[str, str] = JSON) -> tuple[int, str, str]:
    found = client.post(path, content=content, headers=headers)
    assert found.headers["content-type"] == "application/json"
    data = found.json()
    assert data.keys() == {"code", "message"}
    assert KINDS[data["code"]].status == found.status_code
    return found.status_code, data["code"], data["message"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", (400, "not_json", '正文是空的。请写成 {"answers": {题目编号: 回答}}。')),
        (b"{\n  'answers': {}}", (400, "not_json", "正文第 2 行第 3 个字起不是正确的 JSON。请检查引号、逗号和括号。")),
        (b'{"answers": {}} 1', (400, "not_json", "正文第 1 行第 17 个字起不是正确的 JSON。请检查引号、逗号和括号。")),
        ('{"answers": {"company_name": "甲"}}'.encode("gb18030"), (400, "not_utf8", "正文第 31 个字节起不是 UTF-8。请用 UTF-8 编码，不要压缩。")),
        (b'{"answers": {"seats": NaN}}', (400, "bad_number", "NaN 不是 JSON 里的数。不清楚的请写 null，或者不写。")),
        (b'{"answers": {"seats": -Infinity}}', (400, "bad_number", "-Infinity 不是 JSON 里的数。不清楚的请写 null，或者不写。")),
        (b'{"answers": {"seats": ' + b"9" * 5000 + b"}}", (400, "bad_number", "正文里有一个大得离谱的数。请检查数字和单位。")),
        (b'{"answers": {"seats": 1e999}}', (400, "bad_number", "正文里有一个大得离谱的数。请检查数字和单位。")),
        (b'{"answers": {"seats": {"value": -1.5E+400}}}', (400, "bad_number", "正文里有一个大得离谱的数。请检查数字和单位。")),
        (b'{"answers": {"seats": 1' + b"0" * 309 + b"}}", (400, "bad_number", "正文里有一个大得离谱的数。请检查数字和单位。")),
        (b'{"answers": {"name": "\\ud83d"}}', (400, "bad_text", "正文里有残缺的 Unicode 字符（如单独的 \\ud83d）。请检查是不是把文字从中间截断了。")),
        (b'{"answers": {"\\ud83d": 1}}', (400, "bad_text", "正文里有残缺的 Unicode 字符（如单独的 \\ud83d）。请检查是不是把文字从中间截断了。")),
        (b'{"answers": {"seats": 4, "seats": 40}}', (400, "duplicate_key", "“seats”写了两次。请只留一个。")),
        (b'{"answers": {"seats": ' + b"[" * 15 + b"]" * 15 + b"}}", (400, "too_deep", "正文嵌套超过 16 层。回答最多只要 5 层，请检查括号。")),
        (b"[" * 60_000, (400, "too_deep", "正文嵌套超过 16 层。回答最多只要 5 层，请检查括号。")),
        (b"[]", (422, "not_an_object", '正文应是一个对象。请写成 {"answers": {题目编号: 回答}}。')),
        (b"null", (422, "not_an_object", '正文应是一个对象。请写成 {"answers": {题目编号: 回答}}。')),
        (b"{}", (422, "no_answers", '没有 answers，或者它不是对象。请写成 {"answers": {题目编号: 回答}}；一题都没答写 {}。')),
        (b'{"answers": [1]}', (422, "no_answers", '没有 answers，或者它不是对象。请写成 {"answers": {题目编号: 回答}}；一题都没答写 {}。')),
        (b'{"answer": {}, "answers": {}}', (422, "unknown_key", "没有“answer”这一项。是不是“answers”？")),
        (b'{"answers": {}, "rules": 1}', (422, "unknown_key", "没有“rules”这一项。可用的有：answers、on。")),
        (json.dumps({"answers": {str(n): 1 for n in range(301)}}).encode(), (422, "too_many_answers", "answers 里有 301 个回答，最多 300 个。请只写 /api/questions 里有的题。")),
    ],
)
def test_a_body_that_cannot_be_used_is_told_why(client: TestClient, body: bytes, expected: tuple[int, str, str]) -> None:
    assert refused(client, body) == refused(client, body, "/api/report.pdf") == expected


@pytest.mark.parametrize("day", ["2026-02-30", "20261122", "2026-11-22T00:00:00", "", 20261122, 0, True, [], "２０２６-11-22", "1899-12-31", "3000-01-01", "0001-01-01", "9999-12-31"])
def test_only_a_day_is_a_day(client: TestClient, day: object) -> None:
    assert refused(client, json.dumps({"answers": {}, "on": day}).encode()) == (422, "bad_day", "on 不是 1900-01-01 到 2999-12-31 之间的日期。请写成 2026-11-22 的样子，或者不写（就是今天）。")


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("founded", [date.min, date.max])
def test_any_day_can_be_asked_about_and_any_answered(liaoning: TestClient, day: date, founded: date) -> None:
    titles = {"chosen": ["tech_sme", "high_tech"], "certificates": {"tech_sme": {"until": "0001-01-01"}, "high_tech": {"until": "9999-12-31"}}}
    case = {"answers": {"entity": "company", "city": "shenyang", "founded": founded.isoformat(), "titles": titles}, "on": day.isoformat()}
    for path in ("/api/assess", "/api/report.pdf"):
        assert liaoning.post(path, json=case).status_code == 200


def test_an_answer_may_be_nested_as_deep_as_answers_are(client: TestClient) -> None:
    answers = {"badges": {"chosen": ["green"], "certificates": {"green": {"number": "G-1", "until": "2027-08-31"}}}}
    assert client.post("/api/assess", json={"answers": answers}).json()["problems"] == []


def test_a_large_body_is_refused(client: TestClient) -> None:
    told = (413, "too_large", "正文超过 64 KB。一次只判断一家企业，请只发这一家的回答。")
    assert refused(client, b" " * (MOST_BYTES + 1)) == told
    assert client.post("/api/assess", content=b'{"answers": {}}'.ljust(MOST_BYTES), headers=JSON).status_code == 200
    assert refused(client, b"{}", headers={**JSON, "content-length": "9" * 30}) == told


def in_a_loop_of_its_own(work: Callable[..., Any], *args: Any) -> None:
    """Run it in a thread: a browser of another test may have a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(anyio.run, work, *args).result()


def test_a_stream_without_end_is_cut_off(client: TestClient) -> None:
    sent = []

    async def receive() -> dict[str, object]:
        sent.append(1)
        return {"type": "http.request", "body": b" " * 1024, "more_body": True}  # without end

    answer: list[dict[str, object]] = []

    async def send(message: dict[str, object]) -> None:
        answer.append(message)

    scope = {"type": "http", "method": "POST", "path": "/api/assess", "query_string": b"", "headers": [(b"content-type", b"application/json")], "root_path": "", "client": ("1.2.3.4", 5)}
    in_a_loop_of_its_own(client.app, scope, receive, send)
    assert len(sent) == 1024 + 1  # one more than a megabyte
    assert answer[0]["status"] == 413
    assert (b"connection", b"close") in answer[0]["headers"]  # type: ignore[operator]


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "application/yaml", ""])
def test_only_json_is_taken(client: TestClient, content_type: str) -> None:
    assert refused(client, b'{"answers": {}}', headers={"content-type": content_type}) == (415, "wrong_type", "请用 JSON 写正文，并写明 Content-Type: application/json。")


def test_json_may_name_its_encoding(client: TestClient) -> None:
    assert client.post("/api/assess", content="\ufeff{\"answers\": {}}".encode(), headers={"content-type": "Application/JSON; charset=utf-8"}).status_code == 200


def test_answers_in_the_address_are_refused(client: TestClient) -> None:
    assert refused(client, b'{"answers": {}}', "/api/assess?seats=40") == (422, "in_address", "网址里带了参数。回答写在正文里，不要写在网址里：网址会留在日志和浏览记录里。")


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/x", "/api/assess/"])
def test_an_unknown_address_is_told_in_json(client: TestClient, path: str) -> None:
    assert refused(client, b"{}", path) == (404, "no_such_path", "没有这个地址。有哪些地址，见 /api/openapi.json。")


def test_a_wrong_method_is_told_which_is_right(client: TestClient) -> None:
    found = client.request("PUT", "/api/assess")
    assert (found.status_code, found.headers["allow"], found.json()) == (405, "POST", {"code": "wrong_method", "message": "/api/assess 不接受 PUT，只接受 POST。"})
    assert set(client.post("/api/rulebook").headers["allow"].split(", ")) == {"GET", "HEAD"}


def test_broken_rules_decide_nothing(tmp_path: object) -> None:
    def broken() -> Rulebook:
        return load(HARBOUR / "nowhere")

    with pytest.raises(RulebookError) as error:
        broken()
    client = client_of(broken)
    told = f"规则文件有 {len(error.value.problems)} 处错误，暂时不能判断。请让维护的人运行 python -m eligibility check，照提示改好。"
    assert refused(client, b'{"answers": {}}') == refused(client, b'{"answers": {}}', "/api/report.pdf") == (503, "rules_broken", told)
    for path in ("/api/rulebook", "/api/questions", "/api/openapi.json", "/healthz"):
        assert (client.get(path).status_code, client.get(path).json()["code"]) == (503, "rules_broken")


def test_what_nobody_foresaw_gets_a_number_and_no_details(caplog: pytest.LogCaptureFixture) -> None:
    def fails() -> Rulebook:
        raise ZeroDivisionError("secret")

    status, code, message = refused(client_of(fails), b'{"answers": {}}')
    assert (status, code) == (500, "failed")
    number = message.removeprefix("没有做成，原因记在程序的日志里。请把编号 ").removesuffix(" 告诉维护的人。")
    assert f"error {number}" in caplog.text
    assert "secret" not in message


def test_who_asks_too_often_is_told_when_to_come_back(harbour: Rulebook) -> None:
    client = client_of(lambda: harbour, per_minute=2)
    assert [client.get("/api/questions").status_code for _ in range(2)] == [200, 200]
    found = client.get("/api/questions")
    assert (found.status_code, found.json()) == (429, {"code": "too_many_requests", "message": f"一分钟里请求超过 2 次。请过 {found.headers['retry-after']} 秒再发。"})
    assert 1 <= int(found.headers["retry-after"]) <= 30
    assert client.get("/healthz").status_code == 200


def test_requests_come_back_with_time_and_one_caller_does_not_use_up_another_s() -> None:
    now = 0.0
    rate = Rate(60, lambda: now)
    for _ in range(60):
        rate.count("1.2.3.4")
    with pytest.raises(RefusedError, match="请过 1 秒再发"):
        rate.count("1.2.3.4")
    rate.count("1.2.3.5")
    now = 1.0
    rate.count("1.2.3.4")
    with pytest.raises(RefusedError):
        rate.count("1.2.3.4")
    now = 1000.0
    for _ in range(60):
        rate.count("1.2.3.4")
    with pytest.raises(RefusedError):
        rate.count("1.2.3.4")


def test_one_ipv6_network_is_one_caller() -> None:
    rate = Rate(2, lambda: 0.0)
    rate.count("2001:db8::1")
    rate.count("2001:db8::2")
    with pytest.raises(RefusedError):
        rate.count("2001:db8::3")
    rate.count("2001:db8:0:1::1")


def test_ipv4_callers_are_told_apart_on_a_server_for_both() -> None:
    rate = Rate(1, lambda: 0.0)
    rate.count("::ffff:1.2.3.4")
    rate.count("::ffff:1.2.3.5")
    with pytest.raises(RefusedError):
        rate.count("1.2.3.4")


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        (("1.2.3.4", 1), [], "1.2.3.4"),
        (("1.2.3.4", 1), ["5.6.7.8"], "1.2.3.4"),
        (("127.0.0.1", 1), [], "127.0.0.1"),
        (("127.0.0.1", 1), ["5.6.7.8"], "5.6.7.8"),
        (("::ffff:127.0.0.1", 1), ["9.9.9.9, 5.6.7.8"], "5.6.7.8"),
        (("::1", 1), ["9.9.9.9", "5.6.7.8"], "5.6.7.8"),
        (None, ["5.6.7.8"], "5.6.7.8"),
        (None, [], ""),
    ],
)
def test_a_proxy_on_this_machine_is_believed_about_the_last_step_only(peer: tuple[str, int] | None, forwarded: list[str], expected: str) -> None:
    assert caller(Request({"type": "http", "client": peer, "headers": [(b"x-forwarded-for", f.encode()) for f in forwarded]})) == expected


def test_callers_are_not_remembered_without_end() -> None:
    rate = Rate(1, lambda: 0.0)
    for n in range(MOST_CALLERS + 10):
        rate.count(f"host-{n}")
    assert len(rate._left) == MOST_CALLERS


def test_a_full_queue_is_told_at_once() -> None:
    lane, go = Lane(1, waiting=1), threading.Event()
    told: list[str] = []

    async def one() -> None:
        try:
            await lane.run(lambda: go.wait(10))
        except RefusedError as error:
            told.append(error.code)
            go.set()

    async def three() -> None:
        async with anyio.create_task_group() as group:
            for _ in range(3):
                group.start_soon(one)
                await anyio.sleep(0.01)

    in_a_loop_of_its_own(three)
    assert told == ["busy"]


def test_scripts_of_other_sites_are_kept_out_unless_they_are_listed(client: TestClient, harbour: Rulebook) -> None:
    asking = {"origin": "https://park.example", "access-control-request-method": "POST", "access-control-request-headers": "content-type"}
    assert "access-control-allow-origin" not in client.get("/api/questions", headers=asking).headers
    assert client.options("/api/assess", headers=asking).status_code == 405
    listed = client_of(lambda: harbour, origins=("https://park.example",))
    again = {**asking, "access-control-request-method": "GET", "access-control-request-headers": "if-none-match"}
    assert listed.options("/api/questions", headers=again).status_code == 200
    assert listed.options("/api/assess", headers=asking).headers["access-control-allow-origin"] == "https://park.example"
    assert listed.get("/api/questions", headers=asking).headers["access-control-allow-origin"] == "https://park.example"
    other = {**asking, "origin": "https://other.example"}
    assert listed.options("/api/assess", headers=other).status_code == 400
    assert "access-control-allow-origin" not in listed.get("/api/questions", headers=other).headers


@pytest.mark.parametrize("asking", [{"origin": "https://other.example"}, {"access-control-request-method": "PUT"}, {"access-control-request-headers": "x-secret"}])
def test_a_browser_that_asks_for_a_script_that_may_not_call_is_told_as_everybody_is(harbour: Rulebook, asking: dict[str, str]) -> None:
    listed = client_of(lambda: harbour, origins=("https://park.example",))
    found = listed.options("/api/assess", headers={"origin": "https://park.example", "access-control-request-method": "POST", **asking})
    said = "这个网站的脚本不能这样调用。请让维护的人把网站列在 ELIGIBILITY_API_ORIGINS 里；方法只用 GET、POST，请求头只用 Content-Type、If-None-Match。"
    assert (found.status_code, found.json()) == (KINDS["other_site"].status, {"code": "other_site", "message": said})
    assert found.headers["content-type"] == "application/json"
    assert "origin" in found.headers["vary"].lower()


@pytest.mark.parametrize(("method", "path"), [("GET", "/api/questions"), ("GET", "/api/x"), ("PUT", "/api/assess"), ("GET", "/healthz")])
def test_every_answer_is_data_and_nothing_else(client: TestClient, method: str, path: str) -> None:
    headers = client.request(method, path).headers
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["x-content-type-options"] == "nosniff"


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20) | st.sampled_from(["green", "west", "不清楚", "2027-08-31", "seen"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5) | st.sampled_from(["chosen", "unsure", "value", "about", "source", "certificates", "number", "until", "green"]), inner, max_size=5),
    max_leaves=12,
)
QUESTIONS = ["trade", "quay", "badges", "seats", "length", "resident", "ferry"]


@settings(max_examples=200)
@given(body=ANYTHING | st.fixed_dictionaries({"answers": st.dictionaries(st.sampled_from(QUESTIONS), ANYTHING) | ANYTHING}, optional={"on": st.dates().map(str) | ANYTHING}))
def test_no_json_makes_it_fail(client: TestClient, body: object) -> None:
    found = client.post("/api/assess", content=json.dumps(body).encode(), headers=JSON)
    assert found.status_code in (200, 400, 422), found.text


@settings(max_examples=200)
@given(body=st.binary(max_size=50) | st.text(max_size=50).map(str.encode))
def test_no_bytes_make_it_fail(client: TestClient, body: bytes) -> None:
    found = client.post("/api/assess", content=body, headers=JSON)
    assert found.status_code in (400, 422), found.text
