"""What was loaded: R-09 (masses), and the first weighing compared with what the manifest declares (Order 23 Art. 10(3))."""

from __future__ import annotations

from ledger.findings import Findings
from ledger.mass import read_mass
from manifests.acts import Depart
from manifests.mass import difference_level
from manifests.rules.judged import Judged, judge_grams


def loaded_masses_are_whole(judged: Judged, out: Findings) -> None:
    """Either nothing is weighed, or every line once; gross - tare = net where all three stand."""
    body: Depart = judged.statement.body
    if not body.loaded:
        return
    numbers = [line.line for line in body.loaded]
    if sorted(numbers) != list(range(len(judged.state.lines))):
        out.refuse("LINES_ONCE", "body.loaded", ", ".join(map(str, numbers)), f"0 … {len(judged.state.lines) - 1}")
    for position, line in enumerate(body.loaded):
        field = f"body.loaded.{position}"
        judge_grams(out, f"{field}.mass_t", line.mass_t, positive=True)
        judge_weighing(out, field, line.gross_t, line.tare_t, line.mass_t)


def loaded_mass_is_near_declared(judged: Judged, out: Findings) -> None:
    """ALERT WEIGHT: what was loaded differs from what was declared by more than the tolerance of R-62."""
    body: Depart = judged.statement.body
    for loaded in body.loaded:
        mass_g = read_mass(loaded.mass_t)
        if mass_g is None or not 0 <= loaded.line < len(judged.state.lines):
            continue
        line = judged.state.lines[loaded.line]
        level = difference_level(line.form, line.declared_g, mass_g)
        if level is not None:
            out.alert(level, "WEIGHT")


def judge_weighing(out: Findings, field: str, gross_t: str | None, tare_t: str | None, net_t: str | None) -> None:
    """WEIGHING_SUM unless gross - tare = net; each that stands must be a mass."""
    gross_g = None if gross_t is None else judge_grams(out, f"{field}.gross_t", gross_t)
    tare_g = None if tare_t is None else judge_grams(out, f"{field}.tare_t", tare_t)
    net_g = None if net_t is None else read_mass(net_t)
    if gross_g is None or tare_g is None or net_g is None:
        return
    if gross_g - tare_g != net_g:
        out.refuse("WEIGHING_SUM", field, f"{gross_t} - {tare_t} ≠ {net_t}", "gross - tare = net")
