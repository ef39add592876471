"""Suite ``sm2-sm3``: 64 bytes r‖s of SM2 over SM3 with the user ID ``1234567812345678``, for parties whose signing devices speak nothing else.

No library that this project runs on verifies SM2 (``cryptography`` has SM3, not the curve), so the arithmetic stands here, in plain integers.
Verifying reads public data alone, so its time may depend on them; the server never signs with this suite. Unlike in ECDSA, (r, n-s) does not
verify where (r, s) does: there is no lower half to choose. Nonces are made as in RFC 6979 over HMAC-SM3 from the private key and e [DESIGN: no
standard fixes a deterministic SM2]. Source: GB/T 32918.2-2016 (GM/T 0003.2), curve GB/T 32918.5-2017, SM3 GB/T 32905-2016, formats §1.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from hashlib import sha256

from asn1crypto import keys
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, hmac
from msgspec import Struct

from signing.phrase import Phrase
from signing.pkcs8 import open_key, seal_key
from signing.refusal import refuse
from signing.suites import Suite, Verifier

SPKI_PREFIX = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")
"""DER of SubjectPublicKeyInfo, named curve sm2p256v1, up to the 65 bytes of the uncompressed point."""
_PKCS8_PREFIX = bytes.fromhex("308187020100301306072a8648ce3d020106082a811ccf5501822d046d306b0201010420")
_PUBLIC_PREFIX = bytes.fromhex("a14403420004")
"""DER of PrivateKeyInfo with ECPrivateKey (RFC 5958, RFC 5915) up to the scalar, and on up to the coordinates."""
_CURVE = "1.2.156.10197.1.301"
_UNCOMPRESSED = b"\x04"

_P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
_A = _P - 3
_B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
_N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
_G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
_ID = b"1234567812345678"
"""GB/T 35276-2017, 10; a part of the suite's definition, never a parameter."""

_WIDTH, _BASE_WIDTH = 4, 7
"""Bits of a scalar that one addition takes from the tables of a key (64 x 15 points, some 150 KB) and of the base point."""
_TABLE_AFTER = 16
"""Verifications of a key after which its table, which takes as long as some ten of them, is made."""
_TABLES = 256
"""Tables that are kept."""


class Sm2PrivateKey(Struct, frozen=True):
    """A private key: 1 ≤ ``scalar`` ≤ n-2, and the 64 bytes x‖y of its point. It never shows itself."""

    scalar: int
    coordinates: bytes

    def __repr__(self) -> str:
        return "Sm2PrivateKey(…)"


_Affine = tuple[int, int]
_Jacobian = tuple[int, int, int]
"""(X, Y, Z) of the point (X/Z², Y/Z³); Z = 0 is the point at infinity."""
_INFINITY: _Jacobian = (1, 1, 0)


def _doubled(point: _Jacobian) -> _Jacobian:
    x, y, z = point
    zz = z * z % _P
    yy = y * y % _P
    s = 4 * x * yy % _P
    m = 3 * (x - zz) * (x + zz) % _P  # 3x² + a·z⁴ with a = -3
    x3 = (m * m - 2 * s) % _P
    return x3, (m * (s - x3) - 8 * yy * yy) % _P, 2 * y * z % _P


def _added(point: _Jacobian, other: _Affine) -> _Jacobian:
    """The sum, of equal and opposite points too: whoever made the key may know its relation to the base point, and choose the signature."""
    x1, y1, z1 = point
    x2, y2 = other
    if not z1:
        return x2, y2, 1
    zz = z1 * z1 % _P
    h = (x2 * zz - x1) % _P
    r = (y2 * z1 % _P * zz - y1) % _P
    if not h:
        return _INFINITY if r else _doubled(point)
    hh = h * h % _P
    hhh = h * hh % _P
    v = x1 * hh % _P
    x3 = (r * r - hhh - 2 * v) % _P
    return x3, (r * (v - x3) - y1 * hhh) % _P, z1 * h % _P


def _affine(points: Sequence[_Jacobian]) -> list[_Affine]:
    """The same points with Z = 1, none of them at infinity; one inversion for all."""
    products = [1]
    for _, _, z in points:
        products.append(products[-1] * z % _P)
    inverse, found = pow(products[-1], -1, _P), list[_Affine]()
    for (x, y, z), before in zip(reversed(points), reversed(products[:-1]), strict=True):
        own, inverse = inverse * before % _P, inverse * z % _P
        square = own * own % _P
        found.append((x * square % _P, y * square % _P * own % _P))
    return found[::-1]


def _multiples(point: _Affine, width: int) -> list[_Affine]:
    """1·P … 2^width·P."""
    found: list[_Jacobian] = [(*point, 1)]
    for _ in range(2**width - 1):
        found.append(_added(found[-1], point))
    return _affine(found)


Table = tuple[int, list[list[_Affine]]]
"""Bits of a digit, and for each digit of a scalar, the lowest first, what its values 1, 2, … stand for."""


def _table(point: _Affine, width: int) -> Table:
    rows = list[list[_Affine]]()
    for _ in range(-(-256 // width)):
        *row, point = _multiples(point, width)
        rows.append(row)
    return width, rows


def _add_multiple(to: _Jacobian, scalar: int, table: Table) -> _Jacobian:
    """``to`` + scalar·P by the table of P: one addition a digit."""
    width, rows = table
    mask = 2**width - 1
    for row in rows:
        if digit := scalar & mask:
            to = _added(to, row[digit - 1])
        scalar >>= width
    return to


def _multiple(scalar: int, point: _Affine) -> _Jacobian:
    """The same without a table."""
    row, found = _multiples(point, _WIDTH), _INFINITY
    for shift in range(256 - _WIDTH, -1, -_WIDTH):
        for _ in range(_WIDTH):
            found = _doubled(found)
        if digit := scalar >> shift & (2**_WIDTH - 1):
            found = _added(found, row[digit - 1])
    return found


@cache
def _base() -> Table:
    return _table(_G, _BASE_WIDTH)


@lru_cache(maxsize=_TABLES)
def _table_of(point: _Affine) -> Table:
    return _table(point, _WIDTH)


def _is_x(point: _Jacobian, wanted: int) -> bool:
    """Whether the point's x is congruent to ``wanted`` modulo n."""
    x, _, z = point
    return z != 0 and (x * pow(z, -2, _P) % _P - wanted) % _N == 0


def _sm3(message: bytes) -> bytes:
    digest = hashes.Hash(hashes.SM3())
    digest.update(message)
    return digest.finalize()


def _z(key: bytes) -> bytes:
    """The hash of the user ID, the curve and the key, which comes before every message (GB/T 32918.2, 5.5)."""
    curve = b"".join(part.to_bytes(32) for part in (_A, _B, *_G))
    return _sm3((8 * len(_ID)).to_bytes(2) + _ID + curve + key)


def _load(coordinates: bytes) -> Verifier:
    x, y = point = int.from_bytes(coordinates[:32]), int.from_bytes(coordinates[32:])
    if x >= _P or y >= _P or (y * y - (x * x + _A) * x - _B) % _P:
        raise refuse(
            "KEY_INVALID", found=Phrase("不在曲线上", "not on the curve"), expected=Phrase("SM2 曲线上的点", "a point of the SM2 curve")
        )
    if point == (_G[0], _P - _G[1]):
        # There s·G + (r+s)·P is -r·G whatever s is: one signature would be as good as any other (GB/T 32918.1: d ≤ n-2).
        raise refuse(
            "KEY_INVALID",
            found=Phrase("私钥为 n-1 的公钥", "the key of d = n-1"),
            expected=Phrase("1 ≤ d ≤ n-2 的公钥", "a key of 1 ≤ d ≤ n-2"),
        )
    z, used = _z(coordinates), 0

    def verify(message: bytes, signature: bytes) -> None:
        nonlocal used
        r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
        t = (r + s) % _N
        if not 0 < r < _N or not 0 < s < _N or not t:
            raise refuse(
                "SIGNATURE_FORM", found=Phrase("r 或 s 超出范围", "r or s out of range"), expected="0 < r < n, 0 < s < n, r + s ≠ n"
            )
        used += 1  # threads may count two as one: then the table comes later
        of_key = _add_multiple(_INFINITY, t, _table_of(point)) if used > _TABLE_AFTER else _multiple(t, point)
        if not _is_x(_add_multiple(of_key, s, _base()), r - int.from_bytes(_sm3(z + message))):
            raise InvalidSignature

    return verify


def _nonces(private: int, digest: bytes) -> Iterator[int]:
    """Candidates for k in 1 … n-1 (RFC 6979 §3.2, HMAC-SM3)."""

    def keyed(key: bytes, message: bytes) -> bytes:
        mac = hmac.HMAC(key, hashes.SM3())
        mac.update(message)
        return mac.finalize()

    k, v = bytes(32), b"\x01" * 32
    secret = private.to_bytes(32) + (int.from_bytes(digest) % _N).to_bytes(32)
    for mark in (b"\x00", b"\x01"):
        k = keyed(k, v + mark + secret)
        v = keyed(k, v)
    while True:
        v = keyed(k, v)
        if 0 < (found := int.from_bytes(v)) < _N:
            yield found
        k = keyed(k, v + b"\x00")
        v = keyed(k, v)


def _signed(private: int, digest: bytes, nonces: Iterator[int]) -> bytes:
    """r‖s over e (GB/T 32918.2, 6.1)."""
    e = int.from_bytes(digest)
    for k in nonces:
        [(x, _)] = _affine([_add_multiple(_INFINITY, k, _base())])
        r = (e + x) % _N
        s = pow(1 + private, -1, _N) * (k - r * private) % _N
        if r and r + k != _N and s:
            return r.to_bytes(32) + s.to_bytes(32)
    raise AssertionError("nonces do not come to an end")


def _signer(private: object) -> Callable[[bytes], bytes]:
    """``message -> signature``, deterministic."""
    assert isinstance(private, Sm2PrivateKey)
    z = _z(private.coordinates)

    def sign(message: bytes) -> bytes:
        digest = _sm3(z + message)
        return _signed(private.scalar, digest, _nonces(private.scalar, digest))

    return sign


def _key(scalar: int) -> Sm2PrivateKey:
    [(x, y)] = _affine([_add_multiple(_INFINITY, scalar, _base())])
    return Sm2PrivateKey(scalar, x.to_bytes(32) + y.to_bytes(32))


def _to_der(private: Sm2PrivateKey) -> bytes:
    """PrivateKeyInfo with ECPrivateKey and its public key, as OpenSSL writes it."""
    return b"".join((_PKCS8_PREFIX, private.scalar.to_bytes(32), _PUBLIC_PREFIX, private.coordinates))


def _read(armoured: bytes, passphrase: bytes) -> Sm2PrivateKey | None:
    """The key of an encrypted file; ``None`` for a key of another curve, ValueError for what is no key or another passphrase."""
    info = keys.PrivateKeyInfo.load(open_key(armoured, passphrase), strict=True)
    if info["private_key_algorithm"]["parameters"].native != _CURVE:
        return None
    scalar: int = info["private_key"].parsed["private_key"].native
    if not 0 < scalar < _N - 1:
        raise ValueError("no scalar of the curve")
    return _key(scalar)


def _from_seed(seed: bytes) -> Sm2PrivateKey:
    """The key whose scalar is the first SHA-256(``"liandan/sm2-seed/v1\\n"`` ‖ seed ‖ counter) that lies in 1 … n-2."""
    counter = 0
    while not 0 < (scalar := int.from_bytes(sha256(b"liandan/sm2-seed/v1\n" + seed + bytes([counter])).digest())) < _N - 1:
        counter += 1
    return _key(scalar)


SUITE = Suite(
    name="sm2-sm3",
    words="SM2",
    in_servers=False,
    prefix=SPKI_PREFIX + _UNCOMPRESSED,
    key_bytes=64,
    key_form="an SM2 key, named curve, uncompressed point",
    signature_bytes=64,
    signature_form=" r‖s",
    load=_load,
    generate=lambda: _key(secrets.randbelow(_N - 2) + 1),
    from_seed=_from_seed,
    holds=lambda private: isinstance(private, Sm2PrivateKey),
    signer=_signer,
    spki=lambda private: SPKI_PREFIX + _UNCOMPRESSED + private.coordinates,
    to_der=_to_der,
    seal=lambda private, passphrase: seal_key(_to_der(private), passphrase),
    read=_read,
)
