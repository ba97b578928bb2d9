"""The companies on which the reports are tried."""

from __future__ import annotations

from typing import Any

from eligibility.assessment import Assessment, assess
from eligibility.profile import read_profile
from eligibility.rulebook.book import Rulebook
from tests.conftest import DAY

# A high-tech manufacturer in Shenyang, all questions answered: the typical reader of a report.
MANUFACTURER: dict[str, Any] = {
    "company_name": "沈阳某某智能装备制造有限公司",
    "entity": "company",
    "city": "shenyang",
    "needs": ["loan", "talent", "project"],
    "ownership": "private",
    "zone": ["high_tech_zone"],
    "industry": "manufacturing",
    "staff": 120,
    "revenue": {"value": 8000, "about": True},
    "assets": 6000,
    "titles": ["tech_sme", "high_tech"],
    "people": ["graduate"],
    "rd_expense": 480,
    "ip_class_1": 3,
    "ip_class_2": 12,
    "project_stage": "production",
    "operates": [],
    "listings": [],
}
# One that has everything, so that many direct supports match, and a long name.
CHAMPION = MANUFACTURER | {
    "company_name": "大连" + "超长名称" * 19 + "公司",
    "city": "dalian",
    "titles": ["tech_sme", "high_tech", "fledgling", "gazelle", "unicorn", "little_giant", "leading"],
    "people": ["graduate", "commissioner", "postdoc", "on_leave", "returnee_founder", "scientist"],
    "operates": ["incubator", "makerspace", "new_rd_institution", "concept_platform", "pilot_platform", "innovation_platform", "postdoc_station", "shared_instruments"],
    "listings": ["abnormal"],
}
STATE_OWNED = MANUFACTURER | {"company_name": "辽宁某某集团", "ownership": "provincial_soe", "staff": 3000, "revenue": 300000, "assets": 500000, "titles": ["high_tech"], "soe_key_task": True}
TEAM: dict[str, Any] = {"company_name": "校园团队", "entity": "team", "city": "anshan", "people": ["student"], "project_stage": "idea", "needs": ["training"]}
ELSEWHERE: dict[str, Any] = {"company_name": "外省公司", "entity": "company", "city": "elsewhere"}
NOBODY: dict[str, Any] = {}

ALL: dict[str, dict[str, Any]] = {
    "manufacturer": MANUFACTURER,
    "champion": CHAMPION,
    "state-owned": STATE_OWNED,
    "team": TEAM,
    "elsewhere": ELSEWHERE,
    "nobody": NOBODY,
}


def assessed(rulebook: Rulebook, answers: dict[str, Any]) -> Assessment:
    """The assessment of one of them, on the fixed day."""
    profile, problems = read_profile(answers, rulebook.questions)
    assert not problems
    return assess(rulebook, profile, on=DAY)
