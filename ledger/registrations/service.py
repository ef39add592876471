"""Taking, showing and ending applications to be registered. One row is the whole state, and every step is a change of it under its lock.

Contacts: a key of their own for each, outside the database, made when an application is taken and destroyed by the sweep after its end, many at
once: destroying writes the key file anew, and whoever asks and withdraws shall not have it written all day. No backup of the database brings
them back. They stand in no log line, no exception and no query, and are shown to nobody once the matter has ended.
"""

from __future__ import annotations

import asyncio
import hmac
from contextlib import suppress
from typing import Annotated, Any

import msgspec
import structlog
from msgspec import Struct

from ledger.admission.admit import FUTURE_S
from ledger.admission.content import check_content, withheld
from ledger.admission.form import request_reasons
from ledger.caller import Caller
from ledger.directory import LOG_MAIN, KeyRecord, is_founder, log_state, party_chain
from ledger.fields import Text, label
from ledger.kinds.registration import judge_keys, new_keyids, reserved_keys
from ledger.model import Findings, chain_key
from ledger.parties.store import fetch_parties
from ledger.reading import Page, Snapshot, read_cursor, snapshot, write_cursor
from ledger.registrations import store
from ledger.registrations.answers import RegistrationAnswer, RegistrationPage, RegistrationToDecide, own_answer, to_decide
from ledger.registrations.deciding import Decider, decider_of
from ledger.registrations.form import (
    RegistrationForm,
    check_contact,
    code_digest,
    read_application,
    registration_id,
)
from ledger.registrations.model import (
    DAY_S,
    PER_FIRM_AND_ADDRESS_MAX,
    PER_FIRM_MAX,
    TOLD_S,
    WAITS_S,
    ContactRow,
    RegistrationLimits,
    RegistrationRow,
    RegistrationState,
)
from ledger.registrations.near import nearest
from ledger.service import Service
from ledger.store import AWAY
from ledger.vault.disclosure import Disclosure, take_apart
from signing.envelope import Envelope, freeze, is_digest
from signing.payload import parse
from signing.phrase import Phrase
from signing.refusal import Refusal, refuse

log = structlog.get_logger("ledger.registrations")

SWEEP_S = 20.0
"""Between two looks for what is over; whoever reads one sees its end at once."""
TAKEN_AT_ONCE = 64


class RefusingRegistration(Struct, frozen=True, forbid_unknown_fields=True):
    """Why an authority will not register a firm; the firm reads it."""

    reason: Annotated[Text, label("理由", "reason")]


class RegistrationPlace(Struct, frozen=True):
    """Where a page ended."""

    taken_s: int
    registration: str

    def __post_init__(self) -> None:
        """From outside."""
        if not (is_digest(self.registration) and 0 <= self.taken_s < 2**53):
            raise ValueError("not a place")


class Registrations:
    """The applications of one log."""

    def __init__(self, service: Service, limits: RegistrationLimits) -> None:
        """``service`` is the log's; its vault holds the keys of contacts."""
        self._service, self._log, self._vault, self._limits = service, service.log, service.vault, limits

    # ------------------------------------------------------------------ the firm

    async def offer(self, raw: bytes, payer: str, *, now_s: int | None) -> tuple[RegistrationAnswer, bool]:
        """Take an application, and whether it is a new one; the same sent again is answered with what has become of it. ``payer``: whose budget it
        spends. Refusal REGISTRATION_…, DISCLOSURE_…, USCC, KEY_REGISTERED, POSSESSION_WRONG, SIGNATURE_WRONG, CHAIN_OWNER, PERSONAL_DATA."""
        posted = take_apart(raw)
        if posted.refusal is not None:
            raise posted.refusal
        envelope, form = read_application(posted.envelope)
        check_contact(form, posted.disclosures)
        present_s = await self._service.now(now_s)
        name = registration_id(envelope)
        if (known := await self._known(name)) is not None:
            return await self._answer(known, present_s), False
        await self._may_ask(form, present_s)
        async with self._log.pool.acquire() as conn, conn.transaction():
            counts = await store.counts(conn, form.uscc, payer)
            row = await store.fetch(conn, name)  # the same request again, which came first
            if is_new := row is None:
                self._check_room(form.uscc, *counts)
                row = _new_row(envelope, form, name, payer, present_s)
                sealed = await self._vault.sealed(name, posted.disclosures)
                await store.insert(conn, row, [ContactRow(*part) for part in sealed])
        if is_new:
            log.info("registration_taken", registration=name[:16], uscc=form.uscc)
        return await self._answer(row, present_s), is_new

    async def status(self, name: str, code: str, *, now_s: int | None) -> RegistrationAnswer:
        """What has become of one, for whoever has its code; Refusal REGISTRATION_UNKNOWN."""
        row = await self._of_code(name, code)
        return await self._answer(row, await self._service.now(now_s))

    async def withdraw(self, name: str, code: str, *, now_s: int | None) -> None:
        """Take one back before it is decided; again is no harm. Refusal REGISTRATION_UNKNOWN, REGISTRATION_OVER."""
        row = await self._of_code(name, code)
        await self._end(row, "withdrawn", await self._service.now(now_s))

    # ------------------------------------------------------------------ the authority

    async def list_for(self, caller: Caller, page: Page, *, now_s: int | None) -> RegistrationPage:
        """What waits for the caller, oldest first, without contacts and envelopes. Refusal REGISTRATION_DECIDER, KEY_SCOPE."""
        present_s = await self._service.now(now_s)
        asked = ("registrations", caller.uscc)
        place = read_cursor(page.cursor, RegistrationPlace, asked)
        after = (-1, "") if place is None else (place.taken_s, place.registration)
        await self._settle(present_s)
        async with snapshot(self._log) as now:
            decider, conn = await self._decider(now, caller, present_s), now.workspace.conn
            rows = await store.list_waiting(
                conn, now_s=present_s, after=after, mine=decider.mine, known=decider.known, limit=page.limit + 1
            )
            shown = rows[: page.limit]
            usccs = sorted({row.uscc for row in shown})
            parties = {party.uscc: party for party in await fetch_parties(conn, usccs)}
            rivals = await store.rivals_of(conn, usccs, present_s)
        found = tuple(to_decide(row, present_s, parties.get(row.uscc), [one for one in rivals if one.uscc == row.uscc]) for row in shown)
        following = write_cursor(RegistrationPlace(shown[-1].taken_s, shown[-1].id), asked) if len(rows) > page.limit else None
        return RegistrationPage(registrations=found, next=following)

    async def read(self, caller: Caller, name: str, *, now_s: int | None) -> RegistrationToDecide:
        """One of them whole, with envelope and contact; reading it leaves a line in the server's log, without what was read."""
        present_s = await self._service.now(now_s)
        await self._settle(present_s)
        async with snapshot(self._log) as now:
            row, conn = await self._of_decider(now, caller, name, present_s), now.workspace.conn
            parties = await fetch_parties(conn, [row.uscc])
            rivals = await store.rivals_of(conn, [row.uscc], present_s)
            near = nearest(row.name, await store.list_alike(conn, row.name, row.uscc))
            sealed = await store.contact_of(conn, name) if row.state == "waiting" else []
        contact: list[Disclosure] = await self._vault.unsealed(name, [(part.field, part.nonce, part.ciphertext) for part in sealed])
        if contact:
            shown = [one.field for one in contact]
            log.info("contact_read", registration=name[:16], reader=caller.uscc, keyid=caller.keyid, shown=shown)
        return to_decide(row, present_s, parties[0] if parties else None, rivals, near, contact)

    async def refuse(self, caller: Caller, name: str, raw: bytes, *, now_s: int | None) -> RegistrationAnswer:
        """Say no, with a reason that the firm reads; again with the same reason is no harm. Refusal REGISTRATION_…, PERSONAL_DATA."""
        reason = _read_reason(raw)
        present_s = await self._service.now(now_s)
        await self._settle(present_s)
        async with snapshot(self._log) as now:
            row = await self._of_decider(now, caller, name, present_s)
        if (row.state, row.reason) != ("refused", reason):
            row = await self._end(row, "refused", present_s, reason=reason, by=caller.uscc)
        return await self._answer(row, present_s)

    # ------------------------------------------------------------------ by itself

    async def run(self) -> None:
        """Settle and forget until cancelled."""
        while True:
            try:
                await self.sweep()
            except (*AWAY, TimeoutError) as error:
                log.warning("registrations_wait", error=type(error).__name__)
            await asyncio.sleep(SWEEP_S)

    async def sweep(self) -> int:
        """Note what has come to its end, and forget what was told long enough; how many were forgotten."""
        present_s = await self._service.now()
        await self._settle(present_s)
        async with self._log.pool.acquire() as conn:
            over = await store.list_over(conn, present_s, TAKEN_AT_ONCE)
        for name in over:
            if (row := await self._known(name)) is not None:
                with suppress(Refusal):  # the same
                    await self._end(row, "lapsed", present_s)
        await self._erase()
        async with self._log.pool.acquire() as conn:
            return await store.forget(conn, present_s)

    async def _erase(self) -> None:
        """Destroy the keys of contacts of what has ended, then their ciphertexts; what a crash leaves in between is done again."""
        async with self._log.pool.acquire() as conn:
            places = await store.list_unerased(conn)
        if places:
            await self._vault.destroy(places)
            async with self._log.pool.acquire() as conn:
                await store.drop_contacts(conn, sorted({name for name, _ in places}))

    async def _settle(self, present_s: int) -> None:
        """End those whose key is registered for their party by now, by whatever statement."""
        async with self._log.pool.acquire() as conn:
            rows = await store.list_entered(conn, TAKEN_AT_ONCE)
        if not rows:
            return
        async with snapshot(self._log) as now:
            await now.workspace.load(f"key:{row.keyids[0]}" for row in rows)
            records: list[KeyRecord | None] = [now.workspace.facts.get(f"key:{row.keyids[0]}") for row in rows]
        for row, record in zip(rows, records, strict=True):
            if record is not None:
                is_its = record.uscc == row.uscc  # with another's key nothing can come of it any more
                with suppress(Refusal):  # another has ended it this moment
                    await self._end(row, "confirmed" if is_its else "lapsed", present_s, idx=record.added if is_its else None)

    # ------------------------------------------------------------------ steps

    async def _known(self, name: str) -> RegistrationRow | None:
        if not is_digest(name):
            return None
        async with self._log.pool.acquire() as conn:
            return await store.fetch(conn, name)

    async def _of_code(self, name: str, code: str) -> RegistrationRow:
        row = await self._known(name)
        if row is None or not hmac.compare_digest(row.code, bytes.fromhex(code_digest(code))):
            raise refuse("REGISTRATION_UNKNOWN", field="registration", found=name[:64])
        return row

    async def _decider(self, now: Snapshot, caller: Caller, present_s: int) -> Decider:
        """What a caller decides; Refusal REGISTRATION_DECIDER, KEY_SCOPE."""
        workspace = now.workspace
        await workspace.load([chain_key(LOG_MAIN), f"key:{caller.keyid}"])
        await workspace.load(chain_key(party_chain(one.uscc)) for one in log_state(workspace.facts).authorities)
        return decider_of(workspace.facts, caller, present_s)

    async def _of_decider(self, now: Snapshot, caller: Caller, name: str, present_s: int) -> RegistrationRow:
        """One that is the caller's to decide; Refusal REGISTRATION_UNKNOWN for all others, as if they were not there."""
        decider = await self._decider(now, caller, present_s)
        row = await store.fetch(now.workspace.conn, name) if is_digest(name) else None
        if row is None or not decider.decides(row.uscc):
            raise refuse("REGISTRATION_UNKNOWN", field="registration", found=name[:64])
        return row

    async def _answer(self, row: RegistrationRow, present_s: int) -> RegistrationAnswer:
        """As the firm sees it, settled if its key is registered."""
        if row.state == "waiting":
            await self._settle(present_s)
            row = await self._known(row.id) or row
        async with self._log.pool.acquire() as conn:
            deciders = await fetch_parties(conn, [row.decided_by] if row.decided_by else [])
        return own_answer(row, present_s, deciders[0].name if deciders else row.decided_by)

    async def _may_ask(self, form: RegistrationForm, present_s: int) -> None:
        """In this log, now, with keys that nobody has, for a party that is registered by an authority. Whether the party is registered is not told:
        who asks is nobody yet."""
        if not present_s - DAY_S <= form.at_s <= present_s + FUTURE_S:
            raise refuse("REGISTRATION_TIME", field="at", found=form.at)
        async with snapshot(self._log) as now:
            workspace = now.workspace
            await workspace.load([chain_key(LOG_MAIN), *new_keyids(form.body.keys)])
            facts = workspace.facts
            if facts.head(LOG_MAIN) is None or (state := log_state(facts)).found != form.found:
                raise refuse("REGISTRATION_LOG", field="found", found=form.found)
            if state.closed:
                raise refuse("LOG_CLOSED")
            out = Findings()
            judge_keys(out, form.body.keys, form.found, form.uscc, "body.keys", reserved_keys(state), facts=facts)
            if is_founder(facts, form.uscc):
                out.refuse("CHAIN_OWNER", "uscc", form.uscc, Phrase("既非运营单位也非主管部门", "neither operator nor authority"))
        if out.reasons:
            raise Refusal(out.reasons)

    def _check_room(self, uscc: str, waiting: int, of_firm: int, of_both: int, of_address: int) -> None:
        """Refusal REGISTRATIONS_TOO_MANY for the address, REGISTRATION_BUSY for the firm, REGISTRATIONS_FULL."""
        if of_address >= self._limits.address_day:
            raise refuse("REGISTRATIONS_TOO_MANY", found=of_address, expected=_most(self._limits.address_day))
        if of_both >= PER_FIRM_AND_ADDRESS_MAX or of_firm >= PER_FIRM_MAX:
            raise refuse("REGISTRATION_BUSY", field="uscc", found=uscc)
        if waiting >= self._limits.waiting:
            raise refuse("REGISTRATIONS_FULL", found=waiting, expected=_most(self._limits.waiting))

    async def _end(
        self, row: RegistrationRow, state: RegistrationState, present_s: int, *, reason: str = "", by: str = "", idx: int | None = None
    ) -> RegistrationRow:
        """The end of one that waits; Refusal REGISTRATION_OVER for one that has another end already."""
        async with self._log.pool.acquire() as conn, conn.transaction():
            current = await store.fetch(conn, row.id, is_locked=True)
            if current is None:
                raise refuse("REGISTRATION_UNKNOWN", field="registration", found=row.id)
            if current.state != "waiting":
                if current.state == state and state != "refused":
                    return current
                raise refuse("REGISTRATION_OVER", field="registration", found=current.state)
            await store.end(conn, row.id, state=state, changed_s=present_s, ends_s=present_s + TOLD_S, reason=reason, by=by, idx=idx)
            ended = await store.fetch(conn, row.id)
            assert ended is not None, "it is locked"
        log.info("registration_ended", registration=row.id[:16], state=state, by=by)
        return ended


def _new_row(envelope: Envelope, form: RegistrationForm, name: str, payer: str, present_s: int) -> RegistrationRow:
    return RegistrationRow(
        id=name, uscc=form.uscc, name=form.body.name, keyids=form.keyids, code=bytes.fromhex(form.code_sha256), envelope=freeze(envelope),
        state="waiting", reason="", decided_by="", idx=None, taken_s=present_s, changed_s=present_s, ends_s=present_s + WAITS_S, payer=payer,
    )  # fmt: skip


def _most(limit: int) -> Phrase:
    return Phrase(f"至多 {limit} 份", f"at most {limit}")


def _read_reason(raw: bytes) -> str:
    """The reason, as a text of the log might be: strict JSON, no personal data."""
    fields: Any = parse(raw)
    try:
        found = msgspec.convert(fields, RefusingRegistration, strict=True)
    except msgspec.ValidationError:
        raise Refusal(request_reasons(fields, RefusingRegistration, "REGISTRATION_FIELD")) from None
    if reasons := check_content(found):
        raise Refusal(withheld(msgspec.structs.replace(reason, field=reason.field.removeprefix("body.")) for reason in reasons))
    return found.reason
