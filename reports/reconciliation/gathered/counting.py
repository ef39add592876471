"""What happened to whom, counted by month for figures (``reports.figures``): alerts, and refusals with their reasons. Pure.

Counted by the month in which the log admitted the entry, so a month that is over never changes again; of a statement that was refused that of the
page that names it (``log.refusals``), an hour later at most.
"""

from collections.abc import Iterable, Iterator

from ledger.admission.entry import Entry
from ledger.directory import LOG_MAIN, LogState
from ledger.kinds.refusal_pages import LogRefusals
from ledger.model import Facts
from ledger.times import day_at
from manifests.acts import Receive
from manifests.model import ManifestState, trunk_of
from whitelist.acts.decide import ApprovalDecide
from whitelist.approval import ApprovalState
from whitelist.listing import ListState

OF_OFFICES = frozenset({"AUTH_LATE"})
"""Alerts about the authority that acted, not about the firm whose matter it was."""


_COUNTED = frozenset({LogRefusals, ApprovalDecide, Receive})
"""Bodies of which something may be counted beside alerts."""


def counted(entry: Entry, facts: Facts) -> Iterable[tuple[str, int]]:
    """Names of counters and what is added to each, of an entry whose changes are applied: ``<table>:<month>:<way>:<firm>:<what>``.

    Tables: ``alerts`` (what: level and code), ``refusals`` (what: statement, decision or receipt, and its reason), ``refused_g`` (the grams of
    receipts). A way is two provinces, ``51-50``, where the entry's matter leads from one to another or stays in one, else one, ``51``.
    """
    if not entry.admission.decision.alerts and type(entry.statement.body) not in _COUNTED:
        return ()  # as nearly always
    return _counted(entry, facts)


def _counted(entry: Entry, facts: Facts) -> Iterator[tuple[str, int]]:
    statement, alerts = entry.statement, entry.admission.decision.alerts
    body = statement.body
    refused = [line for line in body.lines if line.reason_code is not None] if isinstance(body, Receive) else []
    if not (alerts or refused or isinstance(body, LogRefusals | ApprovalDecide)):
        return
    month = day_at(entry.admission.at)[:7]
    if isinstance(body, LogRefusals):
        yield from _of_page(body, month)
        return
    way, log = _way(entry, facts), facts.state(LOG_MAIN)
    owner = statement.owner if _is_firm(log, statement.owner) else ""
    actor = statement.principal or statement.by[0]
    for level, code in alerts:
        firm = actor if code in OF_OFFICES or _is_firm(log, actor) else owner or actor
        yield f"alerts:{month}:{way}:{firm}:{level} {code}", 1
    if isinstance(body, ApprovalDecide) and body.outcome is not None:
        yield f"refusals:{month}:{way}:{owner}:decision {body.outcome}", 1
    for line in refused:
        received: ManifestState = facts.state(statement.chain)
        yield f"refusals:{month}:{way}:{owner}:receipt {line.reason_code}", 1
        yield f"refused_g:{month}:{way}:{owner}:receipt {line.reason_code}", received.lines[line.line].refused_g or 0


def _of_page(page: LogRefusals, month: str) -> Iterator[tuple[str, int]]:
    for item in page.items:
        firm = item.by[0] if item.by else ""
        for code in item.codes:
            yield f"refusals:{month}:{firm[2:4]}:{firm}:statement {code}", 1


def _is_firm(log: LogState | None, uscc: str) -> bool:
    return len(uscc) == 18 and (log is None or log.founder(uscc) is None)


def _way(entry: Entry, facts: Facts) -> str:
    statement = entry.statement
    trunk = trunk_of(statement.chain) if statement.chain_type in ("manifest", "case") else statement.chain
    state = facts.state(trunk)
    if isinstance(state, ManifestState):
        return f"{state.origin.division[:2]}-{state.destination.division[:2]}"
    if isinstance(state, ApprovalState):
        return "-".join(state.direction)
    if isinstance(state, ListState):
        return f"{state.from_province}-{state.to_province}"
    return statement.owner[2:4] if len(statement.owner) == 18 else ""
