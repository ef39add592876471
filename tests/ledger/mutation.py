"""Damaged input for the parsers' tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from hypothesis import strategies as st

from signing.refusal import Refusal

T = TypeVar("T")


def flip(raw: bytes, bit: int) -> bytes:
    """``raw`` with one bit changed."""
    return raw[: bit // 8] + bytes([raw[bit // 8] ^ 1 << bit % 8]) + raw[bit // 8 + 1 :]


def damaged(raw: bytes) -> st.SearchStrategy[bytes]:
    """``raw`` with one flipped bit, one byte replaced or removed or added, a slice doubled, or cut."""
    place = st.integers(0, len(raw) - 1)
    return st.one_of(
        st.integers(0, 8 * len(raw) - 1).map(lambda bit: flip(raw, bit)),
        st.tuples(place, st.sampled_from(b"\n +/=0A\xff")).map(lambda p: raw[: p[0]] + bytes([p[1]]) + raw[p[0] + 1 :]),
        place.map(lambda at: raw[:at] + raw[at + 1 :]),
        st.tuples(place, st.sampled_from(b"\n +0\x00")).map(lambda p: raw[: p[0]] + bytes([p[1]]) + raw[p[0] :]),
        st.tuples(place, place).map(lambda p: raw[: max(p)] + raw[min(p) :]),
        place.map(lambda at: raw[:at]),
    ).filter(lambda changed: changed != raw)


def only_refuses(read: Callable[[bytes], T], raw: bytes, *codes: str) -> T | None:
    """What ``read`` makes of ``raw``, None if it refuses with these codes; any other outcome fails the test."""
    try:
        return read(raw)
    except Refusal as refusal:
        if set(refusal.codes) <= set(codes):
            return None
        raise
