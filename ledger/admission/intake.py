"""Intake: from posted bytes to statements whose form, content and signatures hold. All of it happens outside the sequencer's lock."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

from asyncpg import Pool, Record
from msgspec import Struct

from ledger import store
from ledger.admission.admit import Submission, keys_brought, verify_signatures
from ledger.admission.content import check_content, withheld
from ledger.admission.kind_table import Kinds
from ledger.admission.personality import Kind
from ledger.admission.statement import ClaimedAct, claimed_act, claimed_body, read_statement
from ledger.directory import KeyRecord
from ledger.kinds.adoption import missing_files
from ledger.model import Statement
from signing.envelope import PAYLOAD_STATEMENT, Envelope, parse_envelope
from signing.payload import REASON_LIMIT
from signing.refusal import Refusal

KEY_CACHE_MAX = 100_000
ASKING_MAX = 2  # Requests that ask the database for keys at a time; connections are for the sequencer.
TURN_S = 0.002  # How long a request's envelopes keep the event loop from others; some ten of them.

T = TypeVar("T")
R = TypeVar("R")

Lookup = Callable[[str], KeyRecord | None]


class Room:
    """At most ``limit`` bytes held by all batches of this process that are being read and admitted: many senders at once cost bounded
    memory."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.held = 0  # Bytes held now.

    def take(self, size: int) -> bool:
        """Hold that many bytes more; False, and nothing is held, when there is no room for them."""
        fits = self.held + size <= self._limit
        self.held += size if fits else 0
        return fits

    def give(self, size: int) -> None:
        """Give bytes back."""
        self.held -= size


class Taken(Struct):
    """One envelope on its way in: a submission, or a refusal; ``signed`` says whose refused act it was, once its signatures hold."""

    submission: Submission | None = None
    refusal: Refusal | None = None
    envelope: Envelope | None = None
    signed: ClaimedAct | None = None


class Intake:
    """Reads and verifies envelopes. Keys are cached for ever: suite and SPKI of a keyid never change (validity is judged at admission)."""

    def __init__(self, pool: Pool[Record], kinds: Kinds, has_file: Callable[[str], bool]) -> None:
        """``has_file`` tells whether an adopted file (``data/<sha256>``) is here."""
        self._pool, self._kinds, self._has_file = pool, kinds, has_file
        self._keys: dict[str, KeyRecord] = {}
        self._asking = asyncio.Semaphore(ASKING_MAX)

    async def take(self, raws: Sequence[bytes]) -> list[Taken]:
        """Envelopes in order; a later one may be signed with a key that an earlier one registers."""
        taken = await _in_turns(self._read, raws)
        registered = await self._registered({s.keyid for item in taken if item.envelope for s in item.envelope.signatures})
        brought: dict[str, KeyRecord] = {}
        for item in taken:
            if item.submission is not None and item.submission.statement.chain_type in ("log", "party"):
                brought.update(keys_brought(item.submission.statement))

        def lookup(keyid: str) -> KeyRecord | None:
            return registered.get(keyid) or brought.get(keyid)

        known: Lookup = lookup if brought else registered.get
        await _in_turns(lambda item: _verify(item, known), taken)
        return taken

    async def is_signed_by(self, envelope: Envelope, by: Sequence[str]) -> bool:
        """Whether every signature is by a key that the log has registered for the party of its place in ``by``. Asked after admission: a
        key that an earlier statement of the same request merely claimed is nobody's. Only then a refusal may be written down in the name of
        ``by`` (formats §8)."""
        known = self._keys
        for signature, uscc in zip(envelope.signatures, by, strict=True):
            if (cached := known.get(signature.keyid)) is None or cached.uscc != uscc:
                break
        else:
            return True  # as nearly always
        registered = await self._registered({signature.keyid for signature in envelope.signatures})
        found = [registered.get(signature.keyid) for signature in envelope.signatures]
        return all(record is not None and record.uscc == uscc for record, uscc in zip(found, by, strict=True))

    def _read(self, raw: bytes) -> Taken:
        item = Taken()
        try:
            item.envelope = parse_envelope(raw, payload_type=PAYLOAD_STATEMENT)
            statement, kind = _formed(item.envelope, self._kinds)
            if reasons := check_content(statement.body) + missing_files(statement, self._has_file):
                raise Refusal(reasons)
            item.submission = Submission(envelope=item.envelope, statement=statement, kind=kind)
        except Refusal as refusal:
            item.refusal = Refusal(withheld(refusal.reasons))
        return item

    async def _registered(self, keyids: Collection[str]) -> dict[str, KeyRecord]:
        """Those of the keys that the log has registered."""
        known, unknown = self._cached(keyids)
        if not unknown:
            return known
        async with self._asking:
            # Whoever waited looks again: hundreds that come at once after a start want the same few keys.
            more, unknown = self._cached(unknown)
            if unknown:
                async with self._pool.acquire() as conn:
                    found = await store.fetch_facts(conn, [f"key:{keyid}" for keyid in unknown])
                fetched = {key.removeprefix("key:"): self._kinds.decode(key, raw) for key, raw in found.items()}
                if len(self._keys) > KEY_CACHE_MAX:
                    self._keys.clear()
                self._keys.update(fetched)
                more |= fetched
            return known | more

    def _cached(self, keyids: Collection[str]) -> tuple[dict[str, KeyRecord], list[str]]:
        """What is cached of some keys, and which of them are not."""
        known = {keyid: record for keyid in keyids if (record := self._keys.get(keyid)) is not None}
        return known, [keyid for keyid in keyids if keyid not in known]


def _formed(envelope: Envelope, kinds: Kinds) -> tuple[Statement, Kind]:
    """A statement whose form is right; Refusal with all that is wrong with its form, and with the texts of its body beside it."""
    try:
        return read_statement(envelope, kinds)
    except Refusal as refusal:
        raise Refusal([*refusal.reasons, *check_content(claimed_body(envelope))][:REASON_LIMIT]) from None


def _verify(item: Taken, lookup: Lookup) -> None:
    """Verify signatures; for an act that is refused already, only to know whether its signers are owed a receipt."""
    if item.envelope is None:
        return
    statement = None if item.submission is None else item.submission.statement
    act = claimed_act(item.envelope) if statement is None else ClaimedAct(statement.by, statement.kind, statement.hash)
    if act is None:
        return
    try:
        verify_signatures(item.envelope, act.by, lookup)
        item.signed = act
    except Refusal as refusal:
        item.refusal = item.refusal or refusal


async def _in_turns(work: Callable[[T], R], items: Sequence[T]) -> list[R]:
    """Work through items on this thread, and let others have theirs in between. No threads: all but the signatures holds the interpreter
    lock, and fighting over it costs more than what it lets run side by side."""
    done: list[R] = []
    ends = time.monotonic() + TURN_S
    for item in items:
        done.append(work(item))
        if time.monotonic() >= ends:
            await asyncio.sleep(0)
            ends = time.monotonic() + TURN_S
    return done
