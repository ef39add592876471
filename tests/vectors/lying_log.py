"""Bundles by an operator who lies: any entries under a checkpoint that the vectors' own log key signs."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from typing import Any

from ledger.tree.checkpoint import Checkpoint, sign_checkpoint
from ledger.tree.merkle import leaf_hash, node_hash
from signing.keys import PrivateKey
from tests.vectors.second_reader import read

KEY = PrivateKey.from_seed("ed25519", bytes.fromhex(read("keys")["note"][0]["seed"]))


def _proven(leaves: Sequence[bytes]) -> tuple[bytes, list[list[bytes]]]:
    """The root, and the proof of each leaf (RFC 6962 §2.1, §2.1.1, as it is written there)."""
    if len(leaves) == 1:
        return leaves[0], [[]]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    (left, before), (right, behind) = _proven(leaves[:split]), _proven(leaves[split:])
    return node_hash(left, right), [*([*proof, right] for proof in before), *([*proof, left] for proof in behind)]


def bundled(
    origin: str, entries: Sequence[bytes], *, kept: Callable[[int], bool] = lambda index: True, subject: str = "", note: bytes = b""
) -> bytes:
    """A bundle of a log's entries under a checkpoint that its own key signs."""
    root, proofs = _proven([leaf_hash(raw) for raw in entries])
    note = note or sign_checkpoint(Checkpoint(origin, len(entries), root), KEY)
    items = [
        {"index": index, "entry": b64encode(raw).decode(), "proof": [b64encode(one).decode() for one in proofs[index]]}
        for index, raw in enumerate(entries)
        if kept(index)
    ]
    fields = {"liandan_bundle": 1, "origin": origin, "subject": subject or "log/main", "checkpoint": b64encode(note).decode()}
    return json.dumps({**fields, "entries": items}, ensure_ascii=False, separators=(",", ":")).encode()


def entries_of(name: str) -> tuple[str, list[bytes]]:
    log = read(name)
    return log["origin"], [b64decode(entry["entry"]) for entry in log["entries"]]


def with_refused(case: dict[str, Any]) -> bytes:
    """A log that admitted all the same what ``refused/admission.json`` says no log may."""
    origin, entries = entries_of(case["log"].removesuffix(".json"))
    statement = json.loads(b64decode(case["raw"]))
    frozen = {name: statement[name] for name in ("payloadType", "payload")}
    frozen["signatures"] = [{name: one[name] for name in ("keyid", "sig")} for one in statement["signatures"]]
    decision: dict[str, Any] = {"tags": [], "alerts": [], "accounts": []}
    ruleset = json.loads(entries[case["size"] - 1])["admission"]["ruleset"]
    admission = {"index": case["size"], "at": case["now"], "ruleset": ruleset, "facts": [], "decision": decision}
    entry = json.dumps({"v": 1, "statement": frozen, "admission": admission}, ensure_ascii=False, separators=(",", ":")).encode()
    return bundled(origin, [*entries[: case["size"]], entry])
