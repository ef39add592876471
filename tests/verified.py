"""Signatures that held once in this process: of a hundred forgeries of one log nearly all are those of the log, and what a server admitted
is checked again by every audit of it. Whether a signature holds depends on nothing but the key, the bytes and itself, so it is kept; what does not
hold is refused anew each time.
"""

from __future__ import annotations

from functools import lru_cache

import signing.suite
from signing.suite import CACHED_KEYS
from signing.suites import Verifier

KEPT = 4096
"""Signatures of one key."""


def keep_verified() -> None:
    """From here on, in this process."""
    loaded = signing.suite.load_key

    @lru_cache(CACHED_KEYS)
    def keeping(suite_name: str, spki: bytes) -> Verifier:
        return lru_cache(KEPT)(loaded(suite_name, spki))

    signing.suite.load_key = keeping
