"""The doors to knock at for all clients together: whom to call, on whose behalf, about what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from eligibility.assessment import Verdict
from eligibility.directory import Directory, Door
from eligibility.screening.screening import Screening


@dataclass(frozen=True, slots=True)
class Call:
    """One door: the places of the clients with a support that matches there, of those with one that is still open, and the supports by how many clients they concern."""

    door: Door
    matched: tuple[int, ...]
    undecided: tuple[int, ...]
    supports: Mapping[str, int]


def calls(screening: Screening) -> tuple[Call, ...]:
    """Every door that a client is sent to first, that of most matching clients first. What is excluded sends nobody anywhere."""
    doors: dict[tuple[str, str], Door] = {}
    matched: dict[tuple[str, str], set[int]] = {}
    undecided: dict[tuple[str, str], set[int]] = {}
    supports: dict[tuple[str, str], Counter[str]] = {}
    by_place: dict[str | None, list[tuple[str, tuple[str, str] | None]]] = {}
    for number, client in enumerate(screening.clients):
        place = client.profile.answers.get(screening.rulebook.agency_list.place)
        place = place if isinstance(place, str) else None
        if place not in by_place:
            by_place[place] = _first_doors(screening, place, doors)
        for (support, key), verdict in zip(by_place[place], screening.row(number), strict=True):
            if key is not None and verdict is not Verdict.EXCLUDED:
                (matched if verdict is Verdict.MATCHED else undecided).setdefault(key, set()).add(number)
                supports.setdefault(key, Counter())[support] += 1
    order = {id_: n for n, id_ in enumerate(screening.rulebook.supports)}
    found = []
    for key, often in supports.items():
        in_order = sorted(often, key=lambda id_, often=often: (-often[id_], order[id_]))  # type: ignore[misc]
        found.append(Call(doors[key], tuple(sorted(matched.get(key, ()))), tuple(sorted(undecided.get(key, ()))), {id_: often[id_] for id_ in in_order}))
    return tuple(sorted(found, key=lambda c: (-len(c.matched), -len(c.undecided), c.door.id, c.door.ask_at)))


def _first_doors(screening: Screening, place: str | None, doors: dict[tuple[str, str], Door]) -> list[tuple[str, tuple[str, str] | None]]:
    """For each support, the door at which companies of a place ask first."""
    directory = Directory(screening.rulebook, place)
    found: list[tuple[str, tuple[str, str] | None]] = []
    for support in screening.supports:
        door = next((d for d in directory.doors(support) if d.role == "first"), None)
        key = (door.id, door.ask_at) if door else None
        if door and key:
            doors.setdefault(key, door)
        found.append((support.id, key))
    return found
