"""R-65: waste that was refused goes back or elsewhere, and soon. Who refuses and keeps it gets nothing more from the same generator.

Grams that a receiver refuses give their quota back at once; until they have left its gate on a manifest with ``returns`` they stand in the
register of the pair, and from ``return_block_wd`` working days on every other issue between the two is refused. Source: law §7.4, kinds §5 [DESIGN].
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from ledger.mass import format_mass, tonnes
from ledger.model import Findings
from signing.refusal import texts
from whitelist.checked import RETURN, Checked
from whitelist.workdays import is_late


class RefusedLoad(Struct, frozen=True, gc=False):
    """Grams of a manifest that were refused on a day and have not departed on a return."""

    manifest: str
    grams: int
    refused_on: str


class RefusedLoads(Struct, frozen=True, gc=False):
    """Register ``refused:<generator> <receiver>``: what stands at the receiver's gate, in order of refusal. Empty, it stays as empty."""

    loads: tuple[RefusedLoad, ...] = ()

    def moved(self, manifest: str, change_g: int, refused_on: str = "") -> RefusedLoads:
        """The register after grams of a manifest came (a receipt on ``refused_on``) or went; what has gone wholly leaves it."""
        known = next((load for load in self.loads if load.manifest == manifest), None)
        if known is None:
            return RefusedLoads((*self.loads, RefusedLoad(manifest, change_g, refused_on))) if change_g > 0 else self
        left_g = known.grams + change_g
        return RefusedLoads(
            tuple([replace(load, grams=left_g) if load is known else load for load in self.loads if load is not known or left_g > 0])
        )


def refused_key(generator: str, receiver: str) -> str:
    """Key of the register of a pair."""
    return f"refused:{generator} {receiver}"


def refused_waste_has_left(checked: Checked, out: Findings) -> None:
    """RETURN_OPEN for any issue but a return while the receiver keeps what it refused of this generator beyond ``return_block_wd``."""
    transfer, limits = checked.transfer, checked.thresholds
    if transfer.returns is not None or limits is None:
        return
    known: RefusedLoads | None = checked.facts.get(refused_key(checked.generator, transfer.receiver))
    for load in () if known is None else known.loads:
        if is_late(checked.facts, out, load.refused_on, limits.return_block_wd, checked.day):
            own = {"manifest": load.manifest, "mass": tonnes(load.grams), "refused": load.refused_on, "days": str(limits.return_block_wd)}
            found = f"{load.manifest} {format_mass(load.grams)} t"
            out.refuse("RETURN_OPEN", "body.receiver", found, "0", "KEPT", receiver=transfer.receiver, **own)


def way_home_is_told(checked: Checked, out: Findings) -> None:
    """ALERT L RETURN_TRIP: waste is on the road that nobody has taken."""
    if checked.route == RETURN:
        out.alert("L", "RETURN_TRIP")


RULES = (refused_waste_has_left, way_home_is_told)
TEXTS = texts("""
RETURN_OPEN | R-65 | generator | law §7.4 [DESIGN]
拒收的废物尚未退回或改送起运。 || 移出人开具退回（returns.how 填 back）或改送（redirect）联单并使其起运；起运后即可继续办理。
Refused waste has not left on a return or redirect yet. || The generator issues a manifest with returns (how: back or redirect) and lets it depart; then go on.

RETURN_OPEN:KEPT
{receiver}于{refused}拒收的 {mass} 吨（联单 {manifest}）超过 {days} 个工作日仍未退回或改送，不能再向它开具联单。 || 先为这批废物开具退回或改送联单（body.returns.manifest 填 {manifest}）并使其起运，之后原样重新提交；改送其他接受人的联单不受影响。
{receiver} refused {mass} t (manifest {manifest}) on {refused}; more than {days} working days later they have not left: nothing more is issued to it. || Issue a manifest that takes this waste back or elsewhere (body.returns.manifest {manifest}) and let it depart, then send this again, unchanged; manifests to other receivers are not affected.

RETURN_OPEN:CLOSING
联单有拒收的废物 {mass} 吨还没有随退回或改送联单起运，不能核实办结。 || 为它开具退回（returns.how 填 back）或改送（redirect）联单，body.returns.manifest 填 {manifest}；已经开具的，等它起运后原样重新提交。
{mass} t of this manifest were refused and have not departed on a return or redirect: it cannot be closed. || Issue a manifest for them with returns (how: back or redirect, manifest {manifest}); if there is one, send this again, unchanged, once that has departed.

RETURN_TRIP | R-65 | nobody | law §7.4 [DESIGN]
退回运输：被拒收的废物运回移出人。 || 不影响开具。途中的要求与其他危险废物运输相同；运抵后由移出人接受确认。
A return: refused waste travels home to its generator. || It is issued all the same. The trip is one of hazardous waste like any other; at its end the generator confirms the receipt.
""")
