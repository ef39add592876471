"""Admission: whether a statement may enter at this index, and what the log then says about it.

One pure path for two callers: the sequencer, with facts from the database, and the auditor, with facts from replayed entries.
Signatures are verified apart, outside the lock; in the judgement a key is looked at only for validity at the index. Source: formats §2-§6.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.entry import ENTRY_MAX, Entry, encode_entry
from ledger.admission.personality import DayBelow, Judged, Kind, Reads, Window
from ledger.admission.signers import judge_delegation, judge_keys_used, judge_roles, listed_chains
from ledger.chain import founding_prev, genesis_prev
from ledger.directory import LOG_MAIN, KeyRecord, LogState, is_founder, party_chain
from ledger.kinds.cut import old_admission_s
from ledger.kinds.founding import FoundingAuthority, LogFound, founding_keys
from ledger.kinds.registration import key_registers
from ledger.model import (
    Account,
    Admission,
    Admitted,
    Decision,
    Facts,
    Findings,
    Head,
    Moment,
    Refused,
    Seen,
    Statement,
    chain_key,
)
from ledger.times import day_of, format_at
from signing.envelope import Envelope
from signing.phrase import Phrase
from signing.refusal import Reason, Refusal
from signing.suite import verify

HOUR = 3600
FUTURE_S, LATE_S = 5 * 60, 2 * HOUR
WINDOW_S: Mapping[Window, int | None] = {Window.NONE: None, Window.DAY: 24 * HOUR, Window.MONTH: 30 * 24 * HOUR, Window.CUSTODY: None}

RootAt = Callable[[int], str | None]  # Root (b64) of the tree of a given size, or ``None`` when that size lies ahead.


KeyLookup = Callable[[str], KeyRecord | None]
"""A key by keyid: suite and SPKI are fixed for ever at registration, so any copy of the record serves."""


class Submission(Struct, frozen=True, gc=False, kw_only=True):
    """A statement on its way in: form and content are checked, signatures verified by the caller."""

    envelope: Envelope
    statement: Statement
    kind: Kind

    def under(self, kind: Kind) -> Submission:
        """The same, by the kind as the ruleset in force has it."""
        return self if kind is self.kind else replace(self, kind=kind)


def ruleset_of(facts: Facts, statement: Statement) -> str:
    """The ruleset in force at this index: what the log has adopted; of ``log.found`` what it brings."""
    log: LogState | None = facts.state(LOG_MAIN)
    if log is not None:
        return log.ruleset
    return statement.body.ruleset.version if isinstance(statement.body, LogFound) else ""


def base_keys(submission: Submission) -> list[str]:
    """Overlay keys that every statement needs: own chain, ``log/main``, signers' chains and keys."""
    statement = submission.statement
    parties = statement.by if statement.principal is None else (*statement.by, statement.principal)
    chains = ("chain:log/main", "chain:" + statement.chain)
    return [*chains, *map("chain:party/".__add__, parties), *map("key:".__add__, statement.keyids)]


def read_keys(reads: Reads) -> list[str]:
    """Overlay keys of a kind's reads."""
    return [*map("chain:".__add__, reads.chains), *map("account:".__add__, reads.accounts), *reads.registers]


def _never(size: int) -> str:
    raise AssertionError("whoever judges what a body says of the past knows it")


def admit(
    submission: Submission, facts: Facts, moment: Moment, root_at: RootAt, reads: Reads | None = None, day_below: DayBelow = _never
) -> Entry:
    """The entry that this statement becomes at ``moment``; Refusal with all reasons otherwise. ``facts`` is not changed."""
    admission = judge(submission.statement, submission.kind, facts, moment, root_at, reads, day_below)
    raw = encode_entry(submission.envelope, admission)
    if len(raw) > ENTRY_MAX:
        raise Refusal([Reason("ENTRY_TOO_LARGE", "", str(len(raw)), str(ENTRY_MAX))])
    return Entry(index=moment.index, raw=raw, envelope=submission.envelope, statement=submission.statement, admission=admission)


def judge(
    statement: Statement,
    kind: Kind,
    facts: Facts,
    moment: Moment,
    root_at: RootAt,
    reads: Reads | None = None,
    day_below: DayBelow = _never,
) -> Admission:
    """What the log says about a statement at ``moment``; Refusal with all reasons when it may not enter. ``facts`` is not changed.
    ``reads``: what the kind reads from these very facts, where the caller has asked it already."""
    log: LogState | None = facts.state(LOG_MAIN)
    if reasons := _link(statement, kind, facts, log):
        raise Refusal(reasons)
    recut_s = None if log is None or not log.cuts else old_admission_s(statement, facts, moment)
    judged_s = moment.at_s if recut_s is None else recut_s
    reasons = _window(statement, kind, judged_s)
    reasons += judge_keys_used(statement, kind, facts, moment, {} if log is not None else founding_keys(statement))
    if statement.principal is not None:
        reasons += judge_delegation(statement, statement.principal, kind, facts, moment)
    if statement.seen is not None:
        reasons += _roots((statement.seen,), moment, root_at)
    if kind.roots is not None:
        reasons += _roots(kind.roots(statement), moment, root_at)
    if reasons:
        raise Refusal(reasons)
    if kind.past is not None:
        kind.past(statement, day_below, out := Findings())
        if out.reasons:
            raise Refusal(out.reasons, day_of(statement.at_s))
    answer = decide(kind, statement, facts, moment)
    if isinstance(answer, Refused):
        raise Refusal(answer.reasons, day_of(statement.at_s))
    read = kind.listed(statement, facts) if reads is None and kind.listed else (reads or kind.reads(statement, facts)).chains
    if answer.read or statement.principal is not None:
        read = (*read, *listed_chains(answer.read, statement))
    return Admission(
        index=moment.index,
        at=format_at(moment.at_s),
        ruleset=moment.ruleset,
        facts=_fact_list(statement, read, facts) if read else (),
        decision=_decision(answer, statement, kind, facts, judged_s, is_recut=recut_s is not None),
    )


def foresee(statement: Statement, kind: Kind, facts: Facts, moment: Moment) -> list[Reason]:
    """Why a statement would be refused at ``moment``, whoever had signed it: its place, its time, for whom it is signed, and what its kind says.
    Of keys, signatures and ``seen`` nothing is said. ``facts`` is not changed."""
    log: LogState | None = facts.state(LOG_MAIN)
    if reasons := _link(statement, kind, facts, log):
        return reasons
    reasons = _window(statement, kind, moment.at_s)
    if statement.principal is not None:
        reasons += judge_delegation(statement, statement.principal, kind, facts, moment)
    if reasons:
        return reasons
    answer = decide(kind, statement, facts, moment)
    return list(answer.reasons) if isinstance(answer, Refused) else []


def decide(kind: Kind, statement: Statement, facts: Facts, moment: Moment) -> Admitted | Refused:
    """What a kind itself says: its gate, then signers and rules, all reasons at once."""
    judged = Judged(statement, facts, moment, facts.state(statement.chain), kind)
    out = Findings()
    if kind.gate is not None:
        kind.gate(judged, out)
        if out.reasons:
            return out.answer()
    if roles := kind.signers(statement, facts):
        judge_roles(roles, statement, kind, facts, out)
    for rule in kind.rules:
        rule(judged, out)
    return out.answer()


def apply(entry: Entry, kind: Kind, facts: Facts) -> None:
    """Change the facts as an entry says: accounts, registers, the chain's state and head. The inverse of nothing: entries stay."""
    statement = entry.statement
    changes = kind.evolve(statement, entry.admission, facts)
    put = facts.put
    for row in entry.admission.decision.accounts:
        put("account:" + row.account, Account(entry.index, row.after_g))
    if changes.registers:
        facts.put_all(changes.registers)
    put(chain_key(statement.chain), Head(statement.seq, statement.hash, entry.index, changes.state))


def expected_prev(statement: Statement, head: Head[Any] | None, log: LogState | None) -> str:
    """The only right ``prev`` for the next statement of a chain."""
    if head is not None:
        return head.hash
    return founding_prev(statement.body.origin) if log is None else genesis_prev(log.found, statement.chain)


def _link(statement: Statement, kind: Kind, facts: Facts, log: LogState | None) -> list[Reason]:
    head = facts.head(statement.chain)
    follows = head is not None and statement.seq == head.seq + 1 and statement.prev == head.hash
    if follows and not kind.opens and log is not None and not log.closed:
        return []  # as nearly always
    if log is None:
        if statement.kind != "log.found/1":
            return [Reason("CHAIN_NOT_OPEN", "chain", statement.kind, "log.found/1")]
    elif log.closed:
        return [Reason("LOG_CLOSED", "", log.origin)]
    elif statement.kind == "log.found/1":
        return [Reason("CHAIN_NOT_OPEN", "kind", statement.kind)]
    wanted = 0 if head is None else head.seq + 1
    if statement.seq > wanted:
        places = {"seq": str(statement.seq), "next": str(wanted), "chain": statement.chain}
        return [Reason("PREDECESSOR_MISSING", "seq", str(statement.seq), str(wanted), "GAP", places)]
    if statement.seq < wanted:
        assert head is not None, "a chain without entries wants 0"
        places = {"seq": str(statement.seq), "next": str(wanted), "prev": head.hash, "chain": statement.chain}
        return [
            Reason(
                "CHAIN_CONFLICT",
                "seq",
                str(statement.seq),
                Phrase(f"链头 seq {head.seq}，{head.hash}", f"head seq {head.seq}, {head.hash}"),
                "TAKEN",
                places,
            )
        ]
    prev = expected_prev(statement, head, log)
    if statement.prev != prev:
        return [Reason("PREV_MISMATCH", "prev", statement.prev, prev, "OTHER", {"prev": prev, "chain": statement.chain})]
    return _opening(statement, kind, facts, is_first=head is None)


def _opening(statement: Statement, kind: Kind, facts: Facts, *, is_first: bool) -> list[Reason]:
    """What may begin a chain, and what may only begin it, as the kinds say (kinds §1.8)."""
    if not is_first:
        places = {"kind": statement.kind, "chain": statement.chain}
        return [Reason("CHAIN_NOT_OPEN", "seq", str(statement.seq), "0", "BEGUN", places)] if kind.opens and not kind.again else []
    if not kind.opens:
        return [Reason("CHAIN_NOT_OPEN", "kind", statement.kind, "", "EMPTY", {"kind": statement.kind, "chain": statement.chain})]
    if kind.chain_type == "party" and kind.again and not is_founder(facts, statement.owner):
        return [Reason("CHAIN_NOT_OPEN", "kind", statement.kind, "party.register/1", "PARTY", {"party": statement.owner})]
    return []


def _window(statement: Statement, kind: Kind, judged_s: int) -> list[Reason]:
    """Formats §6, at the present; for a statement that was cut, at its first admission."""
    if kind.window is Window.CUSTODY and statement.at_s <= judged_s + FUTURE_S:
        return []  # as most are
    span = WINDOW_S[kind.window]
    if kind.window is Window.NONE:
        return []
    if statement.at_s > judged_s + FUTURE_S or (span is not None and statement.at_s < judged_s - span):
        earliest = "" if span is None else format_at(judged_s - span)
        first, last, at, now = (
            moment[:16].replace("T", " ")
            for moment in (earliest, format_at(judged_s + FUTURE_S), format_at(statement.at_s), format_at(judged_s))
        )
        expected = f"{earliest} … {format_at(judged_s + FUTURE_S)}"
        if statement.at_s > judged_s:
            return [Reason("STATEMENT_STALE", "at", statement.at, expected, "AHEAD", {"at": at, "last": last, "now": now})]
        return [Reason("STATEMENT_STALE", "at", statement.at, expected, "OLD", {"at": at, "first": first, "last": last})]
    return []


def resubmission_reasons(submission: Submission, facts: Facts) -> list[Reason]:
    """Why a statement that is in the log already is not answered with its entry: signatures by any key ever registered for ``by[k]`` count,
    valid or not by now, and no others (formats §2)."""
    reasons = []
    for position, (uscc, signature) in enumerate(zip(submission.statement.by, submission.envelope.signatures, strict=True)):
        record: KeyRecord | None = facts.get(f"key:{signature.keyid}")
        if record is None or record.uscc != uscc:
            code, found = ("KEY_UNKNOWN", signature.keyid) if record is None else ("KEY_OTHER_PARTY", record.uscc)
            reasons.append(Reason(code, f"signatures.{position}.keyid", found, uscc))
    return reasons


def _roots(claims: Iterable[Seen], moment: Moment, root_at: RootAt) -> list[Reason]:
    """What the signer has seen, and what the body claims, is this log's history."""
    reasons = []
    for claim in claims:
        root = root_at(claim.size) if 0 < claim.size <= moment.index else None
        if root is None or root != claim.root:
            reasons.append(Reason("SEEN_MISMATCH", "seen", f"{claim.size} {claim.root}", f"{claim.size} {root or 'not yet reached'}"))
    return reasons


def _fact_list(statement: Statement, chains: Iterable[str], facts: Facts) -> tuple[tuple[str, int], ...]:
    """The newest entry of each chain read, but for those that are always read (formats §4)."""
    others = {*chains}.difference((statement.chain, LOG_MAIN), map(party_chain, statement.by))
    return tuple([(chain, head.idx) for chain in sorted(others) if (head := facts.head(chain)) is not None])


def _decision(answer: Admitted, statement: Statement, kind: Kind, facts: Facts, judged_s: int, *, is_recut: bool) -> Decision:
    assert kind.routed or answer.route is None, f"{kind.name} gives a route but is not routed"
    assert kind.books is not None or not answer.accounts or not any(answer.accounts.values()), f"{kind.name} moves; books it nowhere"
    tags, late_s, moved = answer.tags, judged_s - statement.at_s, answer.accounts
    if late_s > LATE_S and kind.window is Window.CUSTODY:
        tags = (*tags, ("LATE", late_s))
    if is_recut:
        tags = (*tags, ("RECUT",))
    return Decision(
        route=answer.route,
        tags=tuple(sorted(tags, key=itemgetter(0))) if len(tags) > 1 else tags,
        alerts=answer.alerts,
        accounts=tuple([facts.account_row(name, moved[name]) for name in sorted(moved) if moved[name]]) if moved else (),
    )


def verify_signatures(envelope: Envelope, by: tuple[str, ...], key: KeyLookup) -> None:
    """Verify every signature with the key registered under its keyid; Refusal KEY_UNKNOWN, SIGNATURE_FORM or SIGNATURE_WRONG. Whether the
    key may sign at this index, and for this party, is judged at admission."""
    message = envelope.message
    reasons: list[Reason] = []
    for position, (uscc, signature) in enumerate(zip(by, envelope.signatures, strict=True)):
        record = key(signature.keyid)
        if record is None:
            reasons.append(
                Reason(
                    "KEY_UNKNOWN",
                    f"signatures.{position}.keyid",
                    signature.keyid,
                    Phrase(f"为 {uscc} 登记的密钥", f"a key registered for {uscc}"),
                )
            )
            continue
        try:
            verify(record.suite, record.spki, message, signature.sig)
        except Refusal as refusal:
            reasons += [Reason(r.code, f"signatures.{position}.sig", r.found, r.expected) for r in refusal.reasons]
    if reasons:
        raise Refusal(reasons)


def keys_brought(statement: Statement) -> Mapping[str, KeyRecord]:
    """Keys that a statement would register, by keyid: statements later in one request may be signed with them."""
    body: Any = statement.body  # kinds differ; only the key-bearing ones have these fields
    if isinstance(body, LogFound):
        return founding_keys(statement)
    is_admission = isinstance(body, FoundingAuthority)
    if statement.chain_type != "party" and not is_admission:
        return {}
    registrations = getattr(body, "keys", None) or ((body.key,) if hasattr(body, "key") else ())
    try:
        found = key_registers(registrations, body.uscc if is_admission else statement.owner, 0)
    except ValueError:
        return {}
    return {name.removeprefix("key:"): record for name, record in found.items()}
