"""Vectors that every reader must accept."""

from __future__ import annotations

import base64
import json
from typing import Any

import bytes_v1 as v1
from story import KEYS, LOG_KEY, ORIGIN, OWNERS, WITNESSES
from writer import Log


def keys() -> list[dict[str, Any]]:
    """Party keys; everything follows from ``seed``."""
    return [_key(key, OWNERS.get(name, "")) for name, key in KEYS.items()]


def _key(key: v1.Key, owner: str) -> dict[str, Any]:
    return {
        "name": key.name,
        "suite": key.suite,
        "seed": key.seed.hex(),
        **({"scalar": f"{key.scalar:064x}"} if key.suite == "ecdsa-p256-sha256" else {}),
        "uscc": owner,
        "spki": v1.b64(key.spki),
        "keyid": key.keyid,
    }


def note_keys() -> list[dict[str, Any]]:
    """The log's and the witnesses' keys."""
    log = {"name": ORIGIN, "seed": LOG_KEY.seed.hex(), "type": 1, "vkey": v1.vkey(ORIGIN, 1, LOG_KEY.raw)}
    return [
        log,
        *({"name": name, "seed": key.seed.hex(), "type": 4, "vkey": v1.vkey(name, 4, key.raw)} for name, key in WITNESSES.items()),
    ]


def possessions(log: Log) -> list[dict[str, Any]]:
    """Key registrations over found and, for the founders, over the origin."""
    out = []
    for name, owner in OWNERS.items():
        key = KEYS[name]
        x = ORIGIN if name in ("operator", "sichuan", "chongqing") else log.found
        message = v1.possession(x, owner, key.suite, key.spki)
        out.append({"key": name, "x": x, "uscc": owner, "message": v1.b64(message), "registration": v1.registration(key, x, owner)})
    return out


def _nested(depth: int) -> Any:
    return {"a": _nested(depth - 1)} if depth > 1 else {}


def payloads() -> list[dict[str, Any]]:
    """Strict JSON at its edges; ``value`` is what it parses to."""
    full = b'{"a":"' + b"x" * (24 * 1024 - 8) + b'"}'
    raws = {
        "empty object": b"{}",
        "white space of RFC 8259 everywhere": b'\t\r\n {\n "a" :\t[ 1 , 2 ] }\n',
        "largest and smallest integer": b'{"a":9007199254740991,"b":-9007199254740991,"c":0}',
        "eight levels": json.dumps(_nested(8)).encode(),
        "eight levels of arrays": b'{"a":[[[[[[[1]]]]]]]}',
        "all escapes that decode to allowed characters": rb'{"\u0061":"\"\\\/\u4e2d\ud83d\ude00"}',
        "same key in different objects": b'{"a":{"a":1},"b":{"a":2}}',
        "exactly 24 KiB": full,
        "true and false": b'{"a":true,"b":false}',
        "Chinese, unescaped": '{"名称":"废包装桶（虚构）"}'.encode(),
        "neighbours of forbidden ranges": '{"a":"\u0020\u007e\u00a0\u00ae\u200a\u2010\u2027\u202f\u205f\u2070\ufff8\U000e0080"}'.encode(),
        "decomposed text: NFC is asked at admission only": '{"a":"e\u0301"}'.encode(),
    }
    return [{"name": name, "raw": v1.b64(raw), "value": json.loads(raw)} for name, raw in raws.items()]


def statements(log: Log) -> list[dict[str, Any]]:
    """Every statement of the small log: body, PAE, frozen envelope, hash."""
    out = []
    for index, entry in enumerate(log.entries):
        frozen = json.loads(entry)["statement"]
        body = base64.b64decode(frozen["payload"])
        fields = json.loads(body)
        out.append(
            {
                "index": index,
                "kind": fields["kind"],
                "chain": fields["chain"],
                "seq": fields["seq"],
                "prev": fields["prev"],
                "body": v1.b64(body),
                "pae": v1.b64(v1.pae(v1.STATEMENT, body)),
                "hash": v1.statement_hash(body),
                "envelope": v1.b64(v1.compact(frozen)),
            }
        )
    return out


def envelopes(log: Log) -> list[dict[str, Any]]:
    """Posted forms that freeze to the same bytes."""
    frozen = json.loads(log.entries[1])["statement"]
    signature = frozen["signatures"][0]
    other_order = {"signatures": [dict(reversed(signature.items()))], "payload": frozen["payload"], "payloadType": frozen["payloadType"]}
    escaped = v1.compact(frozen).replace(b"payloadType", rb"payload\u0054ype").replace(b"/", rb"\/")
    posted = {
        "frozen form": v1.compact(frozen),
        "other field order": v1.compact(other_order),
        "white space": json.dumps(frozen, indent=4).encode(),
        "escapes": escaped,
    }
    return [{"name": name, "posted": v1.b64(raw), "frozen": v1.b64(v1.compact(frozen))} for name, raw in posted.items()]


def log_file(log: Log) -> dict[str, Any]:
    """A whole log: entries, leaves, the root after each entry, data files."""
    leaves = log.leaves
    entries = [
        {
            "index": i,
            "entry": v1.b64(entry),
            "leaf": leaves[i].hex(),
            "statement_hash": log.hashes[i],
            "root_after": v1.tree_root(leaves[: i + 1]).hex(),
        }
        for i, entry in enumerate(log.entries)
    ]
    data = {name: v1.b64(raw) for name, raw in log.data.items()}
    return {"origin": log.origin, "found": log.found, "entries": entries, "data": data}


def acts_file(log: Log, key: v1.Key, owner: str, files: dict[str, str]) -> dict[str, Any]:
    """The log of further acts: each entry with the parts of its statement; its one key that ``keys`` lacks; data ``files`` by path."""
    whole = log_file(log)
    whole["data"] = {name: raw for name, raw in whole["data"].items() if name not in files.values()}
    whole["files"] = files
    whole["entries"] = [{**entry, **statement} for entry, statement in zip(whole["entries"], statements(log), strict=True)]
    return {**whole, "keys": [_key(key, owner)], "checkpoints": checkpoints(log)[: len(log.checkpoints)]}


def checkpoints(log: Log) -> list[dict[str, Any]]:
    """Signed notes, plus one with lines that nobody knows (grease)."""
    vkeys = [v1.vkey(log.origin, 1, log.log_key.raw), *(v1.vkey(name, 4, key.raw) for name, key in log.witnesses.items())]
    notes = [("", size, note) for size, note in log.checkpoints.items()]
    size, plain = max(log.checkpoints.items())
    text, _, lines = plain.decode().partition("\n\n")
    grease = f"\u2014 grease.example {v1.b64(v1.sha256(b'grease') * 2)}\n"
    notes.append(("unknown lines are ignored, also unknown keys of known names", size, (text + "\n\n" + grease + lines).encode()))
    unknown = bytes.fromhex("00000001") + b"g" * 64
    renamed = f"\u2014 {log.origin} {v1.b64(unknown)}\n"
    notes.append(("an unknown key of the log's name", size, (text + "\n\n" + renamed + lines).encode()))
    return [
        {"name": name, "size": at, "root": v1.tree_root(log.leaves[:at]).hex(), "note": note.decode(), "vkeys": vkeys}
        for name, at, note in notes
    ]


def proofs(log: Log) -> dict[str, Any]:
    """Inclusion of every leaf in every archived size, consistency of every pair of sizes, and two tlog-proofs."""
    leaves = log.leaves
    included = [
        {
            "index": index,
            "size": size,
            "leaf": leaves[index].hex(),
            "root": v1.tree_root(leaves[:size]).hex(),
            "hashes": [h.hex() for h in v1.inclusion(index, leaves[:size])],
        }
        for size in log.checkpoints
        for index in range(size)
    ]
    consistent = [
        {
            "from": a,
            "to": b,
            "root_from": v1.tree_root(leaves[:a]).hex(),
            "root_to": v1.tree_root(leaves[:b]).hex(),
            "hashes": [h.hex() for h in v1.consistency(a, leaves[:b])],
        }
        for b in range(1, len(leaves) + 1)
        for a in range(1, b + 1)
    ]
    return {"inclusion": included, "consistency": consistent, "tlog_proof": [tlog_proof(log, 14, 19), tlog_proof(log, 0, 1)]}


def tlog_proof(log: Log, index: int, size: int) -> dict[str, Any]:
    """The file that travels with a document."""
    hashes = v1.inclusion(index, log.leaves[:size])
    lines = ["c2sp.org/tlog-proof@v1", f"index {index}", *(v1.b64(h) for h in hashes), ""]
    return {"index": index, "leaf": log.leaves[index].hex(), "text": "\n".join(lines) + "\n" + log.checkpoints[size].decode()}
