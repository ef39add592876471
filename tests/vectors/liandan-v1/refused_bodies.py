"""Bodies out of form, by kind: one field of a good act outside its type, enumeration, pattern or length, with the code that it has.

Written from "Kinds of version 1", §0 and the rows of the kinds. ``raw`` is the body alone.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import bytes_v1 as v1
from refused import Case, case
from writer import Log

GONE = object()
"""The field is taken away."""
USCC, DAY, AT = "915101120000FX029F", "2026-02-30", "2026-11-02T24:00:00+08:00"
LONG, BLANK = "长" * 201, "\u3000\u2800\u115f\uffa0\ufe0f\u3164"
FILE = {"sha256": "0" * 64, "size": 1, "media_type": "application/pdf", "name": "附件（虚构）"}

FORMS: dict[str, list[tuple[str, str, Any]]] = {
    "permit.grant": [
        ("MISSING", "no", ""),
        ("MISSING", "no", BLANK),
        ("TEXT_LONG", "no", LONG),
        ("FIELD_TYPE", "class", "full"),
        ("DATE_FORM", "valid_from", DAY),
        ("DATE_FORM", "valid_to", "2028/12/31"),
        ("DIVISION", "division", "900101"),
        ("ITEMS", "items", []),
        ("METHOD", "items.0.methods.0", "R14"),
        ("QTY", "scale_t", "0"),
        ("QTY", "scale_t", "1e4"),
        ("QTY", "scale_t", "1.0000001"),
        ("FIELD_TYPE", "file", FILE | {"size": 0}),
        ("FIELD_TYPE", "file", FILE | {"sha256": "A" * 64}),
        ("FIELD_TYPE", "file", FILE | {"media_type": "PDF"}),
        ("FIELD_MISSING", "class", GONE),
    ],
    "permit.usage": [("DATE_FORM", "month", "2026-13"), ("QTY", "received_t", "-1"), ("MISSING", "source", " ")],
    "list.propose": [
        ("FIELD_TYPE", "kind", "plain"),
        ("FIELD_TYPE", "suspension_stops", "issues"),
        ("MISSING", "letter_no", ""),
        ("DATE_FORM", "letter_date", DAY),
        ("LIST_SIZE", "rows", 2001),
        ("LIST_SIZE", "rows", 0),
        ("FIELD_TYPE", "rows", "1"),
    ],
    "list.rows": [
        ("USCC", "rows.0.receiver", USCC),
        ("QTY", "rows.0.quota_t", "0"),
        ("METHOD", "rows.0.methods.0", "X1"),
        ("FIELD_TYPE", "rows.0.conditions", {"pre_notice_days": 61}),
        ("FIELD_TYPE", "rows.0.conditions", {"complete_within_days": 0}),
        ("FIELD_TYPE", "rows.0.conditions", {"transit": ["99"]}),
        ("FIELD_UNKNOWN", "rows.0.price", 1),
    ],
    "list.countersign": [("FIELD_TYPE", "rows_hash", "x"), ("FIELD_MISSING", "letter_no", GONE)],
    "manifest.issue": [
        ("ISSUE_TYPE", "type", "ordinary"),
        ("ISSUE_TYPE", "type", "urgent"),
        ("ISSUE_TYPE", "type", ""),
        ("FIELD_TYPE", "returns", {"manifest": "manifest/915101120000FX029E/01KB2Z8Q6V0000000000000031", "how": "on", "lines": [0]}),
        ("FIELD_TYPE", "emergency", "incident/115100000000FX510L/01KB2Z8Q6V0000000000000031"),
        ("LIST_LENGTH", "lines.0.lots", []),
        ("USCC", "receiver", USCC),
        ("CONSIGNOR", "consignor", "carrier"),
        ("MODE", "mode", "air"),
        ("AT_FORM", "planned_at", AT),
        ("TRIP_ID", "trip_id", "a b"),
        ("LIST_LENGTH", "carriers", ["915001050000FX045U"] * 2),
        ("DIVISION", "origin.division", "51011"),
        ("MISSING", "origin.address", BLANK),
        ("NO_FORMAT", "number", "2026510100001"),
        ("LINES", "lines", []),
        ("FORM_PACK", "lines.0.form", "X"),
        ("FORM_PACK", "lines.0.packing", "crate"),
        ("QTY", "lines.0.mass_t", "100000.000001"),
        ("QTY", "lines.0.mass_t", "5,6"),
        ("METHOD", "lines.0.method", "R16"),
        ("MISSING", "lines.0.name", "\u200a"),
        ("TEXT_LONG", "emergency_measures", "长" * 2001),
        ("DG_DATA", "lines.0.dg", {"un_no": "279", "dg_class": "8"}),
        ("LIST_LENGTH", "files", [FILE, FILE]),
        ("LIST_LENGTH", "files", [FILE | {"sha256": f"{n:064}"} for n in range(9)]),
        ("FIELD_UNKNOWN", "backfill", True),
        ("FIELD_UNKNOWN", "dangerous_goods", []),
        ("FIELD_UNKNOWN", "lines.0.unit", "t"),
    ],
}
"""Kind, code, path, value. Each is the only defect of its body."""


def bodies_of(log: Log) -> dict[str, Any]:
    """The last good body of every kind in a log; of issues the last that stands on no emergency."""
    found = {}
    for raw in log.entries:
        fields = json.loads(base64.b64decode(json.loads(raw)["statement"]["payload"]))
        if "emergency" not in fields["body"]:
            found[fields["kind"].removesuffix("/1")] = fields["body"]
    return found


def changed(body: Any, path: str, value: Any) -> Any:
    """A copy with one field set or taken away."""
    copy = json.loads(json.dumps(body))
    *parents, last = path.split(".")
    place = copy
    for name in parents:
        place = place[int(name)] if isinstance(place, list) else place[name]
    if value is GONE:
        del place[last]
    else:
        place[int(last) if isinstance(place, list) else last] = value
    return copy


def body(log: Log) -> Iterator[Case]:
    """``raw`` is a body of ``kind``."""
    good = bodies_of(log)
    for kind, defects in FORMS.items():
        for number, (code, path, value) in enumerate(defects):
            raw = v1.compact(changed(good[kind], path, value))
            yield case(f"{kind} {number}: {path}", code, raw, kind=f"{kind}/1")
