"""了结突发事件: the authority of the place says what was found, and which manifest was back-filled for it (kinds §9)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec.structs import replace

from ledger.admission.personality import Changes, Judged, Kind, Reads, Role, Window
from ledger.dates import judge_after, judge_not_to_come
from ledger.directory import authorities_of_division, log_state
from ledger.fields import Day, LongText, label
from ledger.model import Admission, Facts, Findings, Statement
from ledger.times import day_of
from manifests.case import cases_key
from manifests.incident import closed_for
from manifests.incidents.contract import IncidentBody
from whitelist.fields import ManifestRef
from whitelist.incident import IncidentState


class IncidentClose(IncidentBody, frozen=True, kw_only=True):
    """了结突发事件 (``incident.close/1``)."""

    closed_on: Annotated[Day, label("了结日期", "closed on")]
    finding: Annotated[LongText, label("调查结论", "finding")]
    manifest: Annotated[ManifestRef | None, label("补录的联单", "manifest back-filled")] = None


def signers(statement: Statement, facts: Facts) -> Sequence[Role]:
    """The authorities that cover the place; where none does any authority, tag FOREIGN."""
    state: IncidentState | None = facts.state(statement.chain)
    if state is None:
        return ()
    log = log_state(facts)
    near = authorities_of_division(log, state.division)
    return (Role("authority of the place", near or tuple(known.uscc for known in log.authorities), not near),)


def _reads(statement: Statement, facts: Facts) -> Reads:
    """The registers of the manifests that the incident names, and the manifest that was back-filled."""
    state: IncidentState | None = facts.state(statement.chain)
    named = () if state is None else state.manifests
    back: str | None = statement.body.manifest
    return Reads(chains=() if back is None else (back,), registers=tuple(map(cases_key, named)))


def _is_open(judged: Judged, out: Findings) -> None:
    """A gate: INCIDENT_STATE for an incident that was closed before, alone."""
    state: IncidentState | None = judged.state
    if state is not None and state.closed_on:
        out.refuse("INCIDENT_STATE", "chain", state.closed_on, "", "CLOSED", closed=state.closed_on)


def day_is_in_order(judged: Judged, out: Findings) -> None:
    """DATE_ORDER: not after today, not before the day of the incident."""
    day, what = judged.statement.body.closed_on, ("了结日期", "the day of the close")
    judge_not_to_come(out, "body.closed_on", what, day, day_of(judged.moment.at_s))
    judge_after(out, "body.closed_on", what, day, day_of(judged.state.happened_s))


def backfill_is_there(judged: Judged, out: Findings) -> None:
    """TRUNK_UNKNOWN for a back-filled manifest that the log does not have."""
    back: str | None = judged.statement.body.manifest
    if back is not None and judged.facts.state(back) is None:
        out.refuse("TRUNK_UNKNOWN", "body.manifest", back, "", "NO_MANIFEST", manifest=back)


def _evolve(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    state: IncidentState = facts.state(statement.chain)
    registers = {key: cases for manifest in state.manifests for key, cases in closed_for(facts, manifest, statement.chain).items()}
    body: IncidentClose = statement.body
    return Changes(state=replace(state, closed_on=body.closed_on, backfilled=body.manifest or ""), registers=registers)


CLOSE = Kind(
    name="incident.close/1",
    zh="了结突发事件",
    en="close of an incident",
    body=IncidentClose,
    chain_type="incident",
    roles=("authority of the place",),
    signers=signers,
    window=Window.DAY,
    reads=_reads,
    reads_doc="The manifest that was back-filled.",
    gate=_is_open,
    rules=(day_is_in_order, backfill_is_there),
    evolve=_evolve,
    books=None,
    effect=(
        "事件了结；所指联单的行为不再提示 INCIDENT，无联单到场的警示了结。",
        "The incident is closed; acts of the manifests that it names no longer say INCIDENT.",
    ),
)
