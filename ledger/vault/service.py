"""The vault as a service: check disclosures before admission, keep them after it, show them to few, erase them for ever (formats §7).

Order of erasing: the entry ``pd.erase`` is admitted, then the key is destroyed, then the ciphertext is taken away. What a crash interrupts,
``settle`` finishes at the next start: it reads every erasure from the log, so a restored key store forgets again too.
Values and salts are in no log line, no exception and no query; PostgreSQL sees ciphertext.
"""

import asyncio
import os
from collections.abc import Iterable, Mapping, Sequence
from functools import partial

import structlog
from msgspec import Struct

from ledger import store as ledger_store
from ledger.admission.entry import Entry
from ledger.admission.statement import Draft, read_statement
from ledger.caller import Caller
from ledger.chain import genesis_prev
from ledger.kinds.erasure import LOG_ERASURES, PdErase, erasure_key
from ledger.log import Log, LoggedEntry
from ledger.model import Statement
from ledger.times import format_at
from ledger.vault import store
from ledger.vault.disclosure import NONCE_BYTES, Disclosure, PostedEnvelope, check, seal, take_apart, unseal
from ledger.vault.keys import KeyStore, Place
from signing.b64 import encode
from signing.envelope import PAYLOAD_STATEMENT, freeze, is_digest, parse_envelope
from signing.phrase import Phrase
from signing.refusal import Reason, Refusal, refuse

log = structlog.get_logger("ledger.vault")

TRIES = 5  # another process may take the next place on ``log/erasures`` first


class Opening(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One commitment and what is known behind it: ``held`` with salt and value, ``erased``, ``absent`` (never shown), ``unreadable``."""

    statement: str
    field: str
    commitment: str
    state: str
    salt: str = ""  # Base64 of 32 bytes: with it the reader computes the commitment himself
    value: str = ""

    def __repr__(self) -> str:
        """Place and state, never what was shown."""
        return f"Opening({self.statement!r}, {self.field!r}, {self.state!r})"


class Vault:
    """Personal data of one log. Ciphertext lies in PostgreSQL, keys in ``keys``."""

    def __init__(self, ledger: Log, keys: KeyStore) -> None:
        self._log, self._keys = ledger, keys
        self._erasing = asyncio.Lock()

    async def check(self, raws: Sequence[bytes]) -> list[PostedEnvelope]:
        """Take requests apart and compare every disclosure with its commitment; what is wrong stands in ``refusal``."""
        offers = [take_apart(raw) for raw in raws]
        if not any(offer.disclosures for offer in offers):
            return offers
        state = await self._log.state()
        digests = [one.digest for offer in offers for one in offer.disclosures]
        async with self._log.pool.acquire() as conn:
            owners = await store.fetch_owners(conn, digests)
        found = "" if state is None else state.found
        return [self._checked(offer, found, owners) if offer.disclosures else offer for offer in offers]

    def _checked(self, offer: PostedEnvelope, found: str, owners: dict[bytes, Place]) -> PostedEnvelope:
        """One offer; ``owners`` learns the salts it brings, so that the next in the batch cannot use them again."""
        try:
            statement, _ = read_statement(parse_envelope(offer.envelope, payload_type=PAYLOAD_STATEMENT), self._log.kinds)
        except Refusal:
            return offer  # admission refuses it for its form
        reasons = check(offer.disclosures, commitments(statement), found, statement.chain, statement.seq)
        for position, one in enumerate(offer.disclosures):
            place = (statement.hash, one.field)
            if owners.setdefault(one.digest, place) != place:
                reasons.append(
                    Reason("SALT_SEEN", f"disclosures.{position}.salt", expected=Phrase("新生成的 32 字节随机数", "32 new random bytes"))
                )
        return PostedEnvelope(offer.envelope, offer.disclosures, Refusal(reasons)) if reasons else offer

    async def keep(self, admitted: Sequence[tuple[Entry, PostedEnvelope]]) -> list[Refusal | None]:
        """Encrypt and store what came with admitted statements; erased values are passed over. Follows ``pd.erase`` entries too.

        A refusal (SALT_SEEN) only when another process took the same salt at the same moment: the statement stands, its value is not kept.
        """
        erased = [_erased(entry) for entry, _ in admitted if entry.statement.kind == "pd.erase/1"]
        if erased:
            await self._destroy(erased)
        brought = [(entry.statement, one) for entry, offer in admitted for one in offer.disclosures]
        if not brought:
            return [None] * len(admitted)
        keys = await asyncio.to_thread(self._keys.obtain, [(statement.hash, one.field) for statement, one in brought])
        rows = []
        for statement, one in brought:
            key = keys.get((statement.hash, one.field))
            if key is not None:
                nonce = os.urandom(NONCE_BYTES)
                sealed = seal(key, nonce, statement.hash, one)
                rows.append(store.DisclosureRow(statement.hash, one.field, statement.chain, statement.seq, nonce, sealed, one.digest))
        async with self._log.pool.acquire() as conn:
            await store.insert_disclosures(conn, rows)
            owners = await store.fetch_owners(conn, [row.salt_digest for row in rows])
        return [_lost(entry, offer, owners) for entry, offer in admitted]

    async def sealed(self, name: str, disclosures: Sequence[Disclosure]) -> list[tuple[str, bytes, bytes]]:
        """What is kept beside the log for a while (contacts of registrations), encrypted: (field, nonce, ciphertext); ``name`` as a statement hash
        would be. A name and field that was destroyed once is sealed no more."""
        keys = await asyncio.to_thread(self._keys.obtain, [(name, one.field) for one in disclosures])
        found = []
        for one in disclosures:
            if (key := keys.get((name, one.field))) is not None:
                nonce = os.urandom(NONCE_BYTES)
                found.append((one.field, nonce, seal(key, nonce, name, one)))
        return found

    async def unsealed(self, name: str, rows: Sequence[tuple[str, bytes, bytes]]) -> list[Disclosure]:
        """The same opened again; what nobody can open any more is left out. Who may see it is judged, and noted, by the caller."""
        keys = await asyncio.to_thread(self._keys.fetch, [(name, field) for field, _, _ in rows])
        opened = (unseal(key, nonce, raw, name, field) for field, nonce, raw in rows if (key := keys.get((name, field))) is not None)
        return [one for one in opened if one is not None]

    async def destroy(self, places: Sequence[Place]) -> None:
        """Destroy keys of what was sealed beside the log: it is erased, from every copy of the database."""
        await asyncio.to_thread(self._keys.destroy, places)

    async def chain_of(self, statement: str) -> str:
        """Chain of a statement of which something was disclosed; Refusal NOT_FOUND. Not to be told to those who may not read."""
        rows = []
        if is_digest(statement):
            async with self._log.pool.acquire() as conn:
                rows = await store.list_of_statement(conn, statement)
        if not rows:
            raise refuse("NOT_FOUND", field="statement", found=statement)
        return rows[0].chain

    async def read(self, chain: str, reader: Caller, *, statement: str | None = None) -> tuple[Opening, ...]:
        """Every commitment on a chain (or of one statement on it) with what is behind it. Whether ``reader`` may is judged by the caller."""
        # Each reading leaves a line in the server's log: who, which fields, never what.
        entries = [entry for entry in await self._log.chain_entries(chain) if statement in (None, entry.statement.hash)]
        async with self._log.pool.acquire() as conn:
            rows = {(row.statement, row.field): row for row in await store.list_of_chain(conn, chain)}
            places = [(entry.statement.hash, field) for entry in entries for field in commitments(entry.statement)]
            erased = await ledger_store.fetch_facts(conn, [erasure_key(*place) for place in places])
        keys = await asyncio.to_thread(self._keys.fetch, places)
        openings = tuple(
            _opening((entry.statement.hash, field), commitment, rows, keys, erased)
            for entry in entries
            for field, commitment in sorted(commitments(entry.statement).items())
        )
        shown = [f"{one.statement} {one.field}" for one in openings if one.state == "held"]
        log.info("disclosures_read", chain=chain, reader=reader.uscc, role=reader.role, keyid=reader.keyid, shown=shown)
        return openings

    async def erase(self, statement: str, field: str, *, now_s: int | None = None) -> LoggedEntry:
        """Record the erasure on ``log/erasures``, signed by the operator's key, then destroy the key. Again: the first entry.

        Raises Refusal (NOT_FOUND, DISCLOSURE_UNKNOWN) and sequencer.Busy.
        """
        async with self._erasing:
            earlier = await self._erasure(statement, field)
            if earlier is None:
                await self._must_be_committed(statement, field)
                earlier = await self._append(PdErase(statement, field), now_s)
            await self._destroy([(statement, field)])
        log.info("disclosure_erased", statement=statement, field=field, index=earlier.entry.index)
        return earlier

    async def _erasure(self, statement: str, field: str) -> LoggedEntry | None:
        async with self._log.pool.acquire() as conn:
            found = await ledger_store.fetch_facts(conn, [erasure_key(statement, field)])
        if not found:
            return None
        record = self._log.kinds.decode(*found.popitem())
        return LoggedEntry(entry=await self._log.entry_at(record.idx), is_new=False)

    async def _must_be_committed(self, statement: str, field: str) -> None:
        index = None
        if is_digest(statement):
            async with self._log.pool.acquire() as conn:
                index = await store.find_statement(conn, statement)
        if index is None:
            raise refuse("NOT_FOUND", field="statement", found=statement)
        committed = commitments((await self._log.entry_at(index)).statement)
        if field not in committed:
            raise refuse("DISCLOSURE_UNKNOWN", field="field", expected=", ".join(sorted(committed)) or "-")

    async def _append(self, body: PdErase, now_s: int | None) -> LoggedEntry:
        for attempt in range(TRIES):
            [answer] = await self._log.append([await self._sign(body, now_s)], now_s=now_s)
            if isinstance(answer, LoggedEntry):
                return answer
            if attempt == TRIES - 1 or not {"CHAIN_CONFLICT", "PREV_MISMATCH"} & set(answer.refusal.codes):
                raise answer.refusal
        raise AssertionError("the loop returns or raises")

    async def _sign(self, body: PdErase, now_s: int | None) -> bytes:
        state, head = await self._log.state(), await self._log.chain_head(LOG_ERASURES)
        assert state is not None, "a statement was found, so the log is founded"
        seq, prev = (0, genesis_prev(state.found, LOG_ERASURES)) if head is None else (head.seq + 1, head.hash)
        at = format_at(await self._log.now(now_s))
        draft = Draft(kind="pd.erase/1", chain=LOG_ERASURES, seq=seq, prev=prev, by=(state.operator,), at=at, body=body)
        return freeze(draft.sign([self._log.operator_key]))

    async def _destroy(self, places: Sequence[Place]) -> int:
        destroyed = await asyncio.to_thread(self._keys.destroy, places)
        async with self._log.pool.acquire() as conn:
            await store.blank(conn, places)
        return destroyed

    async def settle(self) -> int:
        """Destroy whatever the log says is erased; returns how many keys were still there. At every start, before anything is served."""
        seq, destroyed = 0, 0
        while True:
            async with self._log.pool.acquire() as conn:
                rows = await store.list_erasures(conn, from_seq=seq)
            if not rows:
                return destroyed
            destroyed += await self._destroy([_erased(entry) for entry in await self._log.entries_at([index for _, index in rows])])
            seq = rows[-1][0] + 1


def commitments(statement: Statement) -> Mapping[str, str]:
    """``body.commit`` of any kind that has one."""
    found: Mapping[str, str] = getattr(statement.body, "commit", {})
    return found


def _erased(entry: Entry) -> Place:
    body: PdErase = entry.statement.body
    return body.statement, body.field


def _lost(entry: Entry, offer: PostedEnvelope, owners: Mapping[bytes, Place]) -> Refusal | None:
    """Salts that somebody else stored between our check and our writing."""
    places = [(owners.get(one.digest), (entry.statement.hash, one.field)) for one in offer.disclosures]
    lost = [position for position, (owner, place) in enumerate(places) if owner is not None and owner != place]
    return Refusal(Reason("SALT_SEEN", f"disclosures.{position}.salt") for position in lost) if lost else None


def _opening(
    place: Place, commitment: str, rows: Mapping[Place, store.DisclosureRow], keys: Mapping[Place, bytes], erased: Iterable[str]
) -> Opening:
    (statement, field), row, key = place, rows.get(place), keys.get(place)
    opening = partial(Opening, statement=statement, field=field, commitment=commitment)
    if erasure_key(*place) in erased:
        return opening(state="erased")
    if row is None or row.nonce is None or row.ciphertext is None:
        return opening(state="absent")
    opened = None if key is None else unseal(key, row.nonce, row.ciphertext, *place)
    if opened is None:
        log.error("disclosure_unreadable", statement=statement, field=field, has_key=key is not None)
        return opening(state="unreadable")
    return opening(state="held", salt=encode(opened.salt), value=opened.value)
