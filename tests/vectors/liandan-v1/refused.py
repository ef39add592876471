"""What must be refused before a log is looked at: payloads, envelopes, signatures, keys, statements. Each case has one defect."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import bytes_v1 as v1
from story import CARRIER, CHONGQING, GENERATOR, KEYS, OPERATOR, SICHUAN, clock
from writer import Log

Case = dict[str, Any]


def case(name: str, code: str, raw: bytes, **context: Any) -> Case:
    """One refused input; ``either`` in the context names a second acceptable code, ``auditor`` False a check of admission only."""
    return {"name": name, "code": code, "raw": v1.b64(raw), **context}


def payload() -> Iterator[Case]:
    """Bodies that are not strict JSON (format §1)."""
    yield case("one byte over 24 KiB", "BODY_TOO_LARGE", b'{"a":"' + b"x" * (24 * 1024 - 7) + b'"}')
    yield case("25 KB", "BODY_TOO_LARGE", b'{"a":"' + b"x" * 25_000 + b'"}')
    yield case("invalid UTF-8", "NOT_UTF8", b'{"a":"\xff"}')
    yield case("overlong UTF-8", "NOT_UTF8", b'{"a":"\xc0\xaf"}')
    yield case("surrogate in UTF-8", "NOT_UTF8", b'{"a":"\xed\xa0\x80"}')
    yield case("byte order mark", "BYTE_ORDER_MARK", b'\xef\xbb\xbf{"a":1}')
    yield case("empty", "NOT_JSON", b"")
    yield case("trailing comma", "NOT_JSON", b'{"a":1,}')
    yield case("single quotes", "NOT_JSON", b"{'a':1}")
    yield case("two values", "NOT_JSON", b'{"a":1}{"b":2}')
    yield case("unterminated", "NOT_JSON", b'{"a":[1,2}')
    yield case("comment", "NOT_JSON", b'{"a":1}/* x */')
    yield case("raw line feed in a string", "NOT_JSON", b'{"a":"x\ny"}')
    yield case("unknown escape", "NOT_JSON", rb'{"a":"\x41"}')
    yield case("form feed as white space", "NOT_JSON", b'{"a":\x0c1}')
    yield case("plus sign", "NOT_JSON", b'{"a":+1}')
    yield case("lone minus", "NOT_JSON", b'{"a":-}')
    yield case("fraction without digits", "NOT_JSON", b'{"a":1.}')
    yield case("array on top", "NOT_OBJECT", b"[]")
    yield case("string on top", "NOT_OBJECT", b'"a"')
    yield case("same key twice", "DUPLICATE_KEY", b'{"a":1,"a":1}')
    yield case("same key by an escape", "DUPLICATE_KEY", rb'{"kind":1,"k\u0069nd":2}')
    yield case("same key twice, deep", "DUPLICATE_KEY", b'{"a":[{"b":{"c":1,"d":2,"c":3}}]}')
    for name, number in {
        "float": b"1.0",
        "exponent": b"1e3",
        "capital exponent": b"1E3",
        "minus zero": b"-0",
        "leading zero": b"01",
        "negative leading zero": b"-01",
        "NaN": b"NaN",
        "Infinity": b"Infinity",
        "minus Infinity": b"-Infinity",
    }.items():
        yield case(name, "NOT_INTEGER", b'{"a":' + number + b"}")
    yield case("2^53", "INTEGER_RANGE", b'{"a":9007199254740992}')
    yield case("-2^53", "INTEGER_RANGE", b'{"a":-9007199254740992}')
    yield case("five thousand digits", "INTEGER_RANGE", b'{"a":' + b"9" * 5000 + b"}")
    yield case("depth 9", "TOO_DEEP", b'{"a":' * 8 + b"{}" + b"}" * 8)
    yield case("depth 9 with arrays", "TOO_DEEP", b'{"a":' + b"[" * 8 + b"]" * 8 + b"}")
    yield case("depth 10,000", "TOO_DEEP", b'{"a":' + b"[" * 10_000 + b"]" * 10_000 + b"}")
    yield case("null", "NULL_VALUE", b'{"a":null}')
    yield case("null in an array", "NULL_VALUE", b'{"a":[1,null]}')
    for name, escape in {
        "NUL": r"\u0000",
        "escaped line feed": r"\n",
        "delete": r"\u007f",
        "C1 control": r"\u0085",
        "soft hyphen": r"\u00ad",
        "Arabic letter mark": r"\u061c",
        "Mongolian vowel separator": r"\u180e",
        "zero width space": r"\u200b",
        "right-to-left mark": r"\u200f",
        "line separator": r"\u2028",
        "right-to-left override": r"\u202e",
        "word joiner": r"\u2060",
        "left-to-right isolate": r"\u2066",
        "zero width no-break space": r"\ufeff",
        "interlinear annotation": r"\ufff9",
        "tag character": r"\udb40\udc41",
        "lone high surrogate": r"\ud83d",
        "lone low surrogate": r"\ude00",
        "surrogates in wrong order": r"\ude00\ud83d",
        "noncharacter U+FDD0": r"\ufdd0",
        "noncharacter U+FFFF": r"\uffff",
        "noncharacter U+10FFFF": r"\udbff\udfff",
    }.items():
        yield case(name, "FORBIDDEN_CHARACTER", f'{{"a":"x{escape}y"}}'.encode())
    yield case("bidi override, unescaped", "FORBIDDEN_CHARACTER", '{"a":"\u202e900-041-49"}'.encode())
    yield case("zero width joiner in a key", "FORBIDDEN_CHARACTER", '{"a\u200d":1}'.encode())


def envelope(log: Log) -> Iterator[Case]:
    """Posted envelopes whose form is wrong; the statement inside is good."""
    good = json.loads(log.entries[1])["statement"]
    signature = good["signatures"][0]

    def changed(**fields: Any) -> bytes:
        return v1.compact({**good, **fields})

    def signed(**fields: Any) -> bytes:
        return changed(signatures=[{**signature, **fields}])

    yield case("unknown field", "ENVELOPE_FIELD", changed(extra=1))
    yield case("payload missing", "ENVELOPE_FIELD", v1.compact({k: v for k, v in good.items() if k != "payload"}))
    yield case("payload is an object", "ENVELOPE_FIELD", changed(payload={"a": 1}))
    yield case("signatures is an object", "ENVELOPE_FIELD", changed(signatures=signature))
    yield case("unknown field in a signature", "ENVELOPE_FIELD", signed(alg="ed25519"))
    yield case("keyid missing", "ENVELOPE_FIELD", changed(signatures=[{"sig": signature["sig"]}]))
    yield case("keyid is a number", "ENVELOPE_FIELD", signed(keyid=7))
    yield case("payload type of a refusal", "PAYLOAD_TYPE", changed(payloadType="application/vnd.liandan.refusal.v1+json"))
    yield case("payload type of a login", "PAYLOAD_TYPE", changed(payloadType="application/vnd.liandan.login.v1+json"))
    yield case("payload type in capitals", "PAYLOAD_TYPE", changed(payloadType=v1.STATEMENT.upper()))
    yield case("payload without padding", "BASE64", changed(payload="e30"))
    yield case("payload with stray last bits", "BASE64", changed(payload="e31="))
    yield case("payload with white space", "BASE64", changed(payload=good["payload"][:4] + " " + good["payload"][4:]))
    yield case("signature in the URL alphabet", "BASE64", signed(sig="_" * 86 + "w=="))
    yield case("signature with padding inside", "BASE64", signed(sig="AA==" + signature["sig"]))
    yield case("keyid in capitals", "KEYID_FORM", signed(keyid=signature["keyid"].upper()))
    yield case("keyid too short", "KEYID_FORM", signed(keyid=signature["keyid"][:-1]))
    yield case("same keyid twice", "KEYID_TWICE", changed(signatures=[signature, signature]))
    yield case("duplicate field", "DUPLICATE_KEY", v1.compact(good)[:-1] + b',"payload":"e30="}')
    yield case("duplicate field by an escape", "DUPLICATE_KEY", v1.compact(good)[:-1] + rb',"p\u0061yload":"e30="}')
    yield case("null", "NULL_VALUE", v1.compact(good)[:-1] + b',"extra":null}')
    yield case("array", "NOT_OBJECT", v1.compact([good]))
    yield case("cut off", "NOT_JSON", v1.compact(good)[:-1])
    yield case("100 KB of white space", "ENVELOPE_TOO_LARGE", v1.compact(good) + b" " * 100_000)


def signature() -> Iterator[Case]:
    """``raw`` is the signature; suite, spki (b64) and message (b64) in the case."""
    message = v1.pae(v1.STATEMENT, b"{}")
    ed, ec = KEYS["generator"], KEYS["carrier"]
    ed_sig, ec_sig = ed.sign(message), ec.sign(message)
    order = 2**252 + 27742317777372353535851937790883648493
    s_plus_l = (int.from_bytes(ed_sig[32:], "little") + order).to_bytes(32, "little")

    def of(key: v1.Key, name: str, code: str, raw: bytes, **more: Any) -> Case:
        return case(name, code, raw, **({"suite": key.suite, "spki": v1.b64(key.spki), "message": v1.b64(message)} | more))

    yield of(ed, "ed25519: 63 bytes", "SIGNATURE_FORM", ed_sig[:-1])
    yield of(ed, "ed25519: 65 bytes", "SIGNATURE_FORM", ed_sig + b"\0")
    yield of(ed, "ed25519: empty", "SIGNATURE_FORM", b"")
    yield of(ed, "ed25519: S + L", "SIGNATURE_FORM", ed_sig[:32] + s_plus_l, either="SIGNATURE_WRONG")
    yield of(ed, "ed25519: one bit of S", "SIGNATURE_WRONG", ed_sig[:40] + bytes([ed_sig[40] ^ 1]) + ed_sig[41:])
    yield of(ed, "ed25519: one bit of R", "SIGNATURE_WRONG", bytes([ed_sig[0] ^ 1]) + ed_sig[1:])
    yield of(ed, "ed25519: neutral R, S = 0", "SIGNATURE_WRONG", b"\1" + bytes(63))
    yield of(ed, "ed25519: non-canonical R", "SIGNATURE_WRONG", (2**255 - 18).to_bytes(32, "little") + ed_sig[32:])
    yield of(ed, "ed25519: another message", "SIGNATURE_WRONG", ed.sign(b"other"))
    yield of(ed, "ed25519: the body instead of its PAE", "SIGNATURE_WRONG", ed.sign(b"{}"))
    yield of(ec, "p256: high s", "SIGNATURE_FORM", ec.sign(message, high=True))
    yield of(ec, "p256: r = 0", "SIGNATURE_FORM", bytes(32) + ec_sig[32:])
    yield of(ec, "p256: s = 0", "SIGNATURE_FORM", ec_sig[:32] + bytes(32))
    yield of(ec, "p256: r = n", "SIGNATURE_FORM", v1.P256_ORDER.to_bytes(32, "big") + ec_sig[32:])
    yield of(ec, "p256: DER", "SIGNATURE_FORM", b"\x30\x44\x02\x20" + ec_sig[:32] + b"\x02\x20" + ec_sig[32:])
    yield of(ec, "p256: one bit of r", "SIGNATURE_WRONG", bytes([ec_sig[0] ^ 1]) + ec_sig[1:])
    yield of(ec, "p256: another key", "SIGNATURE_WRONG", KEYS["chongqing"].sign(message))
    yield of(ed, "unknown suite", "SUITE_UNKNOWN", ed_sig, suite="rsa-pss-sha256")


def key(log: Log) -> Iterator[Case]:
    """``raw`` is a key registration; x and uscc in the case."""
    context = {"x": log.found, "uscc": GENERATOR}
    ed, ec = v1.key("refused ed25519"), v1.key("refused p256", "ecdsa-p256-sha256")
    prefix, ec_prefix, x = ed.spki[:12], ec.spki[:26], ec.spki[27:59]

    def raw(suite: str, spki: bytes, pop: bytes | None = None) -> bytes:
        signed = pop if pop is not None else (ed if suite == "ed25519" else ec).sign(v1.possession(log.found, GENERATOR, suite, spki))
        return v1.compact({"suite": suite, "spki": v1.b64(spki), "pop": v1.b64(signed)})

    small = {"neutral element": 1, "order 2": 2**255 - 20, "order 4": 0}
    for name, y in small.items():
        yield case(f"small order: {name}", "KEY_INVALID", raw("ed25519", prefix + y.to_bytes(32, "little"), b"\1" + bytes(63)), **context)
    order8 = bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")
    yield case("small order: order 8", "KEY_INVALID", raw("ed25519", prefix + order8, b"\1" + bytes(63)), **context)
    yield case("non-canonical y", "KEY_INVALID", raw("ed25519", prefix + (2**255 - 16).to_bytes(32, "little")), **context)
    yield case("not on Ed25519", "KEY_INVALID", raw("ed25519", prefix + b"\2" + bytes(31)), **context)
    yield case("ed25519: byte after the key", "KEY_INVALID", raw("ed25519", ed.spki + b"\0"), **context)
    yield case("ed25519: raw key without SPKI", "KEY_INVALID", raw("ed25519", ed.raw), **context)
    long_form = b"\x30\x81\x2a" + ed.spki[2:]
    yield case("ed25519: BER length", "KEY_INVALID", raw("ed25519", long_form), **context)
    compressed = bytes.fromhex("3039301306072a8648ce3d020106082a8648ce3d030107032200") + bytes([2 + (ec.spki[-1] & 1)]) + x
    yield case("p256: compressed point", "KEY_INVALID", raw("ecdsa-p256-sha256", compressed), **context)
    off = ec_prefix + b"\x04" + x + x
    yield case("p256: not on the curve", "KEY_INVALID", raw("ecdsa-p256-sha256", off), **context)
    secp256k1 = bytes.fromhex("3056301006072a8648ce3d020106052b8104000a034200") + ec.spki[26:]
    yield case("p256: another curve", "KEY_INVALID", raw("ecdsa-p256-sha256", secp256k1), **context)
    yield case("suite of another algorithm", "KEY_INVALID", raw("ecdsa-p256-sha256", ed.spki), **context)
    yield case("unknown suite", "SUITE_UNKNOWN", v1.compact({**v1.registration(ed, log.found, GENERATOR), "suite": "rsa"}), **context)
    wrong = {
        "possession of another key": v1.registration(KEYS["generator"], log.found, GENERATOR)["pop"],
        "possession for another party": v1.registration(ed, log.found, CARRIER)["pop"],
        "possession for another log": v1.registration(ed, "0" * 64, GENERATOR)["pop"],
        "possession over the origin": v1.registration(ed, log.origin, GENERATOR)["pop"],
    }
    for name, pop in wrong.items():
        yield case(name, "POSSESSION_WRONG", v1.compact({"suite": ed.suite, "spki": v1.b64(ed.spki), "pop": pop}), **context)
    yield case("spki without padding", "BASE64", v1.compact({**v1.registration(ed, log.found, GENERATOR), "spki": "MCo"}), **context)


def _posted(fields: dict[str, Any], keys: list[v1.Key]) -> bytes:
    return v1.compact(v1.envelope(v1.compact(fields), keys))


def statement(log: Log) -> Iterator[Case]:
    """``raw`` is an envelope, rightly signed; the body is strict JSON but no statement."""
    seq, prev = log.next_link(f"party/{GENERATOR}")
    good: dict[str, Any] = {
        "kind": "key.revoke/1",
        "chain": f"party/{GENERATOR}",
        "seq": seq,
        "prev": prev,
        "by": [GENERATOR],
        "at": clock("14:00:00"),
        "body": {"keyid": KEYS["generator"].keyid, "reason": "停用"},
    }
    signer = [KEYS["generator-2"]]

    def changed(name: str, code: str, keys: list[v1.Key] = signer, drop: str = "", **fields: Any) -> Case:
        value = {k: v for k, v in {**good, **fields}.items() if k != drop}
        return case(name, code, _posted(value, keys))

    yield changed("unknown field", "FIELD_UNKNOWN", version=1)
    yield changed("unknown field in the body", "FIELD_UNKNOWN", body={**good["body"], "force": True})
    for name in ("kind", "chain", "seq", "prev", "by", "at", "body"):
        yield changed(f"{name} missing", "FIELD_MISSING", drop=name)
    yield changed("field of the body missing", "FIELD_MISSING", body={"keyid": KEYS["generator"].keyid})
    yield changed("seq is a string", "FIELD_TYPE", seq="3")
    yield changed("seq is true", "FIELD_TYPE", seq=True)
    yield changed("by is a string", "FIELD_TYPE", by=GENERATOR)
    yield changed("body is an array", "FIELD_TYPE", body=[])
    yield changed("reason is a number", "FIELD_TYPE", body={"keyid": KEYS["generator"].keyid, "reason": 7})
    yield changed("for is null", "NULL_VALUE", **{"for": None})
    yield changed("seen is null", "NULL_VALUE", seen=None)
    yield changed("unknown kind", "KIND_UNKNOWN", kind="manifest.teleport/1")
    yield changed("version of a kind that does not exist", "KIND_UNKNOWN", kind="key.revoke/2")
    yield changed("kind without version", "KIND_UNKNOWN", kind="key.revoke")
    yield changed("kind of another chain", "CHAIN_KIND", kind="manifest.issue/1", body={})
    pin = {"name": "workdays-2027", "version": "2", "sha256": "0" * 64}
    yield changed("kind of the log on a party chain", "CHAIN_KIND", kind="data.adopt/1", body=pin)
    for name, chain in {
        "empty segment": f"party//{GENERATOR}",
        "dot segment": f"party/../{GENERATOR}",
        "single dot segment": f"manifest/{GENERATOR}/.",
        "trailing slash": f"party/{GENERATOR}/",
        "capital type": f"Party/{GENERATOR}",
        "no segment": "party",
        "five segments": f"case/{GENERATOR}/a/b/c",
        "segment of 65 characters": "party/" + "0" * 65,
        "line feed at the end is refused by the payload, space here": f"party/{GENERATOR} ",
        "unknown type": f"parties/{GENERATOR}",
        "ULID with the letter U": f"manifest/{GENERATOR}/01KB2Z8Q6V000000000000000U",
        "ULID in small letters": f"manifest/{GENERATOR}/01kb2z8q6v0000000000000002",
        "ULID that starts with 8": f"manifest/{GENERATOR}/8ZZZZZZZZZZZZZZZZZZZZZZZZZ",
        "ULID of 25 characters": f"manifest/{GENERATOR}/01KB2Z8Q6V000000000000000",
        "full-width digit": f"party/{GENERATOR[:-1]}\uff15",
    }.items():
        kind = "manifest.issue/1" if chain.startswith("manifest") else good["kind"]
        either = {"either": "CHAIN_KIND"} if name == "unknown type" else {}
        yield changed(f"chain: {name}", "CHAIN_FORM", chain=chain, kind=kind) | either
    yield changed("negative seq", "SEQ_FORM", seq=-1)
    yield changed("prev in capitals", "PREV_FORM", prev="A" * 64)
    yield changed("prev too short", "PREV_FORM", prev="a" * 63)
    yield changed("nobody", "BY_COUNT", by=[])
    five = [GENERATOR, CARRIER, OPERATOR, SICHUAN, CHONGQING]
    five_keys = [KEYS[name] for name in ("generator-2", "carrier-2", "operator", "sichuan", "chongqing")]
    erasure = {"kind": "pd.erase/1", "chain": "log/erasures", "body": {"statement": "0" * 64, "field": "driver.name"}}
    yield changed("five signers", "BY_COUNT", keys=five_keys, by=five, **erasure)
    yield changed("same party twice", "BY_TWICE", keys=[KEYS["generator-2"], KEYS["generator"]], by=[GENERATOR, GENERATOR])
    yield changed("wrong check character", "USCC", by=[GENERATOR[:-1] + "F"])
    yield changed("letter I", "USCC", by=["9151011200I0FX029E"])
    yield changed("small letters", "USCC", by=[GENERATOR.lower()])
    yield changed("17 characters", "USCC", by=[GENERATOR[:-1]])
    yield changed("principal with a wrong check character", "USCC", **{"for": GENERATOR[:-1] + "F"})
    for name, at in {
        "Z": "2026-11-02T14:00:00Z",
        "small t": "2026-11-02t14:00:00+08:00",
        "space": "2026-11-02 14:00:00+08:00",
        "fraction": "2026-11-02T14:00:00.5+08:00",
        "30 February": "2026-02-30T14:00:00+08:00",
        "29 February of a common year": "2027-02-29T14:00:00+08:00",
        "hour 24": "2026-11-02T24:00:00+08:00",
        "second 60": "2026-11-02T23:59:60+08:00",
        "offset 24:00": "2026-11-02T14:00:00+24:00",
        "offset without colon": "2026-11-02T14:00:00+0800",
        "no offset": "2026-11-02T14:00:00",
        "full-width digits": "\uff12\uff10\uff12\uff16-11-02T14:00:00+08:00",
    }.items():
        yield changed(f"at: {name}", "AT_FORM", at=at)
    root = v1.b64(bytes(32))
    for name, seen in {
        "size 0": {"size": 0, "root": root},
        "root of 31 bytes": {"size": 1, "root": v1.b64(bytes(31))},
        "root not canonical": {"size": 1, "root": root[:-2] + "B="},
        "unknown field": {"size": 1, "root": root, "origin": "x"},
        "size is a string": {"size": "1", "root": root},
        "root missing": {"size": 1},
    }.items():
        yield changed(f"seen: {name}", "SEEN_FORM", seen=seen)
    yield changed("one signature too few", "SIGNATURE_COUNT", by=[GENERATOR, CARRIER])
    yield changed("one signature too many", "SIGNATURE_COUNT", keys=[KEYS["generator-2"], KEYS["generator"]])
