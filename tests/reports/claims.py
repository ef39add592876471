"""A log with a key for codes and one for papers, what it printed and said, and its evidence of before and after both were retired."""

from __future__ import annotations

import asyncio
from base64 import urlsafe_b64encode
from datetime import timedelta
from functools import cache
from typing import Any

from msgspec.structs import replace

from ledger.bundle import open_bundle
from ledger.kinds.issuer import LOG_ISSUERS, IssuerRetire
from ledger.times import format_at
from reports.attachment import claims_in
from reports.certificate.render import render_certificate
from reports.claim import PAYLOAD, SignedClaim, parse_claim
from reports.kinds import all_kinds
from signing.envelope import pae
from signing.keys import PrivateKey
from tests.reports.story import Story
from tests.workbench import OPERATOR

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class Told:
    """A log with a key for codes, the claim of a paper of it, and the evidence of before and after the key was retired."""

    def __init__(self) -> None:
        story = Story()
        self.pdf_key, self.key = story.issuer(), story.issuer("claim")
        story.ordinary(123)
        self.found = story.bench.found
        raw = asyncio.run(story.bundle(123))
        signers = {key.keyid: key.sign for key in (self.pdf_key, self.key)}
        self.pdf = render_certificate(open_bundle(raw, all_kinds()), raw, signers)
        [travelling] = claims_in(self.pdf)
        self.signed = parse_claim(travelling.decode())
        self.before = raw
        story.retire(self.key)
        self.retired_at = len(story.bench.entries) - 1
        self.after_claim = asyncio.run(story.bundle(123))
        since = format_at(story.bench.at_s - int(timedelta(days=300).total_seconds()))
        story.bench.post("issuer.retire/1", LOG_ISSUERS, (OPERATOR,), IssuerRetire(keyid=self.pdf_key.keyid, reason="失窃", since_at=since))
        self.after = asyncio.run(story.bundle(123))

    def said(self, by: PrivateKey | None = None, **changes: Any) -> str:
        """A claim with other values, signed all the same."""
        claim = replace(self.signed.claim, **changes)
        return SignedClaim(claim, (by or self.key).sign(pae(PAYLOAD, claim.text))).raw.decode()

    def of_text(self, text: bytes) -> str:
        """Any text, signed as a claim."""
        return b".".join(urlsafe_b64encode(part).rstrip(b"=") for part in (text, self.key.sign(pae(PAYLOAD, text)))).decode()

    def malleable(self) -> str:
        """The other signature of the same text, which plain ECDSA takes."""
        r, s = self.signed.signature[:32], int.from_bytes(self.signed.signature[32:])
        return replace(self.signed, signature=r + (P256_ORDER - s).to_bytes(32)).raw.decode()

    def with_line(self, at: int, value: str) -> str:
        """One line replaced."""
        lines = self.signed.claim.text.decode().split("\n")
        lines[at] = value
        return self.of_text("\n".join(lines).encode())


@cache
def told() -> Told:
    return Told()
