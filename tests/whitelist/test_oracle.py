"""The check beside its oracle: a sample of ``python -m bench.oracle``, a world of every era, answer compared with answer."""

from __future__ import annotations

import pytest

from tests.whitelist.oracle_product import Comparison, data, hits
from tests.whitelist.oracle_scene import ERAS
from tests.whitelist.oracle_worlds import Stream
from whitelist.rules import RULES, permit

ISSUES = 50
"""Issues that a world of the sample has at least."""


LIFE = {
    *("EMERGENCY", "EMERGENCY_CEILING", "EMERGENCY_SCOPE", "EMERGENCY_STATE", "EMERGENCY_TERM", "H EMERGENCY_UNJOINED"),
    *("LIST_ACT", "LIST_STAGE", "ROW_PERMIT", "ROW_STATE", "ROW_TWICE", "ROW_UNKNOWN", "M ROW_SCALE"),
    *("LISTED", "APPROVED", "PILOT387", "WL_NOT_IN_FORCE", "WL_QUOTA", "WL_SUSPENDED", "WL_TERM", "H WL_SUSPENDED"),
    *("APPROVAL_STATUS", "CONSENT_MASS", "QUOTA_OPENED", "H QUOTA_OVERDRAWN", "H BACKFILL_PAST"),
    *(f"M AUTH_LATE approval.{act}" for act in ("accept", "notice", "consult", "reply", "decide")),
}
"""Answers that lists, decisions and emergencies bring when they change; the worlds of the sample reach each."""


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


def test_the_worlds_reach_what_changes_lists_and_decisions() -> None:
    """Of the oracle alone, for the answers are the same: a sample that does not come by them would compare nothing."""
    missing = set(LIFE)
    for seed in (69, 5, 17, 38, 11, 32, 48):
        for step, expected in Stream(seed, data()).answers(150):
            missing -= hits(step.kind, expected)
    assert missing == set()
