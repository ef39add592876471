"""Documents on request: who may have which, drawn from the newest published checkpoint, opened first as any verifier would."""

import asyncio
from datetime import datetime

from ledger.caller import Caller
from ledger.log import Log
from ledger.store import projected
from ledger.times import DAY_S, day_at, parse_at, to_datetime
from manifests.search import Search
from manifests.store import list_views
from reports.attestation import RecordQuestion, render_attestation
from reports.excerpt.evidence import gather_approval, gather_list, gather_log
from reports.paper.tongue import Tongue
from reports.press import Press
from reports.service import bundle_of
from signing.phrase import Phrase
from signing.refusal import Refusal, refuse
from signing.uscc import check_uscc

BEHIND_TRIES, BEHIND_S = 20, 0.1
"""How long a search waits for its views to reach the checkpoint."""


async def manifest_paper(log: Log, press: Press, caller: Caller, document: str, name: str, tongue: Tongue = "zh") -> tuple[str, bytes]:
    """(number or ULID, PDF) of a manifest: ``certificate`` or ``transit``. Refusal MANIFEST_UNKNOWN, MANIFEST_AMBIGUOUS, CERT_STATE, TRANSIT_VOID."""
    called, raw = await bundle_of(log, caller, name)
    return called, await press.turn(press.document, document, raw, tongue)


async def approval_paper(log: Log, press: Press, caller: Caller, name: str, tongue: Tongue = "zh") -> bytes:
    """The excerpt of a decision (``approval/<generator>/<ULID>``) for whoever may read it. Refusal EXCERPT_UNKNOWN, EXCERPT_STATE."""
    return await press.turn(press.document, "approval", await gather_approval(log, caller, name), tongue)


async def list_paper(log: Log, press: Press, caller: Caller, name: str, receiver: str | None = None, tongue: Tongue = "zh") -> bytes:
    """The excerpt of a list (``list/…``), of all rows or one receiver's. Refusal EXCERPT_UNKNOWN."""
    return await press.turn(press.document, "list", await gather_list(log, caller, name, receiver), tongue)


async def attestation_paper(log: Log, press: Press, caller: Caller, question: RecordQuestion, tongue: Tongue = "zh") -> bytes:
    """That nothing was found (无记录证明). A party may ask about itself as generator alone; authorities and the operator about any.

    Refusal ATTESTATION_SCOPE, ATTESTATION_FOUND, ATTESTATION_UNSIGNED, SEARCH_BEHIND, USCC.
    """
    is_own = question.generator == caller.uscc and not question.number
    if bool(question.number) == bool(question.generator) or not (caller.reads_all or is_own):
        raise refuse("ATTESTATION_SCOPE", field="number, generator", found=question.number or question.generator or "-")
    if question.generator and not check_uscc(question.generator):  # of a code that nobody has, nothing is ever found
        raise refuse(
            "USCC", field="generator", found=question.generator, expected=Phrase("18, 末位为校验码", "the last one a check character")
        )
    search = _search(question)
    raw, size, dated = await gather_log(log, question.generator)
    _check_period(question, day_at(dated))
    await _followed(log, size)
    async with log.pool.acquire() as conn:
        found = await list_views(conn, search, limit=1)
    if found:
        raise refuse("ATTESTATION_FOUND", found=found[0].chain)
    return await press.turn(press.draw, raw, lambda bundle, raw, signers: render_attestation(bundle, raw, question, dated, signers, tongue))


def _search(question: RecordQuestion) -> Search:
    return Search(
        number=question.number or None,
        generator=question.generator or None,
        code=question.code or None,
        since=_day(question.first, 0),
        until=_day(question.last, 1),
    )


def _day(day: str, later: int) -> datetime | None:
    """The beginning of a day +08:00, some days later; Refusal ATTESTATION_SCOPE for no day."""
    if not day:
        return None
    try:
        return to_datetime(parse_at(f"{day}T00:00:00+08:00") + later * DAY_S)
    except Refusal:
        raise refuse("ATTESTATION_SCOPE", field="from, to", found=day, expected="YYYY-MM-DD") from None


def _check_period(question: RecordQuestion, today: str) -> None:
    """Refusal ATTESTATION_SCOPE for days of which nothing can be found: backwards, or all of them after the checkpoint."""
    if question.first and question.last and question.last < question.first:
        raise refuse("ATTESTATION_SCOPE", field="to", found=question.last, expected=f"≥ {question.first}")
    if question.first > today:
        raise refuse("ATTESTATION_SCOPE", field="from", found=question.first, expected=f"≤ {today}")


async def _followed(log: Log, size: int) -> None:
    """Wait until the views reflect every entry below the checkpoint; Refusal SEARCH_BEHIND."""
    at, tries = -1, 0
    while at < size:
        if tries == BEHIND_TRIES:
            raise refuse("SEARCH_BEHIND", found=at, expected=size)
        await asyncio.sleep(BEHIND_S if tries else 0)
        async with log.pool.acquire() as conn:
            at, tries = await projected(conn), tries + 1
