"""``log.found``: the statement that pins everything else (formats §5)."""

from collections.abc import Sequence
from typing import Annotated, Literal

from msgspec import Struct

from ledger.admission.personality import Changes, Judged, Role, Window
from ledger.directory import Authority, DataPin, KeyRecord, LogState
from ledger.fields import Bytes32, Hash, OriginName, Region, Text, Uscc, at_least, items, label, words
from ledger.kinds.closing import Continues, continues_reasons
from ledger.kinds.registration import KEYS_MAX, judge_keys, key_registers, note_keys
from ledger.kinds.roles import AUTHORITIES_MAX, act_of_everyone
from ledger.kinds.witnesses import judge_policy
from ledger.model import Admission, DataMissing, Facts, Findings, Statement
from ledger.tree.note import ED25519, SUBTREE_V1, parse_vkey
from signing.phrase import Phrase
from signing.possession import KeyRegistration
from signing.refusal import Reason, Refusal


class FoundingParty(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """The operator as named at founding."""

    uscc: Annotated[Uscc, label("统一社会信用代码", "USCC")]
    name: Annotated[Text, label("名称", "name")]
    keys: Annotated[tuple[KeyRegistration, ...], items(1, 1, "FIELD_TYPE"), label("密钥", "keys")]


class FoundingAuthority(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """An authority as named at founding or admission."""

    uscc: Annotated[Uscc, label("统一社会信用代码", "USCC")]
    name: Annotated[Text, label("名称", "name")]
    regions: Annotated[
        tuple[Region, ...], at_least(1), label("管辖区域（行政区划代码前 2、4 或 6 位）", "regions: prefixes of division codes")
    ]
    keys: Annotated[
        tuple[KeyRegistration, ...], items(1, KEYS_MAX, "FIELD_TYPE"), label("密钥", "keys; at founding one, ed25519 or ecdsa-p256-sha256")
    ]


class Adopted(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A ruleset or data set: name, version, SHA-256 (hex) of its file."""

    name: Annotated[str, label("名称", "name")]
    version: Annotated[str, label("版本", "version")]
    sha256: Annotated[Hash, label("文件哈希", "SHA-256 of the file")]


class LogFound(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``log.found/1``."""

    origin: Annotated[OriginName, label("账本名称", "origin")]
    nonce: Annotated[Bytes32, label("随机数（32 字节）", "nonce, 32 random bytes")]
    log_keys: Annotated[tuple[str, ...], items(1, 2, "VKEY_FORM"), label("账本签名公钥，终身不变", "vkeys of the log, for life")]
    operator: Annotated[FoundingParty, label("运营单位", "operator")]
    authorities: Annotated[tuple[FoundingAuthority, ...], items(1, AUTHORITIES_MAX, "FIELD_TYPE"), label("主管部门", "authorities")]
    ruleset: Annotated[Adopted, label("规则集", "ruleset")]
    data: Annotated[tuple[Adopted, ...], label("数据", "data sets")]
    witness_policy: Annotated[tuple[str, ...], label("见证策略", "witness policy")]
    clock: Annotated[Literal["real", "simulated"], words({"real": "真实", "simulated": "模拟"}), label("时钟", "clock")]
    continues: Annotated[Continues | None, label("所接续的账本", "the log that this one succeeds")] = None


def founding_keys(statement: Statement) -> dict[str, KeyRecord]:
    """Keys that ``log.found`` registers, by keyid; they also sign it."""
    body = statement.body
    assert isinstance(body, LogFound)
    return {name.removeprefix("key:"): key for party in _parties(body) for name, key in key_registers(party.keys, party.uscc, 0).items()}


def _parties(body: LogFound) -> list[FoundingParty | FoundingAuthority]:
    return [body.operator, *body.authorities]


def _evolve(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    body: LogFound = statement.body
    state = LogState(
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
    return Changes(state=state, registers={f"key:{name}": key for name, key in founding_keys(statement).items()})


def signers(statement: Statement, facts: Facts) -> list[Role]:
    """Operator and authorities as the statement itself names them."""
    body: LogFound = statement.body
    return [Role("operator", (body.operator.uscc,)), *(Role("authority", (a.uscc,)) for a in body.authorities)]


def says_what_it_founds(judged: Judged, out: Findings) -> None:
    """Each data set once, and what it continues is a log of its own."""
    body: LogFound = judged.statement.body
    names = [adopted.name for adopted in body.data]
    if len(set(names)) != len(names):
        out.refuse("FIELD_TYPE", "body.data", ", ".join(names), Phrase("每个名称只一次", "each name once"))
    out.reasons += continues_reasons(body.continues, body.origin)


def judge_file(judged: Judged, out: Findings, field: str, adopted: Adopted) -> None:
    """DATA_FORM (R-75) for a file that its parser refuses, for every later act that asks for it would be refused, waste under way
    included; and for a calendar, catalogue or exemption list of another year than its name, which would judge days that are not its own.

    A file that is not here is named by others: DATA_MISSING at the door, DATA_DIFFERS by an audit.
    """
    try:
        found = judged.facts.pinned_data(adopted.name, adopted.sha256)
    except DataMissing:
        return
    except Refusal as refusal:
        out.reasons += [Reason(one.code, f"{field}.sha256", f"{one.field}: {one.found}"[:120], one.expected) for one in refusal.reasons]
        return
    year = getattr(found, "year", None) or getattr(found, "edition", None)
    if year is not None and not adopted.name.endswith(f"-{year}"):
        out.refuse("DATA_FORM", f"{field}.name", adopted.name, f"…-{year}")


def files_can_be_read(judged: Judged, out: Findings) -> None:
    """DATA_FORM for each data set that the log begins with."""
    for position, adopted in enumerate(judged.statement.body.data):
        judge_file(judged, out, f"body.data.{position}", adopted)


def founders_are_apart(judged: Judged, out: Findings) -> None:
    """Operator and authorities are different parties; the log's keys are its own, Ed25519 first; no witness bears one of them."""
    body: LogFound = judged.statement.body
    parties = [party.uscc for party in _parties(body)]
    if len(set(parties)) != len(parties):
        out.refuse(
            "CHAIN_OWNER",
            "body.authorities",
            ", ".join(parties),
            Phrase("每个单位只一次，且不含运营单位", "each party once, the operator is none of them"),
        )
    if not _are_log_keys(body.log_keys, body.origin):
        expected = f"{body.origin}: one Ed25519 key, then at most one ML-DSA-44 key"
        out.refuse("VKEY_FORM", "body.log_keys", ", ".join(body.log_keys), expected)
    judge_policy(out, body.witness_policy, body.log_keys)


def founders_have_keys(judged: Judged, out: Findings) -> None:
    """One key each, possessed, given once."""
    statement = judged.statement
    body: LogFound = statement.body
    note_vkeys = note_keys(body.log_keys, body.witness_policy)
    for position, party in enumerate(_parties(body)):
        where = "body.operator" if position == 0 else f"body.authorities.{position - 1}"
        if len(party.keys) != 1:
            out.refuse(
                "FIELD_TYPE",
                f"{where}.keys",
                len(party.keys),
                Phrase("此处一个密钥，其余用 key.add 登记", "one key here, others follow by key.add"),
            )
        judge_keys(out, party.keys, body.origin, party.uscc, f"{where}.keys", note_vkeys, suites=("ed25519", "ecdsa-p256-sha256"))
    if not out.reasons and len(founding_keys(statement)) != sum(len(party.keys) for party in _parties(body)):
        out.refuse("KEY_REGISTERED", "body", Phrase("同一密钥出现两次", "a key given twice"), Phrase("每个密钥只一次", "each key once"))


def _are_log_keys(log_keys: Sequence[str], origin: str) -> bool:
    try:
        vkeys = [parse_vkey(vkey) for vkey in log_keys]
    except Refusal:
        return False
    return [vkey.type for vkey in vkeys] in ([ED25519], [ED25519, SUBTREE_V1]) and {vkey.name for vkey in vkeys} == {origin}


FOUND = act_of_everyone(
    name="log.found/1",
    zh="成立账本",
    en="founding of the log",
    body=LogFound,
    signers=signers,
    window=Window.NONE,
    reads_doc="Nothing: it is entry 0.",
    rules=(says_what_it_founds, files_can_be_read, founders_are_apart, founders_have_keys),
    evolve=_evolve,
    effect=("账本成立，其余一切以此为根。", "The log exists; everything else is rooted in this statement."),
    opens=True,
)
