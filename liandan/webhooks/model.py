"""The nouns: a webhook, a notice on its way (a delivery), what became of an attempt, and the bytes that are sent (CloudEvents 1.0)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec
from msgspec import Struct

from ledger.admission.entry import Entry
from ledger.pending.model import TYPES, Told
from ledger.times import format_at
from manifests.work.service import StandingAlert

State = Literal["unconfirmed", "active", "paused", "disabled"]
DeliveryState = Literal["pending", "delivered", "dead"]
DUE_TYPES = ("due.approaching", "due.overdue", "due.open")
DUE_FILTERS = ("due", *DUE_TYPES)
"""What ``kinds`` names to be told of alerts about the present (manifests.present)."""
CONTENT_TYPE = "application/cloudevents+json"
PING = "webhook.ping"
"""``type`` of a notice that only asks whether somebody is there and answers with the challenge."""
PER_PARTY_MAX = 8
PINGS_PER_MINUTE = 20
"""Pings of one party, whatever it calls its webhooks meanwhile: nobody at a new address has asked for them yet."""
LOGGED_MAX = 100_000
"""Lines of one webhook's delivery log: whoever replays without end is not kept for days."""
QUEUED_MAX = 1000
"""Notices that wait for one webhook; beyond it the feed waits, and nothing is left out."""


class Webhook(Struct, frozen=True, kw_only=True):
    """One subscription, as it is kept."""

    id: str
    uscc: str
    keyid: str
    """Key whose token set it up, or was the last to set it active."""
    url: str
    kinds: tuple[str, ...]
    """``manifest`` for all of a chain type, ``manifest.depart`` for one kind; empty: everything."""
    note: str
    state: State
    why: str
    """Code of why it is disabled; empty otherwise."""
    why_found: str
    challenge: str
    confirmed: bool
    """Whether a ping to this address has been answered with the challenge."""
    next_idx: int
    failures: int
    failing_since: datetime | None
    next_at: datetime | None
    created_at: datetime

    def wants(self, kind: str) -> bool:
        """Whether it is to be told of a kind, named with its version (``manifest.depart/1``)."""
        name = kind.partition("/")[0]
        return not self.kinds or name in self.kinds or name.partition(".")[0] in self.kinds


class Delivery(Struct, frozen=True, kw_only=True):
    """One notice to one webhook, without its bytes."""

    id: int
    webhook: str
    idx: int | None
    """Index of the entry; None for a ping, and for what is no entry yet."""
    kind: str
    subject: str
    """The chain: notices of one subject are sent one after the other, in the order of ``id``."""
    state: DeliveryState
    attempts: int
    first_at: datetime | None
    last_at: datetime | None
    next_at: datetime
    status: int | None
    said: str
    """Code of what the last attempt came to; empty for a plain success."""
    found: str
    took_ms: int | None


class Notice(Struct, frozen=True):
    """What is to be sent next."""

    id: int
    kind: str
    subject: str
    body: bytes
    attempts: int


class Attempt(Struct, frozen=True, kw_only=True):
    """What one attempt to deliver came to. ``said`` is a code with texts in the rule book, ``found`` what was seen; neither quotes what was answered."""

    is_delivered: bool
    status: int | None = None
    said: str = ""
    found: str = ""
    retry_after_s: int | None = None
    took_ms: int = 0
    answer: bytes = b""
    """Beginning of the answer to a ping; never kept."""


def event_of(entry: Entry, origin: str, base_url: str) -> bytes:
    """The notice of an entry as CloudEvents JSON. ``id`` is the statement's hash: with ``source`` it names the event wherever it is sent."""
    statement, index = entry.statement, entry.index
    links = {
        "entry": f"{base_url}/v1/feed?after={index - 1}&limit=1",
        "proof": f"{base_url}/v1/proofs/{index}",
        "chain": f"{base_url}/v1/chains/{statement.chain}",
    }
    data = {"index": index, "chain": statement.chain, "seq": statement.seq, "kind": statement.kind, "hash": statement.hash, "links": links}
    return _cloud_event(statement.hash, origin, statement.kind, statement.chain, entry.admission.at, data)


def pending_event_of(told: Told, origin: str, base_url: str) -> bytes:
    """The notice of what became of a pending statement: no body, no reason, no signature; these are read where it lies. ``id`` names this turn
    of it."""
    row = told.row
    links = {"pending": f"{base_url}/v1/pending/{row.statement}", "chain": f"{base_url}/v1/chains/{row.chain}"}
    data = {
        "statement": row.statement, "kind": row.kind, "chain": row.chain, "seq": row.seq, "by": row.signers,
        "ends_at": format_at(row.ends_s), "links": links,
    }  # fmt: skip
    number = f"{row.statement}.{told.event}.{told.at_s}"
    return _cloud_event(number, origin, f"pending.{told.event}/1", pending_subject(row.statement), format_at(told.at_s), data)


def due_event_of(name: str, standing: StandingAlert, origin: str, base_url: str, at: str) -> bytes:
    """The notice of an alert about the present: which act on which manifest or application, until when, by which article; no waste, no mass,
    nobody's name. ``name`` is its ``id``."""
    alert, duty = standing.alert, standing.alert.duty
    on = duty.manifest or alert.chain
    links = {"chain": f"{base_url}/v1/chains/{alert.chain}"}
    if alert.chain.startswith("manifest/"):
        links |= {"manifest": f"{base_url}/v1/manifests/{alert.chain[9:]}", "actions": f"{base_url}/v1/manifests/{on[9:]}/actions"}
    data = {
        "phase": alert.phase, "term": duty.term, "kind": duty.kind, "chain": alert.chain, "on": on, "number": standing.number,
        "case": duty.case, "file": duty.file, "since": duty.since, "due_on": duty.due_on, "workdays_left": duty.workdays_left,
        "provisional": duty.provisional, "article": duty.article, "code": alert.code, "level": alert.level, "links": links,
    }  # fmt: skip
    return _cloud_event(name, origin, f"due.{alert.phase}/1", due_subject(alert.chain), at, data)


def due_subject(chain: str) -> str:
    """Subject of notices about what is due on a manifest, which no chain is called."""
    return f"due/{chain}"


def pending_subject(statement: str) -> str:
    """Subject of notices about one pending statement, which no chain is called."""
    return f"pending/{statement}"


def ping_of(webhook: str, challenge: str, number: str, origin: str, at: str) -> bytes:
    """A notice that there is nothing to tell: its reader answers 2xx with the challenge in the body."""
    return _cloud_event(number, origin, PING, ping_subject(webhook), at, {"challenge": challenge})


def event_id(body: bytes) -> str:
    """``id`` of a notice."""
    return str(msgspec.json.decode(body)["id"])


def ping_subject(webhook: str) -> str:
    """Subject of pings, which no chain is called."""
    return f"webhook/{webhook}"


def _cloud_event(name: str, source: str, kind: str, subject: str, at: str, data: object) -> bytes:
    event = {"specversion": "1.0", "id": name, "source": source, "type": kind, "subject": subject, "time": at, "data": data}
    return msgspec.json.encode(event)


def known_filters(kinds: Sequence[str]) -> frozenset[str]:
    """What ``kinds`` of a webhook may name: kinds without their version, and what stands before the dot; ``pending`` and ``due`` among them."""
    names = {kind.partition("/")[0] for kind in (*kinds, *TYPES, *DUE_TYPES)}
    return frozenset(names | {name.partition(".")[0] for name in names})
