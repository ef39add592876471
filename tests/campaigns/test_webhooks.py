"""A sample of ``python -m bench webhooks``: a receiver that fails half the time, a server that is killed. The long mode sends 10,000."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from bench.webhook_receiver import FailingReceiver, Got, judge
from bench.webhooks import campaign
from liandan.postgres import EmbeddedPostgres, temporary_directory

DELIVERIES = 200


async def test_every_notice_arrives_in_order_although_receiver_and_server_fail() -> None:
    with temporary_directory() as name, EmbeddedPostgres(Path(name), fast=True) as postgres:
        told = await campaign(postgres, deliveries=DELIVERIES, kills=1, seed=7, worker="task")
    assert (told.deliveries, told.kills) == (DELIVERIES, 1)
    assert told.answers["200"] >= DELIVERIES
    assert len(told.answers) >= 4, "it failed in many ways"
    assert told.answers.total() > 1.5 * told.answers["200"]


def notice(seq: int, answer: str = "200", number: int | None = None) -> Got:
    data = f'{{"index":{seq},"chain":"c","seq":{seq},"kind":"k","hash":"h{seq}","links":{{}}}}'
    body = f'{{"id":"h{seq}","subject":"c","type":"k","data":{data}}}'.encode()
    return Got({"liandan-delivery": str(seq if number is None else number)}, body, answer)


@pytest.mark.parametrize(
    ("got", "broken"),
    [
        ([notice(0)], "not told of"),
        ([notice(0), notice(2), notice(1)], "came although"),
        ([notice(0), notice(1, "500"), notice(2), notice(1)], "came although"),
        ([notice(0), notice(1), notice(0), notice(2)], "came again"),
        ([notice(0), notice(1), notice(1, number=9), notice(2)], "one notice, one number"),
    ],
)
def test_a_broken_promise_is_seen(got: list[Got], broken: str) -> None:
    """The campaign could fail."""
    receiver = FailingReceiver(random.Random(1), got=got, verified=len(got))
    with pytest.raises(AssertionError, match=re.escape(broken)):
        judge(receiver, {0: "h0", 1: "h1", 2: "h2"})
    whole = [notice(0), notice(1, "500"), notice(1), notice(1), notice(2)]
    assert judge(FailingReceiver(random.Random(1), got=whole, verified=5), {0: "h0", 1: "h1", 2: "h2"}).total() == 5
