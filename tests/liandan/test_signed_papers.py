"""A server prints what its log says it signs, with the keys in its key file, or nothing."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

import httpx
import pytest
from msgspec.structs import replace

from liandan.client import AsyncLiandan, RequestRefused
from liandan.keyring import add_issuer, write_keyring
from liandan.server import serving
from reports.verify import verify_bytes
from signing.envelope import freeze
from signing.keys import PrivateKey
from tests.liandan.serving import KEYRING, settings_of
from tests.reports.story import GENERATOR, Story, trunk
from tests.workbench import key_of

Issuers = tuple[tuple[str, PrivateKey], ...]


@cache
def told() -> tuple[Story, Issuers]:
    """A log that tells a key for papers and one for codes."""
    story = Story()
    keys = (("pdf", story.issuer()), ("claim", story.issuer("claim")))
    story.ordinary(123)
    return story, keys


@asynccontextmanager
async def served(database_url: str, directory: Path, issuers: Issuers | None) -> AsyncIterator[AsyncLiandan]:
    """A client of the generator at a server with these keys, or those of its key file; the story is posted if it is not there yet."""
    story, _ = told()
    settings = settings_of(database_url, directory)
    async with serving(settings, keyring=None if issuers is None else replace(KEYRING, issuers=issuers)) as url:
        async with httpx.AsyncClient(base_url=url, timeout=60) as anybody:
            for entry in story.bench.entries:
                headers = {"Liandan-Now": entry.admission.at}
                answer = await anybody.post("/v1/statements", content=freeze(entry.envelope), headers=headers)
                assert answer.status_code in (200, 201), answer.text
        async with AsyncLiandan(url, key_of(GENERATOR), uscc=GENERATOR) as client:
            yield client


async def test_certificates_are_signed_by_the_keys_at_hand_or_refused_in_words(database_url: str, tmp_path: Path) -> None:
    story, keys = told()
    address = f"/v1/manifests/{trunk(123).removeprefix('manifest/')}/certificate.pdf"
    for held, lacking in (((), "pdf"), (keys[:1], "claim")):
        async with served(database_url, tmp_path, held) as client:
            begun = time.monotonic()
            with pytest.raises(RequestRefused) as caught:
                await client.get(address)
            [error] = caught.value.problem.errors
            assert (caught.value.problem.status, error.code, error.field.split()[0]) == (503, "ISSUER_KEY", lacking)
            assert "liandan key issuer" in error.what_to_do
            assert time.monotonic() - begun < 10, "asking again would not help"
            with pytest.raises(RequestRefused) as caught:
                await client.get(address, lang="en")
            assert "does not hold" in caught.value.problem.errors[0].message
    settings = settings_of(database_url, tmp_path)
    write_keyring(KEYRING, settings.key_path, settings.passphrase_path)
    async with served(database_url, tmp_path, None) as client:
        for use, key in keys:
            with pytest.raises(RequestRefused):
                await client.get(address)
            add_issuer(settings, use, key)
        found = await client.get(address)  # by the server that was started without them
    async with served(database_url, tmp_path, keys) as client:
        first = await client.get(address)
        assert first == found
        assert await client.get(address) == first
        report = verify_bytes(first, "c.pdf", story.bench.found)
        assert (report.verdict, report.paper) == ("good", "reprint")
    kept = list((tmp_path / "documents").iterdir())
    assert [path.stat().st_mode & 0o777 for path in kept] == [0o600]
