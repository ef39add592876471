"""Registering keys: possession, uniqueness over the life of the log, and what becomes of the key register (formats §5)."""

from base64 import b64decode
from collections.abc import Mapping, Sequence
from contextlib import suppress

from msgspec.structs import replace

from ledger.admission.personality import Changes, Judged, Reads
from ledger.directory import KeyRecord, LogState, PartyState, log_state
from ledger.model import Facts, Findings, Statement
from ledger.tree.note import parse_vkey
from ledger.tree.policy import parse_policy_lines
from signing.keys import keyid
from signing.phrase import Phrase
from signing.possession import KeyRegistration, check_registration
from signing.refusal import Reason, Refusal

KEYS_MAX = 8  # Keys in one statement; a statement is at most 24 KiB.


def registers_of(identity: str) -> tuple[str, str]:
    """A keyid is one party's or one issuer's, for the life of the log (formats §5)."""
    return f"key:{identity}", f"issuer:{identity}"


def is_taken(facts: Facts, identity: str) -> bool:
    """Whether a keyid was ever registered, for a party or for documents."""
    return any(facts.get(name) is not None for name in registers_of(identity))


def new_keyids(registrations: Sequence[KeyRegistration]) -> tuple[str, ...]:
    """Names of the registers where keys to be registered may stand already; unreadable ones are left to the decision."""
    found: list[str] = []
    for registration in registrations:
        with suppress(ValueError):
            found += registers_of(keyid(b64decode(registration.spki, validate=True)))
    return tuple(found)


def reads_new_keys(statement: Statement, facts: Facts) -> Reads:
    """Registers of the keys that a body would register, in ``keys`` or ``key``."""
    body = statement.body
    return Reads(registers=new_keyids((body.key,) if hasattr(body, "key") else body.keys))


def judge_keys(
    out: Findings,
    registrations: Sequence[KeyRegistration],
    x: str,
    uscc: str,
    field: str,
    note_vkeys: Sequence[str],
    *,
    suites: Sequence[str] | None = None,
    facts: Facts | None = None,
) -> None:
    """Why keys may not be registered for ``uscc``; ``x`` is the origin in ``log.found``, hex(found) afterwards. ``note_vkeys`` are those of
    the log and its witnesses (:func:`reserved_keys`), which no party may bear. ``suites`` limits the choice (founding: ed25519 and P-256);
    ``facts`` must hold the registers of :func:`new_keyids`."""
    seen: set[str] = set()
    for position, registration in enumerate(registrations):
        where = f"{field}.{position}"
        if suites is not None and registration.suite not in suites:
            out.refuse("SUITE_UNKNOWN", f"{where}.suite", registration.suite[:40], ", ".join(suites))
            continue
        try:
            spki = check_registration(registration, x, uscc)
        except Refusal as refusal:
            out.reasons += [Reason(r.code, f"{where}.{r.field}".rstrip("."), r.found, r.expected) for r in refusal.reasons]
            continue
        identity = keyid(spki)
        if identity in seen or (facts is not None and is_taken(facts, identity)) or spki in map(vkey_spki, note_vkeys):
            out.refuse("KEY_REGISTERED", where, identity, Phrase("本账本从未用过的密钥", "a key never used in this log"))
        seen.add(identity)


def brings_keys(judged: Judged, out: Findings) -> None:
    """A party or an authority enters with a key at least, possessed and never used here: without one it could sign nothing, and no act
    of all authorities would ever be complete again."""
    body, log = judged.statement.body, log_state(judged.facts)
    uscc = getattr(body, "uscc", judged.statement.owner)
    judge_keys(out, body.keys, log.found, uscc, "body.keys", reserved_keys(log), facts=judged.facts)


def note_keys(log_keys: Sequence[str], witness_policy: Sequence[str]) -> tuple[str, ...]:
    """Vkeys of the log and of the witnesses in its policy; a policy that cannot be read names none (that is refused by itself)."""
    try:
        return (*log_keys, *parse_policy_lines(witness_policy).witness_vkeys)
    except Refusal:
        return tuple(log_keys)


def reserved_keys(log: LogState) -> tuple[str, ...]:
    """Vkeys whose keys no party may bear: those of the log and of every witness that its policies have named so far."""
    return (*note_keys(log.log_keys, log.witness_policy), *log.past_witnesses)


def vkey_spki(vkey: str) -> bytes | None:
    """DER of a vkey's key, or ``None`` where the text is no vkey."""
    try:
        return parse_vkey(vkey).spki
    except Refusal:
        return None


def key_registers(registrations: Sequence[KeyRegistration], uscc: str, index: int) -> dict[str, KeyRecord]:
    """Register values of newly admitted keys."""
    read = ((r.suite, b64decode(r.spki)) for r in registrations)
    return {f"key:{keyid(spki)}": KeyRecord(uscc=uscc, suite=suite, spki=spki, added=index) for suite, spki in read}


def added_keys(state: PartyState, registers: Mapping[str, KeyRecord]) -> Changes:
    """A party with further keys, and their registers."""
    return Changes(state=replace(state, keys=(*state.keys, *(key.removeprefix("key:") for key in registers))), registers=registers)
