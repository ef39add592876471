"""What a firm signs to ask for its registration: reading it and judging it. Pure; the authority's client reads with the same code.

The payload has a type of its own and can never be a statement. It is signed by every key in it, so nobody asks with another's key, changes the
name or the contact of another's application, or asks in one log with what was made for another. Who stands behind it no signature tells: that is
what the fingerprints are for, which both sides see and compare by a telephone number that the authority has from elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Annotated, Any

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.content import check_content, withheld
from ledger.admission.form import read_body, request_reasons
from ledger.directory import party_chain
from ledger.fields import At, Commitments, Hash, Uscc, label
from ledger.kinds.party import PartyRegister
from ledger.lookalikes import tidied
from ledger.times import parse_at
from ledger.vault.disclosure import Disclosure, check
from signing import b64
from signing.envelope import PAYLOAD_REGISTRATION, Envelope, parse_envelope
from signing.keys import keyid
from signing.payload import Flawed, parse
from signing.phrase import Phrase
from signing.possession import check_registration
from signing.refusal import Reason, Refusal, refuse
from signing.suite import verify

KEYS_MAX = 4
"""Keys of one application: the payload with them is a statement's body at most (24 KiB)."""
SEQ = 0
"""Number of the statement that contacts are committed for: the first of the party's chain."""
CONTACT = {"contact.name": ("联系人", "contact"), "contact.phone": ("联系电话", "telephone"), "contact.email": ("电子邮箱", "e-mail")}
NEEDED = ("contact.name", "contact.phone")
GROUPS, GROUP = 5, 4
"""Of a fingerprint: 80 bits, which no search finds twice, short enough to be read out."""


class RegistrationForm(Struct, frozen=True, forbid_unknown_fields=True):
    """What a firm signs."""

    found: Annotated[Hash, label("账本创始声明哈希", "hash of log.found")]
    uscc: Annotated[Uscc, label("统一社会信用代码", "USCC of the firm")]
    at: Annotated[At, label("时间", "moment of the signing")]
    code_sha256: Annotated[Hash, label("查询码哈希", "SHA-256 of the code that the firm asks with")]
    body: Annotated[PartyRegister, label("登记内容", "body of party.register as it is asked for")]
    commit: Commitments

    @property
    def keyids(self) -> tuple[str, ...]:
        """Of the keys asked for, in their order."""
        return tuple(keyid(b64.decode(key.spki)) for key in self.body.keys)

    @property
    def at_s(self) -> int:
        """Unix seconds."""
        return parse_at(self.at)


def registration_id(envelope: Envelope) -> str:
    """SHA-256 of what is signed, hex: the name of an application."""
    return sha256(envelope.message).hexdigest()


def fingerprint(keyid: str) -> str:
    """The beginning of a keyid in groups, as it is read out: ``3f2a 91c0 77de 04b1 c6a9``."""
    return " ".join(keyid[at : at + GROUP] for at in range(0, GROUPS * GROUP, GROUP))


def code_digest(code: str) -> str:
    """What an application says of its code; blanks, dashes and small letters make no difference."""
    return sha256("".join(code.split()).replace("-", "").upper().encode()).hexdigest()


def read_application(raw: bytes) -> tuple[Envelope, RegistrationForm]:
    """An application whose form, texts and signatures hold; Refusal with everything that is wrong, personal data never among it. Which log, which
    time and whether its keys are free is for whoever takes it."""
    envelope = parse_envelope(raw, payload_type=PAYLOAD_REGISTRATION)
    form = _read_form(envelope.body)
    reasons = [*check_content(form.body), *name_reasons(form.body.name, "body.name"), *_contact_reasons(form)]
    if reasons:
        raise Refusal(withheld(reasons))
    _check_keys(envelope, form)
    return envelope, form


def _read_form(body: bytes) -> RegistrationForm:
    try:
        fields: Any = parse(body)
    except Flawed as flawed:
        raise flawed.beside(request_reasons(flawed.value, RegistrationForm, "REGISTRATION_FIELD")) from None
    try:
        found: RegistrationForm = read_body(fields, RegistrationForm)
    except Refusal as refusal:
        raise Refusal(withheld(map(_own, refusal.reasons))) from None
    return found


def _own(reason: Reason) -> Reason:
    """A reason as it is told here: by its path in the payload; values with codes of their own (USCC, at, base64) keep them."""
    code = "REGISTRATION_FIELD" if reason.code.startswith("FIELD_") else reason.code
    return replace(reason, code=code, field=reason.field.removeprefix("body").lstrip("."))


def name_reasons(name: str, field: str) -> list[Reason]:
    """REGISTRATION_NAME for a name that no register of firms writes so: blanks at its ends or two in a row, characters that look like others.
    Full-width brackets and dashes stand in names of firms."""
    right = tidied(name)
    if right == name:
        return []
    expected = Phrase(
        "与营业执照完全一致、不含多余空白和形近字符的名称", "the name as on the business licence, without blanks and look-alikes"
    )
    return [Reason("REGISTRATION_NAME", field, name[:120], right[:120] or expected, near=right[:200])]


def _contact_reasons(form: RegistrationForm) -> list[Reason]:
    """The contact is committed to, and nothing else is."""
    unknown = sorted(form.commit.keys() - CONTACT.keys())
    expected = ", ".join(CONTACT)
    reasons = [Reason("REGISTRATION_CONTACT", f"commit.{name}"[:120], expected=expected) for name in unknown]
    return reasons + [Reason("REGISTRATION_CONTACT", f"commit.{name}", expected=name) for name in NEEDED if name not in form.commit]


def _check_keys(envelope: Envelope, form: RegistrationForm) -> None:
    """Every key is possessed for this party in this log, and has signed; Refusal with the field of the first that is not."""
    if len(form.body.keys) > KEYS_MAX:
        most = Phrase(f"至多 {KEYS_MAX} 把", f"at most {KEYS_MAX}")
        raise refuse("REGISTRATION_FIELD", field="body.keys", found=len(form.body.keys), expected=most)
    spkis = [check_registration(key, form.found, form.uscc, field=f"body.keys.{n}") for n, key in enumerate(form.body.keys)]
    wanted, given = [keyid(spki) for spki in spkis], [signature.keyid for signature in envelope.signatures]
    if wanted != given:
        expected = Phrase("body.keys 中的每一把密钥各签一次，次序相同", "each key of body.keys once, in its order")
        raise refuse("REGISTRATION_SIGNED", field="signatures", found=", ".join(one[:8] for one in given), expected=expected)
    for number, (key, spki, signature) in enumerate(zip(form.body.keys, spkis, envelope.signatures, strict=True)):
        try:
            verify(key.suite, spki, envelope.message, signature.sig)
        except Refusal as refusal:
            raise Refusal(Reason(r.code, f"signatures.{number}.sig", r.found, r.expected) for r in refusal.reasons) from None


def check_contact(form: RegistrationForm, disclosures: Sequence[Disclosure]) -> None:
    """The contact that came is the one committed to, all of it; Refusal DISCLOSURE_…, REGISTRATION_CONTACT."""
    if reasons := check(disclosures, form.commit, form.found, party_chain(form.uscc), SEQ):
        raise Refusal(reasons)
    missing = form.commit.keys() - {one.field for one in disclosures}
    blank = [one.field for one in disclosures if not one.value.strip()]
    if wrong := sorted({*missing, *blank}):
        raise Refusal(Reason("REGISTRATION_CONTACT", f"disclosures.{name}", expected=name) for name in wrong)
