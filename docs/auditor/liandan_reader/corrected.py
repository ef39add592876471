"""What a correction may write (kinds §7, AMEND_VALUE): the field's own form, by the schema of the act that it stands in, what a manifest never
lacks, and the order of its acts. What only rules can say of a value (the catalogue, sites, papers that must travel) is not read here."""

from itertools import pairwise
from typing import Any

from .matrix import PARTS
from .statements import published
from .strict import Bad, need

FORMS = {
    "legs": ("manifest.depart/1", []),
    "loaded": ("manifest.depart/1", ["loaded", "0"]),
    "received": ("manifest.receive/1", ["lines", "0"]),
    "fates": ("manifest.dispose/1", ["fates", "0"]),
}  # part: where its fields stand in a body
ISSUE, SLACK_S = "manifest.issue/1", 300


def judge(trip: Any, after: Any, paths: list[str], now: int) -> None:
    """Raises ``Bad`` unless the record ``after`` a correction of these paths, judged at ``now``, may stand."""
    for number, path in enumerate(paths):
        _fits(after, path, f"body.changes.{number}.now")
    for line in after["lines"]:
        need(line["code"][-2:] == line["category"][-2:], "AMEND_VALUE", "body.changes", line["category"], line["code"])
    said = "emergency_measures" in after or all("precautions" in line for line in after["lines"])
    need("plan" in after or "plan" not in trip.record, "AMEND_VALUE", "body.changes", "", "a plan")
    need(said or "emergency_measures" not in trip.record, "AMEND_VALUE", "body.changes", "", "emergency measures")
    same = after["origin"]["division"][:2] == trip.origin[:2]
    need(same, "AMEND_VALUE", "body.changes", after["origin"]["division"], f"in {trip.origin[:2]}")
    carries = any(path.startswith("lines.") and path.endswith(".mass_t") for path in paths) and bool(trip.returned)
    need(not carries, "AMEND_IMPOSSIBLE", "body.changes", paths, "a return carries what was refused")
    if any(path.startswith("times.") for path in paths):
        _in_order(trip, after["times"], now)


def _fits(after: Any, path: str, where: str) -> None:
    """The whole field at which, or within which, a path ends."""
    part, *rest = path.split(".")
    if part == "times":
        return need(type(after[part].get(rest[0])) is int, "AMEND_VALUE", where, path, "a moment")
    if part == "lines":
        kind, way, owner, name = ISSUE, ["lines", "0"], after[part][int(rest[0])], rest[1]
    elif part in PARTS:
        (kind, way), owner, name = FORMS[part], after[part][int(rest[0])], rest[1]
    else:
        kind, way, owner, name = ISSUE, [], after, part
    check, is_required = published().field(kind, [*way, name])
    if name not in owner:
        return need(not is_required and name != "number", "AMEND_VALUE", where, path, "a value")
    try:
        return check(owner[name], where)
    except Bad as bad:
        raise Bad("AMEND_VALUE", where, owner[name], bad.code) from None


def _in_order(trip: Any, times: Any, now: int) -> None:
    """Issued, departed, changed hands, arrived, received; accepted before it is signed, and not before the issue (R-56)."""
    issued = [] if trip.is_backfill else [trip.issued_at]
    received = [*([trip.received_at] if trip.is_received else []), now]
    legs = [leg.begun for leg in trip.legs[1:]]
    way = [*issued, times.get("departed_at"), *legs, times.get("arrived_at"), *received]
    for order in (way, [*issued, times.get("accepted_at"), *received]):
        for one, later in pairwise(moment for moment in order if moment is not None):
            need(one <= later + SLACK_S, "AMEND_VALUE", "body.changes", one, f"not after {later}")
