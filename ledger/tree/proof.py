"""Offline proofs: that an entry stands in the log under a checkpoint that enough witnesses saw.

Source: C2SP tlog-proof v1 (file extension ``.tlog-proof``): index, inclusion hashes, the checkpoint verbatim.
"""

import base64
import re

from msgspec import Struct

from ledger.tree.merkle import HASH_BYTES, MAX_SIZE
from signing.b64 import canonical
from signing.phrase import Phrase
from signing.refusal import refuse

HEADER = b"c2sp.org/tlog-proof@v1"
MAX_BYTES = 192 * 1024
MAX_HASHES = 63
_INDEX = re.compile(rb"index (0|[1-9][0-9]{0,18})")


class Proof(Struct, frozen=True, kw_only=True):
    """A proof as it travels. ``extra`` is not authenticated; empty means absent."""

    index: int
    hashes: tuple[bytes, ...]  # the leaf's sibling first
    checkpoint: bytes  # the signed note, verbatim
    extra: bytes = b""

    def to_bytes(self) -> bytes:
        """The text of a ``.tlog-proof`` file."""
        extra = [b"extra " + base64.b64encode(self.extra)] if self.extra else []
        return b"\n".join([HEADER, *extra, b"index %d" % self.index, *map(base64.b64encode, self.hashes), b"", self.checkpoint])


def parse_proof(raw: bytes) -> Proof:
    """Read a proof; refuses PROOF_FORM. The checkpoint inside is not looked at."""
    if len(raw) > MAX_BYTES:
        raise refuse(
            "PROOF_FORM",
            found=Phrase(f"{len(raw)} 字节", f"{len(raw)} bytes"),
            expected=Phrase(f"至多 {MAX_BYTES}", f"at most {MAX_BYTES}"),
        )
    head, blank, checkpoint = raw.partition(b"\n\n")
    lines = head.split(b"\n")
    if lines.pop(0) != HEADER or not blank or not checkpoint:
        expected = f"{HEADER.decode()}, index, hashes, empty line, checkpoint"
        raise refuse("PROOF_FORM", field="header", found=ascii(head[:40]), expected=expected)
    extra = b""
    if lines and lines[0].startswith(b"extra "):
        extra = _base64(lines.pop(0).removeprefix(b"extra "), "extra")
    match = _INDEX.fullmatch(lines[0]) if lines else None
    if match is None or int(match[1]) >= MAX_SIZE:
        raise refuse(
            "PROOF_FORM",
            field="index",
            found=ascii(lines[0][:40]) if lines else Phrase("没有", "missing"),
            expected=Phrase("index <十进制数>", "index <decimal number>"),
        )
    if len(lines) - 1 > MAX_HASHES:
        raise refuse("PROOF_FORM", field="hashes", found=len(lines) - 1, expected=Phrase(f"至多 {MAX_HASHES}", f"at most {MAX_HASHES}"))
    hashes = tuple(_base64(line, f"hash {at}") for at, line in enumerate(lines[1:]))
    for at, hash_ in enumerate(hashes):
        if len(hash_) != HASH_BYTES:
            raise refuse(
                "PROOF_FORM",
                field=f"hash {at}",
                found=Phrase(f"{len(hash_)} 字节", f"{len(hash_)} bytes"),
                expected=Phrase(f"{HASH_BYTES} 字节", f"{HASH_BYTES} bytes"),
            )
    return Proof(index=int(match[1]), hashes=hashes, checkpoint=checkpoint, extra=extra)


def _base64(text: bytes, field: str) -> bytes:
    raw = canonical(text)
    if not raw:
        raise refuse(
            "PROOF_FORM", field=field, found=ascii(text[:40]), expected=Phrase("规范的 Base64，不为空", "canonical base64, not empty")
        )
    return raw
