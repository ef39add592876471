"""number.settle: the authority says whose a number is, and the others are without one again (kinds §9, R-03)."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from ledger.model import chain_key
from manifests import acts
from manifests.model import ManifestState
from manifests.numbers import SETTLE
from tests.manifests.driver import CARRIER, GENERATOR, MANIFEST, NUMBER, STRANGER, Driver, an_issue, codes
from tests.workbench import AUTHORITY_50, AUTHORITY_51
from whitelist.approval import ApprovalState
from whitelist.rules.number import NumberHolder, NumberHolders

KIND = SETTLE.name
CHAIN = f"number/{NUMBER}"
OTHER = f"manifest/{STRANGER}/01K9000000000000000000MAN2"
OTHER_APPROVAL = f"approval/{STRANGER}/01K9000000000000000000APPR"
THIRD = f"manifest/{GENERATOR}/01K9000000000000000000MAN3"


def settle(holder: str = MANIFEST, *lose: str, reason: str = "国家系统查明（虚构）") -> acts.NumberSettle:
    return acts.NumberSettle(holder=holder, lose=lose or (OTHER,), reason=reason)


def doubled(*, by_case: bool = False) -> Driver:
    """Two generators with one number."""
    log = Driver()
    log.issue(number=NUMBER)
    decided: ApprovalState = log.value(chain_key(f"approval/{GENERATOR}/01K9000000000000000000APPR")).state
    log.lay(OTHER_APPROVAL, decided)
    log.lay_site(STRANGER, "A1", "510112")
    origin = replace(an_issue().origin, site="A1")
    body = an_issue(approval=OTHER_APPROVAL, number=None if by_case else NUMBER, origin=origin)
    entry = log.post("manifest.issue/1", (STRANGER,), body, chain=OTHER)
    if by_case:
        entry = give(log, OTHER, STRANGER)
    assert "H:NO_DUPLICATE" in codes(entry)
    return log


def give(log: Driver, manifest: str, by: str, number: str = NUMBER, case: str = "CASE") -> object:
    known = log.state(manifest).acts
    body = acts.CaseNumber(trunk=acts.Trunk(seq=len(known) - 1, hash=known[-1]), number=number)
    return log.post("case.number/1", (by,), body, chain=f"{manifest.replace('manifest', 'case', 1)}/01K9000000000000000000{case}")


def number_of(log: Driver, manifest: str) -> str | None:
    state: ManifestState = log.state(manifest)
    cases = log.value(f"manifest-cases:{manifest}")
    return state.number or (None if cases is None else cases.number)


@pytest.mark.parametrize("by_case", [False, True])
def test_the_loser_is_without_a_number_and_may_be_given_its_own(by_case: bool) -> None:
    log = doubled(by_case=by_case)
    entry = log.post(KIND, (AUTHORITY_51,), settle(), chain=CHAIN)
    assert (codes(entry), {chain for chain, _ in entry.admission.facts}) == (set(), {MANIFEST, OTHER})
    assert (number_of(log, MANIFEST), number_of(log, OTHER)) == (NUMBER, None)
    assert log.value(f"number:{NUMBER}") == NumberHolders((NumberHolder(GENERATOR, MANIFEST, "live"),))
    own = "20265101000124"
    give(log, OTHER, STRANGER, own, "CAS2")
    log.post("manifest.void/1", (STRANGER,), acts.Void(reason="不再转移（虚构）"), chain=OTHER)
    assert log.state(OTHER).number == own
    assert log.value(f"number:{NUMBER}").of(STRANGER) is None
    log.depart()
    assert log.state(MANIFEST).number == NUMBER, "the holder goes on as it was"


def test_a_correction_of_the_loser_finds_nothing_where_the_number_stood() -> None:
    log = doubled()
    log.post(KIND, (AUTHORITY_51,), settle(), chain=CHAIN)
    known = log.state(OTHER).acts
    trunk, case = acts.Trunk(seq=len(known) - 1, hash=known[-1]), f"{OTHER.replace('manifest', 'case', 1)}/01K9000000000000000000CAS9"

    def corrected(was: str) -> acts.AmendPropose:
        change = acts.FieldChange(path="number", was=was, now='"20265101000125"')
        return acts.AmendPropose(trunk=trunk, changes=(change,), reason="核定后重新填写（虚构）")

    assert log.refused("case.amend_propose/1", (AUTHORITY_51,), corrected(f'"{NUMBER}"'), chain=case) == ["AMEND_STALE"]
    log.post("case.amend_propose/1", (AUTHORITY_51,), corrected(""), chain=case)
    assert number_of(log, OTHER) == "20265101000125"
    assert log.value(f"number:{NUMBER}").of(STRANGER) is None
    other = "number/20265101000125"
    assert log.refused(KIND, (AUTHORITY_51,), settle(MANIFEST, OTHER), chain=other) == ["NUMBER_UNKNOWN"]


def test_a_corrected_number_is_lost_like_any_other() -> None:
    log = doubled()
    log.post(KIND, (AUTHORITY_51,), settle(), chain=CHAIN)
    known = log.state(OTHER).acts
    change = acts.FieldChange(path="number", was="", now=f'"{NUMBER}"')
    body = acts.AmendPropose(trunk=acts.Trunk(seq=len(known) - 1, hash=known[-1]), changes=(change,), reason="又填了同一编号（虚构）")
    log.post("case.amend_propose/1", (AUTHORITY_51,), body, chain=f"{OTHER.replace('manifest', 'case', 1)}/01K9000000000000000000CAS9")
    assert (number_of(log, OTHER), log.value(f"manifest-cases:{OTHER}").overlay) == (NUMBER, {"number": f'"{NUMBER}"'})
    log.post(KIND, (AUTHORITY_51,), settle(OTHER, MANIFEST), chain=CHAIN)
    assert (number_of(log, OTHER), number_of(log, MANIFEST)) == (NUMBER, None), "it may be settled again, the other way round"
    give(log, MANIFEST, GENERATOR)
    log.post(KIND, (AUTHORITY_51,), settle(MANIFEST, OTHER), chain=CHAIN)
    assert (number_of(log, OTHER), log.value(f"manifest-cases:{OTHER}").overlay) == (None, {})


def test_who_settles_and_what_is_refused() -> None:
    log = doubled()
    for stranger in (AUTHORITY_50, GENERATOR, CARRIER):
        assert log.refused(KIND, (stranger,), settle(), chain=CHAIN) == ["SIGNER_ROLE"]
    assert log.reasons(KIND, (AUTHORITY_51,), settle(MANIFEST, OTHER, THIRD), chain=CHAIN) == [("NUMBER_UNKNOWN", "body.lose.1")]
    assert log.reasons(KIND, (AUTHORITY_51,), settle(THIRD, OTHER), chain=CHAIN) == [("NUMBER_UNKNOWN", "body.holder")]
    assert log.reasons(KIND, (AUTHORITY_51,), settle(MANIFEST, OTHER, MANIFEST), chain=CHAIN) == [("NUMBER_UNKNOWN", "body.lose.1")]
    assert log.refused(KIND, (AUTHORITY_51,), settle(MANIFEST, OTHER, OTHER), chain=CHAIN) == ["LIST_LENGTH"]
    assert log.refused(KIND, (AUTHORITY_51,), settle(), chain="number/2026510100012") == ["CHAIN_FORM"]
    log.post(KIND, (AUTHORITY_51,), settle(), chain=CHAIN)
    assert log.refused(KIND, (AUTHORITY_51,), settle(), chain=CHAIN) == ["NUMBER_UNKNOWN"], "who lost it does not hold it"


def test_a_number_of_a_region_that_nobody_covers_is_settled_by_any_authority() -> None:
    log = doubled()
    abroad = "20265201000123"
    register = NumberHolders((NumberHolder(GENERATOR, MANIFEST, "live"), NumberHolder(STRANGER, OTHER, "live")))
    log.stored[f"number:{abroad}"] = log.bench.kinds.encode(register)
    assert codes(log.post(KIND, (AUTHORITY_50,), settle(), chain=f"number/{abroad}")) == {"FOREIGN"}
    assert number_of(log, OTHER) == NUMBER, "it has another by now, which it keeps"
