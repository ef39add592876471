"""Canonical base64: RFC 4648 §4 with padding, and only the one text that encoding gives.

Lax decoders accept several texts for the same bytes (white space, stray bits before the padding); then a frozen envelope
would not be one text any more. Source: formats, opening paragraph.
"""

import binascii

from signing.phrase import Phrase
from signing.refusal import refuse

PATTERN = "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=|[A-Za-z0-9+/][AQgw]==)?$"
"""What :func:`canonical` accepts, as a regular expression: the last character before the padding carries no stray bits."""


def encode(raw: bytes) -> str:
    """Standard alphabet, padded, no line breaks."""
    return binascii.b2a_base64(raw, newline=False).decode("ascii")


def canonical(text: str | bytes) -> bytes | None:
    """The bytes of a canonical base64 text; None for any other text."""
    try:
        raw = binascii.a2b_base64(text, strict_mode=True)
    except ValueError:  # binascii.Error is one; a text outside ASCII raises the plain one
        return None
    return raw if encode(raw) == (text if isinstance(text, str) else text.decode("ascii")) else None


def decode(text: str, *, field: str = "") -> bytes:
    """The bytes of a canonical base64 text; raises Refusal ``BASE64`` naming ``field``."""
    raw = canonical(text)
    if raw is None:
        raise refuse(
            "BASE64", field=field, found=_wrong(text), expected=Phrase("标准字母表、以“=”填充的 Base64", "standard base64 with padding")
        )
    return raw


def _wrong(text: str) -> Phrase:
    """Why a text is no canonical base64; the text itself may be of any length."""
    if set(text) & set("-_"):
        return Phrase("URL 用的字母表（含 - 或 _）", "the URL-safe alphabet (- or _)")
    if any(character.isspace() for character in text):
        return Phrase("含空白或换行", "blanks or line breaks in it")
    if len(text) % 4:
        return Phrase(f"{len(text)} 个字符，不是 4 的倍数", f"{len(text)} characters, no multiple of 4")
    return Phrase(
        f"{len(text)} 个字符，有字母表以外的字符或多余的比特", f"{len(text)} characters, some outside the alphabet, or stray bits"
    )
