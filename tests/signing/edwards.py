"""A second opinion on Ed25519: the acceptance rule of formats §1 word for word, in plain integers, slow and obvious.

RFC 8032 §5.1 arithmetic in extended coordinates; no code is shared with the product.
"""

from __future__ import annotations

from hashlib import sha512

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT = pow(2, (P - 1) // 4, P)

Point = tuple[int, int, int, int]
NEUTRAL: Point = (0, 1, 1, 0)


def add(one: Point, two: Point) -> Point:
    a, b = (one[1] - one[0]) * (two[1] - two[0]) % P, (one[1] + one[0]) * (two[1] + two[0]) % P
    c, d = 2 * one[3] * two[3] * D % P, 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(scalar: int, point: Point) -> Point:
    out = NEUTRAL
    while scalar:
        if scalar & 1:
            out = add(out, point)
        point = add(point, point)
        scalar >>= 1
    return out


def decode(raw: bytes) -> Point | None:
    """The point of a canonical encoding, or None."""
    number = int.from_bytes(raw, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return (x, y, 1, x * y % P)


def encode(point: Point) -> bytes:
    inverse = pow(point[2], -1, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def is_small_order(point: Point) -> bool:
    return encode(times(8, point)) == encode(NEUTRAL)


BASE = decode((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def accepts(key: bytes, message: bytes, signature: bytes) -> bool:
    """Cofactorless, R compared by encoding, small-order and non-canonical A and R refused, S < L."""
    assert BASE is not None
    if len(signature) != 64:
        return False
    point, commitment = decode(key), decode(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if point is None or commitment is None or is_small_order(point) or is_small_order(commitment) or s >= L:
        return False
    k = int.from_bytes(sha512(signature[:32] + key + message).digest(), "little") % L
    negative: Point = (P - point[0], point[1], 1, P - point[3])
    return encode(add(times(s, BASE), times(k, negative))) == signature[:32]
