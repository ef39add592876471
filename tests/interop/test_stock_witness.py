"""The witness network's omniwitness, as it is, cosigns our log through our own client."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from ledger.tree.checkpoint import Checkpoint, log_vkeys, open_checkpoint, sign_checkpoint
from ledger.tree.note import COSIGNATURE_V1, SUBTREE_V1, parse_vkey, vkey_of
from ledger.tree.policy import Policy, parse_policy
from ledger.witnessing.answers import Cosigned, FailureKind
from ledger.witnessing.client import Collector
from tests.interop.demo_log import SIZE, VKEYS, DemoLog, Files, prove_growth
from tests.interop.loopback import HOST, free_port
from tests.interop.toolbox import Toolbox
from tests.interop.witnesses import Running, StockWitness
from tests.ledger.trust import open_with_policy
from tests.workbench import ORIGIN, START, key_of


@pytest.fixture
def stock(tools: Toolbox, tmp_path: Path) -> StockWitness:
    """A stock witness that knows our log's Ed25519 key; not started."""
    return StockWitness(tools, tmp_path, VKEYS[:1])


@pytest.fixture
def witness(stock: StockWitness) -> Iterator[Running]:
    """It, started."""
    with stock.running() as running:
        yield running


async def collect(witness: Running, *grown: Files, policy: Policy | None = None) -> list[Cosigned]:
    """What the witness says to one checkpoint after the other, asked by one client."""
    policy = policy or witness.policy()
    async with httpx.AsyncClient() as http:
        collector = Collector(http, VKEYS)
        return [
            await collector.collect(
                files["checkpoint"], lambda old, of=files: prove_growth(of, old), policy.witnesses, policy, timeout_s=10
            )
            for files in grown
        ]


async def test_it_cosigns_every_step_of_our_growth_with_both_keys(witness: Running, demo: DemoLog) -> None:
    """First use, one more, across tiles, the same size again."""
    sizes = (1, 2, 256, 257, 512, SIZE, SIZE)
    for size, cosigned in zip(sizes, await collect(witness, *map(demo.export_at, sizes)), strict=True):
        assert cosigned.failures == ()
        assert cosigned.is_quorum, size
        assert set(cosigned.lines) == set(witness.vkeys)
    assert [parse_vkey(vkey).type for vkey in witness.vkeys] == [COSIGNATURE_V1, SUBTREE_V1]


async def test_what_it_cosigned_meets_a_readers_policy_for_us_and_for_formats(
    tools: Toolbox, witness: Running, export: Files, tmp_path: Path
) -> None:
    [cosigned] = await collect(witness, export)
    note = cosigned.attach(export["checkpoint"])
    opened = open_with_policy(note, witness.policy(), log_keys=VKEYS)
    assert opened.cosigned_at is not None
    assert abs(opened.cosigned_at - time.time()) < 60

    (tmp_path / "note").write_bytes(note)
    (tmp_path / "vkeys").write_text("\n".join([*VKEYS, *witness.vkeys]), encoding="utf-8")
    theirs = tools.evidence("note", tmp_path / "vkeys", tmp_path / "note")
    assert len(theirs["verified"]) == 4
    assert theirs["unverified"] == []
    lines = "".join(f"witness w{at} {vkey} {witness.url}\n" for at, vkey in enumerate(witness.vkeys))
    (tmp_path / "policy").write_text(f"{lines}group both all w0 w1\nquorum both\n", encoding="utf-8")
    assert tools.evidence("policy", tmp_path / "policy", tmp_path / "note") is True


async def test_a_client_that_forgot_its_size_learns_it_from_the_witness(witness: Running, demo: DemoLog, export: Files) -> None:
    await collect(witness, demo.export_at(300))
    [cosigned] = await collect(witness, export)
    assert cosigned.failures == ()
    assert set(cosigned.lines) == set(witness.vkeys)


async def test_a_restarted_witness_goes_on_where_it_was(stock: StockWitness, demo: DemoLog, export: Files) -> None:
    with stock.running() as first:
        await collect(first, demo.export_at(300))
    with stock.running() as second:
        [late] = await collect(second, demo.export_at(299))
        [cosigned] = await collect(second, export)
    assert {failure.kind for failure in late.failures} == {FailureKind.SIZE}
    assert cosigned.is_quorum


@pytest.mark.parametrize("size", [SIZE, SIZE - 1])
async def test_it_refuses_our_second_history_and_the_client_raises_an_alarm(witness: Running, demo: DemoLog, size: int) -> None:
    """Same key, other entries: at the size it knows, and below a larger one."""
    await collect(witness, demo.export_at(size))
    fork = DemoLog(at_s=START + 3600).grow()
    [cosigned] = await collect(witness, fork.export_at(SIZE))
    assert cosigned.lines == {}
    assert {failure.kind for failure in cosigned.failures} == {FailureKind.PROOF}
    assert cosigned.contradictions == (), "this witness shows nobody what it cosigned, so it cannot convict"


@pytest.mark.parametrize(("origin", "key"), [("log.example/other", "log"), (ORIGIN, "stranger")])
async def test_it_cosigns_neither_another_log_nor_a_foreign_key(witness: Running, export: Files, origin: str, key: str) -> None:
    """The specification says 404 and 403; this version says 500 to both (docs/interop.md). To our client it is absent either way."""
    head = open_checkpoint(export["checkpoint"], VKEYS).checkpoint
    note = sign_checkpoint(Checkpoint(origin, 1, head.root), key_of(key))
    policy = witness.policy()
    async with httpx.AsyncClient() as http:
        collector = Collector(http, log_vkeys(origin, [key_of(key)]))
        cosigned = await collector.collect(note, lambda old: (), policy.witnesses, policy, timeout_s=10)
    assert cosigned.lines == {}
    assert {(failure.kind, failure.detail[:8]) for failure in cosigned.failures} == {(FailureKind.UNAVAILABLE, "HTTP 500")}


async def test_one_of_two_is_enough_while_the_other_is_down(witness: Running, export: Files) -> None:
    other = str(vkey_of("witness.example/province-51", COSIGNATURE_V1, key_of("witness")))
    lines = f"witness up {witness.vkeys[0]} {witness.url}\nwitness down {other} http://{HOST}:{free_port()}\n"
    policies = [parse_policy(f"{lines}group both {rule} up down\nquorum both\n".encode()) for rule in ("any", "all")]
    for policy, is_met in zip(policies, (True, False), strict=True):
        [cosigned] = await collect(witness, export, policy=policy)
        assert cosigned.is_quorum is is_met
        assert set(cosigned.lines) == {witness.vkeys[0]}
        if is_met:
            open_with_policy(cosigned.attach(export["checkpoint"]), policy, log_keys=VKEYS)
