"""A folder of receipts as a client keeps it, without a server: pairs, a checkpoint, a refusal; and what a forger does to it."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from functools import cache

from ledger.admission.statement import ClaimedAct
from ledger.refusal_receipts import make_receipt
from ledger.tree.checkpoint import Checkpoint, attach_cosignatures, cosign_checkpoint, log_vkeys, parse_checkpoint, sign_checkpoint
from ledger.tree.merkle import inclusion_proof
from ledger.tree.note import parse_note
from ledger.tree.proof import Proof, parse_proof
from ledger.tree.tiles import TileReader
from ledger.witnessing.server import make_cosigner
from signing.possession import register
from tests.ledger.test_bundle import PARTY, SUBJECT, bundle_of
from tests.workbench import OPERATOR, ORIGIN, Workbench, key_of

Files = dict[str, bytes]
WITNESS = make_cosigner("witness.example/a", key_of("witness a"))
VKEYS = log_vkeys(ORIGIN, [key_of("log")])
POLICY = f"witness a {WITNESS.vkeys[0]}\nquorum a\n"


@cache
def bench() -> Workbench:
    """A party with three keys."""
    made = Workbench()
    made.register(PARTY)
    for generation in (1, 2):
        made.post("key.add/1", SUBJECT, (PARTY,), {"key": register(key_of(PARTY, generation), made.found, PARTY)})
    return made


def refusal(key: str = OPERATOR, *, size: int = 4, codes: tuple[str, ...] = ("STATEMENT_STALE",)) -> tuple[str, bytes]:
    """(name, bytes) of a signed refusal."""
    refused = ClaimedAct((OPERATOR,), "key.add/1", "ab" * 32)
    _, raw = make_receipt(refused, list(codes), size, bench().at_s, key_of(key))
    return f"{'ab' * 32}.{'+'.join(codes)}.refusal", raw


@cache
def _good() -> tuple[tuple[str, bytes], ...]:
    source = bench()
    files = source.export()
    size = len(source.entries)
    reader = TileReader(size, files.get)
    found: Files = {"checkpoint": files["checkpoint"]}
    for entry in source.entries[1:]:
        proof = Proof(index=entry.index, hashes=tuple(inclusion_proof(entry.index, size, reader.hash_at)), checkpoint=files["checkpoint"])
        found |= {f"{entry.statement.hash}.entry": entry.raw, f"{entry.statement.hash}.tlog-proof": proof.to_bytes()}
    return tuple(found.items())


def folder() -> Files:
    """Pairs of all entries but the first, and the checkpoint."""
    return dict(_good())


def of(files: Files, suffix: str, number: int = 0) -> str:
    """The name of the n-th file with a suffix."""
    return sorted(name for name in files if name.endswith(suffix))[number]


def bundle() -> bytes:
    """The party's evidence."""
    return bundle_of(bench())


Change = Callable[[Files], None]


def changed(suffix: str, change: Callable[[bytes], bytes], number: int = 0) -> Change:
    """One file of the folder changed."""

    def act(files: Files) -> None:
        name = of(files, suffix, number)
        before = files[name]
        files[name] = change(before)
        assert files[name] != before

    return act


def _exchanged(suffixes: tuple[str, ...]) -> Change:
    def act(files: Files) -> None:
        for suffix in suffixes:
            first, second = of(files, suffix), of(files, suffix, 1)
            files[first], files[second] = files[second], files[first]

    return act


def _without(suffix: str) -> Change:
    return lambda files: files.pop(of(files, suffix)) and None


def _with(name: str, raw: bytes) -> Change:
    return lambda files: files.update({name: raw})


def _proof(**changes: object) -> Callable[[bytes], bytes]:
    def change(raw: bytes) -> bytes:
        proof = parse_proof(raw)
        fields = {"index": proof.index, "hashes": proof.hashes, "checkpoint": proof.checkpoint, **changes}
        return Proof(**fields).to_bytes()  # type: ignore[arg-type]  # of a test

    return change


def _cosigned(note: bytes) -> bytes:
    line = cosign_checkpoint(parse_checkpoint(parse_note(note)[0]), WITNESS.name, WITNESS.keys[0], bench().at_s)
    return attach_cosignatures(note, [(WITNESS.vkeys[0], line)])


def _all_cosigned(files: Files) -> None:
    files["checkpoint"] = _cosigned(files["checkpoint"])
    for name in files:
        if name.endswith(".tlog-proof"):
            files[name] = _proof(checkpoint=_cosigned(parse_proof(files[name]).checkpoint))(files[name])


def _other_signature(raw: bytes) -> bytes:
    at = len(raw) - 20
    return raw[:at] + (b"A" if raw[at : at + 1] != b"A" else b"B") + raw[at + 1 :]


def _fork(files: Files) -> None:
    size = len(bench().entries)
    files["checkpoint"] = sign_checkpoint(Checkpoint(ORIGIN, size, bytes(32)), key_of("log"))


def _forged_refusal(files: Files) -> None:
    (name, raw), (_, other) = refusal(), refusal("somebody")
    fields = json.loads(raw)
    fields["signatures"][0]["sig"] = json.loads(other)["signatures"][0]["sig"]
    files |= {name: json.dumps(fields, separators=(",", ":")).encode(), "bundle.json": bundle()}


def _stated(body: str) -> Change:
    """A refusal of any body, signed by nobody in particular."""
    payload = {"payloadType": "application/vnd.liandan.refusal.v1+json", "payload": b64encode(body.encode()).decode()}
    raw = json.dumps({**payload, "signatures": [{"keyid": "0" * 64, "sig": "AAAA"}]}, separators=(",", ":")).encode()
    return _with("a.refusal", raw)


CHANGES: dict[str, Change] = {
    "as it is": lambda files: None,
    "entries exchanged": _exchanged((".entry",)),
    "proofs exchanged": _exchanged((".tlog-proof",)),
    "both halves exchanged": _exchanged((".entry", ".tlog-proof")),
    "no entry": _without(".entry"),
    "no proof": _without(".tlog-proof"),
    "keyid changed": changed(".entry", lambda raw: raw.replace(b'"keyid":"', b'"keyid":"0', 1)[:-1] + b"}"),
    "version": changed(".entry", lambda raw: raw.replace(b'"v":1', b'"v":2')),
    "blank": changed(".entry", lambda raw: raw.replace(b'{"v":1', b'{ "v":1')),
    "escaped": changed(".entry", lambda raw: raw.replace(b'"ruleset"', b'"\\u0072uleset"')),
    "twice the key": changed(".entry", lambda raw: raw.replace(b'{"v":1', b'{"v":1,"v":1')),
    "cut": changed(".entry", lambda raw: raw[:-2]),
    "empty entry": changed(".entry", lambda raw: b""),
    "large entry": changed(".entry", lambda raw: raw + b" " * 70_000),
    "empty proof": changed(".tlog-proof", lambda raw: b""),
    "large proof": changed(".tlog-proof", lambda raw: raw + b"\n" * 200_000),
    "other hash": changed(".tlog-proof", lambda raw: _proof(hashes=(bytes(32), *parse_proof(raw).hashes[1:]))(raw)),
    "a hash more": changed(".tlog-proof", lambda raw: _proof(hashes=(*parse_proof(raw).hashes, bytes(32)))(raw)),
    "other index": changed(".tlog-proof", lambda raw: _proof(index=parse_proof(raw).index + 1)(raw)),
    "far index": changed(".tlog-proof", _proof(index=2**62)),
    "leading zero": changed(".tlog-proof", lambda raw: raw.replace(b"index ", b"index 0")),
    "extra": changed(".tlog-proof", _proof(extra=b"hello")),
    "extra in another base64": changed(".tlog-proof", lambda raw: raw.replace(b"@v1\n", b"@v1\nextra AB==\n")),
    "another version of proofs": changed(".tlog-proof", lambda raw: raw.replace(b"@v1", b"@v2")),
    "returns": changed(".tlog-proof", lambda raw: raw.replace(b"\n", b"\r\n")),
    "signature of the proof's head": changed(".tlog-proof", _other_signature),
    "signature of the head": changed("checkpoint", _other_signature),
    "head cut": changed("checkpoint", lambda raw: raw[:-2]),
    "two histories": _fork,
    "cosigned": _all_cosigned,
    "another checkpoint file": _with("checkpoint.txt", b"hello"),
    "files of others": _with("heads.json", b"{}"),
    "a hidden file": _with(".DS_Store", b"\0"),
    "a paper that is none": _with("a.pdf", b"hello"),
    "a name that climbs": _with("..entry", b"hello"),
    "no suffix": _with("entry", b"hello"),
    "refusal": lambda files: files.update([refusal()]),
    "refusal with a bundle": lambda files: files.update([refusal(), ("bundle.json", bundle())]),
    "forged refusal": _forged_refusal,
    "refusal by somebody": lambda files: files.update([refusal("somebody"), ("bundle.json", bundle())]),
    "refusal of before the keys": lambda files: files.update([refusal(size=0), ("bundle.json", bundle())]),
    "renamed refusal": lambda files: files.update({f"{'cd' * 32}.STATEMENT_STALE.refusal": refusal()[1], "bundle.json": bundle()}),
    "refusal with strange codes": lambda files: files.update([refusal(codes=("__proto__", "constructor")), ("bundle.json", bundle())]),
    "refusal of another shape": _stated('{"statement":"x","codes":"A","size":1,"at":"x"}'),
    "refusal with a bool": _stated('{"statement":"x","codes":[],"size":true,"at":"x"}'),
    "refusal with a prototype": _stated('{"statement":"x","codes":[],"size":1,"at":"x","__proto__":{}}'),
    "refusal that is a bundle": _with("b.refusal", b'{"liandan_bundle":1}'),
    "nothing": lambda files: files.clear(),
}
