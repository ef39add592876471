"""The log's own kinds of statement, one module an act or a close pair: the log itself, its parties, their keys, delegations, erasures."""

from __future__ import annotations

from ledger.admission.personality import Kind
from ledger.kinds import (
    adoption,
    authority_admit,
    closing,
    cut,
    delegation,
    erasure,
    founding,
    keys,
    party_register,
    refusal_pages,
    witnesses,
)

KINDS: tuple[Kind, ...] = (
    founding.FOUND,
    *adoption.KINDS,
    authority_admit.KIND,
    witnesses.KIND,
    cut.KIND,
    closing.KIND,
    refusal_pages.KIND,
    erasure.KIND,
    party_register.KIND,
    *keys.KINDS,
    *delegation.KINDS,
)
"""In the order in which a reader meets them."""
