#!/usr/bin/env python3
"""liandan_audit: the second reader of a liandan log. One file, Python 3.11 or newer, standard library only.

It reads an export directory (or a base URL) and checks, trusting neither operator nor the product's code, that the log is what its signed
checkpoints say, that the parties named signed every statement with keys valid at that place, and that every chain, account and admission
continues what came before. What it does *not* check: README.md beside it. § is "Evidence formats, version 1"; RFCs and C2SP are named.

    python3 liandan_audit.py EXPORT_DIR --pin FOUND_HASH          exit 0: nothing found, 1: findings, 2: wrong use or unreadable
"""

import argparse
import base64
import contextlib
import hashlib
import json
import re
import sys
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any


class Bad(Exception):  # one thing that is not as the format says: code, field, found, expected
    def __init__(self, code: str, field: str = "", found: object = "", expected: object = "") -> None:
        super().__init__(code, field, str(found)[:120], str(expected)[:200])
        self.code = code


def need(holds: object, code: str, field: str = "", found: object = "", expected: object = "") -> None:
    if not holds:
        raise Bad(code, field, found, expected)


def sha256(raw: bytes) -> bytes:
    return hashlib.sha256(raw).digest()


# ---- strict JSON and base64 (§1, §4) ---------------------------------------------------------------------------------------------------
FORBIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\ufdd0-\ufdef"
    "\U000e0000-\U000e007f" + "".join(chr(plane << 16 | low) for plane in range(17) for low in (0xFFFE, 0xFFFF)) + "]"
)


def strict_json(raw: bytes, limit: int = 24 * 1024, too_large: str = "BODY_TOO_LARGE") -> dict[str, Any]:
    """Parse an object by the strict rules of §1; the top object is depth 1."""

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        need(len(dict(items)) == len(items), "DUPLICATE_KEY", found=[key for key, _ in items])
        return dict(items)

    def number(text: str) -> int:
        need(re.fullmatch(r"0|-?[1-9][0-9]*", text), "NOT_INTEGER", found=text)
        need(len(text) < 18 and abs(int(text)) < 2**53, "INTEGER_RANGE", found=text)
        return int(text)

    def walk(value: Any, path: str, level: int) -> None:
        need(value is not None, "NULL_VALUE", path)
        if isinstance(value, str) and (bad := FORBIDDEN.search(value)):
            raise Bad("FORBIDDEN_CHARACTER", path, f"U+{ord(bad.group()):04X}")
        if isinstance(value, dict | list):
            need(level <= 8, "TOO_DEEP", path, level, 8)
            for name, item in value.items() if isinstance(value, dict) else enumerate(value):
                walk(name, path, level)
                walk(item, f"{path}.{name}" if path else str(name), level + 1)

    need(len(raw) <= limit, too_large, found=len(raw), expected=limit)
    need(not raw.startswith(b"\xef\xbb\xbf"), "BYTE_ORDER_MARK")
    try:
        value = json.loads(raw.decode(), object_pairs_hook=pairs, parse_int=number, parse_float=number, parse_constant=number)
    except (UnicodeDecodeError, RecursionError) as error:
        raise Bad("TOO_DEEP" if isinstance(error, RecursionError) else "NOT_UTF8") from None
    except json.JSONDecodeError as error:  # "01" is a number, but not an integer of ours
        code = "NOT_INTEGER" if re.fullmatch(r"0[0-9]", error.doc[error.pos - 1 : error.pos + 1]) else "NOT_JSON"
        raise Bad(code, found=f"{error.msg} at {error.pos}") from None
    need(isinstance(value, dict), "NOT_OBJECT", found=type(value).__name__)
    walk(value, "", 1)
    return value


def encode(value: Any) -> bytes:  # §4; U+0000-001F, where Python's escapes differ, were refused by the parser
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def unb64(text: str, field: str, code: str = "BASE64") -> bytes:
    """Canonical RFC 4648 §4: decoding and encoding gives the same text."""
    with contextlib.suppress(ValueError):
        if base64.b64encode(raw := base64.b64decode(text, validate=True)).decode() == text:
            return raw
    raise Bad(code, field, text, "canonical base64")


def pae(payload_type: str, body: bytes) -> bytes:
    return b"DSSEv1 %d %b %d %b" % (len(payload_type.encode()), payload_type.encode(), len(body), body)


def shape(value: Any, spec: Any, path: str, codes: tuple[str, str, str]) -> Any:
    """The value in its spec's field order. A spec is a type, [spec of all items], or {name: spec}, where a name with ``?`` is optional."""
    kind = spec if isinstance(spec, type) else type(spec)
    need(type(value) is kind, codes[2], path, value, kind.__name__)
    if not isinstance(spec, dict):
        return [shape(item, spec[0], f"{path}.{k}", codes) for k, item in enumerate(value)] if isinstance(spec, list) else value
    dot, specs = f"{path}." if path else "", {name.rstrip("?"): inner for name, inner in spec.items()}
    need(value.keys() <= specs.keys(), codes[0], dot + ", ".join(sorted(value.keys() - specs.keys())))
    for name in spec:
        need(name in value or name[-1] == "?", codes[1], dot + name)
    return {name: shape(value[name], inner, dot + name, codes) for name, inner in specs.items() if name in value}


# ---- Ed25519 by the strict rule of §1 (RFC 8032 without cofactor), ECDSA P-256 (FIPS 186-5) ----------------------------------------------
P, L, Y8 = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493, 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
D = -121665 * pow(121666, -1, P) % P
SMALL_ORDER_Y = (0, 1, P - 1, Y8, P - Y8)  # of the points of order 4, 1, 2, 8, 8
PP, PN = 2**256 - 2**224 + 2**192 + 2**96 - 1, 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
PB = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
PGX = 0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296
PGY = 0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5


def _sum(add: Callable[[Any, Any], Any], zero: Any, u: int, a: Any, v: int, b: Any) -> Any:  # [u]a + [v]b on either curve
    table, r = (zero, a, b, add(a, b)), zero
    for bit in range(255, -1, -1):
        r = add(add(r, r), table[(u >> bit & 1) | (v >> bit & 1) << 1])
    return r


def _ed_y(raw: bytes, code: str, field: str = "") -> int:  # the y coordinate
    y = int.from_bytes(raw, "little") & (2**255 - 1)
    need(y < P and y not in SMALL_ORDER_Y, code, field, raw.hex(), "a canonical encoding of a point of large order")
    return y


@lru_cache(4096)
def _ed_point(raw: bytes) -> Any:
    y = _ed_y(raw, "KEY_INVALID")
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    x = x if v * x * x % P == u else x * pow(2, (P - 1) // 4, P) % P
    need(v * x * x % P == u, "KEY_INVALID", "", raw.hex(), "a point on the curve")
    x = P - x if x & 1 != raw[31] >> 7 else x
    return x, y, 1, x * y % P


def ed25519_pure(public: bytes, message: bytes, signature: bytes) -> bool:
    """encode([S]B - [h]A) equals R byte for byte; extended coordinates with the complete addition formula."""

    def add(a: Any, b: Any) -> Any:
        e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
        g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
        e, f, g, h = f - e, h - g, h + g, f + e
        return e * f % P, g * h % P, f * g % P, e * h % P

    base, a = _ed_point(b"\x58" + b"\x66" * 31), _ed_point(public)
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    r = _sum(add, (0, 1, 1, 0), int.from_bytes(signature[32:], "little"), base, h, (P - a[0], a[1], 1, P - a[3]))
    x, y = (r[k] * pow(r[2], -1, P) % P for k in (0, 1))
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


def p256_pure(public: bytes, message: bytes, signature: bytes) -> bool:
    """``public`` is x||y on the curve, ``signature`` r||s in range; affine coordinates, None is the neutral element."""

    def add(a: Any, b: Any) -> Any:
        if a is None or b is None:
            return a or b
        if a[0] == b[0] and (a[1] + b[1]) % PP == 0:
            return None
        slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, PP) if a == b else (b[1] - a[1]) * pow(b[0] - a[0], -1, PP)
        x = (slope * slope - a[0] - b[0]) % PP
        return x, (slope * (a[0] - x) - a[1]) % PP

    x, y, r, s = (int.from_bytes(part, "big") for part in (public[:32], public[32:], signature[:32], signature[32:]))
    t = _sum(add, None, int.from_bytes(sha256(message), "big") * (w := pow(s, -1, PN)) % PN, (PGX, PGY), r * w % PN, (x, y))
    return t is not None and t[0] % PN == r


# ---- suites and keys (§1, §5) ----------------------------------------------------------------------------------------------------------
VERIFIERS: dict[str, Callable[[bytes, bytes, bytes], bool]] = {"ed25519": ed25519_pure, "ecdsa-p256-sha256": p256_pure}
SPKI = {  # DER prefix, length of the raw key, length of a signature
    "ed25519": (bytes.fromhex("302a300506032b6570032100"), 32, 64),
    "ecdsa-p256-sha256": (bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004"), 64, 64),
    "sm2-sm3": (bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d03420004"), 64, 64),
    "ml-dsa-44": (bytes.fromhex("30820532300b06096086480165030403110382052100"), 1312, 2420),
}
HEX64, STATEMENT = re.compile(r"[0-9a-f]{64}"), "application/vnd.liandan.statement.v1+json"
KEY, STATEMENT_CODES = {"suite": str, "spki": str, "pop": str}, ("FIELD_UNKNOWN", "FIELD_MISSING", "FIELD_TYPE")


def use_fast_libraries() -> None:
    """Swap in compiled verifiers, for speed alone: their inputs have passed the checks of ``verify``, so the same set is accepted."""
    with contextlib.suppress(ImportError):
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
        from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
        from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils  # noqa: PLC0415

        def fast(public: bytes, message: bytes, signature: bytes) -> bool:
            with contextlib.suppress(InvalidSignature):
                if len(public) == 32:
                    ed25519.Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
                else:
                    der = utils.encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
                    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + public)
                    key.verify(der, message, ec.ECDSA(hashes.SHA256()))
                return True
            return False

        VERIFIERS.update(dict.fromkeys(VERIFIERS, fast))


@lru_cache(4096)
def public_key(suite: str, spki: bytes) -> bytes:
    """The raw public key of a SubjectPublicKeyInfo that equals its DER re-encoding: fixed prefix, fixed length."""
    need(suite in SPKI, "SUITE_UNKNOWN", "suite", suite, sorted(SPKI))
    prefix, length, _ = SPKI[suite]
    raw = spki[len(prefix) :]
    need(spki.startswith(prefix) and len(raw) == length, "KEY_INVALID", "spki", spki[:40].hex(), prefix.hex())
    x, y = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    _ = suite == "ed25519" and _ed_point(raw)
    if suite == "ecdsa-p256-sha256":
        need(max(x, y) < PP and not (y * y - x * x * x + 3 * x - PB) % PP, "KEY_INVALID", "spki", raw.hex(), "a point on P-256")
    return raw


def verify(suite: str, spki: bytes, message: bytes, signature: bytes, field: str = "") -> bool:
    """True: checked; False: this reader does not know the suite's mathematics. A wrong signature raises."""
    public = public_key(suite, spki)
    need(len(signature) == SPKI[suite][2], "SIGNATURE_FORM", field, len(signature), SPKI[suite][2])
    if suite not in VERIFIERS:
        return False
    r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
    ranged = 0 < r < PN and 0 < s <= (PN - 1) // 2
    if suite == "ed25519":
        ranged = _ed_y(signature[:32], "SIGNATURE_WRONG", field) >= 0 and int.from_bytes(signature[32:], "little") < L
    need(ranged, "SIGNATURE_FORM", field, signature.hex(), "S < L, or 0 < r < n and 0 < s <= (n-1)/2")
    need(VERIFIERS[suite](public, message, signature), "SIGNATURE_WRONG", field)
    return True


@lru_cache(65536)
def is_uscc(text: str) -> bool:  # GB 32100: 18 characters of 31, the last one a weighted sum modulo 31
    digits = ["0123456789ABCDEFGHJKLMNPQRTUWXY".find(c) for c in text]
    return len(digits) == 18 and min(digits) >= 0 and (sum(d * pow(3, i, 31) for i, d in enumerate(digits[:17])) + digits[17]) % 31 == 0


def check_registration(reg: Any, x: str, uscc: str, path: str = "") -> tuple[str, str, bytes, bool]:
    """A key registration; gives keyid, suite, spki, and whether the possession proof could be checked."""
    shape(reg, KEY, path, STATEMENT_CODES)
    spki, pop = unb64(reg["spki"], f"{path}.spki"), unb64(reg["pop"], f"{path}.pop")
    public_key(reg["suite"], spki)
    try:
        message = f"{x}\n{uscc}\n{reg['suite']}\n{reg['spki']}".encode()
        checked = verify(reg["suite"], spki, pae("application/vnd.liandan.possession.v1", message), pop)
    except Bad as bad:
        raise Bad("POSSESSION_WRONG", f"{path}.pop", bad.code) from None
    return sha256(spki).hex(), reg["suite"], spki, checked


# ---- envelope, chains, kinds, statement, entry (§1, §3, §4) ------------------------------------------------------------------------------
WIRE = {"kind": str, "chain": str, "seq": int, "prev": str, "by": [str], "for?": str, "at": str, "body": dict}
# One row per kind of chain: name, form (U USCC, I ULID, M month, # digit), roles of the kinds that name none, kinds. "!": opens its chain
# and stands nowhere else; "?": may open it. Roles, in order: O operator, A every authority, R authority of the owner's region, W owner,
# P owner or (recovery) those over him, F, T, B authority of a list's from, to or both, E any authority, S, K, V a manifest's consignor,
# carrier under way, receiver, X any further party (its part in the body is not read).
TABLE = """
log/main log/main OA log.found! ruleset.adopt data.adopt authority.admit witness.set log.cut log.close
log/refusals log/refusals O log.refusals?
log/erasures log/erasures O pd.erase?
party party/U W party.register!=R key.add=P key.rotate key.revoke=P delegation.grant delegation.revoke crew.register crew.retire
permit permit/U/I R grant! amend suspend resume revoke quota.open=EE
licence licence/U/I R grant! amend suspend resume revoke
vehicle vehicle/U/I R grant! amend suspend resume revoke
plan plan/U/#### W file? amend
list list/N B propose?=F rows=F countersign=T amend amend_consent suspend resume remove confirm exceed_consent=T report quota.open=EE
approval approval/U/I R apply!=W accept notice consult decide suspend revoke reply=E quota.open=EE
manifest manifest/U/I V issue!=W void=W verify=W depart=SX hand_over=KX transship=K arrive=K receive dispose
case case/U/I/I X? number amend_propose amend_consent amend_refuse return comment report contest hold?=E release?=E close_with_gap?=EE
number number/############## E settle?
lease lease/U/I E number.lease?
emergency emergency/U/I E declare!=W join close
incident incident/U/I E report?=X close
period period/M/##-## E close?=O confirm dispute
item item/M/I X? comment settle
"""
FORMS = {"U": "([0-9A-HJ-NPQRTUWXY]{18})", "I": "[0-7][0-9A-HJKMNP-TV-Z]{25}", "M": "[0-9]{4}-(?:0[1-9]|1[0-2])"}
FORMS |= {"N": "[0-9]{4}-(?:[0-9]{2}-){2}[a-z0-9]{1,16}", "#": "[0-9]"}
CHAINS, ROLES = dict[str, str](), dict[tuple[str, str], tuple[str, str]]()
for row, form, usual, *kinds in (line.split() for line in TABLE.strip().splitlines()):
    CHAINS[row] = re.sub(r"[UIMN#]", lambda match: FORMS[match[0]], form)
    for name, _, special in (kind.partition("=") for kind in kinds):
        full = name.rstrip("!?") if "." in name else f"{row}.{name.rstrip('!?')}"
        ROLES[row, full + "/1"] = (special or usual.strip("?"), (name if name[-1] in "!?" else usual)[-1])
CUSTODY = {f"manifest.{act}/1" for act in ("depart", "hand_over", "transship", "arrive", "receive", "dispose")}
PIN, OPERATOR = dict[str, Any](name=str, version=str, sha256=str), dict[str, Any](uscc=str, name=str, keys=[KEY])
AUTHORITY, POLICY = OPERATOR | {"regions": [str]}, {"witness_policy": [str]}
FOUND = POLICY | {"origin": str, "nonce": str, "log_keys": [str], "operator": OPERATOR, "authorities": [AUTHORITY], "ruleset": PIN}
FOUND |= {"data": [PIN], "clock": str, "continues?": {"origin": str, "checkpoint": str}}
REFUSED = {"statement": str, "by": [str], "kind": str, "codes": [str], "size": int, "at": str}
BODIES = {"log.found": FOUND, "ruleset.adopt": PIN, "data.adopt": PIN, "authority.admit": AUTHORITY, "witness.set": POLICY}
BODIES |= {"log.cut": {"size": int, "root": str, "tail": str}, "log.close": {"successor_origin": str}}
BODIES |= {"log.refusals": {"hour": str, "page": int, "of": int, "items": [REFUSED]}, "pd.erase": {"statement": str, "field": str}}
BODIES |= {"party.register": {"name": str, "keys": [KEY]}, "key.add": {"key": KEY}, "key.rotate": {"old": str, "key": KEY}}
BODIES |= {"key.revoke": {"keyid": str, "reason": str}, "delegation.grant": {"delegate": str, "kinds": [str], "until?": str}}
BODIES |= {"delegation.revoke": {"delegate": str, "reason": str}}  # of the log's own kinds; docs/formats/README.md explains them


def read_envelope(value: Any, payload_type: str = STATEMENT) -> Any:
    """body, signatures (keyid, bytes) and, in published field order, the frozen form of a strictly parsed DSSE envelope."""
    frozen = shape(value, {"payloadType": str, "payload": str, "signatures": [{"keyid": str, "sig": str}]}, "", ("ENVELOPE_FIELD",) * 3)
    need(frozen["payloadType"] == payload_type, "PAYLOAD_TYPE", "payloadType", frozen["payloadType"], payload_type)
    body = unb64(frozen["payload"], "payload")
    signatures = [(item["keyid"], unb64(item["sig"], f"signatures.{k}.sig")) for k, item in enumerate(frozen["signatures"])]
    need(all(HEX64.fullmatch(keyid) for keyid, _ in signatures), "KEYID_FORM", "signatures", frozen, "64 lower-case hex digits")
    need(len({keyid for keyid, _ in signatures}) == len(signatures), "KEYID_TWICE", "signatures")
    return SimpleNamespace(body=body, signatures=signatures, frozen=frozen)


def instant(text: str, field: str = "at", code: str = "AT_FORM") -> int:
    """Seconds since 1970 of a real Gregorian time with offset."""
    form = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3])(:[0-5][0-9]){2}[+-]([01][0-9]|2[0-3]):[0-5][0-9]"
    with contextlib.suppress(ValueError):
        return int(datetime.fromisoformat(text if re.fullmatch(form, text) else "").timestamp())
    raise Bad(code, field, text, "a real YYYY-MM-DDThh:mm:ss+hh:mm")


def read_statement(envelope: Any) -> Any:
    """Parse the signed body and check what needs no other entry."""
    v = strict_json(envelope.body)
    seen = v.pop("seen", None)
    shape(v, WIRE, "", STATEMENT_CODES)
    kind, chain, by = v["kind"], v["chain"], v["by"]
    row = chain if chain.startswith("log/") else chain.partition("/")[0]
    match = re.fullmatch(CHAINS.get(row, "(?!)"), chain)
    need(match, "CHAIN_FORM", "chain", chain)
    need((row, kind) in ROLES, "CHAIN_KIND" if any(kind == known for _, known in ROLES) else "KIND_UNKNOWN", "kind", kind, f"of {row}")
    need(v["seq"] >= 0, "SEQ_FORM", "seq", v["seq"])
    need(HEX64.fullmatch(v["prev"]), "PREV_FORM", "prev", v["prev"])
    need(1 <= len(by) <= (8 if row == "log/main" else 4), "BY_COUNT", "by", len(by))
    for party in (*by, v.get("for", by[0]), *(match.groups() if match else ())):
        need(is_uscc(party), "USCC", "by, for or chain", party)
    need(len(set(by)) == len(by), "BY_TWICE", "by", by)
    if seen is not None:
        shape(seen, {"size": int, "root": str}, "seen", ("SEEN_FORM",) * 3)
        seen = (seen["size"], unb64(seen["root"], "seen.root", "SEEN_FORM"))
        need(seen[0] > 0 and len(seen[1]) == 32, "SEEN_FORM", "seen", seen)
    at = instant(v["at"])
    shape(v["body"], BODIES.get(kind[:-2], dict), "body", STATEMENT_CODES)
    need(len(envelope.signatures) == len(by), "SIGNATURE_COUNT", "signatures", len(envelope.signatures), len(by))
    digest = sha256(b"liandan/statement/v1\n" + pae(STATEMENT, envelope.body)).hex()
    roles, opening = ROLES[row, kind]
    place = {"row": row, "owner": chain.split("/")[1], "principal": v.get("for"), "roles": roles, "opening": opening}
    return SimpleNamespace(**v | place | {"at": at, "seen": seen, "hash": digest, "envelope": envelope})


ACCOUNT = {"account": str, "prev_index?": int, "before_g": int, "after_g": int}
DECISION = {"route?": str, "tags": [list], "alerts": [list], "accounts": [ACCOUNT]}
ENTRY = {"v": int, "statement": dict, "admission": {"index": int, "at": str, "ruleset": str, "facts": [list], "decision": DECISION}}
LISTS = {  # each item as JSON; the group is what the list is sorted by
    "facts": r'\["([^"\\]+)",[0-9]+\]',
    "route": r'\["([A-Z0-9_]+)"\]',
    "tags": r'\["([A-Z0-9_]+)"(?:,-?[0-9]+)?\]',
    "alerts": r'\["[LMH]","([A-Z0-9_]+)"\]',
    "accounts": r'.*"account":"(Q1 list/[^ "]+ [0-9]+|Q2 approval/[^ "]+ [0-9]+|Q3 permit/[^ "]+)".*',
}


def read_entry(raw: bytes) -> tuple[Any, Any]:
    """Decode one entry (§4), statement and admission; it must re-encode to the same bytes."""
    try:
        v = strict_json(raw, 60_000, "ENTRY_TOO_LARGE")
    except Bad as bad:
        raise Bad("ENTRY_FORM" if bad.code != "ENTRY_TOO_LARGE" else bad.code, bad.args[1], bad.code) from None
    ordered = shape(v, ENTRY, "", ("ENTRY_FORM",) * 3)
    envelope, a, d = read_envelope(v["statement"]), ordered["admission"], ordered["admission"]["decision"]
    ordered["statement"] = envelope.frozen
    need(encode(ordered) == raw, "ENTRY_NOT_CANONICAL")
    need(v["v"] == 1 and a["at"].endswith("+08:00"), "ENTRY_FORM", "admission.at", a["at"], "version 1, +08:00")
    for path, items in {"facts": a["facts"], **d}.items():
        matches = [re.fullmatch(LISTS[path], encode(item).decode()) for item in (items if path != "route" else [[items]])]
        need(all(matches), "ENTRY_FORM", f"admission.{path}", items, LISTS[path])
        names = [match[1].encode() for match in matches if match]
        need(names == sorted(set(names)), "ENTRY_FORM", f"admission.{path}", names, "sorted, unique")
    admission = d | a | {"at": instant(a["at"], "admission.at", "ENTRY_FORM"), "tags": {tag[0]: tag[-1] for tag in d["tags"]}}
    return read_statement(envelope), SimpleNamespace(**admission)


# ---- notes, checkpoints, tree, proofs (C2SP signed-note, tlog-checkpoint, tlog-cosignature; RFC 6962) ---------------
def parse_vkey(text: str) -> tuple[tuple[str, bytes], Any]:
    """A verifier key: the (name, key id) under which its lines stand, and the key."""
    name, hex_id, coded = [*text.split("+", 2), "", ""][:3]
    raw = unb64(coded, "vkey", "VKEY_FORM")
    key_id = sha256(name.encode() + b"\n" + raw)[:4]
    sound = re.fullmatch(r"[^\s\x00-\x1f]+", name) and len(raw) == {1: 33, 4: 33, 6: 1313}.get(raw[0] if raw else 0)
    need(sound and key_id.hex() == hex_id, "VKEY_FORM", "vkey", text)
    return (name, key_id), SimpleNamespace(text=text, name=name, type=raw[0], public=raw[1:])


def split_note(raw: bytes) -> tuple[str, list[tuple[tuple[str, bytes], bytes]]]:
    """Text (with its last LF) and signature lines as ((name, key id), signature)."""
    need(len(raw) <= 65_536 and not re.search(rb"[\x00-\x09\x0b-\x1f]", raw), "NOTE_FORM")
    head, middle, tail = raw.decode(errors="replace").rpartition("\n\n")
    form = r"(\u2014 [^\s+]+ [A-Za-z0-9+/=]+\n)+"
    need(middle and re.fullmatch(form, tail) and f"{head}{middle}{tail}".encode() == raw, "NOTE_FORM", "", tail, "UTF-8, signature lines")
    blobs = [(line.split(" ")[1], unb64(line.split(" ")[2], "signature", "NOTE_FORM")) for line in tail[:-1].split("\n")]
    need(all(len(blob) > 4 for _, blob in blobs), "NOTE_FORM", "signature", tail, "more than a key id")
    return head + "\n", [((name, blob[:4]), blob[4:]) for name, blob in blobs]


def open_note(raw: bytes, vkeys: list[str]) -> tuple[str, dict[str, int], int]:
    """Text, timestamps of the verified lines by vkey, number of lines by unknown keys. A bad line of a known key makes all invalid (§4)."""
    (text, lines), known, stamps = split_note(raw), dict(map(parse_vkey, vkeys)), dict[str, int]()
    for key, signature in [(known[line], signature) for line, signature in lines if line in known]:
        need(key.text not in stamps, "NOTE_SIGNATURE", "signature", key.name, "one line per key")
        stamps[key.text] = 0 if key.type == 1 else int.from_bytes(signature[:8], "big")
        timed = key.type == 4 or key.name != vkeys[0].partition("+")[0]  # by a witness: the log's own lines state no time
        need(stamps[key.text] < 2**63 and timed == (stamps[key.text] > 0), "NOTE_SIGNATURE", "signature", f"{key.name} {stamps[key.text]}")
        message, blob = (text, signature) if key.type == 1 else (f"cosignature/v1\ntime {stamps[key.text]}\n{text}", signature[8:])
        try:
            _ = key.type == 6 or verify("ed25519", SPKI["ed25519"][0] + key.public, message.encode(), blob)
        except Bad as bad:
            raise Bad("NOTE_SIGNATURE", "signature", f"{key.name}: {bad.code}") from None
    logs = [key for key in known.values() if key.type == 1]
    need(logs and all(key.text in stamps for key in logs), "NOTE_SIGNATURE", "signature", list(stamps), vkeys)
    order = sorted(stamps, key=lambda vkey: (vkey != logs[0].text, not vkey.startswith(logs[0].name + "+"), vkey))
    need(list(stamps) == order, "NOTE_FORM", "signature", list(stamps), "log lines, then witnesses sorted by vkey")
    return text, stamps, len(lines) - len(stamps)


def parse_checkpoint(text: str) -> tuple[str, int, bytes]:  # origin, size, root; extension lines are refused
    match = re.fullmatch(r"([^\n]+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\n", text)
    need(match, "CHECKPOINT_FORM", found=text)
    return match[1], int(match[2]), unb64(match[3], "root", "CHECKPOINT_FORM")


class Log:
    """Registries that grow entry by entry; every deviation becomes a finding."""

    def __init__(self, data: Callable[[str], bytes | None]) -> None:
        self.data, self.size, self.leaves, self.full = data, 0, bytearray(), dict[tuple[int, int], bytes]()
        self.findings, self.signatures = list[dict[str, Any]](), Counter[tuple[str, bool]]()  # by suite, whether this reader computes it
        self.heads: dict[str, tuple[int, str, int, int]] = {}  # chain: seq, statement hash, index, at
        self.keys: dict[str, Any] = {}  # keyid: uscc, suite, spki, added, revoked
        self.accounts: dict[str, tuple[int | None, int]] = {}  # account: index of its last touch, grams after it
        self.authorities: dict[str, list[str]] = {}  # USCC: regions, in order of admission
        self.policies: list[tuple[int, list[str]]] = []  # index, vkeys of witnesses in force after it
        self.grants: dict[tuple[str, str], list[tuple[list[str], int]]] = {}  # principal and delegate: kinds, until
        self.found = self.origin = self.operator = self.ruleset = self.clock = self.chain = ""
        self.last_at, self.not_before, self.closed, self.page = 0, 0, False, ("", 0, 0)
        self.log_keys, self.reserved, self.widest = list[str](), set[str](), (0, 0)  # longest wait for witnesses, of which entry
        self.waiting: tuple[int, int] | None = None  # admission.at and index of the first entry that no cosigned checkpoint holds yet
        self.trips = defaultdict[str, Any](lambda: SimpleNamespace(sender="", carriers=[], carrier="", receiver="", paper=False, acts=[]))

    def mth(self, start: int, end: int) -> bytes:
        """RFC 6962 §2.1 over leaves start to end; full runs of 256, 512, ... are remembered."""
        count = end - start
        if count < 2 or (start, end) in self.full:
            return self.full.get((start, end)) or (bytes(self.leaves[32 * start : 32 * end]) if count else sha256(b""))
        k = 1 << (count - 1).bit_length() - 1
        value = sha256(b"\x01" + self.mth(start, start + k) + self.mth(start + k, end))
        if count >= 256 and count == 2 * k:
            self.full[start, end] = value
        return value

    def root(self, size: int) -> bytes:
        return self.mth(0, size) if size <= self.size else b""

    def flag(self, bad: Bad, index: int | None = None) -> None:
        place = {"index": self.size - 1, "chain": self.chain} if index is None else {"index": index, "chain": ""}
        self.findings.append({"code": bad.code} | place | dict(zip(("field", "found", "expected"), bad.args[1:], strict=True)))

    def attempt(self, file: str, check: Callable[..., Any], *arguments: Any) -> None:
        try:
            check(*arguments)
        except Bad as bad:
            self.flag(Bad(bad.code, f"{file} {bad.args[1]}".strip(), *bad.args[2:]), -1 if file else None)

    def check(self, holds: object, *bad: Any) -> None:
        self.attempt("", need, holds, *bad)

    def add(self, raw: bytes) -> None:
        """Check one entry and take it in."""
        self.leaves += sha256(b"\x00" + raw)
        self.size, self.chain = self.size + 1, ""
        self.attempt("", self._entry, raw)

    def _entry(self, raw: bytes) -> None:
        s, a = read_entry(raw)
        s.index, self.chain = self.size - 1, s.chain
        if s.index == 0:
            need(s.kind == "log.found/1", "FOUNDING", "kind", s.kind)
            self._found(s.hash, s.body)
        for check in (self._admission, self._place, self._times, self._roles, self._signatures, self._effect):
            self.attempt("", check, s, a)
        if s.chain not in self.heads or s.seq > self.heads[s.chain][0]:
            self.heads[s.chain] = (s.seq, s.hash, s.index, s.at)
        self.last_at = a.at

    def _admission(self, s: Any, a: Any) -> None:
        """The operator's half of the entry, as far as it follows from earlier entries alone."""
        self.check(a.ruleset == self.ruleset, "ADMISSION_RULESET", "admission.ruleset", a.ruleset, self.ruleset)
        self.check(a.index == s.index, "ADMISSION_INDEX", "admission.index", a.index, s.index)
        routed = not hasattr(a, "route") or s.kind in ("approval.decide/1", "manifest.issue/1")
        self.check(routed, "DECISION_WRONG", "admission.decision.route", s.kind)
        recovery = s.kind != "key.add/1" or s.by[0] == s.owner or ["H", "KEY_BY_AUTHORITY"] in a.alerts
        self.check(recovery, "DECISION_WRONG", "admission.decision.alerts", a.alerts, "KEY_BY_AUTHORITY")
        always = (s.chain, "log/main", *(f"party/{party}" for party in s.by))
        for chain, index in a.facts:
            newest = self.heads.get(chain, (0, "", -1, 0))[2]
            self.check(chain not in always and index == newest, "FACTS_WRONG", "admission.facts", f"{chain} {index}", newest)
        for row in a.accounts:
            before = self.accounts.get(row["account"], (None, 0))
            linked = (row.get("prev_index"), row["before_g"]) == before and row["before_g"] != row["after_g"] >= 0
            linked &= row["account"].split(" ")[1] in self.heads
            self.check(linked, "ACCOUNT_WRONG", "admission.decision.accounts", row, f"prev_index {before[0]}, before_g {before[1]}")
            self.accounts[row["account"]] = (s.index, row["after_g"])
        if s.seen is not None:
            root = self.root(s.seen[0]) if s.seen[0] <= s.index else b""
            self.check(root == s.seen[1], "SEEN_MISMATCH", "seen", f"{s.seen[0]} {s.seen[1].hex()}", root.hex())

    def _place(self, s: Any, _: Any) -> None:
        """The statement's place in its chain (§2). A second entry with the same hash fails here: the hash binds chain and seq."""
        self.check(not self.closed, "LOG_CLOSED", "kind", s.kind, "nothing after log.close")
        first = sha256(f"liandan/chain/v1\n{self.found}\n{s.chain}".encode() if s.index else f"liandan/found/v1\n{self.origin}".encode())
        head, prev, _, _ = self.heads.get(s.chain, (-1, first.hex(), 0, 0))
        founder = s.row == "party" and s.owner in (self.operator, *self.authorities)
        opens = s.opening != "!" if head >= 0 or founder else s.opening in "!?"
        manifest = "manifest/" + "/".join(s.chain.split("/")[1:3])
        if s.row == "case" and (s.seq == 0 or "trunk" in s.body):  # §3: the act of the trunk that it knew
            named, acts = s.body.get("trunk"), [{"seq": seq, "hash": act} for seq, act in enumerate(self.trips[manifest].acts)]
            self.check(named in acts, "TRUNK_UNKNOWN", "body.trunk", named, f"one of {len(acts)} acts")
        if s.seq <= head:
            self.check(False, "STATEMENT_TWICE" if s.hash == prev else "CHAIN_CONFLICT", "seq", s.seq, head + 1)
        elif s.seq > head + 1:
            self.check(False, "PREDECESSOR_MISSING", "seq", s.seq, head + 1)
        else:
            self.check(opens, "CHAIN_NOT_OPEN", "kind", s.kind, f"seq {s.seq}")
            self.check(s.prev == prev, "PREV_MISMATCH", "prev", s.prev, prev)

    def _times(self, s: Any, a: Any) -> None:
        """§6, and §4's bracket between cosigned checkpoints."""
        self.waiting = self.waiting or (a.at, s.index)
        self.check(a.at >= self.last_at, "ADMISSION_AT", "admission.at", a.at, f"not before {self.last_at}")
        self.check(a.at >= self.not_before - 300, "CHECKPOINT_TIME", "admission.at", a.at, f"not before witnesses' {self.not_before} - 300")
        late, recut, tagged = a.at - s.at, 30 * 86_400 * ("RECUT" in a.tags), a.tags.get("LATE", 0)
        window = (30 * 86_400 if s.row in ("log/main", "list", "period") else 86_400) + recut
        if s.kind in CUSTODY:
            window, last = 2**53 if self.trips[s.chain].paper else 1_296_000, self.heads.get(s.chain, (0, "", 0, s.at))[3]
            self.check(s.at >= last - 300, "AT_BACKWARDS", "at", s.at, f"not before {last} - 300")
        self.check(tagged == (late if s.kind in CUSTODY and late > 7200 else 0), "DECISION_WRONG", "admission.decision.tags", a.tags, late)
        self.check(s.index == 0 or -300 <= late <= window, "STATEMENT_STALE", "at", late, f"-300 to {window} seconds before admission")

    def _roles(self, s: Any, a: Any) -> None:
        """``by`` holds the roles of §3 in order; None: any registered party. Two roles that fall on one party are named once."""
        everyone, authorities, taken = [[self.operator], *([uscc] for uscc in self.authorities)], list(self.authorities), 0
        region, f, t = ([u for u, at in self.authorities.items() if s.owner[k:].startswith(tuple(at))] for k in (2, 5, 8))
        over = [party for party in everyone if party != [s.owner]] if [s.owner] in everyone else [region or authorities]
        table = {"O": everyone[:1], "A": everyone[1:], "W": [[s.owner]], "R": [region or authorities], "E": [authorities], "X": [None]}
        table |= {"P": [[s.owner]] if s.owner in (s.by[0], s.principal) else over, "F": [f], "T": [t], "B": [f + t]}
        trip = self.trips[s.chain if s.row == "manifest" else ""]
        table |= {"S": [[trip.sender]], "K": [[trip.carrier]], "V": [[trip.receiver]]}
        holders: list[list[str] | None] = [holder for role in s.roles for holder in table[role]]
        if s.kind == "manifest.depart/1" and len(s.by) == 1 and s.principal is None:
            holders = [trip.carriers]  # a carrier that the issue names records the departure alone
        if s.principal is not None:
            allowed = holders[0] or [s.principal]
            need(s.principal in allowed and s.by[0] not in allowed, "SIGNER_ROLE", "for", s.principal, allowed)
            grants, when = self.grants.get((s.principal, s.by[0]), []), s.at if s.kind in CUSTODY else a.at
            granted = not s.kind.startswith("key.") and any(s.kind[:-2] in kinds and when <= until for kinds, until in grants)
            need(granted, "DELEGATION_MISSING", "for", f"{s.by[0]} for {s.principal}")
            holders[0] = s.by[:1]
        for allowed in holders:
            if taken < len(s.by) and (allowed is None or s.by[taken] in allowed):
                taken += 1
            elif not any(party in (allowed or ()) for party in s.by[:taken]):
                raise Bad("SIGNER_ROLE" if taken < len(s.by) else "SIGNER_MISSING", f"by.{taken}", s.by[taken:], allowed)
        need(taken == len(s.by), "SIGNER_EXTRA", f"by.{taken}", s.by[taken:])

    def _signatures(self, s: Any, _: Any) -> None:
        for k, (party, (keyid, signature)) in enumerate(zip(s.by, s.envelope.signatures, strict=True)):
            where, key = f"statement.signatures.{k}", self.keys.get(keyid) or SimpleNamespace(uscc="")
            need(key.uscc == party, "KEY_OTHER_PARTY" if key.uscc else "KEY_UNKNOWN", where, f"{keyid} of {key.uscc}", party)
            old = s.body["old"] if s.kind == "key.rotate/1" else keyid
            valid = key.added < max(s.index, 1) and s.index <= key.revoked and keyid == old
            need(valid, "KEY_NOT_VALID", where, keyid, f"added {key.added}, revoked {key.revoked}")  # §5: add < i <= revoke
            self.signatures[key.suite, verify(key.suite, key.spki, pae(STATEMENT, s.envelope.body), signature, where)] += 1

    def _effect(self, s: Any, a: Any) -> None:
        """What the log's own kinds change (§3, §5)."""
        kind, body = s.kind.removesuffix("/1"), s.body
        self.closed |= kind == "log.close"
        if kind == "delegation.grant":
            until = instant(body.get("until", "9999-12-31T23:59:59+00:00"), "body.until")
            self.grants.setdefault((s.owner, body["delegate"]), []).append((body["kinds"], until))
        elif kind == "delegation.revoke":
            self.grants.pop((s.owner, body["delegate"]), None)
        if s.row == "manifest":
            (trip := self.trips[s.chain]).acts.append(s.hash)
        if kind == "manifest.issue":
            trip.receiver, trip.paper = body.get("receiver", ""), body.get("backfill") is True
            trip.sender = trip.receiver if body.get("consignor") == "receiver" else s.owner
            trip.carriers = shape(body.get("carriers", []), [str], "body.carriers", STATEMENT_CODES)
        elif kind in ("manifest.depart", "manifest.hand_over"):
            trip.carrier = s.by[-1]
        if kind == "witness.set":
            self._policy(body["witness_policy"])
        elif kind in ("ruleset.adopt", "data.adopt"):
            self.ruleset = body["version"] if kind == "ruleset.adopt" else self.ruleset
            self._data(body["sha256"])
        elif kind == "log.refusals":
            self._page(body, s.index, a.at)
        elif kind == "log.cut":
            cut = body["size"] == s.index and unb64(body["root"], "body.root") == self.root(s.index)
            self.check(cut, "CUT_WRONG", "body", body, f"{s.index} {self.root(s.index).hex()}")
            self._data(body["tail"])
        if kind in ("key.rotate", "key.revoke"):
            key = self.keys.get(body["old" if kind == "key.rotate" else "keyid"]) or SimpleNamespace(uscc="", revoked=-1)
            need(key.uscc == s.owner and key.revoked > s.index, "KEY_UNKNOWN", "body", body, "a key of the owner that is not revoked")
            key.revoked = s.index
        if kind in ("authority.admit", "party.register", "key.add", "key.rotate"):
            self._keys({"uscc": s.owner, "keys": [body.get("key")]} | body, self.found)

    def _page(self, body: Any, index: int, at: int) -> None:
        """§8: hours ascending and over, pages in order, items by time, none after its hour, each statement with its codes once."""
        (hour, last, of), self.page, items = self.page, (body["hour"], body["page"], body["of"]), body["items"]
        follows = self.page == (hour, last + 1, of) if last + 1 < of else body["hour"] > hour and body["page"] == 0 < body["of"]
        self.check(follows, "PAGE_ORDER", "body.page", self.page, f"after {hour} {last}/{of}")
        times = [*(instant(item["at"], "body.items") for item in items), instant(f"{body['hour']}:59:59+08:00", "body.hour")]
        sound = times == sorted(times) and times[-1] < at and len({(item["statement"], *item["codes"]) for item in items}) == len(items) > 0
        sound &= all(HEX64.fullmatch(item["statement"]) and 0 < item["size"] <= index for item in items)
        sound &= all([] != item["codes"] == sorted({*item["codes"]}) for item in items)
        self.check(sound, "FIELD_TYPE", "body.items", body["hour"], "an hour that is over, items by time, codes sorted, each once")

    def _found(self, found: str, body: Any) -> None:
        self.found, self.origin, self.clock, self.log_keys = found, body["origin"], body["clock"], body["log_keys"]
        self.ruleset, self.operator = body["ruleset"]["version"], body["operator"]["uscc"]
        self._policy(body["witness_policy"])
        for member in (body["operator"], *body["authorities"]):
            self._keys(member, self.origin)
        for pin in (body["ruleset"], *body["data"]):
            self._data(pin["sha256"])
        own = [parse_vkey(text)[1] for text in self.log_keys]
        sound = {key.name for key in own} == {self.origin} and own[0].type == 1 and len(unb64(body["nonce"], "body.nonce")) == 32
        need(sound and self.clock in ("real", "simulated"), "FOUNDING", "body", body, "first log key Ed25519, named as origin; nonce of 32")

    def _keys(self, member: dict[str, Any], x: str) -> None:
        """Register the keys of a party; with regions, it is an authority."""
        need(is_uscc(member["uscc"]), "USCC", "body", member["uscc"])
        self.authorities |= {member["uscc"]: member["regions"]} if "regions" in member else {}
        for registration in member["keys"]:
            keyid, suite, spki, checked = check_registration(registration, x, member["uscc"], "body.key")
            need(keyid not in self.keys and keyid not in self.reserved, "KEY_REGISTERED", "body.key", keyid, "registered once, no note key")
            self.keys[keyid] = SimpleNamespace(uscc=member["uscc"], suite=suite, spki=spki, added=self.size - 1, revoked=2**53)
            self.signatures[suite, checked] += 1

    def _policy(self, lines: list[str]) -> None:
        witnesses = [line.split(" ")[2] for line in lines if re.fullmatch(r"witness \S+ \S+", line)]
        self.policies.append((self.size - 1, witnesses))
        public = [key.public for _, key in map(parse_vkey, (*self.log_keys, *witnesses)) if key.type != 6]
        self.reserved |= {sha256(SPKI["ed25519"][0] + key).hex() for key in public}
        self.check(self.reserved.isdisjoint(self.keys), "KEY_REGISTERED", "body.witness_policy", lines, "no key of a party")

    def _data(self, name: str) -> None:
        raw = self.data(name) or b""
        need(sha256(raw).hex() == name, "DATA_HASH", f"data/{name}", sha256(raw).hex() if raw else "missing", name)

    def checkpoint(self, raw: bytes) -> tuple[int, int]:
        """Check a checkpoint of any size up to ours; its size, and how many of its lines are by unknown keys."""
        origin, size, root = parse_checkpoint(split_note(raw)[0])
        witnesses = next((vkeys for start, vkeys in reversed(self.policies) if start < size), [])
        _, stamps, unknown = open_note(raw, [*self.log_keys, *witnesses])
        need(origin == self.origin, "ORIGIN", "origin", origin, self.origin)
        need(root == self.root(size), "ROOT_MISMATCH", "root", f"{size} {root.hex()}", self.root(size).hex())
        cosigned = min((stamp for stamp in stamps.values() if stamp), default=0)
        if cosigned and self.clock == "real" and size == self.size:
            self.not_before, (first_at, first) = max(self.not_before, cosigned), self.waiting or (cosigned, size)
            self.widest, self.waiting = max(self.widest, (cosigned - first_at, first)), None
            self.check(self.last_at <= cosigned + 300, "CHECKPOINT_TIME", "admission.at", self.last_at, f"not after {cosigned} + 300")
        return size, unknown


class Audit:  # one reading of the static files of a log
    def __init__(self, place: str) -> None:
        self.url = place.rstrip("/") if place.startswith(("http://", "https://")) else ""
        self.directory, self.used, self.remarks, self.checkpoints = Path(place), set[str](), list[str](), 0
        self.log = Log(lambda name: self.read(f"data/{name}"))

    def read(self, path: str) -> bytes | None:
        self.used.add(path)
        if not self.url:
            return (self.directory / path).read_bytes() if (self.directory / path).is_file() else None
        try:
            with urllib.request.urlopen(f"{self.url}/{path}", timeout=60) as answer:
                return bytes(answer.read())
        except urllib.request.HTTPError as error:
            if error.code != 404:
                raise
            return None

    def tile(self, level: str, number: int, width: int) -> tuple[str, bytes]:
        """Path and bytes of a tile. Over HTTP a partial one may since have been replaced by the full one."""
        name, rest = f"{number % 1000:03}", number // 1000
        while rest:
            name, rest = f"x{rest % 1000:03}/{name}", rest // 1000
        path = f"tile/{level}/{name}" + ("" if width == 256 else f".p/{width}")
        raw = self.read(path)
        return path, (self.read(f"tile/{level}/{name}") if raw is None and self.url else raw) or b""

    def entries(self, size: int) -> Iterator[bytes]:
        """All entries, from bundles: two bytes of length, then the entry."""
        for number in range(-(-size // 256)):
            width, offset = min(256, size - number * 256), 0
            path, raw = self.tile("entries", number, width)
            for _ in range(width):
                end = offset + 2 + int.from_bytes(raw[offset : offset + 2], "big")
                need(offset + 2 < end <= len(raw), "TILE_FORM", path, f"{len(raw)} bytes", f"{width} entries")
                yield raw[offset + 2 : end]
                offset = end
            need(offset == len(raw) or self.url, "TILE_FORM", path, f"{len(raw) - offset} bytes too many")

    def run(self, pin: str = "") -> dict[str, Any]:
        """Read everything once and report."""
        if not self.url and not self.directory.is_dir():
            raise NotADirectoryError(self.directory)
        log, newest = self.log, self.read("checkpoint") or b""
        log.attempt("checkpoint", self._read_entries, newest)
        log.attempt("checkpoint", self._checkpoint, newest, log.size, "checkpoint")
        for level in range(max(log.size.bit_length() + 7, 8) // 8):
            for number in range(-(-(log.size >> 8 * level) // 256)):
                self._tile(level, number)
        vkeys = "".join(f"{vkey}\n" for vkey in log.log_keys).encode()
        log.attempt("log.vkey", need, self.read("log.vkey") == vkeys, "VKEY_FORM", "", "", vkeys)
        files = [] if self.url else [f for f in self.directory.rglob("*") if f.is_symlink() or not f.is_dir()]
        for path in sorted({f.relative_to(self.directory).as_posix() for f in files} - self.used):
            log.attempt(path, need, path == f"data/{sha256(self.read(path) or b'').hex()}", "FILE_UNEXPECTED")
        log.attempt("log.found", need, pin in ("", log.found), "PIN", "", log.found, pin)
        self.remarks += [] if pin else ["no --pin: this report shows that the log agrees with itself, not which log it is"]
        self.remarks += ["simulated clock (演示 / DEMO): no witness brackets the times"] if log.clock == "simulated" else []
        seen, first = log.widest
        self.remarks += [f"witnesses first saw entry {first} {seen} s after its admission.at (§4)"] if seen > 900 else []
        unchecked = {suite: count for (suite, checked), count in sorted(log.signatures.items()) if not checked}
        self.remarks += [f"{count} {suite} signatures were not checked by this reader" for suite, count in unchecked.items()]
        facts = {"origin": log.origin, "found": log.found, "size": log.size, "root": log.root(log.size).hex(), "pinned": bool(pin)}
        counts = {"signatures": log.signatures.total() - sum(unchecked.values()), "unchecked": unchecked, "checkpoints": self.checkpoints}
        return {"ok": not log.findings, **facts, **counts, "remarks": self.remarks, "findings": log.findings}

    def _read_entries(self, newest: bytes) -> None:
        for entry in self.entries(parse_checkpoint(split_note(newest)[0])[1]):
            self.log.add(entry)
            path = f"checkpoints/{self.log.size}"
            if not self.url and (raw := self.read(path)) is not None:
                self.log.attempt(path, self._checkpoint, raw, self.log.size, path)

    def _checkpoint(self, raw: bytes, size: int, path: str) -> None:
        found, unknown = self.log.checkpoint(raw)
        need(found == size, "CHECKPOINT_FORM", "size", found, size)
        self.checkpoints += 1
        self.remarks += [f"{path}: {unknown} signature lines by unknown keys were ignored"] if unknown else []

    def _tile(self, level: int, number: int) -> None:
        span, first = 256**level, number * 256
        width = min(256, (self.log.size >> 8 * level) - first)
        want = [self.log.mth(i * span, (i + 1) * span) for i in range(first, first + width)]
        path, raw = self.tile(str(level), number, width)
        got = [raw[32 * k : 32 * k + 32] for k in range(width)]
        if got != want or (len(raw) != 32 * width and not self.url):
            at = next((k for k in range(width) if got[k] != want[k]), 0)
            self.log.flag(Bad("TILE_HASH", path, got[at].hex(), want[at].hex()), (first + at) * span)


def main() -> int:
    parser = argparse.ArgumentParser(prog="liandan_audit", description="Audit a liandan log from its export, standard library only.")
    parser.add_argument("place", help="export directory or http(s) base URL")
    parser.add_argument("--pin", default="", metavar="FOUND_HASH", help="statement hash of the log.found that you trust")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--pure", action="store_true", help="use no compiled library")
    options = parser.parse_args()
    if not options.pure:
        use_fast_libraries()
    try:
        report = Audit(options.place).run(options.pin)
    except OSError as error:
        parser.error(f"cannot read {options.place}: {error}")
    if options.json:
        print(json.dumps(report, ensure_ascii=False, indent=1))
    else:
        for finding in report["findings"][:1000]:
            print("{code}  entry {index} {chain}  {field}: found {found}; expected {expected}".format_map(finding))
        print(*(f"remark: {remark}\n" for remark in report["remarks"]), sep="", end="")
        print("{size} entries, {signatures} signatures, {checkpoints} checkpoints; root {root}".format_map(report))
        print("nothing found" if report["ok"] else f"{len(report['findings'])} findings")
    return 0 if report["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
