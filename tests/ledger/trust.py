"""A reader's own policy: what an auditor with nothing but a policy file makes of a checkpoint or a proof."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.tree.checkpoint import OpenedCheckpoint, open_checkpoint
from ledger.tree.merkle import verify_inclusion
from ledger.tree.policy import Policy
from ledger.tree.proof import Proof
from signing.refusal import refuse


def open_with_policy(raw: bytes, policy: Policy, *, log_keys: Sequence[str] = ()) -> OpenedCheckpoint:
    """Open a checkpoint of a log the policy names (or of ``log_keys``) that has the quorum; NOTE_SIGNATURE without it."""
    opened = open_checkpoint(raw, (*policy.log_vkeys, *log_keys), policy.witness_vkeys)
    if not policy.is_met_by({line.vkey for line in opened.cosignatures}):
        raise refuse("NOTE_SIGNATURE", field="quorum", expected=policy.quorum)
    return opened


def verify_proof(proof: Proof, leaf: bytes, policy: Policy) -> OpenedCheckpoint:
    """Check a proof for a leaf hash (computed from the entry itself) under the policy."""
    opened = open_with_policy(proof.checkpoint, policy)
    verify_inclusion(proof.index, opened.checkpoint.size, leaf, proof.hashes, opened.checkpoint.root)
    return opened
