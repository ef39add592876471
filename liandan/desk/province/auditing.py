"""/province/audit: what an office can check by itself: the checkpoint and who has cosigned it, what is adopted, and the commands of its own audit."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from ledger.directory import DataPin, LogState
from ledger.log import Log
from ledger.problem import Language
from ledger.tree.checkpoint import open_checkpoint
from ledger.tree.policy import parse_policy_lines
from liandan.desk.province.standing import side_name
from signing.refusal import Refusal


class WitnessRow(Struct, frozen=True, kw_only=True):
    """A witness of the policy in force."""

    name: str
    """Of its province, where it is called after one."""
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


DATA: Mapping[str, tuple[str, str]] = {
    "divisions": ("行政区划", "divisions"),
    "hw-catalogue": ("国家危险废物名录", "catalogue of hazardous wastes"),
    "hw-exemptions": ("危险废物豁免管理清单", "exempted hazardous wastes"),
    "thresholds": ("阈值", "thresholds"),
    "workdays": ("工作日历", "working days"),
}
"""Data that logs adopt, by what their names begin with."""


def data_name(name: str, language: Language) -> str:
    """``hw-catalogue-2025`` → ``国家危险废物名录 2025``."""
    stem, year = next(((stem, name.removeprefix(stem).strip("-")) for stem in DATA if name.startswith(stem)), (name, ""))
    return f"{DATA[stem][language == 'en'] if stem in DATA else stem} {year}".strip()


async def read_audit(log: Log, language: Language) -> AuditView:
    """As of what is published now."""
    published, state = log.publisher.published, await log.state()
    note = "" if published is None else published.slim.decode()
    witnesses, is_met, root = _witnesses(note, log.publisher.log_keys, state, language)
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
        data={} if state is None else {data_name(name, language): pin for name, pin in sorted(state.data.items())},
    )


def _witnesses(
    note: str, log_keys: tuple[str, ...], state: LogState | None, language: Language
) -> tuple[tuple[WitnessRow, ...], bool, str]:
    """Who of the policy has cosigned what is published, whether that is enough, and its root in hex."""
    if not note or state is None:
        return (), False, ""
    try:
        policy = parse_policy_lines(state.witness_policy)
        opened = open_checkpoint(note.encode(), log_keys, policy.witness_vkeys)
    except Refusal:  # a policy that this program cannot read is nobody's word
        return (), False, ""
    signed = {line.vkey for line in opened.cosignatures}
    places = {side_name(one.regions, "en").lower(): side_name(one.regions, language) for one in state.authorities}
    rows = tuple(
        WitnessRow(name=places.get(one.name, one.name), vkey=one.vkey, has_cosigned=one.vkey in signed) for one in policy.witnesses
    )
    return rows, bool(rows) and policy.is_met_by(signed), opened.checkpoint.root.hex()
