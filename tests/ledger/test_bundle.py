"""Bundles: what one proves, and that nothing in it can be changed, left out or borrowed from another log."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ledger.admission.entry import Entry
from ledger.bundle import make_bundle, open_bundle
from ledger.tree.checkpoint import attach_cosignatures, cosign_checkpoint, open_checkpoint
from ledger.tree.merkle import inclusion_proof
from ledger.tree.tiles import TileReader
from ledger.witnessing.server import make_cosigner
from signing.possession import register
from signing.refusal import Refusal
from tests.sample import sample
from tests.vectors.lying_log import with_refused
from tests.vectors.second_reader import read
from tests.workbench import AUTHORITY_51, Workbench, key_of, uscc

PARTY, OTHER = uscc("510112", 10), uscc("510112", 11)
SUBJECT = f"party/{PARTY}"


@cache
def bench() -> Workbench:
    """Two parties; the first adds a second key, signs with it, and revokes it."""
    bench = Workbench()
    bench.register(PARTY, "成都锦川蓄能回收有限公司（虚构）")
    bench.register(OTHER)
    second, third = key_of(PARTY, 1), key_of(PARTY, 2)
    bench.post("key.add/1", SUBJECT, (PARTY,), {"key": register(second, bench.found, PARTY)})
    bench.post("key.add/1", SUBJECT, (PARTY,), {"key": register(third, bench.found, PARTY)}, keys=[second])
    bench.post("key.revoke/1", SUBJECT, (PARTY,), {"keyid": second.keyid, "reason": "换人"}, keys=[second])
    return bench


def bundle_of(source: Workbench, chains: tuple[str, ...] = ("log/main", SUBJECT), subject: str = SUBJECT) -> bytes:
    """A bundle of whole chains under the newest checkpoint."""
    files = source.export()
    size = len(source.entries)
    reader = TileReader(size, files.get)
    entries = [entry for entry in source.entries if entry.statement.chain in chains]
    return make_bundle(files["checkpoint"], subject, entries, lambda index: inclusion_proof(index, size, reader.hash_at))


@cache
def good() -> bytes:
    """The bundle of the first party."""
    return bundle_of(bench())


def changed(change: Callable[[dict[str, Any]], None]) -> bytes:
    """The good bundle with a change, written as a bundle is written."""
    fields = json.loads(good())
    change(fields)
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


def refused(raw: bytes, pinned: str | None = None) -> list[str]:
    """Codes with which a bundle is refused."""
    with pytest.raises(Refusal) as caught:
        open_bundle(raw, bench().kinds, pinned)
    return caught.value.codes


def test_a_good_bundle_opens_and_tells_what_its_entries_say() -> None:
    opened = open_bundle(good(), bench().kinds, bench().found)
    assert opened.is_pinned
    assert opened.found == bench().found
    assert [entry.raw for entry in opened.entries] == [bench().entries[index].raw for index in (0, 1, 3, 4, 5)]
    assert opened.facts.state(SUBJECT).name == "成都锦川蓄能回收有限公司（虚构）"
    assert opened.opened.checkpoint.size == 6
    assert opened.log.authorities[0].uscc == AUTHORITY_51


def test_the_same_entries_make_the_same_bytes_in_any_order() -> None:
    files, size = bench().export(), len(bench().entries)
    reader = TileReader(size, files.get)
    entries: list[Entry] = [entry for entry in bench().entries if entry.statement.chain in ("log/main", SUBJECT)]
    again = make_bundle(files["checkpoint"], SUBJECT, [*reversed(entries), *entries], lambda i: inclusion_proof(i, size, reader.hash_at))
    assert again == good()


def test_without_a_pinned_value_the_bundle_says_so() -> None:
    assert not open_bundle(good(), bench().kinds).is_pinned


def test_another_log_than_the_pinned_one_is_refused() -> None:
    assert refused(good(), "0" * 64) == ["FOUND_DIFFERS"]


def test_a_chain_with_a_gap_is_refused() -> None:
    assert refused(changed(lambda fields: fields["entries"].pop(2))) == ["PREDECESSOR_MISSING"]


def test_a_bundle_without_the_founding_is_refused() -> None:
    assert refused(changed(lambda fields: fields["entries"].pop(0))) == ["BUNDLE_FORM"]


def test_a_key_whose_registration_is_left_out_signs_nothing() -> None:
    raw = bundle_of(bench(), ("log/main", SUBJECT, f"party/{OTHER}"), f"party/{OTHER}")
    fields = json.loads(raw)
    fields["entries"] = [item for item in fields["entries"] if item["index"] in (0, 2)]
    alone = json.dumps(fields, separators=(",", ":")).encode()
    assert open_bundle(alone, bench().kinds).subject == f"party/{OTHER}"
    fields["entries"] = [item for item in json.loads(good())["entries"] if item["index"] in (0, 3)]
    fields["subject"] = SUBJECT
    assert refused(json.dumps(fields, separators=(",", ":")).encode()) == ["PREDECESSOR_MISSING"]


def test_a_subject_that_is_not_in_the_bundle_is_refused() -> None:
    assert refused(changed(lambda fields: fields.update(subject=f"party/{OTHER}"))) == ["BUNDLE_FORM"]
    assert refused(changed(lambda fields: fields.update(subject=7))) == ["BUNDLE_FORM"]


def test_entries_out_of_order_or_twice_are_refused() -> None:
    assert refused(changed(lambda fields: fields["entries"].append(fields["entries"][-1]))) == ["BUNDLE_FORM"]


def test_a_wrong_index_beside_an_entry_is_refused() -> None:
    assert refused(changed(lambda fields: fields["entries"][2].update(index=4))) == ["BUNDLE_FORM"]


def test_a_proof_of_another_entry_is_refused() -> None:
    def swap(fields: dict[str, Any]) -> None:
        fields["entries"][1]["proof"] = fields["entries"][2]["proof"]

    assert set(refused(changed(swap))) <= {"PROOF_WRONG", "PROOF_FORM"}


def test_an_entry_of_another_log_is_refused() -> None:
    elsewhere = Workbench(at_s=bench().entries[0].statement.at_s + 60)
    elsewhere.register(PARTY, "另一账本")

    def borrow(fields: dict[str, Any]) -> None:
        fields["entries"][1]["entry"] = b64encode(elsewhere.entries[1].raw).decode()

    assert refused(changed(borrow)) == ["PROOF_WRONG"]


def test_a_log_that_is_founded_again_is_refused() -> None:
    """A second founding would change who the operator is, and every key that counts."""
    [case] = [case for case in read("refused/admission") if case["name"] == "founded again"]
    assert refused(with_refused(case)) == ["CHAIN_NOT_OPEN"]


def test_a_checkpoint_by_another_key_is_refused() -> None:
    def resign(fields: dict[str, Any]) -> None:
        note = b64decode(fields["checkpoint"])
        head, _, line = note.rpartition(b" ")
        raw = bytearray(b64decode(line))
        raw[-1] ^= 1
        fields["checkpoint"] = b64encode(head + b" " + b64encode(bytes(raw)) + b"\n").decode()

    assert refused(changed(resign)) == ["NOTE_SIGNATURE"]


@pytest.mark.parametrize("name", ["liandan_bundle", "origin", "subject", "checkpoint", "entries"])
def test_a_missing_field_is_refused(name: str) -> None:
    assert refused(changed(lambda fields: fields.pop(name))) == ["BUNDLE_FORM"]


def test_an_origin_that_is_not_the_logs_is_refused() -> None:
    assert refused(changed(lambda fields: fields.update(origin="log.example/other"))) == ["BUNDLE_FORM"]


@settings(max_examples=sample(150), deadline=None)
@given(st.data())
def test_no_flipped_bit_goes_unnoticed(data: st.DataObject) -> None:
    raw = bytearray(good())
    position = data.draw(st.integers(0, len(raw) - 1))
    raw[position] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(Refusal):
        open_bundle(bytes(raw), bench().kinds, bench().found)


@settings(max_examples=sample(100), deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_give_nothing_but_a_refusal(raw: bytes) -> None:
    with pytest.raises(Refusal):
        open_bundle(raw, bench().kinds)


COSIGNERS = [make_cosigner(f"witness.example/{name}", key_of(f"witness {name}")) for name in ("a", "b")]
BOTH = (
    *(f"witness {cosigner.name[-1]} {cosigner.vkeys[0]}" for cosigner in COSIGNERS),
    "group both all a b",
    "quorum both",
)


def witnessed(count: int, *, at: int = 1_790_000_000, forged: bool = False) -> bytes:
    """A bundle of a log whose policy asks for both witnesses, cosigned by the first ``count`` of them."""
    source = Workbench(witness_policy=BOTH)
    source.register(PARTY)
    files = source.export()
    checkpoint = open_checkpoint(files["checkpoint"], files["log.vkey"].decode().splitlines()).checkpoint
    signed = replace(checkpoint, root=bytes(32)) if forged else checkpoint
    lines = [(one.vkeys[0], cosign_checkpoint(signed, one.name, one.keys[0], at)) for one in COSIGNERS[:count]]
    reader = TileReader(len(source.entries), files.get)
    note = attach_cosignatures(files["checkpoint"], lines)
    return make_bundle(note, SUBJECT, source.entries, lambda index: inclusion_proof(index, reader.size, reader.hash_at))


@pytest.mark.parametrize(("count", "is_quorum"), [(0, False), (1, False), (2, True)])
def test_cosignatures_are_held_against_the_policy_that_the_included_log_has_in_force(count: int, is_quorum: bool) -> None:
    opened = open_bundle(witnessed(count), bench().kinds)
    assert [(line.vkey, line.timestamp) for line in opened.opened.cosignatures] == [
        (one.vkeys[0], 1_790_000_000) for one in COSIGNERS[:count]
    ]
    assert opened.is_quorum is is_quorum


def test_a_cosignature_of_another_root_refuses_the_bundle() -> None:
    assert refused(witnessed(2, forged=True)) == ["NOTE_SIGNATURE"]


def test_a_log_without_witnesses_asks_for_none() -> None:
    assert open_bundle(good(), bench().kinds).is_quorum
