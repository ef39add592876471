"""All personalities of the product, put together. The one list to extend when a package brings new kinds."""

from __future__ import annotations

from functools import cache

from ledger.kinds import Kinds
from ledger.log_personality import PERSONALITY as LOG
from manifests.personality import PERSONALITY as MANIFESTS
from whitelist.personality import PERSONALITY as WHITELIST

PERSONALITIES = (LOG, WHITELIST, MANIFESTS)


@cache
def kinds() -> Kinds:
    """Every kind that this program can read."""
    return Kinds(PERSONALITIES)
