"""The auditor of docs/auditor agrees with the independent writer on every vector."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from signing.refusal import Refusal
from signing.suite import verify
from tests.signing.sm2_cases import judged
from tests.vectors.second_reader import VECTORS, acceptable, audit, code_of, parse_envelope, proof, read, refused, replay, replayed, unb64

# --- what must be accepted


@pytest.mark.parametrize("vector", read("payloads"), ids=lambda v: v["name"])
def test_good_payloads_parse_to_their_value(vector: dict[str, Any]) -> None:
    assert audit.strict_json(unb64(vector["raw"])) == vector["value"]


@pytest.mark.parametrize("vector", read("envelopes"), ids=lambda v: v["name"])
def test_posted_envelopes_freeze_to_the_published_bytes(vector: dict[str, Any]) -> None:
    assert audit.encode(parse_envelope(unb64(vector["posted"])).frozen) == unb64(vector["frozen"])


@pytest.mark.parametrize("vector", read("possession"), ids=lambda v: v["key"])
def test_key_registrations_prove_possession(vector: dict[str, Any], verifiers: str) -> None:
    key = next(k for k in read("keys")["party"] if k["name"] == vector["key"])
    keyid, suite, spki, checked = audit.check_registration(vector["registration"], vector["x"], vector["uscc"])
    assert (keyid, suite, spki, checked) == (key["keyid"], key["suite"], unb64(key["spki"]), True)


@pytest.mark.parametrize("vector", read("statements"), ids=lambda v: f"{v['index']} {v['kind']}")
def test_statements_have_their_hash_and_pae(vector: dict[str, Any]) -> None:
    envelope = parse_envelope(unb64(vector["envelope"]))
    statement = audit.read_statement(envelope)
    assert envelope.body == unb64(vector["body"])
    assert audit.pae(audit.STATEMENT, envelope.body) == unb64(vector["pae"])
    assert {name: getattr(statement, name) for name in ("kind", "chain", "seq", "prev", "hash")} == {
        name: vector[name] for name in ("kind", "chain", "seq", "prev", "hash")
    }


@pytest.mark.parametrize("name", ["log", "log-closed"])
def test_the_vector_logs_replay_without_a_finding(name: str, verifiers: str) -> None:
    vector = read(name)
    log = replay(name, len(vector["entries"]))
    assert log.found == vector["found"]
    for entry in vector["entries"]:
        index = entry["index"]
        assert log.mth(index, index + 1).hex() == entry["leaf"]
        assert log.root(index + 1).hex() == entry["root_after"]
        assert log.heads  # chains were taken in


@pytest.mark.parametrize("vector", read("checkpoints"), ids=lambda v: f"{v['size']} {v['name']}")
def test_checkpoints_open_with_all_known_lines(vector: dict[str, Any], verifiers: str) -> None:
    text, stamps, unknown = audit.open_note(vector["note"].encode(), vector["vkeys"])
    assert audit.parse_checkpoint(text)[1:] == (vector["size"], bytes.fromhex(vector["root"]))
    assert set(stamps) == set(vector["vkeys"])
    assert unknown == (1 if vector["name"] else 0)


def test_inclusion_proofs_verify() -> None:
    for p in read("proofs")["inclusion"]:
        hashes = [bytes.fromhex(h) for h in p["hashes"]]
        proof.verify_inclusion(p["index"], p["size"], bytes.fromhex(p["leaf"]), bytes.fromhex(p["root"]), hashes)


def test_tlog_proofs_verify_with_the_keys_of_log_and_witnesses() -> None:
    vkeys = [key["vkey"] for key in read("keys")["note"]]
    for vector in read("proofs")["tlog_proof"]:
        _, _, index = proof.check_proof(vector["text"].encode(), bytes.fromhex(vector["leaf"]), vkeys)
        assert index == vector["index"]


# --- what must be refused


@pytest.mark.parametrize("case", refused("payload"))
def test_bad_payloads_are_refused(case: dict[str, Any]) -> None:
    assert code_of(audit.strict_json, unb64(case["raw"])) in acceptable(case)


@pytest.mark.parametrize("case", refused("envelope"))
def test_bad_envelopes_are_refused(case: dict[str, Any]) -> None:
    assert code_of(parse_envelope, unb64(case["raw"])) in acceptable(case)


@pytest.mark.parametrize("case", refused("signature"))
def test_bad_signatures_are_refused(case: dict[str, Any], verifiers: str) -> None:
    code = code_of(audit.verify, case["suite"], unb64(case["spki"]), unb64(case["message"]), unb64(case["raw"]))
    assert code in acceptable(case)


@pytest.mark.parametrize("case", refused("key"))
def test_bad_keys_are_refused(case: dict[str, Any], verifiers: str) -> None:
    assert code_of(audit.check_registration, json.loads(unb64(case["raw"])), case["x"], case["uscc"]) in acceptable(case)


@pytest.mark.parametrize("case", refused("statement"))
def test_bad_statements_are_refused(case: dict[str, Any]) -> None:
    envelope = parse_envelope(unb64(case["raw"]))
    assert code_of(audit.read_statement, envelope) in acceptable(case)


@pytest.mark.parametrize("case", refused("admission"))
def test_statements_refused_at_admission_are_findings_in_an_entry(case: dict[str, Any]) -> None:
    """An operator who admits them all the same is found out, except where the format leaves the check to his word."""
    log = replayed(case["log"], case["size"])
    decision: dict[str, Any] = {"tags": [], "alerts": [], "accounts": []}
    admission = {"index": case["size"], "at": case["now"], "ruleset": log.ruleset, "facts": [], "decision": decision}
    statement = parse_envelope(unb64(case["raw"])).frozen
    log.add(audit.encode({"v": 1, "statement": statement, "admission": admission}))
    codes = {finding["code"] for finding in log.findings}
    if case.get("auditor", True):
        assert codes & acceptable(case)
    else:
        assert codes == set()


@pytest.mark.parametrize("case", refused("entry"))
def test_bad_entries_are_refused(case: dict[str, Any]) -> None:
    assert code_of(audit.read_entry, unb64(case["raw"])) in acceptable(case)


@pytest.mark.parametrize("case", refused("note"))
def test_bad_notes_are_refused(case: dict[str, Any], verifiers: str) -> None:
    if case.get("what") == "vkey":
        assert code_of(audit.parse_vkey, unb64(case["raw"]).decode()) in acceptable(case)
    else:
        assert code_of(audit.open_note, unb64(case["raw"]), case["vkeys"]) in acceptable(case)


@pytest.mark.parametrize("case", refused("checkpoint"))
def test_bad_checkpoints_are_refused(case: dict[str, Any]) -> None:
    assert code_of(audit.parse_checkpoint, unb64(case["raw"]).decode()) in acceptable(case)


@pytest.mark.parametrize("case", refused("proof"))
def test_bad_proofs_are_refused(case: dict[str, Any]) -> None:
    raw = unb64(case["raw"])
    if case.get("what") == "tlog-proof":
        assert code_of(proof.parse_tlog_proof, raw) in acceptable(case)
        return
    p = json.loads(raw)
    hashes = [bytes.fromhex(h) for h in p["hashes"]]
    code = code_of(proof.verify_inclusion, p["index"], p["size"], bytes.fromhex(p["leaf"]), bytes.fromhex(p["root"]), hashes)
    assert code in acceptable(case)


def test_there_are_enough_refused_cases_and_each_has_a_name_of_its_own() -> None:
    cases = [case for file in sorted((VECTORS / "refused").glob("*.json")) for case in read(f"refused/{file.stem}")]
    assert len(cases) >= 80
    assert len({(case["stage"], case["name"]) for case in cases}) == len(cases)


def test_the_generator_writes_the_committed_bytes(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(VECTORS / "generate.py"), str(tmp_path)], check=True)
    written = {file.relative_to(tmp_path): file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    for file, raw in written.items():
        assert (VECTORS / file).read_bytes() == raw, file
    files = (file for file in VECTORS.rglob("*") if file.is_file() and file.suffix not in (".py", ".pyc", ".md"))
    committed = {file.relative_to(VECTORS) for file in files if not file.is_relative_to(VECTORS / "log")}  # the corpus has its own script
    assert committed == set(written)


# --- the cryptography of the pure path, on vectors of others


def test_the_strict_ed25519_rule_is_libsodiums(verifiers: str) -> None:
    """CCTV: 914 signatures at the edges of RFC 8032; libsodium's rule accepts 43 of them."""
    cases = json.loads((VECTORS.parent / "cctv-ed25519" / "ed25519vectors.json").read_text(encoding="utf-8"))
    accepted = [case["number"] for case in cases if _accepts("ed25519", case["key"], case["msg"].encode(), case["sig"])]
    strict = [case["number"] for case in cases if _libsodium_accepts(case)]
    assert accepted == strict
    assert len(accepted) == 43


def _libsodium_accepts(case: dict[str, Any]) -> bool:
    from nacl.exceptions import BadSignatureError
    from nacl.signing import VerifyKey

    try:
        VerifyKey(bytes.fromhex(case["key"])).verify(case["msg"].encode(), bytes.fromhex(case["sig"]))
    except BadSignatureError:
        return False
    return True


def _accepts(suite: str, key: str, message: bytes, signature: str) -> bool:
    try:
        return bool(audit.verify(suite, audit.SPKI[suite][0] + bytes.fromhex(key), message, bytes.fromhex(signature)))
    except audit.Bad:
        return False


def test_ecdsa_agrees_with_wycheproof_but_for_high_s(verifiers: str) -> None:
    groups = json.loads((VECTORS.parent / "wycheproof" / "ecdsa_secp256r1_sha256_p1363_test.json").read_text(encoding="utf-8"))[
        "testGroups"
    ]
    wrong = []
    for group in groups:
        for test in group["tests"]:
            high = len(test["sig"]) == 128 and int(test["sig"][64:], 16) > (audit.PN - 1) // 2
            key = group["publicKey"]["uncompressed"][2:]
            if _accepts("ecdsa-p256-sha256", key, bytes.fromhex(test["msg"]), test["sig"]) != (test["result"] == "valid" and not high):
                wrong.append(test["tcId"])
    assert wrong == []


def test_sm2_is_judged_as_the_program_judges() -> None:
    """The standard's example among all that must be refused; SM3 also where no OpenSSL has it."""
    found = []
    for spki, message, signature in judged():
        try:
            ours = verify("sm2-sm3", spki, message, signature) is None
        except Refusal:
            ours = False
        told = audit.sm3_pure(message) == audit.sm3(message)
        assert told, message
        try:
            found.append((ours, audit.verify("sm2-sm3", spki, message, signature)))
        except audit.Bad:
            found.append((ours, False))
    assert {ours == theirs for ours, theirs in found} == {True}
    assert sum(ours for ours, _ in found) == 16
