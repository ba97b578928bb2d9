"""Whom to contact: today's name, the local door, and Dalian's own bodies."""

from __future__ import annotations

import pytest

from eligibility.directory import Directory, Door
from eligibility.rulebook.book import Rulebook


def doors(rulebook: Rulebook, support: str, city: str | None) -> dict[str, Door]:
    return {d.id: d for d in Directory(rulebook, city).doors(rulebook.supports[support])}


def of_article(rulebook: Rulebook, policy: str, article: str) -> str:
    """Some support that rests on this article alone."""
    return next(s.id for s in rulebook.supports.values() if [(x.policy, x.article) for x in s.sources] == [(policy, article)])


def test_the_bodies_come_in_the_printed_order(rulebook: Rulebook) -> None:
    found = doors(rulebook, of_article(rulebook, "ln2024", "五"), "shenyang")
    assert [d.printed_as for d in found.values()] == ["省科技厅", "省教育厅", "省人力资源社会保障厅"]


@pytest.mark.parametrize(
    ("city", "name"),
    [("dalian", "大连市科学技术局"), ("huludao", "葫芦岛市科学技术局"), ("shenfu", "沈抚改革创新示范区管委会产业发展和科技创新局"), ("elsewhere", None), (None, None)],
)
def test_the_first_door_is_local(rulebook: Rulebook, city: str | None, name: str | None) -> None:
    door = doors(rulebook, "ln2024-05-innovation-voucher", city)["science_technology"]
    assert (door.name, door.local, door.ask_at) == ("辽宁省科学技术厅", name, name or "辽宁省科学技术厅")


def test_a_local_door_that_we_do_not_know_is_not_made_up(rulebook: Rulebook) -> None:
    found = doors(rulebook, of_article(rulebook, "ln2024", "五"), "shenyang")
    assert found["education"].local is None


def test_a_dalian_company_is_sent_to_the_dalian_bodies_and_no_other(rulebook: Rulebook) -> None:
    eight = of_article(rulebook, "ln2024", "八")
    in_dalian, in_anshan = doors(rulebook, eight, "dalian"), doors(rulebook, eight, "anshan")
    assert {"financial_regulation_dalian", "securities_dalian"} <= in_dalian.keys()
    assert not {"financial_regulation_liaoning", "securities_liaoning"} & in_dalian.keys()
    assert {"financial_regulation_liaoning", "securities_liaoning"} <= in_anshan.keys()
    assert not {"financial_regulation_dalian", "securities_dalian"} & in_anshan.keys()
    assert in_dalian["financial_regulation_dalian"].printed_as == "大连金融监管局"


def test_a_dalian_company_is_sent_to_the_dalian_body_also_where_2018_prints_only_the_provincial_one(rulebook: Rulebook) -> None:
    seven = doors(rulebook, of_article(rulebook, "ln2018", "七"), "dalian")
    assert seven["securities_dalian"].printed_as == "辽宁证监局"


def test_a_renamed_body_carries_both_names(rulebook: Rulebook) -> None:
    door = doors(rulebook, of_article(rulebook, "ln2018", "十六"), "anshan")["market_regulation"]
    assert (door.printed_as, door.name, door.local) == ("省工商局", "辽宁省市场监督管理局", "鞍山市市场监督管理局")


def test_the_tax_office_is_asked_first_about_taxes(rulebook: Rulebook) -> None:
    for city, expected in [("dalian", "国家税务总局大连市税务局"), ("yingkou", "国家税务总局辽宁省税务局")]:
        first = [d for d in doors(rulebook, "ln2024-07-tax-incentives", city).values() if d.role == "first"]
        assert [d.name for d in first] == [expected]


def test_every_support_has_one_first_door_with_a_dated_contact(rulebook: Rulebook) -> None:
    for city in (None, "dalian", "shenyang", "shenfu"):
        for support in rulebook.supports:
            found = doors(rulebook, support, city)
            assert sum(d.role == "first" for d in found.values()) == 1
            assert all(d.contacts and d.checked.isoformat() == "2026-11-22" for d in found.values())
