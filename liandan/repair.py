"""The ways on after a freeze (``liandan log cut``) and after a database was restored from a backup (``liandan log refill``; design §5).

A cut goes in two steps around the signatures of all authorities. Step 1 says what it would do and writes the statement to sign. Step 2, with
the server stopped, cuts the database back to what was promised, appends the signed ``log.cut`` and brings the untouched statements of the
tail back. Killed anywhere, step 2 is repeated. A refill brings the database forward to what was promised, with the server stopped.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

from asyncpg import Connection, Record
from msgspec import Struct
from msgspec.structs import replace

from ledger import store
from ledger.admission.admit import verify_signatures
from ledger.admission.entry import read_entry
from ledger.admission.statement import Draft, read_statement
from ledger.directory import LOG_MAIN, KeyRecord
from ledger.kinds.cut import LogCut
from ledger.log import Log, LoggedEntry
from ledger.model import Statement
from ledger.publishing.checkpoint_store import CheckpointStore, Promise
from ledger.publishing.files import CHECKPOINT, LogFiles
from ledger.repair import cut as parts
from ledger.repair import refill as filling
from ledger.repair.refill import PART, Progress, Restored
from ledger.times import format_at
from ledger.tree.checkpoint import open_checkpoint
from ledger.tree.tiles import Read
from liandan.database import check_schema, list_quarantined
from liandan.export import reader_of
from liandan.installation import alone, open_offline, remembered_log
from liandan.keyring import ServerKeys, read_keyring
from liandan.server import assemble
from liandan.settings import Settings
from liandan.wiring import KINDS
from signing.envelope import PAYLOAD_STATEMENT, Envelope, freeze, parse_envelope
from signing.phrase import Phrase
from signing.refusal import Refusal, refuse

SLICE = 256
PUBLISH_S = 5.0
"""How long to wait for the checkpoint; mirrors fetch over HTTP, so with them it comes when the server runs again."""


class Prepared(Struct, frozen=True, kw_only=True):
    """What a cut would do, and the statement that everybody signs."""

    plan: parts.CutPlan
    envelope: Envelope
    """``log.cut/1``, signed by the operator so far."""
    yet_to_sign: tuple[str, ...]
    cut_entries: int


class Back(Struct, frozen=True, kw_only=True):
    """What became of one statement of the tail: its new index, or why it did not come back."""

    old_index: int
    statement: str
    index: int | None = None
    codes: tuple[str, ...] = ()


class CutReport(Struct, frozen=True, kw_only=True):
    """What a cut did."""

    size: int
    index: int
    """Index of ``log.cut``."""
    back: tuple[Back, ...]
    published: int

    @property
    def lost(self) -> tuple[Back, ...]:
        """What must be brought again by its senders."""
        return tuple(one for one in self.back if one.index is None)


async def prepare(settings: Settings, *, now_s: int | None = None, keyring: ServerKeys | None = None) -> Prepared:
    """Look at the tail without touching anything; Mismatch if there is nothing to cut back to, Refusal CUT_NOTHING if there is no tail. ``now_s`` for a simulated log."""
    keys = keyring or read_keyring(settings)
    async with open_offline(settings) as (connection, checkpoints, files):
        plan = await parts.plan(connection, checkpoints, files, KINDS)
        head = await store.fetch_head(connection)
        log = remembered_log(checkpoints)
    authorities = tuple(one.uscc for one in log.authorities)
    by, at = (log.operator, *authorities), format_at(int(time.time()) if now_s is None else now_s)
    draft = Draft(kind="log.cut/1", chain=LOG_MAIN, seq=plan.seq, prev=plan.prev, by=by, at=at, body=plan.body)
    size = plan.body.size if head is None else head.size
    return Prepared(plan=plan, envelope=draft.sign([keys.operator]), yet_to_sign=authorities, cut_entries=size - plan.body.size)


async def apply(settings: Settings, signed: bytes, *, now_s: int | None = None, keyring: ServerKeys | None = None) -> CutReport:
    """Cut, append ``log.cut``, bring the tail back; raises Refusal (CUT_SERVER_RUNS, CUT_CHANGED, those of signatures) and Mismatch."""
    envelope = parse_envelope(signed.strip(), payload_type=PAYLOAD_STATEMENT)
    statement, _ = read_statement(envelope, KINDS)
    if not isinstance(statement.body, LogCut):
        raise refuse("CUT_CHANGED", field="kind", found=statement.kind, expected="log.cut/1")
    async with open_offline(settings) as (connection, checkpoints, files):
        with alone(checkpoints, "CUT_SERVER_RUNS"):
            _check_signed(envelope, statement, checkpoints)
            if not await _is_cut(connection, checkpoints, files, statement.body):
                await _cut(connection, checkpoints, files, statement.body)
            tail = await list_quarantined(connection, statement.body.size)
    async with assemble(replace(settings, publisher="task"), keyring=keyring) as running:
        return await _bring_back(running.service.log, envelope, statement.body, tail, now_s)


def _check_signed(envelope: Envelope, statement: Statement, checkpoints: CheckpointStore) -> None:
    """Everybody has signed with a key that the publisher's memory knows: a cut that could not be appended is never begun."""
    log = remembered_log(checkpoints)
    everyone = (log.operator, *(one.uscc for one in log.authorities))
    if statement.by != everyone or len(envelope.signatures) != len(everyone):
        raise refuse("SIGNATURE_COUNT", field="signatures", found=len(envelope.signatures), expected=", ".join(everyone))

    def lookup(keyid: str) -> KeyRecord | None:
        raw = checkpoints.shadow_value(f"key:{keyid}")
        record: KeyRecord | None = None if raw is None else KINDS.decode(f"key:{keyid}", raw)
        return record

    verify_signatures(envelope, statement.by, lookup)
    for uscc, keyid in zip(statement.by, statement.keyids, strict=True):
        record = lookup(keyid)
        if record is None or record.uscc != uscc:
            raise refuse("KEY_OTHER_PARTY", field=keyid, found="" if record is None else record.uscc, expected=uscc)


async def _is_cut(connection: Connection[Record], checkpoints: CheckpointStore, files: LogFiles, body: LogCut) -> bool:
    """Whether an earlier run has cut already: the head stands at that size with its tail kept, or the log has gone on from there."""
    promise, head = checkpoints.read(), await store.fetch_head(connection)
    if promise is None or head is None or files.read(f"data/{body.tail}") is None:
        return False
    has_quarantine = bool(await list_quarantined(connection, body.size))
    return has_quarantine and (promise.size > body.size or head.size == body.size or await _is_next(connection, body.size))


async def _is_next(connection: Connection[Record], size: int) -> bool:
    """Whether the first entry above the size is a ``log.cut``: appended by a run that was killed before its publication."""
    rows = await store.list_entries(connection, start=size, end=size + 1)
    try:
        return bool(rows) and isinstance(read_entry(rows[0].entry, KINDS).statement.body, LogCut)
    except Refusal:
        return False


async def _cut(connection: Connection[Record], checkpoints: CheckpointStore, files: LogFiles, body: LogCut) -> None:
    plan = await parts.plan(connection, checkpoints, files, KINDS)
    if plan.body != body:
        found = f"size {plan.body.size}, tail {plan.body.tail[:16]}"
        raise refuse(
            "CUT_CHANGED",
            field="body",
            found=found,
            expected=Phrase(f"{body.size} 条，末尾 {body.tail[:16]}", f"size {body.size}, tail {body.tail[:16]}"),
        )
    await parts.apply(connection, checkpoints, files, plan)


async def _bring_back(log: Log, envelope: Envelope, body: LogCut, tail: Sequence[tuple[int, bytes]], now_s: int | None) -> CutReport:
    [answer] = await log.append([freeze(envelope)], now_s=now_s)
    if not isinstance(answer, LoggedEntry):
        raise answer.refusal
    back = [_told(index, raw) for index, raw in tail]
    coming = [(at, found) for at, (found, _) in enumerate(back) if found is not None]
    for start in range(0, len(coming), SLICE):
        part = coming[start : start + SLICE]
        for (at, _), one in zip(part, await log.append([raw for _, raw in part], now_s=now_s), strict=True):
            raw, told = back[at]
            index, codes = (one.entry.index, ()) if isinstance(one, LoggedEntry) else (None, tuple(one.refusal.codes))
            back[at] = raw, replace(told, index=index, codes=codes)
    head = await log.head()
    await log.publisher.wait_for(0 if head is None else head.size, PUBLISH_S)
    published = 0 if log.publisher.published is None else log.publisher.published.size
    return CutReport(size=body.size, index=answer.entry.index, back=tuple(told for _, told in back), published=published)


def _told(index: int, raw: bytes) -> tuple[bytes | None, Back]:
    """The frozen envelope to post again, or None with the reason; what is no longer as written is not posted."""
    try:
        entry = read_entry(raw, KINDS)
    except Refusal as refusal:
        return None, Back(old_index=index, statement="", codes=tuple(refusal.codes))
    code = "ENTRY_FORM" if entry.index != index else "CUT_SIGN_ANEW" if entry.statement.chain_type == "log" else ""
    told = Back(old_index=index, statement=entry.statement.hash, codes=(code,) if code else ())
    return None if code else freeze(entry.envelope), told


class Refilled(Struct, frozen=True, kw_only=True):
    """What a refill did."""

    size: int
    """Promised entries, all of which are in the database now."""
    added: int
    replaced: tuple[int, ...]
    """Indices of entries that were not as published."""
    links: int
    """Places put back or removed."""
    above: int
    """Entries above the promised size, which are left as they are."""


async def refill(settings: Settings, source: Path | None, progress: Progress, *, part: int = PART) -> Refilled:
    """Check the source, then put back what the database lacks; ``source`` None takes the published files of this installation. ``progress``
    counts every entry twice: checked, written. Raises Refusal: REFILL_SERVER_RUNS, REFILL_PROMISE, REFILL_AHEAD, REFILL_SOURCE,
    SCHEMA_REVISION.
    """
    async with open_offline(settings) as (connection, checkpoints, files):
        with alone(checkpoints, "REFILL_SERVER_RUNS"):
            await check_schema(connection)
            # The newest promise, with the publisher's memory of just that size.
            promise, remembered = checkpoints.read(), checkpoints.shadow_size()[0]
            if promise is None or promise.size == 0 or remembered != promise.size:
                found = f"{remembered} / {0 if promise is None else promise.size}"
                raise refuse("REFILL_PROMISE", field=str(checkpoints.path), found=found, expected="> 0")
            read = files.read if source is None else reader_of(source)
            if source is None and (staged := files.read_staged(promise.size, promise.digest)) is not None:
                # Left by a publisher that died between promise and publication (ledger/publishing/publisher.py, ``after_swap``).
                files.unpack(staged)
            _check_note(checkpoints, promise, read)
            check, checked = filling.check_source, lambda done, of: progress(done, 2 * of)
            edges = await asyncio.to_thread(check, promise.size, promise.root, read, checked, part=part)
            done, at = Restored(), 0
            pieces = filling.checked_parts(edges, read, part=part)
            while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
                raws, edge = piece
                done += await filling.restore(connection, KINDS, raws, at)
                at = edge.size
                progress(promise.size + at, 2 * promise.size)
            _, at_s = checkpoints.shadow_size()
            removed, above = await filling.conclude(connection, KINDS, edges[-1], checkpoints.shadow(), at_s)
            await store.analyze(connection)  # the planner would believe in the tables of the backup
    return Refilled(size=promise.size, added=done.added, replaced=done.replaced, links=done.links + removed, above=above)


def _check_note(checkpoints: CheckpointStore, promise: Promise, read: Read) -> None:
    """A source that shows a checkpoint shows one of this log, and none beyond the promise: then the store was restored as well."""
    note = read(CHECKPOINT)
    if note is None:
        return
    try:
        shown = open_checkpoint(note, remembered_log(checkpoints).log_keys).checkpoint
    except Refusal as refusal:
        raise refuse(
            "REFILL_SOURCE", field=CHECKPOINT, found=", ".join(refusal.codes), expected=Phrase("本账本的检查点", "a checkpoint of this log")
        ) from refusal
    if shown.size > promise.size:
        raise refuse(
            "REFILL_AHEAD", field=CHECKPOINT, found=f"size {shown.size}", expected=Phrase(f"至多 {promise.size}", f"at most {promise.size}")
        )
