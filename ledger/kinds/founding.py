"""``log.found``: the statement that pins everything else (formats §5)."""

from __future__ import annotations

from base64 import b64decode

from msgspec import Struct

from ledger.directory import Authority, DataPin, KeyRecord, LogState
from ledger.model import Statement
from signing.keys import keyid
from signing.possession import KeyRegistration


class FoundingParty(Struct, frozen=True, forbid_unknown_fields=True):
    """The operator as named at founding."""

    uscc: str
    name: str
    keys: tuple[KeyRegistration, ...]


class FoundingAuthority(Struct, frozen=True, forbid_unknown_fields=True):
    """An authority as named at founding or admission."""

    uscc: str
    name: str
    regions: tuple[str, ...]
    keys: tuple[KeyRegistration, ...]


class Adopted(Struct, frozen=True, forbid_unknown_fields=True):
    """A ruleset or data set: name, version, SHA-256 (hex) of its file."""

    name: str
    version: str
    sha256: str


class Continues(Struct, frozen=True, forbid_unknown_fields=True):
    """The log that this one succeeds."""

    origin: str
    checkpoint: str


class LogFound(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``log.found/1``."""

    origin: str
    nonce: str
    """32 random bytes, base64."""
    log_keys: tuple[str, ...]
    """vkeys of the log's note keys; they never change."""
    operator: FoundingParty
    authorities: tuple[FoundingAuthority, ...]
    ruleset: Adopted
    data: tuple[Adopted, ...]
    witness_policy: tuple[str, ...]
    clock: str
    """``real`` or ``simulated``."""
    continues: Continues | None = None


def founding_keys(statement: Statement) -> dict[str, KeyRecord]:
    """Keys that ``log.found`` registers, by keyid; they also sign it."""
    body = statement.body
    assert isinstance(body, LogFound)
    found: dict[str, KeyRecord] = {}
    parties: tuple[FoundingParty | FoundingAuthority, ...] = (body.operator, *body.authorities)
    for party in parties:
        for registration in party.keys:
            spki = b64decode(registration.spki)
            found[keyid(spki)] = KeyRecord(uscc=party.uscc, suite=registration.suite, spki=spki, added=0)
    return found


def founded_state(statement: Statement) -> LogState:
    """State of ``log/main`` after ``log.found``."""
    body = statement.body
    assert isinstance(body, LogFound)
    return LogState(
        found=statement.hash,
        origin=body.origin,
        operator=body.operator.uscc,
        operator_name=body.operator.name,
        authorities=tuple(Authority(a.uscc, a.name, a.regions) for a in body.authorities),
        ruleset=body.ruleset.version,
        ruleset_sha256=body.ruleset.sha256,
        data={adopted.name: DataPin(adopted.version, adopted.sha256) for adopted in body.data},
        log_keys=body.log_keys,
        witness_policy=body.witness_policy,
        clock=body.clock,
    )
