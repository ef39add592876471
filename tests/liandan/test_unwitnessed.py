"""A server that was told no address of the witnesses in its policy shows nothing without them (design §5), and goes on once it is told."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from ledger.tree.checkpoint import open_checkpoint
from ledger.witnessing.server import KnownLog
from ledger.witnessing.service import Witness
from ledger.witnessing.store import WitnessStore
from liandan.keyring import write_keyring
from liandan.server import serving
from signing.envelope import freeze
from tests.ledger.witnessing.bench import COSIGNER, witness_at
from tests.liandan.serving import KEYRING, NOW, http, settings_of
from tests.workbench import ORIGIN, Workbench


@pytest.fixture(autouse=True)
def no_last_publication_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """When these servers end, no witness will come: twice five seconds each would pass."""
    monkeypatch.setattr("liandan.server.DRAIN_S", 0.1)


async def test_a_forgotten_address_does_not_publish_without_the_witness(database_url: str, tmp_path: Path) -> None:
    bench = Workbench(witness_policy=(f"witness sichuan {COSIGNER.vkeys[0]}", "quorum sichuan"))
    envelope = freeze(bench.entries[0].envelope)
    async with http(database_url, tmp_path / "server", witness_fallback_s=0) as client:
        answer = await client.post("/v1/statements", content=envelope, headers={"Prefer": "wait=1"})
        assert answer.status_code == 202, "taken, and not shown"
        assert (await client.get("/checkpoint")).status_code == 404
        ready = await client.get("/readyz")
        assert (ready.status_code, ready.json()["status"]) == (503, "not ready")
        assert "sichuan" in ready.json()["reasons"][0], ready.text
        assert "LIANDAN_WITNESSES" in ready.json()["reasons"][0]
    witness = Witness(COSIGNER, {ORIGIN: KnownLog(ORIGIN, KEYRING.vkeys)}, WitnessStore(tmp_path / "w.sqlite3"))
    async with witness_at(witness, "/w") as url, http(database_url, tmp_path / "server", witnesses=f"sichuan={url}") as client:
        answer = await client.post("/v1/statements", content=envelope, headers={"Prefer": "wait=20"})
        assert (await client.get("/readyz")).status_code == 200
        assert answer.status_code == 200, answer.text  # posted again: answered with the first entry
        note = (await client.get("/checkpoint")).content
    assert len(open_checkpoint(note, KEYRING.vkeys, COSIGNER.vkeys).cosignatures) == 1


@pytest.mark.parametrize("publisher", ["task", "process"])
async def test_a_witness_that_does_not_answer_is_named_while_nothing_is_published(
    publisher: str, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("liandan.health.BEHIND_S", 0.0)
    bench = Workbench(witness_policy=(f"witness sichuan {COSIGNER.vkeys[0]}", "quorum sichuan"))
    settings = settings_of(database_url, tmp_path, publisher=publisher, witnesses="sichuan=http://127.0.0.1:9")
    write_keyring(KEYRING, settings.key_path, settings.passphrase_path)
    async with serving(settings, keyring=KEYRING if publisher == "task" else None) as url, httpx.AsyncClient(base_url=url) as client:
        assert (await client.get("/readyz")).status_code == 200, "there is nothing to publish yet"
        await client.post("/v1/statements", content=freeze(bench.entries[0].envelope), headers={"Prefer": "wait=1", "Liandan-Now": NOW})
        reasons: list[str] = []
        async with asyncio.timeout(20):
            while "sichuan" not in "".join(reasons):
                reasons = (await client.get("/readyz")).json()["reasons"]
                await asyncio.sleep(0.1)
        assert reasons[0].startswith("publication has been behind for"), reasons
