"""Bodies as they are posted (formats §1, §7, §8), for ``/schema`` and for clients: a client of Python needs no web framework to read them."""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from ledger.vault.disclosure import DISCLOSURES_MAX
from signing.envelope import PAYLOAD_LOGIN, PAYLOAD_STATEMENT, SIGNATURE_LIMIT

Base64 = Annotated[str, Meta(pattern="^[A-Za-z0-9+/]*={0,2}$", extra_json_schema={"contentEncoding": "base64"})]


class PostedSignature(Struct, frozen=True):
    """A signature over the PAE of the payload: who made it (SHA-256 of the public key, hex) and its bytes."""

    keyid: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    sig: Base64


Signatures = Annotated[tuple[PostedSignature, ...], Meta(min_length=1, max_length=SIGNATURE_LIMIT)]


class StatementEnvelope(Struct, frozen=True, forbid_unknown_fields=True):
    """A signed statement: a DSSE envelope (formats §1). ``payload`` is the exact bytes that were signed, base64."""

    payload_type: Literal["application/vnd.liandan.statement.v1+json"] = field(name="payloadType")
    payload: Base64
    signatures: Signatures


class LoginEnvelope(Struct, frozen=True, forbid_unknown_fields=True):
    """A signed login challenge (formats §8): a DSSE envelope of a payload type of its own, so that it can never be a statement."""

    payload_type: Literal["application/vnd.liandan.login.v1+json"] = field(name="payloadType")
    payload: Base64
    signatures: Annotated[tuple[PostedSignature, ...], Meta(min_length=1, max_length=1)]


assert (PAYLOAD_STATEMENT, PAYLOAD_LOGIN) == (
    "application/vnd.liandan.statement.v1+json",
    "application/vnd.liandan.login.v1+json",
), "a type cannot be made from a constant"


class PostedDisclosure(Struct, frozen=True, forbid_unknown_fields=True):
    """What opens one commitment of the statement: the personal data itself, and the salt (32 bytes, base64)."""

    field: str
    salt: Base64
    value: str


class DisclosedStatement(Struct, frozen=True, forbid_unknown_fields=True):
    """A signed statement, and beside it the personal data behind its commitments (formats §7)."""

    envelope: StatementEnvelope
    disclosures: Annotated[tuple[PostedDisclosure, ...], Meta(max_length=DISCLOSURES_MAX)] = ()
