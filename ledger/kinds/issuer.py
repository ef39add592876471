"""Keys that documents and QR claims are signed with: ``issuer.key/1`` and ``issuer.retire/1`` on ``log/issuers`` (formats §5).

They share the space of keyids with the keys of parties, so that no signature can ever be taken for one of another purpose.
"""

from typing import Annotated, Literal

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.personality import Changes, Judged, Reads
from ledger.dates import judge_after, judge_not_to_come
from ledger.directory import log_state
from ledger.fields import At, Day, Hash, Text, form, label, words
from ledger.kinds.registration import judge_keys, new_keyids, reserved_keys
from ledger.kinds.roles import act_of_operator, one_more
from ledger.model import Admission, Facts, Findings, Statement
from ledger.times import format_at, parse_at
from signing import b64
from signing.keys import keyid, spki_of
from signing.phrase import Phrase
from signing.possession import BASE64, SUITE, KeyRegistration
from signing.refusal import Refusal, texts

LOG_ISSUERS = "log/issuers"
USES = {"pdf": "文书签章", "claim": "二维码"}
TEXTS = texts("""
ISSUER_CERT | - | operator | kinds §2 [DESIGN]
证书不是该公钥的证书。 || 提供该密钥的 X.509 证书（DER，base64），或省略。
The certificate is not one of this key. || Give the X.509 certificate of the key (DER, base64), or leave it out.
""")


_CERT = form(b64.PATTERN, "ISSUER_CERT", "DER, canonical base64")


class IssuerKey(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``issuer.key/1``; possession is proved as for a key of the operator."""

    use: Annotated[Literal["pdf", "claim"], words(USES), label("用途", "what it signs")]
    suite: Annotated[str, SUITE, label("签名算法", "suite")]
    spki: Annotated[str, BASE64, label("公钥", "DER SubjectPublicKeyInfo, base64")]
    pop: Annotated[str, BASE64, label("持有证明", "proof of possession, base64")]
    cert: Annotated[str, _CERT, label("证书", "X.509 certificate, DER, base64")] | None = None
    valid_from: Annotated[Day, label("启用日期", "first day")]
    valid_to: Annotated[Day, label("停用日期", "last day")]


class IssuerRetire(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``issuer.retire/1``."""

    keyid: Annotated[Hash, label("密钥标识", "keyid")]
    reason: Annotated[Text, label("原因", "reason")]
    since_at: Annotated[At, label("失效时间", "since when it is not trusted")] | None = None


class Issuer(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """Register ``issuer:<keyid>``: what the key signs from index ``added`` on; after ``retired``, or ``since_s``, it counts as unsigned."""

    use: str
    suite: str
    spki: bytes
    cert: bytes = b""
    valid_from: str
    valid_to: str
    added: int
    retired: int | None = None
    since_s: int | None = None  # Unix seconds; ``None``: since the entry that retired it.


def issuer_key(identity: str) -> str:
    """Name of the register of one key, by keyid."""
    return f"issuer:{identity}"


def _registration(body: IssuerKey) -> KeyRegistration:
    return KeyRegistration(body.suite, body.spki, body.pop)


def key_is_new_and_possessed(judged: Judged, out: Findings) -> None:
    """As for the keys of parties, in the operator's name."""
    log = log_state(judged.facts)
    found = Findings()
    judge_keys(found, (_registration(judged.statement.body),), log.found, log.operator, "body", reserved_keys(log), facts=judged.facts)
    for reason in found.reasons:  # one key here, not a list
        out.refuse(reason.code, reason.field.replace("body.0", "body"), reason.found, reason.expected)


def certificate_is_of_the_key(judged: Judged, out: Findings) -> None:
    """The certificate certifies this very key; its days are in order."""
    body: IssuerKey = judged.statement.body
    judge_after(out, "body.valid_to", ("有效期止", "the last day of the key"), body.valid_to, body.valid_from)
    if body.cert is None:
        return
    try:
        certified = spki_of(b64.decode(body.cert, field="body.cert"))
    except Refusal:
        certified = None
    if certified is None or b64.encode(certified) != body.spki:
        out.refuse(
            "ISSUER_CERT",
            "body.cert",
            Phrase("不是证书", "no certificate") if certified is None else b64.encode(certified)[:80],
            Phrase("与 spki 相同的密钥", "the key of spki"),
        )


def key_is_in_use(judged: Judged, out: Findings) -> None:
    """There is such a key, it was not retired before, and nothing is said about the future."""
    body: IssuerRetire = judged.statement.body
    known: Issuer | None = judged.facts.get(issuer_key(body.keyid))
    if known is None or known.retired is not None:
        found = body.keyid if known is None else f"retired at {known.retired}"
        out.refuse("KEY_UNKNOWN", "body.keyid", found, "", "ISSUER", key=body.keyid[:16], where="body.keyid")
    if body.since_at is not None:
        now, what = format_at(judged.moment.at_s), ("停用时间", "since when it is retired")
        judge_not_to_come(out, "body.since_at", what, format_at(parse_at(body.since_at)), now)


def _evolve_key(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    body: IssuerKey = statement.body
    spki = b64.decode(body.spki)
    cert, first, last = b"" if body.cert is None else b64.decode(body.cert), body.valid_from, body.valid_to
    issuer = Issuer(use=body.use, suite=body.suite, spki=spki, cert=cert, valid_from=first, valid_to=last, added=admission.index)
    return Changes(state=one_more(statement, facts), registers={issuer_key(keyid(spki)): issuer})


def _evolve_retire(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    body: IssuerRetire = statement.body
    name = issuer_key(body.keyid)
    since_s = None if body.since_at is None else parse_at(body.since_at)
    return Changes(state=facts.state(statement.chain), registers={name: replace(facts.get(name), retired=admission.index, since_s=since_s)})


KEY = act_of_operator(
    name="issuer.key/1",
    zh="登记文书签章密钥",
    en="registration of an issuer's key",
    body=IssuerKey,
    chain=LOG_ISSUERS,
    reads=lambda statement, facts: Reads(registers=new_keyids((_registration(statement.body),))),
    reads_doc="Nothing beside log/main: keyids are compared with the registers of all keys.",
    rules=(key_is_new_and_possessed, certificate_is_of_the_key),
    evolve=_evolve_key,
    effect=("文书和二维码凭此处登记的密钥核验。", "Documents and QR claims verify by the keys registered here."),
    texts=TEXTS,
)
RETIRE = act_of_operator(
    name="issuer.retire/1",
    zh="停用文书签章密钥",
    en="retirement of an issuer's key",
    body=IssuerRetire,
    chain=LOG_ISSUERS,
    reads=lambda statement, facts: Reads(registers=(issuer_key(statement.body.keyid),)),
    rules=(key_is_in_use,),
    evolve=_evolve_retire,
    effect=(
        "该密钥此后（或自所列时间起）的签章视为未签。",
        "What it signed after this entry, or since the time named, counts as unsigned.",
    ),
    opens=False,
    again=False,
)
