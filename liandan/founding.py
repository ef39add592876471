"""Assembling ``log.found`` offline: who operates, which authorities, which data, from a plan and registrations (formats §5)."""

import secrets
import time
from collections.abc import Mapping
from hashlib import sha256
from itertools import takewhile
from typing import Annotated, Literal

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.form import body_reasons
from ledger.admission.personality import CURRENT, RULESETS
from ledger.admission.statement import Draft
from ledger.chain import founding_prev
from ledger.directory import LOG_MAIN
from ledger.fields import Region, Text, Uscc, at_least, label, words
from ledger.kinds.closing import continues_from
from ledger.kinds.founding import Adopted, FoundingAuthority, FoundingParty, LogFound
from ledger.times import format_at
from liandan.keyring import ServerKeys
from signing import b64
from signing.envelope import Envelope
from signing.keys import PrivateKey
from signing.payload import Flawed, parse
from signing.phrase import Phrase
from signing.possession import KeyRegistration, register
from signing.refusal import Reason, Refusal, refuse
from signing.uscc import misspelt
from whitelist.adopted import data_files

PLAN_MAX = 1024 * 1024  # Bytes of a plan.


class PlannedOperator(Struct, frozen=True, forbid_unknown_fields=True):
    """The operator; its key is in the key file."""

    uscc: Annotated[Uscc, label("统一社会信用代码", "USCC")]
    name: Annotated[Text, label("名称", "name")]


class PlannedAuthority(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An authority; ``key`` is its registration, made by its own ``liandan key registration``. Absent when its key file is at hand."""

    uscc: Annotated[Uscc, label("统一社会信用代码", "USCC")]
    name: Annotated[Text, label("名称", "name")]
    regions: Annotated[tuple[Region, ...], at_least(1), label("管辖区域", "regions")]
    key: Annotated[KeyRegistration | None, label("登记材料", "registration of its key")] = None


class PlannedPredecessor(Struct, frozen=True, forbid_unknown_fields=True):
    """The closed log that this one succeeds: its last checkpoint as it stands in the file, and its keys to verify it with."""

    checkpoint: str
    log_keys: tuple[str, ...]


class Plan(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is agreed before a log is founded."""

    operator: Annotated[PlannedOperator, label("运营单位", "operator")]
    authorities: Annotated[tuple[PlannedAuthority, ...], label("主管部门", "authorities")]
    clock: Annotated[Literal["real", "simulated"], words({"real": "真实", "simulated": "模拟"}), label("时钟", "clock")] = "real"
    witness_policy: Annotated[tuple[str, ...], label("见证策略", "witness policy")] = ()
    """Lines of a tlog-policy. It has to be said, ``quorum none`` too: a log that nobody witnesses can show everybody another history."""
    continues: PlannedPredecessor | None = None


def plan_reasons(raw: bytes) -> list[Reason]:
    """Everything that is wrong with the form of a plan that could not be read."""
    try:
        value = parse(raw, limit=PLAN_MAX)
    except Flawed as flawed:
        return list(flawed.beside(_reasons(flawed.value)).reasons)
    except Refusal as refusal:
        return list(refusal.reasons)
    return _reasons(value)


def _reasons(value: object) -> list[Reason]:
    return [replace(reason, field=reason.field.removeprefix("body").lstrip(".")) for reason in body_reasons(value, Plan)]


def founding_draft(
    plan: Plan, keyring: ServerKeys, keys: Mapping[str, PrivateKey], *, nonce: bytes | None = None, at_s: int | None = None
) -> Draft:
    """The statement to sign, with the data sets and ruleset of this program. ``keys`` are those at hand by USCC of authorities. ``nonce``
    (32 bytes) is drawn and ``at_s`` (Unix seconds) is now, unless a story gives them.
    """
    _check_codes(plan, keys)
    if not plan.witness_policy:
        lines = '["witness sichuan <vkey>", "witness chongqing <vkey>", "group both all sichuan chongqing", "quorum both"]'
        none = Phrase(f'{lines}；确实没有见证的，写明 ["quorum none"]', f'{lines}; without witnesses say so: ["quorum none"]')
        raise refuse("MISSING", field="witness_policy", expected=none)
    ruleset = RULESETS[CURRENT]
    operator = plan.operator
    registered = register(keyring.operator, keyring.origin, operator.uscc)
    body = LogFound(
        origin=keyring.origin, nonce=b64.encode(nonce or secrets.token_bytes(32)), log_keys=keyring.vkeys,
        operator=FoundingParty(operator.uscc, operator.name, (registered,)),
        authorities=tuple(_authority(one, keyring.origin, keys) for one in plan.authorities),
        ruleset=Adopted(ruleset.name, ruleset.version, ruleset.sha256),
        data=tuple(Adopted(file.name, file.version, sha256(file.path.read_bytes()).hexdigest()) for file in data_files()),
        witness_policy=plan.witness_policy, clock=plan.clock,
        continues=None if plan.continues is None else continues_from(plan.continues.checkpoint.encode(), plan.continues.log_keys),
    )  # fmt: skip
    by = (plan.operator.uscc, *(one.uscc for one in plan.authorities))
    at = format_at(int(time.time()) if at_s is None else at_s)
    return Draft(kind="log.found/1", chain=LOG_MAIN, seq=0, prev=founding_prev(keyring.origin), by=by, at=at, body=body)


def _check_codes(plan: Plan, keys: Mapping[str, PrivateKey]) -> None:
    """Refusal USCC for a code that is none, all of them at once, before anything is signed; NOT_FOUND for a key of nobody in the plan."""
    named = {"operator.uscc": plan.operator.uscc, **{f"authorities.{at}.uscc": one.uscc for at, one in enumerate(plan.authorities)}}
    if wrong := [Reason("USCC", field, uscc[:120], misspelt(uscc)) for field, uscc in named.items() if misspelt(uscc)]:
        raise Refusal(wrong)
    if strange := sorted(keys.keys() - {one.uscc for one in plan.authorities}):
        raise refuse("NOT_FOUND", field="--key", found=", ".join(strange), expected=", ".join(one.uscc for one in plan.authorities))


def _authority(one: PlannedAuthority, origin: str, keys: Mapping[str, PrivateKey]) -> FoundingAuthority:
    registration = one.key or (register(keys[one.uscc], origin, one.uscc) if one.uscc in keys else None)
    if registration is None:
        raise refuse(
            "FIELD_MISSING",
            field=f"authorities.{one.uscc}.key",
            expected=Phrase("先运行 liandan key registration，或用 --key 代码=文件", "liandan key registration, or --key USCC=FILE"),
        )
    return FoundingAuthority(one.uscc, one.name, one.regions, (registration,))


def sign_founding(draft: Draft, plan: Plan, keyring: ServerKeys, keys: Mapping[str, PrivateKey]) -> tuple[Envelope, tuple[str, ...]]:
    """Signed by the operator and then by authorities as far as their keys are at hand, in order; and who has yet to sign."""
    authorities = [one.uscc for one in plan.authorities]
    signing = [keys[uscc] for uscc in takewhile(keys.__contains__, authorities)]
    return draft.sign([keyring.operator, *signing]), tuple(authorities[len(signing) :])
