"""ULIDs, which name chains that begin: 48 bits of milliseconds, 80 of chance or of a digest, in Crockford's base32 (formats §3). Pure."""

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""The 32 letters, without I, L, O and U."""


def ulid(at_ms: int, tail: int) -> str:
    """The ULID of a moment, Unix milliseconds from 0 to 2**48 - 1, and a tail below 2**80."""
    number = at_ms << 80 | tail
    return "".join(CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))
