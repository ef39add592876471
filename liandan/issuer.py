"""What the operator prepares for the keys that papers and their codes are signed with: registration, X.509 certificate, and the act.

A certificate is for readers of PDF alone. That a key is the log's is told by the log (``issuer.key/1``), never by a certificate.
"""

from datetime import date
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from msgspec import Struct
from msgspec.structs import asdict, replace

from ledger import store
from ledger.admission.entry import read_entry
from ledger.kinds.issuer import LOG_ISSUERS, IssuerKey, IssuerRetire
from liandan.installation import open_offline
from liandan.keyring import ISSUER_SUITE, ServerKeys, add_issuer, own_signers
from liandan.settings import Settings
from liandan.wiring import KINDS
from signing import b64
from signing.certificate import certify
from signing.keys import PrivateKey, keyid, spki_of
from signing.phrase import Phrase
from signing.possession import KeyRegistration, check_registration, register
from signing.refusal import Refusal, refuse
from signing.uscc import check_uscc

NAME_MAX = 64
"""Bytes of a common name: RFC 5280 §A.1 says characters, the library that makes certificates counts UTF-8."""


class IssuerRegistration(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What ``liandan key issuer`` writes and ``liandan log issuer add`` takes: ``pop`` is for the operator of this one log."""

    use: str
    suite: str
    spki: str
    pop: str


class ToldIssuer(Struct, frozen=True, kw_only=True):
    """A key as the log tells it (``log issuer list``)."""

    keyid: str
    use: str
    valid_from: str
    valid_to: str
    added: int
    """Index of its registration."""
    retired: int | None = None
    """Index of its retirement."""
    is_at_hand: bool = False
    """Whether this machine's key file holds it."""


async def read_issuers(settings: Settings) -> list[ToldIssuer]:
    """Every key for papers and codes that this installation's log tells, in the order of registration; retired ones included."""
    at_hand = own_signers(settings)
    async with open_offline(settings) as (connection, _, _):
        links = await store.list_links(connection, LOG_ISSUERS)
        rows = await store.fetch_entries_at(connection, [link.idx for link in links])
    told: dict[str, ToldIssuer] = {}
    for entry in (read_entry(row.entry, KINDS) for row in rows):
        body = entry.statement.body
        if isinstance(body, IssuerKey):
            name = keyid(b64.decode(body.spki))
            told[name] = ToldIssuer(
                keyid=name, use=body.use, valid_from=body.valid_from, valid_to=body.valid_to, added=entry.index, is_at_hand=name in at_hand
            )
        elif isinstance(body, IssuerRetire):
            told[body.keyid] = replace(told[body.keyid], retired=entry.index)
    return list(told.values())


def make_issuer(settings: Settings, use: str, found: str, operator: str, out: Path | None = None) -> tuple[PrivateKey, Path]:
    """A new key in the key file, and the file with its registration for the log ``found`` in the operator's name (USCC).

    Refusal USCC, those of the key file; OSError where the registration cannot be written or is there already. Then no key was added.
    """
    if not check_uscc(operator):
        raise refuse("USCC", field="--uscc", found=operator, expected=Phrase("18, 末位为校验码", "the last one a check character"))
    key = PrivateKey.generate(ISSUER_SUITE)
    made = register(key, found, operator)
    path = out or Path(f"issuer-{use}-{key.keyid[:8]}.json")
    # Before the key: one whose registration was lost could never be told to the log.
    with path.open("xb") as file:
        file.write(msgspec.json.encode(IssuerRegistration(use=use, suite=made.suite, spki=made.spki, pop=made.pop)) + b"\n")
    try:
        add_issuer(settings, use, key)
    except (Refusal, OSError):
        path.unlink()
        raise
    return key, path


def choose(keys: ServerKeys, beginning: str) -> PrivateKey:
    """The key for papers whose keyid begins so; the newest where nothing is said. Refusal KEYRING when there is none such, or several."""
    found = [key for use, key in keys.issuers if key.keyid.startswith(beginning) and (use == "pdf" or beginning)]
    if not found or (beginning and len(found) > 1):
        named = ", ".join(f"{use} {key.keyid[:16]}" for use, key in keys.issuers)
        raise refuse(
            "KEYRING",
            field="keyid",
            found=named or Phrase("没有文书密钥", "no key for papers"),
            expected=beginning or "liandan key issuer --use pdf",
        )
    return found[-1]


def certificate(
    key: PrivateKey, name: str, first: date, last: date, authority: PrivateKey | None = None, authority_name: str = ""
) -> bytes:
    """DER of its certificate: by an authority's key, else its own (测试 CA). Refusal ISSUER_UNFIT for days or names that make no sense."""
    if last < first:
        raise refuse("ISSUER_UNFIT", field="--to", found=last, expected=f"≥ {first}")
    _check_name("--name", name)
    _check_name("--ca-name", authority_name or name)
    if authority is not None and authority.suite != ISSUER_SUITE:
        raise refuse("ISSUER_UNFIT", field="--ca", found=authority.suite, expected=ISSUER_SUITE)
    return certify(key.spki, name, first, last, authority or key, "" if authority is None else authority_name)


def signing_request(key: PrivateKey, name: str) -> bytes:
    """PEM of a request (RFC 2986) that an outside authority answers with a certificate."""
    _check_name("--name", name)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    request = x509.CertificateSigningRequestBuilder(subject_name=subject)
    return request.sign(key.private, SHA256(), ecdsa_deterministic=True).public_bytes(Encoding.PEM)


def _check_name(field: str, text: str) -> None:
    if not 0 < len(text.encode()) <= NAME_MAX:
        expected = f"1 to {NAME_MAX} bytes, {NAME_MAX // 3} 个汉字以内"
        raise refuse(
            "ISSUER_UNFIT", field=field, found=Phrase(f"{len(text.encode())} 字节", f"{len(text.encode())} bytes"), expected=expected
        )


def body_of(
    registration: IssuerRegistration, given: bytes | None, days: tuple[date | None, date | None], *, found: str, operator: str, today: date
) -> IssuerKey:
    """The body of ``issuer.key/1``. ``given`` is a certificate (DER or PEM), whose days count where none are said.

    Refusal ISSUER_UNFIT: suite, no certificate or one of another key, days that are over or that the certificate does not cover;
    POSSESSION_WRONG for a registration for another log or operator.
    """
    if registration.use not in ("pdf", "claim") or registration.suite != ISSUER_SUITE:
        raise refuse("ISSUER_UNFIT", field="suite", found=f"{registration.use}, {registration.suite}", expected=ISSUER_SUITE)
    spki = check_registration(_possession(registration), found, operator, field="registration")
    held = None if given is None else _load(given)
    if held is None and registration.use == "pdf":
        raise refuse("ISSUER_UNFIT", field="--cert", found="-", expected="liandan key cert")
    der = None if held is None else held.public_bytes(Encoding.DER)
    if der is not None and spki_of(der) != spki:
        raise refuse("ISSUER_UNFIT", field="--cert", found=keyid(spki_of(der) or b""), expected=keyid(spki))
    covered = (date.min, date.max) if held is None else (held.not_valid_before_utc.date(), held.not_valid_after_utc.date())
    first = days[0] or max(covered[0], today)
    last = days[1] or (covered[1] if held is not None else None)
    if last is None:
        raise refuse("ISSUER_UNFIT", field="--to", found="-", expected="YYYY-MM-DD")
    if last < today or last < first or first < covered[0] or last > covered[1]:
        expected = f"{max(covered[0], today)} – {covered[1]}"
        raise refuse("ISSUER_UNFIT", field="--from, --to", found=f"{first} – {last}", expected=expected)
    cert = None if der is None else b64.encode(der)
    return IssuerKey(**asdict(registration), cert=cert, valid_from=str(first), valid_to=str(last))


def _possession(registration: IssuerRegistration) -> KeyRegistration:
    return KeyRegistration(registration.suite, registration.spki, registration.pop)


def _load(raw: bytes) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(raw) if raw.lstrip().startswith(b"-----") else x509.load_der_x509_certificate(raw)
    except ValueError as error:
        raise refuse(
            "ISSUER_UNFIT", field="--cert", found=str(error)[:80], expected=Phrase("X.509 证书，DER 或 PEM", "X.509, DER or PEM")
        ) from None
