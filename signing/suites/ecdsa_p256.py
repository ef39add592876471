"""Suite ``ecdsa-p256-sha256``: 64 bytes r‖s with s in the lower half, what WebCrypto and most security modules can make.

For every valid (r, s) also (r, n-s) is valid. Only the lower one is accepted, so that nobody but the signer can change a signature's
bytes; the client folds s, the server refuses and never rewrites. Source: FIPS 186-5, RFC 6979, formats §1.
"""

from collections.abc import Callable
from hashlib import sha256

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from signing.phrase import Phrase
from signing.refusal import refuse
from signing.suites import Suite, Verifier

SPKI_PREFIX = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")
"""DER of SubjectPublicKeyInfo, named curve, up to the 65 bytes of the uncompressed point (RFC 5480)."""
_UNCOMPRESSED = b"\x04"

_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_HALF = (_N - 1) // 2
_VERIFYING = ec.ECDSA(hashes.SHA256())
_SIGNING = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)


def _load(coordinates: bytes) -> Verifier:
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _UNCOMPRESSED + coordinates)
    except ValueError:
        raise refuse(
            "KEY_INVALID", found=Phrase("不在曲线上", "not on the curve"), expected=Phrase("P-256 曲线上的点", "a point of P-256")
        ) from None

    def verify(message: bytes, signature: bytes) -> None:
        r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
        if not 0 < r < _N or not 0 < s < _N:
            raise refuse("SIGNATURE_FORM", found=Phrase("r 或 s 超出范围", "r or s out of range"), expected="0 < r < n, 0 < s ≤ (n-1)/2")
        if s > _HALF:
            raise refuse(
                "SIGNATURE_FORM",
                found=Phrase("s 在较大的一半", "s in the upper half"),
                expected=Phrase("s ≤ (n-1)/2：提交前以 n-s 代替 s", "s ≤ (n-1)/2: replace s by n-s before sending"),
            )
        key.verify(encode_dss_signature(r, s), message, _VERIFYING)

    return verify


def _from_seed(seed: bytes) -> ec.EllipticCurvePrivateKey:
    """The key whose scalar is the first SHA-256(``"liandan/p256-seed/v1\\n"`` ‖ seed ‖ counter) that lies in 1 … n-1."""
    counter = 0
    while not 0 < (scalar := int.from_bytes(sha256(b"liandan/p256-seed/v1\n" + seed + bytes([counter])).digest())) < _N:
        counter += 1
    return ec.derive_private_key(scalar, ec.SECP256R1())


def _signer(private: PrivateKeyTypes) -> Callable[[bytes], bytes]:
    """``message -> signature``, deterministic (RFC 6979), s folded."""
    assert isinstance(private, ec.EllipticCurvePrivateKey)

    def sign(message: bytes) -> bytes:
        r, s = decode_dss_signature(private.sign(message, _SIGNING))
        return folded(r.to_bytes(32) + s.to_bytes(32))

    return sign


def folded(signature: bytes) -> bytes:
    """64 bytes r‖s with s in the lower half, from a signer that knows no halves (half of all signatures)."""
    s = int.from_bytes(signature[32:])
    return signature[:32] + min(s, _N - s).to_bytes(32)


SUITE = Suite(
    name="ecdsa-p256-sha256",
    words="ECDSA P-256",
    prefix=SPKI_PREFIX + _UNCOMPRESSED,
    key_bytes=64,
    key_form="a P-256 key, named curve, uncompressed point",
    signature_bytes=64,
    signature_form=" r‖s",
    load=_load,
    generate=lambda: ec.generate_private_key(ec.SECP256R1()),
    from_seed=_from_seed,
    holds=lambda private: isinstance(private, ec.EllipticCurvePrivateKey) and isinstance(private.curve, ec.SECP256R1),
    signer=_signer,
)
