"""Today's result of every client, kept in one go, so that next year each can be compared with it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, auto
from pathlib import Path

from eligibility.assessment import assess
from eligibility.clients.desk import Desk
from eligibility.clients.problems import ClientsError
from eligibility.clients.records import Client
from eligibility.rulebook.archive import ARCHIVE
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import DEFAULT_RULES


class Became(Enum):
    """What became of one client's result."""

    KEPT = auto()
    THERE_ALREADY = auto()  # one of that day
    NO_ANSWERS = auto()
    REFUSED = auto()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one client's result. `fault` says what was wrong, in a sentence; a result can be kept all the same."""

    client: str
    name: str
    became: Became
    fault: str = ""


def keep_results(desk: Desk, clients: Iterable[Client], rulebook: Rulebook, *, on: date, at: datetime, rules: Path = DEFAULT_RULES, archive: Path = ARCHIVE) -> Iterator[Outcome]:
    """Keep the result of each client that has answers, unless one of that day is there.

    Each is a transaction of its own: whoever stops in between loses nothing, and whoever begins anew keeps nothing twice.
    Raises RulebookError or OSError if the version of the rules cannot be kept: then none is.
    """
    there = desk.assessed_on(on)
    for client in clients:
        if client.id in there:
            yield Outcome(client.id, client.name, Became.THERE_ALREADY)
            continue
        profile, unread = client.profile(rulebook)
        if not profile.answers:
            fault = f"{client.name}：存着的回答现在的规则都读不了，没有留存。" if unread else ""
            yield Outcome(client.id, client.name, Became.REFUSED if unread else Became.NO_ANSWERS, fault)
            continue
        try:
            made = desk.keep_first_result(client.id, assess(rulebook, profile, on=on), at=at, rules=rules, archive=archive)
        except ClientsError as error:  # this one cannot be kept; the others can
            yield Outcome(client.id, client.name, Became.REFUSED, f"{client.name}：没有留存。{error}")
            continue
        fault = f"{client.name}：有 {len(unread)} 个回答现在的规则读不了，结果是按其余的回答判断的。" if unread and made else ""
        yield Outcome(client.id, client.name, Became.KEPT if made else Became.THERE_ALREADY, fault)


def kept_words(outcomes: Collection[Outcome]) -> str:
    """How many results were kept, and of how many clients none was, and why."""
    count = {became: sum(o.became is became for o in outcomes) for became in Became}
    told = [f"留存了 {count[Became.KEPT]:,} 家今天的结果"]
    told += [f"{count[Became.THERE_ALREADY]:,} 家今天已经留存过，没有再留"] if count[Became.THERE_ALREADY] else []
    told += [f"{count[Became.NO_ANSWERS]:,} 家还没有回答，没有可留存的"] if count[Became.NO_ANSWERS] else []
    told += [f"{count[Became.REFUSED]:,} 家没有留存成"] if count[Became.REFUSED] else []
    return "；".join(told) + "。"
