"""R-09 to R-11: how much, in what form and packing, and what must not be missing."""

from __future__ import annotations

from ledger.findings import Findings
from ledger.mass import read_mass
from whitelist.case import Case
from whitelist.methods import METHODS
from whitelist.transfer import WasteLine

FORMS = ("S", "SS", "L", "G")
PACKINGS = ("bag", "drum", "tank", "box", "other")
LINES_MAX = 16
"""Wastes of one vehicle-trip (design §2)."""


def r_09(case: Case, out: Findings) -> None:
    """The mass is in tonnes, above 0, with at most 6 decimals; pieces are counted beside it, never instead. HJ 1259 5.5 [READ S4]."""
    for path, line in case.lines():
        judge_mass(out, f"{path}.mass_t", line.mass_t)
        if line.unit != "t":
            out.refuse("QTY", f"{path}.unit", line.unit, "t")
        if line.pieces is not None and (line.pieces.count < 1 or not line.pieces.unit.strip()):
            out.refuse("QTY", f"{path}.pieces", f"{line.pieces.count} {line.pieces.unit}", "count ≥ 1 and a unit")


def r_10(case: Case, out: Findings) -> None:
    """Form and packing are of the lists, at least one pack, and no liquid in bags. Order 23 Art. 18 [READ], combination [DESIGN]."""
    for path, line in case.lines():
        if line.form not in FORMS:
            out.refuse("FORM_PACK", f"{path}.form", line.form, " / ".join(FORMS))
        if line.packing not in PACKINGS:
            out.refuse("FORM_PACK", f"{path}.packing", line.packing, " / ".join(PACKINGS))
        if line.form == "L" and line.packing == "bag":
            out.refuse("FORM_PACK", f"{path}.packing", "L bag", "drum / tank / box / other")
        if line.packs < 1:
            out.refuse("FORM_PACK", f"{path}.packs", line.packs, "≥ 1")


def r_11(case: Case, out: Findings) -> None:
    """What part 1 of the form needs is there: 1 to 16 lines, each with name and method, and its decision line where there is a decision.

    Order 23 Art. 10(4), 27 [READ]; number of lines [DESIGN].
    """
    count = len(case.transfer.lines)
    if not 1 <= count <= LINES_MAX:
        out.refuse("LINES", "lines", count, f"1 to {LINES_MAX}")
    needs_decision = case.crosses and case.transfer.approval is not None
    for path, line in case.lines():
        _judge_line(out, path, line, needs_decision)


def _judge_line(out: Findings, path: str, line: WasteLine, needs_decision: bool) -> None:
    if not line.name.strip():
        out.refuse("MISSING", f"{path}.name", "", "废物名称 / name of the waste")
    if line.method not in METHODS:
        out.refuse("METHOD", f"{path}.method", line.method, " ".join(METHODS))
    if needs_decision and line.decision_line is None:
        out.refuse("MISSING", f"{path}.decision_line", "", "批准行号 / line of the decision, from 0")


def judge_mass(out: Findings, field: str, mass_t: str) -> int:
    """Grams of a mass above 0; reason QTY and 0 otherwise (R-09)."""
    grams = read_mass(mass_t)
    if not grams:
        out.refuse("QTY", field, mass_t, "> 0 t, e.g. 5.600000")
    return grams or 0
