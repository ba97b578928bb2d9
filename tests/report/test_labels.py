"""Every enum has its Chinese names."""

from __future__ import annotations

from enum import StrEnum

import pytest

from eligibility.assessment import Outcome, Verdict
from eligibility.report.labels import BENEFICIARIES, OUTCOMES, STRENGTHS, VERDICTS, Label
from eligibility.rulebook.models import Beneficiary, Strength


@pytest.mark.parametrize(("kind", "labels"), [(Verdict, VERDICTS), (Strength, STRENGTHS), (Beneficiary, BENEFICIARIES), (Outcome, OUTCOMES)])
def test_every_member_has_a_name_of_its_own_and_an_explanation(kind: type[StrEnum], labels: dict[StrEnum, Label]) -> None:
    assert set(labels) == set(kind)
    assert len({label.name for label in labels.values()}) == len(labels)
    assert all(label.explanation for label in labels.values())


def test_verdicts_and_outcomes_can_be_told_apart_without_colour() -> None:
    for labels in (VERDICTS, OUTCOMES):
        assert len({label.symbol for label in labels.values()} - {""}) == len(labels)
