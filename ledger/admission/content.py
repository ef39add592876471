"""Content checks at admission only: NFC, unassigned code points, personal data in free text (formats §1, §7).

No auditor repeats them: they are the operator's word, because they depend on a Unicode version and on pattern matching.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

import msgspec

from ledger.admission.unicode14 import first_unassigned
from signing.refusal import Reason

_MOBILE = re.compile(r"(?<![0-9A-Za-z])(?:\+?86[ -]?)?1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}(?![0-9A-Za-z])")
_IDENTITY = re.compile(r"(?<![0-9A-Za-z])[1-9][0-9]{5}((?:18|19|20)[0-9]{2})([0-9]{2})([0-9]{2})[0-9]{3}[0-9Xx](?![0-9A-Za-z])")
_POSITION = re.compile(r"(?<![0-9.])[+-]?[0-9]{1,3}\.[0-9]{3,}\s*[,，;/ ]\s*[+-]?[0-9]{1,3}\.[0-9]{3,}(?![0-9])")
_DIGITS = re.compile(r"[0-9]{3}")
"""Each of the three holds at least so many in a row."""
_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_MACHINE = re.compile(r"[!-~]{0,8}|[0-9a-f]{64}|[A-Za-z0-9+/]{40,}={0,2}")
"""Strings that no person's data fits into: short ASCII codes, hashes, base64 of keys."""
_NOT_FREE_TEXT = frozenset({"number", "waybill_no", "labels", "spki", "pop", "checkpoint", "nonce", "usccs"})
"""Fields whose numbers are identifiers of documents or goods, never of people."""


def check_content(body: object) -> list[Reason]:
    """Reasons NOT_NFC, UNASSIGNED_CHARACTER and PERSONAL_DATA for every string of a body, with paths."""
    reasons: list[Reason] = []
    for path, name, text in _strings(msgspec.to_builtins(body), "body", ""):
        if text.isascii():
            if name not in _NOT_FREE_TEXT and not _MACHINE.fullmatch(text):
                reasons += _personal(path, text)
            continue
        if not unicodedata.is_normalized("NFC", text):
            normal = unicodedata.normalize("NFC", text)
            odd = next((a for a, b in zip(text, normal, strict=False) if a != b), text[-1])
            reasons.append(Reason("NOT_NFC", path, f"U+{ord(odd):04X}", unicodedata.normalize("NFC", odd)))
        foreign = first_unassigned(text)
        if foreign is not None:
            reasons.append(Reason("UNASSIGNED_CHARACTER", path, f"U+{ord(foreign):04X}", "Unicode 14.0"))
        if name not in _NOT_FREE_TEXT:
            reasons += _personal(path, text)
    return reasons


def _strings(value: object, path: str, name: str) -> Iterator[tuple[str, str, str]]:
    if isinstance(value, str):
        yield path, name, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _strings(inner, f"{path}.{key}", key)
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _strings(inner, f"{path}.{position}", name)


def _personal(path: str, text: str) -> list[Reason]:
    """The finding never repeats the value: a refusal is kept and shown."""
    if not _DIGITS.search(text):
        return []
    found = "mobile number" if _MOBILE.search(text) else "identity number" if any(map(_is_identity, _IDENTITY.finditer(text))) else ""
    found = found or ("coordinates" if _POSITION.search(text) else "")
    return [Reason("PERSONAL_DATA", path, found, "commit")] if found else []


def _is_identity(match: re.Match[str]) -> bool:
    """Whether 18 characters are an identity number: a real birth date and the GB 11643 check character."""
    try:
        date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return False
    digits = match[0]
    total = sum(int(digit) * weight for digit, weight in zip(digits, _IDENTITY_WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == digits[17].upper()
