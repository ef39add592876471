"""How many values go to the database in one statement: the driver asks two abstract classes of each element of an array, so texts are sent joined,
and byte strings as one, with where each ends."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Any


def columns(rows: Sequence[tuple[str, Any]]) -> tuple[Sequence[str], Sequence[Any]]:
    """Keys and values apart, some ten a statement: without a loop of the interpreter's."""
    keys, values = zip(*rows, strict=True) if rows else ((), ())
    return keys, values


def packed(values: Sequence[bytes]) -> tuple[str, str, bytes]:
    """Byte strings as one: where each ends, its size, and all of them one after another."""
    sizes = list(map(len, values))
    return "\n".join(map(str, accumulate(sizes))), "\n".join(map(str, sizes)), b"".join(values)


def joined(texts: Sequence[str]) -> str:
    """Texts as ``string_to_array`` takes them apart: no statement holds a control character, so no chain or key has a line feed."""
    joined = "\n".join(texts)
    assert not texts or joined.count("\n") == len(texts) - 1, "a line feed in a chain or key"
    return joined
