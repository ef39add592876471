"""Fates: what the receiver did with the accepted grams (利用或者处置结果, Order 23 Art. 12(4)). No gram gets two fates."""

from __future__ import annotations

from ledger.findings import Findings
from ledger.mass import format_mass
from manifests.acts import Dispose
from manifests.rules.judged import ACTS_MAX, Judged, judge_grams
from whitelist.methods import METHODS

FATES_MAX = 64
"""Fates in one act: four methods for each of 16 lines."""


def fates_are_counted(judged: Judged, out: Findings) -> None:
    """1 to FATES_MAX fates in one act, and no disposal on a trunk of ACTS_MAX acts."""
    body: Dispose = judged.statement.body
    if not 1 <= len(body.fates) <= FATES_MAX:
        out.refuse("LIST_LENGTH", "body.fates", len(body.fates), f"1 … {FATES_MAX}")
    if len(judged.state.acts) >= ACTS_MAX:
        out.refuse("TRUNK_FULL", "chain", len(judged.state.acts), f"≤ {ACTS_MAX}")


def fates_stay_within_stock(judged: Judged, out: Findings) -> None:
    """Each fate names a line, a known method and grams > 0; together they leave no line with less than nothing."""
    body: Dispose = judged.statement.body
    totals: dict[int, int] = {}
    for position, fate in enumerate(body.fates[:FATES_MAX]):
        field = f"body.fates.{position}"
        if not 0 <= fate.line < len(judged.state.lines):
            out.refuse("LINE_UNKNOWN", f"{field}.line", fate.line, f"0 … {len(judged.state.lines) - 1}")
            continue
        if fate.method not in METHODS:
            out.refuse("METHOD", f"{field}.method", fate.method, "R1 … R15, D1 … D16, C1 …")
        mass_g = judge_grams(out, f"{field}.mass_t", fate.mass_t, positive=True) or 0
        totals[fate.line] = totals.get(fate.line, 0) + mass_g
    for number, total_g in sorted(totals.items()):
        stock_g = judged.state.lines[number].stock_g
        if total_g > stock_g:
            out.refuse("FATE_EXCEEDS", "body.fates", f"line {number}: {format_mass(total_g)} t", f"≤ {format_mass(stock_g)} t")


def method_stays(judged: Judged, out: Findings) -> None:
    """ALERT H METHOD_CHANGED: the waste is gone, but not by the method of the manifest (R-64, Art. 28(2))."""
    body: Dispose = judged.statement.body
    for fate in body.fates:
        if 0 <= fate.line < len(judged.state.lines) and fate.method != judged.state.lines[fate.line].method:
            out.alert("H", "METHOD_CHANGED")
