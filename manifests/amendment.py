"""Corrections (更正): what is judged before one comes into force, and what it then does.

A correction waits in its own case until everybody whom the matrix names has agreed (``manifests.consent``). The entry that brings the last consent
bears the tag AMENDED: it moves the accounts by the difference and writes the corrected state of the manifest (``manifests.correction``), by
which everything later goes. What acts said never changes. Source: kinds §7, §8, §10.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from datetime import date
from typing import Any

from msgspec.structs import replace

from ledger.admission.form import body_reasons
from ledger.admission.personality import Judged, Reads
from ledger.directory import authorities_of_party, log_state, party_chain
from ledger.fields import DivisionCode
from ledger.labels import words_of
from ledger.mass import tonnes
from ledger.model import Admission, Facts, Findings, Head, Statement, chain_key
from ledger.times import DAY_S, day_of, year_of
from manifests import lots, settlement, telling
from manifests.act import drawn
from manifests.carriage import Crew
from manifests.case import ManifestCases, cases_of, in_force, opener_of
from manifests.case_act import Opened
from manifests.consent import AskedConsent, consents, missing, number_in, row_of
from manifests.correction import corrected, line_received
from manifests.mass import limits_of
from manifests.model import FINISHED, LineState, ManifestState, Proposal, Stage, trunk_of
from manifests.receipt import Opinion, ReceivedLine
from manifests.recorded import at, is_same, put, read_value, record_of, recorded_keys, write_value
from manifests.returned import kept_g
from signing.phrase import Phrase, Word
from signing.refusal import Reason, Refusal
from whitelist.approval import approval_at
from whitelist.check import lots_key
from whitelist.permit import permit_at
from whitelist.quota import Q3_PREFIX, q3_account, q3_change, q3_used_g
from whitelist.rules.refused import RefusedLoads, refused_key
from whitelist.telling import nth
from whitelist.transfer import BodyPart, Transfer
from whitelist.workdays import workdays_of

Changes = Sequence[tuple[str, str, str]]
"""(path, what stood there, what shall stand there)."""
_LISTS = ("legs", "received")
"""Parts of a record that are no fields of the issue."""


class LegWords(BodyPart, frozen=True, kw_only=True):
    """What of a leg is words of its carrier."""

    via: tuple[DivisionCode, ...] = ()
    crew: Crew = ()


def state_of(judged: Judged) -> ManifestState:
    """The manifest in force that a case is about."""
    trunk = trunk_of(judged.statement.chain)
    return in_force(judged.facts.state(trunk), cases_of(judged.facts, trunk))


def reads(statement: Statement, facts: Facts, paths: Iterable[str]) -> Reads:
    """What acts wrote; where masses, waste or method are touched also permit and decision, the accounts, and what was refused of the pair."""
    trunk = trunk_of(statement.chain)
    state: ManifestState | None = facts.state(trunk) if facts.holds(chain_key(trunk)) else None
    if state is None:
        return Reads()
    stock = () if state.times.received_s is None else [lots_key(trunk, number) for number in range(len(state.lines))]
    registers = (*recorded_keys(trunk, state), *stock)
    if not any(map(touches_quota, paths)):
        return Reads(registers=registers)
    chains = tuple(filter(None, (state.permit, state.approval)))
    pair = refused_key(state.generator, state.receiver)
    return Reads(chains=chains, accounts=tuple(state.drawn), registers=(*registers, *settlement.site_keys(state), pair))


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


def _judge_forms(out: Findings, record: dict[str, Any], after: dict[str, Any], paths: Sequence[str], where: str) -> None:
    """The field's own form, by the type that declares it; and what a manifest never lacks."""
    for position, path in enumerate(paths):
        for reason in _form_reasons(after, path):
            own = {"path": path, "fault": reason.code, "wanted": reason.expected or "-"}
            out.refuse("AMEND_VALUE", f"{where}.{position}.now", write_value(at(after, path)), reason.expected, "FORM", **own)
    for name in ("plan", "emergency_measures"):
        lines = after.get("lines", ())
        is_said = name == "emergency_measures" and all("precautions" in line for line in lines)
        if name in record and name not in after and not is_said:
            out.refuse("AMEND_VALUE", where, "", name, "LACKS", path=name)


def _form_reasons(after: dict[str, Any], path: str) -> list[Reason]:
    """Defects at a path or above it: the record had none before."""
    part = path.split(".", maxsplit=1)[0]
    if part == "legs":
        form: type = LegWords
    elif part == "received":
        form = ReceivedLine
    else:
        form = Transfer
    body = after[part][number_in(path)] if part in _LISTS else {name: value for name, value in after.items() if name not in _LISTS}
    inner = path.split(".", 2)[2] if part in _LISTS else path
    top = inner.split(".")[0] if not inner.startswith("lines.") else ".".join(inner.split(".")[:3])
    return [reason for reason in body_reasons(body, form) if f"{reason.field}.".startswith(f"body.{top}.")]


# --- can it be ----------------------------------------------------------------------------------------------------------------------------


def judge_possible(judged: Judged, out: Findings, changes: Changes) -> None:
    """AMEND_IMPOSSIBLE for what cannot be; AMEND_VALUE where opinion and masses do not fit (R-63). As far as it can be seen now."""
    trunk = trunk_of(judged.statement.chain)
    before, cases = state_of(judged), cases_of(judged.facts, trunk)
    after = corrected(before, [(path, now) for path, _, now in changes])
    touched = {line_received(before, number_in(path)) for path, _, _ in changes if path.startswith("received.")}
    if touched:
        _judge_opinions(judged, out, after, touched, changes)
    for number in sorted(touched):
        line = after.lines[number]
        if line.stock_g < 0:
            own = {"line": nth(number), "accepted": tonnes(line.accepted_g or 0), "fates": tonnes(line.disposed_g)}
            out.refuse("AMEND_IMPOSSIBLE", "body.changes", own["accepted"], f"≥ {own['fates']}", "FATES", **own)
        _judge_returned(out, cases, number, line)
        if line.stock_g >= 0 and (short_g := lots.is_short(judged.facts, trunk, number, line)):
            own = {"line": nth(number), "accepted": tonnes(line.accepted_g or 0), "short": tonnes(short_g)}
            out.refuse("AMEND_IMPOSSIBLE", "body.changes", own["accepted"], f"+ {own['short']}", "LOTS", **own)
    if before.stage in FINISHED and not _stays_finished(before, after, cases):
        own = {"stage": telling.stage(before.stage)}
        out.refuse("AMEND_IMPOSSIBLE", "body.changes", before.stage, "", "FINISHED", **own)


def _judge_returned(out: Findings, cases: ManifestCases, number: int, line: LineState) -> None:
    """Refused grams that are on their way back stay refused."""
    taken_g = next((one.taken_g for one in cases.returned if one.line == number), 0)
    if taken_g > (line.refused_g or 0):
        own = {"line": nth(number), "refused": tonnes(line.refused_g or 0), "returned": tonnes(taken_g)}
        out.refuse("AMEND_IMPOSSIBLE", "body.changes", own["refused"], f"≥ {own['returned']}", "RETURNED", **own)


def _stays_finished(before: ManifestState, after: ManifestState, cases: ManifestCases) -> bool:
    """Whether a finished manifest is one after the correction too: no stock, or everything rejected, and what was refused has gone; of one that
    was closed with a gap what it lacked."""
    if before.stage is Stage.CLOSED_REJECTED:
        return all(line.opinion == "reject" for line in after.lines) and not any(kept_g(after, cases.returned))
    if before.stage is Stage.CLOSED:
        is_whole = before.route == "RETURN" or all(line.stock_g == 0 for line in after.lines)
        return is_whole and any(line.opinion != "reject" for line in after.lines) and not any(kept_g(after, cases.returned))
    pairs = zip(before.lines, after.lines, strict=True)
    return before.stage is Stage.VOIDED or all((old.stock_g, old.refused_g) == (new.stock_g, new.refused_g) for old, new in pairs)


def _judge_opinions(judged: Judged, out: Findings, after: ManifestState, touched: Iterable[int], changes: Changes) -> None:
    """R-63 by the grams in force; a refusal has a reason in code, in words the correction has its own."""
    record = record_of(judged.facts, trunk_of(judged.statement.chain))
    for path, _, now in changes:
        put(record, path, read_value(now))
    reason_codes = {line["line"]: line.get("reason_code") for line in record["received"]}
    for number in sorted(touched):
        line = after.lines[number]
        accepted, refused = bool(line.accepted_g), bool(line.refused_g)
        fits = {"accept": accepted and not refused, "partly": accepted and refused, "reject": not accepted}[line.opinion or "reject"]
        fits = fits and (after.route != "RETURN" or line.opinion == "accept")  # whose waste comes back takes it
        if not fits:
            own = {"line": nth(number), "opinion": _opinion(line)}
            masses = {"accepted": tonnes(line.accepted_g or 0), "refused": tonnes(line.refused_g or 0)}
            found = f"{line.opinion} {masses['accepted']} / {masses['refused']}"
            out.refuse("AMEND_VALUE", "body.changes", found, "", "OPINION", **own, **masses)
        elif line.opinion != "accept" and reason_codes[number] is None:
            own = {"line": nth(number), "opinion": _opinion(line)}
            out.refuse("AMEND_VALUE", "body.changes", line.opinion or "", "reason_code", "REASON", **own)


def _opinion(line: LineState) -> Word:
    opinion = line.opinion or ""
    return words_of(Opinion).get(opinion, opinion), opinion


# --- who has agreed -----------------------------------------------------------------------------------------------------------------------


def still_asked(proposal: Proposal, state: ManifestState, facts: Facts) -> tuple[AskedConsent, ...]:
    """Consents that are missing, as the manifest stands now."""
    asked = consents((path for path, _, _ in proposal.changes), state, log_state(facts))
    return missing(asked, (proposal.by, *proposal.given))


def agreeing(statement: Statement, asked: Iterable[AskedConsent], facts: Facts) -> tuple[str, ...]:
    """For whom a statement agrees: for the party itself, else for those in whose place it signs (a closed one's successor, a firm's authority)."""
    holders = tuple(dict.fromkeys(holder for one in asked for holder in one.holders))
    if (own := opener_of(statement)) in holders:
        return (own,)
    log = log_state(facts)
    offices = {authority.uscc for authority in log.authorities}
    hand = statement.by[0]
    return tuple(
        one for one in holders if one not in offices and (hand in authorities_of_party(log, one)[0] or hand in _successors(one, facts))
    )


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


# --- into force ---------------------------------------------------------------------------------------------------------------------------


def is_amended(admission: Admission) -> bool:
    """Whether an entry put a correction in force."""
    return ("AMENDED",) in admission.decision.tags


def come_into_force(judged: Judged, out: Findings, changes: Changes) -> None:
    """Tag AMENDED; ALERT M MASS_AMENDED; what moves on the accounts; ALERT H METHOD_CHANGED, QUOTA_OVERDRAWN, CONTRACT."""
    out.tag("AMENDED")
    paths = [path for path, _, _ in changes]
    if any(path.endswith("_t") for path in paths):
        out.alert("M", "MASS_AMENDED")
    before = state_of(judged)
    after = corrected(before, [(path, now) for path, _, now in changes])
    _note_method(out, after, changes)
    _note_contract(judged, out, changes)
    if out.reasons or not any(map(touches_quota, paths)) or before.times.received_s is None:
        return
    out.accounts = settlement.settle(before, [line.accepted_g or 0 for line in after.lines])
    _note_overdraft(judged, out, before)


def _note_method(out: Findings, after: ManifestState, changes: Changes) -> None:
    """R-64 ALERT H METHOD_CHANGED: what is accepted is treated by the method of the manifest."""
    for path, _, now in changes:
        if path.startswith("received.") and path.endswith(".method") and now:
            line = after.lines[line_received(after, number_in(path))]
            if line.accepted_g and read_value(now) != line.method:
                out.alert("H", "METHOD_CHANGED")


def _note_contract(judged: Judged, out: Findings, changes: Changes) -> None:
    """R-16 ALERT H CONTRACT: a corrected contract that does not cover the day of the issue, or none."""
    if not any(path.startswith("contract.") for path, _, _ in changes):
        return
    record = record_of(judged.facts, trunk_of(judged.statement.chain))
    for path, _, now in changes:
        put(record, path, read_value(now))
    state = state_of(judged)
    valid_to = at(record, "contract.valid_to")
    if valid_to is None or valid_to < day_of(state.paper_departed_s or state.times.issued_s):
        out.alert("H", "CONTRACT")


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
    state = corrected(opened.trunk, [(path, now) for path, _, now in changes])
    state = replace(state, drawn=drawn(state.drawn, opened.admission)) if opened.admission.decision.accounts else state
    pair, more_g = refused_key(state.generator, state.receiver), _refused_g(state) - _refused_g(opened.trunk)
    waiting: Mapping[str, Any] = {}
    if more_g and state.times.accepted_s is not None:
        waiting = {pair: (facts.get(pair) or RefusedLoads()).moved(trunk, more_g, day_of(state.times.accepted_s))}
    overlay = {**cases.overlay, **{path: now for path, _, now in changes}}
    return replace(cases, overlay=overlay), {
        chain_key(trunk): Head(head.seq, head.hash, head.idx, state),
        **site(opened, changes),
        **waiting,
    }


def _refused_g(state: ManifestState) -> int:
    return sum(line.refused_g or 0 for line in state.lines)


def site(opened: Opened, changes: Changes) -> Mapping[str, Any]:
    """The site's register after its account was read: what was accepted more or less belongs to the year of the acceptance."""
    root, accepted_s = settlement.root_of(opened.trunk), opened.trunk.times.accepted_s
    if root is None or not any(touches_quota(path) for path, _, _ in changes):
        return {}
    rows = {row.account: row.after_g - row.before_g for row in opened.admission.decision.accounts}
    more_g = rows.get(q3_account(root), 0)
    settled = () if accepted_s is None else ((year_of(accepted_s), more_g),)
    return q3_change(opened.facts, root, opened.admission, settled_g=settled)
