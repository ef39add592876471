"""What an audit keeps, so that the next one goes on where it ended: the facts after a clean prefix of the log, and the tree over it.

One SQLite file in a directory of the auditor's own, beside the checkpoint it was made under. It is as trustworthy as that directory: it
holds what the auditor computed itself, nothing from the log is taken on trust again. The grown tree is the consistency proof: the root
of the larger log is computed from the kept edge, so it can only match if the log extends what was audited.
"""

import msgspec
from msgspec import Struct

from ledger.auditing.disk_map import DiskMap
from ledger.auditing.growth import Growth
from ledger.auditing.history import LogHistory
from signing.refusal import refuse

VERSION = 1


class StateHeader(Struct, frozen=True, kw_only=True):
    """How far a kept state is. ``size`` entries were replayed without a finding."""

    version: int = VERSION
    origin: str
    size: int
    at_s: int
    root: bytes
    growth: Growth
    history: LogHistory


def read_header(disk: DiskMap, origin: str) -> StateHeader | None:
    """Where a kept state ends; None if there is none. Refusal AUDIT_STATE for the state of another log or program version."""
    raw = disk.mark()
    if raw is None:
        return None
    try:
        mark = msgspec.msgpack.decode(raw, type=StateHeader)
    except (msgspec.ValidationError, msgspec.DecodeError):
        raise refuse("AUDIT_STATE", found="not readable", expected=f"a state of version {VERSION}") from None
    if (mark.version, mark.origin) != (VERSION, origin):
        raise refuse("AUDIT_STATE", found=f"version {mark.version}, {mark.origin}", expected=f"version {VERSION}, {origin}")
    return mark


def keep(disk: DiskMap, mark: StateHeader) -> None:
    """Make a clean prefix durable."""
    disk.keep(msgspec.msgpack.encode(mark))
