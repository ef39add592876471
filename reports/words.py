"""Chinese words for the codes of the evidence, as documents print them. A code without a word is printed as it is."""

from collections.abc import Mapping

from ledger.admission.personality import Books
from ledger.labels import words_of
from ledger.times import format_at
from manifests.model import STAGES
from manifests.receipt import Opinion
from reports.kinds import all_kinds
from whitelist.fields import WasteForm

__all__ = ["STAGES"]

FORMS, OPINIONS = words_of(WasteForm), words_of(Opinion)
ROUTES: Mapping[str, str] = {
    "INTRA": "省内转移",
    "LISTED": "跨省“白名单”简化审批",
    "APPROVED": "跨省商请审批",
    "PILOT387": "试点单位（视同省内）",
    "EMERGENCY": "应急转移",
    "OFF_LOG": "账外批准（跨省转入）",
    "RETURN": "退回运输",
}
COLUMNS: Mapping[Books, tuple[str, str]] = {
    "decided": ("批准占用", "Decided"),
    "reserved": ("开具预占", "Reserved"),
    "settled": ("接受结算", "Settled"),
    "released": ("作废退回", "Released"),
    "outside": ("账外用量", "Outside"),
}
"""Columns of a quota account, by ``Kind.books``: committed by decisions, reserved by issues, changed by receipts to what was accepted,
given back, used outside this log."""
PERSONAL: Mapping[str, str] = {
    "contact": "经办人", "handler": "经办人", "driver": "驾驶员", "escort": "押运员", "shipper": "发运人", "receiver": "接收人",
    "emergency": "应急联系人", "name": "姓名", "phone": "联系电话", "licence": "从业资格证", "license": "从业资格证", "position": "定位",
    "signature": "签名",
}  # fmt: skip
"""Words of the dotted names of committed fields, each part for itself; the names are the signer's own choice."""
LEVELS: Mapping[str, str] = {"H": "高", "M": "中", "L": "低"}
PROVINCES: Mapping[str, str] = {
    "11": "北京市", "12": "天津市", "13": "河北省", "14": "山西省", "15": "内蒙古自治区", "21": "辽宁省", "22": "吉林省",
    "23": "黑龙江省", "31": "上海市", "32": "江苏省", "33": "浙江省", "34": "安徽省", "35": "福建省", "36": "江西省", "37": "山东省",
    "41": "河南省", "42": "湖北省", "43": "湖南省", "44": "广东省", "45": "广西壮族自治区", "46": "海南省", "50": "重庆市",
    "51": "四川省", "52": "贵州省", "53": "云南省", "54": "西藏自治区", "61": "陕西省", "62": "甘肃省", "63": "青海省",
    "64": "宁夏回族自治区", "65": "新疆维吾尔自治区", "71": "台湾省", "81": "香港特别行政区", "82": "澳门特别行政区",
}  # fmt: skip
SUITES: Mapping[str, str] = {"ed25519": "Ed25519", "ecdsa-p256-sha256": "ECDSA P-256", "ml-dsa-44": "ML-DSA-44", "sm2-sm3": "SM2"}


def name_of_act(kind: str) -> str:
    """What a kind of statement is called, in its own word; a kind that this program does not know by its name."""
    known = all_kinds().by_name.get(kind)
    return kind if known is None else known.zh or kind


def province(code: str) -> str:
    """Name of a province by its two digits, or the digits."""
    return PROVINCES.get(code[:2], code[:2])


def personal(field: str) -> str:
    """``contact.phone`` as 经办人联系电话; a part without a word leaves the whole name as it was signed."""
    parts = field.split(".")
    return "".join(PERSONAL[part] for part in parts) if all(part in PERSONAL for part in parts) else field


def moment(at: str) -> str:
    """A claimed or admission time in +08:00 as documents print it, to the second; other offsets stay visible."""
    return at[:19].replace("T", " ") + ("" if at.endswith("+08:00") else f" ({at[19:]})")


def when(at_s: int | None) -> str:
    """Unix seconds likewise; nothing where there are none."""
    return "" if at_s is None else moment(format_at(at_s))
