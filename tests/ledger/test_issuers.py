"""Keys of documents and QR claims, in one space of keyids with the keys of parties (kinds §2, formats §5)."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from ledger.admission.entry import Entry
from ledger.auditing.audit import audit
from ledger.kinds.issuer import Issuer, issuer_key
from ledger.tree.note import COSIGNATURE_V1, vkey_of
from signing.keys import PrivateKey, spki_of
from signing.possession import register
from signing.refusal import Refusal
from tests.ledger.mutation import damaged
from tests.workbench import AUTHORITY_50, AUTHORITY_51, OPERATOR, Workbench, key_of, uscc

EVERYONE = (OPERATOR, AUTHORITY_51, AUTHORITY_50)
PARTY = uscc("510112", 40)
SEAL = key_of("seal")


@pytest.fixture
def bench() -> Workbench:
    bench = Workbench()
    bench.register(PARTY)
    return bench


def body_of(bench: Workbench, key: PrivateKey = SEAL, uscc: str = OPERATOR, **changes: Any) -> dict[str, Any]:
    registered = register(key, bench.found, uscc)
    days = {"valid_from": "2026-10-01", "valid_to": "2027-09-30"}
    return {"use": "pdf", "suite": registered.suite, "spki": registered.spki, "pop": registered.pop, **days, **changes}


def post(bench: Workbench, body: dict[str, Any], kind: str = "issuer.key/1", by: str = OPERATOR) -> Entry:
    return bench.post(kind, "log/issuers", (by,), body)


def refused(bench: Workbench, body: dict[str, Any], kind: str = "issuer.key/1", by: str = OPERATOR) -> list[tuple[str, str]]:
    with pytest.raises(Refusal) as caught:
        post(bench, body, kind, by)
    return [(reason.code, reason.field) for reason in caught.value.reasons]


def certificate(key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> bytes:
    """A self-signed certificate."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "文书签章（虚构）")])
    begun = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(7)
    dated = begun.not_valid_before(datetime(2026, 10, 1, tzinfo=UTC)).not_valid_after(datetime(2027, 10, 1, tzinfo=UTC))
    algorithm = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return dated.sign(key, algorithm).public_bytes(Encoding.DER)


CERTIFIED = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32))
CERTIFIED_KEY = PrivateKey.from_seed("ed25519", bytes(32))
CERT = certificate(CERTIFIED)


def test_a_key_is_registered_with_its_certificate_and_retired(bench: Workbench) -> None:
    post(bench, body_of(bench, CERTIFIED_KEY, use="claim", cert=b64encode(CERT).decode()))
    issuer: Issuer = bench.facts.get(issuer_key(CERTIFIED_KEY.keyid))
    assert (issuer.use, issuer.cert, issuer.added, issuer.retired) == ("claim", CERT, 2, None)
    post(bench, body_of(bench))
    retired = {"keyid": CERTIFIED_KEY.keyid, "reason": "私钥外泄（虚构）", "since_at": "2026-10-01T08:00:00+08:00"}
    post(bench, retired, "issuer.retire/1")
    issuer = bench.facts.get(issuer_key(CERTIFIED_KEY.keyid))
    assert (issuer.retired, issuer.since_s) == (4, 1790812800)
    assert refused(bench, retired, "issuer.retire/1") == [("KEY_UNKNOWN", "body.keyid")]
    assert audit(bench.export().get, bench.kinds).findings == []


def test_a_keyid_is_registered_once_for_one_purpose(bench: Workbench) -> None:
    for name in (OPERATOR, PARTY, "log"):
        assert refused(bench, body_of(bench, key_of(name))) == [("KEY_REGISTERED", "body")]
    post(bench, body_of(bench))
    assert refused(bench, body_of(bench)) == [("KEY_REGISTERED", "body")]
    with pytest.raises(Refusal) as caught:
        bench.post("key.add/1", f"party/{PARTY}", (PARTY,), {"key": register(SEAL, bench.found, PARTY)})
    assert caught.value.codes == ["KEY_REGISTERED"]
    policy = {"witness_policy": [f"witness w {vkey_of('witness.example', COSIGNATURE_V1, SEAL)}", "quorum w"]}
    with pytest.raises(Refusal) as caught:
        bench.post("witness.set/1", "log/main", EVERYONE, policy)
    assert caught.value.codes == ["KEY_REGISTERED"]


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        ({"use": "seal"}, [("FIELD_TYPE", "body.use")]),
        ({"suite": "rsa"}, [("SUITE_UNKNOWN", "body.suite")]),
        ({"spki": "AAAA"}, [("KEY_INVALID", "body.spki")]),
        ({"pop": b64encode(bytes(64)).decode()}, [("POSSESSION_WRONG", "body.pop")]),
        ({"valid_to": "2026-09-30"}, [("DATE_ORDER", "body.valid_to")]),
        ({"valid_to": "2026-02-30"}, [("DATE_FORM", "body.valid_to")]),
        ({"cert": "AAAA"}, [("ISSUER_CERT", "body.cert")]),
        ({"cert": "no base64"}, [("ISSUER_CERT", "body.cert")]),
        ({"cert": b64encode(CERT).decode()}, [("ISSUER_CERT", "body.cert")]),
    ],
)
def test_a_malformed_registration_is_refused_with_its_field(
    bench: Workbench, changes: dict[str, Any], reasons: list[tuple[str, str]]
) -> None:
    assert refused(bench, body_of(bench, **changes)) == reasons


def test_possession_is_proved_in_the_operator_s_name_and_he_alone_signs(bench: Workbench) -> None:
    assert refused(bench, body_of(bench, uscc=PARTY)) == [("POSSESSION_WRONG", "body.pop")]
    assert refused(bench, body_of(bench), by=AUTHORITY_51) == [("SIGNER_ROLE", "by.0")]


def test_what_is_not_there_is_not_retired_nor_in_the_future(bench: Workbench) -> None:
    post(bench, body_of(bench))
    retired = {"keyid": "0" * 64, "reason": "x", "since_at": "2026-10-02T08:00:00+08:00"}
    assert refused(bench, retired, "issuer.retire/1") == [("KEY_UNKNOWN", "body.keyid"), ("DATE_ORDER", "body.since_at")]
    assert refused(bench, {**retired, "keyid": PARTY}, "issuer.retire/1") == [("FIELD_TYPE", "body.keyid")]


def test_the_key_of_a_certificate_is_read() -> None:
    for key in (CERTIFIED, ec.generate_private_key(ec.SECP256R1())):
        expected = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        assert spki_of(certificate(key)) == expected


@given(damaged(CERT) | st.binary(max_size=200))
def test_no_bytes_break_the_reader_of_certificates(raw: bytes) -> None:
    spki_of(raw)
