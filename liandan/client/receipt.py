"""Receipts: what a 201 proves, checked before it is believed. Pure; needs no kinds and no server."""

from pathlib import Path
from typing import Self

from msgspec import Struct

from ledger.admission.draft import hash_of
from ledger.admission.entry import ENTRY_DEPTH, ENTRY_MAX
from ledger.tree.checkpoint import Checkpoint, open_checkpoint
from ledger.tree.merkle import leaf_hash, verify_inclusion
from ledger.tree.proof import Proof
from liandan.client.transport import Dishonest
from signing import b64
from signing.envelope import Envelope, envelope_of
from signing.payload import parse
from signing.refusal import Refusal


class Trust(Struct, frozen=True, kw_only=True):
    """What a client pins: the log's name, its founding statement, its keys. Take them from another source than the server."""

    origin: str
    found: str
    """Statement hash of ``log.found``, hex."""
    log_keys: tuple[str, ...]

    @classmethod
    def from_files(cls, vkeys: Path, found: str) -> Self:
        """From a ``log.vkey`` file and the founding hash."""
        keys = tuple(vkeys.read_text(encoding="utf-8").split("\n"))[:-1]
        return cls(origin=keys[0].partition("+")[0], found=found, log_keys=keys)


class Claim(Struct, frozen=True, kw_only=True):
    """What an answer claims: the part of ``Posted``, or of a batch line with the batch's checkpoint, that can be proved."""

    index: int
    entry: str
    inclusion: tuple[str, ...]
    checkpoint: str
    is_new: bool


class Receipt(Struct, frozen=True, kw_only=True):
    """An admitted statement with its verified proof: evidence against the operator, for ever."""

    statement: str
    index: int
    entry: bytes
    is_new: bool
    proof: Proof
    checkpoint: Checkpoint

    @property
    def note(self) -> bytes:
        """The signed checkpoint, verbatim."""
        return self.proof.checkpoint


def check_receipt(envelope: Envelope, answer: Claim, trust: Trust) -> Receipt:
    """The receipt in an answer, if the entry is this act, stands where it says, and the pinned log keys signed the root.

    Raises Dishonest. A resubmission may be answered with another signature of the same act (formats §2).
    """
    try:
        entry = b64.decode(answer.entry, field="entry")
        hashes = tuple(b64.decode(text, field="inclusion") for text in answer.inclusion)
        fields = parse(entry, limit=ENTRY_MAX, depth=ENTRY_DEPTH)
        found = envelope_of(fields["statement"])
        note = answer.checkpoint.encode()
        checkpoint = open_checkpoint(note, trust.log_keys).checkpoint
        verify_inclusion(answer.index, checkpoint.size, leaf_hash(entry), hashes, checkpoint.root)
        index = fields["admission"]["index"]
    except (Refusal, KeyError, TypeError) as error:
        raise Dishonest(f"the receipt does not hold: {error}") from error
    if (found.payload_type, found.body) != (envelope.payload_type, envelope.body):
        raise Dishonest(f"entry {answer.index} is not the statement that was posted")
    if index != answer.index or checkpoint.origin != trust.origin:
        raise Dishonest(f"entry says index {index} and log {checkpoint.origin}, the answer {answer.index} and {trust.origin}")
    proof = Proof(index=index, hashes=hashes, checkpoint=note)
    return Receipt(statement=hash_of(envelope), index=index, entry=entry, is_new=answer.is_new, proof=proof, checkpoint=checkpoint)
