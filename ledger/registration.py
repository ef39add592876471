"""Registering keys: possession, uniqueness over the life of the log, and what becomes of the key register (formats §5)."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Sequence

from ledger.directory import KeyRecord
from ledger.facts import Facts
from signing.keys import keyid
from signing.possession import KeyRegistration, check_registration
from signing.refusal import Reason, Refusal

KEYS_MAX = 8
"""Keys in one statement; a statement is at most 24 KiB."""


def new_keyids(registrations: Sequence[KeyRegistration]) -> tuple[str, ...]:
    """Register keys (``key:<keyid>``) of the keys to be registered; unreadable ones are left to the decision."""
    found: list[str] = []
    for registration in registrations:
        try:
            found.append(f"key:{keyid(b64decode(registration.spki, validate=True))}")
        except (Base64Error, ValueError):
            continue
    return tuple(found)


def key_reasons(
    registrations: Sequence[KeyRegistration],
    x: str,
    uscc: str,
    field: str,
    log_keys: Sequence[str],
    suites: Sequence[str] | None = None,
    facts: Facts | None = None,
) -> list[Reason]:
    """Why keys may not be registered for ``uscc``; ``x`` is the origin in ``log.found``, hex(found) afterwards.

    ``suites`` limits the choice (founding: ed25519 and P-256); ``facts`` must hold the registers of :func:`new_keyids`.
    """
    reasons: list[Reason] = []
    if len(registrations) > KEYS_MAX:
        return [Reason("FIELD_TYPE", field, str(len(registrations)), f"at most {KEYS_MAX} keys")]
    seen: set[str] = set()
    for position, registration in enumerate(registrations):
        where = f"{field}.{position}"
        if suites is not None and registration.suite not in suites:
            reasons.append(Reason("SUITE_UNKNOWN", f"{where}.suite", registration.suite[:40], ", ".join(suites)))
            continue
        try:
            spki = check_registration(registration, x, uscc)
        except Refusal as refusal:
            reasons += [Reason(r.code, f"{where}.{r.field}".rstrip("."), r.found, r.expected) for r in refusal.reasons]
            continue
        identity = keyid(spki)
        if identity in seen or (facts is not None and facts.get(f"key:{identity}") is not None) or _is_log_key(spki, log_keys):
            reasons.append(Reason("KEY_REGISTERED", where, identity, "a key never used in this log"))
        seen.add(identity)
    return reasons


def _is_log_key(spki: bytes, log_keys: Sequence[str]) -> bool:
    """Whether the last 32 bytes of an SPKI are the public key in one of the log's vkeys (``name+id+b64(type‖key)``)."""
    for vkey in log_keys:
        material = vkey.split("+", 2)[-1]
        try:
            if b64decode(material)[1:] == spki[-len(b64decode(material)) + 1 :]:
                return True
        except (Base64Error, ValueError):
            continue
    return False


def key_registers(registrations: Sequence[KeyRegistration], uscc: str, index: int) -> dict[str, KeyRecord]:
    """Register values of newly admitted keys."""
    return {
        f"key:{keyid(b64decode(r.spki))}": KeyRecord(uscc=uscc, suite=r.suite, spki=b64decode(r.spki), added=index) for r in registrations
    }
