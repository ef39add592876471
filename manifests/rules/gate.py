"""The loading gate: R-50 (labels and checks) and R-51 (waybill), Order 23 Art. 11(1)(2), 13: 不相符的，应当不予装载.

A label is a 数字识别码 of HJ 1276: 18 + 8 + 8 + 3 = 37 characters, USCC, code without hyphens, day, serial. The sum is read
[READ S20b], the four widths are recalled and to be confirmed [RECALL].
"""

from __future__ import annotations

import re

from msgspec import Struct

from ledger.days import read_day
from ledger.findings import Findings
from manifests.acts import Depart
from manifests.rules.judged import Judged, is_blank
from signing.uscc import check_uscc

LABELS_MAX = 500
"""What 24 KiB of body hold."""
CHECKS = ("carrier", "vehicle", "crew", "labels")
"""What Art. 13 has verified at every loading: permits of carrier, vehicle and crew, and the labels."""
BULK_PACKING = frozenset({"tank", "other"})
"""Packings that carry their label on the storage, not on pieces."""
_LABEL = re.compile(r"(?P<unit>[0-9A-HJ-NPQRTUWXY]{18})(?P<code>[0-9]{8})(?P<day>[0-9]{8})(?P<serial>[0-9]{3})")


class Label(Struct, frozen=True):
    """A scanned 数字识别码, taken apart. ``code`` with hyphens, ``day`` as ``YYYY-MM-DD``."""

    unit: str
    code: str
    day: str
    serial: str


def read_label(text: str) -> Label | None:
    """The four segments, or ``None`` if the text is no label or its day does not exist."""
    found = _LABEL.fullmatch(text)
    if found is None:
        return None
    code, day = found["code"], found["day"]
    label = Label(found["unit"], f"{code[:3]}-{code[3:6]}-{code[6:]}", f"{day[:4]}-{day[4:6]}-{day[6:]}", found["serial"])
    return label if read_day(label.day) is not None else None


def waybill_travels(judged: Judged, out: Findings) -> None:
    """R-51: nothing departs without 危险货物运单."""
    body: Depart = judged.statement.body
    if is_blank(body.waybill_no):
        out.refuse("NO_MANIFEST", "body.waybill_no", body.waybill_no, "危险货物运单号")


def checks_are_attested(judged: Judged, out: Findings) -> None:
    """The signers attest the four checks of Art. 13."""
    body: Depart = judged.statement.body
    left_out = [check for check in CHECKS if check not in body.gate.checks]
    if left_out:
        out.refuse("LOAD_CHECKS", "body.gate.checks", ", ".join(body.gate.checks), ", ".join(left_out))


def labels_match_lines(judged: Judged, out: Findings) -> None:
    """R-50, R-52: every label parses, names the generator and the code of a line; every packed line shows at least one."""
    body: Depart = judged.statement.body
    state, labels = judged.state, body.gate.labels
    if len(labels) > LABELS_MAX:
        out.refuse("LOAD_LABEL", "body.gate.labels", len(labels), f"≤ {LABELS_MAX}")
        return
    codes = {line.code for line in state.lines}
    seen: set[str] = set()
    shown: set[str] = set()
    for position, text in enumerate(labels):
        field = f"body.gate.labels.{position}"
        label = read_label(text)
        if label is None:
            out.refuse("LOAD_LABEL", field, text, "18 + 8 + 8 + 3")
        elif text in seen:
            out.refuse("LOAD_LABEL", field, text, "每个标签一次 / once")
        elif label.unit != state.generator:
            out.refuse("MULTI_GENERATOR" if check_uscc(label.unit) else "LOAD_LABEL", field, label.unit, state.generator)
        elif label.code not in codes:
            out.refuse("LOAD_LABEL", field, label.code, ", ".join(sorted(codes)))
        else:
            shown.add(label.code)
        seen.add(text)
    if state.backfill:
        return  # the paper trip is over; its labels can no longer be scanned
    for number, line in enumerate(state.lines):
        if line.code not in shown and line.packing not in BULK_PACKING:
            out.refuse("LOAD_LABEL", "body.gate.labels", "", f"lines.{number}: {line.code}")
