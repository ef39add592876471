"""/province/emergencies and /province/incidents: what happened, who carries what where, what an office may sign, holds of all loads at one stroke."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from ledger.caller import Caller
from ledger.log import Log
from ledger.problem import Language
from ledger.reading import Page, snapshot
from ledger.times import day_of
from liandan.desk.province.acts import emergency_acts, incident_acts
from liandan.desk.province.offering import OfferedAct, Office, offer
from manifests.emergencies.answers import Emergencies, EmergencyAnswer
from manifests.emergencies.drafts import Drafts, DraftStatement
from manifests.emergencies.joint import JointView, LoadNow
from manifests.emergencies.service import draft_statements, list_emergencies, read_emergency, read_joint
from manifests.incidents.answers import IncidentAnswer, Incidents
from manifests.incidents.service import list_incidents, read_incident
from whitelist.registries import Wanted
from whitelist.service import with_names

LISTED_MAX = 50


class EventsView(Struct, frozen=True, kw_only=True):
    """Emergencies and incidents, those that are open first."""

    emergencies: Emergencies
    incidents: Incidents
    names: dict[str, str]


class EventPage(Struct, frozen=True, kw_only=True):
    """One emergency or incident with its loads and the acts that are open."""

    chain: str
    emergency: EmergencyAnswer | None
    incident: IncidentAnswer | None
    loads: JointView
    address: str
    """Of the event, as it was declared or reported."""
    acts: dict[str, OfferedAct]
    names: dict[str, str]

    @property
    def slug(self) -> str:
        """Name in addresses."""
        return self.chain.partition("/")[2]


class PreparedHolds(Struct, frozen=True, kw_only=True):
    """Holds or releases of all loads, and what each load is."""

    drafts: Drafts
    prepared: tuple[PreparedHold, ...]
    loads: dict[str, LoadNow]
    """By ``<generator>/<ULID>``."""
    names: dict[str, str]


class PreparedHold(Struct, frozen=True, kw_only=True):
    """One statement of a batch, as the island is given it."""

    manifest: str
    proposal: dict[str, Any]


async def read_events(log: Log, caller: Caller, language: Language) -> EventsView:
    """What the page lists."""
    page = Page(None, LISTED_MAX)
    emergencies = await with_names(log, await list_emergencies(log, caller, Wanted(), page, language), language)
    incidents = await with_names(log, await list_incidents(log, caller, Wanted(), page, language), language)
    shown = sorted(emergencies.emergencies, key=lambda one: (one.stage != "open", one.declared_at))
    told = sorted(incidents.incidents, key=lambda one: (one.stage != "open", one.reported_at))
    return EventsView(
        emergencies=msgspec.structs.replace(emergencies, emergencies=tuple(shown)),
        incidents=msgspec.structs.replace(incidents, incidents=tuple(told)),
        names={**incidents.names, **emergencies.names},
    )


async def read_event(log: Log, caller: Caller, chain: str, language: Language, claimed_s: int | None = None) -> EventPage:
    """One of them; Refusal NOT_FOUND."""
    is_emergency = chain.startswith("emergency/")
    emergency = await with_names(log, await read_emergency(log, caller, chain, language), language) if is_emergency else None
    incident = None if is_emergency else await with_names(log, await read_incident(log, caller, chain, language), language)
    loads = await with_names(log, await read_joint(log, caller, chain, language, claimed_s), language)
    now_s = await log.now(claimed_s)
    async with snapshot(log) as now:
        day = day_of(now_s)
        prepared = emergency_acts(chain, day) if is_emergency else incident_acts(chain, day)
        acts = await offer(now, log.kinds, Office(caller.uscc, max(now_s, now.at_s)), prepared, language)
    named: Mapping[str, str] = {} if emergency is None else emergency.names
    named = named if incident is None else incident.names
    return EventPage(
        chain=chain,
        emergency=emergency,
        incident=incident,
        loads=loads,
        address=await _address(log, chain),
        acts={one.key: one for one in acts},
        names={**loads.names, **named},
    )


async def _address(log: Log, chain: str) -> str:
    first = next(iter(await log.chain_entries(chain)), None)
    return "" if first is None else str(getattr(getattr(first.statement.body, "place", None), "address", ""))


async def prepare_holds(
    log: Log, caller: Caller, chain: str, asked: Mapping[str, str], language: Language, claimed_s: int | None = None
) -> PreparedHolds:
    """Holds or releases of all loads, each as a proposal; Refusal with what is wrong in what was asked."""
    raw = msgspec.json.encode({name: value for name, value in asked.items() if value})
    drafts = await with_names(log, await draft_statements(log, caller, chain, raw, None, language, claimed_s), language)
    joint = await with_names(log, await read_joint(log, caller, chain, language, claimed_s), language)
    return PreparedHolds(
        drafts=drafts,
        prepared=tuple(_prepared(one) for one in drafts.drafts),
        loads={load.id: load for load in joint.loads},
        names=joint.names,
    )


def _prepared(draft: DraftStatement) -> PreparedHold:
    statement = draft.statement
    chain = statement["chain"]
    if statement["seq"] == 0:  # a case of its own: the device that signs gives it its name
        chain = f"{chain.rpartition('/')[0]}/<ULID>"
    return PreparedHold(
        manifest=draft.manifest,
        proposal={"kind": statement["kind"], "chain": chain, "by": statement["by"], "body": statement["body"]},
    )
