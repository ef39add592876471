"""The relay (会签): take a statement that lacks signatures, show it to those named in it, collect theirs, hand it on when the last is there.

One row is the whole state, and every step is a change of it under its lock; what a step tells others is written in the same transaction. No
step takes a second connection while it holds one.
"""

from __future__ import annotations

from time import monotonic
from typing import Annotated, Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.admit import FUTURE_S, WINDOW_S
from ledger.admission.content import check_content, withheld
from ledger.admission.form import request_reasons
from ledger.admission.personality import Window
from ledger.admission.sequencer import Busy
from ledger.admission.signers import judge_keys_used
from ledger.answers import Posted, Waiting
from ledger.caller import Caller
from ledger.directory import LATE_MAX_S
from ledger.fields import Text, label
from ledger.kinds.adoption import missing_files
from ledger.model import Moment
from ledger.parties.store import names_of
from ledger.pending import store
from ledger.pending.answers import PendingAnswer, PendingPage, pending_answer, title_of
from ledger.pending.model import PER_PARTY_MAX, Outlook, PendingRow
from ledger.pending.outlook import Awaited, kinds_of, look, partial_of, records_of
from ledger.pending.partial import Partial, places, read_partial
from ledger.pending.posting import Posting
from ledger.problem import Language
from ledger.publishing.crashpoints import crash_point
from ledger.reading import Page, Snapshot, read_cursor, snapshot, write_cursor
from ledger.store import Conn
from signing.envelope import Signature, is_digest
from signing.payload import parse
from signing.phrase import Phrase
from signing.refusal import Reason, Refusal, refuse

DAY_S = 24 * 3600
TAKEN_AT_ONCE = 32  # Complete statements that a worker takes at a time.


class Declining(Struct, frozen=True, forbid_unknown_fields=True):
    """Why somebody will not sign."""

    reason: Annotated[Text, label("理由", "reason")]


class PendingPlace(Struct, frozen=True):
    """Where a page of pending statements ended."""

    taken_s: int
    statement: str

    def __post_init__(self) -> None:
        """From outside."""
        if not (is_digest(self.statement) and 0 <= self.taken_s < 2**53):
            raise ValueError("not a place")


class Relay:
    """The pending statements of one log."""

    def __init__(self, posting: Posting) -> None:
        """``posting`` is what posts them."""
        self._posting, self._service, self._log = posting, posting.service, posting.service.log

    # ------------------------------------------------------------------ what a signer does

    async def offer(self, caller: Caller, raw: bytes, language: Language, *, now_s: int | None, wait_s: float) -> PendingAnswer:
        """Take an envelope with some of its signatures, or add its signatures to what is there; posted when none is missing. Refusal with what
        is wrong with it, PENDING_…; NotAdmitted where the log refuses the whole."""
        partial = self._read(raw)
        statement = partial.statement
        if caller.uscc not in statement.by:
            raise refuse("PENDING_STRANGER", field="by", found=", ".join(statement.by), expected=caller.uscc)
        present_s = await self._service.now(now_s)
        async with snapshot(self._log) as now:
            await self._may(now.workspace.conn, caller, statement.kind)
            known = await store.fetch(now.workspace.conn, statement.hash)
            records = await records_of(now.workspace, [signature.keyid for signature in partial.envelope.signatures])
            signed = places(partial, records)
            seen = Awaited(partial, *((now.size, None) if known is None else (known.size, known.foreseen)))
            [outlook] = await look(now.workspace, self._log.kinds, [seen], now.size, present_s)
            if outlook.entered is None:
                self._check_keys(partial, signed, now, present_s)
        ends_s = _ends(partial, present_s)
        if outlook.entered is None and ends_s < present_s and (known is None or known.ends_s < present_s):
            raise refuse(
                "PENDING_OVER", field="at", found=statement.at, expected=Phrase("未到期的声明", "a statement whose window is open")
            )
        if outlook.entered is None and (known is None or _adds(known, signed)):
            self._spend(caller)
        row = await self._put(caller, partial, signed, outlook, known, now.size, present_s, ends_s)
        return await self._went_on(row, outlook, language, now_s, wait_s)

    async def withdraw(self, caller: Caller, name: str, *, now_s: int | None) -> None:
        """Take one's own signature back, before the last has signed; without any signature left the statement is forgotten. Refusal PENDING_…"""
        present_s = await self._service.now(now_s)
        async with self._log.pool.acquire() as conn, conn.transaction():
            row = await self._own(conn, caller, name, present_s)
            if row.state in ("complete", "entered"):
                raise refuse("PENDING_COMPLETE", field="statement", found=name)
            place = row.signers.index(caller.uscc)
            if not row.keyids[place]:
                raise refuse("PENDING_UNSIGNED", field="statement", found=caller.uscc)
            self._spend(caller)
            without = _without(row, place)
            if not any(without.keyids):
                await store.delete(conn, name)
            else:
                state = "waiting" if row.state == "refused" else row.state
                values = {"keyids": list(without.keyids), "sigs": list(without.sigs), "withdrawn": list(without.withdrawn), "state": state}
                await store.change(conn, name, **values, changed_s=present_s)
            await self._posting.say(conn, without, "withdrawn", caller.uscc, present_s)

    async def decline(self, caller: Caller, name: str, raw: bytes, language: Language, *, now_s: int | None) -> PendingAnswer:
        """Say no, with a reason; one's own signature goes with it, and nobody signs any more. Refusal PENDING_…, PERSONAL_DATA."""
        reason = _read_reason(raw)
        present_s = await self._service.now(now_s)
        async with self._log.pool.acquire() as conn, conn.transaction():
            row = await self._own(conn, caller, name, present_s)
            if row.state in ("complete", "entered"):
                raise refuse("PENDING_COMPLETE", field="statement", found=name)
            if row.state == "declined" and row.told_by != caller.uscc:
                raise refuse("PENDING_DECLINED", field="statement", found=row.told_by)
            if (row.state, row.reason) != ("declined", reason):
                self._spend(caller)
                row = _without(row, row.signers.index(caller.uscc))
                said = {"state": "declined", "told_by": caller.uscc, "reason": reason, "changed_s": present_s}
                await store.change(conn, name, keyids=list(row.keyids), sigs=list(row.sigs), **said)
                row = replace(row, state="declined", told_by=caller.uscc, reason=reason)
                await self._posting.say(conn, row, "declined", caller.uscc, present_s)
        return await self.read(caller, name, language, now_s=now_s, wait_s=0.0)

    async def read(self, caller: Caller, name: str, language: Language, *, now_s: int | None, wait_s: float) -> PendingAnswer:
        """One of them, with its envelope; what became of it, for as long as its window is open. Refusal PENDING_UNKNOWN."""
        present_s = await self._service.now(now_s)
        async with snapshot(self._log) as now:
            row = await self._own(now.workspace.conn, caller, name, present_s, is_locked=False)
            outlook = await self._posting.outlook(now, row, present_s)
        return await self._answer(row, outlook, language, wait_s)

    async def list_for(
        self, caller: Caller, as_: str | None, unsigned: bool | None, page: Page, language: Language, *, now_s: int | None
    ) -> PendingPage:
        """Those that name the caller's party, or of them those that it signs for another (``as_``). A key for some kinds sees these alone."""
        present_s = await self._service.now(now_s)
        asked = ("pending", caller.uscc, as_, unsigned)
        place = read_cursor(page.cursor, PendingPlace, asked)
        after = (-1, "") if place is None else (place.taken_s, place.statement)
        principal = None if as_ in (None, caller.uscc) else as_
        async with snapshot(self._log) as now:
            conn = now.workspace.conn
            kinds = await kinds_of(conn, self._log.kinds, caller.keyid)
            rows = await store.list_for(
                conn, caller.uscc, principal=principal, kinds=kinds or None, unsigned=unsigned, now_s=present_s,
                after=after, limit=page.limit + 1,
            )  # fmt: skip
            shown = rows[: page.limit]
            seen = [Awaited(partial_of(row.envelope, self._log.kinds), row.size, row.foreseen) for row in shown]
            outlooks = await look(now.workspace, self._log.kinds, seen, now.size, present_s)
            names = await names_of(conn, sorted({uscc for row in shown for uscc in row.signers}))
        overtakers = await self._log.entries_at(sorted({index for outlook in outlooks for index in outlook.overtakers}))
        kinds_known = self._log.kinds
        found = tuple(
            pending_answer(row, outlook, kinds_known, language, names, overtakers) for row, outlook in zip(shown, outlooks, strict=True)
        )
        following = write_cursor(PendingPlace(shown[-1].taken_s, shown[-1].statement), asked) if len(rows) > page.limit else None
        return PendingPage(size=now.size, pending=found, next=following)

    # ------------------------------------------------------------------ steps

    def _read(self, raw: bytes) -> Partial:
        try:
            partial = read_partial(raw, self._log.kinds)
        except Refusal:
            if b'"disclosures"' in raw:
                raise refuse("PENDING_DISCLOSURES", field="disclosures") from None
            raise
        if reasons := missing_files(partial.statement, self._log.publisher.files.has):
            raise Refusal(withheld(reasons))
        return partial

    async def _may(self, conn: Conn, caller: Caller, kind: str) -> None:
        """A key for some kinds takes part in these alone: Refusal KEY_SCOPE."""
        kinds = await kinds_of(conn, self._log.kinds, caller.keyid)
        if kinds and kind not in kinds:
            raise refuse("KEY_SCOPE", field="Authorization", found=kind, expected=", ".join(kinds))

    def _check_keys(self, partial: Partial, signed: dict[int, Signature], now: Snapshot, present_s: int) -> None:
        """Whether the keys may sign this here, as admission would judge: KEY_NOT_VALID, KEY_SCOPE, KEY_OTHER_PARTY."""
        ordered = sorted(signed.items())
        by = tuple(partial.statement.by[place] for place, _ in ordered)
        statement = replace(partial.statement, by=by, keyids=tuple(signature.keyid for _, signature in ordered))
        if reasons := judge_keys_used(statement, partial.kind, now.workspace.facts, Moment(now.size, present_s, ""), {}):
            raise Refusal(reasons)

    def _spend(self, caller: Caller) -> None:
        """Whoever changes something here spends of his posting budget (PARTY_BUDGET); who runs the log has none."""
        over = self._log.budgets.spend(caller.uscc, caller.keyid, monotonic())
        if over is not None and not caller.reads_all:
            raise over

    async def _put(
        self, caller: Caller, partial: Partial, signed: dict[int, Signature], outlook: Outlook, known: PendingRow | None, size: int,
        present_s: int, ends_s: int,
    ) -> PendingRow:  # fmt: skip
        """The row as it is with these signatures; new, or with what they add."""
        new = _new_row(caller, partial, signed, outlook, size, present_s, ends_s)
        if outlook.entered is not None:
            return known or new
        stale = await self._stale(outlook)
        async with self._log.pool.acquire() as conn, conn.transaction():
            row = await store.fetch(conn, new.statement, is_locked=True)
            if row is None or row.ends_s < present_s:
                if row is not None:
                    await store.delete(conn, row.statement)
                if stale is not None:
                    raise stale
                if not caller.reads_all and await store.count_of(conn, caller.uscc) >= PER_PARTY_MAX:
                    most = Phrase(f"至多 {PER_PARTY_MAX} 份", f"at most {PER_PARTY_MAX}")
                    raise refuse("PENDING_TOO_MANY", found=PER_PARTY_MAX, expected=most)
                if await store.insert(conn, new):
                    if new.state == "waiting":
                        await self._posting.say(conn, new, "waiting", caller.uscc, present_s, to=new.missing)
                    return new
                row = await store.fetch(conn, new.statement, is_locked=True)
                if row is None:  # brought and withdrawn by others in this very moment
                    raise Busy("the same statement is being brought and withdrawn", 1)
            return await _add(conn, row, caller, signed, stale, present_s)

    async def _stale(self, outlook: Outlook) -> Refusal | None:
        """PENDING_STALE, with the entry that has overtaken it."""
        if not outlook.is_stale:
            return None
        entries = await self._log.entries_at(outlook.overtakers[:1])
        found = [
            Phrase(
                f"第 {entry.index} 条：{title_of(entry.statement.kind, self._log.kinds, 'zh')}（{entry.statement.chain}）",
                f"entry {entry.index}: {title_of(entry.statement.kind, self._log.kinds, 'en')} ({entry.statement.chain})",
            )
            for entry in entries
        ]
        return Refusal([Reason("PENDING_STALE", "seq", found[0] if found else ""), *outlook.reasons])

    async def _went_on(self, row: PendingRow, outlook: Outlook, language: Language, now_s: int | None, wait_s: float) -> PendingAnswer:
        """What is answered: of a complete one what came of posting it."""
        if row.state != "complete" or outlook.entered is not None or outlook.waits_for_another:
            return await self._answer(row, outlook, language, wait_s)
        crash_point("pending.after_last")
        try:
            receipt = await self._posting.submit(row, now_s, wait_s)
        except Busy:  # the worker tries again
            receipt = None
        return await self._answer(row, outlook, language, 0.0, receipt)

    async def _own(self, conn: Conn, caller: Caller, name: str, present_s: int, *, is_locked: bool = True) -> PendingRow:
        """One that names the caller and is not over; Refusal PENDING_UNKNOWN for all others, as if they were not there. KEY_SCOPE."""
        row = await store.fetch(conn, name, is_locked=is_locked) if is_digest(name) else None
        if row is None or caller.uscc not in row.signers or (row.ends_s < present_s and row.state != "complete"):
            raise refuse("PENDING_UNKNOWN", field="statement", found=name[:64])
        await self._may(conn, caller, row.kind)
        return row

    async def _answer(
        self, row: PendingRow, outlook: Outlook, language: Language, wait_s: float, receipt: Posted | Waiting | None = None
    ) -> PendingAnswer:
        if outlook.entered is not None and receipt is None:
            receipt = await self._service.receipt_of(outlook.entered, wait_s)
        overtakers = await self._log.entries_at(outlook.overtakers)
        async with self._log.pool.acquire() as conn:
            names = await names_of(conn, sorted(row.signers))
        return pending_answer(row, outlook, self._log.kinds, language, names, overtakers, is_whole=True, receipt=receipt)


async def _add(
    conn: Conn, row: PendingRow, caller: Caller, signed: dict[int, Signature], stale: Refusal | None, present_s: int
) -> PendingRow:
    """Signatures added to a row that is there; one of a party that has signed with another key takes the place of the former."""
    if row.state in ("complete", "entered"):
        return row
    if row.state == "declined":
        raise refuse("PENDING_DECLINED", field="statement", found=f"{row.told_by}: {row.reason}")
    if not _adds(row, signed) and row.missing:
        return row
    if stale is not None:
        raise stale
    keyids, sigs, withdrawn = list(row.keyids), list(row.sigs), list(row.withdrawn)
    for place, signature in signed.items():
        uscc = row.signers[place]
        if uscc in withdrawn and uscc != caller.uscc:
            raise refuse("PENDING_WITHDRAWN", field="signatures", found=uscc)
        withdrawn = [other for other in withdrawn if other != uscc]
        keyids[place], sigs[place] = signature.keyid, signature.sig
    state = "complete" if all(keyids) else "waiting"
    await store.change(
        conn, row.statement, keyids=keyids, sigs=sigs, withdrawn=withdrawn, state=state, codes=[], changed_s=present_s, tried_at=None
    )
    return replace(row, keyids=tuple(keyids), sigs=tuple(sigs), withdrawn=tuple(withdrawn), state=state, changed_s=present_s)


def _ends(partial: Partial, present_s: int) -> int:
    """When it is forgotten, Unix seconds: when its kind's window ends (formats §6), and no later than so long from now; facts of custody, which
    have no end before 15 days, after a day."""
    at_s, window = partial.statement.at_s, partial.kind.window
    if window is Window.CUSTODY:
        return min(present_s + DAY_S, at_s + LATE_MAX_S)
    span_s = WINDOW_S[window] or DAY_S
    return min(at_s + span_s, present_s + span_s + FUTURE_S)


def _new_row(
    caller: Caller, partial: Partial, signed: dict[int, Signature], outlook: Outlook, size: int, present_s: int, ends_s: int
) -> PendingRow:
    statement = partial.statement
    count = range(len(statement.by))
    return PendingRow(
        statement=statement.hash, kind=statement.kind, chain=statement.chain, seq=statement.seq, signers=statement.by,
        principal=statement.principal, payload=partial.envelope.body,
        keyids=tuple(signed[place].keyid if place in signed else "" for place in count),
        sigs=tuple(signed[place].sig if place in signed else b"" for place in count), withdrawn=(), opener=caller.uscc,
        foreseen=tuple(sorted({reason.code for reason in outlook.reasons})), size=size,
        state="complete" if len(signed) == len(statement.by) else "waiting", told_by="", reason="", codes=(), taken_s=present_s,
        changed_s=present_s, ends_s=ends_s,
    )  # fmt: skip


def _adds(row: PendingRow, signed: dict[int, Signature]) -> bool:
    return any((row.keyids[place], row.sigs[place]) != (one.keyid, one.sig) for place, one in signed.items())


def _without(row: PendingRow, place: int) -> PendingRow:
    """A row without the signature of one place, whose party alone brings it again."""
    keyids, sigs = list(row.keyids), list(row.sigs)
    keyids[place], sigs[place] = "", b""
    withdrawn = tuple(dict.fromkeys((*row.withdrawn, row.signers[place])))
    return replace(row, keyids=tuple(keyids), sigs=tuple(sigs), withdrawn=withdrawn)


def _read_reason(raw: bytes) -> str:
    """The reason, as a text of the log might be: strict JSON, no personal data."""
    fields: Any = parse(raw)
    try:
        found = msgspec.convert(fields, Declining, strict=True)
    except msgspec.ValidationError:
        raise Refusal(request_reasons(fields, Declining, "PENDING_FORM")) from None
    if reasons := check_content(found):
        raise Refusal(withheld(replace(reason, field=reason.field.removeprefix("body.")) for reason in reasons))
    return found.reason
