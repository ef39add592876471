"""Threads about lines of a month that do not match, in the log of acts: one that both firms settle, one that an authority does (kinds §9)."""

from __future__ import annotations

from acting import ULID, post
from acts_amendments import CORRECTION, MISTYPED
from acts_emergencies import HURRIED
from story import signers
from writer import Log

THREAD, OTHER, BOOK = (f"item/2026-11/{ULID}{last}" for last in ("81", "82", "83"))
KEY, OPEN_KEY = f"M4 {MISTYPED} 0", f"M5 {HURRIED}"
BOOK_KEY = f"M1 book/{signers('receiver')[0][0]}/c1-2026-11/1.7"


def items(log: Log) -> None:
    """A weight that was mistyped and corrected; a load that an authority asks about; a book that does not carry over, settled by an authority."""
    generator, chongqing = signers("generator"), signers("chongqing")
    said = {"key": KEY, "text": "录入错误，已更正（虚构）"}
    post(log, "item.comment", THREAD, generator, "16:54", said, [MISTYPED])
    settled = {"outcome": "corrected", "amount_t": "50.400000", "case": CORRECTION, "text": "更正后无差额（虚构）"}
    post(log, "item.settle", THREAD, signers("generator", "receiver"), "16:54", settled, [CORRECTION, MISTYPED])
    post(log, "item.comment", THREAD, signers("receiver"), "16:54", {"key": KEY, "text": "已了结（虚构）"}, [MISTYPED])
    photo = {"sha256": "ab" * 32, "size": 9, "media_type": "image/jpeg", "name": "现场.jpg"}
    post(log, "item.comment", OTHER, chongqing, "16:54", {"key": OPEN_KEY, "text": "请说明（虚构）", "files": [photo]}, [HURRIED])
    post(log, "item.comment", BOOK, signers("receiver"), "16:54", {"key": BOOK_KEY, "text": "盘点差异（虚构）"})
    post(log, "item.settle", BOOK, chongqing, "16:54", {"outcome": "written_off", "amount_t": "0.002000"})
