"""Opening balances of a row, of a decision's line and of a site's year; one of nothing."""

from __future__ import annotations

from tests.vectors.corpus import bodies
from tests.vectors.corpus.people import CHONGQING, GUIZHOU, SICHUAN
from tests.vectors.corpus.permissions import CONSULTED, MUTUAL, PERMIT_51, UNILATERAL
from tests.vectors.corpus.scene import Scene


def openings(scene: Scene) -> None:
    """By both sides of the list, also of one from everywhere; by origin and destination; by the holder's authority and another."""
    told = {"used_t": "120.5", "as_of_on": "2026-10-31", "source": "2026年1—10月台账（虚构）"}
    scene.post("quota.open", MUTUAL, {"item": 0, **told, "files": [bodies.file("台账.pdf")]}, SICHUAN, CHONGQING)
    scene.post("quota.open", UNILATERAL, {"item": 1, **told, "used_t": "0"}, GUIZHOU, CHONGQING)
    scene.post("quota.open", CONSULTED, {"item": 0, **told, "used_t": "1"}, SICHUAN, CHONGQING)
    scene.post("quota.open", PERMIT_51, told, SICHUAN, CHONGQING)
