"""Numbers of 危险货物运单: one waybill travels with one trip (kinds §1.5; case E3)."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from ledger.admission.personality import Judged
from ledger.fields import normal
from ledger.findings import Findings
from manifests.act import Entered
from manifests.model import ManifestState
from manifests.vehicles import trip_name
from signing.refusal import texts

USES_MAX = 32


class WaybillUses(Struct, frozen=True):
    """Register ``waybill:<carrier> <N(no)>``: the newest uses; the carrier is that of the leg, so nobody fills another's."""

    newest: tuple[tuple[str, str], ...] = ()
    """(manifest, name of its trip)."""


def waybill_key(carrier: str, number: str) -> str:
    """Key of the register of a waybill."""
    return f"waybill:{carrier} {normal(number)}"


def judge_waybill(judged: Judged, out: Findings, carrier: str, number: str | None) -> None:
    """ALERT M WAYBILL_USED when another trip of this carrier travelled under the number."""
    state: ManifestState = judged.state
    if number is None or state.is_backfill:
        return
    known: WaybillUses = judged.facts.get(waybill_key(carrier, number)) or WaybillUses()
    trip = trip_name(judged.statement.chain, state)
    if any(other != trip for _, other in known.newest):
        out.alert("M", "WAYBILL_USED")


def waybill_written(entered: Entered) -> Mapping[str, Any]:
    """The register after the newest leg began under the number that its act names."""
    number: str | None = entered.statement.body.waybill_no
    manifest, state, leg = entered.statement.chain, entered.after, entered.after.legs[-1]
    if number is None or state.is_backfill:
        return {}
    key = waybill_key(leg.carrier, number)
    known: WaybillUses = entered.facts.get(key) or WaybillUses()
    return {key: WaybillUses((*known.newest, (manifest, trip_name(manifest, state)))[-USES_MAX:])}


TEXTS = texts("""
WAYBILL_USED | R-51 | carrier | MOT 2019 No. 29 Art. 24 [READ S21]; alert [DESIGN]
该危险货物运单号已用于另一车次。 || 核对运单号；每一车次使用自己的运单，同车收运的使用同一车次标识。
The number of the waybill was used for another trip. || Check the number; every trip has its own waybill, a collection round shares one trip id.
""")
