"""Words for the codes of the evidence, as documents print them in their language. A code without a word is printed as it is."""

from collections.abc import Mapping
from contextlib import suppress

from ledger.admission.personality import Books
from ledger.labels import words_of
from ledger.times import format_at, parse_at
from manifests.model import STAGES
from manifests.receipt import Opinion
from reports.kinds import all_kinds
from reports.paper.tongue import say, spoken
from signing.refusal import Refusal
from whitelist.divisions import PROVINCES
from whitelist.fields import WasteForm

__all__ = ["STAGES"]

FORMS, OPINIONS = words_of(WasteForm), words_of(Opinion)
ROUTES: Mapping[str, tuple[str, str]] = {
    "INTRA": ("省内转移", "within one province"),
    "LISTED": ("跨省“白名单”简化审批", "across provinces, on a list"),
    "APPROVED": ("跨省商请审批", "across provinces, consulted"),
    "PILOT387": ("试点单位（视同省内）", "pilot, as within one province"),
    "EMERGENCY": ("应急转移", "emergency"),
    "OFF_LOG": ("账外批准（跨省转入）", "decided outside this log"),
    "RETURN": ("退回运输", "return"),
}
COLUMNS: Mapping[Books, tuple[str, str]] = {
    "decided": ("批准占用", "Decided"),
    "reserved": ("开具预占", "Reserved"),
    "settled": ("接受结算", "Settled"),
    "corrected": ("更正", "Corrected"),
    "released": ("作废退回", "Released"),
    "outside": ("账外用量", "Outside"),
}
"""Columns of a quota account, by ``Kind.books``: committed by decisions, reserved by issues, changed by receipts to what was accepted,
moved by corrections, given back, used outside this log."""
LAYERS: Mapping[str, tuple[str, str]] = {"Q1": ("白名单", "List"), "Q2": ("批准量", "Decision"), "Q3": ("许可规模", "Permit")}
"""Layers of quotas, by what their accounts begin with."""
PERSONAL: Mapping[str, str] = {
    "contact": "经办人", "handler": "经办人", "driver": "驾驶员", "escort": "押运员", "shipper": "发运人", "receiver": "接收人",
    "emergency": "应急联系人", "name": "姓名", "phone": "联系电话", "licence": "从业资格证", "license": "从业资格证", "position": "定位",
    "signature": "签名",
}  # fmt: skip
"""Words of the dotted names of committed fields, each part for itself; the names are the signer's own choice."""
LEVELS: Mapping[str, str] = {"H": "高", "M": "中", "L": "低"}
_LEVELS: Mapping[str, str] = {"H": "grave", "M": "notable", "L": "slight"}
ENGLISH: Mapping[str, str] = {
    "S": "solid", "SS": "semi-solid", "L": "liquid", "G": "gas", "ALL": "all codes", "INCLUDE": "only the codes named",
    "EXCEPT": "all codes but those named", "none": "unpacked (pipeline)", "permit": "comprehensive permit", "partly": "accept in part", "in_transfer": "from another province",
}  # fmt: skip
"""Of values that do not say in English what they mean."""


def name_of_act(kind: str) -> str:
    """What a kind of statement is called, in its own word; a kind that this program does not know by its name."""
    known = all_kinds().by_name.get(kind)
    return kind if known is None else say(known.zh or kind, known.en or kind)


def level_name(level: str) -> str:
    """Of an alert; a tag has none."""
    return say(f"{LEVELS[level]}级提示", f"{_LEVELS[level]} alert") if level else say("标记", "tag")


def stage_name(stage: str) -> str:
    """A state of a manifest."""
    return say(STAGES.get(stage, stage), stage.replace("_", " "))


def layer_name(layer: str) -> str:
    """Whose quota an account is of."""
    return say(*LAYERS.get(layer, (layer, layer)))


def route_name(route: str) -> str:
    """The way on which a transfer is allowed."""
    return say(*ROUTES.get(route, (route, route)))


def word(value: str, words: Mapping[str, str]) -> str:
    """A value of an enumeration with Chinese words; its codes are English ones."""
    return say(words.get(value, value), ENGLISH.get(value, value.replace("_", " ") if value in words else value))


def province(code: str) -> str:
    """Name of a province by its two digits, or the digits."""
    return say(*PROVINCES.get(code[:2], (code[:2], code[:2])))


def personal(field: str) -> str:
    """``contact.phone`` as 经办人联系电话; a part without a word leaves the whole name as it was signed."""
    parts = field.split(".")
    is_known = spoken() == "zh" and all(part in PERSONAL for part in parts)
    return "".join(PERSONAL[part] for part in parts) if is_known else field.replace(".", " ")


def moment(at: str) -> str:
    """A claimed or admission time as documents print it: in +08:00 like every day of the log, whatever offset it was written with; what is
    no time as it was written.
    """
    with suppress(Refusal):
        return format_at(parse_at(at))[:19].replace("T", " ")
    return at


def when(at_s: int | None) -> str:
    """Unix seconds likewise; nothing where there are none."""
    return "" if at_s is None else moment(format_at(at_s))
