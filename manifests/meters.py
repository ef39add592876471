"""Daily metering of a pipeline: what left against what came, day by day and against the receipt (R-71; Order 23 Art. 19 [READ])."""

from collections.abc import Iterable, Sequence
from typing import Annotated

from ledger.admission.personality import Judged
from ledger.fields import Day, Mass, label
from ledger.findings import Findings
from ledger.mass import parse_mass
from manifests.act import limits_of, line_is_known
from manifests.mass import Received
from signing.refusal import texts
from whitelist.fields import LineNumber
from whitelist.transfer import BodyPart


class MeterRow(BodyPart, frozen=True, kw_only=True):
    """What both meters counted on one day for one line."""

    day: Annotated[Day, label("日期", "day")]
    line: Annotated[LineNumber, label("行号", "line, from 0")]
    out_t: Annotated[Mass, label("移出端计量（吨）", "at the origin, t")]
    in_t: Annotated[Mass, label("接受端计量（吨）", "at the destination, t")]


def judge_meters(judged: Judged, out: Findings, rows: Sequence[MeterRow], received: Iterable[Received]) -> None:
    """ISSUE_TYPE where nothing is metered; METER_DIFF M beyond tolerance: out against in of a day, Σ in against received of a line."""
    if not rows:
        return
    if judged.state.mode != "pipeline":
        out.refuse("ISSUE_TYPE", "body.meter_rows", judged.state.type, "pipeline")
        return
    days: dict[tuple[str, int], tuple[int, int]] = {}
    totals: dict[int, int] = {}
    for position, row in enumerate(rows):
        if line_is_known(judged, out, f"body.meter_rows.{position}", row.line):
            out_g, in_g = days.get((row.day, row.line), (0, 0))
            days[row.day, row.line] = (out_g + parse_mass(row.out_t), in_g + parse_mass(row.in_t))
            totals[row.line] = totals.get(row.line, 0) + parse_mass(row.in_t)
    permille = limits_of(judged.facts).meter_permille
    pairs = [*days.values(), *((found.received_g, totals.get(found.line, 0)) for found in received)]
    if any(abs(left_g - in_g) * 1000 > in_g * permille for left_g, in_g in pairs):
        out.alert("M", "METER_DIFF")


TEXTS = texts("""
METER_DIFF | R-71 | sender | Order 23 Art. 19 [READ]; tolerance [DESIGN]
管道两端计量相差超出误差，或接受端计量之和与接受量不符。 || 校准两端计量装置，核对每日计量和接受量。
The two meters of the pipeline differ by more than the tolerance, or do not sum up to the receipt. || Calibrate both meters; check the daily rows and the receipt.
""")
