"""Incidents in pages, and one whole; each answer is of one moment and says its log size."""

from functools import partial

from ledger.caller import Caller
from ledger.log import Log
from ledger.problem import Language
from ledger.reading import Page, snapshot
from manifests.incidents.answers import IncidentAnswer, Incidents, incident_answer, incident_item
from whitelist.registries import Wanted
from whitelist.service import registry_part, registry_row, scan_registry


async def list_incidents(log: Log, caller: Caller, wanted: Wanted, page: Page, language: Language) -> Incidents:
    """Incidents that concern the caller."""
    found = await scan_registry(log, wanted, [registry_part(wanted, "incident", caller)], partial(wanted.incidents, caller), page)
    items = tuple(incident_item(row, log.kinds.rules, language) for row in found.rows)
    return Incidents(size=found.size, incidents=items, next=found.next)


async def read_incident(log: Log, caller: Caller, chain: str, language: Language) -> IncidentAnswer:
    """One incident with its entries; Refusal NOT_FOUND, also where it concerns the caller not."""
    async with snapshot(log) as now:
        row, size = await registry_row(now, chain, partial(Wanted().incidents, caller)), now.size
    entries = [entry for entry in await log.chain_entries(chain) if entry.index <= row.head.idx]
    return incident_answer(row, entries, size, log.kinds.rules, language)
