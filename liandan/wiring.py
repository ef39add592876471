"""All personalities of the product, put together, and the texts of every code. The one list to extend when a package brings new kinds."""

from __future__ import annotations

from collections.abc import Mapping

from ledger.admission.kind_table import Kinds
from ledger.personality import PERSONALITY as LOG
from liandan.rulebook import RULES as SHELL
from manifests.acts import PERSONALITY as MANIFESTS
from reports.rulebook import RULES as REPORTS
from signing.refusal import Rule
from signing.rulebook import RULES as SIGNING
from whitelist.acts import PERSONALITY as WHITELIST

PERSONALITIES = (LOG, WHITELIST, MANIFESTS)

KINDS = Kinds(PERSONALITIES)
"""Every kind of statement that this program can judge."""

RULES: Mapping[str, Rule] = {**SIGNING, **KINDS.rules, **REPORTS, **SHELL}
"""Texts of every code of every package."""


def kinds() -> Kinds:
    """Every kind that this program can read."""
    return KINDS
