"""A witness beside its protocol: what it was met with first, and what it says of itself."""

from __future__ import annotations

import pytest

from ledger.tree.checkpoint import log_vkeys
from ledger.witnessing.service import learn
from ledger.witnessing.store import WitnessStore
from signing.refusal import Refusal
from tests.ledger.witnessing.bench import LOG_KEYS, ORIGIN, Tree, client, file_server, key_for, make_witness, served
from tests.ledger.witnessing.test_mirror import mirroring


@pytest.fixture
def shown():
    return {"log.vkey": f"{LOG_KEYS[0]}\n".encode()}


async def test_keys_are_trusted_on_first_use_only_when_asked_and_never_change_afterwards(tmp_path, shown):
    store = WitnessStore(tmp_path / "w.sqlite3")
    async with client() as http, served(file_server(shown.get)) as url:
        with pytest.raises(Refusal, match="WITNESS_PIN"):
            await learn(http, store, url, first_use=False)
        assert store.pinned_keys(url) == ()
        learnt = await learn(http, store, url, first_use=True)
        assert (learnt[ORIGIN].vkeys, learnt[ORIGIN].url) == (LOG_KEYS, url)
        assert await learn(http, store, url, first_use=False) == learnt
        shown["log.vkey"] = f"{log_vkeys(ORIGIN, [key_for('another')])[0]}\n".encode()
        for first_use in (True, False):
            with pytest.raises(Refusal, match="WITNESS_PIN"):
                await learn(http, store, url, first_use=first_use)


@pytest.mark.parametrize("content", [None, b"", b"no vkey\n"])
async def test_an_address_without_keys_is_not_trusted(tmp_path, content):
    async with client() as http, served(file_server({"log.vkey": content}.get)) as url:
        with pytest.raises(Refusal, match=r"WITNESS_PIN|WITNESS_LOGS|VKEY_FORM"):
            await learn(http, WitnessStore(tmp_path / "w.sqlite3"), url, first_use=True)


async def test_status_has_no_mirrored_size_without_a_mirror_and_one_with_it(tmp_path):
    tree = Tree().grow(3)
    plain = make_witness(tmp_path / "plain")
    assert (await plain.add_checkpoint(tree.request(0))).status == 200
    assert (plain.status().is_mirror, plain.status().logs[0].mirrored) == (False, None)
    async with mirroring(tmp_path, tree.files.get) as (witness, _):
        assert witness.status().logs[0].mirrored == 0
        assert (await witness.add_checkpoint(tree.request(0))).status == 200
        assert (witness.status().is_mirror, witness.status().logs[0].mirrored) == (True, 3)


async def test_a_full_disk_is_an_internal_error_and_nothing_is_cosigned(tmp_path):
    witness = make_witness(tmp_path)
    witness._store._db.execute("PRAGMA query_only = ON")
    answer = await witness.add_checkpoint(Tree().grow(1).request(0))
    assert (answer.status, b"\xe2\x80\x94" in answer.body) == (500, False)
