"""Files of tests, and clients that bring and fetch them over real HTTP."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from liandan.demo.founding import ORIGIN
from tests.ledger.vault.scene import as_party
from tests.liandan.conforming import conforms
from tests.stories.stage import Stage

PDF = "application/pdf"
NOW_S = 1_760_000_000


def pdf(words: str, size: int = 200) -> bytes:
    """The beginning of a PDF, and bytes of its own."""
    return (b"%PDF-1.7\n" + words.encode()).ljust(size, b"\n")


def digest_of(raw: bytes) -> str:
    """SHA-256, hex."""
    return hashlib.sha256(raw).hexdigest()


def named(raw: bytes, name: str = "磅单.pdf", media_type: str = PDF) -> dict[str, Any]:
    """What a statement says of a file."""
    return {"sha256": digest_of(raw), "size": len(raw), "media_type": media_type, "name": name}


def headers_of(raw: bytes, media_type: str = PDF) -> dict[str, str]:
    """What a request says of it."""
    return {"Content-Type": media_type, "Content-Digest": f"sha-256=:{b64encode(hashlib.sha256(raw).digest()).decode()}:"}


@asynccontextmanager
async def desk(stage: Stage, uscc: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client that shows a party's token; every answer is held against ``/schema``."""
    async with as_party(stage, uscc, NOW_S) as transport:
        headers = {"Authorization": f"Bearer {transport._token}"}
        async with httpx.AsyncClient(
            base_url=stage.poster.url, timeout=60, headers=headers, event_hooks={"response": [conforms]}
        ) as client:
            yield client


async def bring(client: httpx.AsyncClient, raw: bytes, media_type: str = PDF, **more: str) -> httpx.Response:
    """POST one file."""
    return await client.post("/v1/evidence", content=raw, headers=headers_of(raw, media_type) | more)


def code_of(answer: httpx.Response) -> str:
    """Status and code of a problem."""
    return f"{answer.status_code} {answer.json()['code']}"


def shelved(directory: Path) -> set[str]:
    """Everything below an evidence directory, by its place."""
    return {path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file()} if directory.exists() else set()


assert ORIGIN, "the demo's parties are those of the stage"
