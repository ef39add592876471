"""What the page of a manifest stands on: the answers of ``/v1/manifests/<id>``, its actions, its history, its forms; personal data on demand."""

from __future__ import annotations

from msgspec import Struct

from ledger.caller import Caller
from ledger.log import Log
from ledger.problem import Language
from ledger.service import Service
from ledger.vault.service import Opening
from liandan.desk.enterprise.manifest.view import ManifestPage, manifest_page
from liandan.desk.forms.model import ActForm
from liandan.desk.forms.service import forms_of
from liandan.vault_routes import must_be_reader
from manifests import service as manifests
from manifests.action_answers import ManifestActions
from whitelist.service import present_of, with_names


class WholeManifest(Struct, frozen=True, kw_only=True):
    """The page with its forms: what is owed of the visitor, and what he may do beside."""

    page: ManifestPage
    actions: ManifestActions
    owed: tuple[ActForm, ...]
    possible: tuple[ActForm, ...]
    """Further acts of the manifest's own way."""
    beside: tuple[ActForm, ...]
    """Cases, corrections, reports."""


async def read_whole(log: Log, caller: Caller, generator: str, ulid: str, language: Language, claimed_s: int | None) -> WholeManifest:
    """Everything about one manifest; Refusal NOT_FOUND."""
    answer = await with_names(log, await manifests.read_manifest(log, caller, generator, ulid, language, claimed_s), language)
    actions = await with_names(log, await manifests.read_actions(log, caller, generator, ulid, language, claimed_s), language)
    history = await with_names(log, await manifests.read_history(log, caller, generator, ulid), language)
    async with manifests.projection(log) as now:
        present = await present_of(log, now, claimed_s)
    found = manifest_page(answer, actions, history, log.kinds, caller.uscc, None if present is None else present.limits, language)
    forms = await forms_of(log, caller, actions, language, f"/m/{generator}/{ulid}")
    free = [form for form, one in zip(forms, actions.possible, strict=True) if not one.is_owed]
    return WholeManifest(
        page=found,
        actions=actions,
        owed=tuple(form for form, one in zip(forms, actions.possible, strict=True) if one.is_owed),
        possible=tuple(form for form in free if form.kind.startswith("manifest.")),
        beside=tuple(form for form in free if not form.kind.startswith("manifest.")),
    )


async def read_personal(service: Service, caller: Caller, generator: str, ulid: str, statement: str) -> tuple[Opening, ...]:
    """What stands behind the commitments of one statement about a manifest; Refusal NOT_FOUND, READ_FORBIDDEN."""
    chain = await service.vault.chain_of(statement)
    await must_be_reader(service.log, chain, caller, asked=("statement", statement))
    return tuple(await service.vault.read(chain, caller, statement=statement))
