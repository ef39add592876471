"""What must be refused in the light of a log: admissions, entries, notes, checkpoints, proofs. Each case has one defect."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

import bytes_v1 as v1
from refused import Case, case
from story import CARRIER, CHONGQING, GENERATOR, KEYS, RECEIVER, SICHUAN, clock, signer, signers
from writer import Act, Log, Signer, body_bytes

SIZE = 10
"""Cases stand on the small log's first ten entries: founding, parties, their keys, data, a page of refusals."""
NOW = clock("09:30:00")


def _prefix(log: Log, size: int) -> dict[str, tuple[int, str]]:
    """Heads of the chains after ``size`` entries."""
    heads: dict[str, tuple[int, str]] = {}
    for entry, digest in zip(log.entries[:size], log.hashes, strict=False):
        body = json.loads(base64.b64decode(json.loads(entry)["statement"]["payload"]))
        heads[body["chain"]] = (body["seq"], digest)
    return heads


def admission(log: Log, closed: Log) -> Iterator[Case]:
    """``raw`` is an envelope posted at ``now`` to the log of file ``log`` after its first ``size`` entries."""
    heads = _prefix(log, SIZE)

    def post(name: str, code: str, act: Act, seq: int | None = None, prev: str | None = None, **context: Any) -> Case:
        head, digest = heads.get(act.chain, (-1, v1.genesis_prev(log.found, act.chain)))
        body = body_bytes(act, head + 1 if seq is None else seq, digest if prev is None else prev)
        raw = v1.compact(v1.envelope(body, [key for _, key in act.by]))
        return case(name, code, raw, **({"log": "log.json", "size": SIZE, "now": NOW} | context))

    def revoke(by: tuple[Signer, ...], at: str = "09:29:00", owner: str = GENERATOR, **more: Any) -> Act:
        body = {"keyid": KEYS[more.pop("key", "generator")].keyid, "reason": more.pop("reason", "停用")}
        return Act("key.revoke/1", f"party/{owner}", body, by, at if "T" in at else clock(at), **more)

    def adopt(by: tuple[Signer, ...], at: str | None = None) -> Act:
        pin = {"name": "workdays-2027", "version": "2", "sha256": next(iter(log.data))}
        return Act("data.adopt/1", "log/main", pin, by, at or clock("09:29:00"))

    mine, everyone = signers("generator"), signers("operator", "sichuan", "chongqing")
    head = heads[f"party/{GENERATOR}"][0]
    yield post("sequence gap", "PREDECESSOR_MISSING", revoke(mine), seq=head + 2)
    yield post("first of a party that is not there", "PREDECESSOR_MISSING", revoke(mine, owner="915105000000FX0537"), seq=1)
    yield post("place taken by another statement", "CHAIN_CONFLICT", revoke(mine), seq=head)
    first = json.loads(log.entries[1])["statement"]
    registration = json.loads(base64.b64decode(first["payload"]))["body"]
    again = Act(
        "party.register/1", f"party/{GENERATOR}", registration | {"name": "另一个名称（虚构）"}, signers("sichuan"), clock("09:29:00")
    )
    yield post("second registration at seq 0", "CHAIN_CONFLICT", again, seq=0, prev=v1.genesis_prev(log.found, again.chain))
    yield post("registration later in the chain", "CHAIN_NOT_OPEN", again)
    yield post("stale prev", "PREV_MISMATCH", revoke(mine), prev=log.hashes[1])
    yield post("prev of the genesis", "PREV_MISMATCH", revoke(mine), prev=v1.genesis_prev(log.found, f"party/{GENERATOR}"))
    fresh, party = v1.key("refused newcomer"), "915117000000FX061Q"
    newcomer = {"name": "达州市新单位（虚构）", "keys": [v1.registration(fresh, log.found, party)]}
    register = Act("party.register/1", f"party/{party}", newcomer, signers("sichuan"), clock("09:29:00"))
    yield post("genesis prev of another log's found", "PREV_MISMATCH", register, prev=v1.genesis_prev(closed.found, register.chain))
    yield post("genesis prev of another chain", "PREV_MISMATCH", register, prev=v1.genesis_prev(log.found, f"party/{GENERATOR}"))
    body = {"keyid": fresh.keyid, "reason": "停用"}
    early = Act("key.revoke/1", f"party/{party}", body, signers("sichuan"), clock("09:29:00"))
    yield post("chain opened by a kind that may not", "CHAIN_NOT_OPEN", early, either="PARTY_UNKNOWN")
    yield post("key nobody registered", "KEY_UNKNOWN", revoke(((GENERATOR, KEYS["stranger"]),)))
    yield post("key of another party", "KEY_OTHER_PARTY", revoke(((GENERATOR, KEYS["carrier-2"]),)))
    yield post("key that was revoked", "KEY_NOT_VALID", revoke(((CARRIER, KEYS["carrier"]),), owner=CARRIER, key="carrier-2"))
    yield post("key that was rotated away", "KEY_NOT_VALID", revoke(((RECEIVER, KEYS["receiver"]),), owner=RECEIVER, key="receiver-2"))
    swapped = (everyone[0], (SICHUAN, KEYS["chongqing"]), (CHONGQING, KEYS["sichuan"]))
    yield post("signatures in another order than by", "KEY_OTHER_PARTY", adopt(swapped))
    yield post("signers in another order than the roles", "SIGNER_ROLE", adopt((everyone[1], everyone[0], everyone[2])))
    yield post("signer missing", "SIGNER_MISSING", adopt(everyone[:2]))
    yield post("signer too many", "SIGNER_EXTRA", adopt((*everyone, signer("generator"))))
    yield post(
        "authority of another region", "SIGNER_ROLE", Act("party.register/1", register.chain, newcomer, signers("chongqing"), register.at)
    )
    yield post("another party's chain", "SIGNER_ROLE", revoke(signers("carrier-2")))
    delegated = Act("party.register/1", register.chain, newcomer, signers("operator"), register.at, principal=SICHUAN)
    yield post("for without a delegation", "DELEGATION_MISSING", delegated)
    yield post("a day and a second old", "STATEMENT_STALE", revoke(mine, "2026-11-01T09:29:59+08:00"))
    yield post("five minutes and a second ahead", "STATEMENT_STALE", revoke(mine, "09:35:01"))
    yield post("ahead, written with another offset", "STATEMENT_STALE", revoke(mine, "2026-11-02T09:29:00+07:00"))
    yield post("log act of 30 days and a second ago", "STATEMENT_STALE", adopt(everyone, "2026-10-03T09:29:59+08:00"))
    root = v1.b64(v1.tree_root(log.leaves[:4]))
    yield post("seen: root of another size", "SEEN_MISMATCH", revoke(mine, seen={"size": 5, "root": root}))
    yield post(
        "seen: the future", "SEEN_MISMATCH", revoke(mine, seen={"size": SIZE + 1, "root": v1.b64(v1.tree_root(log.leaves[: SIZE + 1]))})
    )
    yield post("founded again", "CHAIN_NOT_OPEN", Act("log.found/1", "log/main", _found_body(log), everyone, clock("09:29:00")))
    operator_only = {"auditor": False}
    yield post("decomposed letter", "NOT_NFC", revoke(mine, reason="cafe\u0301"), **operator_only)
    yield post("compatibility ideograph", "NOT_NFC", revoke(mine, reason="\uf900"), **operator_only)
    yield post("unassigned character", "UNASSIGNED_CHARACTER", revoke(mine, reason="\u0378"), **operator_only)
    yield post("mobile number in free text", "PERSONAL_DATA", revoke(mine, reason="请联系13800138000"), **operator_only)
    chain = f"party/{party}"
    body = {"name": newcomer["name"], "keys": [v1.registration(fresh, closed.found, party)]}
    late = body_bytes(Act("party.register/1", chain, body, signers("sichuan"), clock("09:29:00")), 0, v1.genesis_prev(closed.found, chain))
    raw = v1.compact(v1.envelope(late, [KEYS["sichuan"]]))
    yield case("after log.close", "LOG_CLOSED", raw, log="log-closed.json", size=2, now=NOW)


def _found_body(log: Log) -> Any:
    return json.loads(base64.b64decode(json.loads(log.entries[0])["statement"]["payload"]))["body"]


def entry(log: Log) -> Iterator[Case]:
    """``raw`` is an entry's bytes; entry 15 of the small log before the damage."""
    good = log.entries[15]
    value = json.loads(good)

    def changed(path: str, new: Any) -> bytes:
        copy = json.loads(good)
        *parents, last = path.split(".")
        target = copy
        for name in parents:
            target = target[name]
        if new is None:
            del target[last]
        else:
            target[last] = new
        return v1.compact(copy)

    decision = "admission.decision"
    yield case("white space", "ENTRY_NOT_CANONICAL", json.dumps(value, ensure_ascii=False).encode())
    yield case("line feed at the end", "ENTRY_NOT_CANONICAL", good + b"\n")
    yield case("other field order", "ENTRY_NOT_CANONICAL", v1.compact(dict(reversed(value.items()))))
    swapped = changed("admission", dict(reversed(value["admission"].items())))
    yield case("other field order in the admission", "ENTRY_NOT_CANONICAL", swapped)
    yield case(
        "escaped slash", "ENTRY_NOT_CANONICAL", good.replace(b"vnd.liandan.statement.v1+json", b"vnd.liandan.statement.v1\\u002bjson", 1)
    )
    yield case("duplicate field", "ENTRY_NOT_CANONICAL", good.replace(b'{"v":1', b'{"v":1,"v":1', 1), either="ENTRY_FORM")
    yield case("route null", "ENTRY_NOT_CANONICAL", good.replace(b'"route":"PILOT387"', b'"route":null'), either="ENTRY_FORM")
    yield case("unknown field", "ENTRY_FORM", changed("extra", 1), either="ENTRY_NOT_CANONICAL")
    yield case("unknown field in the decision", "ENTRY_FORM", changed(f"{decision}.score", 1), either="ENTRY_NOT_CANONICAL")
    yield case("version 2", "ENTRY_FORM", changed("v", 2))
    yield case("facts missing", "ENTRY_FORM", changed("admission.facts", None))
    yield case("tags missing", "ENTRY_FORM", changed(f"{decision}.tags", None))
    yield case("index is a string", "ENTRY_FORM", changed("admission.index", "15"))
    yield case("at in UTC", "ENTRY_FORM", changed("admission.at", "2026-11-02T01:40:02+00:00"))
    yield case("at with Z", "ENTRY_FORM", changed("admission.at", "2026-11-02T01:40:02Z"))
    yield case("unsorted tags", "ENTRY_FORM", changed(f"{decision}.tags", [["WORKDAYS_LEFT", 12], ["DANGEROUS_GOODS"]]))
    yield case("tag twice", "ENTRY_FORM", changed(f"{decision}.tags", [["LATE", 1], ["LATE", 2]]))
    yield case("tag in small letters", "ENTRY_FORM", changed(f"{decision}.tags", [["late"]]))
    yield case("tag with a string", "ENTRY_FORM", changed(f"{decision}.tags", [["LATE", "1"]]))
    yield case("alert of an unknown level", "ENTRY_FORM", changed(f"{decision}.alerts", [["X", "PLAN_MISSING"]]))
    yield case("alerts unsorted", "ENTRY_FORM", changed(f"{decision}.alerts", [["H", "OVERTOOK"], ["L", "LOAD_UNILATERAL"]]))
    yield case("facts unsorted", "ENTRY_FORM", changed("admission.facts", [["permit/b", 1], ["permit/a", 2]]))
    yield case("fact twice", "ENTRY_FORM", changed("admission.facts", [["permit/a", 1], ["permit/a", 2]]))
    rows = value["admission"]["decision"]["accounts"]
    yield case("account twice", "ENTRY_FORM", changed(f"{decision}.accounts", rows * 2))
    yield case("account of an unknown quota", "ENTRY_FORM", changed(f"{decision}.accounts", [rows[0] | {"account": "Q4 x"}]))
    yield case("mass as a string", "ENTRY_FORM", changed(f"{decision}.accounts", [rows[0] | {"after_g": "5600000"}]))
    yield case("not JSON", "ENTRY_FORM", good[:-1])
    yield case("60,001 bytes", "ENTRY_TOO_LARGE", changed("admission.facts", [[f"permit/{n:060}", n] for n in range(900)])[:60_001])


def note(log: Log) -> Iterator[Case]:
    """``raw`` is a signed note, verified with ``vkeys`` (the log's key first), or with ``what: vkey`` a verifier key."""
    good = log.checkpoints[19].decode()
    text, _, lines = good.partition("\n\n")
    first, second, third = lines.splitlines(keepends=True)
    vkeys = [v1.vkey(log.origin, 1, log.log_key.raw), *(v1.vkey(name, 4, key.raw) for name, key in log.witnesses.items())]

    def bad(name: str, code: str, raw: str | bytes) -> Case:
        return case(name, code, raw if isinstance(raw, bytes) else raw.encode(), vkeys=vkeys)

    yield bad("no signature", "NOTE_FORM", text + "\n\n")
    yield bad("no empty line", "NOTE_FORM", text + "\n" + lines)
    yield bad("no line feed at the end", "NOTE_FORM", good[:-1])
    yield bad("hyphen for the dash", "NOTE_FORM", good.replace("\u2014", "-", 1))
    yield bad("two spaces", "NOTE_FORM", good.replace("\u2014 ", "\u2014  ", 1))
    yield bad("signature without padding", "NOTE_FORM", text + "\n\n" + first.rstrip("=\n") + "\n")
    yield bad("key id alone", "NOTE_FORM", f"{text}\n\n\u2014 {log.origin} AAAAAA==\n")
    yield bad("carriage returns", "NOTE_FORM", good.replace("\n", "\r\n"))
    yield bad("NUL in the text", "NOTE_FORM", "\0" + good)
    yield bad("invalid UTF-8", "NOTE_FORM", b"\xff" + good.encode())
    yield bad("another text", "NOTE_SIGNATURE", good.replace("\n19\n", "\n18\n", 1))
    yield bad("only witnesses", "NOTE_SIGNATURE", f"{text}\n\n{second}{third}")
    yield bad("log line fails", "NOTE_SIGNATURE", good.replace(first, v1.log_line(log.origin, log.log_key, text + "\n0\n")))
    name = next(n for n in log.witnesses if n in second)
    failing = v1.witness_line(name, log.witnesses[name], "another text\n", 1_793_600_000)
    yield bad("line of a known witness fails", "NOTE_SIGNATURE", good.replace(second, failing))
    yield bad("same log line twice", "NOTE_SIGNATURE", f"{text}\n\n{first}{first}")
    yield bad("two lines of one witness", "NOTE_SIGNATURE", f"{text}\n\n{first}{second}{second}")
    good_vkey = vkeys[0]
    name, hex_id, coded = good_vkey.split("+", 2)
    for title, vkey in {
        "wrong key id": f"{name}+00000000+{coded}",
        "key id of seven digits": f"{name}+{hex_id[1:]}+{coded}",
        "no name": f"+{hex_id}+{coded}",
        "space in the name": f"a b+{hex_id}+{coded}",
        "no key": f"{name}+{hex_id}",
        "key too short": _vkey(name, b"\1" + bytes(31)),
        "stray last bits": f"{name}+{hex_id}+{coded[:-2]}{'B' if coded[-2] != 'B' else 'C'}=",
    }.items():
        yield case(f"vkey: {title}", "VKEY_FORM", vkey.encode(), what="vkey")


def _vkey(name: str, typed: bytes) -> str:
    digest = v1.sha256(name.encode() + b"\n" + typed)
    return f"{name}+{digest[:4].hex()}+{v1.b64(typed)}"


def checkpoint(log: Log) -> Iterator[Case]:
    """``raw`` is the text of a note (it would be rightly signed): not a checkpoint of ours."""
    root = v1.b64(v1.tree_root(log.leaves))
    for name, text in {
        "leading zero": f"{log.origin}\n019\n{root}\n",
        "plus sign": f"{log.origin}\n+19\n{root}\n",
        "negative size": f"{log.origin}\n-19\n{root}\n",
        "size in hex": f"{log.origin}\n0x13\n{root}\n",
        "size missing": f"{log.origin}\n{root}\n",
        "root missing": f"{log.origin}\n19\n",
        "root of 31 bytes": f"{log.origin}\n19\n{v1.b64(bytes(31))}\n",
        "root of 33 bytes": f"{log.origin}\n19\n{v1.b64(bytes(33))}\n",
        "root not canonical": f"{log.origin}\n19\n{root[:-2]}1=\n",
        "no origin": f"\n19\n{root}\n",
        "extension line": f"{log.origin}\n19\n{root}\nepoch 1\n",
        "no line feed at the end": f"{log.origin}\n19\n{root}",
    }.items():
        yield case(name, "CHECKPOINT_FORM", text.encode())


def proof(log: Log) -> Iterator[Case]:
    """``raw`` is JSON {index, size, leaf, root, hashes} (hex), or with ``what: tlog-proof`` such a file for ``leaf``."""
    leaves = log.leaves
    hashes = v1.inclusion(14, leaves)
    value = {"index": 14, "size": 19, "leaf": leaves[14].hex(), "root": v1.tree_root(leaves).hex(), "hashes": [h.hex() for h in hashes]}

    def bad(name: str, code: str = "PROOF_WRONG", **fields: Any) -> Case:
        return case(name, code, v1.compact(value | fields))

    flipped = bytes([hashes[2][0] ^ 1]) + hashes[2][1:]
    yield bad("one bit of a hash", hashes=[h.hex() for h in (*hashes[:2], flipped, *hashes[3:])])
    yield bad("hash missing", hashes=value["hashes"][:-1])
    yield bad("hash too many", hashes=[*value["hashes"], "00" * 32])
    yield bad("empty", hashes=[])
    yield bad("order of hashes", hashes=value["hashes"][::-1])
    yield bad("another index", index=15)
    yield bad("another size", size=40)
    yield bad("another leaf", leaf=leaves[13].hex())
    yield bad("another root", root=v1.tree_root(leaves[:18]).hex())
    yield bad("index is the size", index=19)
    yield bad("entry without the leaf prefix", leaf=v1.sha256(log.entries[14]).hex())
    text = "\n".join(["c2sp.org/tlog-proof@v1", "index 14", *(v1.b64(h) for h in hashes), ""]) + "\n" + log.checkpoints[19].decode()
    edits: dict[str, Callable[[str], str]] = {
        "another version": lambda t: t.replace("@v1", "@v2", 1),
        "no index": lambda t: t.replace("index 14\n", "", 1),
        "index with a leading zero": lambda t: t.replace("index 14", "index 014", 1),
        "hash of 31 bytes": lambda t: t.replace(v1.b64(hashes[0]), v1.b64(hashes[0][1:]), 1),
        "no empty line": lambda t: t.split("\n\n")[0] + "\n",
    }
    for name, edit in edits.items():
        yield case(f"tlog-proof: {name}", "PROOF_FORM", edit(text).encode(), what="tlog-proof", leaf=leaves[14].hex())
