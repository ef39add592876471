"""Keys of a party come and go: ``key.add/1``, ``key.rotate/1``, ``key.revoke/1`` (formats §3, §5).

A key signs validly at i iff added < i <= revoked: an old key signs its own rotation or revocation. A key for some kinds or with an end is
what phones, browsers and weighbridges get: lost with the device, it cannot do what its party can. It is replaced by a full key, not by
``key.rotate``, which it may not sign.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Struct, field
from msgspec.structs import replace

from ledger.admission.personality import Changes, Judged, Reads
from ledger.admission.signers import UNSCOPED
from ledger.dates import judge_until
from ledger.directory import KeyRecord, PartyState, log_state
from ledger.fields import At, Commitments, KeyId, KindName, ShortText, Text, items, label, words
from ledger.kinds.registration import added_keys, judge_keys, key_registers, reads_new_keys, reserved_keys
from ledger.kinds.roles import act_of_party, party_or_guardians
from ledger.model import Admission, Facts, Findings, Statement
from ledger.times import parse_at
from signing.phrase import Phrase
from signing.possession import KeyRegistration
from signing.refusal import texts

TEXTS = texts("""
KEY_BY_AUTHORITY | - | sender | formats §3 [DESIGN]
密钥由主管部门代为办理。 || 请该单位核实。
A key was changed by an authority in the party's stead. || Let the party confirm it.
""")
KINDS_MAX = 64
DEVICES = {"server": "服务器", "browser": "浏览器", "phone": "手机", "weighbridge": "地磅", "hsm": "密码机", "other": "其他"}
Scope = Annotated[tuple[KindName, ...], items(1, KINDS_MAX, once=True), label("限签种类", "kinds it signs, without version")]
Device = Literal["server", "browser", "phone", "weighbridge", "hsm", "other"]


class KeyAdd(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``key.add/1``; by the party itself, or by the authority of its region as recovery."""

    key: Annotated[KeyRegistration, label("新密钥", "new key")]
    kinds: Scope | None = None  # Absent: whatever the party may sign.
    until: Annotated[At, label("有效期至", "last moment")] | None = None
    """Compared with admission.at; for custody acts with their ``at``, admitted at most 15 days later."""
    device: Annotated[Device, words(DEVICES), label("密钥载体", "where it is kept")] | None = None
    label: Annotated[ShortText, label("密钥名称", "what the party calls it")] | None = None
    commit: Commitments = field(default_factory=dict)


class KeyRotate(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``key.rotate/1``, signed by the old key alone; the new one speaks through its possession proof."""

    old: Annotated[KeyId, label("旧密钥标识", "keyid of the old key")]
    key: Annotated[KeyRegistration, label("新密钥", "new key")]
    commit: Commitments = field(default_factory=dict)


class KeyRevoke(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``key.revoke/1``."""

    keyid: Annotated[KeyId, label("密钥标识", "keyid")]
    reason: Annotated[Text, label("原因", "reason")]
    commit: Commitments = field(default_factory=dict)


def new_key_is_good(judged: Judged, out: Findings) -> None:
    """The key proves possession and was never used in this log."""
    log = log_state(judged.facts)
    owner = judged.statement.owner
    judge_keys(out, (judged.statement.body.key,), log.found, owner, "body.key", reserved_keys(log), facts=judged.facts)


def scope_is_narrow(judged: Judged, out: Findings) -> None:
    """What a narrow key may never sign, no body names; a recovery gives the party back a key that can do everything."""
    body: KeyAdd = judged.statement.body
    wide = [name for name in body.kinds or () if name.startswith(UNSCOPED)]
    if wide:
        out.refuse("KEY_SCOPE", "body.kinds", ", ".join(wide), "", "WIDE", kinds="、".join(wide))
    if judged.statement.by != (judged.statement.owner,):
        for field in ("kinds", "until"):
            if getattr(body, field) is not None:
                out.refuse("KEY_SCOPE", f"body.{field}", "", "", "RECOVERY", where=f"body.{field}")
    if body.until is not None:
        judge_until(out, "body.until", body.until, judged.moment.at_s)


def says_who_acted(judged: Judged, out: Findings) -> None:
    """A key changed by another than the party is worth an official's look."""
    if judged.statement.by != (judged.statement.owner,):
        out.alert("H", "KEY_BY_AUTHORITY")


def old_key_signs(judged: Judged, out: Findings) -> None:
    """The key that is replaced is one of the party, and it alone signs."""
    statement = judged.statement
    _known_key(judged, out, statement.body.old, "body.old")
    if statement.keyids != (statement.body.old,):
        out.refuse(
            "KEY_NOT_VALID", "signatures.0.keyid", ", ".join(statement.keyids), statement.body.old, "ROTATION", old=statement.body.old
        )


def key_can_end(judged: Judged, out: Findings) -> None:
    """There is such a key of the party."""
    _known_key(judged, out, judged.statement.body.keyid, "body.keyid")


def _known_key(judged: Judged, out: Findings, keyid: str, field: str) -> None:
    owner = judged.statement.owner
    record: KeyRecord | None = judged.facts.get(f"key:{keyid}")
    if record is None or record.uscc != owner:
        out.refuse("KEY_UNKNOWN", field, keyid[:64], "", "OF_PARTY", party=owner, key=keyid[:16], where=field)
    elif record.revoked is not None:
        own = {"party": owner, "key": keyid[:16], "index": str(record.revoked)}
        out.refuse(
            "KEY_NOT_VALID",
            field,
            Phrase(f"已在第 {record.revoked} 条撤销", f"revoked at {record.revoked}"),
            f"{judged.moment.index}",
            "REVOKED",
            **own,
        )


def _evolve_add(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    body: KeyAdd = statement.body
    until_s = None if body.until is None else parse_at(body.until)
    more = {"kinds": body.kinds or (), "until_s": until_s, "device": body.device or "", "label": body.label or ""}
    registers = {name: replace(key, **more) for name, key in key_registers((body.key,), statement.owner, admission.index).items()}
    return added_keys(_state(statement, facts), registers)


def _evolve_rotate(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    registers = key_registers((statement.body.key,), statement.owner, admission.index)
    changes = added_keys(_state(statement, facts), registers)
    return replace(changes, registers={**registers, **_ended(statement.body.old, admission, facts)})


def _ended(keyid: str, admission: Admission, facts: Facts) -> dict[str, KeyRecord]:
    """Its last valid index is this entry's."""
    return {f"key:{keyid}": replace(facts.get(f"key:{keyid}"), revoked=admission.index)}


def _state(statement: Statement, facts: Facts) -> PartyState:
    """A founder's chain may begin with its keys; its name stands on ``log/main``."""
    return facts.state(statement.chain) or PartyState(name="")


ADD = act_of_party(
    name="key.add/1",
    zh="增加密钥",
    en="addition of a key",
    body=KeyAdd,
    roles=("the party, or as recovery its authority",),
    signers=party_or_guardians,
    reads=reads_new_keys,
    rules=(new_key_is_good, scope_is_narrow, says_who_acted),
    evolve=_evolve_add,
    effect=(
        "该密钥自下一条目起可签署；限定种类的密钥只签所列种类，到期后失效。",
        "The key signs from the next entry on; one with kinds signs these alone, one with an end up to it.",
    ),
    texts=TEXTS,
)
ROTATE = act_of_party(
    name="key.rotate/1",
    zh="更换密钥",
    en="rotation of a key",
    body=KeyRotate,
    roles=("the party, by the old key",),
    reads=lambda statement, facts: Reads(registers=(*reads_new_keys(statement, facts).registers, f"key:{statement.body.old}")),
    rules=(old_key_signs, new_key_is_good),
    evolve=_evolve_rotate,
    effect=("新密钥取代旧密钥。", "The new key takes the place of the old one."),
)
REVOKE = act_of_party(
    name="key.revoke/1",
    zh="撤销密钥",
    en="revocation of a key",
    body=KeyRevoke,
    roles=("the party, or its authority",),
    signers=party_or_guardians,
    reads=lambda statement, facts: Reads(registers=(f"key:{statement.body.keyid}",)),
    rules=(key_can_end, says_who_acted),
    evolve=lambda statement, admission, facts: Changes(
        state=_state(statement, facts), registers=_ended(statement.body.keyid, admission, facts)
    ),
    effect=("该密钥此后签署的声明一律无效，此前的仍然有效。", "What the key signs later is refused; what it signed before stays valid."),
)
