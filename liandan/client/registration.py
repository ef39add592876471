"""Both sides of an application to be registered: what the firm keeps and sends, what the authority's client verifies before it signs."""

from __future__ import annotations

import os
import secrets
from base64 import b32encode
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from ledger.directory import party_chain
from ledger.kinds.party import PartyRegister
from ledger.posted import PostedDisclosure
from ledger.registrations.answers import RegistrationEnvelope, RegistrationToDecide
from ledger.registrations.form import SEQ, RegistrationForm, check_contact, code_digest, read_application, registration_id
from ledger.times import format_at
from ledger.vault.disclosure import Disclosure
from liandan.client.transport import Dishonest
from signing import b64
from signing.commitment import SALT_BYTES, commit
from signing.envelope import PAYLOAD_REGISTRATION, Envelope, freeze, seal
from signing.files import read_whole
from signing.keys import PrivateKey
from signing.phrase import Phrase
from signing.possession import register
from signing.refusal import Refusal, refuse

FILE_MAX = 256 * 1024


CODE_BYTES = 20


class RegistrationRequest(Struct, frozen=True):
    """An application that is made: what is posted, and the code that only the firm has."""

    envelope: Envelope
    disclosures: tuple[Disclosure, ...]
    code: str


def make_application(
    keys: Sequence[PrivateKey], found: str, uscc: str, name: str, contact: Mapping[str, str], at_s: int
) -> RegistrationRequest:
    """An application of a firm; ``contact`` by the names of CONTACT. It is posted as it is, again where an answer was lost."""
    code = b32encode(secrets.token_bytes(CODE_BYTES)).decode()
    salts = {field: secrets.token_bytes(SALT_BYTES) for field in contact}
    body = PartyRegister(name=name, keys=tuple(register(key, found, uscc) for key in keys))
    chain = party_chain(uscc)
    committed = {field: commit(found, chain, SEQ, field, salts[field], value) for field, value in contact.items()}
    form = RegistrationForm(found, uscc, format_at(at_s), code_digest(code), body, committed)
    envelope = seal(PAYLOAD_REGISTRATION, msgspec.json.encode(form), keys)
    return RegistrationRequest(envelope, tuple(Disclosure(field, salts[field], value) for field, value in contact.items()), code)


class KeptRequest(Struct, frozen=True):
    """What is posted."""

    envelope: RegistrationEnvelope
    disclosures: tuple[PostedDisclosure, ...]


class RegistrationFile(Struct, frozen=True, forbid_unknown_fields=True):
    """What a firm keeps of its application: the request, to be sent again, and the code to ask with. It holds the contact: keep it closed."""

    registration: str
    code: str
    request: KeptRequest


def file_of(request: RegistrationRequest) -> RegistrationFile:
    """The file of an application that was just made."""
    envelope = msgspec.json.decode(freeze(request.envelope), type=RegistrationEnvelope)
    disclosures = tuple(PostedDisclosure(one.field, b64.encode(one.salt), one.value) for one in request.disclosures)
    return RegistrationFile(registration_id(request.envelope), request.code, KeptRequest(envelope, disclosures))


def write_file(path: Path, kept: RegistrationFile) -> None:
    """Write it, for its owner alone; FileExistsError where there is something already: its code may be the only one."""
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(msgspec.json.format(msgspec.json.encode(kept), indent=1) + b"\n")


def read_file(path: Path) -> RegistrationFile:
    """The inverse; Refusal REGISTRATION_FIELD for another file."""
    try:
        return msgspec.json.decode(read_whole(path, FILE_MAX), type=RegistrationFile)
    except msgspec.MsgspecError:
        expected = Phrase("liandan registration apply 写出的文件", "a file of liandan registration apply")
        raise refuse("REGISTRATION_FIELD", field=str(path), expected=expected) from None


def verified(shown: RegistrationToDecide, found: str) -> RegistrationForm:
    """What the firm has signed, once everything that the server showed holds against it: hash, signatures, possession, contact, this log.
    Dishonest where it does not; LookupError for one that has come to its end, of which nothing is left to sign."""
    if shown.envelope is None:
        raise LookupError(f"{shown.registration} is {shown.state}")
    try:
        envelope, form = read_application(msgspec.json.encode(shown.envelope))
        check_contact(form, [Disclosure(one.field, b64.decode(one.salt), one.value) for one in shown.contact])
    except Refusal as refusal:
        raise Dishonest(f"{shown.registration}: {refusal}") from refusal
    if registration_id(envelope) != shown.registration or form.found != found:
        raise Dishonest(f"the bytes of {registration_id(envelope)} in the log {form.found} were shown for {shown.registration}")
    return form
