"""Lists in force: rows are suspended and resumed, removed, amended; more than a quota is consented to."""

from __future__ import annotations

from typing import Any

from tests.vectors.corpus import bodies
from tests.vectors.corpus.people import CHONGQING, RECEIVER, RECEIVER_51, SICHUAN
from tests.vectors.corpus.permissions import LISTED, MUTUAL, PILOT, RENEWAL, UNILATERAL, digest
from tests.vectors.corpus.scene import Scene
from tests.vectors.corpus.trips import Trip


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


def amended(scene: Scene) -> None:
    """Rows added, ended, with another quota; more than a quota, for anybody and for one application."""
    conditions = {"pre_notice_days": 2, "complete_within_days": 60, "use_only": True, "transit": ["52"], "note": "厢式车（虚构）"}
    new = bodies.row(RECEIVER.uscc, RENEWAL, conditions=conditions, quota_t="20")
    ended = [{"row": 0, "on": "2026-11-30", "reason": "换证（虚构）"}]
    body = letter("渝环函〔2026〕51号", effective_from="2026-11-02", add=[new], rows_hash=digest([new]), letter=bodies.file("函.pdf"))
    entry = scene.post("list.amend", MUTUAL, body | {"end": ended, "quota": [{"row": 0, "quota_t": "2500"}]}, CHONGQING)
    scene.post("list.confirm", MUTUAL, letter("川环函〔2026〕52号", act=entry.statement.hash), SICHUAN)
    asked = {"asked_no": "川环函〔2026〕53号（虚构）", "asked_date": "2026-11-02"}
    scene.post("list.exceed_consent", MUTUAL, letter("渝环函〔2026〕54号", row=0, extra_t="30", **asked), CHONGQING)
    named = {"approval": LISTED, "letter": bodies.file("复函.pdf")}
    scene.post("list.exceed_consent", MUTUAL, letter("渝环函〔2026〕55号", row=2, extra_t="12.5", **asked, **named), CHONGQING)


def reported(scene: Scene) -> None:
    """The year of a list, by one side; of one that was removed too."""
    rows = [
        {"row": 0, "received_t": "5.57", "disposed_t": "5", "stock_t": "0.57", "note": "含试运行（虚构）"},
        {"row": 1, "received_t": "0"},
    ]
    body = letter("渝环函〔2026〕61号", rows=rows, environment="在线监测达标（虚构）", letter=bodies.file("通报.pdf"))
    scene.post("list.report", MUTUAL, body, CHONGQING)
    scene.post("list.report", UNILATERAL, letter("渝环函〔2026〕62号", rows=rows[1:], environment="无（虚构）"), CHONGQING)


def piloted(scene: Scene) -> None:
    """Lead batteries on a row of the pilot list, without a decision; the load leaves under a suspension that stops decisions and issues alone."""
    trip = Trip(scene, 441, RECEIVER_51).issue(pilot={"list": PILOT, "row": 0})
    scene.post("list.suspend", PILOT, letter("渝环函〔2026〕71号", row=0, reason="例行核查（虚构）"), CHONGQING)
    trip.depart().arrive().receive(bodies.received("5.56"))


def _confirmed(scene: Scene, act: str, no: str, **more: Any) -> None:
    """Signed by Chongqing, confirmed by Sichuan."""
    entry = scene.post(f"list.{act}", MUTUAL, letter(no, **more), CHONGQING)
    scene.post("list.confirm", MUTUAL, letter(f"川{no[1:]}", act=entry.statement.hash, letter=bodies.file("复函.pdf")), SICHUAN)
