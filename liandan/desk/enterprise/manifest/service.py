"""What the page of a manifest stands on: the answers of ``/v1/manifests/<id>``, its actions, its history, its forms; personal data on demand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, to_builtins
from msgspec.structs import replace

from ledger.caller import Caller
from ledger.log import Log
from ledger.model import chain_key
from ledger.problem import Language
from ledger.reading import Snapshot
from ledger.service import Service
from ledger.vault.service import Opening
from liandan.desk.enterprise.manifest.amending import amend_fields, offered
from liandan.desk.enterprise.manifest.view import ManifestPage, manifest_page
from liandan.desk.forms.model import ActForm
from liandan.desk.forms.service import forms_of
from liandan.vault_routes import must_be_reader
from manifests import service as manifests
from manifests.action_answers import ManifestActions
from manifests.model import Vehicle
from manifests.possible.service import stand_on
from manifests.recorded import record_of
from manifests.search import Search, scoped
from manifests.store import search_views
from whitelist.service import present_of, with_names

DEPART = "manifest.depart/1"
LOADS_MAX = 40
"""Loads of a carrier that are looked at for the vehicles it drives."""


class WholeManifest(Struct, frozen=True, kw_only=True):
    """The page with its forms: what is owed of the visitor, and what he may do beside."""

    page: ManifestPage
    actions: ManifestActions
    owed: tuple[ActForm, ...]
    possible: tuple[ActForm, ...]
    """Further acts of the manifest's own way."""
    beside: tuple[ActForm, ...]
    """Cases, corrections, reports."""
    amend: Mapping[str, Any]
    """What stands in each field that may be corrected, by its path: AmendField, as JSON has it."""
    vehicles: tuple[Vehicle, ...]
    """That the carrier of a load that may depart has lately come with."""
    decision: str
    """Number of the decision that it goes on; empty without one."""


async def read_whole(log: Log, caller: Caller, generator: str, ulid: str, language: Language, claimed_s: int | None) -> WholeManifest:
    """Everything about one manifest; Refusal NOT_FOUND."""
    answer = await with_names(log, await manifests.read_manifest(log, caller, generator, ulid, language, claimed_s), language)
    actions = await with_names(log, await manifests.read_actions(log, caller, generator, ulid, language, claimed_s), language)
    history = await with_names(log, await manifests.read_history(log, caller, generator, ulid), language)
    async with manifests.projection(log) as now:
        present = await present_of(log, now, claimed_s)
        ground = await stand_on(now.workspace, f"manifest/{generator}/{ulid}", await log.now(claimed_s))
        record = record_of(ground.facts, ground.trunk)
        vehicles = await _vehicles(now, caller, actions)
        decision = await _decision(now, ground.state.approval)
    actions = replace(actions, possible=tuple(offered(one, record, language) for one in actions.possible))
    found = manifest_page(answer, actions, history, log.kinds, caller.uscc, None if present is None else present.limits, language)
    forms = await forms_of(log, caller, actions, language, f"/m/{generator}/{ulid}")
    free = [form for form, one in zip(forms, actions.possible, strict=True) if not one.is_owed]
    return WholeManifest(
        page=found,
        actions=actions,
        owed=tuple(form for form, one in zip(forms, actions.possible, strict=True) if one.is_owed),
        possible=tuple(form for form in free if form.kind.startswith("manifest.")),
        beside=tuple(form for form in free if not form.kind.startswith("manifest.")),
        amend={path: to_builtins(one) for act in actions.possible for path, one in amend_fields(act, record, log.kinds, language).items()},
        vehicles=vehicles,
        decision=decision,
    )


async def _vehicles(now: Snapshot, caller: Caller, actions: ManifestActions) -> tuple[Vehicle, ...]:
    """Of the newest loads of whoever would carry, each plate once; nothing where the visitor has no load to send off."""
    carriers = [one for act in actions.possible if act.kind == DEPART for signer in act.signers[1:] for one in signer.parties]
    found: dict[str, Vehicle] = {}
    for carrier in carriers[:1]:
        for view in (await search_views(now.workspace.conn, scoped(Search(carrier=carrier), caller), limit=LOADS_MAX)).views:
            for leg in view.state.legs:
                if leg.carrier == carrier:
                    found.setdefault(leg.vehicle.plate, leg.vehicle)
    return tuple(found[plate] for plate in sorted(found))


async def _decision(now: Snapshot, approval: str | None) -> str:
    if approval is None:
        return ""
    await now.workspace.load([chain_key(approval)])
    return str(getattr(now.workspace.facts.state(approval), "no", "") or "")


async def read_personal(service: Service, caller: Caller, generator: str, ulid: str, statement: str) -> tuple[Opening, ...]:
    """What stands behind the commitments of one statement about a manifest; Refusal NOT_FOUND, READ_FORBIDDEN."""
    chain = await service.vault.chain_of(statement)
    await must_be_reader(service.log, chain, caller, asked=("statement", statement))
    return tuple(await service.vault.read(chain, caller, statement=statement))
