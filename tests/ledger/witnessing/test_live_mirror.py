"""A mirroring witness beside a real server on PostgreSQL: it logs in, fetches, checks, cosigns; its directory is an export."""

from __future__ import annotations

from ledger.auditing.audit import audit
from ledger.tree.checkpoint import open_checkpoint
from ledger.tree.policy import Peer
from ledger.witnessing.client import Collector
from ledger.witnessing.mirror import Mirror
from ledger.witnessing.server import KnownLog
from ledger.witnessing.service import Witness
from ledger.witnessing.store import WitnessStore
from liandan.wiring import KINDS
from liandan.witness_node import authorize
from tests.ledger.witnessing.bench import COSIGNER, client, policy_of, witness_at
from tests.liandan.serving import KEYRING, http, post_all
from tests.workbench import AUTHORITY_51, ORIGIN, Workbench, key_of, uscc

PARTY = uscc("510112", 2)


async def cosigned(server, url):
    """What asking the witness brings for the server's newest checkpoint; the proof comes from the server's tiles."""
    note = (await server.get("/checkpoint")).content
    peer = Peer("sichuan", COSIGNER.vkeys[0], url)
    collector = Collector(server, KEYRING.vkeys)
    return note, await collector.collect(note, lambda old: (), [peer], policy_of(peer), timeout_s=20)


async def test_an_authority_s_witness_mirrors_a_live_log_into_an_export_that_audits_clean(database_url, tmp_path):
    bench = Workbench()
    bench.register(PARTY)
    async with http(database_url, tmp_path / "server") as server, client() as plain:
        await post_all(server, bench)
        known = KnownLog(ORIGIN, KEYRING.vkeys, str(server.base_url).rstrip("/"))
        for key, is_reader in ((key_of(PARTY), False), (key_of(AUTHORITY_51), True)):
            store = WitnessStore(tmp_path / key.keyid / "w.sqlite3")
            mirror = Mirror(known, tmp_path / key.keyid, store, plain, authorize=authorize(known, key, None, plain), wait_s=20)
            witness = Witness(COSIGNER, {ORIGIN: known}, store, mirrors={ORIGIN: mirror})
            async with witness_at(witness, "/w") as url:
                note, found = await cosigned(server, url)
            await mirror.close()
            assert found.is_quorum == is_reader
            assert (mirror.size, "403" in mirror.fault) == ((2, False) if is_reader else (0, True))
    opened = open_checkpoint(mirror.files.read("checkpoint"), KEYRING.vkeys, COSIGNER.vkeys)
    assert (opened.checkpoint, len(opened.cosignatures)) == (open_checkpoint(note, KEYRING.vkeys).checkpoint, 1)
    assert found.attach(note) == mirror.files.read("checkpoint")
    missing = audit(mirror.files.read, KINDS).findings
    assert [finding.code for finding in missing] == [finding.code for finding in audit(bench.export().get, KINDS).findings]
