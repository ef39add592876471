"""Months (kinds §9): November closed in both directions, confirmed by both sides, disputed and closed again. Nobody drew these statements."""

from __future__ import annotations

from typing import Any

from tests.vectors.corpus.people import CHONGQING, OPERATOR, SICHUAN
from tests.vectors.corpus.scene import Scene
from tests.vectors.forger import v1

THERE, BACK, BEFORE = "period/2026-11/51-50", "period/2026-11/50-51", "period/2026-10/51-50"
ITEM = "M4 manifest/915101120000FX029E/01KB2Z8Q6V0000000000000031 1"


def closed(scene: Scene) -> None:
    """October and November there, November back; disputed, closed again, confirmed."""
    scene.go_to("2026-12-01T08:00:05")
    scene.post("period.close", BEFORE, _close(scene, "十月"), OPERATOR)
    scene.post("period.close", THERE, _close(scene, "去程", adjusts=["2026-10"]), OPERATOR)
    scene.post("period.close", BACK, _close(scene, "返程", xlsx=None, pdf=None), OPERATOR)
    scene.post("period.confirm", BACK, {"json": _hash("返程 json")}, SICHUAN)
    scene.post("period.confirm", BACK, {"json": _hash("返程 json")}, CHONGQING)
    items = [{"key": ITEM, "note": "磅单为 5.548 吨（虚构）"}, {"key": "M12 list/2026-51-50-cy", "note": "合计不符（虚构）"}]
    scene.post("period.dispute", THERE, {"json": _hash("去程 json"), "reason": "两行不符（虚构）", "items": items}, CHONGQING)
    scene.post("period.close", THERE, _close(scene, "再次"), OPERATOR)
    scene.post("period.confirm", THERE, {"json": _hash("再次 json")}, SICHUAN)


def _close(scene: Scene, name: str, **more: Any) -> dict[str, Any]:
    """At the present size, which a checkpoint covers."""
    scene.checkpoint()
    size = len(scene.log.entries)
    body = {
        "size": size,
        "root": v1.b64(v1.tree_root(scene.log.leaves)),
        **{form: _hash(f"{name} {form}") for form in ("json", "xlsx", "pdf")},
    }
    return {field: value for field, value in {**body, **more}.items() if value is not None}


def _hash(name: str) -> str:
    return str(v1.sha256(f"{name}（虚构）".encode()).hex())
