"""Posting statements as a client sees it: admit, wait until it is published, answer with the proof (formats §8).

It also keeps the door of a log that is not founded: nothing but the operator's own ``log.found`` passes.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from typing import Any, Protocol, cast

from msgspec import Struct
from msgspec.structs import replace

from ledger import store
from ledger.admission.refusals import publish_refusals
from ledger.admission.sequencer import Busy
from ledger.admission.statement import read_statement
from ledger.answers import (
    CrewItem,
    FeedEntry,
    FeedPage,
    KeyItem,
    PartyAnswer,
    PartyItem,
    PartyPage,
    Posted,
    SiteItem,
    Waiting,
    filled,
    former_names,
    post_answer,
)
from ledger.batch import HEAD_CODES, Batch, BatchOutcome, NotAdmitted, built_on, stopped
from ledger.caller import Caller, wanted_keys
from ledger.directory import KeyRecord, LogState, PartyState, party_chain
from ledger.kinds.crew import crew_key
from ledger.kinds.founding import LogFound, founding_keys
from ledger.kinds.site import site_key
from ledger.labels import labels
from ledger.log import Answer, Log, LoggedEntry, TurnedDown
from ledger.parties.names import chains_in, folded, parties_in, words_in
from ledger.parties.store import fetch_parties, names_of, search_parties
from ledger.problem import ChainHead, Remedy
from ledger.reading import Page, read_cursor, snapshot, write_cursor
from ledger.store import Conn
from ledger.times import format_at
from ledger.vault.disclosure import PostedEnvelope
from ledger.vault.service import Vault
from signing import b64
from signing.envelope import PAYLOAD_STATEMENT, parse_envelope
from signing.payload import parse
from signing.phrase import Phrase, Word
from signing.refusal import Refusal, refuse

BESIDE_MAX = 1_000  # Sites, crew of one party: its own chain has no more acts (LIANDAN_PARTY_CHAIN_MAX).
SLICE = 256  # Lines of a batch that go to the sequencer together.
BUSY_RETRIES = 20  # A batch waits for room in the queue, a tenth of a second at a time, before it answers that the log is busy.


class Meter(Protocol):
    """What the shell counts."""

    def count_admitted(self, count: int) -> None:
        """New entries."""

    def count_refused(self, codes: Sequence[str]) -> None:
        """One refused statement and its codes."""

    def observe_published(self, seconds: float) -> None:
        """From the arrival of a statement to its published checkpoint."""


Told = Callable[[Conn, Sequence[str], Sequence[str]], Awaitable[dict[str, Word]]]
"""What chains are of in words, as far as one of some parties may know: chains of no package of the floor are not its business."""


Remedies = Callable[[Log, bytes, Collection[str], int], Awaitable[tuple[Remedy, Word] | None]]
"""What may be brought in the place of an envelope that was refused for these codes at that time (Unix seconds), and when that is right."""


async def no_remedies(log: Log, envelope: bytes, codes: Collection[str], now_s: int) -> None:
    """Of a log without packages above it."""


class PartyPlace(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a page of parties ended."""

    uscc: str

    def __post_init__(self) -> None:
        """From outside: the database takes no NUL."""
        if not self.uscc.isprintable():
            raise ValueError("not a place")


class Service:
    """One log behind HTTP."""

    def __init__(
        self, log: Log, meter: Meter, vault: Vault, told: Told, *, origin: str, log_keys: tuple[str, ...], remedies: Remedies = no_remedies
    ) -> None:
        """``told`` says what chains are of, ``remedies`` what to bring for what comes too late; ``origin`` and ``log_keys`` are those of this
        installation's keys: what it will found, or has founded."""
        self.log, self.meter, self.vault, self.origin, self.log_keys = log, meter, vault, origin, log_keys
        self._told, self._remedies = told, remedies
        self._is_founded, self._hour, self._pages = False, "", asyncio.Lock()

    async def post(self, raw: bytes, *, now_s: int | None, wait_s: float) -> Posted | Waiting:
        """Admit one envelope, with disclosures or without, and wait for its publication; raises NotAdmitted and Busy."""
        begun = time.monotonic()
        [offer] = await self.vault.check([raw])
        await self._prepare([offer], now_s)
        [answer] = await self.log.append([offer.envelope], now_s=now_s, refused=[offer.refusal])
        if isinstance(answer, TurnedDown):
            raise await self._turned_down(offer.envelope, answer, now_s)
        self.meter.count_admitted(answer.is_new)
        [lost] = await self.vault.keep([(answer.entry, offer)])
        if lost is not None:
            raise NotAdmitted(TurnedDown(refusal=lost, statement=answer.entry.statement.hash), None)
        receipt = await self._receipt(answer, wait_s)
        if isinstance(receipt, Posted):
            self.meter.observe_published(time.monotonic() - begun)
        return receipt

    async def erase(self, statement: str, field: str, *, now_s: int | None, wait_s: float) -> Posted | Waiting:
        """Erase the value behind a commitment, and answer with the entry that says so; raises Refusal and Busy."""
        answer = await self.vault.erase(statement, field, now_s=now_s)
        self.meter.count_admitted(answer.is_new)
        return await self._receipt(answer, wait_s)

    async def now(self, claimed_s: int | None = None) -> int:
        """The log's present, Unix seconds; of a log that another server has founded meanwhile its clock is learnt first."""
        if not self._is_founded:
            self._founded_by(await self.log.state())
        return await self.log.now(claimed_s)

    def _founded_by(self, state: LogState | None) -> bool:
        """Whether the log is founded, and from then on by which clock."""
        if state is not None:
            self.log.simulated = state.clock == "simulated"
            self._is_founded = True
        return state is not None

    async def receipt_of(self, index: int, wait_s: float) -> Posted | Waiting:
        """The answer to a statement that is entry ``index``, as to one that is posted again."""
        return await self._receipt(LoggedEntry(entry=await self.log.entry_at(index), is_new=False), wait_s)

    async def _receipt(self, answer: LoggedEntry, wait_s: float) -> Posted | Waiting:
        entry = answer.entry
        published = await self.log.publisher.wait_for(entry.index + 1, wait_s)
        if published is None:
            return Waiting(statement=entry.statement.hash, is_new=answer.is_new)
        # On this thread: the tiles are in memory, and a hop to another one costs more than the proof.
        hashes = self.log.publisher.inclusion(entry.index, published.size)
        return post_answer(entry, is_new=answer.is_new, hashes=hashes, note=published.slim)

    async def post_batch(self, raws: Sequence[bytes], *, now_s: int | None, wait_s: float, atomic: bool) -> Batch:
        """Admit envelopes in order, slice by slice; a refused one stops those that build on it and leaves the others unharmed, unless they are
        ``atomic``. Where the log has become busy, nothing behind that is judged: it would be refused for want of what waits."""
        begun = time.monotonic()
        lines: list[BatchOutcome] = []
        for start in range(0, len(raws), SLICE):
            if lines and (busy := lines[-1].busy) is not None:
                lines += [BatchOutcome(busy=busy)] * (len(raws) - start)
                break
            lines += await self._slice(raws[start : start + SLICE], now_s, atomic)
        lines = await self._with_stopped(lines, now_s)
        top = max((line.index + 1 for line in lines if line.index is not None), default=0)
        published = await self.log.publisher.wait_for(top, wait_s) if top else self.log.publisher.published
        if top and published is not None:
            self.meter.observe_published(time.monotonic() - begun)
        return Batch(lines=tuple(lines), published=published)

    async def _slice(self, raws: Sequence[bytes], now_s: int | None, atomic: bool) -> list[BatchOutcome]:
        offers = await self.vault.check(raws)
        envelopes, refused = [offer.envelope for offer in offers], [offer.refusal for offer in offers]
        for attempt in range(BUSY_RETRIES + 1):
            try:
                await self._prepare(offers, now_s)
                answers = await self.log.append(envelopes, now_s=now_s, atomic=atomic, refused=refused)
                break
            except Busy as busy:
                if attempt == BUSY_RETRIES or self.log.publisher.mismatch is not None:
                    return [BatchOutcome(busy=busy)] * len(raws)
                await asyncio.sleep(0.1)
            except Refusal as refusal:
                return [BatchOutcome(refused=NotAdmitted(TurnedDown(refusal=refusal), None))] * len(raws)
        else:
            raise AssertionError("the loop returns or breaks")
        pairs = list(zip(answers, offers, strict=True))
        lost = iter(await self.vault.keep([(answer.entry, offer) for answer, offer in pairs if isinstance(answer, LoggedEntry)]))
        return [await self._line(answer, offer, next(lost) if isinstance(answer, LoggedEntry) else None, now_s) for answer, offer in pairs]

    async def _line(self, answer: Answer, offer: PostedEnvelope, lost: Refusal | None, now_s: int | None) -> BatchOutcome:
        if isinstance(answer, TurnedDown):
            refused = await self._turned_down(offer.envelope, answer, now_s)
            return BatchOutcome(refused=refused, statement=answer.statement or "", envelope=offer.envelope)
        self.meter.count_admitted(answer.is_new)
        name = answer.entry.statement.hash
        if lost is not None:
            return BatchOutcome(refused=NotAdmitted(TurnedDown(refusal=lost, statement=name), None), statement=name)
        return BatchOutcome(index=answer.entry.index, statement=name, is_new=answer.is_new)

    async def _with_stopped(self, lines: list[BatchOutcome], now_s: int | None) -> list[BatchOutcome]:
        """The same, where lines that build on a refused one say so, and have its remedy: only that one has to be dealt with."""
        for number, root in stopped(lines):
            line, cause = lines[number], lines[root].refused
            assert line.refused is not None, "stopped lines are refused"
            assert cause is not None, "what stops them was refused"
            own, codes = line.refused, cause.refusal.codes
            answer = built_on(own.answer, root, codes)
            await self._name(answer)
            remedy = None
            if own.remedy is not None or cause.remedy is not None:
                remedy = await self._remedy(line.envelope, answer, sorted({*codes, *answer.refusal.codes}), now_s)
            lines[number] = replace(line, refused=NotAdmitted(answer, own.head, remedy), stopped_by=root)
        return lines

    async def receipts(self, batch: Batch) -> AsyncIterator[tuple[int, bytes, tuple[bytes, ...]]]:
        """Line number, entry bytes and inclusion hashes of every admitted line, as far as it is published."""
        if batch.published is None:
            return
        wanted = [(number, line.index) for number, line in enumerate(batch.lines) if line.index is not None]
        for start in range(0, len(wanted), SLICE):
            part = wanted[start : start + SLICE]
            entries = await self.log.raw_at([index for _, index in part])
            for number, index in part:
                yield number, entries[index], self.log.publisher.inclusion(index, batch.published.size)

    async def head(self, chain: str) -> ChainHead | None:
        """Head of a chain as committed."""
        head = await self.log.chain_head(chain)
        return None if head is None else ChainHead(chain=chain, seq=head.seq, hash=head.hash, index=head.idx)

    async def party(self, uscc: str, *, is_whole: bool = False) -> PartyAnswer | None:
        """A party, authority or the operator with all keys ever registered for it, of a whole one its sites and crew; None when the log knows no such party."""
        state, party = await self.log.state(), await self.log.chain_head(party_chain(uscc))
        founder = None if state is None else state.founder(uscc)
        if state is None or (founder is None and party is None):
            return None
        own = PartyState(name="") if party is None else cast("PartyState", party.state)
        founding = founding_keys((await self.log.entry_at(0)).statement)
        keyids = [*(keyid for keyid, record in founding.items() if record.uscc == uscc), *own.keys]
        async with self.log.pool.acquire() as conn:
            head = await store.fetch_head(conn)
            raws = await store.fetch_facts(conn, [f"key:{keyid}" for keyid in keyids])
            rows = await fetch_parties(conn, [uscc])
            sites = await self._beside(conn, site_key(uscc, "")) if is_whole else []
            crew = await self._beside(conn, crew_key(uscc, "")) if is_whole else []
        role = "party" if founder is None else "operator" if uscc == state.operator else "authority"
        regions = () if founder is None else founder.regions
        keys = tuple(_key(keyid, self.log.kinds.decode(f"key:{keyid}", raws[f"key:{keyid}"])) for keyid in dict.fromkeys(keyids))
        size = 0 if head is None else head.size
        former = former_names(rows[0]) if rows else ()
        return filled(
            PartyAnswer, founder or own, own, uscc=uscc, role=role, regions=regions, keys=keys, size=size, former=former,
            sites=tuple([filled(SiteItem, site, site=name, plan_class=site.plan_class or "", closed_on=site.closed_on or "") for name, site in sites]),
            crew=tuple([filled(CrewItem, record, crew=name, valid_to=record.valid_to or "") for name, record in crew]),
        )  # fmt: skip

    async def _beside(self, conn: store.Conn, start: str) -> list[tuple[str, Any]]:
        """What a party has registered by ids of its own, with them."""
        found = await store.fetch_facts_within(conn, start, BESIDE_MAX)
        return [(key.rpartition(" ")[2], self.log.kinds.decode(key, raw)) for key, raw in found.items()]

    async def parties(self, part: str | None, since: int, page: Page) -> PartyPage:
        """Parties with a part in their names, whatever widths and blanks it is written with; Refusal QUERY_FORM for nothing but those."""
        wanted = folded(part or "")
        if part is not None and (not wanted or not wanted.isprintable()):
            raise refuse("QUERY_FORM", field="name", found=ascii(part[:60]), expected=Phrase("名称的一部分", "a part of a name"))
        asked = ("parties", wanted, since)
        place = read_cursor(page.cursor, PartyPlace, asked)
        state = await self.log.state()
        async with snapshot(self.log) as now:
            conn = now.workspace.conn
            after = "" if place is None else place.uscc
            rows, following = await search_parties(conn, wanted, since=since, after=after, limit=page.limit)
            size = await store.projected(conn)
        parties = tuple(filled(PartyItem, row, role=_role(state, row.uscc), index=row.idx, former=former_names(row)) for row in rows)
        return PartyPage(size=size, parties=parties, next=None if following is None else write_cursor(PartyPlace(following), asked))

    async def feed(self, caller: Caller, after: int, limit: int) -> FeedPage:
        """Entries behind ``after`` that the caller may see, by the feed's index; Refusal QUERY_FORM for an ``after`` that is no entry yet."""
        published = self.log.publisher.published
        async with self.log.pool.acquire() as conn:
            if caller.reads_all:
                size = 0 if published is None else published.size
                rows = await store.list_entries(conn, start=after + 1, end=min(size, after + 1 + limit)) if after + 1 < size else []
            else:
                size = await store.projected(conn)
                found = await store.list_feed(conn, wanted_keys(caller), after=after, end=size, limit=limit)
                rows = await store.fetch_entries_at(conn, found) if found else []
            head = None if after < size else await store.fetch_head(conn)
        if after >= max(size, 0 if head is None else head.size):
            raise refuse(
                "QUERY_FORM",
                field="after",
                found=after,
                expected=Phrase(f"上一页答复的 next，小于 {size}", f"next of the page before, less than {size}"),
            )
        entries = tuple(FeedEntry(index=row.idx, entry=b64.encode(row.entry)) for row in rows)
        return FeedPage(entries=entries, next=rows[-1].idx if len(rows) == limit else max(after, size - 1), size=size)

    async def _turned_down(self, raw: bytes, answer: TurnedDown, now_s: int | None) -> NotAdmitted:
        self.meter.count_refused(answer.refusal.codes)
        await self._name(answer)
        head = None
        if HEAD_CODES & set(answer.refusal.codes):
            head = await self.head(str(parse(parse_envelope(raw, payload_type=PAYLOAD_STATEMENT).body)["chain"]))
        return NotAdmitted(answer, head, await self._remedy(raw, answer, answer.refusal.codes, now_s))

    async def _remedy(self, raw: bytes, answer: TurnedDown, codes: Sequence[str], now_s: int | None) -> tuple[Remedy, Word] | None:
        """Of what somebody has validly signed; of anything else nothing is said."""
        if answer.act is None:
            return None
        return await self._remedies(self.log, raw, codes, await self.log.now(now_s))

    async def _name(self, answer: TurnedDown) -> None:
        """Find what the texts of a refusal name: parties, fields of the act, and of chains what they are of, as far as its signers may know."""
        refusal, act, known = answer.refusal, answer.act, dict[str, Word]()
        if act is not None and (kind := self.log.kinds.by_name.get(act.kind)) is not None:
            refusal.labels = labels(kind.body)
        said = words_in(refusal.reasons)
        if act is not None and (chains := chains_in(said)):
            async with self.log.pool.acquire() as conn:
                known = await self._told(conn, chains, act.by)
        if parties := parties_in([*said, *known.values()]):
            async with self.log.pool.acquire() as conn:
                known |= await names_of(conn, parties)
        refusal.names = known

    # ------------------------------------------------------------------ before a statement goes to the sequencer

    async def _prepare(self, offers: Sequence[PostedEnvelope], now_s: int | None) -> None:
        if not self._is_founded:
            await self._check_founding([offer.envelope for offer in offers])
        if self.log.simulated and self._is_founded and now_s is not None:
            await self._close_hour(now_s)

    async def _check_founding(self, raws: Sequence[bytes]) -> None:
        """Refuse everything but the operator's ``log.found`` with the keys of this installation, until the log is founded."""
        if self._founded_by(await self.log.state()):
            return
        statement, _ = read_statement(parse_envelope(raws[0], payload_type=PAYLOAD_STATEMENT), self.log.kinds)
        body = statement.body
        if not isinstance(body, LogFound) or len(raws) > 1:
            raise refuse("FOUNDING_ONLY", field="kind", found=statement.kind, expected=Phrase("只有 log.found/1", "log.found/1 alone"))
        if (body.origin, body.log_keys) != (self.origin, self.log_keys):
            raise refuse(
                "FOUNDING_ONLY",
                field="body.log_keys",
                found=body.origin,
                expected=Phrase(f"{self.origin}，且为本服务的密钥", f"{self.origin} with the keys of this server"),
            )
        if self.log.operator_key.keyid not in statement.keyids:
            raise refuse("FOUNDING_ONLY", field="signatures", found=statement.keyids[0], expected=self.log.operator_key.keyid)
        self.log.simulated = body.clock == "simulated"

    async def _close_hour(self, now_s: int) -> None:
        """Name the refusals of the hours before the simulated present, in the order of the story: simulated logs have no such job."""
        hour = format_at(now_s)[:13]
        async with self._pages:
            if hour > self._hour:
                await publish_refusals(self.log, await self.log.now(now_s))
                self._hour = hour


def _role(state: LogState | None, uscc: str) -> str:
    founder = None if state is None else state.founder(uscc)
    return "party" if founder is None or state is None else "operator" if uscc == state.operator else "authority"


def _key(keyid: str, record: KeyRecord) -> KeyItem:
    until = None if record.until_s is None else format_at(record.until_s)
    return filled(KeyItem, record, keyid=keyid, spki=b64.encode(record.spki), until=until)
