"""The question that the check answers: a transfer as somebody wants to make it, which is part 1 of the form (Order 23 Art. 10(4), 13, 27).

``Transfer`` is wire form. ``manifest.issue/1`` is it with commitments, a dry check asks it with the generator's name, so what can be asked
and what can be issued are one declaration. Masses travel as decimal tonne strings (``"5.600000"``, at most 6 decimals) and are integer grams
inside. Fields whose rules come later are declared already and refused NOT_YET. Source: kinds §5, law §2.
"""

import re
from typing import Annotated, Literal

from msgspec import Struct

from ledger.chain import ULID, USCC
from ledger.fields import At, Count, Day, File, Files, LongText, ShortText, SiteId, Text, Uscc, form, items, label, with_code, words
from ledger.model import Alert, Tag
from signing.phrase import Phrase, Word
from signing.refusal import Reason
from whitelist.approval import ListingRef
from whitelist.fields import ApprovalRef, Category, Hazards, LineNumber, Lots, Method, Name, PermitRef, Place, Return, WasteCode, WasteForm
from whitelist.quota import AccountBalance

NUMBER = re.compile(r"20[0-9]{2}(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|81|82)[0-9]{2}[0-9]{6}")
"""The national number of a manifest (联单编号)."""
Packing = Annotated[
    Literal["bag", "drum", "tank", "box", "other", "none"],
    with_code("FORM_PACK"),
    label("包装方式", "packing"),
    words({"bag": "袋", "drum": "桶", "tank": "罐", "box": "箱", "other": "其他", "none": "无包装（管道）"}),
]
Purpose = Annotated[
    Literal["store", "use", "dispose"],
    with_code("METHOD"),
    label("外运目的", "purpose"),
    words({"store": "贮存", "use": "利用", "dispose": "处置"}),
]
"""The group of the method (``fields.group_of``)."""
ConsignorRole = Annotated[
    Literal["generator", "receiver"],
    with_code("CONSIGNOR"),
    label("托运人", "consignor"),
    words({"generator": "移出人", "receiver": "接受人"}),
]
"""R-12: one of the two, never a third party. Order 23 Art. 31(5) [READ]."""
Mode = Annotated[
    Literal["road", "rail", "water", "pipeline", "other"],
    with_code("MODE", sea="SEA"),
    label("运输方式", "mode of transport"),
    words({"road": "公路", "rail": "铁路", "water": "水路", "pipeline": "管道", "other": "其他"}),
]
"""R-13: transfers at sea are outside the manifest system. Order 23 Art. 2 [READ]."""
LineMass = Annotated[
    str,
    form(
        r"^(?=.*[1-9])(100000(\.0{1,6})?|(0|[1-9][0-9]{0,4})(\.[0-9]{1,6})?)$",
        "QTY",
        Phrase(
            "以吨为单位、大于 0 且不超过 100000、至多 6 位小数的文本，如 5.600000",
            "tonnes as a text, above 0, at most 100000, at most 6 decimals, e.g. 5.600000",
        ),
    ),
]
"""R-09: mass of one line of a manifest."""
NationalNumber = Annotated[
    str,
    form(
        f"^{NUMBER.pattern}$",
        "NO_FORMAT",
        Phrase(
            "14 位：年份 4 位、省 2 位、市 2 位、流水号 6 位，如 20265101000123",
            "14 digits: year, province, city, 6 of a serial, e.g. 20265101000123",
        ),
    ),
]  # Order 23 Art. 15 [READ].
EmergencyRef = Annotated[
    str,
    form(
        f"^emergency/{USCC}/{ULID}$", "FIELD_TYPE", Phrase("emergency/<主管部门代码>/<存证标识>", "emergency/<authority>/<ULID>"), "party"
    ),
]
TransferType = Annotated[
    Literal[
        "normal", "backfill_ordinary", "backfill_emergency", "backfill_special", "backfill_border", "in_transfer", "pipeline", "emergency"
    ],
    with_code("ISSUE_TYPE"),
    label("联单类型", "type of manifest"),
    words(
        {
            "normal": "正常",
            "backfill_ordinary": "补录普通",
            "backfill_emergency": "补录应急",
            "backfill_special": "补录特殊",
            "backfill_border": "补录跨境",
            "in_transfer": "跨省转入",
            "pipeline": "管道",
            "emergency": "应急",
        }
    ),
]

EMERGENCY_TYPES = ("emergency", "backfill_emergency")
"""Types that stand on an emergency."""
TripId = Annotated[
    str, form("^[0-9A-Za-z._-]{1,64}$", "TRIP_ID", Phrase("1 至 64 个字母、数字或 . _ -", "1 to 64 letters, digits or . _ -"))
]


class BodyPart(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A part of a body: unknown fields are refused, absent ones stay absent."""


class Pieces(BodyPart, frozen=True, kw_only=True):
    """Piece count beside the mass, never instead (HJ 1259 5.5): ``{"count":120,"unit":"只"}``."""

    count: Annotated[Count, label("件数", "pieces")]
    unit: Annotated[ShortText, label("计件单位", "unit of pieces")]


class DangerousGoods(BodyPart, frozen=True, kw_only=True):
    """危险货物类别、项别、编号 (Order 23 Art. 13)."""

    un_no: Annotated[
        str, form("^[0-9]{4}$", "DG_DATA", Phrase("4 位数字，如 2794", "four digits, e.g. 2794")), label("危险货物编号", "UN number")
    ]
    dg_class: Annotated[
        str,
        form(r"^[1-9](\.[1-6])?$", "DG_DATA", Phrase("类别或项别，如 8 或 6.1", "a class or division, e.g. 8 or 6.1")),
        label("危险货物类别、项别", "class, division"),
    ]
    packing_group: Annotated[Literal["I", "II", "III"] | None, with_code("DG_DATA"), label("包装类别", "packing group")] = None


class ExemptionClaim(BodyPart, frozen=True, kw_only=True):
    """An item of the exemption list (豁免管理清单) that the generator claims and whose conditions it attests.

    It waives links, never the manifest and never the decision.
    """

    edition: Annotated[Literal[2021, 2025], with_code("EXEMPTION_ITEM"), label("清单年版", "edition")]
    item: Annotated[Count, label("清单序号", "item")]
    ref: Annotated[Text | None, label("方案文号", "reference of the plan")] = None


class WasteLine(BodyPart, frozen=True, kw_only=True):
    """One waste (废物) of one vehicle-trip, as part 1 of the form asks."""

    name: Name  # The name on the decision line; with ``code`` it identifies the line.
    internal_name: Annotated[Text | None, label("单位内部名称", "internal name")] = None
    code: Annotated[WasteCode, label("废物代码", "code")]
    category: Annotated[Category, label("废物类别", "category")]
    hazards: Hazards
    components: Annotated[Text, label("有害成分", "hazardous components")]
    form: WasteForm
    packing: Packing
    packs: Annotated[Count, label("包装数量", "packs")]
    mass_t: Annotated[LineMass, label("计划转移量（吨）", "declared mass, t")]
    pieces: Annotated[Pieces | None, label("计件", "pieces")] = None
    method: Annotated[Method, label("拟利用处置方式", "intended method")]
    purpose: Purpose | None = None
    decision_line: Annotated[LineNumber | None, label("批准行号", "line of the decision, from 0")] = None
    plan_line: Annotated[LineNumber | None, label("管理计划行号", "line of the plan, from 0")] = None
    source_stage: Annotated[Text | None, label("产生环节", "stage of production")] = None
    precautions: Annotated[LongText | None, label("禁忌与应急措施", "precautions")] = None
    note: Annotated[Text | None, label("备注", "note")] = None
    dg: Annotated[DangerousGoods | None, label("危险货物", "dangerous goods")] = None
    dg_none: Annotated[Text | None, label("不属于危险货物的理由", "why it is no dangerous good")] = None
    identification: Annotated[Text | None, label("鉴别报告", "identification report")] = None
    exemptions: Annotated[tuple[ExemptionClaim, ...], items(0, 3), label("豁免条款", "exemptions")] = ()
    lots: Annotated[Lots | None, label("来源批次", "source lots")] = None


class PaperDecision(BodyPart, frozen=True, kw_only=True):
    """跨省转移批准 of a province without an authority on this log (type in_transfer)."""

    no: Annotated[Text, label("批准文号", "number")]
    authority: Annotated[Text, label("批准机关", "authority")]
    decided_on: Annotated[Day, label("批准日期", "decided on")]
    valid_to: Annotated[Day, label("有效期至", "valid to")]
    file: Annotated[File | None, label("批准文件", "file")] = None


class PreNotice(BodyPart, frozen=True, kw_only=True):
    """转移前报告; R-41 looks at it at the departure, when the decision asks for days."""

    given_at: Annotated[At, label("报告时间", "given at")]
    ref: Annotated[Text | None, label("报告编号", "reference")] = None


class PlanRef(BodyPart, frozen=True, kw_only=True):
    """危险废物管理计划 (Order 23 Art. 14)."""

    filing_no: Annotated[Text, label("管理计划备案编号", "number of the filed plan")]
    site: Annotated[SiteId | None, label("场所编号", "site")] = None


class Contract(BodyPart, frozen=True, kw_only=True):
    """委托合同 (Order 23 Art. 10(1))."""

    no: Annotated[Text, label("合同编号", "number")]
    valid_to: Annotated[Day, label("合同有效期至", "valid to")]
    file: Annotated[File | None, label("合同文件", "file")] = None


class PaperManifest(BodyPart, frozen=True, kw_only=True):
    """纸质联单 of a backfill (Order 23 Art. 20.2)."""

    no: Annotated[ShortText | None, label("纸质联单编号", "number")] = None
    reason: Annotated[Text, label("补录原因", "reason")]
    departed_at: Annotated[At, label("实际起运时间", "departed at")]
    completed_at: Annotated[At, label("转移完成时间", "completed at")]
    scan: Annotated[File, label("纸质联单扫描件", "scan")]


class Meters(BodyPart, frozen=True, kw_only=True):
    """管道计量 (Order 23 Art. 19)."""

    out_no: Annotated[Text, label("移出端计量装置编号", "meter at the origin")]
    in_no: Annotated[Text, label("接受端计量装置编号", "meter at the destination")]
    period_from: Annotated[Day, label("计量周期起", "period from")]
    period_to: Annotated[Day, label("计量周期止", "period to")]


class Transfer(BodyPart, frozen=True, kw_only=True):
    """Part 1 of the form, filled by the generator: what ``manifest.issue/1`` states and a dry check asks."""

    type: TransferType = "normal"
    receiver: Annotated[Uscc, label("接受人", "receiver")]
    permit: Annotated[PermitRef | None, label("接受人许可证或豁免证明", "permit of the receiver")] = None
    approval: Annotated[ApprovalRef | None, label("跨省转移批准", "decision")] = None
    decision: Annotated[PaperDecision | None, label("本账本之外的批准", "decision outside this log")] = None
    pilot: Annotated[ListingRef | None, label("国家试点名单", "pilot listing")] = None
    emergency: Annotated[EmergencyRef | None, label("应急处置", "emergency")] = None
    returns: Annotated[Return | None, label("退回或改送", "return")] = None
    number: Annotated[NationalNumber | None, label("国家联单编号", "national number")] = None
    provincial_number: Annotated[ShortText | None, label("省联单编号", "provincial number")] = None
    origin: Annotated[Place, label("移出地", "origin")]
    destination: Annotated[Place, label("接受地", "destination")]
    consignor: ConsignorRole
    carriers: Annotated[tuple[Uscc, ...], items(0, 8, once=True), label("承运人", "carriers")] = ()
    """In the order of travel, as far as known; a carrier named here may also record the departure alone."""
    mode: Mode = "road"
    planned_at: Annotated[At | None, label("计划转移时间", "planned at")] = None
    trip_id: Annotated[TripId | None, label("车次标识", "trip id")] = None  # Groups the manifests of one vehicle-trip (Art. 16.2).
    pre_notice: Annotated[PreNotice | None, label("转移前报告", "notice before the transfer")] = None
    plan: Annotated[PlanRef | None, label("管理计划", "management plan")] = None
    contract: Annotated[Contract | None, label("委托合同", "contract")] = None
    insurance_no: Annotated[Text | None, label("环境污染责任保险", "liability insurance")] = None
    emergency_measures: Annotated[LongText | None, label("突发环境事件的防范措施", "emergency measures")] = None
    """Here, or as ``precautions`` of every line (Order 23 Art. 10(4))."""
    paper: Annotated[PaperManifest | None, label("纸质联单", "paper manifest")] = None
    meters: Annotated[Meters | None, label("计量装置", "meters")] = None
    lines: Annotated[tuple[WasteLine, ...], items(1, 16, "LINES"), label("危险废物", "wastes")]
    files: Files = ()

    @property
    def is_backfill(self) -> bool:
        """补录: the transfer ran on paper first."""
        return self.type.startswith("backfill_")

    @property
    def is_emergency(self) -> bool:
        """应急转移, at once or back-filled: it stands on an emergency (R-39)."""
        return self.type in EMERGENCY_TYPES

    @property
    def carried_on(self) -> tuple[str, ...]:
        """Manifests whose grams it carries on: the one that it returns, and those of its lots; each once."""
        own = () if self.returns is None else (self.returns.manifest,)
        return tuple(dict.fromkeys([*own, *[lot.manifest for line in self.lines for lot in line.lots or ()]]))

    @property
    def goes_back(self) -> bool:
        """退回: it carries refused waste home to the generator itself."""
        return self.returns is not None and self.returns.how == "back"


Fact = Literal["kind", "mass", "method", "receiver", "conditions", "over"]
"""What of a decision may change so that it is applied for anew (``whitelist.anew``)."""


class ChangedFact(Struct, frozen=True, gc=False, kw_only=True):
    """One fact that is not what was decided, for which an application must be made anew."""

    fact: Fact
    line: int | None
    """Line of the new application or of the transfer, from 0; ``None`` where it is of all."""
    was: str
    """As it was decided."""
    now: str


class Answer(Struct, frozen=True, gc=False, kw_only=True):
    """What ``check`` answers. With reasons the transfer is refused; ``draws`` are grams that an issue would add, by account name."""

    route: str  # ``INTRA``, ``LISTED``, ``APPROVED``, ``EMERGENCY``, ``OFF_LOG`` or ``RETURN``.
    reasons: tuple[Reason, ...] = ()
    draws: dict[str, int]
    remaining: tuple[AccountBalance, ...] = ()  # Every account that bounds it, Q1 of the listings too, for information.
    tags: tuple[Tag, ...] = ()
    alerts: tuple[Alert, ...] = ()
    said: dict[str, tuple[str, dict[str, Word]]] = {}  # What is so in the case of an alert, by its code: (cause, places).
    plan_left_g: tuple[int | None, ...] = ()
    """Per line: grams left on its line of the plan before this transfer, negative beyond it; ``None`` where the plan is not on the log."""
    listings: tuple[tuple[str, int] | None, ...] = ()
    """Per line: the listing (list chain, row) its decision line was given on, or ``None``."""
    anew: tuple[ChangedFact, ...] = ()
    """Where it is refused: what of the decision that it names has changed."""

    @property
    def left_g(self) -> dict[str, int]:
        """Grams left on each quota account before this transfer; negative where it is overdrawn."""
        return {balance.account: balance.left_g for balance in self.remaining if balance.quota in ("Q1", "Q2", "Q3")}
