#!/usr/bin/env python3
"""liandan_audit: the second reader of a liandan log. One file, Python 3.11 or newer, standard library only.

It reads an export directory (or a base URL) and checks, trusting neither the operator nor a line of the product's code, that the log is
what its signed checkpoints say, that every statement was signed by the parties it names with keys valid at that place, and that every
chain, account and admission record continues what came before. What it does *not* check stands in README.md beside this file.

    python3 liandan_audit.py EXPORT_DIR --pin FOUND_HASH          exit 0: nothing found, 1: findings, 2: wrong use or unreadable

The § in comments are those of the format document, "Evidence formats, version 1"; RFC 6962, 8032, 9162 and C2SP are named.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import hashlib
import json
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

STATEMENT = "application/vnd.liandan.statement.v1+json"
POSSESSION = "application/vnd.liandan.possession.v1"


class Bad(Exception):
    """One thing that is not as the format says."""

    def __init__(self, code: str, field: str = "", found: object = "", expected: object = "") -> None:
        super().__init__(code)
        self.code, self.field, self.found, self.expected = code, field, str(found)[:120], str(expected)[:200]


def need(holds: object, code: str, field: str = "", found: object = "", expected: object = "") -> None:
    """Raise unless the format's rule holds."""
    if not holds:
        raise Bad(code, field, found, expected)


def sha256(raw: bytes) -> bytes:
    return hashlib.sha256(raw).digest()


# ---- strict JSON and base64 (§1, §4) -------------------------------------------------------------------------------------------------

FORBIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\ufdd0-\ufdef"
    "\U000e0000-\U000e007f" + "".join(chr(plane << 16 | low) for plane in range(17) for low in (0xFFFE, 0xFFFF)) + "]"
)


def _walk(value: Any, path: str, level: int) -> None:
    need(value is not None, "NULL_VALUE", path)
    if isinstance(value, str) and (bad := FORBIDDEN.search(value)):
        raise Bad("FORBIDDEN_CHARACTER", path, f"U+{ord(bad.group()):04X}")
    if isinstance(value, dict | list):
        need(level <= 8, "TOO_DEEP", path, level, 8)
        for name, item in value.items() if isinstance(value, dict) else enumerate(value):
            _walk(name, path, level)
            _walk(item, f"{path}.{name}" if path else str(name), level + 1)


def strict_json(raw: bytes, limit: int = 24 * 1024, too_large: str = "BODY_TOO_LARGE") -> dict[str, Any]:
    """Parse an object by the strict rules of §1; the top object is depth 1."""

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        need(len(dict(items)) == len(items), "DUPLICATE_KEY", found=[key for key, _ in items])
        return dict(items)

    def number(text: str) -> int:
        need(re.fullmatch(r"0|-?[1-9][0-9]*", text), "NOT_INTEGER", found=text)
        need(len(text) < 18 and abs(int(text)) < 2**53, "INTEGER_RANGE", found=text)
        return int(text)

    need(len(raw) <= limit, too_large, found=len(raw), expected=limit)
    need(not raw.startswith(b"\xef\xbb\xbf"), "BYTE_ORDER_MARK")
    try:
        value = json.loads(raw.decode(), object_pairs_hook=pairs, parse_int=number, parse_float=number, parse_constant=number)
    except UnicodeDecodeError as error:
        raise Bad("NOT_UTF8", found=f"byte {error.start}") from None
    except RecursionError:
        raise Bad("TOO_DEEP") from None
    except json.JSONDecodeError as error:  # "01", "1.", "1e" and a lone "-" are numbers, but not integers
        around = error.doc[max(error.pos - 1, 0) : error.pos + 1]
        numeric = re.fullmatch(r"[0-9][0-9.eE]", around) or (error.msg == "Expecting value" and around[-1:] == "-")
        raise Bad("NOT_INTEGER" if numeric else "NOT_JSON", found=f"{error.msg} at {error.pos}") from None
    need(isinstance(value, dict), "NOT_OBJECT", found=type(value).__name__)
    _walk(value, "", 1)
    return value


def encode(value: Any) -> bytes:
    """§4 encoding of a strictly parsed value. U+0000-001F, where Python's escapes differ, were refused by the parser."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def unb64(text: str, field: str, code: str = "BASE64") -> bytes:
    """Canonical RFC 4648 §4: decoding and encoding gives the same text."""
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        raise Bad(code, field, text) from None
    need(base64.b64encode(raw).decode() == text, code, field, text, "canonical base64")
    return raw


def pae(payload_type: str, body: bytes) -> bytes:
    """DSSE pre-authentication encoding."""
    return b"DSSEv1 %d %b %d %b" % (len(payload_type.encode()), payload_type.encode(), len(body), body)


def shape(value: Any, spec: Any, path: str, codes: tuple[str, str, str]) -> Any:
    """Check a value against a spec and give it back in the spec's field order. ``codes``: unknown field, missing field, wrong type.

    A spec is a type, a list with one spec for all items, or a dict of specs; a name ending in ``?`` is optional.
    """
    kind = spec if isinstance(spec, type) else type(spec)
    need(type(value) is kind, codes[2], path, value, kind.__name__)
    if isinstance(spec, list):
        return [shape(item, spec[0], f"{path}.{k}", codes) for k, item in enumerate(value)]
    if not isinstance(spec, dict):
        return value
    dot, specs = f"{path}." if path else "", {name.rstrip("?"): inner for name, inner in spec.items()}
    for name in value:
        need(name in specs, codes[0], dot + name)
    for name in spec:
        need(name in value or name[-1] == "?", codes[1], dot + name)
    return {name: shape(value[name], inner, dot + name, codes) for name, inner in specs.items() if name in value}


# ---- Ed25519 by the strict rule of §1 (RFC 8032 without cofactor), ECDSA P-256 (FIPS 186-5) ----------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
_Y8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD83D3D706A17C7
SMALL_ORDER_Y = (0, 1, P - 1, _Y8, P - _Y8)  # of the points of order 4, 1, 2, 8, 8
PP = 2**256 - 2**224 + 2**192 + 2**96 - 1
PN = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
PB = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
PGX = 0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296
PGY = 0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5


def _sum(add: Callable[[Any, Any], Any], zero: Any, u: int, a: Any, v: int, b: Any) -> Any:
    """[u]a + [v]b on either curve, both scalars at once."""
    table, r = (zero, a, b, add(a, b)), zero
    for bit in range(255, -1, -1):
        r = add(r, r)
        if pick := (u >> bit & 1) | (v >> bit & 1) << 1:
            r = add(r, table[pick])
    return r


def _ed_add(a: Any, b: Any) -> Any:
    """Extended coordinates, complete formula."""
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = f - e, h - g, h + g, f + e
    return e * f % P, g * h % P, f * g % P, e * h % P


def _ed_y(raw: bytes, code: str) -> int:
    """The y coordinate of a canonical encoding that is not one of a small-order point."""
    y = int.from_bytes(raw, "little") & (2**255 - 1)
    need(y < P and y not in SMALL_ORDER_Y, code, "", raw.hex(), "a canonical encoding of a point of large order")
    return y


@lru_cache(4096)
def _ed_point(raw: bytes) -> Any:
    y = _ed_y(raw, "KEY_INVALID")
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if v * x * x % P != u:
        x = x * pow(2, (P - 1) // 4, P) % P
    need(v * x * x % P == u, "KEY_INVALID", "", raw.hex(), "a point on the curve")
    x = P - x if x & 1 != raw[31] >> 7 else x
    return x, y, 1, x * y % P


def ed25519_pure(public: bytes, message: bytes, signature: bytes) -> bool:
    """encode([S]B - [h]A) equals R byte for byte."""
    base, a = _ed_point(b"\x58" + b"\x66" * 31), _ed_point(public)
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    r = _sum(_ed_add, (0, 1, 1, 0), int.from_bytes(signature[32:], "little"), base, h, (P - a[0], a[1], 1, P - a[3]))
    x, y = (r[k] * pow(r[2], -1, P) % P for k in (0, 1))
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


def _p_add(a: Any, b: Any) -> Any:
    """Affine coordinates; None is the neutral element."""
    if a is None or b is None:
        return a or b
    if a[0] == b[0] and (a[1] + b[1]) % PP == 0:
        return None
    slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, PP) if a == b else (b[1] - a[1]) * pow(b[0] - a[0], -1, PP)
    x = (slope * slope - a[0] - b[0]) % PP
    return x, (slope * (a[0] - x) - a[1]) % PP


def p256_pure(public: bytes, message: bytes, signature: bytes) -> bool:
    """``public`` is x||y on the curve, ``signature`` r||s in range."""
    x, y, r, s = (int.from_bytes(part, "big") for part in (public[:32], public[32:], signature[:32], signature[32:]))
    w = pow(s, -1, PN)
    t = _sum(_p_add, None, int.from_bytes(sha256(message), "big") * w % PN, (PGX, PGY), r * w % PN, (x, y))
    return t is not None and t[0] % PN == r


# ---- suites and keys (§1, §5) ----------------------------------------------------------------------------------------------------------

VERIFIERS: dict[str, Callable[[bytes, bytes, bytes], Any]] = {"ed25519": ed25519_pure, "ecdsa-p256-sha256": p256_pure}
WRONG: list[type[Exception]] = []  # what a compiled verifier raises; the pure ones return False
SPKI = {  # DER prefix, length of the raw key, length of a signature
    "ed25519": (bytes.fromhex("302a300506032b6570032100"), 32, 64),
    "ecdsa-p256-sha256": (bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004"), 64, 64),
    "sm2-sm3": (bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d03420004"), 64, 64),
    "ml-dsa-44": (bytes.fromhex("30820532300b06096086480165030403110382052100"), 1312, 2420),
}
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
HEX64 = re.compile(r"[0-9a-f]{64}")


def use_fast_libraries() -> None:
    """Swap in compiled verifiers for speed. Their inputs have passed the checks of ``verify``, so the accepted set stays the same."""
    with contextlib.suppress(ImportError):
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
        from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
        from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils  # noqa: PLC0415

        def p256(public: bytes, message: bytes, signature: bytes) -> None:
            der = utils.encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
            key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + public)
            key.verify(der, message, ec.ECDSA(hashes.SHA256()))

        WRONG.append(InvalidSignature)
        load = ed25519.Ed25519PublicKey.from_public_bytes
        VERIFIERS.update({"ecdsa-p256-sha256": p256, "ed25519": lambda public, message, sig: load(public).verify(sig, message)})
    with contextlib.suppress(ImportError):
        from nacl.bindings import crypto_sign_open  # noqa: PLC0415
        from nacl.exceptions import BadSignatureError  # noqa: PLC0415

        WRONG.append(BadSignatureError)
        VERIFIERS["ed25519"] = lambda public, message, sig: crypto_sign_open(sig + message, public)


@lru_cache(4096)
def public_key(suite: str, spki: bytes) -> bytes:
    """The raw public key of a SubjectPublicKeyInfo that equals its DER re-encoding: fixed prefix, fixed length."""
    need(suite in SPKI, "SUITE_UNKNOWN", "suite", suite, sorted(SPKI))
    prefix, length, _ = SPKI[suite]
    raw = spki[len(prefix) :]
    need(spki.startswith(prefix) and len(raw) == length, "KEY_INVALID", "spki", spki[:40].hex(), prefix.hex())
    x, y = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    if suite == "ed25519":
        _ed_point(raw)
    elif suite == "ecdsa-p256-sha256":
        need(max(x, y) < PP and not (y * y - x * x * x + 3 * x - PB) % PP, "KEY_INVALID", "spki", raw.hex(), "a point on P-256")
    return raw


def verify(suite: str, spki: bytes, message: bytes, signature: bytes) -> bool:
    """True: checked; False: this reader does not know the suite's mathematics. A wrong signature raises."""
    public = public_key(suite, spki)
    need(len(signature) == SPKI[suite][2], "SIGNATURE_FORM", "", len(signature), SPKI[suite][2])
    if suite not in VERIFIERS:
        return False
    if suite == "ed25519":
        _ed_y(signature[:32], "SIGNATURE_WRONG")
        ranged = int.from_bytes(signature[32:], "little") < L
    else:
        ranged = 0 < int.from_bytes(signature[:32], "big") < PN and 0 < int.from_bytes(signature[32:], "big") <= (PN - 1) // 2
    need(ranged, "SIGNATURE_FORM", "", signature.hex(), "S < L, or 0 < r < n and 0 < s <= (n-1)/2")
    try:
        need(VERIFIERS[suite](public, message, signature) is not False, "SIGNATURE_WRONG")
    except tuple(WRONG):
        raise Bad("SIGNATURE_WRONG") from None
    return True


@lru_cache(65536)
def is_uscc(text: str) -> bool:
    """GB 32100: 18 characters of 31, the last one a weighted sum modulo 31."""
    digits = [USCC_ALPHABET.find(c) for c in text]
    return len(digits) == 18 and min(digits) >= 0 and (sum(d * pow(3, i, 31) for i, d in enumerate(digits[:17])) + digits[17]) % 31 == 0


def check_registration(reg: Any, x: str, uscc: str, path: str = "") -> tuple[str, str, bytes, bool]:
    """A key registration; gives keyid, suite, spki, and whether the possession proof could be checked."""
    shape(reg, {"suite": str, "spki": str, "pop": str}, path, STATEMENT_CODES)
    spki, pop = unb64(reg["spki"], f"{path}.spki"), unb64(reg["pop"], f"{path}.pop")
    public_key(reg["suite"], spki)
    try:
        checked = verify(reg["suite"], spki, pae(POSSESSION, f"{x}\n{uscc}\n{reg['suite']}\n{reg['spki']}".encode()), pop)
    except Bad as bad:
        raise Bad("POSSESSION_WRONG", f"{path}.pop", bad.code) from None
    return sha256(spki).hex(), reg["suite"], spki, checked


# ---- envelope, chains, kinds, statement (§1, §3) -----------------------------------------------------------------------------------------

STATEMENT_CODES = ("FIELD_UNKNOWN", "FIELD_MISSING", "FIELD_TYPE")
ENVELOPE = {"payloadType": str, "payload": str, "signatures": [{"keyid": str, "sig": str}]}
WIRE = {"kind": str, "chain": str, "seq": int, "prev": str, "by": [str], "for?": str, "at": str, "body": dict}
# One row per kind of chain: name, form (U USCC, I ULID, M month, digits as #), role of the kinds that name none, kinds. "!": opens its
# chain and stands nowhere else; "?": may open it. Roles, in order: O operator, A every authority, R authority of the owner's region,
# W owner, P owner or (recovery) the authorities over him, E any authority, X any registered party (which one is in the body, and the
# second half of the product judges it).
TABLE = """
log/main log/main OA log.found! ruleset.adopt data.adopt authority.admit witness.set log.cut log.close
log/refusals log/refusals O log.refusals?
log/erasures log/erasures O pd.erase?
party party/U W party.register!=R key.add=P key.rotate key.revoke=P delegation.grant delegation.revoke crew.register crew.retire
permit permit/U/I R grant! amend suspend resume revoke quota.open=EE
licence licence/U/I R grant! amend suspend resume revoke
vehicle vehicle/U/I R grant! amend suspend resume revoke
plan plan/U/#### W file? amend
list list/####-##-##-[a-z0-9]{1,16} E propose? rows countersign amend amend_consent suspend resume remove confirm exceed_consent report quota.open=EE
approval approval/U/I E apply!=W accept notice consult decide suspend revoke reply quota.open=EE
manifest manifest/U/I X issue!=W void=W verify=W depart=XX hand_over=XX transship arrive receive dispose
case case/U/I/I X number? amend_propose? amend_consent? amend_refuse? return? comment? report? contest? hold?=E release?=E close_with_gap?=EE
number number/############## E settle?
lease lease/U/I E number.lease?
emergency emergency/U/I E declare!=W join close
incident incident/U/I E report?=X close
period period/M/##-## E close?=O confirm dispute
item item/M/I X comment? settle?
"""
FORMS = {"U": "([0-9A-HJ-NPQRTUWXY]{18})", "I": "[0-7][0-9A-HJKMNP-TV-Z]{25}", "M": "[0-9]{4}-(?:0[1-9]|1[0-2])", "#": "[0-9]"}
CHAINS: dict[str, str] = {}
ROLES: dict[tuple[str, str], tuple[str, str]] = {}
for row, form, usual, *kinds in (line.split() for line in TABLE.strip().splitlines()):
    CHAINS[row] = re.sub(r"[UIM#]", lambda match: FORMS[match[0]], form)
    for name, _, special in (kind.partition("=") for kind in kinds):
        ROLES[row, (name if "." in name else f"{row}.{name}").rstrip("!?") + "/1"] = (special or usual, name[-1])
ALL_KINDS = {kind for _, kind in ROLES}
CUSTODY = {f"manifest.{act}/1" for act in ("depart", "hand_over", "transship", "arrive", "receive", "dispose")}
KEY, PIN = {"suite": str, "spki": str, "pop": str}, {"name": str, "version": str, "sha256": str}
OPERATOR: dict[str, Any] = {"uscc": str, "name": str, "keys": [KEY]}
AUTHORITY = OPERATOR | {"regions": [str]}
FOUND = {"origin": str, "nonce": str, "log_keys": [str], "operator": OPERATOR, "authorities": [AUTHORITY], "ruleset": PIN, "data": [PIN]}
FOUND |= {"witness_policy": [str], "clock": str, "continues?": {"origin": str, "checkpoint": str}}
REFUSED = {"statement": str, "by": [str], "kind": str, "codes": [str], "size": int, "at": str}
BODIES: dict[str, Any] = {  # of the log's own kinds; docs/formats/README.md explains them
    "log.found/1": FOUND,
    "ruleset.adopt/1": PIN,
    "data.adopt/1": PIN,
    "authority.admit/1": AUTHORITY,
    "witness.set/1": {"witness_policy": [str]},
    "log.cut/1": {"size": int, "root": str, "tail": str},
    "log.close/1": {"successor_origin": str},
    "log.refusals/1": {"hour": str, "page": int, "of": int, "items": [REFUSED]},
    "pd.erase/1": {"statement": str, "field": str},
    "party.register/1": {"name": str, "keys": [KEY]},
    "key.add/1": {"key": KEY},
    "key.rotate/1": {"old": str, "key": KEY},
    "key.revoke/1": {"keyid": str, "reason": str},
    "delegation.grant/1": {"delegate": str, "kinds": [str], "until?": str},
}
INSTANT = r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])([+-])([01][0-9]|2[0-3]):([0-5][0-9])"


def read_envelope(value: Any, payload_type: str = STATEMENT) -> SimpleNamespace:
    """body, signatures (keyid, bytes) and, in published field order, the frozen form of a strictly parsed DSSE envelope."""
    frozen = shape(value, ENVELOPE, "", ("ENVELOPE_FIELD",) * 3)
    need(frozen["payloadType"] == payload_type, "PAYLOAD_TYPE", "payloadType", frozen["payloadType"], payload_type)
    body, signatures = unb64(frozen["payload"], "payload"), []
    for k, signature in enumerate(frozen["signatures"]):
        need(HEX64.fullmatch(signature["keyid"]), "KEYID_FORM", f"signatures.{k}.keyid", signature["keyid"], "64 lower-case hex digits")
        signatures.append((signature["keyid"], unb64(signature["sig"], f"signatures.{k}.sig")))
    need(len({keyid for keyid, _ in signatures}) == len(signatures), "KEYID_TWICE", "signatures")
    return SimpleNamespace(body=body, signatures=signatures, frozen=frozen)


def parse_envelope(raw: bytes, payload_type: str = STATEMENT) -> SimpleNamespace:
    """A posted envelope: strict JSON, at most 64 KiB."""
    return read_envelope(strict_json(raw, 65_536, "ENVELOPE_TOO_LARGE"), payload_type)


def instant(text: str, field: str = "at", code: str = "AT_FORM") -> int:
    """Seconds since 1970 of a real Gregorian time with offset."""
    try:
        year, month, day, hour, minute, second, sign, h, m = re.fullmatch(INSTANT, text).groups()  # type: ignore[union-attr]
        days = date(int(year), int(month), int(day)).toordinal() - date(1970, 1, 1).toordinal()
    except (AttributeError, ValueError):
        raise Bad(code, field, text, "a real YYYY-MM-DDThh:mm:ss+hh:mm") from None
    offset = (int(h) * 60 + int(m)) * (60 if sign == "+" else -60)
    return days * 86_400 + int(hour) * 3600 + int(minute) * 60 + int(second) - offset


def read_statement(envelope: Any) -> SimpleNamespace:
    """Parse the signed body and check what needs no other entry."""
    v = strict_json(envelope.body)
    seen = v.pop("seen", None)
    shape(v, WIRE, "", STATEMENT_CODES)
    kind, chain, by = v["kind"], v["chain"], v["by"]
    row = chain if chain.startswith("log/") else chain.partition("/")[0]
    match = re.fullmatch(CHAINS[row], chain) if row in CHAINS else None
    need(match and all(map(is_uscc, match.groups())), "CHAIN_FORM", "chain", chain)
    need(kind in ALL_KINDS, "KIND_UNKNOWN", "kind", kind)
    need((row, kind) in ROLES, "CHAIN_KIND", "kind", kind, f"a kind of {row}")
    need(v["seq"] >= 0, "SEQ_FORM", "seq", v["seq"])
    need(HEX64.fullmatch(v["prev"]), "PREV_FORM", "prev", v["prev"])
    need(1 <= len(by) <= (8 if row == "log/main" else 4), "BY_COUNT", "by", len(by))
    for where, party in [*((f"by.{k}", party) for k, party in enumerate(by)), ("for", v.get("for", by[0]))]:
        need(is_uscc(party), "USCC", where, party)
    need(len(set(by)) == len(by), "BY_TWICE", "by", by)
    if seen is not None:
        shape(seen, {"size": int, "root": str}, "seen", ("SEEN_FORM",) * 3)
        seen = (seen["size"], unb64(seen["root"], "seen.root", "SEEN_FORM"))
        need(seen[0] > 0 and len(seen[1]) == 32, "SEEN_FORM", "seen", seen)
    at = instant(v["at"])
    shape(v["body"], BODIES.get(kind, dict), "body", STATEMENT_CODES)
    need(len(envelope.signatures) == len(by), "SIGNATURE_COUNT", "signatures", len(envelope.signatures), len(by))
    digest = sha256(b"liandan/statement/v1\n" + pae(STATEMENT, envelope.body)).hex()
    roles, opening = ROLES[row, kind]
    v |= {"row": row, "owner": chain.split("/")[1], "roles": roles, "opening": opening, "principal": v.get("for")}
    return SimpleNamespace(**v | {"at": at, "seen": seen, "hash": digest})


# ---- entry (§4) ------------------------------------------------------------------------------------------------------------------------

_ROW = {"account": str, "prev_index?": int, "before_g": int, "after_g": int}
_DECISION = {"route?": str, "tags": [list], "alerts": [list], "accounts": [_ROW]}
ENTRY = {"v": int, "statement": dict, "admission": {"index": int, "at": str, "ruleset": str, "facts": [list], "decision": _DECISION}}


def _listed(path: str, items: list[Any], pattern: str, key: Callable[[Any], Any]) -> None:
    """Every item, written as JSON, matches the pattern; keys ascend."""
    for k, item in enumerate(items):
        need(re.fullmatch(pattern, encode(item).decode()), "ENTRY_FORM", f"admission.{path}.{k}", item, pattern)
    keys = [key(item) for item in items]
    need(keys == sorted(set(keys)), "ENTRY_FORM", f"admission.{path}", keys, "sorted, unique")


def read_entry(raw: bytes) -> tuple[Any, Any]:
    """Decode one entry, envelope and admission; it must re-encode to the same bytes."""
    try:
        v = strict_json(raw, 60_000, "ENTRY_TOO_LARGE")
    except Bad as bad:
        raise Bad("ENTRY_FORM" if bad.code != "ENTRY_TOO_LARGE" else bad.code, bad.field, f"{bad.code} {bad.found}") from None
    ordered = shape(v, ENTRY, "", ("ENTRY_FORM",) * 3)
    envelope, a, d = read_envelope(v["statement"]), ordered["admission"], ordered["admission"]["decision"]
    ordered["statement"] = envelope.frozen
    need(encode(ordered) == raw, "ENTRY_NOT_CANONICAL")
    need(v["v"] == 1 and a["at"].endswith("+08:00"), "ENTRY_FORM", "admission.at", a["at"], "version 1, +08:00")
    at = instant(a["at"], "admission.at", "ENTRY_FORM")
    _listed("facts", a["facts"], r'\["[^"\\]+",[0-9]+\]', lambda fact: fact[0].encode())
    _listed("decision.tags", d["tags"], r'\["[A-Z0-9_]+"(,-?[0-9]+)?\]', lambda tag: tag[0])
    _listed("decision.alerts", d["alerts"], r'\["[LMH]","[A-Z0-9_]+"\]', lambda alert: alert[1])
    accounts = r'.*"account":"(Q1 list/[^ "]+ [0-9]+|Q2 approval/[^ "]+ [0-9]+|Q3 permit/[^ "]+)".*'
    _listed("decision.accounts", d["accounts"], accounts, lambda row: row["account"].encode())
    tags = {tag[0]: tag[-1] for tag in d["tags"]}
    return envelope, SimpleNamespace(**d | {"index": a["index"], "at": at, "ruleset": a["ruleset"], "facts": a["facts"], "tags": tags})


# ---- notes, checkpoints, tree, proofs (C2SP signed-note, tlog-checkpoint, tlog-cosignature, tlog-proof; RFC 6962) -------------------------


def parse_vkey(text: str) -> tuple[tuple[str, bytes], Any]:
    """A verifier key: the (name, key id) under which its lines stand, and the key."""
    name, _, rest = text.partition("+")
    hex_id, _, coded = rest.partition("+")
    raw = unb64(coded, "vkey", "VKEY_FORM")
    key_id = sha256(name.encode() + b"\n" + raw)[:4]
    sound = re.fullmatch(r"[^\s\x00-\x1f]+", name) and len(raw) == {1: 33, 4: 33, 6: 1313}.get(raw[0] if raw else 0)
    need(sound and key_id.hex() == hex_id, "VKEY_FORM", "vkey", text)
    return (name, key_id), SimpleNamespace(text=text, name=name, type=raw[0], public=raw[1:])


def split_note(raw: bytes) -> tuple[str, list[tuple[tuple[str, bytes], bytes]]]:
    """Text (with its last LF) and signature lines as ((name, key id), signature)."""
    need(len(raw) <= 65_536 and not re.search(rb"[\x00-\x09\x0b-\x1f]", raw), "NOTE_FORM")
    try:
        head, middle, tail = raw.decode().rpartition("\n\n")
    except UnicodeDecodeError:
        raise Bad("NOTE_FORM", found="not UTF-8") from None
    need(middle and re.fullmatch(r"(\u2014 [^\s+]+ [A-Za-z0-9+/=]+\n)+", tail), "NOTE_FORM", "", tail)
    lines = []
    for _, name, coded in (line.split(" ") for line in tail.splitlines()):
        blob = unb64(coded, "signature", "NOTE_FORM")
        need(len(blob) > 4, "NOTE_FORM", "signature", coded)
        lines.append(((name, blob[:4]), blob[4:]))
    return head + "\n", lines


def open_note(raw: bytes, vkeys: list[str]) -> tuple[str, dict[str, int], int]:
    """Verify a note: its text, the timestamps of its verified lines by vkey, and how many lines are by unknown keys.

    A failing or doubled line of a known key, an unsorted line, or no line of the log's Ed25519 key makes the note invalid (§4).
    """
    (text, lines), known, stamps = split_note(raw), dict(map(parse_vkey, vkeys)), dict[str, int]()
    for key, signature in [(known[line], signature) for line, signature in lines if line in known]:
        need(key.text not in stamps, "NOTE_SIGNATURE", "signature", key.name, "one line per key")
        stamps[key.text] = 0 if key.type == 1 else int.from_bytes(signature[:8], "big")
        message, blob = (text, signature) if key.type == 1 else (f"cosignature/v1\ntime {stamps[key.text]}\n{text}", signature[8:])
        try:
            _ = key.type == 6 or verify("ed25519", SPKI["ed25519"][0] + key.public, message.encode(), blob)
        except Bad as bad:
            raise Bad("NOTE_SIGNATURE", "signature", f"{key.name}: {bad.code}") from None
    logs = [key.text for key in known.values() if key.type == 1]
    need(logs and set(logs) <= set(stamps), "NOTE_SIGNATURE", "signature", list(stamps), logs)
    log_name = parse_vkey(logs[0])[1].name
    order = sorted(stamps, key=lambda vkey: (vkey not in logs, not vkey.startswith(log_name + "+"), vkey))
    need(list(stamps) == order, "NOTE_FORM", "signature", list(stamps), "log lines, then witnesses sorted by vkey")
    return text, stamps, len(lines) - len(stamps)


def parse_checkpoint(text: str) -> tuple[str, int, bytes]:
    """origin, size, root; extension lines are refused."""
    match = re.fullmatch(r"([^\n]+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\n", text)
    if match is None:
        raise Bad("CHECKPOINT_FORM", found=text)
    return match[1], int(match[2]), unb64(match[3], "root", "CHECKPOINT_FORM")


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right)


class Tree:
    """The hashes of all tiles: level l holds MTH of every full run of 256^l leaves, 32 bytes each."""

    def __init__(self) -> None:
        self.levels = [bytearray()]

    def append(self, entry: bytes) -> None:
        level, value = 0, sha256(b"\x00" + entry)
        while True:
            self.levels[level] += value
            if len(self.levels[level]) % 8192:
                return
            value, level = self._perfect(level, len(self.levels[level]) // 32 - 256, 256), level + 1
            self.levels += [bytearray()] if level == len(self.levels) else []

    def leaf(self, index: int) -> bytes:
        return bytes(self.levels[0][32 * index : 32 * index + 32])

    def _perfect(self, level: int, start: int, count: int) -> bytes:
        row = [bytes(self.levels[level][i * 32 : i * 32 + 32]) for i in range(start, start + count)]
        while len(row) > 1:
            row = [node(row[i], row[i + 1]) for i in range(0, len(row), 2)]
        return row[0]

    def root(self, size: int) -> bytes:
        """MTH of the first ``size`` leaves; of no bytes when there are fewer."""
        parts, offset = [], 0
        if size * 32 > len(self.levels[0]):
            return b""
        for height in range(size.bit_length() - 1, -1, -1):
            if size >> height & 1:
                parts.append(self._perfect(height // 8, offset >> height // 8 * 8, 1 << height % 8))
                offset += 1 << height
        root = parts.pop() if parts else sha256(b"")
        while parts:
            root = node(parts.pop(), root)
        return root


def verify_inclusion(index: int, size: int, leaf: bytes, root: bytes, hashes: list[bytes]) -> None:
    """RFC 9162 §2.1.3.2."""
    fn, sn, r = index, size - 1, leaf
    for p in hashes:
        need(sn > 0, "PROOF_WRONG", "hashes", "too long")
        r = node(p, r) if fn & 1 or fn == sn else node(r, p)
        while fn == sn and fn and not fn & 1:
            fn, sn = fn >> 1, sn >> 1
        fn, sn = fn >> 1, sn >> 1
    need(index < size and not sn and r == root, "PROOF_WRONG", "hashes", r.hex(), root.hex())


def parse_tlog_proof(raw: bytes) -> tuple[int, list[bytes], bytes]:
    """Index, hashes and the checkpoint's bytes of a ``.tlog-proof`` file."""
    head, blank, note = raw.partition(b"\n\n")
    match = re.fullmatch(rb"c2sp\.org/tlog-proof@v1\n(?:extra [A-Za-z0-9+/=]*\n)?index (0|[1-9][0-9]{0,15})((?:\n[A-Za-z0-9+/=]+)*)", head)
    if match is None or not blank:
        raise Bad("PROOF_FORM")
    hashes = [unb64(line.decode(), "hash", "PROOF_FORM") for line in match[2].split(b"\n")[1:]]
    need(all(len(h) == 32 for h in hashes) and len(hashes) < 64, "PROOF_FORM", "hash")
    return int(match[1]), hashes, note


# ---- the log, replayed -----------------------------------------------------------------------------------------------------------------


class Log:
    """Registries that grow entry by entry; every deviation becomes a finding."""

    def __init__(self, data: Callable[[str], bytes | None]) -> None:
        self.data, self.tree, self.size, self.signatures = data, Tree(), 0, 0
        self.findings: list[dict[str, Any]] = []
        self.unchecked: dict[str, int] = {}  # signatures by suite that this reader cannot compute
        self.heads: dict[str, tuple[int, str, int, int]] = {}  # chain: seq, statement hash, index, at
        self.keys: dict[str, SimpleNamespace] = {}  # keyid: uscc, suite, spki, added, revoked
        self.accounts: dict[str, tuple[int | None, int]] = {}  # account: index of its last touch, grams after it
        self.authorities: dict[str, list[str]] = {}  # USCC: regions, in order of admission
        self.policies: list[tuple[int, list[str]]] = []  # index, vkeys of witnesses in force after it
        self.recut: dict[str, int] = {}  # statement hash: admission.at before log.cut
        self.grants, self.backfilled, self.reserved = set[tuple[str, str]](), set[str](), set[str]()
        self.found = self.origin = self.operator = self.ruleset = self.clock = self.chain = ""
        self.log_keys, self.last_at, self.not_before, self.recut_until, self.closed = list[str](), 0, 0, 0, False

    def check(self, holds: object, code: str, field: str = "", found: object = "", expected: object = "") -> None:
        """A finding about the present entry unless the rule holds."""
        if not holds:
            self.flag(Bad(code, field, found, expected), self.size - 1, self.chain)

    def flag(self, bad: Bad, index: int, chain: str = "") -> None:
        where = {"code": bad.code, "index": index, "chain": chain, "field": bad.field}
        self.findings.append(where | {"found": bad.found, "expected": bad.expected})

    def add(self, raw: bytes) -> None:
        """Check one entry and take it in."""
        self.tree.append(raw)
        self.size, self.chain = self.size + 1, ""
        try:
            envelope, a = read_entry(raw)
            s = read_statement(envelope)
            s.index, s.envelope, self.chain = self.size - 1, envelope, s.chain
            if s.index == 0:
                need(s.kind == "log.found/1", "FOUNDING", "kind", s.kind)
                self._found(s.hash, s.body)
            ruleset = self.ruleset
            self._admission(s, a)
            self._place(s)
            self._times(s, a)
            for check in (self._roles, self._signatures, self._effect):
                try:
                    check(s)
                except Bad as bad:
                    self.flag(bad, s.index, s.chain)
            self.check(a.ruleset == ruleset, "ADMISSION_RULESET", "admission.ruleset", a.ruleset, ruleset)
            if s.chain not in self.heads or s.seq > self.heads[s.chain][0]:
                self.heads[s.chain] = (s.seq, s.hash, s.index, s.at)
            self.last_at = max(self.last_at, a.at)
        except Bad as bad:
            self.flag(bad, self.size - 1, self.chain)

    def _admission(self, s: Any, a: Any) -> None:
        """The operator's half of the entry, as far as it follows from earlier entries alone."""
        self.check(a.index == s.index, "ADMISSION_INDEX", "admission.index", a.index, s.index)
        routed = not hasattr(a, "route") or s.kind in ("approval.decide/1", "manifest.issue/1")
        self.check(routed, "DECISION_WRONG", "admission.decision.route", s.kind)
        recovery = s.kind == "key.add/1" and s.by[0] != s.owner
        self.check((["H", "KEY_BY_AUTHORITY"] in a.alerts) == recovery, "DECISION_WRONG", "admission.decision.alerts", a.alerts, recovery)
        always = (s.chain, "log/main", *(f"party/{party}" for party in s.by))
        for chain, index in a.facts:
            newest = self.heads.get(chain, (0, "", -1, 0))[2]
            self.check(chain not in always and index == newest, "FACTS_WRONG", "admission.facts", f"{chain} {index}", newest)
        for account in a.accounts:
            before = self.accounts.get(account["account"], (None, 0))
            linked = (account.get("prev_index"), account["before_g"]) == before and account["after_g"] != account["before_g"]
            self.check(linked, "ACCOUNT_WRONG", "admission.decision.accounts", account, f"prev_index {before[0]}, before_g {before[1]}")
            self.accounts[account["account"]] = (s.index, account["after_g"])
        if s.seen is not None:
            root = self.tree.root(s.seen[0]) if s.seen[0] <= s.index else b""
            self.check(root == s.seen[1], "SEEN_MISMATCH", "seen", f"{s.seen[0]} {s.seen[1].hex()}", root.hex())

    def _place(self, s: Any) -> None:
        """The statement's place in its chain (§2). A second entry with the same hash fails here: the hash binds chain and seq."""
        self.check(not self.closed, "LOG_CLOSED", "kind", s.kind, "nothing after log.close")
        first = sha256(f"liandan/chain/v1\n{self.found}\n{s.chain}".encode() if s.index else f"liandan/found/v1\n{self.origin}".encode())
        head, prev, _, _ = self.heads.get(s.chain, (-1, first.hex(), 0, 0))
        founder = s.row == "party" and s.owner in (self.operator, *self.authorities)
        opens = s.opening != "!" if head >= 0 or founder else s.opening in "!?"
        trunk = s.row != "case" or "manifest/" + "/".join(s.chain.split("/")[1:3]) in self.heads
        if s.seq <= head:
            self.check(False, "STATEMENT_TWICE" if s.hash == prev else "CHAIN_CONFLICT", "seq", s.seq, head + 1)
        elif s.seq > head + 1 or not trunk:
            self.check(False, "PREDECESSOR_MISSING", "seq", s.seq, head + 1 if trunk else "an admitted trunk")
        else:
            self.check(opens, "CHAIN_NOT_OPEN", "kind", s.kind, f"seq {s.seq}")
            self.check(s.prev == prev, "PREV_MISMATCH", "prev", s.prev, prev)

    def _times(self, s: Any, a: Any) -> None:
        """§6, and §4's bracket between cosigned checkpoints."""
        self.check(a.at >= self.last_at, "ADMISSION_AT", "admission.at", a.at, f"not before {self.last_at}")
        self.check(
            a.at >= self.not_before - 300, "CHECKPOINT_TIME", "admission.at", a.at, f"not before cosignature {self.not_before} - 300"
        )
        late = (self.recut.get(s.hash, a.at) if "RECUT" in a.tags and a.at <= self.recut_until else a.at) - s.at
        window = 30 * 86_400 if s.row in ("log/main", "list", "period") else 86_400
        if s.kind in CUSTODY:
            window, last = 2**53 if s.chain in self.backfilled else 1_296_000, self.heads.get(s.chain, (0, "", 0, s.at))[3]
            self.check(a.tags.get("LATE", 0) == (late if late > 7200 else 0), "DECISION_WRONG", "admission.decision.tags", a.tags, late)
            self.check(s.at >= last - 300, "AT_BACKWARDS", "at", s.at, f"not before {last} - 300")
        self.check(s.index == 0 or -300 <= late <= window, "STATEMENT_STALE", "at", late, f"-300 to {window} seconds before admission")

    def _holders(self, s: Any) -> list[list[str] | None]:
        """Who may hold each role, in order; None: anybody registered."""
        everyone, authorities = [[self.operator], *([uscc] for uscc in self.authorities)], list(self.authorities)
        region = [uscc for uscc, prefixes in self.authorities.items() if s.owner[2:8].startswith(tuple(prefixes))] or authorities
        if s.roles == "P" and s.by[0] != s.owner and s.principal != s.owner:
            return [u for u in everyone if u != [s.owner]] if [s.owner] in everyone else [region]
        table = {"O": everyone[:1], "A": everyone[1:], "W": [[s.owner]], "P": [[s.owner]], "R": [region], "E": [authorities], "X": [None]}
        return [holder for role in s.roles for holder in table[role]]

    def _roles(self, s: Any) -> None:
        holders, taken = self._holders(s), 0
        if s.principal is not None:
            allowed = holders[0] or [s.principal]
            need(s.principal in allowed and s.by[0] not in allowed, "SIGNER_ROLE", "for", s.principal, allowed)
            need((s.principal, s.by[0]) in self.grants, "DELEGATION_MISSING", "for", f"{s.by[0]} for {s.principal}")
            holders[0] = s.by[:1]
        for allowed in holders:
            if taken < len(s.by) and (allowed is None or s.by[taken] in allowed):
                taken += 1
            elif not any(allowed is None or party in allowed for party in s.by[:taken]):  # two roles, one party: named once
                raise Bad("SIGNER_ROLE" if taken < len(s.by) else "SIGNER_MISSING", f"by.{taken}", s.by[taken:], allowed)
        need(taken == len(s.by), "SIGNER_EXTRA", f"by.{taken}", s.by[taken:])

    def _signatures(self, s: Any) -> None:
        for k, (party, (keyid, signature)) in enumerate(zip(s.by, s.envelope.signatures, strict=True)):
            where, key = f"statement.signatures.{k}", self.keys.get(keyid) or SimpleNamespace(uscc="")
            need(key.uscc == party, "KEY_OTHER_PARTY" if key.uscc else "KEY_UNKNOWN", where, f"{keyid} of {key.uscc}", party)
            valid = (key.added < s.index or s.index == 0) and s.index <= key.revoked and keyid == s.body.get("old", keyid)
            need(valid, "KEY_NOT_VALID", where, keyid, f"added {key.added}, revoked {key.revoked}")  # §5: add < i <= revoke
            try:
                self._count(key.suite, verify(key.suite, key.spki, pae(STATEMENT, s.envelope.body), signature))
            except Bad as bad:
                raise Bad(bad.code, where, bad.found, bad.expected) from None

    def _count(self, suite: str, checked: bool) -> None:
        self.signatures += checked
        if not checked:
            self.unchecked[suite] = self.unchecked.get(suite, 0) + 1

    def _effect(self, s: Any) -> None:
        """What the log's own kinds change (§3, §5)."""
        kind, body = s.kind.removesuffix("/1"), s.body
        if kind == "authority.admit":
            self._member(body, self.found)
        elif kind == "witness.set":
            self._policy(body["witness_policy"])
        elif kind == "log.close":
            self.closed = True
        elif kind in ("ruleset.adopt", "data.adopt"):
            self.ruleset = body["version"] if kind == "ruleset.adopt" else self.ruleset
            self._data(body["sha256"])
        elif kind == "log.cut":
            cut = body["size"] == s.index and unb64(body["root"], "body.root") == self.tree.root(s.index)
            self.check(cut, "CUT_WRONG", "body", body, f"{s.index} {self.tree.root(s.index).hex()}")
            lines = self._data(body["tail"]).decode().splitlines()
            self.recut, self.recut_until = {line[:64]: instant(line[65:], "tail") for line in lines}, self.last_at + 30 * 86_400
        elif kind == "delegation.grant":
            self.grants.add((s.owner, body["delegate"]))
        elif kind == "manifest.issue" and body.get("backfill") is True:
            self.backfilled.add(s.chain)
        if kind in ("key.rotate", "key.revoke"):
            key = self.keys.get(body["old" if kind == "key.rotate" else "keyid"]) or SimpleNamespace(uscc="", revoked=-1)
            need(key.uscc == s.owner and key.revoked > s.index, "KEY_UNKNOWN", "body", body, "a key of the owner that is not revoked")
            key.revoked = s.index
        if kind in ("party.register", "key.add", "key.rotate"):
            self._keys(body.get("keys") or [body["key"]], self.found, s.owner)

    def _found(self, found: str, body: Any) -> None:
        self.found, self.origin, self.clock, self.log_keys = found, body["origin"], body["clock"], body["log_keys"]
        self.ruleset, self.operator = body["ruleset"]["version"], body["operator"]["uscc"]
        self._policy(body["witness_policy"])
        for member in (body["operator"], *body["authorities"]):
            self._member(member, self.origin)
        for pin in (body["ruleset"], *body["data"]):
            self._data(pin["sha256"])
        own = [parse_vkey(text)[1] for text in self.log_keys]
        sound = {key.name for key in own} == {self.origin} and own[0].type == 1 and len(unb64(body["nonce"], "body.nonce")) == 32
        need(
            sound and self.clock in ("real", "simulated"), "FOUNDING", "body", body, "log keys of the origin, Ed25519 first; 32 byte nonce"
        )

    def _member(self, member: dict[str, Any], x: str) -> None:
        need(is_uscc(member["uscc"]), "USCC", "body", member["uscc"])
        if "regions" in member:
            self.authorities[member["uscc"]] = member["regions"]
        self._keys(member["keys"], x, member["uscc"])

    def _keys(self, registrations: list[Any], x: str, uscc: str) -> None:
        for registration in registrations:
            keyid, suite, spki, checked = check_registration(registration, x, uscc, "body.key")
            fresh = keyid not in self.keys and keyid not in self.reserved
            need(fresh, "KEY_REGISTERED", "body.key", keyid, "a key registered once, for one party, that is no note key")
            self.keys[keyid] = SimpleNamespace(uscc=uscc, suite=suite, spki=spki, added=self.size - 1, revoked=2**53)
            self._count(suite, checked)

    def _policy(self, lines: list[str]) -> None:
        witnesses = [line.split(" ")[2] for line in lines if re.fullmatch(r"witness \S+ \S+", line)]
        self.policies.append((self.size - 1, witnesses))
        keys = [parse_vkey(text)[1] for text in (*self.log_keys, *witnesses)]
        self.reserved |= {sha256(SPKI["ed25519"][0] + key.public).hex() for key in keys if key.type != 6}

    def _data(self, name: str) -> bytes:
        raw = self.data(name)
        need(raw is not None, "DATA_MISSING", f"data/{name}")
        need(sha256(raw or b"").hex() == name, "DATA_HASH", f"data/{name}", sha256(raw or b"").hex(), name)
        return raw or b""

    def checkpoint(self, raw: bytes) -> tuple[int, int]:
        """Check a checkpoint of any size up to ours; its size, and how many of its lines are by unknown keys."""
        origin, size, root = parse_checkpoint(split_note(raw)[0])
        witnesses = next((vkeys for start, vkeys in reversed(self.policies) if start < size), [])
        _, stamps, unknown = open_note(raw, [*self.log_keys, *witnesses])
        need(origin == self.origin, "ORIGIN", "origin", origin, self.origin)
        need(root == self.tree.root(size), "ROOT_MISMATCH", "root", f"{size} {root.hex()}", self.tree.root(size).hex())
        cosigned = min((stamp for stamp in stamps.values() if stamp), default=0)
        if cosigned and self.clock == "real" and size == self.size:
            self.not_before = max(self.not_before, cosigned)
            need(self.last_at <= cosigned + 300, "CHECKPOINT_TIME", "time", self.last_at, f"not after cosignature {cosigned} + 300")
        return size, unknown


# ---- export directory or base URL --------------------------------------------------------------------------------------------------------


class Source:
    """The static files of a log; remembers which were read."""

    def __init__(self, place: str) -> None:
        self.url = place.rstrip("/") if place.startswith(("http://", "https://")) else ""
        self.directory, self.used = Path(place), set[str]()

    def read(self, path: str) -> bytes | None:
        self.used.add(path)
        if not self.url:
            return (self.directory / path).read_bytes() if (self.directory / path).is_file() else None
        try:
            with urllib.request.urlopen(f"{self.url}/{path}", timeout=60) as answer:
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            if error.code != 404:
                raise
            return None

    def files(self) -> list[str]:
        return [] if self.url else sorted(f.relative_to(self.directory).as_posix() for f in self.directory.rglob("*") if not f.is_dir())

    def tile(self, level: str, number: int, width: int) -> tuple[str, bytes]:
        """Path and bytes of a tile. Over HTTP a partial one may since have been replaced by the full one."""
        name, rest = f"{number % 1000:03}", number // 1000
        while rest:
            name, rest = f"x{rest % 1000:03}/{name}", rest // 1000
        full = f"tile/{level}/{name}"
        path = full if width == 256 else f"{full}.p/{width}"
        raw = self.read(path)
        return path, (self.read(full) if raw is None and self.url else raw) or b""


def entries(source: Source, size: int) -> Iterator[bytes]:
    """All entries, from bundles: two bytes of length, then the entry."""
    for number in range(-(-size // 256)):
        width, offset = min(256, size - number * 256), 0
        path, raw = source.tile("entries", number, width)
        for _ in range(width):
            end = offset + 2 + int.from_bytes(raw[offset : offset + 2], "big")
            need(offset + 2 < end <= len(raw), "TILE_FORM", path, f"{len(raw)} bytes", f"{width} entries")
            yield raw[offset + 2 : end]
            offset = end
        need(offset == len(raw) or source.url, "TILE_FORM", path, f"{len(raw) - offset} bytes too many")


class Report:
    """One audit: reads every file once."""

    def __init__(self, place: str) -> None:
        self.source, self.remarks = Source(place), list[str]()
        self.log, self.size, self.checkpoints = Log(lambda name: self.source.read(f"data/{name}")), 0, 0

    def attempt(self, path: str, check: Callable[..., Any], *arguments: Any) -> None:
        """Run a check that concerns a file rather than an entry."""
        try:
            check(*arguments)
        except Bad as bad:
            self.log.flag(Bad(bad.code, f"{path} {bad.field}".strip(), bad.found, bad.expected), -1)

    def run(self, pin: str, proofs: list[Path]) -> None:
        newest = self.source.read("checkpoint") or b""
        self.attempt("checkpoint", self._read_entries, newest)
        self.attempt("checkpoint", self._checkpoint, newest, "checkpoint")
        for level, row in enumerate(self.log.tree.levels):
            for number in range(-(-len(row) // 8192)):
                self._tile(level, number, bytes(row[number * 8192 : (number + 1) * 8192]))
        vkeys = "".join(f"{vkey}\n" for vkey in self.log.log_keys).encode()
        self.attempt("log.vkey", need, self.source.read("log.vkey") == vkeys, "VKEY_FORM", "", "", vkeys)
        for path in set(self.source.files()) - self.source.used:
            code = "DATA_HASH" if path == f"data/{sha256(self.source.read(path) or b'').hex()}" else "FILE_UNEXPECTED"
            self.attempt(path, need, code == "DATA_HASH", code)
        self.attempt("log.found", need, pin in ("", self.log.found), "PIN", "", self.log.found, pin)
        for path in proofs:
            self.attempt(str(path), self._proof, path.read_bytes())

    def _read_entries(self, newest: bytes) -> None:
        self.size = parse_checkpoint(split_note(newest)[0])[1]
        for entry in entries(self.source, self.size):
            self.log.add(entry)
            path = f"checkpoints/{self.log.size}"
            raw = None if self.source.url else self.source.read(path)
            if raw is not None:
                self.attempt(path, self._checkpoint, raw, path)

    def _checkpoint(self, raw: bytes, path: str) -> None:
        size, unknown = self.log.checkpoint(raw)
        self.checkpoints += 1
        need(path in ("checkpoint", f"checkpoints/{size}"), "CHECKPOINT_FORM", "size", size)
        if unknown:
            self.remarks.append(f"{path}: {unknown} signature lines by unknown keys were ignored")

    def _tile(self, level: int, number: int, want: bytes) -> None:
        path, raw = self.source.tile(str(level), number, len(want) // 32)
        if raw[: len(want) if self.source.url else None] != want:
            at = next((k for k in range(0, len(want), 32) if raw[k : k + 32] != want[k : k + 32]), len(want))
            index = (number * 256 + at // 32) << 8 * level
            self.log.flag(Bad("TILE_HASH", path, raw[at : at + 32].hex(), want[at : at + 32].hex()), index)

    def _proof(self, raw: bytes) -> None:
        """A ``.tlog-proof`` or a bare checkpoint from elsewhere, say from a printed document, agrees with this log."""
        index, hashes, note = parse_tlog_proof(raw) if raw.startswith(b"c2sp.org/tlog-proof") else (-1, [], raw)
        size, _ = self.log.checkpoint(note)
        if index >= 0:
            verify_inclusion(index, size, bytes(self.log.tree.levels[0][index * 32 : index * 32 + 32]), self.log.tree.root(size), hashes)

    def summary(self, pin: str) -> dict[str, Any]:
        log = self.log
        if not pin:
            self.remarks.append("no --pin: this report shows that the log agrees with itself, not which log it is")
        if log.clock == "simulated":
            self.remarks.append("simulated clock (演示 / DEMO): times of admission are not bracketed by witnesses")
        self.remarks += [f"{count} {suite} signatures were not checked by this reader" for suite, count in sorted(log.unchecked.items())]
        facts = {"origin": log.origin, "found": log.found, "size": log.size, "root": log.tree.root(log.size).hex(), "pinned": bool(pin)}
        counts = {"signatures": log.signatures, "checkpoints": self.checkpoints, "unchecked": log.unchecked}
        return {"ok": not log.findings, **facts, **counts, "remarks": self.remarks, "findings": log.findings}


def main() -> int:
    parser = argparse.ArgumentParser(prog="liandan_audit", description="Audit a liandan log from its export, standard library only.")
    parser.add_argument("place", help="export directory or http(s) base URL")
    parser.add_argument("--pin", default="", metavar="FOUND_HASH", help="statement hash of the log.found that you trust")
    parser.add_argument("--proof", action="append", default=[], type=Path, metavar="FILE", help="a .tlog-proof or checkpoint to compare")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--pure", action="store_true", help="use no compiled library")
    options = parser.parse_args()
    if not options.pure:
        use_fast_libraries()
    report = Report(options.place)
    try:
        need(report.source.url or report.source.directory.is_dir(), "no such directory")
        report.run(options.pin, options.proof)
    except (OSError, Bad) as error:
        print(f"liandan_audit: cannot read {options.place}: {error}", file=sys.stderr)
        return 2
    summary = report.summary(options.pin)
    if options.json:
        print(json.dumps(summary, ensure_ascii=False, indent=1))
        return 0 if summary["ok"] else 1
    for finding in summary["findings"][:1000]:
        place = f"entry {finding['index']}" if finding["index"] >= 0 else "log"
        print(
            f"{finding['code']}  {place}  {finding['chain']}  {finding['field']}: found {finding['found']}; expected {finding['expected']}"
        )
    for remark in summary["remarks"]:
        print(f"remark: {remark}")
    print(f"{summary['size']} entries, {summary['signatures']} signatures, {summary['checkpoints']} checkpoints; root {summary['root']}")
    print("nothing found" if summary["ok"] else f"{len(summary['findings'])} findings")
    return 0 if summary["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
