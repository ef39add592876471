"""``emergency.join/1``: the authority of receivers joins an emergency of another province by its letter, and may bring receivers of its own.

Until it does, every issue across provinces says so (ALERT H EMERGENCY_UNJOINED); ``join_d`` days after the declaration none is admitted any more.
Source: 2018 agreement, 先行转移处置 [READ S9]; 2022 guideline, 跨省市协同应急处置 [READ S44]; kinds §5, §9.
"""

from collections.abc import Sequence
from typing import Annotated

from msgspec.structs import replace

from ledger.admission.personality import Changes, Judged, Reads, Role
from ledger.directory import log_state
from ledger.fields import Text, items, label
from ledger.model import Admission, Facts, Findings, Statement
from ledger.times import parse_admission_at
from whitelist import telling
from whitelist.acts.emergency_declare import NamedReceiver, emergency_act, named_receivers
from whitelist.emergency import EmergencyState, Joined, emergency_at, joiners
from whitelist.fields import Letter, letter_is_of_no_later_day
from whitelist.permit import permit_at
from whitelist.rules.permit import judge_permit_holder

RECEIVERS_MAX = 256
"""Receivers of one emergency, with all that came by joins."""


class EmergencyJoin(Letter, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``emergency.join/1``."""

    receivers: Annotated[tuple[NamedReceiver, ...], items(0, 32, once=True), label("增加的接受人", "more receivers")] = ()
    note: Annotated[Text | None, label("说明", "note")] = None


def _divisions(statement: Statement, facts: Facts) -> list[str]:
    """Where the facilities lie that come with the join."""
    return [one.division for one in named_receivers(facts, statement.body.receivers)]


def signers(statement: Statement, facts: Facts) -> Sequence[Role]:
    """An authority that covers a receiver's facility, never the declaring one; of a province without one any other, tag FOREIGN."""
    state = emergency_at(facts, statement.chain)
    if state is None:
        return ()
    holders, foreign = joiners(log_state(facts), state, _divisions(statement, facts))
    return (Role("authority of receivers", holders, foreign),)


def reads(statement: Statement, facts: Facts) -> Reads:
    """The permits of receivers that come with it."""
    return Reads(chains=tuple(dict.fromkeys(one.permit for one in statement.body.receivers)))


def is_open(judged: Judged, out: Findings) -> None:
    """A gate: EMERGENCY_STATE alone for an emergency that is closed."""
    state: EmergencyState | None = judged.state
    if state is not None and state.closed_on:
        own = {"name": state.name, "closed": telling.minute(state.history.since_s(judged.moment.at_s))}
        out.refuse("EMERGENCY_STATE", "chain", state.closed_on, "", "ENDED", **own)


def hand_is_another(judged: Judged, out: Findings) -> None:
    """SIGNER_ROLE: nobody joins what he declared, by delegation either (kinds §1.7)."""
    statement, state = judged.statement, judged.state
    if statement.by[0] in (state.hand, state.authority):
        own = {"hand": statement.by[0], "authority": state.authority}
        out.refuse("SIGNER_ROLE", "by.0", statement.by[0], f"≠ emergency.declare: {state.authority}", "DECLARED", **own)


def brings_something(judged: Judged, out: Findings) -> None:
    """EMERGENCY_STATE for a join of one who has joined and brings no more receivers; LIST_LENGTH for more receivers than there may be."""
    statement, state = judged.statement, judged.state
    authority, more = statement.principal or statement.by[0], statement.body.receivers
    joined = next((join for join in state.joins if join.authority == authority), None)
    if joined is not None and not more:
        own = {"name": state.name, "letter": joined.letter_no, "joined": telling.minute(joined.at_s)}
        out.refuse("EMERGENCY_STATE", "chain", joined.letter_no, "", "JOINED", **own)
    count = len(state.receivers) + len(more)
    if count > RECEIVERS_MAX:
        out.refuse("LIST_LENGTH", "body.receivers", count, f"≤ {RECEIVERS_MAX}")


def receivers_are_its_own(judged: Judged, out: Findings) -> None:
    """PERMIT_UNKNOWN, PERMIT_HOLDER; EMERGENCY_SCOPE for a facility outside the regions of who joins."""
    statement, facts = judged.statement, judged.facts
    authority = log_state(facts).founder(statement.principal or statement.by[0])
    for position, one in enumerate(statement.body.receivers):
        where = f"body.receivers.{position}.permit"
        permit = permit_at(facts, one.permit)
        judge_permit_holder(out, where, one.permit, one.receiver, permit)
        if permit is not None and authority is not None and not authority.covers(permit.division):
            own = {"receiver": one.receiver, "place": telling.place(facts, permit.division), "authority": authority.name}
            out.refuse("EMERGENCY_SCOPE", where, permit.division, ", ".join(authority.regions), "RECEIVER_AWAY", **own)


def _evolve(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    body: EmergencyJoin = statement.body
    before: EmergencyState = facts.state(statement.chain)
    known = {(one.receiver, one.permit) for one in before.receivers}
    more = tuple(one for one in named_receivers(facts, body.receivers) if (one.receiver, one.permit) not in known)
    authority = statement.principal or statement.by[0]
    joins = before.joins
    if all(join.authority != authority for join in joins):
        at_s = parse_admission_at(admission.at)
        joins = (*joins, Joined(authority=authority, at_s=at_s, letter_no=body.letter_no, letter_date=body.letter_date))
    return Changes(state=replace(before, receivers=(*before.receivers, *more), joins=joins))


JOIN = emergency_act(
    name="emergency.join/1",
    zh="加入应急转移",
    en="join of an emergency",
    body=EmergencyJoin,
    roles=("authority of the receivers' facilities, not the declaring one",),
    signers=signers,
    reads=reads,
    reads_doc="The permits of receivers that come with it.",
    gate=is_open,
    rules=(letter_is_of_no_later_day, hand_is_another, brings_something, receivers_are_its_own),
    evolve=_evolve,
    effect=(
        "其辖区内的接受人不再提示 EMERGENCY_UNJOINED；随之增加的接受人可以接受事件废物。",
        "Issues to receivers of its region no longer say EMERGENCY_UNJOINED; receivers that come with it may take event wastes.",
    ),
)
