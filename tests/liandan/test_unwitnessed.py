"""A server that was told no address of the witnesses in its policy shows nothing without them (design §5), and goes on once it is told."""

from __future__ import annotations

from pathlib import Path

from ledger.tree.checkpoint import open_checkpoint
from ledger.witnessing.server import KnownLog
from ledger.witnessing.service import Witness
from ledger.witnessing.store import WitnessStore
from signing.envelope import freeze
from tests.ledger.witnessing.bench import COSIGNER, witness_at
from tests.liandan.serving import KEYRING, http
from tests.workbench import ORIGIN, Workbench


async def test_a_forgotten_address_does_not_publish_without_the_witness(database_url: str, tmp_path: Path) -> None:
    bench = Workbench(witness_policy=(f"witness sichuan {COSIGNER.vkeys[0]}", "quorum sichuan"))
    envelope = freeze(bench.entries[0].envelope)
    async with http(database_url, tmp_path / "server", witness_fallback_s=0) as client:
        answer = await client.post("/v1/statements", content=envelope, headers={"Prefer": "wait=1"})
        assert answer.status_code == 202, "taken, and not shown"
        assert (await client.get("/checkpoint")).status_code == 404
    witness = Witness(COSIGNER, {ORIGIN: KnownLog(ORIGIN, KEYRING.vkeys)}, WitnessStore(tmp_path / "w.sqlite3"))
    async with witness_at(witness, "/w") as url, http(database_url, tmp_path / "server", witnesses=f"sichuan={url}") as client:
        answer = await client.post("/v1/statements", content=envelope, headers={"Prefer": "wait=20"})
        assert answer.status_code == 200, answer.text  # posted again: answered with the first entry
        note = (await client.get("/checkpoint")).content
    assert len(open_checkpoint(note, KEYRING.vkeys, COSIGNER.vkeys).cosignatures) == 1
