"""Types of fields that name wastes, places, chains and ways of treating (kinds §0): their form, its code, their values for people.

What only data can say (does the code stand in the edition of the day, is the division valid on it) is judged by rules.
"""

from typing import Annotated, Literal

from msgspec import Struct

from ledger.chain import ULID, USCC
from ledger.fields import Count, DivisionCode, SiteId, Text, form, items, label, text, with_code, words
from whitelist.chains import APPROVAL, LIST, PERMIT

WasteCode = Annotated[str, form("^[0-9]{3}-[0-9]{3}-[0-9]{2}$", "CODE_CATEGORY", "NNN-NNN-CC, e.g. 900-052-31")]
Category = Annotated[str, form("^HW(0[1-9]|[123][0-9]|40|4[5-9]|50)$", "CODE_CATEGORY", "HW01–HW40, HW45–HW50")]
Hazard = Annotated[
    Literal["T", "C", "I", "R", "In"],
    with_code("HAZARD"),
    words({"T": "毒性", "C": "腐蚀性", "I": "易燃性", "R": "反应性", "In": "感染性"}),
]
Hazards = Annotated[tuple[Hazard, ...], items(1, 8, "HAZARD"), label("危险特性", "hazards")]
"""Read as a set."""
WasteForm = Annotated[
    Literal["S", "SS", "L", "G"],
    with_code("FORM_PACK"),
    label("形态", "form"),
    words({"S": "固态", "SS": "半固态", "L": "液态", "G": "气态"}),
]
Packing = Annotated[
    Literal["bag", "drum", "tank", "box", "other", "none"],
    with_code("FORM_PACK"),
    label("包装方式", "packing"),
    words({"bag": "袋", "drum": "桶", "tank": "罐", "box": "箱", "other": "其他", "none": "无包装（管道）"}),
]
Method = Annotated[
    Literal[
        "R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9", "R15",
        "D1", "D9", "D10", "D16", "C1", "C2", "C3",
        "Y10", "Y11", "Y12", "Y13", "Y16", "G21", "G22", "G23", "G24", "G29", "S",
    ],
    with_code("METHOD"),
]  # fmt: skip
Purpose = Annotated[
    Literal["store", "use", "dispose"],
    with_code("METHOD"),
    label("外运目的", "purpose"),
    words({"store": "贮存", "use": "利用", "dispose": "处置"}),
]
"""The group of the method (methods.group_of)."""
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
    form(r"^(?=.*[1-9])(100000(\.0{1,6})?|(0|[1-9][0-9]{0,4})(\.[0-9]{1,6})?)$", "QTY", "tonnes above 0, at most 100000, e.g. 5.600000"),
]
"""R-09: mass of one line of a manifest."""

PermitRef = Annotated[str, form(f"^{PERMIT.pattern}$", "FIELD_TYPE", "permit/<receiver>/<ULID>", "party")]
ApprovalRef = Annotated[str, form(f"^{APPROVAL.pattern}$", "FIELD_TYPE", "approval/<generator>/<ULID>", "party")]
ListRef = Annotated[str, form(f"^{LIST.pattern}$", "FIELD_TYPE", "list/<YYYY>-<from>-<to>-<name>")]
ManifestRef = Annotated[str, form(f"^manifest/{USCC}/{ULID}$", "FIELD_TYPE", "manifest/<generator>/<ULID>", "party")]
EmergencyRef = Annotated[str, form(f"^emergency/{USCC}/{ULID}$", "FIELD_TYPE", "emergency/<authority>/<ULID>", "party")]

Address = Annotated[str, text(200), label("地址", "address")]


class Place(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A place (场所) of a party: its division, its address, and the registered site (``party.site``) if it is one."""

    division: Annotated[DivisionCode, label("行政区划代码", "division")]
    address: Address
    site: Annotated[SiteId | None, label("场所编号", "site")] = None


LineNumber = Count
"""A line of a manifest, an application or a decision, from 0."""
Name = Annotated[Text, label("废物名称", "name of the waste")]
