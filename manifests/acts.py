"""Bodies of the custody acts ``manifest.<act>/1`` and of ``case.number/1``: one Struct per act, unknown fields refused.

Masses end in ``_t`` and are decimal tonne strings of at most 6 decimals; times end in ``_at`` and are written like ``at`` (formats §1).
The owner named in the chain is not repeated; who carries is told by ``by``. Personal data stands in ``commit`` only (formats §7).
Source: law §2 (form, parts 1 to 3), Order 23 Art. 10–18; labels per addenda §2.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

from manifests.model import Place, Vehicle
from whitelist.transfer import WasteLine

Opinion = Literal["accept", "partly", "reject"]
Difference = Literal["name", "quantity", "property", "form", "packing"]
WeighingMethod = Literal["weighbridge", "scale", "flow_meter", "volume", "estimate"]
GateCheck = Literal["carrier", "vehicle", "crew", "labels", "packaging", "intact", "weatherproof", "leakproof"]


class _Body(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What every act has: commitments to personal data, by field name."""

    commit: dict[str, str] = field(default_factory=dict)
    """{field: 64 hex digits}; names, phones, positions never stand in clear."""


class DangerousGoods(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """危险货物类别、项别、编号 of one line (Order 23 Art. 13)."""

    line: int
    un_no: str
    """Four digits, e.g. ``2794``."""
    dg_class: str
    """Class and division, e.g. ``8`` or ``6.1``."""
    packing_group: Literal["I", "II", "III"] | None = None


class Issue(_Body, frozen=True, kw_only=True):
    """Part 1 of the form, filled by the generator (``manifest.issue/1``)."""

    lines: tuple[WasteLine, ...]
    receiver: str
    permit: str
    """Chain of the receiver's permit."""
    approval: str | None = None
    """Chain of the decision; absent inside one province."""
    number: str | None = None
    """National 14-digit number, if the state system has given it already."""
    origin: Place
    destination: Place
    consignor: str
    """托运人: ``generator`` or ``receiver``."""
    carriers: tuple[str, ...] = ()
    """Carriers in the order of travel, as far as known; a carrier named here may also record the departure alone."""
    mode: str = "road"
    emergency_measures: str = ""
    """突发环境事件的防范措施 (Order 23 Art. 10(4)); refused MISSING when blank."""
    dangerous_goods: tuple[DangerousGoods, ...] = ()
    planned_at: str | None = None
    """计划转移时间."""
    trip_id: str | None = None
    """Groups the manifests of one vehicle-trip (Art. 16.2)."""
    backfill: bool = False
    """补录: the transfer ran on paper; later acts may be older than 15 days (formats §6)."""


class Void(_Body, frozen=True, kw_only=True):
    """作废, before departure only (``manifest.void/1``)."""

    reason: str


class LoadedLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Weight of one line at loading (Art. 10(3))."""

    line: int
    mass_t: str
    gross_t: str | None = None
    tare_t: str | None = None


class Gate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Loading gate (装载核实, Art. 13): labels scanned, checks attested by the signers."""

    labels: tuple[str, ...]
    """数字识别码, 37 characters each."""
    checks: tuple[GateCheck, ...]


class Depart(_Body, frozen=True, kw_only=True):
    """Part 2 of the form, first leg (``manifest.depart/1``). ``at`` is the time of departure (实际起运时间)."""

    vehicle: Vehicle
    waybill_no: str = ""
    gate: Gate
    loaded: tuple[LoadedLine, ...] = ()
    """Every line once, or nothing where the load is weighed only at its destination."""
    place: Place


class HandOver(_Body, frozen=True, kw_only=True):
    """交接 between two carriers (Art. 17; ``manifest.hand_over/1``)."""

    vehicle: Vehicle
    waybill_no: str = ""
    place: Place | None = None


class MovedLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Grams of one line that change the vehicle."""

    line: int
    mass_t: str


class Transship(_Body, frozen=True, kw_only=True):
    """换装: another vehicle of the same carrier (``manifest.transship/1``)."""

    vehicle: Vehicle
    reason: str
    place: Place
    waybill_no: str | None = None
    """Only when the waybill changed too."""
    part: tuple[MovedLine, ...] = ()
    """Empty: the whole load. Otherwise what goes on in the new vehicle while the rest stays in the old one."""


class Arrive(_Body, frozen=True, kw_only=True):
    """运抵 (Art. 11(4); ``manifest.arrive/1``). ``at`` is the time of arrival (实际到达时间)."""

    place: Place


class ReceivedLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Part 3 of the form for one line."""

    line: int
    differences: tuple[Difference, ...] = ()
    """Which of 名称、数量、特性、形态、包装方式 differ from the manifest (Art. 18.2)."""
    opinion: Opinion
    """接受人处理意见."""
    accepted_t: str
    """接受量."""
    refused_t: str | None = None
    """Absent for ``accept`` (nothing) and for ``reject`` (everything that was sent)."""
    method: str | None = None
    """拟利用处置方式; needed for whatever is accepted."""
    reason: str | None = None
    """Why it was refused, wholly or in part."""
    major_difference: bool = False
    """是否存在重大差异."""
    major_difference_note: str | None = None
    """重大差异简述."""


class Weighing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """How the receiver measured: gross, tare, net of the vehicle."""

    method: WeighingMethod = "weighbridge"
    scale: str | None = None
    gross_t: str | None = None
    tare_t: str | None = None
    net_t: str | None = None


class Report(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A report or notice that was given: when, and under which reference."""

    at: str
    ref: str | None = None


class Receive(_Body, frozen=True, kw_only=True):
    """Part 3 of the form, filled by the receiver (``manifest.receive/1``). Its admission is the confirmation of Art. 18.1."""

    accepted_at: str
    """接受之日, with time."""
    lines: tuple[ReceivedLine, ...]
    weighing: Weighing
    reported_to_authority: Report | None = None
    """Report to 接受地生态环境主管部门; needed with any difference."""
    notified_generator: Report | None = None
    """Notice to the generator; needed with any difference."""


class DisposedLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fate: grams of a line, by a method."""

    line: int
    method: str
    mass_t: str


class Dispose(_Body, frozen=True, kw_only=True):
    """利用或者处置结果 (Art. 12(4); ``manifest.dispose/1``); several acts until every accepted gram has a fate."""

    fates: tuple[DisposedLine, ...]


class Verify(_Body, frozen=True, kw_only=True):
    """核实: the generator has checked what became of its waste (Art. 10(5); ``manifest.verify/1``)."""


class Trunk(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An admitted statement of the trunk that a case speaks of (formats §3)."""

    seq: int
    hash: str


class CaseNumber(_Body, frozen=True, kw_only=True):
    """The national number that was given after issue (``case.number/1``)."""

    trunk: Trunk
    number: str
