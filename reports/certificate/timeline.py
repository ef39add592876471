"""Who signed what, when, with which key: one row per entry."""

from msgspec import Struct

from ledger.admission.entry import Entry
from ledger.bundle import Bundle
from ledger.directory import KeyRecord, party_name
from ledger.model import Alert, Tag


class Signed(Struct, frozen=True, kw_only=True):
    """An act as a row of the timeline."""

    kind: str
    chain: str
    signers: tuple[tuple[str, str], ...]
    """(USCC, name) in the order of signing."""
    principal: str | None
    at: str
    admitted_at: str
    index: int
    hash: str
    keys: tuple[str, ...]
    """Per signer: suite and the first 8 digits of the key id."""
    tags: tuple[Tag, ...]
    alerts: tuple[Alert, ...]


def row_of(bundle: Bundle, entry: Entry) -> Signed:
    """The row of an entry of the bundle."""
    statement, decision = entry.statement, entry.admission.decision
    return Signed(
        kind=statement.kind,
        chain=statement.chain,
        signers=tuple((uscc, party_name(bundle.facts, uscc) or uscc) for uscc in statement.by),
        principal=statement.principal,
        at=statement.at,
        admitted_at=entry.admission.at,
        index=entry.index,
        hash=statement.hash,
        keys=tuple(_key(bundle, keyid) for keyid in statement.keyids),
        tags=decision.tags,
        alerts=decision.alerts,
    )


def _key(bundle: Bundle, keyid: str) -> str:
    record: KeyRecord | None = bundle.facts.get(f"key:{keyid}")
    return f"{record.suite if record else '?'} {keyid[:8]}"
