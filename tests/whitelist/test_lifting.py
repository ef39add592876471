"""Every reason of the check says who lifts it by which acts, and an authority is called by its name."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from ledger.kinds.site import TEXTS as PLACES
from liandan.wiring import KINDS, RULES
from manifests import lots, returns
from signing.refusal import Lift
from tests.manifests.driver import GENERATOR, PERMIT
from tests.manifests.test_worked_example import Example
from tests.whitelist.scene import transfer
from tests.workbench import AUTHORITY_50, AUTHORITY_51, OPERATOR
from whitelist import rules
from whitelist.dry_run import read_checks
from whitelist.lifting import WAYS, Lifting, ways_of

DECIDED = {
    "NO_CONSENT",
    "CONSENT_REFUSED",
    "CONSENT_MASS",
    "SAME_PROVINCE",
    *(f"WL_{one}" for one in ["UNKNOWN", "NOT_IN_FORCE", "DIRECTION", "RECEIVER", "PERMIT", "SCOPE", "METHOD", "QUOTA"]),
}
"""Codes of the same rules that a decision alone meets."""
ROLES: dict[Lift, set[str]] = {
    "origin_authority": {"origin_authority", "generator_authority", "carrier_authority"},
    "destination_authority": {"permit_authority", "destination_authority"},
    "declaring_authority": {"declaring_authority"},
    "both_authorities": {"origin_authority"},
    "operator": {"operator+authorities"},
}


def lifts() -> Iterator[tuple[str, str, Lift]]:
    """Every code of the check with each of its causes, and who lifts it."""
    codes = {text.code for text in (*rules.TEXTS, *returns.TEXTS, *lots.TEXTS, *PLACES)} | {
        "NOT_YET",
        "QTY",
        "PARTY_UNKNOWN",
        "PARTY_CLOSED",
        "DATA_NOT_ADOPTED",
    }
    for code in sorted(codes - DECIDED):
        yield code, "", RULES[code].lift
        yield from ((code, cause, text.lift) for cause, text in RULES[code].causes.items())


@pytest.mark.parametrize(("code", "cause", "lift"), list(lifts()))
def test_there_is_a_way_out_of_everything_that_somebody_can_lift_and_he_is_in_it(code: str, cause: str, lift: Lift) -> None:
    ways = ways_of(code, cause, lift)
    assert bool(ways) == (lift != "nobody")
    steps = [step.split(" ") for way in ways for step in way.split(", ")]
    assert all(kind in KINDS.by_name for kind, _ in steps)
    if ways:
        assert {role for _, role in steps} & ROLES.get(lift, {"generator"}), "who lifts it signs something"


def test_rows_are_of_codes_and_causes_that_exist() -> None:
    for name in WAYS:
        code, _, cause = name.partition(":")
        assert code in RULES
        assert not cause or cause in RULES[code].causes


@pytest.fixture(scope="module")
def lifting() -> Lifting:
    bench = Example()
    [asked] = read_checks(json.dumps({"transfers": [transfer()]}).encode()).transfers
    return Lifting(generator=GENERATOR, transfer=asked, facts=bench.facts, kinds=KINDS, language="zh")  # type: ignore[arg-type]  # in form


def test_a_way_names_acts_in_their_order_and_who_signs_each(lifting: Lifting) -> None:
    again, anew = lifting.ways("APPROVAL_QUOTA", "LEFT", "generator")
    assert [(step.kind, step.text) for step in again] == [("manifest.issue/1", "开具联单")]
    assert [step.kind for step in anew] == ["approval.apply/1", "approval.decide/1"]
    assert [one.party for one in anew[0].by] == [GENERATOR]
    assert [(one.party, one.name) for one in anew[1].by] == [(AUTHORITY_51, "甲省生态环境厅（虚构）")]


def test_a_permit_is_lifted_by_the_authority_of_its_receiver(lifting: Lifting) -> None:
    [[step]] = lifting.ways("PERMIT_STATUS", "SUSPENDED", "destination_authority")
    assert (step.kind, [one.party for one in step.by], step.all) == ("permit.resume/1", [AUTHORITY_50], False)
    assert PERMIT.split("/")[1][2:4] == "50"


def test_a_data_set_is_adopted_by_all_together(lifting: Lifting) -> None:
    [[step]] = lifting.ways("DATA_NOT_ADOPTED", "NONE", "operator")
    assert ([one.party for one in step.by], step.all) == ([OPERATOR, AUTHORITY_51, AUTHORITY_50], True)


def test_what_nobody_lifts_has_no_way(lifting: Lifting) -> None:
    assert lifting.ways("PERMIT_STATUS", "REVOKED", "nobody") == ()
