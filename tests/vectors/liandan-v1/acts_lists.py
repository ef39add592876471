"""What becomes of the list of the log of acts: a row is stopped, goes on, gets another quota (kinds §4)."""

from __future__ import annotations

import bodies
from acting import LIST, post
from story import signers
from writer import Log

SICHUAN, CHONGQING = signers("sichuan"), signers("chongqing")


def letter(no: str, **more: object) -> dict[str, object]:
    """A letter of the day."""
    return {**bodies.letter(no, "2026-11-02"), **more}


def lists_in_force(log: Log) -> None:
    """Suspended by one side, resumed by both; another quota, more than it for once; a removal that waits."""
    stopped = letter("川环函〔2026〕31号", row=0, reason="在线监测超标（虚构）")
    post(log, "list.suspend", LIST, SICHUAN, "16:54", stopped)
    post(log, "list.resume", LIST, CHONGQING, "16:54", letter("渝环函〔2026〕32号", row=0, reason="整改完毕（虚构）"))
    post(log, "list.confirm", LIST, SICHUAN, "16:54", letter("川环函〔2026〕33号", act=log.heads[LIST][1]))
    more = letter("渝环函〔2026〕35号", effective_from="2026-11-02", quota=[{"row": 0, "quota_t": "3500.000000"}])
    post(log, "list.amend", LIST, CHONGQING, "16:54", more)
    post(log, "list.confirm", LIST, SICHUAN, "16:54", letter("川环函〔2026〕36号", act=log.heads[LIST][1]))
    asked = {"asked_no": "川环函〔2026〕37号（虚构）", "asked_date": "2026-11-01"}
    post(log, "list.exceed_consent", LIST, CHONGQING, "16:54", letter("渝环函〔2026〕38号", row=0, extra_t="12.500000", **asked))
    told = {"rows": [{"row": 0, "received_t": "5.570000", "disposed_t": "0.000000", "stock_t": "5.570000"}], "environment": "达标（虚构）"}
    post(log, "list.report", LIST, CHONGQING, "16:54", letter("渝环函〔2026〕39号", **told))
    post(log, "list.remove", LIST, SICHUAN, "16:54", letter("川环函〔2026〕34号", reason="两地另行商定（虚构）"))
