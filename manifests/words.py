"""Chinese words for the codes that stand in the evidence of a manifest. A code without a word is shown as it is."""

from __future__ import annotations

from collections.abc import Mapping

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
}
CAPACITIES: Mapping[str, str] = {
    "generator": "移出人",
    "consignor": "托运人",
    "carrier": "承运人",
    "taking_carrier": "接运的承运人",
    "receiver": "接受人",
    "generator or origin's authority": "移出人或者移出地主管部门",
}
FORMS: Mapping[str, str] = {"S": "固态", "SS": "半固态", "L": "液态", "G": "气态"}
PACKINGS: Mapping[str, str] = {"bag": "袋", "drum": "桶", "tank": "罐", "box": "箱", "other": "其他"}
OPINIONS: Mapping[str, str] = {"accept": "接受", "partly": "部分接受", "reject": "拒收"}
DIFFERENCES: Mapping[str, str] = {"name": "名称", "quantity": "数量", "property": "特性", "form": "形态", "packing": "包装方式"}
VEHICLES: Mapping[str, str] = {"truck": "汽车", "train": "火车", "ship": "轮船", "pipeline": "管道", "aircraft": "飞机", "other": "其他"}
MODES: Mapping[str, str] = {"road": "道路", "rail": "铁路", "water": "水路", "pipeline": "管道", "other": "其他"}
CONSIGNORS: Mapping[str, str] = {"generator": "移出人", "receiver": "接受人"}
WEIGHINGS: Mapping[str, str] = {
    "weighbridge": "地磅",
    "scale": "台秤",
    "flow_meter": "流量计",
    "volume": "体积换算",
    "estimate": "估算",
}
CHECKS: Mapping[str, str] = {
    "carrier": "承运人资质",
    "vehicle": "车辆",
    "crew": "驾押人员",
    "labels": "识别标志与联单一致",
    "packaging": "包装",
    "intact": "未破损",
    "weatherproof": "防雨防渗",
    "leakproof": "防泄漏",
}
