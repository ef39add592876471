"""Witnesses, suites that the page does not compute, receipts: bundles whose logs differ from the ordinary one."""

import json
from typing import Any

import pytest

from ledger.bundle import make_bundle
from ledger.tree.checkpoint import cosign_checkpoint, open_checkpoint
from ledger.tree.merkle import inclusion_proof
from ledger.tree.note import SUBTREE_V1, join_note, parse_note, vkey_of
from ledger.tree.tiles import TileReader
from reports.attachment import bundle_in
from reports.verify import verify_bytes
from signing.keys import PrivateKey
from signing.possession import register
from tests.browser.conftest import Desk, codes
from tests.ledger.test_bundle import PARTY, SUBJECT, bundle_of, witnessed
from tests.reports.test_forged import originals
from tests.reports.test_verify import ClaimedAct, make_receipt
from tests.workbench import OPERATOR, Workbench, key_of

ML_DSA = PrivateKey.from_seed("ml-dsa-44", b"\x12" * 32)


@pytest.mark.parametrize(("count", "forged"), [(0, False), (1, False), (2, False), (2, True)])
def test_witnesses_are_counted_by_the_policy_in_force(shared_desk: Desk, count: int, forged: bool) -> None:
    raw = witnessed(count, forged=forged)
    ours, theirs = verify_bytes(raw, "b.json"), shared_desk.verify(raw)
    assert theirs["verdict"] == ours.verdict == ("bad" if forged else "unpinned")
    for part, said in (("findings", ours.findings), ("notes", ours.notes)):
        assert codes(theirs, part) == tuple(one.code for one in said)
    if not forged:
        assert [line["time"] for line in theirs["cosigned"]] == [1_790_000_000] * count


def test_degraded_is_said_on_the_card(desk: Desk) -> None:
    desk.show(witnessed(1), "b.json", "application/json")
    assert "DEGRADED" in str(desk.do(lambda page: page.locator("article .warnings").inner_text()))


def _with_ml_dsa() -> tuple[bytes, str]:
    """A party signs with ML-DSA-44, which this page does not compute."""
    bench = Workbench()
    bench.register(PARTY)
    bench.post("key.add/1", SUBJECT, (PARTY,), {"key": register(ML_DSA, bench.found, PARTY)})
    bench.post("key.revoke/1", SUBJECT, (PARTY,), {"keyid": key_of(PARTY).keyid, "reason": "换人"}, keys=[ML_DSA])
    return bundle_of(bench), bench.found


def test_a_suite_that_is_not_computed_is_never_called_good(shared_desk: Desk) -> None:
    raw, found = _with_ml_dsa()
    assert verify_bytes(raw, "b.json", found).verdict == "good"
    report = shared_desk.verify(raw, found)
    assert (report["verdict"], report["uncomputed"]) == ("other", ["ml-dsa-44"])
    assert "NOTE_SUITE" in codes(report, "notes")


def test_nor_is_a_checkpoint_with_such_a_line_of_a_known_witness(shared_desk: Desk) -> None:
    vkey = str(vkey_of("witness.example/new", SUBTREE_V1, ML_DSA))
    bench = Workbench(witness_policy=(f"witness new {vkey}", "quorum none"))
    bench.register(PARTY)
    files = bench.export()
    checkpoint = open_checkpoint(files["checkpoint"], files["log.vkey"].decode().splitlines()).checkpoint
    text, lines = parse_note(files["checkpoint"])
    reader = TileReader(len(bench.entries), files.get)
    note = join_note(text, (*lines, cosign_checkpoint(checkpoint, "witness.example/new", ML_DSA, 1_790_000_000)))
    raw = make_bundle(note, SUBJECT, bench.entries, lambda index: inclusion_proof(index, reader.size, reader.hash_at))
    assert verify_bytes(raw, "b.json", bench.found).verdict == "good"
    assert shared_desk.verify(raw, bench.found)["verdict"] == "other"


def test_receipts_by_a_bundle_of_the_same_log_alone(desk: Desk) -> None:
    own, pins = originals()
    refused = ClaimedAct((OPERATOR,), "manifest.issue/1", "ab" * 32)
    _, receipt = make_receipt(refused, ["APPROVAL_QUOTA"], 19, 1_790_000_000, key_of(OPERATOR))
    _, forged = make_receipt(refused, ["APPROVAL_QUOTA"], 19, 1_790_000_000, key_of("somebody"))
    changed: dict[str, Any] = json.loads(receipt)
    changed["signatures"][0]["sig"] = json.loads(forged)["signatures"][0]["sig"]

    def told(raw: bytes) -> tuple[str, str]:
        return desk.show(raw, "a.refusal", "application/json"), str(desk.do(lambda page: page.locator("article").first.inner_text()))

    assert "RECEIPT_UNCHECKED" in told(receipt)[1]
    assert desk.show(own.elsewhere) == "unpinned"
    desk.pin(pins["signed"])
    assert "RECEIPT_UNCHECKED" in told(receipt)[1], "a bundle of another log tells nothing once a pin is kept"
    assert desk.show(bundle_in(own.signed), "b.json", "application/json") == "good"
    verdict, text = told(receipt)
    assert verdict == "good"
    assert "APPROVAL_QUOTA" in text
    assert "RECEIPT_SIGNER" in told(forged)[1]
    assert "SIGNATURE_WRONG" in told(json.dumps(changed, separators=(",", ":")).encode())[1]
