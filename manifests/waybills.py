"""Numbers of 危险货物运单: one waybill travels with one trip (kinds §1.5; case E3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from ledger.admission.personality import Judged
from ledger.findings import Findings
from ledger.normal import normal
from manifests.act import Entered, limits_of
from manifests.model import ManifestState
from manifests.vehicles import Trip, trip_of
from signing.refusal import texts

USES_MAX = 32


class WaybillUse(Struct, frozen=True):
    """A load that travelled under a waybill."""

    manifest: str
    trip: Trip


class WaybillUses(Struct, frozen=True):
    """Register ``waybill:<carrier> <N(no)>``: the newest uses; the carrier is that of the leg, so nobody fills another's."""

    newest: tuple[WaybillUse, ...] = ()


def waybill_key(carrier: str, number: str) -> str:
    """Key of the register of a waybill."""
    return f"waybill:{carrier} {normal(number)}"


def judge_waybill(judged: Judged, out: Findings, carrier: str, number: str | None) -> None:
    """ALERT M WAYBILL_USED when another trip of this carrier travelled under the number."""
    state: ManifestState = judged.state
    if number is None or state.is_backfill:
        return
    known: WaybillUses = judged.facts.get(waybill_key(carrier, number)) or WaybillUses()
    mine, limits = trip_of(judged.statement.chain, state, carrier, judged.statement.at_s), limits_of(judged.facts)
    if any(use.manifest != judged.statement.chain and not mine.is_same(use.trip, limits) for use in known.newest):
        out.alert("M", "WAYBILL_USED")


def waybill_written(entered: Entered) -> Mapping[str, Any]:
    """The register after the newest leg began under the number that its act names."""
    number: str | None = entered.statement.body.waybill_no
    manifest, state, leg = entered.statement.chain, entered.after, entered.after.legs[-1]
    if number is None or state.is_backfill:
        return {}
    key = waybill_key(leg.carrier, number)
    known: WaybillUses = entered.facts.get(key) or WaybillUses()
    use = WaybillUse(manifest, trip_of(manifest, state, leg.carrier, leg.begun_s))
    return {key: WaybillUses((*known.newest, use)[-USES_MAX:])}


TEXTS = texts("""
WAYBILL_USED | R-51 | carrier | MOT 2019 No. 29 Art. 24 [READ S21]; alert [DESIGN]
该危险货物运单号已用于另一车次。 || 核对运单号；每一车次使用自己的运单，同车收运的使用同一车次标识。
The number of the waybill was used for another trip. || Check the number; every trip has its own waybill, a collection round shares one trip id.
""")
