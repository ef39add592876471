"""Making X.509 certificates (RFC 5280) for keys that sign documents (文书签章), and test authorities.

The log tells which key signs (``issuer.key``); the certificate tells a reader of PDF what to call it. Whether it is valid, and who vouches
for it, is judged by whoever relies on it.
"""

from datetime import UTC, date, datetime, time

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key
from cryptography.x509.oid import NameOID

from signing.keys import PrivateKey, keyid


def certify(spki: bytes, name: str, first: date, last: date, authority: PrivateKey, authority_name: str = "") -> bytes:
    """DER of a certificate for a P-256 key, good from the first day to the end of the last (UTC); the same arguments give the same bytes.

    ``authority`` is an ECDSA P-256 key; with no ``authority_name`` it certifies itself, as an authority of its own (测试 CA).
    """
    subject, issuer = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)]) for text in (name, authority_name or name))
    is_own = not authority_name
    serial = int(keyid(spki + authority.spki + f"{first}{last}".encode())[:32], 16) | 1
    usage = dict.fromkeys(("key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"), False)
    builder = (
        x509.CertificateBuilder(subject_name=subject, issuer_name=issuer, serial_number=serial)
        .public_key(load_der_public_key(spki))  # type: ignore[arg-type]  # the caller's is one of P-256
        .not_valid_before(datetime.combine(first, time(), UTC))
        .not_valid_after(datetime.combine(last, time(23, 59, 59), UTC))
        .add_extension(x509.BasicConstraints(ca=is_own, path_length=0 if is_own else None), critical=True)
        .add_extension(
            x509.KeyUsage(digital_signature=True, content_commitment=True, key_cert_sign=is_own, crl_sign=is_own, **usage), critical=True
        )
    )
    return builder.sign(authority.private, SHA256(), ecdsa_deterministic=True).public_bytes(Encoding.DER)
