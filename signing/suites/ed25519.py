"""Suite ``ed25519``: 64 bytes R‖S, judged by libsodium.

libsodium's rule is strict (cofactorless; R compared by its encoding; small-order and non-canonical A and R refused; S < L), so every
reader's library accepts what was admitted; OpenSSL also accepts small-order keys, under which one signature fits many messages.
Source: RFC 8032, formats §1.
"""

from collections.abc import Callable

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from nacl.bindings import crypto_sign, crypto_sign_open, crypto_sign_seed_keypair
from nacl.exceptions import BadSignatureError

from signing.phrase import Phrase
from signing.refusal import refuse
from signing.suites import Suite, Verifier

SPKI_PREFIX = bytes.fromhex("302a300506032b6570032100")  # DER of SubjectPublicKeyInfo up to the 32 bytes of the key (RFC 8410)

_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
_L = 2**252 + 27742317777372353535851937790883648493


def _load(key: bytes) -> Verifier:
    _check_point(key)

    def verify(message: bytes, signature: bytes) -> None:
        try:
            crypto_sign_open(signature + message, key)
        except BadSignatureError:
            if int.from_bytes(signature[32:], "little") >= _L:
                raise refuse("SIGNATURE_FORM", found=Phrase("S 不小于群的阶", "S not below the group order"), expected="S < L") from None
            raise InvalidSignature from None

    return verify


def _check_point(key: bytes) -> None:
    """Refuse what can never be an honest key: non-canonical, off the curve, or of small order (formats §1)."""
    y = int.from_bytes(key, "little") & (2**255 - 1)
    if y >= _P:
        raise refuse("KEY_INVALID", found=Phrase("y 未约简", "y not reduced"), expected=Phrase("规范编码的点", "a canonical point"))
    numerator, denominator = (y * y - 1) % _P, (_D * y * y + 1) % _P
    # x² = numerator / denominator; Euler's criterion for the product says whether the quotient is a square.
    if pow(numerator * denominator, (_P - 1) // 2, _P) not in (0, 1):
        raise refuse(
            "KEY_INVALID",
            found=Phrase("不在曲线上", "not on the curve"),
            expected=Phrase("edwards25519 曲线上的点", "a point of edwards25519"),
        )
    if _is_small_order(y):
        raise refuse("KEY_INVALID", found=Phrase("小阶点", "a point of small order"), expected=Phrase("大阶点", "a point of large order"))


def _is_small_order(y: int) -> bool:
    """Whether 8·(x, y) is neutral: y = ±1, y = 0, or the point doubles to y = 0, which is d·y⁴ + 2·y² - 1 = 0."""
    return y in (0, 1, _P - 1) or (_D * pow(y, 4, _P) + 2 * y * y - 1) % _P == 0


def _signer(private: PrivateKeyTypes) -> Callable[[bytes], bytes]:
    """``message -> signature``, deterministic (RFC 8032)."""
    assert isinstance(private, Ed25519PrivateKey)
    _, secret = crypto_sign_seed_keypair(private.private_bytes_raw())

    def sign(message: bytes) -> bytes:
        return crypto_sign(message, secret)[:64]

    return sign


SUITE = Suite(
    name="ed25519",
    words="Ed25519",
    prefix=SPKI_PREFIX,
    key_bytes=32,
    key_form="an Ed25519 key",
    signature_bytes=64,
    load=_load,
    generate=Ed25519PrivateKey.generate,
    from_seed=Ed25519PrivateKey.from_private_bytes,  # RFC 8032 §5.1.5
    holds=lambda private: isinstance(private, Ed25519PrivateKey),
    signer=_signer,
)
