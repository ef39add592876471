"""Names of the log of acts, and how an act gets into it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bytes_v1 as v1
from story import GENERATOR, RECEIVER, clock
from writer import Act, Log

ORIGIN = "liandan.example/vectors-acts"
TAKING = v1.uscc("91500112" + "0000FX112")
TAKING_KEY = v1.key("taking carrier", "ecdsa-p256-sha256")
ULID = "01KB2Z8Q6V00000000000000"
PERMIT = f"permit/{RECEIVER}/{ULID}11"
LIST = "list/2026-51-50-xn"
CONSULTED, REFUSED, LISTED = (f"approval/{GENERATOR}/{ULID}{last}" for last in (21, 22, 23))
MANIFEST, VOIDED = f"manifest/{GENERATOR}/{ULID}31", f"manifest/{GENERATOR}/{ULID}32"
CASE = f"case/{GENERATOR}/{ULID}31/{ULID}41"
FOLDER = Path(__file__).parent
DATA = {
    "hw-catalogue-2021": ("2021-2", "data/hw-catalogue-2021.csv"),
    "divisions": ("2024-11", "data/divisions-50-51.csv"),
    "thresholds": ("2026-11", "data/thresholds.json"),
    "workdays-2026": ("2026-official", "data/workdays-2026.json"),
}
FILES = {file: v1.sha256((FOLDER / file).read_bytes()).hex() for _, file in DATA.values()}
FOUNDERS = ("operator", "sichuan", "chongqing")


def case_of(manifest: str, last: str) -> str:
    """A case about a manifest."""
    return manifest.replace("manifest/", "case/") + f"/{ULID}{last}"


def post(log: Log, kind: str, chain: str, by: Any, minute: str, body: dict[str, Any], facts: Any = (), **decision: Any) -> Act:
    """Append an act claimed at ``minute`` (hh:mm) and admitted five seconds later."""
    act = Act(kind + "/1", chain, body, by, clock(minute + ":00"))
    log.add(act, clock(minute + ":05"), facts, **decision)
    return act
