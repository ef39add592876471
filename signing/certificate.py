"""The public key of an X.509 certificate (RFC 5280 §4.1), as the bytes of its SubjectPublicKeyInfo.

Only that: whether the certificate is valid, and who vouches for it, is judged by whoever relies on it. Read by hand because the suites of
this house include keys that certificate libraries do not load.
"""

_SEQUENCE, _VERSION = 0x30, 0xA0
_SPKI_PLACE = 5
"""In tbsCertificate, without the optional version: serialNumber, signature, issuer, validity, subject, subjectPublicKeyInfo."""


def spki_of(certificate: bytes) -> bytes | None:
    """DER of the certificate's SubjectPublicKeyInfo; ``None`` for bytes that are no certificate."""
    try:
        [(tag, whole, _)] = _elements(certificate)
        (inner, tbs, _), *_rest = _elements(whole)
        fields = [element for known, _, element in _elements(tbs) if known != _VERSION]
    except ValueError:
        return None
    return fields[_SPKI_PLACE] if tag == inner == _SEQUENCE and len(fields) > _SPKI_PLACE else None


def _elements(der: bytes) -> list[tuple[int, bytes, bytes]]:
    """Tag, contents and whole bytes of each DER element; ValueError where one ends too early."""
    found: list[tuple[int, bytes, bytes]] = []
    at = 0
    while at < len(der):
        if at + 2 > len(der):
            raise ValueError("an element without a length")
        start, length = at + 2, der[at + 1]
        if length & 0x80:  # the long form says how many bytes the length takes
            start += length & 0x7F
            length = int.from_bytes(der[at + 2 : start], "big")
        if start > len(der) or start + length > len(der):
            raise ValueError("an element that ends beyond the bytes")
        found.append((der[at], der[start : start + length], der[at : start + length]))
        at = start + length
    return found
