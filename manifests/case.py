"""Cases: side chains about a manifest, ``case/<generator>/<manifest ULID>/<ULID>``; what all of them share.

A case says which act of the trunk it knew (``body.trunk``); if the trunk has grown since, it is admitted with the tag TRUNK_MOVED
(formats §3).
"""

from __future__ import annotations

from msgspec import Struct

from ledger.admission.personality import Judged
from ledger.findings import Findings
from manifests.model import ManifestState, trunk_of
from signing.refusal import texts


class Trunk(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An admitted statement of the trunk that a case speaks of (formats §3)."""

    seq: int
    hash: str


def trunk_exists(judged: Judged, out: Findings) -> None:
    """TRUNK_UNKNOWN for a case about a manifest that the log does not have: nothing more can be said of it."""
    trunk = trunk_of(judged.statement.chain)
    if judged.facts.state(trunk) is None:
        out.refuse("TRUNK_UNKNOWN", "body.trunk", judged.statement.body.trunk.hash, trunk)


def case_is_new(judged: Judged, out: Findings) -> None:
    """CASE_DONE for a second statement of a case that takes one."""
    if judged.statement.seq != 0:
        out.refuse("CASE_DONE", "seq", judged.statement.seq, "0: a case of its own for every number")


def trunk_is_known(judged: Judged, out: Findings) -> None:
    """TRUNK_UNKNOWN unless the trunk has the named statement at that seq; tag TRUNK_MOVED when it is not the newest."""
    named: Trunk = judged.statement.body.trunk
    trunk = trunk_of(judged.statement.chain)
    state: ManifestState = judged.facts.state(trunk)
    newest = len(state.acts) - 1
    if not 0 <= named.seq <= newest or state.acts[named.seq] != named.hash:
        out.refuse("TRUNK_UNKNOWN", "body.trunk", f"{named.seq} {named.hash}", f"{trunk}, seq 0 … {newest}")
    elif named.seq < newest:
        out.tag("TRUNK_MOVED")


TEXTS = texts("""
TRUNK_UNKNOWN | - | sender | formats §3 [DESIGN]
案卷所指的联单行为不在账本中。 || 先提交联单行为；核对 body.trunk 的 seq 与 hash。
The case speaks of an act of the manifest that the log does not have. || Submit the act first; check seq and hash in body.trunk.

TRUNK_MOVED | - | nobody | formats §3 [DESIGN]
案卷提出后，联单已有新的行为。 || 请结合联单的最新状态理解本案卷。
The manifest has moved on since the act that the case speaks of. || Read the case together with the manifest's present stage.

CASE_DONE | - | sender | formats §3 [DESIGN]
编号案卷只包含一条声明。 || 另开新的案卷。
A case about a number holds one statement only. || Open another case.
""")
