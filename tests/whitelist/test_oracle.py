"""The check beside its oracle: a sample of ``python -m bench.oracle``, a world of every era, answer compared with answer."""

from __future__ import annotations

import pytest

from tests.whitelist.oracle_product import Comparison
from tests.whitelist.oracle_scene import ERAS
from whitelist.rules import RULES, permit

ISSUES = 50
"""Issues that a world of the sample has at least."""


@pytest.mark.parametrize("era", sorted(ERAS))
def test_product_and_oracle_give_the_same_answers(era: str) -> None:
    comparison = Comparison(2026, era=era)
    assert "\n".join(map(str, comparison.differences(150))) == ""
    assert comparison.counts["manifest.issue"] >= ISSUES


def test_the_comparison_notices_a_rule_that_is_missing() -> None:
    """The rule that is left out is R-18; without it the oracle refuses what the product admits."""
    rules = tuple(rule for rule in RULES if rule is not permit.permit_covers_the_code)
    found = [difference for seed in range(4) for difference in Comparison(seed, rules=rules).differences(70)]
    assert {difference.what for difference in found} <= {"admission", "codes"}
    assert any("PERMIT_SCOPE" in difference.expected.refused - difference.found.refused for difference in found)
