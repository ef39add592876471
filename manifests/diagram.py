"""The machine as people read it: a Mermaid state diagram and a table in Markdown, both made from machine.MOVES.

``docs/manifest-machine.md`` holds what :func:`page` gives; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping

from manifests.machine import MOVES, ends
from manifests.model import Act, Role, Stage

STAGES_ZH: Mapping[Stage, str] = {
    Stage.NONE: "（未开具）",
    Stage.ISSUED: "已开具",
    Stage.VOIDED: "已作废",
    Stage.IN_TRANSIT: "运输中",
    Stage.ARRIVED: "已运抵",
    Stage.ACCEPTED: "已接受",
    Stage.PARTLY_ACCEPTED: "部分接受",
    Stage.REJECTED: "已拒收",
    Stage.DISPOSED: "已利用处置",
    Stage.CLOSED: "已办结",
}
ACTS_ZH: Mapping[Act, str] = {
    Act.ISSUE: "开具",
    Act.VOID: "作废",
    Act.DEPART: "起运",
    Act.HAND_OVER: "交接",
    Act.TRANSSHIP: "换装",
    Act.ARRIVE: "运抵",
    Act.RECEIVE: "接受确认",
    Act.DISPOSE: "利用处置",
    Act.VERIFY: "核实",
}
ROLES_ZH: Mapping[Role, str] = {
    Role.GENERATOR: "移出人",
    Role.CONSIGNOR: "托运人",
    Role.CARRIER: "承运人",
    Role.TAKING_CARRIER: "接运的承运人",
    Role.RECEIVER: "接受人",
}

_HEAD = """# 联单状态机 / The manifest's machine

本页由 `manifests/machine.py` 中的同一张表生成，勿手工修改；重新生成：`python -m manifests.diagram > docs/manifest-machine.md`。
This page is made from the table in `manifests/machine.py`; do not edit it by hand.
"""


def mermaid() -> str:
    """A Mermaid ``stateDiagram-v2``: one arrow per possible end of each move."""
    lines = ["stateDiagram-v2"]
    lines += [f"    {stage}: {STAGES_ZH[stage]} {stage}" for stage in Stage if stage is not Stage.NONE]
    for (stage, act), found in MOVES.items():
        source = "[*]" if stage is Stage.NONE else stage
        lines += [f"    {source} --> {to}: {ACTS_ZH[act]} {act}" for to in found.to]
    lines += [f"    {stage} --> [*]" for stage in ends()]
    return "\n".join(lines)


def table() -> str:
    """The moves as a Markdown table, in the order of life."""
    rows = ["| 当前状态 stage | 行为 act | 签署 signers | 之后 next | 写入 seals | 依据 source |", "|---|---|---|---|---|---|"]
    for (stage, act), found in MOVES.items():
        signers = "、".join(f"{ROLES_ZH[role]} {role}" for role in found.roles)
        following = " · ".join(f"{STAGES_ZH[to]} {to}" for to in found.to)
        seals = ", ".join(f"`{name}`" for name in found.seals) or "–"
        cells = (f"{STAGES_ZH[stage]} {stage}", f"{ACTS_ZH[act]} `manifest.{act}/1`", signers, following, seals, found.source)
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def page() -> str:
    """The whole of docs/manifest-machine.md."""
    return f"{_HEAD}\n```mermaid\n{mermaid()}\n```\n\n{table()}\n"


if __name__ == "__main__":
    import sys

    sys.stdout.write(page())
