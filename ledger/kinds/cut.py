"""``log.cut``: the way on after a freeze. What was never published is cut off; its statements may come again (formats §5).

The tail is a data file with one line ``<statement hash> SP <old admission.at> LF`` per cut entry. A statement named there keeps its hash,
may be admitted again within 30 days and is judged by §6 at its old ``admission.at`` (tag RECUT). Nothing published is ever cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.facts import Facts
from ledger.admission.personality import Changes, Kind, Window, no_reads
from ledger.directory import LOG_MAIN, Cut, LogState, check_signers, log_state
from ledger.findings import Admitted, Refused
from ledger.kinds.log import everyone
from ledger.model import Admission, Moment, Seen, Statement
from ledger.times import format_at, parse_at
from signing.refusal import Reason, refuse

RECUT_S = 30 * 24 * 3600
TAIL = "log-cut-tail"
_LINE = re.compile(r"([0-9a-f]{64}) (\S{25})")


class LogCut(Struct, frozen=True, forbid_unknown_fields=True):
    """Body of ``log.cut/1``."""

    size: int
    """Entries that stay; also the index of this statement."""
    root: str
    """Root of those, base64."""
    tail: str
    """SHA-256 (hex) of the tail file."""


def write_tail(cut: Iterable[tuple[str, int]]) -> bytes:
    """The tail file of cut entries: statement hashes and their old ``admission.at`` in Unix seconds, in order."""
    return "".join(f"{digest} {format_at(at_s)}\n" for digest, at_s in cut).encode()


def parse_tail(raw: bytes) -> Mapping[str, int]:
    """Old ``admission.at`` (Unix seconds) by statement hash."""
    found: dict[str, int] = {}
    for line in raw.decode("ascii", "replace").splitlines():
        match = _LINE.fullmatch(line)
        if match is None:
            raise refuse("ENTRY_FORM", field="tail", found=line[:80], expected="<statement hash> <admission.at>")
        found[match[1]] = parse_at(match[2], "tail")
    return found


def old_admission_s(statement: Statement, facts: Facts, moment: Moment) -> int | None:
    """When a statement was admitted before it was cut, if it may come again now; ``log/`` chains are signed anew instead."""
    log: LogState | None = facts.state(LOG_MAIN)
    if log is None or not log.cuts or statement.chain_type == "log":
        return None
    for cut in reversed(log.cuts):
        if moment.at_s <= cut.at_s + RECUT_S:
            found: int | None = facts.pinned(TAIL, cut.tail).get(statement.hash)
            if found is not None:
                return found
    return None


def decide_cut(statement: Statement, facts: Facts, moment: Moment) -> Admitted | Refused:
    """Agreed by operator and all authorities, at the very size that it names."""
    body: LogCut = statement.body
    reasons = check_signers(statement, everyone(facts))
    if statement.chain != LOG_MAIN:
        reasons.append(Reason("CHAIN_KIND", "chain", statement.chain, LOG_MAIN))
    if body.size != moment.index:
        reasons.append(Reason("FIELD_TYPE", "body.size", str(body.size), str(moment.index)))
    if not re.fullmatch(r"[0-9a-f]{64}", body.tail):
        reasons.append(Reason("FIELD_TYPE", "body.tail", body.tail[:64], "64 hex digits"))
    return Refused(tuple(reasons)) if reasons else Admitted()


def evolve_cut(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    """From here the tail's statements may come again."""
    log = log_state(facts)
    return Changes(state=replace(log, cuts=(*log.cuts, Cut(statement.body.tail, parse_at(admission.at)))))


def claimed_roots(statement: Statement) -> tuple[Seen, ...]:
    """The root that the cut names, to be compared like ``seen``."""
    return (Seen(statement.body.size, statement.body.root),)


CUT_KINDS = (
    Kind(
        name="log.cut/1",
        body=LogCut,
        chain_type="log",
        roles=("operator", "authority …"),
        window=Window.MONTH,
        reads=no_reads,
        reads_doc="Nothing beside log/main.",
        decide=decide_cut,
        evolve=evolve_cut,
        roots=claimed_roots,
    ),
)
