"""The text for co-signing without a network (会签文本): what one device shows and another reads, by camera, chat or cable. docs/formats/cosign.md.

A text is one statement with the signatures that there are, each with its place in ``by``, or, in answer to one who has the statement, its hash
and signatures alone. It is made of letters that no chat changes and that a QR code packs best but for base45, whose blanks get lost; long ones
come in lines of one picture each. Putting texts together is commutative, associative and idempotent: who signs first says nothing.
"""

from __future__ import annotations

import re
import zlib
from base64 import b32decode, b32encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from struct import Struct as Layout

from msgspec import Struct
from msgspec.structs import replace

from ledger.chain import statement_hash
from signing.envelope import PAYLOAD_STATEMENT, SIGNATURE_LIMIT, Envelope, Signature, pae
from signing.payload import BODY_LIMIT
from signing.phrase import Phrase, Word
from signing.refusal import Refusal, refuse

FRAME_CHARACTERS = 640
"""Characters of data of a line, by default: with its head a QR code of version 15 (L), which cheap cameras read from a screen."""
FRAME_MIN, FRAME_MAX, FRAMES_MAX = 80, 4000, 99
SIGNATURE_BYTES_MAX = 4096  # Of one signature; the longest of ours has 2,420.
UNPACKED_MAX = BODY_LIMIT + SIGNATURE_LIMIT * (SIGNATURE_BYTES_MAX + 64) + 64
TEXT_MAX = 120_000
"""Characters of a text that is looked at: more than the longest statement with all its signatures takes."""
WHOLE, ANSWER = 1, 2
_HEAD = "LIANDAN:COSIGN1"
_LINE = re.compile(rf"{_HEAD}:([1-9][0-9]?)/([1-9][0-9]?):([0-9A-F]{{8}}):([A-Z2-7]+)")
_SIGNED = Layout(">B32sH")
"""Place in ``by`` from 0, keyid, length of the signature behind it."""


class CosignedStatement(Struct, frozen=True):
    """A statement on its way between its signers: its hash, its bytes (none in an answer), signatures by place in ``by``."""

    statement: str
    body: bytes
    signatures: Mapping[int, Signature]

    @property
    def envelope(self) -> Envelope:
        """The envelope with the signatures so far, in the order of ``by``; of an answer alone one without a statement, which nobody reads."""
        return Envelope(PAYLOAD_STATEMENT, self.body, tuple(self.signatures[place] for place in sorted(self.signatures)))

    def signed(self, place: int, signature: Signature) -> CosignedStatement:
        """With one more; who signs again replaces his own."""
        return replace(self, signatures={**self.signatures, place: signature})

    @property
    def answer(self) -> CosignedStatement:
        """The same without its bytes, for whoever has them."""
        return replace(self, body=b"")


def cosigning_of(body: bytes, signatures: Mapping[int, Signature] | None = None) -> CosignedStatement:
    """A statement from its bytes."""
    return CosignedStatement(statement_hash(pae(PAYLOAD_STATEMENT, body)), body, signatures or {})


def merged(parts: Sequence[CosignedStatement]) -> CosignedStatement:
    """All signatures of several over one statement, answers among them; of two for one place the smaller by keyid and bytes, whatever the order.
    Refusal COSIGN_OTHER for another statement."""
    first, body, found = parts[0], b"", dict[int, Signature]()
    for part in parts:
        if part.statement != first.statement:
            raise refuse("COSIGN_OTHER", field="statement", found=part.statement[:8], expected=first.statement[:8])
        body = body or part.body
        for place, signature in part.signatures.items():
            found[place] = min(found.get(place, signature), signature, key=lambda one: (one.keyid, one.sig))
    return CosignedStatement(first.statement, body, dict(sorted(found.items())))


def write_text(cosigning: CosignedStatement, frame: int = FRAME_CHARACTERS) -> str:
    """The text, a line for each ``frame`` characters of data, or for more where FRAMES_MAX lines would not do."""
    assert FRAME_MIN <= frame <= FRAME_MAX, frame
    packed = _packed(cosigning)
    check, width = _check(packed), max(frame // 8 * 5, -(-len(packed) // FRAMES_MAX))
    parts = [packed[start : start + width] for start in range(0, len(packed), width)]
    lines = (f"{_HEAD}:{number}/{len(parts)}:{check}:{_base32(part)}" for number, part in enumerate(parts, 1))
    return "\n".join(lines) + "\n"


def read_text(text: str) -> CosignedStatement:
    """The inverse, from lines in any order, some of them perhaps twice, in small letters, with blanks around; Refusal COSIGN_TEXT with what is
    missing of it. Nothing in it is believed: signatures are verified where the keys are known."""
    if len(text) > TEXT_MAX:
        raise _damaged(Phrase(f"{len(text)} 个字符", f"{len(text)} characters"))
    parts: dict[int, str] = {}
    heads: set[tuple[int, str]] = set()
    for number, line in enumerate(filter(None, map(str.strip, text.upper().splitlines())), 1):
        if (match := _LINE.fullmatch(line)) is None:
            raise _damaged(Phrase(f"第 {number} 行", f"line {number}"))
        place, of, check, data = int(match[1]), int(match[2]), match[3], match[4]
        heads.add((of, check))
        if parts.setdefault(place, data) != data or place > of:
            raise _damaged(Phrase(f"第 {place} 段有两种", f"part {place} comes in two forms"))
    if len(heads) != 1:
        raise _damaged(Phrase("没有文本" if not heads else "几份不同的文本", "no text" if not heads else "several texts"))
    [(of, check)] = heads
    if lacking := sorted(set(range(1, of + 1)) - parts.keys()):
        places = ", ".join(map(str, lacking))
        raise _damaged(Phrase(f"缺第 {places} 段，共 {of} 段", f"without part {places} of {of}"))
    try:
        packed = b"".join(_bytes(parts[place]) for place in range(1, of + 1))
    except ValueError:
        raise _damaged(Phrase("不是 Base32", "no base32")) from None
    if _check(packed) != check:
        raise _damaged(Phrase(f"校验值 {_check(packed)}", f"check {_check(packed)}"), check)
    return _unpacked(packed)


def read_texts(text: str) -> list[CosignedStatement]:
    """All statements of a file that holds the texts of several (a phone's queue), in the order in which they begin; Refusal as :func:`read_text`."""
    lines = [line for line in text.splitlines() if line.strip()]
    groups: dict[str, list[str]] = {}
    for line in lines if len(text) <= TEXT_MAX else ():
        groups.setdefault("/".join(line.upper().split(":")[2:4]).partition("/")[2], []).append(line)
    return [read_text("\n".join(group)) for group in groups.values()] if groups else [read_text(text)]


def _packed(cosigning: CosignedStatement) -> bytes:
    """Raw deflate of: sort, number of signatures, each with place, keyid and length, then the bytes, or the hash in an answer."""
    signed = b"".join(
        _SIGNED.pack(place, bytes.fromhex(one.keyid), len(one.sig)) + one.sig for place, one in sorted(cosigning.signatures.items())
    )
    head = bytes([WHOLE if cosigning.body else ANSWER, len(cosigning.signatures)])
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    return deflate.compress(head + signed + (cosigning.body or bytes.fromhex(cosigning.statement))) + deflate.flush()


def _unpacked(packed: bytes) -> CosignedStatement:
    inflate = zlib.decompressobj(-15)
    try:
        raw = inflate.decompress(packed, UNPACKED_MAX)
    except zlib.error:
        raise _damaged(Phrase("无法解开", "cannot be unpacked")) from None
    if not inflate.eof or inflate.unused_data or len(raw) < 2:
        raise _damaged(Phrase("过长或者不完整", "too long, or not whole"))
    sort, count = raw[0], raw[1]
    try:
        found, at = _signatures(raw, count)
    except ValueError as error:
        raise _damaged(str(error)) from None
    rest = raw[at:]
    if sort == WHOLE and 0 < len(rest) <= BODY_LIMIT:
        return cosigning_of(rest, found)
    if sort == ANSWER and len(rest) == 32:
        return CosignedStatement(rest.hex(), b"", found)
    raise _damaged(Phrase(f"种类 {sort}，{len(rest)} 字节", f"sort {sort}, {len(rest)} bytes"))


def _signatures(raw: bytes, count: int) -> tuple[dict[int, Signature], int]:
    """Signatures by place, and where they end; ValueError for what are none."""
    found, at = dict[int, Signature](), 2
    for _ in range(count):
        if at + _SIGNED.size > len(raw):
            raise ValueError(f"{count} signatures")
        place, keyid, length = _SIGNED.unpack_from(raw, at)
        at += _SIGNED.size + length
        if place in found or place >= SIGNATURE_LIMIT or length > SIGNATURE_BYTES_MAX or at > len(raw):
            raise ValueError(f"signature {place}")
        found[place] = Signature(keyid.hex(), raw[at - length : at])
    return found, at


def _check(packed: bytes) -> str:
    """First 8 digits of the SHA-256 of the packed bytes: for slips of cameras and hands, not against anybody."""
    return sha256(packed).hexdigest()[:8].upper()


def _base32(part: bytes) -> str:
    return b32encode(part).decode().rstrip("=")


def _bytes(data: str) -> bytes:
    """Of canonical base32 without padding; ValueError."""
    part = b32decode(data + "=" * (-len(data) % 8))
    if _base32(part) != data:
        raise ValueError("not canonical")
    return part


def _damaged(found: Word, expected: Word = "") -> Refusal:
    return refuse("COSIGN_TEXT", found=found, expected=expected or Phrase(f"{_HEAD}:1/1:… 起的完整文本", f"the whole text, {_HEAD}:1/1:…"))
