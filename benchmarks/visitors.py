"""A visitor without a browser: speaks Streamlit's own protocol over a websocket, and acts like somebody at the screen.

What a browser would send is sent: the state of every input on the page, the page, the address, and which large messages
it has kept. What a browser would paint is only read as far as the next click needs it.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

from eligibility.profile import read_profile
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.models import Question
from ui.fields import NO, NOT_KNOWN, YES, Said, parts
from ui.session import COOKIE

KEPT_RUNS = 2  # for so many runs a browser keeps a large message
_QUESTION = re.compile(r'<section class="question" data-question="([^"]+)"')


class BrokenError(Exception):
    """The server showed an error, or something that no visitor should see."""


class Shown(NamedTuple):
    """One element of the page, as far as a visitor needs it: an input or a button with what it offers, or a question's heading."""

    key: str
    id: str
    kind: str
    options: tuple[str, ...]
    state: WidgetState | None  # what the browser holds for it when it first appears
    set: bool  # the server says what it shows


class Action(NamedTuple):
    """What a visitor does next: press a button, change an input, or turn to a page or an address."""

    name: str
    state: WidgetState | None = None
    page: str | None = None
    query: str | None = None


def read_element(message: ForwardMsg) -> Shown | None:
    """What a message puts on the page, if a visitor can use it."""
    delta = message.delta
    if delta.WhichOneof("type") == "add_block":
        block = delta.add_block
        if block.WhichOneof("type") == "expandable" and block.expandable.id:
            found = block.expandable
            return Shown(_key(found.id), found.id, "expander", (), WidgetState(id=found.id, bool_value=found.expanded), False)
        return None
    if delta.WhichOneof("type") != "new_element":
        return None
    kind = delta.new_element.WhichOneof("type")
    element = getattr(delta.new_element, str(kind))
    state: WidgetState | None = None
    options: tuple[str, ...] = ()
    match kind:
        case "html":
            asked = _QUESTION.search(element.body)
            return Shown(asked[1], "", "question", (), None, False) if asked else None
        case "exception":
            raise BrokenError(element.message)
        case "alert":
            if "编号" in element.body and "维护人员" in element.body:
                raise BrokenError(element.body)
            return Shown("alert", "", "alert", (element.body,), None, False)
        case "button" | "download_button":
            pass
        case "radio" | "selectbox":
            options = tuple(element.options)
            chosen = element.raw_value if element.set_value else options[element.default] if element.HasField("default") else None
            state = None if chosen is None else WidgetState(id=element.id, string_value=chosen)
        case "checkbox":
            state = WidgetState(id=element.id, bool_value=element.value if element.set_value else element.default)
        case "number_input":
            value = element.value if element.set_value else element.default if element.HasField("default") else None
            state = None if value is None else WidgetState(id=element.id, double_value=value)
        case "text_input":
            state = WidgetState(id=element.id, string_value=element.value if element.set_value else element.default)
        case "multiselect" | "button_group":
            options = tuple(element.options) if kind == "multiselect" else tuple(o.content for o in element.options)
            state = WidgetState(id=element.id)
            state.string_array_value.data.extend(element.raw_values if element.set_value else [options[i] for i in element.default])
        case _:
            return None
    return Shown(_key(element.id), element.id, str(kind), options, state, bool(getattr(element, "set_value", False)))


def _key(id_: str) -> str:
    """The key that the page gave: ids are `$$ID-<hash>-<key>`."""
    return id_.split("-", 2)[2]


class Connection:
    """One tab: what is on its screen, and what it has kept."""

    large: dict[str, Shown | None] = {}  # noqa: RUF012  what each large message showed; the same bytes have the same hash for everybody

    def __init__(self, url: str, cookie: str) -> None:
        self.url = url.replace("http", "ws", 1) + "/_stcore/stream"
        self.cookie = cookie
        self.socket: ClientConnection | None = None
        self.pages: dict[str, str] = {}
        self.page = self.query = ""
        self.shown: dict[str, Shown] = {}
        self.states: dict[str, WidgetState] = {}
        self.runs = 0
        self.kept: dict[str, int] = {}

    async def arrive(self, page: str = "") -> float:
        """Connect and wait for the first page. How long it took, in seconds."""
        begun = time.perf_counter()
        self.socket = await connect(self.url, additional_headers={"Cookie": f"{COOKIE}={self.cookie}"}, subprotocols=["streamlit"], max_size=None, open_timeout=120, compression=None)
        await self._run(ClientState(page_name=page))
        return time.perf_counter() - begun

    async def act(self, action: Action) -> float:
        """Do something and wait until the page is whole again. How long it took, in seconds."""
        if action.page is not None:
            self.query, hash_ = action.query or "", self.pages[action.page]
        else:
            self.query, hash_ = self.query if action.query is None else action.query, self.page
        state = ClientState(page_script_hash=hash_, query_string=self.query, cached_message_hashes=list(self.kept))
        sent = {**self.states, action.state.id: action.state} if action.state else self.states
        state.widget_states.widgets.extend(sent.values())
        if action.state is not None and action.state.WhichOneof("value") != "trigger_value":
            self.states[action.state.id] = action.state
        begun = time.perf_counter()
        await self._run(state)
        return time.perf_counter() - begun

    async def leave(self) -> None:
        """Close the tab."""
        if self.socket is not None:
            await self.socket.close()

    async def _run(self, state: ClientState) -> None:
        assert self.socket is not None
        await self.socket.send(BackMsg(rerun_script=state).SerializeToString())
        page: list[Shown | None] = []
        while True:
            message = ForwardMsg.FromString(await self.socket.recv())  # type: ignore[arg-type]
            match message.WhichOneof("type"):
                case "new_session":
                    page.clear()
                    self.page = message.new_session.page_script_hash
                case "navigation":
                    self.pages = {p.url_pathname: p.page_script_hash for p in message.navigation.app_pages}
                    self.page = message.navigation.page_script_hash
                case "page_info_changed":
                    self.query = message.page_info_changed.query_string
                case "ref_hash":
                    self.kept[message.ref_hash] = self.runs
                    page.append(self.large[message.ref_hash])
                case "delta":
                    element = read_element(message)
                    page.append(element)
                    if message.metadata.cacheable:
                        self.large[message.hash] = element
                        self.kept[message.hash] = self.runs
                case "script_finished":
                    if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                        break
        self.runs += 1
        self.kept = {hash_: run for hash_, run in self.kept.items() if self.runs - run <= KEPT_RUNS}
        self.shown = {s.key if s.id else s.kind: s for s in page if s is not None}
        before, self.states = self.states, {}
        for shown in self.shown.values():
            state_of = shown.state if shown.set or shown.id not in before else before[shown.id]
            if state_of is not None:
                self.states[shown.id] = state_of

    @property
    def place(self) -> str:
        """The page on the screen, by its address."""
        return next((path for path, hash_ in self.pages.items() if hash_ == self.page), "")

    def pressing(self, key: str) -> WidgetState:
        """A click on a button."""
        return WidgetState(id=self.shown[key].id, trigger_value=True)


class Visitor:
    """Somebody with answers of their own, who answers what is asked, looks at the results, and reads in the library."""

    def __init__(self, connection: Connection, book: Rulebook, answers: Mapping[str, Any], chance: random.Random) -> None:
        self.tab = connection
        self.book = book
        self.profile = read_profile(answers, book.questions)[0]
        self.chance = chance
        self.looked = 0  # actions since the answers were complete

    def next(self) -> Action:
        """What this visitor does now."""
        match self.tab.place:
            case "":
                return self._answering()
            case "result":
                self.looked += 1
                return self._looking()
            case _:
                self.looked += 1
                return self._reading()

    @property
    def done(self) -> bool:
        """Whether this visitor has seen enough."""
        return self.looked > 20

    def _answering(self) -> Action:
        shown = self.tab.shown
        if (heading := shown.get("question")) is None:
            if "begin" in shown:
                return Action("自测：下一题", self.tab.pressing("begin"))
            return Action("结果：打开", page="result")
        question = self.book.questions[heading.key]
        if "alert" in shown and (change := self._refused(question)) is not None:
            return Action("自测：答题", change)
        change = next(self._changes(question), None)
        if change is not None:
            return Action("自测：答题", change)
        return Action("自测：下一题", self.tab.pressing(f"next-{question.id}"))

    def _changes(self, question: Question) -> Iterator[WidgetState]:
        """The inputs of a question that do not yet say what this visitor would say."""
        answer = self.profile.answers.get(question.id)
        wanted = parts(question, Said(answer, question.id in self.profile.estimates, answer is None))
        for part, value in wanted.items():
            shown = self._input(question, part)
            if shown is None:
                continue
            now = self.tab.states.get(shown.id)
            match shown.kind:
                case "radio":
                    ids = [YES, NO, NOT_KNOWN] if question.kind == "yes_no" else [*(o.id for o in question.options), NOT_KNOWN]
                    name = shown.options[ids.index(value)]
                    if now is None or now.string_value != name:
                        yield WidgetState(id=shown.id, string_value=name)
                case "checkbox":
                    if now is None or now.bool_value != value:
                        yield WidgetState(id=shown.id, bool_value=value)
                case "number_input":
                    if value is not None and (now is None or now.double_value != value):
                        yield WidgetState(id=shown.id, double_value=value)

    def _refused(self, question: Question) -> WidgetState | None:
        """After 下一题 was refused: 不清楚."""
        shown = self._input(question, "unknown")
        now = self.tab.states.get(shown.id) if shown else None
        return WidgetState(id=shown.id, bool_value=True) if shown and not (now and now.bool_value) else None

    def _input(self, question: Question, part: str) -> Shown | None:
        ending = f"-{question.id}-{part}"
        return next((s for k, s in self.tab.shown.items() if k.endswith(ending) and k.startswith("q")), None)

    def _looking(self) -> Action:
        groups = next((s for k, s in self.tab.shown.items() if k.startswith("group-")), None)
        if groups is None:  # nothing is answered yet
            return Action("自测：打开", page="")
        more = [k for k, s in self.tab.shown.items() if k.startswith("limit-") and s.kind == "button"]
        folded = [s for k, s in self.tab.shown.items() if k.startswith("indirect-")]
        luck = self.chance.random()
        if luck < 0.15:
            return Action("政策库：打开", page="library")
        if luck < 0.3 and more:
            return Action("结果：再看", self.tab.pressing(self.chance.choice(more)))
        if luck < 0.45 and folded:
            each = self.chance.choice(folded)
            return Action("结果：展开", WidgetState(id=each.id, bool_value=not self.tab.states[each.id].bool_value))
        others = [o for o in groups.options if o not in self.tab.states[groups.id].string_array_value.data]
        state = WidgetState(id=groups.id)
        state.string_array_value.data.append(self.chance.choice(others))
        return Action("结果：换一组", state)

    def _reading(self) -> Action:
        luck = self.chance.random()
        if luck < 0.15:
            return Action("结果：打开", page="result")
        if luck < 0.3:
            state = WidgetState(id=self.tab.shown["library-words"].id, string_value=self.chance.choice(["创新券", "高新技术企业", "贷款", ""]))
            return Action("政策库：查找", state)
        support = self.chance.choice(list(self.book.supports.values()))
        source = support.sources[0]
        query = f"support={support.id}" if luck < 0.65 else f"article={source.policy}.{source.article}"
        return Action("政策库：看一条", query=query)
