"""What a receipt is made of, and its terms: confirmed in time (R-60), a back-fill recorded in time (R-70; Order 23 Art. 18.1, 20.2 [READ]).

A pipeline is metered day by day: what left against what came, and both against the receipt (R-71; Order 23 Art. 19 [READ]).
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Annotated, Literal

from ledger.admission.personality import Judged
from ledger.fields import At, Day, Files, Flag, Mass, Text, form, items, label, words
from ledger.mass import parse_mass
from ledger.model import Findings
from ledger.times import DAY_S, day_of
from manifests.act import line_is_known
from manifests.mass import Received, limits_of
from manifests.tickets import Tickets
from signing.phrase import Phrase
from signing.refusal import texts
from whitelist.fields import LineNumber, Method, WasteCode, WasteForm
from whitelist.transfer import BodyPart, Packing
from whitelist.workdays import workdays_of

LineMassOrZero = Annotated[
    str,
    form(
        r"^(100000(\.0{1,6})?|(0|[1-9][0-9]{0,4})(\.[0-9]{1,6})?)$",
        "QTY",
        Phrase(
            "以吨为单位、不超过 100000、至多 6 位小数的文本，如 5.600000",
            "tonnes as a text, at most 100000, at most 6 decimals, e.g. 5.600000",
        ),
    ),
]
"""R-09: no vehicle carries more; a receipt is bound by no quota, and no account may leave 2^53."""
Opinion = Annotated[
    Literal["accept", "partly", "reject"], label("处理意见", "opinion"), words({"accept": "接受", "partly": "部分接受", "reject": "拒收"})
]
DIFFERENCES = {"name": "名称", "quantity": "数量", "property": "特性", "form": "形态", "packing": "包装方式"}
Difference = Annotated[Literal["name", "quantity", "property", "form", "packing"], words(DIFFERENCES)]
ReasonCode = Annotated[
    Literal[
        "name", "quantity", "property", "form", "packing",
        "label", "no_capacity", "out_of_permit", "contaminated", "no_documents", "other",
    ],
    label("拒收原因", "reason code"),
    words({
        **DIFFERENCES, "label": "标签不符", "no_capacity": "无接收能力", "out_of_permit": "超出许可范围",
        "contaminated": "混入杂质", "no_documents": "手续不全", "other": "其他",
    }),
]  # fmt: skip
WeighingMethod = Annotated[
    Literal["weighbridge", "scale", "flow_meter", "volume", "estimate"],
    label("计量方式", "method of weighing"),
    words({"weighbridge": "地磅", "scale": "台秤", "flow_meter": "流量计", "volume": "体积换算", "estimate": "估算"}),
]


class FoundWaste(BodyPart, frozen=True, kw_only=True):
    """What was found instead of what the manifest says."""

    name: Annotated[Text | None, label("实际名称", "name found")] = None
    code: Annotated[WasteCode | None, label("实际废物代码", "code found")] = None
    form: WasteForm | None = None
    packing: Packing | None = None


class ReceivedLine(BodyPart, frozen=True, kw_only=True):
    """Part 3 of the form for one line."""

    line: Annotated[LineNumber, label("行号", "line, from 0")]
    opinion: Opinion
    accepted_t: Annotated[LineMassOrZero, label("接受量（吨）", "mass accepted, t")]
    refused_t: Annotated[LineMassOrZero | None, label("拒收量（吨）", "mass refused, t")] = None
    """Absent for ``accept`` (nothing) and for ``reject`` (everything that was sent)."""
    method: Annotated[Method | None, label("拟利用处置方式", "intended method")] = None
    """Absent: the manifest's."""
    differences: Annotated[tuple[Difference, ...], items(0, 5, once=True), label("差异", "differences")] = ()
    """Which of 名称、数量、特性、形态、包装方式 differ from the manifest (Art. 18.2)."""
    found: Annotated[FoundWaste | None, label("实际情况", "found")] = None
    reason_code: ReasonCode | None = None
    reason: Annotated[Text | None, label("拒收理由", "reason")] = None
    major_difference: Annotated[Flag | None, label("是否存在重大差异", "major difference")] = None
    major_difference_note: Annotated[Text | None, label("重大差异简述", "note on the major difference")] = None
    note: Annotated[Text | None, label("备注", "note")] = None
    files: Files = ()


class Weighing(BodyPart, frozen=True, kw_only=True):
    """How the receiver measured; gross, tare and net stand in the tickets."""

    method: WeighingMethod
    tickets: Tickets = ()


class Report(BodyPart, frozen=True, kw_only=True):
    """A report or notice that was given: when, and under which reference."""

    at: Annotated[At, label("时间", "at")]
    ref: Annotated[Text | None, label("文号", "reference")] = None


class MeterRow(BodyPart, frozen=True, kw_only=True):
    """What both meters counted on one day for one line."""

    day: Annotated[Day, label("日期", "day")]
    line: Annotated[LineNumber, label("行号", "line, from 0")]
    out_t: Annotated[Mass, label("移出端计量（吨）", "at the origin, t")]
    in_t: Annotated[Mass, label("接受端计量（吨）", "at the destination, t")]


def note_lateness(judged: Judged, out: Findings, accepted_s: int) -> None:
    """RECEIPT_OVERDUE M after ``receipt_wd`` working days from 接受之日, H from ``receipt_high_wd`` on; of a backfill BACKFILL_LATE M."""
    limits = limits_of(judged.facts)
    term = limits.backfill_wd if judged.state.is_backfill else limits.receipt_wd
    if judged.moment.at_s - accepted_s < term * DAY_S:
        return  # not even so many days lie between
    accepted_on = date.fromisoformat(day_of(accepted_s))
    admitted_on = date.fromisoformat(day_of(judged.moment.at_s))
    # Counting far beyond the longest term tells nothing new, and a fact may be of any age.
    horizon = accepted_on + timedelta(days=3 * max(term, limits.receipt_high_wd) + 30)
    count = workdays_of(judged.facts).between(accepted_on, min(admitted_on, horizon))
    if count.workdays <= term:
        return
    if judged.state.is_backfill:
        out.alert("M", "BACKFILL_LATE")
    else:
        out.alert("H" if count.workdays >= limits.receipt_high_wd else "M", "RECEIPT_OVERDUE")
    for flag in count.flags:
        out.tag(flag)


def judge_meters(judged: Judged, out: Findings, rows: Sequence[MeterRow], received: Iterable[Received]) -> None:
    """ISSUE_TYPE where nothing is metered; METER_DIFF M beyond tolerance: out against in of a day, Σ in against received of a line."""
    if judged.state.mode != "pipeline":
        out.refuse("ISSUE_TYPE", "body.meter_rows", judged.state.type, "pipeline", "METERS")
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
RECEIPT_OVERDUE | R-60 | nobody | Order 23 Art. 18.1 [READ]; levels M from day 6, H from day 10 [DESIGN]
接受人未在接受之日起五个工作日内确认。 || 不影响入账，主管部门会看到。及时确认；逾期原因由接受人说明。
The receiver did not confirm within five working days of taking the waste over. || It is entered all the same, and the authorities see it. Confirm in time; let the receiver explain the delay.

METER_DIFF | R-71 | sender | Order 23 Art. 19 [READ]; tolerance [DESIGN]
管道两端计量相差超出误差，或接受端计量之和与接受量不符。 || 不影响入账，主管部门会看到。校准两端计量装置，核对每日计量和接受量。
The two meters of the pipeline differ by more than the tolerance, or do not sum up to the receipt. || It is entered all the same, and the authorities see it. Calibrate both meters; check the daily rows and the receipt.
""")
