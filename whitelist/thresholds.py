"""Tolerances and terms (允差与期限): every figure of the law or of design by which rules judge, as one adopted data set.

Data set ``thresholds``: one JSON object, integers only, every field of :class:`Thresholds` exactly once. It changes by ``data.adopt``,
signed by the operator and all authorities; statements print its version. No thresholds are the windows of formats §6 (5 min, 2 h, 24 h,
30 d, 15 d). The suffix of a name is its unit: ``_g`` grams, ``_t`` tonnes, ``_permille`` ‰, ``_h`` hours, ``_d`` days, ``_wd`` working
days, ``_day`` day of the month. Of two limits the larger tolerance holds, line by line, and ‰ are of the expected mass: R-62 of its
baseline, loading of the declared, sums of lines of the net, lots of the line's mass, meters of what went in. Source: kinds §12.
"""

from itertools import pairwise
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from ledger.fields import label
from ledger.model import Facts
from signing.payload import parse
from signing.refusal import Refusal, refuse

NAME = "thresholds"

Grams = Annotated[int, Meta(ge=0, le=1_000_000_000)]
Tonnes = Annotated[int, Meta(ge=1, le=100_000)]
Permille = Annotated[int, Meta(ge=0, le=100_000)]
Hours = Annotated[int, Meta(ge=0, le=87_600)]
Days = Annotated[int, Meta(ge=0, le=36_500)]  # Bounded so that a day plus a term is always a day of the calendar.
Workdays = Annotated[int, Meta(ge=1, le=1_000)]  # Bounded because working days are counted one by one; a term has at least one day.
DayOfMonth = Annotated[int, Meta(ge=1, le=28)]  # A day that every month has.


class Thresholds(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """The tolerances and terms in force. Names and first values: kinds §12."""

    weight_floor_g: Annotated[
        Grams, label("重量差异下限（克）", "difference that is never one, g")
    ]  # A difference of at most this much is never one: weighbridges of 20 kg division, both ways. R-62 [DESIGN].
    weight_permille_S: Annotated[
        Permille, label("固态重量允差（‰）", "tolerance of solids, ‰")
    ]  # Tolerance of solids (固态), which neither lose nor gain water. R-62 [DESIGN: no text fixes one].
    weight_permille_SS: Annotated[
        Permille, label("半固态重量允差（‰）", "tolerance of semi-solids, ‰")
    ]  # Tolerance of semi-solids (半固态). R-62 [DESIGN].
    weight_permille_L: Annotated[
        Permille, label("液态重量允差（‰）", "tolerance of liquids, ‰")
    ]  # Tolerance of liquids (液态). R-62 [DESIGN].
    weight_permille_G: Annotated[
        Permille, label("气态重量允差（‰）", "tolerance of gases, ‰")
    ]  # Tolerance of gases (气态), which travel in bottles. R-62 [DESIGN].
    weight_high_permille: Annotated[Permille, label("重量差异重大（‰）", "above it a difference is grave, ‰")]
    """Above this the alerts ``WEIGHT``, ``LOAD_WEIGHT`` and ``WEIGHING_SUM`` are H instead of M. R-62 [DESIGN]."""

    weighing_floor_g: Annotated[
        Grams, label("行合计与磅单差异下限（克）", "floor between lines and tickets, g")
    ]  # Σ lines and Σ net of the tickets of one act may differ by this much. ``WEIGHING_SUM`` [DESIGN].
    weighing_permille: Annotated[
        Permille, label("行合计与磅单允差（‰）", "tolerance between lines and tickets, ‰")
    ]  # The same in ‰ of the net. ``WEIGHING_SUM`` [DESIGN].
    ticket_permille: Annotated[
        Permille, label("磅单超用允差（‰）", "what may be drawn beyond a ticket, ‰")
    ]  # What acts may draw on one ticket (磅单) beyond its net. ``TICKET_OVERDRAWN`` [DESIGN].
    meter_permille: Annotated[
        Permille, label("流量计允差（‰）", "tolerance between two meters, ‰")
    ]  # What the two meters of a pipeline may differ by, of what went in. R-71 ``METER_DIFF`` [DESIGN].
    lots_permille: Annotated[
        Permille, label("来源批次允差（‰）", "tolerance of the sum of lots, ‰")
    ]  # What the lots (来源批次) of a line may sum up to beyond its mass. ``LOTS_SUM`` [DESIGN].
    truck_max_t: Annotated[
        Tonnes, label("无车辆许可货车最大载量（吨）", "load of a truck without a permit, t")
    ]  # What a road truck without a vehicle permit may carry. R-24 ``OVERLOAD`` [DESIGN].

    scale_alert_permille: Annotated[
        Permille, label("经营规模预警（‰）", "alert at the yearly scale, ‰")
    ]  # Of the permit's yearly scale (年经营规模); above it R-20 alerts ``PERMIT_SCALE`` M [DESIGN].
    scale_limit_permille: Annotated[
        Permille, label("经营规模上限（‰）", "limit at the yearly scale, ‰")
    ]  # Above it R-20 refuses ``PERMIT_SCALE``. 危险废物经营许可证管理办法 Art. 12(4) [READ S3].
    quota_alert_permille_1: Annotated[
        Permille, label("额度预警一级（‰）", "first alert at a quota, ‰")
    ]  # Of a quota; from here on ``QUOTA_LEFT`` L [DESIGN].
    quota_alert_permille_2: Annotated[
        Permille, label("额度预警二级（‰）", "second alert at a quota, ‰")
    ]  # From here on ``QUOTA_LEFT`` M [DESIGN].
    quota_alert_permille_3: Annotated[
        Permille, label("额度预警三级（‰）", "third alert at a quota, ‰")
    ]  # From here on ``QUOTA_LEFT`` H [DESIGN].
    overdraft_permille: Annotated[Permille, label("起运超批准量允差（‰）", "departure beyond a decision line, ‰")]
    """What departures may load on a decision line beyond its mass before ``depart`` refuses ``APPROVAL_QUOTA`` [DESIGN]."""

    receipt_wd: Annotated[
        Workdays, label("接受确认期限（工作日）", "days to confirm a receipt, working days")
    ]  # 接受之日起五个工作日内确认; after it R-60 ``RECEIPT_OVERDUE`` M. Order 23 Art. 18.1 [READ].
    receipt_high_wd: Annotated[
        Workdays, label("接受确认严重逾期（工作日）", "receipt gravely late, working days")
    ]  # From this day on R-60 ``RECEIPT_OVERDUE`` is H [DESIGN].
    backfill_wd: Annotated[
        Workdays, label("补录期限（工作日）", "days to back-fill, working days")
    ]  # 十个工作日内补录, from the completed transfer; after it R-70 ``BACKFILL_LATE``. Order 23 Art. 20.2 [READ].
    return_wd: Annotated[
        Workdays, label("退回起运期限（工作日）", "days until refused waste leaves, working days")
    ]  # Refused waste is to be on its way back; after it R-65 ``RETURN_OPEN`` H [DESIGN].
    return_block_wd: Annotated[
        Workdays, label("未退回停办期限（工作日）", "days until further issues are barred, working days")
    ]  # After it no other issue of this generator to this receiver: refusal ``RETURN_OPEN`` (kinds §5) [DESIGN].
    attachment_wd: Annotated[
        Workdays, label("补交附件期限（工作日）", "days until an attachment is there, working days")
    ]  # An attachment named by its hash is in the store; after it ``ATTACHMENT_MISSING`` [DESIGN].
    number_wd: Annotated[
        Workdays, label("补登国家编号期限（工作日）", "days until the national number is there, working days")
    ]  # The national number (国家联单编号) is filled in; after it ``NUMBER_MISSING`` [DESIGN].

    notice_wd: Annotated[
        Workdays, label("一次性告知期限（工作日）", "days to ask for completion, working days")
    ]  # 一次性告知补正, from the application; after it ``AUTH_LATE`` (R-42, as the next four). Order 23 Art. 23 [READ].
    review_wd: Annotated[
        Workdays, label("审查期限（工作日）", "days from acceptance to consultation, working days")
    ]  # From acceptance (受理) to the letter to the other province (consult). Order 23 Art. 24 [READ].
    reply_wd: Annotated[
        Workdays, label("复函期限（工作日）", "days from consultation to reply, working days")
    ]  # From the letter to the reply (复函). Order 23 Art. 25 [READ].
    decide_wd: Annotated[
        Workdays, label("决定期限（工作日）", "days from reply to decision, working days")
    ]  # From the reply to the decision. Order 23 Art. 26 [READ].
    listed_wd: Annotated[
        Workdays, label("白名单决定期限（工作日）", "days to decide on listed lines, working days")
    ]  # From acceptance to the decision where every line is on a list. Law §1.5 [DESIGN].
    no_reply_wd: Annotated[Workdays, label("逾期未复函期限（工作日）", "days after which want of a reply may be said, working days")]
    """From the letter; before it a refusal for want of a reply is ``NO_REPLY_EARLY``. 行政许可法 Art. 42.2 [READ, addenda §4]."""
    regularise_wd: Annotated[
        Workdays, label("应急补办期限（工作日）", "days to regularise an emergency, working days")
    ]  # 应急转移补办, from the emergency transfer; R-39 ``EMERGENCY_OPEN``.

    vehicle_busy_h: Annotated[Hours, label("车辆占用时长（小时）", "a truck is on one trip at most, h")]
    """A truck is on a trip at most this long; R-53 ``VEHICLE_OVERLAP``, and departures of one trip lie no further apart [DESIGN]."""
    trip_h: Annotated[Hours, label("行程时长（小时）", "longest trip, h")]  # A trip that lasts longer: R-57 ``TRIP_TIME`` [DESIGN].
    stale_issue_d: Annotated[
        Days, label("开具未起运期限（日）", "issued and not departed, days")
    ]  # Issued so long ago and not departed: ``STALE_ISSUE`` [DESIGN].
    follow_up_d: Annotated[Days, label("移出人核实期限（日）", "days to verify use or disposal")]
    """The generator verifies use or disposal within this, from the confirmed receipt; after it R-69 ``FOLLOW_UP`` [DESIGN]."""
    storage_d: Annotated[
        Days, label("贮存期限（日）", "longest storage, days")
    ]  # 贮存期限不得超过一年, from acceptance; after it R-68 ``STORAGE_1Y`` H. Code Art. 535 [READ].
    storage_warn_d: Annotated[Days, label("贮存预警（日）", "storage alert, days")]  # From here on R-68 ``STORAGE_1Y`` M [DESIGN].
    permit_warn_d: Annotated[
        Days, label("许可证到期预警（日）", "alert before a permit ends, days")
    ]  # Before a permit's last day: M10 ``PERMIT_EXPIRING`` [DESIGN].

    amend_d: Annotated[
        Days, label("更正提议有效期（日）", "an amendment lapses after, days")
    ]  # A proposed amendment lapses without all consents (kinds §7) [DESIGN].
    amend_escalate_wd: Annotated[
        Workdays, label("更正转主管部门期限（工作日）", "silence after which an authority may consent, working days")
    ]  # After so long a silence the firm's authority may consent instead (kinds §7) [DESIGN].
    hold_d: Annotated[
        Days, label("暂停期限（日）", "a hold ends after, days")
    ]  # A hold without ``until`` ends; ``until`` lies at most twice as far ahead (kinds §7). 行政强制法 Art. 25 [RECALL].
    emergency_d: Annotated[
        Days, label("应急期限（日）", "longest term of an emergency, days")
    ]  # Longest term of an emergency (kinds §9); R-39 ``EMERGENCY_TERM`` [DESIGN].
    join_d: Annotated[
        Days, label("接受地加入应急期限（日）", "the other province joins within, days")
    ]  # The receiver's province joins an emergency; after it ``EMERGENCY_STATE`` (kinds §5) [DESIGN].
    report_day: Annotated[
        DayOfMonth, label("月报日", "day of the next month on which reports are in")
    ]  # Of the month after: monthly reports (月报) are in; after it R-92 ``REPORT_LATE``.
    period_day: Annotated[
        DayOfMonth, label("月结日", "day of the next month on which the statement is out")
    ]  # Of the month after: the monthly statement is out and confirmed; after it ``PERIOD_LATE`` [DESIGN].
    list_report_d: Annotated[
        Days, label("名单年报期限（日）", "days until a list is reported on")
    ]  # From the end of the list's year: its report is in; after it R-44 ``REPORT_LATE`` [DESIGN].

    def weight_permille(self, form: str) -> int:
        """Tolerance of a form (形态): S, SS, L or G."""
        return {"S": self.weight_permille_S, "SS": self.weight_permille_SS, "L": self.weight_permille_L, "G": self.weight_permille_G}[form]


_ASCENDING = (
    ("scale_alert_permille", "scale_limit_permille"),
    ("quota_alert_permille_1", "quota_alert_permille_2", "quota_alert_permille_3"),
    ("receipt_wd", "receipt_high_wd"),
    ("return_wd", "return_block_wd"),
    ("storage_warn_d", "storage_d"),
)
"""Fields of which none may be below the one before it: else the milder step would come after the graver one."""


def parse_thresholds(raw: bytes) -> Thresholds:
    """The data set ``thresholds``; Refusal DATA_FORM for a missing, unknown or double field, no integer, or a value out of bounds."""
    try:
        found = msgspec.convert(parse(raw), Thresholds)
    except Refusal as refusal:
        first = refusal.reasons[0]
        raise refuse("DATA_FORM", field=NAME, found=f"{first.code} {first.field} {first.found}", expected=first.expected) from None
    except msgspec.ValidationError as error:
        problem, _, name = str(error).partition(" - at `$.")
        field = f"{NAME}.{name.rstrip('`')}" if name else NAME
        expected = f"each of the {len(Thresholds.__struct_fields__)} fields once, an integer within its bounds"
        raise refuse("DATA_FORM", field=field, found=problem, expected=expected) from None
    for fields in _ASCENDING:
        for lower, upper in pairwise(fields):
            low, high = getattr(found, lower), getattr(found, upper)
            if low > high:
                raise refuse("DATA_FORM", field=f"{NAME}.{upper}", found=high, expected=f"≥ {lower} {low}")
    return found


def thresholds_of(facts: Facts) -> Thresholds | None:
    """The thresholds in force at this index; ``None`` where none were adopted: what opens a chain is then refused ``DATA_NOT_ADOPTED``."""
    found: Thresholds | None = facts.data(NAME)
    return found
