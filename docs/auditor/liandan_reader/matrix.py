"""The consent matrix of corrections (kinds §8), and what stands on a manifest by path."""

import re
from contextlib import suppress
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

from .strict import Bad, grams, instant, need, strict_json

MATRIX = """
G      -                *  planned_at insurance_no contract.no contract.valid_to emergency_measures provincial_number pre_notice.given_at
G      -                *  pre_notice.ref plan.filing_no plan.site trip_id lines.N.internal_name lines.N.source_stage lines.N.precautions
G      -                *  lines.N.note lines.N.pieces.count lines.N.pieces.unit lines.N.plan_line
C      -                .  legs.N.via legs.N.crew
R      -                .  received.N.found.name received.N.found.code received.N.found.form received.N.found.packing received.N.note
R      -                .  received.N.major_difference_note
G      G,AO             *  origin.division origin.address origin.site
G,R    G,R              *  destination.address
G,R    G,R,PAO,PAD      .  lines.N.name lines.N.code lines.N.category lines.N.hazards lines.N.components lines.N.form lines.N.packing
G,R    G,R,PAO,PAD      .  lines.N.packs lines.N.dg.un_no lines.N.dg.dg_class lines.N.dg.packing_group lines.N.dg_none
G,R    G,R,PAO,PAD      .  lines.N.identification lines.N.method lines.N.purpose
G      G,R,C0,PAO       .  lines.N.mass_t
K,C0   K,C0,AR          .  loaded.N.mass_t
R,G    R,G,AD           .  received.N.accepted_t received.N.refused_t received.N.opinion received.N.reason_code received.N.method
R      R,G              .  fates.N.mass_t fates.N.method fates.N.done_on fates.N.onward
K,C0   K,C0             .  times.departed_at
CL     CL,K             .  times.arrived_at
R      R,G,YAD          .  times.accepted_at
C      C,K              .  legs.N.vehicle.kind legs.N.vehicle.plate legs.N.vehicle.trailer legs.N.vehicle.licence_no
C      C,K              .  legs.N.vehicle.trailer_licence_no legs.N.waybill_no legs.N.seals
AO,G   AO               *  number
"""
"""Who proposes; who has agreed when it comes into force, the proposer among them; ``*``: also before the departure; fields. C0 first, CL last
carrier; P only between provinces, AR only after the receipt, Y only into another year."""
EAST_S = 8 * 3600  # days and years are those of Shanghai


_TABLE = [line.split() for line in MATRIX.strip().splitlines()]
ROWS = [
    (re.compile(re.escape(path).replace("N", "(0|[1-9][0-9]{0,3})")), who.split(","), [one for one in asked.split(",") if one != "-"], early == "*")
    for who, asked, early, *paths in _TABLE
    for path in paths
]  # fmt: skip
PARTS = {"legs": [], "loaded": [], "received": [], "fates": [], "times": {}}  # beside the fields of the issue


def recorded(body: Any) -> Any:
    """What an issue wrote, to be corrected by path."""
    return deepcopy({name: value for name, value in body.items() if name not in ("files", "commit")} | PARTS)


def year_of(at: Any) -> int:
    """The year of a moment in Shanghai; 0 where it is none."""
    with suppress(Bad, TypeError, ValueError, OverflowError):
        return datetime.fromtimestamp((at if isinstance(at, int) else instant(at)) + EAST_S, UTC).year
    return 0


def paths_of(changes: Any) -> list[str]:
    return [change["path"] for change in changes]


def row_of(path: str) -> tuple[re.Pattern[str], str, list[str], bool]:
    row = next((row for row in ROWS if row[0].fullmatch(path)), None)
    if row is None:
        raise Bad("AMEND_PATH", "body.changes", path, "a field of the matrix")
    return row


def value_of(text: str) -> Any:
    """A value that travels as a text of JSON; None for nothing."""
    found = strict_json(b'{"value":' + (text.encode() or b"0") + b"}", 24 * 1024, "AMEND_VALUE")
    need(list(found) == ["value"], "AMEND_VALUE", "body.changes", text, "one value")
    return found["value"] if text else None


def value_at(record: Any, path: str) -> Any:
    for name in path.split("."):
        if isinstance(record, list):
            need(int(name) < len(record), "AMEND_PATH", "body.changes", path, f"{len(record)} of them")
            record = record[int(name)]
        else:
            record = record.get(name) if isinstance(record, dict) else None
    return record


def put_value(record: Any, path: str, value: Any) -> None:
    *way, last = path.split(".")
    inner = record
    for name in way:
        inner = inner[int(name)] if isinstance(inner, list) else inner.setdefault(name, {})
    if value is not None:
        inner[last] = value
    elif inner.pop(last, None) is not None and not inner and not way[-1].isdecimal():
        put_value(record, ".".join(way), None)


def is_same(path: str, one: Any, other: Any) -> bool:
    """Compared as values: masses in grams, times as moments, hazards as a set."""
    if isinstance(one, str) and other is not None and path.startswith("times."):
        return instant(one, "body.changes", "AMEND_VALUE") == other
    if path.endswith(".hazards") and isinstance(one, list) and other is not None:
        return sorted(map(str, one)) == sorted(other)
    with suppress(Bad, TypeError):
        one, other = (grams(one), grams(other)) if path.endswith("_t") else (one, other)
    return type(one) is type(other) and bool(one == other)
