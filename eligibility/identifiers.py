"""Numbers that companies carry. A check warns, it never refuses: formats are not all verified, and people mistype."""

from __future__ import annotations

import re
from dataclasses import dataclass

from stdnum import numdb
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from eligibility.profile import Profile
from eligibility.rulebook.book import Rulebook


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a unified social credit code says of the place of registration; the user confirms it."""

    option: str
    place: str


def warnings(rulebook: Rulebook, profile: Profile) -> tuple[str, ...]:
    """Numbers that do not look right, each as one sentence."""
    found = []
    for question in rulebook.questions.values():
        answer = profile.answers.get(question.id)
        if question.identifier == "uscc" and isinstance(answer, str) and (fault := _code_fault(answer)):
            found.append(f"{question.short}“{answer}”{fault}，请核对；不影响结果。")
    for (id_, option_id), paper in profile.certificates.items():
        option = rulebook.questions[id_].option.get(option_id)
        if option and option.number_pattern and paper.number and not re.fullmatch(option.number_pattern, paper.number.strip()):
            found.append(f"{option.name}的编号“{paper.number}”与常见的样子不同（{option.number_hint}），请核对；不影响结果。")
    return tuple(found)


def proposed_place(rulebook: Rulebook, profile: Profile) -> Proposal | None:
    """The option of the place question that digits 3 to 8 of the code point to, with the district's name."""
    place = rulebook.questions[rulebook.agency_list.place]
    for question in rulebook.questions.values():
        answer = profile.answers.get(question.id)
        if question.identifier == "uscc" and isinstance(answer, str) and _code_fault(answer) is None:
            region = uscc.compact(answer)[2:8]
            city, county = _region(region[:4] + "00"), _region(region)
            option = next((o for o in place.options if o.name == city), None)
            if option is not None:
                return Proposal(option.id, city if county in ("", city) else f"{city}{county}")
    return None


def _code_fault(code: str) -> str | None:
    try:
        uscc.validate(code)
    except ValidationError:
        return "不是有效的统一社会信用代码（18 位，末位校验不符或有误）"
    return None


def _region(digits: str) -> str:
    """The name of an administrative division, as the national table of codes lists it last."""
    found = dict(numdb.get("cn/loc").info(digits)[-1][1]).get("county", "")
    return re.sub(r"^.*\]", "", found.split(",")[-1])
