"""The bytes of tlog-witness: the body of ``add-checkpoint``, the answer that names a size, the address of a log at a witness; bounded HTTP.

Source: C2SP tlog-witness. The body is ``old <size>``, up to 63 base64 hashes, an empty line, and the signed checkpoint; every line ends
in LF. Of an answer over HTTP at most so many bytes are read, nothing is followed, nothing is believed about lengths.
"""

import re
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from itertools import count

import httpx
from msgspec import Struct

from ledger.tree.merkle import HASH_BYTES, MAX_SIZE
from ledger.tree.note import MAX_BYTES
from signing.b64 import canonical
from signing.phrase import Phrase
from signing.refusal import refuse

PROOF_MAX = 63
BODY_MAX = MAX_BYTES + 32 + PROOF_MAX * 45  # bytes of a request: the largest note, the size line, the proof lines
SIZE_TYPE = "text/x.tlog.size"  # media type of the answer 409, exactly
_OLD = re.compile(rb"old (0|[1-9][0-9]{0,18})")
_SIZE = re.compile(rb"(0|[1-9][0-9]{0,18})\n")


class AddCheckpoint(Struct, frozen=True):
    """A request: the size the witness should know, the proof from there, the signed checkpoint as it came."""

    old: int
    proof: tuple[bytes, ...]
    note: bytes


def encode_request(request: AddCheckpoint) -> bytes:
    """The body of a request."""
    return b"\n".join([b"old %d" % request.old, *map(b64encode, request.proof), b"", request.note])


def parse_request(raw: bytes) -> AddCheckpoint:
    """Read a body; refuses WITNESS_REQUEST. The note is not looked at."""
    if len(raw) > BODY_MAX:
        raise refuse(
            "WITNESS_REQUEST",
            found=Phrase(f"{len(raw)} 字节", f"{len(raw)} bytes"),
            expected=Phrase(f"至多 {BODY_MAX}", f"at most {BODY_MAX}"),
        )
    head, blank, note = raw.partition(b"\n\n")
    if not blank:
        raise refuse(
            "WITNESS_REQUEST",
            found=Phrase("没有空行", "no empty line"),
            expected=Phrase("old 行、证明行、空行、检查点", "old size, proof lines, an empty line, the checkpoint"),
        )
    first, *lines = head.split(b"\n")
    match = _OLD.fullmatch(first)
    if match is None or int(match[1]) > MAX_SIZE:
        raise refuse(
            "WITNESS_REQUEST",
            field="old",
            found=ascii(first[:40]),
            expected=Phrase("old <小于 2^63 的十进制数>", "old <decimal number below 2^63>"),
        )
    if len(lines) > PROOF_MAX:
        raise refuse(
            "WITNESS_REQUEST", field="proof", found=f"{len(lines)} lines", expected=Phrase(f"至多 {PROOF_MAX}", f"at most {PROOF_MAX}")
        )
    return AddCheckpoint(int(match[1]), tuple(map(_hash, lines, count())), note)


def _hash(line: bytes, number: int) -> bytes:
    found = canonical(line)
    if found is None or len(found) != HASH_BYTES:
        raise refuse(
            "WITNESS_REQUEST",
            field=f"proof {number}",
            found=ascii(line[:60]),
            expected=Phrase("32 字节的规范 Base64", "canonical base64 of 32 bytes"),
        )
    return found


def encode_size(size: int) -> bytes:
    """The body of an answer 409."""
    return b"%d\n" % size


def parse_size(raw: bytes) -> int:
    """The size in an answer 409; refuses WITNESS_ANSWER."""
    match = _SIZE.fullmatch(raw)
    if match is None or int(match[1]) > MAX_SIZE:
        raise refuse(
            "WITNESS_ANSWER",
            field="size",
            found=ascii(raw[:40]),
            expected=Phrase("小于 2^63 的十进制数加换行", "a decimal number below 2^63 and LF"),
        )
    return int(match[1])


def log_id(origin: str) -> str:
    """The name of a log in addresses and directories of a witness: hex SHA-256 of its origin."""
    return sha256(origin.encode()).hexdigest()


class Unreadable(Exception):
    """No answer, a broken one, or one that is too long."""


class HttpAnswer(Struct, frozen=True):
    """A complete answer."""

    status: int
    content_type: str
    body: bytes


async def fetch(
    http: httpx.AsyncClient, url: str, *, most: int, content: bytes | None = None, headers: Mapping[str, str] | None = None
) -> HttpAnswer:
    """GET, or POST when there is ``content``; raises Unreadable and nothing else; the time limit is the caller's."""
    sent = {"Accept-Encoding": "identity", **(headers or {})}
    try:
        async with http.stream(
            "GET" if content is None else "POST", url, content=content, headers=sent, follow_redirects=False
        ) as response:
            body = bytearray()
            coding = response.headers.get("content-encoding", "identity")
            if coding != "identity":
                raise Unreadable(f"content-encoding {coding[:20]} was not asked for")  # and may be small on the way only
            async for part in response.aiter_raw(65_536):
                body += part
                if len(body) > most:
                    raise Unreadable(f"more than {most} bytes")
            return HttpAnswer(response.status_code, response.headers.get("content-type", ""), bytes(body))
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError) as error:
        raise Unreadable(f"{type(error).__name__}: {error}"[:200]) from error
