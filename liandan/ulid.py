"""ULIDs for chains that begin: 48 bits of milliseconds, 80 of chance, in Crockford's base32 (formats §3)."""

import secrets

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_ulid(at_s: int) -> str:
    """A fresh one of a moment, Unix seconds."""
    number = at_s * 1000 << 80 | secrets.randbits(80)
    return "".join(_LETTERS[number >> shift & 31] for shift in range(125, -1, -5))
