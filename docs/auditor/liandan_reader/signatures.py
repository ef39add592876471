"""Signatures computed here: Ed25519 by the strict rule of §1 (RFC 8032 without cofactor), ECDSA P-256 (FIPS 186-5) and SM2 (GB/T 32918.2);
suites and keys (§5).

Reference code for reading, not for speed: where ``cryptography`` is installed, ``use_fast_libraries`` swaps its verifiers in.
"""

import contextlib
import hashlib
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from .sm3 import sm3
from .strict import Bad, need, pae, sha256, shape, unb64

P, L, Y8 = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493, 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
D = -121665 * pow(121666, -1, P) % P
SMALL_ORDER_Y = (0, 1, P - 1, Y8, P - Y8)  # of the points of order 4, 1, 2, 8, 8
PP, PN = 2**256 - 2**224 + 2**192 + 2**96 - 1, 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
PB = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
PGX = 0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296
PGY = 0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5
SP, SN = 2**256 - 2**224 - 2**96 + 2**64 - 1, 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
SB = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
SGX = 0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7
SGY = 0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0


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


def _affine(p: int) -> Callable[[Any, Any], Any]:
    """Addition on y² = x³ - 3x + b modulo p, in affine coordinates; None is the neutral element."""

    def add(a: Any, b: Any) -> Any:
        if a is None or b is None:
            return a or b
        if a[0] == b[0] and (a[1] + b[1]) % p == 0:
            return None
        slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, p) if a == b else (b[1] - a[1]) * pow(b[0] - a[0], -1, p)
        x = (slope * slope - a[0] - b[0]) % p
        return x, (slope * (a[0] - x) - a[1]) % p

    return add


def p256_pure(public: bytes, message: bytes, signature: bytes) -> bool:
    """``public`` is x||y on the curve, ``signature`` r||s in range."""
    x, y, r, s = (int.from_bytes(part, "big") for part in (public[:32], public[32:], signature[:32], signature[32:]))
    t = _sum(_affine(PP), None, int.from_bytes(sha256(message), "big") * (w := pow(s, -1, PN)) % PN, (PGX, PGY), r * w % PN, (x, y))
    return t is not None and t[0] % PN == r


def sm2_pure(public: bytes, message: bytes, signature: bytes) -> bool:
    """``public`` is x||y on the curve, ``signature`` r||s in range, r + s not n; the user ID is part of the suite."""
    x, y, r, s = (int.from_bytes(part, "big") for part in (public[:32], public[32:], signature[:32], signature[32:]))
    curve = b"".join(part.to_bytes(32, "big") for part in (SP - 3, SB, SGX, SGY))
    z = sm3(b"\x00\x801234567812345678" + curve + public)
    t = _sum(_affine(SP), None, s, (SGX, SGY), (r + s) % SN, (x, y))
    return t is not None and (int.from_bytes(sm3(z + message), "big") + t[0] - r) % SN == 0


VERIFIERS: dict[str, Callable[[bytes, bytes, bytes], bool]] = {"ed25519": ed25519_pure, "ecdsa-p256-sha256": p256_pure, "sm2-sm3": sm2_pure}
SPKI = {  # DER prefix, length of the raw key, length of a signature
    "ed25519": (bytes.fromhex("302a300506032b6570032100"), 32, 64),
    "ecdsa-p256-sha256": (bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004"), 64, 64),
    "sm2-sm3": (bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d03420004"), 64, 64),
    "ml-dsa-44": (bytes.fromhex("30820532300b06096086480165030403110382052100"), 1312, 2420),
}


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

        VERIFIERS.update(dict.fromkeys(("ed25519", "ecdsa-p256-sha256"), fast))


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
    if suite == "sm2-sm3":  # under -G, the key of n-1, every s of an r would verify
        need(max(x, y) < SP and not (y * y - x * x * x + 3 * x - SB) % SP, "KEY_INVALID", "spki", raw.hex(), "a point on the SM2 curve")
        need((x, y) != (SGX, SP - SGY), "KEY_INVALID", "spki", raw.hex(), "a key of 1 to n-2")
    return raw


def verify(suite: str, spki: bytes, message: bytes, signature: bytes, field: str = "") -> bool:
    """True: checked; False: this reader does not know the suite's mathematics. A wrong signature raises."""
    public = public_key(suite, spki)
    need(len(signature) == SPKI[suite][2], "SIGNATURE_FORM", field, len(signature), SPKI[suite][2])
    if suite not in VERIFIERS:
        return False
    r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
    ranged = 0 < r < PN and 0 < s <= (PN - 1) // 2
    if suite == "sm2-sm3":
        ranged = 0 < r < SN and 0 < s < SN != r + s
    if suite == "ed25519":
        ranged = _ed_y(signature[:32], "SIGNATURE_WRONG", field) >= 0 and int.from_bytes(signature[32:], "little") < L
    need(ranged, "SIGNATURE_FORM", field, signature.hex(), "S < L, or 0 < r < n and 0 < s <= (n-1)/2, of SM2 0 < s < n")
    need(VERIFIERS[suite](public, message, signature), "SIGNATURE_WRONG", field)
    return True


@lru_cache(65536)
def is_uscc(text: str) -> bool:  # GB 32100: 18 characters of 31, the last one a weighted sum modulo 31
    digits = ["0123456789ABCDEFGHJKLMNPQRTUWXY".find(c) for c in text]
    return len(digits) == 18 and min(digits) >= 0 and (sum(d * pow(3, i, 31) for i, d in enumerate(digits[:17])) + digits[17]) % 31 == 0


def check_registration(reg: Any, x: str, uscc: str, path: str = "") -> tuple[str, str, bytes, bool]:
    """A key registration; gives keyid, suite, spki, and whether the possession proof could be checked."""
    shape(reg, {"suite": str, "spki": str, "pop": str}, path, ("FIELD_UNKNOWN", "FIELD_MISSING", "FIELD_TYPE"))
    spki, pop = unb64(reg["spki"], f"{path}.spki"), unb64(reg["pop"], f"{path}.pop")
    public_key(reg["suite"], spki)
    try:
        message = f"{x}\n{uscc}\n{reg['suite']}\n{reg['spki']}".encode()
        checked = verify(reg["suite"], spki, pae("application/vnd.liandan.possession.v1", message), pop)
    except Bad as bad:
        raise Bad("POSSESSION_WRONG", f"{path}.pop", bad.code) from None
    return sha256(spki).hex(), reg["suite"], spki, checked
