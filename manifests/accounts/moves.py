"""Movements of an account as they are read, and where a page of them goes on."""

from msgspec import Struct


class MovedRow(Struct, frozen=True, gc=False):
    """One movement: the entry's bytes, where the one before stands, grams before and after."""

    idx: int
    entry: bytes
    prev: int | None
    before_g: int
    after_g: int


class MovePlace(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Where a page goes on: the entry of its next movement."""

    idx: int

    def __post_init__(self) -> None:
        """A cursor comes back from outside: only what can be an index is one."""
        if not 0 <= self.idx < 2**53:
            raise ValueError("not a place")
