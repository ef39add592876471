"""Personal data of fictitious people, and how a client posts it."""

from __future__ import annotations

import json
from hashlib import sha256

from ledger.vault.disclosure import Disclosure
from signing.b64 import encode
from signing.commitment import commit

PEOPLE = {"driver.name": "欧阳测试（虚构）", "driver.phone": "19900001234", "position": "29.563010,106.551557"}


def salt_of(what: str) -> bytes:
    """A salt that looks random and is the same in every run."""
    return sha256(f"salt {what}".encode()).digest()


def opened(place: str, values: dict[str, str] | None = None) -> list[Disclosure]:
    """Disclosures of PEOPLE (or others) with salts of their own for ``place``."""
    return [Disclosure(field, salt_of(f"{place} {field}"), value) for field, value in (values or PEOPLE).items()]


def committed(found: str, chain: str, seq: int, disclosures: list[Disclosure]) -> dict[str, str]:
    """``body.commit`` for disclosures."""
    return {one.field: commit(found, chain, seq, one.field, one.salt, one.value) for one in disclosures}


def wire(one: Disclosure, **changes: object) -> dict[str, object]:
    """A disclosure as it is posted."""
    return {"field": one.field, "salt": encode(one.salt), "value": one.value, **changes}


def request(envelope: bytes, disclosures: list[dict[str, object]]) -> bytes:
    """Envelope and disclosures as one request."""
    return json.dumps({"envelope": json.loads(envelope), "disclosures": disclosures}, ensure_ascii=False).encode()
