"""A real server with one load under way, another with the same truck and a label of the first, and somebody who has logged in to look."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from liandan.client.transport import challenge
from liandan.server import serving
from signing.envelope import freeze
from tests.ledger.log_server import envelopes
from tests.liandan.serving import KEYRING, settings_of
from tests.manifests.test_road import Roadside
from tests.workbench import AUTHORITY_51, ORIGIN, key_of

NOW = "2026-11-05T12:00:00+08:00"


@asynccontextmanager
async def roadside(database_url: str, directory: Path, bench: Roadside) -> AsyncIterator[str]:
    """The server's address; everything is posted and projected."""
    async with serving(settings_of(database_url, directory), keyring=KEYRING) as url, httpx.AsyncClient(base_url=url, timeout=60) as client:
        for entry, raw in zip(bench.entries, envelopes(bench), strict=True):
            answer = await client.post("/v1/statements", content=raw, headers={"Liandan-Now": entry.admission.at, "Prefer": "wait=5"})
            assert answer.status_code == 201, answer.text
        async with visitor(url) as reader:
            await reader.get("/v1/manifests", params={"min_size": len(bench.entries)}, headers={"Prefer": "wait=20"})
        yield url


async def token_of(url: str, party: str, keyid: str = "") -> str:
    """A token of a party's key."""
    login = challenge(ORIGIN, url, key_of(keyid or party), int(time.time()) + 3600, ("read", "post"))
    async with httpx.AsyncClient(base_url=url) as client:
        answer = await client.post("/v1/tokens", content=freeze(login))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["token"])


@asynccontextmanager
async def visitor(url: str, party: str = AUTHORITY_51, lang: str = "zh-CN") -> AsyncIterator[httpx.AsyncClient]:
    """A browser's requests with a session of a party's key."""
    headers = {
        "Authorization": f"Bearer {await token_of(url, party)}", "Accept": "text/html", "Accept-Language": lang, "Liandan-Now": NOW,
    }  # fmt: skip
    async with httpx.AsyncClient(base_url=url, timeout=60, headers=headers) as client:
        yield client
