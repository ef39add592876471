"""Corrections in force: stages by opinions and sums, accounts, finished manifests, years; kinds §7, §8, §10."""

from __future__ import annotations

from msgspec.structs import replace

from ledger.directory import Delegation, party_chain
from ledger.model import Head, chain_key
from manifests import acts
from manifests.case import ManifestCases, OpenProposal, cases_key
from manifests.model import Stage
from tests.manifests.amending import (
    CONSENT,
    MISTYPED,
    PROPOSE,
    case,
    consent,
    in_force,
    not_consented,
    not_proposed,
    propose,
    received,
    trunk,
    viewed,
)
from tests.manifests.driver import (
    CARRIER,
    GENERATOR,
    MANIFEST,
    NUMBER,
    Q2,
    Q3,
    RECEIVER,
    STRANGER,
    Driver,
    a_line,
    accepted,
    codes,
    partly,
    rejected,
)
from tests.manifests.test_case_gap import closed as closed_with_gap
from tests.workbench import AUTHORITY_51

REJECTED = (
    ("received.0.opinion", '"accept"', '"reject"'),
    ("received.0.accepted_t", '"5.6"', '"0"'),
    ("received.0.refused_t", "", '"5.6"'),
    ("received.0.reason_code", "", '"label"'),
)


def test_an_acceptance_becomes_a_rejection_and_leaves_nothing_on_the_accounts() -> None:
    log = received("5.6")
    assert not_proposed(log, RECEIVER, *REJECTED[:3]) == ["AMEND_VALUE"]
    assert codes(in_force(log, *REJECTED)) == {"AMENDED", "M:MASS_AMENDED"}
    state = log.state()
    assert (state.stage, state.lines[0].accepted_g, state.lines[0].refused_g) == (Stage.REJECTED, 0, 5_600_000)
    assert (log.used_g(Q2), log.used_g(Q3)) == (0, 0)
    assert log.refused("manifest.verify/1", (GENERATOR,), acts.Verify()) == ["RETURN_OPEN"]
    waiting = log.value(f"refused:{GENERATOR} {RECEIVER}").loads
    assert [(load.manifest, load.grams, load.refused_on) for load in waiting] == [(MANIFEST, 5_600_000, "2026-11-05")]
    assert viewed(log).state == log.own_state()


def test_a_rejection_becomes_a_partial_acceptance() -> None:
    log = received("0", rejected(0, refused_t="5.6"))
    in_force(
        log,
        ("received.0.opinion", '"reject"', '"partly"'),
        ("received.0.accepted_t", '"0"', '"5"'),
        ("received.0.refused_t", '"5.6"', '"0.6"'),
    )
    assert (log.state().stage, log.used_g(Q2)) == (Stage.PARTLY_ACCEPTED, 5_000_000)


def test_a_disposed_manifest_falls_back_while_there_is_stock_and_returns_with_the_fates() -> None:
    log = received("5.6")
    log.dispose((0, "R4", "5.6"))
    in_force(log, ("received.0.accepted_t", '"5.6"', '"5.8"'))
    assert (log.state().stage, log.state().lines[0].stock_g, log.state().times.disposed_s) == (Stage.ACCEPTED, 200_000, None)
    assert not_proposed(log, RECEIVER, ("received.0.accepted_t", '"5.8"', '"5.5"'), number=2) == ["AMEND_IMPOSSIBLE"]
    in_force(log, ("received.0.accepted_t", '"5.8"', '"5.6"'), number=2)
    assert log.state().stage is Stage.DISPOSED
    assert viewed(log).state == log.own_state()


def test_what_was_disposed_of_meanwhile_is_seen_by_the_last_consent() -> None:
    log = received("5.6")
    propose(log, RECEIVER, ("received.0.accepted_t", '"5.6"', '"2"'))
    log.dispose((0, "R4", "5"))
    assert not_consented(log, GENERATOR) == ["AMEND_IMPOSSIBLE"]


def test_a_closed_manifest_takes_only_what_leaves_it_closed() -> None:
    log = received("5.6")
    log.dispose((0, "R4", "5.6"))
    log.verify()
    assert not_proposed(log, RECEIVER, ("received.0.accepted_t", '"5.6"', '"5.8"')) == ["AMEND_IMPOSSIBLE"]
    propose(log, RECEIVER, ("received.0.note", "", '"补记（虚构）"'))
    assert codes(consent(log, GENERATOR)) == {"AMENDED"}
    assert log.state().stage is Stage.CLOSED


def test_before_the_departure_only_own_words_and_nothing_of_a_voided_one() -> None:
    log = Driver()
    log.issue(insurance_no="P-1")
    assert codes(propose(log, GENERATOR, ("insurance_no", '"P-1"', '"P-2"'))) == {"AMENDED"}
    assert codes(propose(log, GENERATOR, ("trip_id", "", '"T-1"'), number=2)) == {"AMENDED"}
    assert log.state().trip_id == "T-1"
    log.depart()
    assert not_proposed(log, GENERATOR, ("trip_id", '"T-1"', '"T-2"'), number=3) == ["TRUNK_STAGE"]
    assert codes(propose(log, GENERATOR, ("insurance_no", '"P-2"', '"P-3"'), number=3)) == {"AMENDED"}
    log = Driver()
    log.issue()
    log.void()
    assert not_proposed(log, GENERATOR, ("insurance_no", "", '"P-2"')) == ["TRUNK_STAGE"]


def test_own_words_are_in_force_at_once_and_nobody_elses() -> None:
    log = received("5.6")
    assert not_proposed(log, RECEIVER, ("insurance_no", "", '"P-2"')) == ["SIGNER_ROLE"]
    assert not_proposed(log, GENERATOR, ("insurance_no", "", '"P-2"'), ("received.0.note", "", '"x"')) == ["SIGNER_ROLE"]
    assert codes(propose(log, RECEIVER, ("received.0.note", "", '"短少（虚构）"'), ("received.0.found.name", "", '"废电池"'))) == {
        "AMENDED"
    }
    assert codes(propose(log, CARRIER, ("legs.0.via", "", '["510100"]'), number=2)) == {"AMENDED"}
    assert not_proposed(log, CARRIER, ("legs.0.via", '["510100"]', '["X"]'), number=3) == ["AMEND_VALUE"]
    assert not_proposed(log, CARRIER, ("legs.1.via", "", '["510100"]'), number=3) == ["AMEND_PATH"]
    propose(log, CARRIER, ("legs.0.via", '["510100"]', ""), number=3)


def test_the_contract_is_judged_again_and_the_plan_never_goes() -> None:
    log = Driver()
    log.issue()
    past = ("contract.valid_to", '"2027-12-31"', '"2026-11-04"')
    assert codes(propose(log, GENERATOR, past)) == {"AMENDED", "H:CONTRACT"}
    assert codes(propose(log, GENERATOR, ("contract.valid_to", '"2026-11-04"', '"2026-11-05"'), number=2)) == {"AMENDED"}
    record = log.value(f"recorded:{MANIFEST}/issue").issue
    assert not_proposed(log, GENERATOR, ("plan.filing_no", f'"{record.plan.filing_no}"', ""), number=3) == ["AMEND_VALUE"]
    assert not_proposed(log, GENERATOR, ("contract.no", f'"{record.contract.no}"', ""), number=3) == ["AMEND_VALUE"]


def test_an_upward_correction_beyond_the_decision_is_flagged() -> None:
    log = Driver(decided_t="6")
    log.issue()
    log.depart()
    log.receive(accepted(0, "5.6"))
    assert codes(in_force(log, ("received.0.accepted_t", '"5.6"', '"6"'))) == {"AMENDED", "M:MASS_AMENDED"}
    assert codes(in_force(log, ("received.0.accepted_t", '"6"', '"6.000001"'), number=2)) == {
        "AMENDED",
        "M:MASS_AMENDED",
        "H:QUOTA_OVERDRAWN",
    }


def test_a_correction_of_january_belongs_to_the_year_of_the_acceptance() -> None:
    log = received("200")
    log.wait(days=70)
    in_force(log, MISTYPED)
    site = log.value(f"q3:{Q3.removeprefix('Q3 ')}")
    assert (site.year, site.base_g, log.used_g(Q3)) == (2027, 2_000_000, 2_000_000)


def test_lines_of_a_receipt_are_counted_as_it_names_them() -> None:
    log = Driver(line_count=2)
    log.issue(lines=(a_line(), a_line(decision_line=1)))
    log.depart()
    log.receive(accepted(1, "6"), accepted(0, "5"))
    in_force(log, ("received.0.accepted_t", '"6"', '"5.5"'))
    assert [line.accepted_g for line in log.state().lines] == [5_000_000, 5_500_000]
    assert viewed(log).state == log.own_state()


def test_at_most_thirty_two_corrections_wait() -> None:
    log = received()
    waiting = tuple(OpenProposal(case(number), log.at_s, ("received.0.note",)) for number in range(2, 34))
    log.stored[cases_key(MANIFEST)] = log.bench.kinds.encode(ManifestCases(proposals=waiting))
    assert not_proposed(log, RECEIVER, MISTYPED) == ["AMEND_OPEN"]


def test_one_hand_is_one_hand() -> None:
    """A delegate who proposed for the receiver does not consent for the generator (kinds §1.7)."""
    log = received()
    kinds = tuple(kind.partition("/")[0] for kind in (PROPOSE, CONSENT))
    for principal in (RECEIVER, GENERATOR):
        key = chain_key(party_chain(principal))
        head = log.value(key)
        party = replace(head.state, delegations=(Delegation(STRANGER, kinds),))
        log.stored[key] = log.bench.kinds.encode(Head(head.seq, head.hash, head.idx, party))
    propose(log, STRANGER, MISTYPED, principal=RECEIVER)
    body = acts.AmendConsent(trunk=trunk(log))
    assert log.refused(CONSENT, (STRANGER,), body, chain=case(), principal=GENERATOR) == ["CASE_ROLE"]
    consent(log, GENERATOR)


def test_partly_accepted_masses_move_together() -> None:
    log = received("0", partly(0, "5", "0.6"))
    in_force(log, ("received.0.accepted_t", '"5"', '"5.2"'), ("received.0.refused_t", '"0.6"', '"0.4"'))
    assert (log.state().stage, log.used_g(Q3)) == (Stage.PARTLY_ACCEPTED, 5_200_000)


def test_a_manifest_closed_with_a_gap_keeps_what_it_lacked_and_its_accounts() -> None:
    log = received("5.6")
    log.dispose((0, "R4", "5"))
    closed_with_gap(log, (0, "0.6", "lost"))
    assert not_proposed(log, RECEIVER, ("received.0.accepted_t", '"5.6"', '"5.7"')) == ["AMEND_IMPOSSIBLE"]
    both = (("received.0.accepted_t", '"5.6"', '"5.7"'), ("fates.0.mass_t", '"5"', '"5.1"'))
    assert codes(in_force(log, *both)) == {"AMENDED", "M:MASS_AMENDED"}
    assert (log.used_g(Q2), viewed(log).state.stage) == (5_700_000, Stage.CLOSED_GAP)
    log = Driver()
    log.issue()
    log.depart()
    closed_with_gap(log, (0, "5.6", "stolen"))
    assert log.used_g(Q2) == 0
    propose(log, GENERATOR, ("lines.0.mass_t", '"5.600000"', '"7"'))
    for party in (RECEIVER, CARRIER):
        consent(log, party)
    assert codes(consent(log, AUTHORITY_51)) == {"AMENDED", "M:MASS_AMENDED"}
    assert (log.used_g(Q2), log.used_g(Q3)) == (0, 0), "nothing is held any more"


def test_what_is_corrected_after_a_gap_needs_the_generator_whoever_else_may() -> None:
    """Words of the receiver, and the number by its authority: in force at once before, not after the manifest was closed by a case."""
    log = received("5.6")
    assert "AMENDED" in codes(propose(log, RECEIVER, ("received.0.note", "", '"一"')))
    closed_with_gap(log, (0, "5.6", "lost"))
    for number, (by, change) in enumerate(
        ((RECEIVER, ("received.0.note", '"一"', '"二"')), (AUTHORITY_51, ("number", "", f'"{NUMBER}"'))), 2
    ):
        assert "AMENDED" not in codes(propose(log, by, change, number=number))
        assert "AMENDED" in codes(consent(log, GENERATOR, number=number))
