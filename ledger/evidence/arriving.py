"""A file on its way in: written to disk as it comes, measured and hashed meanwhile, judged when it is whole. It is never held in memory.

What its sender says of it is checked before the first byte where it is wrong already, and against the bytes where only they can tell. Nothing
of a file that is refused, cut off or given up stays anywhere.
"""

import asyncio
import hashlib
import os
import re
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from ledger.evidence.shelf import PIECE, Arrivals, on_disk
from ledger.evidence.sniffing import HEAD_BYTES, lie_in, served_as
from signing.phrase import Phrase, at_most, counted
from signing.refusal import refuse

SIZE_MAX = 50_000_000
"""Bytes of one file (kinds §0)."""
UPLOAD_S = 3600.0
"""A file that has not come by then is given up, however steadily it trickles."""
_DIGEST = re.compile("sha-256=:([A-Za-z0-9+/]{43}=):")
_MEDIA_TYPE = re.compile("[a-z]+/[a-z0-9.+-]{1,64}")


class Claims(Struct, frozen=True, kw_only=True):
    """What a sender says of the file that follows."""

    digest: str
    media_type: str
    size: int | None


class Whole(Struct, frozen=True, kw_only=True):
    """A file that is whole, flushed, and what it was said to be."""

    path: Path
    digest: str
    size: int
    media_type: str


def read_claims(digest: str | None, media_type: str | None, length: str | None, size: int | None) -> Claims:
    """From ``Content-Digest`` (RFC 9530), ``Content-Type``, ``Content-Length`` and the size that the statement gives; Refusal
    EVIDENCE_DIGEST, EVIDENCE_MEDIA_TYPE, EVIDENCE_TOO_LARGE, EVIDENCE_SIZE for what is wrong whatever the bytes may be."""
    found = next((one for part in (digest or "").split(",") if (one := _DIGEST.fullmatch(part.strip()))), None)
    if found is None:
        raise refuse("EVIDENCE_DIGEST", field="Content-Digest", found=(digest or "")[:120], expected="sha-256=:Base64:")
    kind = (media_type or "").partition(";")[0].strip().lower()
    if not _MEDIA_TYPE.fullmatch(kind) or kind.startswith("multipart/"):
        expected = Phrase(
            "一个媒体类型，如 application/pdf；请求体就是文件本身", "a media type, e.g. application/pdf; the body is the file itself"
        )
        raise refuse("EVIDENCE_MEDIA_TYPE", field="Content-Type", found=kind[:80], expected=expected)
    announced = int(length) if length is not None and length.isascii() and length.isdecimal() and len(length) < 16 else None
    for field, claimed in (("Content-Length", announced), ("size", size)):
        if claimed is not None and claimed > SIZE_MAX:
            raise _too_large(field, claimed)
    if size is not None and announced is not None and size != announced:
        raise refuse("EVIDENCE_SIZE", field="size", found=counted(announced, "字节", "bytes"), expected=counted(size, "字节", "bytes"))
    return Claims(digest=b64decode(found[1]).hex(), media_type=kind, size=size if announced is None else announced)


def _too_large(field: str, size: int) -> Exception:
    return refuse("EVIDENCE_TOO_LARGE", field=field, found=counted(size, "字节", "bytes"), expected=at_most(SIZE_MAX, "字节", "bytes"))


@asynccontextmanager
async def received(arrivals: Arrivals, claims: Claims, body: AsyncIterator[bytes]) -> AsyncIterator[Whole]:
    """The file while it may be put on the shelf; what is left of it afterwards is removed, whatever happened. Refusal EVIDENCE_TOO_LARGE,
    EVIDENCE_SIZE, EVIDENCE_HASH, EVIDENCE_TYPE, and those of a body that stops coming; ShelfAway where the disk takes no more."""
    path, file = await on_disk(arrivals.open)
    try:
        try:
            async with asyncio.timeout(UPLOAD_S):
                whole = await _receive(path, file, claims, body)
        except TimeoutError:
            late = Phrase(f"{UPLOAD_S:g} 秒内未发完", f"not whole within {UPLOAD_S:g} s")
            raise refuse("BODY_SLOW", found=late, expected=Phrase("持续发来的请求体", "a body that keeps coming")) from None
        yield whole
    finally:
        path.unlink(missing_ok=True)
        file.close()


async def _receive(path: Path, file: BinaryIO, claims: Claims, body: AsyncIterator[bytes]) -> Whole:
    sha256, size, head, waiting = hashlib.sha256(), 0, b"", bytearray()

    def write(piece: bytes) -> None:
        sha256.update(piece)
        file.write(piece)

    async for chunk in body:
        size += len(chunk)
        if size > SIZE_MAX:
            raise _too_large("", size)
        head += chunk[: HEAD_BYTES - len(head)]
        waiting += chunk
        if len(waiting) >= PIECE:
            await on_disk(write, bytes(waiting))
            waiting.clear()

    def finish() -> None:
        write(bytes(waiting))
        file.flush()
        os.fsync(file.fileno())

    _judge(claims, size)
    await on_disk(finish)
    if (found := sha256.hexdigest()) != claims.digest:
        raise refuse("EVIDENCE_HASH", field="Content-Digest", found=found, expected=claims.digest)
    if (lie := lie_in(claims.media_type, head)) is not None:
        raise refuse("EVIDENCE_TYPE", field="Content-Type", found=lie, expected=claims.media_type)
    return Whole(path=path, digest=found, size=size, media_type=served_as(claims.media_type, head))


def _judge(claims: Claims, size: int) -> None:
    if size == 0 or claims.size not in (None, size):
        expected = at_most(SIZE_MAX, "字节", "bytes") if claims.size is None else counted(claims.size, "字节", "bytes")
        raise refuse("EVIDENCE_SIZE", found=counted(size, "字节", "bytes"), expected=expected)
