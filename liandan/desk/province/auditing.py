"""/province/audit: what an office can check by itself: the checkpoint and who has cosigned it, what is adopted, and the commands of its own audit."""

from __future__ import annotations

from msgspec import Struct

from ledger.directory import DataPin, LogState
from ledger.log import Log
from ledger.tree.checkpoint import open_checkpoint
from ledger.tree.policy import parse_policy_lines
from signing.refusal import Refusal


class WitnessRow(Struct, frozen=True, kw_only=True):
    """A witness of the policy in force."""

    name: str
    vkey: str
    has_cosigned: bool


class AuditView(Struct, frozen=True, kw_only=True):
    """The page; before anything is published ``note`` is empty."""

    origin: str
    found: str
    size: int
    root: str
    note: str
    log_keys: tuple[str, ...]
    ruleset: str
    witnesses: tuple[WitnessRow, ...]
    is_met: bool
    data: dict[str, DataPin]


async def read_audit(log: Log) -> AuditView:
    """As of what is published now."""
    published, state = log.publisher.published, await log.state()
    note = "" if published is None else published.slim.decode()
    witnesses, is_met, root = _witnesses(note, log.publisher.log_keys, state)
    return AuditView(
        origin="" if state is None else state.origin,
        found="" if state is None else state.found,
        size=0 if published is None else published.size,
        root=root,
        note=note,
        log_keys=tuple(log.publisher.log_keys),
        ruleset="" if state is None else state.ruleset,
        witnesses=witnesses,
        is_met=is_met,
        data={} if state is None else dict(sorted(state.data.items())),
    )


def _witnesses(note: str, log_keys: tuple[str, ...], state: LogState | None) -> tuple[tuple[WitnessRow, ...], bool, str]:
    """Who of the policy has cosigned what is published, whether that is enough, and its root in hex."""
    if not note or state is None:
        return (), False, ""
    try:
        policy = parse_policy_lines(state.witness_policy)
        opened = open_checkpoint(note.encode(), log_keys, policy.witness_vkeys)
    except Refusal:  # a policy that this program cannot read is nobody's word
        return (), False, ""
    signed = {line.vkey for line in opened.cosignatures}
    rows = tuple(WitnessRow(name=one.name, vkey=one.vkey, has_cosigned=one.vkey in signed) for one in policy.witnesses)
    return rows, bool(rows) and policy.is_met_by(signed), opened.checkpoint.root.hex()
