"""The machine as people read it: a Mermaid state diagram and a table in Markdown, both made from machine.MOVES.

``docs/manifest-machine.md`` holds what :func:`page` gives; a test compares the two.
"""

from manifests.acts import ACTS_BY_KIND
from manifests.machine import BY_CASE, MOVES, Act, ends
from manifests.model import CAPACITIES, STAGES, Stage
from signing.citation import cited, source_in_chinese

_HEAD = """# 联单状态机 / The manifest's machine

本页由 `manifests/machine.py` 中的同一张表生成，勿手工修改；重新生成：`python -m manifests.diagram > docs/manifest-machine.md`。
This page is made from the table in `manifests/machine.py`; do not edit it by hand.
"""


def act_zh(act: Act) -> str:
    """What an act is called in Chinese."""
    return ACTS_BY_KIND[f"manifest.{act}/1"].kind.zh


def mermaid() -> str:
    """A Mermaid ``stateDiagram-v2``: one arrow per possible end of each move."""
    lines = ["stateDiagram-v2"]
    lines += [f"    {stage}: {STAGES[stage]} {stage}" for stage in Stage if stage is not Stage.NONE]
    for (stage, act), found in MOVES.items():
        source = "[*]" if stage is Stage.NONE else stage
        lines += [f"    {source} --> {to}: {act_zh(act)} {act}" for to in found.to]
    for name, (stages, to) in BY_CASE.items():
        lines += [f"    {stage} --> {to}: {ACTS_BY_KIND[f'case.{name}/1'].kind.zh} {name}" for stage in stages]
    lines += [f"    {stage} --> [*]" for stage in ends()]
    return "\n".join(lines)


def table() -> str:
    """The moves as a Markdown table, in the order of life."""
    rows = ["| 当前状态 stage | 行为 act | 签署 signers | 之后 next | 写入 seals | 依据 source |", "|---|---|---|---|---|---|"]
    for (stage, act), found in MOVES.items():
        signers = "、".join(f"{CAPACITIES[role]} {role}" for role in found.roles)
        following = " · ".join(f"{STAGES[to]} {to}" for to in found.to)
        seals = ", ".join(f"`{name}`" for name in found.seals) or "–"
        cells = (
            f"{STAGES[stage]} {stage}",
            f"{act_zh(act)} `manifest.{act}/1`",
            signers,
            following,
            seals,
            source_in_chinese(cited(found.source)),
        )
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def page() -> str:
    """The whole of docs/manifest-machine.md."""
    return f"{_HEAD}\n```mermaid\n{mermaid()}\n```\n\n{table()}\n"


if __name__ == "__main__":
    import sys

    sys.stdout.write(page())
