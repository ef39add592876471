"""Chinese words for the codes that stand in the evidence of a manifest. A code without a word is shown as it is."""

from collections.abc import Mapping

from ledger.labels import words_of
from manifests.receipt import Opinion
from whitelist.fields import WasteForm

STAGES: Mapping[str, str] = {
    "none": "（未开具）",
    "issued": "已开具",
    "voided": "已作废",
    "in_transit": "运输中",
    "arrived": "已运抵",
    "accepted": "已接受",
    "partly_accepted": "部分接受",
    "rejected": "已拒收",
    "disposed": "已利用处置",
    "closed": "已办结",
    "closed_rejected": "拒收办结",
}
CAPACITIES: Mapping[str, str] = {
    "generator": "移出人",
    "consignor": "托运人",
    "carrier": "承运人",
    "taking_carrier": "接运的承运人",
    "receiver": "接受人",
    "generator or origin's authority": "移出人或者移出地主管部门",
}
FORMS, OPINIONS = words_of(WasteForm), words_of(Opinion)
