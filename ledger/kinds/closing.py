"""``log.close/1``: the last entry of a log; its successor names this log in ``continues`` (formats §5)."""

from typing import Annotated

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.facts import Facts
from ledger.admission.personality import Changes, Judged, Kind, Window
from ledger.admission.statement import check_origin
from ledger.directory import LOG_MAIN, log_state
from ledger.fields import label
from ledger.findings import Findings
from ledger.kinds.roles import EVERYONE, NOTHING_READ, everyone
from ledger.model import Admission, Statement
from signing.refusal import Refusal


class LogClose(Struct, frozen=True, forbid_unknown_fields=True):
    """Body of ``log.close/1``."""

    successor_origin: Annotated[str, label("后续账本", "origin of the successor")]


def names_another_log(judged: Judged, out: Findings) -> None:
    """A log does not succeed itself."""
    origin = judged.statement.body.successor_origin
    try:
        check_origin(origin)
    except Refusal as refusal:
        out.reasons += refusal.reasons
    if origin == log_state(judged.facts).origin:
        out.refuse("FIELD_TYPE", "body.successor_origin", origin, "another origin")


def evolve(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    """Nothing enters any more."""
    return Changes(state=replace(log_state(facts), closed=True))


KIND = Kind(
    name="log.close/1",
    zh="关闭账本",
    en="closing of the log",
    body=LogClose,
    chain_type="log",
    chain=LOG_MAIN,
    roles=EVERYONE,
    signers=everyone,
    window=Window.MONTH,
    reads_doc=NOTHING_READ,
    rules=(names_another_log,),
    evolve=evolve,
    books=None,
    effect=("此后不再入账。", "Nothing enters after it."),
)
