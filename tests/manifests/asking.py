"""What may be done, asked of the small log of these tests: the product's own code on the facts that the database would hold."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Iterable
from copy import copy
from typing import Any

from msgspec.structs import replace

from ledger.admission.workspace import Workspace
from manifests import acts
from manifests.possible.judging import Asker, PossibleAct
from manifests.possible.preparing import ManifestGround, ReportThread
from manifests.possible.service import possible_acts, stand_on
from manifests.recorded import at, record_of, write_value
from signing.envelope import freeze
from signing.refusal import Refusal
from tests.manifests.driver import MANIFEST, NUMBER, ORIGIN, Driver

VALUES = {
    "insurance_no": '"B-2026-{}"',
    "provincial_number": '"P-{}"',
    "received.0.note": '"更正 {}"',
    "legs.0.via": '["5101{:02d}"]',
    "destination.address": '"某路 {} 号（虚构）"',
    "number": '"2026510100{:04d}"',
}
"""Corrections that fit, by path."""


class DriverWorkspace(Workspace):
    """A workspace on the small log: values come from its stored bytes."""

    def __init__(self, log: Driver) -> None:
        super().__init__(None, log.bench.kinds, log.bench.facts._dataset)  # type: ignore[arg-type]  # no connection: load asks the small log
        self._log = log

    async def load(self, keys: Iterable[str]) -> None:
        """Bring values into the overlay."""
        self._log.load(self.facts, list(keys))


def ground_of(log: Driver, manifest: str = MANIFEST) -> ManifestGround:
    """The ground of a manifest at the present."""
    return asyncio.run(stand_on(DriverWorkspace(log), manifest, log.at_s))


def possible(
    log: Driver, party: str, manifest: str = MANIFEST, *, signer: str = "", keyid: str = "", threads: tuple[ReportThread, ...] = ()
) -> list[PossibleAct]:
    """What a party may do, and what blocks it."""

    async def asked() -> list[PossibleAct]:
        workspace = DriverWorkspace(log)
        ground = await stand_on(workspace, manifest, log.at_s, [party, *(thread.by for thread in threads)], threads)
        [found] = await possible_acts(workspace, log.bench.kinds, ground, [(Asker(party, signer, keyid), frozenset())], log.index)
        return found

    return asyncio.run(asked())


def codes_of(found: PossibleAct) -> set[str]:
    """What blocks it."""
    return {reason.code for reason in (*found.blockers, *found.key_reasons)}


def ahead(log: Driver) -> Driver:
    """A log that goes on from here by itself."""
    found = copy(log)
    found.stored, found.entries = dict(log.stored), list(log.entries)
    return found


def submit(log: Driver, kind: str, by: tuple[str, ...], body: Any, chain: str = MANIFEST, **more: Any) -> set[str]:
    """Sign and post, through the door and through admission: the codes of the refusal, none where it is an entry."""
    own = chain if log.value(f"chain:{chain}") is not None else f"{chain.rpartition('/')[0]}/01K9ZZ{log.index:020d}"
    try:
        log.post(kind, by, body, chain=own, **more)
    except Refusal as refusal:
        return {reason.code for reason in refusal.reasons}
    return set()


def submit_possible(log: Driver, found: PossibleAct, body: Any) -> set[str]:
    """The same of what was offered, with its body filled in."""
    statement = found.statement
    principal = {} if statement.principal is None else {"principal": statement.principal}
    return submit(log, statement.kind, statement.by, body, statement.chain, at=statement.at, **principal)


def filled_in(log: Driver, found: PossibleAct) -> Any:
    """Its body with what only its signer knows, where a stand-in does not do; ``None`` where these tests know nothing that fits."""
    body = found.statement.body
    match found.prepared.kind:
        case "case.number/1":
            return replace(body, number=NUMBER) if body.number else body
        case "case.contest/1":
            elsewhere = acts.Stop(place=ORIGIN, reason=f"在途停留 {log.index}（虚构）")
            refused = log.submission("manifest.stop/1", (found.asker.party,), elsewhere, chain=MANIFEST)
            return replace(body, envelope=b64encode(freeze(refused.envelope)).decode())
        case "case.amend_propose/1":
            return _proposal(log, found)
    return body


def _proposal(log: Driver, found: PossibleAct) -> Any:
    path = next((path for path in found.prepared.choices["changes.*.path"] if path in VALUES), None)
    if path is None:
        return None
    record = record_of(ground_of(log).facts, MANIFEST)
    change = acts.FieldChange(path=path, was=write_value(at(record, path)), now=VALUES[path].format(log.index % 90 + 10))
    return replace(found.statement.body, changes=(change,))
