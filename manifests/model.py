"""The nouns of a manifest (危险废物转移联单): stages, acts, capacities, and the state of the trunk ``manifest/<generator>/<ULID>``.

The state is derived from signed acts only; it is small, plain and kept beside the chain's head. Masses are integer grams, moments Unix
seconds.
Source: kinds §6, §10, formats §3, Order 23 Art. 10–18.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal

from msgspec import Struct

from ledger.fields import ShortText, label, with_code, words
from manifests.matters import Contest, EmergencyLink, Gap, Hold, IncidentNote
from whitelist.fields import Place


class Stage(StrEnum):
    """Where a manifest stands. ``none`` is the place before its first act and is never shown."""

    __hash__ = str.__hash__  # equal texts are equal stages, and the hash of an enumeration is worked out in Python

    NONE = "none"
    ISSUED = "issued"
    VOIDED = "voided"
    IN_TRANSIT = "in_transit"
    ARRIVED = "arrived"
    ACCEPTED = "accepted"
    PARTLY_ACCEPTED = "partly_accepted"
    REJECTED = "rejected"
    DISPOSED = "disposed"
    CLOSED = "closed"
    CLOSED_REJECTED = "closed_rejected"
    CLOSED_GAP = "closed_gap"


STAGES: Mapping[str, str] = {
    "none": "（未开具）", "issued": "已开具", "voided": "已作废", "in_transit": "运输中", "arrived": "已运抵", "accepted": "已接受",
    "partly_accepted": "部分接受", "rejected": "已拒收", "disposed": "已利用处置", "closed": "已办结", "closed_rejected": "拒收办结",
    "closed_gap": "缺口办结",
}  # fmt: skip
FINISHED = frozenset({Stage.VOIDED, Stage.CLOSED, Stage.CLOSED_REJECTED, Stage.CLOSED_GAP})
"""Stages that no act leaves, in which the manifest's national number is no longer live (formats §3)."""


def standing(stage: str) -> str:
    """``open`` until the stage is one that no act leaves, then that stage."""
    return stage if stage in FINISHED else "open"


class Capacity(StrEnum):
    """In which capacity a party signs."""

    GENERATOR = "generator"
    CONSIGNOR = "consignor"
    CARRIER = "carrier"
    TAKING_CARRIER = "taking_carrier"
    RECEIVER = "receiver"


CAPACITIES: Mapping[str, str] = {
    "generator": "移出人", "consignor": "托运人", "carrier": "承运人", "taking_carrier": "接运的承运人", "receiver": "接受人",
    "generator or origin's authority": "移出人或者移出地主管部门", "authority": "移出地、接受地或者最近行为地主管部门",
    "authority that holds": "实施暂扣的主管部门", "who may propose the correction": "可以提出该项更正的单位",
    "whose consent is missing": "尚未同意该更正的单位", "proposer, or whose consent is missing": "更正的提出人或者尚未同意的单位",
    "authority of a silent firm": "逾期未表态单位所在地主管部门", "who owes the attachment": "应当提交附件的单位", "signer": "签署单位",
    "destination's authority": "接受地主管部门", "origin's authority": "移出地主管部门", "party concerned": "联单有关单位", "both parties concerned": "双方有关单位",
    "reporter": "报告单位", "operator": "运营单位", "authority of the place": "事发地主管部门", "authority of the number": "编号所属地主管部门",
    "authority of the list": "名单双方的主管部门", "authority of the other side": "名单对方的主管部门", "authority of receivers": "接受地主管部门",
    "declaring authority": "启动应急转移的主管部门", "signer of the contested act": "所附行为的签署单位", "authority of either side": "移出地或者接受地主管部门",
}  # fmt: skip
VehicleKind = Annotated[
    Literal["truck", "train", "ship", "pipeline", "aircraft", "other"],
    with_code("VEHICLE_KIND"),
    label("运输工具", "kind of vehicle"),
    words({"truck": "汽车", "train": "火车", "ship": "轮船", "pipeline": "管道", "aircraft": "飞机", "other": "其他"}),
]
"""Source: addenda §8.12."""


class Vehicle(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """运输工具. Plates of dangerous-goods vehicles are company data, in clear (formats §7)."""

    kind: VehicleKind
    plate: Annotated[ShortText, label("牌号", "plate")]
    """Name or number where there is no plate."""
    trailer: Annotated[ShortText | None, label("挂车牌号", "plate of the trailer")] = None
    licence_no: Annotated[ShortText | None, label("营运证件号", "operating licence")] = None
    """Order 23 Art. 11(2); how it is demanded stands in ``vehicles``."""
    trailer_licence_no: Annotated[ShortText | None, label("挂车营运证件号", "operating licence of the trailer")] = None


class LegPart(Struct, frozen=True, gc=False):
    """Grams of one line."""

    line: int
    mass_g: int


class Leg(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One carrier's run with one vehicle, from ``place`` on; legs are numbered by their place in the list (运输顺序)."""

    carrier: str
    vehicle: Vehicle
    waybill_no: str
    place: Place
    begun_s: int
    ended_s: int | None = None
    """``None`` while it lasts."""
    parts: tuple[LegPart, ...] = ()
    """What it carries since the load was split by a partial transshipment; empty means everything."""
    reason: str | None = None
    """Why the vehicle was changed, after a transshipment."""


class Fate(Struct, frozen=True, gc=False):
    """Grams of a line that were used or disposed of by one method."""

    method: str
    mass_g: int


class LotPart(Struct, frozen=True, gc=False):
    """来源批次: grams of a line of an earlier manifest, which the generator received, and sends on."""

    manifest: str
    line: int
    mass_g: int


class SentOn(Struct, frozen=True, gc=False):
    """Grams of a line whose fate is another manifest (转出), by the method that the fate names."""

    manifest: str
    method: str
    mass_g: int


class FateRecord(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One fate as it was recorded: what is corrected by its number, in order of record."""

    line: int
    method: str
    mass_g: int
    done_on: str | None = None
    onward: str | None = None
    """The manifest that it was sent on by."""


class LineState(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One waste line and what became of its grams: declared → loaded → accepted + refused, accepted = fates + stock."""

    name: str
    code: str
    category: str
    form: str
    packing: str
    packs: int = 0
    method: str
    transport_exempt: bool = False
    """An exemption item waives the rules of transport (运输环节豁免)."""
    decision_line: int | None = None
    plan_line: int | None = None
    listing: tuple[str, int] | None = None
    """The listing (list chain, row) on which the decision line was given."""
    declared_g: int
    loaded_g: int | None = None
    """``None`` when nothing was weighed at loading."""
    accepted_g: int | None = None
    """``None`` until the receipt."""
    refused_g: int | None = None
    opinion: str | None = None
    fates: tuple[Fate, ...] = ()
    lots: tuple[LotPart, ...] = ()
    """Of a collector's load: what it is made of."""
    onward: tuple[SentOn, ...] = ()
    """Of its fates: those that are other manifests."""

    @property
    def sent_g(self) -> int:
        """移出量 as far as it is known: weighed at loading, else declared."""
        return self.declared_g if self.loaded_g is None else self.loaded_g

    @property
    def disposed_g(self) -> int:
        """Accepted grams that have a fate."""
        return sum(fate.mass_g for fate in self.fates)

    @property
    def treated_g(self) -> int:
        """Accepted grams that were used or disposed of here, not sent on."""
        return self.disposed_g - sum(sent.mass_g for sent in self.onward)

    @property
    def stock_g(self) -> int:
        """Accepted grams still without a fate."""
        return (self.accepted_g or 0) - self.disposed_g


class ReturnLink(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """What ties a return or redirect to the manifest whose refused grams it carries."""

    manifest: str
    how: str
    """``back`` 退回 or ``redirect`` 改送."""
    lines: tuple[int, ...]
    """For each line of this manifest the line there."""
    refuser: str = ""
    """Who refused it. This and what follows only the log knows, who has read that manifest too."""
    home: str = ""
    """The division that the waste first left."""
    units: tuple[str, ...] = ()
    """Whose labels its packs bear."""


class PlanLink(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """The management plan (管理计划) that a manifest names: whose lines count what it moves out (R-15)."""

    chain: str = ""
    """Empty: not on this log when it was named (PLAN_OFF_LOG)."""
    site: str = ""
    """Id of the site; empty: the plan of the unit as a whole."""


class Times(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """When the acts took place, as claimed and judged; each is ``None`` until then."""

    issued_s: int
    departed_s: int | None = None
    arrived_s: int | None = None
    accepted_s: int | None = None
    """接受之日: the day the receiver took the waste over; the clock of R-60 starts here. ``received_s`` is the confirmation of it."""
    received_s: int | None = None
    disposed_s: int | None = None
    verified_s: int | None = None
    voided_s: int | None = None
    closed_gap_s: int | None = None
    """Admission of the case that closed it with a gap."""
    latest_s: int
    """The latest ``at`` on the trunk: no later act lies more than 5 minutes before it (formats §6). 0 after the issue of a backfill,
    which is written when the transfer is over: its first custody act may lie before it."""


class ManifestState(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """State of the trunk. The generator is the owner named in the chain."""

    generator: str
    receiver: str
    consignor: str
    """USCC of 托运人: the generator or the receiver."""
    carriers: tuple[str, ...] = ()
    """Carriers named at issue, in the order of travel."""
    origin: Place
    destination: Place
    mode: str
    route: str
    permit: str
    approval: str | None = None
    number: str | None = None
    """National number as the trunk knows it; a number given by a case joins it with the next act."""
    provincial_number: str | None = None
    trip_id: str | None = None
    type: str = "normal"
    paper_departed_s: int | None = None
    """Of a backfill: when the paper says that the load departed, and that the transfer was completed."""
    paper_completed_s: int | None = None
    plan: PlanLink | None = None
    returns: ReturnLink | None = None
    """退回、改送: whose refused grams it carries."""
    emergency: EmergencyLink | None = None
    """应急转移: on which it moves (route EMERGENCY)."""
    decided_on: str | None = None
    """Of a decision outside this log (type in_transfer): its day and its last day."""
    decided_to: str | None = None
    planned_s: int | None = None
    noticed_s: int | None = None
    """转移前报告 (R-41): when it was given."""
    lines: tuple[LineState, ...]
    drawn: dict[str, int]
    """Grams this manifest now holds on each quota account: reserved at issue, settled by the receipt, 0 after void or rejection."""
    reserved_year: int
    """Year of the issue's admission: to which year of the permit's scale the grams belong."""
    stage: Stage
    times: Times
    legs: tuple[Leg, ...] = ()
    stops: int = 0
    """停留 on the way, as many as were recorded."""
    disposals: int = 0
    """Acts that gave accepted grams a fate."""
    loaded_order: tuple[int, ...] = ()
    """Lines in the order in which the loading names them; empty where that is their own order, or nothing was weighed."""
    fates: tuple[FateRecord, ...] = ()
    """Every fate, in order of record; by line and method their sums stand with the lines."""
    received_order: tuple[int, ...] = ()
    """Lines in the order in which the receipt names them; empty where that is their own order."""
    discrepancies: tuple[tuple[int, tuple[str, ...]], ...] = ()
    """Per line with a stated difference: which of name, quantity, property, form, packing (Order 23 Art. 18.2)."""
    acts: tuple[str, ...]
    """Statement hashes of the trunk by seq: how a case proves which act it speaks of."""
    last_division: str | None = None
    """Where the newest act that names a place took place; ``None``: at the origin still. Its authority may hold the load."""
    holds: tuple[Hold, ...] = ()
    """What cases did, from here on, stands only in a view and in :func:`manifests.case.in_force`: the trunk's own state never has it."""
    gap: Gap | None = None
    contests: tuple[Contest, ...] = ()
    incidents: tuple[IncidentNote, ...] = ()
    """突发事件 that name it, in the order of the log; of those that are open the first that count (manifests.incident)."""
    pilot: tuple[str, int] | None = None  # 国家试点名单: list and row on which it moves (route PILOT387).
    regularised_s: int | None = None
    """应急转移补办: when the authority of the origin reported that the emergency transfer was regularised (admission of its report)."""
    beside: tuple[int, ...] = ()
    """Entries of other chains that name it, incidents and settlements of its number: they stand in its history (manifests.naming)."""

    @property
    def is_backfill(self) -> bool:
        """补录: the transfer ran on paper first."""
        return self.type.startswith("backfill_")

    @property
    def home(self) -> str:
        """The division that the waste first left: a redirect inherits it, so no gate between changes the province it comes from (kinds §5)."""
        return self.origin.division if self.returns is None else self.returns.home or self.origin.division

    @property
    def label_units(self) -> tuple[str, ...]:
        """Whose labels may be loaded (R-50): the generator's, and those that came with what it carries on."""
        carried = () if self.returns is None else self.returns.units
        return tuple(dict.fromkeys([self.generator, *carried, *[lot.manifest.split("/")[1] for line in self.lines for lot in line.lots]]))

    @property
    def sources(self) -> tuple[tuple[str, str], ...]:
        """Manifests whose grams it carries on: ``("returns", …)`` what was refused of one, ``("lot", …)`` what was accepted; each once."""
        lots = tuple(dict.fromkeys([("lot", lot.manifest) for line in self.lines for lot in line.lots]))
        return lots if self.returns is None else (("returns", self.returns.manifest), *lots)

    @property
    def carried_on(self) -> frozenset[str]:
        """Those manifests: their labels may stand on its packs."""
        return frozenset([manifest for _, manifest in self.sources])

    @property
    def is_between_provinces(self) -> bool:
        """跨省: it leaves one province for another."""
        is_redirect = self.returns is not None and self.returns.how == "redirect"
        return (self.home if is_redirect else self.origin.division)[:2] != self.destination.division[:2]

    @property
    def is_declined(self) -> bool:
        """The receiver declined it before it departed, so nothing of it ever moved."""
        received = self.times.received_s is not None and self.times.departed_s is None
        return received and not any(line.accepted_g or line.refused_g for line in self.lines)

    def holder_of(self, role: Capacity) -> tuple[str]:
        """The one party that is generator, consignor or receiver."""
        holder: str = getattr(self, role)
        return (holder,)

    @property
    def under_way(self) -> tuple[int, ...]:
        """Numbers of the legs still under way: one, or two after a partial transshipment."""
        return tuple([number for number, leg in enumerate(self.legs) if leg.ended_s is None])

    @property
    def open_legs(self) -> tuple[Leg, ...]:
        """Those legs."""
        return tuple([leg for leg in self.legs if leg.ended_s is None])


class Proposal(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """A correction (更正) in its case: what shall stand where, who proposed it, who has agreed, how it ended."""

    changes: tuple[tuple[str, str, str], ...]
    """(path, what stood there, what shall), the values as texts of JSON."""
    by: str
    """For whom it was proposed."""
    hands: tuple[str, ...]
    """Who signed the proposal: none of them gives a further consent, for another neither (kinds §1.7)."""
    proposed_s: int
    given: tuple[str, ...] = ()
    """Parties whose consent is there, the proposer's own first."""
    ended: Literal["", "in_force", "refused"] = ""


class CaseState(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """State of ``case/<generator>/<manifest ULID>/<ULID>``, a side chain about the manifest ``trunk``: topic, and the number it gave."""

    topic: str
    trunk: str
    number: str | None = None
    proposal: Proposal | None = None
    told: int = 0
    """Reports on it."""


def trunk_of(chain: str) -> str:
    """The trunk that a ``manifest/`` or ``case/`` chain belongs to."""
    kind, generator, ulid = chain.split("/")[:3]
    assert kind in ("manifest", "case"), chain
    return f"manifest/{generator}/{ulid}"
