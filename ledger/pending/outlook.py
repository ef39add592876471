"""What the log would say of a pending statement at this moment, and what has overtaken it. A dry run: nothing is written, nobody is bound.

Overtaken (失效) is what another statement has taken the place of, for good, and what the log would have taken when it came and would refuse now
because of something newer: a hold, a void, a suspension. What ends with its cause (a suspension that is lifted) is overtaken no longer; an ``at``
that a hold covers stays covered. What the log would have refused from the beginning
is told too, and may still be signed: an act of an offline chain waits for the one before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from ledger import store as log_store
from ledger.admission.admit import Submission, base_keys, foresee, ruleset_of
from ledger.admission.kind_table import Kinds
from ledger.admission.workspace import Workspace
from ledger.caller import beginnings
from ledger.directory import KeyRecord, party_chain
from ledger.model import Head, Moment, chain_key
from ledger.pending import store
from ledger.pending.model import Outlook
from ledger.pending.partial import Partial, read_payload
from signing.envelope import Envelope
from signing.refusal import Refusal

WAITING = frozenset({"PREDECESSOR_MISSING", "STATEMENT_STALE"})
"""What time or an earlier act mends, or the end of the window ends: overtaken is none of it."""
PLACE = frozenset({"CHAIN_CONFLICT", "PREV_MISMATCH", "LOG_CLOSED"})
"""What nothing mends."""
OVERTAKERS_MAX, CASES_MAX = 4, 64


class Awaited(Struct, frozen=True):
    """The least that is looked at: a statement, the size of the log when it came, and the codes that it had then."""

    partial: Partial
    size: int
    foreseen: tuple[str, ...] | None = None  # None: it comes now.


def partial_of(envelope: Envelope, kinds: Kinds) -> Partial:
    """A statement that was read before."""
    return Partial(envelope, *read_payload(envelope, kinds))


async def look(workspace: Workspace, kinds: Kinds, wanted: Sequence[Awaited], size: int, at_s: int) -> list[Outlook]:
    """Of each what the log would say at ``size`` entries and ``at_s``; on a workspace of one moment, loaded in as few queries as for a batch."""
    submissions = [Submission(envelope=s.partial.envelope, statement=s.partial.statement, kind=s.partial.kind) for s in wanted]
    await workspace.load(key for submission in submissions for key in base_keys(submission))
    await workspace.preload(submissions)
    return [await _one(workspace, kinds, seen, submission, size, at_s) for seen, submission in zip(wanted, submissions, strict=True)]


async def _one(workspace: Workspace, kinds: Kinds, seen: Awaited, submission: Submission, size: int, at_s: int) -> Outlook:
    statement, facts = submission.statement, workspace.facts
    holder = workspace.links.get((statement.chain, statement.seq))
    if holder is not None and holder.hash == statement.hash:
        return Outlook(entered=holder.idx)
    try:
        moment = Moment(size, at_s, ruleset_of(facts, statement))
        kind = kinds.of(statement.kind, moment.ruleset)
        reads = (await workspace.load_reads(submission.under(kind))).chains
        reasons = await workspace.decide(lambda: foresee(statement, kind, facts, moment))
    except Refusal as refusal:
        reads, reasons = (), list(refusal.reasons)
    if holder is not None:
        return Outlook(reasons=tuple(reasons), overtakers=(holder.idx,), is_stale=True)
    codes = {reason.code for reason in reasons}
    if not codes or (codes <= WAITING):
        return Outlook(reasons=tuple(reasons))
    is_new = seen.foreseen is not None and not codes <= set(seen.foreseen)
    overtakers = await _overtakers(workspace, kinds, seen, reads) if is_new or codes & PLACE else ()
    return Outlook(reasons=tuple(reasons), overtakers=overtakers, is_stale=bool(codes & PLACE) or (is_new and bool(overtakers)))


async def _overtakers(workspace: Workspace, kinds: Kinds, seen: Awaited, reads: Sequence[str]) -> tuple[int, ...]:
    """Newest entries of the chains that the statement depends on, cases beside its own among them, since it came."""
    statement = seen.partial.statement
    parties = (*statement.by, *(() if statement.principal is None else (statement.principal,)))
    chains = (*beginnings(statement.chain), *reads, *map(party_chain, parties))
    await workspace.load(map(chain_key, chains))
    heads: list[Head[Any] | None] = [workspace.facts.head(chain) for chain in chains]
    if statement.chain_type == "manifest":  # what stands beside it: holds, contests, corrections
        cases = await store.fetch_cases(workspace.conn, f"case/{statement.chain.removeprefix('manifest/')}/", CASES_MAX)
        heads += [kinds.decode(key, raw) for key, raw in cases.items()]
    return tuple(sorted({head.idx for head in heads if head is not None and head.idx >= seen.size}, reverse=True)[:OVERTAKERS_MAX])


async def records_of(workspace: Workspace, keyids: Sequence[str]) -> dict[str, KeyRecord | None]:
    """Registered keys by keyid."""
    await workspace.load(f"key:{keyid}" for keyid in keyids)
    return {keyid: workspace.facts.get(f"key:{keyid}") for keyid in keyids}


async def kinds_of(conn: log_store.Conn, kinds: Kinds, keyid: str) -> tuple[str, ...]:
    """The kinds that a key signs, with version; empty for a key for every kind."""
    key = f"key:{keyid}"
    raw = (await log_store.fetch_facts(conn, [key])).get(key)
    record: KeyRecord | None = None if raw is None else kinds.decode(key, raw)
    names = set(() if record is None else record.kinds)
    return tuple(name for name in kinds.by_name if name.partition("/")[0] in names)
