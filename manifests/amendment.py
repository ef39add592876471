"""Corrections (更正): which values are taken, and who has agreed. What can be is ``manifests.amendable``, what it does ``manifests.enforcing``.

A correction waits in its own case until everybody whom the matrix names has agreed (``manifests.consent``). The entry that brings the last consent
bears the tag AMENDED: it moves the accounts by the difference and writes the corrected state of the manifest (``manifests.correction``), by
which everything later goes. What acts said never changes. Source: kinds §7, §8, §10.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from datetime import date
from typing import Annotated, Any

from ledger.admission.form import body_reasons
from ledger.admission.personality import Judged, Reads
from ledger.directory import authorities_of_party, log_state, party_chain
from ledger.fields import Day, DivisionCode, MassAboveZero, ShortText, label
from ledger.model import Facts, Findings, Statement, chain_key
from ledger.times import AT_WORDS, DAY_S, day_of
from manifests import amendable, planned, settlement
from manifests.amendable import Changes
from manifests.carriage import Crew, Seals
from manifests.case import cases_key, cases_of, in_force, opener_of
from manifests.consent import AskedConsent, consents, missing, number_in, row_of
from manifests.mass import limits_of
from manifests.model import ManifestState, Proposal, Vehicle, trunk_of
from manifests.receipt import ReceivedLine
from manifests.recorded import PARTS, at, is_at, is_same, put, read_value, record_of, recorded_keys, write_value
from signing.phrase import Phrase
from signing.refusal import Reason, Refusal
from whitelist.fields import ManifestRef, Method
from whitelist.rules.refused import refused_key
from whitelist.transfer import BodyPart, LineMass, Transfer
from whitelist.workdays import workdays_of


class LegFields(BodyPart, frozen=True, kw_only=True):
    """What of a leg is corrected."""

    via: Annotated[tuple[DivisionCode, ...], label("经由地", "via")] = ()
    crew: Crew = ()
    seals: Seals = ()
    vehicle: Annotated[Vehicle, label("运输工具", "vehicle")]
    waybill_no: Annotated[ShortText | None, label("危险货物运单号", "dangerous-goods waybill")] = None


class LoadedFields(BodyPart, frozen=True, kw_only=True):
    """What of a line of the loading is corrected."""

    mass_t: Annotated[LineMass, label("移出量（吨）", "mass loaded, t")]


class FateFields(BodyPart, frozen=True, kw_only=True):
    """What of a fate is corrected."""

    mass_t: Annotated[MassAboveZero, label("利用处置量（吨）", "mass, t")]
    method: Annotated[Method, label("利用处置方式", "method")]
    done_on: Annotated[Day | None, label("完成日期", "done on")] = None
    onward: Annotated[ManifestRef | None, label("转出联单", "sent on by")] = None


def reads(statement: Statement, facts: Facts, changes: Changes, *, quota: bool = True) -> Reads:
    """What acts wrote; where masses, waste or method are touched also permit and decision, the accounts, and what was refused of the pair."""
    trunk = trunk_of(statement.chain)
    state: ManifestState | None = facts.state(trunk) if facts.holds(chain_key(trunk)) else None
    if state is None:
        return Reads()
    if facts.holds(cases_key(trunk)):
        state = in_force(state, cases_of(facts, trunk))
    named = [*amendable.registers(trunk, state, changes), *recorded_keys(trunk, state)]
    paths = [path for path, _, _ in changes]
    plans = (planned.chain_of(state),) if any(map(planned.touches_plan, paths)) else ()
    is_heavy = any(map(touches_quota, paths))
    if not quota or not (is_heavy or "times.accepted_at" in paths):
        return Reads(chains=plans, registers=tuple(named))
    standing = None if state.emergency is None else state.emergency.chain
    chains = (*plans, *filter(None, (state.permit, state.approval, standing))) if is_heavy else plans
    pair = refused_key(state.generator, state.receiver)
    return Reads(chains=chains, accounts=tuple(state.drawn), registers=(*named, *settlement.site_keys(state), pair))


def touches_quota(path: str) -> bool:
    """Whether a consent to it reads permit and decision: waste, method or mass (kinds §7)."""
    row = row_of(path)
    return row is not None and (row.name == "waste" or path.endswith(("_t", ".method")))


# --- what stood there, and what may stand there -------------------------------------------------------------------------------------------


def judge_values(judged: Judged, out: Findings, changes: Changes, where: str = "body.changes") -> None:
    """AMEND_STALE unless ``was`` is the value in force; AMEND_VALUE unless ``now`` is another one that the field may hold."""
    trunk = trunk_of(judged.statement.chain)
    record = record_of(judged.facts, trunk)
    after = deepcopy(record)
    is_read = True
    for position, (path, was, now) in enumerate(changes):
        there = at(record, path)
        if not _is(path, was, there):
            own = {"path": path, "there": write_value(there) or _ABSENT, "was": was or _ABSENT}
            out.refuse("AMEND_STALE", f"{where}.{position}.was", was, write_value(there), "OTHER", **own)
        try:
            value = read_value(now)
        except Refusal:
            value, is_read = None, False
        if (now and value is None) or write_value(value) != now:
            out.refuse("AMEND_VALUE", f"{where}.{position}.now", now, _COMPACT, "JSON", path=path, where=f"{where}.{position}.now")
            is_read = False
        elif is_same(path, value, there) and _is(path, was, there):
            out.refuse("AMEND_VALUE", f"{where}.{position}.now", now, "", "SAME", path=path, value=now or _ABSENT)
        if is_read:
            put(after, path, value)
    if is_read:
        _judge_forms(out, record, after, [path for path, _, _ in changes], where)


_ABSENT = ("（未填）", "(absent)")
_COMPACT = Phrase('紧凑 JSON，如 "2.000000"；未填的为空文本', 'compact JSON, e.g. "2.000000"; the empty text for nothing')


def _is(path: str, text: str, there: Any) -> bool:
    try:
        return is_same(path, read_value(text), there)
    except Refusal:
        return False


_ALWAYS = frozenset({"number"})
"""What may be given another value and never taken out."""


def _judge_forms(out: Findings, record: dict[str, Any], after: dict[str, Any], paths: Sequence[str], where: str) -> None:
    """The field's own form, by the type that declares it; and what a manifest never lacks."""
    for position, path in enumerate(paths):
        for reason in _form_reasons(after, path):
            own = {"path": path, "fault": reason.code, "wanted": reason.expected or "-"}
            out.refuse("AMEND_VALUE", f"{where}.{position}.now", write_value(at(after, path)), reason.expected, "FORM", **own)
    for path in paths:
        if path in _ALWAYS and at(after, path) is None:
            out.refuse("AMEND_VALUE", where, "", path, "LACKS", path=path)
    for name in ("plan", "emergency_measures"):
        lines = after.get("lines", ())
        is_said = name == "emergency_measures" and all("precautions" in line for line in lines)
        if name in record and name not in after and not is_said:
            out.refuse("AMEND_VALUE", where, "", name, "LACKS", path=name)


_FORMS: Mapping[str, type] = {"legs": LegFields, "received": ReceivedLine, "loaded": LoadedFields, "fates": FateFields}


def _form_reasons(after: dict[str, Any], path: str) -> list[Reason]:
    """Defects at a path or above it: the record had none before."""
    part, *rest = path.split(".")
    if part == "times":
        is_missing = rest[0] not in after.get(part, {})  # with its last time the whole part is gone
        return [Reason("AT_FORM", path, "", AT_WORDS)] if is_missing or not is_at(after[part][rest[0]]) else []
    form = _FORMS.get(part, Transfer)
    body = after[part][number_in(path)] if part in _FORMS else {name: value for name, value in after.items() if name not in PARTS}
    inner = path.split(".", 2)[2] if part in _FORMS else path
    top = inner.split(".")[0] if not inner.startswith("lines.") else ".".join(inner.split(".")[:3])
    return [reason for reason in body_reasons(body, form) if f"{reason.field}.".startswith(f"body.{top}.")]


# --- who has agreed -----------------------------------------------------------------------------------------------------------------------


def still_asked(proposal: Proposal, state: ManifestState, facts: Facts) -> tuple[AskedConsent, ...]:
    """Consents that are missing, as the manifest stands now."""
    asked = consents(proposal.changes, state, log_state(facts))
    return missing(asked, (proposal.by, *proposal.given))


def agreeing(statement: Statement, asked: Iterable[AskedConsent], facts: Facts, *, after_silence: bool) -> tuple[str, ...]:
    """For whom a statement agrees: for the party itself, else for those in whose place it signs (a closed one's successor, a firm's authority).
    ``after_silence`` is what the admission says, CONSENT_BY_AUTHORITY: who reads a bundle has no calendar to count by."""
    holders = (holder for one in asked for holder in one.holders)
    return standing_for(opener_of(statement), holders, facts, after_silence=after_silence)


def standing_for(own: str, holders: Iterable[str], facts: Facts, *, after_silence: bool = False) -> tuple[str, ...]:
    """Whose word a party's is: its own where it is one of the holders, else that of those in whose place it may speak. An authority speaks for
    a firm of its region that is closed without a successor, for others only ``after_silence``."""
    holders = tuple(dict.fromkeys(holders))
    if own in holders:
        return (own,)
    log = log_state(facts)
    offices = {authority.uscc for authority in log.authorities}
    return tuple(
        one
        for one in holders
        if one not in offices
        and (own in _successors(one, facts) or (own in authorities_of_party(log, one)[0] and (after_silence or _is_gone(one, facts))))
    )


def _is_gone(uscc: str, facts: Facts) -> bool:
    """Closed, and nobody succeeds it, as far as that has been read."""
    state = facts.state(party_chain(uscc)) if facts.holds(chain_key(party_chain(uscc))) else None
    return state is not None and bool(state.closed_on) and not state.successor


def _successors(uscc: str, facts: Facts) -> Iterator[str]:
    """Who succeeds a closed party, as far as that has been read."""
    for _ in range(4):
        state = facts.state(party_chain(uscc)) if facts.holds(chain_key(party_chain(uscc))) else None
        if state is None or not state.closed_on or not state.successor:
            return
        uscc = state.successor
        yield uscc


def stand_ins(asked: Iterable[AskedConsent], facts: Facts) -> tuple[str, ...]:
    """Authorities that may agree in the place of silent firms; an authority's own consent nobody gives for it."""
    log = log_state(facts)
    offices = {authority.uscc for authority in log.authorities}
    firms = dict.fromkeys(holder for one in asked for holder in one.holders if holder not in offices)
    return tuple(dict.fromkeys(uscc for firm in firms for uscc in authorities_of_party(log, firm)[0]))


def is_silent(proposal: Proposal, facts: Facts, now_s: int) -> bool:
    """Whether ``amend_escalate_wd`` working days have gone by since the proposal."""
    since, today = (date.fromisoformat(day_of(moment)) for moment in (proposal.proposed_s, now_s))
    return workdays_of(facts).between(since, today).workdays > limits_of(facts).amend_escalate_wd


def lapses_s(proposed_s: int, facts: Facts) -> int:
    """When a proposal is over without all consents."""
    return proposed_s + limits_of(facts).amend_d * DAY_S
