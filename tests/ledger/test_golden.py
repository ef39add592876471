"""Our reader and writer agree with golden bytes that were written independently of them (tests/vectors/liandan-v1).

The vectors use kinds of packages above the log and kinds that are not built yet; these stand here with any body and any decision, so that
form, links, keys, times and encoding are judged by the real code and nothing else is.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

import pytest

from ledger.admission.admit import Submission, admit, apply, verify_signatures
from ledger.admission.content import check_content
from ledger.admission.entry import encode_entry, read_entry
from ledger.admission.kind_table import Kinds
from ledger.admission.personality import Changes, Kind, Personality, Window
from ledger.admission.statement import read_statement
from ledger.auditing.replay import ReplayFacts
from ledger.chain import ULID, USCC
from ledger.model import Facts, Moment, Statement
from ledger.personality import PERSONALITY as LOG
from ledger.times import parse_at
from ledger.tree.checkpoint import open_checkpoint, parse_checkpoint
from ledger.tree.merkle import leaf_hash, root_of, verify_consistency, verify_inclusion
from ledger.tree.note import parse_note, parse_vkey
from ledger.tree.proof import parse_proof
from signing.envelope import PAYLOAD_STATEMENT, Envelope, freeze, pae, parse_envelope
from signing.payload import parse
from signing.possession import KeyRegistration, check_registration, possession_message
from signing.refusal import Refusal
from signing.suite import verify

VECTORS = Path(__file__).parent.parent / "vectors" / "liandan-v1"


def load(name: str) -> Any:
    return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))


def refused(stage: str) -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in load(f"refused/{stage}")]


def _kind(name: str, chain_type: str, window: Window, opens: bool) -> Kind:
    def keep(statement: Statement, admission: object, facts: Facts) -> Changes:
        return Changes(state=facts.state(statement.chain))

    return Kind(
        name=name,
        zh="任意",
        en="anything",
        body=dict,
        chain_type=chain_type,
        roles=("anybody",),
        signers=lambda statement, facts: (),
        window=window,
        rules=(),
        evolve=keep,
        books=None,
        effect=("", ""),
        opens=opens,
    )


ANYTHING = Personality(
    name="vectors",
    kinds=(
        _kind("permit.grant/1", "permit", Window.DAY, opens=True),
        _kind("manifest.issue/1", "manifest", Window.DAY, opens=True),
        _kind("manifest.depart/1", "manifest", Window.CUSTODY, opens=False),
    ),
    states={"permit": dict, "manifest": dict},
    chains={
        "permit": rf"permit/{USCC}/{ULID}",
        "manifest": rf"manifest/{USCC}/{ULID}",
    },
)
OWN_CHAINS = {name: LOG.chains[name] for name in ("log", "party")}
KINDS = Kinds([Personality(**{**{f: getattr(LOG, f) for f in LOG.__struct_fields__}, "chains": OWN_CHAINS}), ANYTHING])


class Grown:
    """Facts after the first entries of a golden log."""

    def __init__(self, log: str, size: int | None = None) -> None:
        self.facts = ReplayFacts(lambda name, digest: None)
        self.entries = [read_entry(b64decode(item["entry"]), KINDS) for item in load(log.removesuffix(".json"))["entries"][:size]]
        for entry in self.entries:
            kind = KINDS.by_name[entry.statement.kind]
            apply(entry, kind, self.facts)

    def root_at(self, size: int) -> str:
        """Root of the tree of the first ``size`` entries."""
        return b64encode(root_of(leaf_hash(entry.raw) for entry in self.entries[:size])).decode()


@pytest.mark.parametrize("case", load("payloads"), ids=lambda case: case["name"])
def test_payloads_read_as_written(case: dict[str, Any]) -> None:
    assert parse(b64decode(case["raw"])) == case["value"]


@pytest.mark.parametrize("case", load("envelopes"), ids=lambda case: case["name"])
def test_envelopes_freeze_to_the_golden_form(case: dict[str, Any]) -> None:
    envelope = parse_envelope(b64decode(case["posted"]), payload_type=PAYLOAD_STATEMENT)
    assert freeze(envelope) == b64decode(case["frozen"])


@pytest.mark.parametrize("case", load("statements"), ids=lambda case: f"{case['index']} {case['kind']}")
def test_statements_hash_and_link_as_golden(case: dict[str, Any]) -> None:
    envelope = parse_envelope(b64decode(case["envelope"]), payload_type=PAYLOAD_STATEMENT)
    statement, _ = read_statement(envelope, KINDS)
    assert pae(PAYLOAD_STATEMENT, b64decode(case["body"])) == b64decode(case["pae"]) == envelope.message
    assert (statement.hash, statement.kind, statement.chain, statement.seq, statement.prev) == tuple(
        case[name] for name in ("hash", "kind", "chain", "seq", "prev")
    )


def test_golden_entries_are_canonical_linked_and_signed() -> None:
    from ledger.admission.admit import expected_prev
    from ledger.directory import LOG_MAIN
    from ledger.kinds.founding import founding_keys

    grown = Grown("log", 0)
    log = load("log")
    for item in log["entries"]:
        raw = b64decode(item["entry"])
        entry = read_entry(raw, KINDS)
        statement = entry.statement
        assert encode_entry(entry.envelope, entry.admission) == raw
        assert statement.prev == expected_prev(statement, grown.facts.head(statement.chain), grown.facts.state(LOG_MAIN))
        founding = founding_keys(statement) if entry.index == 0 else {}
        verify_signatures(entry.envelope, statement.by, lambda keyid, known=founding: known.get(keyid) or grown.facts.get(f"key:{keyid}"))
        apply(entry, KINDS.by_name[statement.kind], grown.facts)
    assert grown.facts.state(LOG_MAIN).found == log["found"]


@pytest.mark.parametrize("case", load("possession"), ids=lambda case: case["key"])
def test_possession_proofs_hold(case: dict[str, Any]) -> None:
    registration = KeyRegistration(**case["registration"])
    spki = check_registration(registration, case["x"], case["uscc"])
    assert possession_message(case["x"], case["uscc"], registration.suite, spki) == b64decode(case["message"])


def test_golden_proofs_verify() -> None:
    proofs = load("proofs")
    for case in proofs["inclusion"]:
        hashes = [bytes.fromhex(h) for h in case["hashes"]]
        verify_inclusion(case["index"], case["size"], bytes.fromhex(case["leaf"]), hashes, bytes.fromhex(case["root"]))
    for case in proofs["consistency"]:
        hashes = [bytes.fromhex(h) for h in case["hashes"]]
        verify_consistency(case["from"], case["to"], bytes.fromhex(case["root_from"]), bytes.fromhex(case["root_to"]), hashes)
    for case in proofs["tlog_proof"]:
        assert parse_proof(case["text"].encode()).index == case["index"]


@pytest.mark.parametrize("case", load("checkpoints"), ids=lambda case: f"{case['name'] or case['size']}")
def test_golden_checkpoints_open(case: dict[str, Any]) -> None:
    opened = open_checkpoint(case["note"].encode(), case["vkeys"]).checkpoint
    assert (opened.size, opened.root.hex()) == (case["size"], case["root"])


def expect(case: dict[str, Any], refusal: Refusal) -> None:
    """The case's code, or another that the vectors allow where two rules are broken at once."""
    assert {case["code"], case.get("either")} & set(refusal.codes), refusal


@pytest.mark.parametrize("case", refused("payload"))
def test_payloads_refused(case: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as caught:
        parse(b64decode(case["raw"]))
    expect(case, caught.value)


@pytest.mark.parametrize("case", refused("envelope"))
def test_envelopes_refused(case: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as caught:
        parse_envelope(b64decode(case["raw"]), payload_type=PAYLOAD_STATEMENT)
    expect(case, caught.value)


@pytest.mark.parametrize("case", refused("signature"))
def test_signatures_refused(case: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as caught:
        verify(case["suite"], b64decode(case["spki"]), b64decode(case["message"]), b64decode(case["raw"]))
    expect(case, caught.value)


@pytest.mark.parametrize("case", refused("key"))
def test_keys_refused(case: dict[str, Any]) -> None:
    registration = KeyRegistration(**json.loads(b64decode(case["raw"])))
    with pytest.raises(Refusal) as caught:
        check_registration(registration, case["x"], case["uscc"])
    expect(case, caught.value)


def _submission(raw: bytes) -> Submission:
    envelope: Envelope = parse_envelope(raw, payload_type=PAYLOAD_STATEMENT)
    statement, kind = read_statement(envelope, KINDS)
    return Submission(envelope=envelope, statement=statement, kind=kind)


@pytest.mark.parametrize("case", refused("statement"))
def test_statements_refused(case: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as caught:
        _submission(b64decode(case["raw"]))
    expect(case, caught.value)


@pytest.mark.parametrize("case", refused("admission"))
def test_admissions_refused(case: dict[str, Any]) -> None:
    grown = Grown(case["log"], case["size"])
    with pytest.raises(Refusal) as caught:
        submission = _submission(b64decode(case["raw"]))
        reasons = check_content(submission.statement.body)
        if reasons:
            raise Refusal(reasons)
        admit(submission, grown.facts, Moment(len(grown.entries), parse_at(case["now"]), "2026-1"), grown.root_at)
    expect(case, caught.value)


@pytest.mark.parametrize("case", refused("entry"))
def test_entries_refused(case: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as caught:
        read_entry(b64decode(case["raw"]), KINDS)
    expect(case, caught.value)


@pytest.mark.parametrize("case", refused("note"))
def test_notes_refused(case: dict[str, Any]) -> None:
    raw = b64decode(case["raw"])
    with pytest.raises(Refusal) as caught:
        if case.get("what") == "vkey":
            parse_vkey(raw.decode())
        parse_checkpoint(parse_note(raw)[0])
        open_checkpoint(raw, case["vkeys"])
    expect(case, caught.value)


@pytest.mark.parametrize("case", refused("checkpoint"))
def test_checkpoints_refused(case: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as caught:
        parse_checkpoint(b64decode(case["raw"]))
    expect(case, caught.value)


@pytest.mark.parametrize("case", refused("proof"))
def test_proofs_refused(case: dict[str, Any]) -> None:
    raw = b64decode(case["raw"])
    with pytest.raises(Refusal) as caught:
        if case.get("what", "").startswith("tlog"):
            parse_proof(raw)
        else:
            found = json.loads(raw)
            hashes = [bytes.fromhex(h) for h in found["hashes"]]
            verify_inclusion(found["index"], found["size"], bytes.fromhex(found["leaf"]), hashes, bytes.fromhex(found["root"]))
    expect(case, caught.value)


def test_there_are_more_than_sixty_refusals() -> None:
    assert sum(len(json.loads(path.read_text(encoding="utf-8"))) for path in (VECTORS / "refused").glob("*.json")) > 60


def test_key_lookups_of_log_vectors_say_the_party() -> None:
    """keys.json names every key that signs in the golden log."""
    known = {key["keyid"]: key["uscc"] for key in load("keys")["party"]}
    for entry in Grown("log").entries:
        for uscc, signature in zip(entry.statement.by, entry.envelope.signatures, strict=True):
            assert known[signature.keyid] == uscc
