"""``emergency.declare/1``: an authority declares an emergency (应急转移): which wastes of whom may move to whom, up to how much, until when.

It stands on the plan of a government of county level or above, names everything an issue on route EMERGENCY will be held against, and lasts
``emergency_d`` days at most. Source: R-39; Code Art. 125, 545 [READ]; 豁免清单 2025 item 24 [READ H4]; kinds §9.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Annotated

from msgspec import Struct

from ledger.admission.personality import Changes, Judged, Kind, Reads, Role, Window
from ledger.dates import judge_after
from ledger.directory import log_state
from ledger.fields import At, Day, Files, MassAboveZero, Text, Uscc, items, label
from ledger.mass import parse_mass
from ledger.model import Admission, Facts, Findings, Statement
from ledger.times import day_of, format_at, parse_admission_at, parse_at
from whitelist import telling
from whitelist.emergency import EmergencyReceiver, EmergencyState
from whitelist.fields import PermitRef, Place, Scope, ScopeForm, judge_scope
from whitelist.permit import permit_at
from whitelist.plan import CLOCK_S
from whitelist.rules.permit import judge_permit_holder
from whitelist.rules.place import judge_place, place_registers
from whitelist.thresholds import thresholds_of

AGO_MAX_D = 15
"""How many days an event may lie back when its emergency is declared: as far back as a custody act is a fact and no back-fill (formats §6)."""


class NamedReceiver(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A firm that may take event wastes, and its permit."""

    receiver: Annotated[Uscc, label("接受人", "receiver")]
    permit: Annotated[PermitRef, label("接受人许可证或豁免证明", "permit of the receiver")]


class EmergencyDeclare(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``emergency.declare/1``."""

    name: Annotated[Text, label("事件名称", "name of the event")]
    happened_at: Annotated[At, label("发生时间", "happened at")]
    place: Annotated[Place, label("发生地点", "place")]
    plan_no: Annotated[Text, label("应急处置方案文号", "number of the emergency plan")]
    plan_authority: Annotated[Text, label("批准方案的县级以上人民政府", "government that ordered the plan")]
    generators: Annotated[tuple[Uscc, ...], items(1, 32, once=True), label("移出人", "generators")]
    wastes: Annotated[tuple[ScopeForm, ...], items(1, 16), label("事件废物", "event wastes")]
    receivers: Annotated[tuple[NamedReceiver, ...], items(1, 32, once=True), label("接受人", "receivers")]
    ceiling_t: Annotated[MassAboveZero, label("总量上限（吨）", "ceiling, t")]
    valid_from: Annotated[Day, label("起始日", "first day")]
    valid_to: Annotated[Day, label("截止日", "last day")]
    files: Files = ()


emergency_act = partial(Kind, chain_type="emergency", window=Window.DAY, books=None)
"""What acts on emergencies share."""


def declarer(statement: Statement, facts: Facts) -> Sequence[Role]:
    """The authority that the chain is named after; where it is none, nobody."""
    known = any(authority.uscc == statement.owner for authority in log_state(facts).authorities)
    return (Role("declaring authority", (statement.owner,) if known else ()),)


def reads(statement: Statement, facts: Facts) -> Reads:
    """The receivers' permits."""
    body: EmergencyDeclare = statement.body
    permits = tuple(dict.fromkeys(one.permit for one in body.receivers))
    return Reads(chains=permits, registers=place_registers(body.place, statement.owner))


def place_is_its_own(judged: Judged, out: Findings) -> None:
    """EMERGENCY_SCOPE for an event outside the regions of the declaring authority."""
    statement = judged.statement
    body: EmergencyDeclare = statement.body
    judge_place(out, judged.facts, "body.place", body.place, day_of(judged.moment.at_s), statement.owner)
    authority = log_state(judged.facts).founder(statement.owner)
    if authority is not None and not authority.covers(body.place.division):
        own = {
            "place": telling.place(judged.facts, body.place.division),
            "authority": authority.name,
            "regions": "、".join(authority.regions),
        }
        out.refuse("EMERGENCY_SCOPE", "body.place.division", body.place.division, ", ".join(authority.regions), "PLACE", **own)


def term_is_short(judged: Judged, out: Findings) -> None:
    """EMERGENCY_TERM: at most ``emergency_d`` days from the event's own day on, and the event is none of long ago; DATE_ORDER for days that run
    backwards and an event that is still to come."""
    body: EmergencyDeclare = judged.statement.body
    now_s, happened_s = judged.moment.at_s, parse_at(body.happened_at)
    if happened_s > now_s + CLOCK_S:
        out.refuse("DATE_ORDER", "body.happened_at", body.happened_at, f"≤ {format_at(now_s + CLOCK_S)}")
    judge_after(out, "body.valid_to", ("截止日", "the last day"), body.valid_to, body.valid_from)
    happened, today = day_of(happened_s), date.fromisoformat(day_of(now_s))
    if body.valid_from < happened:
        own = {"first": body.valid_from, "happened": happened}
        out.refuse("EMERGENCY_TERM", "body.valid_from", body.valid_from, f"≥ {happened}", "BEFORE", **own)
    earliest = (today - timedelta(days=AGO_MAX_D)).isoformat()
    if happened < earliest:
        own = {"happened": happened, "earliest": earliest, "days": str(AGO_MAX_D)}
        out.refuse("EMERGENCY_TERM", "body.happened_at", body.happened_at, f"≥ {earliest}", "LONG_AGO", **own)
    limits = thresholds_of(judged.facts)
    if limits is None:
        out.refuse("DATA_NOT_ADOPTED", "body.valid_to", "thresholds", "data.adopt", "NONE", name="thresholds")
        return
    latest = (date.fromisoformat(body.valid_from) + timedelta(days=limits.emergency_d)).isoformat()
    if body.valid_to > latest:
        own = {"until": body.valid_to, "latest": latest, "days": str(limits.emergency_d)}
        out.refuse("EMERGENCY_TERM", "body.valid_to", body.valid_to, f"≤ {latest}", "LONG", **own)


def wastes_are_scopes(judged: Judged, out: Findings) -> None:
    """SCOPE_FORM of the event wastes."""
    for position, scope in enumerate(judged.statement.body.wastes):
        judge_scope(out, f"body.wastes.{position}", scope)


def permits_are_theirs(judged: Judged, out: Findings) -> None:
    """PERMIT_UNKNOWN, PERMIT_HOLDER: every receiver is named with a permit of its own."""
    for position, one in enumerate(judged.statement.body.receivers):
        where = f"body.receivers.{position}.permit"
        judge_permit_holder(out, where, one.permit, one.receiver, permit_at(judged.facts, one.permit))


def named_receivers(facts: Facts, named: Iterable[NamedReceiver]) -> tuple[EmergencyReceiver, ...]:
    """Receivers of a body as the state keeps them; those whose permit the log lacks are left out."""
    found = [(one, permit_at(facts, one.permit)) for one in named]
    return tuple(EmergencyReceiver(one.receiver, one.permit, permit.root, permit.division) for one, permit in found if permit is not None)


def _evolve(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    body: EmergencyDeclare = statement.body
    state = EmergencyState(
        name=body.name,
        hand=statement.by[0],
        authority=statement.owner,
        plan_no=body.plan_no,
        plan_authority=body.plan_authority,
        division=body.place.division,
        happened_s=parse_at(body.happened_at),
        declared_s=parse_admission_at(admission.at),
        generators=body.generators,
        wastes=tuple(Scope(category=one.category, scope=one.scope, codes=one.codes) for one in body.wastes),
        receivers=named_receivers(facts, body.receivers),
        ceiling_g=parse_mass(body.ceiling_t),
        valid_from=body.valid_from,
        valid_to=body.valid_to,
    )
    return Changes(state=state)


DECLARE = emergency_act(
    name="emergency.declare/1",
    zh="启动应急转移",
    en="declaration of an emergency",
    body=EmergencyDeclare,
    roles=("the declaring authority",),
    signers=declarer,
    reads=reads,
    reads_doc="The receivers' permits.",
    rules=(place_is_its_own, term_is_short, wastes_are_scopes, permits_are_theirs),
    evolve=_evolve,
    opens=True,
    effect=(
        "所列移出人可以凭此按应急转移开具联单，不需批准和名单，总量不超过上限；跨省的，接受地主管部门应当及时加入。",
        "The generators named may issue emergency manifests on it, without approval or list, up to the ceiling; across provinces the receivers' authority is to join soon.",
    ),
)
