"""case.contest and its release: a signed act that the trunk could not take is evidence until an authority settles it (kinds §7)."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from typing import Any

import pytest
from msgspec.structs import replace

from manifests import acts
from manifests.contested import CONTESTED_MAX
from signing.envelope import freeze
from tests.manifests.driver import (
    CARRIER,
    DESTINATION,
    GENERATOR,
    MANIFEST,
    RECEIVER,
    SECOND_CARRIER,
    STRANGER,
    Driver,
    a_departure,
    codes,
)
from tests.manifests.test_case_gap import viewed
from tests.manifests.test_case_hold import CASE, OTHER_CASE, trunk
from tests.workbench import AUTHORITY_50, AUTHORITY_51

KIND, RELEASE = "case.contest/1", "case.release/1"
LOADERS = (GENERATOR, CARRIER)


def signed(log: Driver, kind: str, by: tuple[str, ...], body: object, **changes: Any) -> str:
    """A signed act that is not posted, as it is enclosed."""
    return b64encode(freeze(log.submission(kind, by, body, **changes).envelope)).decode()


def a_contest(log: Driver, envelope: str, **changes: Any) -> acts.CaseContest:
    body = acts.CaseContest(trunk=trunk(log), envelope=envelope, codes=("ACT_NOT_OPEN",), reason="无网络，事后才提交（虚构）")
    return replace(body, **changes)


def overtaken() -> tuple[Driver, str]:
    """A departure that was signed in time and comes after the receipt."""
    log = Driver()
    log.issue()
    envelope = signed(log, "manifest.depart/1", LOADERS, a_departure())
    log.wait(hours=5)
    log.receive()
    return log, envelope


def refused(log: Driver, envelope: str, by: str = CARRIER, **changes: Any) -> list[str]:
    return log.refused(KIND, (by,), a_contest(log, envelope, **changes), chain=CASE)


def test_a_departure_that_comes_after_the_receipt_is_kept_as_evidence() -> None:
    log, envelope = overtaken()
    before = log.state()
    assert codes(log.post(KIND, (CARRIER,), a_contest(log, envelope), chain=CASE)) == {"H:CONTESTED"}
    assert log.state() == before
    [contest] = viewed(log).state.contests
    assert (contest.kind, contest.seq, contest.hands) == ("manifest.depart/1", 1, (CARRIER,))
    [flag] = [flag for flag in viewed(log).flags if flag.code == "CONTESTED"]
    assert flag.ended is None


@pytest.mark.parametrize("authority", [AUTHORITY_50, AUTHORITY_51])
def test_an_authority_of_either_side_settles_it_once(authority: str) -> None:
    log, envelope = overtaken()
    log.post(KIND, (CARRIER,), a_contest(log, envelope), chain=CASE)
    log.post(KIND, (GENERATOR,), a_contest(log, envelope), chain=OTHER_CASE)
    settled = acts.CaseRelease(reason="已据此补录（虚构）")
    for nobody in (GENERATOR, CARRIER, RECEIVER, STRANGER):
        assert "SIGNER_ROLE" in log.refused(RELEASE, (nobody,), settled, chain=CASE)
    entry = log.post(RELEASE, (authority,), settled, chain=CASE)
    assert [flag.ended for flag in viewed(log).flags if flag.code == "CONTESTED"] == [entry.admission.index, None]
    assert log.refused(RELEASE, (authority,), settled, chain=CASE) == ["CASE_STATE"]


def test_who_brought_it_does_not_settle_it_by_delegation_either() -> None:
    """One hand (kinds §1.7): an authority that signed the act for a closed party, or signs the contest for a firm, is not the judge of it."""
    log, envelope = overtaken()
    hands = acts.CaseRelease(reason="了结")
    log.post(KIND, (CARRIER,), a_contest(log, envelope), chain=CASE)
    stored = log.value(f"manifest-cases:{MANIFEST}")
    [contest] = stored.contests
    mine = replace(stored, contests=(replace(contest, hands=(AUTHORITY_51, CARRIER)),))
    log.stored[f"manifest-cases:{MANIFEST}"] = log.bench.kinds.encode(mine)
    assert log.refused(RELEASE, (AUTHORITY_51,), hands, chain=CASE) == ["CASE_ROLE"]
    log.post(RELEASE, (AUTHORITY_50,), hands, chain=CASE)


def test_only_who_signed_the_act_brings_it() -> None:
    log, envelope = overtaken()
    for other in (RECEIVER, SECOND_CARRIER, AUTHORITY_51):
        assert refused(log, envelope, other) == ["SIGNER_ROLE"]


def test_what_is_on_the_trunk_is_not_contested() -> None:
    log = Driver().to_in_transit()
    taken = b64encode(freeze(log.entries[-1].envelope)).decode()
    assert refused(log, taken) == ["CONTEST_TAKEN"]


def test_an_act_of_another_manifest_is_evidence_there() -> None:
    log, _ = overtaken()
    other = MANIFEST[:-1] + "2"
    log.issue(chain=other)
    assert refused(log, signed(log, "manifest.depart/1", LOADERS, a_departure(), chain=other)) == ["CONTEST_FORM"]


def test_another_kind_is_no_act_of_a_trunk() -> None:
    log, _ = overtaken()
    body = acts.CaseNumber(trunk=trunk(log), provincial_number="川1")
    assert refused(log, signed(log, "case.number/1", (GENERATOR,), body, chain=CASE), GENERATOR) == ["CONTEST_FORM"]


@pytest.mark.parametrize("signer", [STRANGER, RECEIVER])
def test_roles_that_are_not_the_acts_prove_nothing(signer: str) -> None:
    """A void by somebody else than the generator; a departure with nobody of the manifest."""
    log, _ = overtaken()
    assert refused(log, signed(log, "manifest.void/1", (signer,), acts.Void(reason="x")), signer) == ["CONTEST_FORM"]


def test_an_act_among_strangers_proves_nothing() -> None:
    log, _ = overtaken()
    arrived = signed(log, "manifest.arrive/1", (STRANGER,), acts.Arrive(place=DESTINATION))
    assert refused(log, arrived, STRANGER) == ["CONTEST_FORM"]


def test_more_hands_than_the_act_has_roles_prove_nothing() -> None:
    log, _ = overtaken()
    arrived = signed(log, "manifest.arrive/1", (CARRIER, GENERATOR), acts.Arrive(place=DESTINATION))
    assert refused(log, arrived) == ["CONTEST_FORM"]


def changed(envelope: str, **fields: Any) -> str:
    found = json.loads(b64decode(envelope))
    for name, value in fields.items():
        found[name] = value
    return b64encode(json.dumps(found, separators=(",", ":")).encode()).decode()


def test_a_signature_that_does_not_hold_proves_nothing() -> None:
    log, envelope = overtaken()
    signatures = json.loads(b64decode(envelope))["signatures"]
    swapped = [{**one, "sig": other["sig"]} for one, other in zip(signatures, reversed(signatures), strict=True)]
    assert refused(log, changed(envelope, signatures=swapped)) == ["CONTEST_FORM"]
    unknown = [{**signatures[0], "keyid": "0" * 64}, signatures[1]]
    assert refused(log, changed(envelope, signatures=unknown)) == ["CONTEST_FORM"]
    assert refused(log, changed(envelope, signatures=signatures[:1])) == ["CONTEST_FORM"]
    assert refused(log, changed(envelope, signatures=signatures[::-1])) == ["CONTEST_FORM"]


def test_a_key_that_was_revoked_proves_nothing_here() -> None:
    log, envelope = overtaken()
    keyid = json.loads(b64decode(envelope))["signatures"][1]["keyid"]
    record = log.value(f"key:{keyid}")
    log.stored[f"key:{keyid}"] = log.bench.kinds.encode(replace(record, revoked=log.index - 1))
    assert refused(log, envelope, GENERATOR) == ["CONTEST_FORM"]


@pytest.mark.parametrize(
    "envelope",
    [
        "",
        "AAAA",
        "e30=",
        "****",
        b64encode(b"[]").decode(),
        b64encode(b"{" * (CONTESTED_MAX + 1)).decode(),
        b64encode(b"\xff" * 40).decode(),
    ],
)
def test_what_is_no_envelope_is_refused_whatever_it_is(envelope: str) -> None:
    log, _ = overtaken()
    assert refused(log, envelope) == ["CONTEST_FORM"]


def test_white_space_and_loose_base64_are_not_what_was_frozen() -> None:
    log, envelope = overtaken()
    spaced = b64encode(json.dumps(json.loads(b64decode(envelope))).encode()).decode()
    assert refused(log, spaced) == ["CONTEST_FORM"]
    assert refused(log, envelope + "====") == ["CONTEST_FORM"]


def test_an_envelope_is_at_most_sixteen_kib() -> None:
    """To the three bytes that one more letter of the act makes in base64."""
    log = Driver()
    log.issue()

    def loaded(count: int, letters: int) -> str:
        scanned = tuple(f"{GENERATOR}{900052312026110200000 + number:021}"[:37] for number in range(count))
        gate = replace(a_departure().gate, labels=scanned)
        return signed(log, "manifest.depart/1", LOADERS, a_departure(gate=gate, waybill_no="W" * letters))

    def size(count: int, letters: int) -> int:
        return len(b64decode(loaded(count, letters)))

    count = max(known for known in range(200, 300) if size(known, 1) <= CONTESTED_MAX)
    letters = max(known for known in range(1, 41) if size(count, known) <= CONTESTED_MAX)
    assert size(count, letters) > CONTESTED_MAX - 60
    assert refused(log, loaded(count + 1, letters)) == ["CONTEST_FORM"]
    log.post(KIND, (CARRIER,), a_contest(log, loaded(count, letters)), chain=CASE)
