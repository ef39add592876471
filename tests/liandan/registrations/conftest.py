"""One server for a module, its log, and the offices at it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from msgspec import Struct

from tests.liandan.registrations.desk import AUTHORITY_50, AUTHORITY_51, BUREAU, KNOWN, Applicant, Office, bench
from tests.liandan.serving import http, post_all
from tests.liandan.test_reading import token_of
from tests.workbench import OPERATOR, Workbench


class Desk(Struct):
    """A server with everybody at it."""

    client: httpx.AsyncClient
    bench: Workbench
    sichuan: Office
    chongqing: Office
    bureau: Office
    firm: Office
    operator: Office
    vault: Path
    """The file with the keys of contacts."""

    def applicant(self, code: str = "", **changes: object) -> Applicant:
        """A firm that nobody knows."""
        return Applicant(self.client, self.bench.found, code, **changes)  # type: ignore[arg-type]  # test shorthand


@pytest.fixture(scope="module")
async def desk(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """A log with two authorities, a bureau and a firm."""
    made = bench()
    directory = tmp_path_factory.mktemp("registrations")
    (directory / "log" / "data").mkdir(parents=True)
    for path, content in made.data.items():
        (directory / "log" / path).write_bytes(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ledger.registrations.service.SWEEP_S", 0.2)
        async with http(shared_database_url, directory, registrations_per_day=10_000) as client:
            assert {answer.status_code for answer in await post_all(client, made)} == {201}
            codes = (AUTHORITY_51, AUTHORITY_50, BUREAU, KNOWN, OPERATOR)
            offices = [Office(client, code, await token_of(client, code)) for code in codes]
            yield Desk(client, made, *offices, vault=directory / "vault.sqlite3")
