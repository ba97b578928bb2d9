"""What is to be assessed: the answers of one enterprise, and the day."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from api.faults import RefusedError
from eligibility.assessment import DAYS
from eligibility.rulebook.problems import nearest

MOST_ANSWERS = 300


def _day(value: Any) -> Any:
    """Only the one way to write a day; pydantic alone would take numbers and times too."""
    if value is None or (isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) and str(DAYS[0]) <= value <= str(DAYS[1])):
        return value
    raise ValueError(value)


class Case(BaseModel):
    """The body of a request."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    answers: Mapping[str, Any] = Field(max_length=MOST_ANSWERS, description="题目编号: 回答。题目和可用的回答见 /api/questions；不清楚的写 null 或不写。用不上的列在 problems 里，其余照用")
    on: Annotated[date | None, BeforeValidator(_day)] = Field(default=None, description=f"按哪一天判断，如 2026-11-22，从 {DAYS[0]} 到 {DAYS[1]}；不写就是今天（北京时间）")


def case(data: Any) -> Case:
    """The case in a body. Raises RefusedError."""
    if not isinstance(data, dict):
        raise RefusedError("not_an_object", "正文应是一个对象。请写成 {\"answers\": {题目编号: 回答}}。")
    try:
        return Case.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
    match first["loc"][0], first["type"]:
        case "answers", "too_long":
            raise RefusedError("too_many_answers", f"answers 里有 {len(data['answers'])} 个回答，最多 {MOST_ANSWERS} 个。请只写 /api/questions 里有的题。")
        case "answers", _:
            raise RefusedError("no_answers", "没有 answers，或者它不是对象。请写成 {\"answers\": {题目编号: 回答}}；一题都没答写 {}。")
        case "on", _:
            raise RefusedError("bad_day", f"on 不是 {DAYS[0]} 到 {DAYS[1]} 之间的日期。请写成 2026-11-22 的样子，或者不写（就是今天）。")
        case key, _:
            raise RefusedError("unknown_key", f"没有“{str(key)[:30]}”这一项。{nearest(str(key)[:30], Case.model_fields)}")
