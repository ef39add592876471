"""Fresh ULIDs for chains that a command begins."""

import secrets

from ledger.ulid import ulid


def new_ulid(at_s: int) -> str:
    """One of a moment, Unix seconds."""
    return ulid(at_s * 1000, secrets.randbits(80))
