"""R-09 to R-11: how much, in what form and packing, and what must not be missing."""

from __future__ import annotations

from ledger.findings import Findings
from ledger.mass import read_mass
from signing.refusal import texts
from whitelist.checked import Checked
from whitelist.methods import METHODS
from whitelist.transfer import WasteLine

FORMS = ("S", "SS", "L", "G")
PACKINGS = ("bag", "drum", "tank", "box", "other")
LINES_MAX = 16
"""Wastes of one vehicle-trip (design §2)."""


def mass_is_in_tonnes(checked: Checked, out: Findings) -> None:
    """R-09: The mass is in tonnes, above 0, with at most 6 decimals; pieces are counted beside it, never instead. HJ 1259 5.5 [READ S4]."""
    for path, line in checked.lines():
        judge_mass(out, f"{path}.mass_t", line.mass_t)
        if line.unit != "t":
            out.refuse("QTY", f"{path}.unit", line.unit, "t")
        if line.pieces is not None and (line.pieces.count < 1 or not line.pieces.unit.strip()):
            out.refuse("QTY", f"{path}.pieces", f"{line.pieces.count} {line.pieces.unit}", "count ≥ 1 and a unit")


def form_and_packing_go_together(checked: Checked, out: Findings) -> None:
    """R-10: Form and packing are of the lists, at least one pack, and no liquid in bags. Order 23 Art. 18 [READ], combination [DESIGN]."""
    for path, line in checked.lines():
        if line.form not in FORMS:
            out.refuse("FORM_PACK", f"{path}.form", line.form, " / ".join(FORMS))
        if line.packing not in PACKINGS:
            out.refuse("FORM_PACK", f"{path}.packing", line.packing, " / ".join(PACKINGS))
        if line.form == "L" and line.packing == "bag":
            out.refuse("FORM_PACK", f"{path}.packing", "L bag", "drum / tank / box / other")
        if line.packs < 1:
            out.refuse("FORM_PACK", f"{path}.packs", line.packs, "≥ 1")


def lines_are_complete(checked: Checked, out: Findings) -> None:
    """R-11: What part 1 of the form needs is there: 1 to 16 lines, each with name and method, and its decision line where there is a decision.

    Order 23 Art. 10(4), 27 [READ]; number of lines [DESIGN].
    """
    count = len(checked.transfer.lines)
    if not 1 <= count <= LINES_MAX:
        out.refuse("LINES", "lines", count, f"1 to {LINES_MAX}")
    needs_decision = checked.crosses and checked.transfer.approval is not None
    for path, line in checked.lines():
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


TEXTS = texts("""
LINES | R-11 | sender | design §2 [DESIGN]
废物行数不在允许范围内。 || 联单为 1 至 16 行，申请为 1 至 64 行；更多的请分开办理。
The number of lines is out of range. || A manifest has 1 to 16 lines, an application 1 to 64; split what is more.

METHOD | R-11 | sender | HJ 1033 附录F by law §5.6 [READ S25a, S25b]
利用处置方式代码不存在。 || 填写利用处置方式代码，例如 R4、D10、C1。
The code of use or disposal does not exist. || Use a code such as R4, D10 or C1.

FORM_PACK | R-10 | generator | Order 23 Art. 18 [READ]; combinations [DESIGN]
形态或包装方式不对，或两者不能搭配。 || 形态填 S、SS、L 或 G，包装填 bag、drum、tank、box 或 other；液态不得袋装，包装数量至少为 1。
Form and packing are wrong or do not go together. || Choose from the lists; no liquid in bags; at least one pack.
""")
