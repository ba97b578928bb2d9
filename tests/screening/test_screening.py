"""Many clients at once: the same verdicts as one by one, who lacks what, and what most of them lack."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eligibility.assessment import Verdict, assess
from eligibility.override import Override
from eligibility.profile import Profile, read_profile
from eligibility.roster import Company
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import load
from eligibility.screening.clients import Client, from_roster
from eligibility.screening.gaps import gaps
from eligibility.screening.screening import Lack, Screening, as_decided, lacks_of, look_up, screen
from tests.clients.conftest import NOON
from tests.conftest import DAY
from tests.harbour import FERRY, HARBOUR
from tests.profiles import profiles


@pytest.fixture(scope="module")
def harbour() -> Rulebook:
    return load(HARBOUR)


@pytest.fixture(scope="module")
def fleet(harbour: Rulebook) -> Screening:
    """A ferry, one without its badge, one of which nothing is known but its trade, and one from elsewhere."""
    boats = [("A", FERRY), ("B", FERRY | {"badges": []}), ("C", {"trade": "ferry"}), ("D", FERRY | {"quay": "offshore"})]
    clients, faults = from_roster([Company(name, answers) for name, answers in boats], harbour)
    assert faults == []
    return screen(harbour, clients, on=DAY)


@settings(max_examples=30)
@given(data=st.data())
def test_a_cell_of_the_matrix_is_what_the_client_alone_would_be_told(rulebook: Rulebook, data: st.DataObject) -> None:
    found: list[Profile] = data.draw(st.lists(profiles(rulebook), min_size=1, max_size=3))
    screening = screen(rulebook, [Client(f"第 {n} 家", p) for n, p in enumerate(found)], on=DAY)
    for place, profile in enumerate(found):
        alone = assess(rulebook, profile, on=DAY)
        assert screening.row(place) == tuple(e.verdict for e in alone.supports)
        assert screening.counts(place) == alone.counts
        for entry in alone.supports:
            undecided = entry.verdict in (Verdict.OPEN, Verdict.NEAR)
            assert screening.lacks(place, entry.support.id) == (lacks_of(entry) if undecided else ())
            assert bool(screening.lacks(place, entry.support.id)) == undecided  # an undecided cell always says what is wanting


def test_what_an_advisor_decided_otherwise_is_what_counts(fleet: Screening) -> None:
    def made(support: str, verdict: Verdict) -> Override:
        return Override(f"{support} {verdict}", support, verdict, Verdict.OPEN, "窗口答复", "李强", NOON)

    overrides = (made("electric-engine", Verdict.EXCLUDED),), (), (made("electric-engine", Verdict.NEAR), made("gone", Verdict.MATCHED)), (made("electric-engine", Verdict.MATCHED),)
    turned = replace(fleet, clients=tuple(c._replace(overrides=o) for c, o in zip(fleet.clients, overrides, strict=True)))
    shown = as_decided(turned)
    found, before = look_up(shown, "electric-engine"), look_up(fleet, "electric-engine")
    assert [c.client.name for c in found.matched] == ["D"]
    assert found.excluded == before.excluded
    assert shown.verdict(0, "electric-engine") is Verdict.EXCLUDED
    assert shown.verdict(2, "electric-engine") is Verdict.NEAR
    assert shown.lacks(2, "electric-engine") == fleet.lacks(2, "electric-engine"), "what is lacking stays the program's"
    assert shown.counts(3)[Verdict.MATCHED] == fleet.counts(3)[Verdict.MATCHED] + 1
    assert as_decided(fleet) is fleet
    matched = as_decided(replace(turned, clients=tuple(c._replace(overrides=(made("electric-engine", Verdict.MATCHED),)) for c in fleet.clients)))
    assert all(matched.lacks(n, "electric-engine") == () for n in range(len(fleet.clients))), "what matches lacks nothing"


def test_looking_up_a_support_says_who_matches_and_who_lacks_what(fleet: Screening) -> None:
    found = look_up(fleet, "electric-engine")
    assert [c.client.name for c in found.matched] == ["A"]
    assert fleet.verdict(0, "electric-engine") is Verdict.MATCHED
    short = {c.client.name: c.lacks for c in (*found.one_short, *found.further)}
    assert short["C"] == (Lack("answer", "quay"), Lack("answer", "badges"))
    assert "D" not in short
    places = [c.place for group in (found.matched, found.to_ask, found.one_short, found.further) for c in group]
    assert len(places) + found.excluded == len(fleet.clients) == sum(fleet.totals("electric-engine").values())


def test_groups_of_a_lookup_follow_what_the_client_itself_can_see_to(fleet: Screening) -> None:
    seen = set()
    for support in fleet.rulebook.supports:
        found = look_up(fleet, support)
        for distance, group in ((0, found.to_ask), (1, found.one_short)):
            for candidate in group:
                seen.add(distance)
                assert sum(lack.kind != "ask" for lack in candidate.lacks) == distance
        assert all(sum(lack.kind != "ask" for lack in c.lacks) >= 2 for c in found.further)
    assert seen == {0, 1}


def test_the_commonest_gap_comes_first_and_is_counted_by_hand(fleet: Screening) -> None:
    found = gaps(fleet)
    kinds = [g.lack.kind == "ask" for g in found]
    assert kinds == sorted(kinds)
    assert any(kinds)
    for gap in found:
        cells = [(c, s) for c in range(len(fleet.clients)) for s in fleet.rulebook.supports if gap.lack in fleet.lacks(c, s)]
        assert gap.clients == len({c for c, _ in cells})
        assert gap.supports == len({s for _, s in cells})
        others = [[lack for lack in fleet.lacks(*cell) if lack != gap.lack and lack.kind != "ask"] for cell in cells]
        if gap.lack.kind != "ask":
            assert gap.alone == sum(not o for o in others)
    own = [g.clients for g in found if g.lack.kind != "ask"]
    assert own == sorted(own, reverse=True)


def test_answers_that_cannot_be_used_are_told_with_the_client(harbour: Rulebook) -> None:
    clients, faults = from_roster([Company("A", {"trade": "fery", "quay": "west"})], harbour)
    assert clients == [Client("A", read_profile({"quay": "west"}, harbour.questions)[0])]
    assert faults == ["A：trade：没有“fery”这个选项。是不是“ferry”？"]


def test_progress_of_a_screening_is_told_and_raising_in_it_cancels(harbour: Rulebook) -> None:
    told: list[tuple[int, int]] = []
    clients = [Client(str(n), Profile()) for n in range(45)]
    screen(harbour, clients, on=DAY, progress=lambda done, of: told.append((done, of)))
    assert told == [(20, 45), (40, 45), (45, 45)]

    def stop(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        screen(harbour, clients, on=DAY, progress=stop)
