"""Lists in force: rows are suspended and resumed, removed and confirmed."""

from __future__ import annotations

from typing import Any

from tests.vectors.corpus import bodies
from tests.vectors.corpus.people import CHONGQING, SICHUAN
from tests.vectors.corpus.permissions import MUTUAL, UNILATERAL
from tests.vectors.corpus.scene import Scene


def letter(no: str, **more: Any) -> dict[str, Any]:
    """A letter of the day."""
    return bodies.letter(no, "2026-11-02", **more)


def in_force(scene: Scene) -> None:
    """One row stops at once and goes on once both sides say so, another is removed; a list of one side needs no other, and is removed whole."""
    whole = {"letter": bodies.file("函.pdf"), "file": bodies.file("监测报告.pdf")}
    scene.post("list.suspend", MUTUAL, letter("川环函〔2026〕31号", row=1, reason="在线监测超标（虚构）", **whole), SICHUAN)
    scene.post("list.suspend", MUTUAL, letter("渝环函〔2026〕32号", reason="汛期（虚构）"), CHONGQING)
    _confirmed(scene, "resume", "渝环函〔2026〕33号", reason="汛期已过（虚构）", letter=bodies.file("函.pdf"))
    _confirmed(scene, "remove", "渝环函〔2026〕35号", row=1, reason="企业停产（虚构）", letter=bodies.file("函.pdf"))
    scene.post("list.suspend", UNILATERAL, letter("渝环函〔2026〕37号", row=0, reason="例行核查（虚构）"), CHONGQING)
    scene.post("list.resume", UNILATERAL, letter("渝环函〔2026〕38号", row=0, reason="核查完毕（虚构）"), CHONGQING)
    scene.post("list.remove", UNILATERAL, letter("渝环函〔2026〕39号", reason="政策调整（虚构）"), CHONGQING)


def _confirmed(scene: Scene, act: str, no: str, **more: Any) -> None:
    """Signed by Chongqing, confirmed by Sichuan."""
    entry = scene.post(f"list.{act}", MUTUAL, letter(no, **more), CHONGQING)
    scene.post("list.confirm", MUTUAL, letter(f"川{no[1:]}", act=entry.statement.hash, letter=bodies.file("复函.pdf")), SICHUAN)
