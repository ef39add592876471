"""All kinds of the house as one table, for readers of evidence that have no running log."""

from __future__ import annotations

from functools import cache

from ledger.admission.kind_table import Kinds
from ledger.personality import PERSONALITY as LOG
from manifests.acts import PERSONALITY as MANIFESTS
from whitelist.acts import PERSONALITY as WHITELIST


@cache
def all_kinds() -> Kinds:
    """The kinds of the log, the whitelist and the manifests."""
    return Kinds([LOG, WHITELIST, MANIFESTS])
