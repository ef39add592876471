"""Issue and void: part 1 of the form, the check, the reservation, R-59."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from ledger.admission.admit import decide
from ledger.admission.personality import CURRENT
from ledger.fields import COMMITMENTS_MAX
from ledger.model import Admission, Decision, Moment, Refused
from ledger.times import parse_at
from manifests import acts
from manifests.model import Stage
from tests.manifests.driver import (
    APPROVAL,
    CARRIER,
    DESTINATION,
    GENERATOR,
    MANIFEST,
    NUMBER,
    ORIGIN,
    PERMIT,
    Q2,
    Q3,
    SECOND_CARRIER,
    Driver,
    a_line,
    an_issue,
    approval,
    backfilled,
    codes,
)
from tests.workbench import uscc
from whitelist.approval import ListingRef
from whitelist.rules.number import NumberHolders
from whitelist.transfer import ExemptionClaim, PreNotice

ISSUE = "manifest.issue/1"
HEX = "ab" * 32
NOBODY = uscc("520100", 7)
SECOND = f"manifest/{GENERATOR}/01K9000000000000000000MAN2"


def refused(log: Driver | None = None, **changes: object) -> list[str]:
    return (log or Driver()).refused(ISSUE, (GENERATOR,), an_issue(**changes))


def test_an_issue_reserves_what_it_declares() -> None:
    log = Driver()
    entry = log.issue()
    assert entry.admission.decision.route == "APPROVED"
    assert [(row.account, row.after_g) for row in entry.admission.decision.accounts] == [(Q2, 5_600_000), (Q3, 5_600_000)]
    assert log.state().drawn == {Q2: 5_600_000, Q3: 5_600_000}
    assert [chain for chain, _ in entry.admission.facts] == [APPROVAL, f"party/{CARRIER}", PERMIT]


def test_lines_of_one_decision_line_are_drawn_together() -> None:
    log = Driver()
    log.issue(lines=(a_line(mass_t="1"), a_line(mass_t="2")))
    assert log.state().drawn == {Q2: 3_000_000, Q3: 3_000_000}


def test_the_check_refuses_what_it_refuses_with_paths_into_the_statement() -> None:
    log = Driver()
    submission = log.submission(ISSUE, (GENERATOR,), an_issue(lines=(a_line(mass_t="3000.000001"),)))
    answer = decide(submission.kind, submission.statement, log.facts_for(submission), Moment(log.index, log.at_s, CURRENT))
    assert isinstance(answer, Refused)
    assert [(reason.code, reason.field) for reason in answer.reasons] == [("APPROVAL_QUOTA", "body.lines.0.mass_t")]


def test_the_whole_quota_may_be_issued_and_not_a_gram_more() -> None:
    log = Driver(decided_t="10")
    log.issue(lines=(a_line(mass_t="10"),))
    assert log.refused(ISSUE, (GENERATOR,), an_issue(lines=(a_line(mass_t="0.000001"),)), chain=SECOND) == ["APPROVAL_QUOTA"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"emergency_measures": "   "}, ["MISSING"]),
        ({"emergency_measures": "堵" * 2001}, ["TEXT_LONG"]),
        ({"carriers": (CARRIER, CARRIER)}, ["LIST_LENGTH"]),
        ({"origin": replace(ORIGIN, address="")}, ["MISSING"]),
        ({"destination": replace(DESTINATION, division="500115")}, ["PERMIT_SITE"]),
        ({"approval": None}, ["NO_APPROVAL"]),
        ({"mode": "sea"}, ["SEA"]),
        ({"plan": None}, ["MISSING"]),
        ({"type": "emergency"}, ["MISSING"]),
        ({"number": "20265001000123"}, ["NO_ORIGIN"]),
    ],
)
def test_a_wrong_part_one_is_refused(changes: dict[str, object], expected: list[str]) -> None:
    assert refused(**changes) == expected


def test_every_defect_of_form_comes_at_once_and_then_every_reason_of_the_check() -> None:
    assert refused(emergency_measures="", carriers=("x",), number="1", mode="air") == ["MISSING", "MODE", "NO_FORMAT", "USCC"]
    assert refused(lines=(a_line(mass_t="9999", packs=0),), mode="pipeline", permit=None) == [
        "APPROVAL_QUOTA",
        "FORM_PACK",
        "MISSING",
        "MODE",
    ]


def test_a_carrier_without_a_chain_is_told_and_one_with_a_chain_is_a_fact() -> None:
    entry = Driver().issue(carriers=(CARRIER, NOBODY))
    assert codes(entry) == {"L:CARRIER_UNKNOWN", "PLAN_OFF_LOG"}
    assert [chain for chain, _ in entry.admission.facts] == [APPROVAL, f"party/{CARRIER}", PERMIT]


def test_a_backfill_is_judged_on_its_day_and_says_so() -> None:
    """L2 of the cases, through the whole admission: a trip of 30 December, back-filled on 5 January."""
    paper = backfilled("2026-12-30T09:00:00+08:00", "2026-12-31T16:00:00+08:00")
    log = Driver(at_s=parse_at("2027-01-05T10:00:00+08:00"))
    entry = log.issue(**paper, number=NUMBER)
    assert codes(entry) == {"BACKFILL", "PLAN_OFF_LOG", "PROVISIONAL_CALENDAR", "H:BACKFILL_PAST"}
    state = log.state()
    assert (state.is_backfill, state.paper_departed_s, state.paper_completed_s) == (
        True,
        parse_at("2026-12-30T09:00:00+08:00"),
        parse_at("2026-12-31T16:00:00+08:00"),
    )
    assert log.refused(ISSUE, (GENERATOR,), an_issue(), chain=SECOND) == ["APPROVAL_EXPIRED"]


def test_what_the_gate_will_ask_is_remembered() -> None:
    exempt = a_line(exemptions=(ExemptionClaim(edition=2025, item=18),))
    log = Driver()
    log.issue(lines=(exempt, a_line()), pre_notice=PreNotice(given_at="2026-11-01T08:00:00+08:00"), provincial_number="川2026-1")
    state = log.state()
    assert [(line.transport_exempt, line.packs) for line in state.lines] == [(True, 14), (False, 14)]
    assert (state.noticed_s, state.provincial_number) == (parse_at("2026-11-01T08:00:00+08:00"), "川2026-1")


def test_an_issue_stands_at_the_head_of_its_chain_only() -> None:
    log = Driver()
    log.issue()
    assert log.refused(ISSUE, (GENERATOR,), an_issue()) == ["CHAIN_NOT_OPEN"]


def test_the_manifest_remembers_the_listing_of_its_decision_line() -> None:
    log = Driver()
    decided = approval()
    log.lay(APPROVAL, replace(decided, lines=(replace(decided.lines[0], listing=ListingRef(list="list/2026-51-50-cy", row=7)),)))
    submission = log.submission(ISSUE, (GENERATOR,), an_issue())
    decision = Decision(route="LISTED", tags=(), alerts=(), accounts=())
    admission = Admission(index=1, at="2026-11-05T08:30:00+08:00", ruleset="x", facts=(), decision=decision)
    changes = submission.kind.evolve(submission.statement, admission, log.facts_for(submission))
    assert changes.state.lines[0].listing == ("list/2026-51-50-cy", 7)


def test_a_plan_and_an_ordered_trip_are_remembered() -> None:
    log = Driver()
    log.issue(planned_at="2026-11-06T09:00:00+08:00", trip_id="TRIP-1", carriers=(CARRIER, SECOND_CARRIER))
    state = log.state()
    assert (state.trip_id, state.carriers, state.planned_s) == ("TRIP-1", (CARRIER, SECOND_CARRIER), log.at_s + 86_400 + 1800)


# --- commitments -----------------------------------------------------------------------------------------------------------------------


def test_personal_data_stands_in_commitments_only() -> None:
    log = Driver()
    log.issue(commit={"handler.name": HEX, "handler.phone": HEX})
    log.post("manifest.void/1", (GENERATOR,), acts.Void(reason="改期", commit={"handler.name": HEX}))


@pytest.mark.parametrize(
    ("commit", "expected"),
    [
        ({"Handler": HEX}, ["COMMIT_FORM"]),
        ({"handler..name": HEX}, ["COMMIT_FORM"]),
        ({"1st": HEX}, ["COMMIT_FORM"]),
        ({"a" * 65: HEX}, ["COMMIT_FORM"]),
        ({"handler.name": HEX.upper()}, ["COMMIT_FORM"]),
        ({"handler.name": HEX[:-1]}, ["COMMIT_FORM"]),
        ({f"person.p{n}": HEX for n in range(COMMITMENTS_MAX + 1)}, ["COMMIT_FORM"]),
    ],
)
def test_a_malformed_commitment_is_refused(commit: dict[str, str], expected: list[str]) -> None:
    assert refused(commit=commit) == expected


# --- void ------------------------------------------------------------------------------------------------------------------------------


def test_a_void_gives_everything_back() -> None:
    log = Driver()
    log.issue(number=NUMBER)
    assert log.value(f"number:{NUMBER}") == NumberHolders().with_holder(GENERATOR, MANIFEST)
    log.void()
    assert log.state().stage is Stage.VOIDED
    assert log.state().drawn == {Q2: 0, Q3: 0}
    assert (log.used_g(Q2), log.used_g(Q3)) == (0, 0)
    assert log.value(f"number:{NUMBER}") == NumberHolders().with_holder(GENERATOR, MANIFEST).ended(MANIFEST, "voided")


def test_a_void_says_why() -> None:
    log = Driver()
    log.issue()
    assert log.refused("manifest.void/1", (GENERATOR,), acts.Void(reason=" ")) == ["MISSING"]
    assert log.refused("manifest.void/1", (GENERATOR,), acts.Void(reason="改" * 201)) == ["TEXT_LONG"]


def test_a_void_after_departure_is_too_late() -> None:
    log = Driver().to_in_transit()
    assert log.refused("manifest.void/1", (GENERATOR,), acts.Void(reason="改期")) == ["VOID_LATE"]


def test_a_voided_number_may_be_used_again() -> None:
    log = Driver()
    log.issue(number=NUMBER)
    assert log.refused(ISSUE, (GENERATOR,), an_issue(number=NUMBER), chain=SECOND) == ["NO_DUPLICATE"]
    log.void()
    assert codes(log.issue(chain=SECOND, number=NUMBER)) == {"M:NO_REUSED", "PLAN_OFF_LOG"}
