"""Threads about lines of a month that do not match: every outcome, by both firms, by a delegate's word, by an authority."""

from __future__ import annotations

from tests.vectors.corpus import bodies
from tests.vectors.corpus.corrections import MASS, Correction
from tests.vectors.corpus.people import CARRIER, CHONGQING, GENERATOR_50, RECEIVER, SICHUAN
from tests.vectors.corpus.scene import Scene
from tests.vectors.corpus.trips import SITE_50, Trip

MONTH = "item/2026-11"


def thread(number: int) -> str:
    """A thread of November."""
    return f"{MONTH}/01KB2Z8Q6V{number:016}"


def items(scene: Scene) -> None:
    """A weight that is corrected and settled with its case; what was agreed, written off, and never was a fault."""
    trip = Trip(scene, 451, GENERATOR_50).issue(origin=SITE_50).depart(place=SITE_50)
    trip.arrive().receive(bodies.received("5.5"))
    key = f"M4 {trip.chain} 0"
    told = {"key": key, "text": "接受量少 0.08 吨，请核对磅单（虚构）", "files": [bodies.file("磅单.pdf")]}
    scene.post("item.comment", thread(452), told, GENERATOR_50)
    scene.post("item.comment", thread(452), {"key": key, "text": "系录入错误（虚构）"}, RECEIVER)
    case = Correction(trip, 453).propose(RECEIVER, (MASS, '"5.5"', '"5.56"')).consent(GENERATOR_50, CHONGQING)
    settled = {"outcome": "corrected", "amount_t": "0.08", "case": case.chain, "text": "已更正（虚构）"}
    scene.post("item.settle", thread(452), settled, GENERATOR_50, RECEIVER)
    scene.post("item.comment", thread(454), {"key": f"M7 {case.chain}", "text": "未跨月（虚构）"}, CARRIER)
    scene.post("item.settle", thread(454), {"outcome": "agreed"}, GENERATOR_50, RECEIVER)
    scene.post("item.comment", thread(455), {"key": f"M1 book/{RECEIVER.uscc}/c1-2026-11/1.7", "text": "盘点差异（虚构）"}, RECEIVER)
    scene.post("item.settle", thread(455), {"outcome": "written_off", "amount_t": "0.002"}, CHONGQING)
    scene.post("item.comment", thread(456), {"key": "M12 period/2026-11/51-50 3", "text": "请核对（虚构）"}, SICHUAN)
    scene.post("item.settle", thread(456), {"outcome": "invalid", "text": "口径不同（虚构）"}, CHONGQING)
