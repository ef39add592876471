"""case.number: the national number comes after the issue; R-01 to R-04, formats §3."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from ledger.model import Head, chain_key
from manifests import acts
from manifests.case import CASES_MAX, ManifestCases
from manifests.model import CaseState
from tests.manifests.driver import (
    APPROVAL,
    CARRIER,
    GENERATOR,
    MANIFEST,
    NUMBER,
    PERMIT,
    SECOND_CARRIER,
    STRANGER,
    Driver,
    accepted,
    an_issue,
    approval,
    codes,
)
from tests.workbench import AUTHORITY_50, AUTHORITY_51
from whitelist.rules.number import NumberHolder, NumberHolders, Standing

KIND = "case.number/1"
ULID = MANIFEST.rpartition("/")[2]
CASE = f"case/{GENERATOR}/{ULID}/01K9000000000000000000CASE"
SECOND_CASE = f"case/{GENERATOR}/{ULID}/01K9000000000000000000CAS2"
SECOND = f"manifest/{GENERATOR}/01K9000000000000000000MAN2"
CASES = f"manifest-cases:{MANIFEST}"


def trunk(log: Driver, seq: int | None = None, chain: str = MANIFEST) -> acts.Trunk:
    hashes = log.state(chain).acts
    at = len(hashes) - 1 if seq is None else seq
    return acts.Trunk(seq=at, hash=hashes[at])


def body(log: Driver, number: str = NUMBER, seq: int | None = None) -> acts.CaseNumber:
    return acts.CaseNumber(trunk=trunk(log, seq), number=number)


def issued(**changes: object) -> Driver:
    log = Driver()
    log.issue(**changes)
    return log


def test_the_generator_gives_the_number_after_issue() -> None:
    log = issued()
    entry = log.post(KIND, (GENERATOR,), body(log), chain=CASE)
    assert codes(entry) == set()
    assert [chain for chain, _ in entry.admission.facts] == [MANIFEST]
    assert log.value(CASES) == ManifestCases(number=NUMBER, opened=((GENERATOR, 1),))
    assert log.value(f"number:{NUMBER}") == NumberHolders((NumberHolder(GENERATOR, MANIFEST, "live"),))
    assert log.value(chain_key(CASE)).state == CaseState(topic="number", trunk=MANIFEST, number=NUMBER)


def test_the_trunk_takes_the_number_over_with_its_next_act() -> None:
    log = issued()
    log.post(KIND, (GENERATOR,), body(log), chain=CASE)
    assert log.state().number is None
    log.depart()
    assert log.state().number == NUMBER


def test_the_origins_authority_may_give_it_and_the_other_side_may_not() -> None:
    log = issued()
    for stranger in (AUTHORITY_50, CARRIER, STRANGER):
        assert log.refused(KIND, (stranger,), body(log), chain=CASE) == ["SIGNER_ROLE"]
    log.post(KIND, (AUTHORITY_51,), body(log), chain=CASE)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("2026510100012", ["NO_FORMAT"]),
        ("202651010001234", ["NO_FORMAT"]),
        ("2026510100012X", ["NO_FORMAT"]),
        ("20265001000123", ["NO_ORIGIN"]),
        ("20265103000123", ["NO_ORIGIN"]),
    ],
)
def test_a_number_of_wrong_form_or_place_is_refused(number: str, expected: list[str]) -> None:
    log = issued()
    assert log.refused(KIND, (GENERATOR,), body(log, number), chain=CASE) == expected


def test_a_number_of_another_year_is_flagged() -> None:
    log = issued()
    assert codes(log.post(KIND, (GENERATOR,), body(log, "20275101000123"), chain=CASE)) == {"M:NO_YEAR"}


def test_a_manifest_gets_one_number() -> None:
    log = issued(number=NUMBER)
    assert log.refused(KIND, (GENERATOR,), body(log, "20265101000124"), chain=CASE) == ["NUMBER_GIVEN"]
    log = issued()
    log.post(KIND, (GENERATOR,), body(log), chain=CASE)
    assert log.refused(KIND, (GENERATOR,), body(log, "20265101000124"), chain=SECOND_CASE) == ["NUMBER_GIVEN"]
    assert log.refused(KIND, (GENERATOR,), body(log, "20265101000124"), chain=CASE) == ["CHAIN_NOT_OPEN"]


def test_a_case_about_numbers_is_one_statement() -> None:
    """kinds §1.8: ``case.number`` stands at seq 0 only, also where the second one would say something new."""
    log = issued()
    log.post(KIND, (GENERATOR,), body(log), chain=CASE)
    more = acts.CaseNumber(trunk=trunk(log), provincial_number="川危2026-0007")
    assert log.reasons(KIND, (GENERATOR,), more, chain=CASE) == [("CHAIN_NOT_OPEN", "seq")]
    log.post(KIND, (GENERATOR,), more, chain=SECOND_CASE)


def test_a_number_lives_once_within_a_generator() -> None:
    log = issued()
    log.issue(chain=SECOND, number=NUMBER)
    assert log.refused(KIND, (GENERATOR,), body(log), chain=CASE) == ["NO_DUPLICATE"]
    log.void(chain=SECOND)
    assert codes(log.post(KIND, (GENERATOR,), body(log), chain=CASE)) == {"M:NO_REUSED"}


def test_the_number_of_a_closed_manifest_is_not_used_again_by_its_generator() -> None:
    log = issued(number=NUMBER)
    live_to_the_end(log)
    log.issue(chain=SECOND)
    named = acts.CaseNumber(trunk=trunk(log, chain=SECOND), number=NUMBER)
    case = CASE.replace(ULID, SECOND.rpartition("/")[2])
    assert log.refused(KIND, (GENERATOR,), named, chain=case) == ["NO_DUPLICATE"]


def test_an_issue_sees_a_number_given_by_a_case() -> None:
    log = issued()
    log.post(KIND, (GENERATOR,), body(log), chain=CASE)
    assert log.refused("manifest.issue/1", (GENERATOR,), an_issue(number=NUMBER), chain=SECOND) == ["NO_DUPLICATE"]


def test_a_number_at_two_generators_is_admitted_and_flagged() -> None:
    log = issued()
    other_approval = APPROVAL.replace(GENERATOR, SECOND_CARRIER)
    other = f"manifest/{SECOND_CARRIER}/01K9000000000000000000MAN2"
    log.lay(other_approval, approval())
    log.post("manifest.issue/1", (SECOND_CARRIER,), an_issue(approval=other_approval, number=NUMBER), chain=other)
    assert codes(log.post(KIND, (GENERATOR,), body(log), chain=CASE)) == {"H:NO_DUPLICATE"}
    assert len(log.value(f"number:{NUMBER}").holders) == 2


def test_a_case_about_an_older_act_says_that_the_trunk_moved() -> None:
    log = issued()
    log.depart()
    assert codes(log.post(KIND, (GENERATOR,), body(log, seq=0), chain=CASE)) == {"TRUNK_MOVED"}


@pytest.mark.parametrize("named", [acts.Trunk(seq=0, hash="0" * 64), acts.Trunk(seq=1, hash="0" * 64)])
def test_a_case_about_an_unknown_act_is_refused(named: acts.Trunk) -> None:
    log = issued()
    assert log.refused(KIND, (GENERATOR,), replace(body(log), trunk=named), chain=CASE) == ["TRUNK_UNKNOWN"]


def test_a_case_before_its_manifest_is_refused() -> None:
    named = acts.CaseNumber(trunk=acts.Trunk(seq=0, hash="0" * 64), number=NUMBER)
    assert Driver().refused(KIND, (GENERATOR,), named, chain=CASE) == ["TRUNK_UNKNOWN"]


def test_a_voided_manifest_gets_no_number() -> None:
    log = issued()
    log.void()
    assert log.refused(KIND, (GENERATOR,), body(log), chain=CASE) == ["TRUNK_STAGE"]


def live_to_the_end(log: Driver) -> None:
    log.depart()
    log.arrive()
    log.receive(accepted(0, "5.6"))
    log.dispose((0, "R4", "5.6"))
    log.verify()


@pytest.mark.parametrize(("finish", "standing"), [(Driver.void, "voided"), (live_to_the_end, "closed")])
def test_a_number_given_by_a_case_ends_with_the_manifest(finish: Callable[[Driver], None], standing: Standing) -> None:
    log = issued()
    log.post(KIND, (GENERATOR,), body(log), chain=CASE)
    finish(log)
    assert log.value(f"number:{NUMBER}") == NumberHolders((NumberHolder(GENERATOR, MANIFEST, standing),))


def test_a_number_given_to_a_closed_manifest_is_known_but_not_live() -> None:
    log = issued()
    live_to_the_end(log)
    log.post(KIND, (GENERATOR,), body(log), chain=CASE)
    assert log.value(CASES) == ManifestCases(number=NUMBER, opened=((GENERATOR, 1),))
    assert log.value(f"number:{NUMBER}") == NumberHolders((NumberHolder(GENERATOR, MANIFEST, "closed"),))


def test_the_provincial_number_is_filled_in_beside_or_alone() -> None:
    log = issued()
    log.post(KIND, (GENERATOR,), replace(body(log), provincial_number="川危2026-0007"), chain=CASE)
    log.depart()
    assert (log.state().number, log.state().provincial_number) == (NUMBER, "川危2026-0007")
    again = acts.CaseNumber(trunk=trunk(log), provincial_number="川危2026-0008")
    assert log.refused(KIND, (GENERATOR,), again, chain=SECOND_CASE) == ["NUMBER_GIVEN"]
    log = issued()
    log.post(KIND, (GENERATOR,), acts.CaseNumber(trunk=trunk(log), provincial_number="川危2026-0007"), chain=CASE)
    log.post(KIND, (GENERATOR,), body(log), chain=SECOND_CASE)
    log.depart()
    assert (log.state().number, log.state().provincial_number) == (NUMBER, "川危2026-0007")


def test_a_case_about_numbers_names_one() -> None:
    log = issued()
    assert log.refused(KIND, (GENERATOR,), acts.CaseNumber(trunk=trunk(log)), chain=CASE) == ["MISSING"]


def test_a_party_opens_at_most_sixteen_cases_and_an_authority_any_number() -> None:
    log = issued()
    log.stored[CASES] = log.bench.kinds.encode(ManifestCases(opened=((GENERATOR, CASES_MAX), (AUTHORITY_51, CASES_MAX))))
    assert log.refused(KIND, (GENERATOR,), body(log), chain=CASE) == ["CASES_FULL"]
    log.post(KIND, (AUTHORITY_51,), body(log), chain=CASE)


def test_an_origin_without_authority_may_be_numbered_by_any_but_the_other_side() -> None:
    """Kinds §1.7; the tag tells an authority that acts for a place of nobody's, not the generator."""
    log = issued()
    head = log.value(chain_key(MANIFEST))
    abroad = replace(head.state, origin=replace(head.state.origin, division="320500"))
    log.stored[chain_key(MANIFEST)] = log.bench.kinds.encode(Head(head.seq, head.hash, head.idx, abroad))
    assert log.refused(KIND, (AUTHORITY_50,), body(log, "20263205000123"), chain=CASE) == ["SIGNER_ROLE"]
    assert codes(log.post(KIND, (AUTHORITY_51,), body(log, "20263205000123"), chain=CASE)) == {"FOREIGN"}
    provincial = acts.CaseNumber(trunk=trunk(log), provincial_number="苏危2026-0007")
    assert codes(log.post(KIND, (GENERATOR,), provincial, chain=SECOND_CASE)) == set()


def test_a_permit_is_not_read_by_a_case() -> None:
    log = issued()
    submission = log.submission(KIND, (GENERATOR,), body(log), chain=CASE)
    assert chain_key(PERMIT) not in log.facts_for(submission).values
