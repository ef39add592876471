"""Keys of a party come and go: ``key.add/1``, ``key.rotate/1``, ``key.revoke/1`` (formats §3, §5).

A key signs validly at i iff added < i <= revoked: an old key signs its own rotation or revocation.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.facts import Facts
from ledger.admission.personality import Changes, Judged, Kind, Reads, Window
from ledger.directory import KeyRecord, PartyState, log_state
from ledger.fields import label
from ledger.findings import Findings
from ledger.kinds.registration import added_keys, judge_keys, reads_new_keys, reserved_keys
from ledger.kinds.roles import NOTHING_READ, party_or_guardians, the_party
from ledger.model import Admission, Statement
from signing.possession import KeyRegistration
from signing.refusal import texts

TEXTS = texts("""
KEY_BY_AUTHORITY | - | sender | formats §3 [DESIGN]
密钥由主管部门代为办理。 || 请该单位核实。
A key was changed by an authority in the party's stead. || Let the party confirm it.
""")


class KeyAdd(Struct, frozen=True, forbid_unknown_fields=True):
    """Body of ``key.add/1``; by the party itself, or by the authority of its region as recovery."""

    key: Annotated[KeyRegistration, label("新密钥", "new key")]


class KeyRotate(Struct, frozen=True, forbid_unknown_fields=True):
    """Body of ``key.rotate/1``, signed by the old key alone; the new one speaks through its possession proof."""

    old: Annotated[str, label("旧密钥标识", "keyid of the old key")]
    key: Annotated[KeyRegistration, label("新密钥", "new key")]


class KeyRevoke(Struct, frozen=True, forbid_unknown_fields=True):
    """Body of ``key.revoke/1``."""

    keyid: Annotated[str, label("密钥标识", "keyid")]
    reason: Annotated[str, label("原因", "reason")]


def reads_rotate(statement: Statement, facts: Facts) -> Reads:
    """Registers of the key to come, and of the key to be replaced."""
    return Reads(registers=(*reads_new_keys(statement, facts).registers, f"key:{statement.body.old}"))


def reads_revoke(statement: Statement, facts: Facts) -> Reads:
    """Register of the key to be revoked."""
    return Reads(registers=(f"key:{statement.body.keyid}",))


def new_key_is_good(judged: Judged, out: Findings) -> None:
    """The key proves possession and was never used in this log."""
    log = log_state(judged.facts)
    owner = judged.statement.owner
    judge_keys(out, (judged.statement.body.key,), log.found, owner, "body.key", reserved_keys(log), facts=judged.facts)


def says_who_acted(judged: Judged, out: Findings) -> None:
    """A key changed by another than the party is worth an official's look."""
    if judged.statement.by != (judged.statement.owner,):
        out.alert("H", "KEY_BY_AUTHORITY")


def old_key_signs(judged: Judged, out: Findings) -> None:
    """The key that is replaced is one of the party, and it alone signs."""
    statement = judged.statement
    _known_key(judged, out, statement.body.old, "body.old")
    if statement.keyids != (statement.body.old,):
        out.refuse("KEY_NOT_VALID", "signatures.0.keyid", ", ".join(statement.keyids), statement.body.old)


def key_can_end(judged: Judged, out: Findings) -> None:
    """There is such a key of the party, and a reason."""
    body: KeyRevoke = judged.statement.body
    _known_key(judged, out, body.keyid, "body.keyid")
    if not body.reason.strip():
        out.refuse("FIELD_MISSING", "body.reason")


def _known_key(judged: Judged, out: Findings, keyid: str, field: str) -> None:
    owner = judged.statement.owner
    record: KeyRecord | None = judged.facts.get(f"key:{keyid}")
    if record is None or record.uscc != owner:
        out.refuse("KEY_UNKNOWN", field, keyid[:64], f"a key of {owner}")
    elif record.revoked is not None:
        out.refuse("KEY_NOT_VALID", field, f"revoked at {record.revoked}", f"valid at {judged.moment.index}")


def evolve_add(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    """One more key."""
    return added_keys(_state(statement, facts), (statement.body.key,), statement.owner, admission.index)


def evolve_rotate(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    """One key more and one less."""
    changes = evolve_add(statement, admission, facts)
    return replace(changes, registers={**changes.registers, **_ended(statement.body.old, admission, facts)})


def evolve_revoke(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    """The key ends; what it signed at lower indices stays valid."""
    return Changes(state=_state(statement, facts), registers=_ended(statement.body.keyid, admission, facts))


def _ended(keyid: str, admission: Admission, facts: Facts) -> dict[str, KeyRecord]:
    """Its last valid index is this entry's."""
    return {f"key:{keyid}": replace(facts.get(f"key:{keyid}"), revoked=admission.index)}


def _state(statement: Statement, facts: Facts) -> PartyState:
    """A founder's chain may begin with its keys; its name stands on ``log/main``."""
    return facts.state(statement.chain) or PartyState(name="")


ADD = Kind(
    name="key.add/1",
    zh="增加密钥",
    en="addition of a key",
    body=KeyAdd,
    chain_type="party",
    roles=("the party, or as recovery its authority",),
    signers=party_or_guardians,
    window=Window.DAY,
    reads=reads_new_keys,
    reads_doc=NOTHING_READ,
    rules=(new_key_is_good, says_who_acted),
    evolve=evolve_add,
    books=None,
    effect=("该密钥自下一条目起可签署。", "The key signs from the next entry on."),
    texts=TEXTS,
    opens=True,
    again=True,
)
ROTATE = Kind(
    name="key.rotate/1",
    zh="更换密钥",
    en="rotation of a key",
    body=KeyRotate,
    chain_type="party",
    roles=("the party, by the old key",),
    signers=the_party,
    window=Window.DAY,
    reads=reads_rotate,
    reads_doc=NOTHING_READ,
    rules=(old_key_signs, new_key_is_good),
    evolve=evolve_rotate,
    books=None,
    effect=("新密钥取代旧密钥。", "The new key takes the place of the old one."),
    opens=True,
    again=True,
)
REVOKE = Kind(
    name="key.revoke/1",
    zh="撤销密钥",
    en="revocation of a key",
    body=KeyRevoke,
    chain_type="party",
    roles=("the party, or its authority",),
    signers=party_or_guardians,
    window=Window.DAY,
    reads=reads_revoke,
    reads_doc=NOTHING_READ,
    rules=(key_can_end, says_who_acted),
    evolve=evolve_revoke,
    books=None,
    effect=("该密钥此后签署的声明一律无效，此前的仍然有效。", "What the key signs later is refused; what it signed before stays valid."),
    opens=True,
    again=True,
)
