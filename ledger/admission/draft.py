"""Drafting a statement: what a party's own software does before it signs. Needs no server: ``prev`` is computable offline."""

import json
from collections.abc import Sequence

import msgspec

from ledger.chain import statement_hash
from ledger.model import Seen
from signing.envelope import PAYLOAD_STATEMENT, Envelope, pae, seal
from signing.keys import PrivateKey


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A statement ready to be signed. ``body`` is a Struct of the kind or a plain dict of JSON values (no floats, no nulls)."""

    kind: str
    chain: str
    seq: int
    prev: str
    by: tuple[str, ...]
    at: str
    body: object
    principal: str | None = None
    seen: Seen | None = None

    def to_bytes(self) -> bytes:
        """The bytes that every signer signs. Whoever signs second signs these very bytes, never a re-serialisation."""
        fields = {"kind": self.kind, "chain": self.chain, "seq": self.seq, "prev": self.prev, "by": self.by, "for": self.principal}
        said = drop_nulls(msgspec.to_builtins(fields | {"at": self.at, "seen": self.seen, "body": self.body}))
        return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()

    def sign(self, keys: Sequence[PrivateKey]) -> Envelope:
        """The envelope, signed by one key per element of ``by``, in that order."""
        return seal(PAYLOAD_STATEMENT, self.to_bytes(), keys)


def drop_nulls(value: object) -> object:
    """Absent instead of null, as formats §1 asks."""
    if isinstance(value, dict):
        return {key: drop_nulls(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list | tuple):
        return [drop_nulls(inner) for inner in value]
    return value


def hash_of(envelope: Envelope) -> str:
    """Statement hash of an envelope: the ``prev`` of the next statement on its chain."""
    return statement_hash(pae(envelope.payload_type, envelope.body))
