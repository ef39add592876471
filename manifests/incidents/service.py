"""Incidents in pages, and one whole; each answer is of one moment and says its log size."""

import re
from functools import partial

from ledger.caller import Caller
from ledger.chain import ULID, USCC
from ledger.log import Log
from ledger.model import chain_key
from ledger.problem import Language
from ledger.reading import Page, snapshot
from manifests.incidents.answers import IncidentAnswer, Incidents, incident_answer, incident_item
from signing.refusal import refuse
from whitelist.registries import RegistryRow, Wanted
from whitelist.service import registry_part, scan_registry

_INCIDENT = re.compile(rf"incident/{USCC}/{ULID}")


async def list_incidents(log: Log, caller: Caller, wanted: Wanted, page: Page, language: Language) -> Incidents:
    """Incidents that concern the caller."""
    found = await scan_registry(log, wanted, [registry_part(wanted, "incident", caller)], partial(wanted.incidents, caller), page)
    items = tuple(incident_item(row, log.kinds.rules, language) for row in found.rows)
    return Incidents(size=found.size, incidents=items, next=found.next)


async def read_incident(log: Log, caller: Caller, chain: str, language: Language) -> IncidentAnswer:
    """One incident with its entries; Refusal NOT_FOUND, also where it concerns the caller not."""
    head, size = None, 0
    if _INCIDENT.fullmatch(chain):
        async with snapshot(log) as now:
            await now.workspace.load([chain_key(chain)])
            head, size = now.workspace.facts.head(chain), now.size
    if head is None or head.state is None or not any(True for _ in Wanted().incidents(caller, chain, head.state)):
        raise refuse("NOT_FOUND", field="incident", found=chain.partition("/")[2])
    entries = [entry for entry in await log.chain_entries(chain) if entry.index <= head.idx]
    return incident_answer(RegistryRow(chain, 0, head), entries, size, log.kinds.rules, language)
