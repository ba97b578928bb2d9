"""From the bodies that an article prints to the doors that a company in a given place can knock at.

A place may have a body of its own (Dalian's tax office): its companies are sent there, all others to the provincial
one. The first door is local: the counterpart bureau of the place, as far as the rulebook knows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.models import Agency, Contact, Source, Support


@dataclass(frozen=True, slots=True)
class Door:
    """One body to contact for one support.

    `name` is today's name, `printed_as` what the document prints; `role` says whether to ask here first or whether the
    document lists it as responsible as well; `local` is the counterpart in the company's own place. The contacts were
    `checked` on a day, and count as fresh up to the day on which the next check is `due`.
    """

    id: str
    name: str
    printed_as: str
    role: Literal["first", "responsible"]
    local: str | None
    contacts: tuple[Contact, ...]
    checked: date
    due: date
    basis: str | None

    @property
    def ask_at(self) -> str:
        """The door to name first: the local counterpart, else the body itself."""
        return self.local or self.name

    def stale(self, on: date) -> bool:
        """Whether its contacts were not checked again in time."""
        return on > self.due


class Directory:
    """The doors of one place (None: the place is not known)."""

    def __init__(self, rulebook: Rulebook, place: str | None) -> None:
        self.rulebook = rulebook
        self.place = place
        self._doors: dict[tuple[object, ...], tuple[Door, ...]] = {}  # most supports of one article share their doors

    def doors(self, support: Support) -> tuple[Door, ...]:
        """Whom to contact for a support: the bodies in the printed order, each once, the first one to ask marked."""
        key = (support.contact, *((s.policy, s.article) for s in support.sources))
        if key not in self._doors:
            self._doors[key] = self._find(support)
        return self._doors[key]

    def _find(self, support: Support) -> tuple[Door, ...]:
        printed: dict[str, str] = {}
        for source in support.sources:
            for agency, name in self._printed(source):
                printed.setdefault(agency.id, name)
        first = next(iter(printed), None)
        if support.contact is not None:
            wanted = self._for_place(self.rulebook.agencies[support.contact])
            first = wanted.id if wanted.id in printed else first
        return tuple(self._door(self.rulebook.agencies[i], name, i == first) for i, name in printed.items())

    def _printed(self, source: Source) -> list[tuple[Agency, str]]:
        """The bodies of one article that serve the place, with the name that the document prints for them."""
        policy = self.rulebook.policies[source.policy]
        article = policy.by_id[source.article]
        names = {i: "、".join(n for n in self.rulebook.agencies[i].printed.get(policy.id, ()) if n in (article.responsible or "")) for i in article.agencies}
        found = []
        for id_, name in names.items():
            agency = self.rulebook.agencies[id_]
            if agency.serves and self.place is not None and self.place not in agency.serves:
                continue
            agency = self._for_place(agency)
            found.append((agency, names.get(agency.id, name)))
        return found

    def _for_place(self, agency: Agency) -> Agency:
        other = agency.instead.get(self.place) if self.place is not None else None
        return self.rulebook.agencies[other] if other else agency

    def _door(self, agency: Agency, printed_as: str, first: bool) -> Door:
        return Door(
            id=agency.id,
            name=agency.name,
            printed_as=printed_as,
            role="first" if first else "responsible",
            local=self._local(agency),
            contacts=agency.contacts or (self.rulebook.agency_list.fallback,),
            checked=self.rulebook.agency_list.checked,
            due=self.rulebook.review_due(self.rulebook.agency_list.checked),
            basis=agency.basis,
        )

    def _local(self, agency: Agency) -> str | None:
        listed = self.rulebook.agency_list
        if self.place is None:
            return None
        pattern = agency.local.get(self.place) or (None if self.place in listed.no_local else agency.local.get("*"))
        return pattern and pattern.format(self.rulebook.questions[listed.place].option[self.place].name)
