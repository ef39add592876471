"""Kinds on ``log/main`` and ``log/refusals``: founding, adoption of rules and data, admission of an authority, refusal pages.

Signers on ``log/main``: the operator, then every authority in force, in order of admission (formats §3).
"""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.facts import Facts
from ledger.admission.personality import Changes, Kind, Reads, Window, no_reads
from ledger.admission.statement import check_origin
from ledger.chain import HASH_PATTERN
from ledger.directory import LOG_MAIN, Authority, DataPin, KeyRecord, check_signers, log_state
from ledger.findings import Admitted, Refused
from ledger.kinds.founding import Adopted, FoundingAuthority, FoundingParty, LogFound, founded_state, founding_keys
from ledger.kinds.registration import key_reasons, key_registers, new_keyids, note_keys, reserved_keys, vkey_spki
from ledger.kinds.succession import continues_reasons
from ledger.model import Admission, Moment, Statement
from ledger.rulesets import RULESETS
from ledger.times import format_at, parse_at
from ledger.tree.note import ED25519, SUBTREE_V1, parse_vkey
from ledger.tree.policy import parse_policy_lines
from signing.keys import keyid
from signing.payload import REASON_LIMIT
from signing.refusal import Reason, Refusal
from signing.uscc import check_uscc

AUTHORITIES_MAX = 7
_HASH = re.compile(r"[0-9a-f]{64}")
_REGION = re.compile(r"[0-9]{2}|[0-9]{4}|[0-9]{6}")
_HOUR = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}")


class RefusalItem(Struct, frozen=True, forbid_unknown_fields=True):
    """One refused statement, named so that nothing refused is forgotten (formats §8)."""

    statement: str
    by: tuple[str, ...]
    kind: str
    codes: tuple[str, ...]
    size: int
    at: str


class LogRefusals(Struct, frozen=True, forbid_unknown_fields=True):
    """Body of ``log.refusals/1``: one page of one clock hour."""

    hour: str
    page: int
    of: int
    items: tuple[RefusalItem, ...]


class RefusalsState(Struct, frozen=True):
    """State of ``log/refusals``: the last page."""

    hour: str
    page: int
    of: int


def everyone(facts: Facts) -> list[tuple[str, tuple[str, ...]]]:
    """The signer roles of ``log/main``: operator, then all authorities."""
    log = log_state(facts)
    return [("operator", (log.operator,)), *((f"authority {a.name}", (a.uscc,)) for a in log.authorities)]


def decide_found(statement: Statement, facts: Facts, moment: Moment) -> Admitted | Refused:
    """Well-formed founding, every key possessed, signed by operator and authorities. Source: formats §5."""
    body: LogFound = statement.body
    parties: list[FoundingParty | FoundingAuthority] = [body.operator, *body.authorities]
    roles = [("operator", (body.operator.uscc,)), *(("authority", (a.uscc,)) for a in body.authorities)]
    reasons = main_only(statement)
    try:
        check_origin(body.origin)
    except Refusal as refusal:
        reasons += refusal.reasons
    reasons += check_signers(statement, roles) + _founding_form(body)
    reasons += continues_reasons(body.continues, body.origin)
    reasons += _apart(body)
    note_vkeys = note_keys(body.log_keys, body.witness_policy)
    for position, party in enumerate(parties):
        where = "body.operator" if position == 0 else f"body.authorities.{position - 1}"
        if not check_uscc(party.uscc):
            reasons.append(Reason("USCC", f"{where}.uscc", party.uscc, "GB 32100"))
        if len(party.keys) != 1:
            reasons.append(Reason("FIELD_TYPE", f"{where}.keys", str(len(party.keys)), "one key here, others follow by key.add"))
        reasons += key_reasons(party.keys, body.origin, party.uscc, f"{where}.keys", note_vkeys, ("ed25519", "ecdsa-p256-sha256"))
    if not reasons and len(founding_keys(statement)) != sum(len(party.keys) for party in parties):
        reasons.append(Reason("KEY_REGISTERED", "body", "a key given twice", "each key once"))
    return Refused(tuple(reasons)) if reasons else Admitted()


def _apart(body: LogFound) -> list[Reason]:
    """Operator and authorities are different parties; the log's keys are its own, Ed25519 first; no witness bears one of them."""
    reasons: list[Reason] = []
    parties = [body.operator.uscc, *(authority.uscc for authority in body.authorities)]
    if len(set(parties)) != len(parties):
        reasons.append(Reason("CHAIN_OWNER", "body.authorities", ", ".join(parties), "each party once, the operator is none of them"))
    if body.log_keys and not _are_log_keys(body.log_keys, body.origin):
        expected = f"{body.origin}: one Ed25519 key, then at most one ML-DSA-44 key"
        reasons.append(Reason("VKEY_FORM", "body.log_keys", ", ".join(body.log_keys)[:200], expected))
    return reasons + policy_reasons(body.witness_policy, body.log_keys)


def _are_log_keys(log_keys: Sequence[str], origin: str) -> bool:
    try:
        vkeys = [parse_vkey(vkey) for vkey in log_keys]
    except Refusal:
        return False
    return [vkey.type for vkey in vkeys] in ([ED25519], [ED25519, SUBTREE_V1]) and {vkey.name for vkey in vkeys} == {origin}


def policy_reasons(lines: Sequence[str], log_keys: Sequence[str], facts: Facts | None = None) -> list[Reason]:
    """Why lines may not be the witness policy: unreadable, or a witness with a key of the log or, with ``facts``, of a party."""
    where = "body.witness_policy"
    try:
        witnesses = parse_policy_lines(lines).witness_vkeys
    except Refusal as refusal:
        return [Reason(r.code, f"{where}.{r.field}".rstrip("."), r.found, r.expected) for r in refusal.reasons]
    own = [vkey_spki(vkey) for vkey in log_keys]
    return [
        Reason("KEY_REGISTERED", where, vkey, "a key of the witness alone")
        for vkey in witnesses
        if vkey_spki(vkey) in own or (facts is not None and facts.get(f"key:{keyid(parse_vkey(vkey).spki)}") is not None)
    ]


def main_only(statement: Statement) -> list[Reason]:
    """Acts of all lie on ``log/main``, on no other chain of the log."""
    return [] if statement.chain == LOG_MAIN else [Reason("CHAIN_KIND", "chain", statement.chain, LOG_MAIN)]


def _founding_form(body: LogFound) -> list[Reason]:
    reasons: list[Reason] = []
    try:
        nonce = b64decode(body.nonce, validate=True)
    except (Base64Error, ValueError):
        nonce = b""
    if len(nonce) != 32:
        reasons.append(Reason("FIELD_TYPE", "body.nonce", str(len(nonce)), "32 bytes, base64"))
    if not 1 <= len(body.authorities) <= AUTHORITIES_MAX:
        reasons.append(Reason("FIELD_TYPE", "body.authorities", str(len(body.authorities)), f"1 to {AUTHORITIES_MAX}"))
    if body.clock not in ("real", "simulated"):
        reasons.append(Reason("FIELD_TYPE", "body.clock", body.clock, "real | simulated"))
    if not body.log_keys:
        reasons.append(Reason("FIELD_MISSING", "body.log_keys"))
    reasons += _ruleset_reasons(body.ruleset, "body.ruleset")
    names = [adopted.name for adopted in body.data]
    if len(set(names)) != len(names):
        reasons.append(Reason("FIELD_TYPE", "body.data", ", ".join(names), "each name once"))
    for position, adopted in enumerate((body.ruleset, *body.data)):
        if not _HASH.fullmatch(adopted.sha256):
            reasons.append(Reason("FIELD_TYPE", f"body.data.{position - 1}.sha256", adopted.sha256, "64 hex digits"))
    for position, authority in enumerate(body.authorities):
        reasons += _region_reasons(authority, f"body.authorities.{position}.regions")
    return reasons


def _ruleset_reasons(ruleset: Adopted, field: str) -> list[Reason]:
    if ruleset.version in RULESETS:
        return []
    return [Reason("RULESET_UNKNOWN", f"{field}.version", ruleset.version, ", ".join(RULESETS))]


def _region_reasons(authority: FoundingAuthority, field: str) -> list[Reason]:
    if authority.regions and all(_REGION.fullmatch(region) for region in authority.regions):
        return []
    return [Reason("FIELD_TYPE", field, ", ".join(authority.regions), "2, 4 or 6 digits each")]


def evolve_found(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    """The log exists and its founders' keys are registered."""
    keys = founding_keys(statement)
    return Changes(state=founded_state(statement), registers={f"key:{keyid}": record for keyid, record in keys.items()})


def decide_adopt(statement: Statement, facts: Facts, moment: Moment) -> Admitted | Refused:
    """Adopted by operator and all authorities; in force from the next index. Source: formats §5."""
    body: Adopted = statement.body
    reasons = main_only(statement) + check_signers(statement, everyone(facts))
    if not _HASH.fullmatch(body.sha256):
        reasons.append(Reason("FIELD_TYPE", "body.sha256", body.sha256, "64 hex digits"))
    if statement.kind == "ruleset.adopt/1":
        reasons += _ruleset_reasons(body, "body")
    return Refused(tuple(reasons)) if reasons else Admitted()


def evolve_adopt(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    """The newest version of a name wins."""
    log, body = log_state(facts), statement.body
    if statement.kind == "ruleset.adopt/1":
        return Changes(state=replace(log, ruleset=body.version, ruleset_sha256=body.sha256))
    return Changes(state=replace(log, data={**log.data, body.name: DataPin(body.version, body.sha256)}))


def reads_admit(statement: Statement, facts: Facts) -> Reads:
    """The registers of the new authority's keys."""
    return Reads(registers=new_keyids(statement.body.keys))


def decide_admit(statement: Statement, facts: Facts, moment: Moment) -> Admitted | Refused:
    """A new authority, signed by operator and those before it."""
    body: FoundingAuthority = statement.body
    log = log_state(facts)
    reasons = main_only(statement) + check_signers(statement, everyone(facts)) + _region_reasons(body, "body.regions")
    if not check_uscc(body.uscc):
        reasons.append(Reason("USCC", "body.uscc", body.uscc, "GB 32100"))
    if len(log.authorities) >= AUTHORITIES_MAX or body.uscc in (log.operator, *(a.uscc for a in log.authorities)):
        reasons.append(Reason("CHAIN_OWNER", "body.uscc", body.uscc, f"a new authority, at most {AUTHORITIES_MAX}"))
    if not body.keys:  # it could sign nothing, and no act of all would ever be complete again
        reasons.append(Reason("FIELD_MISSING", "body.keys"))
    reasons += key_reasons(body.keys, log.found, body.uscc, "body.keys", reserved_keys(log), None, facts)
    return Refused(tuple(reasons)) if reasons else Admitted()


def evolve_admit(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    """The authority joins at the end of the order."""
    log, body = log_state(facts), statement.body
    state = replace(log, authorities=(*log.authorities, Authority(body.uscc, body.name, body.regions)))
    return Changes(state=state, registers=key_registers(body.keys, body.uscc, admission.index))


def decide_refusals(statement: Statement, facts: Facts, moment: Moment) -> Admitted | Refused:
    """Pages of an hour in order, hours ascending. Source: formats §8."""
    body: LogRefusals = statement.body
    reasons = check_signers(statement, [("operator", (log_state(facts).operator,))])
    if statement.chain != "log/refusals":
        reasons.append(Reason("CHAIN_KIND", "chain", statement.chain, "log/refusals"))
    last: RefusalsState | None = facts.state(statement.chain)
    if not _HOUR.fullmatch(body.hour) or not 0 <= body.page < body.of or not body.items:
        reasons.append(Reason("FIELD_TYPE", "body", f"{body.hour} {body.page}/{body.of}", "YYYY-MM-DDThh, 0 <= page < of, items"))
    elif last is not None and not _follows(body, last):
        reasons.append(Reason("PAGE_ORDER", "body.page", f"{body.hour} {body.page}/{body.of}", f"after {last.hour} {last.page}/{last.of}"))
    elif last is None and body.page != 0:
        reasons.append(Reason("PAGE_ORDER", "body.page", str(body.page), "0"))
    if not reasons:
        reasons = _item_reasons(body, moment)
    return Refused(tuple(reasons)) if reasons else Admitted()


def _item_reasons(body: LogRefusals, moment: Moment) -> list[Reason]:
    """The hour is over; its items stand by time, one per (statement, codes), each of a tree that existed."""
    reasons: list[Reason] = []
    if body.hour >= format_at(moment.at_s)[:13]:
        reasons.append(Reason("FIELD_TYPE", "body.hour", body.hour, f"an hour before {format_at(moment.at_s)[:13]}"))
    before_s, seen = 0, set[tuple[str, tuple[str, ...]]]()
    for position, item in enumerate(body.items):
        where = f"body.items.{position}"
        try:
            at_s = parse_at(item.at, f"{where}.at")
        except Refusal as refusal:
            return reasons + list(refusal.reasons)
        if at_s < before_s or format_at(at_s)[:13] > body.hour:
            reasons.append(Reason("FIELD_TYPE", f"{where}.at", item.at, f"by time, not after {body.hour}"))
        if not HASH_PATTERN.fullmatch(item.statement) or (item.statement, item.codes) in seen:
            reasons.append(Reason("FIELD_TYPE", f"{where}.statement", item.statement[:64], "64 hex digits, once with these codes"))
        if not item.codes or tuple(sorted(set(item.codes))) != item.codes:
            reasons.append(Reason("FIELD_TYPE", f"{where}.codes", ", ".join(item.codes)[:200], "sorted, each once"))
        if not 0 < item.size <= moment.index:
            reasons.append(Reason("FIELD_TYPE", f"{where}.size", str(item.size), f"1 to {moment.index}"))
        before_s = at_s
        seen.add((item.statement, item.codes))
    return reasons[:REASON_LIMIT]


def _follows(body: LogRefusals, last: RefusalsState) -> bool:
    if last.page + 1 < last.of:
        return (body.hour, body.page, body.of) == (last.hour, last.page + 1, last.of)
    return body.hour > last.hour and body.page == 0


def evolve_refusals(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    """The last page."""
    body: LogRefusals = statement.body
    return Changes(state=RefusalsState(body.hour, body.page, body.of))


_EVERYONE = ("operator", "authority …")

LOG_KINDS = (
    Kind(
        name="log.found/1",
        body=LogFound,
        chain_type="log",
        roles=_EVERYONE,
        window=Window.NONE,
        reads=no_reads,
        reads_doc="Nothing: it is entry 0.",
        decide=decide_found,
        evolve=evolve_found,
        opens=True,
    ),
    *(
        Kind(
            name=name,
            body=Adopted,
            chain_type="log",
            roles=_EVERYONE,
            window=Window.MONTH,
            reads=no_reads,
            reads_doc="Nothing beside log/main.",
            decide=decide_adopt,
            evolve=evolve_adopt,
        )
        for name in ("ruleset.adopt/1", "data.adopt/1")
    ),
    Kind(
        name="authority.admit/1",
        body=FoundingAuthority,
        chain_type="log",
        roles=_EVERYONE,
        window=Window.MONTH,
        reads=reads_admit,
        reads_doc="Nothing beside log/main.",
        decide=decide_admit,
        evolve=evolve_admit,
    ),
    Kind(
        name="log.refusals/1",
        body=LogRefusals,
        chain_type="log",
        roles=("operator",),
        window=Window.DAY,
        reads=no_reads,
        reads_doc="Nothing beside log/main.",
        decide=decide_refusals,
        evolve=evolve_refusals,
        opens=True,
    ),
)

LOG_REGISTERS = {"key": KeyRecord}
