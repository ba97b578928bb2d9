"""Which part of a result a receipt's hash counts, form by form.

The data of a result may grow; the hash of a receipt that was handed out must not. So a receipt names its form, and a form
is the set of keys that were there when it was the newest. A key that is new comes with a new form beside the old ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

Shape: TypeAlias = "Mapping[str, Shape | None]"  # keys that count; None: whatever stands there counts as a whole


def _all(keys: str) -> dict[str, Shape | None]:
    return dict.fromkeys(keys.split())


_INDICATOR_1 = _all("name low high most")
_INDICATOR_1["parts"] = _INDICATOR_1

FORMS: Mapping[int, Shape] = {
    1: {
        **_all("on answers counts notices"),
        "rulebook": {**_all("version title reviewed fingerprint"), "policies": _all("id title issued effective reviewed number issued_by")},
        "first_steps": _all("kind text supports"),
        "plan": _all("text says opens after"),
        "renewals": _all("status number until"),
        "statuses": {**_all("id name stand missing gap turning_points"), "score": {**_INDICATOR_1, "mark": None}},
        "supports": {
            **_all("id title gives verdict strength kind beneficiary wording missing asks steps changes unverified to_ask prepare not_stated note caution see_also superseded_by supersedes"),
            "sources": _all("policy article label quote"),
            "agencies": {**_all("id name printed_as role local checked"), "contacts": _all("kind value label")},
            "reasons": {**_all("criterion outcome missing asks steps defined_by"), "given": _all("question answer")},
        },
    },
}
NEWEST = max(FORMS)


def counted(data: Any, shape: Shape | None) -> Any:
    """What of the data a form counts."""
    if shape is None:
        return data
    if isinstance(data, list):
        return [counted(part, shape) for part in data]
    return {key: counted(value, shape[key]) for key, value in data.items() if key in shape} if isinstance(data, Mapping) else data
