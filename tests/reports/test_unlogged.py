"""Signed statements before the log has them: what a file of them proves with no network, and everything about it that cannot be forged or left out."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ledger.admission.statement import Draft, hash_of
from ledger.chain import genesis_prev
from ledger.times import format_at
from ledger.unlogged import STATEMENTS_MAX, read_unlogged, write_unlogged
from reports.anchor import make_anchor
from reports.remark import VerifyReport
from reports.unlogged import verify_unlogged
from reports.verify import verify_bytes
from signing.envelope import Envelope, Signature, freeze
from signing.keys import PrivateKey
from signing.possession import register
from signing.refusal import Refusal
from tests.ledger.test_bundle import bundle_of
from tests.sample import sample
from tests.workbench import ORIGIN, Workbench, key_of, uscc

CARRIER, GENERATOR = uscc("510100", 30), uscc("510112", 31)
TRUNK = f"manifest/{GENERATOR}/01K9000000000000000000FFFF"
PHONE, OLD = key_of(CARRIER, 1), key_of(CARRIER, 2)
CHAINS = ("log/main", f"party/{CARRIER}", f"party/{GENERATOR}")


@cache
def bench() -> Workbench:
    """A carrier with a phone for the acts of the road, and a key that is revoked."""
    made = Workbench()
    for party in (CARRIER, GENERATOR):
        made.register(party)
    chain = f"party/{CARRIER}"
    phone = {"kinds": ["manifest.stop", "manifest.arrive"], "until": "2026-12-01T00:00:00+08:00", "device": "phone"}
    made.post("key.add/1", chain, (CARRIER,), {"key": register(PHONE, made.found, CARRIER), **phone})
    made.post("key.add/1", chain, (CARRIER,), {"key": register(OLD, made.found, CARRIER)})
    made.post("key.revoke/1", chain, (CARRIER,), {"keyid": OLD.keyid, "reason": "停用（虚构）"}, keys=(OLD,))
    return made


@cache
def evidence() -> bytes:
    return bundle_of(bench(), CHAINS, f"party/{CARRIER}")


STOP = {"place": {"division": "500112", "address": "虚构服务区1号"}, "reason": "休息（虚构）"}
ARRIVE = {"place": {"division": "500116", "address": "虚构工业园9号"}}


def acts(*keys: PrivateKey, first: int = 2, **changes: Any) -> list[Envelope]:
    """A stop and an arrival of a manifest that is under way; one key for each."""
    found, prev = list[Envelope](), "ab" * 32
    for number, key in enumerate(keys):
        kind, body = (("manifest.stop/1", STOP), ("manifest.arrive/1", ARRIVE))[number % 2]
        at = format_at(bench().at_s + 3600 * number)
        draft = Draft(kind=kind, chain=TRUNK, seq=first + number, prev=prev, by=(CARRIER,), at=at, body=body)
        envelope = msgspec.structs.replace(draft, **changes).sign([key])
        found.append(envelope)
        prev = hash_of(envelope)
    return found


def file_of(*envelopes: Envelope, bundle: bytes | None = None, **changes: str) -> bytes:
    given = {"origin": ORIGIN, "found": bench().found, **changes}
    return write_unlogged(given["origin"], given["found"], envelopes, evidence() if bundle is None else bundle)


def report(raw: bytes, found: str | None = "") -> VerifyReport:
    return verify_bytes(raw, "road.json", bench().found if found == "" else found)


def codes(raw: bytes) -> list[str]:
    return [finding.code for finding in report(raw).findings]


def test_it_says_who_signed_what_and_that_it_is_not_in_the_log() -> None:
    told = report(file_of(*acts(PHONE, PHONE)))
    assert (told.findings, told.form, told.verdict, told.signatures) == ((), "unlogged", "unlogged", 2)
    notes = [(note.code, note.field, note.found) for note in told.notes]
    assert notes[0] == ("NOTE_UNLOGGED", "", "2")
    assert notes[1][:2] == ("NOTE_SIGNED_ALONE", f"{TRUNK} 2"), "the issue is not enclosed"
    assert notes[2][:2] == ("NOTE_SIGNED", f"{TRUNK} 3")
    assert CARRIER in notes[1][2]
    assert format_at(bench().at_s) in notes[1][2]


def test_without_a_pin_it_is_only_consistent() -> None:
    told = report(file_of(*acts(PHONE)), None)
    assert told.verdict == "unpinned"
    assert "NOTE_NOT_PINNED" in [note.code for note in told.notes]


def test_keys_may_come_from_evidence_at_hand_or_from_a_registration() -> None:
    raw = file_of(*acts(PHONE), bundle=b"")
    assert codes(raw) == ["UNLOGGED_KEY"]
    at_hand = make_anchor(bench().found, bundle=evidence())
    assert verify_unlogged(raw, "road.json", at_hand).verdict == "unlogged"
    registration = msgspec.json.encode(register(PHONE, bench().found, CARRIER))
    told = verify_unlogged(raw, "road.json", make_anchor(bench().found, registrations=(registration,)))
    assert told.verdict == "unlogged"
    assert "NOTE_UNLOGGED_KEYS" in [note.code for note in told.notes]
    with pytest.raises(Refusal) as caught:
        verify_unlogged(
            raw, "road.json", make_anchor(bench().found, registrations=(msgspec.json.encode(register(OLD, bench().found, GENERATOR)),))
        )
    assert caught.value.codes == ["UNLOGGED_KEY"]


def test_what_the_evidence_has_is_said_to_be_in_the_log() -> None:
    entry = bench().entries[-1]
    told = report(file_of(entry.envelope))
    assert [note.code for note in told.notes][1:2] == ["NOTE_LOGGED"], "signed with a key that was good at that entry, and is revoked since"
    after = Draft(
        kind="key.revoke/1", chain=f"party/{CARRIER}", seq=entry.statement.seq + 1, prev=entry.statement.hash, by=(CARRIER,),
        at=format_at(bench().at_s), body={"keyid": PHONE.keyid, "reason": "更换（虚构）"},
    ).sign([key_of(CARRIER)])  # fmt: skip
    assert [note.code for note in report(file_of(entry.envelope, after)).notes][1:3] == ["NOTE_LOGGED", "NOTE_SIGNED"]


@cache
def before_the_end() -> bytes:
    """Evidence of the day on which the revoked key was still good."""
    earlier = Workbench()
    for entry in bench().entries[len(earlier.entries) : -1]:
        statement = entry.statement
        earlier.post(statement.kind, statement.chain, statement.by, statement.body)
    assert [entry.statement.hash for entry in earlier.entries] == [entry.statement.hash for entry in bench().entries[:-1]]
    return bundle_of(earlier, CHAINS, f"party/{CARRIER}")


def test_who_encloses_old_evidence_is_held_against_what_the_reader_has() -> None:
    """A stolen key signs, and the bundle of before its end is enclosed: whoever has a newer one is not deceived."""
    raw = file_of(*acts(OLD), bundle=before_the_end())
    assert codes(raw) == [], "the evidence enclosed knows no better"
    found = bench().found
    with pytest.raises(Refusal) as caught:
        verify_unlogged(raw, "road.json", make_anchor(found, bundle=evidence()))
    assert caught.value.codes == ["KEY_NOT_VALID"]
    last = bench().entries[-1]
    told = verify_unlogged(file_of(last.envelope, bundle=before_the_end()), "road.json", make_anchor(found, bundle=evidence()))
    assert [note.code for note in told.notes][1:2] == ["NOTE_LOGGED"]
    rival = Draft(kind="key.revoke/1", chain=last.statement.chain, seq=last.statement.seq, prev=last.statement.prev, by=(CARRIER,),
        at=format_at(bench().at_s), body={"keyid": PHONE.keyid, "reason": "更换（虚构）"}).sign([key_of(CARRIER)])  # fmt: skip
    with pytest.raises(Refusal) as caught:
        verify_unlogged(file_of(rival, bundle=before_the_end()), "road.json", make_anchor(found, bundle=evidence()))
    assert caught.value.codes == ["CHAIN_CONFLICT"]


def wrong_signature(envelopes: list[Envelope]) -> None:
    sig = bytearray(envelopes[0].signatures[0].sig)
    sig[40] ^= 1
    envelopes[0] = replace(envelopes[0], signatures=(Signature(PHONE.keyid, bytes(sig)),))


def elsewhere() -> Envelope:
    """The first of a chain, for a log that was founded by somebody else."""
    chain = f"party/{uscc('510100', 99)}"
    place = {"chain": chain, "seq": 0, "prev": genesis_prev("0" * 64, chain)}
    body = {"keyid": PHONE.keyid, "reason": "更换（虚构）"}
    return Draft(kind="key.revoke/1", by=(CARRIER,), at=format_at(bench().at_s), body=body, **place).sign([key_of(CARRIER)])


def fork_behind(place: int) -> bytes:
    """An entry that the evidence has, and behind it another act than the one that the evidence has there."""
    entry = [one for one in bench().entries if one.statement.chain == f"party/{CARRIER}"][place]
    body = {"keyid": PHONE.keyid, "reason": "更换（虚构）"}
    place_of = {"chain": f"party/{CARRIER}", "seq": entry.statement.seq + 1, "prev": entry.statement.hash}
    fork = Draft(kind="key.revoke/1", by=(CARRIER,), at=format_at(bench().at_s), body=body, **place_of).sign([key_of(CARRIER)])
    return file_of(entry.envelope, fork)


FORGED: dict[str, tuple[Callable[[], bytes], str]] = {
    "another text under the signature": (lambda: file_of(*changed(wrong_signature)), "SIGNATURE_WRONG"),
    "a key of another party": (lambda: file_of(*acts(key_of(GENERATOR))), "KEY_OTHER_PARTY"),
    "a key that nobody knows": (lambda: file_of(*acts(key_of("stranger"))), "UNLOGGED_KEY"),
    "a revoked key": (lambda: file_of(*acts(OLD)), "KEY_NOT_VALID"),
    "a phone that signs what it may not": (lambda: file_of(*acts(PHONE, kind="manifest.verify/1", body={})), "KEY_SCOPE"),
    "a phone after its time": (lambda: file_of(*acts(PHONE, at="2026-12-02T00:00:00+08:00")), "KEY_NOT_VALID"),
    "a gap": (lambda: file_of(*[acts(PHONE, PHONE, PHONE)[place] for place in (0, 2)]), "PREDECESSOR_MISSING"),
    "another order": (lambda: file_of(*reversed(acts(PHONE, PHONE))), "CHAIN_CONFLICT"),
    "the same twice": (lambda: file_of(*acts(PHONE), *acts(PHONE)), "CHAIN_CONFLICT"),
    "behind something else": (lambda: file_of(acts(PHONE)[0], acts(PHONE, first=3)[0]), "PREV_MISMATCH"),
    "a first act of another log": (lambda: file_of(elsewhere()), "PREV_MISMATCH"),
    "a body that is none": (lambda: file_of(*acts(PHONE, body={"place": STOP["place"]})), "FIELD_MISSING"),
    "another log": (lambda: file_of(*acts(PHONE), found="0" * 64), "FOUND_DIFFERS"),
    "another name": (lambda: file_of(*acts(PHONE), origin="other.example/log"), "FOUND_DIFFERS"),
    "a fork behind an entry that others followed": (lambda: fork_behind(-2), "CHAIN_CONFLICT"),
    "evidence that is none": (lambda: file_of(*acts(PHONE), bundle=b"{}"), "BUNDLE_FORM"),
}


def changed(change: Callable[[list[Envelope]], None]) -> list[Envelope]:
    envelopes = acts(PHONE)
    change(envelopes)
    return envelopes


@pytest.mark.parametrize("name", FORGED)
def test_a_forgery_is_a_finding(name: str) -> None:
    make, code = FORGED[name]
    found = codes(make())
    assert found[:1] == [code], found


Change = Callable[[dict[str, Any]], dict[str, Any]]
MALFORMED: tuple[Change, ...] = (
    lambda fields: fields | {"extra": 1},
    lambda fields: fields | {"liandan_unlogged": 2},
    lambda fields: fields | {"liandan_unlogged": True},
    lambda fields: {name: fields[name] for name in reversed(fields)},
    lambda fields: fields | {"statements": []},
    lambda fields: fields | {"statements": fields["statements"] * (STATEMENTS_MAX + 1)},
    lambda fields: fields | {"statements": ["*"]},
    lambda fields: fields | {"statements": [5]},
    lambda fields: fields | {"statements": [b64encode(b" " + freeze(acts(PHONE)[0])).decode()]},
    lambda fields: fields | {"found": "x"},
    lambda fields: fields | {"bundle": 5},
)


def malformed(change: Change) -> bytes:
    fields = change(json.loads(file_of(*acts(PHONE))))
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


@pytest.mark.parametrize("change", MALFORMED)
def test_a_malformed_file_is_a_finding(change: Change) -> None:
    found = report(malformed(change))
    assert found.verdict in ("bad", "other")
    assert found.findings


def test_none_and_too_many_are_not_written() -> None:
    for envelopes in ([], acts(PHONE) * (STATEMENTS_MAX + 1)):
        with pytest.raises(Refusal):
            write_unlogged(ORIGIN, bench().found, envelopes)


def test_what_was_written_is_read() -> None:
    envelopes = acts(PHONE, PHONE)
    file = read_unlogged(file_of(*envelopes))
    assert (file.envelopes, file.bundle, file.found, file.origin) == (tuple(envelopes), evidence(), bench().found, ORIGIN)


@settings(max_examples=sample(150))
@given(st.data())
def test_no_changed_byte_is_believed(data: st.DataObject) -> None:
    raw = bytearray(file_of(*acts(PHONE, PHONE), bundle=b"") if data.draw(st.booleans()) else file_of(*acts(PHONE, PHONE)))
    place, bit = data.draw(st.integers(0, len(raw) - 1)), data.draw(st.integers(0, 7))
    raw[place] ^= 1 << bit
    assert verify_bytes(bytes(raw), "road.json", bench().found).verdict in ("bad", "other")
