"""Commitments to personal data: what stands in the log instead of a name, a phone number or a position.

The hash binds log, chain, statement and field, so that it cannot be moved to another place; 32 random bytes of salt keep short values
(a phone number, a plate) from being guessed. Erasing the salt and the value erases the person. Source: formats §7.
"""

import re
import unicodedata
from hashlib import sha256

from signing.phrase import Phrase
from signing.refusal import refuse

SALT_BYTES = 32
FIELD_PATTERN = re.compile(r"[a-z_]+(\.[a-z0-9_]+)*")


def is_commitment_field(name: str) -> bool:
    """Whether ``name`` can be a key of ``body.commit``, e.g. ``driver.phone``."""
    return FIELD_PATTERN.fullmatch(name) is not None


def commit(found: str, chain: str, seq: int, field: str, salt: bytes, value: str) -> str:
    """Hex SHA-256 that commits ``value`` for ``field`` of the statement (chain, seq) in the log ``found`` (64 hex digits).

    Raises Refusal ``COMMIT_FIELD``, ``COMMIT_SALT`` (not 32 bytes, or one byte repeated) or ``COMMIT_VALUE`` (not NFC, not UTF-8).
    """
    if not is_commitment_field(field):
        raise refuse("COMMIT_FIELD", field=f"body.commit.{field}"[:80], found=field, expected=FIELD_PATTERN.pattern)
    if len(salt) != SALT_BYTES or len(set(salt)) == 1:
        raise refuse(
            "COMMIT_SALT",
            field=f"body.commit.{field}",
            found=Phrase(f"{len(salt)} 字节", f"{len(salt)} bytes"),
            expected=Phrase(f"{SALT_BYTES} 字节随机数", f"{SALT_BYTES} random bytes"),
        )
    try:
        raw = value.encode()
    except UnicodeEncodeError:
        raise refuse(
            "COMMIT_VALUE", field=f"body.commit.{field}", found=Phrase("不成对的代理码位", "a lone surrogate"), expected="UTF-8"
        ) from None
    if not unicodedata.is_normalized("NFC", value):  # the value itself is personal data and is never echoed
        raise refuse("COMMIT_VALUE", field=f"body.commit.{field}", found=Phrase("未按 NFC 规范化", "not NFC"), expected="NFC")
    return sha256(f"liandan/pd/v1\n{found}\n{chain}\n{seq}\n{field}\n".encode() + salt + raw).hexdigest()
