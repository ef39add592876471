"""A correction comes into force: what is said of it, what moves on the accounts, what is derived anew (kinds §1.6, §7, §8)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from ledger.admission.personality import Judged
from ledger.mass import format_mass
from ledger.model import Admission, Facts, Findings, Head, chain_key
from ledger.times import day_of, year_of
from manifests import emergency, planned, settlement, vehicles
from manifests.act import Entered, drawn, standing_of
from manifests.amendable import Changes, after_of, record_after, state_of
from manifests.amendment import touches_quota
from manifests.case import ManifestCases
from manifests.case_act import Opened
from manifests.consent import number_in, row_of
from manifests.correction import corrected, line_received
from manifests.mass import limits_of
from manifests.model import ManifestState, Stage
from manifests.recorded import at, read_value
from manifests.vehicles import USES_MAX, WaybillUses, trip_name, waybill_key
from whitelist.approval import approval_at
from whitelist.permit import permit_at
from whitelist.plan import plan_at, plan_used_key
from whitelist.quota import Q3_PREFIX, q3_account, q3_change, q3_used_g
from whitelist.rules.number import NumberHolders, number_key
from whitelist.rules.plan import note_over
from whitelist.rules.refused import RefusedLoads, refused_key


def is_amended(admission: Admission) -> bool:
    """Whether an entry put a correction in force."""
    return ("AMENDED",) in admission.decision.tags


def come_into_force(judged: Judged, out: Findings, changes: Changes) -> None:
    """Tag AMENDED; ALERT M MASS_AMENDED; what is judged anew; what moves on the accounts, where nothing is refused."""
    paths = [path for path, _, _ in changes]
    before, after = state_of(judged), after_of(judged, changes)
    out.tag("AMENDED")
    if any(path.endswith("_t") for path in paths):
        out.alert("M", "MASS_AMENDED")
    _note_methods(judged, out, after, changes)
    _note_waste(judged, out, after, paths)
    _note_contract(judged, out, changes)
    _note_plan(judged, out, before, after, paths)
    _note_waybill(judged, out, before, changes)
    if not any(map(touches_quota, paths)) or before.stage is Stage.VOIDED:
        return
    if before.stage is Stage.CLOSED_GAP and before.times.received_s is None:
        return  # nothing is held any more
    if before.times.received_s is not None:
        out.accounts = settlement.settle(before, [line.accepted_g or 0 for line in after.lines])
        _note_overdraft(judged, out, before)
        if emergency.is_beyond(judged.facts, before, after):
            out.alert("H", "QUOTA_OVERDRAWN")
        return
    out.accounts = _reserved(before, after, paths)
    _judge_room(judged, out, before)


def _reserved(before: ManifestState, after: ManifestState, paths: Sequence[str]) -> dict[str, int]:
    """Changes that hold the declared, and what was loaded beyond it. No correction gives quota back without an authority: the receipt does."""
    wanted = settlement.settle(before, [max(line.declared_g, line.loaded_g or 0) for line in after.lines])
    rows = [row_of(path) for path in paths]
    has_authority = before.is_between_provinces and any(row is not None and row.name == "declared" for row in rows)
    return {account: change for account, change in wanted.items() if change > 0 or has_authority}


def _judge_room(judged: Judged, out: Findings, before: ManifestState) -> None:
    """APPROVAL_QUOTA, PERMIT_SCALE: more than was reserved needs room, as at the issue (kinds §8, declared)."""
    facts = judged.facts
    decision = None if before.approval is None else approval_at(facts, before.approval)
    for account, change in out.accounts.items():
        if change <= 0:
            continue
        if account.startswith(Q3_PREFIX):
            permit = permit_at(facts, before.permit)
            used_g = q3_used_g(facts, account[len(Q3_PREFIX) :], year_of(judged.moment.at_s)) + change
            limit_g = 0 if permit is None else permit.scale_g * limits_of(facts).scale_limit_permille // 1000
            code = "PERMIT_SCALE"
        else:
            number = int(account.rpartition(" ")[2])
            used_g, limit_g = facts.used_g(account) + change, 0 if decision is None else decision.lines[number].mass_g
            code = "APPROVAL_QUOTA"
        if used_g > limit_g:
            out.refuse(code, "body.changes", f"{format_mass(used_g)} t", f"≤ {format_mass(limit_g)} t")


def _note_methods(judged: Judged, out: Findings, after: ManifestState, changes: Changes) -> None:
    """R-64 ALERT H METHOD_CHANGED: what is accepted, or has its fate, by another method than the manifest's; a manifest that gets another one."""
    for path, _, now in changes:
        part = path.split(".", maxsplit=1)[0]
        if not path.endswith(".method") or not now:
            continue
        number = number_in(path)
        if part == "lines":
            out.alert("H", "METHOD_CHANGED")
        elif part == "received":
            line = after.lines[line_received(after, number)]
            if line.accepted_g and read_value(now) != line.method:
                out.alert("H", "METHOD_CHANGED")
        elif after.fates[number].method != after.lines[after.fates[number].line].method:
            out.alert("H", "METHOD_CHANGED")


def _note_waste(judged: Judged, out: Findings, after: ManifestState, paths: Sequence[str]) -> None:
    """R-18, R-19, R-31 anew: ALERT H AMEND_OFF_DECISION where a line is no longer that of its decision line, PERMIT_SCOPE, PERMIT_METHOD."""
    touched = sorted({number_in(path) for path in paths if (row := row_of(path)) is not None and row.name == "waste"})
    decision = None if after.approval is None or not touched else approval_at(judged.facts, after.approval)
    permit = permit_at(judged.facts, after.permit) if touched and after.permit else None
    for number in touched:
        line = after.lines[number]
        decided = None if decision is None else decision.line(line.decision_line)
        if decided is not None and (line.name, line.code, line.method) != (decided.name, decided.code, decided.method):
            out.alert("H", "AMEND_OFF_DECISION")
        if permit is not None and not permit.items_for(line.code):
            out.alert("H", "PERMIT_SCOPE")
        elif permit is not None and not permit.allows(line.code, line.method):
            out.alert("H", "PERMIT_METHOD")


def _note_contract(judged: Judged, out: Findings, changes: Changes) -> None:
    """R-16 ALERT H CONTRACT: a corrected contract that does not cover the day of the issue, or none."""
    if not any(path.startswith("contract.") for path, _, _ in changes):
        return
    state, valid_to = state_of(judged), at(record_after(judged, changes), "contract.valid_to")
    if valid_to is None or valid_to < day_of(state.paper_departed_s or state.times.issued_s):
        out.alert("H", "CONTRACT")


def _note_plan(judged: Judged, out: Findings, before: ManifestState, after: ManifestState, paths: Sequence[str]) -> None:
    """R-14, R-15 anew where the plan or a line of it is corrected: tag PLAN_OFF_LOG, or ALERT M PLAN_OVER by what the line counts more."""
    if after.plan is None or not any(map(planned.touches_plan, paths)):
        return
    chain, site = planned.chain_of(after), after.plan.site
    filed = plan_at(judged.facts, chain, site)
    if filed is None:
        out.tag(*planned.OFF_LOG)
        return
    was, now = planned.counted_g(before), planned.counted_g(planned.linked(after, paths))
    numbers = {line.plan_line for line in after.lines if line.plan_line is not None}
    more = {number: now[key] - was.get(key, 0) for number in numbers if (key := plan_used_key(chain, site, number)) in now}
    note_over(out, judged.facts, filed, chain, site, Counter({number: grams for number, grams in more.items() if grams > 0}))


def _note_waybill(judged: Judged, out: Findings, before: ManifestState, changes: Changes) -> None:
    """ALERT M WAYBILL_USED: the corrected number travelled with another trip of this carrier."""
    for path, _, now in changes:
        if path.endswith(".waybill_no") and now and not before.is_backfill:
            vehicles.judge_waybill_of(judged.facts, out, before.legs[number_in(path)].carrier, read_value(now), _trip(judged, before))


def _trip(judged: Judged, state: ManifestState) -> str:
    return trip_name(judged.statement.chain.replace("case/", "manifest/", 1).rpartition("/")[0], state)


def _note_overdraft(judged: Judged, out: Findings, before: ManifestState) -> None:
    """A corrected receipt is a fact like the receipt: ALERT H QUOTA_OVERDRAWN where it takes an account beyond its limit."""
    facts = judged.facts
    decision = None if before.approval is None else approval_at(facts, before.approval)
    for account, change in out.accounts.items():
        if change <= 0:
            continue
        if not account.startswith(Q3_PREFIX):
            number = int(account.rpartition(" ")[2])
            if decision is not None and facts.used_g(account) + change > decision.lines[number].mass_g:
                out.alert("H", "QUOTA_OVERDRAWN")
            continue
        root, permit = account[len(Q3_PREFIX) :], permit_at(facts, before.permit)
        used_g = q3_used_g(facts, root, year_of(judged.moment.at_s), year_of(before.times.accepted_s or 0)) + change
        if permit is not None and used_g * 1000 > permit.scale_g * limits_of(facts).scale_limit_permille:
            out.alert("H", "QUOTA_OVERDRAWN")


def enforced(opened: Opened, changes: Changes) -> tuple[ManifestCases, Mapping[str, Any]]:
    """The register of the manifest and further registers after a correction came into force: the trunk's state among them.

    The head of the trunk stays where it is: what it says of the manifest is derived, and this is what is derived now.
    """
    trunk, facts, cases = opened.case.trunk, opened.facts, opened.cases
    head: Head[ManifestState] = facts.head(trunk)  # type: ignore[assignment]  # a case is about a manifest that is there
    before = replace(opened.trunk, number=opened.trunk.number or cases.number)
    state = corrected(before, [(path, now) for path, _, now in changes])
    off_log = planned.OFF_LOG in opened.admission.decision.tags
    state = planned.linked(state, [path for path, _, _ in changes], off_log=off_log)
    state = replace(state, drawn=drawn(state.drawn, opened.admission)) if opened.admission.decision.accounts else state
    overlay = {**cases.overlay, **{path: now for path, _, now in changes}}
    return replace(cases, overlay=overlay), {
        chain_key(trunk): Head(head.seq, head.hash, head.idx, state),
        **site(opened, changes, state),
        **_refused(facts, trunk, before, state),
        **_numbers(facts, trunk, before, state),
        **_trips(opened, before, state, changes),
        **planned.moved(facts, before, state),
        **emergency.moved(facts, before, state),
    }


def site(opened: Opened, changes: Changes, after: ManifestState | None = None) -> Mapping[str, Any]:
    """The site's register after its account was read: what is reserved more or less; what was accepted belongs to the year of the acceptance,
    and where that is another one now, moves there. ``after``: the manifest in force, if the correction is."""
    before, paths = opened.trunk, [path for path, _, _ in changes]
    root = settlement.root_of(before)
    if root is None or not (any(map(touches_quota, paths)) or "times.accepted_at" in paths):
        return {}
    if before.times.accepted_s is None or after is None or after.times.accepted_s is None:
        rows = {row.account: row.after_g - row.before_g for row in opened.admission.decision.accounts}
        return q3_change(opened.facts, root, opened.admission, reserved_g=rows.get(q3_account(root), 0))
    was_g, is_g = before.drawn[q3_account(root)], after.drawn[q3_account(root)]
    settled = ((year_of(before.times.accepted_s), -was_g), (year_of(after.times.accepted_s), is_g))
    return q3_change(opened.facts, root, opened.admission, settled_g=settled)


def _refused(facts: Facts, trunk: str, before: ManifestState, after: ManifestState) -> Mapping[str, Any]:
    """What waits at the receiver's gate, where more or less was refused (R-65)."""
    more_g = sum(line.refused_g or 0 for line in after.lines) - sum(line.refused_g or 0 for line in before.lines)
    if not more_g or after.times.accepted_s is None:
        return {}
    pair = refused_key(after.generator, after.receiver)
    return {pair: (facts.get(pair) or RefusedLoads()).moved(trunk, more_g, day_of(after.times.accepted_s))}


def _numbers(facts: Facts, trunk: str, before: ManifestState, after: ManifestState) -> Mapping[str, Any]:
    """The registers of both numbers: the manifest leaves the one and stands in the other."""
    if before.number == after.number or after.number is None:
        return {}
    found: dict[str, Any] = {}
    if before.number is not None:
        key = number_key(before.number)
        held: NumberHolders = facts.get(key) or NumberHolders()
        found[key] = NumberHolders(tuple(one for one in held.holders if one.manifest != trunk))
    key, standing = number_key(after.number), standing_of(after)
    taken = (facts.get(key) or NumberHolders()).with_holder(after.generator, trunk)
    return {**found, key: taken if standing == "live" else taken.ended(trunk, standing)}


def _trips(opened: Opened, before: ManifestState, after: ManifestState, changes: Changes) -> Mapping[str, Any]:
    """Registers of trucks and waybills, re-keyed where a plate or a number was wrong (kinds §1.5)."""
    paths = [path for path, _, _ in changes]
    found: dict[str, Any] = {}
    if any(path.startswith("legs.") and ".vehicle." in path for path in paths):
        acted = replace(opened.statement, chain=opened.case.trunk)
        found |= vehicles.trips(Entered(acted, opened.admission, before, after, opened.facts))
    for path in paths:
        if not path.endswith(".waybill_no") or after.is_backfill:
            continue
        number, use = number_in(path), (opened.case.trunk, trip_name(opened.case.trunk, after))
        old, new = before.legs[number], after.legs[number]
        if old.waybill_no and not any(leg.waybill_no == old.waybill_no for leg in after.legs):
            key = waybill_key(old.carrier, old.waybill_no)
            held: WaybillUses = found.get(key) or opened.facts.get(key) or WaybillUses()
            found[key] = WaybillUses(tuple(one for one in held.newest if one != use))
        if new.waybill_no:
            key = waybill_key(new.carrier, new.waybill_no)
            held = found.get(key) or opened.facts.get(key) or WaybillUses()
            found[key] = WaybillUses((*held.newest, use)[-USES_MAX:])
    return found
