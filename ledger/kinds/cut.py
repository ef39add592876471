"""``log.cut``: the way on after a freeze. What was never published is cut off; its statements may come again (formats §5).

The tail is a data file with one line ``<statement hash> SP <old admission.at> LF`` per cut entry. A statement named there keeps its hash,
may be admitted again within 30 days and is judged by §6 at its old ``admission.at`` (tag RECUT). Nothing published is ever cut.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.personality import Changes, Judged
from ledger.directory import LOG_MAIN, Cut, LogState, log_state
from ledger.fields import Bytes32, Hash, Size, label
from ledger.kinds.roles import act_of_everyone
from ledger.model import Admission, Facts, Findings, Moment, Seen, Statement
from ledger.times import format_at, parse_at
from signing.phrase import Phrase
from signing.refusal import refuse, texts

RECUT_S = 30 * 24 * 3600
TAIL = "log-cut-tail"
TEXTS = texts("""
RECUT | - | sender | formats §5 [DESIGN]
截断后重新入账。 || 无需处理。
Admitted again after a cut of the log. || Nothing to do.
""")
_LINE = re.compile(r"([0-9a-f]{64}) (\S{25})")


class LogCut(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """Body of ``log.cut/1``."""

    size: Annotated[Size, label("保留条目数", "entries that stay; also the index of this statement")]
    root: Annotated[Bytes32, label("保留部分的树根", "root of those, base64")]
    tail: Annotated[Hash, label("截断文件哈希", "SHA-256 (hex) of the tail file")]


def write_tail(cut: Iterable[tuple[str, int]]) -> bytes:
    """The tail file of cut entries: statement hashes and their old ``admission.at`` in Unix seconds, in order."""
    return "".join(f"{digest} {format_at(at_s)}\n" for digest, at_s in cut).encode()


def parse_tail(raw: bytes) -> Mapping[str, int]:
    """Old ``admission.at`` (Unix seconds) by statement hash."""
    found: dict[str, int] = {}
    for line in raw.decode("ascii", "replace").splitlines():
        match = _LINE.fullmatch(line)
        if match is None:
            raise refuse(
                "ENTRY_FORM", field="tail", found=line[:80], expected=Phrase("<声明哈希> <入账时间>", "<statement hash> <admission.at>")
            )
        found[match[1]] = parse_at(match[2], "tail")
    return found


def old_admission_s(statement: Statement, facts: Facts, moment: Moment) -> int | None:
    """When a statement was admitted before it was cut, if it may come again now; ``log/`` chains are signed anew instead."""
    log: LogState | None = facts.state(LOG_MAIN)
    if log is None or not log.cuts or statement.chain_type == "log":
        return None
    for cut in reversed(log.cuts):
        if moment.at_s <= cut.at_s + RECUT_S:
            found: int | None = facts.pinned_data(TAIL, cut.tail).get(statement.hash)
            if found is not None:
                return found
    return None


def is_of_this_very_size(judged: Judged, out: Findings) -> None:
    """Agreed at the size that it names."""
    body: LogCut = judged.statement.body
    if body.size != judged.moment.index:
        out.refuse("FIELD_TYPE", "body.size", body.size, judged.moment.index)


def _evolve(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    log = log_state(facts)
    return Changes(state=replace(log, cuts=(*log.cuts, Cut(statement.body.tail, parse_at(admission.at)))))


KIND = act_of_everyone(
    name="log.cut/1",
    zh="截断账本",
    en="cut of the log",
    body=LogCut,
    rules=(is_of_this_very_size,),
    evolve=_evolve,
    effect=(
        "未公布的条目被截去，其声明三十天内可再次入账。",
        "Entries never published are cut off; their statements may come again for 30 days.",
    ),
    texts=TEXTS,
    roots=lambda statement: (Seen(statement.body.size, statement.body.root),),
)
