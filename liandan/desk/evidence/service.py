"""What a party can prove, from the log."""

from __future__ import annotations

from msgspec import Struct

from ledger import store
from ledger.caller import Caller
from ledger.log import Log
from ledger.model import chain_key
from ledger.problem import Language
from liandan.desk.evidence.view import (
    EvidenceEntry,
    EvidencePapers,
    EvidenceRefusal,
    entries_shown,
    papers_shown,
    refusals_shown,
    with_numbers,
    with_states,
)
from liandan.desk.keys.service import BEYOND, list_newest

PAGE, LOOKED_AT = 12, 25
"""Entries of a page, and those of whose manifests it lists the papers."""
REFUSALS = 25


class EvidencePage(Struct, frozen=True, kw_only=True):
    """The page; ``next`` is ``before`` of the next page of entries, None at the end."""

    entries: tuple[EvidenceEntry, ...]
    papers: tuple[EvidencePapers, ...]
    refusals: tuple[EvidenceRefusal, ...]
    next: int | None


async def read_evidence(log: Log, caller: Caller, lang: Language, before: int | None) -> EvidencePage:
    """What the caller's party can prove, entries below ``before``."""
    found = await list_newest(log, caller.uscc, before=BEYOND if before is None else before, limit=LOOKED_AT)
    seen = entries_shown(found, log.kinds, lang, caller.uscc)
    entries, papers = seen[:PAGE], papers_shown(seen)
    keys = {chain_key(f"manifest/{entry.manifest}"): entry.manifest for entry in seen if entry.manifest}
    async with log.pool.acquire() as conn:
        refusals = await store.list_refusals(conn, signer=caller.uscc, before_id=None, limit=REFUSALS)
        trunks = await store.fetch_facts(conn, list(keys))
    states = {keys[key]: log.kinds.decode(key, raw).state for key, raw in trunks.items()}
    return EvidencePage(
        entries=with_numbers(entries, states), papers=with_states(papers, states), refusals=refusals_shown(refusals, log.kinds, lang),
        next=entries[-1].index if len(found) > PAGE else None,
    )  # fmt: skip
