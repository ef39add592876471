"""Kinds on ``party/<USCC>``: a party enters the log, and its keys come and go (formats §3, §5).

A key signs validly at i iff added < i <= revoked: an old key signs its own rotation or revocation.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.facts import Facts
from ledger.admission.personality import Changes, Kind, Reads, Window
from ledger.directory import KeyRecord, PartyState, authorities_of_party, check_signers, log_state
from ledger.findings import Admitted, Refused
from ledger.kinds.registration import key_reasons, key_registers, new_keyids, reserved_keys
from ledger.model import Admission, Alert, Moment, Statement, Tag
from signing.possession import KeyRegistration
from signing.refusal import Reason

NAME_MAX = 200


class PartyRegister(Struct, frozen=True, forbid_unknown_fields=True):
    """Body of ``party.register/1``."""

    name: str
    keys: tuple[KeyRegistration, ...]


class KeyAdd(Struct, frozen=True, forbid_unknown_fields=True):
    """Body of ``key.add/1``; by the party itself, or by the authority of its region as recovery."""

    key: KeyRegistration


class KeyRotate(Struct, frozen=True, forbid_unknown_fields=True):
    """Body of ``key.rotate/1``, signed by the old key alone; the new one speaks through its possession proof."""

    old: str
    key: KeyRegistration


class KeyRevoke(Struct, frozen=True, forbid_unknown_fields=True):
    """Body of ``key.revoke/1``."""

    keyid: str
    reason: str


def _registrations(statement: Statement) -> tuple[KeyRegistration, ...]:
    body = statement.body
    return body.keys if isinstance(body, PartyRegister) else (body.key,)


def reads_new(statement: Statement, facts: Facts) -> Reads:
    """Registers of the keys to come, and of the key to be replaced."""
    old = (f"key:{statement.body.old}",) if isinstance(statement.body, KeyRotate) else ()
    return Reads(registers=(*new_keyids(_registrations(statement)), *old))


def reads_revoke(statement: Statement, facts: Facts) -> Reads:
    """Register of the key to be revoked."""
    return Reads(registers=(f"key:{statement.body.keyid}",))


def _is_founder(facts: Facts, uscc: str) -> bool:
    log = log_state(facts)
    return uscc == log.operator or any(a.uscc == uscc for a in log.authorities)


def _guardians(facts: Facts, uscc: str) -> tuple[list[tuple[str, tuple[str, ...]]], bool]:
    """Who may act on a party's keys in its stead, as roles, and whether the party is foreign."""
    log = log_state(facts)
    authorities = tuple(a.uscc for a in log.authorities)
    if uscc == log.operator:
        return [(f"authority {a.name}", (a.uscc,)) for a in log.authorities], False
    if uscc in authorities:
        return [("operator", (log.operator,)), *((f"authority {a}", (a,)) for a in authorities if a != uscc)], False
    holders, foreign = authorities_of_party(log, uscc)
    return [("authority of the region", holders)], foreign


def _marks(foreign: bool, by_authority: bool) -> tuple[tuple[Tag, ...], tuple[Alert, ...]]:
    tags: tuple[Tag, ...] = (("FOREIGN",),) if foreign else ()
    alerts: tuple[Alert, ...] = (("H", "KEY_BY_AUTHORITY"),) if by_authority else ()
    return tags, alerts


def decide_register(statement: Statement, facts: Facts, moment: Moment) -> Admitted | Refused:
    """A party enters with its first keys, signed by the authority of its region."""
    body: PartyRegister = statement.body
    log = log_state(facts)
    roles, foreign = _guardians(facts, statement.owner)
    reasons = check_signers(statement, roles)
    if _is_founder(facts, statement.owner):
        reasons.append(Reason("CHAIN_OWNER", "chain", statement.owner, "neither operator nor authority"))
    if statement.seq != 0:
        reasons.append(Reason("CHAIN_NOT_OPEN", "seq", str(statement.seq), "0"))
    if not 1 <= len(body.name) <= NAME_MAX or not body.name.strip():
        reasons.append(Reason("FIELD_TYPE", "body.name", str(len(body.name)), f"1 to {NAME_MAX} characters"))
    if not body.keys:
        reasons.append(Reason("FIELD_MISSING", "body.keys"))
    reasons += key_reasons(body.keys, log.found, statement.owner, "body.keys", reserved_keys(log), None, facts)
    if reasons:
        return Refused(tuple(reasons))
    tags, alerts = _marks(foreign, by_authority=False)
    return Admitted(tags=tags, alerts=alerts)


def _may_change_keys(statement: Statement, facts: Facts, recovery: bool) -> tuple[list[Reason], bool, bool]:
    """Reasons, whether an authority acts in the party's stead, whether the party is foreign."""
    owner = statement.owner
    if facts.state(statement.chain) is None and not _is_founder(facts, owner):
        return [Reason("CHAIN_NOT_OPEN", "kind", statement.kind, "party.register/1 first")], False, False
    if statement.principal is not None:  # one hand must not sign for two guardians, and a key speaks for itself
        return [Reason("DELEGATION_MISSING", "for", statement.principal, "no delegates for keys")], False, False
    if statement.by == (owner,) or not recovery:
        return check_signers(statement, [("party", (owner,))]), False, False
    roles, foreign = _guardians(facts, owner)
    return check_signers(statement, roles), True, foreign


def decide_add(statement: Statement, facts: Facts, moment: Moment) -> Admitted | Refused:
    """One more key of the party, or recovery by its authority (ALERT H KEY_BY_AUTHORITY)."""
    log = log_state(facts)
    reasons, by_authority, foreign = _may_change_keys(statement, facts, recovery=True)
    reasons += key_reasons((statement.body.key,), log.found, statement.owner, "body.key", reserved_keys(log), None, facts)
    if reasons:
        return Refused(tuple(reasons))
    tags, alerts = _marks(foreign, by_authority)
    return Admitted(tags=tags, alerts=alerts)


def decide_rotate(statement: Statement, facts: Facts, moment: Moment) -> Admitted | Refused:
    """A new key takes the place of an old one of the same party."""
    log = log_state(facts)
    reasons, _, _ = _may_change_keys(statement, facts, recovery=False)
    reasons += _known_key(facts, statement.body.old, statement.owner, moment, "body.old")
    if statement.keyids != (statement.body.old,):
        reasons.append(Reason("KEY_NOT_VALID", "signatures.0.keyid", ", ".join(statement.keyids), statement.body.old))
    reasons += key_reasons((statement.body.key,), log.found, statement.owner, "body.key", reserved_keys(log), None, facts)
    return Refused(tuple(reasons)) if reasons else Admitted()


def decide_revoke(statement: Statement, facts: Facts, moment: Moment) -> Admitted | Refused:
    """A key ends; what it signed at lower indices stays valid."""
    body: KeyRevoke = statement.body
    reasons, by_authority, foreign = _may_change_keys(statement, facts, recovery=True)
    reasons += _known_key(facts, body.keyid, statement.owner, moment, "body.keyid")
    if not body.reason.strip():
        reasons.append(Reason("FIELD_MISSING", "body.reason"))
    if reasons:
        return Refused(tuple(reasons))
    tags, alerts = _marks(foreign, by_authority)
    return Admitted(tags=tags, alerts=alerts)


def _known_key(facts: Facts, keyid: str, owner: str, moment: Moment, field: str) -> list[Reason]:
    record: KeyRecord | None = facts.get(f"key:{keyid}")
    if record is None or record.uscc != owner:
        return [Reason("KEY_UNKNOWN", field, keyid[:64], f"a key of {owner}")]
    if record.revoked is not None:
        return [Reason("KEY_NOT_VALID", field, f"revoked at {record.revoked}", f"valid at {moment.index}")]
    return []


def evolve_keys(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    """Keys join the register; a rotated or revoked one gets its last valid index, which is this entry's."""
    body = statement.body
    owner = statement.owner
    state: PartyState = facts.state(statement.chain) or PartyState(name="")
    registers: dict[str, KeyRecord] = {}
    ended = body.old if isinstance(body, KeyRotate) else body.keyid if isinstance(body, KeyRevoke) else None
    if ended is not None:
        registers[f"key:{ended}"] = replace(facts.get(f"key:{ended}"), revoked=admission.index)
    if not isinstance(body, KeyRevoke):
        added = key_registers(_registrations(statement), owner, admission.index)
        registers.update(added)
        state = replace(state, keys=(*state.keys, *(key.removeprefix("key:") for key in added)))
    if isinstance(body, PartyRegister):
        state = replace(state, name=body.name)
    return Changes(state=state, registers=registers)


PARTY_KINDS = (
    Kind(
        name="party.register/1",
        body=PartyRegister,
        chain_type="party",
        roles=("authority of the region",),
        window=Window.DAY,
        reads=reads_new,
        reads_doc="Nothing beside log/main: keys are compared with the register of all earlier keys.",
        decide=decide_register,
        evolve=evolve_keys,
        opens=True,
    ),
    Kind(
        name="key.add/1",
        body=KeyAdd,
        chain_type="party",
        roles=("the party, or as recovery its authority",),
        window=Window.DAY,
        reads=reads_new,
        reads_doc="Nothing beside log/main.",
        decide=decide_add,
        evolve=evolve_keys,
        opens=True,
    ),
    Kind(
        name="key.rotate/1",
        body=KeyRotate,
        chain_type="party",
        roles=("the party, by the old key",),
        window=Window.DAY,
        reads=reads_new,
        reads_doc="Nothing beside log/main.",
        decide=decide_rotate,
        evolve=evolve_keys,
        opens=True,
    ),
    Kind(
        name="key.revoke/1",
        body=KeyRevoke,
        chain_type="party",
        roles=("the party, or its authority",),
        window=Window.DAY,
        reads=reads_revoke,
        reads_doc="Nothing beside log/main.",
        decide=decide_revoke,
        evolve=evolve_keys,
        opens=True,
    ),
)
