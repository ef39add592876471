"""SM3 (GB/T 32905-2016): by ``hashlib`` where its OpenSSL has it, else computed here, for reading."""

import hashlib
import struct

_IV = (0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E)


def _rotated(word: int, by: int) -> int:
    return (word << by % 32 | word >> (32 - by % 32)) & 0xFFFFFFFF if by % 32 else word


def _compressed(state: tuple[int, ...], block: bytes) -> tuple[int, ...]:
    w = list(struct.unpack(">16I", block))
    for j in range(16, 68):
        x = w[j - 16] ^ w[j - 9] ^ _rotated(w[j - 3], 15)
        w.append(x ^ _rotated(x, 15) ^ _rotated(x, 23) ^ _rotated(w[j - 13], 7) ^ w[j - 6])
    a, b, c, d, e, f, g, h = state
    for j in range(64):
        ss1 = _rotated(_rotated(a, 12) + e + _rotated(0x79CC4519 if j < 16 else 0x7A879D8A, j) & 0xFFFFFFFF, 7)
        ff = a ^ b ^ c if j < 16 else a & b | a & c | b & c
        gg = e ^ f ^ g if j < 16 else e & f | ~e & g
        tt1 = ff + d + (ss1 ^ _rotated(a, 12)) + (w[j] ^ w[j + 4]) & 0xFFFFFFFF
        tt2 = gg + h + ss1 + w[j] & 0xFFFFFFFF
        a, b, c, d = tt1, a, _rotated(b, 9), c
        e, f, g, h = tt2 ^ _rotated(tt2, 9) ^ _rotated(tt2, 17), e, _rotated(f, 19), g
    return tuple(old ^ new for old, new in zip(state, (a, b, c, d, e, f, g, h), strict=True))


def sm3_pure(message: bytes) -> bytes:
    """The digest, 32 bytes."""
    padded = message + b"\x80" + bytes(-(len(message) + 9) % 64) + struct.pack(">Q", 8 * len(message))
    state = _IV
    for at in range(0, len(padded), 64):
        state = _compressed(state, padded[at : at + 64])
    return struct.pack(">8I", *state)


def _by_openssl(message: bytes) -> bytes:
    return hashlib.new("sm3", message).digest()


sm3 = _by_openssl if "sm3" in hashlib.algorithms_available else sm3_pure
